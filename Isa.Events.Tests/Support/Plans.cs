namespace Isa.Events.Tests.Support;

/// <summary>How a database would find rows.</summary>
public static class Plans
{
    /// <summary>The steps that look into a table. Of PostgreSQL as writes ask, since small tables are read as a whole otherwise.</summary>
    /// <param name="host">Whose database.</param>
    /// <param name="table">Its steps alone; those of other tables are left out.</param>
    /// <param name="sql">The question.</param>
    /// <param name="with">Its parameters.</param>
    public static Task<List<string>> PlanAsync(this EventsHost host, string table, string sql, object? with = null) => host.Database.WriteAsync("any", session => host.Kind == DatabaseKind.Sqlite
        ? session.Query<Step>($"EXPLAIN QUERY PLAN {sql}", with).Select(step => step.Detail).Where(step => step.Contains(table, StringComparison.Ordinal) || step.Contains(" o ", StringComparison.Ordinal)).ToList()
        : session.Query<string>($"EXPLAIN {sql}", with).Where(step => step.Contains("Scan", StringComparison.Ordinal) && step.Contains(table, StringComparison.Ordinal)).ToList(), CancellationToken.None);

    private sealed record Step
    {
        public string Detail { get; init; } = "";
    }
}
