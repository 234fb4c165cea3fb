using Isa.Events.Faults.Servers;

namespace Isa.Events.Faults.Faults;

/// <summary>What shows that a fault has reached the writes.</summary>
internal static class Refusals
{
    /// <summary>Waits until writes are answered 503, which is a violation of the test itself where it does not happen.</summary>
    /// <param name="scene">With callers.</param>
    /// <param name="since">When the fault began.</param>
    /// <param name="ct">Gives up.</param>
    public static async Task WaitAsync(Scene scene, long since, CancellationToken ct)
    {
        try
        {
            await Wait.UntilAsync(() => Task.FromResult(scene.Ledger.Samples.Count(s => s.SentAt > since && s.Status == 503) >= 10), TimeSpan.FromSeconds(20), "writes are refused", ct);
        }
        catch (TimeoutException)
        {
            scene.Outcome.Report(Violation.Other, "the fault reached no write within 20 s");
        }
    }
}
