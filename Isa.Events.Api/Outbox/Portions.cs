using Isa.Events.Api.Email;
using Microsoft.Extensions.Options;

namespace Isa.Events.Api.Outbox;

/// <summary>A row whose time has come.</summary>
public sealed record DueRow
{
    public string Id { get; init; } = "";

    /// <summary>Whether it must not reach anybody.</summary>
    public bool IsTest { get; init; }
}

/// <summary>A letter on its way, and its row.</summary>
/// <param name="Entry">The row.</param>
/// <param name="Letter">What is said.</param>
/// <param name="Others">Letters of the same row that have none of their own yet.</param>
/// <param name="IsTest">Whether it must not reach anybody.</param>
public sealed record ReadyLetter(OutboxEntry Entry, Letter Letter, IReadOnlyList<Letter> Others, bool IsTest)
{
    public string Address { get; } = Mailer.AddressOf(Letter);
}

/// <summary>What a row is left with.</summary>
/// <param name="Entry">The row.</param>
/// <param name="Delivery">How it went; null where it was let go untried.</param>
/// <param name="Unmade">Whether it failed before there was a message.</param>
public sealed record Outcome(OutboxEntry Entry, Delivery? Delivery, bool Unmade = false);

/// <summary>
/// The rows that a process takes to send, portion by portion, and all that is written about them: many rows in one write each time. Every write asks whether the row still belongs to the claim, so a process that stood still for
/// longer than its claim held changes nothing any more.
/// </summary>
public sealed class Portions(EventsDatabase database, IOptions<EmailSettings> settings, TimeProvider time)
{
    private const int LeastSize = 10;
    private const int MostSize = 32;

    // A row that is tried more often is at fault, whatever the server says.
    private const int MaxAttempts = 60;

    // That a message cannot be made depends on nobody outside.
    private const int MaxMakings = 8;

    private const string Writer = "mail";
    private static readonly TimeSpan Burst = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);
    private static readonly TimeSpan FullMailbox = TimeSpan.FromMinutes(15);
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan LongestPause = TimeSpan.FromHours(4);

    /// <summary>The most rows of a claim: about what may leave in a second.</summary>
    public int Size { get; } = Math.Clamp(settings.Value.MaxPerSecond, LeastSize, MostSize);

    // The least of each portion for what is told to many, which otherwise lets everybody else pass.
    private int BulkShare => Size / 5;

    private TimeSpan Window => TimeSpan.FromSeconds(settings.Value.ChangeWindowSeconds);

    /// <summary>Rows whose time has come and that no earlier row for the same person holds up; none while the rate of all processes is used up.</summary>
    public Task<IReadOnlyList<DueRow>> DueAsync(CancellationToken ct) => database.ReadAsync<IReadOnlyList<DueRow>>(session =>
    {
        var now = Instant.Cut(time.GetUtcNow());
        if (session.One<DateTimeOffset?>(RateUsedUntil) > now + Burst) return [];
        var direct = session.Query<DueRow>(Due, new { Now = now, Settled = now - Window, Bulk = false, Limit = Size });
        var bulk = session.Query<DueRow>(Due, new { Now = now, Settled = now - Window, Bulk = true, Limit = Size });
        var share = Math.Max(Math.Min(bulk.Count, BulkShare), Size - direct.Count);
        return [.. direct.Take(Size - Math.Min(share, bulk.Count)), .. bulk.Take(share)];
    }, ct);

    /// <summary>Changes of events that are to be passed on to each registration.</summary>
    public Task<List<string>> ChangesDueAsync(CancellationToken ct) => database.ReadAsync(session =>
    {
        var now = Instant.Cut(time.GetUtcNow());
        return session.Query<string>(ChangesDue, new { Now = now, Settled = now - Window });
    }, ct);

    /// <summary>Takes those of the rows that are still there to be taken.</summary>
    public Task<List<OutboxEntry>> TakeAsync(RowClaim claim, IReadOnlyList<string> ids, CancellationToken ct) => database.WriteAsync(Writer, session =>
    {
        foreach (var id in ids) session.Execute(Take, new { Id = id, Claim = claim.Id, claim.Until, session.Now });
        return session.Query<OutboxEntry>(Taken, new { Claim = claim.Id });
    }, ct);

    /// <summary>Counts the letters against the limits of their recipients and of all; those that are too many wait, untried. Ends are counted and never wait.</summary>
    /// <returns>The others.</returns>
    public async Task<IReadOnlyList<ReadyLetter>> WithinLimitsAsync(RowClaim claim, IReadOnlyList<ReadyLetter> letters, CancellationToken ct)
    {
        // In one order everywhere: two processes then never wait for each other.
        var counted = letters.Where(l => !l.IsTest && !l.Letter.IsEmpty).Select(l => (Letter: l, Subject: Attempts.Subject(Normalised(l.Address)))).OrderBy(l => l.Subject, StringComparer.Ordinal).ToList();
        if (counted.Count == 0) return letters;
        var tooMany = await database.WriteAsync(Writer, session =>
        {
            var waits = new HashSet<string>(StringComparer.Ordinal);
            session.Execute(MakeRate, new { session.Now });
            var until = session.One<DateTimeOffset>(HoldRate);
            foreach (var (letter, subject) in counted)
            {
                var unconfirmed = letter.Entry.Kind == OutboxKind.AddressToConfirm;
                var count = Attempts.Count(session, unconfirmed ? "mail-unconfirmed" : "mail", subject, Hour);
                if (letter.Entry.Kind.IsEnd()) continue; // nobody need set out for what is off
                if (count <= (unconfirmed ? settings.Value.MaxPerUnconfirmedPerHour : settings.Value.MaxPerRecipientPerHour)) continue;
                waits.Add(letter.Entry.Id);
                session.Execute(Retry, new { letter.Entry.Id, Claim = claim.Id, DueAt = session.Now + FullMailbox, More = 0, Error = "This address has had as many messages within an hour as one may have." });
            }

            var from = until > session.Now ? until : session.Now;
            session.Execute(UseRate, new { Until = from + TimeSpan.FromSeconds((double)(counted.Count - waits.Count) / settings.Value.MaxPerSecond) });
            return waits;
        }, ct);
        return [.. letters.Where(l => !tooMany.Contains(l.Entry.Id))];
    }

    /// <summary>
    /// Notes, before anybody can have got them, that letters of one event are attempted and what calendars may show from now on. Other recipients of a row get rows of their own.
    /// </summary>
    /// <returns>The rows that still belong to the claim; nothing else may be sent.</returns>
    public Task<List<string>> BeginAsync(RowClaim claim, string eventId, IReadOnlyList<ReadyLetter> letters, CancellationToken ct) => database.WriteAsync(eventId, session =>
    {
        session.LockRow(eventId);
        var givesUpAt = session.Now + TimeSpan.FromDays(settings.Value.RetryDays);
        var links = session.Query<Links>(LinksOf, new { Claim = claim.Id, EventId = eventId }).ToDictionary(of => of.Id, of => of.TokenVersion);
        foreach (var (entry, letter, others, _) in letters)
        {
            // The address was replaced since it was made: it is made anew. So is one whose registration is gone, and comes to nothing.
            if (letter.Links is { } made && links.GetValueOrDefault(entry.RegistrationId!) != made)
            {
                session.Execute(LetGo, new { entry.Id, Claim = claim.Id, Untried = 0 });
                continue;
            }

            foreach (var other in others) session.Execute(Split, new { NewId = OrderedId.New(session.Now), entry.Id, Claim = claim.Id, session.Now, other.Recipient, Payload = (entry.Payload ?? new OutboxDetails()) with { SplitFrom = entry.Id } });
            if (letter.Told is { } told) session.Execute(Tell, new { Told = told, entry.RegistrationId, entry.Id, Claim = claim.Id });
            foreach (var (member, its) in letter.ToldOfMembers) session.Execute(Tell, new { Told = its, RegistrationId = member, entry.Id, Claim = claim.Id });
            // Not by a repeat: they may have had the first, and have answered.
            if (letter.AsksAgain && entry.AttemptedAt is null) session.Execute(AskAgain, new { entry.RegistrationId, entry.Id, Claim = claim.Id, session.Now });
            session.Execute(Begin, new { entry.Id, Claim = claim.Id, session.Now, GivesUpAt = givesUpAt, letter.Message.MessageId, letter.Recipient });
        }

        return session.Query<string>(Held, new { Claim = claim.Id, EventId = eventId });
    }, ct);

    /// <summary>Notes what became of rows, and lets them go.</summary>
    /// <returns>How each that was tried ended: sent, failed or deferred.</returns>
    public async Task<List<string>> EndAsync(RowClaim claim, IReadOnlyList<Outcome> outcomes, CancellationToken ct)
    {
        foreach (var (entry, delivery, _) in outcomes.Where(o => o.Delivery?.BounceCode is not null && o.Entry.RegistrationId is not null))
            await NoteBounceAsync(claim, entry, delivery!.Value.BounceCode!, ct);
        return await database.WriteAsync(Writer, session => End(session, claim, outcomes), ct);
    }

    private sealed record Links
    {
        public string Id { get; init; } = "";

        public long TokenVersion { get; init; }
    }

    private static List<string> End(WriteSession session, RowClaim claim, IReadOnlyList<Outcome> outcomes)
    {
        var ends = new List<string>();
        foreach (var (entry, delivery, unmade) in outcomes)
        {
            if (delivery is not { Result: not DeliveryResult.Unavailable } tried)
            {
                session.Execute(LetGo, new { entry.Id, Claim = claim.Id, Untried = delivery is null ? 0 : 1 });
                continue;
            }

            if (tried.Result == DeliveryResult.Sent) ends.Add("sent");
            // It came to nothing since the event was off, perhaps, which may be undone.
            if (tried.Result == DeliveryResult.Needless && session.One<long>(Waits, new { entry.Id, session.Now }) > 0) session.Execute(LetGo, new { entry.Id, Claim = claim.Id, Untried = 0 });
            if (tried.Result is DeliveryResult.Sent or DeliveryResult.Needless) continue;
            var attempts = entry.Attempts + 1;
            var givenUp = tried.Result == DeliveryResult.Refused || attempts >= (unmade ? MaxMakings : MaxAttempts) || entry.GivesUpAt <= session.Now;
            if (givenUp || IsUntrueBy(session, entry)) session.Execute(Close, new { entry.Id, Claim = claim.Id, State = givenUp ? OutboxState.Failed : OutboxState.Superseded, Error = tried.Reason, session.Now });
            else session.Execute(Retry, new { entry.Id, Claim = claim.Id, DueAt = session.Now + Pause(attempts), More = unmade ? 1 : 0, Error = tried.Reason });
            ends.Add(givenUp ? "failed" : "deferred");
        }

        session.Execute(CloseRest, new { Claim = claim.Id, session.Now });
        return ends;
    }

    // By itself, under the lock of its event: works on a registration take that first.
    private Task<bool> NoteBounceAsync(RowClaim claim, OutboxEntry entry, string code, CancellationToken ct) => database.WriteAsync(entry.EventId, session =>
    {
        session.LockRow(entry.EventId);
        var concerns = session.One<string>(RecipientOf, new { entry.Id, Claim = claim.Id }) == "attendee"; // a copy that nobody gets says nothing of the person
        if (concerns && Registration.Find(session, entry.RegistrationId!) is { } registration) Answering.NoteBounce(session, registration, code);
        return concerns;
    }, ct);

    private static bool IsUntrueBy(WriteSession session, OutboxEntry entry) => entry.RegistrationId is not null
        && session.Query<OutboxEntry>(Newer, new { entry.EventId, entry.RegistrationId, entry.Id }).Exists(newer => Superseding.Ends(newer.Kind, entry.Kind));

    // Doubled each time, with a fifth of jitter: what failed together does not come again together.
    private static TimeSpan Pause(long attempts) =>
        TimeSpan.FromTicks(Math.Min(FirstPause.Ticks << (int)Math.Min(attempts - 1, 16), LongestPause.Ticks)) * (0.8 + 0.4 * Random.Shared.NextDouble());

    private static string Normalised(string address) => EmailAddress.TryNormalise(address, out _, out var normalised) ? normalised : address.ToLowerInvariant();

    // Changes that people are told of wait until nobody has changed more for a while; an end, or what somebody just asked for, does not.
    private static readonly string IsDue = $"""
        o.done_at IS NULL AND o.state = 'pending' AND o.due_at <= @Now AND (o.leased_until IS NULL OR o.leased_until <= @Now)
        AND (o.attempts > 0 OR o.action_id IS NOT NULL OR o.due_at <= @Settled OR o.kind NOT IN {OutboxKinds.ChangesInSql} OR o.kind = 'eventChanged' AND (o.registration_id IS NOT NULL OR o.delegation_id IS NOT NULL))
        """;

    // Passed on to each registration, and no message itself.
    internal static readonly string IsFanOut = $"o.registration_id IS NULL AND o.delegation_id IS NULL AND o.kind IN {OutboxKinds.ToEachInSql}";

    // What would come to nothing since the event is off waits as long as that can be undone.
    private const string IsCancelling = """
        EXISTS (SELECT 1 FROM actions a
            WHERE a.event_id = o.event_id AND a.kind = 'eventCancelled' AND a.undone_at IS NULL AND a.undoable_until > @Now
            AND o.kind NOT IN ('registrationCancelled', 'registrationDeclined', 'delegationCancelled', 'delegationDeclined', 'organizerMessage'))
        """;

    private const string Waits = $"SELECT COUNT(*) FROM outbox o WHERE o.id = @Id AND {IsCancelling}";

    // An earlier row for the same person goes first, unless it is held; one that is not split yet is for all of them, except that nobody waits for a copy, or for the address that they had before.
    // An end waits for what is being sent alone: it could not end that, which may have failed since.
    internal static readonly string Due = $"""
        SELECT o.id, (CASE WHEN e.is_test OR r.is_test OR d.is_test THEN TRUE ELSE FALSE END) AS is_test
        FROM outbox o
        LEFT JOIN events e ON e.id = o.event_id
        LEFT JOIN registrations r ON r.id = o.registration_id
        LEFT JOIN delegations d ON d.id = o.delegation_id
        WHERE {IsDue} AND o.bulk = @Bulk AND NOT ({IsFanOut}) AND NOT {IsCancelling}
            AND NOT EXISTS (SELECT 1 FROM outbox p
                WHERE p.event_id = o.event_id AND p.registration_id = o.registration_id AND p.id < o.id AND p.state = 'pending' AND (p.action_id IS NULL OR p.due_at <= @Now)
                AND (p.leased_until > @Now OR o.kind NOT IN {OutboxKinds.EndsInSql} AND o.kind <> 'addressReplaced')
                AND (p.recipient IS NULL OR p.recipient = o.recipient OR o.recipient IS NULL AND p.recipient NOT IN ('copy', 'former')))
        ORDER BY o.due_at, o.id LIMIT @Limit
        """;

    // Its index is told by "NOT bulk": asked for "bulk = FALSE", SQLite reads the whole backlog by another.
    internal static readonly string ChangesDue = $"SELECT o.id FROM outbox o WHERE {IsDue} AND NOT o.bulk AND {IsFanOut} ORDER BY o.due_at, o.id LIMIT 10";

    private const string Take = """
        UPDATE outbox SET leased_until = @Until, leased_by = @Claim, attempts = attempts + CASE WHEN leased_by IS NULL THEN 0 ELSE 1 END
        WHERE id = @Id AND state = 'pending' AND (leased_until IS NULL OR leased_until <= @Now)
        """;

    private const string Taken = $"SELECT {OutboxEntry.Columns} FROM outbox WHERE leased_by = @Claim ORDER BY id";

    private const string Held = "SELECT id FROM outbox WHERE leased_by = @Claim AND event_id = @EventId AND state = 'pending'";

    private const string RecipientOf = "SELECT recipient FROM outbox WHERE id = @Id AND leased_by = @Claim";

    private const string RateUsedUntil = "SELECT held_until FROM leases WHERE name = 'mail rate'";

    private const string MakeRate = "INSERT INTO leases (name, holder, held_until) VALUES ('mail rate', '', @Now) ON CONFLICT DO NOTHING";

    // A write, so that processes count one after another.
    private const string HoldRate = "UPDATE leases SET holder = '' WHERE name = 'mail rate' RETURNING held_until";

    private const string UseRate = "UPDATE leases SET held_until = @Until WHERE name = 'mail rate'";

    private const string LinksOf = "SELECT id, token_version FROM registrations WHERE id IN (SELECT registration_id FROM outbox WHERE leased_by = @Claim AND event_id = @EventId)";

    private const string Split = """
        INSERT INTO outbox (id, kind, event_id, registration_id, delegation_id, payload, state, created_at, due_at, bulk, action_id, recipient)
        SELECT @NewId, kind, event_id, registration_id, delegation_id, @Payload, 'pending', created_at, @Now, bulk, action_id, @Recipient FROM outbox
        WHERE id = @Id AND leased_by = @Claim AND state = 'pending' AND recipient IS NULL
        """;

    private const string Tell = """
        UPDATE registrations SET told = @Told
        WHERE id = @RegistrationId AND EXISTS (SELECT 1 FROM outbox o WHERE o.id = @Id AND o.leased_by = @Claim AND o.state = 'pending')
        """;

    private const string AskAgain = """
        UPDATE registrations SET answer_after_change = 'awaited', version = version + 1, updated_at = @Now
        WHERE id = @RegistrationId AND EXISTS (SELECT 1 FROM outbox o WHERE o.id = @Id AND o.leased_by = @Claim AND o.state = 'pending')
        """;

    private const string Begin = """
        UPDATE outbox SET attempts = attempts + 1, attempted_at = COALESCE(attempted_at, @Now), gives_up_at = COALESCE(gives_up_at, @GivesUpAt), message_id = @MessageId, recipient = @Recipient
        WHERE id = @Id AND leased_by = @Claim AND state = 'pending'
        """;

    private const string Close = """
        UPDATE outbox SET state = @State, done_at = @Now, last_error = @Error, leased_until = NULL, leased_by = NULL
        WHERE id = @Id AND leased_by = @Claim AND state = 'pending'
        """;

    // Those that all went well with: nothing else is left to the claim by then.
    private const string CloseRest = """
        UPDATE outbox SET state = 'done', done_at = @Now, last_error = NULL, leased_until = NULL, leased_by = NULL
        WHERE leased_by = @Claim AND state = 'pending'
        """;

    private const string Retry = """
        UPDATE outbox SET due_at = @DueAt, attempts = attempts + @More, last_error = @Error, leased_until = created_at, leased_by = NULL
        WHERE id = @Id AND leased_by = @Claim AND state = 'pending'
        """;

    // That it was in hand shows by a time that is over (Superseding).
    private const string LetGo = "UPDATE outbox SET attempts = attempts - @Untried, leased_until = created_at, leased_by = NULL WHERE id = @Id AND leased_by = @Claim AND state = 'pending'";

    private const string Newer = $"SELECT {OutboxEntry.Columns} FROM outbox WHERE event_id = @EventId AND registration_id = @RegistrationId AND id > @Id AND state = 'pending'";
}
