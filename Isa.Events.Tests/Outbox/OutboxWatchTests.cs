using Isa.Events.Api.Outbox;
using Microsoft.Extensions.DependencyInjection;

namespace Isa.Events.Tests.Outbox;

public class OutboxWatchTests
{
    [Fact]
    public async Task How_the_outbox_stands_is_told_without_a_look_at_all_that_was_sent()
    {
        await using var host = await Mail.HostAsync();
        await host.Partner.RegisteredAsync(await host.EventAsync());
        host.Time.Advance(TimeSpan.FromMinutes(90));
        host.Services.GetRequiredService<OutboxWatch>().Age().Single().Value.ShouldBe(5400);

        (await host.OutboxPlanAsync(OutboxWatch.OldestOnly)).ShouldHaveSingleItem().ShouldContain("outbox_due");
        var all = await host.OutboxPlanAsync(OutboxWatch.Figures);
        all.Count.ShouldBe(3);
        all.Where(step => step.Contains("outbox_due", StringComparison.Ordinal)).Count().ShouldBe(2);
        all.Where(step => step.Contains("outbox_failed", StringComparison.Ordinal)).ShouldHaveSingleItem();
    }
}
