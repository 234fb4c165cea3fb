using Dapper;
using Isa.Events.Faults.Servers;

namespace Isa.Events.Faults.Faults;

/// <summary>An older program on tables that a newer one has made: it refuses to start in one line and changes nothing.</summary>
internal sealed class NewerTables : IFault
{
    private const long Newer = 9999;

    public string Name => "newer-tables";

    public IReadOnlyList<string> Databases => Isa.Events.Faults.Databases.All;

    public async Task RunAsync(Trial trial, CancellationToken ct)
    {
        await using var scene = await Scene.SetAsync(await trial.NewStoreAsync(ct), trial.Outcome, ct);
        await scene.NewEventAsync(ct);
        await using (var crowd = scene.StartCrowd(ct))
        {
            await scene.BusyAsync(ct);
            await crowd.StopAsync();
        }

        await scene.Node.TerminateAsync(Extent.BackToNormal, ct);
        Execute(scene.Store, "INSERT INTO migrations (version, name) VALUES (@Newer, 'newer')");
        foreach (var command in new[] { "serve", "migrate" })
        {
            trial.Outcome.Runs++;
            var ended = await Launch.Plain.RunAsync(scene.Store, TimeSpan.FromSeconds(20), ct, command, "--urls", "http://127.0.0.1:0");
            if (ended.RefusalFault("version 9999") is { } fault) trial.Outcome.Report(Violation.Other, $"on newer tables '{command}' {fault}");
        }

        Execute(scene.Store, "DELETE FROM migrations WHERE version = @Newer");
        scene.Node.Start();
        await scene.Node.ReadyAsync(ct);
        await scene.VerifyAsync(ct);
        await scene.FinishAsync(ct);
    }

    private static void Execute(IStore store, string sql)
    {
        using var connection = store.Open();
        connection.Execute(sql, new { Newer });
    }
}
