using System.Globalization;
using System.Text.RegularExpressions;
using NodaTime;
using NodaTime.Text;

namespace Isa.Events.Api.Features.Events;

/// <summary>The one source of time zones: the TZDB that NodaTime carries, so that every node and every machine knows the same rules.</summary>
public static class Zones
{
    public static bool Exists(string id) => DateTimeZoneProviders.Tzdb.GetZoneOrNull(id) is not null;

    public static DateTimeZone Get(string id) => DateTimeZoneProviders.Tzdb[id];

    /// <summary>The instant with the zone's offset at that time.</summary>
    public static DateTimeOffset In(this DateTimeOffset instant, DateTimeZone zone) => instant.ToOffset(zone.GetUtcOffset(NodaTime.Instant.FromDateTimeOffset(instant)).ToTimeSpan());

    /// <summary>Whether the clock shows twice what it shows at an instant, since it goes back.</summary>
    public static bool ShowsTwice(this DateTimeZone zone, DateTimeOffset instant) => zone.MapLocal(NodaTime.Instant.FromDateTimeOffset(instant).InZone(zone).LocalDateTime).Count == 2;
}

/// <summary>Wall times and deadline rules as organisers give them, and the instants they stand for.</summary>
public static partial class EventTimes
{
    /// <summary>
    /// The instant of a wall time (<c>2020-10-16T09:00</c>, seconds and an offset may follow). One that the clocks skip is refused, one that they show twice
    /// needs an offset, and an offset must be one the zone has then.
    /// </summary>
    /// <exception cref="ProblemException"><see cref="Problem.ValidationFailed"/> naming the field.</exception>
    public static DateTimeOffset Resolve(string text, DateTimeZone zone, string field) => Read(text, zone, out var instant) is { } wrong ? throw ProblemException.Invalid(field, wrong) : instant;

    /// <summary>What is wrong with a wall time, or null and its instant.</summary>
    public static FieldCode? Read(string text, DateTimeZone zone, out DateTimeOffset instant)
    {
        instant = default;
        var match = WallTime().Match(text);
        if (!match.Success) return FieldCode.InvalidTime;
        var parsed = ReadWall(match);
        if (!parsed.Success || parsed.Value.Year is < 2000 or > 2200) return FieldCode.InvalidTime;

        var mapping = zone.MapLocal(parsed.Value);
        if (mapping.Count == 0) return FieldCode.TimeInGap;
        var candidates = mapping.Count == 1 ? [mapping.Single()] : new[] { mapping.First(), mapping.Last() };
        if (match.Groups["offset"].Success)
        {
            var offset = OffsetPattern.GeneralInvariantWithZ.Parse(match.Groups["offset"].Value);
            if (!offset.Success) return FieldCode.InvalidTime;
            candidates = [.. candidates.Where(candidate => candidate.Offset == offset.Value)];
        }

        if (candidates.Length != 1) return candidates.Length == 0 ? FieldCode.WrongOffset : FieldCode.AmbiguousTime;
        instant = candidates[0].ToDateTimeOffset().ToUniversalTime();
        return null;
    }

    /// <summary>
    /// The instant at which registration opens or closes (exclusive). A date counts whole: it opens at its beginning and closes at its end.
    /// A period in days or weeks counts back from the day of the start and stands for that whole day; one with hours or minutes counts back from the start itself.
    /// </summary>
    /// <exception cref="ProblemException"><see cref="Problem.ValidationFailed"/> naming the field.</exception>
    public static DateTimeOffset? ResolveRule(string? text, DateTimeOffset startsAt, DateTimeZone zone, string field, bool closes)
    {
        if (text is null) return null;
        if (BareDate().IsMatch(text))
        {
            var date = LocalDatePattern.Iso.Parse(text);
            return date.Success && date.Value.Year is >= 2000 and <= 2200 ? WholeDay(date.Value) : throw ProblemException.Invalid(field, FieldCode.InvalidTime);
        }

        if (!text.StartsWith('P')) return Resolve(text, zone, field);

        if (ReadPeriod(text) is not { Days: <= 1_000, Weeks: <= 140, Hours: <= 24_000, Minutes: <= 1_440_000, Seconds: <= 86_400_000 } period) throw ProblemException.Invalid(field, FieldCode.InvalidTime);
        return period.HasTimeComponent
            ? startsAt - period.ToDuration().ToTimeSpan()
            : WholeDay(NodaTime.Instant.FromDateTimeOffset(startsAt).InZone(zone).Date.PlusWeeks(-period.Weeks).PlusDays(-period.Days));

        DateTimeOffset WholeDay(LocalDate date) => zone.AtStartOfDay(closes ? date.PlusDays(1) : date).ToDateTimeOffset().ToUniversalTime();
    }

    /// <summary>The instant that lies a period before another. Days keep the hour on the zone's clock, hours are hours.</summary>
    /// <param name="instant">The later one.</param>
    /// <param name="period">As <see cref="IsPeriod"/> takes it: <c>P7D</c>, <c>PT1H</c>.</param>
    /// <param name="zone">Whose days.</param>
    public static DateTimeOffset Earlier(DateTimeOffset instant, string period, DateTimeZone zone) => Shift(instant, period, zone, -1);

    /// <inheritdoc cref="Earlier"/>
    public static DateTimeOffset After(DateTimeOffset instant, string period, DateTimeZone zone) => Shift(instant, period, zone, 1);

    /// <summary>Whether a text is a period of weeks, days, hours and minutes (ISO 8601), from one minute to a year.</summary>
    public static bool IsPeriod(string text) =>
        ReadPeriod(text) is { Weeks: <= 53, Days: <= 366, Hours: <= 9_000, Minutes: <= 600_000, Seconds: 0 } period && period.ToDuration() is var length && length >= Duration.FromMinutes(1) && length <= Duration.FromDays(366);

    private static DateTimeOffset Shift(DateTimeOffset instant, string text, DateTimeZone zone, int sign)
    {
        var period = PeriodPattern.Roundtrip.Parse(text).Value;
        var wall = NodaTime.Instant.FromDateTimeOffset(instant).InZone(zone).LocalDateTime.PlusWeeks(sign * period.Weeks).PlusDays(sign * period.Days);
        return zone.AtLeniently(wall).Plus(Duration.FromMinutes(sign * (period.Hours * 60 + period.Minutes))).ToDateTimeOffset().ToUniversalTime();
    }

    /// <summary>A date or wall time as organisers give them, some days later: the clock shows the same there, whatever it does in between. A period stays as it is.</summary>
    public static string? Later(string? text, int days, DateTimeZone zone) =>
        text is null || text.StartsWith('P') ? text
        : BareDate().IsMatch(text) ? LocalDatePattern.Iso.Format(LocalDatePattern.Iso.Parse(text).Value.PlusDays(days))
        : Write(Wall(text).PlusDays(days), zone);

    /// <summary>What the clock shows at a wall time that was resolved before.</summary>
    public static LocalDateTime Wall(string text) => ReadWall(WallTime().Match(text)).Value;

    /// <summary>A wall time as organisers give them. One that the clocks show twice is the first.</summary>
    public static string Write(LocalDateTime wall, DateTimeZone zone)
    {
        var text = wall.ToString(wall.Second == 0 ? "uuuu-MM-dd'T'HH:mm" : "uuuu-MM-dd'T'HH:mm:ss", CultureInfo.InvariantCulture);
        var mapping = zone.MapLocal(wall);
        return mapping.Count < 2 ? text : text + mapping.First().Offset.ToString("+HH:mm", CultureInfo.InvariantCulture);
    }

    /// <summary>The last day on which one can still register, in the event's zone.</summary>
    public static string? LastDay(DateTimeOffset? closesAt, DateTimeZone zone) => closesAt is { } end
        ? LocalDatePattern.Iso.Format(NodaTime.Instant.FromDateTimeOffset(end).Minus(Duration.FromMilliseconds(1)).InZone(zone).Date)
        : null;

    /// <summary>An instant as the answer prints it: RFC 3339 with the zone's offset, to the second.</summary>
    public static string Print(DateTimeOffset instant, DateTimeZone zone) => instant.In(zone).ToString("yyyy-MM-dd'T'HH:mm:sszzz", CultureInfo.InvariantCulture);

    private static ParseResult<LocalDateTime> ReadWall(Match match) => LocalDateTimePattern.GeneralIso.Parse(match.Groups["wall"].Value + (match.Groups["seconds"].Success ? "" : ":00"));

    // Of units whose length is known, forwards, in whole seconds; how long it may be is its use's to say.
    private static Period? ReadPeriod(string text) =>
        PeriodPattern.Roundtrip.Parse(text) is { Success: true, Value: { Years: 0, Months: 0, Weeks: >= 0, Days: >= 0, Hours: >= 0, Minutes: >= 0, Seconds: >= 0, Milliseconds: 0, Ticks: 0, Nanoseconds: 0 } period } ? period : null;

    [GeneratedRegex(@"^(?<wall>\d{4}-\d\d-\d\dT\d\d:\d\d(?<seconds>:\d\d)?)(?<offset>Z|[+-]\d\d:\d\d)?\z", RegexOptions.CultureInvariant)]
    private static partial Regex WallTime();

    [GeneratedRegex(@"^\d{4}-\d\d-\d\d\z", RegexOptions.CultureInvariant)]
    private static partial Regex BareDate();
}
