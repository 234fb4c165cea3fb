using System.Diagnostics;
using Isa.Events.Faults.Servers;

namespace Isa.Events.Faults.Faults;

/// <summary>Several processes start at the same moment on an empty database: all of them come up, on the same tables.</summary>
internal sealed class StartsAtOnce : IFault
{
    private const int Processes = 4;

    public string Name => "migrations-at-once";

    public IReadOnlyList<string> Databases => Isa.Events.Faults.Databases.All;

    public async Task RunAsync(Trial trial, CancellationToken ct)
    {
        for (; trial.Outcome.Runs < trial.Extent.Starts; trial.Outcome.Runs++)
        {
            var store = await trial.NewStoreAsync(ct);
            var begun = Stopwatch.GetTimestamp();
            var migrated = await Task.WhenAll(Enumerable.Range(0, Processes).Select(_ => Launch.Plain.RunAsync(store, Extent.BackToNormal, ct, "migrate")));
            foreach (var ended in migrated.Where(e => e.ExitCode != 0)) trial.Outcome.Report(Violation.Other, $"one of {Processes} that started at once ended with {ended.ExitCode}: {ended.Error}");
            trial.Outcome.AddRecovery(Stopwatch.GetElapsedTime(begun));

            await using var scene = await Scene.SetAsync(store, trial.Outcome, ct, nodes: store is PostgresStore ? 2 : 1);
            await scene.NewEventAsync(ct);
            await scene.RecoverAsync(Stopwatch.GetTimestamp(), ct);
            await scene.VerifyAsync(ct);
            await scene.FinishAsync(ct);
        }
    }
}
