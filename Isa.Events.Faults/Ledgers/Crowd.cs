using Isa.Events.Faults.Servers;

namespace Isa.Events.Faults.Ledgers;

/// <summary>
/// Callers who register people all the time, each waiting for its answer: for a room with few seats, for a site without limit, sometimes the same person twice
/// at once; and who cancel some of them again, so that seats become free and are fought for until the end.
/// </summary>
public sealed class Crowd : IAsyncDisposable
{
    public const int Callers = 16;
    private readonly Ledger _ledger;
    private readonly string _eventId;
    private readonly Func<int, ApiProcess> _pick;
    private readonly CancellationTokenSource _enough = new();
    private readonly Task[] _callers;

    /// <param name="ledger">Where everything is written down.</param>
    /// <param name="eventId">The event with the sites <see cref="Scene.Room"/> and <see cref="Scene.Zoom"/>.</param>
    /// <param name="pick">Gives the process that a caller asks next, by the caller's number.</param>
    /// <param name="ct">Gives up.</param>
    public Crowd(Ledger ledger, string eventId, Func<int, ApiProcess> pick, CancellationToken ct)
    {
        (_ledger, _eventId, _pick) = (ledger, eventId, pick);
        _callers = [.. Enumerable.Range(0, Callers).Select(number => Task.Run(() => CallAsync(number, ct), ct))];
    }

    /// <summary>No more requests; those on their way get their answers.</summary>
    public async Task StopAsync()
    {
        await _enough.CancelAsync();
        await Task.WhenAll(_callers);
    }

    public async ValueTask DisposeAsync()
    {
        await _enough.CancelAsync();
        await Task.WhenAll(_callers).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _enough.Dispose();
    }

    private async Task CallAsync(int number, CancellationToken ct)
    {
        var mine = new List<Entry>();
        while (!_enough.IsCancellationRequested)
        {
            switch (Random.Shared.Next(100))
            {
                case < 20 when mine.Count > 0:
                    var at = Random.Shared.Next(mine.Count);
                    var leaving = mine[at];
                    mine.RemoveAt(at);
                    await PatientlyAsync(() => _ledger.CancelAsync(leaving, _pick(number), ct), ct);
                    break;
                case < 25:
                    var one = _ledger.Begin(_eventId, Scene.Zoom);
                    var other = _ledger.Begin(_eventId, Scene.Room, one.Email);
                    await Task.WhenAll(RegisterAsync(one), RegisterAsync(other));
                    break;
                case < 55:
                    await RegisterAsync(_ledger.Begin(_eventId, Scene.Room));
                    break;
                default:
                    await RegisterAsync(_ledger.Begin(_eventId, Scene.Zoom));
                    break;
            }

            await Task.Delay(Random.Shared.Next(8), ct);
        }

        async Task RegisterAsync(Entry entry)
        {
            await PatientlyAsync(() => _ledger.RegisterAsync(entry, _pick(number), ct), ct);
            if (entry.Id is not null)
            {
                lock (mine) mine.Add(entry);
            }
        }
    }

    // Half of the callers without an answer ask again at once, as programs do; the others are asked for after the fault.
    private async Task PatientlyAsync(Func<Task<Answer?>> ask, CancellationToken ct)
    {
        while (await ask() is null or { IsForLater: true } && !_enough.IsCancellationRequested)
        {
            await Task.Delay(Random.Shared.Next(50, 150), ct);
            if (Random.Shared.Next(2) == 0) return;
        }
    }
}
