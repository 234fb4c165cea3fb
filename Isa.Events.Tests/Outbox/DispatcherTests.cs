using Isa.Events.Api.Email;
using Isa.Events.Api.Outbox;
using Microsoft.Extensions.DependencyInjection;

namespace Isa.Events.Tests.Outbox;

/// <summary>What is in the outbox is sent, in order, once, and whatever one row does to itself.</summary>
public class DispatcherTests
{
    [Fact]
    public async Task A_confirmation_is_sent_and_its_row_done()
    {
        await using var host = await MailHost.StartAsync();
        var evt = await host.EventAsync();
        await host.Partner.RegisteredAsync(evt);
        (await host.SendAsync()).ShouldBe(1);
        (await host.RowsAsync(evt)).ShouldBe(["registrationConfirmed attendee done 1"]);
        host.LaidDown().Single().TextBody!.ShouldContain("REQUEST Confirmed hannover");
        (await host.SendAsync()).ShouldBe(0);
    }

    [Fact]
    public async Task What_is_due_is_found_without_a_look_at_all_that_waits()
    {
        await using var host = await MailHost.StartAsync();
        var with = new { Now = host.Time.GetUtcNow(), Settled = host.Time.GetUtcNow(), Bulk = false, Limit = 10 };
        (await host.OutboxPlanAsync(Portions.ChangesDue, with)).ShouldHaveSingleItem().ShouldContain("outbox_for_many");
        var due = await host.OutboxPlanAsync(Portions.Due, with);
        due.Count.ShouldBe(2);
        due.Where(step => step.Contains("outbox_due", StringComparison.Ordinal)).ShouldHaveSingleItem();
        due.Where(step => step.Contains("outbox_by_registration", StringComparison.Ordinal)).ShouldHaveSingleItem();
    }

    [Fact]
    public async Task What_the_calendar_may_show_is_stored_before_the_letter_leaves()
    {
        await using var host = await MailHost.StartAsync();
        var evt = await host.EventAsync();
        var made = await host.Partner.RegisteredAsync(evt);
        File.WriteAllText(Path.Combine(host.Folder, "mail"), "in the way"); // nothing can be laid down
        await host.SendAsync();
        (await host.RowsAsync(evt)).ShouldBe(["registrationConfirmed attendee pending 1"]);
        (await ToldAsync(host, made))!.ShouldContain("\"siteId\":\"hannover\"");
    }

    [Fact]
    public async Task What_was_in_hand_and_let_go_does_not_speak_for_a_newer_row()
    {
        await using var host = await Mail.HostAsync();
        var evt = await host.EventAsync();
        var made = await host.Partner.RegisteredAsync(evt);
        var (portions, claim, taken) = await TakeDueAsync(host);
        await portions.EndAsync(claim, [new Outcome(taken.ShouldHaveSingleItem(), null)], CancellationToken.None);
        (await host.Partner.PostAsync($"/v1/registrations/{made["id"]}/change-site", new { siteId = "zoom" })).ShouldBe(HttpStatusCode.OK);
        // Whoever takes the first next may make it from what was there before the change, so the newer one is there; where the first says it all, that comes to nothing.
        (await host.Database.ReadAsync(session => session.Query<string>("SELECT kind FROM outbox WHERE state = 'pending' ORDER BY id"), CancellationToken.None)).ShouldBe(["registrationConfirmed", "registrationMoved"]);
        var mail = await host.SendOneAsync();
        (mail.Subject.Split(':')[0], mail.Calendar!.Events[0]!.Location).ShouldBe(("Anmeldung bestätigt", "Zoom-Konferenz"));
    }

    [Fact]
    public async Task An_end_does_not_wait_for_what_is_to_be_tried_again_later()
    {
        await using var host = await MailHost.StartAsync();
        var evt = await host.EventAsync();
        var made = await host.Partner.RegisteredAsync(evt);
        (await host.Partner.PostAsync($"/v1/registrations/{made["id"]}/cancel")).ShouldBe(HttpStatusCode.OK);
        // As where the first failed while the cancellation was being written: neither transaction has seen the other.
        await host.Database.WriteAsync(evt, session => session.Change("UPDATE outbox SET state = 'pending', done_at = NULL, attempts = 1, due_at = @DueAt, leased_until = created_at WHERE event_id = @Id AND kind = 'registrationConfirmed'", new { Id = evt, DueAt = session.Now.AddHours(4) }), CancellationToken.None);
        await host.SendAsync();
        (await host.RowsAsync(evt)).ShouldBe(["registrationConfirmed - pending 1", "registrationCancelled attendee done 1"]);
        await host.SendAfterAsync(TimeSpan.FromHours(5));
        host.LaidDown().ShouldHaveSingleItem();
        (await host.RowsAsync(evt))[0].ShouldBe("registrationConfirmed - done 1");
    }

    [Fact]
    public async Task What_was_sent_is_noted_once_the_database_takes_it()
    {
        const int queue = 8;
        await using var host = await MailHost.StartAsync(null, ("Database:MaxQueue", $"{queue}"), ("Database:MaxWriters", "1"));
        using var release = new ManualResetEventSlim();
        var evt = await host.EventAsync();
        await host.Partner.RegisteredAsync(evt);
        host.Letters.Sending = () =>
        {
            host.Letters.Sending = null;
            using var writing = new ManualResetEventSlim();
            _ = host.Database.WriteAsync("one that takes long", _ => { writing.Set(); release.Wait(); return 0; }, CancellationToken.None);
            writing.Wait();
            foreach (var n in Enumerable.Range(0, queue)) _ = host.Database.WriteAsync("those that wait", _ => 0, CancellationToken.None);
            _ = Task.Delay(500).ContinueWith(_ => release.Set(), TaskScheduler.Default);
        };
        await host.SendAsync();
        release.IsSet.ShouldBeTrue();
        (await host.RowsAsync(evt)).ShouldBe(["registrationConfirmed attendee done 1"]);
        host.LaidDown().ShouldHaveSingleItem();
    }

    [Fact]
    public async Task Each_recipient_has_a_row_and_tries_of_its_own()
    {
        await using var host = await MailHost.StartAsync();
        var evt = await host.EventAsync();
        (await host.Partner.RegisterAsync(evt, Given.Person(change: p => p["copyTo"] = "assistant@example.org"))).ShouldBe(HttpStatusCode.Created);
        await host.SendAsync();
        (await host.RowsAsync(evt)).ShouldBe(["registrationConfirmed attendee done 1", "registrationConfirmed copy done 1"]);
        host.LaidDown().Select(m => m.To.Mailboxes.Single().Address).ShouldContain("assistant@example.org");
        host.LaidDown().Select(m => m.MessageId).Distinct().Count().ShouldBe(2);
    }

    [Fact]
    public async Task Nobody_waits_for_a_copy()
    {
        await using var host = await MailHost.StartAsync();
        var evt = await host.EventAsync();
        var made = (await host.Partner.RegisterAsync(evt, Given.Person(change: p => p["copyTo"] = "assistant@example.org"))).ShouldBe(HttpStatusCode.Created).Json;
        host.Letters.Before = entry => { if (entry.Recipient == Recipient.Copy) throw new InvalidOperationException("made so by the test"); };
        await host.SendAsync();
        (await host.Partner.PostAsync($"/v1/registrations/{made["id"]}/change-site", """{"siteId":"zoom"}""")).ShouldBe(HttpStatusCode.OK);
        await host.SendAfterAsync(TimeSpan.FromMinutes(1));
        (await host.RowsAsync(evt)).ShouldBe(["registrationConfirmed attendee done 1", "registrationConfirmed copy pending 2", "registrationMoved attendee done 1", "registrationMoved copy pending 0"]);
    }

    [Fact]
    public async Task What_was_made_for_an_address_that_is_replaced_before_it_leaves_goes_to_the_new_one_alone()
    {
        await using var host = await MailHost.StartAsync();
        var evt = await host.EventAsync();
        var made = (await host.Partner.RegisterAsync(evt, Given.Person(change: p => p["copyTo"] = "assistant@example.org"))).ShouldBe(HttpStatusCode.Created).Json;
        host.Letters.Made = async _ =>
        {
            host.Letters.Made = null;
            (await host.Partner.PatchAsync($"/v1/registrations/{made["id"]}", new { email = "neu@example.org" })).ShouldBe(HttpStatusCode.OK);
        };
        await host.SendAsync();
        await host.SendAfterAsync(TimeSpan.FromMinutes(2));
        host.LaidDown().Select(m => m.To.Mailboxes.Single().Address).Distinct().ShouldBe(["neu@example.org", "assistant@example.org"], ignoreOrder: true);
        (await host.RowsAsync(evt)).ShouldContain("registrationConfirmed attendee done 1");
    }

    [Theory]
    [InlineData("PATCH")]
    [InlineData("DELETE")]
    public async Task Nobody_waits_for_an_address_that_was_replaced_and_nothing_that_comes_later_ends_its_row(string then)
    {
        await using var host = await MailHost.StartAsync();
        var evt = await host.EventAsync();
        var made = (await host.Partner.RegisterAsync(evt)).ShouldBe(HttpStatusCode.Created).Json;
        await host.SendAsync();
        var refuses = true;
        host.Letters.Before = entry => { if (refuses && entry.Recipient == Recipient.Former) throw new InvalidOperationException("made so by the test"); };
        (await host.Partner.PatchAsync($"/v1/registrations/{made["id"]}", new { email = "neu@example.org" })).ShouldBe(HttpStatusCode.OK);
        await host.SendAfterAsync(TimeSpan.FromMinutes(1));
        if (then == "DELETE") (await host.Partner.PostAsync($"/v1/registrations/{made["id"]}/cancel")).ShouldBe(HttpStatusCode.OK);
        else (await host.Partner.PatchAsync($"/v1/registrations/{made["id"]}", new { fullName = "Anders Neu" })).ShouldBe(HttpStatusCode.OK);
        await host.SendAfterAsync(TimeSpan.FromSeconds(61));
        (await host.RowsAsync(evt)).ShouldBe(["registrationConfirmed attendee done 1", "addressReplaced former pending 2", "registrationChanged attendee done 1", then == "DELETE" ? "registrationCancelled attendee done 1" : "registrationChanged attendee done 1"]);
        refuses = false;
        await host.SendAfterAsync(TimeSpan.FromHours(1));
        (await host.RowsAsync(evt))[1].ShouldStartWith("addressReplaced former done ");
        host.LaidDown().Count(m => m.To.Mailboxes.Single().Address == (string)made["email"]!).ShouldBe(2);
    }

    [Fact]
    public async Task Of_several_changes_within_the_window_one_mail_comes()
    {
        await using var host = await MailHost.StartAsync();
        var evt = await host.EventAsync();
        await host.Partner.RegisteredAsync(evt);
        await host.SendAsync();
        foreach (var hour in new[] { 10, 11, 12 })
        {
            await MoveAsync(host, evt, hour);
            host.Time.Advance(TimeSpan.FromSeconds(15));
        }

        (await host.SendAsync()).ShouldBe(0); // 45 seconds
        await host.SendAfterAsync(TimeSpan.FromSeconds(15));
        var mails = host.LaidDown();
        mails.Count.ShouldBe(2);
        mails[1].Subject.ShouldStartWith("EventChanged");
        mails[1].TextBody!.ShouldContain("10-16 10:00"); // 12:00 in Hannover
        (await host.SendAfterAsync(TimeSpan.FromHours(1))).ShouldBe(0);
    }

    [Fact]
    public async Task An_event_that_moves_and_is_called_off_before_the_first_mail_left_is_told_of_without_a_calendar_object()
    {
        await using var host = await MailHost.StartAsync();
        var evt = await host.EventAsync();
        var made = await host.Partner.RegisteredAsync(evt);
        await MoveAsync(host, evt, 11);
        await CallOffAsync(host, evt);
        await host.SendAsync();
        await host.SendAfterAsync(TimeSpan.FromHours(1));
        var mail = host.LaidDown().ShouldHaveSingleItem();
        mail.Subject.ShouldStartWith("EventCancelled");
        mail.TextBody!.ShouldContain("no object");
        (await ToldAsync(host, made)).ShouldBeNull();
    }

    [Fact]
    public async Task Whoever_cancels_before_the_first_mail_left_gets_one_mail_and_no_calendar_object()
    {
        await using var host = await MailHost.StartAsync();
        var evt = await host.EventAsync();
        var made = await host.Partner.RegisteredAsync(evt);
        (await host.Partner.PostAsync($"/v1/registrations/{made["id"]}/cancel")).ShouldBe(HttpStatusCode.OK);
        await host.SendAsync();
        host.LaidDown().ShouldHaveSingleItem().TextBody!.ShouldContain("no object Cancelled");
        (await host.RowsAsync(evt)).ShouldBe(["registrationConfirmed - superseded 0", "registrationCancelled attendee done 1"]);
    }

    [Fact]
    public async Task Whoever_cancels_after_the_first_attempt_gets_the_cancellation_for_the_calendar_although_it_may_not_have_come()
    {
        await using var host = await MailHost.StartAsync();
        var evt = await host.EventAsync();
        var made = await host.Partner.RegisteredAsync(evt);
        File.WriteAllText(Path.Combine(host.Folder, "mail"), "in the way");
        await host.SendAsync();
        File.Delete(Path.Combine(host.Folder, "mail"));
        (await host.Partner.PostAsync($"/v1/registrations/{made["id"]}/cancel")).ShouldBe(HttpStatusCode.OK);
        await host.SendAsync(); // without waiting for the next attempt of the first
        host.LaidDown().ShouldHaveSingleItem().TextBody!.ShouldContain("CANCEL Cancelled");
        (await host.RowsAsync(evt)).ShouldBe(["registrationConfirmed attendee superseded 1", "registrationCancelled attendee done 1"]);
    }

    [Fact]
    public async Task A_change_before_the_first_mail_left_is_told_by_that_mail()
    {
        await using var host = await MailHost.StartAsync();
        var evt = await host.EventAsync();
        var made = await host.Partner.RegisteredAsync(evt);
        (await host.Partner.PostAsync($"/v1/registrations/{made["id"]}/change-site", """{"siteId":"zoom"}""")).ShouldBe(HttpStatusCode.OK);
        await host.SendAsync();
        await host.SendAfterAsync(TimeSpan.FromHours(1));
        host.LaidDown().ShouldHaveSingleItem().TextBody!.ShouldContain("REQUEST Confirmed zoom");
        (await host.RowsAsync(evt)).ShouldBe(["registrationConfirmed attendee done 1", "registrationMoved - superseded 0"]);
    }

    [Fact]
    public async Task A_later_row_of_a_person_waits_for_an_earlier_one_and_others_do_not()
    {
        await using var host = await MailHost.StartAsync();
        var evt = await host.EventAsync();
        var (stuck, other) = (await host.Partner.RegisteredAsync(evt), await host.Partner.RegisteredAsync(evt));
        host.Letters.Before = entry => { if (entry.RegistrationId == (string)stuck["id"]! && entry.Kind == OutboxKind.RegistrationConfirmed) throw new InvalidOperationException("made so by the test"); };
        await host.SendAsync();
        foreach (var one in new[] { stuck, other }) (await host.Partner.PostAsync($"/v1/registrations/{one["id"]}/change-site", """{"siteId":"zoom"}""")).ShouldBe(HttpStatusCode.OK);
        host.Time.Advance(TimeSpan.FromSeconds(20)); // the first pause is at least 24
        (await host.RowsAsync(evt)).ShouldBe(["registrationConfirmed - pending 1", "registrationConfirmed attendee done 1", "registrationMoved - pending 0", "registrationMoved - pending 0"]);
        await host.SendAfterAsync(TimeSpan.FromSeconds(61));
        (await host.RowsAsync(evt)).ShouldBe(["registrationConfirmed - pending 2", "registrationConfirmed attendee done 1", "registrationMoved - pending 0", "registrationMoved attendee done 1"]);
    }

    [Fact]
    public async Task What_failed_for_now_is_not_tried_again_once_a_newer_row_makes_it_untrue()
    {
        await using var host = await MailHost.StartAsync();
        var evt = await host.EventAsync();
        var made = await host.Partner.RegisteredAsync(evt);
        var (portions, claim, taken) = await TakeDueAsync(host);
        (await host.Partner.PostAsync($"/v1/registrations/{made["id"]}/cancel")).ShouldBe(HttpStatusCode.OK); // while it is being sent
        await portions.EndAsync(claim, [new Outcome(taken.ShouldHaveSingleItem(), new Delivery(DeliveryResult.Deferred, "later"))], CancellationToken.None);
        await host.SendAsync();
        (await host.RowsAsync(evt)).ShouldBe(["registrationConfirmed - superseded 0", "registrationCancelled attendee done 1"]);
    }

    [Fact]
    public async Task A_row_that_cannot_be_made_is_given_up_and_holds_nobody_up()
    {
        await using var host = await MailHost.StartAsync();
        var evt = await host.EventAsync();
        var poison = (string)(await host.Partner.RegisteredAsync(evt))["id"]!;
        host.Letters.Before = entry => { if (entry.RegistrationId == poison) throw new InvalidOperationException("secret detail"); };
        for (var i = 0; i < 5; i++) await host.Partner.RegisteredAsync(evt);
        await host.SendAsync();
        host.LaidDown().Count.ShouldBe(5);
        for (var i = 0; i < 10; i++) await host.SendAfterAsync(TimeSpan.FromHours(5));
        (await host.RowsAsync(evt))[0].ShouldStartWith("registrationConfirmed - failed");
        (await host.Organizer.GetAsync($"/v1/events/{evt}/messages?state=failed")).Text.ShouldNotContain("secret detail");
    }

    [Fact]
    public async Task What_was_taken_when_the_server_stops_is_let_go_at_once()
    {
        await using var host = await MailHost.StartAsync();
        var evt = await host.EventAsync();
        for (var i = 0; i < 5; i++) await host.Partner.RegisteredAsync(evt);
        using var stop = new CancellationTokenSource();
        host.Letters.Before = _ => stop.Cancel();
        await Should.ThrowAsync<OperationCanceledException>(() => host.Dispatcher.RunAsync(stop.Token));
        host.LaidDown().ShouldBeEmpty();
        host.Letters.Before = null;
        (await host.SendAsync()).ShouldBe(5); // no claim holds them
        (await host.RowsAsync(evt)).ShouldAllBe(row => row == "registrationConfirmed attendee done 1");
    }

    [Fact]
    public async Task A_change_is_passed_on_to_each_registration_in_portions()
    {
        await using var host = await MailHost.StartAsync(settings: [("Email:MaxPerSecond", "10000")]);
        var evt = await host.EventAsync(e => e["sites"]![0]!["capacity"] = 1000);
        var many = Expansion.Portion * 2 + 10;
        await Task.WhenAll(Enumerable.Range(0, many).Select(_ => host.Partner.RegisteredAsync(evt)));
        await host.SendAsync();
        await MoveAsync(host, evt, 11);
        await host.SendAfterAsync(TimeSpan.FromMinutes(1));
        (await host.CountAsync("SELECT COUNT(*) FROM outbox WHERE event_id = @Id AND kind = 'eventChanged' AND state = 'done' AND recipient = 'attendee'", evt)).ShouldBe(many);
        (await host.CountAsync("SELECT COUNT(*) FROM outbox WHERE event_id = @Id AND state = 'pending'", evt)).ShouldBe(0);
    }

    [Fact]
    public async Task Whoever_has_lost_a_change_to_another_process_passes_it_on_no_further()
    {
        await using var host = await MailHost.StartAsync();
        var evt = await host.EventAsync();
        var many = Expansion.Portion + 10;
        await Task.WhenAll(Enumerable.Range(0, many).Select(_ => host.Partner.RegisteredAsync(evt, "zoom")));
        await MoveAsync(host, evt, 11);
        host.Time.Advance(TimeSpan.FromMinutes(1));
        var (expansion, taken) = (host.Services.GetRequiredService<Expansion>(), Task.CompletedTask);
        host.Database.WorkAdded += TakeOver;
        await expansion.RunAsync(CancellationToken.None);
        await taken;
        (await host.CountAsync(Told, evt)).ShouldBe(Expansion.Portion);
        host.Time.Advance(TimeSpan.FromMinutes(2));
        await expansion.RunAsync(CancellationToken.None);
        (await host.CountAsync(Told, evt)).ShouldBe(many);

        // After the first portion, before the next: works of an event are done in the order they came.
        void TakeOver()
        {
            host.Database.WorkAdded -= TakeOver;
            taken = host.ExecuteAsync(evt, "UPDATE outbox SET leased_by = 'another' WHERE event_id = @Id AND leased_by IS NOT NULL");
        }
    }

    [Fact]
    public async Task A_claim_that_has_run_out_writes_nothing_and_the_next_process_sends()
    {
        await using var host = await MailHost.StartAsync();
        var evt = await host.EventAsync();
        await host.Partner.RegisteredAsync(evt);
        var (portions, slow, taken) = await TakeDueAsync(host);
        taken.Count.ShouldBe(1);
        (await host.SendAsync()).ShouldBe(0); // somebody has it
        (await host.SendAfterAsync(TimeSpan.FromMinutes(6))).ShouldBe(1);
        slow.HasTimeFor(TimeSpan.Zero).ShouldBeFalse();
        await portions.EndAsync(slow, [new Outcome(taken[0], new Delivery(DeliveryResult.Refused, "too late"))], CancellationToken.None);
        (await host.RowsAsync(evt)).ShouldBe(["registrationConfirmed attendee done 2"]); // that somebody lost it counts
    }

    [Fact]
    public async Task What_was_made_too_slowly_for_its_claim_is_let_go_untried()
    {
        await using var host = await MailHost.StartAsync();
        var evt = await host.EventAsync();
        await host.Partner.RegisteredAsync(evt);
        var laidDown = new List<int>();
        host.Letters.Before = _ =>
        {
            laidDown.Add(host.LaidDown().Count);
            if (laidDown.Count == 1) host.Time.Advance(TimeSpan.FromMinutes(3)); // what is left of the claim is what handing over may take
        };
        await host.SendAsync();
        laidDown.ShouldBe([0, 0]);
        (await host.RowsAsync(evt)).ShouldBe(["registrationConfirmed attendee done 1"]);
    }

    [Fact]
    public async Task What_is_told_to_many_has_a_share_of_each_portion_however_much_else_there_is()
    {
        await using var host = await MailHost.StartAsync(settings: ("Email:MaxPerSecond", "10"));
        var evt = await host.EventAsync();
        for (var i = 0; i < 12; i++) await host.Partner.RegisteredAsync(evt, "zoom");
        (await host.ImportInviteesAsync(evt, "fullName,email\nA,a@example.org\nB,b@example.org\nC,c@example.org\n", "?send=true")).ShouldBe(HttpStatusCode.OK);
        var (_, _, taken) = await TakeDueAsync(host);
        (taken.Count, taken.Count(entry => entry.Bulk)).ShouldBe((10, 2));
    }

    [Fact]
    public async Task Two_processes_never_take_the_same_row()
    {
        await using var host = await MailHost.StartAsync();
        var evt = await host.EventAsync();
        for (var i = 0; i < 30; i++) await host.Partner.RegisteredAsync(evt, "zoom");
        var portions = host.Services.GetRequiredService<Portions>();
        var due = await portions.DueAsync(CancellationToken.None);
        var taken = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => portions.TakeAsync(new RowClaim(host.Time, TimeSpan.FromMinutes(5)), [.. due.Select(d => d.Id)], CancellationToken.None)));
        taken.Sum(t => t.Count).ShouldBe(30);
    }

    [Fact]
    public async Task Mails_of_all_processes_keep_to_the_rate()
    {
        await using var host = await MailHost.StartAsync(settings: [("Email:MaxPerSecond", "20"), ("Email:MaxPerRecipientPerHour", "1000")]);
        var evt = await host.EventAsync();
        for (var i = 0; i < 120; i++) await host.Partner.RegisteredAsync(evt, "zoom");
        await host.SendAsync();
        host.LaidDown().Count.ShouldBe(40); // what is due now, and a second ahead
        foreach (var sent in new[] { 60, 80, 100, 120 })
        {
            await host.SendAfterAsync(TimeSpan.FromSeconds(1));
            host.LaidDown().Count.ShouldBe(sent);
        }
    }

    [Fact]
    public async Task One_address_gets_no_more_an_hour_than_it_may()
    {
        await using var host = await MailHost.StartAsync(settings: ("Email:MaxPerRecipientPerHour", "3"));
        var events = new List<string>();
        for (var i = 0; i < 5; i++) events.Add(await host.EventAsync());
        foreach (var evt in events) (await host.Partner.RegisterAsync(evt, Given.Person("Flooded@Example.org"))).ShouldBe(HttpStatusCode.Created);
        await host.Partner.RegisteredAsync(events[4]);
        await host.SendAsync();
        host.LaidDown().Count.ShouldBe(4);
        (await host.RowsAsync(events[3])).ShouldBe(["registrationConfirmed - pending 0"]);
        for (var i = 0; i < 6; i++) await host.SendAfterAsync(TimeSpan.FromMinutes(15));
        host.LaidDown().Count.ShouldBe(6);
    }

    [Fact]
    public async Task That_it_is_off_is_told_at_once_however_many_mails_an_address_has_had()
    {
        await using var host = await MailHost.StartAsync(settings: ("Email:MaxPerRecipientPerHour", "3"));
        var (events, people) = (new List<string>(), new List<JsonNode>());
        for (var i = 0; i < 5; i++)
        {
            events.Add(await host.EventAsync(change: i == 2 ? e => e["rules"] = JsonNode.Parse("""{"requiresApproval":true}""") : null));
            people.Add((await host.Partner.RegisterAsync(events[i], Given.Person("flooded@example.org"))).ShouldBe(HttpStatusCode.Created).Json);
        }

        await host.SendAsync();
        host.LaidDown().Count.ShouldBe(3);
        await CallOffAsync(host, events[0]);
        (await host.Partner.PostAsync($"/v1/registrations/{people[1]["id"]}/cancel")).ShouldBe(HttpStatusCode.OK);
        (await host.Organizer.PostAsync($"/v1/registrations/{people[2]["id"]}/decline")).ShouldBe(HttpStatusCode.OK);
        await host.SendAsync();
        host.LaidDown().Count.ShouldBe(6);
        (await host.RowsAsync(events[3])).ShouldBe(["registrationConfirmed - pending 0"]);
    }

    [Fact]
    public async Task A_running_server_sends_by_itself()
    {
        await using var host = await MailHost.StartAsync(settings: ("Email:Send", "true"));
        var evt = await host.EventAsync();
        await host.Partner.RegisteredAsync(evt);
        for (var i = 0; i < 3000 && host.LaidDown().Count == 0; i++) await Task.Delay(20, TestContext.Current.CancellationToken);
        host.LaidDown().Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_mail_as_a_file_is_whole_private_and_says_that_a_program_wrote_it()
    {
        await using var host = await MailHost.StartAsync(settings: ("Email:ReplyTo", "office@example.org"));
        var evt = await host.EventAsync();
        await host.Partner.RegisteredAsync(evt);
        await host.SendAsync();
        var mail = host.LaidDown().Single();
        mail.From.ToString().ShouldBe("events@events.example.org");
        mail.ReplyTo.ToString().ShouldBe("office@example.org");
        mail.Headers["Auto-Submitted"].ShouldBe("auto-generated");
        mail.Date.ShouldBe(EventsHost.Start);
        mail.MessageId.ShouldEndWith("@events.example.org");
        var folder = Path.Combine(host.Folder, "mail");
        Directory.GetFiles(folder).ShouldAllBe(f => f.EndsWith(".eml"));
        if (!OperatingSystem.IsWindows()) File.GetUnixFileMode(Directory.GetFiles(folder).Single()).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    private static async Task MoveAsync(EventsHost host, string evt, int hour) =>
        (await host.Organizer.PatchAsync($"/v1/events/{evt}", $$"""{"startsAt":"2020-10-16T{{hour:00}}:00","endsAt":"2020-10-16T{{hour + 2:00}}:00"}""", ("If-Match", "*"))).ShouldBe(HttpStatusCode.OK);

    private static async Task CallOffAsync(EventsHost host, string evt) =>
        (await host.Organizer.PostAsync($"/v1/events/{evt}/cancel", """{"reason":{"de":"Sturm"}}""", ("If-Match", "*"))).ShouldBe(HttpStatusCode.OK);

    // As another process would.
    private static async Task<(Portions Portions, RowClaim Claim, List<OutboxEntry> Taken)> TakeDueAsync(EventsHost host)
    {
        var (portions, claim) = (host.Services.GetRequiredService<Portions>(), new RowClaim(host.Time, TimeSpan.FromMinutes(5)));
        return (portions, claim, await portions.TakeAsync(claim, [.. (await portions.DueAsync(CancellationToken.None)).Select(row => row.Id)], CancellationToken.None));
    }

    private static Task<string?> ToldAsync(EventsHost host, JsonNode registration) =>
        host.Database.ReadAsync(session => session.One<string>("SELECT told FROM registrations WHERE id = @Id", new { Id = (string)registration["id"]! }), CancellationToken.None);

    private const string Told = "SELECT COUNT(*) FROM outbox WHERE event_id = @Id AND kind = 'eventChanged' AND registration_id IS NOT NULL";
}
