using System.Collections.Concurrent;

namespace Isa.Events.Api.Database;

/// <summary>
/// One thread that carries what is waiting into one transaction, commits once and then answers all callers. A work that fails alone fails
/// alone; a transaction that died fails all of them, so that nobody is told of something that is not on disk.
/// </summary>
internal sealed class GroupCommit : IDisposable
{
    private readonly BlockingCollection<Work> _queue;
    private readonly EventsDatabase _database;
    private readonly ILogger _logger;
    private readonly int _maxBatch;
    private readonly TimeProvider _time;
    private readonly Thread _thread;
    private WriteSession? _session;

    public GroupCommit(EventsDatabase database, DatabaseSettings settings, TimeProvider time, ILogger logger)
    {
        (_database, _logger, _maxBatch, _time) = (database, logger, settings.MaxBatch, time);
        _queue = new BlockingCollection<Work>(new ConcurrentQueue<Work>(), settings.MaxQueue);
        _thread = new Thread(Run) { Name = "writer", IsBackground = true };
        _thread.Start();
    }

    /// <summary>Works waiting now.</summary>
    public int Waiting => _queue.Count;

    public Task<T> Add<T>(Func<WriteSession, T> run, CancellationToken ct)
    {
        var work = new Work<T>(run, ct);
        try
        {
            if (!_queue.TryAdd(work)) throw new ProblemException(Problem.Busy);
        }
        catch (InvalidOperationException) // closed: the server is stopping
        {
            throw new ProblemException(Problem.Busy);
        }

        return work.Answer;
    }

    /// <summary>Takes no more, finishes what waits, then returns.</summary>
    public void Dispose()
    {
        _queue.CompleteAdding();
        _thread.Join();
        _session?.Dispose();
        _queue.Dispose();
    }

    private void Run()
    {
        var batch = new List<Work>(_maxBatch);
        while (_queue.TryTake(out var first, Timeout.Infinite))
        {
            batch.Clear();
            batch.Add(first);
            while (batch.Count < _maxBatch && _queue.TryTake(out var next)) batch.Add(next);
            Carry(batch);
        }
    }

    private void Carry(List<Work> batch)
    {
        try
        {
            // Savepoints cost a fifth of the rate, so they are used only once a work failed after it had written.
            if (!TryCommit(batch, savepoints: false) && !TryCommit(batch, savepoints: true))
                throw new InvalidOperationException("A batch with savepoints asked to be repeated.");
        }
        catch (Exception e) when (_database.IsOutage(e))
        {
            _logger.LogError(e, "The database refused a batch of {Works} works; all are answered 503", batch.Count);
            Fail(batch, new ProblemException(e is TimeoutException || _database.IsLocked(e) ? Problem.Busy : Problem.StorageUnavailable));
        }
        catch (Exception e)
        {
            _logger.LogCritical(e, "A batch of {Works} works failed for an unexpected reason", batch.Count);
            Fail(batch, e);
        }
    }

    /// <returns>False where the batch was rolled back and must be run again with savepoints.</returns>
    private bool TryCommit(List<Work> batch, bool savepoints)
    {
        var session = _session ??= _database.OpenWriter();
        using var transaction = _database.BeginWrite(session.Connection);
        session.Begin(transaction, Instant.Cut(_time.GetUtcNow()));
        try
        {
            foreach (var work in batch)
            {
                if (work.GivenUp()) continue;
                if (savepoints) transaction.Save("work");
                session.BeginWork();
                if (work.TryRun(session, out var failure))
                {
                    if (savepoints) transaction.Release("work");
                    continue;
                }

                if (!_database.IsAlive(session.Connection)) throw new DeadTransactionException(failure);
                if (_database.IsOutage(failure)) throw failure;
                if (session.Wrote && !savepoints)
                {
                    transaction.Rollback();
                    session.Forget();
                    return false;
                }

                if (savepoints)
                {
                    transaction.Rollback("work");
                    transaction.Release("work");
                    session.Forget();
                }
            }

            transaction.Commit();
        }
        finally
        {
            session.End();
        }

        _database.AfterCommit(session);
        foreach (var work in batch) work.Complete();
        _database.AfterAnswers(session);
        return true;
    }

    private void Fail(List<Work> batch, Exception reason)
    {
        _session?.Dispose(); // a fresh connection is the surest way back
        _session = null;
        foreach (var work in batch) work.Fail(reason);
    }

    private abstract class Work
    {
        public abstract bool GivenUp();

        public abstract bool TryRun(WriteSession session, out Exception failure);

        public abstract void Complete();

        public abstract void Fail(Exception reason);
    }

    private sealed class Work<T>(Func<WriteSession, T> run, CancellationToken ct) : Work
    {
        // Callers go on elsewhere: nothing of theirs may run on the writer thread.
        private readonly TaskCompletionSource<T> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private T? _result;
        private Exception? _failure;

        public Task<T> Answer => _answer.Task;

        public override bool GivenUp() => ct.IsCancellationRequested && _answer.TrySetCanceled(ct);

        public override bool TryRun(WriteSession session, out Exception failure)
        {
            try
            {
                (_result, _failure) = (run(session), null);
                failure = null!;
                return true;
            }
            catch (Exception e)
            {
                (_result, _failure) = (default, e);
                failure = e;
                return false;
            }
        }

        public override void Complete()
        {
            if (_failure is null) _answer.TrySetResult(_result!);
            else _answer.TrySetException(_failure);
        }

        public override void Fail(Exception reason) => _answer.TrySetException(reason);
    }
}

/// <summary>The database ended the transaction by itself (disk full, I/O error): nothing of it is stored.</summary>
internal sealed class DeadTransactionException(Exception cause) : Exception("The database ended the transaction by itself.", cause);
