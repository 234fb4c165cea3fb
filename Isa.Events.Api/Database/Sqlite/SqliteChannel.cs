using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Isa.Events.Api.Database.Sqlite;

/// <summary>Statements on one SQLite connection. The database is in the process: nothing is put off, each statement runs when it is called.</summary>
internal sealed class SqliteChannel(SqliteConnection connection) : WriteChannel
{
    private readonly Dictionary<object, SqliteStatement> _statements = new(ReferenceEqualityComparer.Instance);
    private SqliteTransaction? _transaction;
    private bool _wrote;

    public SqliteConnection Connection => connection;

    public override bool IsAlive => raw.sqlite3_get_autocommit(connection.Handle) == 0;

    public override T? One<T>(string sql, object? arguments) where T : default
    {
        var statement = Prepared(sql);
        if (!statement.Reads) _wrote = true;
        using var reader = statement.Open(_transaction, arguments);
        return reader.Read() ? (T)statement.RowParser<T>(reader)(reader) : default;
    }

    public override IEnumerable<T> Stream<T>(string sql, object? arguments)
    {
        var statement = Prepared(sql);
        if (!statement.Reads) _wrote = true;
        using var reader = statement.Open(_transaction, arguments);
        if (!reader.Read()) yield break;
        var parse = statement.RowParser<T>(reader); // only a row tells the types of expressions, and the mapper is kept
        do yield return (T)parse(reader);
        while (reader.Read());
    }

    // The transaction has the whole file to itself: that is the event's lock as well.
    public override long? Begin(string eventId, IReadOnlyList<Ahead> ahead)
    {
        _transaction = connection.BeginTransaction(deferred: false);
        return null;
    }

    public override void Send(string sql, object? arguments) => Change(sql, arguments);

    public override void Require(string sql, object? arguments, Func<Exception> otherwise)
    {
        if (Change(sql, arguments) != 1) throw new RequirementException(otherwise);
    }

    public override int Change(string sql, object? arguments)
    {
        var rows = Prepared(sql).Execute(_transaction, arguments);
        if (rows > 0) _wrote = true; // a statement that failed, or met no row, has left nothing to undo
        return rows;
    }

    public override void BeginWork() => _wrote = false;

    public override bool TryDropWork() => !_wrote;

    public override void Flush()
    {
    }

    public override void Save() => _transaction!.Save("work");

    public override void Release() => _transaction!.Release("work");

    public override void RollbackToSave()
    {
        _transaction!.Rollback("work");
        _transaction.Release("work");
    }

    public override void Commit()
    {
        try
        {
            _transaction!.Commit();
        }
        catch (SqliteException e) when (e.SqliteErrorCode == raw.SQLITE_IOERR)
        {
            throw new UncertainCommitException("The disk failed while a commit was flushed to it.", e);
        }
    }

    public override void Rollback() => _transaction!.Rollback();

    public override void End()
    {
        _transaction?.Dispose();
        _transaction = null;
    }

    public override void Dispose()
    {
        foreach (var statement in _statements.Values) statement.Dispose();
        _transaction?.Dispose();
        connection.Dispose();
        base.Dispose();
    }

    private SqliteStatement Prepared(string sql)
    {
        if (!_statements.TryGetValue(sql, out var statement)) _statements.Add(sql, statement = new SqliteStatement(connection, SqlText.Of(sql)));
        return statement;
    }
}
