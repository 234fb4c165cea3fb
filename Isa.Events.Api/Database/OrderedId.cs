using System.Globalization;

namespace Isa.Events.Api.Database;

/// <summary>Ids of rows that are read in the order they were written: by their instant, and where several share it, by when this process made them.</summary>
public static class OrderedId
{
    private static long _last = Random.Shared.Next();

    /// <summary>What all ids of an instant, and of later ones, come after.</summary>
    public static string First(DateTimeOffset instant) => instant.ToUnixTimeMilliseconds().ToString("x12", CultureInfo.InvariantCulture);

    /// <summary>32 hexadecimal digits: milliseconds, a count, chance.</summary>
    public static string New(DateTimeOffset now) => string.Create(CultureInfo.InvariantCulture,
        $"{now.ToUnixTimeMilliseconds():x12}{Interlocked.Increment(ref _last) & 0xFFFF_FFFF:x8}{Random.Shared.NextInt64(1L << 48):x12}");
}
