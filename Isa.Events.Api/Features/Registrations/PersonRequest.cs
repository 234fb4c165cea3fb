namespace Isa.Events.Api.Features.Registrations;

/// <summary>What is said of somebody wherever people are named: in registrations and in invitations.</summary>
public interface IPerson
{
    string? FamilyName { get; }

    string? RomanizedName { get; }

    string? FormOfAddress { get; }

    string? JobTitle { get; }

    string? Organisation { get; }

    string? City { get; }
}

/// <summary>A person as somebody sends one who is to attend.</summary>
public abstract record PersonRequest : IPerson
{
    public string? FullName { get; init; }

    public string? Email { get; init; }

    public Language? Language { get; init; }

    public string? FamilyName { get; init; }

    public string? RomanizedName { get; init; }

    public string? FormOfAddress { get; init; }

    public string? JobTitle { get; init; }

    public string? Organisation { get; init; }

    public string? City { get; init; }

    public Audience? Audience { get; init; }

    public string? TimeZone { get; init; }

    public string? Phone { get; init; }

    public string? CopyTo { get; init; }

    public Language? ListensIn { get; init; }

    public string? Needs { get; init; }

    public string? NoticeVersion { get; init; }

    public IReadOnlyList<Consent>? Consents { get; init; }

    /// <summary>To the questions of the event.</summary>
    public IReadOnlyList<AnsweredQuestion>? Answers { get; init; }
}

/// <summary>What holds for people whatever they are sent for.</summary>
public static class PersonRules
{
    /// <summary>How long what says who somebody is may be. Rules of the validator's own: an included one runs for each request beside it.</summary>
    public static void Person<T>(this AbstractValidator<T> validator) where T : IPerson
    {
        validator.RuleFor(p => p.FamilyName).PersonName(100);
        validator.RuleFor(p => p.RomanizedName).PersonName();
        validator.RuleFor(p => p.FormOfAddress).Line(50);
        validator.RuleFor(p => p.JobTitle).Line(150);
        validator.RuleFor(p => p.Organisation).Line(200);
        validator.RuleFor(p => p.City).Line(100);
    }
}
