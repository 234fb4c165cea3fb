using System.Diagnostics;
using Isa.Events.Faults.Servers;

namespace Isa.Events.Faults.Faults;

/// <summary>Every connection to PostgreSQL is cut again and again, wherever it stands in a transaction.</summary>
internal sealed class CutConnections : IFault
{
    public string Name => "killed-backends";

    public IReadOnlyList<string> Databases => [Isa.Events.Faults.Databases.Postgres];

    public async Task RunAsync(Trial trial, CancellationToken ct)
    {
        await using var scene = await Scene.SetAsync(await trial.NewStoreAsync(ct), trial.Outcome, ct, nodes: 2);
        var primary = ((PostgresStore)scene.Store).Primary;
        for (var round = 0; round < trial.Extent.Repeats; round++)
        {
            await scene.NewEventAsync(ct);
            await using var crowd = scene.StartCrowd(ct);
            var begun = Stopwatch.GetTimestamp();
            while (Stopwatch.GetElapsedTime(begun) < trial.Extent.Disturbance)
            {
                await Task.Delay(Random.Shared.Next(100, 300), ct);
                await primary.CutConnectionsAsync(ct);
                trial.Outcome.Runs++;
            }

            await scene.RecoverAsync(Stopwatch.GetTimestamp(), ct);
            await Task.Delay(200, ct);
            await crowd.StopAsync();
            await scene.VerifyAsync(ct);
        }

        await scene.FinishAsync(ct);
    }
}
