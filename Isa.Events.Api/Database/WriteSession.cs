namespace Isa.Events.Api.Database;

/// <summary>
/// The writer's transaction as a work sees it. A work locks its event first, checks every rule, then writes; it may run more than once,
/// so it touches nothing outside its session.
/// </summary>
public sealed class WriteSession : ReadSession
{
    private readonly WriteChannel _channel;
    private readonly string _lockEvent;
    private readonly Dictionary<string, (long Version, object Value)> _kept = new(StringComparer.Ordinal);
    private readonly Dictionary<string, long> _locked = new(StringComparer.Ordinal);
    private readonly HashSet<string> _changed = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Action<WriteSession>> _atEnd = new(StringComparer.Ordinal);

    internal WriteSession(WriteChannel channel, string lockEvent) : base(channel) => (_channel, _lockEvent) = (channel, lockEvent);

    /// <summary>The instant of this transaction: one reading of the clock, UTC, cut to milliseconds.</summary>
    public DateTimeOffset Now { get; private set; }

    internal new WriteChannel Channel => _channel;

    /// <summary>Whether this transaction leaves work to be done at once.</summary>
    internal bool AddedWork { get; set; }

    /// <summary>Events whose rows or counters this transaction changed.</summary>
    internal IReadOnlyCollection<string> ChangedEvents => _changed;

    /// <summary>Runs a statement whose outcome nobody waits for: it may be sent together with others.</summary>
    public void Execute(string sql, object? arguments = null)
    {
        Note(sql);
        _channel.Send(sql, arguments);
    }

    /// <summary>
    /// Runs a statement that must change exactly one row, perhaps together with others; the work goes on as if it had. Where it did not, the work is
    /// undone and answered with the reason.
    /// </summary>
    /// <param name="sql">The statement, such as an update whose WHERE is the rule, or an insert with ON CONFLICT DO NOTHING.</param>
    /// <param name="arguments">Its parameters.</param>
    /// <param name="otherwise">The reason; it may ask this session. <see cref="OvertakenException"/> runs the work once more.</param>
    public void Require(string sql, object? arguments, Func<Exception> otherwise)
    {
        Note(sql);
        _channel.Require(sql, arguments, otherwise);
    }

    /// <summary>Runs a statement now and tells how many rows it changed. Cheaper than RETURNING, for which SQLite makes a table each time.</summary>
    public int Change(string sql, object? arguments = null)
    {
        Note(sql);
        return _channel.Change(sql, arguments);
    }

    /// <summary>The row that was named before the work began.</summary>
    public T? One<T>(Ahead<T> ahead) => ahead.TryUse(out var row) ? row : One<T>(ahead.Sql, ahead.Arguments);

    /// <summary>The rows that were named before they are wanted.</summary>
    public List<T> Query<T>(AheadList<T> ahead) => ahead.TryUse(out var rows) ? rows : Query<T>(ahead.Sql, ahead.Arguments);

    /// <summary>Asks for several things that the work wants next, in one journey where each question is one.</summary>
    public void Fetch(params IReadOnlyList<Ahead> rows) => _channel.Fetch(rows);

    public override T? One<T>(string sql, object? arguments = null) where T : default
    {
        Note(sql);
        return base.One<T>(sql, arguments);
    }

    public override IEnumerable<T> Stream<T>(string sql, object? arguments = null)
    {
        Note(sql);
        return base.Stream<T>(sql, arguments);
    }

    /// <summary>
    /// Locks a row of <c>events</c> for this transaction and tells its version, or null where there is none. On SQLite the transaction
    /// itself is the lock; works that share it ask once.
    /// </summary>
    public long? LockRow(string eventId)
    {
        if (_locked.TryGetValue(eventId, out var known)) return known;
        return One<long?>(_lockEvent, new { Id = eventId }) is { } version ? Locked(eventId, version) : null;
    }

    /// <summary>What was built from a row at this version, built anew when the row has changed since.</summary>
    public T Kept<T>(string id, long version, Func<T> build) where T : class
    {
        if (_kept.TryGetValue(id, out var kept) && kept.Version == version) return (T)kept.Value;
        if (_kept.Count >= 256) _kept.Clear();
        var value = build();
        _kept[id] = (version, value);
        return value;
    }

    /// <summary>Has something done in this transaction once all its works have run, or all that have not failed alone: once for all of them that ask for it.</summary>
    /// <param name="what">Its name, by which it is the same.</param>
    /// <param name="run">Does it, wanted or not: a work that asked for it may have been undone.</param>
    public void AtEnd(string what, Action<WriteSession> run) => _atEnd[what] = run;

    internal void RunToEnd()
    {
        while (_atEnd.Count > 0)
        {
            var (what, run) = _atEnd.First();
            _atEnd.Remove(what);
            run(this);
        }
    }

    internal void Begin(string eventId, DateTimeOffset now, IReadOnlyList<Ahead> ahead)
    {
        Now = now;
        AddedWork = false;
        _changed.Clear();
        _locked.Clear();
        _atEnd.Clear();
        if (_channel.Begin(eventId, ahead) is { } version) Locked(eventId, version);
    }

    /// <summary>After a rollback a version may come again with another content.</summary>
    internal void Forget()
    {
        _kept.Clear();
        _locked.Clear();
        _atEnd.Clear();
    }

    private long Locked(string eventId, long version)
    {
        _changed.Add(eventId);
        return _locked[eventId] = version;
    }

    private void Note(string sql)
    {
        if (SqlText.Of(sql).ChangesEvents) _locked.Clear();
    }
}
