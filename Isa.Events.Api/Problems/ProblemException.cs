namespace Isa.Events.Api.Problems;

/// <summary>One wrong field of a request.</summary>
/// <param name="Field">Its path in the request (<c>members[2].email</c>), or empty for the request as a whole.</param>
/// <param name="Code">What is wrong.</param>
/// <param name="Arguments">Fill the placeholders of the code's text.</param>
public sealed record FieldError(string Field, FieldCode Code, params object[] Arguments)
{
    /// <summary>Where in a file it stands, 1 for the first line.</summary>
    public long? Line { get; init; }

    /// <summary>What a website shows beside the field.</summary>
    public string Text(Language language) =>
        Line is { } line ? $"{Code.Text(language, Arguments)}{string.Format(System.Globalization.CultureInfo.InvariantCulture, InLine.In(language), line)}" : Code.Text(language, Arguments);

    private static readonly Sentence InLine = new(" (Zeile {0})", " (line {0})", "（第{0}行）");
}

/// <summary>A rule says no. Rendered as problem details; what else the caller should know goes into <see cref="Extensions"/>.</summary>
public sealed class ProblemException(Problem problem, IReadOnlyList<FieldError>? errors = null, Exception? cause = null) : Exception(problem.Code, cause)
{
    public ProblemException(Problem problem, string field, FieldCode code, params object[] arguments) : this(problem, [new FieldError(field, code, arguments)])
    {
    }

    public Problem Problem { get; } = problem;

    public IReadOnlyList<FieldError> Errors { get; } = errors ?? [];

    /// <summary>What the visitor reads, where it is another sentence than for all of that problem.</summary>
    public Sentence Detail { get; init; } = problem.Detail;

    /// <summary>Extension members of the answer (RFC 9457 s3.2).</summary>
    public Dictionary<string, object> Extensions { get; } = [];

    /// <summary>For <see cref="Problem.ValidationFailed"/> with one field.</summary>
    public static ProblemException Invalid(string field, FieldCode code, params object[] arguments) => new(Problem.ValidationFailed, field, code, arguments);

    /// <summary>The same, where the fields are members of a member: <c>email</c> as <c>members[2].email</c>.</summary>
    public ProblemException Under(string path) => WithErrors([.. Errors.Select(e => e with { Field = $"{path}.{e.Field}" })]);

    /// <summary>The same problem of other fields.</summary>
    public ProblemException WithErrors(IReadOnlyList<FieldError> errors)
    {
        var same = new ProblemException(Problem, errors, this) { Detail = Detail };
        foreach (var (name, value) in Extensions) same.Extensions[name] = value;
        return same;
    }

    public ProblemException With(string name, object? value)
    {
        if (value is not null) Extensions[name] = value;
        return this;
    }
}
