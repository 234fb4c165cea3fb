using Isa.Events.Api.Features.Server;

namespace Isa.Events.Api.Features.Waitlist;

/// <summary>Looks every few seconds whether time has done something to an event. Each process does; under the event's lock the second finds nothing left.</summary>
public sealed partial class Timekeeper(EventsDatabase database, TimeProvider time, ILogger<Timekeeper> logger) : Recurring(Pause, time)
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);

    protected override Task DoAsync(CancellationToken ct) => RunAsync(ct);

    protected override void OnFailure(Exception e) => LogFailed(logger, e);

    internal async Task RunAsync(CancellationToken ct)
    {
        var due = await database.ReadAsync(session => Expiry.Due(session, Instant.Cut(Time.GetUtcNow())), ct);
        foreach (var id in due)
            while (await database.WriteAsync(id, session => Expiry.Run(session, session.LockEvent(id)), ct)) { }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "What was due could not be done and is tried again")]
    private static partial void LogFailed(ILogger logger, Exception exception);
}
