namespace Isa.Events.Api.Features.Imports;

/// <summary>What came of an import, or would.</summary>
public sealed record ImportResult
{
    private const int MaxErrors = 200;

    /// <summary>Of a CSV file, as it was found or named.</summary>
    public string? Encoding { get; init; }

    /// <summary>Of a CSV file, as it was found or named.</summary>
    public Separator? Separator { get; init; }

    public IReadOnlyList<MappedColumn> Columns { get; init; } = [];

    public long Created { get; init; }

    public long Updated { get; init; }

    public long Unchanged { get; init; }

    /// <summary>How many of those who were there before had their invitation taken back, and have it no more for being in the table. Absent where nobody did.</summary>
    public long? Revoked { get; init; }

    /// <summary>How many are written to.</summary>
    public long Mails { get; init; }

    /// <summary>How many errors there are; <see cref="Errors"/> has the first 200.</summary>
    public long ErrorCount { get; init; }

    public IReadOnlyList<ImportError> Errors { get; init; } = [];

    /// <summary>Answers with it; as a problem where something was wrong and nothing was stored for that.</summary>
    internal static Task SendAsync(HttpContext context, ImportFile file, ImportResult counts, IReadOnlyList<ImportFault> faults, CancellationToken ct)
    {
        var language = Languages.Accepted(context.Request) ?? Language.En;
        var result = counts with
        {
            Encoding = file.Table.Encoding?.Name(),
            Separator = file.Table.Separator,
            Columns = [.. file.Table.Headers.Select((header, i) => new MappedColumn(header, file.Members[i]))],
            ErrorCount = faults.Count,
        };
        if (faults.Count > 0 && !file.DryRun && !file.Partial)
        {
            return context.RefuseAsync(new ProblemException(Problem.ImportRefused, [.. faults.Take(MaxErrors).Select(f => new FieldError(PathOf(f), f.Code, f.Arguments) { Line = f.Line })])
                .With("import", result with { Created = 0, Updated = 0, Unchanged = 0, Revoked = null, Mails = 0 }));
        }

        context.Response.Headers.CacheControl = "no-store";
        var errors = faults.Take(MaxErrors).Select(f => new ImportError(f.Row, f.Line, f.Field.Length > 0 ? f.Field : null, f.Code.Code, f.Code.Text(language, f.Arguments)));
        return context.Response.SendAsync(result with { Errors = [.. errors] }, cancellation: ct);
    }

    private static string PathOf(ImportFault fault) => fault.Field.Length > 0 ? $"rows[{fault.Row}].{fault.Field}" : $"rows[{fault.Row}]";
}

/// <summary>A column of the table and what it was taken for.</summary>
/// <param name="Header">As it stands in the file.</param>
/// <param name="Member">What it fills; absent where it is left out of account.</param>
public sealed record MappedColumn(string Header, string? Member);

/// <summary>What is wrong with a row.</summary>
/// <param name="Row">0 for the first below the headers.</param>
/// <param name="Line">Of the file, 1 for the first.</param>
/// <param name="Field">The member; absent for the row as a whole.</param>
/// <param name="Code">What programs compare.</param>
/// <param name="Detail">For people, in the language of Accept-Language.</param>
public sealed record ImportError(long Row, long Line, string? Field, string Code, string Detail);
