using Isa.Events.Api.Features.Registrations;
using Isa.Events.Api.Features.Waitlist;
using Microsoft.Extensions.DependencyInjection;

namespace Isa.Events.Tests.Features.Registrations;

/// <summary>Registrations that wait for somebody's word: an organiser's, or that of whoever reads the mails.</summary>
public class ApprovalTests(SharedHost host)
{
    private static Action<JsonObject> Rules(string rules) => evt => evt["rules"] = JsonNode.Parse(rules);

    [Fact]
    public async Task Holds_a_seat_until_an_organiser_decides()
    {
        var evt = await host.EventWithQueueAsync(1, change: Rules("""{"requiresApproval":true}"""));
        var first = await host.Partner.RegisteredAsync(evt);
        first.Stands().ShouldBe("pendingApproval hannover");
        (await host.CountsAsync(evt)).ShouldStartWith("hannover 1/0");
        var second = await host.Partner.RegisteredAsync(evt);
        (await host.Partner.PostAsync($"/v1/registrations/{first["id"]}/approve")).ShouldBe(HttpStatusCode.Forbidden, "not-allowed");
        foreach (var _ in new[] { 1, 2 })
        {
            var approved = (await host.Organizer.PostAsync($"/v1/registrations/{first["id"]}/approve", """{"text":"Wir freuen uns."}""")).ShouldBe(HttpStatusCode.OK).Json;
            (approved.Stands(), (string)approved["decisionText"]!).ShouldBe(("confirmed hannover", "Wir freuen uns."));
        }

        (await host.Organizer.PostAsync($"/v1/registrations/{second["id"]}/approve")).ShouldBe(HttpStatusCode.OK).Json.Stands().ShouldBe("waitlisted hannover queued hannover#1");
        (await host.Organizer.PostAsync($"/v1/registrations/{first["id"]}/decline")).ShouldBe(HttpStatusCode.Conflict, "registration-not-pending");
        await host.IsWholeAsync();
    }

    [Fact]
    public async Task A_declined_one_leaves_its_seat_to_the_next()
    {
        var evt = await host.EventWithQueueAsync(1, change: Rules("""{"requiresApproval":true}"""));
        var first = await host.Partner.RegisteredAsync(evt);
        var waits = await host.Organizer.RegisteredAsync(evt); // organisers vouch for whom they register
        waits.Stands().ShouldBe("waitlisted hannover queued hannover#1");
        foreach (var _ in new[] { 1, 2 })
        {
            var declined = (await host.Organizer.PostAsync($"/v1/registrations/{first["id"]}/decline", """{"text":"Leider nur für Mitglieder."}""")).ShouldBe(HttpStatusCode.OK).Json;
            (declined.Stands(), (string)declined["decisionText"]!).ShouldBe(("declined hannover", "Leider nur für Mitglieder."));
        }

        (await host.Organizer.NowAsync(waits)).Stands().ShouldBe("confirmed hannover");
        (await host.Partner.RegisterAsync(evt, Given.Person((string)first["email"]!))).ShouldBe(HttpStatusCode.Created); // may ask again
        await host.IsWholeAsync();
    }

    [Fact]
    public async Task Without_a_held_seat_approving_takes_one_or_says_that_there_is_none()
    {
        var evt = await host.EventWithSeatsAsync(1);
        var etag = (await host.Organizer.GetAsync($"/v1/events/{evt}")).ETag!;
        (await host.Organizer.PatchAsync($"/v1/events/{evt}", """{"rules":{"requiresApproval":true,"pendingHoldsSeat":false}}""", ("If-Match", etag))).ShouldBe(HttpStatusCode.OK);
        var (first, second) = (await host.Partner.RegisteredAsync(evt), await host.Partner.RegisteredAsync(evt));
        (await host.CountsAsync(evt)).ShouldStartWith("hannover 0/0");
        (await host.Organizer.PostAsync($"/v1/registrations/{second["id"]}/approve")).ShouldBe(HttpStatusCode.OK).Json.Stands().ShouldBe("confirmed hannover");
        (await host.Organizer.PostAsync($"/v1/registrations/{first["id"]}/approve")).ShouldBe(HttpStatusCode.Conflict, "site-full");
        (await host.Partner.NowAsync(first)).Stands().ShouldBe("pendingApproval hannover");
    }

    [Fact]
    public async Task Without_a_held_seat_another_wish_takes_none_either()
    {
        var evt = await host.EventWithSeatsAsync(1);
        (await host.Organizer.PatchAsync($"/v1/events/{evt}", """{"rules":{"requiresApproval":true,"pendingHoldsSeat":false}}""", ("If-Match", "*"))).ShouldBe(HttpStatusCode.OK);
        var (wishes, other) = (await host.Partner.RegisteredAsync(evt, "zoom"), await host.Partner.RegisteredAsync(evt));
        (await host.Partner.PostAsync($"/v1/registrations/{wishes["id"]}/change-site", """{"siteId":"hannover"}""")).ShouldBe(HttpStatusCode.OK).Json.Stands().ShouldBe("pendingApproval hannover");
        (await host.CountsAsync(evt)).ShouldStartWith("hannover 0/0");
        (await host.Organizer.PostAsync($"/v1/registrations/{other["id"]}/approve")).ShouldBe(HttpStatusCode.OK).Json.Stands().ShouldBe("confirmed hannover");
        await host.IsWholeAsync();
    }

    [Fact]
    public async Task An_address_is_confirmed_by_what_was_sent_to_it_alone()
    {
        await using var own = new EventsHost();
        await own.InitializeAsync();
        var evt = await own.EventWithQueueAsync(1, change: Rules("""{"confirmsAddresses":true}"""));
        var first = await own.Partner.RegisteredAsync(evt);
        (first.Stands(), (string)first["holdEndsAt"]!).ShouldBe(("pendingConfirmation hannover", "2020-09-21T08:30:00.000Z"));
        (await own.CountsAsync(evt)).ShouldStartWith("hannover 1/0");
        (await own.Partner.PostAsync($"/v1/registrations/{first["id"]}/confirm-address")).ShouldBe(HttpStatusCode.Forbidden, "not-allowed");
        (await own.Anybody.PostAsync(first.PathOf("invite").Replace("/invite.ics", "/confirm-address"))).ShouldBe(HttpStatusCode.NotFound, "registration-not-found"); // the manage link is in the partner's hands
        var path = await Token(own, first);
        foreach (var _ in new[] { 1, 2 }) (await own.Anybody.PostAsync(path)).ShouldBe(HttpStatusCode.OK).Json.Stands().ShouldBe("confirmed hannover");

        var (second, waits) = (await own.Partner.RegisteredAsync(evt), await own.Organizer.RegisteredAsync(evt));
        (await own.Anybody.PostAsync(await Token(own, second))).ShouldBe(HttpStatusCode.OK).Json.Stands().ShouldBe("waitlisted hannover queued hannover#2");
        waits.Stands().ShouldBe("waitlisted hannover queued hannover#1");
        await own.IsWholeAsync();
    }

    [Fact]
    public async Task A_seat_is_not_held_for_an_address_that_stays_silent()
    {
        await using var own = new EventsHost();
        await own.InitializeAsync();
        var evt = await own.EventWithQueueAsync(1, change: Rules("""{"confirmsAddresses":true}"""));
        var silent = await own.Partner.RegisteredAsync(evt);
        var waits = await own.Organizer.RegisteredAsync(evt);
        own.Time.Advance(TimeSpan.FromMinutes(30));
        (await own.Anybody.PostAsync(await Token(own, silent))).ShouldBe(HttpStatusCode.Conflict, "registration-ended");
        await own.Services.GetRequiredService<Timekeeper>().RunAsync(CancellationToken.None);
        var ended = await own.Partner.NowAsync(silent);
        (ended.Stands(), (string)ended["endReason"]!).ShouldBe(("cancelled hannover", "addressNotConfirmed"));
        (await own.Organizer.NowAsync(waits)).Stands().ShouldBe("confirmed hannover");
        (await own.Partner.RegisterAsync(evt, Given.Person((string)silent["email"]!))).ShouldBe(HttpStatusCode.Created);
        await own.IsWholeAsync();
    }

    private static async Task<string> Token(EventsHost host, JsonNode registration)
    {
        var row = (await host.Database.ReadAsync(session => Registration.Find(session, (string)registration["id"]!), CancellationToken.None))!;
        return $"/v1/registrations/{host.Services.GetRequiredService<RegistrationTokens>().Create(LinkPurpose.Confirm, row)}/confirm-address";
    }
}
