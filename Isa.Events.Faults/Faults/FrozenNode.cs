using System.Diagnostics;
using Isa.Events.Faults.Servers;

namespace Isa.Events.Faults.Faults;

/// <summary>
/// One of three processes stands still (SIGSTOP) in the middle of a transaction, with its row locks, and goes on much later. The others are held up for five
/// seconds at most, and what the woken one still believes does no harm.
/// </summary>
internal sealed class FrozenNode : IFault
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(5);

    public string Name => "frozen-node";

    public IReadOnlyList<string> Databases => [Isa.Events.Faults.Databases.Postgres];

    public async Task RunAsync(Trial trial, CancellationToken ct)
    {
        await using var scene = await Scene.SetAsync(await trial.NewStoreAsync(ct), trial.Outcome, ct, nodes: 3);
        for (; trial.Outcome.Runs < trial.Extent.Repeats; trial.Outcome.Runs++)
        {
            await scene.NewEventAsync(ct);
            await using var crowd = scene.StartCrowd(ct, caller => scene.Nodes[caller % scene.Nodes.Count]); // who asks the frozen one waits for it, and for no other
            await scene.BusyAsync(ct);
            var frozen = scene.Nodes[trial.Outcome.Runs % scene.Nodes.Count];
            var from = await FreezeAsync(scene, frozen, ct);
            await Task.Delay(trial.Extent.Stop, ct);
            var woken = Stopwatch.GetTimestamp();
            frozen.Wake();
            await scene.RecoverAsync(woken, ct);
            await crowd.StopAsync();

            var others = scene.Ledger.Samples.Where(s => s.Node != frozen.Number && s.AnsweredAt > from && s.SentAt < woken).ToList();
            var longest = others.Select(s => s.Time).DefaultIfEmpty().Max();
            trial.Outcome.Note($"others waited {longest.TotalSeconds:0.0} s at most");
            if (longest > Limit + TimeSpan.FromSeconds(0.5)) trial.Outcome.Report(Violation.Other, $"a process that stood still held up others for {longest.TotalSeconds:0.0} s");
            if (!others.Any(s => s.SentAt > from && s.Status == 201)) trial.Outcome.Report(Violation.Other, "the others took no registration while one stood still");
            await scene.VerifyAsync(ct);
        }

        await scene.FinishAsync(ct);
    }

    // Tried until it stands in a transaction: anywhere else it holds nobody up, and that shows nothing.
    private static async Task<long> FreezeAsync(Scene scene, ApiProcess node, CancellationToken ct)
    {
        var primary = ((PostgresStore)scene.Store).Primary;
        for (var attempt = 0; ; attempt++)
        {
            var from = Stopwatch.GetTimestamp();
            node.Freeze();
            await Task.Delay(50, ct); // what it had sent is done by then, and the transaction waits for it
            if (await primary.IsInTransactionAsync(Scene.NameOf(node.Number), ct)) return from;
            if (attempt == 300)
            {
                scene.Outcome.Report(Violation.Other, "the process never stood still in the middle of a transaction");
                return from;
            }

            node.Wake();
            await Task.Delay(Random.Shared.Next(1, 30), ct);
        }
    }
}
