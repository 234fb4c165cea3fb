using Isa.Events.Api.Features.Partners;

namespace Isa.Events.Tests.Features.Registrations;

public class RegisterForEventTests(SharedHost host)
{
    [Fact]
    public async Task Answers_the_registration_with_its_links()
    {
        var evt = await host.EventAsync();
        var answer = (await host.Partner.RegisterAsync(evt, Given.Person("J.Weiss@Example.org", change: p =>
        {
            p["fullName"] = "  Ju\u0308rgen Weiß ";
            p["needs"] = "Rollstuhl";
            p["consents"] = new JsonArray(new JsonObject { ["purpose"] = "photos", ["text"] = "Fotos dürfen veröffentlicht werden." });
        }))).ShouldBe(HttpStatusCode.Created);
        var made = answer.Json;
        ((string)made["fullName"]!).ShouldBe("Jürgen Weiß");
        ((string)made["email"]!).ShouldBe("J.Weiss@Example.org");
        ((string)made["status"]!).ShouldBe("confirmed");
        ((string)made["reference"]!).ShouldMatch("^ISA-[2-9ACDEFGHJKMNPQRTUVWXYZ]{5}$");
        ((string)made["consents"]![0]!["text"]!).ShouldBe("Fotos dürfen veröffentlicht werden.");
        answer.Text.ShouldNotContain("null");
        answer.Header("Location").ShouldBe((string)made["links"]!["self"]!);
        answer.Header("Cache-Control").ShouldBe("no-store");

        var read = (await host.Partner.GetAsync($"/v1/registrations/{made["id"]}")).ShouldBe(HttpStatusCode.OK).Json;
        JsonNode.DeepEquals(read, made).ShouldBeTrue(read.ToJsonString());
        foreach (var link in new[] { "invite", "manage", "agenda" }.Where(l => made["links"]![l] is not null)) (await host.Anybody.GetAsync(made.PathOf(link))).ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Is_open_until_the_last_instant_of_the_last_day()
    {
        await using var own = new EventsHost();
        await own.InitializeAsync();
        var evt = await own.EventAsync(e => e["registrationOpens"] = "2020-09-22");
        await Expect(HttpStatusCode.Conflict, "registration-not-open", "2020-09-21T21:59:59.999Z");
        await Expect(HttpStatusCode.Created, null, "2020-09-21T22:00:00Z");
        await Expect(HttpStatusCode.Created, null, "2020-10-09T21:59:59.999Z");
        await Expect(HttpStatusCode.Conflict, "registration-closed", "2020-10-09T22:00:00Z");
        await Expect(HttpStatusCode.Conflict, "event-over", "2020-10-16T09:00:00Z");

        async Task Expect(HttpStatusCode status, string? code, string now)
        {
            own.Time.SetUtcNow(DateTimeOffset.Parse(now, System.Globalization.CultureInfo.InvariantCulture));
            var answer = (await own.Partner.RegisterAsync(evt)).ShouldBe(status);
            answer.Code.ShouldBe(code, now);
        }
    }

    [Fact]
    public async Task A_relative_deadline_moves_with_the_event()
    {
        var evt = await host.EventAsync(e => e["registrationCloses"] = "P7D");
        ((string)(await host.Anybody.GetAsync($"/v1/events/{evt}")).Json["registration"]!["lastDay"]!).ShouldBe("2020-10-09");
        (await host.Organizer.PatchAsync($"/v1/events/{evt}", new { startsAt = "2020-10-23T09:00", endsAt = "2020-10-23T11:00" }, ("If-Match", "*"))).ShouldBe(HttpStatusCode.OK);
        var registration = (await host.Anybody.GetAsync($"/v1/events/{evt}")).Json["registration"]!;
        ((string)registration["lastDay"]!).ShouldBe("2020-10-16");
        ((string)registration["closesAt"]!).ShouldBe("2020-10-17T00:00:00+02:00");
    }

    [Theory]
    [InlineData("a@bücher.example", "A@xn--bcher-kva.example")]
    [InlineData("jose\u0301@example.org", "JOSÉ@example.org")]
    [InlineData("wang＠example．org", "Wang@example.org")]
    public async Task One_person_in_two_spellings_is_already_registered(string first, string second)
    {
        var evt = await host.EventAsync();
        var made = (await host.Partner.RegisterAsync(evt, Given.Person(first))).ShouldBe(HttpStatusCode.Created).Json;
        var again = (await host.Partner.RegisterAsync(evt, Given.Person(second))).ShouldBe(HttpStatusCode.Conflict, "already-registered");
        ((string)again.Json["registrationId"]!).ShouldBe((string)made["id"]!);
        again.Json["links"]!["manage"].ShouldNotBeNull();

        var stranger = host.Caller(await host.KeyAsync(Role.Partner, $"Stranger {first}"));
        var told = (await stranger.RegisterAsync(evt, Given.Person(second))).ShouldBe(HttpStatusCode.Conflict, "already-registered").Json.AsObject();
        told.ContainsKey("registrationId").ShouldBeFalse();
        told.ContainsKey("links").ShouldBeFalse();
    }

    [Fact]
    public async Task A_cancelled_person_may_register_again_as_a_new_registration()
    {
        var evt = await host.EventWithSeatsAsync(1);
        var first = (await host.Partner.RegisterAsync(evt, Given.Person("again@example.org"))).ShouldBe(HttpStatusCode.Created).Json;
        (await host.Partner.RegisterAsync(evt)).ShouldBe(HttpStatusCode.Conflict, "site-full");
        (await host.Partner.PostAsync($"/v1/registrations/{first["id"]}/cancel")).ShouldBe(HttpStatusCode.OK);
        var second = (await host.Partner.RegisterAsync(evt, Given.Person("again@example.org"))).ShouldBe(HttpStatusCode.Created).Json;
        ((string)second["id"]!).ShouldNotBe((string)first["id"]!);
    }

    [Fact]
    public async Task An_external_id_is_unique_for_its_partner()
    {
        var evt = await host.EventAsync();
        var made = (await host.Partner.RegisterAsync(evt, Given.Person(change: p => p["externalId"] = "form-1"))).ShouldBe(HttpStatusCode.Created).Json;
        var taken = (await host.Partner.RegisterAsync(evt, Given.Person(change: p => p["externalId"] = "form-1"))).ShouldBe(HttpStatusCode.Conflict, "external-id-taken");
        ((string)taken.Json["registrationId"]!).ShouldBe((string)made["id"]!);
        var other = host.Caller(await host.KeyAsync(Role.Partner, "Other website"));
        (await other.RegisterAsync(evt, Given.Person(change: p => p["externalId"] = "form-1"))).ShouldBe(HttpStatusCode.Created);
    }

    [Fact]
    public async Task Needs_the_notice_in_force_a_site_of_the_event_and_an_invited_audience()
    {
        var evt = await host.EventAsync(e => e["sites"]![0]!["audiences"] = new JsonArray("cityRepresentative"));
        (await host.Partner.RegisterAsync(evt, Given.Person(siteId: "zoom", change: p => p.Remove("noticeVersion")))).ShouldBe(HttpStatusCode.UnprocessableEntity, "validation-failed").Errors.ShouldBe(["noticeVersion required"]);
        ((string)(await host.Partner.RegisterAsync(evt, Given.Person(siteId: "zoom", change: p => p["noticeVersion"] = "0"))).ShouldBe(HttpStatusCode.Conflict, "notice-outdated").Json["currentVersion"]!).ShouldBe("1");
        (await host.Partner.RegisterAsync(evt, Given.Person(siteId: "berlin"))).ShouldBe(HttpStatusCode.UnprocessableEntity, "validation-failed").Errors.ShouldBe(["siteId unknown-site"]);
        (await host.Partner.RegisterAsync(evt, Given.Person())).ShouldBe(HttpStatusCode.UnprocessableEntity, "validation-failed").Errors.ShouldBe(["audience audience-not-invited"]);
        (await host.Partner.RegisterAsync(evt, Given.Person(change: p => p["audience"] = "cityRepresentative"))).ShouldBe(HttpStatusCode.Created);
    }

    [Fact]
    public async Task A_dry_run_checks_everything_and_stores_nothing()
    {
        var evt = await host.EventWithSeatsAsync(1);
        var tried = (await host.Partner.PostAsync($"/v1/events/{evt}/registrations?dryRun=true", Given.Person("dry@example.org").ToJsonString())).ShouldBe(HttpStatusCode.OK).Json.AsObject();
        tried.ContainsKey("id").ShouldBeFalse();
        (await host.Partner.RegisterAsync(evt, Given.Person("dry@example.org"))).ShouldBe(HttpStatusCode.Created);
        (await host.Partner.PostAsync($"/v1/events/{evt}/registrations?dryRun=true", Given.Person("dry@example.org").ToJsonString())).ShouldBe(HttpStatusCode.Conflict, "already-registered");
        (await host.Partner.PostAsync($"/v1/events/{evt}/registrations?dryRun=true", Given.Person().ToJsonString())).ShouldBe(HttpStatusCode.Conflict, "site-full");
    }

    [Fact]
    public async Task A_test_key_takes_no_seat_of_a_real_event()
    {
        var evt = await host.EventWithSeatsAsync(1);
        var test = host.Caller(await host.KeyAsync(Role.Partner, "Trying out", isTest: true));
        var made = (await test.RegisterAsync(evt, Given.Person("try@example.org"))).ShouldBe(HttpStatusCode.Created).Json;
        ((bool)made["isTest"]!).ShouldBeTrue();
        ((long)(await host.Anybody.GetAsync($"/v1/events/{evt}/availability")).Json["sites"]![0]!["seatsTaken"]!).ShouldBe(0);
        (await host.Partner.RegisterAsync(evt, Given.Person("try@example.org"))).ShouldBe(HttpStatusCode.Created);
        (await test.PostAsync($"/v1/registrations/{made["id"]}/cancel")).ShouldBe(HttpStatusCode.OK);
        ((long)(await host.Anybody.GetAsync($"/v1/events/{evt}/availability")).Json["sites"]![0]!["seatsTaken"]!).ShouldBe(1);
    }

    [Fact]
    public async Task A_cancelled_event_takes_nobody()
    {
        var evt = await host.EventAsync();
        (await host.Organizer.PostAsync($"/v1/events/{evt}/cancel", new { reason = new { de = "Reisebeschränkungen" } }, ("If-Match", "*"))).ShouldBe(HttpStatusCode.OK);
        (await host.Partner.RegisterAsync(evt)).ShouldBe(HttpStatusCode.Conflict, "event-cancelled");
    }

    [Fact]
    public async Task Work_for_later_and_the_trail_are_written_with_it()
    {
        var evt = await host.EventAsync();
        var id = (string)(await host.Partner.RegisterAsync(evt)).ShouldBe(HttpStatusCode.Created).Json["id"]!;
        (await host.Partner.PostAsync($"/v1/registrations/{id}/cancel")).ShouldBe(HttpStatusCode.OK);
        (await host.Partner.PostAsync($"/v1/registrations/{id}/cancel")).ShouldBe(HttpStatusCode.OK);
        var kinds = await host.Database.ReadAsync(session => session.Query<string>("SELECT kind FROM outbox WHERE registration_id = @Id ORDER BY id", new { Id = id }), CancellationToken.None);
        kinds.ShouldBe(["registrationConfirmed", "registrationCancelled"], ignoreOrder: true);
        var trail = await host.Database.ReadAsync(session => session.Query<string>("SELECT action FROM history WHERE registration_id = @Id ORDER BY id", new { Id = id }), CancellationToken.None);
        trail.ShouldBe(["registered", "cancelled"], ignoreOrder: true);
    }
}
