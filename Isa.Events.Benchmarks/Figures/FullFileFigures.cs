using Isa.Events.Benchmarks.Load;

namespace Isa.Events.Benchmarks.Figures;

/// <summary>Registrations where much is stored already: a file with years of events, an event with very many people.</summary>
internal sealed class FullFileFigures : IFigure
{
    public string Name => "full-file";

    public async Task MeasureAsync(Run run, Report report, CancellationToken ct)
    {
        var (events, each, inOne) = (2_000 / run.Scale, 500, 100_000 / run.Scale);
        await using var empty = await ServerProcess.StartAsync(ct);
        await using var years = await ServerProcess.StartAsync(ct);
        await using var crowd = await ServerProcess.StartAsync(ct);
        var crowdEvent = await crowd.EventAsync("crowd", null, ct);
        await Requests.Register(crowd, crowdEvent).RunAsync(1, TimeSpan.Zero, ct);
        var yearsEvent = await years.EventAsync("pattern", null, ct);
        await Requests.Register(years, yearsEvent).RunAsync(1, TimeSpan.Zero, ct);
        using (var tables = FilledTables.Of(years)) tables.AddPastEvents(yearsEvent, events, each);
        using (var tables = FilledTables.Of(crowd)) tables.AddRegistrations(crowdEvent, "zoom", 0, inOne);

        var samples = await run.TakeTurnsAsync(new Dictionary<string, LoadClient>
        {
            ["empty"] = Requests.Register(empty, await empty.EventAsync("measured", null, ct)),
            ["years"] = Requests.Register(years, await years.EventAsync("measured", null, ct)),
            ["crowd"] = Requests.Register(crowd, crowdEvent),
        }, ct);
        var baseline = samples["empty"];
        report.Add($"registrations beside {events * each:N0} of {events:N0} past events", $"{samples["years"].Median().PerSecond:0}/s", $"empty file: {baseline.Median().PerSecond:0}/s", samples["years"].Ratio(baseline, s => s.PerSecond), "≥ 0.9");
        report.Add($"registrations for an event with {inOne:N0}", $"{samples["crowd"].Median().PerSecond:0}/s", $"empty file: {baseline.Median().PerSecond:0}/s", samples["crowd"].Ratio(baseline, s => s.PerSecond), "≥ 0.7");
    }
}
