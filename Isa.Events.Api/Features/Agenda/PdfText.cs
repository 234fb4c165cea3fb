using System.Globalization;
using System.Text;

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

/// <summary>Text as lines of a certain width, in fonts that have its characters. What none of them has becomes a box.</summary>
internal static class PdfText
{
    private const int Box = '□';
    private const string NotFirst = "、。，．：；！？）】》」』〉〕％…‥·—,.;:!?)]}%’”»";
    private const string NotLast = "（【《「『〈〔([{‘“«";

    public static List<List<PdfRun>> Lines(string text, PdfStyle style, double width)
    {
        var lines = new List<List<PdfRun>>();
        foreach (var paragraph in text.Split('\n')) Break(Glyphs(paragraph, style), style.Size, width, lines);
        return lines;
    }

    public static double Width(string text, PdfStyle style) => Glyphs(text, style).Sum(g => g.Width) * style.Size;

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
                text.Append((char)glyphs[i].Code);
                width += glyphs[i].Width * size;
            }

            runs.Add(new PdfRun(text.ToString(), face, width));
        }

        return runs;
    }

    // Chinese may be broken between any two characters but before what closes and after what opens.
    private static bool MayBreak(int before, int after) =>
        before == ' ' ? after != ' '
        : NotFirst.Contains((char)after) || NotLast.Contains((char)before) ? false
        : IsIdeographic(before) || IsIdeographic(after) || before is '-' or '/' && char.IsLetter((char)after);

    private static bool IsIdeographic(int code) => code is >= 0x2E80 and <= 0x9FFF or >= 0xF900 and <= 0xFAFF or >= 0xFF00 and <= 0xFFEF or Box;

    private static List<Glyph> Glyphs(string text, PdfStyle style)
    {
        var glyphs = new List<Glyph>(text.Length);
        var elements = StringInfo.GetTextElementEnumerator(text.Normalize(NormalizationForm.FormC));
        while (elements.MoveNext())
        {
            var element = elements.GetTextElement();
            var first = element.EnumerateRunes().First();
            if (Rune.GetUnicodeCategory(first) is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator)
            {
                if (first.Value == '\t') Add(' ');
                continue;
            }

            // A letter whose accents the fonts lack is still that letter; of an emoji that is put together, one box remains.
            if (!Add(Rune.IsWhiteSpace(first) ? ' ' : first.Value) && !Add(element.Normalize(NormalizationForm.FormKD).EnumerateRunes().First().Value)) Add(Box);
        }

        return glyphs;

        bool Add(int code)
        {
            var latin = style.Bold ? PdfFace.Bold : PdfFace.Regular;
            if ((latin.Has(code) ? latin : PdfFace.Chinese.Has(code) ? PdfFace.Chinese : null) is not { } face) return false;
            glyphs.Add(new Glyph(code, face, face.Width(code, style.Bold)));
            return true;
        }
    }

    private readonly record struct Glyph(int Code, PdfFace Face, double Width);
}
