namespace Isa.Events.Tests.Features.Delegations;

/// <summary>An organiser's word on all members of a delegation who wait for it.</summary>
public class ApproveDelegationTests(SharedHost host)
{
    private const string Mails = "SELECT kind FROM outbox WHERE event_id = @Id AND delegation_id = @Delegation ORDER BY id";

    private static Action<JsonObject> Rules(string rules) => evt => evt["rules"] = JsonNode.Parse(rules);

    private static string PathOf(JsonNode delegation, string operation) => $"/v1/delegations/{delegation["id"]}/{operation}";

    [Fact]
    public async Task Gives_all_who_are_pending_their_seats_at_once_and_tells_the_contact_once()
    {
        var evt = await host.EventWithQueueAsync(5, change: Rules("""{"requiresApproval":true}"""));
        var party = await host.DelegationAsync(evt, 3, d => d["members"]!.AsArray().Add(new JsonObject { ["fullName"] = "李娜", ["siteId"] = "zoom" }));
        (await host.StandsAsync(party)).ShouldBe(["pendingApproval hannover", "pendingApproval hannover", "pendingApproval hannover", "pendingApproval zoom"]);
        (await host.Organizer.PostAsync($"/v1/registrations/{party.Members().First()["id"]}/decline")).ShouldBe(HttpStatusCode.OK);
        (await host.Partner.PostAsync(PathOf(party, "approve"))).ShouldBe(HttpStatusCode.Forbidden, "not-allowed");
        (await host.Anybody.PostAsync(PathOf(party, "approve"))).ShouldBe(HttpStatusCode.Unauthorized, "not-authenticated");
        foreach (var _ in new[] { 1, 2 })
        {
            var approved = (await host.Organizer.PostAsync(PathOf(party, "approve"), """{"text":"欢迎！"}""")).ShouldBe(HttpStatusCode.OK).Json;
            approved.Members().Select(m => $"{m.Stands()} {m["decisionText"]}").ShouldBe(["declined hannover ", "confirmed hannover 欢迎！", "confirmed hannover 欢迎！", "confirmed zoom 欢迎！"]);
        }

        (await host.CountsAsync(evt)).ShouldBe("hannover 2/0 foshan 0/0 zoom 1/0");
        (await MailsAsync(evt, party)).ShouldBe(["delegationRegistered", "delegationApproved"]);
        foreach (var member in party.Members().Skip(1))
            (await host.Organizer.GetAsync($"/v1/registrations/{member["id"]}/history")).Json["items"]!.AsArray().Select(e => $"{e!["action"]} {e["actor"]}").ShouldBe(["registered partner", "approved organizer"]);
        (await host.Organizer.PostAsync(PathOf(party, "approve"), """{"note":"x"}""")).Errors.ShouldBe(["note unknown-member"]);
        await host.IsWholeAsync();
    }

    [Fact]
    public async Task Who_has_no_seat_held_is_seated_or_waits_as_one_party()
    {
        var evt = await host.EventWithQueueAsync(3, change: Rules("""{"requiresApproval":true,"pendingHoldsSeat":false}"""));
        var (first, second) = (await host.DelegationAsync(evt, 2), await host.DelegationAsync(evt, 2));
        (await host.CountsAsync(evt)).ShouldStartWith("hannover 0/0");
        (await host.Organizer.PostAsync(PathOf(first, "approve"))).ShouldBe(HttpStatusCode.OK).Json.Members().ShouldAllBe(m => m.Stands() == "confirmed hannover");
        (await host.Organizer.PostAsync(PathOf(second, "approve"))).ShouldBe(HttpStatusCode.OK).Json.Members().ShouldAllBe(m => m.Stands() == "waitlisted hannover queued hannover#1");
        (await host.CountsAsync(evt)).ShouldStartWith("hannover 2/1"); // one entry of two: the free seat is not for half of it
        await host.IsWholeAsync();
    }

    [Fact]
    public async Task Nobody_is_approved_where_there_is_no_place_for_all()
    {
        var evt = await host.EventWithSeatsAsync(2);
        (await host.Organizer.PatchAsync($"/v1/events/{evt}", """{"rules":{"requiresApproval":true,"pendingHoldsSeat":false}}""", ("If-Match", "*"))).ShouldBe(HttpStatusCode.OK);
        var party = await host.DelegationAsync(evt, 2, d => d["members"]!.AsArray().Insert(0, new JsonObject { ["fullName"] = "张伟", ["siteId"] = "zoom" }));
        await host.Organizer.RegisteredAsync(evt);
        var full = (await host.Organizer.PostAsync(PathOf(party, "approve"))).ShouldBe(HttpStatusCode.Conflict, "site-full");
        ((string)full.Json["siteId"]!).ShouldBe("hannover");
        (await host.StandsAsync(party)).ShouldAllBe(stands => stands.StartsWith("pendingApproval", StringComparison.Ordinal));
        (await host.CountsAsync(evt)).ShouldBe("hannover 1/0 foshan 0/0 zoom 0/0");
    }

    [Theory]
    [InlineData("waitlist", null, "waitlisted hannover queued hannover#1", "hannover 2/1 foshan 0/0 zoom 0/0")]
    [InlineData("attendSite", "zoom", "confirmed zoom queued hannover#1", "hannover 2/1 foshan 0/0 zoom 2/0")]
    [InlineData("reject", null, "pendingApproval hannover", "hannover 2/0 foshan 0/0 zoom 0/0")]
    public async Task Those_who_take_what_fits_come_to_what_registering_would_give(string whenFull, string? fallback, string rest, string counts)
    {
        var evt = await host.EventWithQueueAsync(2, change: Rules("""{"requiresApproval":true,"pendingHoldsSeat":false}"""));
        var party = await host.DelegationAsync(evt, 4, What);
        (await host.StandsAsync(party)).ShouldAllBe(stands => stands == "pendingApproval hannover");
        foreach (var _ in new[] { 1, 2 })
            (await host.Organizer.PostAsync(PathOf(party, "approve"), """{"text":"欢迎！"}""")).ShouldBe(HttpStatusCode.OK).Json.Members().Select(m => m.Stands()).ShouldBe(["confirmed hannover", "confirmed hannover", rest, rest]);
        (await host.CountsAsync(evt)).ShouldBe(counts);
        (await MailsAsync(evt, party)).ShouldBe(["delegationRegistered", "delegationApproved"]);
        (await ToldAsync(party)).ShouldBe(["registrationApproved", "registrationApproved", .. Enumerable.Repeat(whenFull == "attendSite" ? "registrationApproved" : whenFull == "waitlist" ? "registrationWaitlisted" : "registrationPending", 2)]);
        await host.IsWholeAsync();

        if (whenFull != "reject")
        {
            var straight = await host.EventWithQueueAsync(2);
            (await host.DelegationAsync(straight, 4, What)).Members().Select(m => m.Stands()).ShouldBe(await host.StandsAsync(party));
            (await host.CountsAsync(straight)).ShouldBe(counts);
            return;
        }

        // Whom there was no place for waits on, until there is one or they are declined.
        (await host.Organizer.PostAsync($"/v1/registrations/{party.Members().First()["id"]}/cancel")).ShouldBe(HttpStatusCode.OK);
        (await host.Organizer.PostAsync(PathOf(party, "approve"))).ShouldBe(HttpStatusCode.OK).Json.Members().Select(m => m.Stands()).ShouldBe(["cancelled hannover", "confirmed hannover", "confirmed hannover", "pendingApproval hannover"]);
        (await host.Organizer.PostAsync(PathOf(party, "decline"))).ShouldBe(HttpStatusCode.OK).Json.Members().Last().Stands().ShouldBe("declined hannover");
        (await host.CountsAsync(evt)).ShouldStartWith("hannover 2/0");
        await host.IsWholeAsync();

        void What(JsonObject d) => (d["mode"], d["whenFull"], d["fallbackSiteId"]) = ("whatFits", whenFull, fallback);
    }

    [Fact]
    public async Task Of_those_who_take_what_fits_each_site_is_looked_at_alone_and_nobody_fits_nowhere()
    {
        var evt = await host.EventWithQueueAsync(1, change: e => (e["rules"], e["sites"]![1]!["capacity"]) = (JsonNode.Parse("""{"requiresApproval":true,"pendingHoldsSeat":false}"""), 1));
        var party = await host.DelegationAsync(evt, 2, d =>
        {
            (d["mode"], d["whenFull"], d["namesDueBy"]) = ("whatFits", "reject", "P2D");
            foreach (var site in new[] { "foshan", "foshan" }) d["members"]!.AsArray().Add(new JsonObject { ["nameFollows"] = true, ["siteId"] = site });
        });
        var guests = new List<JsonNode> { await host.Organizer.RegisteredAsync(evt), await host.Organizer.RegisteredAsync(evt, "foshan") };
        var full = (await host.Organizer.PostAsync(PathOf(party, "approve"))).ShouldBe(HttpStatusCode.Conflict, "site-full");
        ((string)full.Json["siteId"]!).ShouldBe("hannover");
        (await host.StandsAsync(party)).ShouldAllBe(stands => stands.StartsWith("pendingApproval", StringComparison.Ordinal));
        (await MailsAsync(evt, party)).ShouldNotContain("delegationApproved");

        (await host.Organizer.PostAsync($"/v1/registrations/{guests[1]["id"]}/cancel")).ShouldBe(HttpStatusCode.OK);
        var deputy = await host.DeputyAsync(await host.Anybody.PostAsync(party.Members().First().PathOf("invite").Replace("/invite.ics", "/substitute"), new JsonObject { ["fullName"] = "陈静", ["language"] = "zh", ["audience"] = "guest", ["noticeVersion"] = "1" }));
        (await host.Organizer.PostAsync(PathOf(party, "approve"))).ShouldBe(HttpStatusCode.OK).Json.Members().Select(m => m.Stands())
            .ShouldBe(["cancelled hannover", "pendingApproval hannover", "confirmed foshan", "pendingApproval foshan", "pendingApproval hannover"]); // the deputy takes what fits, as whoever they came for
        ((string)deputy["delegationId"]!).ShouldBe((string)party["id"]!);
        (await host.CountsAsync(evt)).ShouldBe("hannover 1/0 foshan 1/0 zoom 0/0");
        await host.IsWholeAsync();
    }

    [Fact]
    public async Task Those_who_are_declined_leave_their_seats_together_and_the_contact_hears_once()
    {
        await using var own = await Mail.HostAsync();
        var evt = await own.EventWithQueueAsync(2, change: Rules("""{"requiresApproval":true}"""));
        var party = await own.DelegationAsync(evt, 1, d => d["members"]!.AsArray().Add(new JsonObject { ["fullName"] = "李娜" }));
        var waits = await own.DelegationAsync(evt, 2, d => d["contact"]!["email"] = "other@example.org");
        (await own.Organizer.PostAsync(PathOf(waits, "approve"))).ShouldBe(HttpStatusCode.OK).Json.Members().ShouldAllBe(m => m.Stands() == "waitlisted hannover queued hannover#1");
        await own.SendAsync();
        foreach (var _ in new[] { 1, 2 })
            (await own.Organizer.PostAsync(PathOf(party, "decline"), """{"text":"名额有限。"}""")).ShouldBe(HttpStatusCode.OK).Json.Members().ShouldAllBe(m => (string)m["status"]! == "declined");
        (await own.StandsAsync(waits)).ShouldAllBe(stands => stands == "confirmed hannover");
        var mails = await own.SendAsync();
        mails.Count(m => m.To == (string)party.Members().First()["email"]!).ShouldBe(1);
        var told = mails.Single(m => m.To == "wang.fang@example.org");
        told.Text.ShouldContain("名额有限。");
        told.Text.ShouldContain("李娜");
        told.Text.ShouldNotContain("/r/"); // there is nothing left of it to change
        (await own.Organizer.PostAsync(PathOf(party, "approve"))).ShouldBe(HttpStatusCode.Conflict, "registration-not-pending");
        (await own.Organizer.PostAsync(PathOf(waits, "decline"))).ShouldBe(HttpStatusCode.Conflict, "registration-not-pending");
        await own.IsWholeAsync();
    }

    [Theory]
    [InlineData("de", "hat die Anmeldung Ihrer Delegation angenommen. Personen: 2")]
    [InlineData("en", "has accepted the registration of your delegation. People: 2")]
    [InlineData("zh", "已通过贵代表团的报名，共2人")]
    public async Task Its_contact_reads_how_each_of_them_stands(string language, string says)
    {
        await using var own = await Mail.HostAsync();
        var evt = await own.EventWithQueueAsync(5, change: Rules("""{"requiresApproval":true}"""));
        var party = await own.DelegationAsync(evt, 2, d => d["contact"]!["language"] = language);
        await own.SendAsync();
        (await own.Organizer.PostAsync(PathOf(party, "approve"), """{"text":"Bis bald!"}""")).ShouldBe(HttpStatusCode.OK);
        var mails = await own.SendAsync();
        mails.Count.ShouldBe(3);
        var text = mails.Single(m => m.To == "wang.fang@example.org").Text;
        foreach (var part in party.Members().Select(m => (string)m["reference"]!).Concat([says, "Bis bald!"])) text.ShouldContain(part);
    }

    private async Task<List<string>> ToldAsync(JsonNode party)
    {
        var told = new List<string>();
        foreach (var member in party.Members())
            told.Add((await host.Database.ReadAsync(session => session.Query<string>("SELECT kind FROM outbox WHERE registration_id = @Id ORDER BY id", new { Id = (string)member["id"]! }), CancellationToken.None)).Last());
        return told;
    }

    private Task<List<string>> MailsAsync(string evt, JsonNode party) =>
        host.Database.ReadAsync(session => session.Query<string>(Mails, new { Id = evt, Delegation = (string)party["id"]! }), CancellationToken.None);
}
