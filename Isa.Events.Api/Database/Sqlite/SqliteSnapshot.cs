using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Isa.Events.Api.Database.Sqlite;

/// <summary>
/// Begins and ends the snapshot of a read connection by two prepared statements. Every read pays for them, and a command or a transaction object
/// would cost more than many a query between.
/// </summary>
internal sealed class SqliteSnapshot(SqliteConnection connection) : IDisposable
{
    private readonly sqlite3_stmt _begin = Prepare(connection, "BEGIN DEFERRED");
    private readonly sqlite3_stmt _end = Prepare(connection, "ROLLBACK");

    /// <exception cref="SqliteException">The connection is of no more use.</exception>
    public void Begin() => SqliteException.ThrowExceptionForRC(Run(_begin), connection.Handle);

    /// <returns>False where the connection is of no more use: SQLite has ended the transaction by itself, on an I/O error for one.</returns>
    public bool TryEnd() => Run(_end) == raw.SQLITE_OK;

    public void Dispose()
    {
        _begin.Dispose();
        _end.Dispose();
    }

    private static int Run(sqlite3_stmt statement)
    {
        _ = raw.sqlite3_step(statement);
        return raw.sqlite3_reset(statement); // what the step came to
    }

    private static sqlite3_stmt Prepare(SqliteConnection connection, string sql)
    {
        SqliteException.ThrowExceptionForRC(raw.sqlite3_prepare_v2(connection.Handle, sql, out var statement), connection.Handle);
        return statement;
    }
}
