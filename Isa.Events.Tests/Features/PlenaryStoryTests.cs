using Isa.Events.Tests.Features.Delegations;

namespace Isa.Events.Tests.Features;

/// <summary>The ninth plenary, as it went: forty seats, a waiting list, new distancing rules, a mayor who falls ill, a delegation, and the deadline.</summary>
public class PlenaryStoryTests
{
    [Fact]
    public async Task The_plenary_from_the_first_registration_to_the_list_at_the_door()
    {
        await using var host = new EventsHost();
        await host.InitializeAsync();
        var evt = await host.EventWithQueueAsync(40);

        // Forty seats in Hannover fill.
        var hannover = new List<JsonNode>();
        for (var i = 0; i < 40; i++)
        {
            hannover.Add(await host.Partner.RegisteredAsync(evt));
            host.Time.Advance(TimeSpan.FromMinutes(1));
        }

        (await host.CountsAsync(evt)).ShouldBe("hannover 40/0 foshan 0/0 zoom 0/0");

        // The next two go by Zoom and wait.
        List<JsonNode> waiting = [];
        for (var i = 0; i < 2; i++) waiting.Add(await host.Partner.RegisteredAsync(evt, whenFull: "attendSite", fallback: "zoom"));
        waiting.Select(w => w.Stands()).ShouldBe(["confirmed zoom queued hannover#1", "confirmed zoom queued hannover#2"]);
        (await host.CountsAsync(evt)).ShouldBe("hannover 40/2 foshan 0/0 zoom 2/0");

        // Two cancel; two are promoted and give their Zoom places back.
        host.Time.Advance(TimeSpan.FromHours(1));
        foreach (var i in new[] { 3, 17 }) (await host.Anybody.PostAsync(Own(hannover[i], "cancel"))).ShouldBe(HttpStatusCode.OK);
        foreach (var promoted in waiting) (await host.Partner.NowAsync(promoted)).Stands().ShouldBe("confirmed hannover");
        (await host.CountsAsync(evt)).ShouldBe("hannover 40/0 foshan 0/0 zoom 0/0");

        // New distancing rules cut forty to thirty: the last ten who were confirmed move to Zoom, are told, and head the queue.
        (await host.Organizer.PatchAsync($"/v1/events/{evt}/sites/hannover", """{"capacity":30}""", ("If-Match", "*"))).ShouldBe(HttpStatusCode.Conflict, "capacity-below-taken");
        const string cut = """{"capacity":30,"move":{"to":"zoom"}}""";
        var would = (await host.Organizer.PatchAsync($"/v1/events/{evt}/sites/hannover?dryRun=true", cut, ("If-Match", "*"))).ShouldBe(HttpStatusCode.OK).Json["dryRun"]!["wouldMove"]!.AsArray().Select(w => (string)w!["registrationId"]!).ToList();
        (await host.CountsAsync(evt)).ShouldBe("hannover 40/0 foshan 0/0 zoom 0/0");
        (await host.Organizer.PatchAsync($"/v1/events/{evt}/sites/hannover", cut, ("If-Match", "*"))).ShouldBe(HttpStatusCode.OK);
        (await host.CountsAsync(evt)).ShouldBe("hannover 30/10 foshan 0/0 zoom 10/0");
        List<JsonNode> moved = [.. hannover.TakeLast(8), .. waiting];
        would.ShouldBe(moved.Select(m => (string)m["id"]!), ignoreOrder: true);
        foreach (var person in moved) (await host.Partner.NowAsync(person)).Stands().ShouldStartWith("confirmed zoom queued hannover#");
        (await host.Partner.NowAsync(hannover[32])).Stands().ShouldBe("confirmed zoom queued hannover#1");
        (await MailsAsync(host, evt, "registrationMoved")).ShouldBe(moved.Select(m => (string)m["id"]!), ignoreOrder: true);
        var queue = (await host.Organizer.GetAsync($"/v1/events/{evt}/waitlist?siteId=hannover")).ShouldBe(HttpStatusCode.OK).Json["items"]!.AsArray();
        (queue.Count, (string)queue[0]!["reason"]!).ShouldBe((10, "siteFull"));

        // A mayor falls ill and sends a deputy, by the link from his mail.
        var mayor = hannover[0];
        var deputy = await host.DeputyAsync(await host.Anybody.PostAsync(Own(mayor, "substitute"), new JsonObject { ["fullName"] = "Bürgermeisterin Beispiel", ["email"] = "deputy@example.org", ["language"] = "de", ["audience"] = "guest", ["noticeVersion"] = "1" }));
        (deputy.Stands(), (string)deputy["reference"]!).ShouldBe(("confirmed hannover", (string)mayor["reference"]!));
        (await host.Anybody.GetAsync(mayor.PathOf("invite"))).Text.ShouldContain("METHOD:CANCEL");
        (await host.Anybody.GetAsync(deputy.PathOf("invite"))).Text.ShouldContain("METHOD:REQUEST");

        // A delegation of five from Foshan registers for the linked room; one of them switches to Zoom.
        var foshan = await host.DelegationAsync(evt, 4, d =>
        {
            (d["siteId"], d["city"]) = ("foshan", "Foshan");
            d["members"]!.AsArray().Add(new JsonObject { ["fullName"] = "李娜" });
        });
        (await host.StandsAsync(foshan)).ShouldBe(Enumerable.Repeat("confirmed foshan", 5));
        (await host.Anybody.PostAsync(Own(foshan.Members().First(), "change-site"), """{"siteId":"zoom"}""")).ShouldBe(HttpStatusCode.OK).Json.Stands().ShouldBe("confirmed zoom");
        (await host.CountsAsync(evt)).ShouldBe("hannover 30/10 foshan 4/0 zoom 11/0");

        // The deadline passes: nobody else registers, but whoever has may still go to Zoom.
        host.Time.SetUtcNow(new DateTimeOffset(2020, 10, 9, 22, 0, 0, TimeSpan.Zero));
        (await host.Partner.RegisterAsync(evt)).ShouldBe(HttpStatusCode.Conflict, "registration-closed");
        (await host.Anybody.PostAsync(Own(foshan.Members().Last(), "change-site"), """{"siteId":"zoom"}""")).ShouldBe(HttpStatusCode.OK).Json.Stands().ShouldBe("confirmed zoom");
        (await host.Anybody.PostAsync(Own(hannover[1], "change-site"), """{"siteId":"zoom"}""")).ShouldBe(HttpStatusCode.OK).Json.Stands().ShouldBe("confirmed zoom");
        (await host.Partner.NowAsync(hannover[32])).Stands().ShouldBe("confirmed hannover"); // the first of those who had to move

        // The organiser adds a late guest.
        var late = (await host.Organizer.RegisterAsync(evt, Given.Person(siteId: "zoom"))).ShouldBe(HttpStatusCode.Created).Json;
        ((bool)late["late"]!, late.Stands()).ShouldBe((true, "confirmed zoom"));

        // The list is exported and adds up.
        (await host.CountsAsync(evt)).ShouldBe("hannover 30/9 foshan 3/0 zoom 13/0");
        var lines = (await host.Organizer.GetAsync($"/v1/events/{evt}/attendees.csv?columns=reference,siteId,waitingFor,late&dialect=rfc4180")).ShouldBe(HttpStatusCode.OK).Text.TrimStart('\ufeff').TrimEnd().Split("\r\n").Skip(1).Select(l => l.Split(',')).ToList();
        lines.CountBy(l => l[1].Trim('"')).OrderBy(g => g.Key, StringComparer.Ordinal).Select(g => $"{g.Key} {g.Value}").ShouldBe(["foshan 3", "hannover 30", "zoom 13"]);
        lines.Select(l => l[0]).Distinct().Count().ShouldBe(46);
        var everybody = (await host.Organizer.GetAsync($"/v1/events/{evt}/attendees.json?status=all")).ShouldBe(HttpStatusCode.OK).Json;
        everybody["items"]!.AsArray().CountBy(a => (string)a!["status"]!).OrderBy(g => g.Key, StringComparer.Ordinal).Select(g => $"{g.Key} {g.Value}").ShouldBe(["cancelled 3", "confirmed 46"]);

        var history = (await host.Organizer.GetAsync($"/v1/registrations/{waiting[0]["id"]}/history")).ShouldBe(HttpStatusCode.OK).Json["items"]!.AsArray();
        history.Select(h => $"{h!["actor"]} {h["action"]}").ShouldBe(["partner registered", "system promoted", "organizer moved"]);
        await host.IsWholeAsync();
    }

    private static string Own(JsonNode registration, string operation) => registration.PathOf("invite").Replace("/invite.ics", $"/{operation}");

    private static Task<List<string>> MailsAsync(EventsHost host, string evt, string kind) => host.Database.ReadAsync(
        session => session.Query<string>("SELECT registration_id FROM outbox WHERE event_id = @Id AND kind = @Kind", new { Id = evt, Kind = kind }), CancellationToken.None);
}
