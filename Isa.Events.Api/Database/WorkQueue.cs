using System.Diagnostics.CodeAnalysis;

namespace Isa.Events.Api.Database;

/// <summary>
/// Works that wait for a writer, bounded. Where works are kept apart by event, an event's works are with one writer at a time and in the order they came,
/// and events take turns; otherwise all of them are one line.
/// </summary>
internal sealed class WorkQueue(int capacity, bool byEvent) : IDisposable
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Line> _lines = new(StringComparer.Ordinal);
    private readonly Queue<Line> _ready = new();
    private readonly SemaphoreSlim _idle = new(0);
    private int _idleWriters;
    private int _waiting;
    private volatile bool _closed;

    public int Waiting => Volatile.Read(ref _waiting);

    public bool IsClosed => _closed;

    /// <returns>False when it is full, or closed.</returns>
    public bool TryAdd(string eventId, Work work)
    {
        lock (_gate)
        {
            if (_closed || _waiting >= capacity) return false;
            _waiting++;
            var key = byEvent ? eventId : "";
            if (!_lines.TryGetValue(key, out var line)) _lines.Add(key, line = new Line(key));
            line.Works.Enqueue(work);
            if (line.IsTaken) return true;
            if (line.Works.Count > 1) return true; // ready already
            _ready.Enqueue(line);
            if (_idleWriters == 0) return true;
            _idleWriters--;
        }

        _idle.Release();
        return true;
    }

    /// <summary>Waits for works and takes some that may share a transaction.</summary>
    /// <param name="batch">Gets them; empty before.</param>
    /// <param name="max">The most of them.</param>
    /// <param name="line">What to give to <see cref="Return"/> once they are done.</param>
    /// <returns>False when the queue is closed and empty.</returns>
    public bool Take(List<Work> batch, int max, [NotNullWhen(true)] out Line? line)
    {
        for (; ; )
        {
            lock (_gate)
            {
                if (_ready.TryDequeue(out line))
                {
                    line.IsTaken = true;
                    while (batch.Count < max && line.Works.TryDequeue(out var work)) batch.Add(work);
                    _waiting -= batch.Count;
                    return true;
                }

                if (_closed) return false;
                _idleWriters++;
            }

            _idle.Wait();
        }
    }

    public void Return(Line line)
    {
        lock (_gate)
        {
            line.IsTaken = false;
            if (line.Works.Count == 0)
            {
                _lines.Remove(line.EventId);
                return;
            }

            _ready.Enqueue(line);
            if (_idleWriters == 0) return;
            _idleWriters--;
        }

        _idle.Release();
    }

    /// <summary>Takes no more; what waits is still given out.</summary>
    public void Close()
    {
        int idle;
        lock (_gate) (_closed, idle, _idleWriters) = (true, _idleWriters, 0);
        if (idle > 0) _idle.Release(idle);
    }

    public void Dispose() => _idle.Dispose();

    /// <summary>Works of one event, or of all.</summary>
    internal sealed class Line(string eventId)
    {
        public string EventId { get; } = eventId;

        public Queue<Work> Works { get; } = new();

        public bool IsTaken { get; set; }
    }
}
