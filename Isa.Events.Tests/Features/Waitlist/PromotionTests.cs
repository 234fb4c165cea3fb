using Isa.Events.Api.Features.Partners;
using Isa.Events.Tests.Features.Delegations;

namespace Isa.Events.Tests.Features.Waitlist;

/// <summary>Who waits, and who gets what is freed.</summary>
public class PromotionTests(SharedHost host)
{
    [Fact]
    public async Task Waits_once_the_room_is_full_and_is_seated_in_turn()
    {
        var evt = await host.EventWithQueueAsync(1);
        var seated = await host.Partner.RegisteredAsync(evt);
        var first = await host.Partner.RegisteredAsync(evt);
        var second = await host.Partner.RegisteredAsync(evt);
        seated.Stands().ShouldBe("confirmed hannover");
        first.Stands().ShouldBe("waitlisted hannover queued hannover#1");
        second.Stands().ShouldBe("waitlisted hannover queued hannover#2");
        ((string)first["waitlist"]!["reason"]!).ShouldBe("siteFull");
        ((string)first["waitlist"]!["since"]!).ShouldBe("2020-09-21T08:00:00.000Z");
        (await host.CountsAsync(evt)).ShouldStartWith("hannover 1/2");

        (await host.Partner.PostAsync($"/v1/registrations/{seated["id"]}/cancel")).ShouldBe(HttpStatusCode.OK);
        (await host.Partner.NowAsync(first)).Stands().ShouldBe("confirmed hannover");
        (await host.Partner.NowAsync(second)).Stands().ShouldBe("waitlisted hannover queued hannover#1");
        (await host.CountsAsync(evt)).ShouldStartWith("hannover 1/1");
    }

    [Fact]
    public async Task Says_that_one_can_wait_where_one_can()
    {
        var evt = await host.EventWithQueueAsync(0);
        var answer = (await host.Anybody.GetAsync($"/v1/events/{evt}/availability")).Json["sites"]![0]!;
        ((string)answer["state"]!).ShouldBe("waitlist");
        ((int)answer["waiting"]!).ShouldBe(0);
        ((string)(await host.Anybody.GetAsync($"/v1/events/{await host.EventWithSeatsAsync(0)}/availability")).Json["sites"]![0]!["state"]!).ShouldBe("full");
    }

    [Fact]
    public async Task Rejects_where_that_is_asked_for_or_there_is_no_queue()
    {
        var with = await host.EventWithQueueAsync(0);
        (await host.Partner.RegisterAsync(with, Given.Person(change: p => p["whenFull"] = "reject"))).ShouldBe(HttpStatusCode.Conflict, "site-full");
        var without = await host.EventWithSeatsAsync(0);
        (await host.Partner.RegisterAsync(without, Given.Person(change: p => p["whenFull"] = "waitlist"))).ShouldBe(HttpStatusCode.Conflict, "site-full");
        (await host.CountsAsync(with)).ShouldStartWith("hannover 0/0");
    }

    [Fact]
    public async Task Attends_the_fallback_site_and_gives_its_seat_back_when_promoted()
    {
        var evt = await host.EventWithQueueAsync(1, change: e => (e["sites"]![2]!["capacity"], e["sites"]![2]!["waitlist"]) = (1, new JsonObject { ["promotion"] = "automatic" }));
        var seated = await host.Partner.RegisteredAsync(evt);
        var both = await host.Partner.RegisteredAsync(evt, whenFull: "attendSite", fallback: "zoom");
        both.Stands().ShouldBe("confirmed zoom queued hannover#1");
        (await host.Partner.RegisterAsync(evt, Given.Person(change: p => (p["whenFull"], p["fallbackSiteId"]) = ("attendSite", "zoom")))).ShouldBe(HttpStatusCode.Conflict, "site-full").Errors.ShouldBe(["fallbackSiteId site-full"]);
        var forZoom = await host.Partner.RegisteredAsync(evt, "zoom");
        forZoom.Stands().ShouldBe("waitlisted zoom queued zoom#1");

        (await host.Partner.PostAsync($"/v1/registrations/{seated["id"]}/cancel")).ShouldBe(HttpStatusCode.OK);
        (await host.Partner.NowAsync(both)).Stands().ShouldBe("confirmed hannover");
        (await host.Partner.NowAsync(forZoom)).Stands().ShouldBe("confirmed zoom"); // the seat that was left goes on in the same breath
        (await host.CountsAsync(evt)).ShouldBe("hannover 1/0 foshan 0/0 zoom 1/0");
    }

    [Theory]
    [InlineData("attendSite", null, "fallbackSiteId required")]
    [InlineData("attendSite", "hannover", "fallbackSiteId same-site")]
    [InlineData("attendSite", "nowhere", "fallbackSiteId unknown-site")]
    [InlineData("waitlist", "zoom", "fallbackSiteId expected-nothing")]
    [InlineData(null, "zoom", "fallbackSiteId expected-nothing")]
    public async Task Refuses_a_fallback_that_makes_no_sense(string? whenFull, string? fallback, string error)
    {
        var evt = await host.EventWithQueueAsync(1);
        (await host.Partner.RegisterAsync(evt, Given.Person(change: p => (p["whenFull"], p["fallbackSiteId"]) = (whenFull, fallback)))).ShouldBe((HttpStatusCode)422, "validation-failed").Errors.ShouldBe([error]);
    }

    [Fact]
    public async Task Cancelling_while_waiting_moves_those_behind_up()
    {
        var evt = await host.EventWithQueueAsync(0);
        var first = await host.Partner.RegisteredAsync(evt);
        var second = await host.Partner.RegisteredAsync(evt);
        (await host.Partner.PostAsync($"/v1/registrations/{first["id"]}/cancel")).Json.Stands().ShouldBe("cancelled hannover");
        (await host.Partner.NowAsync(second)).Stands().ShouldBe("waitlisted hannover queued hannover#1");
        (await host.CountsAsync(evt)).ShouldStartWith("hannover 0/1");
    }

    [Fact]
    public async Task A_test_registration_waits_without_a_place_and_takes_no_seat()
    {
        var evt = await host.EventWithQueueAsync(1);
        await host.Partner.RegisteredAsync(evt);
        var test = host.Caller(await host.KeyAsync(Role.Partner, "Website", isTest: true));
        (await test.RegisteredAsync(evt)).Stands().ShouldBe("waitlisted hannover");
        (await test.RegisteredAsync(evt, whenFull: "attendSite", fallback: "zoom")).Stands().ShouldBe("confirmed zoom");
        (await host.CountsAsync(evt)).ShouldBe("hannover 1/0 foshan 0/0 zoom 0/0");
    }

    [Fact]
    public async Task Who_comes_for_the_last_seats_at_once_is_seated_or_waits_and_nobody_is_lost()
    {
        var evt = await host.EventWithQueueAsync(7);
        var answers = await Task.WhenAll(Enumerable.Range(0, 40).Select(_ => host.Partner.RegisterAsync(evt)));
        answers.ShouldAllBe(a => a.Status == HttpStatusCode.Created);
        answers.Count(a => (string)a.Json["status"]! == "confirmed").ShouldBe(7);
        (await host.CountsAsync(evt)).ShouldStartWith("hannover 7/33");
        await host.IsWholeAsync();
    }

    [Theory]
    [InlineData("promoted by hand", "site-full")]
    [InlineData("lower capacity", "capacity-below-taken")]
    [InlineData("change undone", "site-full")]
    public async Task What_becomes_free_is_for_those_who_are_next_before_an_organiser_disposes_of_it_in_the_same_transaction(string how, string refusal)
    {
        await using var own = new EventsHost { Settings = { ["Email:UndoWindowMinutes"] = "5" } };
        await own.InitializeAsync();
        var evt = await own.EventWithQueueAsync(2);
        var raised = (await ChangeAsync("""{"capacity":3,"name":{"de":"Großer Saal"}}""")).ShouldBe(HttpStatusCode.OK).Json["action"]!;
        var seated = new List<JsonNode>();
        for (var i = 0; i < 3; i++) seated.Add(await own.Partner.RegisteredAsync(evt));
        var (next, last) = (await own.Partner.RegisteredAsync(evt), await own.Partner.RegisteredAsync(evt));
        var entries = (await own.Organizer.GetAsync($"/v1/events/{evt}/waitlist")).ShouldBe(HttpStatusCode.OK).Json["items"]!.AsArray();

        using var gate = new ManualResetEventSlim();
        using var entered = new ManualResetEventSlim();
        var holding = own.Database.WriteAsync(evt, _ =>
        {
            entered.Set();
            return gate.Wait(TimeSpan.FromSeconds(20));
        }, CancellationToken.None);
        entered.Wait(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken).ShouldBeTrue();
        var cancelled = own.Partner.PostAsync($"/v1/registrations/{seated[0]["id"]}/cancel");
        await WaitsAsync(1);
        var disposed = how switch
        {
            "promoted by hand" => own.Organizer.PostAsync($"/v1/events/{evt}/waitlist/{entries[1]!["entryId"]}/promote"),
            "lower capacity" => ChangeAsync("""{"capacity":2}"""),
            _ => own.Organizer.PostAsync($"/v1/events/{evt}/actions/{raised["id"]}/undo"),
        };
        await WaitsAsync(2);
        gate.Set();
        await holding;
        (await cancelled).ShouldBe(HttpStatusCode.OK);
        (await disposed).ShouldBe(HttpStatusCode.Conflict, refusal);
        (await own.Partner.NowAsync(next)).Stands().ShouldBe("confirmed hannover");
        (await own.Partner.NowAsync(last)).Stands().ShouldBe("waitlisted hannover queued hannover#1");
        (await own.CountsAsync(evt)).ShouldStartWith("hannover 3/1");
        await own.IsWholeAsync();

        Task<Answer> ChangeAsync(string patch) => own.Organizer.PatchAsync($"/v1/events/{evt}/sites/hannover", patch, ("If-Match", "*"));

        async Task WaitsAsync(int works)
        {
            for (var i = 0; i < 1000 && own.Database.Waiting < works; i++) await Task.Delay(10);
            own.Database.Waiting.ShouldBe(works);
        }
    }

    [Fact]
    public async Task A_party_that_the_site_has_become_too_small_for_holds_no_seats_and_keeps_its_place()
    {
        var evt = await host.EventWithQueueAsync(4);
        var seated = new List<JsonNode>();
        for (var i = 0; i < 4; i++) seated.Add(await host.Partner.RegisteredAsync(evt));
        var party = await host.DelegationAsync(evt, 3);
        var next = await host.Partner.RegisteredAsync(evt);
        foreach (var registration in seated.Take(2)) (await host.Partner.PostAsync($"/v1/registrations/{registration["id"]}/cancel")).ShouldBe(HttpStatusCode.OK);
        (await host.Partner.NowAsync(next)).Stands().ShouldBe("waitlisted hannover queued hannover#2"); // two seats are held for three
        await ResizeAsync(3);
        (await host.Partner.NowAsync(next)).Stands().ShouldBe("waitlisted hannover queued hannover#2"); // one, and three may come yet
        (await host.Partner.PostAsync($"/v1/registrations/{seated[2]["id"]}/cancel")).ShouldBe(HttpStatusCode.OK);
        await ResizeAsync(2);
        (await host.Partner.NowAsync(next)).Stands().ShouldBe("confirmed hannover");
        (await host.CountsAsync(evt)).ShouldStartWith("hannover 2/1");
        var waits = await host.Partner.NowAsync(party.Members().First());
        (waits.Stands(), (string)waits["waitlist"]!["reason"]!).ShouldBe(("waitlisted hannover queued hannover#1", "siteFull"));

        (await host.Partner.PostAsync($"/v1/registrations/{next["id"]}/cancel")).ShouldBe(HttpStatusCode.OK);
        (await host.Partner.RegisteredAsync(evt, whenFull: "reject")).Stands().ShouldBe("confirmed hannover"); // a newcomer is not kept out either
        await ResizeAsync(5);
        (await host.Partner.NowAsync(party.Members().First())).Stands().ShouldBe("confirmed hannover");
        await host.IsWholeAsync();

        async Task ResizeAsync(int capacity) => (await host.Organizer.PatchAsync($"/v1/events/{evt}/sites/hannover", $$"""{"capacity":{{capacity}}}""", ("If-Match", "*"))).ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task After_the_queue_has_closed_seats_go_to_whoever_asks()
    {
        await using var own = new EventsHost();
        await own.InitializeAsync();
        var evt = await own.EventWithQueueAsync(1, change: e => e["registrationCloses"] = null);
        var seated = await own.Partner.RegisteredAsync(evt);
        var waits = await own.Partner.RegisteredAsync(evt);
        own.Time.SetUtcNow(new(2020, 10, 15, 19, 0, 0, TimeSpan.Zero)); // 12 hours before the start
        (await own.Partner.RegisterAsync(evt)).ShouldBe(HttpStatusCode.Conflict, "site-full");
        (await own.Partner.PostAsync($"/v1/registrations/{seated["id"]}/cancel")).ShouldBe(HttpStatusCode.OK);
        ((string)(await own.Partner.NowAsync(waits))["waitlist"]!["reason"]!).ShouldBe("queueClosed");
        (await own.Partner.RegisteredAsync(evt)).Stands().ShouldBe("confirmed hannover");
        (await own.CountsAsync(evt)).ShouldStartWith("hannover 1/1");
        await own.IsWholeAsync();
    }

    [Fact]
    public async Task Who_waits_has_no_calendar_entry_and_a_page_that_says_so()
    {
        var evt = await host.EventWithQueueAsync(0);
        var waits = await host.Partner.RegisteredAsync(evt);
        (await host.Anybody.GetAsync(waits.PathOf("invite"))).ShouldBe(HttpStatusCode.Conflict, "not-confirmed");
        var page = (await host.Anybody.GetAsync(waits.PathOf("manage"))).ShouldBe(HttpStatusCode.OK).Text;
        page.ShouldContain("der Warteliste");
        page.ShouldNotContain("invite.ics");
        (await host.Organizer.PatchAsync($"/v1/events/{evt}/sites/hannover", """{"capacity":1}""", ("If-Match", "*"))).ShouldBe(HttpStatusCode.OK);
        (await host.Anybody.GetAsync(waits.PathOf("invite"))).ShouldBe(HttpStatusCode.OK).Text.ShouldContain("METHOD:REQUEST");
        (await host.Anybody.GetAsync(waits.PathOf("manage"))).Text.ShouldContain("invite.ics");
    }
}
