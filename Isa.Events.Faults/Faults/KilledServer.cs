using System.Diagnostics;

namespace Isa.Events.Faults.Faults;

/// <summary>kill -9 at random moments under load; the next process goes on with the same data, and the same ledger.</summary>
internal sealed class KilledServer : IFault
{
    public string Name => "killed-server";

    public IReadOnlyList<string> Databases => Isa.Events.Faults.Databases.All;

    public async Task RunAsync(Trial trial, CancellationToken ct)
    {
        await using var scene = await Scene.SetAsync(await trial.NewStoreAsync(ct), trial.Outcome, ct, nodes: trial.Outcome.Database == Isa.Events.Faults.Databases.Postgres ? 2 : 1);
        for (; trial.Outcome.Runs < trial.Extent.Kills; trial.Outcome.Runs++)
        {
            await scene.NewEventAsync(ct);
            await using var crowd = scene.StartCrowd(ct);
            await scene.BusyAsync(ct);
            var killed = Stopwatch.GetTimestamp();
            var victim = scene.Nodes[trial.Outcome.Runs % scene.Nodes.Count];
            await victim.KillAsync(ct);
            victim.Start(); // the callers go on asking: it comes up under load
            await scene.RecoverAsync(killed, ct);
            await crowd.StopAsync();
            await scene.VerifyAsync(ct);
        }

        await scene.FinishAsync(ct);
    }
}
