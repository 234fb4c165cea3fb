using Isa.Events.Api.Features.Server;

namespace Isa.Events.Api.Features.Notices;

/// <summary>Tells what events tell by themselves. Each process looks; under the event's lock the second finds nothing left.</summary>
public sealed partial class NoticeTeller(EventsDatabase database, TimeProvider time, ILogger<NoticeTeller> logger) : Recurring(Pause, time)
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(10);

    protected override Task DoAsync(CancellationToken ct) => RunAsync(ct);

    protected override void OnFailure(Exception e, string? eventId = null) => LogFailed(logger, e, eventId);

    internal async Task RunAsync(CancellationToken ct)
    {
        var due = await database.ReadAsync(session => session.Query<string>(EventsDue, new { Now = Instant.Cut(Time.GetUtcNow()) }), ct);
        await EachAsync(due, id => database.WriteAsync(id, session => Tell(session, session.LockEvent(id)), ct));
    }

    /// <returns>How many rows were written: one for each thing, whatever the number of registrations.</returns>
    private static int Tell(WriteSession session, Event evt)
    {
        if (evt.Status == EventStatus.Cancelled || NoticePlan.Find(session, evt.Id) is not { } planned || planned > session.Now) return 0;
        var due = Notice.Due(evt, planned, session.Now);
        foreach (var notice in due)
            OutboxRow.Add(session, notice.Kind, evt.Id, null, new OutboxDetails { Before = notice.Before, SummarySince = notice.Kind == OutboxKind.DailySummary ? Notice.SummaryBegins(evt, notice.At) : null });
        NoticePlan.Advance(session, evt);
        return due.Count;
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Reminders could not be written and are tried again (event {EventId})")]
    private static partial void LogFailed(ILogger logger, Exception exception, string? eventId);

    private const string EventsDue = "SELECT id FROM events WHERE next_notice_at <= @Now AND status <> 'cancelled' ORDER BY next_notice_at LIMIT 100";
}
