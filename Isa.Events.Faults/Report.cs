using System.Globalization;
using System.Runtime.InteropServices;

namespace Isa.Events.Faults;

/// <summary>What happened, as a Markdown table.</summary>
internal static class Report
{
    public static void Print(TextWriter output, Extent extent, IReadOnlyCollection<Outcome> outcomes)
    {
        output.WriteLine($"The {extent.Name} form; {Environment.ProcessorCount} cores, {RuntimeInformation.OSDescription}, {RuntimeInformation.FrameworkDescription}; {Ledgers.Crowd.Callers} callers on the same machine.");
        output.WriteLine();
        output.WriteLine("| fault | database | runs | requests | registrations answered | lost | doubled | oversold | other violations | time to recover: median, longest |");
        output.WriteLine("|---|---|---|---|---|---|---|---|---|---|");
        foreach (var outcome in outcomes) output.WriteLine(Line(outcome));
        foreach (var outcome in outcomes.Where(o => o.Notes.Count > 0)) output.WriteLine($"\n{outcome.Fault} ({outcome.Database}): {string.Join("; ", outcome.Notes)}.");
    }

    private static string Line(Outcome outcome) => outcome.Skipped is { } reason
        ? $"| {outcome.Fault} | {outcome.Database} | not run: {reason} |  |  |  |  |  |  |  |"
        : string.Create(CultureInfo.InvariantCulture, $"| {outcome.Fault} | {outcome.Database} | {outcome.Runs} | {outcome.Requests} | {outcome.Registered} | {outcome.Count(Violation.Lost)} | {outcome.Count(Violation.Doubled)} | {outcome.Count(Violation.Oversold)} | {outcome.Count(Violation.Other)} | {Times(outcome.Recoveries)} |");

    private static string Times(IReadOnlyList<TimeSpan> times)
    {
        if (times.Count == 0) return "";
        var sorted = times.Order().ToArray();
        return string.Create(CultureInfo.InvariantCulture, $"{sorted[sorted.Length / 2].TotalSeconds:0.0} s, {sorted[^1].TotalSeconds:0.0} s");
    }
}
