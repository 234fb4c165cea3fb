using System.Globalization;
using System.Runtime.InteropServices;

namespace Isa.Events.Benchmarks;

/// <summary>The figures as a Markdown table.</summary>
public sealed class Report
{
    private readonly List<(string What, string Measured, string Baseline, string Ratio, string Aim)> _lines = [];

    /// <param name="what">What was measured.</param>
    /// <param name="measured">Its figure, with the unit.</param>
    /// <param name="baseline">The figure it is compared with, and of what.</param>
    /// <param name="ratio">Of the two.</param>
    /// <param name="aim">What the product promises itself.</param>
    public void Add(FormattableString what, FormattableString measured, FormattableString? baseline, double? ratio, string aim) => _lines.Add((
        what.ToString(CultureInfo.InvariantCulture), measured.ToString(CultureInfo.InvariantCulture), baseline?.ToString(CultureInfo.InvariantCulture) ?? "",
        ratio?.ToString("0.00", CultureInfo.InvariantCulture) ?? "", aim));

    public void Print(TextWriter output, Run run)
    {
        output.WriteLine($"{Environment.ProcessorCount} cores, {RuntimeInformation.OSDescription}, {RuntimeInformation.FrameworkDescription}; {Run.Connections} connections, the client on the same machine; medians of {run.Rounds} rounds of {run.Duration.TotalSeconds} s that take turns.");
        output.WriteLine();
        output.WriteLine("| what | measured | baseline in the same run | ratio | aim |");
        output.WriteLine("|---|---|---|---|---|");
        foreach (var line in _lines) output.WriteLine($"| {line.What} | {line.Measured} | {line.Baseline} | {line.Ratio} | {line.Aim} |");
    }
}

/// <summary>Something that is measured and promised.</summary>
public interface IFigure
{
    /// <summary>For <c>--only</c>.</summary>
    string Name { get; }

    Task MeasureAsync(Run run, Report report, CancellationToken ct);
}
