using System.Text;
using Isa.Events.Api.Features.Invites;

namespace Isa.Events.Api.Features.Pages;

/// <summary>Whose registration it is, and the button that confirms its address.</summary>
internal static class ConfirmBody
{
    public static string Render(PageView view, PageWriter page)
    {
        var (evt, registration, language) = (view.Event, view.Registration, view.Language);
        var waits = registration.Status == RegistrationStatus.PendingConfirmation;
        var late = waits ? ConfirmAddress.Refusal(evt, registration, view.Now) is not null : !registration.IsActive;
        var body = new StringBuilder();
        PageWriter.Head(body, view, PageWording.ConfirmTitle);
        if (waits && !late)
        {
            body.Append($"<p>{PageWording.ConfirmText.In(language)}</p>\n");
            if (registration.HoldEndsAt is { } ends) body.Append($"<p>{Html.Encode(PageWording.ConfirmUntil.Fill(language, view.Moment(ends)))}</p>\n");
        }
        else if (!waits) AttendeePage.State(body, evt, registration, view.Wait, view.Now);
        body.Append("<dl>\n");
        AttendeePage.Entry(body, Wording.Person.In(language), Html.Encode(registration.FullName));
        AttendeePage.WhenAndWhere(body, evt, view.Site, registration);
        body.Append("</dl>\n");
        if (waits && !late) new FormHtml(body, view, PageForm.Confirm, page).Close(PageWording.ConfirmButton);
        else if (evt.EndedBy(view.Now) is { } ended) Say(ended.Detail);
        else if (late && (waits || registration.EndReason == EndReason.AddressNotConfirmed)) Say(PageWording.ConfirmLate);
        else if (!late && view.Note is null) Say(PageWording.ConfirmBefore);
        if (!waits) body.Append($"<p class=\"files\"><a href=\"{PageForms.Page(LinkPurpose.Manage, page.Tokens.Create(LinkPurpose.Manage, registration))}\">{PageWording.ToManage.In(language)}</a></p>\n");
        return PageWriter.Page(view, PageWording.ConfirmTitle.In(language), body);

        void Say(Sentence sentence) => body.Append($"<p>{sentence.In(language)}</p>\n");
    }
}
