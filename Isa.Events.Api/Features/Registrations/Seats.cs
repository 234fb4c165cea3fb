namespace Isa.Events.Api.Features.Registrations;

/// <summary>The only place where seats are taken and given back; shared by every operation that does either. The counter changes in the transaction of its cause.</summary>
public static class Seats
{
    /// <summary>Takes one; the work is refused with <see cref="Problem.SiteFull"/> where there is none. The event is locked.</summary>
    public static void Take(WriteSession session, string eventId, string siteId) =>
        session.Require(TakeOne, new { EventId = eventId, SiteId = siteId }, () => new ProblemException(Problem.SiteFull));

    /// <summary>Gives one back. The event is locked.</summary>
    public static void GiveBack(WriteSession session, string eventId, string siteId) => session.Execute(Return, new { EventId = eventId, SiteId = siteId });

    /// <summary>Whether one is free, without taking it.</summary>
    public static bool IsFree(ReadSession session, string eventId, string siteId) =>
        session.Query<SiteSeats>(SiteSeats.OfEvent, new { EventId = eventId }).First(s => s.SiteId == siteId) is { IsFull: false };

    // The CHECK on the table says the same; the WHERE turns "full" into an answer. A queue that is open and not empty comes first.
    private const string TakeOne = """
        UPDATE sites SET seats_taken = seats_taken + 1
        WHERE event_id = @EventId AND id = @SiteId AND waiting = 0 AND (capacity IS NULL OR seats_taken < capacity)
        """;

    private const string Return = "UPDATE sites SET seats_taken = seats_taken - 1 WHERE event_id = @EventId AND id = @SiteId";
}
