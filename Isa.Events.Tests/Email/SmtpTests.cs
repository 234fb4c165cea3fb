using System.Globalization;
using Microsoft.Extensions.DependencyInjection;

namespace Isa.Events.Tests.Email;

/// <summary>How mails leave by a mail server, and what happens where it does not do its part.</summary>
public class SmtpTests
{
    [Fact(SkipUnless = nameof(MailServer.IsThere), SkipType = typeof(MailServer), Skip = MailServer.Missing)]
    public async Task Mails_go_out_encrypted_and_logged_in_on_connections_that_are_used_again()
    {
        using var certificate = new TestCertificate("localhost");
        await using var server = await MailServer.StartAsync($"--tls startTls {certificate.Arguments} --user office --password geheim");
        await using var host = await MailHost.StartAsync(server, ("Email:Smtp:Security", "startTls"), ("Email:Smtp:Authority", certificate.Authority), ("Email:Smtp:User", "office"), ("Email:Smtp:Password", "geheim"),
            ("Email:EnvelopeSender", "bounces@example.org"), ("Email:Smtp:Connections", "2"));
        var evt = await host.EventAsync();
        for (var i = 0; i < 20; i++) await host.Partner.RegisteredAsync(evt, "zoom");
        await host.SendAsync();
        (await host.RowsAsync(evt)).ShouldAllBe(row => row == "registrationConfirmed attendee done 1");
        server.Mails.Count.ShouldBe(20);
        server.Mails.ShouldAllBe(m => m.Encrypted && m.User == "office" && m.Sender == "bounces@example.org" && m.To.EndsWith("@example.org"));
        server.Mails.Select(m => m.Connection).Distinct().Count().ShouldBeLessThanOrEqualTo(2);
        server.Mails[0].Message.From.ToString().ShouldBe("\"ISA Büro\" <events@example.org>");
        host.LaidDown().ShouldBeEmpty();
    }

    [Fact(SkipUnless = nameof(MailServer.IsThere), SkipType = typeof(MailServer), Skip = MailServer.Missing)]
    public async Task Mails_go_out_by_tls_from_the_first_byte()
    {
        using var certificate = new TestCertificate("localhost");
        await using var server = await MailServer.StartAsync($"--tls tls {certificate.Arguments}");
        await using var host = await MailHost.StartAsync(server, ("Email:Smtp:Security", "tls"), ("Email:Smtp:Authority", certificate.Authority));
        await host.Partner.RegisteredAsync(await host.EventAsync());
        await host.SendAsync();
        server.Mails.Count.ShouldBe(1);
    }

    [Theory(SkipUnless = nameof(MailServer.IsThere), SkipType = typeof(MailServer), Skip = MailServer.Missing)]
    [InlineData("localhost", false, "untrustedCertificate")] // signed by nobody one knows
    [InlineData("other.example.org", true, "untrustedCertificate")] // somebody else's
    public async Task A_certificate_that_is_not_the_servers_is_refused_and_mails_wait(string name, bool known, string trouble)
    {
        using var certificate = new TestCertificate(name);
        await using var server = await MailServer.StartAsync($"--tls startTls {certificate.Arguments}");
        await using var host = await MailHost.StartAsync(server, known ? [("Email:Smtp:Security", "startTls"), ("Email:Smtp:Authority", certificate.Authority)] : [("Email:Smtp:Security", "startTls")]);
        await WaitsAsync(host, server, trouble);
    }

    [Fact(SkipUnless = nameof(MailServer.IsThere), SkipType = typeof(MailServer), Skip = MailServer.Missing)]
    public async Task A_server_without_encryption_gets_nothing()
    {
        await using var server = await MailServer.StartAsync();
        await using var host = await MailHost.StartAsync(server, ("Email:Smtp:Security", "startTls"));
        await WaitsAsync(host, server, "notEncrypted");
    }

    [Fact(SkipUnless = nameof(MailServer.IsThere), SkipType = typeof(MailServer), Skip = MailServer.Missing)]
    public async Task A_wrong_password_is_one_line_in_the_log_and_mails_wait()
    {
        using var certificate = new TestCertificate("localhost");
        await using var server = await MailServer.StartAsync($"--tls startTls {certificate.Arguments} --user office --password geheim");
        await using var host = await MailHost.StartAsync(server, ("Email:Smtp:Security", "startTls"), ("Email:Smtp:Authority", certificate.Authority), ("Email:Smtp:User", "office"), ("Email:Smtp:Password", "falsch"));
        await WaitsAsync(host, server, "loginRefused");
        host.Log.All.ShouldAllBe(line => !line.Contains("falsch"));
    }

    [Fact(SkipUnless = nameof(MailServer.IsThere), SkipType = typeof(MailServer), Skip = MailServer.Missing)]
    public async Task A_sender_that_is_not_taken_is_nobodys_fault_and_mails_wait()
    {
        await using var server = await MailServer.StartAsync();
        await server.TellAsync("""{"mail":"550 5.7.1 not you"}""");
        await using var host = await MailHost.StartAsync(server);
        var evt = await host.EventAsync();
        await host.Partner.RegisteredAsync(evt);
        await host.SendAsync();
        (await host.RowsAsync(evt)).ShouldAllBe(row => row.Contains("pending"));
        (await MailPartAsync(host)).ShouldBe("failed senderRefused");
        // However often it is tried, nobody's mail counts as tried, and the log says it once.
        foreach (var n in Enumerable.Range(0, 3)) await host.Partner.RegisteredAsync(evt);
        foreach (var n in Enumerable.Range(0, 12)) await host.SendAfterAsync(TimeSpan.FromMinutes(1));
        (await host.Database.ReadAsync(session => session.One<long>("SELECT MAX(attempts) FROM outbox"), CancellationToken.None)).ShouldBe(0);
        host.Log.All.Count(l => l.Contains("No mail can be sent", StringComparison.Ordinal)).ShouldBe(1);
        await server.TellAsync("""{"mail":null}""");
        await host.SendAfterAsync(TimeSpan.FromMinutes(5));
        server.Mails.Count.ShouldBe(4);
        (await MailPartAsync(host)).ShouldBe("ok ");
    }

    [Fact(SkipUnless = nameof(MailServer.IsThere), SkipType = typeof(MailServer), Skip = MailServer.Missing)]
    public async Task After_a_server_took_nothing_one_mail_finds_out_whether_it_does_now()
    {
        await using var server = await MailServer.StartAsync();
        await server.TellAsync("""{"mail":"550 5.7.1 not you"}""");
        await using var host = await MailHost.StartAsync(server);
        var evt = await host.EventAsync();
        for (var i = 0; i < 4; i++) await host.Partner.RegisteredAsync(evt);
        (await host.SendAsync()).ShouldBe(4);
        (await host.SendAfterAsync(TimeSpan.FromMinutes(1))).ShouldBe(1);
        await server.TellAsync("""{"mail":null}""");
        (await host.SendAfterAsync(TimeSpan.FromMinutes(1))).ShouldBe(4);
        server.Mails.Count.ShouldBe(4);
    }

    [Fact(SkipUnless = nameof(MailServer.IsThere), SkipType = typeof(MailServer), Skip = MailServer.Missing)]
    public async Task An_address_that_is_refused_fails_at_once_and_holds_nobody_up()
    {
        await using var server = await MailServer.StartAsync();
        await server.TellAsync("""{"rcpt":{"nobody@example.org":"550 5.1.1 <nobody@example.org>: no such mailbox"}}""");
        await using var host = await MailHost.StartAsync(server);
        var evt = await host.EventAsync();
        (await host.Partner.RegisterAsync(evt, Given.Person("nobody@example.org"))).ShouldBe(HttpStatusCode.Created);
        for (var i = 0; i < 9; i++) await host.Partner.RegisteredAsync(evt, "zoom");
        await host.SendAsync();
        server.Mails.Count.ShouldBe(9);
        (await host.RowsAsync(evt))[0].ShouldBe("registrationConfirmed attendee failed 1");
        var message = (await host.Organizer.GetAsync($"/v1/events/{evt}/messages?state=failed")).ShouldBe(HttpStatusCode.OK).Json["items"]!.AsArray().Single()!;
        ((string)message["lastError"]!).ShouldBe("550 5.1.1 …: no such mailbox");
        ((string)message["address"]!).ShouldBe("nobody@example.org");
    }

    [Theory(SkipUnless = nameof(MailServer.IsThere), SkipType = typeof(MailServer), Skip = MailServer.Missing)]
    [InlineData("554 5.7.1 <x@example.org>: Relay access denied", 0)]
    [InlineData("550 relay not permitted", 0)]
    [InlineData("550 5.7.1 Unauthenticated email is not accepted", 2)]
    public async Task A_server_that_passes_on_nothing_is_nobodys_fault_and_mails_wait(string refusal, int failed)
    {
        await using var server = await MailServer.StartAsync();
        await server.TellAsync($$$"""{"rcpt":{"*":"{{{refusal}}}"}}""");
        await using var host = await MailHost.StartAsync(server, ("Email:Smtp:Connections", "1"));
        var evt = await host.EventAsync();
        for (var i = 0; i < 5; i++) await host.Partner.RegisteredAsync(evt, "zoom");
        await host.SendAsync();
        for (var i = 0; i < 5; i++) await host.SendAfterAsync(TimeSpan.FromMinutes(1));
        (await host.RowsAsync(evt)).Count(row => row.Contains("failed")).ShouldBe(failed);
        (await MailPartAsync(host)).ShouldBe("failed relayRefused");
        host.Log.All.Count(l => l.Contains("No mail can be sent", StringComparison.Ordinal)).ShouldBe(1);
        (await host.Database.ReadAsync(session => session.One<long>("SELECT COUNT(*) FROM registrations WHERE mail_state IS NOT NULL"), CancellationToken.None)).ShouldBe(0);
        await server.TellAsync("""{"rcpt":{}}""");
        for (var i = 0; i < 4; i++) await host.SendAfterAsync(TimeSpan.FromMinutes(20));
        server.Mails.Count.ShouldBe(5 - failed);
        (await MailPartAsync(host)).ShouldBe("ok ");
    }

    [Fact(SkipUnless = nameof(MailServer.IsThere), SkipType = typeof(MailServer), Skip = MailServer.Missing)]
    public async Task One_who_is_refused_by_a_rule_has_no_mail_and_no_wrong_address()
    {
        await using var server = await MailServer.StartAsync();
        await server.TellAsync("""{"rcpt":{"strict@example.org":"550 5.7.133 sender not authenticated for group"}}""");
        await using var host = await MailHost.StartAsync(server);
        var evt = await host.EventAsync();
        var made = (await host.Partner.RegisterAsync(evt, Given.Person("strict@example.org"))).ShouldBe(HttpStatusCode.Created).Json;
        for (var i = 0; i < 4; i++) await host.Partner.RegisteredAsync(evt, "zoom");
        await host.SendAsync();
        server.Mails.Count.ShouldBe(4);
        (await host.RowsAsync(evt))[0].ShouldBe("registrationConfirmed attendee failed 1");
        (await host.Partner.NowAsync(made))["mailState"].ShouldBeNull();
        (await MailPartAsync(host)).ShouldBe("ok ");
    }

    [Fact(SkipUnless = nameof(MailServer.IsThere), SkipType = typeof(MailServer), Skip = MailServer.Missing)]
    public async Task What_is_greylisted_is_tried_again_and_arrives_once()
    {
        await using var server = await MailServer.StartAsync();
        await server.TellAsync("""{"data":["451 4.7.1 greylisted","451 4.7.1 greylisted"]}""");
        await using var host = await MailHost.StartAsync(server);
        var evt = await host.EventAsync();
        await host.Partner.RegisteredAsync(evt);
        await host.SendAsync();
        (await host.SendAfterAsync(TimeSpan.FromSeconds(20))).ShouldBe(0);
        await host.SendAfterAsync(TimeSpan.FromSeconds(20));
        await host.SendAfterAsync(TimeSpan.FromMinutes(2));
        server.Mails.Count.ShouldBe(1);
        server.Refused.Count.ShouldBe(2);
        (await host.RowsAsync(evt)).ShouldBe(["registrationConfirmed attendee done 3"]);
    }

    [Fact(SkipUnless = nameof(MailServer.IsThere), SkipType = typeof(MailServer), Skip = MailServer.Missing)]
    public async Task After_four_days_of_refusals_a_mail_has_failed()
    {
        await using var server = await MailServer.StartAsync();
        await server.TellAsync("""{"rcpt":{"full@example.org":"452 4.2.2 mailbox full"}}""");
        await using var host = await MailHost.StartAsync(server);
        var evt = await host.EventAsync();
        (await host.Partner.RegisterAsync(evt, Given.Person("full@example.org"))).ShouldBe(HttpStatusCode.Created);
        await host.SendAsync();
        for (var i = 0; i < 95; i++) await host.SendAfterAsync(TimeSpan.FromHours(1));
        (await host.RowsAsync(evt)).Single().ShouldContain("pending");
        for (var i = 0; i < 6; i++) await host.SendAfterAsync(TimeSpan.FromHours(1));
        (await host.RowsAsync(evt)).Single().ShouldContain("failed");
    }

    [Fact(SkipUnless = nameof(MailServer.IsThere), SkipType = typeof(MailServer), Skip = MailServer.Missing)]
    public async Task A_lost_answer_costs_one_duplicate_that_is_known_by_its_id_and_news_has_another()
    {
        await using var server = await MailServer.StartAsync();
        await using var host = await MailHost.StartAsync(server);
        var evt = await host.EventAsync();
        await host.Partner.RegisteredAsync(evt);
        await server.TellAsync("""{"data":["drop"]}""");
        await host.SendAsync();
        host.Letters.Text = "";
        await host.SendAfterAsync(TimeSpan.FromMinutes(1));
        server.Mails.Count.ShouldBe(2);
        server.Mails[1].Id.ShouldBe(server.Mails[0].Id);
        (await host.SendAfterAsync(TimeSpan.FromDays(1))).ShouldBe(0);

        await host.Partner.RegisteredAsync(evt);
        await server.TellAsync("""{"data":["drop"]}""");
        await host.SendAsync();
        host.Letters.Text = "something else by now";
        await host.SendAfterAsync(TimeSpan.FromMinutes(1));
        server.Mails.Count.ShouldBe(4);
        server.Mails[3].Id.ShouldNotBe(server.Mails[2].Id);
    }

    [Fact(SkipUnless = nameof(MailServer.IsThere), SkipType = typeof(MailServer), Skip = MailServer.Missing)]
    public async Task While_the_server_is_away_for_an_hour_mails_wait_untried_and_then_say_what_holds()
    {
        await using var first = await MailServer.StartAsync();
        await using var host = await MailHost.StartAsync(first);
        var evt = await host.EventAsync();
        await first.DisposeAsync();
        var leaves = await host.Partner.RegisteredAsync(evt);
        await host.Partner.RegisteredAsync(evt);
        for (var i = 0; i < 30; i++) await host.SendAfterAsync(TimeSpan.FromMinutes(1));
        (await host.RowsAsync(evt)).ShouldBe(["registrationConfirmed - pending 0", "registrationConfirmed - pending 0"]);
        (await host.Partner.PostAsync($"/v1/registrations/{leaves["id"]}/cancel")).ShouldBe(HttpStatusCode.OK);
        for (var i = 0; i < 30; i++) await host.SendAfterAsync(TimeSpan.FromMinutes(1));
        host.Log.All.Count(l => l.Contains("No mail can be sent")).ShouldBe(1);

        await using var second = await MailServer.StartAsync($"--port {first.Port.ToString(CultureInfo.InvariantCulture)}");
        await host.SendAfterAsync(TimeSpan.FromMinutes(5));
        await second.FlushAsync();
        second.Mails.Count.ShouldBe(2);
        second.Mails.Select(m => m.Message.TextBody!).ShouldContain(text => text.StartsWith("no object Cancelled"));
    }

    [Fact(SkipUnless = nameof(MailServer.IsThere), SkipType = typeof(MailServer), Skip = MailServer.Missing)]
    public async Task A_server_that_falls_silent_is_left_alone_for_a_while()
    {
        await using var server = await MailServer.StartAsync();
        await server.TellAsync("""{"data":["hang"]}""");
        await using var host = await MailHost.StartAsync(server, ("Email:Smtp:TimeoutSeconds", "5"), ("Email:Smtp:Connections", "1"));
        var evt = await host.EventAsync();
        for (var i = 0; i < 3; i++) await host.Partner.RegisteredAsync(evt);
        await host.SendAsync();
        server.Mails.ShouldBeEmpty();
        await host.SendAfterAsync(TimeSpan.FromMinutes(1));
        server.Mails.Count.ShouldBe(3);
    }

    [Fact(SkipUnless = nameof(MailServer.IsThere), SkipType = typeof(MailServer), Skip = MailServer.Missing)]
    public async Task While_mails_are_on_their_way_the_next_are_made_ready_on_no_more_connections()
    {
        await using var server = await MailServer.StartAsync();
        await server.TellAsync("""{"closed":true}""");
        await using var host = await MailHost.StartAsync(server, ("Email:Send", "true"), ("Email:Smtp:Connections", "1"), ("Email:Smtp:TimeoutSeconds", "30"));
        var evt = await host.EventAsync();
        for (var i = 0; i < 60; i++) await host.Partner.RegisteredAsync(evt, "zoom"); // a portion, and some
        var (made, allMade) = (0, new TaskCompletionSource());
        host.Letters.Before = _ =>
        {
            if (Interlocked.Increment(ref made) == 60) allMade.SetResult();
        };
        await server.TellAsync("""{"closed":false,"data":["hang"]}""");
        while (!allMade.Task.IsCompleted)
        {
            host.Time.Advance(TimeSpan.FromSeconds(5)); // past the pause that begins with each failure to connect
            await Task.WhenAny(allMade.Task, Task.Delay(200, TestContext.Current.CancellationToken));
        }

        await server.FlushAsync();
        server.Mails.ShouldBeEmpty(); // the first of the portion before has no answer yet
        server.Open.ShouldBe(1);
    }

    [Fact(SkipUnless = nameof(TestPostgres.IsThere), SkipType = typeof(TestPostgres), Skip = TestPostgres.Missing)]
    public async Task Two_processes_send_together_and_each_mail_once()
    {
        Assert.SkipUnless(MailServer.IsThere, MailServer.Missing);
        await using var server = await MailServer.StartAsync();
        await using var one = await MailHost.StartAsync(server, null, DatabaseKind.Postgres); // SQLite has one
        await using var two = await MailHost.StartAsync(server, one);
        var evt = await one.EventAsync();
        for (var i = 0; i < 150; i++) await one.Partner.RegisteredAsync(evt, "zoom");
        await Task.WhenAll(one.SendAsync(), two.SendAsync());
        await Task.WhenAll(one.SendAsync(), two.SendAsync());
        server.Mails.Select(m => m.Id).Distinct().Count().ShouldBe(150);
        server.Mails.Count.ShouldBe(150);
    }

    [Fact(SkipUnless = nameof(MailServer.IsThere), SkipType = typeof(MailServer), Skip = MailServer.Missing)]
    public async Task What_is_larger_than_the_server_takes_fails_unsent()
    {
        await using var server = await MailServer.StartAsync("--size 5000");
        await using var host = await MailHost.StartAsync(server);
        host.Letters.Text = new string('x', 6000);
        var evt = await host.EventAsync();
        await host.Partner.RegisteredAsync(evt);
        await host.SendAsync();
        (await host.RowsAsync(evt)).ShouldBe(["registrationConfirmed attendee failed 1"]);
        server.Mails.ShouldBeEmpty();
    }

    [Theory(SkipUnless = nameof(MailServer.IsThere), SkipType = typeof(MailServer), Skip = MailServer.Missing)]
    [InlineData("", "gast@xn--bcher-kva.example, jürgen@example.org", "")]
    [InlineData("--ascii", "gast@xn--bcher-kva.example", "The mail server takes no addresses with letters outside ASCII.")]
    public async Task Letters_outside_ASCII_before_the_at_leave_where_the_server_takes_them(string options, string arrive, string error)
    {
        await using var server = await MailServer.StartAsync(options);
        await using var host = await Mail.HostAsync(start: false);
        foreach (var (name, value) in server.Settings) host.Settings[name] = value;
        await host.InitializeAsync();
        var evt = await host.EventAsync(e => e["organizer"]!["email"] = "büro@example.org"); // concerns nobody's mail
        foreach (var address in new[] { "gast@bücher.example", "jürgen@example.org" }) await host.Partner.RegisterAsync(evt, Given.Person(address));
        await host.Services.GetRequiredService<Isa.Events.Api.Outbox.Dispatcher>().RunAsync(CancellationToken.None);
        await server.FlushAsync();
        string.Join(", ", server.Mails.Select(m => m.To).Order(StringComparer.Ordinal)).ShouldBe(arrive);
        (await host.Database.ReadAsync(session => session.Query<string>("SELECT last_error FROM outbox WHERE state = 'failed'"), CancellationToken.None)).ShouldBe(error.Length == 0 ? [] : [error]);
    }

    [Fact(SkipUnless = nameof(MailServer.IsThere), SkipType = typeof(MailServer), Skip = MailServer.Missing)]
    public async Task Mails_of_tests_reach_nobody()
    {
        await using var server = await MailServer.StartAsync();
        await using var host = await MailHost.StartAsync(server);
        var test = host.Caller(await host.KeyAsync(Isa.Events.Api.Features.Partners.Role.Partner, "Trying out", isTest: true));
        await test.RegisteredAsync(await host.EventAsync());
        await host.Partner.RegisteredAsync(await host.EventAsync(evt => evt["isTest"] = true));
        await host.SendAsync();
        server.Mails.ShouldBeEmpty();
        host.LaidDown().Count.ShouldBe(2);
    }

    [Fact(SkipUnless = nameof(MailServer.IsThere), SkipType = typeof(MailServer), Skip = MailServer.Missing)]
    public async Task No_text_of_a_person_adds_a_header()
    {
        const string evil = "Weiß, \"J\" <a@b.example>; =?utf-8?Q?x=0D=0ABcc=3A_evil@example.org?=";
        var shown = evil.Replace("=?", "= ?"); // else mail programs decode it (RFC 2047)
        await using var server = await MailServer.StartAsync();
        await using var host = new EventsHost { Settings = new(server.Settings) { ["Email:FromName"] = "ISA, \"Büro\" 办公室", ["Email:ChangeWindowSeconds"] = "0" } };
        await host.InitializeAsync();
        var usual = await MailsAsync("Erika Beispiel", await host.EventAsync());
        var evt = await host.EventAsync(e => (e["title"], e["organizer"]!["name"]) = (new JsonObject { ["de"] = evil }, evil));
        var written = await MailsAsync(evil, evt);
        // What nobody can send in, stored all the same.
        await host.ExecuteAsync(evt, "UPDATE events SET title = REPLACE(title, 'Weiß', 'Weiß\\nX-Evil: 1\\n'), organizer_name = REPLACE(organizer_name, 'Weiß', 'Weiß\nX-Evil: 1\n'), version = version + 1 WHERE id = @Id");
        var stored = await MailsAsync(evil, evt, "UPDATE registrations SET full_name = REPLACE(full_name, 'Weiß', 'Weiß\nX-Evil: 1\n') WHERE event_id = @Id");

        written[0].Message.To.Mailboxes.Single().Name.ShouldBe(shown);
        written[0].Message.Subject!.ShouldContain(shown);
        stored[0].Message.To.Mailboxes.Single().Name.ShouldStartWith("Weiß X-Evil: 1");
        stored[0].Message.Subject!.ShouldContain("X-Evil: 1");
        foreach (var mails in new[] { written, stored })
        {
            mails.Count.ShouldBe(usual.Count);
            for (var i = 0; i < mails.Count; i++)
            {
                mails[i].Message.Headers.Select(h => h.Field).ShouldBe(usual[i].Message.Headers.Select(h => h.Field));
                mails[i].Message.To.Mailboxes.Single().Address.ShouldBe(mails[i].To);
                mails[i].Message.ReplyTo.Mailboxes.Single().Address.ShouldBe("isa@example.org");
                mails[i].Message.From.Mailboxes.Single().Name.ShouldBe("ISA, \"Büro\" 办公室");
                mails[i].Message.Headers["Auto-Submitted"].ShouldBe("auto-generated");
                mails[i].Message.Headers["X-Auto-Response-Suppress"].ShouldBe("OOF, AutoReply");
            }
        }

        // Of a confirmation and of a cancellation.
        async Task<List<TakenMail>> MailsAsync(string name, string eventId, string? sql = null)
        {
            var before = server.Mails.Count;
            var made = (await host.Partner.RegisterAsync(eventId, Given.Person(siteId: "zoom", change: p => p["fullName"] = name))).ShouldBe(HttpStatusCode.Created).Json;
            if (sql is not null) await host.ExecuteAsync(eventId, sql);
            await host.Services.GetRequiredService<Isa.Events.Api.Outbox.Dispatcher>().RunAsync(CancellationToken.None);
            (await host.Partner.PostAsync($"/v1/registrations/{made["id"]}/cancel")).ShouldBe(HttpStatusCode.OK);
            await host.Services.GetRequiredService<Isa.Events.Api.Outbox.Dispatcher>().RunAsync(CancellationToken.None);
            await server.FlushAsync();
            return [.. server.Mails.Skip(before)];
        }
    }

    // Registrations go on, mails wait untried, the log says it once, and so does the readiness.
    private static async Task WaitsAsync(MailHost host, MailServer server, string trouble)
    {
        var evt = await host.EventAsync();
        for (var i = 0; i < 3; i++)
        {
            await host.Partner.RegisteredAsync(evt);
            await host.SendAfterAsync(TimeSpan.FromMinutes(6));
        }

        server.Mails.ShouldBeEmpty();
        (await host.RowsAsync(evt)).ShouldAllBe(row => row == "registrationConfirmed - pending 0");
        host.Log.All.Count(l => l.Contains("No mail can be sent")).ShouldBe(1);
        (await MailPartAsync(host)).ShouldBe($"failed {trouble}");
    }

    private static async Task<string> MailPartAsync(EventsHost host)
    {
        var part = (await host.Anybody.GetAsync("/health/ready")).ShouldBe(HttpStatusCode.OK).Json["parts"]!.AsArray().Single(p => (string?)p!["name"] == "mail")!;
        return $"{part["status"]} {part["detail"]}";
    }
}
