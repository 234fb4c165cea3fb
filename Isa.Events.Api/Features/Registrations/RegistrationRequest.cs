using System.Security.Cryptography;
using System.Text.RegularExpressions;

namespace Isa.Events.Api.Features.Registrations;

/// <summary>What happens when the site is full.</summary>
public enum WhenFull
{
    /// <summary>Nothing is made; the answer is 409 <c>site-full</c>.</summary>
    Reject,
}

/// <summary>A person, and where they want to attend.</summary>
public sealed record RegistrationRequest
{
    public string? SiteId { get; init; }

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

    public string? ExternalId { get; init; }

    public WhenFull? WhenFull { get; init; }

    public string? NoticeVersion { get; init; }

    public IReadOnlyList<Consent>? Consents { get; init; }

    /// <summary>
    /// Why the event cannot take this now, seats aside, or null: it is not open, the site is not there, the person is not invited to it, the notice is not the one in
    /// force.
    /// </summary>
    public ProblemException? RefusalBy(Event evt, DateTimeOffset now)
    {
        if (evt.RefusalAt(now) is { } closed) return new ProblemException(closed);
        if (evt.Site(SiteId) is not { } site) return ProblemException.Invalid("siteId", FieldCode.UnknownSite);
        if (evt.InvitedTo(site) is { } invited)
        {
            if (Audience is not { } audience) return ProblemException.Invalid("audience", FieldCode.Required);
            if (!invited.Contains(audience)) return ProblemException.Invalid("audience", FieldCode.AudienceNotInvited);
        }

        if (evt.PrivacyNotice is not { } notice) return null;
        if (NoticeVersion is null) return ProblemException.Invalid("noticeVersion", FieldCode.Required);
        return NoticeVersion == notice.Version ? null : new ProblemException(Problem.NoticeOutdated).With("currentVersion", notice.Version);
    }

    /// <summary>The registration this asks for, but for what only the transaction knows: id, reference, times.</summary>
    public NewRegistration ToRegistration(Event evt, Caller caller) => new()
    {
        EventId = evt.Id, SiteId = SiteId!, IsTest = caller.IsTest || evt.IsTest, MadeBy = caller.HolderId, ExternalId = ExternalId,
        FullName = FullName!, Email = EmailAddress.Repair(Email!), EmailNormalised = EmailAddress.Normalise(Email!), NameNormalised = Text.Fold(FullName!),
        FamilyName = FamilyName, RomanizedName = RomanizedName, FormOfAddress = FormOfAddress, JobTitle = JobTitle, Organisation = Organisation, City = City,
        Audience = Audience, Language = Language!.Value, TimeZone = TimeZone, Phone = Phone, CopyTo = CopyTo is null ? null : EmailAddress.Repair(CopyTo), ListensIn = ListensIn,
        Needs = Needs, NoticeVersion = NoticeVersion, Consents = Consents is { Count: > 0 } ? Consents : null,
        SortFamily = NewRegistration.FamilyKey(FamilyName, FullName!), SortRomanized = NewRegistration.RomanizedKey(RomanizedName, FullName!),
        OrganisationFolded = Organisation is null ? null : Text.Fold(Organisation),
        SearchText = Text.Fold($"{FullName} {FamilyName} {RomanizedName} {Organisation} {City} {Email}"),
    };
}

/// <summary>A row of <c>registrations</c> before it is written.</summary>
public sealed record NewRegistration
{
    /// <summary>Letters and digits that cannot be taken for one another when read out or copied by hand.</summary>
    private const string ReferenceAlphabet = "23456789ACDEFGHJKMNPQRTUVWXYZ";

    public string Id { get; init; } = "";

    public string EventId { get; init; } = "";

    public string SiteId { get; init; } = "";

    public RegistrationStatus Status { get; init; } = RegistrationStatus.Confirmed;

    public bool IsTest { get; init; }

    public bool Late { get; init; }

    public string Reference { get; init; } = "";

    public string MadeBy { get; init; } = "";

    public string? ExternalId { get; init; }

    public string FullName { get; init; } = "";

    public string Email { get; init; } = "";

    public string EmailNormalised { get; init; } = "";

    public string NameNormalised { get; init; } = "";

    public string? FamilyName { get; init; }

    public string? RomanizedName { get; init; }

    public string? FormOfAddress { get; init; }

    public string? JobTitle { get; init; }

    public string? Organisation { get; init; }

    public string? City { get; init; }

    public Audience? Audience { get; init; }

    public Language Language { get; init; }

    public string? TimeZone { get; init; }

    public string? Phone { get; init; }

    public string? CopyTo { get; init; }

    public Language? ListensIn { get; init; }

    public string? Needs { get; init; }

    public string? NoticeVersion { get; init; }

    public IReadOnlyList<Consent>? Consents { get; init; }

    public string SortFamily { get; init; } = "";

    public string SortRomanized { get; init; } = "";

    public string? OrganisationFolded { get; init; }

    public string SearchText { get; init; } = "";

    public DateTimeOffset Now { get; init; }

    /// <summary>
    /// What a list by family name sorts by. What stands before a comma, else the last word, is a guess that sorts most names well; who needs it right sends the
    /// family name.
    /// </summary>
    public static string FamilyKey(string? familyName, string fullName) =>
        Text.Fold(familyName ?? (fullName.IndexOf(',') is > 0 and var comma ? fullName[..comma] : fullName[(fullName.LastIndexOf(' ') + 1)..]));

    /// <summary>What a list by romanised name sorts by.</summary>
    public static string RomanizedKey(string? romanizedName, string fullName) => Text.Fold(romanizedName ?? fullName);

    /// <summary>Five characters, 20 million codes: free or not is asked of the event's index.</summary>
    public static string NewReference(string prefix) => $"{prefix}-{RandomNumberGenerator.GetString(ReferenceAlphabet, 5)}";

    /// <summary>Stores it. Where a unique index holds it off, what was looked at before was overtaken.</summary>
    public void Insert(WriteSession session) => session.Require(InsertRegistration, this, () => new OvertakenException());

    /// <summary>The answer, the same that reading it back would give.</summary>
    public Registration ToAnswer() => new()
    {
        Id = Id.Length == 0 ? null : Id, EventId = EventId, SiteId = SiteId, Status = Status, IsTest = IsTest, Late = Late, Reference = Reference.Length == 0 ? null : Reference, MadeBy = MadeBy,
        ExternalId = ExternalId, FullName = FullName, Email = Email, FamilyName = FamilyName, RomanizedName = RomanizedName, FormOfAddress = FormOfAddress, JobTitle = JobTitle,
        Organisation = Organisation, City = City, Audience = Audience, Language = Language, TimeZone = TimeZone, Phone = Phone, CopyTo = CopyTo, ListensIn = ListensIn, Needs = Needs,
        NoticeVersion = NoticeVersion, Consents = Consents, Revision = 0, TokenVersion = 1, CreatedAt = Id.Length == 0 ? null : Now, UpdatedAt = Id.Length == 0 ? null : Now,
    };

    private const string InsertRegistration = """
        INSERT INTO registrations (id, event_id, site_id, status, is_test, late, reference, made_by, external_id, full_name, email, email_normalised, name_normalised,
            family_name, romanized_name, form_of_address, job_title, organisation, city, audience, language, time_zone, phone, copy_to, listens_in, needs,
            notice_version, consents, sort_family, sort_romanized, organisation_folded, search_text, revision, token_version, created_at, updated_at)
        VALUES (@Id, @EventId, @SiteId, @Status, @IsTest, @Late, @Reference, @MadeBy, @ExternalId, @FullName, @Email, @EmailNormalised, @NameNormalised,
            @FamilyName, @RomanizedName, @FormOfAddress, @JobTitle, @Organisation, @City, @Audience, @Language, @TimeZone, @Phone, @CopyTo, @ListensIn, @Needs,
            @NoticeVersion, @Consents, @SortFamily, @SortRomanized, @OrganisationFolded, @SearchText, 0, 1, @Now, @Now)
        ON CONFLICT DO NOTHING
        """;
}

public sealed partial class RegistrationRequestValidator : Validator<RegistrationRequest>
{
    public RegistrationRequestValidator()
    {
        RuleFor(r => r.SiteId).Present().Line(40);
        RuleFor(r => r.FullName).Present().PersonName();
        RuleFor(r => r.Email).Present().MailAddress();
        RuleFor(r => r.Language).Present();
        RuleFor(r => r.FamilyName).PersonName(100);
        RuleFor(r => r.RomanizedName).PersonName();
        RuleFor(r => r.FormOfAddress).Line(50);
        RuleFor(r => r.JobTitle).Line(150);
        RuleFor(r => r.Organisation).Line(200);
        RuleFor(r => r.City).Line(100);
        RuleFor(r => r.TimeZone).TimeZone();
        RuleFor(r => r.Phone).Must(IsPhone).Fails(FieldCode.InvalidPhone);
        RuleFor(r => r.CopyTo).MailAddress();
        RuleFor(r => r.Needs).Paragraphs(1000);
        RuleFor(r => r.ExternalId).Line(100);
        RuleFor(r => r.NoticeVersion).Line(50);
        RuleFor(r => r.Consents).AtMost(20);
        RuleForEach(r => r.Consents).ChildRules(consent =>
        {
            consent.RuleFor(c => c.Purpose).Present().Slug(1, 64);
            consent.RuleFor(c => c.Text).Present().Paragraphs(1000);
        });
    }

    // Numbers of many countries as people write them; at least five digits tell one from a typing error.
    private static bool IsPhone(string? text) => text is null || Phone().IsMatch(text) && text.Count(char.IsAsciiDigit) is >= 5 and <= 25;

    [GeneratedRegex(@"^\+?[0-9 ()/.\-]{5,40}(?: ?(?:ext|x|DW)\.? ?\d{1,6})?\z", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex Phone();
}
