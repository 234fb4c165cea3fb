using System.Globalization;
using System.Text;
using NodaTime;
using NodaTime.TimeZones;

namespace Isa.Events.Api.Features.Invites;

/// <summary>
/// A time zone as calendar programs read it (RFC 5545 s3.6.5), from the same rules as everything else. Ical.Net's own gives Dublin's winter, whose
/// saving is negative, an offset it does not have. Yearly rules where the zone keeps to them, because Outlook shifts lists of dates by an hour; else what holds at the event alone.
/// </summary>
internal static class CalendarZone
{
    private static readonly string[] Weekdays = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"];

    /// <summary>Lines of a VTIMEZONE, each after a CR LF.</summary>
    public static string Describe(DateTimeZone zone, NodaTime.Instant from, NodaTime.Instant to)
    {
        var text = new StringBuilder($"\r\nBEGIN:VTIMEZONE\r\nTZID:{zone.Id}\r\nX-LIC-LOCATION:{zone.Id}");
        // The rules of the year before, that of the event, and the next.
        var year = from.InZone(zone).Year;
        var around = zone.GetZoneIntervals(new Interval(new LocalDate(year - 1, 1, 1).AtStartOfDayInZone(zone).ToInstant(), new LocalDate(year + 2, 1, 1).AtStartOfDayInZone(zone).ToInstant())).ToList();
        if (YearlyRules(around) is { } rules)
        {
            foreach (var (turn, before, rule) in rules) Append(text, turn, before, rule);
        }
        else
        {
            var during = around.Where(i => (!i.HasStart || i.Start < to) && (!i.HasEnd || i.End > from)).ToList();
            for (var i = 0; i < during.Count; i++) Append(text, during[i], i == 0 ? null : during[i - 1], null);
        }

        return text.Append("\r\nEND:VTIMEZONE").ToString();
    }

    /// <summary>Two turns a year at the same rule each, or null.</summary>
    private static List<(ZoneInterval Turn, ZoneInterval Before, string Rule)>? YearlyRules(List<ZoneInterval> around)
    {
        if (around.Count != 7) return null;
        var rules = new List<(ZoneInterval, ZoneInterval, string)>();
        foreach (var first in new[] { 1, 2 })
        {
            int[] turns = [first, first + 2, first + 4];
            if (turns.Select(i => (around[i].WallOffset, around[i - 1].WallOffset, Wall(around[i], around[i - 1]).TimeOfDay, Wall(around[i], around[i - 1]).Month)).Distinct().Count() != 1) return null;
            var days = turns.Select(i => Wall(around[i], around[i - 1]).Date).ToList();
            if (days.Select(d => d.DayOfWeek).Distinct().Count() != 1 || days.Zip(days.Skip(1)).Any(pair => pair.Second.Year != pair.First.Year + 1)) return null;
            var which = days.All(d => d.Day + 7 > d.Calendar.GetDaysInMonth(d.Year, d.Month)) ? -1 : days.Select(d => (d.Day + 6) / 7).Distinct().ToArray() is [var nth] ? nth : 0;
            if (which == 0) return null;
            rules.Add((around[first], around[first - 1], string.Create(CultureInfo.InvariantCulture, $"FREQ=YEARLY;BYMONTH={days[0].Month};BYDAY={which}{Weekdays[(int)days[0].DayOfWeek - 1]}")));
        }

        return rules;
    }

    private static void Append(StringBuilder text, ZoneInterval turn, ZoneInterval? before, string? rule)
    {
        var earlier = before?.WallOffset ?? turn.WallOffset;
        var name = turn.WallOffset > earlier ? "DAYLIGHT" : "STANDARD";
        var start = before is null ? "19700101T000000" : Wall(turn, before).ToString("yyyyMMdd'T'HHmmss", CultureInfo.InvariantCulture);
        text.Append(CultureInfo.InvariantCulture, $"\r\nBEGIN:{name}\r\nDTSTART:{start}");
        if (rule is not null) text.Append(CultureInfo.InvariantCulture, $"\r\nRRULE:{rule}");
        text.Append(CultureInfo.InvariantCulture, $"\r\nTZNAME:{turn.Name}\r\nTZOFFSETFROM:{Print(earlier)}\r\nTZOFFSETTO:{Print(turn.WallOffset)}\r\nEND:{name}");
    }

    /// <summary>What the clocks show when they turn, before they do.</summary>
    private static LocalDateTime Wall(ZoneInterval turn, ZoneInterval before) => turn.Start.WithOffset(before.WallOffset).LocalDateTime;

    private static string Print(Offset offset) => offset.ToString(offset.Seconds % 60 == 0 ? "+HHmm" : "+HHmmss", CultureInfo.InvariantCulture);
}
