using System.Globalization;
using System.Text;
using CsvHelper;
using CsvHelper.Configuration;

namespace Isa.Events.Api.Features.Attendees;

/// <summary>Which program reads a CSV file.</summary>
public enum CsvDialect
{
    /// <summary>Semicolons and a byte order mark: a double click in German Excel.</summary>
    ExcelDe,

    /// <summary>Commas and a byte order mark: Excel elsewhere.</summary>
    Excel,

    /// <summary>Commas, no mark: programs (RFC 4180).</summary>
    Rfc4180,
}

/// <summary>An attendee list as CSV: every field quoted, lines end in CR LF, and no field that a spreadsheet would run as a formula.</summary>
internal static class AttendeeCsv
{
    public static void Write(Stream file, IEnumerable<AttendeeRow> rows, IReadOnlyList<AttendeeColumn> columns, ListContext context, CsvDialect dialect)
    {
        var configuration = new CsvConfiguration(CultureInfo.InvariantCulture)
        {
            Delimiter = dialect == CsvDialect.ExcelDe ? ";" : ",", NewLine = "\r\n", ShouldQuote = _ => true, BufferSize = 64 * 1024,
        };
        using var text = new StreamWriter(file, new UTF8Encoding(encoderShouldEmitUTF8Identifier: dialect != CsvDialect.Rfc4180), 64 * 1024, leaveOpen: true);
        using var csv = new CsvWriter(text, configuration);
        foreach (var column in columns) csv.WriteField(Harmless(column.Heading.In(context.Language)));
        csv.NextRecord();
        foreach (var row in rows)
        {
            foreach (var column in columns) csv.WriteField(Harmless(Print(column.Value(row, context), context)));
            csv.NextRecord();
        }
    }

    /// <summary>
    /// A text that a spreadsheet would take for a formula gets an apostrophe in front (CWE-1236). A phone number with spaces, which they show as it is, stays.
    /// </summary>
    internal static string Harmless(string text)
    {
        var start = text.AsSpan().TrimStart();
        if (start.Length == 0) return text;
        if (text[0] is not ('\t' or '\r' or '\n') && start[0] is not ('=' or '+' or '-' or '@' or '＝' or '＋' or '－' or '＠')) return text;
        return IsSpacedPhoneNumber(text) ? text : "'" + text;
    }

    /// <summary>A text of such a list as it was before.</summary>
    internal static string Plain(string text) => text is ['\'', ..] && Harmless(text[1..]) == text ? text[1..] : text;

    private static bool IsSpacedPhoneNumber(string text)
    {
        if (text[0] != '+' || !text.Contains(' ')) return false;
        foreach (var c in text.AsSpan(1)) if (c != ' ' && !char.IsAsciiDigit(c)) return false;
        return true;
    }

    private static string Print(object? value, ListContext context) => value switch
    {
        null => "",
        DateTimeOffset instant => instant.In(context.Zone).ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture),
        long number => number.ToString(CultureInfo.InvariantCulture),
        _ => (string)value,
    };
}
