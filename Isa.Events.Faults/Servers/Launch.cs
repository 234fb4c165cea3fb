using System.Diagnostics;
using System.Globalization;

namespace Isa.Events.Faults.Servers;

/// <summary>How the server's program is started.</summary>
public sealed record Launch
{
    public static readonly Launch Plain = new();

    /// <summary>Added to its environment.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <summary>A program, with its arguments, that starts it.</summary>
    public IReadOnlyList<string> By { get; init; } = [];

    /// <summary>By a user whose rights end where those of files do, which is not so for root.</summary>
    public static Launch WithoutRightsOfRoot => System.Environment.IsPrivilegedProcess
        ? new Launch { By = ["setpriv", "--bounding-set=-dac_override,-dac_read_search", "--inh-caps=-dac_override,-dac_read_search"] }
        : Plain;

    /// <summary>The program on a database, as a process that has not been started yet.</summary>
    public ProcessStartInfo Program(IStore store, IEnumerable<string> arguments) => Program(store.Settings, arguments);

    /// <summary>As the other, for a process with settings of its own.</summary>
    public ProcessStartInfo Program(IEnumerable<string> settings, IEnumerable<string> arguments)
    {
        string[] line = [.. By, "dotnet", typeof(Api.Program).Assembly.Location, .. arguments, .. settings];
        var start = new ProcessStartInfo(line[0], line[1..]) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = AppContext.BaseDirectory };
        start.Environment["ASPNETCORE_ENVIRONMENT"] = "Production";
        foreach (var (name, value) in Environment) start.Environment[name] = value;
        return start;
    }

    /// <summary>Runs it to its end.</summary>
    public async Task<Ended> RunAsync(IStore store, TimeSpan patience, CancellationToken ct, params string[] arguments)
    {
        var begun = Stopwatch.GetTimestamp();
        using var process = Process.Start(Program(store, arguments))!;
        var (output, error) = (process.StandardOutput.ReadToEndAsync(ct), process.StandardError.ReadToEndAsync(ct));
        try
        {
            await process.WaitForExitAsync(ct).WaitAsync(patience, ct);
        }
        catch (TimeoutException)
        {
            process.Kill();
            await process.WaitForExitAsync(ct);
            return new Ended(null, await output, await error, patience);
        }

        return new Ended(process.ExitCode, await output, await error, Stopwatch.GetElapsedTime(begun));
    }
}

/// <summary>A run of the program that has ended.</summary>
/// <param name="ExitCode">Null where it had to be ended.</param>
/// <param name="Output">What it printed.</param>
/// <param name="Error">What it printed as errors.</param>
/// <param name="Time">How long it ran.</param>
public sealed record Ended(int? ExitCode, string Output, string Error, TimeSpan Time)
{
    /// <summary>What is wrong with a refusal to start, or null: one line that says why, an exit code, within five seconds.</summary>
    /// <param name="naming">What the line must name.</param>
    public string? RefusalFault(string naming)
    {
        var lines = Error.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        return ExitCode is null ? $"still ran after {Time.TotalSeconds.ToString("0", CultureInfo.InvariantCulture)} s"
            : ExitCode == 0 ? "ended with 0"
            : Time > TimeSpan.FromSeconds(5) ? $"took {Time.TotalSeconds.ToString("0.0", CultureInfo.InvariantCulture)} s"
            : lines.Length != 1 ? $"said {lines.Length} lines: {Error}{Output}"
            : !lines[0].Contains(naming, StringComparison.OrdinalIgnoreCase) ? $"did not name '{naming}': {Error}"
            : Output.Contains("   at ", StringComparison.Ordinal) ? $"printed a stack trace: {Output}"
            : null;
    }
}
