namespace Isa.Events.Api.Features.Pages;

/// <summary>The fields of a registration's form as a page shows them, and what stands in them.</summary>
internal static class PersonFields
{
    /// <summary>What a person says of themselves. Where they attend has a form of its own.</summary>
    public static IEnumerable<FormField> Of(PageView view) =>
        FormFields.OfPerson(view.Event, view.Language, null).Where(f => f.Name is not ("siteId" or "whenFull" or "fallbackSiteId" or "invitationCode"));

    /// <summary>The questions that somebody is asked.</summary>
    public static List<Question> Asked(Event evt, IReadOnlyList<string?> sites, Audience? audience, Language language) => [.. (evt.Questions ?? []).Where(q => q.IsAsked(sites, audience, language))];

    /// <summary>Writes questions, with what was answered to them.</summary>
    public static void Write(FormHtml form, ShownPage view, IEnumerable<Question> asked, IReadOnlyList<AnsweredQuestion>? answers)
    {
        var fields = FormFields.OfQuestions(view.Event, view.Language, null, null).ToDictionary(f => f.Name, StringComparer.Ordinal);
        foreach (var question in asked)
        {
            var said = answers?.FirstOrDefault(a => a.Question == question.Id)?.Said ?? [];
            var field = fields[$"answers.{question.Id}"];
            // Who has chosen what is no longer offered may keep it.
            var kept = (question.Options ?? []).Where(o => o.Retired == true && said.Contains(o.Id)).Select(o => new FormOption(o.Id, o.Label.In(view.Language, view.Event.DefaultLanguage)));
            form.Field(question.HasOptions ? field with { Options = [.. field.Options!, .. kept] } : field, said);
        }
    }

    /// <summary>What people call a field; null where it has no name of its own.</summary>
    public static string? LabelOf(ShownPage view, string name) =>
        FormFields.OfPerson(view.Event, view.Language, null).Concat(FormFields.OfQuestions(view.Event, view.Language, null, null)).FirstOrDefault(f => f.Name == name)?.Label;

    public static string? ValueOf(Registration registration, string name) => name switch
    {
        "formOfAddress" => registration.FormOfAddress,
        "fullName" => registration.FullName,
        "familyName" => registration.FamilyName,
        "romanizedName" => registration.RomanizedName,
        "email" => registration.Email,
        "audience" => registration.Audience is { } audience ? RowTypes.Name(audience) : null,
        "organisation" => registration.Organisation,
        "jobTitle" => registration.JobTitle,
        "city" => registration.City,
        "phone" => registration.Phone,
        "language" => registration.Language.Code(),
        "timeZone" => registration.TimeZone,
        "listensIn" => registration.ListensIn?.Code(),
        "copyTo" => registration.CopyTo,
        "needs" => registration.Needs,
        _ => throw new ArgumentOutOfRangeException(nameof(name), name, null),
    };
}
