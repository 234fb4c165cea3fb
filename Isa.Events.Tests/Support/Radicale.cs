using System.Diagnostics;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using System.Xml.Linq;
using Ical.Net;

namespace Isa.Events.Tests.Support;

/// <summary>A calendar server of its own on loopback (Debian's <c>radicale</c>), and beside it what a calendar program does with invites that arrive by mail.</summary>
public sealed class Radicale : IAsyncDisposable
{
    private const string Program = "/usr/bin/radicale";
    private readonly string _folder = Directory.CreateTempSubdirectory("isa-radicale-").FullName;
    private readonly Process _process;
    private readonly HttpClient _client;
    private readonly System.Collections.Concurrent.ConcurrentQueue<string> _said = new();

    private Radicale(int port)
    {
        var start = new ProcessStartInfo(Program, ["--config", "", $"--server-hosts=127.0.0.1:{port}", "--auth-type=none", $"--storage-filesystem-folder={_folder}"]) { RedirectStandardError = true, RedirectStandardOutput = true };
        _process = Process.Start(start)!;
        _process.ErrorDataReceived += (_, line) => _said.Enqueue(line.Data ?? "");
        _process.BeginErrorReadLine();
        _process.BeginOutputReadLine();
        _client = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}") };
        _client.DefaultRequestHeaders.ConnectionClose = true; // it closes after each answer without saying so
        _client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String("erika:"u8));
    }

    /// <summary>For a test's SkipUnless.</summary>
    public static bool IsThere => File.Exists(Program);

    public const string Missing = "Needs a calendar server for tests: apt-get install radicale.";

    public static async Task<Radicale> StartAsync()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        var port = ((IPEndPoint)probe.LocalEndpoint).Port;
        probe.Stop();
        var server = new Radicale(port);
        (await server.SendAsync("MKCALENDAR", "/erika/calendar/", null)).StatusCode.ShouldBe(HttpStatusCode.Created);
        return server;
    }

    /// <summary>Takes an iTIP object as a calendar program does (RFC 5546 s2.1.5, s3.2): by its UID, unless what is there is newer.</summary>
    /// <returns>Whether it was news.</returns>
    public async Task<bool> DeliverAsync(byte[] itip)
    {
        var text = Encoding.UTF8.GetString(itip);
        var calendar = Calendar.Load(text)!;
        var entry = calendar.Events.ShouldHaveSingleItem()!;
        var path = $"/erika/calendar/{entry.Uid}.ics";
        var there = await SendAsync("GET", path, null);
        if (there.StatusCode == HttpStatusCode.OK)
        {
            var known = Calendar.Load(await there.Content.ReadAsStringAsync())!.Events[0]!;
            if (entry.Sequence < known.Sequence || entry.Sequence == known.Sequence && entry.DtStamp!.AsUtc <= known.DtStamp!.AsUtc) return false;
        }
        else if (calendar.Method == "CANCEL") return false;

        var answer = calendar.Method == "CANCEL"
            ? await SendAsync("DELETE", path, null, there.Headers.ETag?.ToString())
            : await SendAsync("PUT", path, text.Replace($"METHOD:{calendar.Method}\r\n", "", StringComparison.Ordinal), there.Headers.ETag?.ToString()); // stored objects have no METHOD (RFC 4791 s4.1)
        answer.IsSuccessStatusCode.ShouldBeTrue($"{(int)answer.StatusCode} {await answer.Content.ReadAsStringAsync()}");
        return true;
    }

    /// <summary>All entries, as the server gives them.</summary>
    public async Task<List<string>> EntriesAsync()
    {
        var answer = await SendAsync("REPORT", "/erika/calendar/", """
            <c:calendar-query xmlns:d="DAV:" xmlns:c="urn:ietf:params:xml:ns:caldav"><d:prop><c:calendar-data/></d:prop><c:filter><c:comp-filter name="VCALENDAR"/></c:filter></c:calendar-query>
            """);
        ((int)answer.StatusCode).ShouldBe(207);
        return [.. XDocument.Parse(await answer.Content.ReadAsStringAsync()).Descendants(XName.Get("calendar-data", "urn:ietf:params:xml:ns:caldav")).Select(e => e.Value)];
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private async Task<HttpResponseMessage> SendAsync(string verb, string path, string? body, string? match = null)
    {
        for (var tries = 1; ; tries++)
        {
            using var request = new HttpRequestMessage(new HttpMethod(verb), path);
            if (body is not null) request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body)) { Headers = { ContentType = MediaTypeHeaderValue.Parse(verb == "PUT" ? "text/calendar; charset=utf-8" : "application/xml; charset=utf-8") } };
            if (match is not null) request.Headers.TryAddWithoutValidation("If-Match", match);
            try
            {
                return await _client.SendAsync(request);
            }
            catch (HttpRequestException e) when (tries < 100)
            {
                _process.HasExited.ShouldBeFalse(string.Join('\n', _said));
                if (tries == 99) throw new InvalidOperationException($"{verb} {path}: {string.Join('\n', _said)}", e);
                await Task.Delay(100); // it starts, or it closed a connection before it read
            }
        }
    }
}
