using System.Diagnostics;

namespace Isa.Events.Faults.Faults;

/// <summary>
/// Two and three processes on one database, and callers who ask any of them: the last seats, cancellations elsewhere, and an event that is called off at one
/// process while the others register people. Nobody may be registered by a request that was sent after the event's cancellation was answered.
/// </summary>
internal sealed class ManyNodes : IFault
{
    public string Name => "many-nodes";

    public IReadOnlyList<string> Databases => [Isa.Events.Faults.Databases.Postgres];

    public async Task RunAsync(Trial trial, CancellationToken ct)
    {
        foreach (var nodes in new[] { 2, 3 })
        {
            await using var scene = await Scene.SetAsync(await trial.NewStoreAsync(ct), trial.Outcome, ct, nodes: nodes);
            for (var round = 0; round < 2 * trial.Extent.Repeats; round++, trial.Outcome.Runs++) await CallOffAsync(scene, round, ct);
            await scene.FinishAsync(ct);
        }
    }

    private static async Task CallOffAsync(Scene scene, int round, CancellationToken ct)
    {
        await scene.NewEventAsync(ct);
        await using var crowd = scene.StartCrowd(ct);
        await scene.BusyAsync(ct);
        var answer = await scene.Ledger.SendAsync(HttpMethod.Post, $"/v1/events/{scene.EventId}/cancel", scene.Nodes[round % scene.Nodes.Count], ct);
        var calledOff = Stopwatch.GetTimestamp();
        if (answer is not { IsSuccess: true }) scene.Outcome.Report(Violation.Other, $"cancelling an event was answered {answer}");
        await Task.Delay(700, ct); // longer than any process believes what it read
        await crowd.StopAsync();

        var late = scene.Ledger.Of(scene.EventId).Count(e => e.Id is not null && e.FirstSentAt > calledOff);
        if (late > 0) scene.Outcome.Report(Violation.Other, $"{late} people were registered after the event's cancellation had been answered");
        if (!scene.Ledger.Of(scene.EventId).Any(e => e.Registration is { Code: "event-cancelled" })) scene.Outcome.Report(Violation.Other, "nobody was refused after the cancellation: the test shows nothing");
        await scene.VerifyAsync(ct);
    }
}
