namespace Isa.Events.Benchmarks.Load;

/// <summary>What one turn showed.</summary>
/// <param name="PerSecond">Answers a second.</param>
/// <param name="P50">Half of the answers came within this many milliseconds.</param>
/// <param name="P99">99 of 100 came within this many milliseconds.</param>
public sealed record Sample(double PerSecond, double P50, double P99);

public static class Statistics
{
    public static double Median(this IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();
        return sorted.Length % 2 == 1 ? sorted[sorted.Length / 2] : (sorted[sorted.Length / 2 - 1] + sorted[sorted.Length / 2]) / 2;
    }

    /// <summary>The medians, each on its own.</summary>
    public static Sample Median(this IReadOnlyCollection<Sample> samples) =>
        new(samples.Select(s => s.PerSecond).Median(), samples.Select(s => s.P50).Median(), samples.Select(s => s.P99).Median());

    /// <summary>The median of the ratios of turns that stood beside each other.</summary>
    public static double Ratio(this IReadOnlyCollection<Sample> samples, IReadOnlyCollection<Sample> baseline, Func<Sample, double> figure) =>
        samples.Zip(baseline, (s, b) => figure(s) / figure(b)).Median();
}
