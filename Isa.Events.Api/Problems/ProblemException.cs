namespace Isa.Events.Api.Problems;

/// <summary>One wrong field of a request.</summary>
/// <param name="Field">Its path in the request (<c>members[2].email</c>), or empty for the request as a whole.</param>
/// <param name="Code">What is wrong.</param>
/// <param name="Arguments">Fill the placeholders of the code's text.</param>
public sealed record FieldError(string Field, FieldCode Code, params object[] Arguments);

/// <summary>A rule says no. Rendered as problem details; what else the caller should know goes into <see cref="Extensions"/>.</summary>
public sealed class ProblemException(Problem problem, IReadOnlyList<FieldError>? errors = null, Exception? cause = null) : Exception(problem.Code, cause)
{
    public ProblemException(Problem problem, string field, FieldCode code, params object[] arguments) : this(problem, [new FieldError(field, code, arguments)])
    {
    }

    public Problem Problem { get; } = problem;

    public IReadOnlyList<FieldError> Errors { get; } = errors ?? [];

    /// <summary>Extension members of the answer (RFC 9457 s3.2).</summary>
    public Dictionary<string, object> Extensions { get; } = [];

    /// <summary>For <see cref="Problem.ValidationFailed"/> with one field.</summary>
    public static ProblemException Invalid(string field, FieldCode code, params object[] arguments) => new(Problem.ValidationFailed, field, code, arguments);

    public ProblemException With(string name, object? value)
    {
        if (value is not null) Extensions[name] = value;
        return this;
    }
}
