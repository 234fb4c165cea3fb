using Dapper;
using Isa.Events.Benchmarks;
using Npgsql;

namespace Isa.Events.Faults.Servers;

/// <summary>
/// A PostgreSQL server of its own in a temporary folder, on a free port of the loopback and with <c>fsync</c> on, driven by its own tools. It does not run as root:
/// started by root, it belongs to the user postgres.
/// </summary>
public sealed class PostgresServer : IAsyncDisposable
{
    public const string User = "postgres";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private readonly string _folder;
    private bool _running;

    private PostgresServer(string folder)
    {
        _folder = folder;
        Port = Loopback.FreePort();
    }

    public int Port { get; }

    private string Data => Path.Combine(_folder, "data");

    /// <summary>The folder of its tools: the newest one installed, or the one in the search path; null where there is none.</summary>
    public static string? FindTools()
    {
        const string Packaged = "/usr/lib/postgresql";
        var candidates = (Directory.Exists(Packaged) ? Directory.GetDirectories(Packaged).OrderByDescending(d => int.TryParse(Path.GetFileName(d), out var version) ? version : 0) : Enumerable.Empty<string>())
            .Select(d => Path.Combine(d, "bin")).Concat((Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator));
        return candidates.FirstOrDefault(d => File.Exists(Path.Combine(d, "initdb")) && File.Exists(Path.Combine(d, "pg_ctl")));
    }

    public static async Task<PostgresServer> CreateAsync(CancellationToken ct)
    {
        var server = await PrepareAsync(ct);
        await server.ToolAsync("initdb", ct, "-D", server.Data, "-U", User, "-A", "trust", "-E", "UTF8", "--locale=C", "--data-checksums", "--no-sync");
        await File.AppendAllLinesAsync(Path.Combine(server.Data, "postgresql.conf"),
        [
            "listen_addresses = '127.0.0.1'", $"unix_socket_directories = '{server._folder}'", "fsync = on", "synchronous_commit = on", "wal_level = replica", "max_wal_senders = 4", "max_connections = 300", "hot_standby = on", "shared_buffers = 64MB",
        ], ct);
        await server.StartAsync(ct);
        return server;
    }

    public string ConnectionString(string database) =>
        new NpgsqlConnectionStringBuilder { Host = "127.0.0.1", Port = Port, Username = User, Database = database, Pooling = false, Timeout = 5 }.ToString();

    /// <summary>A copy that follows this server and may take its place. From now on a commit here is answered once the copy has it on disk.</summary>
    public async Task<PostgresServer> AddStandbyAsync(CancellationToken ct)
    {
        var standby = await PrepareAsync(ct);
        await standby.ToolAsync("pg_basebackup", ct, "-D", standby.Data, "-R", "-X", "stream", "-c", "fast", "-d", $"host=127.0.0.1 port={Port} user={User} application_name=standby");
        await File.AppendAllLinesAsync(Path.Combine(standby.Data, "postgresql.conf"), [$"unix_socket_directories = '{standby._folder}'"], ct);
        await standby.StartAsync(ct);
        await ExecuteAsync("ALTER SYSTEM SET synchronous_standby_names = 'standby'", ct);
        await ExecuteAsync("SELECT pg_reload_conf()", ct);
        await Wait.UntilAsync(async () => await ScalarAsync<string>("SELECT sync_state FROM pg_stat_replication WHERE application_name = 'standby'", ct) == "sync", Patience, "the standby follows", ct);
        return standby;
    }

    public async Task StartAsync(CancellationToken ct)
    {
        await ToolAsync("pg_ctl", ct, "-D", Data, "-w", "-t", "60", "-l", Path.Combine(_folder, "log"), "-o", $"-p {Port}", "start");
        _running = true;
    }

    /// <summary>Ends all its processes at once, as a crash would; the next start recovers.</summary>
    public async Task StopAtOnceAsync(CancellationToken ct)
    {
        await ToolAsync("pg_ctl", ct, "-D", Data, "-w", "-m", "immediate", "stop");
        _running = false;
    }

    public Task RestartAtOnceAsync(CancellationToken ct) => ToolAsync("pg_ctl", ct, "-D", Data, "-w", "-t", "60", "-m", "immediate", "-l", Path.Combine(_folder, "log"), "-o", $"-p {Port}", "restart");

    /// <summary>Lets a standby take writes.</summary>
    public Task PromoteAsync(CancellationToken ct) => ToolAsync("pg_ctl", ct, "-D", Data, "-w", "-t", "60", "promote");

    /// <summary>Cuts every connection but its own, wherever it stands in a transaction.</summary>
    /// <returns>How many.</returns>
    public Task<long> CutConnectionsAsync(CancellationToken ct) =>
        ScalarAsync<long>("SELECT COUNT(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()", ct);

    /// <summary>Whether a process with this application name stands in the middle of a transaction that has written.</summary>
    public Task<bool> IsInTransactionAsync(string application, CancellationToken ct) =>
        ScalarAsync<bool>($"SELECT EXISTS (SELECT 1 FROM pg_stat_activity WHERE application_name = '{application}' AND state = 'idle in transaction' AND backend_xid IS NOT NULL)", ct);

    /// <summary>What <c>pg_amcheck</c> finds wrong in the files of a database.</summary>
    public async Task<IReadOnlyList<string>> CheckAsync(string database, CancellationToken ct)
    {
        var check = await TryToolAsync("pg_amcheck", ct, "-h", "127.0.0.1", "-p", $"{Port}", "-U", User, "--install-missing", "--heapallindexed", database);
        return check.ExitCode == 0 ? [] : [.. (check.Output + check.Error).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => $"pg_amcheck: {line}")];
    }

    public async Task ExecuteAsync(string sql, CancellationToken ct)
    {
        await using var connection = new NpgsqlConnection(ConnectionString("postgres"));
        await connection.ExecuteAsync(new CommandDefinition(sql, cancellationToken: ct));
    }

    public async Task<T?> ScalarAsync<T>(string sql, CancellationToken ct)
    {
        await using var connection = new NpgsqlConnection(ConnectionString("postgres"));
        return await connection.ExecuteScalarAsync<T>(new CommandDefinition(sql, cancellationToken: ct));
    }

    public async ValueTask DisposeAsync()
    {
        if (_running) await StopAtOnceAsync(CancellationToken.None);
        Directory.Delete(_folder, recursive: true);
    }

    private static async Task<PostgresServer> PrepareAsync(CancellationToken ct)
    {
        var folder = Directory.CreateTempSubdirectory("isa-events-postgres-").FullName;
        if (Environment.IsPrivilegedProcess) await Tool.RunAsync("chown", [User, folder], ct);
        return new PostgresServer(folder);
    }

    private async Task ToolAsync(string name, CancellationToken ct, params string[] arguments)
    {
        var done = await TryToolAsync(name, ct, arguments);
        if (done.ExitCode != 0) throw new InvalidOperationException($"{name} failed: {done.Output}{done.Error}");
    }

    private Task<Tool.Done> TryToolAsync(string name, CancellationToken ct, params string[] arguments)
    {
        var tool = Path.Combine(FindTools()!, name);
        return Environment.IsPrivilegedProcess
            ? Tool.TryAsync("setpriv", [$"--reuid={User}", $"--regid={User}", "--init-groups", tool, .. arguments], ct, _folder)
            : Tool.TryAsync(tool, arguments, ct, _folder);
    }
}
