using Isa.Events.Api.Features.Registrations;
using Microsoft.Extensions.DependencyInjection;

namespace Isa.Events.Tests.Features.Pages;

/// <summary>What the pages allow once deadlines have passed, and the page that confirms an address.</summary>
public class PageTimeTests
{
    private static readonly TimeSpan ToTheDeadline = TimeSpan.FromDays(19);

    [Fact]
    public async Task After_the_deadline_one_can_still_cancel_move_and_correct_but_not_register_again()
    {
        await using var own = await HostAsync();
        var evt = await own.AskingEventAsync();
        var made = (await own.Partner.RegisterAsync(evt, Asking.Person())).ShouldBe(HttpStatusCode.Created).Json;
        var before = await own.PageAsync(made);
        own.Time.Advance(ToTheDeadline);
        var page = await own.PageAsync(made);
        page.Text.ShouldContain("Die Anmeldefrist ist vorbei");
        page.Text.ShouldNotContain("id=\"details-audience\"");
        page.Text.ShouldNotContain("id=\"details-answers.diet\"");
        await own.Anybody.SubmitAsync(before, "/details", ("answers.diet", "vegetarian")).LeadsToAsync(own, "updated"); // what the form no longer has is not taken
        (await own.Partner.NowAsync(made))["answers"]!.AsArray().Single(a => (string?)a!["question"] == "diet")!["value"]!.GetValue<string>().ShouldBe("any");
        await own.Anybody.SubmitAsync(page, "/details", ("fullName", "Anders")).LeadsToAsync(own, "updated");
        await own.Anybody.SubmitAsync(await own.PageAsync(made), "/site", ("site", "zoom")).LeadsToAsync(own, "moved");
        var ask = await own.PageAsync(made, "/cancel");
        ask.Text.ShouldContain("Sie können sich danach nicht wieder anmelden");
        var done = await own.Anybody.SubmitAsync(ask, "/cancel").LeadsToAsync(own, "cancelled");
        done.HasForm("/register").ShouldBeFalse();
        done.Text.ShouldContain("Neu anmelden können Sie sich hier nicht");
    }

    [Fact]
    public async Task Forms_go_as_the_event_begins_and_ends()
    {
        await using var own = await HostAsync();
        var evt = await own.EventAsync();
        var made = await own.Partner.RegisteredAsync(evt, "zoom");
        var (page, ask) = (await own.PageAsync(made), await own.PageAsync(made, "/cancel"));
        own.Time.Advance(new DateTimeOffset(2020, 10, 16, 7, 30, 0, TimeSpan.Zero) - EventsHost.Start);
        var running = await own.PageAsync(made);
        running.HasForm("/deputy").ShouldBeFalse();
        running.HasForm("/site").ShouldBeFalse(); // rooms are closed to those who switch by themselves
        running.HasForm("/details").ShouldBeTrue();
        running.Text.ShouldContain("/join/");
        (await own.Anybody.SubmitAsync(page, "/site", ("site", "hannover"))).ShouldBe(HttpStatusCode.Conflict).Text.ShouldContain("nicht mehr wechseln");
        (await own.Anybody.SubmitAsync(page, "/deputy", ("fullName", "Max"), ("email", "max@example.org"), ("noticeVersion", "1"))).ShouldBe(HttpStatusCode.Conflict).Text.ShouldContain("hat schon begonnen");
        own.Time.Advance(TimeSpan.FromHours(2));
        var over = await own.PageAsync(made);
        over.State().ShouldBe("Die Veranstaltung ist vorbei.");
        over.Text.ShouldNotContain("<form");
        over.Text.ShouldNotContain("/join/"); // there is nothing behind it
        over.Text.ShouldNotContain("/cancel\"");
        (await own.Anybody.SubmitAsync(ask, "/cancel")).ShouldBe(HttpStatusCode.Conflict).Text.ShouldContain("role=\"alert\"");
        (await own.Partner.NowAsync(made))["status"]!.GetValue<string>().ShouldBe("confirmed");
    }

    [Fact]
    public async Task An_offer_that_has_run_out_says_so()
    {
        await using var own = await HostAsync();
        var evt = await own.EventWithQueueAsync(1, "offer");
        var seated = await own.Partner.RegisteredAsync(evt);
        var made = await own.Partner.RegisteredAsync(evt);
        await own.Partner.PostAsync($"/v1/registrations/{seated["id"]}/cancel");
        var page = await own.PageAsync(made);
        own.Time.Advance(TimeSpan.FromHours(24));
        (await own.PageAsync(made)).HasForm("/accept-offer").ShouldBeFalse();
        (await own.Anybody.SubmitAsync(page, "/accept-offer")).ShouldBe(HttpStatusCode.Conflict).Text.ShouldContain("role=\"alert\"");
        await own.Services.GetRequiredService<Isa.Events.Api.Features.Waitlist.Timekeeper>().RunAsync(CancellationToken.None);
        (await own.PageAsync(made)).State().ShouldBe("Die Frist für den angebotenen Platz ist abgelaufen; diese Anmeldung ist beendet.");
    }

    [Fact]
    public async Task An_address_is_confirmed_by_a_click_and_not_by_opening_the_page()
    {
        await using var own = await HostAsync();
        var evt = await own.EventAsync(e => e["rules"] = new JsonObject { ["confirmsAddresses"] = true });
        var made = await own.Partner.RegisteredAsync(evt);
        (await own.PageAsync(made)).State().ShouldStartWith("Bitte bestätigen Sie Ihre E-Mail-Adresse bis Montag, 21. September 2020, 10:30 Uhr");
        var path = await ConfirmPathAsync(own, made);
        path.ShouldStartWith("/confirm/");
        var page = (await own.Anybody.GetAsync(path)).ShouldBe(HttpStatusCode.OK);
        page.Text.ShouldContain((string)made["fullName"]!);
        page.Text.ShouldNotContain("/r/");
        (await own.Partner.NowAsync(made)).Stands().ShouldBe("pendingConfirmation hannover");
        (await own.Anybody.SubmitAsync(page, path, [], [("Sec-Fetch-Site", "cross-site")])).ShouldBe(HttpStatusCode.Forbidden);
        var done = await own.Anybody.SubmitAsync(page, path).LeadsToAsync(own, "confirmed");
        done.Text.ShouldContain("Danke, Ihre E-Mail-Adresse ist bestätigt.");
        done.State().ShouldContain("Ihr Platz ist reserviert");
        done.Text.ShouldContain($"href=\"{made.PathOf("manage")}\"");
        await own.Anybody.SubmitAsync(page, path).LeadsToAsync(own, "confirmed"); // a second click
        var later = (await own.Anybody.GetAsync(path)).ShouldBe(HttpStatusCode.OK);
        later.Text.ShouldContain("Es ist nichts mehr zu tun.");
        later.Text.ShouldNotContain("<form");
        (await own.Anybody.GetAsync("/confirm/nonsense", ("Accept-Language", "en"))).ShouldBe(HttpStatusCode.NotFound).Text.ShouldContain("This confirmation link is not valid");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_hold_that_has_run_out_has_its_text(bool swept)
    {
        await using var own = await HostAsync();
        var evt = await own.EventAsync(e => e["rules"] = new JsonObject { ["confirmsAddresses"] = true });
        var made = await own.Partner.RegisteredAsync(evt);
        var path = await ConfirmPathAsync(own, made);
        var page = await own.Anybody.GetAsync(path);
        own.Time.Advance(TimeSpan.FromMinutes(30));
        if (swept) await own.Services.GetRequiredService<Isa.Events.Api.Features.Waitlist.Timekeeper>().RunAsync(CancellationToken.None);
        var late = (await own.Anybody.GetAsync(path)).ShouldBe(HttpStatusCode.OK);
        late.Text.ShouldContain("Die Frist zum Bestätigen ist abgelaufen");
        late.Text.ShouldNotContain("<form");
        (await own.Anybody.SubmitAsync(page, path)).ShouldBe(HttpStatusCode.Conflict).Text.ShouldContain("Die Frist zum Bestätigen ist abgelaufen");
        if (!swept) return;
        // Whoever registers again must confirm again.
        var again = await own.Anybody.SubmitAsync(await own.PageAsync(made), "/register", ("noticeVersion", "1")).LeadsToAsync(own, "registered");
        again.State().ShouldStartWith("Bitte bestätigen Sie");
    }

    [Fact]
    public async Task An_address_that_never_counted_is_not_vouched_for_by_cancelling_and_registering_again()
    {
        await using var own = await HostAsync();
        var evt = await own.EventAsync(e => e["rules"] = new JsonObject { ["confirmsAddresses"] = true });
        var made = await own.Partner.RegisteredAsync(evt);
        var cancelled = await own.Anybody.SubmitAsync(await own.PageAsync(made, "/cancel"), "/cancel").LeadsToAsync(own, "cancelled");
        (await own.Organizer.PatchAsync($"/v1/events/{evt}", """{"rules":{"confirmsAddresses":false}}""", ("If-Match", "*"))).ShouldBe(HttpStatusCode.OK);
        (await own.Anybody.SubmitAsync(cancelled, "/register", ("noticeVersion", "1")).LeadsToAsync(own, "registered")).State().ShouldStartWith("Bitte bestätigen Sie");
    }

    private static async Task<EventsHost> HostAsync()
    {
        var own = new EventsHost();
        await own.InitializeAsync();
        return own;
    }

    private static async Task<string> ConfirmPathAsync(EventsHost host, JsonNode made)
    {
        var row = await host.Database.ReadAsync(session => Registration.Find(session, (string)made["id"]!)!, CancellationToken.None);
        return new Uri(host.Services.GetRequiredService<RegistrationTokens>().ConfirmUrl(row)).PathAndQuery;
    }
}
