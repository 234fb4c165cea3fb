using System.Diagnostics;
using Isa.Events.Benchmarks.Load;

namespace Isa.Events.Benchmarks.Figures;

/// <summary>What a large file costs when something happens: a killed server until it registers again, a backup beside people who register.</summary>
internal sealed class RecoveryFigures : IFigure
{
    public string Name => "recovery";

    public async Task MeasureAsync(Run run, Report report, CancellationToken ct)
    {
        var (events, each) = (2_000 / run.Scale, 500);
        await using var server = await ServerProcess.PrepareAsync(ct, "--Backup:Enabled=false");
        var process = server.Launch();
        await server.ReadyAsync(ct);
        var pattern = await server.EventAsync("pattern", null, ct);
        await Requests.Register(server, pattern).RunAsync(1, TimeSpan.Zero, ct);
        var measured = Requests.Register(server, await server.EventAsync("measured", null, ct));
        using (var tables = FilledTables.Of(server)) tables.AddPastEvents(pattern, events, each);

        var times = new List<double>();
        for (var round = 0; round < run.Rounds; round++)
        {
            await measured.RunAsync(Run.Connections, run.Duration, ct);
            var start = Stopwatch.GetTimestamp();
            await ServerProcess.StopAsync(process);
            process = server.Launch();
            await FirstAsync(measured, ct);
            times.Add(Stopwatch.GetElapsedTime(start).TotalSeconds);
        }

        report.Add($"kill -9 under load to the first registration after the restart, {events * each:N0} rows", $"{times.Median():0.00} s, longest {times.Max():0.00} s", null, null, "≤ 3 s");
        await BackupAsync(server, measured, events * each, run, report, ct);
        await ServerProcess.StopAsync(process);
    }

    private static async Task FirstAsync(LoadClient client, CancellationToken ct)
    {
        while (true)
        {
            try
            {
                await client.RunAsync(1, TimeSpan.Zero, ct);
                return;
            }
            catch (Exception e) when (e is System.Net.Sockets.SocketException or InvalidOperationException)
            {
                await Task.Delay(2, ct);
            }
        }
    }

    private static async Task BackupAsync(ServerProcess server, LoadClient client, int rows, Run run, Report report, CancellationToken ct)
    {
        await client.RunAsync(Run.Connections, run.Duration * 2, ct);
        var half = (await client.RunAsync(Run.Connections, run.Duration, ct)).PerSecond / 2;
        var (alone, beside) = (new List<Sample>(), new List<Sample>());
        for (var round = 0; round < run.Rounds; round++) alone.Add(await client.RunAsync(Run.Connections, run.Duration, ct, half));

        var start = Stopwatch.GetTimestamp();
        using var backup = server.Command("backup", Path.Combine(Path.GetDirectoryName(server.DatabaseFile)!, "backup.db"));
        while (!backup.HasExited) beside.Add(await client.RunAsync(Run.Connections, run.Duration, ct, half));
        if (backup.ExitCode != 0) throw new InvalidOperationException("The backup failed.");
        var took = Stopwatch.GetElapsedTime(start).TotalSeconds;
        var (before, during) = (alone.Median(), beside.Median());
        report.Add($"registrations at half load while {rows:N0} are backed up ({took:0} s)", $"{during.PerSecond:0}/s", $"without: {before.PerSecond:0}/s", during.PerSecond / before.PerSecond, "≥ 0.95");
        report.Add($"the same, p99", $"{during.P99:0.0} ms", $"without: {before.P99:0.0} ms", during.P99 / before.P99, "≤ 3");
    }
}
