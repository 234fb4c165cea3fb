using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Isa.Events.Api.Http;

/// <summary>Where a page of a list ended: the sort values of its last row, bound to the filter it was made with. Opaque to callers.</summary>
/// <param name="Values">In the order of the sort.</param>
public sealed record Cursor(IReadOnlyList<string> Values)
{
    /// <param name="filter">Everything that shapes the list, as one text; a cursor of another list is refused.</param>
    public string Print(string filter) => Base64Url.EncodeToString(JsonSerializer.SerializeToUtf8Bytes((string[])[Mark(filter), .. Values]));

    /// <summary>Null where it is none, or of another list.</summary>
    public static Cursor? TryParse(string text, string filter)
    {
        try
        {
            return text.Length <= 2000 && JsonSerializer.Deserialize<string[]>(Base64Url.DecodeFromChars(text)) is { Length: > 1 } parts && parts[0] == Mark(filter) && !parts.Contains(null)
                ? new Cursor(parts[1..])
                : null;
        }
        catch (Exception e) when (e is FormatException or JsonException)
        {
            return null;
        }
    }

    private static string Mark(string filter) => Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(filter)), 0, 6);
}
