using System.Text;

namespace Isa.Events.Api.Features.Pages;

/// <summary>Who comes instead: name, address, language, and what the event must know of everybody.</summary>
internal static class DeputyForm
{
    public static void Write(StringBuilder body, PageView view, PageWriter page)
    {
        if (SubstituteAttendee.Refusal(view.Event, view.Registration, view.Now) is not null || view.Registration.NameFollows) return; // nobody is there to be replaced
        var form = ManageBody.Fold(body, view, PageForm.Deputy, PageWording.Deputy, page);
        form.Text(PageWording.DeputyText);
        var fields = PersonFields.Of(view).ToDictionary(f => f.Name, StringComparer.Ordinal);
        foreach (var (name, label) in new[] { ("fullName", PageWording.DeputyName), ("email", PageWording.DeputyEmail), ("language", PageWording.DeputyLanguage) })
            form.Field(fields[name] with { Label = label.In(view.Language), Help = null, Autocomplete = "off", Required = name != "email" || view.Registration.DelegationId is null }, name == "language" ? [view.Language.Code()] : []);
        PersonFields.Write(form, view, Asked(view, view.Sent?.Form is { Which: PageForm.Deputy } sent ? sent : null), null);
        NoticeField.Write(body, form, view, PageWording.DeputyNotice);
        form.Close(PageWording.DeputyButton);
        body.Append("</details>\n");
    }

    public static SubstituteRequest Read(PageView view, SentForm form) => new()
    {
        FullName = form.Text("fullName"), Email = form.Text("email"), Language = form.Language("language"),
        NoticeVersion = NoticeField.Read(view, form), Answers = form.Answer(Asked(view, form), null),
    };

    private static List<Question> Asked(PageView view, SentForm? form) =>
        [.. PersonFields.Asked(view.Event, UpdateRegistration.SitesOf(view.Registration, view.Wait?.SiteId), view.Registration.Audience, form?.Language("language") ?? view.Language).Where(q => q.Required == true)];
}

/// <summary>The privacy notice in force, and the box that says it was read.</summary>
internal static class NoticeField
{
    public static void Write(StringBuilder body, FormHtml form, ShownPage view, Sentence label)
    {
        if (view.Event.PrivacyNotice is not { } notice) return;
        if (notice.Text is { } text && !text.IsEmpty()) body.Append($"<p class=\"notice\"><strong>{PageWording.Notice.In(view.Language)}</strong><br>{Html.Encode(text.In(view.Language, view.Event.DefaultLanguage))}</p>\n");
        else body.Append($"<p class=\"notice\"><a href=\"{Html.Encode(notice.Url)}\">{PageWording.Notice.In(view.Language)}</a></p>\n");
        form.Tick("noticeVersion", label.In(view.Language), value: notice.Version);
    }

    public static string? Read(ShownPage view, SentForm form) => view.Event.PrivacyNotice is null ? null : form.Text("noticeVersion");
}
