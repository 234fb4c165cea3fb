using Microsoft.Extensions.Options;

namespace Isa.Events.Api.Features.Server;

/// <summary>Once an hour, in small portions: forgets idempotency keys and counted attempts after a day, test registrations after a week, mails that came in after a month, that they came and what went out once that has been listed for long enough, and agenda documents that no event names any more.</summary>
public sealed partial class Housekeeping(EventsDatabase database, Lease lease, IOptions<EmailSettings> settings, TimeProvider time, ILogger<Housekeeping> logger) : Recurring(Pause, time)
{
    private static readonly TimeSpan Pause = TimeSpan.FromHours(1);
    private static readonly TimeSpan MailLifetime = TimeSpan.FromDays(30);
    private static readonly TimeSpan TestLifetime = TimeSpan.FromDays(7);

    protected override Task DoAsync(CancellationToken ct) => TryRunAsync(ct);

    protected override void OnFailure(Exception e, string? eventId = null) => LogFailed(logger, e, eventId);

    /// <returns>False where another process does it this time.</returns>
    internal async Task<bool> TryRunAsync(CancellationToken ct)
    {
        if (!await lease.TryTakeAsync("housekeeping", Pause - TimeSpan.FromMinutes(5), ct)) return false;
        await RunAsync(ct);
        return true;
    }

    internal async Task RunAsync(CancellationToken ct)
    {
        var now = Time.GetUtcNow();
        var shownFrom = now - TimeSpan.FromDays(settings.Value.KeepDays);
        foreach (var (sql, before) in new[] { (ForgetKeys, now - IdempotencyKey.Lifetime), (ForgetBatches, now - TimeSpan.FromDays(1)), (ForgetAttempts, now - TimeSpan.FromDays(1)), (ForgetDocuments, now), (ForgetMails, now - MailLifetime), (ForgetMailNotes, shownFrom) })
            while (await database.WriteAsync("housekeeping", session => session.Query<string>(sql, new { Before = before }).Count, ct) > 0) { }

        while (await database.WriteAsync("housekeeping", session => session.Query<string>(ForgetSent, new { Before = shownFrom, First = OrderedId.First(shownFrom) }).Count, ct) > 0) { }

        // Each event by itself, under its lock, so that its counters and the quick reads stay right.
        var events = await database.ReadAsync(session => session.Query<string>(EventsWithOldTests, new { Before = now - TestLifetime }), ct);
        await EachAsync(events, id => ForgetTestsAsync(id, now - TestLifetime, ct));
    }

    private async Task ForgetTestsAsync(string eventId, DateTimeOffset before, CancellationToken ct)
    {
        while (await database.WriteAsync(eventId, session =>
        {
            var evt = session.LockEvent(eventId);
            var old = session.Query<string>(OldTests, new { EventId = eventId, Before = before });
            foreach (var id in old)
            {
                if (Registration.Find(session, id) is { IsActive: true } active) Ending.End(session, evt, active, RegistrationStatus.Cancelled, null, Actor.System, null);
                foreach (var sql in DeleteTest) session.Execute(sql, new { Id = id, EventId = eventId });
            }

            return old.Count;
        }, ct) > 0) { }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Housekeeping failed and is tried again in an hour (event {EventId})")]
    private static partial void LogFailed(ILogger logger, Exception exception, string? eventId);

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

    // No window is longer than a day.
    private const string ForgetAttempts = """
        DELETE FROM attempts
        WHERE (scope, subject) IN (SELECT scope, subject FROM attempts WHERE window_began_at < @Before LIMIT 5000)
        RETURNING subject
        """;

    private const string ForgetSent = """
        DELETE FROM outbox
        WHERE id IN (SELECT id FROM outbox WHERE id < @First AND done_at < @Before AND state <> 'pending' LIMIT 500)
        RETURNING id
        """;

    private const string ForgetDocuments = """
        DELETE FROM documents
        WHERE @Before IS NOT NULL AND NOT EXISTS (SELECT 1 FROM agendas a WHERE a.document_sha256 = documents.sha256)
        RETURNING sha256
        """;

    private const string ForgetMails = """
        UPDATE received_mails SET original = NULL
        WHERE id IN (SELECT id FROM received_mails WHERE received_at < @Before AND original IS NOT NULL LIMIT 100)
        RETURNING id
        """;

    private const string ForgetMailNotes = """
        DELETE FROM received_mails
        WHERE id IN (SELECT id FROM received_mails WHERE received_at < @Before LIMIT 500)
        RETURNING id
        """;

    private const string EventsWithOldTests = "SELECT DISTINCT event_id FROM registrations WHERE is_test AND created_at < @Before";

    private const string OldTests = "SELECT id FROM registrations WHERE event_id = @EventId AND is_test AND created_at < @Before LIMIT 200";

    private static readonly string[] DeleteTest =
    [
        "DELETE FROM history WHERE registration_id = @Id",
        "DELETE FROM received_mails WHERE event_id = @EventId AND registration_id = @Id",
        "DELETE FROM outbox WHERE event_id = @EventId AND registration_id = @Id",
        "DELETE FROM registrations WHERE id = @Id",
    ];
}
