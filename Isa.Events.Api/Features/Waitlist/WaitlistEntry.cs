namespace Isa.Events.Api.Features.Waitlist;

/// <summary>
/// A wish for seats at a full site, of one registration or of the members of a delegation who wait together. Its registrations name it; <c>sites.waiting</c>
/// counts those that are queued, <c>sites.seats_taken</c> holds the seats of those that are offered. Everything here runs under the event's lock.
/// </summary>
public record WaitlistEntry
{
    public const string Columns = "id, event_id, site_id, delegation_id, number, size, state, created_at, offer_ends_at";

    /// <summary>
    /// Whether somebody of an entry <c>w</c> comes, as SQL. All others are passed over while their no from a calendar stands, and keep their place. Counted and not looked for: PostgreSQL would
    /// read a queue, and all registrations there are, to join them.
    /// </summary>
    public const string Comes = "w.size > (SELECT COUNT(*) FROM registrations c WHERE c.waitlist_entry_id = w.id AND c.decline_takes_effect_at IS NOT NULL)";

    /// <summary>Entries of a site <c>s</c> that a free seat may be for, as SQL: not of those who are passed over, nor a party that the whole site is too small for.</summary>
    public const string NextOfSite = $"SELECT 1 FROM waitlist_entries w WHERE w.event_id = s.event_id AND w.site_id = s.id AND w.state = 'queued' AND (s.capacity IS NULL OR w.size <= s.capacity) AND {Comes}";

    public string Id { get; init; } = "";

    public string EventId { get; init; } = "";

    public string SiteId { get; init; } = "";

    public string? DelegationId { get; init; }

    /// <summary>Its place among those of its site: the lowest is next.</summary>
    public long Number { get; init; }

    /// <summary>How many registrations name it.</summary>
    public long Size { get; init; }

    public EntryState State { get; init; }

    public DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset? OfferEndsAt { get; init; }

    /// <summary>Puts a party at the end of a queue, or before all others.</summary>
    /// <returns>The id that its registrations shall name.</returns>
    public static string Join(WriteSession session, string eventId, string siteId, long size, string? delegationId = null, bool first = false)
    {
        var id = $"wle_{OrderedId.New(session.Now)}";
        session.Execute(first ? InsertFirst : InsertLast, new { Id = id, EventId = eventId, SiteId = siteId, DelegationId = delegationId, Size = size, session.Now });
        session.Execute(CountWaiting, new { EventId = eventId, SiteId = siteId, By = 1L });
        return id;
    }

    public static WaitlistEntry? Find(ReadSession session, string id) => session.One<WaitlistEntry>(ById, new { Id = id });

    /// <summary>Takes a registration out of its entry, with the seat that was held for it where one was offered. Who waits behind it comes next: call <see cref="Promotion"/>.</summary>
    /// <returns>The site it waited for.</returns>
    public static string Leave(WriteSession session, Registration registration, EntryState last = EntryState.Withdrawn)
    {
        var entry = Find(session, registration.WaitlistEntryId!) ?? throw new OvertakenException();
        if (entry.State == EntryState.Offered) Seats.GiveBack(session, entry.EventId, entry.SiteId, 1);
        entry.Shrink(session, last);
        return entry.SiteId;
    }

    /// <summary>One registration fewer; the last one ends it.</summary>
    public void Shrink(WriteSession session, EntryState last)
    {
        if (Size > 1) session.Require(ShrinkOne, new { Id }, () => new OvertakenException());
        else End(session, last);
    }

    /// <summary>Ends it. Seats that were held for it are the caller's to give back or to give.</summary>
    public void End(WriteSession session, EntryState state)
    {
        session.Require(EndOne, new { Id, State = state, Was = State, session.Now }, () => new OvertakenException());
        if (State == EntryState.Queued) session.Execute(CountWaiting, new { EventId, SiteId, By = -1L });
    }

    /// <summary>Holds seats for it until then.</summary>
    public void Offer(WriteSession session, DateTimeOffset endsAt)
    {
        Seats.Take(session, EventId, SiteId, Size);
        session.Require(OfferOne, new { Id, EndsAt = endsAt }, () => new OvertakenException());
        session.Execute(CountWaiting, new { EventId, SiteId, By = -1L });
    }

    /// <summary>What a registration waits for, and why it still does; null where it waits for nothing.</summary>
    public static RegistrationWait? Explain(ReadSession session, Event evt, Registration registration, DateTimeOffset now)
    {
        if (registration.WaitlistEntryId is not { } id || session.One<PlacedEntry>(WithPlace, new { Id = id }) is not { State: EntryState.Queued or EntryState.Offered } entry) return null;
        return entry.Explain(evt, Seats.Of(session, evt.Id, entry.SiteId), now);
    }

    private const string InsertLast = """
        INSERT INTO waitlist_entries (id, event_id, site_id, delegation_id, number, size, state, created_at)
        SELECT @Id, @EventId, @SiteId, @DelegationId, COALESCE(MAX(number), 0) + 1, @Size, 'queued', @Now
        FROM waitlist_entries WHERE event_id = @EventId AND site_id = @SiteId AND state = 'queued'
        """;

    private const string InsertFirst = """
        INSERT INTO waitlist_entries (id, event_id, site_id, delegation_id, number, size, state, created_at)
        SELECT @Id, @EventId, @SiteId, @DelegationId, COALESCE(MIN(number), 0) - 1, @Size, 'queued', @Now
        FROM waitlist_entries WHERE event_id = @EventId AND site_id = @SiteId AND state = 'queued'
        """;

    private const string CountWaiting = "UPDATE sites SET waiting = waiting + @By WHERE event_id = @EventId AND id = @SiteId";

    private const string ById = $"SELECT {Columns} FROM waitlist_entries WHERE id = @Id";

    private const string ShrinkOne = "UPDATE waitlist_entries SET size = size - 1 WHERE id = @Id AND size > 1 AND state IN ('queued', 'offered')";

    private const string EndOne = "UPDATE waitlist_entries SET state = @State, ended_at = @Now WHERE id = @Id AND state = @Was";

    private const string OfferOne = "UPDATE waitlist_entries SET state = 'offered', offer_ends_at = @EndsAt WHERE id = @Id AND state = 'queued'";

    private const string WithPlace = $"SELECT {Columns}, {PlacedEntry.Of} AS place, {PlacedEntry.IsOut} AS passed_over FROM waitlist_entries w WHERE w.id = @Id";
}

/// <summary>An entry with its place.</summary>
public record PlacedEntry : WaitlistEntry
{
    /// <summary>1 for the next; null where it is in no queue any more.</summary>
    public long? Place { get; init; }

    /// <summary>Whether a no of all of its people stands, so that others come first.</summary>
    public bool PassedOver { get; init; }

    /// <param name="evt">Its event.</param>
    /// <param name="seats">Those of its site.</param>
    /// <param name="now">Queues close.</param>
    public RegistrationWait Explain(Event evt, SiteSeats seats, DateTimeOffset now) => new(SiteId, State, State == EntryState.Queued ? Place : null, Size, CreatedAt, OfferEndsAt,
        State == EntryState.Offered ? WaitReason.AnswerAwaited
        : now >= evt.PromotionEndsAt ? WaitReason.QueueClosed
        : PassedOver ? WaitReason.DeclinedInCalendar
        : seats.Free is <= 0 ? WaitReason.SiteFull
        : evt.Site(SiteId)!.Waitlist is { Promotion: PromotionMode.Manual } ? WaitReason.OrganizerDecides
        : seats.Free < Size ? WaitReason.TooFewSeats
        : WaitReason.OthersFirst);

    /// <summary>The same of an entry <c>w</c> as SQL.</summary>
    public const string IsOut = $"CASE WHEN {Comes} THEN FALSE ELSE TRUE END";

    private const string Queue = "FROM waitlist_entries q WHERE q.event_id = w.event_id AND q.site_id = w.site_id AND q.state = 'queued'";

    /// <summary>
    /// The place of an entry <c>w</c>, as SQL: counted from the nearer end of its queue, since a person behind thousands asks as often as the next one. Numbers have
    /// gaps, so they tell only which end that is.
    /// </summary>
    public const string Of = $"""
        CASE WHEN w.state <> 'queued' THEN NULL
            WHEN w.number - (SELECT MIN(q.number) {Queue}) <= (SELECT MAX(q.number) {Queue}) - w.number THEN (SELECT COUNT(*) {Queue} AND q.number <= w.number)
            ELSE (SELECT s.waiting FROM sites s WHERE s.event_id = w.event_id AND s.id = w.site_id) - (SELECT COUNT(*) {Queue} AND q.number > w.number) END
        """;
}
