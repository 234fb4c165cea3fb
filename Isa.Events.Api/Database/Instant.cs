using System.Globalization;

namespace Isa.Events.Api.Database;

/// <summary>Instants as SQLite keeps them: fixed-width UTC text in milliseconds, so that text order is time order.</summary>
public static class Instant
{
    public const string Format = "yyyy-MM-ddTHH:mm:ss.fffZ";

    // Most instants of a transaction are its own.
    [ThreadStatic]
    private static (DateTimeOffset Instant, string? Text) _last;

    public static string ToText(DateTimeOffset instant)
    {
        if (_last.Text is { } text && _last.Instant == instant) return text;
        _last = (instant, instant.UtcDateTime.ToString(Format, CultureInfo.InvariantCulture));
        return _last.Text!;
    }

    public static bool TryParse(string text) =>
        DateTimeOffset.TryParseExact(text, Format, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out _);

    public static DateTimeOffset Parse(string text) =>
        DateTimeOffset.ParseExact(text, Format, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal);

    /// <summary>Cuts to the milliseconds that both databases keep, so that a value compares equal before and after it was stored.</summary>
    public static DateTimeOffset Cut(DateTimeOffset instant) => new(instant.UtcTicks - instant.UtcTicks % TimeSpan.TicksPerMillisecond, TimeSpan.Zero);
}
