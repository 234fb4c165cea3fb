using System.Diagnostics;

namespace Isa.Events.Faults.Faults;

/// <summary>SIGTERM under load: whatever had been sent by then is answered, and the process ends with 0.</summary>
internal sealed class TerminatedServer : IFault
{
    // What is sent at the very moment may meet a connection that is being closed; HTTP/1.1 knows no way around it.
    private static readonly TimeSpan Crossing = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    public string Name => "sigterm";

    public IReadOnlyList<string> Databases => Isa.Events.Faults.Databases.All;

    public async Task RunAsync(Trial trial, CancellationToken ct)
    {
        await using var scene = await Scene.SetAsync(await trial.NewStoreAsync(ct), trial.Outcome, ct);
        for (; trial.Outcome.Runs < 2 * trial.Extent.Repeats; trial.Outcome.Runs++)
        {
            await scene.NewEventAsync(ct);
            await using var crowd = scene.StartCrowd(ct);
            await scene.BusyAsync(ct);
            var held = trial.Outcome.Runs % 2 == 0 ? await scene.Store.HoldWritesAsync(ct) : null; // every second time all callers wait in the middle of a write
            await Task.Delay(300, ct);
            var signalled = Stopwatch.GetTimestamp();
            var ending = scene.Node.TerminateAsync(Limit, ct);
            await Task.Delay(700, ct);
            if (held is not null) await held.DisposeAsync();
            var (exitCode, time) = await ending;
            if (exitCode is not 0) trial.Outcome.Report(Violation.Other, exitCode is null ? $"still ran {time.TotalSeconds:0} s after SIGTERM" : $"ended with {exitCode} after SIGTERM");
            scene.Node.Start();
            await scene.RecoverAsync(signalled, ct);
            await crowd.StopAsync();

            var sent = signalled - (long)(Crossing.TotalSeconds * Stopwatch.Frequency);
            var lost = scene.Ledger.Samples.Count(s => s.SentAt < sent && s.AnsweredAt > signalled && s.Status == 0);
            if (lost > 0) trial.Outcome.Report(Violation.Other, $"{lost} requests on their way at SIGTERM were not answered");
            var waited = scene.Ledger.Samples.Count(s => s.SentAt < sent && s.AnsweredAt > signalled && s.Status != 0);
            if (held is not null && waited == 0) trial.Outcome.Report(Violation.Other, "no request was on its way at SIGTERM: the test shows nothing");
            await scene.VerifyAsync(ct);
        }

        await scene.FinishAsync(ct);
    }
}
