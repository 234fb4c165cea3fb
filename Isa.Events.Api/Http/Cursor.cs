using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Isa.Events.Api.Http;

/// <summary>Where a page of a list ended: the sort values of its last row, bound to the filter it was made with. Opaque to callers.</summary>
/// <param name="Value">What the list is sorted by.</param>
/// <param name="Id">Decides between equal ones.</param>
public sealed record Cursor(string Value, string Id)
{
    /// <summary>The value of a list that is sorted by time.</summary>
    public DateTimeOffset At => Instant.Parse(Value);

    /// <param name="filter">Everything that shapes the list, as one text; a cursor of another list is refused.</param>
    public string Print(string filter) => Base64Url.EncodeToString(JsonSerializer.SerializeToUtf8Bytes((string[])[Mark(filter), Value, Id]));

    /// <summary>Null where it is none, or of another list.</summary>
    /// <param name="text">As a caller sent it.</param>
    /// <param name="filter">As <see cref="Print"/> had it.</param>
    /// <param name="byTime">Whether the list is sorted by time.</param>
    public static Cursor? TryParse(string text, string filter, bool byTime)
    {
        try
        {
            return text.Length <= 2000 && JsonSerializer.Deserialize<string[]>(Base64Url.DecodeFromChars(text)) is [{ } mark, { } value, { } id] && mark == Mark(filter) && (!byTime || Instant.TryParse(value))
                ? new Cursor(value, id)
                : null;
        }
        catch (Exception e) when (e is FormatException or JsonException)
        {
            return null;
        }
    }

    private static string Mark(string filter) => Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(filter)), 0, 6);
}
