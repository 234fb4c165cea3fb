namespace Isa.Events.Api.Database.Postgres;

/// <summary>The few statements that only PostgreSQL gets.</summary>
internal static class PostgresSql
{
    /// <summary>
    /// Limits for this transaction alone, so that it works behind a pooler that gives each transaction another connection. A process that is stopped in the
    /// middle of a batch must not hold the others: what is idle for three seconds is ended by the server. A table that is small when a plan is made may be large
    /// while the plan is still used, so none reads whole tables where an index serves. Where none does, such a plan counts as dear, and is not to be compiled for that.
    /// </summary>
    public const string Guard = """
        SELECT current_setting('synchronous_commit'), set_config('idle_in_transaction_session_timeout', '3s', TRUE), set_config('lock_timeout', '5s', TRUE),
            set_config('statement_timeout', '10s', TRUE), set_config('enable_seqscan', 'off', TRUE), set_config('jit', 'off', TRUE)
        """;

    public const string NoteBatch = "INSERT INTO write_batches (id, created_at) VALUES (@Id, now())";

    /// <summary>Succeeds exactly when no transaction has stored this id; waits for one that is still open.</summary>
    public const string TryNoteBatch = "INSERT INTO write_batches (id, created_at) VALUES (@Id, now()) ON CONFLICT DO NOTHING";

    public const string LockEvent = "SELECT version FROM events WHERE id = @Id FOR NO KEY UPDATE";

    public const string Server = """
        SELECT current_setting('synchronous_commit') AS synchronous_commit, current_setting('fsync', TRUE) AS fsync, current_setting('server_encoding') AS encoding
        """;
}
