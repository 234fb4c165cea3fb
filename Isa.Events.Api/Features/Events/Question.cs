using System.Text.Json.Serialization;

namespace Isa.Events.Api.Features.Events;

/// <summary>What an answer to a question is.</summary>
public enum QuestionType
{
    Text,

    /// <summary>One of its options.</summary>
    Choice,

    /// <summary>Any of its options.</summary>
    Choices,
    YesNo,
    Number,
    Date,
}

/// <summary>What an event asks those who register, beyond what is asked everywhere. One that was answered is never lost: it is retired.</summary>
public sealed record Question
{
    /// <summary>The longest a text may be unless the question says something else.</summary>
    public const int DefaultMaxLength = 200;

    public const int MaxMaxLength = 2000;

    /// <summary>How many an event may ask; retired ones do not count.</summary>
    public const int MaxAsked = 50;

    public const int MaxOptions = 100;

    /// <summary>Numbers have 15 digits before the point at most: every program's numbers hold them.</summary>
    public const decimal Largest = 999_999_999_999_999;

    /// <summary>The organiser's own word for it, unique in the event: <c>diet</c>.</summary>
    public string Id { get; init; } = null!; // absent in a bad request only, as are the type and the label

    public QuestionType? Type { get; init; }

    public Texts Label { get; init; } = null!;

    public Texts? Help { get; init; }

    public bool? Required { get; init; }

    /// <summary>Of a text: 1 to 2000, 200 unless set. One of more than 200 may have several lines.</summary>
    public long? MaxLength { get; init; }

    /// <summary>Of a number.</summary>
    public decimal? Min { get; init; }

    /// <summary>Of a number.</summary>
    public decimal? Max { get; init; }

    public IReadOnlyList<QuestionOption>? Options { get; init; }

    /// <summary>The sites it is asked at, or null for all.</summary>
    public IReadOnlyList<string>? SiteIds { get; init; }

    /// <summary>Whom it is asked, or null for everybody.</summary>
    public IReadOnlyList<Audience>? Audiences { get; init; }

    /// <summary>People of which languages it is asked, or null for all.</summary>
    public IReadOnlyList<Language>? Languages { get; init; }

    /// <summary>Kept for the answers it has, and not asked any more; null otherwise.</summary>
    public bool? Retired { get; init; }

    [JsonIgnore]
    public long TextLimit => MaxLength ?? DefaultMaxLength;

    [JsonIgnore]
    public bool IsLong => TextLimit > DefaultMaxLength;

    [JsonIgnore]
    public bool HasOptions => Type is QuestionType.Choice or QuestionType.Choices;

    /// <summary>Those that can be chosen.</summary>
    [JsonIgnore]
    public IEnumerable<QuestionOption> AskedOptions => (Options ?? []).Where(o => o.Retired != true);

    /// <summary>Whether somebody is asked it.</summary>
    /// <param name="siteIds">Where they may come to attend.</param>
    /// <param name="audience">What they are.</param>
    /// <param name="language">What they read.</param>
    public bool IsAsked(IEnumerable<string?> siteIds, Audience? audience, Language language) =>
        Retired != true && (SiteIds is null || siteIds.Any(id => id is not null && SiteIds.Contains(id)))
        && (Audiences is null || audience is { } known && Audiences.Contains(known)) && (Languages is null || Languages.Contains(language));

    /// <summary>As a caller sees it, in one language where one was asked for; what is retired is for organisers.</summary>
    public Question Only(bool whole, Language? language, Language otherwise) => this with
    {
        Label = Label.Only(language, otherwise),
        Help = Help?.Only(language, otherwise),
        Options = Options is null ? null : [.. (whole ? Options : AskedOptions).Select(o => o with { Label = o.Label.Only(language, otherwise) })],
    };
}

/// <summary>One of the answers a question offers.</summary>
/// <param name="Id">The organiser's own word for it, unique in the question.</param>
/// <param name="Label">What people read.</param>
/// <param name="Retired">True where it is kept for those who chose it, and not offered any more.</param>
public sealed record QuestionOption(string Id, Texts Label, bool? Retired);

public sealed class QuestionValidator : Validator<Question>
{
    public QuestionValidator()
    {
        RuleFor(q => q.Id).Present().Slug(1, 40);
        RuleFor(q => q.Type).Present();
        RuleFor(q => q.Label).Present().Texts(200, multiLine: false);
        RuleFor(q => q.Help).Texts(1000, multiLine: true);
        RuleFor(q => q.MaxLength).Between(1, Question.MaxMaxLength);
        RuleFor(q => q.MaxLength).Nothing().When(q => q.Type != QuestionType.Text);
        RuleFor(q => q.Min).Must(IsInReach).Fails(FieldCode.OutOfRange, -Question.Largest, Question.Largest);
        RuleFor(q => q.Min).Nothing().When(q => q.Type != QuestionType.Number);
        RuleFor(q => q.Max).Must(IsInReach).Fails(FieldCode.OutOfRange, -Question.Largest, Question.Largest);
        RuleFor(q => q.Max).Nothing().When(q => q.Type != QuestionType.Number);
        RuleFor(q => q.Max).Must((q, max) => max is null || q.Min is null || max >= q.Min).WithErrorCode(FieldCode.TooSmall.Code).WithState(q => new object[] { q.Min! });
        RuleFor(q => q.Options).Present().When(q => q.HasOptions && q.Retired != true);
        RuleFor(q => q.Options).Nothing().When(q => !q.HasOptions);
        RuleFor(q => q.Options).Must((q, options) => options is null || q.AskedOptions.Count() <= Question.MaxOptions).Fails(FieldCode.TooMany, Question.MaxOptions);
        RuleFor(q => q.Options).Must((q, options) => options is null || q.AskedOptions.Any()).Fails(FieldCode.Required).When(q => q.HasOptions && q.Retired != true);
        RuleFor(q => q.Options).Must(options => options is null || options.Select(o => o.Id).Distinct(StringComparer.Ordinal).Count() == options.Count).Fails(FieldCode.DuplicateId);
        RuleForEach(q => q.Options).ChildRules(option =>
        {
            option.RuleFor(o => o.Id).Present().Slug(1, 40);
            option.RuleFor(o => o.Label).Present().Texts(200, multiLine: false);
        });
        RuleFor(q => q.SiteIds).AtMost(50).Distinct();
        RuleFor(q => q.Audiences).Distinct();
        RuleFor(q => q.Languages).Distinct();
    }

    private static bool IsInReach(decimal? number) => number is null or >= -Question.Largest and <= Question.Largest;
}
