using System.CommandLine;
using Isa.Events.Benchmarks.Figures;
using Isa.Events.Benchmarks.Load;

namespace Isa.Events.Benchmarks;

/// <summary>
/// Measures the server as its own process on loopback, beside a baseline in the same run. Rounds of what is compared take turns, so that a noisy neighbour
/// meets all of them; ratios are medians over the rounds.
/// </summary>
public static class Program
{
    private static readonly IReadOnlyList<IFigure> All = [new RegistrationFigures(), new FullFileFigures(), new ReadFigures(), new ExportFigures(), new StartFigures(), new RecoveryFigures(), new LifeFigures(), new RenderFigures(), new MailFigures(), new PostgresFigures()];

    public static async Task<int> Main(string[] args)
    {
        if (args is [ServerProcess.HostArgument, ..]) return await BaselineHost.RunAsync(args[1..]);

        var quick = new Option<bool>("--quick") { Description = "One short round on small data: shows that everything runs, not how fast." };
        var only = new Option<string[]>("--only") { Description = $"Some figures only: {string.Join(", ", All.Select(f => f.Name))}.", AllowMultipleArgumentsPerToken = true };
        only.AcceptOnlyFromAmong([.. All.Select(f => f.Name)]);
        var root = new RootCommand("Measures the server against baselines in the same run.") { quick, only };
        root.SetAction(async (parsed, ct) =>
        {
            var run = parsed.GetValue(quick) ? Run.Quick : Run.Full;
            var wanted = parsed.GetValue(only) is { Length: > 0 } names ? All.Where(f => names.Contains(f.Name)) : All;
            var report = new Report();
            foreach (var figure in wanted)
            {
                await Console.Error.WriteLineAsync($"{figure.Name} …");
                await figure.MeasureAsync(run, report, ct);
            }

            report.Print(Console.Out, run);
            return 0;
        });
        return await root.Parse(args).InvokeAsync();
    }
}

/// <summary>How long and how large a run is.</summary>
/// <param name="Rounds">How often what is compared takes its turn.</param>
/// <param name="Duration">Of one turn.</param>
/// <param name="Scale">What sizes of data are divided by.</param>
public sealed record Run(int Rounds, TimeSpan Duration, int Scale)
{
    public const int Connections = 64;

    public static readonly Run Full = new(5, TimeSpan.FromSeconds(4), 1);

    public static readonly Run Quick = new(1, TimeSpan.FromMilliseconds(500), 100);

    /// <summary>Lets everything take its turn in every round, after one turn that only warms up. Gives the samples by name, one per round.</summary>
    public async Task<IReadOnlyDictionary<string, Sample[]>> TakeTurnsAsync(IReadOnlyDictionary<string, LoadClient> loads, CancellationToken ct)
    {
        var samples = loads.Keys.ToDictionary(name => name, _ => new List<Sample>());
        for (var round = 0; round <= Rounds; round++)
        {
            foreach (var (name, load) in loads)
            {
                var sample = await load.RunAsync(Connections, Duration, ct);
                if (round > 0) samples[name].Add(sample);
            }
        }

        return samples.ToDictionary(s => s.Key, s => s.Value.ToArray());
    }
}
