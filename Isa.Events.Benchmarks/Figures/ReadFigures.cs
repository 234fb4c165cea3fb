using Isa.Events.Benchmarks.Load;

namespace Isa.Events.Benchmarks.Figures;

/// <summary>What a rush asks most: the event, and a seat that is no longer there.</summary>
internal sealed class ReadFigures : IFigure
{
    public string Name => "reads";

    public async Task MeasureAsync(Run run, Report report, CancellationToken ct)
    {
        await using var server = await ServerProcess.StartAsync(ct);
        await server.EventAsync("open", null, ct);
        var full = await server.EventAsync("full", 1, ct);
        await Requests.Register(server, full).RunAsync(1, TimeSpan.Zero, ct);
        using var seen = await server.Client.GetAsync("/v1/events/open", ct);
        using var anybody = new HttpClient { BaseAddress = server.Address };
        using var shown = await anybody.GetAsync("/v1/events/open", ct);

        var samples = await run.TakeTurnsAsync(new Dictionary<string, LoadClient>
        {
            ["nothing"] = Requests.StoreNothing(server),
            ["event"] = Requests.Get(server, "/v1/events/open", 200),
            ["unchanged"] = Requests.Get(server, "/v1/events/open", 304, $"If-None-Match: {shown.Headers.ETag}"),
            ["full"] = Requests.Register(server, full, 409),
        }, ct);
        var nothing = samples["nothing"];
        Add($"GetEvent", "event", "≥ 0.6");
        Add($"GetEvent, answered 304", "unchanged", "≥ 0.9");
        Add($"registrations refused at a full site", "full", "≥ 0.8");

        void Add(FormattableString what, string name, string aim) =>
            report.Add(what, $"{samples[name].Median().PerSecond:0}/s, p99 {samples[name].Median().P99:0.0} ms", $"storing nothing: {nothing.Median().PerSecond:0}/s", samples[name].Ratio(nothing, s => s.PerSecond), aim);
    }
}
