using System.Collections.Concurrent;

namespace Isa.Events.Api.Features.Events;

/// <summary>
/// Events as they are now, read once and kept until a commit of this process touches them, for half a second at most: what another node wrote shows by then.
/// For reads and quick refusals; what is written is checked again under the event's lock.
/// </summary>
public sealed class CurrentEvents
{
    private const int MaxKept = 1000;
    private const long BelievedMs = 500;
    private readonly EventsDatabase _database;
    private readonly ConcurrentDictionary<string, CurrentEvent> _byKey = new(StringComparer.Ordinal);
    private long _commits;

    public CurrentEvents(EventsDatabase database)
    {
        _database = database;
        database.Committed += Forget;
    }

    /// <summary>By id or slug; null where there is none that the caller may know of.</summary>
    public async ValueTask<CurrentEvent?> FindAsync(string idOrSlug, Caller? caller, CancellationToken ct)
    {
        if (!_byKey.TryGetValue(idOrSlug, out var current) || Environment.TickCount64 >= current.BelievedUntil) current = await ReadAsync(idOrSlug, ct);
        return current is not null && current.Event.IsVisibleTo(caller) ? current : null;
    }

    /// <exception cref="ProblemException"><see cref="Problem.EventNotFound"/></exception>
    public async ValueTask<CurrentEvent> GetAsync(string idOrSlug, Caller? caller, CancellationToken ct) =>
        await FindAsync(idOrSlug, caller, ct) ?? throw new ProblemException(Problem.EventNotFound);

    private async Task<CurrentEvent?> ReadAsync(string idOrSlug, CancellationToken ct)
    {
        var before = Interlocked.Read(ref _commits);
        var current = await _database.ReadAsync(session => Event.Find(session, idOrSlug) is { } evt
            ? new CurrentEvent(evt, session.Query<SiteSeats>(SiteSeats.OfEvent, new { EventId = evt.Id }), Environment.TickCount64 + BelievedMs)
            : null, ct);
        if (current is null) return null;

        if (_byKey.Count >= MaxKept) _byKey.Clear();
        _byKey[current.Event.Id] = current;
        _byKey[current.Event.Slug] = current;
        // A commit while the snapshot was read may have found nothing to forget; what was just kept could hide it.
        if (Interlocked.Read(ref _commits) != before) Forget([current.Event.Id]);
        return current;
    }

    private void Forget(IReadOnlyCollection<string> eventIds)
    {
        Interlocked.Increment(ref _commits);
        foreach (var id in eventIds)
            if (_byKey.TryRemove(id, out var gone)) _byKey.TryRemove(gone.Event.Slug, out _);
    }
}

/// <summary>One event with what is taken of its seats, from one snapshot.</summary>
public sealed class CurrentEvent(Event evt, IReadOnlyList<SiteSeats> seats, long believedUntil)
{
    private readonly ConcurrentDictionary<string, RenderedEvent> _rendered = new(StringComparer.Ordinal);

    public Event Event => evt;

    public IReadOnlyList<SiteSeats> Seats => seats;

    public long BelievedUntil => believedUntil;

    public SiteSeats SeatsOf(string siteId) => seats.First(s => s.SiteId == siteId);

    /// <summary>Bytes made once for all callers who see the same, until time changes what they say.</summary>
    public RenderedEvent Rendered(string view, DateTimeOffset now, Func<RenderedEvent> render)
    {
        if (_rendered.TryGetValue(view, out var rendered) && now >= rendered.From && now < rendered.Until) return rendered;
        return _rendered[view] = render();
    }
}

/// <summary>An event's answer as bytes.</summary>
/// <param name="Body">JSON, UTF-8.</param>
/// <param name="Tag">Its entity tag.</param>
/// <param name="From">The first instant it is right for.</param>
/// <param name="Until">The first instant it is no longer right for.</param>
public sealed record RenderedEvent(byte[] Body, string Tag, DateTimeOffset From, DateTimeOffset Until);
