using System.Collections.Concurrent;
using Dapper;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Isa.Events.Api.Database.Sqlite;

/// <summary>One file in the data folder, written by one thread of one process; other processes (commands) may write beside it, a lock at a time.</summary>
internal sealed class SqliteEngine : DatabaseEngine
{
    private const string LockEvent = "SELECT version FROM events WHERE id = @Id";

    /// <summary>Types of the migrations' placeholders.</summary>
    internal static readonly IReadOnlyDictionary<string, string> ColumnTypes = new Dictionary<string, string>
    {
        ["instant"] = "TEXT", ["int64"] = "INTEGER", ["bool"] = "INTEGER", ["blob"] = "BLOB", ["text"] = "TEXT", ["id"] = "TEXT", ["strict"] = "STRICT", ["keyed"] = "STRICT, WITHOUT ROWID", ["counted"] = "STRICT, WITHOUT ROWID",
    };

    private readonly DatabaseSettings _settings;
    private readonly ConcurrentBag<Reader> _readers = [];
    private readonly Lazy<Checkpointer> _checkpointer;
    private readonly string _connectionString;

    public SqliteEngine(string file, DatabaseSettings settings, ILogger logger)
    {
        UseOwnThreads();
        (File, _settings) = (file, settings);
        _connectionString = new SqliteConnectionStringBuilder
        {
            DataSource = file, Mode = SqliteOpenMode.ReadWriteCreate, Pooling = false, DefaultTimeout = settings.LockTimeoutSeconds,
        }.ToString();
        _checkpointer = new Lazy<Checkpointer>(() => new Checkpointer(Connect, logger));
    }

    public string File { get; }

    public override string Place => File;

    public override bool IsShared => false;

    public override int MaxBatch => _settings.MaxBatch;

    public override int Writers => 1;

    public override bool OneEventEach => false;

    // SQLite itself waits for its lock as long as is set.
    public override TimeSpan Patience => TimeSpan.Zero;

    public override void Migrate()
    {
        CreatePrivately();
        using var connection = Connect();
        if (Scalar(connection, "PRAGMA journal_mode = WAL") is not "wal") throw new MigrationException($"{File} cannot use a write-ahead log; is it on a network drive?");
        Migrations.Run(connection, () => connection.BeginTransaction(deferred: false), ColumnTypes);
    }

    public override WriteSession OpenWriter()
    {
        var connection = Connect();
        Scalar(connection, $"PRAGMA wal_autocheckpoint = {Checkpointer.LastResort}");
        return new WriteSession(new SqliteChannel(connection), LockEvent);
    }

    public override bool IsLocked(Exception e) => e is SqliteException { SqliteErrorCode: raw.SQLITE_BUSY or raw.SQLITE_LOCKED };

    public override bool IsOutage(Exception e) => e is DeadTransactionException or UncertainCommitException
        or SqliteException { SqliteErrorCode: not (raw.SQLITE_CONSTRAINT or raw.SQLITE_ERROR or raw.SQLITE_MISMATCH or raw.SQLITE_RANGE or raw.SQLITE_MISUSE) };

    public override bool MayPass(Exception e) => false;

    public override bool IsStored(string batch) => throw new NotSupportedException("A commit in the process itself always answers.");

    public override string? Explain(Exception e) => null;

    public override void AfterAnswers(WriteSession session) => _checkpointer.Value.AfterCommit(((SqliteChannel)session.Channel).Connection);

    public override T Read<T>(Func<ReadSession, T> work, long since, bool asksOnce)
    {
        var kept = false;
        Reader? reader = null;
        try
        {
            if (!_readers.TryTake(out reader)) reader = new Reader(Connect());
            reader.Session.QuestionsLeft = asksOnce ? 1 : null;
            if (asksOnce)
            {
                var answer = work(reader.Session);
                kept = true;
                return answer;
            }

            reader.Snapshot.Begin();
            try
            {
                return work(reader.Session);
            }
            finally
            {
                kept = reader.Snapshot.TryEnd();
            }
        }
        catch (SqliteException e) when (IsOutage(e))
        {
            throw new ProblemException(IsLocked(e) ? Problem.Busy : Problem.StorageUnavailable, cause: e);
        }
        finally
        {
            if (kept) _readers.Add(reader!);
            else reader?.Dispose();
        }
    }

    public override void Dispose()
    {
        if (_checkpointer.IsValueCreated) _checkpointer.Value.Dispose();
        while (_readers.TryTake(out var reader)) reader.Dispose();
    }

    // A connection for reading, with what is prepared on it.
    private sealed class Reader(SqliteConnection connection) : IDisposable
    {
        public SqliteSnapshot Snapshot { get; } = new(connection);

        public ReadSession Session { get; } = new(new SqliteChannel(connection));

        public void Dispose()
        {
            Snapshot.Dispose();
            Session.Dispose();
        }
    }

    private static readonly Lock Gate = new();
    private static bool _threadsAreOwn;

    // Each connection belongs to one thread at a time, so SQLite needs no lock around every step of every statement; nor does anybody read its count of memory.
    // Both can be said only before the first connection of the process.
    private static void UseOwnThreads()
    {
        lock (Gate)
        {
            if (_threadsAreOwn) return;
            _threadsAreOwn = true;
            Batteries_V2.Init();
            _ = raw.sqlite3_config(raw.SQLITE_CONFIG_MULTITHREAD);
            _ = raw.sqlite3_config(raw.SQLITE_CONFIG_MEMSTATUS, 0);
            _ = raw.sqlite3_initialize();
        }
    }

    private SqliteConnection Connect()
    {
        var connection = new SqliteConnection(_connectionString);
        connection.Open();
        Scalar(connection, $"PRAGMA busy_timeout = {_settings.LockTimeoutSeconds * 1000}");
        Scalar(connection, "PRAGMA synchronous = FULL");
        Scalar(connection, "PRAGMA foreign_keys = ON");
        Scalar(connection, "PRAGMA cache_size = -32000");
        // A 2xx leaves only after the commit is on disk, so the setting is read back, not believed.
        if (Scalar(connection, "PRAGMA synchronous") is not 2L) throw new InvalidOperationException("SQLite did not accept synchronous = FULL.");
        if (Scalar(connection, "PRAGMA foreign_keys") is not 1L) throw new InvalidOperationException("SQLite did not accept foreign_keys = ON.");
        return connection;
    }

    private static object? Scalar(SqliteConnection connection, string sql) => connection.ExecuteScalar(sql);

    private void CreatePrivately()
    {
        if (OperatingSystem.IsWindows()) return;
        // SQLite gives its -wal and -shm files the rights of the file itself.
        PrivateFiles.Open(File, FileMode.OpenOrCreate, FileShare.ReadWrite).Dispose();
    }
}
