using System.Text;
using Isa.Events.Api.Features.Invites;

namespace Isa.Events.Api.Features.Pages;

/// <summary>The page that calendar entries and mails link to instead of the video conference itself: it stops when the registration does.</summary>
public sealed class JoinPage(EventsDatabase database, CurrentEvents events, RegistrationTokens tokens, TimeProvider time)
{
    /// <param name="context">The request.</param>
    /// <param name="reveal">Whether the way into the conference is shown: mail scanners open links, so it takes a click.</param>
    /// <param name="ct">Gives up.</param>
    public async Task SendAsync(HttpContext context, bool reveal, CancellationToken ct)
    {
        var token = (string)context.Request.RouteValues["joinToken"]!;
        var registration = await database.ReadAsync(session => tokens.Read(LinkPurpose.Join, token, id => Registration.Find(session, id)), ct);
        if (registration is null || await events.FindAsync(registration.EventId, null, ct) is not { } current) await AttendeePage.SendUnknownAsync(context);
        else await Html.SendAsync(context, Render(current.Event, registration, reveal));
    }

    private string Render(Event evt, Registration registration, bool reveal)
    {
        var language = registration.Language;
        var site = evt.Site(registration.SiteId)!;
        var now = time.GetUtcNow();
        var may = registration.Status == RegistrationStatus.Confirmed && evt.StatusAt(now) == EventStatus.Published;
        var body = new StringBuilder();
        AttendeePage.Title(body, evt, language);
        AttendeePage.State(body, AttendeePage.StateOf(evt, site, registration, now), AttendeePage.IsOff(evt, registration), language);
        body.Append("<dl>\n");
        AttendeePage.WhenAndWhere(body, evt, site, registration);
        if (may && reveal && site is { JoinsByVideo: true, Meeting: { } meeting })
        {
            AttendeePage.Entry(body, Wording.Join.In(language), $"<a href=\"{Html.Encode(meeting.Url)}\" rel=\"noreferrer\">{Wording.JoinOpen.In(language)}</a><br><code>{Html.Encode(meeting.Url)}</code>");
            if (meeting.Number is { } number) AttendeePage.Entry(body, Wording.MeetingNumber.In(language), $"<span class=\"number\">{Html.Encode(number)}</span>");
            if (meeting.Passcode is { } passcode) AttendeePage.Entry(body, Wording.Passcode.In(language), $"<code>{Html.Encode(passcode)}</code>");
            if (meeting.DialIn is { } dialIn) AttendeePage.Entry(body, Wording.DialIn.In(language), Html.Encode(dialIn));
        }

        body.Append("</dl>\n");
        if (may && !site.JoinsByVideo) body.Append($"<p>{Wording.JoinNotYours.In(language)}</p>");
        else if (may && site.Meeting is null) body.Append($"<p>{Wording.JoinNoMeeting.In(language)}</p>");
        else if (may && !reveal) body.Append($"<form method=\"post\"><button>{Wording.JoinButton.In(language)}</button></form>");
        return Html.Page(language, evt.Title.In(language, evt.DefaultLanguage), body.ToString());
    }
}
