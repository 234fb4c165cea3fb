using System.Text;
using System.Text.RegularExpressions;

namespace Isa.Events.Api.Email;

/// <summary>What is wrong with a template.</summary>
/// <param name="At">Where, in UTF-16 units from its beginning.</param>
/// <param name="Name">What does not exist, where that is it.</param>
/// <param name="Allowed">What does, in its place.</param>
internal sealed record TemplateMistake(int At, string? Name = null, IReadOnlyCollection<string>? Allowed = null);

/// <summary>Reads a template as organisers may write it, to say where it is wrong: Fluid knows the place of few mistakes, and none of a name.</summary>
internal sealed partial class TemplateReader(string source, IReadOnlyCollection<string> names, IReadOnlyCollection<string> filters)
{
    private static readonly string[] Tags = ["if", "elsif", "else", "unless", "case", "when", "comment", "raw"];
    private static readonly string[] Constants = ["true", "false", "nil", "null", "empty", "blank"];
    private static readonly string[] Comparisons = ["==", "!=", "<>", ">=", "<=", ">", "<", "contains", "startswith", "endswith"];
    private static readonly string[] Reserved = ["and", "or", "not", .. Comparisons];

    // What is nested or joined is read by recursion later.
    private const int MaxTagLength = 300;

    private readonly Stack<Block> _open = [];
    private readonly StringBuilder _spoken = new();
    private List<Match> _tokens = []; // of the tag that is read
    private int _next;

    /// <summary>Where the first place in braces is that is one too many, or null.</summary>
    public int? After(int tags) => Opening().Matches(source).Skip(tags).FirstOrDefault()?.Index;

    /// <summary>Whether what comes out depends on whom it is for.</summary>
    public bool AsksForNames { get; private set; }

    /// <summary>All that can come out, as a template without conditions.</summary>
    public string Spoken => _spoken.ToString();

    /// <summary>The first mistake, or null.</summary>
    public TemplateMistake? Read()
    {
        var from = 0;
        for (var opening = Opening().Match(source); opening.Success; opening = Opening().Match(source, from))
        {
            _spoken.Append(source, from, opening.Index - from);
            from = opening.Index + opening.Length;
            if (opening.Groups["remark"].Success) continue;
            var isOutput = opening.Value[1] == '{';
            if (Tokenise(opening, isOutput ? "}}" : "%}") is { } unclosed) return unclosed;
            var isSpoken = isOutput || Token.Value == "raw";
            if ((isOutput ? Value() ?? Filters() ?? Closing() : Tag()) is { } mistake) return mistake;
            from = End;
            if (isSpoken) _spoken.Append(source, opening.Index, from - opening.Index);
        }

        _spoken.Append(source, from, source.Length - from);
        return _open.TryPeek(out var block) ? new(block.At) : null;
    }

    private int End => _tokens[^1].Index + _tokens[^1].Length;

    private Match Token => _tokens[_next];

    private TemplateMistake Here => new(Token.Index);

    // To its end; a string may hold what would end it elsewhere.
    private TemplateMistake? Tokenise(Match opening, string closing)
    {
        (_tokens, _next) = ([], 0);
        for (var token = Lexeme().Match(source, opening.Index + opening.Length); token.Success && token.Index - opening.Index < MaxTagLength; token = token.NextMatch())
        {
            // Braces within braces, or the first were never closed.
            if (token.Value == "{" && token.Index + 1 < source.Length && source[token.Index + 1] is '{' or '%')
                return new(Nested().Match(source, token.Index) is { Success: true } nested && nested.Groups["end"].Value == closing ? token.Index : opening.Index);
            _tokens.Add(token);
            if (token.Groups["end"].Success) return token.Value.EndsWith(closing, StringComparison.Ordinal) ? null : new(token.Index);
        }

        return new(opening.Index);
    }

    private TemplateMistake? Tag()
    {
        var (at, tag, isWord) = (Token.Index, Token.Value, Token.Groups["word"].Success);
        var block = _open.TryPeek(out var open) ? open : null;
        _next++;
        switch (tag)
        {
            case "comment" or "raw":
                return Closing() ?? Skip(at, tag);
            case "if" or "unless" or "case":
                _open.Push(new Block(tag, at));
                return (tag == "case" ? Value() : Condition()) ?? Closing();
            case "elsif" when block is { Tag: "if", HasElse: false }:
                return Condition() ?? Closing();
            case "when" when block is { Tag: "case", HasElse: false }:
                return OneOrMore(Value, ",", "or") ?? Closing();
            case "else" when block is { HasElse: false }:
                block.HasElse = true;
                return Closing();
            case "endif" or "endunless" or "endcase" when tag == $"end{block?.Tag}":
                _open.Pop();
                return Closing();
            default:
                return !isWord || Tags.Contains(tag) || tag.StartsWith("end", StringComparison.Ordinal) && Tags.Contains(tag[3..]) ? new(at) : new(at, tag, Tags);
        }
    }

    private TemplateMistake? Skip(int at, string tag)
    {
        for (var end = Ending().Match(source, End); end.Success; end = end.NextMatch())
        {
            if (end.Groups["tag"].Value != tag) continue;
            _tokens = [end];
            return null;
        }

        return new(at);
    }

    private TemplateMistake? Condition() => OneOrMore(Comparison, "and", "or");

    private TemplateMistake? Comparison()
    {
        if (Value() is { } mistake) return mistake;
        if (!Comparisons.Contains(Token.Value)) return null;
        _next++;
        return Value();
    }

    private TemplateMistake? Filters()
    {
        while (Token.Value == "|")
        {
            _next++;
            if (!Token.Groups["word"].Success) return Here;
            if (!filters.Contains(Token.Value)) return Here with { Name = Token.Value, Allowed = filters };
            _next++;
            if (Token.Value != ":") continue;
            _next++;
            if (OneOrMore(Value, ",") is { } mistake) return mistake;
        }

        return null;
    }

    private TemplateMistake? OneOrMore(Func<TemplateMistake?> one, params string[] joined)
    {
        while (true)
        {
            if (one() is { } mistake) return mistake;
            if (!joined.Contains(Token.Value)) return null;
            _next++;
        }
    }

    private TemplateMistake? Value()
    {
        var token = Token;
        var isWord = token.Groups["word"].Success;
        if (!isWord && !token.Groups["literal"].Success || Reserved.Contains(token.Value)) return Here;
        _next++;
        if (!isWord || Constants.Contains(token.Value)) return null;
        AsksForNames = true;
        var name = Member().Match(source, token.Index) is { Success: true } member ? member.Value : token.Value;
        return names.Contains(name) ? null : new(token.Index, name, names);
    }

    private TemplateMistake? Closing() => _next == _tokens.Count - 1 ? null : Here;

    private sealed record Block(string Tag, int At)
    {
        public bool HasElse { get; set; }
    }

    [GeneratedRegex(@"(?<remark>\{%-?\s*#.*?%\})|\{[{%]-?", RegexOptions.CultureInvariant | RegexOptions.Singleline)]
    private static partial Regex Opening();

    [GeneratedRegex("""(?<literal>"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|[-+]?(?:\d+\.?\d*|\.\d+)(?!\w))|(?<word>\w(?:[\w-]*\w)?)|(?<end>-?[}%]\})|[=!<>]=|<>|\S""", RegexOptions.CultureInvariant | RegexOptions.Singleline)]
    private static partial Regex Lexeme();

    [GeneratedRegex(@"\G\w[\w-]*(?:\.[\w-]+|\[[^\]{}]*\])+", RegexOptions.CultureInvariant)]
    private static partial Regex Member();

    [GeneratedRegex(@"\G(?:\{\{[^{}]*\}\}|\{%[^{}]*%\})[^{}]*(?<end>[}%]\})", RegexOptions.CultureInvariant)]
    private static partial Regex Nested();

    [GeneratedRegex(@"\{%-?\s*end(?<tag>comment|raw)\s*-?%\}", RegexOptions.CultureInvariant)]
    private static partial Regex Ending();
}
