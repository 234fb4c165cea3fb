using System.Text;
using Isa.Events.Api.Features.Invites;

namespace Isa.Events.Api.Features.Pages;

/// <summary>A person's own page: what holds now, when, where, the two files, and the forms that the rules allow now.</summary>
internal static class ManageBody
{
    public static string Render(PageView view, PageWriter page)
    {
        var (evt, registration, language) = (view.Event, view.Registration, view.Language);
        var body = new StringBuilder();
        PageWriter.Head(body, view);
        AttendeePage.State(body, evt, registration, view.Wait, view.Now);
        if (registration.IsActive && evt.EndedBy(view.Now) is null && AttendeeState.WhyOf(view.Wait) is { } why) body.Append($"<p>{why.In(language)}</p>\n");
        if (registration is { IsActive: true, NameFollows: true, HoldEndsAt: { } due } && registration.Status != RegistrationStatus.PendingConfirmation && evt.EndedBy(view.Now) is null)
            body.Append($"<p>{Html.Encode(PageWording.NameDue.Fill(language, view.Moment(due)))}</p>\n");
        if (view.Again is { } again) Again(body, view, again, page);
        KeepSection(body, view, page);
        OfferSection(body, view, page);
        Facts(body, view, page);
        SiteForm.Write(body, view, page);
        DetailsForm.Write(body, view, page);
        DeputyForm.Write(body, view, page);
        AgainForm.Write(body, view, page);
        if (CancelBody.IsShown(view)) body.Append($"<p class=\"cancel\"><a href=\"{PageForm.Cancel.Path(view.Token)}\">{PageWording.CancelLink.In(language)}</a></p>\n");
        return PageWriter.Page(view, evt.Title.In(language, evt.DefaultLanguage), body);
    }

    private static void Facts(StringBuilder body, PageView view, PageWriter page)
    {
        var (evt, registration, language) = (view.Event, view.Registration, view.Language);
        var links = page.Tokens.Links(registration, evt);
        var off = AttendeePage.IsOff(evt, registration);
        body.Append("<dl>\n");
        if (evt.CancellationReason?.In(language, evt.DefaultLanguage) is { Length: > 0 } reason) AttendeePage.Entry(body, Wording.Reason.In(language), Html.Encode(reason));
        if (registration.DecisionText is { } text) AttendeePage.Entry(body, Wording.Organizer.In(language), Html.Encode(text));
        AttendeePage.Entry(body, Wording.Person.In(language), Html.Encode(registration.NameFollows ? PageWording.NameFollows.In(language) : registration.FullName));
        AttendeePage.WhenAndWhere(body, evt, view.Site, registration);
        if (view.Site.JoinsByVideo && registration.Status == RegistrationStatus.Confirmed && evt.EndedBy(view.Now) is null)
            AttendeePage.Entry(body, Wording.Join.In(language), $"<a href=\"{Html.Encode(page.Tokens.JoinUrl(registration))}\">{Wording.Online.In(language)}</a>");
        AttendeePage.Entry(body, Wording.Reference.In(language), $"<span class=\"number\">{registration.Reference}</span>");
        if (evt.OrganizerName is not null)
            AttendeePage.Entry(body, Wording.Organizer.In(language), $"{Html.Encode(evt.OrganizerName)}<br><a href=\"{Html.Encode(EmailAddress.ToUri(evt.OrganizerEmail!))}\">{Html.Encode(evt.OrganizerEmail)}</a>");
        body.Append("</dl>\n<p class=\"files\">");
        if (registration.Status == RegistrationStatus.Confirmed || !registration.IsActive) // who waits has nothing to put into a calendar yet
            body.Append($"<a href=\"{Html.Encode(links.Invite)}\">{(off ? Wording.CancellationFile : Wording.InviteFile).In(language)}</a>");
        if (links.Agenda is not null) body.Append($"<a href=\"{Html.Encode(links.Agenda)}\">{Wording.AgendaFile.In(language)}</a>");
        body.Append("</p>\n");
    }

    // The new one's link only while it is the one that was made here: a later address has links of its own.
    private static void Again(StringBuilder body, PageView view, Registration again, PageWriter page)
    {
        body.Append($"<p>{PageWording.AgainDone.In(view.Language)}");
        if (again.TokenVersion == 1) body.Append($" <a href=\"{PageForms.Page(LinkPurpose.Manage, page.Tokens.Create(LinkPurpose.Manage, again))}\">{PageWording.AgainLink.In(view.Language)}</a>");
        body.Append("</p>\n");
    }

    private static void KeepSection(StringBuilder body, PageView view, PageWriter page)
    {
        if (view.Registration is not { IsActive: true, DeclineTakesEffectAt: { } effect } || view.Event.EndedBy(view.Now) is not null) return;
        body.Append($"<section class=\"offer\"><h2>{PageWording.KeepTitle.In(view.Language)}</h2><p>{Html.Encode(PageWording.KeepText.Fill(view.Language, view.Moment(effect)))}</p>\n");
        new FormHtml(body, view, PageForm.Keep, page).Close(PageWording.KeepButton);
        body.Append("</section>\n");
    }

    private static void OfferSection(StringBuilder body, PageView view, PageWriter page)
    {
        if (view.Wait is not { } wait || !Offer.IsOpen(wait.State, wait.OfferEndsAt, view.Now) || view.Event.EndedBy(view.Now) is not null) return;
        var language = view.Language;
        body.Append($"<section class=\"offer\"><h2>{PageWording.Offer.In(language)}</h2><p>{Html.Encode(PageWording.OfferText.Fill(language, view.Name(wait.SiteId), view.Moment(wait.OfferEndsAt!.Value)))}</p>\n");
        var accept = new FormHtml(body, view, PageForm.Accept, page);
        if (view.Sent?.Form.Which == PageForm.Accept) SiteForm.Ask(accept, view, wait.SiteId); // what the site has come to ask since
        accept.Close(PageWording.Accept);
        body.Append($"<p>{Html.Encode(view.Registration.Status == RegistrationStatus.Waitlisted ? PageWording.DeclineEnds.In(language) : PageWording.DeclineStays.Fill(language, view.Name(view.Registration.SiteId)))}</p>\n");
        new FormHtml(body, view, PageForm.Decline, page).Close(PageWording.Decline, danger: true);
        body.Append("</section>\n");
    }

    /// <summary>A part of the page that opens by a click, and stands open where its form has an error.</summary>
    public static FormHtml Fold(StringBuilder body, ShownPage view, PageForm form, Sentence heading, PageWriter page, bool open = false)
    {
        body.Append($"<details{(open || view.Sent?.Form.Which == form ? " open" : "")}><summary><h2>{heading.In(view.Language)}</h2></summary>\n");
        return new FormHtml(body, view, form, page);
    }
}
