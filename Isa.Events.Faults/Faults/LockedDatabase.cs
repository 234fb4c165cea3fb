using System.Diagnostics;
using System.Net;

namespace Isa.Events.Faults.Faults;

/// <summary>Another process holds the database's write lock, as a forgotten shell or a backup program may. Reading goes on; writing says when to come again.</summary>
internal sealed class LockedDatabase : IFault
{
    private static readonly TimeSpan ReadLimit = TimeSpan.FromMilliseconds(200);

    public string Name => "locked-database";

    public IReadOnlyList<string> Databases => [Isa.Events.Faults.Databases.Sqlite];

    public async Task RunAsync(Trial trial, CancellationToken ct)
    {
        await using var scene = await Scene.SetAsync(await trial.NewStoreAsync(ct), trial.Outcome, ct);
        for (; trial.Outcome.Runs < trial.Extent.Repeats; trial.Outcome.Runs++)
        {
            await scene.NewEventAsync(ct);
            await using var crowd = scene.StartCrowd(ct);
            await scene.BusyAsync(ct);
            long held, freed;
            await using (await scene.Store.HoldWritesAsync(ct))
            {
                held = Stopwatch.GetTimestamp();
                await ReadAsync(scene, held, trial.Extent.Lock, ct);
                freed = Stopwatch.GetTimestamp();
            }

            await scene.RecoverAsync(freed, ct);
            await crowd.StopAsync();
            Judge(scene, held, freed);
            await scene.VerifyAsync(ct);
        }

        await scene.FinishAsync(ct);
    }

    // Each read in turn, so that one that hangs is not hidden by others.
    private static async Task ReadAsync(Scene scene, long since, TimeSpan duration, CancellationToken ct)
    {
        var registration = scene.Ledger.Of(scene.EventId).First(e => e.Id is not null).Id;
        var (longest, slowest) = (TimeSpan.Zero, "");
        while (Stopwatch.GetElapsedTime(since) < duration)
        {
            foreach (var path in new[] { "/health/live", $"/v1/events/{scene.EventId}", $"/v1/registrations/{registration}" })
            {
                var start = Stopwatch.GetTimestamp();
                if (path.Contains("registrations", StringComparison.Ordinal)) await scene.Ledger.ReadAsync(path, scene.Node, ct);
                else if (await Scene.StatusAsync(scene.Node, path, ct) is var status and not HttpStatusCode.OK) scene.Outcome.Report(Violation.Other, $"{path} was answered {status} while the database was locked");
                if (Stopwatch.GetElapsedTime(start) is var time && time > longest) (longest, slowest) = (time, path);
            }

            await Task.Delay(20, ct);
        }

        scene.Outcome.Note($"slowest read {longest.TotalMilliseconds:0} ms");
        if (longest > ReadLimit) scene.Outcome.Report(Violation.Other, $"{slowest} took {longest.TotalMilliseconds:0} ms while the database was locked");
    }

    private static void Judge(Scene scene, long held, long freed)
    {
        var during = scene.Ledger.Samples.Where(s => s.AnsweredAt > held && s.AnsweredAt < freed).ToList();
        if (!during.Any(s => s.Status == 503)) scene.Outcome.Report(Violation.Other, "no write was answered 503 while the database was locked");
        if (during.Any(s => s.SentAt > held && s.Status == 201)) scene.Outcome.Report(Violation.Other, "a write was answered 201 while the database was locked");
        scene.Outcome.Note($"{during.Count(s => s.Status == 503)} writes were answered 503");
        // One lock time-out for the batch that runs, one for the batch that waits behind it.
        if (during.Select(s => s.Time).DefaultIfEmpty().Max() is var longest && longest > TimeSpan.FromSeconds(11)) scene.Outcome.Report(Violation.Other, $"a write waited {longest.TotalSeconds:0.0} s for its 503");
    }
}
