using System.Diagnostics;
using System.Text;

namespace Isa.Events.Tests.Support;

/// <summary>A program of others that reads what we wrote: a line goes to it, a line of JSON comes back.</summary>
public sealed class ForeignReader : IDisposable
{
    private const string Python = "/usr/bin/python3";
    private static readonly Lazy<bool> LibicalFound = new(() => File.Exists(Python) && Runs(Python, "-c", "import ctypes; ctypes.CDLL('libical.so.3')"));
    private static readonly Lazy<bool> PythonCalendar = new(() => File.Exists(Python) && Runs(Python, "-c", "import icalendar"));
    private readonly Process _process;

    private ForeignReader(string program, string script) => _process = Process.Start(new ProcessStartInfo(program, [script])
    {
        RedirectStandardInput = true, RedirectStandardOutput = true, StandardInputEncoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), StandardOutputEncoding = Encoding.UTF8,
    })!;

    /// <summary>For a test's SkipUnless.</summary>
    public static bool IsPythonThere => PythonCalendar.Value;

    public const string PythonMissing = "Needs a foreign parser: apt-get install python3-icalendar.";

    /// <summary>For a test's SkipUnless.</summary>
    public static bool IsLibicalThere => LibicalFound.Value;

    public const string LibicalMissing = "Needs a foreign parser: apt-get install libical3.";

    /// <summary>For a test's SkipUnless.</summary>
    public static bool IsNodeThere => File.Exists(NodeScript);

    public const string NodeMissing = "Needs a foreign parser: npm install in a copy of .ci/tools, which ISA_EVENTS_TOOLS names.";

    private static string NodeScript => Environment.GetEnvironmentVariable("ISA_EVENTS_TOOLS") is { } tools && Directory.Exists(Path.Combine(tools, "node_modules", "ical.js")) ? Path.Combine(tools, "read-calendar.mjs") : "";

    /// <summary>The icalendar package of Python.</summary>
    public static ForeignReader Icalendar() => new(Python, Path.Combine(AppContext.BaseDirectory, "Support", "read_calendar.py"));

    /// <summary>libical, which Evolution and KOrganizer read with.</summary>
    public static ForeignReader Libical() => new(Python, Path.Combine(AppContext.BaseDirectory, "Support", "read_with_libical.py"));

    /// <summary>ical.js, which Thunderbird reads with.</summary>
    public static ForeignReader IcalJs() => new("node", NodeScript);

    /// <summary>The mail parser of Python.</summary>
    public static ForeignReader Mail() => new(Python, Path.Combine(AppContext.BaseDirectory, "Support", "read_mail.py"));

    public Task<JsonNode> CalendarAsync(string text) => AskAsync(new JsonObject { ["text"] = text }.ToJsonString());

    public async Task<JsonNode> AskAsync(string line)
    {
        await _process.StandardInput.WriteLineAsync(line);
        await _process.StandardInput.FlushAsync();
        return JsonNode.Parse(await _process.StandardOutput.ReadLineAsync() ?? throw new InvalidOperationException("The foreign parser refused it."))!;
    }

    public void Dispose()
    {
        _process.Kill();
        _process.Dispose();
    }

    private static bool Runs(string program, params string[] arguments)
    {
        using var probe = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
        probe.StandardError.ReadToEnd();
        probe.WaitForExit();
        return probe.ExitCode == 0;
    }
}
