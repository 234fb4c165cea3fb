using System.Text.Json;

namespace Isa.Events.Api.Features.Events;

/// <summary>How the questions of an event are changed under answers that were given already.</summary>
public static class QuestionEdit
{
    /// <summary>
    /// The questions an event shall have. What was answered stays, retired, where it is left out or sent back as retired; what nobody answered goes.
    /// </summary>
    /// <param name="session">The work's.</param>
    /// <param name="evt">The event, locked, with its sites and the questions it had.</param>
    /// <param name="wanted">As the organiser sends them.</param>
    /// <exception cref="ProblemException"><see cref="Problem.QuestionInUse"/> where one that was answered would become another kind of question.</exception>
    public static IReadOnlyList<Question>? Apply(WriteSession session, Event evt, IReadOnlyList<Question>? wanted)
    {
        var before = evt.Questions ?? [];
        var after = (wanted ?? []).Select(Tidy).ToList();
        if (AsText(before) == AsText(after)) return evt.Questions;

        RefuseUnknownSites(evt, before, after);
        var answers = new Lazy<Dictionary<string, HashSet<string>>>(() => Given(session, evt.Id)); // read only where something could be lost
        var edited = new List<Question>();
        for (var i = 0; i < after.Count; i++)
        {
            var question = after[i];
            var was = before.FirstOrDefault(q => q.Id == question.Id);
            var gone = (was?.Options ?? []).Where(o => !question.AskedOptions.Any(asked => asked.Id == o.Id)).ToList();
            var mayLose = was is not null && (question.Retired == true || question.Type != was.Type || gone.Count > 0);
            var chosen = mayLose ? answers.Value.GetValueOrDefault(question.Id) : null;
            if (question.Retired == true && chosen is null) continue;
            if (question.Type != was?.Type && chosen is not null) throw new ProblemException(Problem.QuestionInUse, $"questions[{i}].type", FieldCode.ReadOnly).With("question", question.Id);
            edited.Add(question.HasOptions
                ? question with { Options = [.. question.AskedOptions, .. gone.Where(o => chosen?.Contains(o.Id) == true).Select(o => o with { Retired = true })] }
                : question);
        }

        edited.AddRange(before.Where(q => !after.Exists(sent => sent.Id == q.Id) && answers.Value.ContainsKey(q.Id)).Select(q => q with { Retired = true }));
        return edited.Count > 0 ? edited : null;
    }

    // A site that went away since is no reason to refuse what somebody sends back as they read it.
    private static void RefuseUnknownSites(Event evt, IReadOnlyList<Question> before, List<Question> after)
    {
        var wrong = new List<FieldError>();
        for (var i = 0; i < after.Count; i++)
        {
            var known = before.FirstOrDefault(q => q.Id == after[i].Id)?.SiteIds ?? [];
            for (var j = 0; j < after[i].SiteIds?.Count; j++)
                if (evt.Site(after[i].SiteIds![j]) is null && !known.Contains(after[i].SiteIds![j])) wrong.Add(new FieldError($"questions[{i}].siteIds[{j}]", FieldCode.UnknownSite));
        }

        if (wrong.Count > 0) throw new ProblemException(Problem.ValidationFailed, wrong);
    }

    private static Question Tidy(Question question) => question with
    {
        Help = question.Help?.IsEmpty() == true ? null : question.Help,
        Required = question.Required ?? false,
        Retired = question.Retired == true ? true : null,
        Options = question.Options is { Count: > 0 } options ? [.. options.Select(o => o.Retired == true ? o : o with { Retired = null })] : null,
        SiteIds = question.SiteIds is { Count: > 0 } ? question.SiteIds : null,
        Audiences = question.Audiences is { Count: > 0 } ? question.Audiences : null,
        Languages = question.Languages is { Count: > 0 } ? question.Languages : null,
    };

    private static string AsText(IReadOnlyList<Question> questions) => JsonSerializer.Serialize(questions, Json.Stored);

    // Also those of people who cancelled: lists show them.
    private static Dictionary<string, HashSet<string>> Given(ReadSession session, string eventId)
    {
        var given = new Dictionary<string, HashSet<string>>(StringComparer.Ordinal);
        foreach (var row in session.Stream<AnswersRow>(AnswersOf, new { EventId = eventId }))
        {
            foreach (var answer in row.Answers)
            {
                if (!given.TryGetValue(answer.Question, out var values)) given[answer.Question] = values = new HashSet<string>(StringComparer.Ordinal);
                values.UnionWith(answer.Said);
            }
        }

        return given;
    }

    private sealed record AnswersRow
    {
        public IReadOnlyList<AnsweredQuestion> Answers { get; init; } = [];
    }

    private const string AnswersOf = "SELECT answers FROM registrations WHERE event_id = @EventId AND answers IS NOT NULL";
}
