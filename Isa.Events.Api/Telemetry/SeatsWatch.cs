using System.Diagnostics.Metrics;

namespace Isa.Events.Api.Telemetry;

/// <summary>Reads the seats of coming events for those who collect metrics; without a collector it reads nothing.</summary>
public sealed class SeatsWatch(EventsDatabase database, TimeProvider time)
{
    public IEnumerable<Measurement<long>> Taken() => Read().Select(site => Of(site, site.SeatsTaken));

    public IEnumerable<Measurement<long>> Capacity() => Read().Where(site => site.Capacity is not null).Select(site => Of(site, site.Capacity!.Value));

    private static Measurement<long> Of(Row site, long value) => new(value, new KeyValuePair<string, object?>("event", site.Slug), new KeyValuePair<string, object?>("site", site.SiteId));

    private List<Row> Read()
    {
        try
        {
            return database.Engine.Read(session => session.Query<Row>(Sites, new { Now = Instant.Cut(time.GetUtcNow()) }));
        }
        catch (ProblemException)
        {
            return []; // the database's own figures tell of it
        }
    }

    private sealed record Row
    {
        public string Slug { get; init; } = "";

        public string SiteId { get; init; } = "";

        public long SeatsTaken { get; init; }

        public long? Capacity { get; init; }
    }

    private const string Sites = """
        SELECT e.slug, s.id AS site_id, s.seats_taken, s.capacity FROM events e JOIN sites s ON s.event_id = e.id
        WHERE e.status = 'published' AND e.ends_at > @Now AND NOT e.is_test ORDER BY e.starts_at, e.id, s.position LIMIT 1000
        """;
}
