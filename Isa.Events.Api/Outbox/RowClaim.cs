using System.Diagnostics;

namespace Isa.Events.Api.Outbox;

/// <summary>Rows that a process has taken for a while. Each claim has a number of its own, so that a late write of an earlier one changes nothing.</summary>
public sealed class RowClaim(TimeProvider time, TimeSpan duration)
{
    private readonly long _began = Stopwatch.GetTimestamp();

    public string Id { get; } = Guid.NewGuid().ToString("N");

    /// <summary>When another process may take them.</summary>
    public DateTimeOffset Until { get; } = time.GetUtcNow() + duration;

    /// <summary>Whether something that takes this long can still be begun. By two clocks: one stands still in a machine that sleeps, the other may be set back.</summary>
    public bool HasTimeFor(TimeSpan work) => Stopwatch.GetElapsedTime(_began) + work < duration && time.GetUtcNow() + work < Until;
}
