using System.Diagnostics;
using Isa.Events.Faults.Servers;

namespace Isa.Events.Faults.Faults;

/// <summary>PostgreSQL ends all at once and recovers, under load; the API's process stays the same.</summary>
internal sealed class RestartedPostgres : IFault
{
    public string Name => "postgres-restart";

    public IReadOnlyList<string> Databases => [Isa.Events.Faults.Databases.Postgres];

    public async Task RunAsync(Trial trial, CancellationToken ct)
    {
        await using var scene = await Scene.SetAsync(await trial.NewStoreAsync(ct), trial.Outcome, ct);
        var primary = ((PostgresStore)scene.Store).Primary;
        for (; trial.Outcome.Runs < 2 * trial.Extent.Repeats; trial.Outcome.Runs++)
        {
            await scene.NewEventAsync(ct);
            await using var crowd = scene.StartCrowd(ct);
            await scene.BusyAsync(ct);
            await primary.RestartAtOnceAsync(ct);
            await scene.RecoverAsync(Stopwatch.GetTimestamp(), ct);
            await Task.Delay(200, ct);
            await crowd.StopAsync();
            await scene.VerifyAsync(ct);
        }

        await scene.FinishAsync(ct);
    }
}
