using System.Diagnostics;
using Isa.Events.Api.Database.Postgres;
using Isa.Events.Api.Telemetry;
using Microsoft.Extensions.Options;

namespace Isa.Events.Api.Database;

/// <summary>
/// The one way to the tables: reads on connections of their own, writes through the group commit. The only class that knows which database it is.
/// </summary>
public sealed partial class EventsDatabase : IDisposable
{
    private readonly ILogger _logger;
    private readonly SemaphoreSlim _readerPlaces;
    private readonly Lazy<GroupCommit> _writer;

    public EventsDatabase(IOptions<DatabaseSettings> settings, IHostEnvironment environment, TimeProvider time, Measures measures, ILogger<EventsDatabase> logger)
    {
        RowTypes.Register();
        (_logger, Measures) = (logger, measures);
        DataFolder = Path.GetFullPath(settings.Value.DataFolder, environment.ContentRootPath);
        File = settings.Value.Postgres is null ? Path.GetFullPath(settings.Value.File, DataFolder) : null;
        Engine = File is { } file ? new SqliteEngine(file, settings.Value, logger) : new PostgresEngine(settings.Value);
        _readerPlaces = new SemaphoreSlim(settings.Value.MaxReaders);
        _writer = new Lazy<GroupCommit>(() => new GroupCommit(this, settings.Value.MaxQueue, time, logger));
        measures.WatchQueue(() => Waiting);
    }

    /// <summary>Absolute path of the folder of everything the server writes.</summary>
    public string DataFolder { get; }

    /// <summary>Absolute path of the SQLite file; null on PostgreSQL.</summary>
    public string? File { get; }

    /// <summary>Which database and where, for people; without secrets.</summary>
    public string Place => Engine.Place;

    /// <summary>Whether other processes write the same tables as a matter of course: then what this one has read may be older than what is there.</summary>
    public bool IsShared => Engine.IsShared;

    /// <summary>Works waiting for the writer now.</summary>
    public int Waiting => _writer.IsValueCreated ? _writer.Value.Waiting : 0;

    /// <summary>Raised on the writer thread after a commit, before its callers are answered, with the ids of the events it changed.</summary>
    public event Action<IReadOnlyCollection<string>>? Committed;

    /// <summary>Raised on the writer thread after a commit that leaves work to be done at once.</summary>
    public event Action? WorkAdded;

    internal DatabaseEngine Engine { get; }

    internal Measures Measures { get; }

    /// <summary>
    /// Runs the work in the next transaction of the writer and returns once that is on disk. The work is synchronous and short, does nothing outside
    /// its session and may run more than once; throwing undoes it and no other.
    /// </summary>
    /// <param name="eventId">The event whose row the work locks; nodes that share a database group works by it.</param>
    /// <param name="work">Locks, checks, writes.</param>
    /// <param name="ct">Gives up a work that has not begun.</param>
    /// <param name="ahead">Rows the work will ask for.</param>
    /// <exception cref="ProblemException"><see cref="Problem.Busy"/> when too many wait, <see cref="Problem.StorageUnavailable"/> when nothing can be stored,
    /// <see cref="Problem.OutcomeUnknown"/> when the database went away in the middle of storing it.</exception>
    public Task<T> WriteAsync<T>(string eventId, Func<WriteSession, T> work, CancellationToken ct, params Ahead[] ahead)
    {
        ArgumentException.ThrowIfNullOrEmpty(eventId);
        return _writer.Value.Add(eventId, work, ahead, ct);
    }

    /// <summary>Runs the work on one snapshot, never waiting for the writer.</summary>
    /// <exception cref="ProblemException"><see cref="Problem.Busy"/> or <see cref="Problem.StorageUnavailable"/> when nothing can be read.</exception>
    public Task<T> ReadAsync<T>(Func<ReadSession, T> work, CancellationToken ct) => ReadAsync(work, asksOnce: false, ct);

    /// <summary>The same for a work that asks one question and no more, which costs a database that is a journey away half as much.</summary>
    public Task<T> AskAsync<T>(Func<ReadSession, T> work, CancellationToken ct) => ReadAsync(work, asksOnce: true, ct);

    private async Task<T> ReadAsync<T>(Func<ReadSession, T> work, bool asksOnce, CancellationToken ct)
    {
        var since = Stopwatch.GetTimestamp();
        await _readerPlaces.WaitAsync(ct);
        try
        {
            return Engine.Read(work, since, asksOnce);
        }
        catch (ProblemException e) when (e.InnerException is { } cause && e.Problem.Status == StatusCodes.Status503ServiceUnavailable)
        {
            Measures.DatabaseError("unreadable");
            LogUnreadable(_logger, cause.GetType().Name, (cause.InnerException ?? cause).Message);
            throw;
        }
        finally
        {
            _readerPlaces.Release();
        }
    }

    /// <summary>Creates the data folder and the tables where they are missing, and brings the tables to this version.</summary>
    /// <exception cref="MigrationException">The tables belong to a newer version, or the database would not keep its word.</exception>
    /// <exception cref="DatabaseUnreachableException">Nothing answers, or not to this program.</exception>
    public void Migrate()
    {
        PrivateFiles.CreateFolder(DataFolder);
        Engine.Migrate();
    }

    /// <summary>Why the database cannot be reached and what to do, in one line; null where that is not what happened.</summary>
    public string? Explain(Exception e) => Engine.Explain(e is ProblemException { InnerException: { } cause } ? cause : e);

    public void Dispose()
    {
        if (_writer.IsValueCreated) _writer.Value.Dispose();
        Engine.Dispose();
        _readerPlaces.Dispose();
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "The database could not be read ({Kind}): {Reason}")]
    private static partial void LogUnreadable(ILogger logger, string kind, string reason);

    /// <summary>What follows a commit, before its callers are answered.</summary>
    internal void AfterCommit(WriteSession session)
    {
        Committed?.Invoke(session.ChangedEvents);
        if (session.AddedWork) WorkAdded?.Invoke();
    }
}
