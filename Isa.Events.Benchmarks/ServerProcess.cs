using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;

namespace Isa.Events.Benchmarks;

/// <summary>The server as a process of its own on loopback, with its data in a temporary folder that goes with it.</summary>
public sealed class ServerProcess : IAsyncDisposable
{
    /// <summary>As first argument of this program: be the server.</summary>
    public const string HostArgument = "host";

    /// <summary>With a connection string behind it: stores on PostgreSQL.</summary>
    public const string PostgresSetting = "--Database:Postgres=";

    private readonly DirectoryInfo _folder;
    private readonly string[] _settings;
    private readonly Lazy<Process> _process;

    private ServerProcess(DirectoryInfo folder, string[] settings)
    {
        _folder = folder;
        Address = new Uri($"http://127.0.0.1:{Loopback.FreePort()}");
        _settings =
        [
            $"--Database:DataFolder={folder.FullName}", "--Server:RequestsPerMinutePerKey=10000000", "--Server:RequestsPerMinutePerAddress=10000000", $"--Server:PublicUrl={Address.GetLeftPart(UriPartial.Authority)}",
            .. settings,
        ];
        _process = new Lazy<Process>(() => Launch(withBaselines: true));
        Key = "";
    }

    public Uri Address { get; }

    /// <summary>An organiser's key: it may do everything that is measured.</summary>
    public string Key { get; private set; }

    /// <summary>The connection string of its PostgreSQL; null where it stores in <see cref="DatabaseFile"/>.</summary>
    public string? Postgres => _settings.FirstOrDefault(s => s.StartsWith(PostgresSetting, StringComparison.Ordinal))?[PostgresSetting.Length..];

    public string DatabaseFile => Path.Combine(_folder.FullName, "isa-events.db");

    public HttpClient Client { get; private set; } = new();

    /// <summary>A server on an empty file, up and ready.</summary>
    public static async Task<ServerProcess> StartAsync(CancellationToken ct, params string[] settings)
    {
        var server = await PrepareAsync(ct, settings);
        _ = server._process.Value;
        await server.ReadyAsync(ct);
        return server;
    }

    /// <summary>An empty file with its tables and a key, and no server yet.</summary>
    public static async Task<ServerProcess> PrepareAsync(CancellationToken ct, params string[] settings)
    {
        var server = new ServerProcess(Directory.CreateTempSubdirectory("isa-events-benchmark-"), settings);
        using var keys = Process.Start(server.Arguments(Environment.ProcessPath!, [HostArgument, "keys", "create", "--role", "organizer", "--name", "benchmark"]))!;
        server.Key = (await keys.StandardOutput.ReadToEndAsync(ct)).Trim();
        await keys.WaitForExitAsync(ct);
        server.Client = new HttpClient { BaseAddress = server.Address, Timeout = TimeSpan.FromMinutes(5) };
        server.Client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", server.Key);
        return server;
    }

    /// <summary>Starts the server's own program on this file, without baselines beside it.</summary>
    public Process Launch() => Launch(withBaselines: false);

    /// <summary>Runs a command of the program on this file.</summary>
    public Process Command(params string[] arguments)
    {
        var process = Process.Start(Arguments("dotnet", [typeof(Api.Program).Assembly.Location, .. arguments]))!;
        _ = process.StandardOutput.BaseStream.CopyToAsync(Stream.Null);
        return process;
    }

    public async Task ReadyAsync(CancellationToken ct)
    {
        while (!await AnswersAsync("/health/ready", ct)) await Task.Delay(2, ct);
    }

    /// <summary>Publishes an event with an online site that has this many seats, or any number of them.</summary>
    public Task<string> EventAsync(string slug, int? seats, CancellationToken ct) => EventAsync(slug, ct, EventDraft.Online("zoom", seats));

    /// <summary>Publishes an event with these sites.</summary>
    public async Task<string> EventAsync(string slug, CancellationToken ct, params JsonObject[] sites)
    {
        var made = await PostAsync("/v1/events", EventDraft.Create(slug, sites), ct);
        var id = (string)made["id"]!;
        await PostAsync($"/v1/events/{id}/publish", null, ct);
        return id;
    }

    public async Task<JsonNode> PostAsync(string path, JsonNode? body, CancellationToken ct)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path);
        if (body is not null) request.Content = new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json");
        request.Headers.TryAddWithoutValidation("If-Match", "*");
        using var response = await Client.SendAsync(request, ct);
        var text = await response.Content.ReadAsStringAsync(ct);
        return response.IsSuccessStatusCode ? JsonNode.Parse(text)! : throw new InvalidOperationException($"{path}: {text}");
    }

    /// <summary>Gives an event an agenda of this size.</summary>
    public async Task UploadAgendaAsync(string eventId, int bytes, CancellationToken ct)
    {
        var document = new byte[bytes];
        new Random(1).NextBytes(document); // as dense as a real one
        "%PDF-1.7\n"u8.CopyTo(document);
        "\n%%EOF\n"u8.CopyTo(document.AsSpan(bytes - 7));
        using var content = new ByteArrayContent(document) { Headers = { ContentType = new MediaTypeHeaderValue("application/pdf") } };
        using var request = new HttpRequestMessage(HttpMethod.Put, $"/v1/events/{eventId}/agenda/document") { Content = content };
        request.Headers.TryAddWithoutValidation("If-Match", "*");
        using var answer = await Client.SendAsync(request, ct);
        if (!answer.IsSuccessStatusCode) throw new InvalidOperationException(await answer.Content.ReadAsStringAsync(ct));
    }

    /// <summary>Resident memory in MB now, and the most since the last reset. Linux tells; elsewhere null.</summary>
    public (double Now, double Peak)? Memory() => Memory(_process.Value);

    public static (double Now, double Peak)? Memory(Process process)
    {
        var status = $"/proc/{process.Id}/status";
        if (!File.Exists(status)) return null;
        var lines = File.ReadAllLines(status);
        return (Of("VmRSS:"), Of("VmHWM:"));

        double Of(string name) => double.Parse(lines.First(l => l.StartsWith(name, StringComparison.Ordinal))[name.Length..^2].Trim(), CultureInfo.InvariantCulture) / 1024;
    }

    public void ResetPeak() => File.WriteAllText($"/proc/{_process.Value.Id}/clear_refs", "5");

    public async Task<bool> AnswersAsync(string path, CancellationToken ct)
    {
        try
        {
            using var answer = await Client.GetAsync(path, ct);
            return answer.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_process.IsValueCreated) await StopAsync(_process.Value);
        Client.Dispose();
        _folder.Delete(recursive: true);
    }

    public static async Task StopAsync(Process process)
    {
        process.Kill(entireProcessTree: true);
        await process.WaitForExitAsync();
        process.Dispose();
    }

    private Process Launch(bool withBaselines)
    {
        var process = Process.Start(withBaselines
            ? Arguments(Environment.ProcessPath!, [HostArgument, "--urls", Address.ToString()])
            : Arguments("dotnet", [typeof(Api.Program).Assembly.Location, "--urls", Address.ToString()]))!;
        _ = process.StandardOutput.BaseStream.CopyToAsync(Stream.Null); // the log is written and read, as under a service manager
        return process;
    }

    private ProcessStartInfo Arguments(string program, string[] arguments)
    {
        // Started by "dotnet program.dll", the process is dotnet, and the program its first argument.
        string[] self = program == Environment.ProcessPath && Path.GetFileNameWithoutExtension(program) == "dotnet" ? [typeof(ServerProcess).Assembly.Location] : [];
        var start = new ProcessStartInfo(program, [.. self, .. arguments, .. _settings]) { RedirectStandardOutput = true, RedirectStandardError = arguments.Contains("keys"), WorkingDirectory = AppContext.BaseDirectory };
        start.Environment["ASPNETCORE_ENVIRONMENT"] = "Production";
        return start;
    }
}
