using System.Text.Json.Serialization;

namespace Isa.Events.Api.Features.Registrations;

public enum RegistrationStatus
{
    PendingConfirmation,
    PendingApproval,
    Confirmed,
    Waitlisted,
    Cancelled,
    Declined,
}

/// <summary>Who did something to a registration.</summary>
public enum Actor
{
    Attendee,
    Partner,
    Organizer,
    System,
}

/// <summary>One consent: what for, and the very words the person agreed to, so that it can be shown later (GDPR art. 7).</summary>
/// <param name="Purpose">The partner's word for it: <c>photos</c>.</param>
/// <param name="Text">The words beside the box.</param>
public sealed record Consent(string Purpose, string Text);

/// <summary>One person's part in one event: a row, and the answer about it.</summary>
public sealed record Registration
{
    public const string Columns = """
        id, event_id, site_id, status, is_test, late, reference, made_by, external_id, delegation_id, full_name, email, family_name, romanized_name, form_of_address,
        job_title, organisation, city, audience, language, time_zone, phone, copy_to, listens_in, needs, notice_version, consents, revision, token_version,
        created_at, updated_at, cancelled_at, cancelled_by
        """;

    public const string IdPrefix = "reg_";

    public string? Id { get; init; }

    public string EventId { get; init; } = "";

    public string SiteId { get; init; } = "";

    public RegistrationStatus Status { get; init; }

    /// <summary>What the person can read out: <c>ISA-7K3QX</c>, unique in the event.</summary>
    public string? Reference { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool IsTest { get; init; }

    [JsonIgnore]
    public bool Late { get; init; }

    /// <summary>The holder of the key that made it.</summary>
    [JsonIgnore]
    public string MadeBy { get; init; } = "";

    public string? ExternalId { get; init; }

    [JsonIgnore]
    public string? DelegationId { get; init; }

    public string FullName { get; init; } = "";

    public string? Email { get; init; }

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

    /// <summary>Counts changes that the calendar entry shows: a part of its SEQUENCE.</summary>
    [JsonIgnore]
    public long Revision { get; init; }

    /// <summary>A part of what its links are derived from: one more makes all of them new.</summary>
    [JsonIgnore]
    public long TokenVersion { get; init; }

    public DateTimeOffset? CreatedAt { get; init; }

    public DateTimeOffset? UpdatedAt { get; init; }

    public DateTimeOffset? CancelledAt { get; init; }

    public Actor? CancelledBy { get; init; }

    public RegistrationLinks? Links { get; init; }

    [JsonIgnore]
    public bool IsActive => Status is not (RegistrationStatus.Cancelled or RegistrationStatus.Declined);

    /// <summary>Whether it stands for a seat: what a test key makes at a real event does not.</summary>
    public bool TakesSeatOf(Event evt) => Status == RegistrationStatus.Confirmed && (!IsTest || evt.IsTest);

    /// <summary>By id; null where there is none.</summary>
    public static Registration? Find(ReadSession session, string id) => session.One<Registration>(ById, new { Id = id });

    /// <summary>By id, for a work. What it writes says that the registration is still as it was.</summary>
    public static Ahead<Registration> Of(string id) => new(ById, new { Id = id });

    private const string ById = $"SELECT {Columns} FROM registrations WHERE id = @Id";
}

/// <summary>Addresses that open without a key; whoever has the manage link may change the registration.</summary>
/// <param name="Self">The registration, for a key.</param>
/// <param name="Invite">The calendar entry.</param>
/// <param name="Agenda">The agenda as a file, where the event has one.</param>
/// <param name="Manage">A page for the person.</param>
public sealed record RegistrationLinks(string Self, string Invite, string? Agenda, string Manage);
