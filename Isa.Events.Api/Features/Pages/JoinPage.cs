using System.Text;
using System.Text.RegularExpressions;
using Isa.Events.Api.Features.Invites;

namespace Isa.Events.Api.Features.Pages;

/// <summary>The page that calendar entries and mails link to instead of the video conference itself: it stops when the registration does.</summary>
public sealed partial class JoinPage(EventsDatabase database, CurrentEvents events, RegistrationTokens tokens, TimeProvider time)
{
    private static readonly TimeSpan Early = TimeSpan.FromHours(1);

    /// <param name="context">The request.</param>
    /// <param name="reveal">Whether the way into the conference is shown: mail scanners open links, so it takes a click.</param>
    /// <param name="ct">Gives up.</param>
    public async Task SendAsync(HttpContext context, bool reveal, CancellationToken ct)
    {
        var token = (string)context.Request.RouteValues["joinToken"]!;
        var registration = await database.ReadAsync(session => tokens.Read(LinkPurpose.Join, token, id => Registration.Find(session, id)), ct);
        if (registration is not null) RefusalPage.Speak(context, registration.Language);
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
        AttendeePage.State(body, evt, registration, null, now);
        if (evt.Status == EventStatus.Cancelled && evt.CancellationReason?.In(language, evt.DefaultLanguage) is { Length: > 0 } reason) body.Append($"<p>{Html.Encode(reason)}</p>\n");
        if (may && !site.JoinsByVideo) body.Append($"<p class=\"note\">{Html.Encode(Wording.JoinNotYours.Fill(language, site.Name.In(language, evt.DefaultLanguage)))}</p>\n");
        if (may) body.Append($"<p class=\"number\"><strong>{Countdown.Say(evt.StartsAt, now, Clock.ZoneOf(evt, site, registration), language)}</strong></p>\n");
        if (may && site.JoinsByVideo)
        {
            if (site.Meeting is not null && evt.StartsAt - now > Early) body.Append($"<p class=\"note\">{Wording.JoinEarly.In(language)}</p>\n");
            if (site.Meeting is not { } meeting) body.Append($"<p class=\"note\">{Wording.JoinNoMeeting.In(language)}</p>\n");
            else if (reveal) WayIn(body, meeting, language);
            else body.Append($"<form method=\"post\"><button>{Wording.JoinButton.In(language)}</button></form>\n");
        }

        body.Append("<dl>\n");
        AttendeePage.WhenAndWhere(body, evt, site, registration);
        body.Append("</dl>\n");
        return Html.Page(language, evt.Title.In(language, evt.DefaultLanguage), body.ToString());
    }

    private static void WayIn(StringBuilder body, Meeting meeting, Language language)
    {
        body.Append($"<p class=\"files\"><a href=\"{Html.Encode(meeting.Url)}\" rel=\"noreferrer\">{Wording.JoinOpen.In(language)}</a></p>\n<dl>\n");
        AttendeePage.Entry(body, Wording.JoinAddress.In(language), $"<code>{Html.Encode(meeting.Url)}</code>");
        if (meeting.Number is { } number) AttendeePage.Entry(body, Wording.MeetingNumber.In(language), $"<span class=\"number\">{Html.Encode(number)}</span>");
        if (meeting.Passcode is { } passcode) AttendeePage.Entry(body, Wording.Passcode.In(language), $"<code>{Html.Encode(passcode)}</code>");
        if (meeting.DialIn is { } dialIn) AttendeePage.Entry(body, Wording.DialIn.In(language), Telephones(dialIn));
        body.Append("</dl>\n");
    }

    // Numbers that begin with a plus are dialled by a touch.
    private static string Telephones(string text)
    {
        var html = new StringBuilder();
        var end = 0;
        foreach (Match number in Telephone().Matches(text))
        {
            html.Append(Html.Encode(text[end..number.Index])).Append($"<a href=\"tel:+{string.Concat(number.Value.Where(char.IsAsciiDigit))}\">{Html.Encode(number.Value)}</a>");
            end = number.Index + number.Length;
        }

        return html.Append(Html.Encode(text[end..])).ToString();
    }

    [GeneratedRegex(@"\+[0-9](?:[ ()/.-]{0,2}[0-9]){5,14}", RegexOptions.CultureInvariant)]
    private static partial Regex Telephone();
}
