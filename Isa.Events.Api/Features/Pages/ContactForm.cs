using System.Text;

namespace Isa.Events.Api.Features.Pages;

/// <summary>Who speaks for a delegation.</summary>
internal static class ContactForm
{
    public static void Write(StringBuilder body, DelegationView view, PageWriter page)
    {
        if (view.MayConfirm || view.Active.Count == 0 || view.Event.EndedBy(view.Now) is not null) return;
        var form = ManageBody.Fold(body, view, PageForm.Contact, PageWording.Contact, page);
        form.Text(PageWording.ContactText);
        var fields = FormFields.OfPerson(view.Event, view.Language, null).ToDictionary(f => f.Name, StringComparer.Ordinal);
        var contact = view.Delegation.ToContact();
        foreach (var (name, value) in new[] { ("fullName", contact.FullName), ("email", contact.Email), ("phone", contact.Phone), ("language", contact.Language.Code()) })
            form.Field(fields[name] with { Help = null }, value is null ? [] : [value]);
        form.Close(PageWording.ContactButton);
        body.Append("</details>\n");
    }

    public static DelegationUpdateRequest Read(SentForm form) => new(new DelegationContactRequest(form.Text("fullName"), form.Text("email"), form.Language("language"), form.Text("phone")));
}
