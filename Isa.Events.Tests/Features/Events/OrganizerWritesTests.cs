namespace Isa.Events.Tests.Features.Events;

/// <summary>The life of an event: draft, published, changed, cancelled, removed.</summary>
public class OrganizerWritesTests(SharedHost host)
{
    [Fact]
    public async Task A_draft_is_seen_by_organisers_alone()
    {
        var id = await host.DraftAsync();
        (await host.Organizer.GetAsync($"/v1/events/{id}")).ShouldBe(HttpStatusCode.OK);
        (await host.Partner.GetAsync($"/v1/events/{id}")).ShouldBe(HttpStatusCode.NotFound, "event-not-found");
        (await host.Anybody.GetAsync($"/v1/events/{id}/availability")).ShouldBe(HttpStatusCode.NotFound, "event-not-found");
        (await host.Partner.RegisterAsync(id)).ShouldBe(HttpStatusCode.NotFound, "event-not-found");
    }

    [Fact]
    public async Task Publishing_says_all_that_is_missing()
    {
        var id = await host.DraftAsync(evt =>
        {
            foreach (var member in new[] { "sites", "organizer", "privacyNotice" }) evt.Remove(member);
            evt["title"] = new JsonObject { ["en"] = "Plenary" };
        });
        var answer = (await host.Organizer.PostAsync($"/v1/events/{id}/publish", null, ("If-Match", "*"))).ShouldBe(HttpStatusCode.UnprocessableEntity);
        answer.Errors.ShouldBe(["title.de missing", "sites missing", "organizer missing", "privacyNotice missing"]);
    }

    [Theory]
    [InlineData("POST", "/publish")]
    [InlineData("POST", "/unpublish")]
    [InlineData("POST", "/cancel")]
    [InlineData("PATCH", "")]
    [InlineData("DELETE", "")]
    [InlineData("PATCH", "/sites/zoom")]
    [InlineData("DELETE", "/sites/zoom")]
    [InlineData("PUT", "/agenda")]
    public async Task A_write_needs_the_version_it_builds_on(string verb, string path)
    {
        var id = await host.DraftAsync();
        var tag = (await host.Organizer.GetAsync($"/v1/events/{id}")).ETag!;
        (await host.Organizer.PatchAsync($"/v1/events/{id}", new { series = "changed" }, ("If-Match", tag))).ShouldBe(HttpStatusCode.OK);
        (await SendAsync()).ShouldBe((HttpStatusCode)428, "precondition-required");
        ((long)(await SendAsync(("If-Match", tag))).ShouldBe(HttpStatusCode.PreconditionFailed, "version-mismatch").Json["currentVersion"]!).ShouldBe(2);
        (await SendAsync(("If-Match", "W/\"2\""))).ShouldBe(HttpStatusCode.PreconditionFailed); // RFC 9110 s13.1.1: strong comparison
        (await SendAsync(("If-Match", "nonsense"))).ShouldBe(HttpStatusCode.BadRequest, "malformed-request");
        ((long)(await host.Organizer.GetAsync($"/v1/events/{id}")).Json["version"]!).ShouldBe(2);

        Task<Answer> SendAsync(params (string, string)[] headers) =>
            host.Organizer.SendAsync(new HttpMethod(verb), $"/v1/events/{id}{path}", verb is "DELETE" ? null : Support.Api.Json(path == "/agenda" ? """{"items":[]}""" : "{}"), headers);
    }

    [Fact]
    public async Task A_patch_changes_what_it_names_and_null_removes()
    {
        var id = await host.DraftAsync();
        var before = (await host.Organizer.GetAsync($"/v1/events/{id}")).Json;
        var after = (await host.Organizer.PatchAsync($"/v1/events/{id}", """{"title":{"en":"Plenary, moved"},"description":null,"startsAt":"2020-10-16T10:00"}""", ("If-Match", "*"))).ShouldBe(HttpStatusCode.OK).Json;
        ((string)after["title"]!["en"]!).ShouldBe("Plenary, moved");
        ((string)after["title"]!["de"]!).ShouldBe((string)before["title"]!["de"]!);
        after["description"].ShouldBeNull();
        ((string)after["startsAt"]!).ShouldBe("2020-10-16T10:00:00+02:00");
        ((string)after["endsAt"]!).ShouldBe((string)before["endsAt"]!);
    }

    [Theory]
    [InlineData("""{"title":{"de":"\ud800"}}""", 422, "validation-failed", "title.de invalid-text")]
    [InlineData("""{"description":"\ud800"}""", 400, "malformed-request", "description wrong-type")]
    [InlineData("""{"\ud800":1}""", 400, "malformed-request", " invalid-text")]
    [InlineData("""{"title":{"de":"a","de":"b"}}""", 400, "malformed-request", "title.de duplicate-member")]
    [InlineData("""{"organizer":{"name":"a","name":"b"}}""", 400, "malformed-request", "organizer.name duplicate-member")]
    [InlineData("""{"titel":null}""", 400, "malformed-request", "titel unknown-member")]
    [InlineData("""{"title":{"fr":null}}""", 400, "malformed-request", "title.fr unknown-member")]
    [InlineData("""{"audiences":[null]}""", 400, "malformed-request", "audiences[0] wrong-type")]
    [InlineData("""{"title":{"de":1}}""", 400, "malformed-request", "title.de wrong-type")]
    [InlineData("""{"title":""", 400, "malformed-request", " invalid-json")]
    [InlineData("[]", 400, "malformed-request", " wrong-type")]
    public async Task A_patch_is_read_as_strictly_as_a_whole_request(string patch, int status, string code, string error)
    {
        var id = await host.DraftAsync();
        (await host.Organizer.PatchAsync($"/v1/events/{id}", patch, ("If-Match", "*"))).ShouldBe((HttpStatusCode)status, code).Errors.ShouldBe([error]);
        ((long)(await host.Organizer.GetAsync($"/v1/events/{id}")).Json["version"]!).ShouldBe(1);
    }

    [Fact]
    public async Task Another_zone_keeps_the_wall_time()
    {
        var id = await host.DraftAsync();
        var after = (await host.Organizer.PatchAsync($"/v1/events/{id}", new { timeZone = "Asia/Shanghai" }, ("If-Match", "*"))).ShouldBe(HttpStatusCode.OK).Json;
        ((string)after["startsAt"]!).ShouldBe("2020-10-16T09:00:00+08:00");
        ((string)after["registration"]!["closesAt"]!).ShouldBe("2020-10-10T00:00:00+08:00");
    }

    [Theory]
    [InlineData("""{"endsAt":"2020-10-16T08:00"}""", "endsAt end-before-start")]
    [InlineData("""{"registrationCloses":"2020-10-17"}""", "registrationCloses after-end")]
    [InlineData("""{"registrationOpens":"2020-10-12"}""", "registrationOpens opens-after-closes")]
    [InlineData("""{"startsAt":"2021-03-28T02:30","endsAt":"2021-03-28T05:00","registrationCloses":null}""", "startsAt time-in-gap")]
    [InlineData("""{"startsAt":"2020-10-25T02:30","endsAt":"2020-10-25T05:00"}""", "startsAt ambiguous-time")]
    [InlineData("""{"startsAt":"2020-10-16T09:00+05:00"}""", "startsAt wrong-offset")]
    [InlineData("""{"timeZone":"Europe/Atlantis"}""", "timeZone unknown-zone")]
    [InlineData("""{"registrationCloses":"P1Y"}""", "registrationCloses invalid-time")]
    [InlineData("""{"startsAt":"2020-02-30T09:00"}""", "startsAt invalid-time")]
    [InlineData("""{"slug":"Großes Treffen"}""", "slug invalid-slug")]
    public async Task Refuses_times_and_names_without_meaning(string patch, string error)
    {
        var id = await host.DraftAsync();
        var answer = await host.Organizer.PatchAsync($"/v1/events/{id}", patch, ("If-Match", "*"));
        answer.ShouldBe(HttpStatusCode.UnprocessableEntity, "validation-failed").Errors.ShouldContain(error);
        ((long)(await host.Organizer.GetAsync($"/v1/events/{id}")).Json["version"]!).ShouldBe(1);
    }

    [Fact]
    public async Task An_ambiguous_time_with_its_offset_is_taken()
    {
        var id = await host.DraftAsync();
        var after = (await host.Organizer.PatchAsync($"/v1/events/{id}", """{"startsAt":"2020-10-25T02:30+01:00","endsAt":"2020-10-25T05:00"}""", ("If-Match", "*"))).ShouldBe(HttpStatusCode.OK).Json;
        ((string)after["startsAt"]!).ShouldBe("2020-10-25T02:30:00+01:00");
    }

    [Fact]
    public async Task Goes_back_to_draft_only_while_nobody_is_registered()
    {
        var id = await host.EventAsync();
        var registration = (string)(await host.Partner.RegisterAsync(id)).ShouldBe(HttpStatusCode.Created).Json["id"]!;
        (await host.Organizer.PostAsync($"/v1/events/{id}/unpublish", null, ("If-Match", "*"))).ShouldBe(HttpStatusCode.Conflict, "event-has-registrations");
        (await host.Partner.PostAsync($"/v1/registrations/{registration}/cancel", null)).ShouldBe(HttpStatusCode.OK);
        (await host.Organizer.PostAsync($"/v1/events/{id}/unpublish", null, ("If-Match", "*"))).ShouldBe(HttpStatusCode.OK);
        (await host.Anybody.GetAsync($"/v1/events/{id}")).ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task A_cancelled_event_says_why_and_takes_nobody()
    {
        var id = await host.EventAsync();
        var registration = (await host.Partner.RegisterAsync(id)).ShouldBe(HttpStatusCode.Created).Json;
        (await host.Organizer.PostAsync($"/v1/events/{id}/cancel", """{"reason":{"de":"Reiseverbot","zh":"旅行限制"}}""", ("If-Match", "*"))).ShouldBe(HttpStatusCode.OK);
        var seen = (await host.Anybody.GetAsync($"/v1/events/{id}?language=zh")).ShouldBe(HttpStatusCode.OK).Json;
        ((string)seen["status"]!).ShouldBe("cancelled");
        seen["cancellation"]!["reason"]!.ToJsonString().ShouldContain("旅行限制".Length > 0 ? "zh" : "");
        ((string)seen["registration"]!["state"]!).ShouldBe("cancelled");
        (await host.Partner.RegisterAsync(id)).ShouldBe(HttpStatusCode.Conflict, "event-cancelled");
        (await host.Organizer.PostAsync($"/v1/events/{id}/cancel", null, ("If-Match", "*"))).ShouldBe(HttpStatusCode.Conflict, "event-cancelled");
        var invite = (await host.Anybody.GetAsync(registration.PathOf("invite"))).ShouldBe(HttpStatusCode.OK).Text;
        invite.ShouldContain("METHOD:CANCEL");
        invite.ShouldContain("STATUS:CANCELLED");
    }

    [Theory]
    [InlineData("PATCH", "")]
    [InlineData("POST", "/publish")]
    [InlineData("POST", "/unpublish")]
    [InlineData("POST", "/sites")]
    [InlineData("PATCH", "/sites/zoom")]
    [InlineData("DELETE", "/sites/zoom")]
    [InlineData("PUT", "/agenda")]
    [InlineData("PUT", "/agenda/document")]
    [InlineData("DELETE", "/agenda/document")]
    public async Task A_cancelled_event_takes_no_changes(string verb, string path)
    {
        var id = await host.EventAsync();
        (await host.Organizer.PostAsync($"/v1/events/{id}/cancel", null, ("If-Match", "*"))).ShouldBe(HttpStatusCode.OK);
        var body = path switch { "/agenda" => Support.Api.Json("""{"items":[]}"""), "/sites" => Support.Api.Json("""{"id":"x","mode":"online","name":{"de":"x"}}"""), _ => Support.Api.Json("{}") };
        if (path == "/agenda/document" && verb == "PUT") (body = new ByteArrayContent("%PDF-1.4 %%EOF"u8.ToArray())).Headers.ContentType = new("application/pdf");
        (await host.Organizer.SendAsync(new HttpMethod(verb), $"/v1/events/{id}{path}", verb == "DELETE" ? null : body, ("If-Match", "*"))).ShouldBe(HttpStatusCode.Conflict, "event-cancelled");
        ((long)(await host.Organizer.GetAsync($"/v1/events/{id}")).Json["version"]!).ShouldBe(3);
    }

    [Fact]
    public async Task Removes_drafts_and_nothing_with_people_in_it()
    {
        var draft = await host.DraftAsync();
        (await host.Organizer.DeleteAsync($"/v1/events/{draft}", ("If-Match", "*"))).ShouldBe(HttpStatusCode.NoContent);
        (await host.Organizer.GetAsync($"/v1/events/{draft}")).ShouldBe(HttpStatusCode.NotFound);
        var published = await host.EventAsync();
        (await host.Partner.RegisterAsync(published)).ShouldBe(HttpStatusCode.Created);
        (await host.Organizer.DeleteAsync($"/v1/events/{published}", ("If-Match", "*"))).ShouldBe(HttpStatusCode.Conflict, "event-not-draft");
        (await host.Organizer.PostAsync($"/v1/events/{published}/cancel", null, ("If-Match", "*"))).ShouldBe(HttpStatusCode.OK);
        (await host.Organizer.DeleteAsync($"/v1/events/{published}", ("If-Match", "*"))).ShouldBe(HttpStatusCode.Conflict, "event-has-registrations");
    }

    [Fact]
    public async Task Sites_are_added_changed_and_removed_but_not_under_people()
    {
        var id = await host.EventAsync();
        (await host.Partner.RegisterAsync(id, Given.Person(siteId: "foshan"))).ShouldBe(HttpStatusCode.Created);
        (await host.Organizer.PostAsync($"/v1/events/{id}/sites", """{"id":"foshan","mode":"online","name":{"de":"x"}}""")).ShouldBe(HttpStatusCode.Conflict, "site-id-taken");
        (await host.Organizer.PostAsync($"/v1/events/{id}/sites", """{"id":"luoyang","mode":"linkedRoom","name":{"zh":"洛阳会场"},"capacity":20,"timeZone":"Asia/Shanghai"}""")).ShouldBe(HttpStatusCode.Created)
            .Json["sites"]!.AsArray().Select(s => (string)s!["id"]!).ShouldBe(["hannover", "foshan", "zoom", "luoyang"]);
        (await host.Organizer.PatchAsync($"/v1/events/{id}/sites/foshan", """{"capacity":0}""", ("If-Match", "*"))).Status.ShouldBeOneOf(HttpStatusCode.Conflict, HttpStatusCode.UnprocessableEntity);
        (await host.Organizer.PatchAsync($"/v1/events/{id}/sites/foshan", """{"capacity":1}""", ("If-Match", "*"))).ShouldBe(HttpStatusCode.OK);
        (await host.Partner.RegisterAsync(id, Given.Person(siteId: "foshan"))).ShouldBe(HttpStatusCode.Conflict, "site-full");
        (await host.Organizer.DeleteAsync($"/v1/events/{id}/sites/foshan", ("If-Match", "*"))).ShouldBe(HttpStatusCode.Conflict, "site-in-use");
        (await host.Organizer.DeleteAsync($"/v1/events/{id}/sites/luoyang", ("If-Match", "*"))).ShouldBe(HttpStatusCode.OK);
        (await host.Organizer.DeleteAsync($"/v1/events/{id}/sites/luoyang", ("If-Match", "*"))).ShouldBe(HttpStatusCode.NotFound, "site-not-found");
    }

    [Fact]
    public async Task Two_organisers_at_once_do_not_overwrite_each_other()
    {
        var id = await host.DraftAsync();
        var tag = (await host.Organizer.GetAsync($"/v1/events/{id}")).ETag!;
        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(i => host.Organizer.PatchAsync($"/v1/events/{id}", new { series = $"series-{i}" }, ("If-Match", tag))));
        answers.Count(a => a.Status == HttpStatusCode.OK).ShouldBe(1);
        answers.Count(a => a.Status == HttpStatusCode.PreconditionFailed).ShouldBe(19);
    }
}
