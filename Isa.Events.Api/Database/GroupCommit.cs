using System.Diagnostics;
using Isa.Events.Api.Telemetry;

namespace Isa.Events.Api.Database;

/// <summary>
/// Threads that carry what is waiting into one transaction, commit once and then answer all callers. A work that fails alone fails
/// alone; a transaction that died fails all of them, so that nobody is told of something that is not on disk.
/// </summary>
internal sealed partial class GroupCommit : IDisposable
{
    private const int MaxRuns = 10;
    private readonly WorkQueue _queue;
    private readonly EventsDatabase _database;
    private readonly DatabaseEngine _engine;
    private readonly ILogger _logger;
    private readonly TimeProvider _time;
    private readonly Thread[] _threads;

    public GroupCommit(EventsDatabase database, int maxQueue, TimeProvider time, ILogger logger)
    {
        (_database, _engine, _logger, _time) = (database, database.Engine, logger, time);
        _queue = new WorkQueue(maxQueue, byEvent: _engine.OneEventEach);
        _threads = [.. Enumerable.Range(1, _engine.Writers).Select(n => new Thread(Run) { Name = $"writer {n}", IsBackground = true })];
        foreach (var thread in _threads) thread.Start();
    }

    /// <summary>Works waiting now.</summary>
    public int Waiting => _queue.Waiting;

    public Task<T> Add<T>(string eventId, Func<WriteSession, T> run, IReadOnlyList<Ahead> ahead, CancellationToken ct)
    {
        var work = new Work<T>(run, ahead, ct);
        return _queue.TryAdd(eventId, work) ? work.Answer : throw new ProblemException(Problem.Busy);
    }

    /// <summary>Takes no more, finishes what waits, then returns.</summary>
    public void Dispose()
    {
        _queue.Close();
        foreach (var thread in _threads) thread.Join();
        _queue.Dispose();
    }

    private void Run()
    {
        using var writer = new Writer(this);
        var batch = new List<Work>(_engine.MaxBatch);
        while (_queue.Take(batch, _engine.MaxBatch, out var line))
        {
            writer.Carry(line.EventId, batch);
            _queue.Return(line);
            batch.Clear();
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "The database refused a batch of {Works} works; all are answered 503")]
    private static partial void LogRefused(ILogger logger, Exception e, int works);

    [LoggerMessage(Level = LogLevel.Warning, Message = "A batch of {Works} works met {Reason} and is run again")]
    private static partial void LogRepeated(ILogger logger, int works, string reason);

    [LoggerMessage(Level = LogLevel.Critical, Message = "A batch of {Works} works failed for an unexpected reason")]
    private static partial void LogUnexpected(ILogger logger, Exception e, int works);

    /// <summary>One thread's session, and what it does with a batch.</summary>
    private sealed class Writer(GroupCommit commits) : IDisposable
    {
        private readonly DatabaseEngine _engine = commits._engine;
        private readonly Measures _measures = commits._database.Measures;
        private readonly List<Ahead> _ahead = [];
        private WriteSession? _session;

        public void Dispose() => _session?.Dispose();

        public void Carry(string eventId, List<Work> batch)
        {
            var start = Stopwatch.GetTimestamp();
            foreach (var work in batch) _measures.Waited(Stopwatch.GetElapsedTime(work.Arrived, start));
            using var span = Measures.Spans.HasListeners()
                ? Measures.Spans.StartActivity("write batch", ActivityKind.Internal, default(ActivityContext), [new("isa.events.works", batch.Count)], batch.Where(w => w.Caller != default).Select(w => new ActivityLink(w.Caller)))
                : null;
            CarryUntilDone(eventId, batch, batch.Min(work => work.Arrived)); // those who have waited in line wait no longer for it
            _measures.Batch(batch.Count, Stopwatch.GetElapsedTime(start));
        }

        private void CarryUntilDone(string eventId, List<Work> batch, long since)
        {
            for (var run = 1; ; run++)
            {
                try
                {
                    // Savepoints cost a fifth of the rate, so they are used only once a work failed after it had written.
                    if (!TryCommit(eventId, batch, savepoints: false) && !TryCommit(eventId, batch, savepoints: true))
                        throw new InvalidOperationException("A batch with savepoints asked to be repeated.");
                    Complete(batch, _session!);
                    _engine.AfterAnswers(_session!);
                    return;
                }
                catch (Exception e) when (_engine.IsOutage(e))
                {
                    var session = _session;
                    CloseSession();
                    var stored = e is CommitInDoubtException lost ? FindOut(lost.Batch, since) : false;
                    if (stored == true)
                    {
                        Complete(batch, session!);
                        return;
                    }

                    if (e is CommitInDoubtException) _measures.DatabaseError("inDoubt");
                    if (stored == false && _engine.MayPass(e) && HasPatience(since))
                    {
                        _measures.DatabaseError("repeated");
                        LogRepeated(commits._logger, batch.Count, (e.InnerException ?? e).Message);
                        DatabaseEngine.BackOff(run);
                        continue;
                    }

                    _measures.DatabaseError("refused");
                    LogRefused(commits._logger, e, batch.Count);
                    Fail(batch, new ProblemException(stored is null || e is UncertainCommitException ? Problem.OutcomeUnknown : _engine.IsLocked(e) ? Problem.Busy : Problem.StorageUnavailable));
                    return;
                }
                catch (Exception e)
                {
                    CloseSession();
                    _measures.DatabaseError("unexpected");
                    LogUnexpected(commits._logger, e, batch.Count);
                    Fail(batch, e);
                    return;
                }
            }
        }

        /// <returns>False where the batch was rolled back and must be run again with savepoints.</returns>
        private bool TryCommit(string eventId, List<Work> batch, bool savepoints)
        {
            var session = _session ??= _engine.OpenWriter();
            var channel = session.Channel;
            try
            {
                _ahead.Clear();
                foreach (var work in batch)
                {
                    foreach (var row in work.Ahead)
                    {
                        row.Forget();
                        if (!savepoints) _ahead.Add(row);
                    }
                }

                session.Begin(eventId, Instant.Cut(commits._time.GetUtcNow()), _ahead);
                foreach (var work in batch)
                {
                    if (work.GivenUp()) continue;
                    if (savepoints) RunAlone(session, work);
                    else if (!TryRun(session, work)) return false;
                }

                if (!savepoints && !TryEnd(session)) return false;
                channel.Commit();
                return true;
            }
            catch (Exception e) when (!channel.IsAlive && !_engine.IsOutage(e))
            {
                throw new DeadTransactionException(e);
            }
            finally
            {
                channel.End();
            }
        }

        // Together with the others: whoever fails before anything of theirs reached the database is just left out.
        private bool TryRun(WriteSession session, Work work)
        {
            session.Channel.BeginWork();
            try
            {
                work.Run(session);
                return true;
            }
            catch (Exception e) when (session.Channel.IsAlive && !_engine.IsOutage(e))
            {
                if (session.Channel.TryDropWork() && ReasonOf(e) is var reason and not OvertakenException)
                {
                    work.Refuse(reason);
                    return true;
                }

                Undo(session);
                return false;
            }
        }

        private bool TryEnd(WriteSession session)
        {
            try
            {
                session.RunToEnd();
                session.Channel.Flush();
                return true;
            }
            catch (Exception e) when (!_engine.IsOutage(e))
            {
                Undo(session);
                return false;
            }
        }

        private static void Undo(WriteSession session)
        {
            session.Channel.Rollback();
            session.Forget();
        }

        // With a savepoint of its own, so that it fails without the others.
        private void RunAlone(WriteSession session, Work work)
        {
            var channel = session.Channel;
            for (var run = 1; ; run++)
            {
                channel.Save();
                channel.BeginWork();
                try
                {
                    work.Run(session);
                    session.RunToEnd();
                    channel.Flush();
                    channel.Release();
                    return;
                }
                catch (Exception e) when (channel.IsAlive && !_engine.IsOutage(e))
                {
                    var reason = ReasonOf(e);
                    channel.RollbackToSave();
                    session.Forget();
                    if (reason is OvertakenException && run < MaxRuns) continue;
                    work.Refuse(reason);
                    return;
                }
            }
        }

        private static Exception ReasonOf(Exception e)
        {
            if (e is not RequirementException requirement) return e;
            try
            {
                return requirement.Reason();
            }
            catch (ProblemException problem)
            {
                return problem;
            }
        }

        private void Complete(List<Work> batch, WriteSession session)
        {
            commits._database.AfterCommit(session);
            foreach (var work in batch) work.Complete();
        }

        // A server that stops answers what waits, with what the database says now.
        private bool HasPatience(long since) => Stopwatch.GetElapsedTime(since) < _engine.Patience && !commits._queue.IsClosed;

        /// <returns>Null where nobody could tell in time.</returns>
        private bool? FindOut(string batch, long since)
        {
            for (var attempt = 1; ; attempt++)
            {
                try
                {
                    return _engine.IsStored(batch);
                }
                catch (Exception e) when (_engine.IsOutage(e))
                {
                    if (!HasPatience(since)) return null;
                    DatabaseEngine.BackOff(attempt);
                }
            }
        }

        private void CloseSession()
        {
            _session?.Dispose(); // a fresh connection is the surest way back
            _session = null;
        }

        private static void Fail(List<Work> batch, Exception reason)
        {
            foreach (var work in batch) work.Fail(reason);
        }
    }
}
