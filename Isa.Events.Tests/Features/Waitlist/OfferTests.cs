using Isa.Events.Api.Features.Waitlist;
using Microsoft.Extensions.DependencyInjection;

namespace Isa.Events.Tests.Features.Waitlist;

/// <summary>Seats that are held until somebody says yes or no.</summary>
public class OfferTests(SharedHost host)
{
    [Fact]
    public async Task A_freed_seat_is_held_for_the_next_and_taken()
    {
        var evt = await host.EventWithQueueAsync(1, "offer");
        var (seated, first, second) = (await host.Partner.RegisteredAsync(evt), await host.Partner.RegisteredAsync(evt), await host.Partner.RegisteredAsync(evt));
        (await host.Partner.PostAsync($"/v1/registrations/{first["id"]}/offer/accept")).ShouldBe(HttpStatusCode.Conflict, "no-offer");
        (await host.Partner.PostAsync($"/v1/registrations/{seated["id"]}/cancel")).ShouldBe(HttpStatusCode.OK);

        var offered = await host.Partner.NowAsync(first);
        offered.Stands().ShouldBe("waitlisted hannover offered hannover");
        ((string)offered["waitlist"]!["offerEndsAt"]!).ShouldBe("2020-09-22T08:00:00.000Z");
        (await host.CountsAsync(evt)).ShouldStartWith("hannover 1/1");
        (await host.Partner.RegisterAsync(evt, Given.Person(change: p => p["whenFull"] = "reject"))).ShouldBe(HttpStatusCode.Conflict, "site-full");
        (await host.Partner.PostAsync($"/v1/registrations/{second["id"]}/offer/accept")).ShouldBe(HttpStatusCode.Conflict, "no-offer");

        foreach (var _ in new[] { 1, 2 }) // sent again it answers the same
            (await host.Anybody.PostAsync(first.PathOf("invite").Replace("/invite.ics", "/offer/accept"))).ShouldBe(HttpStatusCode.OK).Json.Stands().ShouldBe("confirmed hannover");
        (await host.CountsAsync(evt)).ShouldStartWith("hannover 1/1");
        await host.IsWholeAsync();
    }

    [Fact]
    public async Task What_the_site_has_come_to_ask_since_is_answered_with_the_yes()
    {
        var evt = await host.EventWithQueueAsync(1, "offer", e => e["questions"] = Asking.Questions());
        var seated = (await host.Partner.RegisterAsync(evt, Asking.Person())).ShouldBe(HttpStatusCode.Created).Json;
        var (first, second) = ((await host.Partner.RegisterAsync(evt, Asking.Person())).ShouldBe(HttpStatusCode.Created).Json, (await host.Partner.RegisterAsync(evt, Asking.Person())).ShouldBe(HttpStatusCode.Created).Json);
        (await host.ReviseAsync(evt, questions => questions.Add(JsonNode.Parse("""{"id":"badge","type":"text","label":{"de":"Ausweis"},"required":true,"siteIds":["hannover"]}""")))).ShouldBe(HttpStatusCode.OK);
        (await host.Partner.PostAsync($"/v1/registrations/{seated["id"]}/cancel")).ShouldBe(HttpStatusCode.OK);
        var accept = first.PathOf("invite").Replace("/invite.ics", "/offer/accept");
        (await host.Anybody.PostAsync(accept)).ShouldBe(HttpStatusCode.UnprocessableEntity, "validation-failed").Errors.ShouldBe(["answers.badge required"]);
        (await host.Anybody.PostAsync(accept, """{"answers":[{"question":"diet","value":"meat"},{"question":"badge","value":"7"}]}""")).Errors.ShouldBe(["answers[0].value unknown-value"]);
        (await host.Partner.NowAsync(first)).Stands().ShouldBe("waitlisted hannover offered hannover");
        foreach (var _ in new[] { 1, 2 })
        {
            var accepted = (await host.Anybody.PostAsync(accept, """{"answers":[{"question":"badge","value":"7"}]}""")).ShouldBe(HttpStatusCode.OK).Json;
            accepted.Stands().ShouldBe("confirmed hannover");
            accepted["answers"]!.AsArray().Select(a => $"{a!["question"]}={a["value"]}").ShouldBe(["diet=any", "parking=true", "badge=7"]);
        }

        (await host.Partner.PostAsync($"/v1/registrations/{first["id"]}/cancel")).ShouldBe(HttpStatusCode.OK);
        (await host.Organizer.PostAsync($"/v1/registrations/{second["id"]}/offer/accept")).ShouldBe(HttpStatusCode.OK).Json.Stands().ShouldBe("confirmed hannover"); // organisers may see to it later
        await host.IsWholeAsync();
    }

    [Fact]
    public async Task The_page_asks_it_in_a_second_step()
    {
        var evt = await host.EventWithQueueAsync(1, "offer");
        var (seated, first) = (await host.Partner.RegisteredAsync(evt), await host.Partner.RegisteredAsync(evt));
        (await host.ReviseAsync(evt, questions => questions.Add(JsonNode.Parse("""{"id":"badge","type":"text","label":{"de":"Ausweis"},"required":true}""")))).ShouldBe(HttpStatusCode.OK);
        (await host.Partner.PostAsync($"/v1/registrations/{seated["id"]}/cancel")).ShouldBe(HttpStatusCode.OK);
        var page = await host.PageAsync(first);
        page.Text.ShouldNotContain("id=\"accept-answers.");
        var asks = (await host.Anybody.SubmitAsync(page, "/accept-offer")).ShouldBe(HttpStatusCode.UnprocessableEntity);
        asks.Text.ShouldContain("Für diese Art der Teilnahme brauchen wir noch folgende Angaben.");
        asks.Text.ShouldContain("<a href=\"#accept-answers.badge\">Ausweis: Bitte ausfüllen.");
        (await host.Partner.NowAsync(first)).Stands().ShouldBe("waitlisted hannover offered hannover");
        await host.Anybody.SubmitAsync(asks, "/accept-offer", ("answers.badge", "7")).LeadsToAsync(host, "accepted");
        var now = await host.Partner.NowAsync(first);
        (now.Stands(), now["answers"]!.ToJsonString()).ShouldBe(("confirmed hannover", """[{"question":"badge","value":"7"}]"""));
    }

    [Fact]
    public async Task A_declined_seat_goes_on_and_ends_only_who_has_no_other()
    {
        var evt = await host.EventWithQueueAsync(1, "offer");
        var seated = await host.Partner.RegisteredAsync(evt);
        var (first, online, third) = (await host.Partner.RegisteredAsync(evt), await host.Partner.RegisteredAsync(evt, whenFull: "attendSite", fallback: "zoom"), await host.Partner.RegisteredAsync(evt));
        (await host.Partner.PostAsync($"/v1/registrations/{seated["id"]}/cancel")).ShouldBe(HttpStatusCode.OK);
        foreach (var _ in new[] { 1, 2 })
        {
            var declined = (await host.Partner.PostAsync($"/v1/registrations/{first["id"]}/offer/decline")).ShouldBe(HttpStatusCode.OK).Json;
            declined.Stands().ShouldBe("cancelled hannover");
            ((string)declined["endReason"]!).ShouldBe("offerDeclined");
        }

        (await host.Partner.NowAsync(online)).Stands().ShouldBe("confirmed zoom offered hannover");
        foreach (var _ in new[] { 1, 2 }) (await host.Partner.PostAsync($"/v1/registrations/{online["id"]}/offer/decline")).ShouldBe(HttpStatusCode.OK).Json.Stands().ShouldBe("confirmed zoom");
        (await host.Partner.NowAsync(third)).Stands().ShouldBe("waitlisted hannover offered hannover");
        (await host.CountsAsync(evt)).ShouldBe("hannover 1/0 foshan 0/0 zoom 1/0");
        await host.IsWholeAsync();
    }

    [Fact]
    public async Task An_offer_that_nobody_answers_goes_on_to_the_next()
    {
        await using var own = new EventsHost();
        await own.InitializeAsync();
        var evt = await own.EventWithQueueAsync(1, "offer");
        var seated = await own.Partner.RegisteredAsync(evt);
        var (first, online, third) = (await own.Partner.RegisteredAsync(evt), await own.Partner.RegisteredAsync(evt, whenFull: "attendSite", fallback: "zoom"), await own.Partner.RegisteredAsync(evt));
        (await own.Partner.PostAsync($"/v1/registrations/{seated["id"]}/cancel")).ShouldBe(HttpStatusCode.OK);

        own.Time.Advance(TimeSpan.FromHours(24));
        await own.Services.GetRequiredService<Timekeeper>().RunAsync(CancellationToken.None);
        var expired = await own.Partner.NowAsync(first);
        expired.Stands().ShouldBe("cancelled hannover");
        ((string)expired["endReason"]!).ShouldBe("offerExpired");
        ((string)expired["cancelledBy"]!).ShouldBe("system");
        (await own.Partner.PostAsync($"/v1/registrations/{first["id"]}/offer/accept")).ShouldBe(HttpStatusCode.Conflict, "offer-expired");
        (await own.Partner.NowAsync(online)).Stands().ShouldBe("confirmed zoom offered hannover");

        own.Time.Advance(TimeSpan.FromHours(24));
        await own.Services.GetRequiredService<Timekeeper>().RunAsync(CancellationToken.None);
        (await own.Partner.NowAsync(online)).Stands().ShouldBe("confirmed zoom");
        (await own.Partner.PostAsync($"/v1/registrations/{online["id"]}/offer/accept")).ShouldBe(HttpStatusCode.Conflict, "offer-expired");
        (await own.Partner.NowAsync(third)).Stands().ShouldBe("waitlisted hannover offered hannover");
        await own.IsWholeAsync();
    }

    [Fact]
    public async Task An_event_that_cannot_be_read_holds_up_no_other()
    {
        await using var own = new EventsHost();
        await own.InitializeAsync();
        var (events, firsts) = (new List<string>(), new List<JsonNode>());
        for (var i = 0; i < 3; i++)
        {
            events.Add(await own.EventWithQueueAsync(1, "offer"));
            var seated = await own.Partner.RegisteredAsync(events[i]);
            firsts.Add(await own.Partner.RegisteredAsync(events[i]));
            (await own.Partner.PostAsync($"/v1/registrations/{seated["id"]}/cancel")).ShouldBe(HttpStatusCode.OK);
        }

        // A free seat that somebody waits for, unseen as it was made.
        var waiting = await own.EventWithQueueAsync(1);
        for (var i = 0; i < 2; i++) await own.Partner.RegisteredAsync(waiting);
        await own.ExecuteAsync(waiting, "UPDATE sites SET capacity = 2 WHERE event_id = @Id AND waiting > 0");
        string[] broken = [events[0], events[2], waiting]; // the first and the last of them, whatever their order
        foreach (var evt in broken) await own.BreakAsync(evt);

        own.Time.Advance(TimeSpan.FromHours(24));
        await own.Services.GetRequiredService<Timekeeper>().RunAsync(CancellationToken.None);
        (await own.Partner.NowAsync(firsts[1])).Stands().ShouldBe("cancelled hannover");
        foreach (var evt in broken) own.Log.All.ShouldContain(line => line.Contains("What was due could not be done") && line.Contains(evt));
    }

    [Fact]
    public async Task Accepted_at_the_instant_it_expires_it_has_one_winner()
    {
        await using var own = new EventsHost();
        await own.InitializeAsync();
        for (var round = 0; round < 5; round++)
        {
            var evt = await own.EventWithQueueAsync(1, "offer");
            var (seated, first, second) = (await own.Partner.RegisteredAsync(evt), await own.Partner.RegisteredAsync(evt), await own.Partner.RegisteredAsync(evt));
            (await own.Partner.PostAsync($"/v1/registrations/{seated["id"]}/cancel")).ShouldBe(HttpStatusCode.OK);
            own.Time.Advance(TimeSpan.FromHours(24) - (round % 2 == 0 ? TimeSpan.Zero : TimeSpan.FromMilliseconds(1)));
            var late = ExpireAsync(own);
            var accepted = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => own.Partner.PostAsync($"/v1/registrations/{first["id"]}/offer/accept")));
            await late;
            await own.Services.GetRequiredService<Timekeeper>().RunAsync(CancellationToken.None);
            var won = (await own.Partner.NowAsync(first)).Stands() == "confirmed hannover";
            if (won) accepted.ShouldContain(a => a.Status == HttpStatusCode.OK);
            else accepted.ShouldAllBe(a => a.Status == HttpStatusCode.Conflict && a.Code == "offer-expired");
            (await own.Partner.NowAsync(second)).Stands().ShouldBe(won ? "waitlisted hannover queued hannover#1" : "waitlisted hannover offered hannover");
            await own.IsWholeAsync();
        }
    }

    private static async Task ExpireAsync(EventsHost host)
    {
        await Task.Yield();
        host.Time.Advance(TimeSpan.FromMilliseconds(1));
        await host.Services.GetRequiredService<Timekeeper>().RunAsync(CancellationToken.None);
    }
}
