using System.Text.Json;
using Microsoft.Net.Http.Headers;

namespace Isa.Events.Api.Features.Imports;

/// <summary>What is wrong with a row.</summary>
/// <param name="Row">Its place among the rows, 0 for the first below the headers.</param>
/// <param name="Line">Where it begins in the file.</param>
/// <param name="Field">The member, or empty for the row as a whole.</param>
/// <param name="Code">What is wrong.</param>
/// <param name="Arguments">Fill the placeholders of the code's text.</param>
public sealed record ImportFault(long Row, long Line, string Field, FieldCode Code, params object[] Arguments);

/// <summary>A row as it is imported: text by member, cleaned; and what is wrong with it.</summary>
public sealed class ImportRow(long number, long line)
{
    private readonly Dictionary<string, string> _values = new(StringComparer.Ordinal);
    private Dictionary<string, JsonElement>? _lists;
    private List<ImportFault>? _faults;

    public long Number => number;

    public long Line => line;

    public IReadOnlyList<ImportFault> Faults => _faults ?? [];

    public bool IsRight => _faults is null;

    /// <summary>Null where the cell is empty, or there is no such column.</summary>
    public string? this[string member] => _values.GetValueOrDefault(member);

    /// <summary>A list, as requests have it; null where there is none, and where it is wrong.</summary>
    public IReadOnlyList<T>? List<T>(string member)
    {
        if (this[member] is not null) Refuse(member, FieldCode.WrongType);
        if (_lists?.GetValueOrDefault(member) is not { ValueKind: not JsonValueKind.Undefined } list) return null;
        try
        {
            var read = list.Deserialize<IReadOnlyList<T?>>(Json.Wire)!;
            return read.Contains(default) ? throw new MemberException(FieldCode.WrongType) : [.. read.OfType<T>()];
        }
        catch (JsonException e)
        {
            var (code, path, arguments) = Body.Explain(e);
            Refuse(member + path, code, arguments);
            return null;
        }
    }

    public void Refuse(string member, FieldCode code, params object[] arguments) => (_faults ??= []).Add(new ImportFault(number, line, member, code, arguments));

    /// <summary>Adds what a validator or a rule found, unless the field is known to be wrong.</summary>
    public void Refuse(IEnumerable<FieldError> errors)
    {
        if (Faults.Any(f => f.Field.Length == 0)) return; // what its cells stand for is not known
        foreach (var error in errors.ToList())
            if (Faults.All(f => f.Field != error.Field)) Refuse(error.Field, error.Code, error.Arguments);
    }

    /// <summary>A language by its code or its name.</summary>
    public Language? Language(string member)
    {
        if (this[member] is not { } text) return null;
        if (Languages.TryParse(text, out var language)) return language;
        switch (ImportColumn.Key(text))
        {
            case "deutsch" or "german" or "德语" or "德文": return Http.Language.De;
            case "englisch" or "english" or "英语" or "英文": return Http.Language.En;
            case "chinesisch" or "chinese" or "汉语" or "中文": return Http.Language.Zh;
            default:
                Refuse(member, FieldCode.UnknownLanguage);
                return null;
        }
    }

    /// <summary>A value of an enum, by what it is called.</summary>
    /// <param name="member">Of the row.</param>
    /// <param name="words">The values by the keys of their names: <see cref="Words"/>.</param>
    public T? Name<T>(string member, IReadOnlyDictionary<string, T> words) where T : struct, Enum
    {
        if (this[member] is not { } text) return null;
        if (words.TryGetValue(ImportColumn.Key(text), out var value)) return value;
        Refuse(member, FieldCode.UnknownValue, string.Join(", ", Enum.GetValues<T>().Select(v => RowTypes.Name(v))));
        return null;
    }

    /// <summary>The values of an enum by their names in requests, and as people call them.</summary>
    public static IReadOnlyDictionary<string, T> Words<T>(Func<T, Sentence>? called = null) where T : struct, Enum
    {
        var words = new Dictionary<string, T>(StringComparer.Ordinal);
        foreach (var value in Enum.GetValues<T>())
        {
            words.TryAdd(ImportColumn.Key(RowTypes.Name(value)), value);
            if (called?.Invoke(value) is { } sentence) foreach (var language in Enum.GetValues<Language>()) words.TryAdd(ImportColumn.Key(sentence.In(language)), value);
        }

        return words;
    }

    internal void Set(string member, string value) => _values[member] = value;

    internal void Set(string member, JsonElement list) => (_lists ??= new(StringComparer.Ordinal))[member] = list;
}

/// <summary>A table that was sent to be imported, and how.</summary>
public sealed class ImportFile
{
    public const int MaxRows = 20_000;
    private const string Workbook = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
    private const int MaxCell = 4000; // UTF-16 units; longer than any member may be

    private readonly HashSet<string> _lists;
    private readonly HashSet<string> _leftOut;

    private ImportFile(ImportTable table, IReadOnlyList<ImportColumn> columns, string[]? said, bool dryRun, bool partial, bool send)
    {
        (Table, Members, DryRun, Partial, Send) = (table, ImportColumn.Map(table.Headers, columns, said), dryRun, partial, send);
        _lists = [.. columns.Where(c => c.IsList).Select(c => c.Member)];
        _leftOut = [.. (said ?? []).Where(pair => pair.EndsWith(':')).Select(ImportColumn.Key)];
        Rows = [.. table.Rows.Select(Read)];
    }

    public ImportTable Table { get; }

    /// <summary>What each column of the table fills, or null.</summary>
    public IReadOnlyList<string?> Members { get; }

    /// <summary>Nothing is stored.</summary>
    public bool DryRun { get; }

    /// <summary>What is right is stored, whatever else is wrong.</summary>
    public bool Partial { get; }

    /// <summary>Those who are imported get their mail.</summary>
    public bool Send { get; }

    public IReadOnlyList<ImportRow> Rows { get; }

    public IEnumerable<ImportFault> Faults => Rows.SelectMany(r => r.Faults);

    /// <summary>Reads the body of a request and its query: <c>dryRun</c>, <c>partial</c>, <c>send</c>, <c>columns</c>, <c>encoding</c>, <c>separator</c>, <c>sheet</c>.</summary>
    /// <param name="context">The request.</param>
    /// <param name="query">Of which the operation has read its own parameters.</param>
    /// <param name="columns">What the table may have.</param>
    /// <param name="maxBytes">Of the body.</param>
    /// <param name="maxRows">At most <see cref="MaxRows"/>.</param>
    /// <param name="ct">Gives up.</param>
    public static async Task<ImportFile> ReadAsync(HttpContext context, Parameters query, IReadOnlyList<ImportColumn> columns, long maxBytes, int maxRows, CancellationToken ct)
    {
        var (dryRun, partial, send) = (query.Flag("dryRun"), query.Flag("partial"), query.Flag("send"));
        var (encoding, separator, said) = (query.Name<TableEncoding>("encoding", TableEncodings.Names), query.Name<Separator>("separator"), query.List("columns"));
        var sheet = query.Line("sheet");
        query.RefuseOthers();
        if (!MediaTypeHeaderValue.TryParse(context.Request.ContentType, out var type)) throw new ProblemException(Problem.UnsupportedMediaType);
        var media = type.MediaType.Value!.ToLowerInvariant();
        if (media is not ("text/csv" or "application/json" or Workbook)) throw new ProblemException(Problem.UnsupportedMediaType);
        if (media != "text/csv" && (encoding is not null || separator is not null))
            throw new ProblemException(Problem.MalformedRequest, encoding is not null ? "encoding" : "separator", FieldCode.ExpectedNothing);
        if (media != Workbook && sheet is not null) throw new ProblemException(Problem.MalformedRequest, "sheet", FieldCode.ExpectedNothing);
        if (type.Charset.HasValue && media != Workbook)
        {
            var charset = TableEncodings.Find(type.Charset.Value.Trim('"')) ?? throw new ProblemException(Problem.UnsupportedMediaType);
            if (media == "application/json" && charset != TableEncoding.Utf8) throw new ProblemException(Problem.UnsupportedMediaType);
            encoding ??= charset;
        }

        if (media != "application/json") columns = [.. columns.Where(c => !c.IsList)];
        var bytes = await Body.ReadBytesAsync(context, maxBytes, ct);
        var known = ImportColumn.NamesOf(columns);
        var table = media switch
        {
            "text/csv" => CsvTable.Read(bytes, encoding, separator, header => known.ContainsKey(ImportColumn.Key(header)), maxRows),
            "application/json" => JsonTable.Read(bytes, maxRows),
            _ => WorkbookTable.Read(bytes, maxRows, headers => ImportColumn.Fit(headers, columns, said), sheet),
        };
        table = table with { Headers = [.. table.Headers.Select(Header)] };
        return new ImportFile(table, columns, said, dryRun, partial, send);
    }

    private static string Header(string text)
    {
        if (text.Length > 200) throw ImportTable.Wrong("columns", FieldCode.TooLong, 200);
        var clean = Text.Clean(text, out var refused) ?? throw ImportTable.Wrong("columns", refused!);
        return clean.ReplaceLineEndings(" ");
    }

    private ImportRow Read(TableRow row, int number)
    {
        var read = new ImportRow(number, row.Line);
        if (row.Cells.Count != Members.Count)
        {
            read.Refuse("", FieldCode.RaggedRow, row.Cells.Count, Members.Count);
            return read;
        }

        for (var i = 0; i < Members.Count; i++)
        {
            if (row.Nested?.TryGetValue(i, out var nested) == true)
            {
                if (Members[i] is { } taken && _lists.Contains(taken)) read.Set(taken, nested);
                else if (!_leftOut.Contains(ImportColumn.Key(Table.Headers[i]))) read.Refuse(Members[i] ?? Table.Headers[i], Members[i] is null ? FieldCode.UnknownMember : FieldCode.WrongType);
                continue;
            }

            if (Members[i] is not { } member) continue;
            if (row.Refused?.GetValueOrDefault(i) is { } wrong) read.Refuse(member, wrong);
            else if (row.Cells[i].Length > MaxCell) read.Refuse(member, FieldCode.TooLong, MaxCell);
            else if (Text.Clean(row.Cells[i], out var refused) is not { } clean) read.Refuse(member, refused!);
            else if (clean.Length > 0) read.Set(member, clean);
        }

        JoinName(read);
        return read;
    }

    // Lists have given and family names side by side, the latter often under "Name".
    private static void JoinName(ImportRow row)
    {
        if (row["givenName"] is not { } given || row["familyName"] is not null && row["fullName"] is not null || (row["familyName"] ?? row["fullName"]) is not { } family) return;
        var isChinese = family[0] is >= '\u4e00' and <= '\u9fff';
        var isWhole = row["familyName"] is null && family != given && (isChinese ? family.EndsWith(given, StringComparison.Ordinal) : $" {family} ".Contains($" {given.Split(' ')[0]} ", StringComparison.Ordinal));
        if (isWhole) return;
        row.Set("familyName", family);
        row.Set("fullName", isChinese ? family + given : $"{given} {family}");
    }
}
