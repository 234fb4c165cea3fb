using System.Diagnostics;
using System.Net.Sockets;
using Dapper;
using Npgsql;

namespace Isa.Events.Api.Database.Postgres;

/// <summary>Tables on a PostgreSQL server, or several of which one is the primary; other processes write them too.</summary>
internal sealed class PostgresEngine : DatabaseEngine
{
    // More savepoints in one transaction than the server keeps at hand (64) would make the reads of all others slow.
    private const int MostInOneTransaction = 60;

    private static readonly IReadOnlyDictionary<string, string> Types = new Dictionary<string, string>
    {
        // Compared and sorted by their bytes, as SQLite does, whatever the language of the server.
        ["instant"] = "TIMESTAMPTZ", ["int64"] = "BIGINT", ["bool"] = "BOOLEAN", ["blob"] = "BYTEA", ["text"] = "TEXT COLLATE \"C\"", ["id"] = "TEXT COLLATE \"C\"", ["strict"] = "", ["keyed"] = "",
        ["counted"] = "WITH (fillfactor = 20)", // room on the page for the row's next versions: its index need not hear of each
    };

    private readonly DatabaseSettings _settings;
    private readonly NpgsqlConnectionStringBuilder _target;
    private readonly NpgsqlDataSource _readers;
    private readonly NpgsqlDataSource _writers;

    public PostgresEngine(DatabaseSettings settings)
    {
        _settings = settings;
        _target = PostgresTarget.Read(settings.Postgres!);
        _readers = PostgresTarget.Open(_target, settings.MaxReaders);
        _writers = PostgresTarget.Open(_target, settings.MaxWriters * 2, writeBuffer: 256 * 1024);
        // A read blocks its thread while it travels; the server's other work must not wait for the pool to grow.
        ThreadPool.GetMinThreads(out var workers, out var ports);
        ThreadPool.SetMinThreads(Math.Max(workers, Environment.ProcessorCount + settings.MaxReaders), ports);
    }

    public override string Place => PostgresTarget.Describe(_target);

    public override bool IsShared => true;

    public override int MaxBatch => Math.Min(_settings.MaxBatch, MostInOneTransaction);

    public override int Writers => _settings.MaxWriters;

    public override bool OneEventEach => true;

    // One connection that breaks, or an answer that is late on a busy machine, makes the provider take a host for lost until it looks again (Host Recheck Seconds): nobody is turned away for that.
    public override TimeSpan Patience => TimeSpan.FromSeconds(15);

    public override void Migrate()
    {
        try
        {
            using var connection = _writers.OpenConnection();
            Check(connection);
            for (var attempt = 1; ; attempt++)
            {
                try
                {
                    connection.Execute(CreateLock);
                    connection.Execute(FillLock);
                    Migrations.Run(connection, () => BeginLocked(connection), Types);
                    return;
                }
                catch (PostgresException e) when (attempt < 10 && e.SqlState is PostgresErrorCodes.UniqueViolation or PostgresErrorCodes.DuplicateTable or PostgresErrorCodes.DuplicateObject
                    or PostgresErrorCodes.SerializationFailure or PostgresErrorCodes.DeadlockDetected)
                {
                    Thread.Sleep(Random.Shared.Next(20, 200)); // several processes made the first table at once: one of them was first
                }
            }
        }
        catch (Exception e) when (e is NpgsqlException or SocketException or TimeoutException)
        {
            throw PostgresTarget.Explain(_target, e);
        }
    }

    public override WriteSession OpenWriter() => new(new PostgresChannel(_writers), PostgresSql.LockEvent);

    public override T Read<T>(Func<ReadSession, T> work, long since, bool asksOnce)
    {
        for (var attempt = 1; ; attempt++)
        {
            using var channel = new PostgresChannel(_readers);
            try
            {
                if (asksOnce) channel.BeginQuestion();
                else channel.BeginSnapshot();
                using var session = new ReadSession(channel) { QuestionsLeft = asksOnce ? 1 : null };
                return work(session);
            }
            catch (Exception e) when (IsOutage(e))
            {
                // What has got no answer yet can be asked again: at once where a pooled connection had died while it lay there, as all of them have after a failover,
                // and a little later where none was to be had.
                var hadDied = attempt <= _settings.MaxReaders && channel.Journeys > 0;
                if (channel.HasAnswered || !MayPass(e) || !hadDied && Stopwatch.GetElapsedTime(since) > Patience) throw new ProblemException(Problem.StorageUnavailable, cause: e);
                if (!hadDied) BackOff(attempt);
            }
        }
    }

    public override bool IsStored(string batch)
    {
        using var connection = _writers.OpenConnection();
        using var transaction = connection.BeginTransaction();
        connection.Execute("SET LOCAL statement_timeout = '10s'", transaction: transaction);
        return connection.Execute(PostgresSql.TryNoteBatch, new { Id = batch }, transaction) == 0; // rolled back: the id stays free
    }

    public override bool IsOutage(Exception e) => PostgresErrors.IsOutage(e);

    public override bool IsLocked(Exception e) => PostgresErrors.IsLocked(e);

    public override bool MayPass(Exception e) => PostgresErrors.MayPass(e);

    public override string? Explain(Exception e) => e is NpgsqlException or SocketException or TimeoutException ? PostgresTarget.Explain(_target, e).Message : null;

    public override void AfterAnswers(WriteSession session)
    {
    }

    public override void Dispose()
    {
        _readers.Dispose();
        _writers.Dispose();
    }

    /// <exception cref="MigrationException">The server would not keep what it has confirmed, or not as it was written.</exception>
    private void Check(NpgsqlConnection connection)
    {
        var server = connection.QuerySingle<Server>(PostgresSql.Server);
        if (server.SynchronousCommit == "off") throw new MigrationException($"{Place} has synchronous_commit = off: it confirms what a crash would lose. Set it to on, for the server or for this user (ALTER ROLE … SET synchronous_commit = on).");
        if (server.Fsync == "off") throw new MigrationException($"{Place} has fsync = off: it confirms what a loss of power would lose. Set it to on.");
        if (server.Encoding != "UTF8") throw new MigrationException($"{Place} keeps text as {server.Encoding}, which cannot hold everybody's name. Create the database with ENCODING 'UTF8'.");
    }

    private static NpgsqlTransaction BeginLocked(NpgsqlConnection connection)
    {
        var transaction = connection.BeginTransaction();
        connection.Execute(TakeLock, transaction: transaction);
        return transaction;
    }

    private const string CreateLock = "CREATE TABLE IF NOT EXISTS migration_lock (id INTEGER PRIMARY KEY)";

    private const string FillLock = "INSERT INTO migration_lock (id) VALUES (1) ON CONFLICT DO NOTHING";

    private const string TakeLock = "SELECT id FROM migration_lock WHERE id = 1 FOR UPDATE";

    private sealed record Server
    {
        public string SynchronousCommit { get; init; } = "";

        public string? Fsync { get; init; }

        public string Encoding { get; init; } = "";
    }
}

/// <summary>The server has been told, since the start, to confirm what a crash would lose.</summary>
internal sealed class UnsafeDatabaseException() : Exception("synchronous_commit is off: the server would confirm what a crash would lose.");
