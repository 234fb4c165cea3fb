using System.Text;
using System.Text.Json;

namespace Isa.Events.Api.Features.Imports;

/// <summary>Reads a JSON list of objects as a table: their members are its columns. Values are text, numbers or flags; null is an empty cell. What is nested is kept as it is.</summary>
internal static class JsonTable
{
    public static ImportTable Read(ReadOnlySpan<byte> bytes, int maxRows)
    {
        if (bytes.StartsWith((ReadOnlySpan<byte>)[0xEF, 0xBB, 0xBF])) bytes = bytes[3..];
        var reader = new Utf8JsonReader(bytes, new JsonReaderOptions { MaxDepth = Json.MaxDepth });
        var rows = new List<TableRow>();
        try
        {
            return Read(ref reader, bytes, rows, maxRows);
        }
        catch (JsonException e)
        {
            throw new ProblemException(Problem.MalformedRequest, [new FieldError(reader.CurrentDepth == 0 ? "" : $"rows[{rows.Count}]", FieldCode.InvalidJson) { Line = e.LineNumber + 1 }]);
        }
    }

    private static ImportTable Read(ref Utf8JsonReader reader, ReadOnlySpan<byte> bytes, List<TableRow> rows, int maxRows)
    {
        var headers = new List<string>();
        var columns = new Dictionary<string, int>(StringComparer.Ordinal);
        var (line, counted) = (1L, 0);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartArray) throw ImportTable.Unreadable(FieldCode.WrongType);
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            var field = $"rows[{rows.Count}]";
            if (reader.TokenType != JsonTokenType.StartObject) throw new ProblemException(Problem.MalformedRequest, field, FieldCode.WrongType);
            if (rows.Count == maxRows) throw ImportTable.Wrong("rows", FieldCode.TooMany, maxRows);
            line += bytes[counted..(int)reader.TokenStartIndex].Count((byte)'\n');
            counted = (int)reader.TokenStartIndex;
            rows.Add(Row(ref reader, headers, columns, line, field));
        }

        if (reader.Read()) throw ImportTable.Unreadable(FieldCode.InvalidJson);
        // A row without a member has an empty cell there: it may have been named further on.
        return new ImportTable(headers, [.. rows.Select(r => r.Cells.Count == headers.Count ? r : r with { Cells = [.. r.Cells, .. Enumerable.Repeat("", headers.Count - r.Cells.Count)] })]);
    }

    private static TableRow Row(ref Utf8JsonReader reader, List<string> headers, Dictionary<string, int> columns, long line, string field)
    {
        var cells = new List<string>(headers.Count);
        var seen = new HashSet<int>();
        Dictionary<int, FieldCode>? refused = null;
        Dictionary<int, JsonElement>? nested = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = TextOf(ref reader) ?? throw new ProblemException(Problem.MalformedRequest, field, FieldCode.InvalidText);
            if (!columns.TryGetValue(name, out var column))
            {
                if (headers.Count == ImportTable.MaxColumns) throw ImportTable.Wrong("columns", FieldCode.TooMany, ImportTable.MaxColumns);
                columns.Add(name, column = headers.Count);
                headers.Add(name);
            }

            if (!seen.Add(column)) throw new ProblemException(Problem.MalformedRequest, $"{field}.{name}", FieldCode.DuplicateMember);
            while (cells.Count <= column) cells.Add("");
            reader.Read();
            switch (reader.TokenType)
            {
                case JsonTokenType.Null: break;
                case JsonTokenType.Number: cells[column] = Encoding.ASCII.GetString(reader.ValueSpan); break;
                case JsonTokenType.String when TextOf(ref reader) is { } text: cells[column] = text; break;
                case JsonTokenType.String: (refused ??= [])[column] = FieldCode.InvalidText; break;
                case JsonTokenType.True: cells[column] = "true"; break;
                case JsonTokenType.False: cells[column] = "false"; break;
                default:
                    var value = JsonElement.ParseValue(ref reader);
                    if (value.ValueKind != JsonValueKind.Array || value.GetArrayLength() > 0) (nested ??= [])[column] = value;
                    break;
            }
        }

        return new TableRow(line, cells) { Refused = refused, Nested = nested };
    }

    // Null for half of a surrogate pair, and for bytes that are not UTF-8.
    private static string? TextOf(ref Utf8JsonReader reader)
    {
        try
        {
            return reader.GetString();
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }
}
