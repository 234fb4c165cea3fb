using System.Data.Common;

namespace Isa.Events.Api.Database;

/// <summary>
/// The writer's transaction as a work sees it. A work locks its event first, checks every rule, then writes; it may run more than once,
/// so it touches nothing outside its session.
/// </summary>
public sealed class WriteSession : ReadSession
{
    private readonly Dictionary<string, (long Version, object Value)> _kept = new(StringComparer.Ordinal);
    private readonly Dictionary<string, long> _locked = new(StringComparer.Ordinal);
    private readonly HashSet<string> _changed = new(StringComparer.Ordinal);

    internal WriteSession(DbConnection connection, Func<object?, object> toDatabase) : base(connection, toDatabase)
    {
    }

    /// <summary>The instant of this transaction: one reading of the clock, UTC, cut to milliseconds.</summary>
    public DateTimeOffset Now { get; private set; }

    /// <summary>Whether the running work has written anything.</summary>
    internal bool Wrote { get; private set; }

    /// <summary>Events whose rows or counters this transaction changed.</summary>
    internal IReadOnlyCollection<string> ChangedEvents => _changed;

    /// <summary>Runs a statement whose outcome nobody waits for: it may be sent together with others. Ask with <see cref="Change"/> where it matters.</summary>
    public void Execute(string sql, object? arguments = null) => Writing(sql).Execute(Transaction, arguments);

    /// <summary>Runs a statement and tells how many rows it changed. Cheaper than RETURNING, for which SQLite makes a table each time.</summary>
    public int Change(string sql, object? arguments = null) => Writing(sql).Execute(Transaction, arguments);

    public override T? One<T>(string sql, object? arguments = null) where T : default
    {
        if (!Prepared(sql).Reads) Writing(sql);
        return base.One<T>(sql, arguments);
    }

    public override IEnumerable<T> Stream<T>(string sql, object? arguments = null)
    {
        if (!Prepared(sql).Reads) Writing(sql);
        return base.Stream<T>(sql, arguments);
    }

    /// <summary>
    /// Locks a row of <c>events</c> for this transaction and tells its version, or null where there is none. On SQLite the transaction
    /// itself is the lock; works that share it ask once.
    /// </summary>
    public long? LockRow(string eventId)
    {
        if (_locked.TryGetValue(eventId, out var known)) return known;
        if (One<long?>("SELECT version FROM events WHERE id = @Id", new { Id = eventId }) is not { } version) return null;
        _changed.Add(eventId);
        return _locked[eventId] = version;
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

    internal void Begin(DbTransaction transaction, DateTimeOffset now)
    {
        Begin(transaction);
        Now = now;
        _changed.Clear();
        _locked.Clear();
    }

    internal void BeginWork() => Wrote = false;

    /// <summary>After a rollback a version may come again with another content.</summary>
    internal void Forget()
    {
        _kept.Clear();
        _locked.Clear();
    }

    private Statement Writing(string sql)
    {
        Wrote = true;
        var statement = Prepared(sql);
        if (statement.ChangesEvents) _locked.Clear();
        return statement;
    }
}
