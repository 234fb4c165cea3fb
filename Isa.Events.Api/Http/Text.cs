using System.Globalization;
using System.Text;

namespace Isa.Events.Api.Http;

/// <summary>What may stand in text that people send, and how it is compared.</summary>
public static class Text
{
    /// <summary>
    /// NFC, trimmed, line ends as \n. Null where a character is refused: controls other than tab and line feed, controls of writing direction
    /// (they make a text read other than it is), line and paragraph separators, noncharacters, lone surrogates.
    /// </summary>
    public static string? Clean(string text, out FieldCode? refused)
    {
        refused = null;
        if (Ascii.IsValid(text) && text.AsSpan().IndexOfAnyInRange('\0', '\u001f') < 0 && !text.Contains('\u007f')) return text.Trim();

        foreach (var rune in text.EnumerateRunes())
        {
            var value = rune.Value;
            // EnumerateRunes gives U+FFFD for a lone surrogate, and for U+FFFD itself, which is no text either.
            if (value == 0xFFFD || (value & 0xFFFE) == 0xFFFE || value is >= 0xFDD0 and <= 0xFDEF) refused = FieldCode.InvalidText;
            else if (value is not ('\n' or '\t' or '\r') && Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator) refused = FieldCode.ControlCharacter;
            else if (IsBidiControl(value)) refused = FieldCode.BidiCharacter;
            if (refused is not null) return null;
        }

        return text.ReplaceLineEndings("\n").Normalize(NormalizationForm.FormC).Trim();
    }

    /// <summary>Unicode's Bidi_Control characters.</summary>
    public static bool IsBidiControl(int value) => value is 0x061C or 0x200E or 0x200F or (>= 0x202A and <= 0x202E) or (>= 0x2066 and <= 0x2069);

    /// <summary>Length as JSON Schema counts it: code points.</summary>
    public static int Length(string text)
    {
        var low = 0;
        foreach (var c in text) if (char.IsLowSurrogate(c)) low++;
        return text.Length - low;
    }

    /// <summary>What <c>LIKE … ESCAPE '\'</c> finds a text by, anywhere in a column that was folded.</summary>
    public static string? Pattern(string? text) => text is null ? null : $"%{Fold(text).Replace("\\", "\\\\").Replace("%", "\\%").Replace("_", "\\_")}%";

    /// <summary>
    /// For searching and sorting alike on both databases: lower case, without accents, umlauts in either spelling made one
    /// (Müller, Mueller and Muller become the same), full-width letters made narrow.
    /// </summary>
    public static string Fold(string text)
    {
        var folded = new StringBuilder(text.Length);
        foreach (var rune in text.Normalize(NormalizationForm.FormKD).EnumerateRunes())
        {
            if (Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark or UnicodeCategory.Format) continue;
            switch (rune.Value)
            {
                case 'ß' or 'ẞ': folded.Append("ss"); break;
                case 'æ' or 'Æ': folded.Append('a'); break;
                case 'ø' or 'Ø': folded.Append('o'); break;
                case 'œ' or 'Œ': folded.Append('o'); break;
                case 'ł' or 'Ł': folded.Append('l'); break;
                case 'đ' or 'Đ': folded.Append('d'); break;
                case 'ı': folded.Append('i'); break;
                case '\n' or '\t': folded.Append(' '); break;
                default: folded.Append(Rune.ToLowerInvariant(rune)); break;
            }
        }

        return folded.Replace("ae", "a").Replace("oe", "o").Replace("ue", "u").ToString();
    }
}
