using System.Text;
using Isa.Events.Api.Features.Invites;

namespace Isa.Events.Api.Features.Pages;

/// <summary>What the pages of one attendee have in common: title, state, time and place.</summary>
internal static class AttendeePage
{
    /// <summary>The page for a link that opens nothing, in the visitor's language.</summary>
    /// <param name="context">The request.</param>
    /// <param name="why">Instead of what holds for all links.</param>
    public static Task SendUnknownAsync(HttpContext context, Sentence? why = null)
    {
        var language = Languages.Accepted(context.Request) ?? Language.En;
        var title = Wording.LinkUnknownTitle.In(language);
        return Html.SendAsync(context, Html.Page(language, title, $"<h1>{title}</h1><p>{(why ?? Wording.LinkUnknown).In(language)}</p>"), StatusCodes.Status404NotFound);
    }

    public static void Title(StringBuilder body, Event evt, Language language) =>
        body.Append($"<h1 lang=\"{evt.Title.Resolve(language, evt.DefaultLanguage).Tag()}\">{Html.Encode(evt.Title.In(language, evt.DefaultLanguage))}</h1>\n");

    public static void State(StringBuilder body, Event evt, Registration registration, RegistrationWait? wait, DateTimeOffset now) =>
        body.Append($"<p class=\"state{(IsOff(evt, registration) ? " off" : "")}\" role=\"status\">{Html.Encode(AttendeeState.Of(evt, registration, wait, now, isForContact: registration.NameFollows))}</p>\n");

    public static void Entry(StringBuilder body, string label, string html) => body.Append($"<dt>{label}</dt><dd>{html}</dd>\n");

    public static void WhenAndWhere(StringBuilder body, Event evt, Site site, Registration registration)
    {
        var language = registration.Language;
        var zone = Clock.ZoneOf(evt, site, registration);
        Entry(body, Wording.When.In(language), Html.Encode(Clock.Span(evt.StartsAt, evt.EndsAt, zone, language)));
        if (Clock.Differs(evt, zone)) Entry(body, Wording.EventTime.In(language), Html.Encode(Clock.Span(evt.StartsAt, evt.EndsAt, evt.TimeZone, language)));
        var place = Html.Encode(site.Name.In(language, evt.DefaultLanguage));
        if (site.Address?.In(language, evt.DefaultLanguage) is { } address) place += $"<br>{Html.Encode(address)}";
        if (site.Mode == AttendanceMode.LinkedRoom) place += $"<br>{Wording.LinkedRoom.In(language)}";
        Entry(body, (registration is { IsActive: true, Status: not RegistrationStatus.Confirmed } ? Email.MessageTexts.Wanted : Wording.Where).In(language), place);
        if (registration.Status == RegistrationStatus.Confirmed && site.Directions?.In(language, evt.DefaultLanguage) is { } directions) Entry(body, Wording.Directions.In(language), Html.Encode(directions));
    }

    public static bool IsOff(Event evt, Registration registration) => !registration.IsActive || evt.Status == EventStatus.Cancelled;
}
