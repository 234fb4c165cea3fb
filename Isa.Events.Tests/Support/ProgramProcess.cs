using System.Diagnostics;

namespace Isa.Events.Tests.Support;

/// <summary>What a process of the program has said, and how it ended.</summary>
public sealed record ProcessEnd(int ExitCode, string Output, string Error, TimeSpan Took)
{
    /// <summary>It refused: a line that a person can read, without a trace.</summary>
    public ProcessEnd ShouldRefuse(params string[] parts)
    {
        ExitCode.ShouldNotBe(0, Output);
        Error.Trim().Split('\n').ShouldHaveSingleItem();
        foreach (var part in parts) Error.ShouldContain(part);
        Error.ShouldNotContain("   at ");
        return this;
    }

    public ProcessEnd ShouldDo(params string[] parts)
    {
        ExitCode.ShouldBe(0, Error + Output);
        foreach (var part in parts) Output.ShouldContain(part);
        return this;
    }
}

/// <summary>The program as its operator starts it: a process of its own, on a data folder.</summary>
public static class ProgramProcess
{
    private static readonly Lazy<bool> MayMount = new(() =>
    {
        if (!OperatingSystem.IsLinux()) return false;
        using var probe = Process.Start(new ProcessStartInfo("unshare", ["--map-root-user", "--mount", "mount", "-t", "tmpfs", "none", "/mnt"]) { RedirectStandardError = true })!;
        probe.WaitForExit();
        return probe.ExitCode == 0;
    });

    /// <param name="folder">The data folder.</param>
    /// <param name="arguments">Separated by spaces.</param>
    /// <param name="wrapper">A program that starts it, with its arguments.</param>
    public static Process Start(string folder, string arguments, params string[] wrapper) => Start(folder, arguments, AppContext.BaseDirectory, wrapper);

    public static async Task<ProcessEnd> RunAsync(string folder, string arguments, string? workingFolder)
    {
        var watch = Stopwatch.StartNew();
        using var process = Start(folder, arguments, workingFolder ?? AppContext.BaseDirectory, []);
        return await EndAsync(process, watch);
    }

    private static Process Start(string folder, string arguments, string workingFolder, string[] wrapper)
    {
        string[] words = [.. wrapper, "dotnet", typeof(Isa.Events.Api.Program).Assembly.Location, .. arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries)];
        var start = new ProcessStartInfo(words[0], words[1..]) { RedirectStandardOutput = true, RedirectStandardError = true, StandardOutputEncoding = System.Text.Encoding.UTF8, WorkingDirectory = workingFolder };
        start.Environment["Database__DataFolder"] = folder;
        return Process.Start(start)!;
    }

    public static async Task<ProcessEnd> RunAsync(string folder, string arguments, params string[] wrapper)
    {
        var watch = Stopwatch.StartNew();
        using var process = Start(folder, arguments, wrapper);
        return await EndAsync(process, watch);
    }

    public static async Task<ProcessEnd> EndAsync(Process process, Stopwatch? watch = null)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        var (output, error) = (process.StandardOutput.ReadToEndAsync(patience.Token), process.StandardError.ReadToEndAsync(patience.Token));
        await process.WaitForExitAsync(patience.Token);
        return new ProcessEnd(process.ExitCode, await output, await error, watch?.Elapsed ?? TimeSpan.Zero);
    }

    /// <summary>A server that answers, on a port of its own.</summary>
    public static async Task<(Process Process, HttpClient Client)> ServeAsync(string folder, string arguments = "--urls http://127.0.0.1:0")
    {
        var process = Start(folder, $"serve {arguments}");
        _ = process.StandardError.ReadToEndAsync();
        while (await process.StandardOutput.ReadLineAsync() is { } line)
        {
            if (!line.StartsWith("Isa.Events answers on ", StringComparison.Ordinal)) continue;
            _ = process.StandardOutput.ReadToEndAsync();
            return (process, new HttpClient { BaseAddress = new Uri(line[22..line.IndexOf(';')].Split(", ")[0].Replace("0.0.0.0", "127.0.0.1")) });
        }

        throw new InvalidOperationException("The server did not start.");
    }

    /// <summary>What gives a process a small file system of its own at a folder; where nothing may be mounted, files that may not grow.</summary>
    public static string[] OnSmallDisk(string at, int kilobytes) => MayMount.Value
        ? ["unshare", "--map-root-user", "--mount", "sh", "-c", $"mount -t tmpfs -o size={kilobytes}k none {at} && exec \"$@\"", "sh"]
        : ["sh", "-c", $"trap '' XFSZ; ulimit -f {kilobytes / 2}; DOTNET_EnableWriteXorExecute=0 exec \"$@\"", "sh"];

    /// <summary>What makes a folder read-only for a process, where that may be mounted.</summary>
    public static string[]? OnReadOnlyDisk(string at) => MayMount.Value
        ? ["unshare", "--map-root-user", "--mount", "sh", "-c", $"mount -t tmpfs -o ro none {at} && exec \"$@\"", "sh"]
        : null;

    public static void Signal(Process process, string signal)
    {
        using var kill = Process.Start("kill", [$"-{signal}", process.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)]);
        kill.WaitForExit();
    }
}
