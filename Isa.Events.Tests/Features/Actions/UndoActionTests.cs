using Isa.Events.Api.Outbox;
using Isa.Events.Tests.Features.Delegations;
using Microsoft.Extensions.DependencyInjection;

namespace Isa.Events.Tests.Features.Actions;

/// <summary>What many are told of is held for a while; undone in time it was never there, and afterwards it stands.</summary>
public class UndoActionTests
{
    private const string Later = """{"startsAt":"2020-10-17T09:00","endsAt":"2020-10-17T11:00"}""";

    [Fact]
    public async Task A_cancelled_event_is_published_again_and_nobody_hears_of_it()
    {
        await using var host = await HostAsync();
        var evt = await host.EventAsync();
        var stays = await host.Partner.RegisteredAsync(evt);
        var leaves = await host.Partner.RegisteredAsync(evt);
        await host.SendAsync();
        var action = (await host.Organizer.PostAsync($"/v1/events/{evt}/cancel", """{"reason":{"de":"Versehen"}}""", ("If-Match", "*"))).ShouldBe(HttpStatusCode.OK).Json["action"]!;
        ((int)action["affected"]!).ShouldBe(2);
        ((DateTimeOffset)action["undoableUntil"]!).ShouldBe(host.Time.GetUtcNow().AddMinutes(5));
        (await host.Anybody.GetAsync($"/v1/events/{evt}")).Json["status"]!.ToString().ShouldBe("cancelled");
        (await host.SendAfterAsync(TimeSpan.FromMinutes(4))).ShouldBeEmpty();
        (await host.Anybody.PostAsync($"/v1{new Uri((string)leaves["links"]!["invite"]!).AbsolutePath[3..].Replace("/invite.ics", "/cancel", StringComparison.Ordinal)}")).ShouldBe(HttpStatusCode.OK);
        (await host.SendOneAsync()).To.ShouldBe((string)leaves["email"]!); // what somebody does alone is not held

        var undone = (await host.Organizer.PostAsync($"/v1/events/{evt}/actions/{action["id"]}/undo")).ShouldBe(HttpStatusCode.OK).Json;
        ((string)undone["state"]!).ShouldBe("undone");
        (await host.Anybody.GetAsync($"/v1/events/{evt}")).Json["status"]!.ToString().ShouldBe("published");
        (await host.Partner.NowAsync(stays)).Stands().ShouldBe("confirmed hannover");
        (await host.Partner.NowAsync(leaves))["status"]!.ToString().ShouldBe("cancelled");
        (await host.SendAfterAsync(TimeSpan.FromHours(1))).ShouldBeEmpty();
        await host.IsWholeAsync();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_mail_that_came_to_nothing_while_the_event_was_off_follows_where_that_is_undone(bool undoes)
    {
        EventsHost? host = null;
        JsonNode? action = null;
        var evt = "";
        await using var own = host = new EventsHost
        {
            Settings = new() { ["Email:UndoWindowMinutes"] = "5" },
            Render = async (entry, ct) =>
            {
                action ??= await CancelAsync(host!, evt); // it is in hand by now
                return await host!.Services.GetRequiredService<Isa.Events.Api.Email.Letters>().RenderAsync(entry, ct);
            },
        };
        await own.InitializeAsync();
        evt = await own.EventAsync();
        await own.Partner.RegisteredAsync(evt);
        (await own.SendAsync()).ShouldBeEmpty();
        if (undoes) (await own.Organizer.PostAsync($"/v1/events/{evt}/actions/{action!["id"]}/undo")).ShouldBe(HttpStatusCode.OK);
        (await own.SendAfterAsync(TimeSpan.FromHours(1))).ShouldHaveSingleItem().Subject.ShouldStartWith(undoes ? "Anmeldung bestätigt" : "Abgesagt");
    }

    [Theory]
    [InlineData(3, 1)]
    [InlineData(6, 0)]
    public async Task A_reminder_whose_hour_comes_while_the_event_is_off_follows_where_that_is_undone(int minutes, int reminders)
    {
        await using var host = await HostAsync();
        var evt = await host.EventAsync();
        await host.Partner.RegisteredAsync(evt);
        await host.SendAsync();
        var teller = host.Services.GetRequiredService<Isa.Events.Api.Features.Notices.NoticeTeller>();
        host.Time.SetUtcNow(DateTimeOffset.Parse("2020-10-15T06:58Z", null)); // two minutes before it, a day before the start
        var action = await CancelAsync(host, evt);
        host.Time.Advance(TimeSpan.FromMinutes(2));
        await teller.RunAsync(CancellationToken.None);
        host.Time.Advance(TimeSpan.FromMinutes(minutes - 2));
        (await host.Organizer.PostAsync($"/v1/events/{evt}/actions/{action["id"]}/undo")).Status.ShouldBe(reminders == 1 ? HttpStatusCode.OK : HttpStatusCode.Conflict);
        await teller.RunAsync(CancellationToken.None);
        (await host.SendAfterAsync(TimeSpan.FromMinutes(1))).Count(m => m.Subject.StartsWith("Erinnerung", StringComparison.Ordinal)).ShouldBe(reminders);
        await teller.RunAsync(CancellationToken.None);
        (await host.SendAfterAsync(TimeSpan.FromHours(1))).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_cancellation_that_stands_is_told_once_its_time_is_over()
    {
        await using var host = await HostAsync();
        var evt = await host.EventAsync();
        await host.Partner.RegisteredAsync(evt);
        await host.SendAsync();
        var action = await CancelAsync(host, evt);
        (await host.SendAfterAsync(TimeSpan.FromMinutes(5) - TimeSpan.FromMilliseconds(1))).ShouldBeEmpty();
        host.Time.Advance(TimeSpan.FromMilliseconds(1));
        (await host.SendOneAsync()).Invite.ShouldStartWith("CANCEL");
        await RefusedAsync(host, evt, action, "action-done");
        (await host.Organizer.GetAsync($"/v1/events/{evt}/actions")).Json["items"]![0]!["state"]!.ToString().ShouldBe("done");
    }

    [Fact]
    public async Task What_waits_when_an_event_is_called_off_is_not_lost_when_that_is_undone()
    {
        await using var host = await HostAsync();
        var evt = await host.EventAsync();
        var known = await host.Partner.RegisteredAsync(evt);
        await host.SendAsync();
        var moved = await ChangeAsync(host, evt, Later);
        var made = await host.Partner.RegisteredAsync(evt);
        host.Time.Advance(TimeSpan.FromMinutes(1));
        var cancelled = await CancelAsync(host, evt);
        (await host.SendAsync()).ShouldBeEmpty(); // the confirmation neither
        await RefusedAsync(host, evt, moved, "event-cancelled");
        await UndoAsync(host, evt, cancelled);
        (await host.SendOneAsync()).To.ShouldBe((string)made["email"]!);
        var told = (await host.SendAfterAsync(TimeSpan.FromMinutes(6))).ShouldHaveSingleItem();
        told.To.ShouldBe((string)known["email"]!);
        told.Text.Split('\n')[0].ShouldContain(" → ");
    }

    [Fact]
    public async Task A_moved_event_is_where_it_was_and_those_alone_hear_who_came_in_between()
    {
        await using var host = await HostAsync();
        var evt = await host.EventAsync();
        await host.Partner.RegisteredAsync(evt);
        await host.SendAsync();
        var before = (await host.Organizer.GetAsync($"/v1/events/{evt}")).Json;
        var action = await ChangeAsync(host, evt, """{"startsAt":"2020-10-17T09:00","endsAt":"2020-10-17T11:00","timeZone":"Europe/London","registrationCloses":"2020-10-12"}""");
        var newcomer = await host.Partner.RegisteredAsync(evt);
        (await host.SendOneAsync()).Text.ShouldContain("17.");
        await UndoAsync(host, evt, action);
        var after = (await host.Organizer.GetAsync($"/v1/events/{evt}")).Json;
        foreach (var member in new[] { "startsAt", "endsAt", "timeZone", "registrationCloses" }) after[member]?.ToString().ShouldBe(before[member]?.ToString(), member);
        var told = (await host.SendAfterAsync(TimeSpan.FromMinutes(10))).ShouldHaveSingleItem();
        told.To.ShouldBe((string)newcomer["email"]!);
        told.Invite.ShouldStartWith("REQUEST");
        (await host.SendAfterAsync(TimeSpan.FromHours(1))).ShouldBeEmpty();
    }

    [Theory]
    [InlineData(null, "1 09:15-10:00")]
    [InlineData("""{"items":[{"from":"13:15","to":"14:00","title":{"de":"Wahl des Vorstands"}}]}""", "1 09:15-10:00")] // another text: the times go back
    [InlineData("""{"items":[{"from":"10:00","to":"10:30","title":{"de":"Wahl"}}]}""", "1 10:00-10:30")] // set anew for the time as it was
    public async Task An_agenda_that_moved_with_its_event_goes_back_with_it(string? replaced, string shown)
    {
        await using var host = await HostAsync();
        var evt = await host.EventAsync();
        (await host.Organizer.PutAsync($"/v1/events/{evt}/agenda", """{"items":[{"from":"09:15","to":"10:00","title":{"de":"Wahl"}}]}""", ("If-Match", "*"))).ShouldBe(HttpStatusCode.OK);
        await host.Partner.RegisteredAsync(evt);
        await host.SendAsync();
        var action = await ChangeAsync(host, evt, """{"startsAt":"2020-10-16T13:00","endsAt":"2020-10-16T15:00"}""");
        await host.Partner.RegisteredAsync(evt);
        (await host.SendOneAsync()).Text.ShouldContain("13:15 Wahl");
        if (replaced is not null) (await host.Organizer.PutAsync($"/v1/events/{evt}/agenda", replaced, ("If-Match", "*"))).ShouldBe(HttpStatusCode.OK);
        await UndoAsync(host, evt, action);
        var item = (await host.Organizer.GetAsync($"/v1/events/{evt}/agenda")).Json["items"]![0]!;
        $"{item["day"]} {item["from"]}-{item["to"]}".ShouldBe(shown);
    }

    [Fact]
    public async Task Several_changes_are_one_mail_and_undoing_the_last_leaves_the_earlier_ones()
    {
        await using var host = await HostAsync();
        var evt = await host.EventAsync();
        await host.Partner.RegisteredAsync(evt);
        await host.SendAsync();
        var first = await ChangeAsync(host, evt, """{"endsAt":"2020-10-16T12:00"}""");
        host.Time.Advance(TimeSpan.FromMinutes(1));
        var second = await ChangeAsync(host, evt, """{"endsAt":"2020-10-16T13:00"}""");
        host.Time.Advance(TimeSpan.FromMinutes(1));
        var third = await ChangeAsync(host, evt, """{"endsAt":"2020-10-16T14:00"}""");
        await RefusedAsync(host, evt, first, "action-overtaken");
        await RefusedAsync(host, evt, second, "action-overtaken");
        await UndoAsync(host, evt, third);
        await UndoAsync(host, evt, second);
        ((string)(await host.Organizer.GetAsync($"/v1/events/{evt}")).Json["endsAt"]!).ShouldStartWith("2020-10-16T12:00");
        var told = (await host.SendAfterAsync(TimeSpan.FromMinutes(3))).ShouldHaveSingleItem();
        told.Text.Split('\n')[0].ShouldContain("12:00");
        (await host.SendAfterAsync(TimeSpan.FromHours(1))).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_second_change_holds_the_mail_of_the_first_until_neither_can_be_undone()
    {
        await using var host = await HostAsync();
        var evt = await host.EventAsync();
        await host.Partner.RegisteredAsync(evt);
        await host.SendAsync();
        await ChangeAsync(host, evt, """{"endsAt":"2020-10-16T12:00"}""");
        host.Time.Advance(TimeSpan.FromMinutes(4));
        await ChangeAsync(host, evt, """{"startsAt":"2020-10-16T08:30"}""");
        (await host.SendAfterAsync(TimeSpan.FromMinutes(4))).ShouldBeEmpty();
        (await host.SendAfterAsync(TimeSpan.FromMinutes(1))).ShouldHaveSingleItem();
    }

    [Fact]
    public async Task Changes_of_different_members_are_undone_in_any_order()
    {
        await using var host = await HostAsync();
        var evt = await host.EventAsync();
        await host.Partner.RegisteredAsync(evt);
        await host.SendAsync();
        var first = await ChangeAsync(host, evt, """{"endsAt":"2020-10-16T12:00"}""");
        var second = await ChangeAsync(host, evt, """{"startsAt":"2020-10-16T08:30"}""");
        await UndoAsync(host, evt, first);
        await UndoAsync(host, evt, second);
        (await host.SendAfterAsync(TimeSpan.FromHours(1))).ShouldBeEmpty();
    }

    [Fact]
    public async Task Whoever_reads_of_a_held_change_by_another_mail_sees_what_it_was_before()
    {
        await using var host = await HostAsync();
        var evt = await host.EventAsync();
        var made = await host.Partner.RegisteredAsync(evt);
        await host.SendAsync();
        await ChangeAsync(host, evt, Later);
        (await host.Anybody.PostAsync($"/v1/events/{evt}/links", new { email = (string)made["email"]! })).ShouldBe(HttpStatusCode.Accepted);
        var links = await host.SendOneAsync();
        links.Calendar!.Events[0]!.Start!.Value.Day.ShouldBe(17);
        links.Text.Split('\n')[0].ShouldBe("Wann: Freitag, 16. Oktober 2020, 09:00–11:00 Uhr (Berliner Zeit) → Samstag, 17. Oktober 2020, 09:00–11:00 Uhr (Berliner Zeit)");
        (await host.SendAfterAsync(TimeSpan.FromHours(1))).ShouldBeEmpty(); // they know
    }

    [Fact]
    public async Task A_cancellation_names_the_time_that_people_know()
    {
        await using var host = await HostAsync();
        var evt = await host.EventAsync();
        await host.Partner.RegisteredAsync(evt);
        await host.SendAsync();
        await ChangeAsync(host, evt, Later);
        await CancelAsync(host, evt);
        var mail = (await host.SendAfterAsync(TimeSpan.FromMinutes(6))).ShouldHaveSingleItem();
        mail.Text.ShouldContain("16. Oktober");
        mail.Text.ShouldNotContain("17. Oktober");
    }

    [Theory]
    [InlineData("", """{"title":{"de":"Anders"}}""", "")]
    [InlineData("/sites/hannover", """{"directions":{"de":"Erst links"}}""", "")]
    [InlineData("/sites/hannover", """{"address":{"en":"Correct Street 9"}}""", "en")]
    [InlineData("/sites/hannover", """{"address":{"de":"Richtige Straße 9"}}""", "de")]
    [InlineData("/sites/foshan", """{"timeZone":"Asia/Tokyo"}""", "zh")]
    [InlineData("", """{"endsAt":"2020-10-16T12:00"}""", "de en zh")]
    public async Task What_is_foreseen_and_what_is_sent_are_the_same(string path, string patch, string languages)
    {
        await using var host = await HostAsync();
        var evt = await host.EventAsync(e => e["sites"]!.AsArray().First(s => (string)s!["id"]! == "hannover")!["address"] = JsonNode.Parse("""{"de":"Platz 1","en":"Square 1"}"""));
        foreach (var (language, site) in new[] { ("de", "hannover"), ("en", "hannover"), ("zh", "foshan") })
            (await host.Partner.RegisterAsync(evt, Given.Person(change: p => (p["language"], p["siteId"]) = (language, site)))).ShouldBe(HttpStatusCode.Created);
        await host.SendAsync();
        var told = languages.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var foreseen = (await host.Organizer.PatchAsync($"/v1/events/{evt}{path}?dryRun=true", patch, ("If-Match", "*"))).ShouldBe(HttpStatusCode.OK).Json["wouldTell"]!.AsArray();
        foreseen.Select(w => (string)w!["language"]!).Order(StringComparer.Ordinal).ShouldBe(told);
        var answer = (await host.Organizer.PatchAsync($"/v1/events/{evt}{path}", patch, ("If-Match", "*"))).ShouldBe(HttpStatusCode.OK).Json;
        ((int?)answer["action"]?["affected"] ?? 0).ShouldBe(told.Length);
        var mails = await host.SendAfterAsync(TimeSpan.FromMinutes(6));
        mails.Select(m => m.Html.Split("lang=\"")[1][..2]).Order(StringComparer.Ordinal).ShouldBe(told);
        mails.ShouldAllBe(m => m.Text.Split('\n')[0].Contains(" → "));
        if (languages == "en") mails[0].Text.Split('\n')[0].ShouldContain("Square 1 → ");
    }

    [Fact]
    public async Task There_and_back_is_no_news()
    {
        await using var host = await HostAsync();
        var evt = await host.EventAsync();
        var made = await host.Partner.RegisteredAsync(evt, "zoom");
        await host.SendAsync();
        foreach (var site in new[] { "hannover", "zoom" }) (await host.Partner.PostAsync($"/v1/registrations/{made["id"]}/change-site", new { siteId = site })).ShouldBe(HttpStatusCode.OK);
        (await host.SendAfterAsync(TimeSpan.FromMinutes(6))).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_changed_site_is_as_it_was()
    {
        await using var host = await HostAsync();
        var evt = await host.EventAsync();
        await host.Partner.RegisteredAsync(evt);
        await host.Partner.RegisteredAsync(evt, "zoom");
        await host.SendAsync();
        var answer = (await host.Organizer.PatchAsync($"/v1/events/{evt}/sites/hannover", """{"address":{"de":"Anderswo 1"}}""", ("If-Match", "*"))).ShouldBe(HttpStatusCode.OK).Json;
        ((int)answer["action"]!["affected"]!).ShouldBe(1);
        await UndoAsync(host, evt, answer["action"]!);
        (await host.Organizer.GetAsync($"/v1/events/{evt}")).Text.ShouldNotContain("Anderswo");
        (await host.SendAfterAsync(TimeSpan.FromHours(1))).ShouldBeEmpty();
    }

    [Fact]
    public async Task People_who_had_to_move_go_back_and_leave_the_queue()
    {
        await using var host = await HostAsync();
        var evt = await host.EventWithQueueAsync(3);
        var people = new List<JsonNode>();
        for (var i = 0; i < 3; i++) people.Add(await host.Partner.RegisteredAsync(evt));
        var waiting = await host.Partner.RegisteredAsync(evt, whenFull: "waitlist");
        await host.SendAsync();
        var answer = (await host.Organizer.PatchAsync($"/v1/events/{evt}/sites/hannover", """{"capacity":1,"move":{"to":"zoom"}}""", ("If-Match", "*"))).ShouldBe(HttpStatusCode.OK).Json;
        ((int)answer["action"]!["affected"]!).ShouldBe(2);
        (await host.Partner.NowAsync(people[1])).Stands().ShouldBe("confirmed zoom queued hannover#1");
        (await host.SendAfterAsync(TimeSpan.FromMinutes(2))).ShouldBeEmpty();
        await UndoAsync(host, evt, answer["action"]!);
        foreach (var person in people) (await host.Partner.NowAsync(person)).Stands().ShouldBe("confirmed hannover");
        (await host.Partner.NowAsync(waiting)).Stands().ShouldBe("waitlisted hannover queued hannover#1");
        (await host.CountsAsync(evt)).ShouldContain("hannover 3/1");
        (await host.CountsAsync(evt)).ShouldContain("zoom 0/0");
        (await host.Organizer.GetAsync($"/v1/registrations/{people[1]["id"]}/history")).Text.ShouldContain("moveUndone");
        (await host.SendAfterAsync(TimeSpan.FromHours(1))).ShouldBeEmpty();
        await host.IsWholeAsync();
    }

    [Fact]
    public async Task Who_has_moved_on_cancelled_or_come_back_by_the_queue_stays_as_they_are()
    {
        await using var host = await HostAsync();
        var evt = await host.EventWithQueueAsync(4);
        var people = new List<JsonNode>();
        for (var i = 0; i < 4; i++) people.Add(await host.Partner.RegisteredAsync(evt));
        await host.SendAsync();
        var answer = (await host.Organizer.PatchAsync($"/v1/events/{evt}/sites/hannover", """{"capacity":1,"move":{"to":"zoom"}}""", ("If-Match", "*"))).ShouldBe(HttpStatusCode.OK).Json;
        await CancelledAsync(host, people[3]); // of those who moved
        await CancelledAsync(host, people[0]); // who had stayed: the head of the queue comes back
        (await host.Partner.NowAsync(people[1])).Stands().ShouldBe("confirmed hannover");
        (await host.SendAsync()).Select(m => m.To).ShouldBe([(string)people[3]["email"]!, (string)people[0]["email"]!, (string)people[1]["email"]!], ignoreOrder: true);
        await UndoAsync(host, evt, answer["action"]!);
        (await host.Partner.NowAsync(people[1])).Stands().ShouldBe("confirmed hannover");
        (await host.Partner.NowAsync(people[2])).Stands().ShouldBe("confirmed hannover");
        (await host.Partner.NowAsync(people[3]))["status"]!.ToString().ShouldBe("cancelled");
        (await host.CountsAsync(evt)).ShouldContain("hannover 2/0");
        (await host.SendAfterAsync(TimeSpan.FromHours(1))).ShouldBeEmpty();
        await host.IsWholeAsync();
    }

    [Fact]
    public async Task People_go_back_only_to_the_capacity_that_the_action_set()
    {
        await using var host = await HostAsync();
        var evt = await host.EventWithQueueAsync(3);
        for (var i = 0; i < 3; i++) await host.Partner.RegisteredAsync(evt);
        var first = (await host.Organizer.PatchAsync($"/v1/events/{evt}/sites/hannover", """{"capacity":2,"move":{"to":"zoom"}}""", ("If-Match", "*"))).ShouldBe(HttpStatusCode.OK).Json["action"]!;
        var second = (await host.Organizer.PatchAsync($"/v1/events/{evt}/sites/hannover", """{"capacity":1,"move":{"to":"zoom"}}""", ("If-Match", "*"))).ShouldBe(HttpStatusCode.OK).Json["action"]!;
        await RefusedAsync(host, evt, first, "action-overtaken");
        await UndoAsync(host, evt, second);
        await UndoAsync(host, evt, first);
        (await host.CountsAsync(evt)).ShouldContain("hannover 3/0");
        await host.IsWholeAsync();
    }

    [Fact]
    public async Task Who_had_to_move_twice_hears_once_where_they_are_in_the_end()
    {
        await using var host = await HostAsync();
        var evt = await host.EventWithQueueAsync(1);
        var person = await host.Partner.RegisteredAsync(evt);
        await host.SendAsync();
        (await host.Organizer.PatchAsync($"/v1/events/{evt}/sites/hannover", """{"capacity":0,"move":{"to":"zoom"}}""", ("If-Match", "*"))).ShouldBe(HttpStatusCode.OK);
        (await host.SendAfterAsync(TimeSpan.FromMinutes(4))).ShouldBeEmpty();
        var second = (await host.Organizer.PatchAsync($"/v1/events/{evt}/sites/zoom", """{"capacity":0,"move":{"to":"foshan"}}""", ("If-Match", "*"))).ShouldBe(HttpStatusCode.OK).Json["action"]!;
        (await host.SendAfterAsync(TimeSpan.FromMinutes(4))).ShouldBeEmpty();
        await UndoAsync(host, evt, second);
        (await host.Partner.NowAsync(person)).Stands().ShouldBe("confirmed zoom queued hannover#1");
        var mail = (await host.SendAfterAsync(TimeSpan.FromMinutes(2))).ShouldHaveSingleItem();
        mail.To.ShouldBe((string)person["email"]!);
        mail.Subject.ShouldContain("Teilnahme geändert");
        mail.Text.ShouldContain("/join/");
        (await host.SendAfterAsync(TimeSpan.FromHours(1))).ShouldBeEmpty();
        await host.IsWholeAsync();
    }

    [Fact]
    public async Task Who_had_to_move_twice_hears_of_the_second_where_the_first_is_undone()
    {
        await using var host = await HostAsync();
        var evt = await host.EventWithSeatsAsync(1); // without a queue nobody waits to go back
        var person = await host.Partner.RegisteredAsync(evt);
        await host.SendAsync();
        var first = (await host.Organizer.PatchAsync($"/v1/events/{evt}/sites/hannover", """{"capacity":0,"move":{"to":"zoom"}}""", ("If-Match", "*"))).ShouldBe(HttpStatusCode.OK).Json["action"]!;
        (await host.Organizer.PatchAsync($"/v1/events/{evt}/sites/zoom", """{"capacity":0,"move":{"to":"foshan"}}""", ("If-Match", "*"))).ShouldBe(HttpStatusCode.OK);
        await UndoAsync(host, evt, first);
        (await host.Partner.NowAsync(person)).Stands().ShouldBe("confirmed foshan");
        var mail = (await host.SendAfterAsync(TimeSpan.FromHours(1))).ShouldHaveSingleItem();
        mail.To.ShouldBe((string)person["email"]!);
        mail.Invite.ShouldStartWith("REQUEST");
        mail.Calendar!.Events[0]!.Location!.ShouldStartWith("Raum der chinesischen Städte");
    }

    [Fact]
    public async Task What_a_moved_person_does_themselves_is_told_at_once_and_nothing_else()
    {
        await using var host = await HostAsync();
        var evt = await host.EventWithQueueAsync(1);
        var person = await host.Partner.RegisteredAsync(evt);
        await host.SendAsync();
        (await host.Organizer.PatchAsync($"/v1/events/{evt}/sites/hannover", """{"capacity":0,"move":{"to":"zoom"}}""", ("If-Match", "*"))).ShouldBe(HttpStatusCode.OK);
        (await host.Organizer.PostAsync($"/v1/registrations/{person["id"]}/change-site", """{"siteId":"foshan"}""")).ShouldBe(HttpStatusCode.OK);
        (await host.SendAfterAsync(TimeSpan.FromMinutes(1))).ShouldHaveSingleItem();
        (await host.SendAfterAsync(TimeSpan.FromHours(1))).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_message_that_is_undone_reaches_nobody_and_later_ones_do_not_get_one_that_stands()
    {
        await using var host = await HostAsync();
        var evt = await host.EventAsync();
        var first = await host.Partner.RegisteredAsync(evt);
        await host.SendAsync();
        const string message = """{"subject":{"de":"Gut"},"body":{"de":"gut"},"expectedCount":1}""";
        var undone = (await host.Organizer.PostAsync($"/v1/events/{evt}/messages", message)).ShouldBe(HttpStatusCode.Accepted).Json["action"]!;
        await UndoAsync(host, evt, undone);
        (await host.SendAfterAsync(TimeSpan.FromHours(1))).ShouldBeEmpty();
        (await host.Organizer.PostAsync($"/v1/events/{evt}/messages", message)).ShouldBe(HttpStatusCode.Accepted);
        host.Time.Advance(TimeSpan.FromSeconds(1));
        await host.Partner.RegisteredAsync(evt);
        (await host.SendAsync()).ShouldHaveSingleItem();
        (await host.SendAfterAsync(TimeSpan.FromMinutes(5))).ShouldHaveSingleItem().To.ShouldBe((string)first["email"]!);
    }

    [Fact]
    public async Task Is_done_once_by_whichever_organiser_of_the_event_and_seen_by_no_other()
    {
        await using var host = await HostAsync();
        var (evt, other) = (await host.EventAsync(), await host.EventAsync());
        await host.Partner.RegisteredAsync(evt);
        var action = await CancelAsync(host, evt);
        var path = $"/v1/events/{evt}/actions/{action["id"]}/undo";
        (await host.Partner.PostAsync(path)).ShouldBe(HttpStatusCode.Forbidden, "not-allowed");
        (await host.Anybody.PostAsync(path)).ShouldBe(HttpStatusCode.Unauthorized, "not-authenticated");
        (await host.Organizer.PostAsync($"/v1/events/{other}/actions/{action["id"]}/undo")).ShouldBe(HttpStatusCode.NotFound, "action-not-found");
        (await host.Organizer.PostAsync($"/v1/events/{evt}/actions/act_none/undo")).ShouldBe(HttpStatusCode.NotFound, "action-not-found");
        var elsewhere = host.Caller(await host.KeyAsync(Isa.Events.Api.Features.Partners.Role.Organizer, "Elsewhere", events: [other]));
        (await elsewhere.PostAsync(path)).ShouldBe(HttpStatusCode.NotFound, "event-not-found");
        var colleague = host.Caller(await host.KeyAsync(Isa.Events.Api.Features.Partners.Role.Organizer, "Colleague"));
        ((string)(await colleague.PostAsync(path)).ShouldBe(HttpStatusCode.OK).Json["undoneBy"]!).ShouldBe("Colleague");
        var version = (await host.Organizer.GetAsync($"/v1/events/{evt}")).Json["version"]!.ToString();
        host.Time.Advance(TimeSpan.FromHours(1));
        ((string)(await host.Organizer.PostAsync(path)).ShouldBe(HttpStatusCode.OK).Json["undoneBy"]!).ShouldBe("Colleague");
        (await host.Organizer.GetAsync($"/v1/events/{evt}")).Json["version"]!.ToString().ShouldBe(version);
        (await host.Organizer.GetAsync($"/v1/events/{evt}/actions")).ShouldBe(HttpStatusCode.OK).Json["items"]!.AsArray().Select(a => $"{a!["kind"]} {a["state"]} {a["madeBy"]}").ShouldBe(["eventCancelled undone Office"]);
    }

    [Theory]
    [InlineData("message")]
    [InlineData("event called off")]
    [InlineData("event moved")]
    [InlineData("people moved")]
    public async Task Against_the_dispatcher_exactly_one_wins_and_nobody_gets_half(string what)
    {
        for (var round = 0; round < 8; round++)
        {
            await using var host = await HostAsync();
            var evt = await host.EventWithQueueAsync(3);
            var people = new List<JsonNode>();
            for (var i = 0; i < 3; i++) people.Add(await host.Partner.RegisteredAsync(evt));
            await host.SendAsync();
            var before = await StandsAsync();
            var action = what switch
            {
                "event called off" => await CancelAsync(host, evt),
                "event moved" => await ChangeAsync(host, evt, Later),
                "people moved" => (await host.Organizer.PatchAsync($"/v1/events/{evt}/sites/hannover", """{"capacity":0,"move":{"to":"zoom"}}""", ("If-Match", "*"))).ShouldBe(HttpStatusCode.OK).Json["action"]!,
                _ => (await host.Organizer.PostAsync($"/v1/events/{evt}/messages", """{"subject":{"de":"Gut"},"body":{"de":"gut"},"expectedCount":3}""")).ShouldBe(HttpStatusCode.Accepted).Json["action"]!,
            };
            var after = await StandsAsync();
            // As if the clocks of two processes differed: to the dispatcher the time is over, to the other it is not.
            await host.Database.WriteAsync(evt, session =>
            {
                session.Execute("UPDATE outbox SET due_at = @Now WHERE action_id = @Id", new { session.Now, Id = (string)action["id"]! });
                return true;
            }, CancellationToken.None);
            var sending = Task.Run(() => host.Services.GetRequiredService<Dispatcher>().RunAsync(CancellationToken.None), TestContext.Current.CancellationToken);
            if (round % 2 == 0) await Task.Yield();
            if (round % 4 == 3) await sending;
            var undo = await host.Organizer.PostAsync($"/v1/events/{evt}/actions/{action["id"]}/undo");
            await sending;
            List<Mailed> mails = [.. await host.SendAsync(), .. await host.SendAfterAsync(TimeSpan.FromHours(1))];
            if (undo.Status == HttpStatusCode.OK) mails.ShouldBeEmpty();
            else
            {
                undo.ShouldBe(HttpStatusCode.Conflict, "action-done");
                mails.Select(m => m.To).ShouldBe(people.Select(p => (string)p["email"]!), ignoreOrder: true);
            }

            (await StandsAsync()).ShouldBe(undo.Status == HttpStatusCode.OK ? before : after);
            await host.IsWholeAsync();

            async Task<string> StandsAsync()
            {
                var now = (await host.Organizer.GetAsync($"/v1/events/{evt}")).Json;
                var sites = new List<string>();
                foreach (var person in people) sites.Add((await host.Partner.NowAsync(person)).Stands());
                return string.Join(" | ", [$"{now["status"]} {now["startsAt"]} {now["sites"]![0]!["capacity"]}", .. sites]);
            }
        }
    }

    [Fact]
    public async Task Two_who_undo_at_once_undo_once()
    {
        await using var host = await HostAsync();
        var evt = await host.EventWithQueueAsync(2);
        for (var i = 0; i < 2; i++) await host.Partner.RegisteredAsync(evt);
        var action = (await host.Organizer.PatchAsync($"/v1/events/{evt}/sites/hannover", """{"capacity":0,"move":{"to":"zoom"}}""", ("If-Match", "*"))).ShouldBe(HttpStatusCode.OK).Json["action"]!;
        var answers = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => host.Organizer.PostAsync($"/v1/events/{evt}/actions/{action["id"]}/undo")));
        answers.ShouldAllBe(a => a.Status == HttpStatusCode.OK);
        (await host.CountsAsync(evt)).ShouldContain("hannover 2/0");
        await host.IsWholeAsync();
    }

    [Fact]
    public async Task A_dry_run_says_how_many_would_get_what_and_does_nothing()
    {
        await using var host = await HostAsync();
        var evt = await host.EventWithQueueAsync(2);
        await host.Partner.RegisterAsync(evt, Given.Person());
        await host.Partner.RegisterAsync(evt, Given.Person(change: p => p["language"] = "zh"));
        await host.Partner.RegisterAsync(evt, Given.Person(siteId: "zoom", change: p => p["language"] = "en"));
        await host.Partner.RegisterAsync(evt, Given.Person(change: p => p["whenFull"] = "waitlist"));
        await host.SendAsync();
        var before = (await host.Organizer.GetAsync($"/v1/events/{evt}")).Json["version"]!.ToString();
        Told(await host.Organizer.PostAsync($"/v1/events/{evt}/cancel?dryRun=true")).ShouldBe(["eventCancelled de 2", "eventCancelled en 1", "eventCancelled zh 1"]);
        Told(await host.Organizer.PatchAsync($"/v1/events/{evt}?dryRun=true", Later)).ShouldBe(["eventChanged de 2", "eventChanged en 1", "eventChanged zh 1"]);
        Told(await host.Organizer.PatchAsync($"/v1/events/{evt}?dryRun=true", """{"availability":"few"}""")).ShouldBeEmpty();
        Told(await host.Organizer.PatchAsync($"/v1/events/{evt}/sites/hannover?dryRun=true", """{"capacity":1,"move":{"to":"zoom"},"address":{"de":"Anderswo"}}""")).ShouldBe(["movedByOrganizer zh 1", "eventChanged de 2"], ignoreOrder: true);
        (await host.Organizer.GetAsync($"/v1/events/{evt}")).Json["version"]!.ToString().ShouldBe(before);
        (await host.Organizer.GetAsync($"/v1/events/{evt}/actions")).Json["items"]!.AsArray().ShouldBeEmpty();
        (await host.SendAfterAsync(TimeSpan.FromHours(1))).ShouldBeEmpty();

        static IEnumerable<string> Told(Answer answer) => answer.ShouldBe(HttpStatusCode.OK).Json["wouldTell"]!.AsArray().Select(t => $"{t!["kind"]} {t["language"]} {t["count"]}");
    }

    [Fact]
    public async Task Whoever_has_not_confirmed_their_address_is_not_counted_among_those_who_would_be_told()
    {
        await using var host = await HostAsync();
        var evt = await host.EventAsync(e => e["rules"] = new JsonObject { ["confirmsAddresses"] = true });
        (await host.Partner.RegisterAsync(evt, Given.Person())).ShouldBe(HttpStatusCode.Created).Json["status"]!.ToString().ShouldBe("pendingConfirmation");
        await host.SendAsync();
        foreach (var dryRun in new[] { await host.Organizer.PostAsync($"/v1/events/{evt}/cancel?dryRun=true"), await host.Organizer.PatchAsync($"/v1/events/{evt}?dryRun=true", Later) })
            dryRun.ShouldBe(HttpStatusCode.OK).Json["wouldTell"]!.AsArray().ShouldBeEmpty();
        await CancelAsync(host, evt);
        (await host.SendAfterAsync(TimeSpan.FromHours(1))).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_waiting_list_and_seats_that_people_have_taken_since_are_not_taken_from_them()
    {
        await using var host = await HostAsync();
        var evt = await host.EventWithSeatsAsync(1);
        var more = (await host.Organizer.PatchAsync($"/v1/events/{evt}/sites/hannover", """{"capacity":2,"address":{"de":"Anderswo 1"}}""", ("If-Match", "*"))).ShouldBe(HttpStatusCode.OK).Json["action"]!;
        for (var i = 0; i < 2; i++) await host.Partner.RegisteredAsync(evt);
        await RefusedAsync(host, evt, more, "site-full");
        var queue = (await host.Organizer.PatchAsync($"/v1/events/{evt}/sites/hannover", """{"waitlist":{"promotion":"automatic"},"address":{"de":"Anderswo 2"}}""", ("If-Match", "*"))).ShouldBe(HttpStatusCode.OK).Json["action"]!;
        var waiting = await host.Partner.RegisteredAsync(evt, whenFull: "waitlist");
        await RefusedAsync(host, evt, queue, "action-overtaken");
        await CancelledAsync(host, waiting);
        await UndoAsync(host, evt, queue);
        (await host.CountsAsync(evt)).ShouldContain("hannover 2/0");
        await host.IsWholeAsync();
    }

    [Fact]
    public async Task Sent_again_it_still_waits_until_it_can_no_longer_be_undone()
    {
        await using var host = await HostAsync();
        var evt = await host.EventWithQueueAsync(1);
        var person = await host.Partner.RegisteredAsync(evt);
        await host.SendAsync();
        var action = (await host.Organizer.PatchAsync($"/v1/events/{evt}/sites/hannover", """{"capacity":0,"move":{"to":"zoom"}}""", ("If-Match", "*"))).ShouldBe(HttpStatusCode.OK).Json["action"]!;
        var held = (await host.Organizer.GetAsync($"/v1/events/{evt}/messages?state=pending&registrationId={person["id"]}")).Json["items"]!.AsArray().Single()!;
        (await host.Organizer.PostAsync($"/v1/events/{evt}/messages/{held["id"]}/resend")).ShouldBe(HttpStatusCode.Accepted);
        (await host.SendAsync()).ShouldBeEmpty();
        await UndoAsync(host, evt, action);
        (await host.SendAfterAsync(TimeSpan.FromHours(1))).ShouldBeEmpty();
    }

    [Fact]
    public async Task What_is_held_for_somebody_does_not_hold_up_what_they_ask_for()
    {
        await using var host = await HostAsync();
        var evt = await host.EventWithQueueAsync(1);
        var person = await host.Partner.RegisteredAsync(evt);
        await host.SendAsync();
        (await host.Organizer.PatchAsync($"/v1/events/{evt}/sites/hannover", """{"capacity":0,"move":{"to":"zoom"}}""", ("If-Match", "*"))).ShouldBe(HttpStatusCode.OK);
        (await host.Anybody.PostAsync($"/v1/events/{evt}/links", new JsonObject { ["email"] = (string)person["email"]! }.ToJsonString())).ShouldBe(HttpStatusCode.Accepted);
        (await host.SendAsync()).ShouldHaveSingleItem();
    }

    [Fact]
    public async Task The_contact_of_a_delegation_hears_nothing_either_except_of_who_has_come_since()
    {
        await using var host = await HostAsync();
        var evt = await host.EventAsync();
        var party = await host.DelegationAsync(evt, 0, d =>
        {
            foreach (var name in new[] { "李娜", "张伟" }) d["members"]!.AsArray().Add(new JsonObject { ["fullName"] = name });
        });
        await host.SendAsync();
        await UndoAsync(host, evt, await CancelAsync(host, evt));
        (await host.SendAfterAsync(TimeSpan.FromHours(1))).ShouldBeEmpty();

        var action = await ChangeAsync(host, evt, Later);
        var more = Party.Of(0, d => d["members"]!.AsArray().Add(new JsonObject { ["fullName"] = "王强" }));
        more.Remove("contact");
        (await host.Anybody.PostAsync($"{Party.ApiPathOf(party)}/members", more)).ShouldBe(HttpStatusCode.Created);
        await host.SendAsync();
        await UndoAsync(host, evt, action);
        var text = (await host.SendAfterAsync(TimeSpan.FromHours(1))).ShouldHaveSingleItem().Text;
        text.ShouldStartWith("时间：2020年10月17日");
        text.ShouldContain("王强");

        await ChangeAsync(host, evt, Later);
        text = (await host.SendAfterAsync(TimeSpan.FromHours(1))).ShouldHaveSingleItem().Text;
        foreach (var name in new[] { "李娜", "张伟", "王强" }) text.ShouldContain(name);
        await CancelAsync(host, evt);
        (await host.SendAfterAsync(TimeSpan.FromHours(1))).ShouldHaveSingleItem().Subject.ShouldStartWith("活动取消通知");
    }

    [Fact]
    public async Task Goes_with_its_event()
    {
        await using var host = await HostAsync();
        var evt = await host.EventAsync(e => e["isTest"] = true);
        await host.Partner.RegisteredAsync(evt);
        await ChangeAsync(host, evt, Later);
        (await host.Organizer.DeleteAsync($"/v1/events/{evt}", ("If-Match", "*"))).ShouldBe(HttpStatusCode.NoContent);
    }

    [Fact]
    public async Task Without_a_window_all_is_told_at_once_and_nothing_can_be_undone()
    {
        await using var host = await Mail.HostAsync();
        var evt = await host.EventAsync();
        await host.Partner.RegisteredAsync(evt);
        await host.SendAsync();
        (await host.Organizer.PostAsync($"/v1/events/{evt}/cancel", null, ("If-Match", "*"))).ShouldBe(HttpStatusCode.OK).Json["action"].ShouldBeNull();
        (await host.SendOneAsync()).Invite.ShouldStartWith("CANCEL");
    }

    private static async Task<EventsHost> HostAsync()
    {
        var host = await Mail.HostAsync(start: false);
        host.Settings["Email:UndoWindowMinutes"] = "5";
        await host.InitializeAsync();
        return host;
    }

    private static async Task<JsonNode> CancelAsync(EventsHost host, string evt) => (await host.Organizer.PostAsync($"/v1/events/{evt}/cancel", null, ("If-Match", "*"))).ShouldBe(HttpStatusCode.OK).Json["action"]!;

    private static async Task<JsonNode> ChangeAsync(EventsHost host, string evt, string patch) => (await host.Organizer.PatchAsync($"/v1/events/{evt}", patch, ("If-Match", "*"))).ShouldBe(HttpStatusCode.OK).Json["action"]!;

    private static async Task UndoAsync(EventsHost host, string evt, JsonNode action) => (await host.Organizer.PostAsync($"/v1/events/{evt}/actions/{action["id"]}/undo")).ShouldBe(HttpStatusCode.OK);

    private static async Task RefusedAsync(EventsHost host, string evt, JsonNode action, string code) => (await host.Organizer.PostAsync($"/v1/events/{evt}/actions/{action["id"]}/undo")).ShouldBe(HttpStatusCode.Conflict, code);

    private static async Task CancelledAsync(EventsHost host, JsonNode person) => (await host.Organizer.PostAsync($"/v1/registrations/{person["id"]}/cancel", null, ("If-Match", "*"))).ShouldBe(HttpStatusCode.OK);
}

file static class After
{
    public static Task<List<Mailed>> SendAfterAsync(this EventsHost host, TimeSpan time)
    {
        host.Time.Advance(time);
        return host.SendAsync();
    }
}
