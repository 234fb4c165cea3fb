using System.Diagnostics;
using System.Net;
using Isa.Events.Faults.Servers;

namespace Isa.Events.Faults.Faults;

/// <summary>The disk fills up during writes, and is freed again; the process stays the same.</summary>
internal sealed class FullDisk : IFault
{
    public string Name => "disk-full";

    public IReadOnlyList<string> Databases => [Isa.Events.Faults.Databases.Sqlite];

    public async Task RunAsync(Trial trial, CancellationToken ct)
    {
        await using var disk = await SmallDisk.TryMountAsync(64, ct);
        if (disk is not null)
        {
            await RunAsync(trial, new SqliteStore(disk.DataFolder), Launch.Plain, disk.Fill, disk.Free, ct);
            return;
        }

        // Without the right to mount: a disk of its own that says it is full.
        var store = SqliteStore.Create();
        if (await FailingDisk.BuildAsync(store, ct) is { } failing) await RunAsync(trial, store, failing.Launch, () => failing.Fail(DiskError.NoSpace, "wt", 100), failing.Heal, ct);
        else trial.Outcome.Skipped = "neither a file system can be mounted nor a C compiler found";
    }

    private static async Task RunAsync(Trial trial, SqliteStore store, Launch launch, Action fill, Action free, CancellationToken ct)
    {
        await using var scene = await Scene.SetAsync(store, trial.Outcome, ct, launch: launch);
        for (; trial.Outcome.Runs < 2 * trial.Extent.Repeats; trial.Outcome.Runs++)
        {
            await scene.NewEventAsync(ct);
            await using var crowd = scene.StartCrowd(ct);
            await scene.BusyAsync(ct);
            var full = Stopwatch.GetTimestamp();
            fill();
            await Refusals.WaitAsync(scene, full, ct);
            await Task.Delay(1000, ct);
            await scene.CheckReadsAsync(scene.Node, ct);
            if (await Scene.StatusAsync(scene.Node, "/health/ready", ct) is var ready and not HttpStatusCode.ServiceUnavailable) trial.Outcome.Report(Violation.Other, $"/health/ready was answered {ready} on a full disk");
            free();
            await scene.RecoverAsync(Stopwatch.GetTimestamp(), ct);
            await Task.Delay(200, ct);
            await crowd.StopAsync();
            await scene.VerifyAsync(ct);
        }

        await scene.FinishAsync(ct);
    }
}
