using System.Text;
using Isa.Events.Api.Features.Invites;

namespace Isa.Events.Api.Features.Pages;

/// <summary>A person's own page: what holds now, when, where, and the two files.</summary>
public sealed class GetManagePage(EventsDatabase database, CurrentEvents events, RegistrationTokens tokens, TimeProvider time) : EndpointWithoutRequest
{
    public override void Configure()
    {
        Get("/r/{manageToken}");
        RoutePrefixOverride("");
        AllowAnonymous();
    }

    public override async Task HandleAsync(CancellationToken ct)
    {
        var token = Route<string>("manageToken")!;
        var registration = await database.ReadAsync(session => tokens.Read(LinkPurpose.Manage, token, id => Registration.Find(session, id)), ct);
        if (registration is null || await events.FindAsync(registration.EventId, null, ct) is not { } current) await AttendeePage.SendUnknownAsync(HttpContext);
        else await Html.SendAsync(HttpContext, Render(current.Event, registration));
    }

    private string Render(Event evt, Registration registration)
    {
        var language = registration.Language;
        var site = evt.Site(registration.SiteId)!;
        var links = tokens.Links(registration, evt);
        var body = new StringBuilder();
        AttendeePage.Title(body, evt, language);
        AttendeePage.State(body, AttendeePage.StateOf(evt, site, registration, time.GetUtcNow()), AttendeePage.IsOff(evt, registration), language);
        body.Append("<dl>\n");
        if (evt.CancellationReason?.In(language, evt.DefaultLanguage) is { Length: > 0 } reason) AttendeePage.Entry(body, Wording.Reason.In(language), Html.Encode(reason));
        AttendeePage.Entry(body, Wording.Person.In(language), Html.Encode(registration.FullName));
        AttendeePage.WhenAndWhere(body, evt, site, registration);
        if (site.JoinsByVideo && !AttendeePage.IsOff(evt, registration))
            AttendeePage.Entry(body, Wording.Join.In(language), $"<a href=\"{Html.Encode(tokens.JoinUrl(registration))}\">{Wording.Online.In(language)}</a>");
        AttendeePage.Entry(body, Wording.Reference.In(language), $"<span class=\"number\">{registration.Reference}</span>");
        if (evt.OrganizerName is not null)
            AttendeePage.Entry(body, Wording.Organizer.In(language), $"{Html.Encode(evt.OrganizerName)}<br><a href=\"mailto:{Html.Encode(evt.OrganizerEmail)}\">{Html.Encode(evt.OrganizerEmail)}</a>");
        body.Append($"</dl>\n<p class=\"files\"><a href=\"{Html.Encode(links.Invite)}\">{(AttendeePage.IsOff(evt, registration) ? Wording.CancellationFile : Wording.InviteFile).In(language)}</a>");
        if (links.Agenda is not null) body.Append($"<a href=\"{Html.Encode(links.Agenda)}\">{Wording.AgendaFile.In(language)}</a>");
        body.Append("</p>\n");
        return Html.Page(language, evt.Title.In(language, evt.DefaultLanguage), body.ToString());
    }
}
