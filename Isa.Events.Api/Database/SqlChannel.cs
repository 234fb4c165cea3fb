namespace Isa.Events.Api.Database;

/// <summary>How the statements of a session reach a database: the part of a session that differs between the two.</summary>
internal abstract class SqlChannel : IDisposable
{
    public abstract T? One<T>(string sql, object? arguments);

    public abstract IEnumerable<T> Stream<T>(string sql, object? arguments);

    public virtual void Dispose()
    {
    }
}

/// <summary>A channel that also writes, in transactions of the group commit.</summary>
internal abstract class WriteChannel : SqlChannel
{
    /// <summary>Whether the transaction lives: on some errors a database ends it by itself, and what followed would run, and stay, outside it.</summary>
    public abstract bool IsAlive { get; }

    /// <summary>Begins a transaction for works on this event.</summary>
    /// <param name="eventId">Whose row is locked on the way, where the database locks rows and there is such an event.</param>
    /// <param name="ahead">Rows that the works will ask for; a channel for which each question is a journey asks for all of them at once.</param>
    /// <returns>The event's version, where its row was locked.</returns>
    public abstract long? Begin(string eventId, IReadOnlyList<Ahead> ahead);

    /// <summary>Asks for these at once where each question is a journey; elsewhere they are asked for when they are wanted.</summary>
    public virtual void Fetch(IReadOnlyList<Ahead> rows)
    {
    }

    /// <summary>Runs a statement, perhaps later, together with others; at the latest before the next question or the end.</summary>
    public abstract void Send(string sql, object? arguments);

    /// <summary>Runs a statement, perhaps later, that must change exactly one row.</summary>
    /// <param name="sql">The statement.</param>
    /// <param name="arguments">Its parameters.</param>
    /// <param name="otherwise">Says what it means where it did not. It may ask the session.</param>
    /// <exception cref="RequirementException">It has run and did not.</exception>
    public abstract void Require(string sql, object? arguments, Func<Exception> otherwise);

    /// <summary>Runs a statement and tells how many rows it changed.</summary>
    public abstract int Change(string sql, object? arguments);

    /// <summary>Marks where a work begins.</summary>
    public abstract void BeginWork();

    /// <summary>Forgets what the running work wanted to write, where nothing of it has reached the database.</summary>
    /// <returns>False where it has: then only a rollback undoes it.</returns>
    public abstract bool TryDropWork();

    /// <summary>Runs what was put off.</summary>
    public abstract void Flush();

    public abstract void Save();

    public abstract void Release();

    public abstract void RollbackToSave();

    public abstract void Commit();

    public abstract void Rollback();

    /// <summary>Ends what is left of the transaction.</summary>
    public abstract void End();
}

/// <summary>A statement that had to change exactly one row did not; <see cref="Reason"/> says what that means.</summary>
internal sealed class RequirementException(Func<Exception> reason) : Exception("A statement did not change the one row it had to.")
{
    public Func<Exception> Reason { get; } = reason;
}

/// <summary>What a work looked at was overtaken by somebody else's: it is run once more from its beginning.</summary>
public sealed class OvertakenException() : Exception("Overtaken by another work.");

/// <summary>The database ended the transaction by itself (disk full, I/O error, a lost connection): nothing of it is stored.</summary>
internal sealed class DeadTransactionException(Exception? cause) : Exception("The database ended the transaction by itself.", cause);

/// <summary>The answer to a commit was lost: the transaction is stored or not, and <see cref="Batch"/> will tell.</summary>
internal sealed class CommitInDoubtException(string batch, Exception cause) : Exception("The answer to a commit was lost.", cause)
{
    public string Batch { get; } = batch;
}

/// <summary>
/// A commit failed in a way that leaves open whether it is stored, and nobody can be asked: SQLite's flush failed, and a restart may find the pages whole; or a
/// server has stored it but not, as it was told to wait for, on its standby, and it may be lost with it.
/// </summary>
internal sealed class UncertainCommitException(string message, Exception? cause = null) : Exception(message, cause);
