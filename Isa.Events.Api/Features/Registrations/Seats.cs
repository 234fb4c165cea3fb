namespace Isa.Events.Api.Features.Registrations;

/// <summary>
/// The only place where seats are taken and given back; shared by every operation that does either. The counter changes in the transaction of its cause,
/// under the event's lock.
/// </summary>
public static class Seats
{
    /// <summary>What is taken of a site now. Right until this work changes it: the event is locked.</summary>
    public static SiteSeats Of(ReadSession session, string eventId, string siteId) => session.Query<SiteSeats>(SiteSeats.OfEvent, new { EventId = eventId }).First(s => s.SiteId == siteId);

    /// <summary>The same, with whether those who wait there come.</summary>
    public static SiteSeats ForNewcomers(ReadSession session, string eventId, string siteId) => session.Query<SiteSeats>(SiteSeats.ForNewcomers, new { EventId = eventId }).First(s => s.SiteId == siteId);

    /// <summary>What is taken of all sites of an event, to be asked for together with more.</summary>
    public static AheadList<SiteSeats> AheadOf(string eventId) => new(SiteSeats.OfEvent, new { EventId = eventId });

    /// <summary>
    /// Whether newcomers may have seats here, and this many. A queue comes first while it is open; once parties are no longer waited for, what it left is too
    /// little for everybody in it.
    /// </summary>
    public static bool AreFor(Event evt, Site site, SiteSeats seats, long size, DateTimeOffset now) =>
        (seats.Free is null || seats.Free >= size) && (seats.Waiting == 0 || seats.NobodyComes || now >= evt.PromotionEndsAt || site.Waitlist is { Promotion: not PromotionMode.Manual } && now >= evt.GroupHoldEndsAt);

    /// <summary>Takes one where there is one and nobody waits, without looking first.</summary>
    public static void TakeUnlooked(WriteSession session, string eventId, string siteId, Func<Exception> otherwise) => session.Require(TakeOne, new { EventId = eventId, SiteId = siteId }, otherwise);

    /// <summary>Takes seats that this work has seen free.</summary>
    public static void Take(WriteSession session, string eventId, string siteId, long size) => session.Require(TakeMany, new { EventId = eventId, SiteId = siteId, Size = size }, () => new OvertakenException());

    /// <summary>Gives seats back. Whoever waits for them gets them by <see cref="Promotion"/>, in the same transaction.</summary>
    public static void GiveBack(WriteSession session, string eventId, string siteId, long size) => session.Execute(Return, new { EventId = eventId, SiteId = siteId, Size = size });

    /// <summary>Gives one back where nobody waits for it; runs the work again where somebody does.</summary>
    public static void GiveBackUnawaited(WriteSession session, string eventId, string siteId) => session.Require(ReturnUnawaited, new { EventId = eventId, SiteId = siteId }, () => new OvertakenException());

    // The CHECK on the table says the same; the WHERE turns "full" into an answer. A queue that is open and not empty comes first.
    private const string TakeOne = """
        UPDATE sites SET seats_taken = seats_taken + 1
        WHERE event_id = @EventId AND id = @SiteId AND waiting = 0 AND (capacity IS NULL OR seats_taken < capacity)
        """;

    private const string TakeMany = """
        UPDATE sites SET seats_taken = seats_taken + @Size
        WHERE event_id = @EventId AND id = @SiteId AND (capacity IS NULL OR seats_taken + @Size <= capacity)
        """;

    private const string Return = "UPDATE sites SET seats_taken = seats_taken - @Size WHERE event_id = @EventId AND id = @SiteId";

    private const string ReturnUnawaited = "UPDATE sites SET seats_taken = seats_taken - 1 WHERE event_id = @EventId AND id = @SiteId AND waiting = 0";
}
