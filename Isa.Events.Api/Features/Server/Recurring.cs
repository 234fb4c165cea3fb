namespace Isa.Events.Api.Features.Server;

/// <summary>Does something again and again, with a pause before each time. A failure is logged, and the next time comes.</summary>
public abstract class Recurring(TimeSpan pause, TimeProvider time) : BackgroundService
{
    private CancellationToken _stopping;

    protected TimeProvider Time => time;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        _stopping = stoppingToken;
        try
        {
            while (true)
            {
                await Task.Delay(pause, time, stoppingToken); // not a timer: where the clock jumps, one time makes up for all that were missed
                try
                {
                    await DoAsync(stoppingToken);
                }
                catch (Exception e) when (!stoppingToken.IsCancellationRequested)
                {
                    OnFailure(e);
                }
            }
        }
        catch (Exception) when (stoppingToken.IsCancellationRequested)
        {
            // stopping
        }
    }

    protected abstract Task DoAsync(CancellationToken ct);

    /// <summary>Does something to each event. One that fails is logged and comes again the next time; it holds up no other.</summary>
    protected async Task EachAsync(IEnumerable<string> eventIds, Func<string, Task> work)
    {
        foreach (var id in eventIds)
        {
            try
            {
                await work(id);
            }
            catch (Exception e) when (!_stopping.IsCancellationRequested)
            {
                OnFailure(e, id);
            }
        }
    }

    protected abstract void OnFailure(Exception e, string? eventId = null);
}
