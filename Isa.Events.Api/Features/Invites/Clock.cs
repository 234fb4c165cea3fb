using System.Globalization;

namespace Isa.Events.Api.Features.Invites;

/// <summary>Times as people read them: the clock they live by first, the event's beside it where it differs.</summary>
public static class Clock
{
    private const string Dash = "–";
    private static readonly Sentence Beijing = new("Pekinger Zeit", "Beijing time", "北京时间");

    // Where the last part of a zone's name is not what people call the city.
    private static readonly Dictionary<string, Sentence> Names = new(StringComparer.Ordinal)
    {
        ["Asia/Shanghai"] = Beijing, ["PRC"] = Beijing, ["Asia/Chongqing"] = Beijing,
        ["Asia/Hong_Kong"] = new("Ortszeit Hongkong", "Hong Kong time", "香港时间"),
        ["Asia/Macau"] = new("Ortszeit Macau", "Macau time", "澳门时间"),
        ["Asia/Singapore"] = new("Ortszeit Singapur", "Singapore time", "新加坡时间"),
        ["Asia/Tokyo"] = new("Ortszeit Tokio", "Tokyo time", "东京时间"),
        ["Asia/Urumqi"] = new("Ortszeit Ürümqi", "Urumqi time", "乌鲁木齐时间"),
        ["America/New_York"] = new("Ortszeit New York", "New York time", "纽约时间"),
        ["Europe/Berlin"] = new("Berliner Zeit", "Berlin time", "柏林时间"),
        ["Europe/Brussels"] = new("Ortszeit Brüssel", "Brussels time", "布鲁塞尔时间"),
        ["Europe/London"] = new("Ortszeit London", "London time", "伦敦时间"),
        ["Europe/Paris"] = new("Ortszeit Paris", "Paris time", "巴黎时间"),
        ["Europe/Vienna"] = new("Ortszeit Wien", "Vienna time", "维也纳时间"),
        ["Europe/Zurich"] = new("Ortszeit Zürich", "Zurich time", "苏黎世时间"),
    };

    /// <summary>The zone a person lives by: their own, else that of the room they go to, else the event's.</summary>
    public static string ZoneOf(Event evt, Site site, Registration? registration) => registration?.TimeZone ?? evt.ZoneOf(site);

    /// <summary>Whether the two zones show the event at other clock times.</summary>
    public static bool Differs(Event evt, string zone) =>
        zone != evt.TimeZone && (evt.StartsAt.In(Zones.Get(zone)).Offset != evt.StartsAt.In(evt.Zone).Offset || evt.EndsAt.In(Zones.Get(zone)).Offset != evt.EndsAt.In(evt.Zone).Offset);

    /// <summary><c>Freitag, 16. Oktober 2020, 09:00–11:00 Uhr (Berliner Zeit)</c></summary>
    public static string Span(DateTimeOffset startsAt, DateTimeOffset endsAt, string zone, Language language)
    {
        var (start, end) = (startsAt.In(Zones.Get(zone)), endsAt.In(Zones.Get(zone)));
        var (from, to) = (Hour(startsAt, zone, language), Hour(endsAt, zone, language));
        var span = start.Date == end.Date
            ? language == Language.Zh ? $"{Day(start, language)} {from}{Dash}{to}" : $"{Day(start, language)}, {from}{Dash}{to}"
            : language == Language.Zh ? $"{Day(start, language)} {from} {Dash} {Day(end, language)} {to}" : $"{Day(start, language)}, {from} {Dash} {Day(end, language)}, {to}";
        return language switch { Language.De => $"{span} Uhr ({ZoneName(zone, language)})", Language.Zh => $"{span}（{ZoneName(zone, language)}）", _ => $"{span} ({ZoneName(zone, language)})" };
    }

    /// <summary><c>Donnerstag, 24. September 2020, 14:00 Uhr (Berliner Zeit)</c></summary>
    public static string Moment(DateTimeOffset at, string zone, Language language)
    {
        var local = at.In(Zones.Get(zone));
        return Moment(Day(local, language), Hour(at, zone, language), zone, language);
    }

    /// <summary>The end of a time limit. A day that counts whole ends at 24:00: at midnight of the next it would seem one day more.</summary>
    public static string Until(DateTimeOffset at, string zone, Language language) =>
        at.In(Zones.Get(zone)) is { TimeOfDay.Ticks: 0 } midnight ? Moment(Day(midnight.AddDays(-1), language), "24:00", zone, language) : Moment(at, zone, language);

    private static string Moment(string day, string hour, string zone, Language language)
    {
        var name = ZoneName(zone, language);
        return language switch { Language.De => $"{day}, {hour} Uhr ({name})", Language.Zh => $"{day} {hour}（{name}）", _ => $"{day}, {hour} ({name})" };
    }

    public static string Day(DateTimeOffset local, Language language) => local.ToString(
        language switch { Language.De => "dddd, d. MMMM yyyy", Language.Zh => "yyyy年M月d日 dddd", _ => "dddd, d MMMM yyyy" }, language.Culture());

    /// <summary>What the clock of a zone shows; where it shows that twice, since it goes back, the offset tells which: <c>02:30 (UTC+1)</c></summary>
    public static string Hour(DateTimeOffset at, string zone, Language language)
    {
        var (clock, local) = (Zones.Get(zone), at.In(Zones.Get(zone)));
        var hour = local.ToString("HH:mm", language.Culture());
        if (!clock.ShowsTwice(at)) return hour;
        var offset = $"UTC{local.ToString(local.Offset.Minutes == 0 ? "%z" : "zzz", CultureInfo.InvariantCulture)}";
        return language == Language.Zh ? $"{hour}（{offset}）" : $"{hour} ({offset})";
    }

    /// <summary>How people call a zone: after its city, and China's after its capital.</summary>
    public static string ZoneName(string zone, Language language)
    {
        if (Names.GetValueOrDefault(zone) is { } known) return known.In(language);
        if (zone is "UTC" or "Etc/UTC") return "UTC";
        var city = zone[(zone.LastIndexOf('/') + 1)..].Replace('_', ' ');
        return language switch { Language.De => $"Ortszeit {city}", Language.Zh => $"{city} 时间", _ => $"{city} time" };
    }
}
