using System.Globalization;
using System.Net.Sockets;

namespace Isa.Events.Tests.Commands;

public sealed class DoctorTests : IDisposable
{
    private const string Somewhere = "doctor --Server:PublicUrl=https://192.0.2.1:1"; // an address that resolves and answers nobody
    private readonly string _root = Directory.CreateTempSubdirectory("isa-events-").FullName;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    private string Folder => Path.Combine(_root, "data");

    private string File_ => DatabaseFile.In(Folder);

    [Fact]
    public async Task Finds_nothing_wrong_with_a_server_that_is_set_up()
    {
        var port = FreePort();
        var name = Dns.GetHostName(); // not loopback by name, and answered by this machine
        var (server, client) = await ProgramProcess.ServeAsync(Folder, $"--urls http://0.0.0.0:{port}");
        using (client)
        using (server)
        {
            var end = (await ProgramProcess.RunAsync(Folder, $"doctor --Server:PublicUrl=http://{name}:{port}")).ShouldDo(
                "warning Public address: http://", "ok      Public address: ", "/health/live answers", "ok      Data folder", "ok      Disk", "ok      Database: it opens, is whole", "ok      Clock", "warning Backup: there is none yet");
            end.Output.ShouldNotContain("wrong ");
            server.Kill();
        }
    }

    [Fact]
    public async Task Says_what_a_fresh_folder_lacks()
    {
        var end = await ProgramProcess.RunAsync(Folder, "doctor");
        end.ExitCode.ShouldBe(1);
        Lines(end, "wrong").ShouldHaveSingleItem().ShouldContain("Server:PublicUrl");
        Lines(end, "warning").Count.ShouldBe(3); // folder and database come with the first start, a mail server when somebody names one
        Directory.Exists(Folder).ShouldBeFalse(); // looks, makes nothing
        (await ProgramProcess.RunAsync(Folder, "doctor --environment Development")).ExitCode.ShouldBe(0); // for trying out, localhost will do
    }

    [Theory]
    [InlineData("https://no-such-host.invalid", "is not known")]
    [InlineData("http://localhost:5080", "their own computer")]
    [InlineData("http://127.0.0.2", "their own computer")]
    public async Task Names_a_public_address_that_leads_nowhere(string url, string says)
    {
        (await ProgramProcess.RunAsync(Folder, "migrate")).ShouldDo();
        var end = await ProgramProcess.RunAsync(Folder, $"doctor --Server:PublicUrl={url}");
        end.ExitCode.ShouldBe(1);
        Lines(end, "wrong").ShouldHaveSingleItem().ShouldContain(says);
    }

    [Fact]
    public async Task Names_a_public_address_at_which_something_else_answers()
    {
        using var listener = new TcpListener(IPAddress.Any, 0);
        listener.Start();
        var other = Task.Run(async () =>
        {
            using var socket = await listener.AcceptSocketAsync(TestContext.Current.CancellationToken);
            _ = await socket.ReceiveAsync(new byte[4096], TestContext.Current.CancellationToken);
            await socket.SendAsync("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"u8.ToArray(), TestContext.Current.CancellationToken);
        }, TestContext.Current.CancellationToken);
        var end = await ProgramProcess.RunAsync(Folder, $"doctor --Server:PublicUrl=http://{Dns.GetHostName()}:{((IPEndPoint)listener.LocalEndpoint).Port}");
        Lines(end, "wrong").ShouldHaveSingleItem().ShouldContain("answers 404");
        await other;
    }

    [Theory]
    [InlineData("others may read the folder", "chmod 700")]
    [InlineData("newer tables", "version 9999")]
    [InlineData("damaged page", "damaged")]
    [InlineData("no database", "Database:File")]
    [InlineData("entry of the future", "2999-01-01")]
    [InlineData("file of the future", "2099-01-01")]
    [InlineData("old backup", "Backup: the last is")]
    public async Task Names_what_is_wrong(string what, string says)
    {
        (await ProgramProcess.RunAsync(Folder, "demo load")).ShouldDo();
        DatabaseFile.Execute(File_, "PRAGMA journal_mode = WAL");
        switch (what)
        {
            case "others may read the folder":
                if (OperatingSystem.IsWindows()) return;
                File.SetUnixFileMode(Folder, File.GetUnixFileMode(Folder) | UnixFileMode.OtherRead);
                break;
            case "newer tables": DatabaseFile.Execute(File_, "INSERT INTO migrations (version, name) VALUES (9999, 'newer')"); break;
            case "damaged page": DatabaseFile.DamagePage(File_, "registrations"); break;
            case "no database": File.WriteAllText(File_, new string('x', 8192)); break;
            case "entry of the future": DatabaseFile.Execute(File_, "UPDATE events SET updated_at = '2999-01-01T00:00:00.000Z'"); break;
            case "file of the future": File.SetLastWriteTimeUtc(File_, new DateTime(2099, 1, 1, 0, 0, 0, DateTimeKind.Utc)); break;
            case "old backup":
                Directory.CreateDirectory(Path.Combine(Folder, "backups"));
                File.WriteAllText(Path.Combine(Folder, "backups", $"isa-events-{DateTime.UtcNow.AddDays(-3).ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture)}.db"), "");
                break;
            default: throw new ArgumentOutOfRangeException(nameof(what));
        }

        var end = await ProgramProcess.RunAsync(Folder, Somewhere);
        end.ExitCode.ShouldBe(1);
        end.Error.ShouldBeEmpty();
        Lines(end, "wrong").ShouldHaveSingleItem().ShouldContain(says);
    }

    [Fact]
    public async Task Names_a_folder_and_a_disk_that_take_no_more()
    {
        if (OperatingSystem.IsWindows()) return; // no such disks to be had
        Directory.CreateDirectory(Folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        if (ProgramProcess.OnReadOnlyDisk(Folder) is not { } readOnly) return; // nothing may be mounted here
        Lines(await ProgramProcess.RunAsync(Folder, Somewhere, readOnly), "wrong").ShouldContain(l => l.Contains("Data folder") && (l.Contains("cannot be written") || l.Contains("chmod")));
        Lines(await ProgramProcess.RunAsync(Folder, Somewhere, ProgramProcess.OnSmallDisk(Folder, 1000)), "wrong").ShouldContain(l => l.Contains("Disk: 0.0 GB"));
    }

    [Fact(SkipUnless = nameof(ImapServer.IsThere), SkipType = typeof(ImapServer), Skip = ImapServer.Missing)]
    public async Task Names_what_is_wrong_with_the_mailbox()
    {
        await using var server = await ImapServer.StartAsync();
        var mailbox = $"{Somewhere} --Email:ReplyAddress=reply@example.org {string.Join(' ', server.Settings.Select(s => $"--{s.Name}={s.Value}"))}";
        Lines(await ProgramProcess.RunAsync(Folder, mailbox), "ok").ShouldContain($"ok      Mailbox for answers: localhost lets answers read INBOX.");
        Lines(await ProgramProcess.RunAsync(Folder, $"{mailbox} --Email:Imap:Password=falsch"), "wrong")
            .ShouldContain($"wrong   Mailbox for answers: localhost on port {server.Port} cannot be used: it refuses Email:Imap:User with this Email:Imap:Password. Answers wait there until it can.");
        Lines(await ProgramProcess.RunAsync(Folder, $"{mailbox} --Email:Imap:Folder=Elsewhere"), "wrong").ShouldContain(l => l.Contains("there is no folder Elsewhere (Email:Imap:Folder)"));
        await server.StopAsync();
        Lines(await ProgramProcess.RunAsync(Folder, mailbox), "wrong").ShouldContain(l => l.StartsWith($"wrong   Mailbox for answers: localhost on port {server.Port} cannot be used: "));
    }

    [Fact(SkipUnless = nameof(ImapServer.IsThere), SkipType = typeof(ImapServer), Skip = ImapServer.Missing)]
    public async Task Gets_a_token_where_mail_servers_take_some()
    {
        if (!MailServer.IsThere) return;
        using var certificate = new TestCertificate("localhost");
        await using var tokens = new TokenServer();
        await using var imap = await ImapServer.StartAsync(tokens: tokens);
        await using var smtp = await MailServer.StartAsync($"--tls startTls {certificate.Arguments} --user office --tokens");
        await smtp.TellAsync("""{"tokens":["token-1"]}""");
        (string Name, string Value)[] settings =
        [
            .. smtp.Settings.Select(s => (s.Key, s.Value)).Where(s => s.Key is "Email:Smtp:Host" or "Email:Smtp:Port" or "Email:FromAddress"), ("Email:Smtp:Security", "startTls"), ("Email:Smtp:Authority", certificate.Authority),
            ("Email:Smtp:User", "office"), .. tokens.Settings("Email:Smtp"), ("Email:ReplyAddress", "reply@example.org"), .. imap.Settings.Where(s => s.Name != "Email:Imap:Password"), .. tokens.Settings("Email:Imap"),
        ];
        var doctor = $"{Somewhere} {string.Join(' ', settings.Select(s => $"--{s.Name}={s.Value.Replace(' ', '+')}"))}";
        Lines(await ProgramProcess.RunAsync(Folder, doctor), "ok").Where(l => l.Contains("Mail")).Select(l => l.Split(':')[1]).ShouldBe([" localhost takes mails from office.", " localhost lets answers read INBOX."]);
        tokens.Instead = (400, """{"error":"unauthorized_client","error_description":"AADSTS700016: Application was not found"}""");
        var lines = Lines(await ProgramProcess.RunAsync(Folder, doctor), "wrong").Where(l => l.Contains("Mail")).ToList();
        lines[0].ShouldEndWith("cannot be used: localhost gives no token for Email:Smtp:OAuth: 400 unauthorized_client AADSTS700016: Application was not found. Mails wait until it can.");
        lines[1].ShouldContain("localhost gives no token for Email:Imap:OAuth: 400 unauthorized_client");
    }

    private static List<string> Lines(ProcessEnd end, string verdict) => [.. end.Output.Split('\n').Where(l => l.StartsWith(verdict, StringComparison.Ordinal))];

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Any, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
