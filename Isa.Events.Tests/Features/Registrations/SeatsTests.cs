namespace Isa.Events.Tests.Features.Registrations;

/// <summary>A seat is sold once, whoever comes at the same time.</summary>
public class SeatsTests(SharedHost host)
{
    [Fact]
    public async Task Ten_seats_and_two_hundred_callers_give_exactly_ten_registrations()
    {
        var evt = await host.EventWithSeatsAsync(10);
        var answers = await Task.WhenAll(Enumerable.Range(0, 200).Select(_ => Task.Run(() => host.Partner.RegisterAsync(evt))));
        answers.Count(a => a.Status == HttpStatusCode.Created).ShouldBe(10);
        foreach (var refused in answers.Where(a => a.Status != HttpStatusCode.Created)) refused.ShouldBe(HttpStatusCode.Conflict, "site-full");
        await CountsAgree(evt, 10);
    }

    /// <summary>The canary: the same crowd, with a look instead of a taking. If this sold no seat twice, the test above would prove nothing.</summary>
    [Fact]
    public async Task Without_the_check_under_the_lock_the_same_crowd_sells_seats_twice()
    {
        await using var own = new EventsHost(); // what it leaves behind is broken, and others look at all that is stored
        await own.InitializeAsync();
        var evt = await own.EventWithSeatsAsync(10);
        var sold = 0;
        await Task.WhenAll(Enumerable.Range(0, 200).Select(_ => Task.Run(async () =>
        {
            var free = await own.Database.ReadAsync(session => session.One<long>("SELECT capacity - seats_taken FROM sites WHERE event_id = @EventId AND id = 'hannover'", new { EventId = evt }), CancellationToken.None);
            if (free <= 0) return;
            await Task.Yield();
            try
            {
                await own.Database.WriteAsync(evt, session =>
                {
                    session.Execute("UPDATE sites SET seats_taken = seats_taken + 1 WHERE event_id = @EventId AND id = 'hannover'", new { EventId = evt });
                    return true;
                }, CancellationToken.None);
                Interlocked.Increment(ref sold);
            }
            catch (Exception e) when (e.ToString().Contains("check constraint", StringComparison.OrdinalIgnoreCase))
            {
                Interlocked.Increment(ref sold); // the table's last line of defence: the look had promised a seat that was gone
            }
        })));
        sold.ShouldBeGreaterThan(10);
    }

    [Fact]
    public async Task Cancelling_and_registering_at_once_keep_the_counter_right()
    {
        var evt = await host.EventWithSeatsAsync(5);
        await Task.WhenAll(Enumerable.Range(0, 40).Select(async n =>
        {
            for (var i = 0; i < 5; i++)
            {
                var made = await host.Partner.RegisterAsync(evt);
                if (made.Status == HttpStatusCode.Created && (n + i) % 3 != 0) (await host.Partner.PostAsync($"/v1/registrations/{made.Json["id"]}/cancel")).ShouldBe(HttpStatusCode.OK);
            }
        }));
        await CountsAgree(evt, null);
    }

    [Fact]
    public async Task One_address_that_comes_twice_at_once_is_registered_once()
    {
        var evt = await host.EventAsync();
        var answers = await Task.WhenAll(Enumerable.Range(0, 30).Select(n => Task.Run(() => host.Partner.RegisterAsync(evt, Given.Person(n % 2 == 0 ? "Same@Example.org" : "same@example.ORG", "zoom")))));
        answers.Count(a => a.Status == HttpStatusCode.Created).ShouldBe(1);
        foreach (var refused in answers.Where(a => a.Status != HttpStatusCode.Created)) refused.ShouldBe(HttpStatusCode.Conflict, "already-registered");
    }

    private async Task CountsAgree(string evt, long? expected)
    {
        var (taken, rows) = await host.Database.ReadAsync(session => (
            session.One<long>("SELECT seats_taken FROM sites WHERE event_id = @EventId AND id = 'hannover'", new { EventId = evt }),
            session.One<long>("SELECT COUNT(*) FROM registrations WHERE event_id = @EventId AND site_id = 'hannover' AND status = 'confirmed'", new { EventId = evt })), CancellationToken.None);
        taken.ShouldBe(rows);
        taken.ShouldBeLessThanOrEqualTo(10);
        if (expected is { } number) taken.ShouldBe(number);
    }
}
