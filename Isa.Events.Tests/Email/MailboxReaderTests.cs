using System.Diagnostics;
using System.Globalization;
using Isa.Events.Api.Email;
using Microsoft.Extensions.DependencyInjection;

namespace Isa.Events.Tests.Email;

/// <summary>How the mailbox of answers is read, on a real server.</summary>
public class MailboxReaderTests
{
    [Theory(SkipUnless = nameof(ImapServer.IsThere), SkipType = typeof(ImapServer), Skip = ImapServer.Missing)]
    [InlineData("")]
    [InlineData("imap_capability = IMAP4rev1 LITERAL+")] // neither MOVE nor UIDPLUS nor IDLE
    public async Task Mails_are_taken_in_portions_and_moved(string more)
    {
        await using var server = await ImapServer.StartAsync(more: more);
        await using var replying = await Replying.StartAsync([.. server.Settings, ("Email:Receive", "false")]);
        var evt = await replying.Host.EventAsync();
        var person = await replying.InvitedAsync(evt);
        await server.ArriveAsync([.. Enumerable.Range(0, 120).Select(i => Replying.Written("nobody@meetings.example.org", "a@example.net", $"stray {i}", "\nx")), person.Reply("ACCEPTED")]);
        (await Reader(replying).RunAsync(CancellationToken.None)).ShouldBe(121);
        ((await server.CountAsync("INBOX")), await server.CountAsync("Handled"), await server.CountAsync("Parked")).ShouldBe((0, 1, 120));
        ((string?)(await replying.Host.Partner.NowAsync(person.Registration))["reply"]).ShouldBe("accepted");
        (await replying.Host.Organizer.GetAsync("/v1/replies?outcome=parked&limit=200")).ShouldBe(HttpStatusCode.OK).Json["items"]!.AsArray().Count.ShouldBe(120);

        // One that was taken before it could be moved.
        await server.ArriveAsync(person.Reply("TENTATIVE", stamp: "20200921T075959Z"));
        (await Reader(replying).RunAsync(CancellationToken.None)).ShouldBe(1);
        ((string?)(await replying.Host.Partner.NowAsync(person.Registration))["reply"]).ShouldBe("accepted");

        // One that would cost memory and time without end.
        await server.ArriveAsync(Replying.Written(person.Address, person.Email, "parts", $"Content-Type: multipart/mixed; boundary=b\n\n{string.Concat(Enumerable.Repeat("--b\n\nx\n", 100_000))}--b--\n"));
        (await Reader(replying).RunAsync(CancellationToken.None)).ShouldBe(1);
        (await server.CountAsync("Parked")).ShouldBe(121);
    }

    [Fact(SkipUnless = nameof(ImapServer.IsThere), SkipType = typeof(ImapServer), Skip = ImapServer.Missing)]
    public async Task Ten_thousand_that_nobody_has_looked_at_are_worked_off_and_the_answer_under_them_counts()
    {
        const int strays = 9_999;
        await using var server = await ImapServer.StartAsync();
        await using var replying = await Replying.StartAsync([.. server.Settings, ("Email:Receive", "false")]);
        var person = await replying.InvitedAsync(await replying.Host.EventAsync());
        await server.PileUpAsync([.. Enumerable.Range(0, strays).Select(i => Replying.Written("nobody@meetings.example.org", "a@example.net", $"stray {i}", "\nx")), person.Reply("ACCEPTED")]);
        (await Reader(replying).RunAsync(CancellationToken.None)).ShouldBe(strays + 1);
        ((await server.CountAsync("INBOX")), await server.CountAsync("Handled"), await server.CountAsync("Parked")).ShouldBe((0, 1, strays));
        ((string?)(await replying.Host.Partner.NowAsync(person.Registration))["reply"]).ShouldBe("accepted");
    }

    [Fact(SkipUnless = nameof(ImapServer.IsThere), SkipType = typeof(ImapServer), Skip = ImapServer.Missing)]
    public async Task An_answer_counts_soon_after_it_has_come_and_so_does_one_after_the_server_was_away()
    {
        using var certificate = new TestCertificate("localhost");
        await using var server = await ImapServer.StartAsync(certificate);
        await using var replying = await Replying.StartAsync([.. server.Settings, ("Email:Imap:Authority", certificate.Authority)]);
        var evt = await replying.Host.EventAsync();
        var (one, two) = (await replying.InvitedAsync(evt), await replying.InvitedAsync(evt));
        await server.ArriveAsync(one.Reply("ACCEPTED"));
        await BecomesAsync(async () => (string?)(await replying.Host.Partner.NowAsync(one.Registration))["reply"], "accepted");
        await server.StopAsync();
        await BecomesAsync(() => Task.FromResult(Reader(replying).Trouble?.ToString()), "Unreachable");
        (await replying.Host.Anybody.GetAsync("/health/ready")).ShouldBe(HttpStatusCode.OK).Json["parts"]!.AsArray().Select(p => $"{p!["name"]} {p["status"]} {p["detail"]}").ShouldContain("mailbox failed unreachable");
        await server.StartAgainAsync();
        await server.ArriveAsync(two.Reply("TENTATIVE"));
        await BecomesAsync(async () => (string?)(await replying.Host.Partner.NowAsync(two.Registration))["reply"], "tentative");
        (await server.CountAsync("Handled")).ShouldBe(2);
    }

    [Fact(SkipUnless = nameof(ImapServer.IsThere), SkipType = typeof(ImapServer), Skip = ImapServer.Missing)]
    public async Task A_wrong_password_is_one_clear_line_and_registrations_go_on()
    {
        await using var server = await ImapServer.StartAsync();
        await using var replying = await Replying.StartAsync([.. server.Settings, ("Email:Imap:Password", "falsch")]);
        await BecomesAsync(() => Task.FromResult(Reader(replying).Trouble?.ToString()), "LoginRefused");
        replying.Host.Log.All.Where(l => l.Contains("The mailbox for answers", StringComparison.Ordinal)).ShouldHaveSingleItem().ShouldContain("it refuses Email:Imap:User with this Email:Imap:Password");
        (await Reader(replying).TryAsync(CancellationToken.None))!.ShouldContain("refuses");
        await replying.Host.Partner.RegisteredAsync(await replying.Host.EventAsync());
    }

    [Fact(SkipUnless = nameof(ImapServer.IsThere), SkipType = typeof(ImapServer), Skip = ImapServer.Missing)]
    public async Task One_process_reads_at_a_time()
    {
        await using var server = await ImapServer.StartAsync();
        await using var replying = await Replying.StartAsync([.. server.Settings, ("Email:Receive", "false")]);
        var other = ActivatorUtilities.CreateInstance<MailboxReader>(replying.Host.Services, new Isa.Events.Api.Database.Lease(replying.Host.Database));
        await server.ArriveAsync("Subject: x\n\nx");
        (await other.RunAsync(CancellationToken.None)).ShouldBe(1);
        (await Reader(replying).RunAsync(CancellationToken.None)).ShouldBeNull();
        replying.Host.Time.Advance(TimeSpan.FromMinutes(6));
        (await Reader(replying).RunAsync(CancellationToken.None)).ShouldBe(0);
    }

    [Theory(SkipUnless = nameof(ImapServer.IsThere), SkipType = typeof(ImapServer), Skip = ImapServer.Missing)]
    [InlineData("imap_fetch_failure = no-after", false)] // a NO, and the connection stands
    [InlineData("imap_fetch_failure = disconnect-immediately", false)]
    [InlineData("imap_fetch_failure = no-after", true)]
    [InlineData("imap_fetch_failure = disconnect-immediately", true)]
    public async Task A_mail_that_the_server_does_not_give_is_put_aside_unread_and_holds_up_no_other(string more, bool alone)
    {
        await using var server = await ImapServer.StartAsync(more: more);
        await using var replying = await Replying.StartAsync([.. server.Settings, ("Email:Receive", "false")]);
        var person = await replying.InvitedAsync(await replying.Host.EventAsync());
        await server.ArriveAsync(["Subject: spoilt one\n\nx", "Subject: spoilt two\n\nx", .. alone ? (string[])[] : [person.Reply("ACCEPTED")]]);
        server.Spoil("spoilt one");
        server.Spoil("spoilt two");
        var tries = 1;
        while (await TryAsync() is { } words)
        {
            words.ShouldContain("nternal error"); // the server's own
            tries.ShouldBeLessThan(15);
            tries++;
        }

        ((await server.CountAsync("INBOX")), await server.CountAsync("Handled"), await server.CountAsync("Parked"), await server.UnreadAsync("Parked")).ShouldBe((0, alone ? 0 : 1, 2, 2));
        replying.Host.Log.All.Where(l => l.Contains("does not give mail", StringComparison.Ordinal)).Count().ShouldBe(2);
        replying.Host.Log.All.Where(l => l.Contains("does not give mail", StringComparison.Ordinal)).ShouldAllBe(l => l.Contains("nternal error", StringComparison.Ordinal));

        async Task<string?> TryAsync()
        {
            try
            {
                await Reader(replying).RunAsync(CancellationToken.None);
                return null;
            }
            catch (Exception e) when (e.GetType().Name == "MailboxException")
            {
                return e.Message;
            }
        }
    }

    [Fact(SkipUnless = nameof(ImapServer.IsThere), SkipType = typeof(ImapServer), Skip = ImapServer.Missing)]
    public async Task Mails_that_the_server_does_not_move_are_taken_and_hold_up_no_other()
    {
        await using var server = await ImapServer.StartAsync(more: "imap_fetch_failure = no-after");
        await using var replying = await Replying.StartAsync([.. server.Settings, ("Email:Receive", "false")]);
        var evt = await replying.Host.EventAsync();
        (await Reader(replying).RunAsync(CancellationToken.None)).ShouldBe(0); // makes the folders
        server.Let("Handled", moves: false);
        var person = await replying.InvitedAsync(evt);
        await server.ArriveAsync("Subject: stray\n\nx", person.Reply("ACCEPTED"));
        (await Reader(replying).RunAsync(CancellationToken.None)).ShouldBe(2);
        ((string?)(await replying.Host.Partner.NowAsync(person.Registration))["reply"]).ShouldBe("accepted");
        ((await server.CountAsync("INBOX")), await server.CountAsync("Handled"), await server.CountAsync("Parked")).ShouldBe((1, 0, 1));
        Reader(replying).Trouble.ShouldBe(MailTrouble.Refused);

        server.Let("Parked", moves: false);
        await server.ArriveAsync("Subject: spoilt\n\nx", person.Reply("TENTATIVE", stamp: "20200921T080100Z"));
        server.Spoil("Subject: spoilt");
        (await Reader(replying).RunAsync(CancellationToken.None)).ShouldBe(3);
        ((string?)(await replying.Host.Partner.NowAsync(person.Registration))["reply"]).ShouldBe("tentative");
        (await server.CountAsync("INBOX")).ShouldBe(3);
        (await Reader(replying).RunAsync(CancellationToken.None)).ShouldBe(3);
        replying.Host.Log.All.Where(l => l.Contains("Mails stay", StringComparison.Ordinal)).ShouldHaveSingleItem().ShouldContain("moves no mail to Handled (Internal error occurred.");
        replying.Host.Log.All.Where(l => l.Contains("does not give mail", StringComparison.Ordinal)).ShouldHaveSingleItem();

        server.Let("Handled", moves: true);
        server.Let("Parked", moves: true);
        await Reader(replying).RunAsync(CancellationToken.None);
        ((await server.CountAsync("INBOX")), await server.CountAsync("Handled"), await server.CountAsync("Parked")).ShouldBe((0, 2, 2));
        Reader(replying).Trouble.ShouldBeNull();
    }

    [Fact(SkipUnless = nameof(ImapServer.IsThere), SkipType = typeof(ImapServer), Skip = ImapServer.Missing)]
    public async Task One_that_is_too_large_is_put_aside_unread_without_being_fetched()
    {
        await using var server = await ImapServer.StartAsync();
        await using var replying = await Replying.StartAsync([.. server.Settings, ("Email:Receive", "false")]);
        var person = await replying.InvitedAsync(await replying.Host.EventAsync());
        await server.PileUpAsync([Replying.Written(person.Address, person.Email, "large", $"\n{string.Concat(Enumerable.Repeat($"{new string('x', 76)}\n", 330_000))}"), person.Reply("ACCEPTED")]);
        (await Reader(replying).RunAsync(CancellationToken.None)).ShouldBe(2);
        ((string?)(await replying.Host.Partner.NowAsync(person.Registration))["reply"]).ShouldBe("accepted");
        ((await server.CountAsync("INBOX")), await server.CountAsync("Handled"), await server.CountAsync("Parked"), await server.UnreadAsync("Parked")).ShouldBe((0, 1, 1, 1));
        (await replying.Host.Database.ReadAsync(session => session.One<long>("SELECT COUNT(*) FROM received_mails"), CancellationToken.None)).ShouldBe(1);
        replying.Host.Log.All.Where(l => l.Contains("too large to be read", StringComparison.Ordinal)).ShouldHaveSingleItem();
    }

    [Fact(SkipUnless = nameof(ImapServer.IsThere), SkipType = typeof(ImapServer), Skip = ImapServer.Missing)]
    public async Task While_the_server_gives_no_mail_it_is_asked_ever_more_seldom_and_the_log_says_it_once()
    {
        await using var server = await ImapServer.StartAsync(more: "imap_fetch_failure = no-after");
        await server.ArriveAsync("Subject: spoilt\n\nx");
        server.Spoil("Subject: spoilt");
        var before = server.Logins;
        await using var replying = await Replying.StartAsync(server.Settings);
        await BecomesAsync(() => Task.FromResult<string?>($"{server.Logins - before}"), "2");
        var second = Stopwatch.GetTimestamp();
        await BecomesAsync(() => Task.FromResult<string?>($"{server.Logins - before}"), "3");
        Stopwatch.GetElapsedTime(second).ShouldBeGreaterThan(TimeSpan.FromSeconds(8)); // the first pause is one of five
        replying.Host.Log.All.Where(l => l.Contains("The mailbox for answers", StringComparison.Ordinal)).ShouldHaveSingleItem().ShouldContain("it gives no mail (Internal error occurred.");
        (await replying.Host.Anybody.GetAsync("/health/ready")).ShouldBe(HttpStatusCode.OK).Json["parts"]!.AsArray().Select(p => $"{p!["name"]} {p["status"]} {p["detail"]}").ShouldContain("mailbox failed refused");
    }

    [Fact(SkipUnless = nameof(ImapServer.IsThere), SkipType = typeof(ImapServer), Skip = ImapServer.Missing)]
    public async Task A_process_that_is_stopped_leaves_the_mailbox_to_the_next_at_once()
    {
        await using var server = await ImapServer.StartAsync();
        await using var replying = await Replying.StartAsync(server.Settings);
        await BecomesAsync(async () => (await server.CountAsync("Handled"))?.ToString(CultureInfo.InvariantCulture), "0"); // it reads
        var next = ActivatorUtilities.CreateInstance<MailboxReader>(replying.Host.Services, new Isa.Events.Api.Database.Lease(replying.Host.Database));
        (await next.RunAsync(CancellationToken.None)).ShouldBeNull();
        await Reader(replying).StopAsync(CancellationToken.None);
        (await next.RunAsync(CancellationToken.None)).ShouldBe(0);
        await Reader(replying).StopAsync(CancellationToken.None); // takes it from nobody
        (await ActivatorUtilities.CreateInstance<MailboxReader>(replying.Host.Services, new Isa.Events.Api.Database.Lease(replying.Host.Database)).RunAsync(CancellationToken.None)).ShouldBeNull();
    }

    private static MailboxReader Reader(Replying replying) => replying.Host.Services.GetRequiredService<MailboxReader>();

    private static async Task BecomesAsync(Func<Task<string?>> look, string what)
    {
        string? now = null;
        for (var i = 0; i < 600 && (now = await look()) != what; i++) await Task.Delay(100);
        now.ShouldBe(what);
    }
}
