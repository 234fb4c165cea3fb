using System.Data.Common;
using Dapper;
using Npgsql;

namespace Isa.Events.Faults.Servers;

/// <summary>A database of its own on a PostgreSQL that may have others.</summary>
/// <param name="servers">Where it is: the one that runs first, then those that may take over.</param>
/// <param name="database">Its name.</param>
public sealed class PostgresStore(IReadOnlyList<PostgresServer> servers, string database) : IStore
{
    private static int _numbers;

    public string Name => "postgres";

    /// <summary>The server that takes writes now.</summary>
    public PostgresServer Primary { get; set; } = servers[0];

    public IReadOnlyList<string> Settings => SettingsAs(null);

    public static async Task<PostgresStore> CreateAsync(CancellationToken ct, params PostgresServer[] servers)
    {
        var database = $"faults_{Interlocked.Increment(ref _numbers)}";
        await servers[0].ExecuteAsync($"CREATE DATABASE {database}", ct);
        return new PostgresStore(servers, database);
    }

    /// <summary>As <see cref="Settings"/>, for a process that can be told from others in <c>pg_stat_activity</c>.</summary>
    public IReadOnlyList<string> SettingsAs(string? application)
    {
        var connection = new NpgsqlConnectionStringBuilder
        {
            Host = string.Join(',', servers.Select(s => $"127.0.0.1:{s.Port}")), Username = PostgresServer.User, Database = database, ApplicationName = application,
        };
        if (servers.Count > 1) connection.TargetSessionAttributes = "primary";
        return [$"--Database:Postgres={connection}"];
    }

    public DbConnection Open()
    {
        var connection = new NpgsqlConnection(Primary.ConnectionString(database));
        connection.Open();
        return connection;
    }

    public DbTransaction BeginSnapshot(DbConnection connection) => connection.BeginTransaction(System.Data.IsolationLevel.RepeatableRead);

    public async Task<IReadOnlyList<string>> CheckIntegrityAsync(CancellationToken ct)
    {
        var found = new List<string>(await Primary.CheckAsync(database, ct));
        using var connection = Open();
        foreach (var (what, sql) in Orphans)
            if (connection.ExecuteScalar<long>(sql) is > 0 and var count) found.Add($"{count} {what}");
        return found;
    }

    public async Task<IAsyncDisposable> HoldWritesAsync(CancellationToken ct)
    {
        var connection = Open();
        var transaction = await connection.BeginTransactionAsync(ct);
        connection.Execute("LOCK TABLE registrations IN SHARE MODE", transaction: transaction);
        return new Held(connection, transaction);
    }

    public async ValueTask DisposeAsync()
    {
        NpgsqlConnection.ClearAllPools();
        try
        {
            await Primary.ExecuteAsync($"DROP DATABASE {database} WITH (FORCE)", CancellationToken.None);
        }
        catch (NpgsqlException)
        {
            // A fault has left the server down; its folder goes with it.
        }
    }

    // The constraints say the same; asked again, because an index that lies would hide it from them.
    private static readonly (string What, string Sql)[] Orphans =
    [
        ("registrations without a site", "SELECT COUNT(*) FROM registrations r LEFT JOIN sites s ON s.event_id = r.event_id AND s.id = r.site_id WHERE s.id IS NULL"),
        ("history rows without a registration", "SELECT COUNT(*) FROM history h LEFT JOIN registrations r ON r.id = h.registration_id WHERE r.id IS NULL"),
        ("sites without an event", "SELECT COUNT(*) FROM sites s LEFT JOIN events e ON e.id = s.event_id WHERE e.id IS NULL"),
    ];
}
