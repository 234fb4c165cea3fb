using System.Data;
using Npgsql;

namespace Isa.Events.Api.Database.Postgres;

/// <summary>
/// Statements on one PostgreSQL connection. What nobody waits for is put off and travels with the next question, or at the end: each journey to the server
/// costs more than most statements.
/// </summary>
internal sealed class PostgresChannel(NpgsqlDataSource source) : WriteChannel
{
    private readonly List<Pending> _pending = [];
    private NpgsqlConnection? _connection;
    private NpgsqlTransaction? _transaction;
    private string _batch = "";
    private int _workBegins;
    private bool _workIsOut;
    private bool _isBroken;
    private bool _warned;

    /// <summary>Journeys to the server so far.</summary>
    public int Journeys { get; private set; }

    /// <summary>Whether the server has answered a question: what was asked before cannot be asked again unnoticed.</summary>
    public bool HasAnswered { get; private set; }

    // Also while an answer is being read: who asks because that failed does so before the reader is closed.
    public override bool IsAlive => _connection?.FullState.HasFlag(ConnectionState.Open) == true && _transaction is not null;

    /// <summary>Begins a snapshot for reading.</summary>
    public void BeginSnapshot()
    {
        _connection = source.OpenConnection();
        _transaction = _connection.BeginTransaction(IsolationLevel.RepeatableRead);
    }

    /// <summary>Begins to read without a transaction, whose end is a journey of its own: one question, no more.</summary>
    public void BeginQuestion() => _connection = source.OpenConnection();

    public override long? Begin(string eventId, IReadOnlyList<Ahead> ahead)
    {
        _pending.Clear();
        _isBroken = false;
        if (_connection is null)
        {
            _connection = source.OpenConnection();
            _connection.Notice += (_, e) => _warned |= e.Notice.InvariantSeverity == "WARNING";
        }

        _transaction = _connection.BeginTransaction(IsolationLevel.ReadCommitted);
        _batch = Guid.CreateVersion7().ToString("N");
        using var batch = new NpgsqlBatch(_connection, _transaction);
        batch.BatchCommands.Add(PostgresStatement.Of(PostgresSql.Guard).Command(null));
        batch.BatchCommands.Add(PostgresStatement.Of(PostgresSql.NoteBatch).Command(new { Id = _batch }));
        batch.BatchCommands.Add(PostgresStatement.Of(PostgresSql.LockEvent).Command(new { Id = eventId }));
        foreach (var row in ahead) batch.BatchCommands.Add(PostgresStatement.Of(row.Sql).Command(row.Arguments));
        Journeys++;
        using var reader = batch.ExecuteReader();
        reader.Read();
        if (reader.GetString(0) == "off") throw new UnsafeDatabaseException();
        reader.NextResult();
        var version = reader.Read() ? reader.GetInt64(0) : (long?)null;
        foreach (var row in ahead)
        {
            reader.NextResult();
            row.Take(reader, PostgresStatement.Of(row.Sql).Parser);
        }

        return version;
    }

    public override void Fetch(IReadOnlyList<Ahead> rows)
    {
        using var reader = Ask([.. rows.Select(row => PostgresStatement.Of(row.Sql).Command(row.Arguments))]);
        for (var i = 0; i < rows.Count; i++)
        {
            if (i > 0) reader.NextResult();
            rows[i].Take(reader, PostgresStatement.Of(rows[i].Sql).Parser);
        }
    }

    public override void Send(string sql, object? arguments) => _pending.Add(new Pending(PostgresStatement.Of(sql).Command(arguments), null));

    public override void Require(string sql, object? arguments, Func<Exception> otherwise) => _pending.Add(new Pending(PostgresStatement.Of(sql).Command(arguments), otherwise));

    public override int Change(string sql, object? arguments)
    {
        var command = PostgresStatement.Of(sql).Command(arguments);
        _pending.Add(new Pending(command, null));
        Flush();
        return command.RecordsAffected;
    }

    public override T? One<T>(string sql, object? arguments) where T : default
    {
        using var reader = Ask(sql, arguments, out var statement);
        return reader.Read() ? (T)statement.Parser(reader, typeof(T))(reader) : default;
    }

    public override IEnumerable<T> Stream<T>(string sql, object? arguments)
    {
        using var reader = Ask(sql, arguments, out var statement);
        var parse = statement.Parser(reader, typeof(T));
        while (reader.Read()) yield return (T)parse(reader);
    }

    public override void BeginWork() => (_workBegins, _workIsOut) = (_pending.Count, false);

    public override bool TryDropWork()
    {
        if (_workIsOut || _isBroken) return false;
        _pending.RemoveRange(_workBegins, _pending.Count - _workBegins);
        return true;
    }

    public override void Flush()
    {
        if (_pending.Count == 0) return;
        using var batch = Gather();
        batch.ExecuteNonQuery();
        Settle();
        _isBroken = false;
    }

    // Savepoints travel with the statement that follows them.
    public override void Save() => _transaction!.Save("work");

    public override void Release()
    {
        Journeys++;
        _transaction!.Release("work");
    }

    public override void RollbackToSave()
    {
        _pending.Clear();
        _isBroken = false;
        Journeys++;
        _transaction!.Rollback("work");
    }

    public override void Commit()
    {
        Flush();
        Journeys++;
        _warned = false;
        try
        {
            _transaction!.Commit();
        }
        catch (Exception e) when (!PostgresErrors.SaysNotCommitted(e))
        {
            throw new CommitInDoubtException(_batch, e);
        }

        // Stored here, but the wait for the standby was broken off: a server that takes over now would not have it.
        if (_warned) throw new UncertainCommitException("Committed on the primary, but not confirmed by its standby.");
    }

    public override void Rollback()
    {
        _pending.Clear();
        Journeys++;
        _transaction!.Rollback();
    }

    public override void End()
    {
        _pending.Clear();
        try
        {
            _transaction?.Dispose();
        }
        catch (Exception e) when (e is NpgsqlException or InvalidOperationException or TimeoutException)
        {
            // The connection is gone, and the transaction with it.
        }

        _transaction = null;
    }

    public override void Dispose()
    {
        End();
        _connection?.Dispose();
        _connection = null;
        base.Dispose();
    }

    // What was put off goes first, in the same journey.
    private NpgsqlDataReader Ask(string sql, object? arguments, out PostgresStatement statement)
    {
        statement = PostgresStatement.Of(sql);
        if (!SqlText.Of(sql).Reads) _workIsOut = true;
        return Ask(statement.Command(arguments));
    }

    private NpgsqlDataReader Ask(params IEnumerable<NpgsqlBatchCommand> questions)
    {
        var batch = Gather();
        foreach (var question in questions) batch.BatchCommands.Add(question);
        var reader = batch.ExecuteReader();
        try
        {
            Settle();
            _isBroken = false;
            HasAnswered = true;
            return reader;
        }
        catch (RequirementException)
        {
            reader.Dispose();
            throw;
        }
    }

    // Until the journey has ended well: what fails on it may be another work's, and the transaction takes no more.
    private NpgsqlBatch Gather()
    {
        var batch = new NpgsqlBatch(_connection, _transaction);
        foreach (var pending in _pending) batch.BatchCommands.Add(pending.Command);
        if (_pending.Count > _workBegins) _workIsOut = true;
        _isBroken = true;
        Journeys++;
        return batch;
    }

    /// <exception cref="RequirementException">The first statement that did not change the one row it had to.</exception>
    private void Settle()
    {
        Func<Exception>? reason = null;
        foreach (var pending in _pending)
            if (pending.Otherwise is not null && pending.Command.RecordsAffected != 1) reason ??= pending.Otherwise;
        _pending.Clear();
        _workBegins = 0;
        if (reason is not null) throw new RequirementException(reason);
    }

    private sealed record Pending(NpgsqlBatchCommand Command, Func<Exception>? Otherwise);
}
