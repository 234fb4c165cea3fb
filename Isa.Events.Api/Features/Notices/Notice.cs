using NodaTime;

namespace Isa.Events.Api.Features.Notices;

/// <summary>Something that an event tells by itself when its hour has come.</summary>
/// <param name="Kind">What: <see cref="OutboxKind.Reminder"/>, <see cref="OutboxKind.ThankYou"/> or <see cref="OutboxKind.DailySummary"/>.</param>
/// <param name="At">The hour.</param>
/// <param name="Before">Of a reminder: how long before the start, as the organiser gave it.</param>
public sealed record Notice(OutboxKind Kind, DateTimeOffset At, string? Before = null)
{
    private const string SummaryTime = "P1D"; // of a summary: from morning to morning, whatever the clocks do in between
    private const int SummaryHour = 7; // on the event's clock: it is there when the office opens

    /// <summary>The first hour after an instant at which the event has something to tell, or null.</summary>
    public static DateTimeOffset? Next(Event evt, DateTimeOffset after) =>
        Single(evt).Where(notice => notice.At > after).Concat(Summaries(evt, after).Take(1)).Min(notice => (DateTimeOffset?)notice.At);

    /// <summary>What is to be told now, where what was planned for an earlier instant has not been told yet. Of summaries that were missed one is enough.</summary>
    public static IReadOnlyList<Notice> Due(Event evt, DateTimeOffset planned, DateTimeOffset now) =>
    [
        .. Single(evt).Where(notice => notice.At >= planned && notice.At <= now && (notice.Kind != OutboxKind.Reminder || now < evt.StartsAt)),
        .. Summaries(evt, planned.AddTicks(-1)).TakeWhile(notice => notice.At <= now).TakeLast(1),
    ];

    /// <summary>The reminder that somebody at a site should have by now, or null: the last one whose hour has come.</summary>
    public static EventReminder? ReminderAt(Event evt, Site site, DateTimeOffset now) =>
        now >= evt.StartsAt ? null : evt.EffectiveRules.Reminders!.Where(reminder => reminder.IsFor(site) && HourOf(evt, reminder) <= now).MaxBy(reminder => HourOf(evt, reminder));

    /// <summary>When a reminder leaves. Days keep the hour of the start on the event's clock.</summary>
    public static DateTimeOffset HourOf(Event evt, EventReminder reminder) => EventTimes.Earlier(evt.StartsAt, reminder.Before!, evt.Zone);

    /// <summary>From when on a summary tells that leaves at an hour.</summary>
    public static DateTimeOffset SummaryBegins(Event evt, DateTimeOffset hour) => EventTimes.Earlier(hour, SummaryTime, evt.Zone);

    /// <summary>Up to when a summary tells, which is when it was due: the next one begins there.</summary>
    public static DateTimeOffset SummaryEnds(Event evt, DateTimeOffset since) => EventTimes.After(since, SummaryTime, evt.Zone);

    private static IEnumerable<Notice> Single(Event evt)
    {
        if (evt.Status != EventStatus.Published) yield break;
        foreach (var before in evt.EffectiveRules.Reminders!.Select(reminder => reminder.Before!).Distinct(StringComparer.Ordinal))
            yield return new Notice(OutboxKind.Reminder, HourOf(evt, new EventReminder(before, null)), before);
        if (evt.EffectiveRules.ThankYouAfter is { } later) yield return new Notice(OutboxKind.ThankYou, EventTimes.After(evt.EndsAt, later, evt.Zone));
    }

    // Day by day, for as long as somebody may still register, and once after it.
    private static IEnumerable<Notice> Summaries(Event evt, DateTimeOffset after)
    {
        if (evt.Status != EventStatus.Published || evt.EffectiveRules.DailySummary != true) yield break;
        for (var day = NodaTime.Instant.FromDateTimeOffset(after).InZone(evt.Zone).Date; ; day = day.PlusDays(1))
        {
            var hour = evt.Zone.AtLeniently(day.At(new LocalTime(SummaryHour, 0))).ToDateTimeOffset().ToUniversalTime();
            if (hour > evt.EndsAt.AddDays(1)) yield break;
            if (hour > after) yield return new Notice(OutboxKind.DailySummary, hour);
        }
    }
}
