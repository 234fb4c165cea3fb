namespace Isa.Events.Api.Features.Waitlist;

/// <summary>
/// Whether anybody waits at an event, and whether a site has a seat for newcomers: asked together with what a work asks anyway, so that giving back a seat, or
/// taking one where there are some, costs no question of its own. The works before it may have changed that, so what relies on it says so itself.
/// </summary>
public sealed record QueueLook
{
    public bool SomebodyWaits { get; init; }

    /// <summary>At the site that was asked about.</summary>
    public bool HasSeat { get; init; }

    public static Ahead<QueueLook> Of(string eventId, string? siteId = null) => new(Look, new { EventId = eventId, SiteId = siteId });

    private const string Look = """
        SELECT
            EXISTS (SELECT 1 FROM sites WHERE event_id = @EventId AND waiting > 0) AS somebody_waits,
            EXISTS (SELECT 1 FROM sites WHERE event_id = @EventId AND id = @SiteId AND waiting = 0 AND (capacity IS NULL OR seats_taken < capacity)) AS has_seat
        """;
}
