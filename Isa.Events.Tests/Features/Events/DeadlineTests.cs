using Isa.Events.Api.Features.Events;

namespace Isa.Events.Tests.Features.Events;

/// <summary>Deadlines that move with the event, registration that opens again, and people who come late.</summary>
public class DeadlineTests(SharedHost host)
{
    [Theory]
    [InlineData("P7D", "2020-10-16T09:00", "2020-10-10T00:00:00+02:00")]
    [InlineData("P7D", "2020-10-30T09:00", "2020-10-24T00:00:00+02:00")] // the meeting is in winter time, its deadline in summer time
    [InlineData("P7D", "2020-11-06T09:00", "2020-10-31T00:00:00+01:00")]
    [InlineData("P1W", "2021-03-29T09:00", "2021-03-23T00:00:00+01:00")]
    [InlineData("PT48H", "2020-10-26T09:00", "2020-10-24T10:00:00+02:00")] // 48 hours are 48 hours, also over the one that comes twice
    [InlineData("PT48H", "2021-03-29T09:00", "2021-03-27T08:00:00+01:00")]
    public async Task A_relative_deadline_moves_with_the_event(string rule, string startsAt, string closesAt)
    {
        var evt = await host.EventAsync(e => e["registrationCloses"] = rule);
        var moved = (await host.Organizer.PatchAsync($"/v1/events/{evt}", new { startsAt, endsAt = startsAt.Replace("09:00", "11:00") }, ("If-Match", "*"))).ShouldBe(HttpStatusCode.OK).Json;
        ((string)moved["registrationCloses"]!).ShouldBe(rule);
        ((string)moved["registration"]!["closesAt"]!).ShouldBe(closesAt);
    }

    [Theory]
    [InlineData(null, null, "2020-10-25T09:00", "2020-10-22T08:00:00Z", "2020-10-24T20:00:00Z")]
    [InlineData("P3D", "PT24H", "2020-10-25T09:00", "2020-10-22T22:00:00Z", "2020-10-24T08:00:00Z")]
    [InlineData("P3D", "PT1H", "2020-10-28T09:00", "2020-10-25T23:00:00Z", "2020-10-28T07:00:00Z")]
    public async Task What_ends_before_the_start_moves_with_it(string? hold, string? promotion, string startsAt, string holdEnds, string promotionEnds)
    {
        var evt = await host.EventAsync(e => e["rules"] = new JsonObject { ["groupHoldEnds"] = hold, ["promotionEnds"] = promotion });
        (await host.Organizer.PatchAsync($"/v1/events/{evt}", new { startsAt, endsAt = startsAt.Replace("09:00", "11:00") }, ("If-Match", "*"))).ShouldBe(HttpStatusCode.OK);
        var stored = (await host.Database.ReadAsync(session => Event.Find(session, evt), CancellationToken.None))!;
        stored.GroupHoldEndsAt.ShouldBe(DateTimeOffset.Parse(holdEnds, System.Globalization.CultureInfo.InvariantCulture));
        stored.PromotionEndsAt.ShouldBe(DateTimeOffset.Parse(promotionEnds, System.Globalization.CultureInfo.InvariantCulture));
    }

    [Fact]
    public async Task A_later_start_opens_the_queue_again_and_hands_out_what_became_free_meanwhile()
    {
        await using var own = new EventsHost();
        await own.InitializeAsync();
        var evt = await own.EventAsync(e =>
        {
            UpdateSiteTests.Room(e, 1);
            e["registrationCloses"] = "PT1H";
        });
        var seated = (await own.Partner.RegisterAsync(evt)).ShouldBe(HttpStatusCode.Created).Json;
        var waits = (await own.Partner.RegisterAsync(evt)).ShouldBe(HttpStatusCode.Created).Json;
        own.Time.SetUtcNow(new(2020, 10, 16, 0, 0, 0, TimeSpan.Zero)); // seven hours before it begins
        (await own.Partner.PostAsync($"/v1/registrations/{seated["id"]}/cancel")).ShouldBe(HttpStatusCode.OK);
        ((string)(await own.Partner.GetAsync($"/v1/registrations/{waits["id"]}")).Json["waitlist"]!["reason"]!).ShouldBe("queueClosed");
        (await own.Organizer.PatchAsync($"/v1/events/{evt}", """{"startsAt":"2020-10-23T09:00","endsAt":"2020-10-23T11:00"}""", ("If-Match", "*"))).ShouldBe(HttpStatusCode.OK);
        ((string)(await own.Partner.GetAsync($"/v1/registrations/{waits["id"]}")).Json["status"]!).ShouldBe("confirmed");
        ((string)(await own.Partner.RegisterAsync(evt)).ShouldBe(HttpStatusCode.Created).Json["status"]!).ShouldBe("waitlisted");
        await own.IsWholeAsync();
    }

    [Fact]
    public async Task Registration_opens_again_with_a_later_deadline_and_the_queue_is_still_first()
    {
        await using var own = new EventsHost();
        await own.InitializeAsync();
        var evt = await own.EventAsync(e => UpdateSiteTests.Room(e, 1));
        var seated = (await own.Partner.RegisterAsync(evt)).ShouldBe(HttpStatusCode.Created).Json;
        var waits = (await own.Partner.RegisterAsync(evt)).ShouldBe(HttpStatusCode.Created).Json;
        own.Time.SetUtcNow(new(2020, 10, 9, 21, 59, 59, TimeSpan.Zero));
        (await own.Partner.RegisterAsync(evt, Given.Person(siteId: "zoom"))).ShouldBe(HttpStatusCode.Created);
        own.Time.SetUtcNow(new(2020, 10, 9, 22, 0, 0, TimeSpan.Zero));
        (await own.Partner.RegisterAsync(evt, Given.Person(siteId: "zoom"))).ShouldBe(HttpStatusCode.Conflict, "registration-closed");
        ((string)(await own.Anybody.GetAsync($"/v1/events/{evt}")).Json["registration"]!["state"]!).ShouldBe("closed");

        var again = (await own.Organizer.PatchAsync($"/v1/events/{evt}", """{"registrationCloses":"2020-10-12"}""", ("If-Match", "*"))).ShouldBe(HttpStatusCode.OK).Json;
        ((string)again["registration"]!["lastDay"]!).ShouldBe("2020-10-12");
        ((string)(await own.Anybody.GetAsync($"/v1/events/{evt}")).Json["registration"]!["state"]!).ShouldBe("open");
        var newcomer = (await own.Partner.RegisterAsync(evt)).ShouldBe(HttpStatusCode.Created).Json;
        ((string)newcomer["status"]!).ShouldBe("waitlisted");
        newcomer["late"].ShouldBeNull();
        ((long)newcomer["waitlist"]!["position"]!).ShouldBe(2);
        (await own.Partner.PostAsync($"/v1/registrations/{seated["id"]}/cancel")).ShouldBe(HttpStatusCode.OK);
        ((string)(await own.Partner.GetAsync($"/v1/registrations/{waits["id"]}")).Json["status"]!).ShouldBe("confirmed");
        ((string)(await own.Partner.GetAsync($"/v1/registrations/{newcomer["id"]}")).Json["status"]!).ShouldBe("waitlisted");
        await own.IsWholeAsync();
    }

    [Fact]
    public async Task An_organiser_registers_people_late_and_everybody_sees_that()
    {
        await using var own = new EventsHost();
        await own.InitializeAsync();
        var evt = await own.EventAsync();
        var early = (await own.Organizer.RegisterAsync(evt)).ShouldBe(HttpStatusCode.Created).Json;
        early["late"].ShouldBeNull();
        own.Time.SetUtcNow(new(2020, 10, 15, 8, 0, 0, TimeSpan.Zero));
        (await own.Partner.RegisterAsync(evt)).ShouldBe(HttpStatusCode.Conflict, "registration-closed");
        ((bool)(await own.Organizer.PostAsync($"/v1/events/{evt}/registrations?dryRun=true", Given.Person())).ShouldBe(HttpStatusCode.OK).Json["late"]!).ShouldBeTrue();
        var late = (await own.Organizer.RegisterAsync(evt)).ShouldBe(HttpStatusCode.Created).Json;
        ((bool)late["late"]!).ShouldBeTrue();
        ((string)late["status"]!).ShouldBe("confirmed");
        ((bool)(await own.Organizer.GetAsync($"/v1/registrations/{late["id"]}")).Json["late"]!).ShouldBeTrue();
        (await own.Organizer.GetAsync($"/v1/registrations/{early["id"]}")).Json["late"].ShouldBeNull();
        (await own.Organizer.GetAsync($"/v1/events/{evt}/registrations")).Json["items"]!.AsArray().Select(r => (bool?)r!["late"]).Order().ShouldBe([null, true]);

        var csv = (await own.Organizer.GetAsync($"/v1/events/{evt}/attendees.csv?columns=reference,late")).Text;
        csv.ShouldContain($"\"{late["reference"]}\";\"ja\"");
        csv.ShouldContain($"\"{early["reference"]}\";\"\"");
        (await own.Organizer.GetAsync($"/v1/events/{evt}/attendees.json?columns=reference,late")).Json["items"]!.AsArray()
            .ToDictionary(r => (string)r!["reference"]!, r => (bool)r!["late"]!).ShouldBe(new Dictionary<string, bool> { [(string)early["reference"]!] = false, [(string)late["reference"]!] = true }, ignoreOrder: true);

        own.Time.SetUtcNow(new(2020, 10, 16, 9, 0, 0, TimeSpan.Zero));
        (await own.Organizer.RegisterAsync(evt)).ShouldBe(HttpStatusCode.Conflict, "event-over");
    }
}
