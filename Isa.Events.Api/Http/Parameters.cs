using System.Globalization;

namespace Isa.Events.Api.Http;

/// <summary>
/// Reads the query of a request, each parameter by name, and refuses what it was not asked for: a misspelt filter must not widen a list in silence.
/// Refusals are <see cref="Problem.MalformedRequest"/> naming the parameter.
/// </summary>
public sealed class Parameters(HttpContext context)
{
    public const int MaxLimit = 200;
    private readonly HashSet<string> _known = new(StringComparer.Ordinal);

    /// <summary>For operations that take no parameter.</summary>
    public static void None(HttpContext context)
    {
        if (context.Request.Query.Count > 0) new Parameters(context).RefuseOthers();
    }

    /// <summary>One line of text; empty counts as absent.</summary>
    public string? Line(string name, int max = 200)
    {
        if (Value(name) is not { } raw) return null;
        var text = Text.Clean(raw, out var refused) ?? throw Refuse(name, refused!);
        if (text.AsSpan().IndexOfAny('\n', '\t') >= 0) throw Refuse(name, FieldCode.ControlCharacter);
        if (Text.Length(text) > max) throw Refuse(name, FieldCode.TooLong, max);
        return text.Length == 0 ? null : text;
    }

    public Language? Language(string name) => Value(name) is not { } raw ? null : Languages.TryParse(raw, out var language) ? language : throw Refuse(name, FieldCode.UnknownLanguage);

    /// <summary>A name of an enum: in camelCase, or as <paramref name="spelled"/> in the order of its values.</summary>
    public T? Name<T>(string name, params string[] spelled) where T : struct, Enum
    {
        if (Value(name) is not { } raw) return null;
        var values = Enum.GetValues<T>();
        var names = spelled.Length > 0 ? spelled : [.. values.Select(v => RowTypes.Name(v))];
        return Array.IndexOf(names, raw) is >= 0 and var index ? values[index] : throw Refuse(name, FieldCode.UnknownValue, string.Join(", ", names));
    }

    public bool Flag(string name) => Value(name) switch { null or "false" => false, "true" => true, _ => throw Refuse(name, FieldCode.UnknownValue, "true, false") };

    /// <summary>RFC 3339 with an offset or Z.</summary>
    public DateTimeOffset? Instant(string name) => Value(name) is not { } raw ? null
        : raw.Length >= 20 && DateTimeOffset.TryParse(raw, CultureInfo.InvariantCulture, DateTimeStyles.None, out var instant) && HasOffset(raw) ? instant.ToUniversalTime()
        : throw Refuse(name, FieldCode.InvalidTime);

    /// <summary>Page size, 1 to 200.</summary>
    public int Limit(int otherwise = 50) => Value("limit") is not { } raw ? otherwise
        : int.TryParse(raw, NumberStyles.None, CultureInfo.InvariantCulture, out var limit) && limit is >= 1 and <= MaxLimit ? limit
        : throw Refuse("limit", FieldCode.OutOfRange, 1, MaxLimit);

    public Cursor? Cursor(string filter, bool byTime) => Value("cursor") is not { } raw ? null : Http.Cursor.TryParse(raw, filter, byTime) ?? throw Refuse("cursor", FieldCode.InvalidCursor);

    /// <summary>A comma-separated list; empty counts as absent.</summary>
    public string[]? List(string name) => Value(name)?.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) is { Length: > 0 } list ? list : null;

    /// <summary>Call once every parameter was read.</summary>
    public void RefuseOthers()
    {
        foreach (var name in context.Request.Query.Keys)
            if (!_known.Contains(name)) throw Refuse(name.Length <= 50 && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-') ? name : "query", FieldCode.UnknownParameter);
    }

    private static ProblemException Refuse(string name, FieldCode code, params object[] arguments) => new(Problem.MalformedRequest, name, code, arguments);

    private static bool HasOffset(string text) => text[^1] is 'Z' or 'z' || text.LastIndexOfAny(['+', '-']) > text.IndexOf('T');

    private string? Value(string name)
    {
        _known.Add(name);
        var values = context.Request.Query[name];
        return values.Count switch { 0 => null, 1 => values[0] is { Length: > 0 } text ? text : null, _ => throw Refuse(name, FieldCode.DuplicateMember) };
    }
}
