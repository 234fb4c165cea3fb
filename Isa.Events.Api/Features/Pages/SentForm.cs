using System.Text;

namespace Isa.Events.Api.Features.Pages;

/// <summary>What somebody typed into a form: read as JSON is, with what is wrong kept for the fields it stands in.</summary>
internal sealed class SentForm(PageForm which, FormBody body)
{
    private readonly List<FieldError> _wrong = [];

    public PageForm Which => which;

    /// <summary>The token that the page put into it.</summary>
    public string? Token => body.Typed("form");

    /// <summary>The answers that were read, in their order: errors name them by their number.</summary>
    public IReadOnlyList<AnsweredQuestion>? Answers { get; private set; }

    public bool Has(string name) => body.Has(name);

    /// <summary>To show it again: as it was typed, without what no page can show.</summary>
    public string Typed(string name)
    {
        var text = body.Typed(name) ?? "";
        if (Http.Text.Clean(text, out _) is not null) return text;
        var seen = new StringBuilder();
        foreach (var rune in text.EnumerateRunes())
            if (Http.Text.Clean(rune.ToString(), out _) is not null) seen.Append(rune.ToString());
        return seen.ToString();
    }

    public IReadOnlyList<string> Chosen(string name) => body.All(name);

    /// <summary>NFC, trimmed; null where it is empty or absent.</summary>
    public string? Text(string name)
    {
        if (body.Typed(name) is not { } typed) return null;
        if (Http.Text.Clean(typed, out var refused) is { } clean) return clean.Length == 0 ? null : clean;
        Refuse(name, refused!);
        return null;
    }

    /// <summary>A field that the form may do without: then what is there stays.</summary>
    public string? Text(string name, string? otherwise) => Has(name) ? Text(name) : otherwise;

    public bool Ticked(string name) => body.Typed(name) is { Length: > 0 };

    public Language? Language(string name)
    {
        if (Text(name) is not { } text) return null;
        if (Languages.TryParse(text, out var language)) return language;
        Refuse(name, FieldCode.UnknownLanguage);
        return null;
    }

    public Audience? Audience(string name)
    {
        if (Text(name) is not { } text) return null;
        foreach (var audience in Enum.GetValues<Audience>())
            if (RowTypes.Name(audience) == text) return audience;
        Refuse(name, FieldCode.UnknownValue, string.Join(", ", Enum.GetValues<Audience>().Select(a => RowTypes.Name(a))));
        return null;
    }

    /// <summary>Answers to what is asked; what was answered earlier and is not asked stays.</summary>
    public IReadOnlyList<AnsweredQuestion>? Answer(IEnumerable<Question> asked, IReadOnlyList<AnsweredQuestion>? earlier)
    {
        var said = asked.ToDictionary(q => q.Id, q => Answer(q, earlier?.FirstOrDefault(e => e.Question == q.Id)), StringComparer.Ordinal);
        // In the order they had: what stays the same is no change.
        return Answers = [.. (earlier ?? []).Select(e => said.Remove(e.Question, out var now) ? now : e), .. said.Values];
    }

    private AnsweredQuestion Answer(Question question, AnsweredQuestion? earlier)
    {
        var name = $"answers.{question.Id}";
        if (question.Type != QuestionType.Choices) return new AnsweredQuestion(question.Id, Text(name), null);
        var chosen = Chosen(name);
        return earlier?.Values is { } before && before.ToHashSet().SetEquals(chosen) ? earlier : new AnsweredQuestion(question.Id, null, chosen);
    }

    /// <exception cref="ProblemException"><see cref="Problem.ValidationFailed"/> where something could not be read.</exception>
    public void Check()
    {
        if (_wrong.Count > 0) throw new ProblemException(Problem.ValidationFailed, [.. _wrong]);
    }

    /// <summary>The name of the field that an error of the API is about.</summary>
    public string FieldOf(FieldError error)
    {
        var field = error.Field;
        foreach (var whole in new[] { "contact.", "members[0]." }) // forms have one of them, and it is all they have
            if (field.StartsWith(whole, StringComparison.Ordinal)) field = field[whole.Length..];
        if (field == "siteId") return "site";
        if (!field.StartsWith("answers[", StringComparison.Ordinal)) return field;
        var end = field.IndexOf(']');
        return int.TryParse(field.AsSpan(8, end - 8), out var index) && index < Answers?.Count ? $"answers.{Answers[index].Question}" : field;
    }

    private void Refuse(string name, FieldCode code, params object[] arguments) => _wrong.Add(new FieldError(name, code, arguments));
}
