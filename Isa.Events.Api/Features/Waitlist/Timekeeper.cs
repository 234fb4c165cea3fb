using Isa.Events.Api.Features.Server;

namespace Isa.Events.Api.Features.Waitlist;

/// <summary>Looks every few seconds whether time has done something to an event. Each process does; under the event's lock the second finds nothing left.</summary>
public sealed partial class Timekeeper(EventsDatabase database, TimeProvider time, ILogger<Timekeeper> logger) : Recurring(Pause, time)
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);

    protected override Task DoAsync(CancellationToken ct) => RunAsync(ct);

    protected override void OnFailure(Exception e, string? eventId = null) => LogFailed(logger, e, eventId);

    internal async Task RunAsync(CancellationToken ct)
    {
        var now = Instant.Cut(Time.GetUtcNow());
        var (due, free) = await database.ReadAsync(session => (Expiry.Due(session, now), Expiry.FreeSites(session)), ct);
        await EachAsync(due.Union(free.Select(sites => sites.Key)), async id =>
        {
            if (!due.Contains(id) && !await database.ReadAsync(session => Expiry.PassesOn(session, id, free[id], now), ct)) return;
            while (await database.WriteAsync(id, session => Expiry.Run(session, session.LockEvent(id)), ct)) { }
        });
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "What was due could not be done and is tried again (event {EventId})")]
    private static partial void LogFailed(ILogger logger, Exception exception, string? eventId);
}
