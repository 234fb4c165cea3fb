using Isa.Events.Benchmarks.Load;

namespace Isa.Events.Benchmarks.Figures;

/// <summary>Durable registrations, against storing nothing and against one transaction for each.</summary>
internal sealed class RegistrationFigures : IFigure
{
    public string Name => "registrations";

    public async Task MeasureAsync(Run run, Report report, CancellationToken ct)
    {
        // None sends: those that wait for their turn would take from the one that is measured. What sending takes from registrations is among the figures of mails.
        const string silent = "--Email:Send=false";
        await using var server = await ServerProcess.StartAsync(ct, silent);
        await using var single = await ServerProcess.StartAsync(ct, silent, "--Database:MaxBatch=1");
        await using var ordinary = await ServerProcess.StartAsync(ct, silent);
        var samples = await run.TakeTurnsAsync(new Dictionary<string, LoadClient>
        {
            ["nothing"] = Requests.StoreNothing(server),
            ["product"] = Requests.Register(server, await server.EventAsync("measured", null, ct)),
            ["ordinary"] = Requests.TransactionPerRequest(ordinary, await ordinary.EventAsync("measured", null, ct)),
            ["single"] = Requests.Register(single, await single.EventAsync("measured", null, ct)),
        }, ct);

        var (product, nothing, one, own) = (samples["product"], samples["nothing"], samples["single"], samples["ordinary"]);
        report.Add($"durable registrations", $"{product.Median().PerSecond:0}/s", $"storing nothing: {nothing.Median().PerSecond:0}/s", product.Ratio(nothing, s => s.PerSecond), "≥ 0.3");
        report.Add($"the same, p50 / p99", $"{product.Median().P50:0.0} / {product.Median().P99:0.0} ms", $"storing nothing: {nothing.Median().P50:0.0} / {nothing.Median().P99:0.0} ms", product.Ratio(nothing, s => s.P99), "p99 ≤ 4");
        report.Add($"durable registrations", $"{product.Median().PerSecond:0}/s", $"a transaction each, on connections of their own: {own.Median().PerSecond:0}/s, p99 {own.Median().P99:0} ms", product.Ratio(own, s => s.PerSecond), "≥ 6");
        report.Add($"durable registrations", $"{product.Median().PerSecond:0}/s", $"a transaction each, one thread writing: {one.Median().PerSecond:0}/s, p99 {one.Median().P99:0} ms", product.Ratio(one, s => s.PerSecond), "");
    }
}
