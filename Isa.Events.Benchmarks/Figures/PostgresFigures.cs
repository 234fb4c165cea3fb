using Isa.Events.Benchmarks.Load;
using Isa.Events.Faults.Servers;

namespace Isa.Events.Benchmarks.Figures;

/// <summary>Durable registrations on PostgreSQL: against one transaction for each, and by two processes on one database.</summary>
internal sealed class PostgresFigures : IFigure
{
    // A database that is asked by too many at once for one row gets slower; the baseline may have whichever number serves it best.
    private static readonly int[] Pools = [4, 8, 16, 32, 64];
    private const int Events = 20;
    public string Name => "postgres";

    public async Task MeasureAsync(Run run, Report report, CancellationToken ct)
    {
        if (PostgresServer.FindTools() is null)
        {
            await Console.Error.WriteLineAsync("PostgreSQL is not installed; its figures are left out.");
            return;
        }

        await using var postgres = await PostgresServer.CreateAsync(ct);
        await MeasureTransactionsAsync(postgres, run, report, ct);
        await MeasureNodesAsync(postgres, run, report, ct);
    }

    private static async Task MeasureTransactionsAsync(PostgresServer postgres, Run run, Report report, CancellationToken ct)
    {
        var database = await postgres.DatabaseAsync(ct);
        await using var server = await ServerProcess.StartAsync(ct, database);
        var loads = new Dictionary<string, LoadClient> { ["nothing"] = Requests.StoreNothing(server), ["product"] = Requests.Register(server, await server.EventAsync("measured", null, ct)) };
        var ordinary = new List<ServerProcess>();
        try
        {
            foreach (var pool in Pools)
            {
                var process = await ServerProcess.StartAsync(ct, await postgres.DatabaseAsync(ct), $"--Database:MaxWriters={pool}");
                ordinary.Add(process);
                loads[$"{pool}"] = Requests.TransactionPerRequest(process, await process.EventAsync("measured", null, ct));
            }

            var samples = await run.TakeTurnsAsync(loads, ct);
            var best = Pools.MaxBy(pool => samples[$"{pool}"].Median().PerSecond);
            var (product, nothing, each) = (samples["product"], samples["nothing"], samples[$"{best}"]);
            report.Add($"PostgreSQL: durable registrations", $"{product.Median().PerSecond:0}/s, p99 {product.Median().P99:0.0} ms", $"a transaction each, on the best number of connections ({best}): {each.Median().PerSecond:0}/s, p99 {each.Median().P99:0} ms", product.Ratio(each, s => s.PerSecond), "≥ 3");
            report.Add($"PostgreSQL: durable registrations", $"{product.Median().PerSecond:0}/s", $"storing nothing: {nothing.Median().PerSecond:0}/s", product.Ratio(nothing, s => s.PerSecond), "");
        }
        finally
        {
            foreach (var process in ordinary) await process.DisposeAsync();
        }
    }

    private static async Task MeasureNodesAsync(PostgresServer postgres, Run run, Report report, CancellationToken ct)
    {
        var database = await postgres.DatabaseAsync(ct);
        await using var first = await ServerProcess.StartAsync(ct, database);
        await using var second = await ServerProcess.StartAsync(ct, database);
        var hot = await first.EventAsync("hot", null, ct);
        var many = new List<string>();
        for (var n = 0; n < Events; n++) many.Add(await first.EventAsync($"event-{n}", null, ct));

        var samples = await run.TakeTurnsAsync(new Dictionary<string, LoadClient>
        {
            ["one, hot"] = Requests.Register(first, hot),
            ["two, hot"] = LoadClient.Together([Requests.Register(first, hot), Requests.Register(second, hot)], 201),
            ["one, many"] = LoadClient.Together(many.Select(e => Requests.Register(first, e)), 201),
            ["two, many"] = LoadClient.Together(many.SelectMany(e => new[] { Requests.Register(first, e), Requests.Register(second, e) }), 201),
        }, ct);
        Add($"PostgreSQL: two processes, one event", "hot", "≥ 0.6");
        Add($"PostgreSQL: two processes, {Events} events", "many", "≥ 0.7");

        void Add(FormattableString what, string which, string aim)
        {
            var (one, two) = (samples[$"one, {which}"], samples[$"two, {which}"]);
            report.Add(what, $"{two.Median().PerSecond:0}/s, p99 {two.Median().P99:0.0} ms", $"one process: {one.Median().PerSecond:0}/s, p99 {one.Median().P99:0.0} ms", two.Ratio(one, s => s.PerSecond), aim);
        }
    }
}
