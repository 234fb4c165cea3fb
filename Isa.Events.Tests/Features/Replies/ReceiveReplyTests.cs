using System.Text;
using Isa.Events.Api.Features.Waitlist;
using Microsoft.Extensions.DependencyInjection;

namespace Isa.Events.Tests.Features.Replies;

public sealed class ReceiveReplyTests : IAsyncLifetime
{
    private Replying _replying = null!;

    private EventsHost Host => _replying.Host;

    public async ValueTask InitializeAsync() => _replying = await Replying.StartAsync();

    public ValueTask DisposeAsync() => _replying.DisposeAsync();

    [Fact]
    public async Task Invites_ask_for_an_answer_to_an_address_of_their_own()
    {
        var evt = await Host.EventAsync();
        var registration = await Host.Partner.RegisteredAsync(evt);
        var mail = await Host.SendOneAsync();
        var address = mail.Message.ReplyTo.Mailboxes.Single().Address;
        address.ShouldMatch("^reply\\+[a-z2-7]{44}@meetings\\.example\\.org$");
        address.IndexOf('@').ShouldBeLessThanOrEqualTo(64);
        var entry = mail.Calendar!.Events[0]!;
        entry.Organizer!.Value!.ToString().ShouldBe($"mailto:{address}");
        entry.Organizer.CommonName.ShouldNotBeNullOrEmpty();
        (entry.Attendees[0].ParticipationStatus, entry.Attendees[0].Rsvp).ShouldBe(("NEEDS-ACTION", true));
        var file = (await Host.Anybody.GetAsync(registration.PathOf("invite"))).ShouldBe(HttpStatusCode.OK).Text.Replace("\r\n ", "");
        file.ShouldContain($"mailto:{address}");
        file.ShouldContain("PARTSTAT=NEEDS-ACTION");
    }

    [Theory]
    [InlineData("ACCEPTED", "accepted")]
    [InlineData("TENTATIVE", "tentative")]
    public async Task An_answer_is_stored_and_shown_to_whoever_may_see_the_registration(string said, string reply)
    {
        var evt = await Host.EventAsync();
        var (one, other) = (await _replying.InvitedAsync(evt), await _replying.InvitedAsync(evt));
        var received = (await _replying.TakeAsync(one.Reply(said, "Komme mit dem Zug\\, gegen neun"))).ShouldBe(HttpStatusCode.OK).Json;
        (Replying.Outcome(received), (string?)received["registrationId"]).ShouldBe(("applied", one.Id));

        foreach (var api in new[] { Host.Partner, Host.Organizer })
        {
            var now = await api.NowAsync(one.Registration);
            ((string?)now["reply"], (string?)now["replyComment"], (string?)now["status"]).ShouldBe((reply, "Komme mit dem Zug, gegen neun", "confirmed"));
            now["repliedAt"].ShouldNotBeNull();
            Ids((await api.GetAsync($"/v1/events/{evt}/registrations?reply={reply}")).Json).ShouldBe([one.Id]);
            Ids((await api.GetAsync($"/v1/events/{evt}/registrations?reply=needsAction")).Json).ShouldBe([other.Id]);
        }

        (await Host.Organizer.GetAsync($"/v1/registrations/{one.Id}/history")).Json["items"]!.AsArray().Select(i => (string?)i!["action"]).ShouldContain($"replied{char.ToUpperInvariant(reply[0])}{reply[1..]}");
        (await Host.Organizer.GetAsync($"/v1/events/{evt}/attendees.json?columns=reference,reply,repliedAt")).ShouldBe(HttpStatusCode.OK).Json["items"]!.AsArray().Select(i => (string?)i!["reply"]).ShouldBe([reply, null], ignoreOrder: true);
        (await Host.Anybody.GetAsync(one.Registration.PathOf("invite"))).Text.Replace("\r\n ", "").ShouldContain($"PARTSTAT={said}");
    }

    [Fact]
    public async Task Declining_in_the_calendar_frees_the_seat_after_half_an_hour_and_promotes_the_next()
    {
        var evt = await Host.EventWithQueueAsync(1);
        var first = await _replying.InvitedAsync(evt);
        var next = (await Host.Partner.RegisterAsync(evt)).Json;
        await Host.SendAsync();
        (await _replying.OutcomeAsync(first.Reply("DECLINED"))).ShouldBe("applied");

        var held = await Host.Partner.NowAsync(first.Registration);
        ((string?)held["status"], (string?)held["reply"]).ShouldBe(("confirmed", "declined"));
        held["declineTakesEffectAt"]!.GetValue<DateTimeOffset>().ShouldBe(Host.Time.GetUtcNow().AddMinutes(30));
        var mail = await Host.SendOneAsync();
        mail.Subject.ShouldStartWith("Ihre Absage aus dem Kalender");
        mail.Text.ShouldContain("10:30"); // Berlin time
        mail.Text.ShouldContain(first.Page);
        mail.Calendar.ShouldBeNull();

        Host.Time.Advance(TimeSpan.FromMinutes(29));
        await PassAsync();
        (await Host.CountsAsync(evt)).ShouldContain("hannover 1/1");
        Host.Time.Advance(TimeSpan.FromMinutes(1));
        await PassAsync();
        var ended = await Host.Partner.NowAsync(first.Registration);
        ((string?)ended["status"], (string?)ended["endReason"], (string?)ended["cancelledBy"], ended["declineTakesEffectAt"]).ShouldBe(("cancelled", "declinedInCalendar", "attendee", null));
        ((string?)(await Host.Partner.NowAsync(next))["status"]).ShouldBe("confirmed");
        (await Host.SendAsync()).Select(m => $"{m.To} {m.Calendar?.Method}").ShouldBe([$"{first.Email} CANCEL", $"{next["email"]} REQUEST"], ignoreOrder: true);
        (await _replying.OutcomeAsync(first.Reply("ACCEPTED", stamp: "20200921T083200Z"))).ShouldBe("ignored registrationEnded");
        await Host.IsWholeAsync();
    }

    [Fact]
    public async Task Whoever_did_not_mean_it_keeps_the_place_on_their_page_by_the_API_or_by_a_yes()
    {
        var evt = await Host.EventWithQueueAsync(3);
        var (page, api, calendar) = (await _replying.InvitedAsync(evt), await _replying.InvitedAsync(evt), await _replying.InvitedAsync(evt));
        foreach (var person in new[] { page, api, calendar }) (await _replying.OutcomeAsync(person.Reply("DECLINED"))).ShouldBe("applied");
        await Host.SendAsync();

        // Scanners open links, and nothing happens.
        var shown = await Host.PageAsync(page.Registration);
        (await Host.Partner.NowAsync(page.Registration))["declineTakesEffectAt"].ShouldNotBeNull();
        foreach (var _ in new[] { "once", "twice" }) (await Host.Anybody.SubmitAsync(shown, "/keep").LeadsToAsync(Host, "kept")).HasForm("/keep").ShouldBeFalse();
        var kept = (await Host.Partner.PostAsync($"/v1/registrations/{api.Id}/keep")).ShouldBe(HttpStatusCode.OK).Json;
        (await Host.Partner.PostAsync($"/v1/registrations/{api.Id}/keep")).ShouldBe(HttpStatusCode.OK).Json["version"]!.GetValue<long>().ShouldBe((long)kept["version"]!);
        (await _replying.OutcomeAsync(calendar.Reply("ACCEPTED", stamp: "20200921T080001Z"))).ShouldBe("applied");

        // The calendars that took the entry out have it again.
        (await Host.SendAsync()).Select(m => $"{m.To} {m.Calendar!.Method} {m.Calendar.Events[0]!.Attendees[0].ParticipationStatus}").ShouldBe([$"{page.Email} REQUEST ACCEPTED", $"{api.Email} REQUEST ACCEPTED"], ignoreOrder: true);
        Host.Time.Advance(TimeSpan.FromHours(1));
        await PassAsync();
        foreach (var person in new[] { page, api, calendar })
        {
            var now = await Host.Partner.NowAsync(person.Registration);
            ((string?)now["status"], (string?)now["reply"], now["declineTakesEffectAt"]).ShouldBe(("confirmed", "accepted", null));
        }
    }

    [Fact]
    public async Task Whoever_moves_to_another_site_after_a_no_comes()
    {
        var evt = await Host.EventWithQueueAsync(1);
        var person = await _replying.InvitedAsync(evt);
        (await _replying.OutcomeAsync(person.Reply("DECLINED"))).ShouldBe("applied");
        (await Host.Anybody.SubmitAsync(await Host.PageAsync(person.Registration), "/site", ("site", "zoom"))).ShouldBe(HttpStatusCode.SeeOther);
        Host.Time.Advance(TimeSpan.FromHours(1));
        await PassAsync();
        var now = await Host.Partner.NowAsync(person.Registration);
        ((string?)now["status"], (string?)now["siteId"], (string?)now["reply"]).ShouldBe(("confirmed", "zoom", "accepted"));
        (await Host.SendAsync()).ShouldHaveSingleItem().Calendar!.Events[0]!.Attendees[0].ParticipationStatus.ShouldBe("ACCEPTED");
    }

    [Fact]
    public async Task Whoever_waits_and_declines_leaves_the_queue()
    {
        var evt = await Host.EventWithQueueAsync(1);
        await _replying.InvitedAsync(evt);
        var waits = await _replying.InvitedAsync(evt);
        ((string?)waits.Registration["status"]).ShouldBe("waitlisted");
        (await _replying.OutcomeAsync(waits.Reply("DECLINED"))).ShouldBe("applied");
        Host.Time.Advance(TimeSpan.FromMinutes(30));
        await PassAsync();
        ((string?)(await Host.Partner.NowAsync(waits.Registration))["endReason"]).ShouldBe("declinedInCalendar");
        (await Host.CountsAsync(evt)).ShouldContain("hannover 1/0");
    }

    [Theory]
    [InlineData("de", "ist Ihr Platz auf der Warteliste noch für Sie reserviert", "ist Ihr Platz noch für Sie reserviert")]
    [InlineData("en", "Your place on the waiting list is held", "Your place is held")]
    [InlineData("zh", "您的候补顺位将保留至", "您的席位将保留至")]
    public async Task Whoever_waits_is_told_what_their_no_ends(string language, string ofQueue, string ofSeat)
    {
        var evt = await Host.EventWithQueueAsync(1);
        foreach (var (says, not) in new[] { (ofSeat, ofQueue), (ofQueue, ofSeat) })
        {
            var person = await _replying.InvitedAsync(evt, change: p => p["language"] = language);
            (await _replying.OutcomeAsync(person.Reply("DECLINED"))).ShouldBe("applied");
            var mail = await Host.SendOneAsync();
            foreach (var text in new[] { mail.Text, mail.Html }) text.ShouldContain(says);
            mail.Text.ShouldNotContain(not);
        }
    }

    [Theory]
    [InlineData("automatic", "confirmed hannover")]
    [InlineData("offer", "waitlisted hannover offered hannover")]
    public async Task Whoever_waits_and_declines_is_passed_over_and_has_the_same_place_once_they_take_it_back(string promotion, string given)
    {
        var evt = await Host.EventWithQueueAsync(1, promotion);
        var (seated, waits, next) = (await _replying.InvitedAsync(evt), await _replying.InvitedAsync(evt), await _replying.InvitedAsync(evt));
        (await _replying.OutcomeAsync(waits.Reply("DECLINED"))).ShouldBe("applied");
        (await Host.Partner.PostAsync($"/v1/registrations/{seated.Id}/cancel")).ShouldBe(HttpStatusCode.OK);
        (await Host.Partner.NowAsync(next.Registration)).Stands().ShouldBe(given);
        var passed = await Host.Partner.NowAsync(waits.Registration);
        (passed.Stands(), (string?)passed["waitlist"]!["reason"]).ShouldBe(("waitlisted hannover queued hannover#1", "declinedInCalendar"));
        var listed = (await Host.Organizer.GetAsync($"/v1/events/{evt}/waitlist")).ShouldBe(HttpStatusCode.OK).Json["items"]!.AsArray().Single(i => (string?)i!["state"] == "queued")!;
        ((string?)listed["reason"], (int)listed["position"]!).ShouldBe(("declinedInCalendar", 1));

        var last = await _replying.InvitedAsync(evt);
        var kept = (await Host.Partner.PostAsync($"/v1/registrations/{waits.Id}/keep")).ShouldBe(HttpStatusCode.OK).Json;
        (kept.Stands(), (string?)kept["waitlist"]!["reason"]).ShouldBe(("waitlisted hannover queued hannover#1", "siteFull"));
        (await Host.Partner.PostAsync($"/v1/registrations/{next.Id}/cancel")).ShouldBe(HttpStatusCode.OK);
        (await Host.Partner.NowAsync(waits.Registration)).Stands().ShouldBe(given);
        (await Host.Partner.NowAsync(last.Registration)).Stands().ShouldBe("waitlisted hannover queued hannover#1");
        await Host.IsWholeAsync();
    }

    [Theory]
    [InlineData("keep")]
    [InlineData("yes")]
    [InlineData("page")]
    [InlineData("address")]
    public async Task Whoever_takes_it_back_while_a_seat_is_free_has_it_at_once(string how)
    {
        var evt = await Host.EventWithQueueAsync(1);
        var seated = await _replying.InvitedAsync(evt);
        var waits = await _replying.InvitedAsync(evt, change: p => (p["whenFull"], p["fallbackSiteId"]) = ("attendSite", "zoom"));
        waits.Registration.Stands().ShouldBe("confirmed zoom queued hannover#1");
        (await _replying.OutcomeAsync(waits.Reply("DECLINED"))).ShouldBe("applied");
        (await Host.Partner.PostAsync($"/v1/registrations/{seated.Id}/cancel")).ShouldBe(HttpStatusCode.OK);
        (await Host.Partner.NowAsync(waits.Registration)).Stands().ShouldBe("confirmed zoom queued hannover#1");
        (await Host.CountsAsync(evt)).ShouldBe("hannover 0/1 foshan 0/0 zoom 1/0");
        await Host.SendAsync();
        switch (how)
        {
            case "keep": (await Host.Partner.PostAsync($"/v1/registrations/{waits.Id}/keep")).ShouldBe(HttpStatusCode.OK).Json.Stands().ShouldBe("confirmed hannover"); break;
            case "page": (await Host.Anybody.SubmitAsync(await Host.PageAsync(waits.Registration), "/keep")).ShouldBe(HttpStatusCode.SeeOther); break;
            case "yes": (await _replying.OutcomeAsync(waits.Reply("ACCEPTED", stamp: "20200921T080001Z"))).ShouldBe("applied"); break;
            default: (await Host.Partner.PatchAsync($"/v1/registrations/{waits.Id}", """{"email":"new@example.org"}""")).ShouldBe(HttpStatusCode.OK).Json.Stands().ShouldBe("confirmed hannover"); break; // the no was another's
        }

        (await Host.Partner.NowAsync(waits.Registration)).Stands().ShouldBe("confirmed hannover");
        (await Host.CountsAsync(evt)).ShouldBe("hannover 1/0 foshan 0/0 zoom 0/0");
        (await Host.SendAsync()).Last().Text.ShouldContain("Hannover");
        await Host.IsWholeAsync();
    }

    [Fact]
    public async Task The_deputy_of_whoever_said_no_while_waiting_has_a_seat_that_is_free_at_once()
    {
        var evt = await Host.EventWithQueueAsync(1);
        var (seated, waits) = (await _replying.InvitedAsync(evt), await _replying.InvitedAsync(evt));
        (await _replying.OutcomeAsync(waits.Reply("DECLINED"))).ShouldBe("applied");
        (await Host.Partner.PostAsync($"/v1/registrations/{seated.Id}/cancel")).ShouldBe(HttpStatusCode.OK);
        (await Host.CountsAsync(evt)).ShouldStartWith("hannover 0/1");
        await Host.SendAsync();
        var deputy = await Host.DeputyAsync(await Host.Anybody.PostAsync(waits.Registration.PathOf("invite").Replace("/invite.ics", "/substitute"), """{"fullName":"Vera Vertretung","email":"vera@example.org","language":"de","audience":"guest","noticeVersion":"1"}"""));
        deputy.Stands().ShouldBe("confirmed hannover");
        (await Host.CountsAsync(evt)).ShouldStartWith("hannover 1/0");
        (await Host.SendAsync()).Single(m => m.To == "vera@example.org").Calendar!.Method.ShouldBe("REQUEST");
        await Host.IsWholeAsync();
    }

    [Theory]
    [InlineData("waitlist")]
    [InlineData("reject")]
    public async Task A_seat_that_only_those_wait_for_who_said_no_goes_to_whoever_comes(string whenFull)
    {
        var evt = await Host.EventWithQueueAsync(1);
        var (seated, waits) = (await _replying.InvitedAsync(evt), await _replying.InvitedAsync(evt));
        (await _replying.OutcomeAsync(waits.Reply("DECLINED"))).ShouldBe("applied");
        (await Host.Partner.PostAsync($"/v1/registrations/{seated.Id}/cancel")).ShouldBe(HttpStatusCode.OK);
        (await ShownAsync()).ShouldBe("open free 1 waiting 1");
        (await Host.PageAsync(await Host.Partner.RegisteredAsync(evt, "zoom"))).Choices("/site", "site").ShouldContain("hannover");
        (await Host.Partner.RegisteredAsync(evt, whenFull: whenFull)).Stands().ShouldBe("confirmed hannover");
        (await Host.Partner.NowAsync(waits.Registration)).Stands().ShouldBe("waitlisted hannover queued hannover#1");
        (await Host.CountsAsync(evt)).ShouldContain("hannover 1/1");
        (await ShownAsync()).ShouldBe("waitlist free 0 waiting 1");

        async Task<string> ShownAsync()
        {
            var site = (await Host.Anybody.GetAsync($"/v1/events/{evt}/availability")).ShouldBe(HttpStatusCode.OK).Json["sites"]![0]!;
            return $"{site["state"]} free {site["free"]} waiting {site["waiting"]}";
        }
    }

    [Fact]
    public async Task Where_only_those_wait_who_said_no_people_may_be_moved_to_and_ask_for_approval()
    {
        var evt = await Host.EventWithQueueAsync(1);
        var (seated, waits) = (await _replying.InvitedAsync(evt), await _replying.InvitedAsync(evt));
        var online = await Host.Partner.RegisteredAsync(evt, "zoom");
        (await _replying.OutcomeAsync(waits.Reply("DECLINED"))).ShouldBe("applied");
        (await Host.Partner.PostAsync($"/v1/registrations/{seated.Id}/cancel")).ShouldBe(HttpStatusCode.OK);
        (await Host.Organizer.PatchAsync($"/v1/events/{evt}", """{"rules":{"requiresApproval":true,"pendingHoldsSeat":false}}""", ("If-Match", "*"))).ShouldBe(HttpStatusCode.OK);
        (await Host.Partner.RegisteredAsync(evt, whenFull: "reject")).Stands().ShouldBe("pendingApproval hannover");
        (await Host.Organizer.PatchAsync($"/v1/events/{evt}/sites/zoom?dryRun=true", """{"capacity":0,"move":{"to":"hannover"}}""")).ShouldBe(HttpStatusCode.OK);
        (await Host.Organizer.PatchAsync($"/v1/events/{evt}/sites/zoom", """{"capacity":0,"move":{"to":"hannover"}}""", ("If-Match", "*"))).ShouldBe(HttpStatusCode.OK);
        (await Host.Partner.NowAsync(online)).Stands().ShouldStartWith("confirmed hannover");
        await Host.IsWholeAsync();
    }

    [Fact]
    public async Task A_party_holds_seats_as_long_as_one_of_it_comes()
    {
        var evt = await Host.EventWithQueueAsync(2);
        var (one, two) = (await _replying.InvitedAsync(evt), await _replying.InvitedAsync(evt));
        (await Host.Partner.PostAsync($"/v1/events/{evt}/delegations", """
            {"contact":{"fullName":"Kim Kontakt","email":"contact@example.org","language":"de"},"noticeVersion":"1",
             "members":[{"fullName":"Anna","siteId":"hannover","language":"de","email":"anna@example.org"},{"fullName":"Bert","siteId":"hannover","language":"de","email":"bert@example.org"}]}
            """)).ShouldBe(HttpStatusCode.Created);
        var mails = await Host.SendAsync();
        var party = (await Host.Organizer.GetAsync($"/v1/events/{evt}/registrations?status=waitlisted")).Json["items"]!.AsArray().Select(r => new Invited(r!, mails.Single(m => m.To == (string)r!["email"]!))).ToList();
        var next = await _replying.InvitedAsync(evt);
        (await Host.Partner.PostAsync($"/v1/registrations/{one.Id}/cancel")).ShouldBe(HttpStatusCode.OK);
        (await _replying.OutcomeAsync(party[0].Reply("DECLINED"))).ShouldBe("applied");
        (await Host.CountsAsync(evt)).ShouldContain("hannover 1/2"); // held for the party
        (await _replying.OutcomeAsync(party[1].Reply("DECLINED"))).ShouldBe("applied");
        (await Host.Partner.NowAsync(next.Registration)).Stands().ShouldBe("confirmed hannover");
        (await Host.Partner.NowAsync(party[0].Registration)).Stands().ShouldBe("waitlisted hannover queued hannover#1");
        (await Host.Partner.PostAsync($"/v1/registrations/{two.Id}/cancel")).ShouldBe(HttpStatusCode.OK);
        (await _replying.OutcomeAsync(party[1].Reply("TENTATIVE", stamp: "20200921T080001Z"))).ShouldBe("applied");
        (await Host.CountsAsync(evt)).ShouldContain("hannover 1/1"); // one seat is too few for two
        await Host.IsWholeAsync();
    }

    [Fact]
    public async Task A_day_that_changes_on_a_persons_own_clock_alone_asks_again_too()
    {
        var evt = await Host.EventAsync();
        var (here, there) = (await _replying.InvitedAsync(evt, "hannover"), await _replying.InvitedAsync(evt, "foshan"));
        foreach (var person in new[] { here, there }) (await _replying.OutcomeAsync(person.Reply("ACCEPTED"))).ShouldBe("applied");
        (await Host.Organizer.PatchAsync($"/v1/events/{evt}", """{"startsAt":"2020-10-16T19:00","endsAt":"2020-10-16T21:00"}""", ("If-Match", "*"))).ShouldBe(HttpStatusCode.OK);
        var mails = await Host.SendAsync();
        string StateOf(Invited person) => mails.Single(m => m.To == person.Email).Calendar!.Events[0]!.Attendees[0].ParticipationStatus!;
        (StateOf(here), StateOf(there)).ShouldBe(("ACCEPTED", "NEEDS-ACTION"));
    }

    [Fact]
    public async Task A_changed_day_asks_again_and_another_place_does_not()
    {
        var evt = await Host.EventAsync();
        var person = await _replying.InvitedAsync(evt);
        (await _replying.OutcomeAsync(person.Reply("ACCEPTED"))).ShouldBe("applied");
        (await Host.Organizer.PatchAsync($"/v1/events/{evt}/sites/hannover", """{"name":{"de":"Neues Rathaus"}}""", ("If-Match", "*"))).ShouldBe(HttpStatusCode.OK);
        (await Host.SendOneAsync()).Calendar!.Events[0]!.Attendees[0].ParticipationStatus.ShouldBe("ACCEPTED");

        (await Host.Organizer.PatchAsync($"/v1/events/{evt}", """{"startsAt":"2020-10-23T09:00","endsAt":"2020-10-23T11:00"}""", ("If-Match", "*"))).ShouldBe(HttpStatusCode.OK);
        var moved = await Host.SendOneAsync();
        moved.Calendar!.Events[0]!.Attendees[0].ParticipationStatus.ShouldBe("NEEDS-ACTION");
        await AwaitedAsync(person.Id);
        (await Host.Anybody.GetAsync(person.Registration.PathOf("invite"))).Text.Replace("\r\n ", "").ShouldContain("PARTSTAT=NEEDS-ACTION");
        // An answer to the invite of the earlier day says nothing about this one.
        (await _replying.OutcomeAsync(person.Reply("DECLINED", stamp: "20200921T080001Z"))).ShouldBe("ignored staleInvite");
        await AwaitedAsync(person.Id);

        (await _replying.OutcomeAsync(person.Reply("TENTATIVE", sequence: moved.Calendar.Events[0]!.Sequence, stamp: "20200921T080002Z"))).ShouldBe("applied");
        ((string?)(await Host.Partner.NowAsync(person.Registration))["answerAfterChange"]).ShouldBe("tentative");
        await AwaitedAsync();

        async Task AwaitedAsync(params string[] ids) => Ids((await Host.Organizer.GetAsync($"/v1/events/{evt}/registrations?answerAfterChange=awaited")).ShouldBe(HttpStatusCode.OK).Json).ShouldBe(ids);
    }

    [Theory]
    [InlineData("DTSTART;TZID=Europe/Berlin:20201016T090000", "applied")]
    [InlineData("DTSTART:20201016T070000Z", "applied")]
    [InlineData("DTSTART;TZID=Europe/Berlin:20201015T090000", "ignored staleInvite")]
    [InlineData("X-NO-START:", "ignored staleInvite")]
    public async Task An_older_invite_of_the_same_day_can_be_answered_until_they_say_something_else(string start, string outcome)
    {
        var evt = await Host.EventAsync();
        var person = await _replying.InvitedAsync(evt);
        (await Host.Organizer.PatchAsync($"/v1/events/{evt}/sites/hannover", """{"name":{"de":"Neues Rathaus"}}""", ("If-Match", "*"))).ShouldBe(HttpStatusCode.OK);
        await Host.SendOneAsync();
        string Declined(TimeSpan after) => person.Reply("DECLINED", stamp: $"{Host.Time.GetUtcNow() + after:yyyyMMdd'T'HHmmss'Z'}", more: start + "\n");
        var late = Declined(TimeSpan.FromMinutes(1));
        (await _replying.OutcomeAsync(Declined(TimeSpan.Zero))).ShouldBe(outcome);
        ((string?)(await Host.Partner.NowAsync(person.Registration))["reply"]).ShouldBe(outcome == "applied" ? "declined" : null);

        Host.Time.Advance(TimeSpan.FromMinutes(2));
        (await Host.Partner.PostAsync($"/v1/registrations/{person.Id}/keep")).ShouldBe(HttpStatusCode.OK);
        if (outcome == "applied") (await _replying.OutcomeAsync(late)).ShouldBe("ignored olderAnswer");
        (await Host.Partner.NowAsync(person.Registration))["declineTakesEffectAt"].ShouldBeNull();
    }

    [Fact(SkipUnless = nameof(MailServer.IsThere), SkipType = typeof(MailServer), Skip = MailServer.Missing)]
    public async Task A_repeated_invite_of_the_new_day_forgets_no_answer()
    {
        await using var server = await MailServer.StartAsync();
        await using var replying = await Replying.StartAsync([.. server.Settings.Select(s => (s.Key, s.Value))]);
        var host = replying.Host;
        var dispatcher = host.Services.GetRequiredService<Isa.Events.Api.Outbox.Dispatcher>();
        var evt = await host.EventAsync();
        var registration = await host.Partner.RegisteredAsync(evt);
        await dispatcher.RunAsync(CancellationToken.None);
        (await host.Organizer.PatchAsync($"/v1/events/{evt}", """{"startsAt":"2020-10-23T09:00","endsAt":"2020-10-23T11:00"}""", ("If-Match", "*"))).ShouldBe(HttpStatusCode.OK);
        await server.TellAsync("""{"data":["drop"]}"""); // taken, and nobody heard that it was
        await dispatcher.RunAsync(CancellationToken.None);
        await server.FlushAsync();
        var asked = Mailed.Of(server.Mails.ToList()[^1].Message);
        ((string?)(await host.Partner.NowAsync(registration))["answerAfterChange"]).ShouldBe("awaited");
        (await replying.OutcomeAsync(new Invited(registration, asked).Reply("ACCEPTED"))).ShouldBe("applied");
        host.Time.Advance(TimeSpan.FromMinutes(1));
        await dispatcher.RunAsync(CancellationToken.None);
        await server.FlushAsync();
        server.Mails.Count.ShouldBe(3);
        ((string?)(await host.Partner.NowAsync(registration))["answerAfterChange"]).ShouldBe("accepted");
    }

    [Fact]
    public async Task The_same_mail_again_gives_the_same_answer_and_does_nothing()
    {
        var evt = await Host.EventAsync();
        var person = await _replying.InvitedAsync(evt);
        var mail = person.Reply("TENTATIVE");
        var first = (await _replying.TakeAsync(mail)).Json;
        var version = (long)(await Host.Partner.NowAsync(person.Registration))["version"]!;
        // By another way: one more server, other line ends.
        var again = (await _replying.TakeAsync(Encoding.UTF8.GetBytes("Received: from a by b; Mon, 21 Sep 2020 08:06:00 +0000\n" + mail.ReplaceLineEndings("\n")))).ShouldBe(HttpStatusCode.OK).Json;
        again.ToJsonString().ShouldBe(first.ToJsonString());
        ((long)(await Host.Partner.NowAsync(person.Registration))["version"]!).ShouldBe(version);
    }

    [Fact]
    public async Task Two_processes_that_take_one_mail_store_it_once()
    {
        var evt = await Host.EventAsync();
        var person = await _replying.InvitedAsync(evt);
        var raw = Encoding.UTF8.GetBytes(person.Reply("DECLINED").ReplaceLineEndings("\r\n"));
        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => _replying.TakeAsync(raw)));
        answers.Select(a => (string)a.ShouldBe(HttpStatusCode.OK).Json["id"]!).Distinct().ShouldHaveSingleItem();
        var strays = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => _replying.TakeAsync("Subject: stray\n\nx\n")));
        strays.Select(a => (string)a.ShouldBe(HttpStatusCode.OK).Json["id"]!).Distinct().ShouldHaveSingleItem();
    }

    [Fact]
    public async Task A_mail_server_may_change_the_case_of_the_address_and_another_header_may_carry_it()
    {
        var evt = await Host.EventAsync();
        var person = await _replying.InvitedAsync(evt);
        (await _replying.OutcomeAsync(person.Reply("ACCEPTED", to: person.Address.ToUpperInvariant()))).ShouldBe("applied");
        var other = await _replying.InvitedAsync(evt);
        (await _replying.OutcomeAsync($"Delivered-To: {other.Address}\n" + other.Reply("ACCEPTED", to: "reply@meetings.example.org"))).ShouldBe("applied");
    }

    [Fact]
    public async Task Only_the_present_attendee_answers_also_to_an_address_from_before()
    {
        var evt = await Host.EventAsync();
        var person = await _replying.InvitedAsync(evt);
        (await _replying.OutcomeAsync(person.Reply("ACCEPTED"))).ShouldBe("applied");
        (await Host.Partner.PatchAsync($"/v1/registrations/{person.Id}", """{"email":"new@example.org"}""")).ShouldBe(HttpStatusCode.OK);
        (await Host.Partner.NowAsync(person.Registration))["reply"].ShouldBeNull();
        var moved = (await Host.SendAsync()).Single(mail => mail.To == "new@example.org");
        moved.Message.ReplyTo.Mailboxes.Single().Address.ShouldNotBe(person.Address);
        var sequence = moved.Calendar!.Events[0]!.Sequence;
        (await _replying.OutcomeAsync(person.Reply("DECLINED", sequence: sequence))).ShouldBe("parked otherAttendee");
        (await _replying.OutcomeAsync(person.Reply("TENTATIVE", attendee: "NEW@Example.org", sequence: sequence))).ShouldBe("applied");
    }

    [Fact]
    public async Task Refuses_what_proves_nothing_or_does_not_fit()
    {
        var evt = await Host.EventAsync();
        var (person, other) = (await _replying.InvitedAsync(evt), await _replying.InvitedAsync(evt));
        var before = (await Host.Partner.NowAsync(person.Registration)).ToJsonString();

        // Whoever knows the UID and the address of somebody has no token.
        (await _replying.OutcomeAsync(person.Reply("DECLINED", to: Replying.Address))).ShouldBe("parked noToken");
        (await _replying.OutcomeAsync(person.Reply("DECLINED", to: person.Address.Replace("+" + person.Address[6], "+" + (person.Address[6] == 'a' ? 'b' : 'a'))))).ShouldBe("parked noToken");
        (await _replying.OutcomeAsync(person.Reply("DECLINED", to: person.Address.Replace("@meetings.", "@elsewhere.")))).ShouldBe("parked noToken");
        (await _replying.OutcomeAsync(person.Reply("DECLINED", uid: other.Id))).ShouldBe("parked otherRegistration");
        (await _replying.OutcomeAsync(person.Reply("DECLINED", attendee: other.Email))).ShouldBe("parked otherAttendee");
        (await _replying.OutcomeAsync(person.Reply("DECLINED", method: "REQUEST"))).ShouldBe("parked notAReply");
        (await _replying.OutcomeAsync(person.Reply("DELEGATED"))).ShouldBe("parked noAnswer");
        (await _replying.OutcomeAsync(person.Reply("DECLINED", more: $"END:VEVENT\nBEGIN:VEVENT\nUID:{person.Id}\n"))).ShouldBe("parked severalEvents");
        (await _replying.OutcomeAsync(person.Reply("DECLINED", uid: " "))).ShouldBe("parked noUid");
        (await Host.Partner.NowAsync(person.Registration)).ToJsonString().ShouldBe(before);

        // From whomever it says it is, with the token it counts: people answer from other mailboxes.
        (await _replying.OutcomeAsync(person.Reply("ACCEPTED", from: "secretary@example.net"))).ShouldBe("applied");
        (await _replying.OutcomeAsync(person.Reply("DECLINED", stamp: "20200921T075900Z"))).ShouldBe("ignored olderAnswer");
        (await Host.Organizer.PostAsync($"/v1/events/{evt}/cancel", "{}", ("If-Match", "*"))).ShouldBe(HttpStatusCode.OK);
        (await _replying.OutcomeAsync(person.Reply("DECLINED", sequence: 99))).ShouldBe("ignored eventCancelled");
    }

    [Fact]
    public async Task A_clock_that_is_ahead_does_not_hold_off_what_comes_after()
    {
        var evt = await Host.EventAsync();
        var person = await _replying.InvitedAsync(evt);
        (await _replying.OutcomeAsync(person.Reply("TENTATIVE", stamp: "20300101T000000Z"))).ShouldBe("applied");
        Host.Time.Advance(TimeSpan.FromMinutes(1));
        (await _replying.OutcomeAsync(person.Reply("ACCEPTED", stamp: "20200921T080030Z"))).ShouldBe("applied");
    }

    [Fact]
    public async Task A_number_that_nobody_was_sent_does_not_hold_off_what_comes_after()
    {
        var evt = await Host.EventAsync();
        var person = await _replying.InvitedAsync(evt);
        (await _replying.OutcomeAsync(person.Reply("DECLINED", sequence: long.MaxValue))).ShouldBe("applied");
        Host.Time.Advance(TimeSpan.FromMinutes(1));
        (await _replying.OutcomeAsync(person.Reply("ACCEPTED", stamp: "20200921T080030Z"))).ShouldBe("applied");
    }

    [Fact]
    public async Task Only_the_key_of_a_mail_server_hands_mails_over_and_it_may_do_nothing_else()
    {
        var evt = await Host.EventAsync();
        var mail = Encoding.UTF8.GetBytes("Subject: x\n\nx\n");
        foreach (var api in new[] { Host.Organizer, Host.Partner })
            (await api.SendAsync(HttpMethod.Post, "/v1/replies", Replying.Content(mail))).ShouldBe(HttpStatusCode.Forbidden, "not-allowed");
        (await Host.Anybody.SendAsync(HttpMethod.Post, "/v1/replies", Replying.Content(mail))).ShouldBe(HttpStatusCode.Unauthorized, "not-authenticated");
        (await _replying.Intake.GetAsync($"/v1/events/{evt}/registrations")).ShouldBe(HttpStatusCode.Forbidden, "not-allowed");
        var registration = await Host.Partner.RegisteredAsync(evt);
        (await _replying.Intake.GetAsync($"/v1/registrations/{registration["id"]}")).ShouldBe(HttpStatusCode.Forbidden, "not-allowed");
        (await _replying.Intake.GetAsync("/v1/me")).ShouldBe(HttpStatusCode.OK).Json["role"]!.GetValue<string>().ShouldBe("mailIntake");
        (await _replying.Intake.SendAsync(HttpMethod.Post, "/v1/replies", Replying.Content(mail, "text/plain"))).ShouldBe(HttpStatusCode.UnsupportedMediaType, "unsupported-media-type");
        (await _replying.Intake.SendAsync(HttpMethod.Post, "/v1/replies", Replying.Content(new byte[50_000_000]), ("Expect", "100-continue"))).ShouldBe(HttpStatusCode.RequestEntityTooLarge, "payload-too-large");
    }

    [Theory]
    [InlineData("a million parts", "parked unreadable")]
    [InlineData("three thousand mails", "parked unreadable")]
    [InlineData("a header of megabytes", "parked unreadable")]
    [InlineData("a part with a header of megabytes", "parked unreadable")]
    [InlineData("a hundred thousand headers", "parked unreadable")]
    [InlineData("eight hundred parts", "forwarded")]
    [InlineData("a header of a hundred kilobytes", "forwarded")]
    [InlineData("a long part without headers", "forwarded")]
    public async Task A_mail_that_only_costs_time_and_memory_is_put_aside_with_whom_it_was_for(string what, string outcome)
    {
        var evt = await Host.EventAsync();
        var person = await _replying.InvitedAsync(evt);
        const string Mixed = "Content-Type: multipart/mixed; boundary=b\n\n";
        var rest = what switch
        {
            "a million parts" => $"{Mixed}{Times(1_000_000, "--b\n\nx\n")}--b--\n",
            "three thousand mails" => $"{Mixed}{Times(3000, "--b\nContent-Type: message/rfc822\n\nSubject: x\n\nx\n")}--b--\n",
            "a header of megabytes" => $"References: <a@b>{Times(200_000, "\n <a@example.org>")}\n\nx",
            "a part with a header of megabytes" => $"{Mixed}--b\nContent-Type: text/plain{Times(200_000, ";\n a=bcdefghijk")}\n\nx\n--b--\n",
            "a hundred thousand headers" => $"{Mixed}{Times(1000, $"--b\n{Times(100, "A: b\n")}\nx\n")}--b--\n",
            "a long part without headers" => $"{Mixed}--b\n\n{Times(20_000, "A line of some length\n")}--b--\n",
            "eight hundred parts" => $"{Mixed}{Times(800, "--b\nContent-Type: text/plain\n\nx\n")}--b--\n",
            _ => $"References: <a@b>{Times(6000, "\n <a@example.org>")}\n\nx",
        };
        var received = (await _replying.TakeAsync(Replying.Written(person.Address, person.Email, "Frage", rest))).ShouldBe(HttpStatusCode.OK).Json;
        (Replying.Outcome(received), (string?)received["registrationId"], (string?)received["subject"]).ShouldBe((outcome, person.Id, "Frage"));
        (await Host.Organizer.GetAsync($"/v1/replies/{received["id"]}.eml")).ShouldBe(HttpStatusCode.OK);

        static string Times(int count, string text) => new StringBuilder().Insert(0, text, count).ToString();
    }

    [Theory]
    [InlineData("REQUEST", "Ich komme später.", "forwarded")]
    [InlineData("CANCEL", "Schade!", "forwarded")]
    [InlineData("broken", "Der Eintrag geht nicht auf.", "forwarded")]
    [InlineData("REQUEST", " ", "parked notAReply")]
    [InlineData("broken", " ", "parked unreadable")]
    [InlineData("REPLY", "Max Beispiel hat zugesagt.", "applied")]
    public async Task What_somebody_writes_is_passed_on_also_where_their_program_sends_the_invite_back_with_it(string method, string text, string outcome)
    {
        var evt = await Host.EventAsync();
        var person = await _replying.InvitedAsync(evt);
        var entry = method == "broken" ? "BEGIN" : person.Entry("ACCEPTED", method: method);
        (await _replying.OutcomeAsync(Replying.Written(person.Address, person.Email, "AW: Anmeldung", $"Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/plain; charset=utf-8\n\n{text}\n--b\nContent-Type: text/calendar; method={method}\n\n{entry}\n--b--\n"))).ShouldBe(outcome);
    }

    [Fact]
    public async Task An_answer_in_UTF_16_is_understood()
    {
        var person = await _replying.InvitedAsync(await Host.EventAsync());
        var entry = Convert.ToBase64String([.. Encoding.Unicode.GetPreamble(), .. Encoding.Unicode.GetBytes(person.Entry("TENTATIVE"))]);
        (await _replying.OutcomeAsync(Replying.Written(person.Address, person.Email, "x", $"Content-Type: text/calendar; charset=utf-16; method=REPLY\nContent-Transfer-Encoding: base64\n\n{entry}"))).ShouldBe("applied");
    }

    [Fact]
    public async Task An_answer_with_a_comment_without_end_counts_at_once()
    {
        var evt = await Host.EventAsync();
        var person = await _replying.InvitedAsync(evt);
        var comments = new StringBuilder().Insert(0, "COMMENT:abc\n", 600_000).ToString();
        (await _replying.OutcomeAsync(person.Reply("ACCEPTED", more: comments))).ShouldBe("applied");
        ((string)(await Host.Partner.NowAsync(person.Registration))["replyComment"]!).ShouldStartWith("abc\nabc");
    }

    private Task PassAsync() => Host.Services.GetRequiredService<Timekeeper>().RunAsync(CancellationToken.None);

    private static string[] Ids(JsonNode list) => [.. list["items"]!.AsArray().Select(i => (string)i!["id"]!)];
}
