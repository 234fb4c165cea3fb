using Isa.Events.Api.Features.Waitlist;
using Microsoft.Extensions.DependencyInjection;

namespace Isa.Events.Tests.Features.Delegations;

public class AddDelegationMembersTests(SharedHost host)
{
    private const string Mails = "SELECT kind FROM outbox WHERE event_id = @Id AND delegation_id = @Delegation ORDER BY id";

    /// <summary>More people for the room in Hannover, as the contact would send them.</summary>
    private static JsonObject More(int members, Action<JsonObject>? change = null)
    {
        var more = Party.Of(members);
        more.Remove("contact");
        change?.Invoke(more);
        return more;
    }

    private static string PathOf(JsonNode delegation) => $"{Party.ApiPathOf(delegation)}/members";

    [Fact]
    public async Task Its_contact_its_partner_and_organisers_register_more_of_it()
    {
        var evt = await host.EventWithQueueAsync(10);
        var party = await host.DelegationAsync(evt, 1, d => (d["organisation"], d["city"]) = ("佛山市商务局", "Foshan"));
        var made = (await host.Anybody.PostAsync(PathOf(party), More(1, d => d["members"]!.AsArray().Add(new JsonObject { ["fullName"] = "李娜", ["siteId"] = "zoom" })))).ShouldBe(HttpStatusCode.Created);
        made.Header("Location").ShouldBe((string)party["links"]!["self"]!);
        made.Json.Members().Skip(1).Select(m => $"{m.Stands()} {m["language"]} {m["organisation"]} {m["city"]}").ShouldBe(["confirmed hannover zh 佛山市商务局 Foshan", "confirmed zoom zh 佛山市商务局 Foshan"]);
        (await host.Partner.PostAsync($"{party.PathOf("self")}/members", More(1, d => d["members"]![0]!["externalId"] = "m-4"))).ShouldBe(HttpStatusCode.Created);
        var all = (await host.Organizer.PostAsync($"{party.PathOf("self")}/members", More(1))).ShouldBe(HttpStatusCode.Created).Json;
        all.Members().Count().ShouldBe(5);
        (await host.Partner.NowAsync(all.Members().Last())).Stands().ShouldBe("confirmed hannover"); // what an organiser adds is the partner's as well
        var actors = new List<string>();
        foreach (var member in all.Members().Skip(1)) actors.Add((string)(await host.Organizer.GetAsync($"/v1/registrations/{member["id"]}/history")).Json["items"]![0]!["actor"]!);
        actors.ShouldBe(["attendee", "attendee", "partner", "organizer"]);
        (await host.CountsAsync(evt)).ShouldBe("hannover 4/0 foshan 0/0 zoom 1/0");
        (await host.Database.ReadAsync(session => session.Query<string>(Mails, new { Id = evt, Delegation = (string)party["id"]! }), CancellationToken.None)).ShouldBe(Enumerable.Repeat("delegationRegistered", 4));

        (await host.Anybody.PostAsync($"{party.PathOf("self")}/members", More(1))).ShouldBe(HttpStatusCode.Unauthorized, "not-authenticated");
        (await host.Anybody.PostAsync(Given.Forged(Party.ApiPathOf(party)) + "/members", More(1))).ShouldBe(HttpStatusCode.NotFound, "delegation-not-found");
        (await host.Anybody.PostAsync(PathOf(party), More(1, d => d["members"]![0]!["externalId"] = "mine"))).Errors.ShouldBe(["members[0].externalId read-only"]);
        (await host.Anybody.PostAsync(PathOf(party), Party.Of(1))).Errors.ShouldBe(["contact unknown-member"]);
        await host.IsWholeAsync();
    }

    [Fact]
    public async Task A_dry_run_says_what_they_would_come_to_and_leaves_nothing_behind()
    {
        var evt = await host.EventWithQueueAsync(2);
        var party = await host.DelegationAsync(evt, 1);
        var more = More(2, d =>
        {
            d["namesDueBy"] = "P2D";
            d["members"]!.AsArray().Add(new JsonObject { ["fullName"] = "李娜", ["siteId"] = "zoom" });
            d["members"]!.AsArray().Add(new JsonObject { ["nameFollows"] = true, ["siteId"] = "foshan" });
        }).ToJsonString();
        var before = (await host.Organizer.GetAsync(party.PathOf("self"))).ShouldBe(HttpStatusCode.OK);
        foreach (var (api, path) in new[] { (host.Anybody, PathOf(party)), (host.Partner, $"{party.PathOf("self")}/members"), (host.Organizer, $"{party.PathOf("self")}/members") })
        {
            var would = (await api.PostAsync($"{path}?dryRun=true", more, ("Idempotency-Key", "dry"))).ShouldBe(HttpStatusCode.OK);
            (would.Header("Cache-Control"), would.Header("Location"), would.Header("Idempotent-Replayed")).ShouldBe(("no-store", null, null));
            ((string)would.Json["id"]!, (string)would.Json["contact"]!["email"]!, would.Json["links"]).ShouldBe(((string)party["id"]!, "wang.fang@example.org", null));
            would.Json["namesDueAt"].ShouldNotBeNull();
            would.Json.Members().Select(m => m.Stands()).ShouldBe(["waitlisted hannover queued hannover#1", "waitlisted hannover queued hannover#1", "confirmed zoom", "confirmed foshan"]);
            would.Json.Members().ShouldAllBe(m => (string)m["delegationId"]! == (string)party["id"]! && m["id"] == null && m["reference"] == null && m["createdAt"] == null && m["links"] == null);
        }

        var after = (await host.Organizer.GetAsync(party.PathOf("self"))).ShouldBe(HttpStatusCode.OK);
        (after.Text, after.ETag).ShouldBe((before.Text, before.ETag));
        (await host.CountsAsync(evt)).ShouldBe("hannover 1/0 foshan 0/0 zoom 0/0");
        (await host.Database.ReadAsync(session => session.Query<string>(Mails, new { Id = evt, Delegation = (string)party["id"]! }), CancellationToken.None)).ShouldBe(["delegationRegistered"]);

        var some = (await host.Anybody.PostAsync($"{PathOf(party)}?dryRun=true", More(2, d => (d["mode"], d["whenFull"]) = ("whatFits", "reject")))).ShouldBe(HttpStatusCode.OK).Json;
        (some.Members().Single().Stands(), some.LeftOut().Single()[.."1 site-full 王小明".Length]).ShouldBe(("confirmed hannover", "1 site-full 王小明"));
        (await host.Anybody.PostAsync($"{PathOf(party)}?dryRun=true", More(2, d => d["whenFull"] = "reject"))).ShouldBe(HttpStatusCode.Conflict, "site-full");
        (await host.Anybody.PostAsync($"{PathOf(party)}?dryRun=true", More(1, d => d["members"]![0]!["email"] = "wang"))).Errors.ShouldBe(["members[0].email invalid-email"]);
        (await host.Anybody.PostAsync($"{PathOf(party)}?dryRun=maybe", More(1))).ShouldBe(HttpStatusCode.BadRequest);
        (await host.Anybody.PostAsync($"{PathOf(party)}?dryrun=true", More(1))).ShouldBe(HttpStatusCode.BadRequest);

        var made = (await host.Anybody.PostAsync(PathOf(party), More(1), ("Idempotency-Key", "dry"))).ShouldBe(HttpStatusCode.Created); // another body: the key was never used
        made.Header("Idempotent-Replayed").ShouldBeNull();
        (await host.Anybody.PostAsync($"{PathOf(party)}?dryRun=true", More(1), ("Idempotency-Key", "dry"))).ShouldBe(HttpStatusCode.OK).Json.Members().Single().Stands().ShouldBe("waitlisted hannover queued hannover#1");
        await host.IsWholeAsync();
    }

    [Fact]
    public async Task A_contact_who_let_the_time_to_confirm_run_out_is_asked_again()
    {
        await using var own = new EventsHost();
        await own.InitializeAsync();
        var evt = await own.EventAsync(e => e["rules"] = new JsonObject { ["confirmsAddresses"] = true });
        var party = await own.DelegationAsync(evt, 2);
        (await own.Organizer.PostAsync($"{party.PathOf("self")}/members", More(1))).ShouldBe(HttpStatusCode.Created).Json.Members().Last().Stands().ShouldBe("confirmed hannover"); // organisers vouch for whom they add
        own.Time.Advance(TimeSpan.FromMinutes(31));
        await own.Services.GetRequiredService<Timekeeper>().RunAsync(CancellationToken.None);
        (await own.Anybody.PostAsync(PathOf(party), More(1))).ShouldBe(HttpStatusCode.Created).Json.Members().Last().Stands().ShouldStartWith("pendingConfirmation");
        await own.IsWholeAsync();
    }

    [Fact]
    public async Task Names_no_more_than_four_times_as_many_as_may_come()
    {
        var evt = await host.EventAsync(e => e["sites"]![0]!["capacity"] = 60);
        var party = await host.DelegationAsync(evt, 1);
        for (var round = 0; round < 3; round++)
        {
            var all = (await host.Anybody.PostAsync(PathOf(party), More(49))).ShouldBe(HttpStatusCode.Created).Json;
            foreach (var member in all.Members().Where(m => (string)m["status"]! == "confirmed").Skip(1)) (await host.Partner.PostAsync($"/v1/registrations/{member["id"]}/cancel")).ShouldBe(HttpStatusCode.OK);
        }

        (await host.Anybody.PostAsync(PathOf(party), More(49))).ShouldBe(HttpStatusCode.Created);
        var last = (await host.Anybody.PostAsync($"{Party.ApiPathOf(party)}/cancel")).ShouldBe(HttpStatusCode.OK);
        last.Json.Members().Count().ShouldBe(197);
    }

    [Fact]
    public async Task Says_by_index_who_is_there_already_and_shows_the_contact_nobody_else()
    {
        var evt = await host.EventAsync();
        (await host.Partner.RegisterAsync(evt, Given.Person("beside@example.org"))).ShouldBe(HttpStatusCode.Created);
        var party = await host.DelegationAsync(evt, 0, d => d["members"] = new JsonArray(new JsonObject { ["fullName"] = "Jürgen Weiß" }));
        var taken = (await host.Anybody.PostAsync(PathOf(party), More(3, d => d["members"]![1]!["email"] = "BESIDE@example.org"))).ShouldBe(HttpStatusCode.Conflict, "already-registered");
        taken.Errors.ShouldBe(["members[1].email duplicate-value"]);
        (taken.Json["registrationId"], taken.Json["links"]).ShouldBe((null, null)); // its manage link is not the contact's
        (await host.Partner.PostAsync($"{party.PathOf("self")}/members", More(3, d => d["members"]![1]!["email"] = "beside@example.org"))).Json["registrationId"].ShouldNotBeNull();
        (await host.Anybody.PostAsync(PathOf(party), More(1, d => d["members"]!.AsArray().Add(new JsonObject { ["fullName"] = "Juergen Weiss" })))).ShouldBe(HttpStatusCode.Conflict, "already-registered").Errors.ShouldBe(["members[1].fullName duplicate-value"]);
        (await host.Anybody.PostAsync(PathOf(party), More(1, d => d["members"]![0]!["email"] = "wang"))).Errors.ShouldBe(["members[0].email invalid-email"]);
        (await host.Anybody.PostAsync(PathOf(party), More(0))).Errors.ShouldBe(["members required"]);
        (await host.CountsAsync(evt)).ShouldStartWith("hannover 2/0");
        await host.IsWholeAsync();
    }

    [Fact]
    public async Task There_are_fifty_in_all_and_none_of_what_has_ended()
    {
        var evt = await host.EventAsync(e => e["sites"]![0]!["capacity"] = 60);
        var party = await host.DelegationAsync(evt, 48);
        (await host.Anybody.PostAsync(PathOf(party), More(3))).ShouldBe(HttpStatusCode.UnprocessableEntity, "validation-failed").Errors.ShouldBe(["members too-many"]);
        (await host.Partner.PostAsync($"/v1/registrations/{party.Members().First()["id"]}/cancel")).ShouldBe(HttpStatusCode.OK);
        (await host.Anybody.PostAsync(PathOf(party), More(3))).ShouldBe(HttpStatusCode.Created);
        (await host.CountsAsync(evt)).ShouldStartWith("hannover 50/0");
        (await host.Anybody.PostAsync($"{Party.ApiPathOf(party)}/cancel")).ShouldBe(HttpStatusCode.OK);
        (await host.Anybody.PostAsync(PathOf(party), More(1))).ShouldBe(HttpStatusCode.Conflict, "registration-ended");
    }

    [Fact]
    public async Task Quotas_answers_seats_and_queues_hold_for_them_as_for_the_first()
    {
        var evt = await host.EventWithQueueAsync(3, change: e => e["rules"] = new JsonObject { ["cityQuotas"] = new JsonArray(new JsonObject { ["city"] = "Foshan", ["seats"] = 6 }) });
        var party = await host.DelegationAsync(evt, 2, d => d["city"] = "Foshan");
        (await host.Anybody.PostAsync(PathOf(party), More(2, d => d["whenFull"] = "reject"))).ShouldBe(HttpStatusCode.Conflict, "site-full");
        (await host.Anybody.PostAsync(PathOf(party), More(2))).ShouldBe(HttpStatusCode.Created).Json.Members().Select(m => m.Stands()).ShouldBe(["confirmed hannover", "confirmed hannover", "waitlisted hannover queued hannover#1", "waitlisted hannover queued hannover#1"]);
        (await host.CountsAsync(evt)).ShouldStartWith("hannover 2/1");
        (await host.Anybody.PostAsync(PathOf(party), More(3))).ShouldBe(HttpStatusCode.Conflict, "city-quota-full");
        var some = (await host.Anybody.PostAsync(PathOf(party), More(3, d => d["mode"] = "whatFits"))).ShouldBe(HttpStatusCode.Created).Json;
        some.LeftOut().Single().ShouldStartWith("2 city-quota-full 王小明");
        (await host.Partner.PostAsync($"/v1/registrations/{party.Members().First()["id"]}/cancel")).ShouldBe(HttpStatusCode.OK);
        (await host.StandsAsync(party)).ShouldBe(["cancelled hannover", "confirmed hannover", "confirmed hannover", "confirmed hannover", "waitlisted hannover queued hannover#1", "waitlisted hannover queued hannover#1"]);

        var asking = await host.AskingEventAsync();
        var asked = await host.DelegationAsync(asking, 1, d => d["members"]![0]!["answers"] = JsonNode.Parse("""[{"question":"diet","value":"any"},{"question":"parking","value":"true"}]"""));
        (await host.Anybody.PostAsync(PathOf(asked), More(1, d => d["members"]![0]!["answers"] = JsonNode.Parse("""[{"question":"diet","value":"any"}]""")))).Errors.ShouldBe(["members[0].answers.parking required"]);
        await host.IsWholeAsync();
    }

    [Fact]
    public async Task Happens_once_for_an_idempotency_key_and_not_after_the_deadline()
    {
        await using var own = new EventsHost();
        await own.InitializeAsync();
        var evt = await own.EventWithQueueAsync(10);
        var (party, more) = (await own.DelegationAsync(evt, 1), More(2).ToJsonString());
        var first = (await own.Anybody.PostAsync(PathOf(party), more, ("Idempotency-Key", "more"))).ShouldBe(HttpStatusCode.Created);
        var again = (await own.Anybody.PostAsync(PathOf(party), more, ("Idempotency-Key", "more"))).ShouldBe(HttpStatusCode.Created);
        (again.Header("Idempotent-Replayed"), again.Text).ShouldBe(("true", first.Text));
        (await own.Anybody.PostAsync(PathOf(party), More(1), ("Idempotency-Key", "more"))).ShouldBe(HttpStatusCode.UnprocessableEntity, "idempotency-key-reused");
        (await own.CountsAsync(evt)).ShouldStartWith("hannover 3/0");
        own.Time.SetUtcNow(DateTimeOffset.Parse("2020-10-09T22:00:00Z", null));
        (await own.Anybody.PostAsync(PathOf(party), More(1))).ShouldBe(HttpStatusCode.Conflict, "registration-closed");
        (await own.Organizer.PostAsync($"{party.PathOf("self")}/members", More(1))).ShouldBe(HttpStatusCode.Created).Json.Members().Last()["late"]!.GetValue<bool>().ShouldBeTrue();
    }

    [Fact]
    public async Task Places_for_names_that_follow_are_numbered_on_and_held_till_the_date_there_is()
    {
        await using var own = new EventsHost();
        await own.InitializeAsync();
        var evt = await own.EventWithQueueAsync(10);
        var nameless = (JsonObject d) => { d["members"]!.AsArray().Add(new JsonObject { ["nameFollows"] = true }); };
        var party = await own.DelegationAsync(evt, 1);
        (await own.Anybody.PostAsync(PathOf(party), More(0, nameless))).Errors.ShouldBe(["namesDueBy required"]);
        (await own.Anybody.PostAsync(PathOf(party), More(0, d => { nameless(d); d["namesDueBy"] = "P2D"; }))).ShouldBe(HttpStatusCode.Created);
        (await own.Anybody.PostAsync(PathOf(party), More(0, d => { nameless(d); d["namesDueBy"] = "P3D"; }))).Errors.ShouldBe(["namesDueBy expected-nothing"]);
        var all = (await own.Anybody.PostAsync(PathOf(party), More(1, nameless))).ShouldBe(HttpStatusCode.Created).Json;
        all.Members().Where(m => m["nameFollows"] is not null).Select(m => $"{m["fullName"]} {m["holdEndsAt"]}").ShouldBe([$"N. N. 1 {all["namesDueAt"]}", $"N. N. 3 {all["namesDueAt"]}"]);
        (await own.Database.ReadAsync(session => session.Query<string>(Mails, new { Id = evt, Delegation = (string)party["id"]! }), CancellationToken.None)).Count(kind => kind == "nameDue").ShouldBe(2);
        own.Time.SetUtcNow(DateTimeOffset.Parse((string)all["namesDueAt"]!, null));
        await own.Services.GetRequiredService<Timekeeper>().RunAsync(CancellationToken.None);
        (await own.CountsAsync(evt)).ShouldStartWith("hannover 2/0");
        await own.IsWholeAsync();
    }

    [Fact]
    public async Task Wait_for_the_word_that_the_event_asks_for_unless_it_was_given()
    {
        var evt = await host.EventWithQueueAsync(10, change: e => e["rules"] = new JsonObject { ["confirmsAddresses"] = true });
        var party = await host.DelegationAsync(evt, 1);
        (await host.Anybody.PostAsync(PathOf(party), More(1))).ShouldBe(HttpStatusCode.Created).Json.Members().ShouldAllBe(m => m.Stands() == "pendingConfirmation hannover");
        (await host.Organizer.PostAsync($"{party.PathOf("self")}/confirm-address")).ShouldBe(HttpStatusCode.OK).Json.Members().ShouldAllBe(m => m.Stands() == "confirmed hannover");
        (await host.Anybody.PostAsync(PathOf(party), More(1))).ShouldBe(HttpStatusCode.Created).Json.Members().ShouldAllBe(m => m.Stands() == "confirmed hannover");

        var approving = await host.EventWithQueueAsync(10, change: e => e["rules"] = new JsonObject { ["requiresApproval"] = true });
        var pending = await host.DelegationAsync(approving, 1);
        (await host.Organizer.PostAsync($"{pending.PathOf("self")}/approve")).ShouldBe(HttpStatusCode.OK);
        (await host.Anybody.PostAsync(PathOf(pending), More(1))).ShouldBe(HttpStatusCode.Created).Json.Members().Select(m => m.Stands()).ShouldBe(["confirmed hannover", "pendingApproval hannover"]);
    }
}
