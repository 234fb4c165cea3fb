using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Isa.Events.Api.Email;
using Microsoft.Extensions.DependencyInjection;

namespace Isa.Events.Tests.Email;

/// <summary>Tokens instead of passwords, for mail servers that take no others.</summary>
public class OAuthTests
{
    [Fact(SkipUnless = nameof(MailServer.IsThere), SkipType = typeof(MailServer), Skip = MailServer.Missing)]
    public async Task Mails_go_out_with_one_token()
    {
        await using var office = await Office.StartAsync("token-1");
        var (host, server, tokens) = (office.Host, office.Server, office.Tokens);
        var evt = await host.EventAsync();
        for (var i = 0; i < 20; i++) await host.Partner.RegisteredAsync(evt, "zoom");
        await host.SendAsync();
        server.Mails.Count.ShouldBe(20);
        server.Mails.ShouldAllBe(m => m.Encrypted && m.User == "office");
        var asked = tokens.Asked.ShouldHaveSingleItem();
        asked.OrderBy(p => p.Key).Select(p => $"{p.Key}={p.Value}").ShouldBe(["client_id=isa-events", "client_secret=streng geheim&=%", "grant_type=client_credentials", "scope=https://outlook.office365.com/.default"]);
        await host.Partner.RegisteredAsync(evt, "zoom");
        await host.SendAfterAsync(TimeSpan.FromMinutes(54));
        tokens.Asked.Count.ShouldBe(1);
        server.Mails.Count.ShouldBe(21);
    }

    [Theory(SkipUnless = nameof(MailServer.IsThere), SkipType = typeof(MailServer), Skip = MailServer.Missing)]
    [InlineData(56, "it would expire in a few minutes")]
    [InlineData(1, "it was withdrawn")]
    public async Task A_token_is_replaced_before_it_expires_and_once_it_was_withdrawn(int minutes, string why)
    {
        await using var office = await Office.StartAsync("token-1");
        var (host, tokens) = (office.Host, office.Tokens);
        var evt = await host.EventAsync();
        await host.Partner.RegisteredAsync(evt);
        await host.SendAsync();
        await using var again = await office.AgainAsync();
        await again.TellAsync("""{"tokens":["token-2"]}""");
        await host.Partner.RegisteredAsync(evt);
        await host.SendAfterAsync(TimeSpan.FromMinutes(minutes));
        await again.FlushAsync();
        again.Mails.Count.ShouldBe(1, why);
        tokens.Asked.Count.ShouldBe(2);
        host.Log.All.ShouldAllBe(line => !line.Contains("token-") && !line.Contains("streng geheim") && !line.Contains("No mail can be sent"));
    }

    [Fact(SkipUnless = nameof(MailServer.IsThere), SkipType = typeof(MailServer), Skip = MailServer.Missing)]
    public async Task A_mailbox_that_is_not_this_programs_is_one_clear_line_and_mails_wait()
    {
        await using var office = await Office.StartAsync();
        var host = office.Host;
        var evt = await host.EventAsync();
        for (var i = 0; i < 3; i++)
        {
            await host.Partner.RegisteredAsync(evt);
            await host.SendAfterAsync(TimeSpan.FromMinutes(6));
        }

        (await host.RowsAsync(evt)).ShouldAllBe(row => row == "registrationConfirmed - pending 0");
        host.Log.All.Where(l => l.Contains("No mail can be sent")).ShouldHaveSingleItem().ShouldContain("it refuses Email:Smtp:User with the token of Email:Smtp:OAuth");
        host.Log.All.ShouldAllBe(line => !line.Contains("token-"));
        host.Services.GetRequiredService<SmtpTransport>().Trouble.ShouldBe(MailTrouble.LoginRefused);
    }

    [Theory(SkipUnless = nameof(MailServer.IsThere), SkipType = typeof(MailServer), Skip = MailServer.Missing)]
    [InlineData(401, """{"error":"invalid_client","error_description":"AADSTS7000215: Invalid client secret 'streng geheim&=%' provided for office@example.org."}""", MailTrouble.LoginRefused, "localhost gives no token for Email:Smtp:OAuth: 401 invalid_client AADSTS7000215: Invalid client secret '…' provided for …")]
    [InlineData(503, "<html>busy</html>", MailTrouble.Unreachable, "localhost gives no token for Email:Smtp:OAuth: 503")]
    [InlineData(200, "[]", MailTrouble.LoginRefused, "localhost gives no token for Email:Smtp:OAuth: 200")]
    [InlineData(302, "", MailTrouble.LoginRefused, "localhost gives no token for Email:Smtp:OAuth: 302")]
    [InlineData(0, "", MailTrouble.Unreachable, "localhost gives no token for Email:Smtp:OAuth: it cannot be reached")]
    public async Task Whoever_gives_no_token_is_named_and_secrets_are_not(int status, string body, MailTrouble trouble, string says)
    {
        using var certificate = new TestCertificate("localhost");
        await using var tokens = new TokenServer { Instead = (status, body) };
        await using var server = await SmtpAsync(certificate);
        await using var host = await HostAsync(server, certificate, tokens);
        if (status == 0) await tokens.DisposeAsync();
        await host.Partner.RegisteredAsync(await host.EventAsync());
        await host.SendAsync();
        host.Log.All.Where(l => l.Contains("No mail can be sent")).ShouldHaveSingleItem().ShouldContain(says);
        host.Log.All.ShouldAllBe(line => !line.Contains("streng geheim"));
        host.Services.GetRequiredService<SmtpTransport>().Trouble.ShouldBe(trouble);
    }

    [Fact(SkipUnless = nameof(MailServer.IsThere), SkipType = typeof(MailServer), Skip = MailServer.Missing)]
    public async Task A_server_that_takes_passwords_alone_gets_no_token()
    {
        using var certificate = new TestCertificate("localhost");
        await using var tokens = new TokenServer();
        await using var server = await MailServer.StartAsync($"--tls startTls {certificate.Arguments} --user office --password geheim");
        await using var host = await HostAsync(server, certificate, tokens);
        (await LoginAsync(host)).ShouldBe("it takes no tokens, so Email:Smtp:OAuth leads nowhere");
    }

    [Fact(SkipUnless = nameof(MailServer.IsThere), SkipType = typeof(MailServer), Skip = MailServer.Missing)]
    public async Task The_owner_of_a_mailbox_may_allow_it_by_a_refresh_token()
    {
        using var certificate = new TestCertificate("localhost");
        await using var tokens = new TokenServer();
        await using var server = await SmtpAsync(certificate);
        await server.TellAsync("""{"tokens":["token-1"]}""");
        await using var host = await HostAsync(server, certificate, tokens, ("Email:Smtp:OAuth:RefreshToken", TokenServer.First));
        (await LoginAsync(host)).ShouldBeNull();
        tokens.Asked.ShouldHaveSingleItem().Where(p => p.Key is "grant_type" or "refresh_token").Select(p => p.Value).ShouldBe(["refresh_token", TokenServer.First], ignoreOrder: true);
    }

    [Fact(SkipUnless = nameof(MailServer.IsThere), SkipType = typeof(MailServer), Skip = MailServer.Missing)]
    public async Task A_refresh_token_that_each_use_replaces_is_kept_for_both_ways_and_over_a_restart()
    {
        using var certificate = new TestCertificate("localhost");
        await using var tokens = new TokenServer { Rotates = true };
        await using var server = await SmtpAsync(certificate);
        await server.TellAsync("""{"tokens":["token-1","token-2","token-3"]}""");
        await using var host = await HostAsync(server, certificate, tokens, [.. tokens.Settings("Email:Imap"), ("Email:Smtp:OAuth:RefreshToken", TokenServer.First), ("Email:Imap:OAuth:RefreshToken", TokenServer.First)]);
        (await LoginAsync(host)).ShouldBeNull();
        using var client = new MailKit.Net.Smtp.SmtpClient();
        MailConnection.Prepare(client, certificate.Authority);
        await client.ConnectAsync("localhost", server.Port, MailKit.Security.SecureSocketOptions.StartTls, TestContext.Current.CancellationToken);
        var settings = host.Services.GetRequiredService<Microsoft.Extensions.Options.IOptions<Isa.Events.Api.Settings.EmailSettings>>();
        using (var imap = new MailLogin("Email:Imap", "office", null, settings.Value.Imap.OAuth, host.Services.GetRequiredService<RefreshTokens>(), host.Time)) await imap.EnterAsync(client, CancellationToken.None);

        // As a process does that begins anew.
        using var refresh = ActivatorUtilities.CreateInstance<RefreshTokens>(host.Services);
        using var logins = ActivatorUtilities.CreateInstance<MailLogins>(host.Services, refresh);
        (await ActivatorUtilities.CreateInstance<SmtpTransport>(host.Services, logins).TryAsync(CancellationToken.None)).ShouldBeNull();
        tokens.Asked.Select(form => form["refresh_token"]).ShouldBe([TokenServer.First, "again-1", "again-2"]);
        var file = Path.Combine(host.Folder, RefreshTokens.FileName);
        if (!OperatingSystem.IsWindows()) File.GetUnixFileMode(file).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        (await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken)).ShouldContain("again-3");
        host.Log.All.ShouldAllBe(line => !line.Contains("again-"));
    }

    [Fact(SkipUnless = nameof(MailServer.IsThere), SkipType = typeof(MailServer), Skip = MailServer.Missing)]
    public async Task A_refresh_token_that_comes_while_the_server_stops_is_kept()
    {
        using var certificate = new TestCertificate("localhost");
        var (answer, stop) = (new TaskCompletionSource(), new CancellationTokenSource());
        await using var tokens = new TokenServer { Rotates = true, Before = answer.Task };
        await using var server = await SmtpAsync(certificate);
        await using var host = await HostAsync(server, certificate, tokens, ("Email:Smtp:OAuth:RefreshToken", TokenServer.First));
        var login = host.Services.GetRequiredService<SmtpTransport>().TryAsync(stop.Token);
        while (tokens.Asked.Count == 0) await Task.Delay(5, TestContext.Current.CancellationToken);
        await stop.CancelAsync();
        answer.SetResult();
        await Should.ThrowAsync<OperationCanceledException>(login);
        (await File.ReadAllTextAsync(Path.Combine(host.Folder, RefreshTokens.FileName), TestContext.Current.CancellationToken)).ShouldContain("again-1");
    }

    [Fact(SkipUnless = nameof(MailServer.IsThere), SkipType = typeof(MailServer), Skip = MailServer.Missing)]
    public async Task Where_the_kept_refresh_token_cannot_be_read_nobody_is_shown_the_one_that_it_has_replaced()
    {
        using var certificate = new TestCertificate("localhost");
        await using var tokens = new TokenServer { Rotates = true };
        await using var server = await SmtpAsync(certificate);
        await using var host = await HostAsync(server, certificate, tokens, ("Email:Smtp:OAuth:RefreshToken", TokenServer.First));
        var file = Path.Combine(host.Folder, RefreshTokens.FileName);
        await File.WriteAllTextAsync(file, "{", TestContext.Current.CancellationToken);
        (await LoginAsync(host)).ShouldBe($"{file}, where refresh tokens are kept, cannot be read (it is damaged); without that file the one that is set holds");
        tokens.Asked.ShouldBeEmpty();
    }

    [Fact(SkipUnless = nameof(MailServer.IsThere), SkipType = typeof(MailServer), Skip = MailServer.Missing)]
    public async Task A_service_account_signs_for_the_mailbox()
    {
        using var certificate = new TestCertificate("localhost");
        await using var tokens = new TokenServer();
        await using var server = await SmtpAsync(certificate);
        await server.TellAsync("""{"tokens":["token-1"]}""");
        using var rsa = RSA.Create(2048);
        var file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, new JsonObject
        {
            ["type"] = "service_account", ["private_key_id"] = "k1", ["private_key"] = rsa.ExportPkcs8PrivateKeyPem(), ["client_email"] = "mail@isa.iam.gserviceaccount.com", ["token_uri"] = $"{tokens.Url}token",
        }.ToJsonString(), TestContext.Current.CancellationToken);
        await using var host = await MailHost.StartAsync(server, [.. Login(certificate), ("Email:Smtp:OAuth:KeyFile", file), ("Email:Smtp:OAuth:Scope", "https://mail.google.com/")]);
        (await LoginAsync(host)).ShouldBeNull();
        var asked = tokens.Asked.ShouldHaveSingleItem();
        asked.Keys.ShouldBe(["grant_type", "assertion"], ignoreOrder: true);
        asked["grant_type"].ShouldBe("urn:ietf:params:oauth:grant-type:jwt-bearer");
        var parts = asked["assertion"].Split('.');
        rsa.VerifyData(Encoding.ASCII.GetBytes($"{parts[0]}.{parts[1]}"), Base64Url.DecodeFromChars(parts[2]), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1).ShouldBeTrue();
        JsonNode.Parse(Base64Url.DecodeFromChars(parts[0]))!.ToJsonString().ShouldBe("""{"alg":"RS256","typ":"JWT","kid":"k1"}""");
        var now = host.Time.GetUtcNow().ToUnixTimeSeconds();
        JsonNode.Parse(Base64Url.DecodeFromChars(parts[1]))!.ToJsonString().ShouldBe($$"""{"iss":"mail@isa.iam.gserviceaccount.com","sub":"office","scope":"https://mail.google.com/","aud":"{{tokens.Url}}token","iat":{{now}},"exp":{{now + 3600}}}""");
        File.Delete(file);
    }

    [Fact(SkipUnless = nameof(ImapServer.IsThere), SkipType = typeof(ImapServer), Skip = ImapServer.Missing)]
    public async Task A_mailbox_is_read_with_a_token()
    {
        using var certificate = new TestCertificate("localhost");
        await using var tokens = new TokenServer();
        await using var server = await ImapServer.StartAsync(certificate, tokens: tokens);
        await using var replying = await Replying.StartAsync([.. server.Settings.Where(s => s.Name != "Email:Imap:Password"), .. tokens.Settings("Email:Imap"), ("Email:Imap:Authority", certificate.Authority), ("Email:Receive", "false")]);
        var reader = replying.Host.Services.GetRequiredService<MailboxReader>();
        await server.ArriveAsync("Subject: x\n\nx");
        (await reader.RunAsync(CancellationToken.None)).ShouldBe(1);
        (await reader.RunAsync(CancellationToken.None)).ShouldBe(0);
        tokens.Asked.Count.ShouldBe(1);
        tokens.Withdraw();
        (await reader.RunAsync(CancellationToken.None)).ShouldBe(0); // a fresh one
        tokens.Asked.Count.ShouldBe(2);
        tokens.Holds = false;
        tokens.Withdraw();
        (await reader.TryAsync(CancellationToken.None)).ShouldBe("it refuses Email:Imap:User with the token of Email:Imap:OAuth");
        tokens.Asked.Count.ShouldBe(3);
    }

    private static Task<string?> LoginAsync(MailHost host) => host.Services.GetRequiredService<SmtpTransport>().TryAsync(CancellationToken.None);

    private static Task<MailServer> SmtpAsync(TestCertificate certificate, int port = 0) => MailServer.StartAsync($"--tls startTls {certificate.Arguments} --user office --tokens --port {port}");

    private static Task<MailHost> HostAsync(MailServer server, TestCertificate certificate, TokenServer tokens, params (string Name, string Value)[] more) =>
        MailHost.StartAsync(server, [.. Login(certificate), .. tokens.Settings("Email:Smtp"), .. more]);

    private static (string Name, string Value)[] Login(TestCertificate certificate) =>
        [("Email:Smtp:Security", "startTls"), ("Email:Smtp:Authority", certificate.Authority), ("Email:Smtp:User", "office"), ("Email:Smtp:Connections", "2")];

    /// <summary>A host whose mails go out by tokens.</summary>
    private sealed class Office(TestCertificate certificate, TokenServer tokens, MailServer server, MailHost host) : IAsyncDisposable
    {
        public TokenServer Tokens => tokens;

        public MailServer Server => server;

        public MailHost Host => host;

        /// <param name="taken">The token that the mail server takes.</param>
        public static async Task<Office> StartAsync(string? taken = null)
        {
            var (certificate, tokens) = (new TestCertificate("localhost"), new TokenServer());
            var server = await SmtpAsync(certificate);
            if (taken is not null) await server.TellAsync($$"""{"tokens":["{{taken}}"]}""");
            return new Office(certificate, tokens, server, await HostAsync(server, certificate, tokens));
        }

        /// <summary>The mail server started anew: all connections end, so whoever comes logs in again.</summary>
        public async Task<MailServer> AgainAsync()
        {
            await server.DisposeAsync();
            return await SmtpAsync(certificate, server.Port);
        }

        public async ValueTask DisposeAsync()
        {
            await host.DisposeAsync();
            await server.DisposeAsync();
            await tokens.DisposeAsync();
            certificate.Dispose();
        }
    }
}
