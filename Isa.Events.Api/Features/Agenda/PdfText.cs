using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Isa.Events.Api.Features.Agenda;

/// <summary>How a text looks on paper.</summary>
/// <param name="Size">In points.</param>
/// <param name="Bold">Thicker.</param>
/// <param name="Grey">Between 0, black, and 1.</param>
internal sealed record PdfStyle(double Size, bool Bold = false, double Grey = 0)
{
    /// <summary>From one base line to the next.</summary>
    public double LineHeight => Size * 1.4;
}

/// <summary>A piece of a line in one font.</summary>
internal sealed record PdfRun(string Text, PdfFace Face, double Width);

/// <summary>
/// Text as lines of a certain width, in fonts that have its characters. An emoji or a symbol that none of them has is left out with the space around it; of a text of nothing else, of words in letters that they lack, or
/// that would have to be joined and written from the right, an ellipsis remains, and of an ideograph a box: what belongs to a name is not dropped unseen.
/// </summary>
internal static partial class PdfText
{
    private const char Box = '□';
    private const char Ellipsis = '…';
    private const char Ornament = '\uE000'; // private use: no font has these two, so no text that is shown does
    private const char Letter = '\uE001';
    private const string NotFirst = "、。，．：；！？）】》」』〉〕％…‥·—,.;:!?)]}%’”»";
    private const string NotLast = "（【《「『〈〔([{‘“«";

    public static List<List<PdfRun>> Lines(string text, PdfStyle style, double width)
    {
        var lines = new List<List<PdfRun>>();
        foreach (var paragraph in text.Split('\n'))
        {
            var shown = Shown(paragraph);
            if (shown.Length > 0 || string.IsNullOrWhiteSpace(paragraph)) Break(Glyphs(shown, style), style.Size, width, lines);
        }

        if (lines.Count == 0) Break(Glyphs($"{Ellipsis}", style), style.Size, width, lines);
        return lines;
    }

    public static double Width(string text, PdfStyle style) => Glyphs(text, style).Sum(g => g.Width) * style.Size;

    /// <summary>Whether all words of a text are shown.</summary>
    public static bool IsWhole(string text) => Marked(text).AsSpan().IndexOfAny(Letter, Box) < 0;

    private static void Break(List<Glyph> glyphs, double size, double width, List<List<PdfRun>> lines)
    {
        var (begin, mayEnd, used) = (0, 0, 0.0);
        for (var i = 0; i < glyphs.Count; i++)
        {
            if (i > begin && MayBreak(glyphs[i - 1].Code, glyphs[i].Code)) mayEnd = i;
            used += glyphs[i].Width * size;
            if (used <= width || i == begin || glyphs[i].Code == ' ') continue;
            var end = mayEnd > begin ? mayEnd : i; // a word longer than the line is broken where the line ends
            lines.Add(Join(glyphs, begin, end, size));
            (begin, mayEnd, used) = (end, end, 0);
            i = end - 1;
        }

        lines.Add(Join(glyphs, begin, glyphs.Count, size));
    }

    private static List<PdfRun> Join(List<Glyph> glyphs, int begin, int end, double size)
    {
        while (end > begin && glyphs[end - 1].Code == ' ') end--;
        var runs = new List<PdfRun>();
        for (var i = begin; i < end;)
        {
            var (text, face, width) = (new StringBuilder(), glyphs[i].Face, 0.0);
            for (; i < end && glyphs[i].Face == face; i++)
            {
                text.Append(char.ConvertFromUtf32(glyphs[i].Code));
                width += glyphs[i].Width * size;
            }

            runs.Add(new PdfRun(text.ToString(), face, width));
        }

        return runs;
    }

    // Chinese may be broken between any two characters but before what closes and after what opens.
    private static bool MayBreak(int before, int after) =>
        before == ' ' ? after != ' '
        : Is(NotFirst, after) || Is(NotLast, before) ? false
        : IsIdeographic(before) || IsIdeographic(after) || before is '-' or '/' && Rune.IsLetter(new Rune(after));

    private static bool Is(string one, int code) => code <= char.MaxValue && one.Contains((char)code);

    private static bool IsIdeographic(int code) => PdfFace.IsIdeograph(code) || code is >= 0x2E80 and < 0x3130 or >= 0x3190 and < 0x3400 or >= 0xFF00 and <= 0xFFEF or Box;

    private static List<Glyph> Glyphs(string text, PdfStyle style) =>
        [.. text.EnumerateRunes().Select(rune => PdfFace.Of(rune.Value, style.Bold) is { } face ? new Glyph(rune.Value, face, face.Width(rune.Value, style.Bold)) : (Glyph?)null).OfType<Glyph>()];

    private static string Shown(string line)
    {
        var words = UnseenWords().Replace(EmptyBrackets().Replace(Marked(line), $"{Ornament}"), $"{Ellipsis}");
        return UnseenOrnaments().Replace(words, m => m.Index > 0 && m.Value.Contains(' ') && m.Index + m.Length is var next && next < words.Length && (m.Value[^1] == ' ' || words[next] == Ellipsis || !Is(NotFirst, words[next])) ? " " : "");
    }

    // Every character that is left has a font, but for the marks of those that have none.
    private static string Marked(string text)
    {
        var marked = new StringBuilder(text.Length);
        var elements = StringInfo.GetTextElementEnumerator(text.Normalize(NormalizationForm.FormC));
        while (elements.MoveNext())
        {
            var element = elements.GetTextElement();
            var first = element.EnumerateRunes().First();
            if (Rune.IsWhiteSpace(first) && first.Value is not ('\r' or '\n')) marked.Append(' ');
            else if (Rune.GetUnicodeCategory(first) is UnicodeCategory.Control or UnicodeCategory.Format) continue;
            else if (Has(first)) marked.Append(first);
            // A letter whose accents the fonts lack is still that letter, a ligature still its letters.
            else if (element.Normalize(NormalizationForm.FormKD).EnumerateRunes().Where(rune => Rune.GetUnicodeCategory(rune) != UnicodeCategory.NonSpacingMark).ToList() is { Count: > 0 } simple && simple.TrueForAll(Has))
                foreach (var rune in simple) marked.Append(rune);
            else marked.Append(PdfFace.IsIdeograph(first.Value) ? Box : Rune.IsLetterOrDigit(first) ? Letter : Ornament);
        }

        return marked.ToString();

        static bool Has(Rune rune) => PdfFace.Of(rune.Value, bold: false) is not null;
    }

    private readonly record struct Glyph(int Code, PdfFace Face, double Width);

    [GeneratedRegex(@"[(（\[【「『《„“«] *[\uE000\uE001][ \uE000\uE001]*[)）\]】」』》“”»]", RegexOptions.CultureInvariant)]
    private static partial Regex EmptyBrackets();

    [GeneratedRegex(@"\uE001(?:[ \uE000\uE001]*\uE001)?", RegexOptions.CultureInvariant)]
    private static partial Regex UnseenWords();

    [GeneratedRegex(@" *\uE000[ \uE000]*", RegexOptions.CultureInvariant)]
    private static partial Regex UnseenOrnaments();
}
