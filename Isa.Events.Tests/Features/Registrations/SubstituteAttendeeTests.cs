namespace Isa.Events.Tests.Features.Registrations;

public class SubstituteAttendeeTests(SharedHost host)
{
    private static string Path(JsonNode registration) => $"/v1/registrations/{registration["id"]}/substitute";

    private static JsonObject Deputy(Action<JsonObject>? change = null)
    {
        var deputy = Given.Person();
        deputy.Remove("siteId");
        change?.Invoke(deputy);
        return deputy;
    }

    [Fact]
    public async Task Hands_over_the_seat_and_the_reference_with_links_of_their_own()
    {
        var evt = await host.EventWithQueueAsync(1);
        var (old, waits) = ((await host.Partner.RegisterAsync(evt, Given.Person(change: p => (p["externalId"], p["organisation"]) = ("form-1", "Stadt Beispiel")))).Json, await host.Partner.RegisteredAsync(evt));
        var made = (await host.Anybody.PostAsync(old.PathOf("invite").Replace("/invite.ics", "/substitute"), Deputy(d => d["fullName"] = "Max Vertretung"))).ShouldBe(HttpStatusCode.Created);
        // Whoever had only the link has handed it over: the other's links are the other's alone.
        made.Json.Stands().ShouldBe("cancelled hannover");
        var deputy = await host.DeputyAsync(made);
        foreach (var link in deputy["links"]!.AsObject().Where(l => l.Key is "manage" or "invite" or "self")) made.Text.ShouldNotContain((string)link.Value!);
        deputy.Stands().ShouldBe("confirmed hannover");
        ((string)deputy["fullName"]!, (string)deputy["organisation"]!, (string)deputy["externalId"]!, (string)deputy["replaces"]!).ShouldBe(("Max Vertretung", "Stadt Beispiel", "form-1", (string)old["id"]!));
        ((string)deputy["reference"]!).ShouldBe((string)old["reference"]!);
        ((string)deputy["links"]!["manage"]!).ShouldNotBe((string)old["links"]!["manage"]!);

        var ended = await host.Partner.NowAsync(old);
        (ended.Stands(), (string)ended["endReason"]!, (string)ended["replacedBy"]!).ShouldBe(("cancelled hannover", "replaced", (string)deputy["id"]!));
        (await host.Anybody.GetAsync(old.PathOf("invite"))).Text.ShouldContain("METHOD:CANCEL");
        (await host.Anybody.GetAsync(deputy.PathOf("invite"))).Text.ShouldContain("METHOD:REQUEST");
        (await host.Partner.NowAsync(waits)).Stands().ShouldBe("waitlisted hannover queued hannover#1");
        (await host.CountsAsync(evt)).ShouldStartWith("hannover 1/1");
        await host.IsWholeAsync();
    }

    [Fact]
    public async Task Hands_over_a_place_in_the_queue()
    {
        var evt = await host.EventWithQueueAsync(0);
        var (first, second) = (await host.Partner.RegisteredAsync(evt), await host.Partner.RegisteredAsync(evt));
        (await host.Partner.PostAsync(Path(first), Deputy())).ShouldBe(HttpStatusCode.Created).Json.Stands().ShouldBe("waitlisted hannover queued hannover#1");
        (await host.Partner.NowAsync(second)).Stands().ShouldBe("waitlisted hannover queued hannover#2");
        await host.IsWholeAsync();
    }

    [Fact]
    public async Task Whoever_takes_over_a_place_in_the_queue_answers_what_its_site_asks()
    {
        var evt = await host.EventWithQueueAsync(0, change: e => e["questions"] = Asking.Questions());
        var waits = (await host.Partner.RegisterAsync(evt, Asking.Person(change: p => (p["whenFull"], p["fallbackSiteId"]) = ("attendSite", "zoom")))).ShouldBe(HttpStatusCode.Created).Json;
        waits.Stands().ShouldBe("confirmed zoom queued hannover#1");
        (await host.PageAsync(waits)).Text.ShouldContain("id=\"deputy-answers.parking\"");
        var answers = JsonNode.Parse("""[{"question":"diet","value":"any"}]""")!.AsArray();
        (await host.Partner.PostAsync(Path(waits), Deputy(d => d["answers"] = answers.DeepClone()))).ShouldBe((HttpStatusCode)422, "validation-failed").Errors.ShouldBe(["answers.parking required"]);
        answers.Add(new JsonObject { ["question"] = "parking", ["value"] = "true" });
        (await host.Partner.PostAsync(Path(waits), Deputy(d => d["answers"] = answers))).ShouldBe(HttpStatusCode.Created).Json.Stands().ShouldBe("confirmed zoom queued hannover#1");
    }

    [Fact]
    public async Task Happens_once_for_an_idempotency_key_with_or_without_a_key_of_the_api()
    {
        var evt = await host.EventAsync();
        var old = await host.Partner.RegisteredAsync(evt);
        var deputy = Deputy();
        var path = old.PathOf("invite").Replace("/invite.ics", "/substitute");
        var first = (await host.Anybody.PostAsync(path, deputy.ToJsonString(), ("Idempotency-Key", "once"))).ShouldBe(HttpStatusCode.Created);
        var again = (await host.Anybody.PostAsync(path, deputy.ToJsonString(), ("Idempotency-Key", "once"))).ShouldBe(HttpStatusCode.Created);
        (again.Header("Idempotent-Replayed"), (string)again.Json["id"]!).ShouldBe(("true", (string)first.Json["id"]!));
        (await host.Anybody.PostAsync(path, Deputy().ToJsonString(), ("Idempotency-Key", "once"))).ShouldBe((HttpStatusCode)422, "idempotency-key-reused");
        (await host.Anybody.PostAsync(path, Deputy().ToJsonString())).ShouldBe(HttpStatusCode.Conflict, "registration-ended");
    }

    [Fact]
    public async Task Refuses_who_is_there_already_and_what_a_registration_would_not_take()
    {
        var evt = await host.EventAsync();
        var (old, other) = (await host.Partner.RegisteredAsync(evt), await host.Partner.RegisteredAsync(evt));
        (await host.Partner.PostAsync(Path(old), Deputy(d => d["email"] = (string)other["email"]!))).ShouldBe(HttpStatusCode.Conflict, "already-registered").Errors.ShouldBe(["email duplicate-value"]);
        (await host.Partner.PostAsync(Path(old), Deputy(d => d.Remove("noticeVersion")))).ShouldBe((HttpStatusCode)422, "validation-failed").Errors.ShouldBe(["noticeVersion required"]);
        (await host.Partner.PostAsync(Path(old), Deputy(d => d["noticeVersion"] = "0"))).ShouldBe(HttpStatusCode.Conflict, "notice-outdated");
        (await host.Partner.PostAsync(Path(old), Deputy(d => d["email"] = "nobody"))).ShouldBe((HttpStatusCode)422, "validation-failed").Errors.ShouldBe(["email invalid-email"]);
        (await host.Partner.PostAsync(Path(old), Deputy(d => d["siteId"] = "zoom"))).ShouldBe(HttpStatusCode.BadRequest, "malformed-request").Errors.ShouldBe(["siteId unknown-member"]);
        (await host.Partner.NowAsync(old)).Stands().ShouldBe("confirmed hannover");
    }

    [Fact]
    public async Task Is_possible_after_the_deadline_until_the_event_begins()
    {
        await using var own = new EventsHost();
        await own.InitializeAsync();
        var evt = await own.EventAsync();
        var old = await own.Partner.RegisteredAsync(evt);
        own.Time.SetUtcNow(new(2020, 10, 16, 6, 59, 59, TimeSpan.Zero));
        var deputy = (await own.Partner.PostAsync(Path(old), Deputy())).ShouldBe(HttpStatusCode.Created).Json;
        own.Time.SetUtcNow(new(2020, 10, 16, 7, 0, 0, TimeSpan.Zero));
        (await own.Partner.PostAsync(Path(deputy), Deputy())).ShouldBe(HttpStatusCode.Conflict, "event-started");
    }
}
