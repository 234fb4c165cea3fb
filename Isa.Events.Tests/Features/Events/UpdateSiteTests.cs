using Isa.Events.Api.Features.Events;
using Isa.Events.Api.Features.Registrations;

namespace Isa.Events.Tests.Features.Events;

/// <summary>More seats go to those who wait; fewer move the last confirmed.</summary>
public class UpdateSiteTests(SharedHost host)
{
    [Theory]
    [InlineData("""{"capacity":3}""", 2, 1)]
    [InlineData("""{"capacity":4}""", 3, 0)]
    [InlineData("""{"capacity":null}""", 3, 0)]
    [InlineData("""{"name":{"en":"Hall"}}""", 0, 3)]
    public async Task More_seats_go_to_those_who_wait(string patch, int promoted, int waiting)
    {
        var evt = await host.EventAsync(e => Room(e, 1));
        await ConfirmedAsync(evt);
        var queue = new[] { await WaitingAsync(evt), await WaitingAsync(evt), await WaitingAsync(evt) };
        (await host.Organizer.PatchAsync($"/v1/events/{evt}/sites/hannover", patch, ("If-Match", "*"))).ShouldBe(HttpStatusCode.OK);

        for (var i = 0; i < queue.Length; i++)
        {
            var now = await GetAsync(queue[i]);
            ((string)now["status"]!).ShouldBe(i < promoted ? "confirmed" : "waitlisted");
            if (i >= promoted) ((long)now["waitlist"]!["position"]!).ShouldBe(i - promoted + 1);
        }

        (await SeatsAsync(evt, "hannover")).ShouldBe((1 + promoted, waiting));
        await host.IsWholeAsync();
        (await CountAsync("SELECT COUNT(*) FROM outbox WHERE event_id = @Id AND kind = 'registrationPromoted'", evt)).ShouldBe(promoted);
    }

    [Fact]
    public async Task Whoever_attends_elsewhere_meanwhile_gives_that_seat_back_to_the_next()
    {
        var evt = await host.EventAsync(e =>
        {
            Room(e, 1);
            Room(e, 1, 2);
        });
        await ConfirmedAsync(evt);
        var first = (await host.Partner.RegisterAsync(evt, Given.Person(change: p => (p["whenFull"], p["fallbackSiteId"]) = ("attendSite", "zoom")))).ShouldBe(HttpStatusCode.Created).Json;
        var second = await WaitingAsync(evt, "zoom");
        (await host.Organizer.PatchAsync($"/v1/events/{evt}/sites/hannover", """{"capacity":2}""", ("If-Match", "*"))).ShouldBe(HttpStatusCode.OK);
        ((string)(await GetAsync(first))["siteId"]!).ShouldBe("hannover");
        ((string)(await GetAsync(second))["status"]!).ShouldBe("confirmed");
        (await SeatsAsync(evt, "zoom")).ShouldBe((1, 0));
        await host.IsWholeAsync();
    }

    [Fact]
    public async Task Seats_that_an_organiser_kept_are_given_once_promotion_is_automatic()
    {
        var evt = await host.EventAsync(e => Room(e, 1, promotion: "manual"));
        var seated = await ConfirmedAsync(evt);
        var waits = await WaitingAsync(evt);
        (await host.Partner.PostAsync($"/v1/registrations/{seated["id"]}/cancel")).ShouldBe(HttpStatusCode.OK);
        ((string)(await GetAsync(waits))["waitlist"]!["reason"]!).ShouldBe("organizerDecides");
        (await host.Organizer.PatchAsync($"/v1/events/{evt}/sites/hannover", """{"capacity":5}""", ("If-Match", "*"))).ShouldBe(HttpStatusCode.OK);
        ((string)(await GetAsync(waits))["status"]!).ShouldBe("waitlisted");
        (await host.Organizer.PatchAsync($"/v1/events/{evt}/sites/hannover", """{"waitlist":{"promotion":"automatic"}}""", ("If-Match", "*"))).ShouldBe(HttpStatusCode.OK);
        ((string)(await GetAsync(waits))["status"]!).ShouldBe("confirmed");
        await host.IsWholeAsync();
    }

    [Theory]
    [InlineData("automatic")]
    [InlineData("offer")]
    public async Task A_waiting_list_goes_only_once_nobody_is_in_it(string promotion)
    {
        var evt = await host.EventAsync(e => Room(e, 1, promotion: promotion));
        var seated = await ConfirmedAsync(evt);
        var waits = new[] { await WaitingAsync(evt), await WaitingAsync(evt) };
        if (promotion == "offer") (await host.Partner.PostAsync($"/v1/registrations/{seated["id"]}/cancel")).ShouldBe(HttpStatusCode.OK); // the first of them has an offer now
        var refused = (await host.Organizer.PatchAsync($"/v1/events/{evt}/sites/hannover", """{"waitlist":null}""", ("If-Match", "*"))).ShouldBe(HttpStatusCode.Conflict, "queue-not-empty");
        ((int)refused.Json["waiting"]!).ShouldBe(2);
        (await host.Organizer.PatchAsync($"/v1/events/{evt}/sites/hannover?dryRun=true", """{"waitlist":null}""")).ShouldBe(HttpStatusCode.Conflict, "queue-not-empty");
        foreach (var one in waits) (await host.Partner.PostAsync($"/v1/registrations/{one["id"]}/cancel")).ShouldBe(HttpStatusCode.OK);
        var after = (await host.Organizer.PatchAsync($"/v1/events/{evt}/sites/hannover", """{"waitlist":null}""", ("If-Match", "*"))).ShouldBe(HttpStatusCode.OK).Json;
        after["sites"]![0]!["waitlist"].ShouldBeNull();
    }

    [Fact]
    public async Task Fewer_seats_move_the_last_confirmed_who_then_head_the_queue()
    {
        await using var own = new EventsHost();
        await own.InitializeAsync();
        var evt = await own.EventAsync(e => Room(e, 5));
        var seated = new List<JsonNode>();
        for (var i = 0; i < 5; i++)
        {
            seated.Add((await own.Partner.RegisterAsync(evt)).ShouldBe(HttpStatusCode.Created).Json);
            own.Time.Advance(TimeSpan.FromMinutes(1));
        }

        var waited = (await own.Partner.RegisterAsync(evt)).ShouldBe(HttpStatusCode.Created).Json;
        (await own.Organizer.PatchAsync($"/v1/events/{evt}/sites/hannover", """{"name":{"en":"Hall"}}""", ("If-Match", "*"))).ShouldBe(HttpStatusCode.OK); // its revision is higher than that of zoom
        var before = Ical.Net.Calendar.Load((await own.Anybody.GetAsync(seated[3].PathOf("invite"))).Text)!.Events[0]!;
        var tag = (await own.Organizer.GetAsync($"/v1/events/{evt}")).ETag!;

        var refused = (await own.Organizer.PatchAsync($"/v1/events/{evt}/sites/hannover", """{"capacity":3}""", ("If-Match", tag))).ShouldBe(HttpStatusCode.Conflict, "capacity-below-taken");
        ((int)refused.Json["seatsTaken"]!).ShouldBe(5);
        refused.Errors.ShouldBe(["capacity out-of-range"]);

        foreach (var patch in new[] { """{"capacity":3}""", """{"capacity":3,"move":{"to":"zoom"}}""" })
        {
            var asked = (await own.Organizer.PatchAsync($"/v1/events/{evt}/sites/hannover?dryRun=true", patch)).ShouldBe(HttpStatusCode.OK).Json;
            var foreseen = asked["dryRun"]!;
            foreseen["wouldMove"]!.AsArray().Select(m => (string)m!["registrationId"]!).ShouldBe([(string)seated[4]["id"]!, (string)seated[3]["id"]!]);
            ((string)foreseen["wouldMove"]![0]!["reference"]!).ShouldBe((string)seated[4]["reference"]!);
            ((string)foreseen["wouldMove"]![0]!["fullName"]!).ShouldBe((string)seated[4]["fullName"]!);
            ((string)foreseen["wouldMove"]![0]!["confirmedAt"]!).ShouldBe((string)seated[4]["confirmedAt"]!);
            ((string?)foreseen["to"]).ShouldBe(patch.Contains("zoom") ? "zoom" : null);
            ((int)foreseen["seatsTaken"]!).ShouldBe(5);
            ((int)foreseen["capacity"]!).ShouldBe(3);
            ((int)asked["sites"]![0]!["capacity"]!).ShouldBe(5);
        }

        (await own.Organizer.GetAsync($"/v1/events/{evt}")).ETag.ShouldBe(tag);
        var after = (await own.Organizer.PatchAsync($"/v1/events/{evt}/sites/hannover", """{"capacity":3,"move":{"to":"zoom"}}""", ("If-Match", tag))).ShouldBe(HttpStatusCode.OK).Json;
        ((int)after["sites"]![0]!["capacity"]!).ShouldBe(3);
        after["dryRun"].ShouldBeNull();

        for (var i = 0; i < 5; i++)
        {
            var now = (await own.Partner.GetAsync($"/v1/registrations/{seated[i]["id"]}")).Json;
            ((string)now["status"]!).ShouldBe("confirmed");
            ((string)now["siteId"]!).ShouldBe(i < 3 ? "hannover" : "zoom");
            ((string)now["reference"]!).ShouldBe((string)seated[i]["reference"]!);
            ((string)now["links"]!["manage"]!).ShouldBe((string)seated[i]["links"]!["manage"]!);
            ((long?)now["waitlist"]?["position"]).ShouldBe(i < 3 ? null : i - 2);
            ((string?)now["waitlist"]?["siteId"]).ShouldBe(i < 3 ? null : "hannover");
        }

        ((long)(await own.Partner.GetAsync($"/v1/registrations/{waited["id"]}")).Json["waitlist"]!["position"]!).ShouldBe(3);
        Ical.Net.Calendar.Load((await own.Anybody.GetAsync(seated[3].PathOf("invite"))).Text)!.Events[0]!.Sequence.ShouldBeGreaterThan(before.Sequence);
        var history = await own.Database.ReadAsync(session => session.Query<string>("SELECT actor || ' ' || action || ' ' || details FROM history WHERE registration_id = @Id AND action = 'moved'", new { Id = (string)seated[4]["id"]! }), CancellationToken.None);
        history.ShouldBe(["""organizer moved {"fromSite":"hannover","toSite":"zoom"}"""]);
        var told = await own.Database.ReadAsync(session => session.Query<string>("SELECT registration_id || ' ' || payload FROM outbox WHERE event_id = @Id AND kind = 'registrationMoved' ORDER BY registration_id", new { Id = evt }), CancellationToken.None);
        told.ShouldBe([$$"""{{seated[3]["id"]}} {"fromSite":"hannover"}""", $$"""{{seated[4]["id"]}} {"fromSite":"hannover"}"""]);
        await own.IsWholeAsync();

        // What becomes free is theirs first, in their old order.
        (await own.Partner.PostAsync($"/v1/registrations/{seated[0]["id"]}/cancel")).ShouldBe(HttpStatusCode.OK);
        ((string)(await own.Partner.GetAsync($"/v1/registrations/{seated[3]["id"]}")).Json["siteId"]!).ShouldBe("hannover");
        ((string)(await own.Partner.GetAsync($"/v1/registrations/{seated[4]["id"]}")).Json["siteId"]!).ShouldBe("zoom");
        await own.IsWholeAsync();
    }

    [Theory]
    [InlineData("""{"capacity":1,"move":{"to":"hannover"}}""", 422, "validation-failed", "move.to same-site")]
    [InlineData("""{"capacity":1,"move":{"to":"moon"}}""", 422, "validation-failed", "move.to unknown-site")]
    [InlineData("""{"capacity":1,"move":{}}""", 422, "validation-failed", "move.to required")]
    [InlineData("""{"capacity":1,"move":"zoom"}""", 400, "malformed-request", "move wrong-type")]
    [InlineData("""{"capacity":1,"move":{"to":"zoom","from":"hannover"}}""", 400, "malformed-request", "move.from unknown-member")]
    [InlineData("""{"capacity":1,"move":{"to":"foshan"}}""", 409, "site-full", "move.to site-full")]
    [InlineData("""{"capacity":-1,"move":{"to":"zoom"}}""", 422, "validation-failed", "capacity out-of-range")]
    [InlineData("""{"capacity":1,"move":{"to":"board"}}""", 422, "validation-failed", "move.to audience-not-invited")]
    public async Task A_move_that_cannot_be_is_refused_and_changes_nothing(string patch, int status, string code, string error)
    {
        var evt = await host.EventAsync(e =>
        {
            Room(e, 3);
            e["sites"]![1]!["capacity"] = 1;
            e["sites"]!.AsArray().Add(JsonNode.Parse("""{"id":"board","mode":"online","name":{"de":"Beirat"},"audiences":["advisoryBoard"]}"""));
        });
        for (var i = 0; i < 3; i++) await ConfirmedAsync(evt);
        foreach (var dryRun in new[] { "?dryRun=true", "" })
        {
            var refused = (await host.Organizer.PatchAsync($"/v1/events/{evt}/sites/hannover{dryRun}", patch, ("If-Match", "*"))).ShouldBe((HttpStatusCode)status, code);
            refused.Errors.ShouldBe([error]);
            if (error.EndsWith("not-invited", StringComparison.Ordinal)) ((int)refused.Json["notInvited"]!).ShouldBe(2);
        }

        (await SeatsAsync(evt, "hannover")).ShouldBe((3, 0));
        ((long)(await host.Organizer.GetAsync($"/v1/events/{evt}")).Json["version"]!).ShouldBe(2);
    }

    [Fact]
    public async Task A_site_where_people_wait_is_full_for_those_who_would_move_there()
    {
        var evt = await host.EventAsync(e =>
        {
            Room(e, 2);
            Room(e, 1, 1, "manual");
        });
        for (var i = 0; i < 2; i++) await ConfirmedAsync(evt);
        var seated = (await host.Partner.RegisterAsync(evt, Given.Person(siteId: "foshan"))).ShouldBe(HttpStatusCode.Created).Json;
        await WaitingAsync(evt, "foshan");
        (await host.Partner.PostAsync($"/v1/registrations/{seated["id"]}/cancel")).ShouldBe(HttpStatusCode.OK);
        (await host.Organizer.PatchAsync($"/v1/events/{evt}/sites/hannover", """{"capacity":1,"move":{"to":"foshan"}}""", ("If-Match", "*"))).ShouldBe(HttpStatusCode.Conflict, "site-full");
        await host.IsWholeAsync();
    }

    [Fact]
    public async Task The_move_is_no_member_of_a_new_site_nor_of_the_event()
    {
        var evt = await host.EventAsync();
        (await host.Organizer.PostAsync($"/v1/events/{evt}/sites", """{"id":"x","mode":"online","name":{"de":"x"},"move":{"to":"zoom"}}""")).ShouldBe(HttpStatusCode.BadRequest, "malformed-request").Errors.ShouldBe(["move unknown-member"]);
        (await host.Organizer.PatchAsync($"/v1/events/{evt}/sites/hannover?dryrun=true", """{"capacity":1}""", ("If-Match", "*"))).ShouldBe(HttpStatusCode.BadRequest, "malformed-request");
        var answer = (await host.Organizer.PatchAsync($"/v1/events/{evt}/sites/hannover", """{"capacity":1,"move":{"to":"zoom"}}""", ("If-Match", "*"))).ShouldBe(HttpStatusCode.OK).Json;
        answer["sites"]![0]!.AsObject().ContainsKey("move").ShouldBeFalse(); // nobody had to move
    }

    [Fact]
    public async Task Whoever_waits_elsewhere_keeps_that_place_and_no_second_one()
    {
        var evt = await host.EventAsync(e =>
        {
            Room(e, 2);
            Room(e, 1, 1);
        });
        var other = await ConfirmedAsync(evt);
        (await host.Partner.RegisterAsync(evt, Given.Person(siteId: "foshan"))).ShouldBe(HttpStatusCode.Created);
        var both = (await host.Partner.RegisterAsync(evt, Given.Person(siteId: "foshan", change: p => (p["whenFull"], p["fallbackSiteId"]) = ("attendSite", "hannover")))).ShouldBe(HttpStatusCode.Created).Json;
        (await host.Organizer.PatchAsync($"/v1/events/{evt}/sites/hannover", """{"capacity":0,"move":{"to":"zoom"}}""", ("If-Match", "*"))).ShouldBe(HttpStatusCode.OK);
        ((string)(await GetAsync(other))["waitlist"]!["siteId"]!).ShouldBe("hannover");
        var now = await GetAsync(both);
        ((string)now["siteId"]!).ShouldBe("zoom");
        ((string)now["waitlist"]!["siteId"]!).ShouldBe("foshan");
        ((long)now["waitlist"]!["position"]!).ShouldBe(1);
        (await SeatsAsync(evt, "hannover")).ShouldBe((0, 1));
        await host.IsWholeAsync();
    }

    [Fact]
    public async Task Offers_hold_their_seats_while_the_confirmed_move()
    {
        var evt = await host.EventAsync(e => Room(e, 3, promotion: "offer"));
        var seated = new[] { await ConfirmedAsync(evt), await ConfirmedAsync(evt), await ConfirmedAsync(evt) };
        var offered = await WaitingAsync(evt);
        (await host.Partner.PostAsync($"/v1/registrations/{seated[0]["id"]}/cancel")).ShouldBe(HttpStatusCode.OK);
        ((string)(await GetAsync(offered))["waitlist"]!["state"]!).ShouldBe("offered");
        var refused = (await host.Organizer.PatchAsync($"/v1/events/{evt}/sites/hannover", """{"capacity":0,"move":{"to":"zoom"}}""", ("If-Match", "*"))).ShouldBe(HttpStatusCode.Conflict, "capacity-below-taken");
        ((int)refused.Json["seatsTaken"]!).ShouldBe(3);
        (await host.Organizer.PatchAsync($"/v1/events/{evt}/sites/hannover", """{"capacity":1,"move":{"to":"zoom"}}""", ("If-Match", "*"))).ShouldBe(HttpStatusCode.OK);
        ((string)(await GetAsync(offered))["waitlist"]!["state"]!).ShouldBe("offered");
        foreach (var one in seated.Skip(1)) ((string)(await GetAsync(one))["siteId"]!).ShouldBe("zoom");
        (await SeatsAsync(evt, "hannover")).ShouldBe((1, 2));
        await host.IsWholeAsync();
    }

    [Fact]
    public async Task Nobody_queues_where_there_is_no_waiting_list_or_it_has_closed()
    {
        await using var own = new EventsHost();
        await own.InitializeAsync();
        var without = await own.EventAsync(e => e["sites"]![0]!["capacity"] = 2);
        var closed = await own.EventAsync(e => Room(e, 2));
        var people = new List<JsonNode>();
        foreach (var evt in new[] { without, closed })
            for (var i = 0; i < 2; i++) people.Add((await own.Partner.RegisterAsync(evt)).ShouldBe(HttpStatusCode.Created).Json);
        own.Time.SetUtcNow(new(2020, 10, 16, 5, 0, 0, TimeSpan.Zero)); // two hours before it begins
        foreach (var evt in new[] { without, closed })
            (await own.Organizer.PatchAsync($"/v1/events/{evt}/sites/hannover", """{"capacity":0,"move":{"to":"zoom"}}""", ("If-Match", "*"))).ShouldBe(HttpStatusCode.OK);
        foreach (var person in people)
        {
            var now = (await own.Partner.GetAsync($"/v1/registrations/{person["id"]}")).Json;
            ((string)now["siteId"]!).ShouldBe("zoom");
            now["waitlist"].ShouldBeNull();
        }

        own.Time.SetUtcNow(new(2020, 10, 16, 12, 0, 0, TimeSpan.Zero));
        (await own.Organizer.PatchAsync($"/v1/events/{closed}/sites/zoom", """{"capacity":0,"move":{"to":"foshan"}}""", ("If-Match", "*"))).ShouldBe(HttpStatusCode.Conflict, "event-over");
        await own.IsWholeAsync();
    }

    [Fact]
    public async Task A_thousand_people_move_at_once()
    {
        await using var own = new EventsHost();
        await own.InitializeAsync();
        var evt = await own.EventAsync(e => Room(e, 1100));
        for (var portion = 0; portion < 11; portion++)
            foreach (var made in await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => own.Partner.RegisterAsync(evt)))) made.ShouldBe(HttpStatusCode.Created);
        (await own.Organizer.PatchAsync($"/v1/events/{evt}/sites/hannover", """{"capacity":100,"move":{"to":"zoom"}}""", ("If-Match", "*"))).ShouldBe(HttpStatusCode.OK);
        await own.IsWholeAsync();
        var order = await own.Database.ReadAsync(session => session.Query<string>(
            "SELECT r.id FROM waitlist_entries w JOIN registrations r ON r.waitlist_entry_id = w.id WHERE w.event_id = @Id AND w.state = 'queued' ORDER BY w.number", new { Id = evt }), CancellationToken.None);
        order.Count.ShouldBe(1000);
        order.ShouldBe(order.Order(StringComparer.Ordinal)); // all confirmed in the same instant of a clock that stands still: their ids tell the order
    }

    [Fact]
    public async Task While_the_capacity_rises_and_people_come_and_go_nobody_waits_beside_a_free_seat()
    {
        await using var own = new EventsHost();
        await own.InitializeAsync();
        for (var round = 0; round < 3; round++)
        {
            var evt = await own.EventAsync(e => Room(e, 5));
            var people = Enumerable.Range(0, 50).Select(n => Task.Run(async () =>
            {
                var made = (await own.Partner.RegisterAsync(evt, Given.Person(change: p =>
                {
                    if (n % 3 == 0) (p["whenFull"], p["fallbackSiteId"]) = ("attendSite", "zoom");
                }))).ShouldBe(HttpStatusCode.Created).Json;
                if (n % 2 == 0) (await own.Partner.PostAsync($"/v1/registrations/{made["id"]}/cancel")).ShouldBe(HttpStatusCode.OK);
            }, TestContext.Current.CancellationToken));
            var office = Task.Run(async () =>
            {
                foreach (var capacity in new[] { 6, 9, 8, 14, 7, 20 })
                {
                    var answer = await own.Organizer.PatchAsync($"/v1/events/{evt}/sites/hannover", new { capacity, move = new { to = "zoom" } }, ("If-Match", "*"));
                    answer.ShouldBe(HttpStatusCode.OK);
                }
            }, TestContext.Current.CancellationToken);
            await Task.WhenAll([.. people, office]);
            var (taken, waiting) = await own.SeatsAsync(evt, "hannover");
            (waiting == 0 || taken == 20).ShouldBeTrue($"{taken} of 20 taken, {waiting} wait");
            await own.IsWholeAsync();
        }
    }

    /// <summary>The canary: seats added behind the back of the operation leave somebody waiting beside them, and the check of the test above sees it.</summary>
    [Fact]
    public async Task Seats_that_nobody_hands_out_stay_free()
    {
        var evt = await host.EventAsync(e => Room(e, 1));
        await ConfirmedAsync(evt);
        await WaitingAsync(evt);
        await host.Database.WriteAsync(evt, session =>
        {
            session.LockEvent(evt);
            session.Execute("UPDATE sites SET capacity = 2 WHERE event_id = @Id AND id = 'hannover'", new { Id = evt });
            return true;
        }, CancellationToken.None);
        (await SeatsAsync(evt, "hannover")).ShouldBe((1, 1));
    }

    [Fact]
    public async Task A_site_that_somebody_waits_for_is_not_removed_and_a_test_event_goes_with_its_queue()
    {
        var evt = await host.EventAsync(e =>
        {
            Room(e, 0);
            e["isTest"] = true;
        });
        var waits = (await host.Partner.RegisterAsync(evt, Given.Person(change: p => (p["whenFull"], p["fallbackSiteId"]) = ("attendSite", "zoom")))).ShouldBe(HttpStatusCode.Created).Json;
        ((string)waits["siteId"]!).ShouldBe("zoom");
        (await host.Organizer.DeleteAsync($"/v1/events/{evt}/sites/hannover", ("If-Match", "*"))).ShouldBe(HttpStatusCode.Conflict, "site-in-use");
        (await host.Organizer.DeleteAsync($"/v1/events/{evt}", ("If-Match", "*"))).ShouldBe(HttpStatusCode.NoContent);
        (await CountAsync("SELECT COUNT(*) FROM waitlist_entries WHERE event_id = @Id", evt)).ShouldBe(0);
    }

    internal static void Room(JsonObject evt, int seats, int site = 0, string promotion = "automatic")
    {
        evt["sites"]![site]!["capacity"] = seats;
        evt["sites"]![site]!["waitlist"] = new JsonObject { ["promotion"] = promotion };
    }

    private async Task<JsonNode> ConfirmedAsync(string evt)
    {
        var made = (await host.Partner.RegisterAsync(evt, Given.Person(change: p => p["audience"] = "guest"))).ShouldBe(HttpStatusCode.Created).Json;
        ((string)made["status"]!).ShouldBe("confirmed");
        return made;
    }

    private async Task<JsonNode> WaitingAsync(string evt, string site = "hannover")
    {
        var made = (await host.Partner.RegisterAsync(evt, Given.Person(siteId: site))).ShouldBe(HttpStatusCode.Created).Json;
        ((string)made["status"]!).ShouldBe("waitlisted");
        return made;
    }

    private async Task<JsonNode> GetAsync(JsonNode registration) => (await host.Partner.GetAsync($"/v1/registrations/{registration["id"]}")).ShouldBe(HttpStatusCode.OK).Json;

    private Task<(long Taken, long Waiting)> SeatsAsync(string evt, string site) => host.SeatsAsync(evt, site);

    private Task<long> CountAsync(string sql, string evt) => host.Database.ReadAsync(session => session.One<long>(sql, new { Id = evt }), CancellationToken.None);
}

/// <summary>What is stored about seats.</summary>
internal static class StoredSeats
{
    public static Task<(long Taken, long Waiting)> SeatsAsync(this EventsHost host, string evt, string site) => host.Database.ReadAsync(session =>
    {
        var seats = Seats.Of(session, evt, site);
        return (seats.SeatsTaken, seats.Waiting);
    }, CancellationToken.None);
}
