using System.Diagnostics;

namespace Isa.Events.Api.Database;

/// <summary>One of the databases the tables can live in: how it is reached, how its transactions are grouped, what its errors mean.</summary>
internal abstract class DatabaseEngine : IDisposable
{
    /// <summary>Which and where, for people; without secrets.</summary>
    public abstract string Place { get; }

    /// <summary>Whether other processes write the same tables as a matter of course.</summary>
    public abstract bool IsShared { get; }

    /// <summary>The most works one transaction carries.</summary>
    public abstract int MaxBatch { get; }

    /// <summary>Transactions of this process at a time.</summary>
    public abstract int Writers { get; }

    /// <summary>Whether a transaction carries works of one event only, so that it holds one event's lock and meets nobody who holds another's.</summary>
    public abstract bool OneEventEach { get; }

    /// <summary>How long what meets an outage is repeated before its callers are answered 503.</summary>
    public abstract TimeSpan Patience { get; }

    /// <summary>Checks that what is written will be kept, and brings the tables to this version.</summary>
    /// <exception cref="MigrationException">The tables are of a newer version, or the database would not keep its word.</exception>
    /// <exception cref="DatabaseUnreachableException">Nothing answers, or not to this program; the message says what to do.</exception>
    public abstract void Migrate();

    /// <summary>Runs the work on one snapshot, for a caller who has just come.</summary>
    /// <exception cref="ProblemException">The database is at fault.</exception>
    public T Read<T>(Func<ReadSession, T> work) => Read(work, Stopwatch.GetTimestamp(), asksOnce: false);

    /// <summary>Runs the work on one snapshot.</summary>
    /// <param name="work">Asks.</param>
    /// <param name="since">When its caller came (<see cref="Stopwatch"/>): who has waited in line has less patience with the database.</param>
    /// <param name="asksOnce">Whether it asks one question and no more: that is a snapshot without a transaction around it.</param>
    /// <exception cref="ProblemException">The database is at fault.</exception>
    public abstract T Read<T>(Func<ReadSession, T> work, long since, bool asksOnce);

    public abstract WriteSession OpenWriter();

    /// <summary>Whether the database, not the work, is at fault.</summary>
    public abstract bool IsOutage(Exception e);

    /// <summary>Whether others hold what is needed.</summary>
    public abstract bool IsLocked(Exception e);

    /// <summary>Whether the same batch may succeed when it is run again.</summary>
    public abstract bool MayPass(Exception e);

    /// <summary>Whether a batch whose commit got no answer is stored. Asked once, on a new connection.</summary>
    public abstract bool IsStored(string batch);

    /// <summary>Why it cannot be reached and what to do, in one line that names the setting; null where that is not what happened.</summary>
    public abstract string? Explain(Exception e);

    /// <summary>What follows a commit once its callers are answered.</summary>
    public abstract void AfterAnswers(WriteSession session);

    public abstract void Dispose();

    /// <summary>Waits before something is tried again: 20 ms, doubled each time up to a second, with jitter, so that those who met do not meet again.</summary>
    internal static void BackOff(int attempt) => Thread.Sleep(Random.Shared.Next(10, 20) << Math.Min(attempt, 6));
}

/// <summary>The database does not answer, or not to this program; the message names the setting and what to do about it.</summary>
public sealed class DatabaseUnreachableException(string message, bool mayCome, Exception cause) : Exception(message, cause)
{
    /// <summary>Whether waiting is right: the server is not up yet, or in the middle of something.</summary>
    public bool MayCome { get; } = mayCome;
}
