namespace Isa.Events.Tests.Support;

/// <summary>How a database would find rows.</summary>
public static class Plans
{
    /// <summary>The steps that look into the outbox. Of PostgreSQL as writes ask, since small tables are read as a whole otherwise.</summary>
    /// <param name="host">Whose database.</param>
    /// <param name="sql">The question, in which the outbox is <c>o</c> where it has another name.</param>
    /// <param name="with">Its parameters.</param>
    public static Task<List<string>> OutboxPlanAsync(this EventsHost host, string sql, object? with = null) => host.Database.WriteAsync("any", session => host.Kind == DatabaseKind.Sqlite
        ? session.Query<Step>($"EXPLAIN QUERY PLAN {sql}", with).Select(step => step.Detail).Where(step => step.Contains("outbox", StringComparison.Ordinal) || step.Contains(" o ", StringComparison.Ordinal)).ToList()
        : session.Query<string>($"EXPLAIN {sql}", with).Where(step => step.Contains("Scan", StringComparison.Ordinal) && step.Contains("outbox", StringComparison.Ordinal)).ToList(), CancellationToken.None);

    private sealed record Step
    {
        public string Detail { get; init; } = "";
    }
}
