namespace Isa.Events.Api.Features.Waitlist;

/// <summary>Reads queues as organisers see them: everybody's place, since when, and why not yet.</summary>
public sealed class WaitlistReader(EventsDatabase database, TimeProvider time)
{
    /// <summary>One entry, whatever has become of it.</summary>
    /// <exception cref="ProblemException"><see cref="Problem.EntryNotFound"/></exception>
    public Task<WaitlistItem> FindAsync(Event evt, string id, CancellationToken ct) => database.ReadAsync(session =>
        Items(evt, SeatsOf(session, evt), session.Query<Line>(OneEntry, new { Id = id, EventId = evt.Id })).FirstOrDefault() ?? throw new ProblemException(Problem.EntryNotFound), ct);

    /// <summary>Those who wait or have an offer, by site and place.</summary>
    public Task<(List<WaitlistSite> Sites, List<WaitlistItem> Items)> ReadAsync(Event evt, string? siteId, Cursor? after, int limit, CancellationToken ct) => database.ReadAsync(session =>
    {
        var place = after?.Value?.Split('|') is [var site, var number] && long.TryParse(number, out var parsed) ? (Site: site, Number: parsed) : default;
        var lines = session.Query<Line>(Page, new { EventId = evt.Id, SiteId = siteId, AfterSite = place.Site, AfterNumber = place.Number, AfterId = after?.Id, Limit = limit });
        var seats = SeatsOf(session, evt);
        var sites = seats.Where(s => siteId is null || s.SiteId == siteId).Select(s => WaitlistSite.From(evt, s, time.GetUtcNow()));
        return (sites.Where(s => s.Promotion is not null || s.Waiting > 0).ToList(), Items(evt, seats, lines));
    }, ct);

    private static List<SiteSeats> SeatsOf(ReadSession session, Event evt) => session.Query<SiteSeats>(SiteSeats.OfEvent, new { EventId = evt.Id });

    private List<WaitlistItem> Items(Event evt, List<SiteSeats> seats, List<Line> lines)
    {
        var now = time.GetUtcNow();
        return [.. lines.GroupBy(line => line.Id).Select(members =>
        {
            var entry = members.First();
            var waits = entry.State is EntryState.Queued or EntryState.Offered ? entry.Explain(evt, seats.First(s => s.SiteId == entry.SiteId), now) : null;
            return new WaitlistItem(entry.Id, entry.SiteId, entry.State, waits?.Position, entry.Size, entry.CreatedAt, entry.State == EntryState.Offered ? entry.OfferEndsAt : null, waits?.Reason, entry.DelegationId,
                [.. members.Where(m => m.RegistrationId is not null).Select(m => new WaitlistMember(m.RegistrationId!, m.Reference!, m.FullName!, m.AttendsAt == entry.SiteId ? null : m.AttendsAt))]) { Number = entry.Number };
        })];
    }

    /// <summary>An entry with one of those who wait by it.</summary>
    private sealed record Line : PlacedEntry
    {
        public string? RegistrationId { get; init; }

        public string? Reference { get; init; }

        public string? FullName { get; init; }

        public string? AttendsAt { get; init; }
    }

    private const string Members = $"""
        SELECT w.*, {PlacedEntry.IsOut} AS passed_over, r.id AS registration_id, r.reference, r.full_name, r.site_id AS attends_at
        FROM w LEFT JOIN registrations r ON r.waitlist_entry_id = w.id ORDER BY w.site_id, w.number, w.id, r.id
        """;

    private const string Page = $"""
        WITH w AS (
            SELECT * FROM (
                SELECT {WaitlistEntry.Columns}, COUNT(CASE WHEN state = 'queued' THEN 1 END) OVER (PARTITION BY site_id ORDER BY number, id) AS place
                FROM waitlist_entries WHERE event_id = @EventId AND state IN ('queued', 'offered') AND (@SiteId IS NULL OR site_id = @SiteId)
            ) AS placed
            WHERE @AfterId IS NULL OR (site_id, number, id) > (@AfterSite, @AfterNumber, @AfterId)
            ORDER BY site_id, number, id LIMIT @Limit
        )
        {Members}
        """;

    private const string OneEntry = $"""
        WITH w AS (
            SELECT {WaitlistEntry.Columns}, {PlacedEntry.Of} AS place FROM waitlist_entries w WHERE id = @Id AND event_id = @EventId
        )
        {Members}
        """;
}

/// <summary>A site's queue.</summary>
/// <param name="SiteId">The site.</param>
/// <param name="Promotion">What happens to freed seats.</param>
/// <param name="Waiting">Entries in the queue.</param>
/// <param name="Capacity">Seats, or absent without a limit.</param>
/// <param name="SeatsTaken">Seats of confirmed people, and those held for offers.</param>
/// <param name="Free">Seats nobody has.</param>
/// <param name="GroupHoldEndsAt">Till when free seats are held for a party that needs more of them.</param>
/// <param name="ClosesAt">When the queue closes.</param>
/// <param name="IsOpen">Whether it has not closed.</param>
public sealed record WaitlistSite(string SiteId, PromotionMode? Promotion, long Waiting, long? Capacity, long SeatsTaken, long? Free, string GroupHoldEndsAt, string ClosesAt, bool IsOpen)
{
    public static WaitlistSite From(Event evt, SiteSeats seats, DateTimeOffset now) => new(seats.SiteId, evt.Site(seats.SiteId)!.Waitlist?.Promotion, seats.Waiting, seats.Capacity, seats.SeatsTaken, seats.Free,
        EventTimes.Print(evt.GroupHoldEndsAt, evt.Zone), EventTimes.Print(evt.PromotionEndsAt, evt.Zone), now < evt.PromotionEndsAt);
}

/// <summary>An entry of a queue.</summary>
/// <param name="EntryId">For <see cref="PromoteFromWaitlist"/>.</param>
/// <param name="SiteId">Where seats are wanted.</param>
/// <param name="State">Queued, offered, or what became of it.</param>
/// <param name="Position">Place in the queue, 1 for the next.</param>
/// <param name="Size">How many people wait together.</param>
/// <param name="Since">When they began to wait.</param>
/// <param name="OfferEndsAt">Till when the offered seats are held.</param>
/// <param name="Reason">Why they have no seat yet.</param>
/// <param name="DelegationId">The delegation they belong to.</param>
/// <param name="Members">Who waits.</param>
public sealed record WaitlistItem(string EntryId, string SiteId, EntryState State, long? Position, long Size, DateTimeOffset Since, DateTimeOffset? OfferEndsAt, WaitReason? Reason, string? DelegationId, IReadOnlyList<WaitlistMember> Members)
{
    internal long Number { get; init; }
}

/// <summary>Somebody who waits.</summary>
/// <param name="RegistrationId">Their registration.</param>
/// <param name="Reference">What they can read out.</param>
/// <param name="FullName">Their name.</param>
/// <param name="AttendsAt">The site they attend meanwhile, if any.</param>
public sealed record WaitlistMember(string RegistrationId, string Reference, string FullName, string? AttendsAt);
