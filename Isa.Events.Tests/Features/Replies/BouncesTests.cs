using Isa.Events.Api.Features.Server;
using Microsoft.Extensions.DependencyInjection;
using MimeKit;

namespace Isa.Events.Tests.Features.Replies;

/// <summary>What comes back that is no answer of a calendar.</summary>
public sealed class BouncesTests : IAsyncLifetime
{
    private Replying _replying = null!;

    private EventsHost Host => _replying.Host;

    public async ValueTask InitializeAsync() => _replying = await Replying.StartAsync(("Email:ReplyTo", "office@example.org"));

    public ValueTask DisposeAsync() => _replying.DisposeAsync();

    public static TheoryData<string, string, string?> Reports => new()
    {
        { "report", "bounce", "5.1.1" }, { "exchange", "bounce", "5.1.10" }, { "delayed", "bounce notFinal", null }, { "mailbox full for now", "bounce notFinal", null }, { "qmail", "bounce", "5.1.1" },
        { "qmail without a code", "bounce", "5.0.0" }, { "exim", "bounce", "5.0.0" }, { "HTML alone", "bounce", "5.0.0" }, { "delivered", "bounce notFinal", null },
    };

    [Theory, MemberData(nameof(Reports))]
    public async Task A_report_that_a_mail_did_not_arrive_is_noted_where_it_is_final(string kind, string outcome, string? code)
    {
        var evt = await Host.EventAsync();
        var person = await _replying.InvitedAsync(evt);
        (await _replying.OutcomeAsync(Report(kind, person))).ShouldBe(outcome);
        var now = await Host.Partner.NowAsync(person.Registration);
        ((string?)now["mailState"], (string?)now["mailBounceCode"], now["mailBouncedAt"] is null).ShouldBe((code is null ? null : "bounced", code, code is null));
        foreach (var api in new[] { Host.Organizer, Host.Partner })
            (await api.GetAsync($"/v1/events/{evt}/registrations?mailState=bounced")).ShouldBe(HttpStatusCode.OK).Json["items"]!.AsArray().Count.ShouldBe(code is null ? 0 : 1);
        (await Host.SendAsync()).ShouldBeEmpty(); // nobody answers a report
        if (code is null) return;
        (await Host.Organizer.GetAsync($"/v1/events/{evt}/attendees.json?columns=mailState")).Json["items"]![0]!["mailState"]!.GetValue<string>().ShouldBe("bounced");
        (await Host.Partner.PatchAsync($"/v1/registrations/{person.Id}", """{"email":"right@example.org"}""")).ShouldBe(HttpStatusCode.OK).Json["mailState"].ShouldBeNull();
        // One more report about the address of before.
        (await _replying.OutcomeAsync(Report(kind, person))).ShouldBe("bounce notFinal");
    }

    [Theory]
    [InlineData("Auto-Submitted: auto-replied")]
    [InlineData("X-Auto-Response-Suppress: All")]
    [InlineData("Precedence: auto_reply")]
    [InlineData("Return-Path: <>")]
    [InlineData("Content-Type: multipart/report; report-type=disposition-notification; boundary=b")]
    [InlineData("X-Any: thing", "Automatische Antwort: Ihre Anmeldung")]
    public async Task Absence_notes_are_not_passed_on(string header, string subject = "Re: Jahresversammlung")
    {
        var evt = await Host.EventAsync();
        var person = await _replying.InvitedAsync(evt);
        (await _replying.OutcomeAsync(Replying.Written(person.Address, person.Email, subject, $"{header}\n\nIch bin bis Montag nicht da."))).ShouldBe("autoReply");
        (await Host.SendAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task Of_whoever_writes_from_the_address_of_the_registration_no_other_sender_is_named()
    {
        var person = await _replying.InvitedAsync(await Host.EventAsync());
        (await _replying.OutcomeAsync(Replying.Written(person.Address, person.Email.ToUpperInvariant(), "Frage", "Content-Type: text/plain\n\nBis wann?"))).ShouldBe("forwarded");
        (await LaidDownAsync()).ShouldHaveSingleItem().TextBody!.ShouldNotContain("Absender");
    }

    [Fact]
    public async Task What_somebody_writes_goes_to_the_organiser_with_the_original()
    {
        var evt = await Host.EventAsync();
        var person = await _replying.InvitedAsync(evt);
        var written = Replying.Written(person.Address, "Sekretariat <secretary@example.net>", "Re: Ihre Anmeldung", "Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\nKönnen wir zu zweit kommen?");
        (await _replying.OutcomeAsync(written)).ShouldBe("forwarded");
        (await _replying.OutcomeAsync(written)).ShouldBe("forwarded"); // the same again
        var mail = (await LaidDownAsync()).ShouldHaveSingleItem();
        var office = (string)(await Host.Organizer.GetAsync($"/v1/events/{evt}")).Json["organizer"]!["email"]!;
        mail.To.Mailboxes.Single().Address.ShouldBe(office);
        mail.ReplyTo.Mailboxes.Single().Address.ShouldBe(person.Email);
        mail.Subject!.ShouldContain((string)person.Registration["reference"]!);
        mail.Headers[HeaderId.AutoSubmitted].ShouldBe("auto-forwarded");
        mail.Headers["X-Auto-Response-Suppress"].ShouldBe("OOF, AutoReply");
        mail.TextBody!.ShouldContain((string)person.Registration["fullName"]!);
        mail.TextBody!.ShouldNotContain("http");
        mail.TextBody!.ShouldContain("\n\nAbsender: secretary@example.net – nicht die Adresse der Anmeldung.\n\n");
        mail.Attachments.OfType<MessagePart>().ShouldHaveSingleItem().Message!.TextBody!.ShouldContain("Können wir zu zweit kommen?");

        var listed = (await Host.Organizer.GetAsync($"/v1/events/{evt}/replies?outcome=forwarded")).ShouldBe(HttpStatusCode.OK).Json["items"]!.AsArray().ShouldHaveSingleItem()!;
        ((string?)listed["registrationId"], (string?)listed["subject"]).ShouldBe((person.Id, "Re: Ihre Anmeldung"));
        var original = (await Host.Organizer.GetAsync($"/v1/replies/{listed["id"]}.eml")).ShouldBe(HttpStatusCode.OK);
        original.Text.ShouldContain("Können wir zu zweit kommen?");
        (await Host.Organizer.GetAsync("/v1/replies/rcv_none.eml")).ShouldBe(HttpStatusCode.NotFound, "message-not-found");

        // The forwarded one, should it come back, and one that goes in circles.
        mail.To.Clear();
        mail.To.Add(new MailboxAddress("", person.Address));
        (await _replying.OutcomeAsync(mail.ToString())).ShouldBe("ignored loop");
        (await _replying.OutcomeAsync(string.Concat(Enumerable.Repeat("Received: from a by b; Mon, 21 Sep 2020 08:06:00 +0000\n", 40)) + Replying.Written(person.Address, "a@example.net", "x", "\nx"))).ShouldBe("ignored loop");
        (await LaidDownAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task Words_beside_an_answer_and_another_proposed_time_go_to_the_organiser()
    {
        var evt = await Host.EventAsync();
        var person = await _replying.InvitedAsync(evt);
        (await _replying.OutcomeAsync(person.Reply("ACCEPTED"))).ShouldBe("applied");
        (await LaidDownAsync()).ShouldBeEmpty();
        (await _replying.OutcomeAsync(person.Reply("TENTATIVE", "Ich brauche eine Rampe"))).ShouldBe("applied");
        (await _replying.OutcomeAsync(person.Reply("TENTATIVE", method: "COUNTER"))).ShouldBe("forwarded");
        var mails = await LaidDownAsync();
        mails.Count.ShouldBe(2);
        mails.Count(mail => mail.TextBody!.Contains("Antwort im Kalender: mit Vorbehalt", StringComparison.Ordinal)).ShouldBe(1); // which the words beside it do not always say
    }

    [Fact]
    public async Task A_large_mail_in_HTML_alone_is_passed_on_as_its_words()
    {
        var person = await _replying.InvitedAsync(await Host.EventAsync());
        (await _replying.OutcomeAsync(Replying.Written(person.Address, person.Email, "Foto", $"Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/html\n\n<style>p {{ color: red }}</style><p>Siehe <b>Anlage</b></p><p>Gr&uuml;&szlig;e</p>\n--b\nContent-Type: image/jpeg\nContent-Transfer-Encoding: base64\n\n{Convert.ToBase64String(new byte[3_000_000], Base64FormattingOptions.InsertLineBreaks)}\n--b--\n"))).ShouldBe("forwarded");
        (await LaidDownAsync()).ShouldHaveSingleItem().Attachments.OfType<MessagePart>().Single().Message!.TextBody!.ReplaceLineEndings("\n").Trim().ShouldBe("Siehe Anlage\nGrüße");
    }

    [Fact]
    public async Task No_more_than_a_few_are_passed_on_within_an_hour()
    {
        var evt = await Host.EventAsync();
        var person = await _replying.InvitedAsync(evt);
        for (var i = 0; i < 5; i++) (await WriteAsync()).ShouldBe("forwarded");
        (await WriteAsync()).ShouldBe("parked tooMany");
        Host.Time.Advance(TimeSpan.FromHours(1));
        (await WriteAsync()).ShouldBe("forwarded");

        Task<string> WriteAsync() => _replying.OutcomeAsync(Replying.Written(person.Address, person.Email, "Frage", $"\n{Guid.NewGuid()}"));
    }

    [Fact]
    public async Task A_large_mail_is_passed_on_as_its_text_and_kept_for_a_month()
    {
        var evt = await Host.EventAsync();
        var person = await _replying.InvitedAsync(evt);
        var large = Replying.Written(person.Address, person.Email, "Foto", $"Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/plain\n\nSiehe Anlage\n--b\nContent-Type: image/jpeg\nContent-Transfer-Encoding: base64\n\n{Convert.ToBase64String(new byte[3_000_000], Base64FormattingOptions.InsertLineBreaks)}\n--b--\n");
        (await _replying.OutcomeAsync(large)).ShouldBe("forwarded");
        var original = (await LaidDownAsync()).ShouldHaveSingleItem().Attachments.OfType<MessagePart>().Single().Message!;
        original.TextBody!.Trim().ShouldBe("Siehe Anlage");
        original.Attachments.ShouldBeEmpty();
        var id = (string)(await ListAsync())[0]!["id"]!;

        var housekeeping = Host.Services.GetServices<Microsoft.Extensions.Hosting.IHostedService>().OfType<Housekeeping>().Single();
        Host.Time.Advance(TimeSpan.FromDays(31));
        await housekeeping.RunAsync(CancellationToken.None);
        (await Host.Organizer.GetAsync($"/v1/replies/{id}.eml")).ShouldBe(HttpStatusCode.NotFound);
        ((bool)(await ListAsync())[0]!["hasOriginal"]!).ShouldBeFalse();
        Host.Time.Advance(TimeSpan.FromDays(60));
        await housekeeping.RunAsync(CancellationToken.None);
        (await ListAsync()).ShouldBeEmpty();

        async Task<JsonArray> ListAsync() => (await Host.Organizer.GetAsync($"/v1/events/{evt}/replies")).ShouldBe(HttpStatusCode.OK).Json["items"]!.AsArray();
    }

    [Fact]
    public async Task Originals_of_parked_mails_take_so_much_room_and_no_more_and_strays_never_all_of_it()
    {
        var person = await _replying.InvitedAsync(await Host.EventAsync());
        (await StrayAsync()).ShouldBe((true, "parked noToken"));
        await FillAsync(25); // a half
        (await StrayAsync()).ShouldBe((false, "parked noToken"));
        (await AddressedAsync()).ShouldBe((true, "parked otherRegistration"));
        await FillAsync(25);
        (await AddressedAsync()).ShouldBe((false, "parked otherRegistration"));
        (await _replying.OutcomeAsync(person.Reply("ACCEPTED", "Bis dann"))).ShouldBe("applied");
        (await LaidDownAsync()).ShouldHaveSingleItem(); // what is passed on is

        Host.Time.Advance(TimeSpan.FromDays(31));
        await Host.Services.GetServices<Microsoft.Extensions.Hosting.IHostedService>().OfType<Housekeeping>().Single().RunAsync(CancellationToken.None);
        (await StrayAsync()).ShouldBe((true, "parked noToken"));

        Task<(bool, string)> StrayAsync() => TakenAsync($"Subject: {Guid.NewGuid()}\n\nx");
        Task<(bool, string)> AddressedAsync() => TakenAsync(person.Reply("ACCEPTED", uid: "foreign"));
        async Task<(bool, string)> TakenAsync(string raw)
        {
            var received = (await _replying.TakeAsync(raw)).ShouldBe(HttpStatusCode.OK).Json;
            (await Host.Organizer.GetAsync($"/v1/replies/{received["id"]}.eml")).Status.ShouldBe((bool)received["hasOriginal"]! ? HttpStatusCode.OK : HttpStatusCode.NotFound);
            return ((bool)received["hasOriginal"]!, Replying.Outcome(received));
        }

        Task FillAsync(int mails) => Host.Database.WriteAsync("fill", session =>
        {
            for (var i = 0; i < mails; i++)
                session.Execute("""
                    INSERT INTO received_mails (id, fingerprint, outcome, reason, size, original, received_at) VALUES (@Id, @Id, 'parked', 'noToken', 25000000, @Original, @Now)
                    """, new { Id = $"rcv_{Guid.NewGuid():N}", Original = new byte[1], session.Now });
            return true;
        }, CancellationToken.None);
    }

    [Fact]
    public async Task Organisers_see_what_came_for_their_events_and_those_of_all_events_the_rest()
    {
        var (evt, other) = (await Host.EventAsync(), await Host.EventAsync());
        var person = await _replying.InvitedAsync(evt);
        (await _replying.OutcomeAsync(person.Reply("ACCEPTED", uid: "foreign"))).ShouldBe("parked otherRegistration");
        (await _replying.OutcomeAsync("Subject: Angebot\n\nKaufen Sie")).ShouldBe("parked noToken");
        var id = (string)(await Host.Organizer.GetAsync($"/v1/events/{evt}/replies")).Json["items"]!.AsArray().ShouldHaveSingleItem()!["id"]!;
        (await Host.Organizer.GetAsync("/v1/replies")).ShouldBe(HttpStatusCode.OK).Json["items"]!.AsArray().Select(i => (string?)i!["subject"]).ShouldBe(["Angebot"]);
        var limited = Host.Caller(await Host.KeyAsync(Isa.Events.Api.Features.Partners.Role.Organizer, "One event", events: [other]));
        (await limited.GetAsync("/v1/replies")).ShouldBe(HttpStatusCode.Forbidden, "not-allowed");
        (await limited.GetAsync($"/v1/events/{evt}/replies")).ShouldBe(HttpStatusCode.NotFound, "event-not-found");
        (await limited.GetAsync($"/v1/replies/{id}.eml")).ShouldBe(HttpStatusCode.NotFound, "message-not-found");
        (await Host.Partner.GetAsync("/v1/replies")).ShouldBe(HttpStatusCode.Forbidden, "not-allowed");
    }

    [Fact(SkipUnless = nameof(MailServer.IsThere), SkipType = typeof(MailServer), Skip = MailServer.Missing)]
    public async Task An_address_that_the_mail_server_refuses_for_good_is_noted_and_reports_come_to_the_registrations_address()
    {
        await using var server = await MailServer.StartAsync();
        await using var host = await MailHost.StartAsync(server, ("Email:ReplyAddress", Replying.Address), ("Email:ChangeWindowSeconds", "0"));
        var evt = await host.EventAsync();
        await server.TellAsync("""{"rcpt":{"nobody@example.org":"550 5.1.1 no such user"}}""");
        var refused = (await host.Partner.RegisterAsync(evt, Given.Person("nobody@example.org"))).Json;
        var copied = (await host.Partner.RegisterAsync(evt, Given.Person("somebody@example.org", change: p => p["copyTo"] = "nobody@example.org"))).Json;
        await host.SendAsync();
        await host.SendAsync();
        var now = await host.Partner.NowAsync(refused);
        ((string?)now["mailState"], (string?)now["mailBounceCode"]).ShouldBe(("bounced", "5.1.1"));
        (await host.Partner.NowAsync(copied))["mailState"].ShouldBeNull();
        server.Mails.Count.ShouldBeGreaterThan(0);
    }

    private async Task<IReadOnlyList<MimeMessage>> LaidDownAsync()
    {
        await Host.Services.GetRequiredService<Isa.Events.Api.Outbox.Dispatcher>().RunAsync(CancellationToken.None);
        var folder = Path.Combine(Host.Folder, "mail");
        var mails = new List<MimeMessage>();
        foreach (var file in Directory.Exists(folder) ? Directory.GetFiles(folder, "*.eml") : [])
        {
            using var raw = new MemoryStream(await File.ReadAllBytesAsync(file));
            mails.Add(await MimeMessage.LoadAsync(raw));
            File.Delete(file);
        }

        return mails;
    }

    private static string Report(string kind, Invited person)
    {
        string Dsn(string fields) => Replying.Written(person.Address, "Mail Delivery System <MAILER-DAEMON@mx.example.net>", "Undelivered Mail Returned to Sender", $"""
            Auto-Submitted: auto-replied
            Content-Type: multipart/report; report-type=delivery-status; boundary="r"

            --r
            Content-Type: text/plain; charset=us-ascii

            I'm sorry to have to inform you that your message could not be delivered.
            --r
            Content-Type: message/delivery-status

            Reporting-MTA: dns; mx.example.net
            Arrival-Date: Mon, 21 Sep 2020 08:00:00 +0000

            Final-Recipient: rfc822; {person.Email}
            {fields}
            --r
            Content-Type: message/rfc822

            From: events@example.org
            To: {person.Email}
            Subject: Anmeldung

            x
            --r--
            """);
        string Plain(string from, string text, string header = "X-Any: thing") => Replying.Written(person.Address, from, "failure notice", $"{header}\n\n{text}");
        return kind switch
        {
            "report" => Dsn("Action: failed\nStatus: 5.1.1\nDiagnostic-Code: smtp; 550 5.1.1 <x>: Recipient address rejected: User unknown"),
            "exchange" => Dsn("Action: failed\nStatus: 5.1.10\nDiagnostic-Code: smtp;550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found by SMTP address lookup\nX-Display-Name: Erika"),
            "delayed" => Dsn("Action: delayed\nStatus: 4.4.1\nWill-Retry-Until: Sat, 26 Sep 2020 08:00:00 +0000"),
            "mailbox full for now" => Dsn("Action: failed\nStatus: 4.2.2"),
            "delivered" => Dsn("Action: delivered\nStatus: 2.0.0"),
            "HTML alone" => Replying.Written(person.Address, "PostMaster@qq.example", "Failure notice", $"Content-Type: text/html; charset=utf-8\n\n<table width=\"450 \"><tr><td>抱歉，您的邮件被退回来了</td></tr><tr><td>{person.Email}</td><td>550 Mailbox not found</td></tr></table>"),
            "qmail" => Plain("MAILER-DAEMON@mx.example.net", $"Hi. This is the qmail-send program at mx.example.net.\nI'm afraid I wasn't able to deliver your message to the following addresses.\nThis is a permanent error; I've given up. Sorry it didn't work out.\n\n<{person.Email}>:\n192.0.2.9 does not like recipient.\nRemote host said: 550 5.1.1 unknown user"),
            "qmail without a code" => Plain("postbox@mx.example.net", $"Hi. This is the qmail-send program at mx.example.net.\nThis is a permanent error; I've given up. Sorry it didn't work out.\n\n<{person.Email}>:\nSorry, no mailbox here by that name."),
            _ => Plain("Mail Delivery System <Mailer-Daemon@mx.example.net>", $"A message that you sent could not be delivered. This is a permanent error. The following address failed:\n\n  {person.Email}\n    host mx.example.net [192.0.2.9]\n    SMTP error from remote mail server after RCPT TO:\n    550 unknown user", $"X-Failed-Recipients: {person.Email}"),
        };
    }
}
