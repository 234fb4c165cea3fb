using System.Globalization;
using Isa.Events.Api.Features.Imports;

namespace Isa.Events.Api.Features.Registrations;

/// <summary>Answers to an event's questions as the columns of a table hold them: options by their names, numbers and dates as people and Excel write them.</summary>
internal static class ImportedAnswers
{
    private const string Prefix = "answers.";
    private static readonly string[] DateShapes = ["yyyy-MM-dd", "d.M.yyyy", "yyyy/M/d", "yyyy年M月d日"];

    /// <summary>A column for each question that is asked, by its id or its label.</summary>
    public static IEnumerable<ImportColumn> Columns(Event evt) =>
        from question in evt.Questions ?? []
        where question.Retired != true
        select new ImportColumn(Prefix + question.Id, [.. Names(question.Label)]);

    /// <summary>All of them in one member, as who registers sends them.</summary>
    public static readonly ImportColumn List = new("answers") { IsList = true };

    /// <summary>Null where the row answers nothing. What cannot be understood stays as it is, for the rules of answers to refuse.</summary>
    public static IReadOnlyList<AnsweredQuestion>? Read(ImportRow row, Event evt)
    {
        var answers = new List<AnsweredQuestion>();
        foreach (var question in evt.Questions ?? [])
        {
            if (question.Retired == true || row[Prefix + question.Id] is not { } text) continue;
            answers.Add(question.Type switch
            {
                QuestionType.Choices => new AnsweredQuestion(question.Id, null, [.. Options(question, text).Distinct(StringComparer.Ordinal)]),
                QuestionType.Choice => new AnsweredQuestion(question.Id, Option(question, text), null),
                QuestionType.YesNo => new AnsweredQuestion(question.Id, YesNo(text), null),
                QuestionType.Number => new AnsweredQuestion(question.Id, text.Contains('.') ? text : text.Replace(',', '.'), null),
                QuestionType.Date => new AnsweredQuestion(question.Id, Date(text), null),
                _ => new AnsweredQuestion(question.Id, text, null),
            });
        }

        answers.AddRange(row.List<AnsweredQuestion>(List.Member) ?? []);
        return answers.Count > 0 ? answers : null;
    }

    /// <summary>The column that an error in a request's answers is about: <c>answers[0].value</c> is one of <c>answers.diet</c>.</summary>
    public static string Field(string path, IReadOnlyList<AnsweredQuestion>? answers) =>
        path.StartsWith("answers[", StringComparison.Ordinal) && path.IndexOf(']') is > 8 and var end && int.TryParse(path.AsSpan(8, end - 8), NumberStyles.None, CultureInfo.InvariantCulture, out var index)
            && index < answers?.Count && answers[index].Question is { } question ? Prefix + question : path;

    private static IEnumerable<string> Names(Texts label) => Enum.GetValues<Language>().Select(language => label[language]).OfType<string>();

    // Our own lists divide by semicolons; a comma may be a part of a name.
    private static IEnumerable<string> Options(Question question, string text) =>
        from part in Parts(text, ';', '\n')
        from name in question.AskedOptions.Any(o => o.Id == Option(question, part)) ? [part] : Parts(part, ',', '、')
        select Option(question, name);

    private static string[] Parts(string text, params char[] separators) => text.Split(separators, StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    private static string Option(Question question, string text)
    {
        var key = ImportColumn.Key(text);
        return question.AskedOptions.FirstOrDefault(o => o.Id == text)?.Id ?? question.AskedOptions.FirstOrDefault(o => Names(o.Label).Any(name => ImportColumn.Key(name) == key))?.Id ?? text;
    }

    private static string YesNo(string text) => ImportColumn.Key(text) switch
    {
        "true" or "ja" or "yes" or "是" or "x" or "1" => "true",
        "false" or "nein" or "no" or "否" or "0" => "false",
        _ => text,
    };

    private static string Date(string text)
    {
        if (DateOnly.TryParseExact(text, DateShapes, CultureInfo.InvariantCulture, DateTimeStyles.None, out var date)) return date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        // A workbook counts days from 1900, with a 29 February in that year; from March on it is right.
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var days) && days is > 60 and < 2_958_466
            ? DateTime.FromOADate(days).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)
            : text;
    }
}
