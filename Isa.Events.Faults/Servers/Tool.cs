using System.Diagnostics;

namespace Isa.Events.Faults.Servers;

/// <summary>Programs of the system.</summary>
internal static class Tool
{
    public sealed record Done(int ExitCode, string Output, string Error);

    public static async Task RunAsync(string program, IEnumerable<string> arguments, CancellationToken ct)
    {
        var done = await TryAsync(program, arguments, ct);
        if (done.ExitCode != 0) throw new InvalidOperationException($"{program} failed: {done.Error}");
    }

    /// <summary>Runs it to its end, whatever that is. Where there is no such program the exit code is 127, as in a shell.</summary>
    public static async Task<Done> TryAsync(string program, IEnumerable<string> arguments, CancellationToken ct, string? folder = null)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = folder ?? "" };
        try
        {
            using var process = Process.Start(start)!;
            var (output, error) = (process.StandardOutput.ReadToEndAsync(ct), process.StandardError.ReadToEndAsync(ct));
            await process.WaitForExitAsync(ct);
            return new Done(process.ExitCode, await output, await error);
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            return new Done(127, "", e.Message);
        }
    }
}

/// <summary>Waiting for something that cannot tell when it is there.</summary>
internal static class Wait
{
    public static async Task UntilAsync(Func<Task<bool>> isSo, TimeSpan patience, string what, CancellationToken ct)
    {
        var start = Stopwatch.GetTimestamp();
        while (!await isSo())
        {
            if (Stopwatch.GetElapsedTime(start) > patience) throw new TimeoutException($"Waited {patience.TotalSeconds:0} s until {what}.");
            await Task.Delay(10, ct);
        }
    }
}
