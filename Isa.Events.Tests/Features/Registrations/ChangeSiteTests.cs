using Isa.Events.Api.Features.Partners;

namespace Isa.Events.Tests.Features.Registrations;

public class ChangeSiteTests(SharedHost host)
{
    private static string Switch(JsonNode registration) => $"/v1/registrations/{registration["id"]}/change-site";

    [Fact]
    public async Task Takes_the_new_seat_and_gives_the_old_one_to_the_next_together()
    {
        var evt = await host.EventWithQueueAsync(1);
        var (moves, waits) = (await host.Partner.RegisteredAsync(evt), await host.Partner.RegisteredAsync(evt));
        var moved = (await host.Partner.PostAsync(Switch(moves), """{"siteId":"zoom"}""")).ShouldBe(HttpStatusCode.OK);
        moved.Json.Stands().ShouldBe("confirmed zoom");
        ((string)moved.Json["reference"]!).ShouldBe((string)moves["reference"]!);
        moved.Json["links"]!.ToJsonString().ShouldBe(moves["links"]!.ToJsonString());
        (await host.Partner.NowAsync(waits)).Stands().ShouldBe("confirmed hannover");
        (await host.CountsAsync(evt)).ShouldBe("hannover 1/0 foshan 0/0 zoom 1/0");
        (await host.Partner.PostAsync(Switch(moves), """{"siteId":"zoom"}""")).ShouldBe(HttpStatusCode.OK).ETag.ShouldBe(moved.ETag); // nothing more happens
    }

    [Fact]
    public async Task Keeps_the_old_seat_and_waits_where_the_new_site_is_full()
    {
        var evt = await host.EventWithQueueAsync(1);
        await host.Partner.RegisteredAsync(evt);
        var online = await host.Partner.RegisteredAsync(evt, "zoom");
        (await host.Partner.PostAsync(Switch(online), """{"siteId":"hannover","whenFull":"reject"}""")).ShouldBe(HttpStatusCode.Conflict, "site-full");
        foreach (var _ in new[] { 1, 2 }) (await host.Partner.PostAsync(Switch(online), """{"siteId":"hannover"}""")).ShouldBe(HttpStatusCode.OK).Json.Stands().ShouldBe("confirmed zoom queued hannover#1");
        (await host.Partner.PostAsync(Switch(online), """{"siteId":"foshan","keepWaiting":true}""")).ShouldBe(HttpStatusCode.OK).Json.Stands().ShouldBe("confirmed foshan queued hannover#1");
        (await host.Partner.PostAsync(Switch(online), """{"siteId":"foshan"}""")).ShouldBe(HttpStatusCode.OK).Json.Stands().ShouldBe("confirmed foshan"); // waits no longer
        (await host.CountsAsync(evt)).ShouldBe("hannover 1/0 foshan 1/0 zoom 0/0");
        await host.IsWholeAsync();
    }

    [Fact]
    public async Task Who_only_waited_is_seated_elsewhere_and_may_wait_on()
    {
        var evt = await host.EventWithQueueAsync(0);
        var (one, two) = (await host.Partner.RegisteredAsync(evt), await host.Partner.RegisteredAsync(evt));
        (await host.Partner.PostAsync(Switch(one), """{"siteId":"zoom"}""")).ShouldBe(HttpStatusCode.OK).Json.Stands().ShouldBe("confirmed zoom");
        (await host.Partner.PostAsync(Switch(two), """{"siteId":"zoom","keepWaiting":true}""")).ShouldBe(HttpStatusCode.OK).Json.Stands().ShouldBe("confirmed zoom queued hannover#1");
        (await host.CountsAsync(evt)).ShouldBe("hannover 0/1 foshan 0/0 zoom 2/0");
    }

    [Fact]
    public async Task People_may_move_themselves_as_long_as_the_event_says()
    {
        await using var own = new EventsHost();
        await own.InitializeAsync();
        var evt = await own.EventAsync();
        var strict = await own.EventAsync(e => e["rules"] = JsonNode.Parse("""{"switchToOnline":"registrationCloses","switchToRoom":"never"}"""));
        var (mine, theirs) = (await own.Partner.RegisteredAsync(evt), await own.Partner.RegisteredAsync(strict));
        var mineByLink = mine.PathOf("invite").Replace("/invite.ics", "/change-site");

        (await own.Partner.PostAsync(Switch(theirs), """{"siteId":"foshan"}""")).ShouldBe(HttpStatusCode.Conflict, "switching-closed");
        own.Time.SetUtcNow(new(2020, 10, 15, 18, 59, 0, TimeSpan.Zero)); // after the deadline, before queues close
        (await own.Partner.PostAsync(Switch(theirs), """{"siteId":"zoom"}""")).ShouldBe(HttpStatusCode.Conflict, "switching-closed");
        (await own.Organizer.PostAsync(Switch(theirs), """{"siteId":"zoom"}""")).ShouldBe(HttpStatusCode.OK);
        (await own.Anybody.PostAsync(mineByLink, """{"siteId":"foshan"}""")).ShouldBe(HttpStatusCode.OK);
        own.Time.SetUtcNow(new(2020, 10, 16, 8, 30, 0, TimeSpan.Zero)); // it has begun
        (await own.Anybody.PostAsync(mineByLink, """{"siteId":"hannover"}""")).ShouldBe(HttpStatusCode.Conflict, "switching-closed");
        (await own.Anybody.PostAsync(mineByLink, """{"siteId":"zoom"}""")).ShouldBe(HttpStatusCode.OK).Json.Stands().ShouldBe("confirmed zoom");
        own.Time.SetUtcNow(new(2020, 10, 16, 9, 0, 0, TimeSpan.Zero));
        (await own.Anybody.PostAsync(mineByLink, """{"siteId":"foshan"}""")).ShouldBe(HttpStatusCode.Conflict, "event-over");
    }

    [Theory]
    [InlineData("""{}""", "siteId required")]
    [InlineData("""{"siteId":"nowhere"}""", "siteId unknown-site")]
    [InlineData("""{"siteId":"zoom","whenFull":"attendSite"}""", "whenFull unknown-value")]
    [InlineData("""{"siteId":"foshan"}""", "siteId audience-not-invited")]
    public async Task Refuses_what_makes_no_sense(string body, string error)
    {
        var evt = await host.EventAsync(e => e["sites"]![1]!["audiences"] = new JsonArray("company"));
        var mine = await host.Partner.RegisteredAsync(evt);
        (await host.Partner.PostAsync(Switch(mine), body)).ShouldBe((HttpStatusCode)422, "validation-failed").Errors.ShouldBe([error]);
    }

    [Fact]
    public async Task Refuses_who_has_ended_a_stale_tag_and_strangers()
    {
        var evt = await host.EventAsync();
        var mine = await host.Partner.RegisteredAsync(evt);
        (await host.Partner.PostAsync(Switch(mine), """{"siteId":"zoom"}""", ("If-Match", "\"7\""))).ShouldBe(HttpStatusCode.PreconditionFailed, "version-mismatch");
        (await host.Partner.PostAsync(Switch(mine), """{"siteId":"zoom"}""", ("If-Match", "W/\"1\""))).ShouldBe(HttpStatusCode.PreconditionFailed, "version-mismatch");
        (await host.Partner.PostAsync(Switch(mine), """{"siteId":"zoom"}""", ("If-Match", "\"1\""))).ShouldBe(HttpStatusCode.OK).ETag.ShouldBe("\"2\"");
        var other = host.Caller(await host.KeyAsync(Role.Partner, "Another website"));
        (await other.PostAsync(Switch(mine), """{"siteId":"foshan"}""")).ShouldBe(HttpStatusCode.NotFound, "registration-not-found");
        (await host.Partner.PostAsync($"/v1/registrations/{mine["id"]}/cancel")).ShouldBe(HttpStatusCode.OK);
        (await host.Partner.PostAsync(Switch(mine), """{"siteId":"foshan"}""")).ShouldBe(HttpStatusCode.Conflict, "registration-ended");
    }

    [Fact]
    public async Task Asks_what_only_the_new_site_asks()
    {
        var evt = await host.AskingEventAsync();
        var mine = await OnlineAsync(host, evt);
        var byLink = mine.PathOf("invite").Replace("/invite.ics", "/change-site");
        foreach (var (caller, path) in new[] { (host.Partner, Switch(mine)), (host.Anybody, byLink) })
        {
            (await caller.PostAsync(path, """{"siteId":"hannover"}""")).ShouldBe((HttpStatusCode)422, "validation-failed").Errors.ShouldBe(["answers.parking required"]);
            (await caller.PostAsync(path, """{"siteId":"hannover","answers":[{"question":"diet","value":"meat"},{"question":"parking","value":""}]}""")).Errors.ShouldBe(["answers[0].value unknown-value", "answers.parking required"]);
            (await caller.PostAsync(path, """{"siteId":"foshan","answers":[{"question":"parking","value":"true"}]}""")).Errors.ShouldBe(["answers[0].question not-asked"]);
        }

        (await host.Partner.NowAsync(mine)).ToJsonString().ShouldBe(mine.ToJsonString());
        const string Answered = """{"siteId":"hannover","answers":[{"question":"parking","value":"true"},{"question":"topics","values":[]}]}""";
        var moved = (await host.Anybody.PostAsync(byLink, Answered)).ShouldBe(HttpStatusCode.OK);
        moved.Json.Stands().ShouldBe("confirmed hannover");
        Answers(moved.Json).ShouldBe("diet=vegetarian parking=true");
        (await host.Partner.NowAsync(mine)).ToJsonString().ShouldBe(moved.Json.ToJsonString());
        (await host.Anybody.PostAsync(byLink, Answered)).ShouldBe(HttpStatusCode.OK).ETag.ShouldBe(moved.ETag); // nothing more happens
        (await host.Organizer.GetAsync($"/v1/registrations/{mine["id"]}/history")).Json["items"]!.AsArray().Select(h => $"{h!["action"]} {h["fields"]?[0]}".Trim()).ShouldBe(["registered", "updated answers", "moved"]);
        // What was answered is not asked again.
        (await host.Anybody.PostAsync(byLink, """{"siteId":"zoom"}""")).ShouldBe(HttpStatusCode.OK);
        Answers((await host.Anybody.PostAsync(byLink, """{"siteId":"hannover"}""")).ShouldBe(HttpStatusCode.OK).Json).ShouldBe("diet=vegetarian parking=true");
    }

    [Fact]
    public async Task Whoever_begins_to_wait_is_asked_for_nobody_can_be_once_a_seat_comes_free()
    {
        var evt = await host.EventWithQueueAsync(1, change: e => e["questions"] = Asking.Questions());
        var seated = (await host.Partner.RegisterAsync(evt, Asking.Person())).ShouldBe(HttpStatusCode.Created).Json;
        (await host.Partner.RegisterAsync(evt, Asking.Person(change: p => p["answers"]!.AsArray().RemoveAt(1)))).Errors.ShouldBe(["answers.parking required"]); // would wait at once
        var mine = await OnlineAsync(host, evt);
        (await host.Partner.PostAsync(Switch(mine), """{"siteId":"hannover"}""")).Errors.ShouldBe(["answers.parking required"]);
        (await host.CountsAsync(evt)).ShouldBe("hannover 1/0 foshan 0/0 zoom 1/0");
        (await host.Partner.PostAsync(Switch(mine), """{"siteId":"hannover","answers":[{"question":"parking","value":"false"}]}""")).ShouldBe(HttpStatusCode.OK).Json.Stands().ShouldBe("confirmed zoom queued hannover#1");
        var corrected = (await host.Partner.PostAsync(Switch(mine), """{"siteId":"hannover","answers":[{"question":"parking","value":"true"}]}""")).ShouldBe(HttpStatusCode.OK).Json;
        corrected.Stands().ShouldBe("confirmed zoom queued hannover#1");
        await host.Partner.PostAsync($"/v1/registrations/{seated["id"]}/cancel");
        var promoted = await host.Partner.NowAsync(mine);
        (promoted.Stands(), Answers(promoted)).ShouldBe(("confirmed hannover", "diet=vegetarian parking=true"));
        await host.IsWholeAsync();
    }

    [Fact]
    public async Task Organisers_move_people_whatever_is_unanswered_and_wrong_answers_stay_wrong()
    {
        var evt = await host.AskingEventAsync();
        var mine = await OnlineAsync(host, evt);
        (await host.Organizer.PostAsync(Switch(mine), """{"siteId":"hannover","answers":[{"question":"parking","value":"perhaps"}]}""")).ShouldBe((HttpStatusCode)422, "validation-failed").Errors.ShouldBe(["answers[0].value unknown-value"]);
        var moved = (await host.Organizer.PostAsync(Switch(mine), """{"siteId":"hannover"}""")).ShouldBe(HttpStatusCode.OK).Json;
        (moved.Stands(), Answers(moved)).ShouldBe(("confirmed hannover", "diet=vegetarian"));
    }

    [Fact]
    public async Task After_the_deadline_a_new_site_is_answered_and_nothing_is_answered_otherwise()
    {
        await using var own = new EventsHost();
        await own.InitializeAsync();
        var evt = await own.AskingEventAsync();
        var mine = await OnlineAsync(own, evt);
        own.Time.SetUtcNow(new(2020, 10, 10, 8, 0, 0, TimeSpan.Zero));
        const string Late = """{"siteId":"hannover","answers":[{"question":"diet","value":"any"},{"question":"parking","value":"true"}]}""";
        (await own.Partner.PostAsync(Switch(mine), Late)).ShouldBe(HttpStatusCode.Conflict, "registration-closed").Errors.ShouldBe(["answers read-only"]);
        (await own.Partner.PostAsync(Switch(mine), """{"siteId":"zoom","answers":[{"question":"nights","value":"1"}]}""")).ShouldBe(HttpStatusCode.Conflict, "registration-closed"); // they are there
        Answers((await own.Partner.PostAsync(Switch(mine), Late.Replace("any", "vegetarian"))).ShouldBe(HttpStatusCode.OK).Json).ShouldBe("diet=vegetarian parking=true");
        Answers((await own.Organizer.PostAsync(Switch(mine), Late)).ShouldBe(HttpStatusCode.OK).Json).ShouldBe("diet=any parking=true");
    }

    private static async Task<JsonNode> OnlineAsync(EventsHost host, string evt) =>
        (await host.Partner.RegisterAsync(evt, Given.Person(siteId: "zoom", change: p => p["answers"] = JsonNode.Parse("""[{"question":"diet","value":"vegetarian"}]""")))).ShouldBe(HttpStatusCode.Created).Json;

    private static string Answers(JsonNode registration) => string.Join(' ', registration["answers"]!.AsArray().Select(a => $"{a!["question"]}={a["value"]}"));
}
