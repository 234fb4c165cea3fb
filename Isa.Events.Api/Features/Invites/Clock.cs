namespace Isa.Events.Api.Features.Invites;

/// <summary>Times as people read them: the clock they live by first, the event's beside it where it differs.</summary>
public static class Clock
{
    private const string Dash = "–";

    /// <summary>The zone a person lives by: their own, else that of the room they go to, else the event's.</summary>
    public static string ZoneOf(Event evt, Site site, Registration? registration) => registration?.TimeZone ?? evt.ZoneOf(site);

    /// <summary>Whether the two zones show the event at other clock times.</summary>
    public static bool Differs(Event evt, string zone) =>
        zone != evt.TimeZone && (evt.StartsAt.In(Zones.Get(zone)).Offset != evt.StartsAt.In(evt.Zone).Offset || evt.EndsAt.In(Zones.Get(zone)).Offset != evt.EndsAt.In(evt.Zone).Offset);

    /// <summary><c>Freitag, 16. Oktober 2020, 09:00–11:00 Uhr (Berliner Zeit)</c></summary>
    public static string Span(DateTimeOffset startsAt, DateTimeOffset endsAt, string zone, Language language)
    {
        var (start, end) = (startsAt.In(Zones.Get(zone)), endsAt.In(Zones.Get(zone)));
        var (from, to) = (Hour(start, language), Hour(end, language));
        var span = start.Date == end.Date
            ? language == Language.Zh ? $"{Day(start, language)} {from}{Dash}{to}" : $"{Day(start, language)}, {from}{Dash}{to}"
            : language == Language.Zh ? $"{Day(start, language)} {from} {Dash} {Day(end, language)} {to}" : $"{Day(start, language)}, {from} {Dash} {Day(end, language)}, {to}";
        return language switch { Language.De => $"{span} Uhr ({ZoneName(zone, language)})", Language.Zh => $"{span}（{ZoneName(zone, language)}）", _ => $"{span} ({ZoneName(zone, language)})" };
    }

    /// <summary><c>Donnerstag, 24. September 2020, 14:00 Uhr (Berliner Zeit)</c></summary>
    public static string Moment(DateTimeOffset at, string zone, Language language)
    {
        var local = at.In(Zones.Get(zone));
        var (day, hour, name) = (Day(local, language), Hour(local, language), ZoneName(zone, language));
        return language switch { Language.De => $"{day}, {hour} Uhr ({name})", Language.Zh => $"{day} {hour}（{name}）", _ => $"{day}, {hour} ({name})" };
    }

    public static string Day(DateTimeOffset local, Language language) => local.ToString(
        language switch { Language.De => "dddd, d. MMMM yyyy", Language.Zh => "yyyy年M月d日 dddd", _ => "dddd, d MMMM yyyy" }, language.Culture());

    public static string Hour(DateTimeOffset local, Language language) => local.ToString("HH:mm", language.Culture());

    /// <summary>How people call a zone: after its city, and China's after its capital.</summary>
    public static string ZoneName(string zone, Language language)
    {
        if (zone is "Asia/Shanghai" or "PRC" or "Asia/Chongqing") return language switch { Language.De => "Pekinger Zeit", Language.Zh => "北京时间", _ => "Beijing time" };
        if (zone is "Europe/Berlin") return language switch { Language.De => "Berliner Zeit", Language.Zh => "柏林时间", _ => "Berlin time" };
        if (zone is "UTC" or "Etc/UTC") return "UTC";
        var city = zone[(zone.LastIndexOf('/') + 1)..].Replace('_', ' ');
        return language switch { Language.De => $"Ortszeit {city}", Language.Zh => $"{city} 时间", _ => $"{city} time" };
    }
}
