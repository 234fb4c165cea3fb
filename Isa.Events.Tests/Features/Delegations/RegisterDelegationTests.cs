using Isa.Events.Api.Features.Waitlist;
using Microsoft.Extensions.DependencyInjection;

namespace Isa.Events.Tests.Features.Delegations;

public class RegisterDelegationTests(SharedHost host)
{
    private const string Mails = "SELECT kind FROM outbox WHERE event_id = @Id AND delegation_id = @Delegation ORDER BY due_at, id";

    [Fact]
    public async Task Gives_each_member_a_registration_and_the_contact_all_of_them()
    {
        var evt = await host.EventWithQueueAsync(5);
        var made = (await host.Partner.PostAsync($"/v1/events/{evt}/delegations", Party.Of(2, d =>
        {
            (d["externalId"], d["organisation"], d["city"]) = ("foshan", "佛山市商务局", "Foshan");
            d["members"]!.AsArray().Add(new JsonObject { ["fullName"] = "李娜", ["siteId"] = "zoom", ["organisation"] = "佛山大学", ["language"] = "en" });
        }))).ShouldBe(HttpStatusCode.Created);
        var delegation = made.Json;
        made.Header("Location").ShouldBe((string)delegation["links"]!["self"]!);
        delegation.Members().Select(m => $"{m.Stands()} {m["language"]} {m["organisation"]} {m["city"]}").ShouldBe(["confirmed hannover zh 佛山市商务局 Foshan", "confirmed hannover zh 佛山市商务局 Foshan", "confirmed zoom en 佛山大学 Foshan"]);
        delegation.Members().ShouldAllBe(m => (string)m["delegationId"]! == (string)delegation["id"]! && m["links"]!["manage"] != null);
        ((string)delegation["contact"]!["email"]!, delegation["leftOut"]).ShouldBe(("wang.fang@example.org", null));
        (await host.CountsAsync(evt)).ShouldBe("hannover 2/0 foshan 0/0 zoom 1/0");

        foreach (var answer in new[] { await host.Partner.GetAsync(delegation.PathOf("self")), await host.Organizer.GetAsync(delegation.PathOf("self")), await host.Anybody.GetAsync(Party.ApiPathOf(delegation)) })
            answer.ShouldBe(HttpStatusCode.OK).Json.ToJsonString().ShouldBe(delegation.ToJsonString());
        (await host.Anybody.GetAsync(delegation.PathOf("self"))).ShouldBe(HttpStatusCode.Unauthorized, "not-authenticated");
        (await host.Anybody.GetAsync(Given.Forged(Party.ApiPathOf(delegation)))).ShouldBe(HttpStatusCode.NotFound, "delegation-not-found");
        (await host.Partner.GetAsync("/v1/delegations/dlg_00000000000000000000000000000000")).ShouldBe(HttpStatusCode.NotFound, "delegation-not-found");
        (await host.Organizer.GetAsync($"/v1/events/{evt}/registrations?delegationId={delegation["id"]}")).Json["items"]!.AsArray().Count.ShouldBe(3);
        (await host.Partner.PostAsync($"/v1/events/{evt}/delegations", Party.Of(1, d => d["externalId"] = "foshan"))).ShouldBe(HttpStatusCode.Conflict, "external-id-taken");
        (await host.Database.ReadAsync(session => session.Query<string>(Mails, new { Id = evt, Delegation = (string)delegation["id"]! }), CancellationToken.None)).ShouldBe(["delegationRegistered"]);
        await host.IsWholeAsync();
    }

    [Fact]
    public async Task Waits_as_one_party_that_is_neither_split_nor_overtaken()
    {
        var evt = await host.EventWithQueueAsync(3);
        var guests = new List<JsonNode>();
        for (var i = 0; i < 3; i++) guests.Add(await host.Partner.RegisteredAsync(evt));
        var party = await host.DelegationAsync(evt, 3);
        var single = await host.Partner.RegisteredAsync(evt);
        (await host.StandsAsync(party)).ShouldBe(["waitlisted hannover queued hannover#1", "waitlisted hannover queued hannover#1", "waitlisted hannover queued hannover#1"]);
        single.Stands().ShouldBe("waitlisted hannover queued hannover#2");
        (await host.CountsAsync(evt)).ShouldStartWith("hannover 3/2");

        for (var i = 0; i < 2; i++) (await host.Partner.PostAsync($"/v1/registrations/{guests[i]["id"]}/cancel")).ShouldBe(HttpStatusCode.OK);
        (await host.Partner.NowAsync(party.Members().First()))["waitlist"]!["reason"]!.ToString().ShouldBe("tooFewSeats");
        (await host.Partner.NowAsync(single)).Stands().ShouldBe("waitlisted hannover queued hannover#2");
        (await host.Partner.PostAsync($"/v1/registrations/{guests[2]["id"]}/cancel")).ShouldBe(HttpStatusCode.OK);
        (await host.StandsAsync(party)).ShouldBe(["confirmed hannover", "confirmed hannover", "confirmed hannover"]);
        (await host.CountsAsync(evt)).ShouldStartWith("hannover 3/1");
        await host.IsWholeAsync();
    }

    [Fact]
    public async Task Attends_another_site_together_while_it_waits()
    {
        var evt = await host.EventWithQueueAsync(2);
        await host.Partner.RegisteredAsync(evt);
        var party = await host.DelegationAsync(evt, 2, d => (d["whenFull"], d["fallbackSiteId"]) = ("attendSite", "zoom"));
        (await host.StandsAsync(party)).ShouldBe(["confirmed zoom queued hannover#1", "confirmed zoom queued hannover#1"]);
        (await host.CountsAsync(evt)).ShouldBe("hannover 1/1 foshan 0/0 zoom 2/0");
        (await host.Organizer.PatchAsync($"/v1/events/{evt}/sites/hannover", """{"capacity":3}""", ("If-Match", "*"))).ShouldBe(HttpStatusCode.OK);
        (await host.StandsAsync(party)).ShouldBe(["confirmed hannover", "confirmed hannover"]);
        (await host.CountsAsync(evt)).ShouldBe("hannover 3/0 foshan 0/0 zoom 0/0");
        await host.IsWholeAsync();
    }

    [Fact]
    public async Task Comes_whole_or_not_at_all_unless_it_takes_what_fits()
    {
        var evt = await host.EventWithSeatsAsync(3);
        var refused = (await host.Partner.PostAsync($"/v1/events/{evt}/delegations", Party.Of(4, d => d["members"]!.AsArray().Insert(0, new JsonObject { ["fullName"] = "张伟", ["siteId"] = "zoom" })))).ShouldBe(HttpStatusCode.Conflict, "site-full");
        ((string)refused.Json["siteId"]!).ShouldBe("hannover");
        (await host.CountsAsync(evt)).ShouldBe("hannover 0/0 foshan 0/0 zoom 0/0");
        (await host.Organizer.GetAsync($"/v1/events/{evt}/registrations")).Json["items"]!.AsArray().ShouldBeEmpty();

        JsonArray sent = [];
        var some = await host.DelegationAsync(evt, 4, d => (d["mode"], sent) = ("whatFits", d["members"]!.AsArray()));
        (await host.StandsAsync(some)).ShouldBe(["confirmed hannover", "confirmed hannover", "confirmed hannover"]);
        some.LeftOut().ShouldBe([$"3 site-full {sent[3]!["fullName"]}"]);
        (await host.Partner.PostAsync($"/v1/events/{evt}/delegations", Party.Of(2, d => d["mode"] = "whatFits"))).ShouldBe(HttpStatusCode.Conflict, "site-full");
        await host.IsWholeAsync();
    }

    [Fact]
    public async Task Takes_the_seats_there_are_and_waits_with_the_rest()
    {
        var evt = await host.EventWithQueueAsync(3);
        var some = await host.DelegationAsync(evt, 5, d => d["mode"] = "whatFits");
        (await host.StandsAsync(some)).ShouldBe(["confirmed hannover", "confirmed hannover", "confirmed hannover", "waitlisted hannover queued hannover#1", "waitlisted hannover queued hannover#1"]);
        (await host.CountsAsync(evt)).ShouldStartWith("hannover 3/1");
        var away = await host.DelegationAsync(evt, 2, d => (d["mode"], d["whenFull"], d["fallbackSiteId"]) = ("whatFits", "attendSite", "zoom"));
        (await host.StandsAsync(away)).ShouldBe(["confirmed zoom queued hannover#2", "confirmed zoom queued hannover#2"]);
        await host.IsWholeAsync();
    }

    [Fact]
    public async Task Says_by_index_who_is_named_twice_or_registered_already()
    {
        var evt = await host.EventAsync();
        (await host.Partner.RegisterAsync(evt, Given.Person("known@example.org"))).ShouldBe(HttpStatusCode.Created);
        var taken = (await host.Partner.PostAsync($"/v1/events/{evt}/delegations", Party.Of(3, d => d["members"]![1]!["email"] = "KNOWN@example.org"))).ShouldBe(HttpStatusCode.Conflict, "already-registered");
        taken.Errors.ShouldBe(["members[1].email duplicate-value"]);
        taken.Json["registrationId"].ShouldNotBeNull();
        (await host.SendAsync(evt, Party.Of(3, d => (d["members"]![0]!["email"], d["members"]![2]!["email"]) = ("twice@example.org", "Twice@example.org")))).Errors.ShouldBe(["members[2].email duplicate-value"]);
        (await host.SendAsync(evt, Party.Of(0, d => d["members"] = new JsonArray(new JsonObject { ["fullName"] = "Jürgen Weiß" }, new JsonObject { ["fullName"] = "Juergen Weiss" })))).Errors.ShouldBe(["members[1].fullName duplicate-value"]);
        (await host.SendAsync(evt, Party.Of(2, d => (d["members"]![0]!["externalId"], d["members"]![1]!["externalId"]) = ("a", "a")))).Errors.ShouldBe(["members[1].externalId duplicate-value"]);
        (await host.CountsAsync(evt)).ShouldStartWith("hannover 1/0");
    }

    [Fact]
    public async Task Names_what_is_wrong_with_whom()
    {
        var evt = await host.EventAsync();
        (await host.SendAsync(evt, Party.Of(51))).Errors.ShouldBe(["members too-many"]);
        (await host.SendAsync(evt, Party.Of(0))).Errors.ShouldBe(["members required"]);
        (await host.SendAsync(evt, Party.Of(1, d => d.Remove("contact")))).Errors.ShouldBe(["contact required"]);
        (await host.SendAsync(evt, Party.Of(1, d => d["contact"]!["email"] = "wang"))).Errors.ShouldBe(["contact.email invalid-email"]);
        (await host.SendAsync(evt, Party.Of(2, d => d["members"]![1]!["email"] = "wang"))).Errors.ShouldBe(["members[1].email invalid-email"]);
        (await host.SendAsync(evt, Party.Of(2, d => d["members"]![0]!.AsObject().Remove("fullName")))).Errors.ShouldBe(["members[0].fullName required"]);
        (await host.SendAsync(evt, Party.Of(3, d => d["siteId"] = "paris"))).Errors.ShouldBe(["siteId unknown-site"]);
        (await host.SendAsync(evt, Party.Of(3, d => d["members"]![2]!["siteId"] = "paris"))).Errors.ShouldBe(["members[2].siteId unknown-site"]);
        (await host.SendAsync(evt, Party.Of(2, d => d.Remove("siteId")))).Errors.ShouldBe(["members[0].siteId required", "members[1].siteId required"]);
        (await host.SendAsync(evt, Party.Of(2, d => d.Remove("noticeVersion")))).Errors.ShouldBe(["noticeVersion required"]);
        (await host.SendAsync(evt, Party.Of(2, d => d["whenFull"] = "attendSite"))).Errors.ShouldBe(["fallbackSiteId required"]);
        (await host.SendAsync(evt, Party.Of(2, d => d["members"]![1]!["nameFollows"] = true))).Errors.ShouldBe(["namesDueBy required", "members[1].fullName expected-nothing", "members[1].email expected-nothing"]);
        (await host.SendAsync(evt, Party.Of(1, d => d["namesDueBy"] = "2020-10-17"))).Errors.ShouldBe(["namesDueBy after-start"]);
        (await host.SendAsync(evt, Party.Of(1, d => d["namesDueBy"] = "2020-01-01"))).Errors.ShouldBe(["namesDueBy in-the-past"]);
        (await host.SendAsync(evt, Party.Of(1, d => d["namesDueBy"] = "soon"))).Errors.ShouldBe(["namesDueBy invalid-time"]);
        (await host.Partner.PostAsync($"/v1/events/{evt}/delegations", Party.Of(1, d => d["leader"] = "x"))).Errors.ShouldBe(["leader unknown-member"]);
        (await host.Partner.PostAsync($"/v1/events/{evt}/delegations", Party.Of(1, d => d["members"] = new JsonArray((JsonNode?)null)))).Status.ShouldBeOneOf(HttpStatusCode.BadRequest, HttpStatusCode.UnprocessableEntity);
        (await host.Anybody.PostAsync($"/v1/events/{evt}/delegations", Party.Of(1))).ShouldBe(HttpStatusCode.Unauthorized, "not-authenticated");
        (await host.CountsAsync(evt)).ShouldBe("hannover 0/0 foshan 0/0 zoom 0/0");
    }

    [Fact]
    public async Task Answers_of_members_are_checked_and_named_by_member()
    {
        var evt = await host.AskingEventAsync();
        var answers = JsonNode.Parse("""[{"question":"diet","value":"any"},{"question":"parking","value":"maybe"}]""");
        (await host.SendAsync(evt, Party.Of(2, d => (d["members"]![0]!["answers"], d["members"]![1]!["answers"]) = (answers!.DeepClone(), JsonNode.Parse("""[{"question":"diet","value":"any"}]"""))))).Errors
            .ShouldBe(["members[0].answers[1].value unknown-value", "members[1].answers.parking required"], ignoreOrder: true);
    }

    [Fact]
    public async Task A_place_is_held_for_a_name_until_it_is_due()
    {
        await using var own = new EventsHost();
        await own.InitializeAsync();
        var evt = await own.EventWithQueueAsync(2);
        var party = await own.DelegationAsync(evt, 0, d =>
        {
            d["members"] = new JsonArray(new JsonObject { ["nameFollows"] = true }, new JsonObject { ["nameFollows"] = true });
            d["namesDueBy"] = "P2D";
        });
        party.Members().Select(m => $"{m["fullName"]} {m["nameFollows"]} {m.Stands()}").ShouldBe(["N. N. 1 true confirmed hannover", "N. N. 2 true confirmed hannover"]);
        var waits = await own.Partner.RegisteredAsync(evt);
        var named = (await own.Anybody.PatchAsync(party.Members().First().PathOf("invite").Replace("/invite.ics", ""), """{"fullName":"王小明","email":"xm@example.org"}""")).ShouldBe(HttpStatusCode.OK).Json;
        ((string)named["fullName"]!, named["nameFollows"], named["holdEndsAt"]).ShouldBe(("王小明", null, null));
        (await own.Database.ReadAsync(session => session.Query<string>(Mails, new { Id = evt, Delegation = (string)party["id"]! }), CancellationToken.None)).ShouldBe(["delegationRegistered", "nameDue", "nameDue"]);

        own.Time.SetUtcNow(DateTimeOffset.Parse((string)party["namesDueAt"]!, null).AddSeconds(-1));
        await own.Services.GetRequiredService<Timekeeper>().RunAsync(CancellationToken.None);
        (await own.StandsAsync(party)).ShouldBe(["confirmed hannover", "confirmed hannover"]);
        own.Time.Advance(TimeSpan.FromSeconds(1));
        await own.Services.GetRequiredService<Timekeeper>().RunAsync(CancellationToken.None);
        (await own.StandsAsync(party)).ShouldBe(["confirmed hannover", "cancelled hannover"]);
        ((string)(await own.Partner.NowAsync(party.Members().Last()))["endReason"]!).ShouldBe("nameMissing");
        (await own.Partner.NowAsync(waits)).Stands().ShouldBe("confirmed hannover");
        await own.IsWholeAsync();
    }

    [Fact]
    public async Task Members_without_names_leave_a_waiting_party_together()
    {
        await using var own = new EventsHost();
        await own.InitializeAsync();
        var evt = await own.EventWithQueueAsync(3);
        List<JsonNode> guests = [await own.Partner.RegisteredAsync(evt), await own.Partner.RegisteredAsync(evt)];
        var party = await own.DelegationAsync(evt, 1, d =>
        {
            for (var i = 0; i < 2; i++) d["members"]!.AsArray().Add(new JsonObject { ["nameFollows"] = true });
            d["namesDueBy"] = "P5D"; // while free seats are still held for the party
        });
        own.Time.SetUtcNow(DateTimeOffset.Parse((string)party["namesDueAt"]!, null));
        await own.Services.GetRequiredService<Timekeeper>().RunAsync(CancellationToken.None);
        (await own.StandsAsync(party)).ShouldBe(["confirmed hannover", "cancelled hannover", "cancelled hannover"]);
        guests.Select(g => g.Stands()).ShouldAllBe(stands => stands == "confirmed hannover");
        await own.IsWholeAsync();
    }

    [Fact]
    public async Task Quotas_of_cities_count_its_members()
    {
        var evt = await host.EventAsync(e => e["rules"] = new JsonObject { ["cityQuotas"] = new JsonArray(new JsonObject { ["city"] = "Foshan", ["seats"] = 2 }) });
        var refused = (await host.Partner.PostAsync($"/v1/events/{evt}/delegations", Party.Of(3, d => d["city"] = "foshan"))).ShouldBe(HttpStatusCode.Conflict, "city-quota-full");
        refused.Errors.ShouldBe(["city city-full"]);
        var some = await host.DelegationAsync(evt, 3, d => (d["city"], d["mode"]) = ("foshan", "whatFits"));
        some.Members().Count().ShouldBe(2);
        some.LeftOut().Single().ShouldStartWith("2 city-quota-full 王小明");
    }

    [Fact]
    public async Task Happens_once_for_an_idempotency_key_and_not_at_all_in_a_dry_run()
    {
        var evt = await host.EventWithQueueAsync(3);
        await host.Partner.RegisteredAsync(evt);
        var body = Party.Of(3).ToJsonString();
        var would = (await host.Partner.PostAsync($"/v1/events/{evt}/delegations?dryRun=true", body)).ShouldBe(HttpStatusCode.OK).Json;
        (would["id"], would["links"]).ShouldBe((null, null));
        would.Members().Select(m => $"{m["status"]} {m["id"]}{m["reference"]}").ShouldBe(["waitlisted ", "waitlisted ", "waitlisted "]);
        (await host.CountsAsync(evt)).ShouldStartWith("hannover 1/0");
        var first = (await host.Partner.PostAsync($"/v1/events/{evt}/delegations", body, ("Idempotency-Key", "party"))).ShouldBe(HttpStatusCode.Created);
        var again = (await host.Partner.PostAsync($"/v1/events/{evt}/delegations", body, ("Idempotency-Key", "party"))).ShouldBe(HttpStatusCode.Created);
        (again.Header("Idempotent-Replayed"), again.Text).ShouldBe(("true", first.Text));
        (await host.CountsAsync(evt)).ShouldStartWith("hannover 1/1");
    }

    [Fact]
    public async Task Is_cancelled_whole_and_frees_its_seats_for_others_alone()
    {
        var evt = await host.EventWithQueueAsync(2);
        var seated = await host.DelegationAsync(evt, 2);
        var waiting = await host.DelegationAsync(evt, 2);
        var single = await host.Partner.RegisteredAsync(evt);
        (await host.Anybody.PostAsync($"{Party.ApiPathOf(waiting)}/cancel")).ShouldBe(HttpStatusCode.OK).Json.Members().Select(m => (string)m["status"]!).ShouldBe(["cancelled", "cancelled"]);
        (await host.Partner.NowAsync(single)).Stands().ShouldBe("waitlisted hannover queued hannover#1");
        (await host.Partner.PostAsync($"{seated.PathOf("self")}/cancel")).ShouldBe(HttpStatusCode.OK);
        (await host.Partner.PostAsync($"{seated.PathOf("self")}/cancel")).ShouldBe(HttpStatusCode.OK);
        (await host.Partner.NowAsync(single)).Stands().ShouldBe("confirmed hannover");
        (await host.CountsAsync(evt)).ShouldStartWith("hannover 1/0");
        await host.IsWholeAsync();
    }

    [Fact]
    public async Task Members_are_managed_one_by_one_with_or_without_an_address()
    {
        var evt = await host.EventWithQueueAsync(3);
        var party = await host.DelegationAsync(evt, 1, d => d["members"]!.AsArray().Add(new JsonObject { ["fullName"] = "李娜" }));
        var quiet = party.Members().Last();
        var invite = (await host.Anybody.GetAsync(quiet.PathOf("invite"))).ShouldBe(HttpStatusCode.OK).Text;
        invite.ShouldContain("METHOD:PUBLISH");
        invite.ShouldNotContain("ATTENDEE");
        var deputy = await host.DeputyAsync(await host.Anybody.PostAsync(quiet.PathOf("invite").Replace("/invite.ics", "/substitute"), new JsonObject { ["fullName"] = "陈静", ["language"] = "zh", ["audience"] = "guest", ["noticeVersion"] = "1" }));
        ((string)deputy["delegationId"]!, (string)deputy["fullName"]!).ShouldBe(((string)party["id"]!, "陈静"));
        (await host.Anybody.GetAsync(quiet.PathOf("invite"))).Text.ShouldContain("STATUS:CANCELLED");
        (await host.Anybody.PostAsync(deputy.PathOf("invite").Replace("/invite.ics", "/change-site"), """{"siteId":"zoom"}""")).ShouldBe(HttpStatusCode.OK).Json.Stands().ShouldBe("confirmed zoom");
        (await host.StandsAsync(party)).ShouldBe(["confirmed hannover", "cancelled hannover", "confirmed zoom"]);
        await host.IsWholeAsync();
    }

    [Fact]
    public async Task Waits_for_the_confirmation_of_its_contact_where_the_event_asks_for_it()
    {
        await using var own = new EventsHost();
        await own.InitializeAsync();
        var evt = await own.EventWithQueueAsync(2, change: e => e["rules"] = new JsonObject { ["confirmsAddresses"] = true });
        var party = await own.DelegationAsync(evt, 2);
        var late = await own.DelegationAsync(evt, 2);
        (await own.StandsAsync(party)).ShouldBe(["pendingConfirmation hannover", "pendingConfirmation hannover"]);
        (await own.CountsAsync(evt)).ShouldStartWith("hannover 2/0");
        (await own.Anybody.PostAsync($"{Party.ApiPathOf(party)}/confirm-address")).ShouldBe(HttpStatusCode.NotFound, "delegation-not-found"); // that is the link of the answer, not of the mail
        (await own.Partner.PostAsync($"{party.PathOf("self")}/confirm-address")).ShouldBe(HttpStatusCode.Forbidden, "not-allowed");
        (await own.Organizer.PostAsync($"{party.PathOf("self")}/confirm-address")).ShouldBe(HttpStatusCode.OK).Json.Members().Select(m => m.Stands()).ShouldBe(["confirmed hannover", "confirmed hannover"]);
        (await own.Organizer.PostAsync($"{late.PathOf("self")}/confirm-address")).ShouldBe(HttpStatusCode.OK).Json.Members().Select(m => m.Stands()).ShouldBe(["waitlisted hannover queued hannover#1", "waitlisted hannover queued hannover#1"]);
        var never = await own.DelegationAsync(evt, 2);
        own.Time.Advance(TimeSpan.FromMinutes(30));
        await own.Services.GetRequiredService<Timekeeper>().RunAsync(CancellationToken.None);
        (await own.StandsAsync(never)).ShouldBe(["cancelled hannover", "cancelled hannover"]);
        (await own.Organizer.PostAsync($"{never.PathOf("self")}/confirm-address")).ShouldBe(HttpStatusCode.Conflict, "registration-ended");
        await own.IsWholeAsync();
    }

    [Fact]
    public async Task Those_who_take_what_fits_are_registered_by_the_confirmation_as_far_as_there_is_room()
    {
        await using var own = new EventsHost();
        await own.InitializeAsync();
        var evt = await own.EventWithQueueAsync(4, change: e => (e["rules"], e["sites"]![1]!["capacity"]) = (JsonNode.Parse("""{"confirmsAddresses":true}"""), 2));
        List<JsonNode> guests = [];
        for (var i = 0; i < 3; i++) guests.Add(await own.Organizer.RegisteredAsync(evt));
        var party = await own.DelegationAsync(evt, 5, d => (d["mode"], d["whenFull"], d["fallbackSiteId"]) = ("whatFits", "attendSite", "foshan"));
        (await own.CountsAsync(evt)).ShouldStartWith("hannover 4/0 foshan 0/0");
        (await own.Organizer.PostAsync($"/v1/registrations/{guests[0]["id"]}/cancel")).ShouldBe(HttpStatusCode.OK);
        foreach (var _ in new[] { 1, 2 })
            (await own.Organizer.PostAsync($"{party.PathOf("self")}/confirm-address")).ShouldBe(HttpStatusCode.OK).Json.Members().Select(m => m.Stands())
                .ShouldBe(["confirmed hannover", "confirmed hannover", "confirmed foshan queued hannover#1", "confirmed foshan queued hannover#1", "cancelled hannover"]);
        (await own.CountsAsync(evt)).ShouldStartWith("hannover 4/1 foshan 2/0");
        ((string)(await own.Partner.NowAsync(party.Members().Last()))["endReason"]!).ShouldBe("siteFull");
        var more = Party.Of(1, d => d["siteId"] = "zoom");
        more.Remove("contact");
        (await own.Anybody.PostAsync($"{Party.ApiPathOf(party)}/members", more)).ShouldBe(HttpStatusCode.Created).Json.Members().Last().Stands().ShouldBe("confirmed zoom"); // nothing is left to confirm
        await own.IsWholeAsync();
    }

    [Fact]
    public async Task Where_nobody_who_takes_what_fits_finds_a_place_the_confirmation_is_refused_unless_others_come()
    {
        var evt = await host.EventWithSeatsAsync(1);
        (await host.Organizer.PatchAsync($"/v1/events/{evt}", """{"rules":{"confirmsAddresses":true}}""", ("If-Match", "*"))).ShouldBe(HttpStatusCode.OK);
        await host.Organizer.RegisteredAsync(evt);
        var party = await host.DelegationAsync(evt, 2, d => d["mode"] = "whatFits");
        (await host.Organizer.PostAsync($"{party.PathOf("self")}/confirm-address")).ShouldBe(HttpStatusCode.Conflict, "site-full");
        (await host.StandsAsync(party)).ShouldAllBe(stands => stands == "pendingConfirmation hannover");
        var more = Party.Of(1, d => d["siteId"] = "zoom");
        more.Remove("contact");
        (await host.Organizer.PostAsync($"{party.PathOf("self")}/members", more)).ShouldBe(HttpStatusCode.Created);
        foreach (var _ in new[] { 1, 2 })
            (await host.Organizer.PostAsync($"{party.PathOf("self")}/confirm-address")).ShouldBe(HttpStatusCode.OK).Json.Members().Select(m => $"{m.Stands()} {m["endReason"]}").ShouldBe(["cancelled hannover siteFull", "cancelled hannover siteFull", "confirmed zoom "]);
        await host.IsWholeAsync();
    }

    [Fact]
    public async Task A_name_that_is_given_before_the_contact_confirms_holds_the_seat_no_longer()
    {
        await using var own = new EventsHost();
        await own.InitializeAsync();
        var evt = await own.EventWithQueueAsync(2, change: e => e["rules"] = new JsonObject { ["confirmsAddresses"] = true });
        var party = await own.DelegationAsync(evt, 0, d => (d["members"], d["namesDueBy"]) = (new JsonArray(new JsonObject { ["nameFollows"] = true }), "P2D"));
        await own.DeputyAsync(await own.Anybody.PostAsync(party.Members().Single().PathOf("invite").Replace("/invite.ics", "/substitute"), new JsonObject { ["fullName"] = "陈静", ["language"] = "zh", ["audience"] = "guest", ["noticeVersion"] = "1" }));
        (await own.CountsAsync(evt)).ShouldStartWith("hannover 1/0");
        own.Time.Advance(TimeSpan.FromMinutes(30));
        await own.Services.GetRequiredService<Timekeeper>().RunAsync(CancellationToken.None);
        (await own.CountsAsync(evt)).ShouldStartWith("hannover 0/0");
        await own.IsWholeAsync();
    }

    [Theory]
    [InlineData("de", "Bitte tragen Sie die noch fehlenden Namen bis Mittwoch, 14. Oktober 2020, 24:00 Uhr (Berliner Zeit) ein")]
    [InlineData("en", "Please give the missing names by Wednesday, 14 October 2020, 24:00 (Berlin time)")]
    [InlineData("zh", "前补充尚缺的参会人姓名")]
    public async Task Its_contact_is_told_from_the_first_by_when_names_are_due(string language, string says)
    {
        await using var own = await Mail.HostAsync();
        var evt = await own.EventWithQueueAsync(5);
        var named = await own.DelegationAsync(evt, 1, d => (d["contact"]!["language"], d["namesDueBy"]) = (language, "P2D"));
        (await own.SendAsync()).Single(m => m.To == (string)named["contact"]!["email"]!).Text.ShouldNotContain(says);
        var nameless = await own.DelegationAsync(evt, 0, d =>
        {
            (d["contact"]!["language"], d["namesDueBy"]) = (language, "P2D");
            d["members"]!.AsArray().Add(new JsonObject { ["nameFollows"] = true });
        });
        (await own.SendAsync()).Single(m => m.To == (string)nameless["contact"]!["email"]!).Text.ShouldContain(says);
    }

    [Theory]
    [InlineData(24 * 20, new[] { 7 * 24.0, 24 })]
    [InlineData(24 * 7 + 12, new[] { 24.0 })] // they have just been told
    [InlineData(36, new[] { 24.0 })]
    [InlineData(30, new[] { 15.0 })]
    [InlineData(10, new[] { 5.0 })]
    [InlineData(2, new[] { 1.0 })]
    [InlineData(1, new double[0])]
    public async Task Its_contact_is_reminded_in_time_of_names_that_are_missing(int hoursLeft, double[] before)
    {
        await using var own = await Mail.HostAsync();
        var evt = await own.EventWithQueueAsync(5, change: e => e["registrationCloses"] = "2020-10-16T09:00");
        var due = new DateTimeOffset(2020, 10, 14, 12, 0, 0, TimeSpan.Zero);
        own.Time.SetUtcNow(due.AddHours(-hoursLeft));
        await own.DelegationAsync(evt, 0, d => (d["members"], d["namesDueBy"]) = (new JsonArray(new JsonObject { ["nameFollows"] = true }), "2020-10-14T14:00"));
        (await own.SendOneAsync()).Subject.ShouldStartWith("代表团报名已收到");
        foreach (var hours in before)
        {
            own.Time.SetUtcNow(due.AddHours(-hours).AddSeconds(-1));
            (await own.SendAsync()).ShouldBeEmpty();
            own.Time.SetUtcNow(due.AddHours(-hours));
            (await own.SendOneAsync()).Subject.ShouldStartWith("请补充参会人姓名");
        }

        own.Time.SetUtcNow(due.AddMilliseconds(-1));
        (await own.SendAsync()).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("de", "Sie haben 2 Personen angemeldet", "Name folgt")]
    [InlineData("en", "You have registered 2 people", "Name to follow")]
    [InlineData("zh", "您已为2人报名", "姓名待定")]
    public async Task Its_contact_has_a_page_that_leads_to_every_member(string language, string says, string nameless)
    {
        var evt = await host.EventWithQueueAsync(5);
        var party = await host.DelegationAsync(evt, 0, d =>
        {
            (d["contact"]!["language"], d["namesDueBy"]) = (language, "P2D");
            d["members"] = new JsonArray(new JsonObject { ["fullName"] = "Mao <b>Wang</b>" }, new JsonObject { ["nameFollows"] = true });
        });
        var page = (await host.Anybody.GetAsync(party.PathOf("manage"))).ShouldBe(HttpStatusCode.OK).Text;
        foreach (var text in new[] { says, nameless, "Mao &lt;b&gt;Wang&lt;/b&gt;" }) page.ShouldContain(text);
        foreach (var member in party.Members()) page.ShouldContain(new Uri((string)member["links"]!["manage"]!).PathAndQuery);
        System.Text.RegularExpressions.Regex.Count(page, "<form").ShouldBe(2); // another contact, one more person; nothing to confirm
        (await host.Anybody.GetAsync(Given.Forged(party.PathOf("manage")))).ShouldBe(HttpStatusCode.NotFound);
        (await host.Anybody.PostAsync(party.PathOf("manage"))).ShouldBe(HttpStatusCode.Forbidden); // that link confirms nothing
    }

    [Fact]
    public async Task Its_contact_confirms_by_the_link_of_the_mail_alone()
    {
        var evt = await host.EventAsync(e => e["rules"] = new JsonObject { ["confirmsAddresses"] = true });
        var party = await host.DelegationAsync(evt, 2);
        var row = (await host.Database.ReadAsync(session => Isa.Events.Api.Features.Delegations.Delegation.Find(session, (string)party["id"]!), CancellationToken.None))!;
        var link = new Uri(host.Services.GetRequiredService<Isa.Events.Api.Features.Registrations.RegistrationTokens>().ConfirmUrl(row)).PathAndQuery;
        (await host.Anybody.GetAsync(link)).ShouldBe(HttpStatusCode.OK).Text.ShouldContain("<button>");
        (await host.StandsAsync(party)).ShouldBe(["pendingConfirmation hannover", "pendingConfirmation hannover"]);
        (await host.Anybody.PostAsync(link, null, ("Sec-Fetch-Site", "cross-site"))).ShouldBe(HttpStatusCode.Forbidden);
        var done = await host.Anybody.PostAsync(link);
        (done.Status, done.Header("Location")).ShouldBe((HttpStatusCode.SeeOther, party.PathOf("manage")));
        (await host.StandsAsync(party)).ShouldBe(["confirmed hannover", "confirmed hannover"]);
    }

    [Fact]
    public async Task Its_contact_gets_lost_links_again()
    {
        var evt = await host.EventAsync();
        var party = await host.DelegationAsync(evt, 2, d => d["contact"]!["email"] = "lost@example.org");
        (await host.Anybody.PostAsync($"/v1/events/{evt}/links", """{"email":"Lost@example.org"}""")).ShouldBe(HttpStatusCode.Accepted);
        (await host.Database.ReadAsync(session => session.Query<string>(Mails, new { Id = evt, Delegation = (string)party["id"]! }), CancellationToken.None)).ShouldContain("linksRequested");
    }

    [Fact]
    public async Task A_party_larger_than_the_site_does_not_hold_up_its_queue()
    {
        var evt = await host.EventWithQueueAsync(3);
        (await host.Partner.PostAsync($"/v1/events/{evt}/delegations", Party.Of(4))).ShouldBe(HttpStatusCode.Conflict, "site-full");
        var away = await host.DelegationAsync(evt, 4, d => (d["whenFull"], d["fallbackSiteId"]) = ("attendSite", "zoom"));
        (await host.StandsAsync(away)).ShouldAllBe(stands => stands == "confirmed zoom");
        var some = await host.DelegationAsync(evt, 7, d => d["mode"] = "whatFits");
        some["leftOut"]!.AsArray().Count.ShouldBe(4);
        (await host.Partner.RegisteredAsync(evt)).Stands().ShouldBe("waitlisted hannover queued hannover#1");
    }

    [Theory]
    [InlineData("waitlist")]
    [InlineData("reject")]
    public async Task Four_for_three_seats_ten_times_at_once_beside_singles(string whenFull)
    {
        var evt = await host.EventWithQueueAsync(5);
        List<JsonNode> first = [await host.Partner.RegisteredAsync(evt), await host.Partner.RegisteredAsync(evt)];
        var answers = await Task.WhenAll(Enumerable.Range(0, 30).Select(i => i % 3 == 0
            ? host.Partner.PostAsync($"/v1/events/{evt}/delegations", Party.Of(4, d => (d["mode"], d["whenFull"]) = (i % 2 == 0 ? "allOrNothing" : "whatFits", whenFull)))
            : host.Partner.RegisterAsync(evt, Given.Person(change: p => p["whenFull"] = whenFull))));
        answers.ShouldAllBe(a => a.Status == HttpStatusCode.Created || a.Code == "site-full");
        if (whenFull == "reject") (await host.CountsAsync(evt)).ShouldStartWith("hannover 5/0");
        await host.IsWholeAsync();

        foreach (var registration in first) (await host.Partner.PostAsync($"/v1/registrations/{registration["id"]}/cancel")).ShouldBe(HttpStatusCode.OK);
        await host.IsWholeAsync();
        var parties = answers.Where(a => a.Status == HttpStatusCode.Created && a.Json["members"] is not null).Select(a => a.Json).ToList();
        foreach (var party in parties.Where(p => p["leftOut"] is null)) (await host.StandsAsync(party)).Where(s => s.StartsWith("waitlisted", StringComparison.Ordinal)).Distinct().Count().ShouldBeLessThanOrEqualTo(1); // together
        foreach (var party in parties) (await host.Partner.PostAsync($"{party.PathOf("self")}/cancel")).ShouldBe(HttpStatusCode.OK);
        await host.IsWholeAsync();
        if (whenFull == "waitlist") (await host.CountsAsync(evt)).ShouldStartWith("hannover 5/15"); // of 20 who came alone
    }
}

/// <summary>People who come together, as a website sends them.</summary>
public static class Party
{
    private static int _number;

    /// <summary>A delegation for the room in Hannover, with members who have addresses.</summary>
    public static JsonObject Of(int members, Action<JsonObject>? change = null)
    {
        var delegation = new JsonObject
        {
            ["contact"] = new JsonObject { ["fullName"] = "王芳", ["email"] = "wang.fang@example.org", ["language"] = "zh" }, ["siteId"] = "hannover", ["audience"] = "guest", ["noticeVersion"] = "1",
            ["members"] = new JsonArray([.. Enumerable.Range(0, members).Select(_ => Interlocked.Increment(ref _number)).Select(n => (JsonNode)new JsonObject { ["fullName"] = $"王小明 {n}", ["email"] = $"member{n}@example.org" })]),
        };
        change?.Invoke(delegation);
        return delegation;
    }

    public static Task<Answer> SendAsync(this EventsHost host, string eventId, JsonObject delegation) => host.Partner.PostAsync($"/v1/events/{eventId}/delegations", delegation.ToJsonString());

    public static async Task<JsonNode> DelegationAsync(this EventsHost host, string eventId, int members, Action<JsonObject>? change = null) => (await host.SendAsync(eventId, Of(members, change))).ShouldBe(HttpStatusCode.Created).Json;

    public static IEnumerable<JsonNode> Members(this JsonNode delegation) => delegation["members"]!.AsArray().Select(m => m!);

    /// <summary>Whom there was no place for: <c>index code name</c>.</summary>
    public static IEnumerable<string> LeftOut(this JsonNode delegation) => delegation["leftOut"]!.AsArray().Select(left => $"{left!["member"]} {left["code"]} {left["fullName"]}");

    /// <summary>How its members stand now.</summary>
    public static async Task<string[]> StandsAsync(this EventsHost host, JsonNode delegation) => [.. (await host.Organizer.GetAsync(delegation.PathOf("self"))).ShouldBe(HttpStatusCode.OK).Json.Members().Select(m => m.Stands())];

    /// <summary>Path of the operations that the contact's link opens.</summary>
    public static string ApiPathOf(JsonNode delegation) => delegation.PathOf("manage").Replace("/d/", "/v1/delegations/");
}
