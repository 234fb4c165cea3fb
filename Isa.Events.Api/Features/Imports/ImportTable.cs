using System.Text.Json;

namespace Isa.Events.Api.Features.Imports;

/// <summary>What stands between the fields of a CSV file.</summary>
public enum Separator
{
    Comma,
    Semicolon,
    Tab,
}

/// <summary>A table as somebody sent it: what stands above its columns, and its rows. Cells are text as it came, not cleaned yet.</summary>
/// <param name="Headers">One for each column.</param>
/// <param name="Rows">Without those that are empty.</param>
/// <param name="Encoding">Of a CSV file.</param>
/// <param name="Separator">Of a CSV file.</param>
public sealed record ImportTable(IReadOnlyList<string> Headers, IReadOnlyList<TableRow> Rows, TableEncoding? Encoding = null, Separator? Separator = null)
{
    public const int MaxColumns = 100;

    /// <summary>The file as a whole cannot be read.</summary>
    internal static ProblemException Unreadable(FieldCode code, long? line = null, params object[] arguments) =>
        new(Problem.MalformedRequest, [new FieldError("", code, arguments) { Line = line }]);

    /// <summary>The file was read, and is not a table that can be imported.</summary>
    internal static ProblemException Wrong(string field, FieldCode code, params object[] arguments) => ProblemException.Invalid(field, code, arguments);
}

/// <summary>A row of a table.</summary>
/// <param name="Line">Where it begins in the file, 1 for the first.</param>
/// <param name="Cells">As many as it has; fewer or more than there are headers make it ragged.</param>
public sealed record TableRow(long Line, IReadOnlyList<string> Cells)
{
    /// <summary>Cells that hold no text, with the reason.</summary>
    public IReadOnlyDictionary<int, FieldCode>? Refused { get; init; }

    /// <summary>Cells that hold lists or objects, of JSON.</summary>
    public IReadOnlyDictionary<int, JsonElement>? Nested { get; init; }
}
