namespace Isa.Events.Api.Features.Server;

/// <summary>Once an hour, in small portions: forgets idempotency keys after their day, test registrations after a week, and agenda documents that no event names any more.</summary>
public sealed partial class Housekeeping(EventsDatabase database, Lease lease, TimeProvider time, ILogger<Housekeeping> logger) : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromHours(1);
    private static readonly TimeSpan TestLifetime = TimeSpan.FromDays(7);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Pause, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                try
                {
                    await TryRunAsync(stoppingToken);
                }
                catch (Exception e) when (e is not OperationCanceledException)
                {
                    LogFailed(logger, e);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // stopping
        }
    }

    /// <returns>False where another process does it this time.</returns>
    internal async Task<bool> TryRunAsync(CancellationToken ct)
    {
        if (!await lease.TryTakeAsync("housekeeping", Pause - TimeSpan.FromMinutes(5), ct)) return false;
        await RunAsync(ct);
        return true;
    }

    internal async Task RunAsync(CancellationToken ct)
    {
        var now = time.GetUtcNow();
        foreach (var (sql, before) in new[] { (ForgetKeys, now - IdempotencyKey.Lifetime), (ForgetBatches, now - TimeSpan.FromDays(1)), (ForgetDocuments, now) })
            while (await database.WriteAsync("housekeeping", session => session.Query<string>(sql, new { Before = before }).Count, ct) > 0) { }

        // Each event by itself, under its lock, so that its counters and the quick reads stay right.
        var events = await database.ReadAsync(session => session.Query<string>(EventsWithOldTests, new { Before = now - TestLifetime }), ct);
        foreach (var id in events) await ForgetTestsAsync(id, now - TestLifetime, ct);
    }

    private async Task ForgetTestsAsync(string eventId, DateTimeOffset before, CancellationToken ct)
    {
        while (await database.WriteAsync(eventId, session =>
        {
            var evt = session.LockEvent(eventId);
            var old = session.Query<OldTest>(OldTests, new { EventId = eventId, Before = before });
            foreach (var test in old)
            {
                if (evt.IsTest && test.Status == RegistrationStatus.Confirmed) Seats.GiveBack(session, eventId, test.SiteId);
                foreach (var sql in DeleteTest) session.Execute(sql, new { test.Id });
            }

            return old.Count;
        }, ct) > 0) { }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Housekeeping failed and is tried again in an hour")]
    private static partial void LogFailed(ILogger logger, Exception exception);

    private sealed record OldTest
    {
        public string Id { get; init; } = "";

        public string SiteId { get; init; } = "";

        public RegistrationStatus Status { get; init; }
    }

    private const string ForgetKeys = """
        DELETE FROM idempotency_keys
        WHERE (scope, key) IN (SELECT scope, key FROM idempotency_keys WHERE created_at < @Before LIMIT 500)
        RETURNING key
        """;

    // Nobody asks for the outcome of a commit after more than some seconds.
    private const string ForgetBatches = """
        DELETE FROM write_batches
        WHERE id IN (SELECT id FROM write_batches WHERE created_at < @Before LIMIT 5000)
        RETURNING id
        """;

    private const string ForgetDocuments = """
        DELETE FROM documents
        WHERE @Before IS NOT NULL AND NOT EXISTS (SELECT 1 FROM agendas a WHERE a.document_sha256 = documents.sha256)
        RETURNING sha256
        """;

    private const string EventsWithOldTests = "SELECT DISTINCT event_id FROM registrations WHERE is_test AND created_at < @Before";

    private const string OldTests = "SELECT id, site_id, status FROM registrations WHERE event_id = @EventId AND is_test AND created_at < @Before LIMIT 200";

    private static readonly string[] DeleteTest =
    [
        "DELETE FROM history WHERE registration_id = @Id",
        "DELETE FROM outbox WHERE registration_id = @Id",
        "DELETE FROM registrations WHERE id = @Id",
    ];
}
