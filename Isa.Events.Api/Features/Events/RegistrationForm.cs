namespace Isa.Events.Api.Features.Events;

/// <summary>How a field of a form is drawn.</summary>
public enum FormFieldType
{
    /// <summary>One line.</summary>
    Text,

    /// <summary>Several lines.</summary>
    LongText,
    Email,
    Tel,

    /// <summary>One of its options.</summary>
    Choice,

    /// <summary>Any of its options.</summary>
    Choices,
    YesNo,
    Number,
    Date,
}

/// <summary>What a registration takes, for a website to draw: the person's own fields, then the event's questions, in one language.</summary>
public sealed record RegistrationForm
{
    public required string EventId { get; init; }

    public required string Title { get; init; }

    public required Language Language { get; init; }

    public required RegistrationState State { get; init; }

    public required IReadOnlyList<FormField> Fields { get; init; }

    public required IReadOnlyList<FormSite> Sites { get; init; }

    public FormNotice? Notice { get; init; }

    /// <summary>Where the filled form goes, with a key: a path of this server.</summary>
    public required string SubmitPath { get; init; }

    /// <param name="current">The event as it is now.</param>
    /// <param name="language">Of every text; what is not written in it comes in the event's.</param>
    /// <param name="siteId">Only what is asked at this site, or null.</param>
    /// <param name="audience">Only what is asked of these, or null.</param>
    /// <param name="now">Sites fill and deadlines pass.</param>
    public static RegistrationForm From(CurrentEvent current, Language language, string? siteId, Audience? audience, DateTimeOffset now)
    {
        var evt = current.Event;
        var window = RegistrationWindow.From(current, now);
        return new RegistrationForm
        {
            EventId = evt.Id, Title = evt.Title.In(language, evt.DefaultLanguage), Language = language, State = window.State,
            Fields = [.. FormFields.OfPerson(evt, language, siteId), .. FormFields.OfQuestions(evt, language, siteId, audience)],
            Sites = [.. evt.Sites.Zip(window.Sites, (site, here) => new FormSite(site.Id, site.Name.In(language, evt.DefaultLanguage), site.Mode, audience is { } known ? here.Audiences[known] : here.State))],
            Notice = evt.PrivacyNotice is { } notice
                ? new FormNotice(notice.Version, FormFields.NoticeRead.In(language), notice.Text is { } text && !text.IsEmpty() ? text.In(language, evt.DefaultLanguage) : null, notice.Url)
                : null,
            SubmitPath = $"/v1/events/{evt.Id}/registrations",
        };
    }
}

/// <summary>One field of a form.</summary>
public sealed record FormField
{
    /// <summary>The member of the request it fills; <c>answers.diet</c> is the answer to the question <c>diet</c>.</summary>
    public required string Name { get; init; }

    public required string Label { get; init; }

    public string? Help { get; init; }

    public required FormFieldType Type { get; init; }

    public required bool Required { get; init; }

    public long? MaxLength { get; init; }

    public decimal? Min { get; init; }

    public decimal? Max { get; init; }

    /// <summary>A token of the HTML standard.</summary>
    public string? Autocomplete { get; init; }

    public IReadOnlyList<FormOption>? Options { get; init; }

    /// <summary>The sites it is asked at, or null for all.</summary>
    public IReadOnlyList<string>? SiteIds { get; init; }

    /// <summary>Whom it is asked, or null for everybody.</summary>
    public IReadOnlyList<Audience>? Audiences { get; init; }

    /// <summary>People of which languages it is asked, or null for all.</summary>
    public IReadOnlyList<Language>? Languages { get; init; }
}

/// <param name="Value">What is sent.</param>
/// <param name="Label">What people read.</param>
/// <param name="SiteIds">The sites where it can be chosen, or null for all.</param>
public sealed record FormOption(string Value, string Label, IReadOnlyList<string>? SiteIds = null);

/// <param name="Id">What is sent.</param>
/// <param name="Name">What people read.</param>
/// <param name="Mode">How one attends there.</param>
/// <param name="State">Whether one can register there now.</param>
public sealed record FormSite(string Id, string Name, AttendanceMode Mode, RegistrationState State);

/// <param name="Version">What is sent as <c>noticeVersion</c> once the person has read it.</param>
/// <param name="Label">What they say by it.</param>
/// <param name="Text">The notice itself, or</param>
/// <param name="Url">its address.</param>
public sealed record FormNotice(string Version, string Label, string? Text, string? Url);
