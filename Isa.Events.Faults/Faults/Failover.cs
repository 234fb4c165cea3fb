using System.Diagnostics;
using Isa.Events.Faults.Servers;

namespace Isa.Events.Faults.Faults;

/// <summary>
/// PostgreSQL with a synchronous standby: the first ends at once and never comes back, the second takes over. The API knows both addresses and finds the one
/// that takes writes by itself.
/// </summary>
internal sealed class Failover : IFault
{
    public string Name => "failover";

    public IReadOnlyList<string> Databases => [Isa.Events.Faults.Databases.Postgres];

    public async Task RunAsync(Trial trial, CancellationToken ct)
    {
        for (; trial.Outcome.Runs < trial.Extent.Repeats; trial.Outcome.Runs++)
        {
            await using var first = await PostgresServer.CreateAsync(ct);
            await using var second = await first.AddStandbyAsync(ct);
            var store = await PostgresStore.CreateAsync(ct, first, second);
            await using var scene = await Scene.SetAsync(store, trial.Outcome, ct, nodes: 2);
            await scene.NewEventAsync(ct);
            await using var crowd = scene.StartCrowd(ct);
            await scene.BusyAsync(ct);
            await first.StopAtOnceAsync(ct);
            await Task.Delay(Random.Shared.Next(0, 1000), ct); // until somebody notices
            store.Primary = second;
            await second.PromoteAsync(ct);
            await scene.RecoverAsync(Stopwatch.GetTimestamp(), ct);
            await Task.Delay(500, ct);
            await crowd.StopAsync();
            await scene.VerifyAsync(ct);
            await scene.FinishAsync(ct);
        }
    }
}
