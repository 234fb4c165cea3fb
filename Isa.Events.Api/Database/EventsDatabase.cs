using System.Collections.Concurrent;
using System.Data.Common;
using Dapper;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Options;
using SQLitePCL;

namespace Isa.Events.Api.Database;

/// <summary>
/// The one way to the tables: reads on connections of their own, writes through the group commit. The only class that knows which database it is.
/// </summary>
public sealed class EventsDatabase : IDisposable
{
    private readonly DatabaseSettings _settings;
    private readonly ConcurrentBag<Reader> _readers = [];
    private readonly SemaphoreSlim _readerPlaces;
    private readonly Lazy<GroupCommit> _writer;
    private readonly Lazy<Checkpointer> _checkpointer;
    private readonly string _connectionString;

    public EventsDatabase(IOptions<DatabaseSettings> settings, IHostEnvironment environment, TimeProvider time, ILogger<EventsDatabase> logger)
    {
        RowTypes.Register();
        UseOwnThreads();
        _settings = settings.Value;
        DataFolder = Path.GetFullPath(_settings.DataFolder, environment.ContentRootPath);
        File = Path.GetFullPath(_settings.File, DataFolder);
        _connectionString = new SqliteConnectionStringBuilder
        {
            DataSource = File, Mode = SqliteOpenMode.ReadWriteCreate, Pooling = false, DefaultTimeout = _settings.LockTimeoutSeconds,
        }.ToString();
        _readerPlaces = new SemaphoreSlim(_settings.MaxReaders);
        _checkpointer = new Lazy<Checkpointer>(() => new Checkpointer(Connect, logger));
        _writer = new Lazy<GroupCommit>(() => new GroupCommit(this, _settings, time, logger));
    }

    /// <summary>Absolute path of the folder of everything the server writes.</summary>
    public string DataFolder { get; }

    /// <summary>Absolute path of the SQLite file.</summary>
    public string File { get; }

    /// <summary>Works waiting for the writer now.</summary>
    public int Waiting => _writer.IsValueCreated ? _writer.Value.Waiting : 0;

    /// <summary>Raised on the writer thread after a commit, before its callers are answered, with the ids of the events it changed.</summary>
    public event Action<IReadOnlyCollection<string>>? Committed;

    /// <summary>
    /// Runs the work in the next transaction of the writer and returns once that is on disk. The work is synchronous and short, does nothing outside
    /// its session and may run more than once; throwing undoes it and no other.
    /// </summary>
    /// <param name="eventId">The event whose row the work locks; nodes that share a database group works by it.</param>
    /// <param name="work">Locks, checks, writes.</param>
    /// <param name="ct">Gives up a work that has not begun.</param>
    /// <exception cref="ProblemException"><see cref="Problem.Busy"/> when too many wait, <see cref="Problem.StorageUnavailable"/> when nothing can be stored.</exception>
    public Task<T> WriteAsync<T>(string eventId, Func<WriteSession, T> work, CancellationToken ct)
    {
        ArgumentException.ThrowIfNullOrEmpty(eventId);
        return _writer.Value.Add(work, ct);
    }

    /// <summary>Runs the work on one snapshot, never waiting for the writer.</summary>
    public async Task<T> ReadAsync<T>(Func<ReadSession, T> work, CancellationToken ct)
    {
        await _readerPlaces.WaitAsync(ct);
        try
        {
            return Read(work);
        }
        finally
        {
            _readerPlaces.Release();
        }
    }

    /// <summary>Creates the data folder and the file where they are missing, with rights for their own user only, and brings the tables to this version.</summary>
    /// <exception cref="MigrationException">The file belongs to a newer version, or its journal cannot be made safe.</exception>
    public void Migrate()
    {
        CreatePrivately();
        using var connection = Connect();
        if (Scalar(connection, "PRAGMA journal_mode = WAL") is not "wal") throw new MigrationException($"{File} cannot use a write-ahead log; is it on a network drive?");
        Migrations.Run(connection, () => BeginWrite(connection), Migrations.SqliteTypes);
    }

    public void Dispose()
    {
        if (_writer.IsValueCreated) _writer.Value.Dispose();
        if (_checkpointer.IsValueCreated) _checkpointer.Value.Dispose();
        while (_readers.TryTake(out var reader)) reader.Dispose();
        _readerPlaces.Dispose();
    }

    internal WriteSession OpenWriter()
    {
        var connection = Connect();
        Scalar(connection, $"PRAGMA wal_autocheckpoint = {Checkpointer.LastResort}");
        return new WriteSession(connection, RowTypes.ToSqlite);
    }

#pragma warning disable CA1822 // what depends on the database asks the instance that knows which one it is
    internal DbTransaction BeginWrite(DbConnection connection) => ((SqliteConnection)connection).BeginTransaction(deferred: false);

    /// <summary>SQLite ends a transaction by itself on some errors; what followed would run, and stay, outside it.</summary>
    internal bool IsAlive(DbConnection connection) => raw.sqlite3_get_autocommit(((SqliteConnection)connection).Handle) == 0;

    internal bool IsLocked(Exception e) => e is SqliteException { SqliteErrorCode: raw.SQLITE_BUSY or raw.SQLITE_LOCKED };

    /// <summary>Whether the database, not the work, is at fault.</summary>
    internal bool IsOutage(Exception e) => e is DeadTransactionException or TimeoutException
        or SqliteException { SqliteErrorCode: not (raw.SQLITE_CONSTRAINT or raw.SQLITE_ERROR or raw.SQLITE_MISMATCH or raw.SQLITE_RANGE or raw.SQLITE_MISUSE) };
#pragma warning restore CA1822

    /// <summary>What follows a commit, before its callers are answered.</summary>
    internal void AfterCommit(WriteSession session) => Committed?.Invoke(session.ChangedEvents);

    /// <summary>What follows a commit once its callers are answered.</summary>
    internal void AfterAnswers(WriteSession session) => _checkpointer.Value.AfterCommit((SqliteConnection)session.Connection);

    private T Read<T>(Func<ReadSession, T> work)
    {
        if (!_readers.TryTake(out var reader)) reader = new Reader(Connect());
        var kept = false;
        try
        {
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
            if (kept) _readers.Add(reader);
            else reader.Dispose();
        }
    }

    // A connection for reading, with what is prepared on it.
    private sealed class Reader(SqliteConnection connection) : IDisposable
    {
        public SqliteSnapshot Snapshot { get; } = new(connection);

        public ReadSession Session { get; } = new(connection, RowTypes.ToSqlite);

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
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(DataFolder);
            return;
        }

        const UnixFileMode own = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        Directory.CreateDirectory(DataFolder, own | UnixFileMode.UserExecute);
        // SQLite gives its -wal and -shm files the rights of the file itself.
        using (new FileStream(File, new FileStreamOptions { Mode = FileMode.OpenOrCreate, Access = FileAccess.Write, Share = FileShare.ReadWrite, UnixCreateMode = own })) { }
    }
}
