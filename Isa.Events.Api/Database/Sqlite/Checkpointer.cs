using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Isa.Events.Api.Database.Sqlite;

/// <summary>
/// Copies SQLite's write-ahead log into its file on a thread and a connection of its own, while the writer goes on appending to it. By itself SQLite
/// would do so every thousand pages on the thread that commits, and everybody who waits for that commit would wait for the copy as well.
/// </summary>
internal sealed partial class Checkpointer : IDisposable
{
    /// <summary>Pages in the log at which the writer copies it after all: the brake for a disk that this thread cannot keep up with.</summary>
    public const int LastResort = 100_000;

    // A page that changes often is copied once for each pause, not once for each thousand pages; and the moment at the end, when the writer stands
    // still, comes once a second, to fewer than one of a hundred who register in a rush.
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);
    private const int MaxRounds = 4;
    private const int SmallRest = 400;

    private readonly Func<SqliteConnection> _connect;
    private readonly ILogger _logger;
    private readonly AutoResetEvent _written = new(false);
    private readonly ManualResetEventSlim _stopping = new();
    private readonly Thread _thread;
    private volatile bool _restIsSmall;

    public Checkpointer(Func<SqliteConnection> connect, ILogger logger)
    {
        (_connect, _logger) = (connect, logger);
        _thread = new Thread(Run) { Name = "checkpointer", IsBackground = true };
        _thread.Start();
    }

    /// <summary>
    /// Called by the writer after each commit, outside a transaction. Once little is left it copies that itself: only while nobody appends can the log
    /// be copied whole, and only then is it begun anew instead of growing.
    /// </summary>
    public void AfterCommit(SqliteConnection writer)
    {
        if (_restIsSmall)
        {
            _restIsSmall = false;
            TryCopy(writer);
        }

        _written.Set();
    }

    public void Dispose()
    {
        _stopping.Set();
        _written.Set();
        _thread.Join();
        _written.Dispose();
        _stopping.Dispose();
    }

    private void Run()
    {
        while (_written.WaitOne() && !_stopping.Wait(Pause))
        {
            using var connection = TryConnect();
            for (var round = 0; connection is not null && round < MaxRounds && !_restIsSmall && !_stopping.IsSet; round++)
                _restIsSmall = TryCopy(connection) is < SmallRest;
        }
    }

    private SqliteConnection? TryConnect()
    {
        try
        {
            return _connect();
        }
        catch (SqliteException e)
        {
            LogFailed(_logger, e.SqliteErrorCode);
            return null;
        }
    }

    // Passive: copies what no reader still needs and waits for nobody. What stays is copied later, at the latest by the last resort.
    private int? TryCopy(SqliteConnection connection)
    {
        var result = raw.sqlite3_wal_checkpoint_v2(connection.Handle, "main", raw.SQLITE_CHECKPOINT_PASSIVE, out var pages, out var copied);
        if (result == raw.SQLITE_OK) return pages - copied;
        if (result != raw.SQLITE_BUSY) LogFailed(_logger, result);
        return null;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The write-ahead log could not be copied (SQLite code {Code}) and is tried again after the next write")]
    private static partial void LogFailed(ILogger logger, int code);
}
