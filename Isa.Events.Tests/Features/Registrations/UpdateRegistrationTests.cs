using Isa.Events.Api.Features.Partners;

namespace Isa.Events.Tests.Features.Registrations;

/// <summary>What people, partners and organisers change of a registration, and until when.</summary>
public class UpdateRegistrationTests(SharedHost host)
{
    [Fact]
    public async Task Changes_what_it_names_and_null_removes()
    {
        var evt = await host.EventAsync();
        var made = await MadeAsync(host, evt, p => (p["phone"], p["jobTitle"], p["organisation"]) = ("+49 511 1680", "Referentin", "Stadt Hannover"));
        var answer = (await host.Anybody.PatchAsync(Own(made), """{"fullName":" Jürgen Weiß ","familyName":"Weiß","organisation":"Stadt Foshan","phone":null,"needs":"Rollstuhl","consents":[{"purpose":"photos","text":"Ja."}]}""")).ShouldBe(HttpStatusCode.OK);
        var after = answer.Json.AsObject();
        ((string)after["fullName"]!, (string)after["organisation"]!, (string)after["jobTitle"]!, (string)after["needs"]!).ShouldBe(("Jürgen Weiß", "Stadt Foshan", "Referentin", "Rollstuhl"));
        after.ContainsKey("phone").ShouldBeFalse();
        ((long)after["version"]!).ShouldBe(2);
        answer.ETag.ShouldBe("\"2\"");
        answer.Header("Cache-Control").ShouldBe("no-store");
        JsonNode.DeepEquals((await host.Partner.GetAsync($"/v1/registrations/{made["id"]}")).Json, after).ShouldBeTrue();

        // Lists find and sort it by what it says now.
        (await FoundAsync("Foshan")).ShouldBe(1);
        (await FoundAsync("Erika")).ShouldBe(0);
        (await host.Organizer.GetAsync($"/v1/events/{evt}/registrations?organisation=foshan")).Json["items"]!.AsArray().Count.ShouldBe(1);
        (await MadeAsync(host, evt, p => (p["fullName"], p["familyName"]) = ("A Z", "Zander"))).ShouldNotBeNull();
        (await host.Organizer.GetAsync($"/v1/events/{evt}/registrations?sort=familyName")).Json["items"]!.AsArray().Select(r => (string)r!["familyName"]!).ShouldBe(["Weiß", "Zander"]);

        async Task<int> FoundAsync(string q) => (await host.Organizer.GetAsync($"/v1/events/{evt}/registrations?q={q}")).Json["items"]!.AsArray().Count;
    }

    [Fact]
    public async Task What_comes_to_the_same_changes_nothing()
    {
        var evt = await host.AskingEventAsync();
        var made = (await host.Partner.RegisterAsync(evt, Asking.Person())).ShouldBe(HttpStatusCode.Created).Json;
        var same = new JsonObject { ["fullName"] = $" {made["fullName"]} ", ["email"] = ((string)made["email"]!).Replace("@", "＠"), ["phone"] = "", ["consents"] = new JsonArray(), ["answers"] = made["answers"]!.DeepClone(), ["siteId"] = "hannover" };
        foreach (var patch in new[] { "{}", same.ToJsonString() })
        {
            var answer = (await host.Anybody.PatchAsync(Own(made), patch)).ShouldBe(HttpStatusCode.OK);
            JsonNode.DeepEquals(answer.Json, made).ShouldBeTrue(answer.Text);
            answer.ETag.ShouldBe("\"1\"");
        }

        (await TrailAsync(made)).ShouldBe(["registered"]);
    }

    [Theory]
    [InlineData("""{"fullName":null}""", 422, "validation-failed", "fullName required")]
    [InlineData("""{"fullName":"\u200b"}""", 422, "validation-failed", "fullName required")]
    [InlineData("""{"email":null}""", 422, "validation-failed", "email required")]
    [InlineData("""{"email":"a@b"}""", 422, "validation-failed", "email invalid-email")]
    [InlineData("""{"language":"fr"}""", 422, "validation-failed", "language unknown-language")]
    [InlineData("""{"language":null}""", 422, "validation-failed", "language required")]
    [InlineData("""{"phone":"call me"}""", 422, "validation-failed", "phone invalid-phone")]
    [InlineData("""{"timeZone":"Mars/Base"}""", 422, "validation-failed", "timeZone unknown-zone")]
    [InlineData("""{"jobTitle":"a\nb"}""", 422, "validation-failed", "jobTitle control-character")]
    [InlineData("""{"consents":[{"purpose":"../x","text":"t"}]}""", 422, "validation-failed", "consents[0].purpose invalid-slug")]
    [InlineData("""{"siteId":"zoom"}""", 422, "validation-failed", "siteId read-only")]
    [InlineData("""{"siteId":null}""", 422, "validation-failed", "siteId read-only")]
    [InlineData("""{"whenFull":"waitlist"}""", 422, "validation-failed", "whenFull read-only")]
    [InlineData("""{"fallbackSiteId":"zoom"}""", 422, "validation-failed", "fallbackSiteId read-only")]
    [InlineData("""{"noticeVersion":"2"}""", 422, "validation-failed", "noticeVersion read-only")]
    [InlineData("""{"externalId":"mine"}""", 422, "validation-failed", "externalId read-only")]
    [InlineData("""{"answers":[{"question":"shoe","value":"42"}]}""", 422, "validation-failed", "answers[0].question unknown-question")]
    [InlineData("""{"status":"confirmed"}""", 400, "malformed-request", "status unknown-member")]
    [InlineData("""{"reference":null}""", 400, "malformed-request", "reference unknown-member")]
    [InlineData("""{"fullName":5}""", 400, "malformed-request", "fullName wrong-type")]
    [InlineData("""{"phone":"1","phone":"2"}""", 400, "malformed-request", "phone duplicate-member")]
    [InlineData("[]", 400, "malformed-request", " wrong-type")]
    [InlineData("", 400, "malformed-request", " invalid-json")]
    public async Task Bad_patches_are_refused_by_field(string patch, int status, string code, string error)
    {
        var made = await MadeAsync(host, await host.EventAsync());
        var refused = (await host.Anybody.PatchAsync(Own(made), patch)).ShouldBe((HttpStatusCode)status, code);
        refused.Errors.ShouldBe([error]);
        ((string?)refused.Json["operation"]).ShouldBe(error is "siteId read-only" or "whenFull read-only" or "fallbackSiteId read-only" ? "ChangeSite" : null);
        JsonNode.DeepEquals((await host.Anybody.GetAsync(Own(made))).Json, made).ShouldBeTrue();
    }

    [Fact]
    public async Task Only_who_may_see_it_may_change_it()
    {
        var made = await MadeAsync(host, await host.EventAsync());
        var path = $"/v1/registrations/{made["id"]}";
        (await host.Anybody.PatchAsync(path, "{}")).ShouldBe(HttpStatusCode.Unauthorized, "not-authenticated");
        (await host.Caller(await host.KeyAsync(Role.Partner, "A stranger's website")).PatchAsync(path, "{}")).ShouldBe(HttpStatusCode.NotFound, "registration-not-found");
        (await host.Caller(await host.KeyAsync(Role.CheckIn, "The door")).PatchAsync(path, "{}")).ShouldBe(HttpStatusCode.Forbidden, "not-allowed");
        (await host.Organizer.PatchAsync("/v1/registrations/reg_0", "{}", ("If-Match", "*"))).ShouldBe(HttpStatusCode.NotFound, "registration-not-found");
        (await host.Anybody.PatchAsync(Own(made)[..^1], "{}")).ShouldBe(HttpStatusCode.NotFound, "registration-not-found");
        (await host.Anybody.SendAsync(HttpMethod.Patch, Own(made), new StringContent("{}", System.Text.Encoding.UTF8, "text/plain"))).ShouldBe(HttpStatusCode.UnsupportedMediaType, "unsupported-media-type");
        (await host.Anybody.PatchAsync(Own(made) + "?dryRun=true", "{}")).ShouldBe(HttpStatusCode.BadRequest, "malformed-request");
    }

    [Fact]
    public async Task Organisers_name_the_version_they_build_on_and_whoever_names_one_is_held_to_it()
    {
        var made = await MadeAsync(host, await host.EventAsync());
        var path = $"/v1/registrations/{made["id"]}";
        (await host.Organizer.PatchAsync(path, """{"jobTitle":"A"}""")).ShouldBe((HttpStatusCode)428, "precondition-required");
        (await host.Organizer.PatchAsync(path, """{"jobTitle":"A"}""", ("If-Match", "\"1\""))).ShouldBe(HttpStatusCode.OK);
        ((long)(await host.Organizer.PatchAsync(path, """{"jobTitle":"B"}""", ("If-Match", "\"1\""))).ShouldBe(HttpStatusCode.PreconditionFailed, "version-mismatch").Json["currentVersion"]!).ShouldBe(2);
        (await host.Anybody.PatchAsync(Own(made), """{"jobTitle":"B"}""", ("If-Match", "\"1\""))).ShouldBe(HttpStatusCode.PreconditionFailed, "version-mismatch");
        (await host.Partner.PatchAsync(path, """{"jobTitle":"B"}""", ("If-Match", "W/\"2\""))).ShouldBe(HttpStatusCode.PreconditionFailed, "version-mismatch");
        (await host.Partner.PatchAsync(path, """{"jobTitle":"B"}""", ("If-Match", "2"))).ShouldBe(HttpStatusCode.BadRequest, "malformed-request");
        (await host.Organizer.PatchAsync(path, """{"jobTitle":"C"}""", ("If-Match", "*"))).ShouldBe(HttpStatusCode.OK);
        ((string)(await host.Partner.PatchAsync(path, """{"phone":"+49 511 1680"}""")).ShouldBe(HttpStatusCode.OK).Json["jobTitle"]!).ShouldBe("C");
    }

    [Fact]
    public async Task Of_many_edits_of_one_version_one_wins()
    {
        var made = await MadeAsync(host, await host.EventAsync());
        var answers = await Task.WhenAll(Enumerable.Range(0, 12).Select(n => host.Organizer.PatchAsync($"/v1/registrations/{made["id"]}", $$"""{"jobTitle":"Job {{n}}"}""", ("If-Match", "\"1\""))));
        answers.Count(a => a.Status == HttpStatusCode.OK).ShouldBe(1);
        foreach (var answer in answers.Where(a => a.Status != HttpStatusCode.OK)) answer.ShouldBe(HttpStatusCode.PreconditionFailed, "version-mismatch");
        ((long)(await host.Organizer.GetAsync($"/v1/registrations/{made["id"]}")).Json["version"]!).ShouldBe(2);
        (await TrailAsync(made)).ShouldBe(["registered", "updated"]);
    }

    [Fact]
    public async Task A_new_address_makes_all_links_new()
    {
        var evt = await host.EventAsync();
        var made = await MadeAsync(host, evt);
        var old = Own(made);
        var after = (await host.Anybody.PatchAsync(old, """{"email":"new＠Example.org"}""")).ShouldBe(HttpStatusCode.OK).Json;
        ((string)after["email"]!).ShouldBe("new@Example.org");
        Own(after).ShouldNotBe(old);
        (await host.Anybody.GetAsync(old)).ShouldBe(HttpStatusCode.NotFound, "registration-not-found");
        (await host.Anybody.PatchAsync(old, """{"phone":null}""")).ShouldBe(HttpStatusCode.NotFound, "registration-not-found");
        (await host.Anybody.GetAsync(made.PathOf("manage"))).ShouldBe(HttpStatusCode.NotFound);
        (await host.Anybody.GetAsync(Own(after))).ShouldBe(HttpStatusCode.OK);
        (await host.Partner.RegisterAsync(evt, Given.Person("NEW@example.org"))).ShouldBe(HttpStatusCode.Conflict, "already-registered");
        (await host.Partner.RegisterAsync(evt, Given.Person((string)made["email"]!))).ShouldBe(HttpStatusCode.Created);

        // Another spelling of the same address is no other mailbox.
        Own((await host.Anybody.PatchAsync(Own(after), """{"email":"NEW@example.org"}""")).ShouldBe(HttpStatusCode.OK).Json).ShouldBe(Own(after));
    }

    [Fact]
    public async Task An_address_of_somebody_else_is_refused_and_told_to_who_may_know()
    {
        var evt = await host.EventAsync();
        var (first, second) = (await MadeAsync(host, evt), await MadeAsync(host, evt));
        var patch = new { email = ((string)first["email"]!).ToUpperInvariant() };
        var byPerson = (await host.Anybody.PatchAsync(Own(second), patch)).ShouldBe(HttpStatusCode.Conflict, "already-registered");
        byPerson.Errors.ShouldBe(["email duplicate-value"]);
        byPerson.Json.AsObject().ContainsKey("registrationId").ShouldBeFalse();
        byPerson.Json.AsObject().ContainsKey("links").ShouldBeFalse();
        ((string)(await host.Partner.PatchAsync($"/v1/registrations/{second["id"]}", patch)).ShouldBe(HttpStatusCode.Conflict, "already-registered").Json["registrationId"]!).ShouldBe((string)first["id"]!);
        var stranger = host.Caller(await host.KeyAsync(Role.Partner, "Another city's website"));
        var theirs = (await stranger.RegisterAsync(evt)).ShouldBe(HttpStatusCode.Created).Json;
        (await stranger.PatchAsync($"/v1/registrations/{theirs["id"]}", patch)).ShouldBe(HttpStatusCode.Conflict, "already-registered").Json.AsObject().ContainsKey("registrationId").ShouldBeFalse();
        (await host.Organizer.PatchAsync($"/v1/registrations/{theirs["id"]}", patch, ("If-Match", "*"))).ShouldBe(HttpStatusCode.Conflict, "already-registered").Json["links"]!["manage"].ShouldNotBeNull();

        // Once they have cancelled it is free.
        (await host.Partner.PostAsync($"/v1/registrations/{first["id"]}/cancel")).ShouldBe(HttpStatusCode.OK);
        (await host.Anybody.PatchAsync(Own(second), patch)).ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Two_who_want_one_address_at_once_do_not_both_get_it()
    {
        var evt = await host.EventAsync();
        var people = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => MadeAsync(host, evt)));
        var answers = await Task.WhenAll(people.Select(p => host.Anybody.PatchAsync(Own(p), """{"email":"one@example.org"}""")));
        answers.Count(a => a.Status == HttpStatusCode.OK).ShouldBe(1);
        foreach (var answer in answers.Where(a => a.Status != HttpStatusCode.OK)) answer.ShouldBe(HttpStatusCode.Conflict, "already-registered");
    }

    [Fact]
    public async Task An_external_id_is_changed_by_keys_and_stays_unique()
    {
        var evt = await host.EventAsync();
        var first = await MadeAsync(host, evt, p => p["externalId"] = "form-1");
        var second = await MadeAsync(host, evt, p => p["externalId"] = "form-2");
        ((string)(await host.Partner.PatchAsync($"/v1/registrations/{second["id"]}", """{"externalId":"form-1"}""")).ShouldBe(HttpStatusCode.Conflict, "external-id-taken").Json["registrationId"]!).ShouldBe((string)first["id"]!);
        ((string)(await host.Partner.PatchAsync($"/v1/registrations/{second["id"]}", """{"externalId":"form-3"}""")).ShouldBe(HttpStatusCode.OK).Json["externalId"]!).ShouldBe("form-3");
        ((string)(await host.Anybody.PatchAsync(Own(second), """{"externalId":"form-3","jobTitle":"x"}""")).ShouldBe(HttpStatusCode.OK).Json["externalId"]!).ShouldBe("form-3");
    }

    [Fact]
    public async Task The_calendar_entry_counts_what_it_shows()
    {
        var made = await MadeAsync(host, await host.EventAsync());
        var path = Own(made);
        (await SequenceAsync()).ShouldBe(0);
        (await host.Anybody.PatchAsync(path, """{"phone":"+49 511 1680","needs":"x"}""")).ShouldBe(HttpStatusCode.OK);
        (await SequenceAsync()).ShouldBe(0);
        (await host.Anybody.PatchAsync(path, """{"fullName":"Max Neu","timeZone":"Asia/Shanghai"}""")).ShouldBe(HttpStatusCode.OK);
        (await SequenceAsync()).ShouldBe(1);
        path = Own((await host.Anybody.PatchAsync(path, """{"email":"max@example.org"}""")).ShouldBe(HttpStatusCode.OK).Json);
        (await SequenceAsync()).ShouldBe(3); // between the two lies the end of the entry that stays behind

        async Task<int> SequenceAsync() => int.Parse((await host.Anybody.GetAsync($"{path}/invite.ics")).ShouldBe(HttpStatusCode.OK).Text.Split("SEQUENCE:")[1].Split('\r')[0], System.Globalization.CultureInfo.InvariantCulture);
    }

    [Fact]
    public async Task Answers_and_audience_change_until_the_deadline_and_the_rest_until_the_end()
    {
        await using var own = new EventsHost();
        await own.InitializeAsync();
        var evt = await own.AskingEventAsync();
        var made = (await own.Partner.RegisterAsync(evt, Asking.Person("""[{"question":"nights","value":"1"}]"""))).ShouldBe(HttpStatusCode.Created).Json;
        var byKey = $"/v1/registrations/{made["id"]}";
        own.Time.SetUtcNow(new(2020, 10, 9, 21, 59, 59, 999, TimeSpan.Zero));
        (await own.Anybody.PatchAsync(Own(made), """{"audience":"advisoryBoard"}""")).ShouldBe(HttpStatusCode.OK);
        own.Time.SetUtcNow(new(2020, 10, 9, 22, 0, 0, TimeSpan.Zero));
        foreach (var patch in new[] { """{"audience":"guest"}""", """{"phone":"+49 511 1680","answers":[{"question":"diet","value":"vegetarian"},{"question":"parking","value":"true"}]}""" })
        {
            var refused = (await own.Anybody.PatchAsync(Own(made), patch)).ShouldBe(HttpStatusCode.Conflict, "registration-closed");
            refused.Errors.ShouldBe([patch.Contains("audience") ? "audience read-only" : "answers read-only"]);
            (await own.Partner.PatchAsync(byKey, patch)).ShouldBe(HttpStatusCode.Conflict, "registration-closed");
        }

        (await own.Anybody.PatchAsync(Own(made), """{"phone":"+49 511 1681","language":"en"}""")).ShouldBe(HttpStatusCode.OK);
        (await own.Organizer.PatchAsync(byKey, """{"audience":"guest"}""", ("If-Match", "*"))).ShouldBe(HttpStatusCode.OK);
        own.Time.SetUtcNow(new(2020, 10, 16, 8, 59, 59, TimeSpan.Zero));
        (await own.Anybody.PatchAsync(Own(made), """{"phone":null}""")).ShouldBe(HttpStatusCode.OK);
        own.Time.SetUtcNow(new(2020, 10, 16, 9, 0, 0, TimeSpan.Zero));
        (await own.Anybody.PatchAsync(Own(made), """{"phone":"+49 511 1682"}""")).ShouldBe(HttpStatusCode.Conflict, "event-over");
        (await own.Organizer.PatchAsync(byKey, """{"phone":"+49 511 1682"}""", ("If-Match", "*"))).ShouldBe(HttpStatusCode.Conflict, "event-over");
    }

    [Fact]
    public async Task An_audience_must_be_invited_wherever_the_person_attends_or_waits()
    {
        var evt = await host.EventAsync(e =>
        {
            e["sites"]![0]!["capacity"] = 1;
            e["sites"]![0]!["waitlist"] = new JsonObject();
            e["sites"]![0]!["audiences"] = new JsonArray("cityRepresentative", "advisoryBoard");
        });
        var seated = await MadeAsync(host, evt, p => p["audience"] = "cityRepresentative");
        var waiting = await MadeAsync(host, evt, p => (p["audience"], p["whenFull"], p["fallbackSiteId"]) = ("cityRepresentative", "attendSite", "zoom"));
        ((string)waiting["siteId"]!).ShouldBe("zoom");
        foreach (var person in new[] { seated, waiting })
        {
            (await host.Anybody.PatchAsync(Own(person), """{"audience":"guest"}""")).ShouldBe(HttpStatusCode.UnprocessableEntity, "validation-failed").Errors.ShouldBe(["audience audience-not-invited"]);
            (await host.Anybody.PatchAsync(Own(person), """{"audience":null}""")).ShouldBe(HttpStatusCode.UnprocessableEntity, "validation-failed").Errors.ShouldBe(["audience required"]);
            (await host.Anybody.PatchAsync(Own(person), """{"audience":"advisoryBoard"}""")).ShouldBe(HttpStatusCode.OK);
        }

        ((string)(await host.Anybody.GetAsync(Own(waiting))).Json["waitlist"]!["siteId"]!).ShouldBe("hannover");
    }

    [Fact]
    public async Task Given_answers_outlive_their_questions()
    {
        var evt = await host.AskingEventAsync();
        var made = (await host.Partner.RegisterAsync(evt, Asking.Person("""[{"question":"nights","value":"12"},{"question":"topics","values":["rail","energy"]},{"question":"arrival","value":"2020-10-15"}]"""))).ShouldBe(HttpStatusCode.Created).Json;
        (await host.ReviseAsync(evt, q =>
        {
            q.Drop("arrival");
            q.Find("nights")["max"] = 5;
            q.Find("topics")["options"]!.AsArray().Drop("rail");
            q.Add(JsonNode.Parse("""{"id":"badge","type":"text","label":{"de":"Namensschild"},"required":true}"""));
        })).ShouldBe(HttpStatusCode.OK);

        // Other members change without a word about questions that came later; the answers stay.
        var after = (await host.Anybody.PatchAsync(Own(made), """{"phone":"+49 511 1680"}""")).ShouldBe(HttpStatusCode.OK).Json;
        JsonNode.DeepEquals(after["answers"], made["answers"]).ShouldBeTrue();
        // Who changes answers gives what is asked now. What stays as it was is taken as it was, retired questions and options too.
        var answers = after["answers"]!.DeepClone().AsArray();
        answers[1]!["values"] = new JsonArray("rail", "ports");
        (await PatchAsync()).Errors.ShouldBe(["answers.badge required"]);
        answers.Add(new JsonObject { ["question"] = "badge", ["value"] = "Max" });
        (await PatchAsync()).ShouldBe(HttpStatusCode.OK).Json["answers"]![1]!["values"]!.ToJsonString().ShouldBe("""["rail","ports"]""");
        answers[0]!["value"] = "13";
        (await PatchAsync()).Errors.ShouldBe(["answers[0].value out-of-range"]);
        answers[0]!["value"] = "5";
        answers[2]!["value"] = "2020-10-14";
        (await PatchAsync()).Errors.ShouldBe(["answers[2].question unknown-question"]);
        // A form that knows only what is asked now sends only that; what is retired stays, what is left out otherwise goes.
        (await host.Anybody.PatchAsync(Own(made), """{"answers":[{"question":"diet","value":"vegetarian"},{"question":"parking","value":"false"},{"question":"badge","value":"M"}]}""")).ShouldBe(HttpStatusCode.OK)
            .Json["answers"]!.AsArray().Select(a => $"{a!["question"]} {a["value"]}").ShouldBe(["diet vegetarian", "parking false", "badge M", "arrival 2020-10-15"]);
        (await host.Anybody.PatchAsync(Own(made), """{"answers":null}""")).Errors.ShouldBe(["answers.diet required", "answers.parking required", "answers.badge required"]);

        Task<Answer> PatchAsync() => host.Anybody.PatchAsync(Own(made), new JsonObject { ["answers"] = answers.DeepClone() }.ToJsonString());
    }

    [Fact]
    public async Task Another_audience_is_asked_its_own_questions()
    {
        var evt = await host.AskingEventAsync();
        var made = (await host.Partner.RegisterAsync(evt, Asking.Person())).ShouldBe(HttpStatusCode.Created).Json;
        (await host.Anybody.PatchAsync(Own(made), """{"audience":"company"}""")).ShouldBe(HttpStatusCode.UnprocessableEntity, "validation-failed").Errors.ShouldBe(["answers.company required"]);
        var answers = made["answers"]!.DeepClone().AsArray();
        answers.Add(new JsonObject { ["question"] = "company", ["value"] = "Häfen" });
        (await host.Anybody.PatchAsync(Own(made), new JsonObject { ["audience"] = "company", ["answers"] = answers }.ToJsonString())).ShouldBe(HttpStatusCode.OK);
        (await host.Anybody.PatchAsync(Own(made), """{"audience":"guest"}""")).ShouldBe(HttpStatusCode.OK).Json["answers"]!.AsArray().Count.ShouldBe(3);
    }

    [Fact]
    public async Task What_has_ended_stays_as_it_ended()
    {
        var evt = await host.EventAsync();
        var made = await MadeAsync(host, evt);
        (await host.Partner.PostAsync($"/v1/registrations/{made["id"]}/cancel")).ShouldBe(HttpStatusCode.OK);
        (await host.Anybody.PatchAsync(Own(made), """{"phone":"+49 511 1680"}""")).ShouldBe(HttpStatusCode.Conflict, "registration-ended");
        (await host.Organizer.PatchAsync($"/v1/registrations/{made["id"]}", """{"phone":"+49 511 1680"}""", ("If-Match", "*"))).ShouldBe(HttpStatusCode.Conflict, "registration-ended");
        var other = await MadeAsync(host, evt);
        (await host.Organizer.PostAsync($"/v1/events/{evt}/cancel", new { reason = new { de = "Reisebeschränkungen" } }, ("If-Match", "*"))).ShouldBe(HttpStatusCode.OK);
        (await host.Anybody.PatchAsync(Own(other), """{"phone":"+49 511 1680"}""")).ShouldBe(HttpStatusCode.Conflict, "event-cancelled");
    }

    [Fact]
    public async Task Work_for_later_and_the_trail_are_written_with_it()
    {
        var evt = await host.EventAsync();
        var made = await MadeAsync(host, evt);
        (await host.Anybody.PatchAsync(Own(made), """{"needs":"Rollstuhl","fullName":"Max Neu"}""")).ShouldBe(HttpStatusCode.OK);
        (await TrailAsync(made)).ShouldBe(["registered", "updated"]);
        var kinds = await host.Database.ReadAsync(session => session.Query<string>("SELECT kind FROM outbox WHERE registration_id = @Id ORDER BY id", new { Id = (string)made["id"]! }), CancellationToken.None);
        kinds.ShouldBe(["registrationConfirmed", "registrationChanged"]);

        // An address that was still to be confirmed is replaced by one that is.
        var pending = await MadeAsync(host, await host.EventAsync(e => e["rules"] = new JsonObject { ["confirmsAddresses"] = true }));
        (await host.Partner.PatchAsync($"/v1/registrations/{pending["id"]}", """{"email":"right@example.org"}""")).ShouldBe(HttpStatusCode.OK).Json["holdEndsAt"].ShouldNotBeNull();
        kinds = await host.Database.ReadAsync(session => session.Query<string>("SELECT kind FROM outbox WHERE registration_id = @Id ORDER BY id", new { Id = (string)pending["id"]! }), CancellationToken.None);
        kinds.ShouldBe(["addressToConfirm", "addressToConfirm"]);
    }

    [Fact]
    public async Task A_member_without_an_address_stays_without_and_is_told_apart_by_name()
    {
        var evt = await host.EventAsync();
        var (first, second) = (await MadeAsync(host, evt), await MadeAsync(host, evt));
        await host.Database.WriteAsync(evt, session =>
        {
            foreach (var person in new[] { first, second })
                session.Execute("UPDATE registrations SET delegation_id = @Delegation, email = NULL, email_normalised = NULL, name_follows = TRUE, hold_ends_at = @Ends WHERE id = @Id", new { Delegation = $"dlg_{evt}", Ends = EventsHost.Start.AddDays(9), Id = (string)person["id"]! });
            return true;
        }, CancellationToken.None);
        var named = (await host.Partner.PatchAsync($"/v1/registrations/{first["id"]}", """{"fullName":"Wang Xiaoming"}""")).ShouldBe(HttpStatusCode.OK).Json.AsObject();
        foreach (var absent in new[] { "email", "nameFollows", "holdEndsAt" }) named.ContainsKey(absent).ShouldBeFalse(absent);
        (await host.Partner.PatchAsync($"/v1/registrations/{second["id"]}", """{"fullName":"WANG Xiaoming"}""")).ShouldBe(HttpStatusCode.Conflict, "already-registered").Errors.ShouldBe(["fullName duplicate-value"]);
        ((bool)(await host.Partner.PatchAsync($"/v1/registrations/{second["id"]}", """{"jobTitle":"x"}""")).ShouldBe(HttpStatusCode.OK).Json["nameFollows"]!).ShouldBeTrue();
        (await host.Partner.PatchAsync($"/v1/registrations/{second["id"]}", """{"email":"wang@example.org"}""")).Errors.ShouldBe(["fullName required"]); // an address is somebody's
        ((string)(await host.Partner.PatchAsync($"/v1/registrations/{second["id"]}", """{"fullName":"WANG Xiaoming","email":"wang@example.org"}""")).ShouldBe(HttpStatusCode.OK).Json["email"]!).ShouldBe("wang@example.org");
    }

    private static async Task<JsonNode> MadeAsync(EventsHost host, string evt, Action<JsonObject>? change = null) => (await host.Partner.RegisterAsync(evt, Given.Person(change: change))).ShouldBe(HttpStatusCode.Created).Json;

    // By the person's own link.
    private static string Own(JsonNode registration) => registration.PathOf("invite").Replace("/invite.ics", "", StringComparison.Ordinal);

    private Task<List<string>> TrailAsync(JsonNode registration) =>
        host.Database.ReadAsync(session => session.Query<string>("SELECT action FROM history WHERE registration_id = @Id ORDER BY id", new { Id = (string)registration["id"]! }), CancellationToken.None);
}
