using System.Diagnostics;
using Isa.Events.Faults.Servers;

namespace Isa.Events.Faults.Faults;

/// <summary>kill -9 at random moments of starts on an empty database: the next start finds all of a step or nothing of it, and brings the tables up.</summary>
internal sealed class KilledMigration : IFault
{
    private const int StartsEach = 3;

    public string Name => "killed-migration";

    public IReadOnlyList<string> Databases => Isa.Events.Faults.Databases.All;

    public async Task RunAsync(Trial trial, CancellationToken ct)
    {
        var (first, last) = await LearnAsync(trial, ct);
        while (trial.Outcome.Runs < trial.Extent.MigrationKills)
        {
            var store = await trial.NewStoreAsync(ct);
            for (var start = 0; start < StartsEach; start++, trial.Outcome.Runs++) await StartAndKillAsync(store, first, last, ct);
            var next = Stopwatch.GetTimestamp();
            await using var scene = await Scene.SetAsync(store, trial.Outcome, ct);
            await scene.NewEventAsync(ct);
            await scene.RecoverAsync(next, ct);
            await scene.VerifyAsync(ct);
            await scene.FinishAsync(ct);
        }
    }

    // How long a start takes here, to strike where it touches the database.
    private static async Task<(TimeSpan First, TimeSpan Last)> LearnAsync(Trial trial, CancellationToken ct)
    {
        await using var store = await trial.NewStoreAsync(ct);
        var ended = await Launch.Plain.RunAsync(store, Extent.BackToNormal, ct, "migrate");
        return ended.ExitCode == 0 ? (ended.Time * 0.3, ended.Time * 1.1) : throw new InvalidOperationException(ended.Error);
    }

    private static async Task StartAndKillAsync(IStore store, TimeSpan first, TimeSpan last, CancellationToken ct)
    {
        await using var process = new ApiProcess(1, store.Settings, Launch.Plain);
        process.Start();
        // On SQLite the file tells when the tables are being made: half of the kills wait for it.
        if (store is SqliteStore sqlite && Random.Shared.Next(2) == 0)
        {
            await Wait.UntilAsync(() => Task.FromResult(File.Exists(sqlite.File)), Extent.BackToNormal, "the file is there", ct);
            await Task.Delay(Random.Shared.Next(0, 60), ct);
        }
        else await Task.Delay(first + Random.Shared.NextDouble() * (last - first), ct);

        await process.KillAsync(ct);
    }
}
