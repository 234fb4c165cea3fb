using System.Diagnostics;
using Isa.Events.Benchmarks.Load;

namespace Isa.Events.Benchmarks.Figures;

/// <summary>How soon the server answers, and what it holds when nobody asks.</summary>
internal sealed class StartFigures : IFigure
{
    public string Name => "start";

    public async Task MeasureAsync(Run run, Report report, CancellationToken ct)
    {
        await using var server = await ServerProcess.PrepareAsync(ct);
        var (times, memory) = (new List<double>(), new List<double>());
        for (var round = 0; round < run.Rounds; round++)
        {
            var start = Stopwatch.GetTimestamp();
            var process = server.Launch();
            while (!await server.AnswersAsync("/v1/events", ct)) await Task.Delay(2, ct);
            times.Add(Stopwatch.GetElapsedTime(start).TotalSeconds);
            await Task.Delay(TimeSpan.FromSeconds(5 / Math.Sqrt(run.Scale)), ct);
            memory.Add(ServerProcess.Memory(process)?.Now ?? double.NaN);
            await ServerProcess.StopAsync(process);
        }

        report.Add($"start of the process to its first answer (ListEvents)", $"{times.Median():0.00} s", null, null, "≤ 1.0 s");
        report.Add($"resident memory, idle", $"{memory.Median():0} MB", null, null, "≤ 120 MB");
    }
}
