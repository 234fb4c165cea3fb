using System.Diagnostics;
using Isa.Events.Faults.Servers;

namespace Isa.Events.Faults.Faults;

/// <summary>Writing and syncing give I/O errors for a while, always or now and then; the process stays the same, but for a last time when it is killed in the middle of it.</summary>
internal sealed class FailingWrites : IFault
{
    // Killed as well, the process leaves a log whose last commit was written but never confirmed.
    private static readonly (string Calls, int Percent, bool Killed)[] Ways = [("w", 100, false), ("s", 100, false), ("wts", 100, false), ("ws", 20, false), ("s", 100, true)];

    public string Name => "io-error";

    public IReadOnlyList<string> Databases => [Isa.Events.Faults.Databases.Sqlite];

    public async Task RunAsync(Trial trial, CancellationToken ct)
    {
        var store = SqliteStore.Create();
        if (await FailingDisk.BuildAsync(store, ct) is not { } disk)
        {
            trial.Outcome.Skipped = "there is no C compiler";
            await store.DisposeAsync();
            return;
        }

        await using var scene = await Scene.SetAsync(store, trial.Outcome, ct, launch: disk.Launch);
        foreach (var (calls, percent, killed) in Enumerable.Repeat(Ways, trial.Extent.Repeats).SelectMany(ways => ways))
        {
            await scene.NewEventAsync(ct);
            await using var crowd = scene.StartCrowd(ct);
            await scene.BusyAsync(ct);
            var failing = Stopwatch.GetTimestamp();
            disk.Fail(DiskError.InputOutput, calls, percent);
            await Refusals.WaitAsync(scene, failing, ct);
            await Task.Delay(700, ct);
            await scene.CheckReadsAsync(scene.Node, ct);
            if (killed) await scene.Node.KillAsync(ct);
            disk.Heal();
            if (killed) scene.Node.Start();
            await scene.RecoverAsync(Stopwatch.GetTimestamp(), ct);
            await Task.Delay(100, ct);
            await crowd.StopAsync();
            await scene.VerifyAsync(ct);
            trial.Outcome.Runs++;
        }

        await scene.Node.KillAsync(ct);
        scene.Node.Start();
        await scene.Node.ReadyAsync(ct);
        await scene.FinishAsync(ct);
    }
}
