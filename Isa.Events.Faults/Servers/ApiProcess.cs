using System.Collections.Concurrent;
using System.Diagnostics;
using System.Runtime.InteropServices;
using Isa.Events.Benchmarks;

namespace Isa.Events.Faults.Servers;

/// <summary>The server as a process of its own, always at the same address, that can be ended in every way and started again.</summary>
public sealed class ApiProcess : IAsyncDisposable
{
    private const int SigKill = 9;
    private const int SigTerm = 15;
    private const int SigCont = 18;
    private const int SigStop = 19;
    private readonly IReadOnlyList<string> _settings;
    private readonly Launch _launch;
    private readonly ConcurrentQueue<string> _log = new();
    private Process? _process;

    /// <param name="number">Different for each that runs beside others.</param>
    /// <param name="settings">Which database it is to use.</param>
    /// <param name="launch">How it is started.</param>
    public ApiProcess(int number, IReadOnlyList<string> settings, Launch launch)
    {
        Number = number;
        var address = new Uri($"http://127.0.0.1:{Loopback.FreePort()}");
        _settings = ["--urls", address.ToString(), $"--Server:PublicUrl={address.GetLeftPart(UriPartial.Authority)}", "--Server:RequestsPerMinutePerKey=10000000", "--Server:RequestsPerMinutePerAddress=10000000", .. settings];
        _launch = launch;
        Client = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = 256, ConnectTimeout = TimeSpan.FromSeconds(5) }) { BaseAddress = address, Timeout = TimeSpan.FromSeconds(120) };
    }

    public int Number { get; }

    /// <summary>Waits two minutes for an answer: who promises less is measured, not cut off.</summary>
    public HttpClient Client { get; }

    /// <summary>The last lines of its log that are no ordinary ones.</summary>
    public IEnumerable<string> Log => _log;

    public void Start()
    {
        _process = Process.Start(_launch.Program(_settings, []))!;
        _process.OutputDataReceived += (_, line) => Keep(line.Data);
        _process.ErrorDataReceived += (_, line) => Keep(line.Data);
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    /// <summary>Returns once it says that it is ready.</summary>
    public Task ReadyAsync(CancellationToken ct) => Wait.UntilAsync(async () =>
    {
        if (_process!.HasExited) throw new InvalidOperationException($"The server ended with {_process.ExitCode}: {string.Join('\n', _log)}");
        try
        {
            using var answer = await Client.GetAsync("/health/ready", ct);
            return answer.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }, Extent.BackToNormal, "the server is ready", ct);

    /// <summary>Ends it where it stands.</summary>
    public async Task KillAsync(CancellationToken ct)
    {
        Send(SigKill);
        await _process!.WaitForExitAsync(ct);
    }

    /// <summary>Asks it to end, as a service manager does.</summary>
    /// <returns>The exit code, and how long it took; no code where it had not ended in time.</returns>
    public async Task<(int? ExitCode, TimeSpan Time)> TerminateAsync(TimeSpan patience, CancellationToken ct)
    {
        var start = Stopwatch.GetTimestamp();
        Send(SigTerm);
        try
        {
            await _process!.WaitForExitAsync(ct).WaitAsync(patience, ct);
            return (_process.ExitCode, Stopwatch.GetElapsedTime(start));
        }
        catch (TimeoutException)
        {
            return (null, patience);
        }
    }

    /// <summary>Lets it stand still.</summary>
    public void Freeze() => Send(SigStop);

    /// <summary>Lets it go on.</summary>
    public void Wake() => Send(SigCont);

    public async ValueTask DisposeAsync()
    {
        if (_process is { HasExited: false }) await KillAsync(CancellationToken.None);
        _process?.Dispose();
        Client.Dispose();
    }

    private void Send(int signal)
    {
        if (Kill(_process!.Id, signal) != 0) throw new InvalidOperationException($"Signal {signal} could not be sent: {Marshal.GetLastPInvokeErrorMessage()}");
    }

    private void Keep(string? line)
    {
        if (line is null || line.Contains("\"LogLevel\":\"Information\"", StringComparison.Ordinal) || line.Contains("Http.RequestLog", StringComparison.Ordinal)) return;
        _log.Enqueue(line.Length > 600 ? line[..600] : line);
        if (_log.Count > 20) _log.TryDequeue(out _);
    }

    [DllImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static extern int Kill(int process, int signal);
}
