using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Ical.Net;
using Isa.Events.Api.Features.Agenda;
using Microsoft.Extensions.Options;

namespace Isa.Events.Api.Features.Invites;

/// <summary>Which events a calendar of many holds.</summary>
/// <param name="Series">Of this series alone.</param>
/// <param name="Audience">Open to this audience, with the sites that are.</param>
/// <param name="Language">Of all texts; without one each event speaks its own.</param>
/// <param name="KeyId">The organiser's key whose calendar it is: with drafts, and what is taken of the seats. Null for the public.</param>
/// <param name="IsTest">Whether that key is for tests.</param>
public sealed record FeedQuery(string? Series, Audience? Audience, Language? Language, string? KeyId = null, bool IsTest = false);

/// <summary>
/// Calendars that one subscribes to (RFC 5545, RFC 7986): each event of the coming time and of the last weeks, under the UID it has everywhere. Made anew only once
/// something in it has changed, which one read tells.
/// </summary>
public sealed class CalendarFeeds(EventsDatabase database, IOptions<ServerSettings> settings, TimeProvider time)
{
    /// <summary>So long a past event stays.</summary>
    internal static readonly TimeSpan Past = TimeSpan.FromDays(60);

    internal const int MaxEvents = 2000;
    private const int MaxKept = 50;
    private readonly Lock _gate = new();
    private readonly Dictionary<FeedQuery, (string State, byte[] Body)> _kept = [];

    public async Task<byte[]> GetAsync(FeedQuery query, CancellationToken ct)
    {
        var day = time.GetUtcNow().UtcDateTime.Date; // moves on once a day, so that the calendar stays the same in between
        var arguments = new { Since = new DateTimeOffset(day, TimeSpan.Zero) - Past, query.Series, Own = query.KeyId is not null, query.KeyId, query.IsTest, Max = MaxEvents };
        var (state, events, agendas, seats) = await database.ReadAsync<(string, List<Event>?, List<FeedAgenda>, List<FeedSeats>)>(session =>
        {
            var counted = query.KeyId is null ? [] : session.Query<FeedSeats>(SeatsIn, arguments);
            var now = StateOf(session.Query<FeedVersion>(VersionsIn, arguments), counted);
            if (Kept(query, now) is not null) return (now, null, [], counted);
            var sites = session.Query<Site>(SitesIn, arguments).ToLookup(s => s.EventId);
            return (now, session.Query<Event>(EventsIn, arguments).Select(evt => evt with { Sites = [.. sites[evt.Id]] }).ToList(), session.Query<FeedAgenda>(AgendasIn, arguments), counted);
        }, ct);
        if (events is null) return Kept(query, state) ?? await GetAsync(query, ct); // another answer may have taken its room meanwhile
        var body = Encoding.UTF8.GetBytes(Write(query, events, agendas.ToDictionary(a => a.EventId, a => new AgendaRow { Items = a.Items }), seats));
        lock (_gate)
        {
            if (_kept.Count >= MaxKept) _kept.Clear();
            _kept[query] = (state, body);
        }

        return body;
    }

    private byte[]? Kept(FeedQuery query, string state)
    {
        lock (_gate)
        {
            return _kept.TryGetValue(query, out var kept) && kept.State == state ? kept.Body : null;
        }
    }

    private string Write(FeedQuery query, List<Event> events, Dictionary<string, AgendaRow> agendas, List<FeedSeats> seats)
    {
        var taken = query.KeyId is null ? null : seats.GroupBy(s => s.EventId).ToDictionary(g => g.Key, g => g.ToDictionary(s => s.SiteId, s => new SiteSeats { SiteId = s.SiteId, Capacity = s.Capacity, SeatsTaken = s.SeatsTaken, Waiting = s.Waiting }));
        var shown = events.Select(evt => (Event: evt, Sites: query.Audience is { } audience ? [.. evt.Sites.Where(site => evt.Invites(site, audience))] : evt.Sites)).Where(e => query.Audience is null || e.Sites.Count > 0).ToList();
        var name = query.Language is { } one ? Wording.FeedName.In(one) : string.Join(" · ", Wording.FeedName.De, Wording.FeedName.En, Wording.FeedName.Zh);
        if (query.Series is not null) name = $"{name} ({query.Series})";
        var head = new StringBuilder($"BEGIN:VCALENDAR\r\nPRODID:{InviteCalendar.ProductId}\r\nVERSION:2.0\r\nMETHOD:{CalendarMethods.Publish}");
        head.Append(CultureInfo.InvariantCulture, $"\r\nNAME:{InviteCalendar.TextValue(name)}\r\nX-WR-CALNAME:{InviteCalendar.TextValue(name)}\r\nCOLOR:{(query.KeyId is null ? "steelblue" : "darkorange")}");
        head.Append("\r\nREFRESH-INTERVAL;VALUE=DURATION:PT1H\r\nX-PUBLISHED-TTL:PT1H"); // the second for Outlook
        if (shown.Count > 0) head.Append(CultureInfo.InvariantCulture, $"\r\nLAST-MODIFIED:{shown.Max(e => e.Event.UpdatedAt).UtcDateTime:yyyyMMdd'T'HHmmss'Z'}");
        foreach (var zone in shown.GroupBy(e => e.Event.TimeZone))
            head.Append(CalendarZone.Describe(Zones.Get(zone.Key), NodaTime.Instant.FromDateTimeOffset(zone.Min(e => e.Event.StartsAt)), NodaTime.Instant.FromDateTimeOffset(zone.Max(e => e.Event.EndsAt))));
        if (shown.Count == 0) head.Append(CalendarZone.Describe(Zones.Get("Europe/Berlin"), NodaTime.Instant.FromDateTimeOffset(time.GetUtcNow()), NodaTime.Instant.FromDateTimeOffset(time.GetUtcNow()))); // a calendar has at least one component (RFC 5545 s3.6)
        var text = new StringBuilder(InviteCalendar.Fold(head.ToString()));
        foreach (var (evt, sites) in shown)
        {
            var language = query.Language ?? evt.DefaultLanguage;
            var agendaUrl = evt.HasAgenda && evt.Status != Events.EventStatus.Draft ? settings.Value.Url($"/v1/events/{evt.Slug}/agenda.pdf?language={language.Code()}") : null;
            text.Append(InviteCalendar.InFeed(evt, sites, agendas.GetValueOrDefault(evt.Id, new AgendaRow()), agendaUrl, taken?.GetValueOrDefault(evt.Id), language));
        }

        return text.Append("END:VCALENDAR\r\n").ToString();
    }

    // Whatever a calendar shows has one of these numbers changed.
    private static string StateOf(List<FeedVersion> versions, List<FeedSeats> seats)
    {
        var text = new StringBuilder();
        foreach (var row in versions) text.Append(row.Id).Append(' ').Append(row.Version).Append('\n');
        foreach (var row in seats) text.Append(row.SiteId).Append(' ').Append(row.SeatsTaken).Append(' ').Append(row.Waiting).Append('\n');
        return Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())));
    }

    private sealed record FeedVersion
    {
        public string Id { get; init; } = "";

        public long Version { get; init; }
    }

    private sealed record FeedAgenda
    {
        public string EventId { get; init; } = "";

        public IReadOnlyList<AgendaItem> Items { get; init; } = [];
    }

    private sealed record FeedSeats
    {
        public string EventId { get; init; } = "";

        public string SiteId { get; init; } = "";

        public long? Capacity { get; init; }

        public long SeatsTaken { get; init; }

        public long Waiting { get; init; }
    }

    private const string Window = """
        FROM events
        WHERE ends_at > @Since AND (@Series IS NULL OR series = @Series) AND (@Own OR status <> 'draft') AND (NOT is_test OR @IsTest)
            AND (@KeyId IS NULL OR NOT EXISTS (SELECT 1 FROM api_key_events k WHERE k.key_id = @KeyId)
                OR EXISTS (SELECT 1 FROM api_key_events k WHERE k.key_id = @KeyId AND k.event_id = events.id))
        ORDER BY starts_at, id LIMIT @Max
        """;

    private const string VersionsIn = $"SELECT id, version {Window}";

    private const string EventsIn = $"SELECT {Event.Columns}, {Event.AgendaExists} AS has_agenda {Window}";

    private const string SitesIn = $"SELECT {Site.Columns} FROM sites WHERE event_id IN (SELECT id {Window}) ORDER BY event_id, position, id";

    private const string AgendasIn = $"SELECT event_id, items FROM agendas WHERE items <> '[]' AND event_id IN (SELECT id {Window})";

    private const string SeatsIn = $"SELECT event_id, id AS site_id, capacity, seats_taken, waiting FROM sites WHERE event_id IN (SELECT id {Window}) ORDER BY event_id, position, id";
}
