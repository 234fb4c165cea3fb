using System.Data.Common;
using Dapper;
using Microsoft.Data.Sqlite;

namespace Isa.Events.Faults.Servers;

/// <summary>A folder with the server's file.</summary>
/// <param name="folder">Its data folder; it may not exist yet.</param>
public sealed class SqliteStore(string folder) : IStore
{
    private DirectoryInfo? _temporary;

    public string Name => "sqlite";

    /// <summary>The server's data folder.</summary>
    public string Folder => folder;

    public string File => Path.Combine(folder, "isa-events.db");

    public IReadOnlyList<string> Settings { get; } = [$"--Database:DataFolder={folder}"];

    /// <summary>In a temporary folder that goes with it.</summary>
    public static SqliteStore Create()
    {
        var temporary = Directory.CreateTempSubdirectory("isa-events-faults-");
        return new SqliteStore(Path.Combine(temporary.FullName, "data")) { _temporary = temporary };
    }

    DbConnection IStore.Open() => Open();

    public SqliteConnection Open()
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = File, Mode = SqliteOpenMode.ReadWrite, Pooling = false }.ToString());
        connection.Open();
        return connection;
    }

    public DbTransaction BeginSnapshot(DbConnection connection) => ((SqliteConnection)connection).BeginTransaction(deferred: true);

    public Task<IReadOnlyList<string>> CheckIntegrityAsync(CancellationToken ct)
    {
        using var connection = Open();
        var found = connection.Query<string>("PRAGMA integrity_check").Where(line => line != "ok").Select(line => $"integrity_check: {line}").ToList();
        found.AddRange(connection.Query<(string Table, long? Row, string Parent, long Key)>("PRAGMA foreign_key_check").Select(f => $"foreign_key_check: {f.Table} row {f.Row} points to no {f.Parent}"));
        return Task.FromResult<IReadOnlyList<string>>(found);
    }

    public Task<IAsyncDisposable> HoldWritesAsync(CancellationToken ct)
    {
        var connection = Open();
        connection.Execute("PRAGMA busy_timeout = 5000");
        return Task.FromResult<IAsyncDisposable>(new Held(connection, connection.BeginTransaction(deferred: false)));
    }

    public ValueTask DisposeAsync()
    {
        _temporary?.Delete(recursive: true);
        return ValueTask.CompletedTask;
    }
}

/// <summary>A transaction that is held open, and given up when it is disposed.</summary>
internal sealed class Held(DbConnection connection, DbTransaction transaction) : IAsyncDisposable
{
    public async ValueTask DisposeAsync()
    {
        await transaction.DisposeAsync();
        await connection.DisposeAsync();
    }
}
