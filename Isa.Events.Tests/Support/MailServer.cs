using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using MimeKit;

namespace Isa.Events.Tests.Support;

/// <summary>A mail that the server has taken.</summary>
public sealed record TakenMail(MimeMessage Message, string Raw, string Sender, string To, bool Encrypted, string? User, int Connection)
{
    public string Id => Message.MessageId!;
}

/// <summary>A mail server of its own on loopback (Debian's <c>python3-aiosmtpd</c>), which behaves as the test tells it to: see <c>mail_server.py</c>.</summary>
public sealed class MailServer : IAsyncDisposable
{
    private const string Python = "/usr/bin/python3";
    private static readonly Lazy<bool> There = new(Find);
    private readonly Process _process;
    private readonly ConcurrentQueue<TakenMail> _mails = new();
    private readonly ConcurrentQueue<string> _refused = new();
    private readonly SemaphoreSlim _told = new(0);
    private readonly TaskCompletionSource<int> _port = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private bool _isDown;

    private MailServer(string arguments)
    {
        _process = Process.Start(new ProcessStartInfo(Python, $"{Path.Combine(AppContext.BaseDirectory, "Support", "mail_server.py")} {arguments}")
        {
            RedirectStandardInput = true, RedirectStandardOutput = true, StandardOutputEncoding = Encoding.UTF8,
        })!;
        _ = ReadAsync();
    }

    /// <summary>For a test's SkipUnless.</summary>
    public static bool IsThere => There.Value;

    public const string Missing = "Needs a mail server for tests: apt-get install python3-aiosmtpd.";

    public int Port { get; private set; }

    public IReadOnlyList<TakenMail> Mails => [.. _mails];

    /// <summary>Connections there were when it was last told something.</summary>
    public int Open { get; private set; }

    /// <summary>What it has answered instead of taking mails.</summary>
    public IReadOnlyList<string> Refused => [.. _refused];

    /// <param name="arguments">As <c>mail_server.py</c> takes them.</param>
    public static async Task<MailServer> StartAsync(string arguments = "")
    {
        var server = new MailServer(arguments);
        server.Port = await server._port.Task.WaitAsync(TimeSpan.FromSeconds(30));
        return server;
    }

    /// <summary>Settings that lead here, without encryption.</summary>
    public Dictionary<string, string> Settings => new()
    {
        ["Email:Smtp:Host"] = "localhost", ["Email:Smtp:Port"] = Port.ToString(CultureInfo.InvariantCulture), ["Email:Smtp:Security"] = "none", ["Email:FromAddress"] = "events@example.org", ["Email:FromName"] = "ISA Büro",
        ["Email:MaxPerSecond"] = "10000", ["Email:MaxPerRecipientPerHour"] = "1000",
    };

    /// <summary>Changes how it behaves; returns once it does.</summary>
    public async Task TellAsync(string rules)
    {
        await _process.StandardInput.WriteLineAsync(rules);
        await _process.StandardInput.FlushAsync();
        (await _told.WaitAsync(TimeSpan.FromSeconds(10))).ShouldBeTrue();
    }

    /// <summary>Returns once all it has taken is in <see cref="Mails"/>.</summary>
    public Task FlushAsync() => _isDown ? Task.CompletedTask : TellAsync("{}");

    public async ValueTask DisposeAsync()
    {
        if (_isDown) return;
        _isDown = true;
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private async Task ReadAsync()
    {
        while (await _process.StandardOutput.ReadLineAsync() is { } line)
        {
            var said = JsonNode.Parse(line)!;
            if (said["port"] is { } port) _port.SetResult((int)port);
            else if (said["ok"] is not null)
            {
                Open = (int)said["open"]!;
                _told.Release();
            }
            else if (said["refused"] is { } refused) _refused.Enqueue($"{said["to"]![0]} {refused}");
            else
            {
                var raw = (string)said["mail"]!;
                using var stream = new MemoryStream(Encoding.UTF8.GetBytes(raw));
                _mails.Enqueue(new TakenMail(await MimeMessage.LoadAsync(stream), raw, (string)said["sender"]!, (string)said["to"]!.AsArray().Single()!, (bool)said["encrypted"]!, (string?)said["user"], (int)said["connection"]!));
            }
        }

        _port.TrySetException(new InvalidOperationException("The mail server for tests did not start."));
    }

    private static bool Find()
    {
        if (!File.Exists(Python)) return false;
        using var probe = Process.Start(new ProcessStartInfo(Python, "-c \"import aiosmtpd.smtp\"") { RedirectStandardError = true })!;
        probe.StandardError.ReadToEnd();
        probe.WaitForExit();
        return probe.ExitCode == 0;
    }
}

/// <summary>An authority of the test's own and a server certificate it has signed, as files.</summary>
public sealed class TestCertificate : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("isa-certificate-").FullName;

    /// <param name="name">Of the server the certificate is for.</param>
    public TestCertificate(string name)
    {
        using var rootKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var rootRequest = new CertificateRequest("CN=Test authority", rootKey, HashAlgorithmName.SHA256);
        rootRequest.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        using var root = rootRequest.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(2));
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(name);
        request.CertificateExtensions.Add(names.Build());
        using var certificate = request.Create(root, DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1), [1, 2, 3, 4]);
        File.WriteAllText(Authority, root.ExportCertificatePem());
        File.WriteAllText(File_("cert"), certificate.ExportCertificatePem());
        File.WriteAllText(File_("key"), key.ExportPkcs8PrivateKeyPem());
    }

    public string Authority => File_("authority");

    /// <summary>For <c>mail_server.py</c>.</summary>
    public string Arguments => $"--cert {File_("cert")} --key {File_("key")}";

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string File_(string name) => Path.Combine(_folder, $"{name}.pem");
}
