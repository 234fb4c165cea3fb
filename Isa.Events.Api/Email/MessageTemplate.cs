using System.Collections.Concurrent;
using System.Text.RegularExpressions;
using Fluid;
using Fluid.Values;

namespace Isa.Events.Api.Email;

/// <summary>Words that somebody wrote: a title, a name, a reason. In a message they stand as they are, whatever they look like.</summary>
/// <param name="Text">Plain text, perhaps of several lines.</param>
/// <param name="Language">What it is written in, where that is known.</param>
internal sealed record Phrase(string Text, Language? Language = null)
{
    /// <summary>The same as HTML, where that was made already.</summary>
    public string? Html { get; init; }

    public static implicit operator Phrase(string text) => new(text);

    /// <summary>Of what is written in several languages, what somebody reads.</summary>
    public static Phrase Of(Texts texts, Language wanted, Language otherwise) => new(texts.In(wanted, otherwise), texts.Resolve(wanted, otherwise));

    /// <summary>For elements of a page in that language. A name of another writing direction keeps it to itself.</summary>
    public string ToHtml(Language around)
    {
        if (Html is not null) return Html;
        var html = Http.Html.Encode(Text).Replace("\n", "<br>", StringComparison.Ordinal);
        return Language is { } own ? own == around ? html : $"<span lang=\"{own.Tag()}\">{html}</span>" : $"<bdi>{html}</bdi>";
    }
}

/// <summary>
/// A template (Liquid) of plain text that becomes text and HTML: its own words are encoded once before it is read, what is filled in when it is filled in, and nothing is
/// ever read as a template twice. Unknown names are errors.
/// </summary>
internal sealed partial class MessageTemplate
{
    private static readonly FluidParser Parser = new();
    private static readonly TemplateOptions Options = new() { StrictFilters = true, MaxSteps = 10_000 };
    private static readonly ConcurrentDictionary<string, MessageTemplate> Kept = new(StringComparer.Ordinal);

    private readonly IFluidTemplate _text;
    private readonly IFluidTemplate _html;
    private readonly HashSet<string> _words; // what it may ask for

    /// <exception cref="ParseException">It is none.</exception>
    private MessageTemplate(string source)
    {
        var parts = Parts().Split(source);
        (_text, _html) = (Parser.Parse(source), Parser.Parse(string.Concat(parts.Select((part, i) => i % 2 == 1 ? part : Html.Encode(part)))));
        _words = parts.Where((_, i) => i % 2 == 1).SelectMany(part => Words().Matches(part)).Select(word => word.Value).ToHashSet(StringComparer.Ordinal);
    }

    /// <summary>One of the product's own, read once.</summary>
    public static MessageTemplate Of(string source) => Kept.GetOrAdd(source, s => new MessageTemplate(s));

    public string ToText(IReadOnlyDictionary<string, Phrase?> values) => _text.Render(Context(values, phrase => phrase.Text)).Trim();

    /// <summary>Encoded, with paragraphs where the text has empty lines.</summary>
    public string ToHtml(IReadOnlyDictionary<string, Phrase?> values, Language language) => _html.Render(Context(values, phrase => phrase.ToHtml(language))).Trim();

    private TemplateContext Context(IReadOnlyDictionary<string, Phrase?> values, Func<Phrase, string> write)
    {
        var context = new TemplateContext(Options)
        {
            // What a message may have and this one has not is false; what none has is a mistake.
            Undefined = name => values.ContainsKey(name) ? ValueTask.FromResult<FluidValue>(NilValue.Instance) : throw new InvalidOperationException($"No message has anything called '{name}'."),
        };
        foreach (var (name, phrase) in values)
            if (phrase is not null && _words.Contains(name)) context.SetValue(name, new StringValue(write(phrase), encode: false));
        return context;
    }

    [GeneratedRegex(@"(\{\{.*?\}\}|\{%.*?%\})", RegexOptions.Singleline | RegexOptions.CultureInvariant)]
    private static partial Regex Parts();

    [GeneratedRegex(@"\w+", RegexOptions.CultureInvariant)]
    private static partial Regex Words();
}
