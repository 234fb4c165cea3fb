using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using MailKit;
using MailKit.Net.Imap;
using MailKit.Search;
using MailKit.Security;

namespace Isa.Events.Tests.Support;

/// <summary>An IMAP server of its own on loopback (Debian's <c>dovecot-imapd</c>), with one mailbox.</summary>
public sealed class ImapServer : IAsyncDisposable
{
    public const string Missing = "Needs a Dovecot 2.3 for tests: apt-get install dovecot-imapd.";

    private const string Program = "/usr/sbin/dovecot";
    private static readonly Lazy<bool> There = new(Find);
    private readonly string _folder = Directory.CreateTempSubdirectory("isa-imap-").FullName;
    private readonly string _configuration;
    private readonly bool _tls;
    private readonly string? _authority;
    private Process _process = null!;

    private ImapServer(TestCertificate? certificate, string more, TokenServer? tokens)
    {
        (_tls, _authority) = (certificate is not null, certificate?.Authority);
        using (var free = new TcpListener(IPAddress.Loopback, 0))
        {
            free.Start();
            Port = ((IPEndPoint)free.LocalEndpoint).Port;
        }

        // Its own processes have users of their own where it is started as root; mail never belongs to root.
        var root = Environment.UserName == "root";
        var (login, own, mail) = root ? ("dovenull", "dovecot", "nobody") : (Environment.UserName, Environment.UserName, Environment.UserName);
        var certificates = certificate is null ? "ssl = no" : $"ssl = yes\nssl_cert = <{Copy(certificate.Arguments, "--cert")}\nssl_key = <{Copy(certificate.Arguments, "--key")}";
        _configuration = Path.Combine(_folder, "dovecot.conf");
        File.WriteAllText(_configuration, $$"""
            base_dir = {{_folder}}/run
            state_dir = {{_folder}}/state
            log_path = {{_folder}}/log
            protocols = imap
            listen = 127.0.0.1
            disable_plaintext_auth = no
            {{certificates}}
            default_internal_user = {{own}}
            default_login_user = {{login}}
            first_valid_uid = 1
            mail_location = maildir:{{_folder}}/mail
            {{more}}
            {{(tokens is null ? "" : $"auth_mechanisms = plain xoauth2\npassdb {{\n  driver = oauth2\n  mechanisms = xoauth2\n  args = {Introspection(tokens)}\n}}")}}
            passdb {
              driver = static
              args = user=answers password=geheim
            }
            userdb {
              driver = static
              args = uid={{mail}} gid={{(root ? "nogroup" : Group())}} home={{_folder}}/mail
            }
            service imap-login {
              chroot =
              inet_listener imap {
                port = {{(_tls ? 0 : Port)}}
              }
              inet_listener imaps {
                port = {{(_tls ? Port : 0)}}
                ssl = {{(_tls ? "yes" : "no")}}
              }
            }
            service anvil {
              chroot =
            }

            """);
        Directory.CreateDirectory(Path.Combine(_folder, "mail"));
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(_folder, (UnixFileMode)0b111_101_101);
        if (root) Process.Start("chown", ["nobody:nogroup", Path.Combine(_folder, "mail")])!.WaitForExit();
    }

    /// <summary>For a test's SkipUnless.</summary>
    public static bool IsThere => There.Value;

    public int Port { get; }

    public (string Name, string Value)[] Settings =>
    [
        ("Email:Imap:Host", "localhost"), ("Email:Imap:Port", Port.ToString(CultureInfo.InvariantCulture)), ("Email:Imap:Security", _tls ? "tls" : "none"), ("Email:Imap:User", "answers"), ("Email:Imap:Password", "geheim"),
    ];

    /// <param name="certificate">For an encrypted one.</param>
    /// <param name="more">Lines of its configuration.</param>
    /// <param name="tokens">Knows which tokens hold, where it takes some.</param>
    public static async Task<ImapServer> StartAsync(TestCertificate? certificate = null, string more = "", TokenServer? tokens = null)
    {
        var server = new ImapServer(certificate, more, tokens);
        await server.StartAgainAsync();
        return server;
    }

    public async Task StartAgainAsync()
    {
        _process = Process.Start(new ProcessStartInfo(Program, ["-F", "-c", _configuration]) { RedirectStandardError = true, RedirectStandardOutput = true })!;
        for (var patience = Stopwatch.StartNew(); ; await Task.Delay(50))
        {
            try
            {
                using var probe = new TcpClient();
                await probe.ConnectAsync(IPAddress.Loopback, Port);
                return;
            }
            catch (SocketException) when (patience.Elapsed < TimeSpan.FromSeconds(30) && !_process.HasExited)
            {
            }
            catch (SocketException)
            {
                throw new InvalidOperationException($"Dovecot did not start: {(_process.HasExited ? await _process.StandardError.ReadToEndAsync() : "")} {(File.Exists($"{_folder}/log") ? await File.ReadAllTextAsync($"{_folder}/log") : "")}");
            }
        }
    }

    public async Task StopAsync()
    {
        if (_process.HasExited) return;
        using (var kill = Process.Start("kill", [_process.Id.ToString(CultureInfo.InvariantCulture)])) await kill.WaitForExitAsync();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    /// <summary>Puts a mail into the mailbox.</summary>
    public async Task ArriveAsync(params string[] mails)
    {
        using var client = await ConnectAsync();
        foreach (var mail in mails)
        {
            using var raw = new MemoryStream(System.Text.Encoding.UTF8.GetBytes(mail.ReplaceLineEndings("\r\n")));
            await client.Inbox!.AppendAsync(FormatOptions(), await MimeKit.MimeMessage.LoadAsync(raw), MessageFlags.None);
        }
    }

    /// <summary>Puts as many mails into the mailbox as one likes, behind the server's back.</summary>
    public async Task PileUpAsync(IEnumerable<string> mails)
    {
        await CountAsync("INBOX"); // the server makes its folders
        var n = 0;
        foreach (var mail in mails) await File.WriteAllTextAsync(Path.Combine(_folder, "mail", "new", string.Create(CultureInfo.InvariantCulture, $"{++n:000000}.pile.localhost")), mail.ReplaceLineEndings("\r\n"));
    }

    /// <summary>From now on the server cannot read the mail with these words in it.</summary>
    public void Spoil(string words)
    {
        var mails = ((string[])["cur", "new"]).SelectMany(part => Directory.GetFiles(Path.Combine(_folder, "mail", part)));
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(mails.Single(file => File.ReadAllText(file).Contains(words, StringComparison.Ordinal)), UnixFileMode.None);
    }

    /// <summary>Whether the server can put a mail into a folder.</summary>
    public void Let(string folder, bool moves)
    {
        if (OperatingSystem.IsWindows()) return;
        foreach (var part in (string[])["cur", "new", "tmp"]) File.SetUnixFileMode(Path.Combine(_folder, "mail", $".{folder}", part), moves ? (UnixFileMode)0b111_000_000 : (UnixFileMode)0b101_000_000);
    }

    /// <summary>How often somebody has logged in.</summary>
    public int Logins => File.ReadLines(Path.Combine(_folder, "log")).Count(line => line.Contains("Login: user=", StringComparison.Ordinal));

    /// <summary>How many mails of a folder nobody has read yet.</summary>
    public async Task<int> UnreadAsync(string folder)
    {
        using var client = await ConnectAsync();
        var found = await client.GetFolderAsync(folder);
        await found.OpenAsync(FolderAccess.ReadOnly);
        return (await found.SearchAsync(SearchQuery.NotSeen)).Count;
    }

    /// <summary>How many mails a folder has; null where there is no such folder.</summary>
    public async Task<int?> CountAsync(string folder)
    {
        using var client = await ConnectAsync();
        try
        {
            var found = await client.GetFolderAsync(folder);
            await found.OpenAsync(FolderAccess.ReadOnly);
            return (await found.SearchAsync(SearchQuery.NotDeleted)).Count;
        }
        catch (FolderNotFoundException)
        {
            return null;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is { } process)
        {
            try
            {
                await StopAsync();
            }
            catch (InvalidOperationException)
            {
                // stopped before
            }

            process.Dispose();
        }

        Directory.Delete(_folder, recursive: true);
    }

    private async Task<ImapClient> ConnectAsync()
    {
        var client = new ImapClient { CheckCertificateRevocation = false };
        if (_authority is { } authority) client.ServerCertificateValidationCallback = (_, certificate, _, errors) => Isa.Events.Api.Email.MailConnection.IsTrusted(certificate, errors, authority);
        await client.ConnectAsync("localhost", Port, _tls ? SecureSocketOptions.SslOnConnect : SecureSocketOptions.None);
        await client.AuthenticateAsync("answers", "geheim");
        return client;
    }

    private static MimeKit.FormatOptions FormatOptions()
    {
        var options = MimeKit.FormatOptions.Default.Clone();
        options.NewLineFormat = MimeKit.NewLineFormat.Dos;
        return options;
    }

    private string Introspection(TokenServer tokens)
    {
        var file = Path.Combine(_folder, "oauth2.conf");
        File.WriteAllText(file, $"introspection_mode = post\nintrospection_url = {tokens.Url}introspect\nusername_attribute = username\nactive_attribute = active\nactive_value = true\n");
        return file;
    }

    // The certificate's own folder is closed to others.
    private string Copy(string arguments, string name)
    {
        var words = arguments.Split(' ');
        var copy = Path.Combine(_folder, $"{name.Trim('-')}.pem");
        File.Copy(words[Array.IndexOf(words, name) + 1], copy);
        return copy;
    }

    private static string Group()
    {
        using var id = Process.Start(new ProcessStartInfo("id", ["-gn"]) { RedirectStandardOutput = true })!;
        return id.StandardOutput.ReadToEnd().Trim();
    }

    private static bool Find()
    {
        if (!File.Exists(Program) || !File.Exists("/usr/lib/dovecot/imap")) return false;
        using var version = Process.Start(new ProcessStartInfo(Program, ["--version"]) { RedirectStandardOutput = true })!;
        return version.StandardOutput.ReadToEnd().StartsWith("2.3", StringComparison.Ordinal);
    }
}
