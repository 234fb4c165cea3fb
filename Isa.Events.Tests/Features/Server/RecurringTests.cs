using Isa.Events.Api.Features.Server;
using Microsoft.Extensions.Time.Testing;

namespace Isa.Events.Tests.Features.Server;

public class RecurringTests
{
    [Fact]
    public async Task A_call_that_is_given_up_ends_neither_the_others_nor_the_next_time()
    {
        var time = new FakeTimeProvider();
        using var work = new Faltering(time);
        await work.StartAsync(CancellationToken.None);
        while (!work.Again.Task.IsCompleted && !work.ExecuteTask!.IsCompleted)
        {
            time.Advance(TimeSpan.FromHours(1));
            await Task.WhenAny(work.Again.Task, Task.Delay(10, TestContext.Current.CancellationToken));
        }

        work.Done.Take(4).ShouldBe(["one gave up", "two", " gave up", "again"]);
        await work.StopAsync(CancellationToken.None);
        work.ExecuteTask!.IsCompletedSuccessfully.ShouldBeTrue();
    }

    [Fact]
    public async Task Whatever_breaks_off_while_it_stops_is_no_failure()
    {
        var time = new FakeTimeProvider();
        using var work = new Stopped(time);
        await work.StartAsync(CancellationToken.None);
        while (!work.Began.Task.IsCompleted)
        {
            time.Advance(TimeSpan.FromHours(1));
            await Task.WhenAny(work.Began.Task, Task.Delay(10, TestContext.Current.CancellationToken));
        }

        await work.StopAsync(CancellationToken.None);
        work.ExecuteTask!.IsCompletedSuccessfully.ShouldBeTrue();
        work.Failures.ShouldBe(0);
    }

    private sealed class Faltering(TimeProvider time) : Recurring(TimeSpan.FromHours(1), time)
    {
        private int _times;

        public List<string> Done { get; } = [];

        public TaskCompletionSource Again { get; } = new();

        protected override async Task DoAsync(CancellationToken ct)
        {
            if (_times++ > 0)
            {
                Done.Add("again");
                Again.TrySetResult();
                return;
            }

            await EachAsync(["one", "two"], id =>
            {
                if (id == "one") throw new TaskCanceledException();
                Done.Add(id);
                return Task.CompletedTask;
            });
            throw new TaskCanceledException();
        }

        protected override void OnFailure(Exception e, string? eventId = null) => Done.Add($"{eventId} gave up");
    }

    private sealed class Stopped(TimeProvider time) : Recurring(TimeSpan.FromHours(1), time)
    {
        public int Failures { get; private set; }

        public TaskCompletionSource Began { get; } = new();

        protected override async Task DoAsync(CancellationToken ct)
        {
            Began.TrySetResult();
            await Task.Delay(Timeout.Infinite, ct).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            throw new InvalidOperationException("broken off");
        }

        protected override void OnFailure(Exception e, string? eventId = null) => Failures++;
    }
}
