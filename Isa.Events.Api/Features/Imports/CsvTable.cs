using System.Globalization;
using CsvHelper;
using CsvHelper.Configuration;
using Isa.Events.Api.Features.Attendees;

namespace Isa.Events.Api.Features.Imports;

/// <summary>Reads CSV (RFC 4180) as Excel and others write it in Germany and China: any of five encodings, any of three separators.</summary>
internal static class CsvTable
{
    private const int Sample = 20; // records that the separator is told by
    private static readonly char[] Characters = [',', ';', '\t'];

    /// <param name="bytes">The file.</param>
    /// <param name="encoding">Or null, to find out.</param>
    /// <param name="separator">Or null, to find out.</param>
    /// <param name="isKnown">Whether a column may be called so.</param>
    /// <param name="maxRows">More are refused.</param>
    public static ImportTable Read(ReadOnlySpan<byte> bytes, TableEncoding? encoding, Separator? separator, Func<string, bool> isKnown, int maxRows)
    {
        var (text, read) = TableEncodings.Read(bytes, encoding);
        var (start, line) = (0, 1L);
        if (text.StartsWith("sep=", StringComparison.OrdinalIgnoreCase) && text.Length > 4 && Array.IndexOf(Characters, text[4]) is >= 0 and var said && text.AsSpan(5) is ['\r', '\n', ..] or ['\n', ..])
        {
            // Excel's own way to say it.
            separator ??= (Separator)said;
            (start, line) = (text.IndexOf('\n') + 1, 2);
        }

        var body = start == 0 ? text : text[start..];
        var by = separator ?? Detect(body, isKnown);
        IReadOnlyList<string>? headers = null;
        var rows = new List<TableRow>();
        foreach (var (at, cells, broken) in Records(body, by))
        {
            if (broken) throw ImportTable.Unreadable(FieldCode.BrokenQuotes, line + at);
            if (cells.All(string.IsNullOrWhiteSpace)) continue;
            if (headers is null) headers = cells;
            else if (rows.Count == maxRows) throw ImportTable.Wrong("rows", FieldCode.TooMany, maxRows);
            else rows.Add(new TableRow(line + at, cells));
        }

        return new ImportTable(headers ?? [], rows, read, by);
    }

    // The one under which most columns have names that are known; else the one that divides the first records alike; else the one that divides the most.
    private static Separator Detect(string text, Func<string, bool> isKnown)
    {
        var (best, chosen) = ((-1, -1, -1), Separator.Comma);
        foreach (var candidate in Enum.GetValues<Separator>())
        {
            string[]? headers = null;
            var alike = 0;
            foreach (var (_, cells, _) in Records(text, candidate).Where(r => !r.Cells.All(string.IsNullOrWhiteSpace)).Take(Sample))
            {
                if (headers is null) headers = cells;
                else if (headers.Length > 1 && cells.Length == headers.Length) alike++;
            }

            var score = (headers?.Count(isKnown) ?? 0, alike, headers?.Length ?? 0);
            if (score.CompareTo(best) > 0) (best, chosen) = (score, candidate);
        }

        return chosen;
    }

    private static IEnumerable<(long At, string[] Cells, bool Broken)> Records(string text, Separator separator)
    {
        var broken = false;
        var configuration = new CsvConfiguration(CultureInfo.InvariantCulture)
        {
            Delimiter = Characters[(int)separator].ToString(), HasHeaderRecord = false, IgnoreBlankLines = false, BadDataFound = _ => broken = true,
        };
        using var parser = new CsvParser(new StringReader(text), configuration);
        for (var at = 0L; parser.Read(); at = parser.RawRow)
        {
            broken = false;
            string[] cells = [.. parser.Record!.Select(AttendeeCsv.Plain)]; // a list of ours may come back
            yield return (at, cells, broken);
        }
    }
}
