using System.Diagnostics;
using Isa.Events.Api.Telemetry;

namespace Isa.Events.Api.Database;

/// <summary>What one caller wants done, and the caller's answer.</summary>
internal abstract class Work(IReadOnlyList<Ahead> ahead)
{
    /// <summary>What it will ask for.</summary>
    public IReadOnlyList<Ahead> Ahead { get; } = ahead;

    /// <summary>When it came (<see cref="Stopwatch"/>).</summary>
    public long Arrived { get; } = Stopwatch.GetTimestamp();

    /// <summary>The span of the request it came with, where somebody traces.</summary>
    public ActivityContext Caller { get; } = Measures.Spans.HasListeners() && Activity.Current is { } span ? span.Context : default;

    /// <summary>Whether nobody waits for it any more.</summary>
    public abstract bool GivenUp();

    /// <exception cref="Exception">The work refused or failed.</exception>
    public abstract void Run(WriteSession session);

    /// <summary>Notes why this work, and no other, was undone.</summary>
    public abstract void Refuse(Exception reason);

    /// <summary>Answers the caller: the transaction is on disk.</summary>
    public abstract void Complete();

    /// <summary>Answers the caller: nothing is stored.</summary>
    public abstract void Fail(Exception reason);
}

internal sealed class Work<T>(Func<WriteSession, T> run, IReadOnlyList<Ahead> ahead, CancellationToken ct) : Work(ahead)
{
    // Callers go on elsewhere: nothing of theirs may run on the writer thread.
    private readonly TaskCompletionSource<T> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private T? _result;
    private Exception? _refusal;

    public Task<T> Answer => _answer.Task;

    public override bool GivenUp() => ct.IsCancellationRequested && _answer.TrySetCanceled(ct);

    public override void Run(WriteSession session) => (_result, _refusal) = (run(session), null);

    public override void Refuse(Exception reason) => (_result, _refusal) = (default, reason);

    public override void Complete()
    {
        if (_refusal is null) _answer.TrySetResult(_result!);
        else _answer.TrySetException(_refusal);
    }

    public override void Fail(Exception reason) => _answer.TrySetException(reason);
}
