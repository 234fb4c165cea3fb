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
    private readonly ConcurrentDictionary<string, Reading> _readings = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, CurrentEvent> _last = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, string> _idsBySlug = new(StringComparer.Ordinal);

    public CurrentEvents(EventsDatabase database)
    {
        _database = database;
        database.Committed += Forget;
    }

    /// <summary>By id or slug; null where there is none that the caller may know of.</summary>
    /// <param name="idOrSlug">Of the event.</param>
    /// <param name="caller">Who asks.</param>
    /// <param name="ct">Gives up.</param>
    /// <param name="mayBeOld">Also for an organiser what was read a moment ago is good enough: whatever is decided by it is decided again under the lock.</param>
    public async ValueTask<CurrentEvent?> FindAsync(string idOrSlug, Caller? caller, CancellationToken ct, bool mayBeOld = false)
    {
        // An organiser who edits on one node and goes on at another must find the edit there.
        var since = caller is { IsOrganizer: true } && !mayBeOld ? Since() : 0;
        var current = idOrSlug.StartsWith(Event.IdPrefix, StringComparison.Ordinal) ? await ByIdAsync(idOrSlug, since, ct) : await BySlugAsync(idOrSlug, since, ct);
        if (current is not null && !current.Event.IsVisibleTo(caller)) current = await NewerAsync(current, ct); // published on another node, perhaps
        return current is not null && current.Event.IsVisibleTo(caller) ? current : null;
    }

    /// <summary>
    /// The event read again, where other nodes may have changed it since; null where they cannot have, or it is gone. Ask before somebody is refused: what is
    /// up to half a second old may say yes, but not no.
    /// </summary>
    public async ValueTask<CurrentEvent?> NewerAsync(CurrentEvent current, CancellationToken ct) => _database.IsShared ? await ByIdAsync(current.Event.Id, Since(), ct) : null;

    /// <exception cref="ProblemException"><see cref="Problem.EventNotFound"/></exception>
    public async ValueTask<CurrentEvent> GetAsync(string idOrSlug, Caller? caller, CancellationToken ct, bool mayBeOld = false) =>
        await FindAsync(idOrSlug, caller, ct, mayBeOld) ?? throw new ProblemException(Problem.EventNotFound);

    private long Since() => _database.IsShared ? Environment.TickCount64 : 0;

    private async ValueTask<CurrentEvent?> BySlugAsync(string slug, long since, CancellationToken ct)
    {
        if (_idsBySlug.TryGetValue(slug, out var known) && await ByIdAsync(known, since, ct) is { } current && current.Event.Slug == slug) return current;
        if (await _database.AskAsync(session => session.One<string>(IdOf, new { Slug = slug }), ct) is not { } id) return null;
        if (_idsBySlug.Count >= MaxKept) _idsBySlug.Clear();
        _idsBySlug[slug] = id;
        return await ByIdAsync(id, since, ct);
    }

    // Whoever comes first after a commit reads; the others wait for that. A reading that a commit overtakes is no longer found by those who come after it.
    private ValueTask<CurrentEvent?> ByIdAsync(string id, long since, CancellationToken ct)
    {
        if (_readings.TryGetValue(id, out var reading) && Environment.TickCount64 < reading.BeganAt + BelievedMs && reading.BeganAt > since)
            return reading.Task is { IsCompletedSuccessfully: true } done ? ValueTask.FromResult(done.Result) : new ValueTask<CurrentEvent?>(reading.Task.WaitAsync(ct));

        if (_readings.Count >= MaxKept) _readings.Clear();
        var mine = new Reading(Environment.TickCount64);
        if (reading is null ? !_readings.TryAdd(id, mine) : !_readings.TryUpdate(id, mine, reading)) return ByIdAsync(id, since, ct);
        return new ValueTask<CurrentEvent?>(ReadAsync(id, mine));
    }

    private async Task<CurrentEvent?> ReadAsync(string id, Reading reading)
    {
        try
        {
            var last = _last.GetValueOrDefault(id);
            var current = last is null ? null : await _database.AskAsync(session => CurrentEvent.FindAgain(session, last), CancellationToken.None);
            current ??= await _database.ReadAsync(session => CurrentEvent.Find(session, id), CancellationToken.None);
            if (current is null) Drop(id, reading); // ids that do not exist are without number
            else
            {
                if (_last.Count >= MaxKept) _last.Clear();
                _last[id] = current;
            }

            reading.Complete(current);
            return current;
        }
        catch (Exception e)
        {
            Drop(id, reading);
            reading.Fail(e);
            throw;
        }
    }

    private void Drop(string id, Reading reading) => _readings.TryRemove(new KeyValuePair<string, Reading>(id, reading));

    private void Forget(IReadOnlyCollection<string> eventIds)
    {
        foreach (var id in eventIds) _readings.TryRemove(id, out _);
    }

    private const string IdOf = "SELECT id FROM events WHERE slug = @Slug";

    private sealed class Reading(long beganAt)
    {
        private readonly TaskCompletionSource<CurrentEvent?> _source = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public long BeganAt => beganAt;

        public Task<CurrentEvent?> Task => _source.Task;

        public void Complete(CurrentEvent? current) => _source.SetResult(current);

        public void Fail(Exception e)
        {
            _source.SetException(e);
            _ = _source.Task.Exception; // the reader itself has told its caller; nobody else may have waited
        }
    }
}

/// <summary>One event with what is taken of its seats, from one snapshot.</summary>
public sealed class CurrentEvent
{
    private readonly ConcurrentDictionary<string, RenderedEvent> _rendered;

    private CurrentEvent(Event evt, IReadOnlyList<SiteSeats> seats, ConcurrentDictionary<string, RenderedEvent> rendered) => (Event, Seats, _rendered) = (evt, seats, rendered);

    public Event Event { get; }

    public IReadOnlyList<SiteSeats> Seats { get; }

    /// <summary>Null where there is none.</summary>
    public static CurrentEvent? Find(ReadSession session, string id) =>
        Event.Find(session, id) is { } evt ? new CurrentEvent(evt, session.Query<SiteSeats>(SiteSeats.ForNewcomers, new { EventId = id }), new(StringComparer.Ordinal)) : null;

    /// <summary>What was read before with its seats as they are now, by one question; null where more than seats has changed since.</summary>
    public static CurrentEvent? FindAgain(ReadSession session, CurrentEvent last) =>
        session.Query<SiteSeats>(SiteSeats.OfVersion, new { EventId = last.Event.Id, last.Event.Version }) is { Count: > 0 } seats
            ? new CurrentEvent(last.Event, seats, last.Seats.Select(s => s.IsFull).SequenceEqual(seats.Select(s => s.IsFull)) ? last._rendered : new(StringComparer.Ordinal)) // tells of seats only whether there are any
            : null;

    public SiteSeats SeatsOf(string siteId) => Seats.First(s => s.SiteId == siteId);

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
public sealed record RenderedEvent(byte[] Body, string Tag, DateTimeOffset From, DateTimeOffset Until)
{
    /// <summary>What says of an event whether one can register: right until an instant passes at which that changes by itself.</summary>
    public static RenderedEvent Of(Event evt, byte[] body, DateTimeOffset now)
    {
        DateTimeOffset?[] turns = [evt.RegistrationOpensAt, evt.RegistrationClosesAt, evt.EndsAt, evt.GroupHoldEndsAt, evt.PromotionEndsAt];
        return new RenderedEvent(body, Conditional.Tag(evt.Version, body),
            turns.Where(t => t <= now).Max() ?? DateTimeOffset.MinValue, turns.Where(t => t > now).Min() ?? DateTimeOffset.MaxValue);
    }
}
