using Isa.Events.Api.Features.Notices;
using Isa.Events.Api.Features.Waitlist;
using Isa.Events.Tests.Features.Delegations;
using Microsoft.Extensions.DependencyInjection;

namespace Isa.Events.Tests.Features.Waitlist;

/// <summary>What runs out while an event is off or over: an offer, a place without a name, a no from a calendar.</summary>
public sealed class ExpiryTests : IAsyncLifetime
{
    private Replying _replying = null!;

    private EventsHost Host => _replying.Host;

    public async ValueTask InitializeAsync() => _replying = await Replying.StartAsync(("Email:UndoWindowMinutes", "5"));

    public ValueTask DisposeAsync() => _replying.DisposeAsync();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_runs_out_while_the_event_is_off_stays_as_it_is_and_is_caught_up_on_once_that_is_undone(bool undoes)
    {
        var evt = await Host.EventWithQueueAsync(1, "offer", e => e["rules"] = new JsonObject { ["reminders"] = new JsonArray() });
        var (seated, offered, declining) = (await _replying.InvitedAsync(evt), await Host.Partner.RegisteredAsync(evt), await _replying.InvitedAsync(evt, "zoom"));
        var party = await Host.DelegationAsync(evt, 0, d => (d["siteId"], d["namesDueBy"], d["members"]) = ("foshan", "P2D", new JsonArray(new JsonObject { ["nameFollows"] = true })));
        var due = DateTimeOffset.Parse((string)party["namesDueAt"]!, null);
        Host.Time.SetUtcNow(due.AddHours(-24));
        (await Host.Partner.PostAsync($"/v1/registrations/{seated.Id}/cancel")).ShouldBe(HttpStatusCode.OK);
        Host.Time.SetUtcNow(due.AddMinutes(-30));
        (await _replying.OutcomeAsync(declining.Reply("DECLINED"))).ShouldBe("applied");
        await Host.SendAsync();
        string[] before = ["waitlisted hannover offered hannover", "confirmed zoom", "confirmed foshan"];
        (await StandAsync()).ShouldBe(before);

        Host.Time.SetUtcNow(due.AddMinutes(-2));
        var action = (await Host.Organizer.PostAsync($"/v1/events/{evt}/cancel", null, ("If-Match", "*"))).ShouldBe(HttpStatusCode.OK).Json["action"]!;
        Host.Time.SetUtcNow(due.AddMinutes(2));
        await PassAsync();
        (await DueAsync()).ShouldNotContain(evt);
        (await StandAsync()).ShouldBe(before);
        if (undoes)
        {
            (await Host.Organizer.PostAsync($"/v1/events/{evt}/actions/{action["id"]}/undo")).ShouldBe(HttpStatusCode.OK);
            await PassAsync();
            (await StandAsync()).ShouldBe(["cancelled hannover", "cancelled zoom", "cancelled foshan"]);
            (await Host.SendAsync()).Select(m => m.To).ShouldBe([(string)offered["email"]!, declining.Email, (string)party["contact"]!["email"]!], ignoreOrder: true);
        }
        else
        {
            Host.Time.SetUtcNow(due.AddMinutes(10));
            await PassAsync();
            (await Host.SendAsync()).Select(m => $"{m.To} {m.Calendar?.Method}").ShouldBe([$"{offered["email"]} ", $"{declining.Email} CANCEL", $"{party["contact"]!["email"]} "], ignoreOrder: true);
            (await StandAsync()).ShouldBe(before);
        }

        Host.Time.Advance(TimeSpan.FromDays(30));
        await PassAsync();
        (await Host.SendAsync()).ShouldBeEmpty();
        (await DueAsync()).ShouldNotContain(evt);
        await Host.IsWholeAsync();

        async Task<string[]> StandAsync() => [(await Host.Partner.NowAsync(offered)).Stands(), (await Host.Partner.NowAsync(declining.Registration)).Stands(), .. await Host.StandsAsync(party)];
    }

    [Fact]
    public async Task Whoever_says_no_is_neither_reminded_nor_thanked_and_hears_no_more_once_the_event_is_over()
    {
        var evt = await Host.EventAsync(e => e["rules"] = new JsonObject { ["reminders"] = new JsonArray(new JsonObject { ["before"] = "P1D" }), ["thankYouAfter"] = "PT10M" });
        var starts = DateTimeOffset.Parse("2020-10-16T07:00:00Z", null);
        var (comes, early, late) = (await _replying.InvitedAsync(evt), await _replying.InvitedAsync(evt), await _replying.InvitedAsync(evt));
        Host.Time.SetUtcNow(starts.AddDays(-1).AddMinutes(-10));
        (await _replying.OutcomeAsync(early.Reply("DECLINED"))).ShouldBe("applied");
        (await Host.SendOneAsync()).To.ShouldBe(early.Email);
        (await AtAsync(starts.AddDays(-1))).Select(m => m.To).ShouldBe([comes.Email, late.Email], ignoreOrder: true);
        (await AtAsync(starts.AddDays(-1).AddMinutes(20))).ShouldHaveSingleItem().Invite.ShouldStartWith("CANCEL");

        Host.Time.SetUtcNow(starts.AddMinutes(115));
        (await _replying.OutcomeAsync(late.Reply("DECLINED"))).ShouldBe("applied");
        (await Host.SendOneAsync()).To.ShouldBe(late.Email);
        (await AtAsync(starts.AddMinutes(130))).ShouldHaveSingleItem().To.ShouldBe(comes.Email);
        (await AtAsync(starts.AddMinutes(145))).ShouldBeEmpty();
        var ended = await Host.Partner.NowAsync(late.Registration);
        ((string?)ended["status"], (string?)ended["endReason"], ended["declineTakesEffectAt"]).ShouldBe(("cancelled", "declinedInCalendar", null));
        (await DueAsync()).ShouldNotContain(evt);
        await Host.IsWholeAsync();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_no_to_an_event_that_is_off_counts_where_that_is_undone(bool undoes)
    {
        var evt = await Host.EventAsync();
        var (person, tardy) = (await _replying.InvitedAsync(evt), await _replying.InvitedAsync(evt));
        var action = (await Host.Organizer.PostAsync($"/v1/events/{evt}/cancel", null, ("If-Match", "*"))).ShouldBe(HttpStatusCode.OK).Json["action"]!;
        Host.Time.Advance(TimeSpan.FromMinutes(1));
        (await _replying.OutcomeAsync(person.Reply("DECLINED"))).ShouldBe("applied");
        (await Host.SendAsync()).ShouldBeEmpty();
        var effect = (await Host.Partner.NowAsync(person.Registration))["declineTakesEffectAt"]!.GetValue<DateTimeOffset>();
        effect.ShouldBe(((DateTimeOffset)action["undoableUntil"]!).AddMinutes(30));
        Host.Time.Advance(TimeSpan.FromMinutes(undoes ? 2 : 4));
        if (undoes)
        {
            (await Host.Organizer.PostAsync($"/v1/events/{evt}/actions/{action["id"]}/undo")).ShouldBe(HttpStatusCode.OK);
            var mail = await Host.SendOneAsync();
            (mail.To, mail.Subject.StartsWith("Ihre Absage aus dem Kalender", StringComparison.Ordinal)).ShouldBe((person.Email, true));
        }
        else
        {
            (await _replying.OutcomeAsync(tardy.Reply("DECLINED"))).ShouldBe("ignored eventCancelled");
            (await Host.SendAsync()).Select(m => $"{m.To} {m.Calendar?.Method}").ShouldBe([$"{person.Email} CANCEL", $"{tardy.Email} CANCEL"], ignoreOrder: true);
        }

        Host.Time.SetUtcNow(effect);
        await PassAsync();
        (await Host.Partner.NowAsync(person.Registration)).Stands().ShouldBe(undoes ? "cancelled hannover" : "confirmed hannover");
        (await Host.SendAsync()).Select(m => $"{m.To} {m.Calendar?.Method}").ShouldBe(undoes ? [$"{person.Email} CANCEL"] : []);
    }

    private Task PassAsync() => Host.Services.GetRequiredService<Timekeeper>().RunAsync(CancellationToken.None);

    private Task<HashSet<string>> DueAsync() => Host.Database.ReadAsync(session => Expiry.Due(session, Host.Time.GetUtcNow()), CancellationToken.None);

    /// <summary>Lets it be an instant, and gives what leaves then.</summary>
    private async Task<List<Mailed>> AtAsync(DateTimeOffset instant)
    {
        Host.Time.SetUtcNow(instant);
        await PassAsync();
        await Host.Services.GetRequiredService<NoticeTeller>().RunAsync(CancellationToken.None);
        return await Host.SendAsync();
    }
}
