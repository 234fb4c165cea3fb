using Isa.Events.Api.Features.Actions;

namespace Isa.Events.Api.Outbox;

/// <summary>
/// Passes a change of an event, or a message of its organiser, on to each registration that it is for: one row each, in portions that hold the writer for a moment only. How far it has come stands in the row itself, so another process goes on where one stopped.
/// </summary>
public sealed class Expansion(EventsDatabase database, Portions portions, TimeProvider time)
{
    /// <summary>Rows of a transaction: few, for whoever registers meanwhile waits for it.</summary>
    internal const int Portion = 100;

    // Registrations of a look.
    private const int Page = 1000;

    private static readonly OutboxDetails Nothing = new();
    private static readonly TimeSpan Hold = TimeSpan.FromMinutes(1);

    /// <returns>How many changes were passed on.</returns>
    public async Task<int> RunAsync(CancellationToken ct)
    {
        var due = await portions.ChangesDueAsync(ct);
        foreach (var id in due)
        {
            var claim = new RowClaim(time, Hold);
            foreach (var entry in await portions.TakeAsync(claim, [id], ct)) await PassOnAsync(claim, entry, ct);
        }

        return due.Count;
    }

    private async Task PassOnAsync(RowClaim claim, OutboxEntry entry, CancellationToken ct)
    {
        var after = entry.Payload?.After;
        while (true)
        {
            // Found beside the writer; who has come since or is out is seen when their message is rendered.
            var from = after ?? "";
            var page = await database.ReadAsync(session => Find(session, entry, from), ct);
            foreach (var portion in page.Chunk(Portion))
            {
                after = portion[^1].Id;
                if (!await WriteAsync(claim, entry, portion, after, last: false, ct)) return;
            }

            if (page.Count == Page) continue;
            await WriteAsync(claim, entry, [], after, last: true, ct);
            return;
        }
    }

    private Task<bool> WriteAsync(RowClaim claim, OutboxEntry entry, Concerned[] registrations, string? after, bool last, CancellationToken ct)
    {
        var details = (entry.Payload ?? new OutboxDetails()) with { After = after };
        return database.WriteAsync(entry.EventId, session => Write(session, claim, entry, registrations, details, last), ct);
    }

    /// <returns>False where the row belongs to somebody else by now.</returns>
    private static bool Write(WriteSession session, RowClaim claim, OutboxEntry entry, Concerned[] registrations, OutboxDetails details, bool last)
    {
        session.LockRow(entry.EventId);
        if (session.Change(last ? Finish : Advance, new { entry.Id, Claim = claim.Id, Payload = details, session.Now, Until = session.Now + Hold }) == 0) return false;
        // Where it has come to is the change's own.
        var own = details with { After = null };
        var payload = own == Nothing ? null : own;
        foreach (var registration in registrations)
        {
            if (entry.Kind == OutboxKind.EventCancelled) Superseding.Apply(session, entry.Kind, entry.EventId, registration.Id);
            if (registration.HasAddress) session.Execute(Insert, new { Id = OrderedId.New(session.Now), entry.Kind, entry.EventId, RegistrationId = registration.Id, entry.ActionId, session.Now, Payload = payload });
        }

        // The contact of a delegation is told once, for all of its members who have no address.
        foreach (var delegation in registrations.Where(r => !r.HasAddress).Select(r => r.DelegationId).OfType<string>().Distinct())
        {
            Superseding.ApplyForContact(session, entry.Kind, entry.EventId, delegation);
            session.Execute(InsertOnce, new { Id = OrderedId.New(session.Now), entry.Kind, entry.EventId, DelegationId = delegation, entry.ActionId, session.Now, Payload = payload, Cause = entry.Id });
        }

        session.AddedWork = true;
        return true;
    }

    private static List<Concerned> Find(ReadSession session, OutboxEntry entry, string after)
    {
        if (entry.Kind != OutboxKind.OrganizerMessage)
            return session.Query<Concerned>(entry.Payload?.Since is null ? Next : NextWhoHeard, new { entry.EventId, After = after, Limit = Page, entry.Payload?.Since });
        var action = ActionRow.Find(session, entry.EventId, entry.ActionId!)!;
        return session.Query<Concerned>(NextMatching, action.Details.Filter!.Of(Event.Find(session, entry.EventId)!, action.CreatedAt, after, Page));
    }

    private sealed record Concerned
    {
        public string Id { get; init; } = "";

        public string? DelegationId { get; init; }

        public bool HasAddress { get; init; }
    }

    private const string Each = "SELECT r.id, r.delegation_id, (CASE WHEN r.email IS NULL THEN FALSE ELSE TRUE END) AS has_address FROM registrations r";

    private const string Active = $"{Each} WHERE r.event_id = @EventId AND r.id > @After AND r.status NOT IN ('cancelled', 'declined')";

    private const string Next = $"{Active} ORDER BY r.id LIMIT @Limit";

    // Of what was undone those alone may have heard who got a message since, or whose contact did.
    private const string NextWhoHeard = $"""
        {Active} AND (r.email IS NULL AND r.created_at >= @Since
            OR EXISTS (SELECT 1 FROM outbox o WHERE o.event_id = r.event_id AND o.registration_id = r.id AND (o.attempted_at >= @Since OR o.state = 'pending'))
            OR r.email IS NULL AND EXISTS (SELECT 1 FROM outbox o WHERE o.event_id = r.event_id AND o.registration_id IS NULL AND o.delegation_id = r.delegation_id AND o.attempted_at >= @Since))
        ORDER BY r.id LIMIT @Limit
        """;

    private const string NextMatching = $"{Each} WHERE r.id > @AfterId AND {RegistrationFilter.Matches} ORDER BY r.id LIMIT @Limit";

    private const string Insert = """
        INSERT INTO outbox (id, kind, event_id, registration_id, payload, created_at, due_at, bulk, action_id) VALUES (@Id, @Kind, @EventId, @RegistrationId, @Payload, @Now, @Now, TRUE, @ActionId)
        """;

    // One that was written after the change, for whatever reason, tells of it.
    private const string InsertOnce = """
        INSERT INTO outbox (id, kind, event_id, delegation_id, payload, created_at, due_at, bulk, action_id)
        SELECT @Id, @Kind, @EventId, @DelegationId, @Payload, @Now, @Now, TRUE, @ActionId
        WHERE NOT EXISTS (SELECT 1 FROM outbox o
            WHERE o.event_id = @EventId AND o.registration_id IS NULL AND o.delegation_id = @DelegationId AND (o.kind = @Kind OR o.kind = 'delegationApproved' AND @Kind = 'eventChanged') AND o.id > @Cause AND (o.kind <> 'organizerMessage' OR o.action_id = @ActionId))
        """;

    private const string Advance = """
        UPDATE outbox SET payload = @Payload, attempted_at = COALESCE(attempted_at, @Now), leased_until = @Until
        WHERE id = @Id AND leased_by = @Claim AND state = 'pending'
        """;

    private const string Finish = """
        UPDATE outbox SET payload = @Payload, attempted_at = COALESCE(attempted_at, @Now), state = 'done', done_at = @Now, leased_until = NULL, leased_by = NULL
        WHERE id = @Id AND leased_by = @Claim AND state = 'pending' AND @Until IS NOT NULL
        """;
}
