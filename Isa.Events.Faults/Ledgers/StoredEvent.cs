using Dapper;
using Isa.Events.Faults.Servers;

namespace Isa.Events.Faults.Ledgers;

/// <summary>A registration as the tables have it.</summary>
/// <param name="Id">Its id.</param>
/// <param name="SiteId">Where.</param>
/// <param name="Status">As stored.</param>
/// <param name="Email">As stored to compare.</param>
/// <param name="Key">The Idempotency-Key of the request that made it.</param>
public sealed record StoredRegistration(string Id, string SiteId, string Status, string Email, string Key)
{
    public bool IsActive => Status is not ("cancelled" or "declined");

    public bool TakesSeat => Status == "confirmed";
}

/// <summary>A site's counters as the tables have them.</summary>
public sealed record StoredSite(string Id, long? Capacity, long SeatsTaken);

/// <summary>What one event's tables hold, from one snapshot, read past the server.</summary>
public sealed record StoredEvent(IReadOnlyList<StoredRegistration> Registrations, IReadOnlyList<StoredSite> Sites, ILookup<string, (string What, long Count)> SideRows)
{
    public static StoredEvent Read(IStore store, string eventId)
    {
        using var connection = store.Open();
        using var snapshot = store.BeginSnapshot(connection);
        var of = new { EventId = eventId };
        var registrations = connection.Query<(string, string, string, string, string)>(Registered, of, snapshot).Select(r => new StoredRegistration(r.Item1, r.Item2, r.Item3, r.Item4, r.Item5));
        var sites = connection.Query<(string, long?, long)>(OfSites, of, snapshot).Select(s => new StoredSite(s.Item1, s.Item2, s.Item3));
        var side = connection.Query<(string Id, string What, long Count)>(History, of, snapshot).Concat(connection.Query<(string Id, string What, long Count)>(Outbox, of, snapshot));
        return new StoredEvent([.. registrations], [.. sites], side.ToLookup(s => s.Id, s => (s.What, s.Count)));
    }

    public long Count(string registrationId, string what) => SideRows[registrationId].Where(s => s.What == what).Sum(s => s.Count);

    private const string Registered = "SELECT id, site_id, status, email_normalised, organisation FROM registrations WHERE event_id = @EventId";

    private const string OfSites = "SELECT id, capacity, seats_taken FROM sites WHERE event_id = @EventId";

    private const string History = """
        SELECT h.registration_id, h.action, COUNT(*) FROM history h JOIN registrations r ON r.id = h.registration_id WHERE r.event_id = @EventId GROUP BY h.registration_id, h.action
        """;

    private const string Outbox = "SELECT registration_id, kind, COUNT(*) FROM outbox WHERE event_id = @EventId AND registration_id IS NOT NULL GROUP BY registration_id, kind";
}
