using System.Globalization;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;

namespace Isa.Events.Api.Features.Registrations;

/// <summary>What a person answered to one question of the event.</summary>
/// <param name="Question">Its id.</param>
/// <param name="Value">A text; a number as decimal text; <c>true</c> or <c>false</c>; a date as <c>2020-10-16</c>; the id of an option.</param>
/// <param name="Values">Ids of options, where any of them may be chosen.</param>
public sealed record AnsweredQuestion(string Question, string? Value, IReadOnlyList<string>? Values)
{
    /// <summary>The value, or all of them.</summary>
    [JsonIgnore]
    public IReadOnlyList<string> Said => Values is { Count: > 0 } ? Values : Value is null ? [] : [Value];

    /// <summary>Whether nothing was said: forms send every question.</summary>
    [JsonIgnore]
    public bool IsEmpty => Said.Count == 0;

    public bool Equals(AnsweredQuestion? other) => other is not null && Question == other.Question && Value == other.Value && (Values ?? []).SequenceEqual(other.Values ?? []);

    public override int GetHashCode() => HashCode.Combine(Question, Value);
}

public sealed class AnsweredQuestionValidator : Validator<AnsweredQuestion>
{
    public AnsweredQuestionValidator()
    {
        RuleFor(a => a.Question).Present().Line(40);
        RuleFor(a => a.Value).Paragraphs(Events.Question.MaxMaxLength);
        RuleFor(a => a.Values).AtMost(Events.Question.MaxOptions).Distinct();
    }
}

/// <summary>Which answers a person may give, and must.</summary>
public static partial class AnswerRules
{
    // What an event asks, and what it has asked before.
    private const int MaxCount = 200;

    /// <summary>The shape of the answers that a request carries.</summary>
    public static void Answers<T>(this IRuleBuilder<T, IReadOnlyList<AnsweredQuestion>?> rule) => rule.AtMost(MaxCount).ForEach(answer => answer.SetValidator(new AnsweredQuestionValidator()));

    /// <summary>What is wrong with the answers of somebody, or null.</summary>
    /// <param name="evt">Whose questions.</param>
    /// <param name="siteIds">Where they attend, or may come to attend.</param>
    /// <param name="audience">What they are.</param>
    /// <param name="language">What they read.</param>
    /// <param name="answers">What they say now.</param>
    /// <param name="earlier">What they had said before: it is taken again as it was, whatever became of the question.</param>
    public static ProblemException? Refusal(Event evt, IReadOnlyList<string?> siteIds, Audience? audience, Language language, IReadOnlyList<AnsweredQuestion>? answers, IReadOnlyList<AnsweredQuestion>? earlier = null)
    {
        var wrong = new List<FieldError>();
        var answered = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < answers?.Count; i++)
        {
            var (answer, field) = (answers[i], $"answers[{i}]");
            if (answer.IsEmpty) continue;
            var was = earlier?.FirstOrDefault(e => e.Question == answer.Question);
            if (!answered.Add(answer.Question)) wrong.Add(new FieldError($"{field}.question", FieldCode.DuplicateValue));
            else if (answer.Equals(was)) continue;
            else if (evt.Question(answer.Question) is not { Retired: not true } question) wrong.Add(new FieldError($"{field}.question", FieldCode.UnknownQuestion));
            else if (!question.IsAsked(siteIds, audience, language)) wrong.Add(new FieldError($"{field}.question", FieldCode.NotAsked));
            else if (WrongIn(answer, question, was, field) is { } error) wrong.Add(error);
        }

        wrong.AddRange((evt.Questions ?? []).Where(q => q.Required == true && !answered.Contains(q.Id) && q.IsAsked(siteIds, audience, language)).Select(q => new FieldError($"answers.{q.Id}", FieldCode.Required)));
        return wrong.Count > 0 ? new ProblemException(Problem.ValidationFailed, wrong) : null;
    }

    /// <summary>What is wrong with what somebody adds to their answers, or null.</summary>
    /// <param name="evt">Whose questions.</param>
    /// <param name="registration">What they are, and had said before.</param>
    /// <param name="siteId">Where they are about to attend, or to wait.</param>
    /// <param name="more">What they say now. The numbers of errors are of these.</param>
    /// <param name="mayLeaveOut">Whether what must be answered may stay unanswered.</param>
    public static ProblemException? RefusalOfMore(Event evt, Registration registration, string siteId, IReadOnlyList<AnsweredQuestion>? more, bool mayLeaveOut)
    {
        var kept = (registration.Answers ?? []).Where(e => Find(more, e.Question) is null);
        var refusal = Refusal(evt, [siteId], registration.Audience, registration.Language, [.. more ?? [], .. kept], registration.Answers);
        if (refusal is null || !mayLeaveOut) return refusal;
        var wrong = refusal.Errors.Where(e => e.Code != FieldCode.Required).ToList();
        return wrong.Count > 0 ? refusal.WithErrors(wrong) : null;
    }

    /// <summary>What was said before with what is said now in its place, and what is new after it: what stays the same is no change.</summary>
    public static IReadOnlyList<AnsweredQuestion> Add(IReadOnlyList<AnsweredQuestion>? more, IReadOnlyList<AnsweredQuestion>? earlier) =>
        [.. (earlier ?? []).Select(e => Find(more, e.Question) ?? e), .. (more ?? []).Where(m => Find(earlier, m.Question) is null)];

    /// <summary>The answers as they are stored: those that say something, and earlier ones to questions that nobody can answer any more. Null where there are none.</summary>
    public static IReadOnlyList<AnsweredQuestion>? ToStore(IReadOnlyList<AnsweredQuestion>? answers, Event evt, IReadOnlyList<AnsweredQuestion>? earlier = null)
    {
        var stored = (answers ?? []).Where(a => !a.IsEmpty).Select(a => a.Values is { Count: 0 } ? a with { Values = null } : a).ToList();
        stored.AddRange((earlier ?? []).Where(e => evt.Question(e.Question) is not { Retired: not true } && !stored.Exists(a => a.Question == e.Question)));
        return stored.Count > 0 ? stored : null;
    }

    private static AnsweredQuestion? Find(IReadOnlyList<AnsweredQuestion>? answers, string question) => answers?.FirstOrDefault(a => a.Question == question && !a.IsEmpty);

    private static FieldError? WrongIn(AnsweredQuestion answer, Question question, AnsweredQuestion? was, string field)
    {
        var many = question.Type == QuestionType.Choices;
        if (many && answer.Value is not null) return new FieldError($"{field}.value", FieldCode.ExpectedNothing);
        if (!many && answer.Values is { Count: > 0 }) return new FieldError($"{field}.values", FieldCode.ExpectedNothing);
        if (question.HasOptions)
        {
            // Who has chosen what is no longer offered may keep it beside another choice.
            return answer.Said.All(id => question.AskedOptions.Any(o => o.Id == id) || was?.Said.Contains(id) == true) ? null
                : new FieldError(many ? $"{field}.values" : $"{field}.value", FieldCode.UnknownValue, string.Join(", ", question.AskedOptions.Select(o => o.Id)));
        }

        var value = answer.Value!;
        var (code, arguments) = question.Type switch
        {
            QuestionType.Text when Text.Length(value) > question.TextLimit => (FieldCode.TooLong, new object[] { question.TextLimit }),
            QuestionType.Text when !question.IsLong && value.AsSpan().IndexOfAny('\n', '\t') >= 0 => (FieldCode.ControlCharacter, []),
            QuestionType.YesNo when value is not ("true" or "false") => (FieldCode.UnknownValue, ["true, false"]),
            QuestionType.Date when !DateOnly.TryParseExact(value, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out _) => (FieldCode.InvalidDate, []),
            QuestionType.Number => WrongInNumber(value, question),
            _ => ((FieldCode?)null, Array.Empty<object>()),
        };
        return code is null ? null : new FieldError($"{field}.value", code, arguments);
    }

    private static (FieldCode? Code, object[] Arguments) WrongInNumber(string value, Question question)
    {
        if (!DecimalText().IsMatch(value)) return (FieldCode.InvalidNumber, []);
        var number = decimal.Parse(value, CultureInfo.InvariantCulture);
        if (number >= (question.Min ?? number) && number <= (question.Max ?? number)) return (null, []);
        return (question.Min, question.Max) switch
        {
            ({ } min, { } max) => (FieldCode.OutOfRange, [min, max]),
            ({ } min, null) => (FieldCode.TooSmall, [min]),
            _ => (FieldCode.TooLarge, [question.Max!]),
        };
    }

    [GeneratedRegex(@"^-?[0-9]{1,15}(\.[0-9]{1,6})?\z", RegexOptions.CultureInvariant)]
    private static partial Regex DecimalText();
}
