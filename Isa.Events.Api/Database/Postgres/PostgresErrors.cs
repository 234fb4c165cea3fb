using System.Net.Sockets;
using Npgsql;

namespace Isa.Events.Api.Database.Postgres;

/// <summary>What PostgreSQL's errors mean for a batch (appendix A of its manual).</summary>
internal static class PostgresErrors
{
    public const string IdleInTransactionTimeout = "25P03";
    private const string IdleSessionTimeout = "57P05";
    private const string ReadOnlyTransaction = "25006";

    /// <summary>The server or the way to it is at fault: connection, resources, intervention, a system error, or another transaction in the way.</summary>
    public static bool IsOutage(Exception e) => e switch
    {
        DeadTransactionException or CommitInDoubtException or UncertainCommitException or UnsafeDatabaseException or TimeoutException or SocketException or ObjectDisposedException => true,
        PostgresException { SqlState: ReadOnlyTransaction or IdleInTransactionTimeout or PostgresErrorCodes.LockNotAvailable } => true,
        PostgresException { SqlState: var state } => state[..2] is "08" or "40" or "53" or "57" or "58" or "XX",
        NpgsqlException => true,
        _ => false,
    };

    public static bool IsLocked(Exception e) => Cause(e) is PostgresException { SqlState: PostgresErrorCodes.LockNotAvailable or PostgresErrorCodes.QueryCanceled };

    /// <summary>Somebody was in the way, or the connection or the server went and comes back.</summary>
    public static bool MayPass(Exception e) => Cause(e) switch
    {
        UnsafeDatabaseException or UncertainCommitException => false,
        PostgresException { SqlState: PostgresErrorCodes.QueryCanceled } => false,
        PostgresException { SqlState: ReadOnlyTransaction or IdleInTransactionTimeout or IdleSessionTimeout or PostgresErrorCodes.LockNotAvailable } => true,
        PostgresException { SqlState: var state } => state[..2] is "08" or "40" or "57",
        _ => true,
    };

    /// <summary>
    /// Whether the answer to a COMMIT says that nothing is stored. A server that is shut down may have stored it: it says so too when it gives up
    /// the wait for its standby.
    /// </summary>
    public static bool SaysNotCommitted(Exception e) => e is PostgresException { SqlState: var state } && state[..2] != "57";

    private static Exception Cause(Exception e) => e is DeadTransactionException or CommitInDoubtException ? e.InnerException ?? e : e;
}
