using System.Text;

namespace Isa.Events.Api.Features.Pages;

/// <summary>Registers somebody who has cancelled anew, with the same details, or says why not.</summary>
internal static class AgainForm
{
    public static void Write(StringBuilder body, PageView view, PageWriter page)
    {
        if (!RegisterAgain.IsOffered(view)) return;
        var (evt, registration, language) = (view.Event, view.Registration, view.Language);
        if (RegisterAgain.Refusal(view) is { } refusal)
        {
            body.Append($"<p>{PageWording.AgainNot.Fill(language, refusal.Detail.In(language))}</p>\n");
            return;
        }

        var form = ManageBody.Fold(body, view, PageForm.Register, PageWording.Again, page, open: true);
        body.Append($"<p>{Html.Encode(PageWording.AgainText.Fill(language, registration.FullName, registration.Email))}</p>\n");
        form.Choose("site", PageWording.ChangeSiteLegend, Options(view, evt.Sites.Where(s => evt.Invites(s, registration.Audience))), registration.SiteId);
        if (evt.Rules is { InviteOnly: true } && view.InvitationCode is null) form.Field(FormFields.OfPerson(evt, language, null).First(f => f.Name == "invitationCode"), []);
        PersonFields.Write(form, view, Asked(view), registration.Answers);
        NoticeField.Write(body, form, view, FormFields.NoticeRead);
        form.Close(PageWording.AgainButton);
        body.Append("</details>\n");
    }

    public static RegistrationRequest Read(PageView view, SentForm form)
    {
        var registration = view.Registration;
        var site = form.Text("site");
        var asked = PersonFields.Asked(view.Event, [site], registration.Audience, registration.Language);
        return RegistrationRequest.From(registration) with
        {
            SiteId = site,
            WhenFull = site is null ? null : WhenFull.Waitlist,
            NoticeVersion = NoticeField.Read(view, form),
            InvitationCode = view.InvitationCode ?? form.Text("invitationCode"),
            Answers = form.Answer(asked, null),
        };
    }

    // Sites are chosen in the same form, so everything is asked that one of them asks.
    private static List<Question> Asked(PageView view) => PersonFields.Asked(view.Event, [.. view.Event.Sites.Select(s => s.Id)], view.Registration.Audience, view.Language);

    /// <summary>Sites for somebody who is new there: with free seats, to wait at, or full.</summary>
    public static IEnumerable<(string Value, string Label, bool Enabled)> Options(ShownPage view, IEnumerable<Site> sites)
    {
        var language = view.Language;
        foreach (var site in sites)
        {
            yield return SiteWindow.From(view.Current, site, view.Now).State switch
            {
                RegistrationState.Waitlist => (site.Id, SiteForm.Waiting(view, site, PageWording.OrWait.Fill(language, view.Name(site.Id))), true),
                RegistrationState.Full => (site.Id, PageWording.FullSite.Fill(language, view.Name(site.Id)), false),
                _ => (site.Id, SiteForm.Free(view, site), true),
            };
        }
    }
}
