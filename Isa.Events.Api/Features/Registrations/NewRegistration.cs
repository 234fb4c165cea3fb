using System.Security.Cryptography;
using System.Text.Json.Serialization;

namespace Isa.Events.Api.Features.Registrations;

/// <summary>A registration before it is stored, with what only its row has: the keys it is found and sorted by.</summary>
public sealed record NewRegistration : Registration
{
    /// <summary>Letters and digits that cannot be taken for one another when read out or copied by hand.</summary>
    private const string ReferenceAlphabet = "23456789ACDEFGHJKMNPQRTUVWXYZ";

    [JsonIgnore]
    public string? EmailNormalised { get; init; }

    [JsonIgnore]
    public string NameNormalised { get; init; } = "";

    [JsonIgnore]
    public string SortFamily { get; init; } = "";

    [JsonIgnore]
    public string SortRomanized { get; init; } = "";

    [JsonIgnore]
    public string? OrganisationFolded { get; init; }

    [JsonIgnore]
    public string SearchText { get; init; } = "";

    /// <summary>The same of a city.</summary>
    internal NewRegistration From(string city) => this with { City = city, SearchText = SearchKey(FullName, FamilyName, RomanizedName, Organisation, city, Email) };

    /// <summary>
    /// What a list by family name sorts by. What stands before a comma, else the last word, is a guess that sorts most names well; who needs it right sends the
    /// family name.
    /// </summary>
    public static string FamilyKey(string? familyName, string fullName) =>
        Text.Fold(familyName ?? (fullName.IndexOf(',') is > 0 and var comma ? fullName[..comma] : fullName[(fullName.LastIndexOf(' ') + 1)..]));

    /// <summary>What a list by romanised name sorts by.</summary>
    public static string RomanizedKey(string? romanizedName, string fullName) => Text.Fold(romanizedName ?? fullName);

    /// <summary>What lists find a person by.</summary>
    public static string SearchKey(string? fullName, string? familyName, string? romanizedName, string? organisation, string? city, string? email) =>
        Text.Fold($"{fullName} {familyName} {romanizedName} {organisation} {city} {email}");

    /// <summary>Five characters, 20 million codes: free or not is asked of the event's index.</summary>
    public static string NewReference(string prefix) => $"{prefix}-{RandomNumberGenerator.GetString(ReferenceAlphabet, 5)}";

    /// <summary>Stores it. Where a unique index holds it off, what was looked at before was overtaken.</summary>
    public void Insert(WriteSession session) => session.Require(InsertRegistration, this, () => new OvertakenException());

    private const string InsertRegistration = """
        INSERT INTO registrations (id, event_id, site_id, status, is_test, late, reference, made_by, external_id, full_name, email, email_normalised, name_normalised,
            family_name, romanized_name, form_of_address, job_title, organisation, city, audience, language, time_zone, phone, copy_to, listens_in, needs,
            notice_version, consents, answers, sort_family, sort_romanized, organisation_folded, search_text, holds_seat, confirmed_at, hold_ends_at,
            waitlist_entry_id, when_full, fallback_site_id, what_fits, delegation_id, name_follows, invitee_id, quota_city, replaces, revision, version, token_version, created_at, updated_at)
        VALUES (@Id, @EventId, @SiteId, @Status, @IsTest, @Late, @Reference, @MadeBy, @ExternalId, @FullName, @Email, @EmailNormalised, @NameNormalised,
            @FamilyName, @RomanizedName, @FormOfAddress, @JobTitle, @Organisation, @City, @Audience, @Language, @TimeZone, @Phone, @CopyTo, @ListensIn, @Needs,
            @NoticeVersion, @Consents, @Answers, @SortFamily, @SortRomanized, @OrganisationFolded, @SearchText, @HoldsSeat, @ConfirmedAt, @HoldEndsAt,
            @WaitlistEntryId, @WhenFull, @FallbackSiteId, @WhatFits, @DelegationId, @NameFollows, @InviteeId, @QuotaCity, @Replaces, @Revision, @Version, @TokenVersion, @CreatedAt, @UpdatedAt)
        ON CONFLICT DO NOTHING
        """;
}
