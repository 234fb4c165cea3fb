namespace Isa.Events.Tests.Features.Waitlist;

/// <summary>What organisers see of queues, and what they do by hand.</summary>
public class GetWaitlistTests(SharedHost host)
{
    [Fact]
    public async Task Shows_places_people_and_reasons_and_pages_through_them()
    {
        var evt = await host.EventWithQueueAsync(1, "manual");
        await host.Partner.RegisteredAsync(evt);
        var people = new List<JsonNode>();
        for (var i = 0; i < 5; i++) people.Add(await host.Partner.RegisteredAsync(evt, whenFull: i == 2 ? "attendSite" : null, fallback: i == 2 ? "zoom" : null));
        var seen = new List<JsonNode>();
        string? next = null;
        do
        {
            var page = (await host.Organizer.GetAsync($"/v1/events/{evt}/waitlist?limit=2{(next is null ? "" : $"&cursor={next}")}")).ShouldBe(HttpStatusCode.OK).Json;
            seen.AddRange(page["items"]!.AsArray()!);
            next = (string?)page["nextCursor"];
            var site = page["sites"]!.AsArray().ShouldHaveSingleItem()!;
            ((string)site["siteId"]!, (int)site["waiting"]!, (int)site["free"]!, (bool)site["isOpen"]!, (string)site["closesAt"]!).ShouldBe(("hannover", 5, 0, true, "2020-10-15T21:00:00+02:00"));
        }
        while (next is not null);
        seen.Select(i => (int)i["position"]!).ShouldBe([1, 2, 3, 4, 5]);
        seen.Select(i => (string)i["members"]![0]!["registrationId"]!).ShouldBe(people.Select(p => (string)p["id"]!));
        ((string)seen[2]["members"]![0]!["attendsAt"]!).ShouldBe("zoom");
        (await host.Partner.GetAsync($"/v1/events/{evt}/waitlist")).ShouldBe(HttpStatusCode.Forbidden, "not-allowed");
        (await host.Organizer.GetAsync($"/v1/events/{evt}/waitlist?siteId=nowhere")).ShouldBe(HttpStatusCode.BadRequest, "malformed-request").Errors.ShouldBe(["siteId unknown-site"]);
    }

    [Fact]
    public async Task Everybody_is_told_the_same_place_from_whichever_end_it_is_counted()
    {
        var evt = await host.EventWithQueueAsync(1, "manual");
        var seated = await host.Partner.RegisteredAsync(evt);
        var people = new List<JsonNode>();
        for (var i = 0; i < 12; i++) people.Add(await host.Partner.RegisteredAsync(evt));
        // Gaps at both ends, and one before all others.
        foreach (var gone in new[] { 0, 1, 3, 9 }) (await host.Partner.PostAsync($"/v1/registrations/{people[gone]["id"]}/cancel")).ShouldBe(HttpStatusCode.OK);
        (await host.Organizer.PatchAsync($"/v1/events/{evt}/sites/hannover", new { capacity = 0, move = new { to = "zoom" } }, ("If-Match", "*"))).ShouldBe(HttpStatusCode.OK);
        List<JsonNode> waiting = [seated, .. new[] { 2, 4, 5, 6, 7, 8, 10, 11 }.Select(i => people[i])];
        var items = (await host.Organizer.GetAsync($"/v1/events/{evt}/waitlist")).ShouldBe(HttpStatusCode.OK).Json["items"]!.AsArray();
        items.Select(i => (string)i!["members"]![0]!["registrationId"]!).ShouldBe(waiting.Select(w => (string)w["id"]!));
        for (var i = 0; i < waiting.Count; i++) ((int)(await host.Partner.NowAsync(waiting[i]))["waitlist"]!["position"]!).ShouldBe(i + 1);
    }

    [Fact]
    public async Task A_manual_queue_waits_for_the_organiser_who_may_skip_the_turn()
    {
        var evt = await host.EventWithQueueAsync(1, "manual");
        var (seated, first, second) = (await host.Partner.RegisteredAsync(evt), await host.Partner.RegisteredAsync(evt), await host.Partner.RegisteredAsync(evt));
        var entries = (await host.Organizer.GetAsync($"/v1/events/{evt}/waitlist")).Json["items"]!.AsArray();
        var path = $"/v1/events/{evt}/waitlist/{entries[1]!["entryId"]}/promote";
        (await host.Organizer.PostAsync(path)).ShouldBe(HttpStatusCode.Conflict, "site-full");
        (await host.Partner.PostAsync($"/v1/registrations/{seated["id"]}/cancel")).ShouldBe(HttpStatusCode.OK);
        ((string)(await host.Partner.NowAsync(first))["waitlist"]!["reason"]!).ShouldBe("organizerDecides");
        (await host.Partner.RegisterAsync(evt, Given.Person(change: p => p["whenFull"] = "reject"))).ShouldBe(HttpStatusCode.Conflict, "site-full");
        foreach (var _ in new[] { 1, 2 }) ((string)(await host.Organizer.PostAsync(path)).ShouldBe(HttpStatusCode.OK).Json["state"]!).ShouldBe("promoted");
        (await host.Partner.NowAsync(second)).Stands().ShouldBe("confirmed hannover");
        (await host.Partner.NowAsync(first)).Stands().ShouldBe("waitlisted hannover queued hannover#1");
        var history = await host.Database.ReadAsync(s => s.Query<string>("SELECT details FROM history WHERE registration_id = @Id AND action = 'promoted'", new { Id = (string)second["id"]! }), CancellationToken.None);
        history.ShouldHaveSingleItem().ShouldContain("\"outOfTurn\":true");
        (await host.Organizer.PostAsync($"/v1/events/{await host.EventWithQueueAsync(1)}/waitlist/{entries[0]!["entryId"]}/promote")).ShouldBe(HttpStatusCode.NotFound, "entry-not-found");
        await host.IsWholeAsync();
    }

    [Fact]
    public async Task Nothing_is_offered_once_the_event_has_begun()
    {
        await using var own = new EventsHost();
        await own.InitializeAsync();
        var evt = await own.EventWithQueueAsync(1, "manual");
        var (seated, first) = (await own.Partner.RegisteredAsync(evt), await own.Partner.RegisteredAsync(evt));
        own.Time.SetUtcNow(new DateTimeOffset(2020, 10, 16, 7, 30, 0, TimeSpan.Zero));
        (await own.Organizer.PostAsync($"/v1/registrations/{seated["id"]}/cancel")).ShouldBe(HttpStatusCode.OK);
        var id = (await own.Organizer.GetAsync($"/v1/events/{evt}/waitlist")).Json["items"]![0]!["entryId"];
        (await own.Organizer.PostAsync($"/v1/events/{evt}/waitlist/{id}/promote", """{"offer":true}""")).ShouldBe(HttpStatusCode.Conflict, "event-started");
        (await own.Organizer.PostAsync($"/v1/events/{evt}/waitlist/{id}/promote")).ShouldBe(HttpStatusCode.OK);
        (await own.Partner.NowAsync(first)).Stands().ShouldBe("confirmed hannover");
    }

    [Fact]
    public async Task An_organiser_may_offer_instead()
    {
        var evt = await host.EventWithQueueAsync(1, "manual");
        var (seated, first) = (await host.Partner.RegisteredAsync(evt), await host.Partner.RegisteredAsync(evt));
        (await host.Partner.PostAsync($"/v1/registrations/{seated["id"]}/cancel")).ShouldBe(HttpStatusCode.OK);
        var id = (await host.Organizer.GetAsync($"/v1/events/{evt}/waitlist")).Json["items"]![0]!["entryId"];
        ((string)(await host.Organizer.PostAsync($"/v1/events/{evt}/waitlist/{id}/promote", """{"offer":true}""")).ShouldBe(HttpStatusCode.OK).Json["state"]!).ShouldBe("offered");
        (await host.Organizer.PostAsync($"/v1/events/{evt}/waitlist/{id}/promote")).ShouldBe(HttpStatusCode.Conflict, "entry-ended");
        (await host.Partner.NowAsync(first)).Stands().ShouldBe("waitlisted hannover offered hannover");
    }
}
