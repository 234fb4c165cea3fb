using System.Globalization;
using Isa.Events.Api.Features.Invites;
using NodaTime;
using NodaTime.Text;

namespace Isa.Events.Tests.Features.Invites;

/// <summary>What is written of a zone gives the event the instant that it has.</summary>
public class CalendarZoneTests
{
    public static TheoryData<string> Days() => [.. new[] { "2019-07-01", "2020-01-15", "2020-03-29", "2020-04-10", "2020-10-16", "2020-10-24", "2020-10-25", "2021-12-31", "2026-03-12", "2026-10-29", "2027-10-15" }];

    [Theory]
    [MemberData(nameof(Days))]
    public void Every_zone_has_its_own_offset_on_the_day_of_the_event(string day)
    {
        foreach (var id in DateTimeZoneProviders.Tzdb.Ids)
        {
            var zone = DateTimeZoneProviders.Tzdb[id];
            foreach (var hour in new[] { 9, 23 })
            {
                var start = LocalDatePattern.Iso.Parse(day).Value.At(new LocalTime(hour, 0)).InZoneLeniently(zone);
                var end = start.ToInstant() + Duration.FromHours(2);
                var text = CalendarZone.Describe(zone, start.ToInstant(), end);
                foreach (var instant in new[] { start.ToInstant(), end - Duration.FromSeconds(1) })
                {
                    var local = instant.InZone(zone);
                    if (zone.MapLocal(local.LocalDateTime).Count == 1) OffsetAt(text, local.LocalDateTime).ShouldBe(local.Offset, $"{id} {local}\n{text}");
                }
            }
        }
    }

    [Fact]
    public void Zones_that_keep_to_a_rule_are_written_with_it()
    {
        Describe("Europe/Berlin", 2020).ShouldBe("""

            BEGIN:VTIMEZONE
            TZID:Europe/Berlin
            X-LIC-LOCATION:Europe/Berlin
            BEGIN:DAYLIGHT
            DTSTART:20190331T020000
            RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU
            TZNAME:CEST
            TZOFFSETFROM:+0100
            TZOFFSETTO:+0200
            END:DAYLIGHT
            BEGIN:STANDARD
            DTSTART:20191027T030000
            RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU
            TZNAME:CET
            TZOFFSETFROM:+0200
            TZOFFSETTO:+0100
            END:STANDARD
            END:VTIMEZONE
            """.ReplaceLineEndings("\r\n"));
        foreach (var id in new[] { "Europe/Dublin", "Europe/London", "America/New_York", "Australia/Sydney", "America/St_Johns" }) Describe(id, 2026).Split("RRULE").Length.ShouldBe(3, id);
        foreach (var id in new[] { "Asia/Shanghai", "UTC", "Asia/Kolkata" }) Describe(id, 2026).ShouldContain("DTSTART:19700101T000000");
    }

    private static string Describe(string id, int year)
    {
        var start = NodaTime.Instant.FromUtc(year, 10, 16, 7, 0);
        return CalendarZone.Describe(DateTimeZoneProviders.Tzdb[id], start, start + Duration.FromHours(2));
    }

    // RFC 5545 s3.6.5: the part whose onset, as the clock shows it, is the last one not after the time.
    private static Offset OffsetAt(string text, LocalDateTime local)
    {
        (LocalDateTime Onset, Offset Offset)? last = null;
        foreach (var part in text.Split("BEGIN:")[2..])
        {
            var lines = part.Split("\r\n").Where(l => l.Contains(':')).DistinctBy(l => l[..l.IndexOf(':')]).ToDictionary(l => l[..l.IndexOf(':')], l => l[(l.IndexOf(':') + 1)..]);
            var first = LocalDateTimePattern.CreateWithInvariantCulture("yyyyMMdd'T'HHmmss").Parse(lines["DTSTART"]).Value;
            var pattern = lines["TZOFFSETTO"].Length == 5 ? "+HHmm" : "+HHmmss";
            var offset = OffsetPattern.CreateWithInvariantCulture(pattern).Parse(lines["TZOFFSETTO"]).Value;
            for (var year = first.Year; year <= local.Year; year++)
            {
                if (year > first.Year && !lines.ContainsKey("RRULE")) break;
                var onset = year == first.Year ? first : Onset(lines["RRULE"], year, first.TimeOfDay);
                if (year == first.Year && lines.TryGetValue("RRULE", out var rule)) Onset(rule, year, first.TimeOfDay).ShouldBe(first);
                if (onset <= local && (last is null || onset > last.Value.Onset)) last = (onset, offset);
            }
        }

        return last!.Value.Offset;
    }

    private static LocalDateTime Onset(string rule, int year, LocalTime time)
    {
        var parts = rule.Split(';').Select(p => p.Split('=')).ToDictionary(p => p[0], p => p[1]);
        var month = int.Parse(parts["BYMONTH"], CultureInfo.InvariantCulture);
        var (nth, day) = (int.Parse(parts["BYDAY"][..^2], CultureInfo.InvariantCulture), (IsoDayOfWeek)(1 + Array.IndexOf(["MO", "TU", "WE", "TH", "FR", "SA", "SU"], parts["BYDAY"][^2..])));
        var date = nth > 0 ? new LocalDate(year, month, 1).PlusDays(-1).Next(day).PlusWeeks(nth - 1) : new LocalDate(year, month, 1).PlusMonths(1).Previous(day);
        return date.At(time);
    }
}
