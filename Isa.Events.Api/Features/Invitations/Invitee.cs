namespace Isa.Events.Api.Features.Invitations;

/// <summary>Where an invitation stands, as it is stored; whether it was used is told by the registrations.</summary>
public enum InviteeState
{
    Invited,
    Declined,
    Revoked,
}

/// <summary>What has come of an invitation.</summary>
public enum InvitationState
{
    /// <summary>No answer yet.</summary>
    Unanswered,

    /// <summary>An active registration was made with it.</summary>
    Registered,
    Declined,

    /// <summary>It no longer holds, whatever was made with it before.</summary>
    Revoked,
}

/// <summary>Somebody who was invited to an event: a row.</summary>
public record Invitee : IPerson
{
    public const string Columns = """
        id, event_id, state, code_version, external_id, full_name, email, email_normalised, name_normalised, family_name, romanized_name, form_of_address, job_title,
        organisation, city, audience, language, phone, search_text, version, invited_at, created_at, updated_at, revoked_at
        """;

    public const string IdPrefix = "ivt_";

    public string Id { get; init; } = "";

    public string EventId { get; init; } = "";

    public InviteeState State { get; init; }

    /// <summary>A part of what the code is derived from.</summary>
    public long CodeVersion { get; init; } = 1;

    public string? ExternalId { get; init; }

    public string FullName { get; init; } = "";

    public string? Email { get; init; }

    public string? EmailNormalised { get; init; }

    public string NameNormalised { get; init; } = "";

    public string? FamilyName { get; init; }

    public string? RomanizedName { get; init; }

    public string? FormOfAddress { get; init; }

    public string? JobTitle { get; init; }

    public string? Organisation { get; init; }

    public string? City { get; init; }

    public Audience? Audience { get; init; }

    public Language Language { get; init; }

    public string? Phone { get; init; }

    public string SearchText { get; init; } = "";

    public long Version { get; init; } = 1;

    /// <summary>When a mail with the code was asked for, to the address it has now.</summary>
    public DateTimeOffset? InvitedAt { get; init; }

    public DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset UpdatedAt { get; init; }

    public DateTimeOffset? RevokedAt { get; init; }

    /// <summary>Who has this code at the event; null where nobody has. One that was revoked is as one that never was.</summary>
    public static Invitee? WithCode(ReadSession session, string eventId, string code) =>
        InvitationCodes.Hash(code) is { } hash ? session.One<Invitee>(ByCode, new { EventId = eventId, CodeHash = hash }) : null;

    public static Invitee? Find(ReadSession session, string eventId, string id) => session.One<Invitee>(ById, new { EventId = eventId, Id = id });

    /// <summary>The one that a registration which has ended was made with, where somebody can register with it; null otherwise.</summary>
    public static Invitee? FreeAgain(ReadSession session, Registration ended) =>
        ended.InviteeId is { } id && Find(session, ended.EventId, id) is { State: not InviteeState.Revoked } invitee && invitee.RegistrationId(session, ended.IsTest) is null ? invitee : null;

    /// <summary>The active registration that was made with the invitation, or null. What test keys make counts among itself.</summary>
    public string? RegistrationId(ReadSession session, bool isTest) => session.One<string>(Registered, new { InviteeId = Id, IsTest = isTest });

    /// <summary>Stores what an operation changed of its state, in the work that looked at it.</summary>
    public Invitee Save(WriteSession session)
    {
        var saved = this with { Version = Version + 1, UpdatedAt = session.Now };
        session.Require(UpdateState, saved, () => new OvertakenException());
        return saved;
    }

    private const string ByCode = $"SELECT {Columns} FROM invitees WHERE event_id = @EventId AND code_hash = @CodeHash AND state <> 'revoked'";

    private const string ById = $"SELECT {Columns} FROM invitees WHERE event_id = @EventId AND id = @Id";

    private const string Registered = """
        SELECT id FROM registrations
        WHERE invitee_id = @InviteeId AND is_test = @IsTest AND status NOT IN ('cancelled', 'declined')
        ORDER BY id LIMIT 1
        """;

    private const string UpdateState = """
        UPDATE invitees SET state = @State, revoked_at = @RevokedAt, version = @Version, updated_at = @UpdatedAt
        WHERE id = @Id AND version = @Version - 1
        """;
}

/// <summary>An invitee as organisers see one.</summary>
public sealed record InviteeAnswer
{
    public required string Id { get; init; }

    public required InvitationState State { get; init; }

    /// <summary>Personal; registers its owner where the event demands an invitation.</summary>
    public required string Code { get; init; }

    /// <summary>The active registration that was made with it.</summary>
    public string? RegistrationId { get; init; }

    public string? ExternalId { get; init; }

    public required string FullName { get; init; }

    public string? Email { get; init; }

    public string? FamilyName { get; init; }

    public string? RomanizedName { get; init; }

    public string? FormOfAddress { get; init; }

    public string? JobTitle { get; init; }

    public string? Organisation { get; init; }

    public string? City { get; init; }

    public Audience? Audience { get; init; }

    public required Language Language { get; init; }

    public string? Phone { get; init; }

    /// <summary>When the mail to the address was asked for.</summary>
    public DateTimeOffset? InvitedAt { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required DateTimeOffset UpdatedAt { get; init; }

    public DateTimeOffset? RevokedAt { get; init; }

    public static InviteeAnswer Of(Invitee invitee, string? registrationId, InvitationCodes codes) => new()
    {
        Id = invitee.Id, State = Invitation.StateOf(invitee, registrationId), Code = codes.Create(invitee.Id, invitee.CodeVersion), RegistrationId = registrationId,
        ExternalId = invitee.ExternalId, FullName = invitee.FullName, Email = invitee.Email, FamilyName = invitee.FamilyName, RomanizedName = invitee.RomanizedName,
        FormOfAddress = invitee.FormOfAddress, JobTitle = invitee.JobTitle, Organisation = invitee.Organisation, City = invitee.City, Audience = invitee.Audience,
        Language = invitee.Language, Phone = invitee.Phone, InvitedAt = invitee.InvitedAt, CreatedAt = invitee.CreatedAt, UpdatedAt = invitee.UpdatedAt, RevokedAt = invitee.RevokedAt,
    };
}

/// <summary>What a website needs to greet the owner of a code, and to fill in the form.</summary>
public sealed record Invitation
{
    public required InvitationState State { get; init; }

    public required string FullName { get; init; }

    public string? FamilyName { get; init; }

    public string? RomanizedName { get; init; }

    public string? FormOfAddress { get; init; }

    public string? JobTitle { get; init; }

    public string? Organisation { get; init; }

    public string? City { get; init; }

    public Audience? Audience { get; init; }

    public required Language Language { get; init; }

    public static InvitationState StateOf(Invitee invitee, string? registrationId) =>
        invitee.State == InviteeState.Revoked ? InvitationState.Revoked
        : registrationId is not null ? InvitationState.Registered
        : invitee.State == InviteeState.Declined ? InvitationState.Declined
        : InvitationState.Unanswered;

    public static Invitation Of(Invitee invitee, string? registrationId) => new()
    {
        State = StateOf(invitee, registrationId), FullName = invitee.FullName, FamilyName = invitee.FamilyName, RomanizedName = invitee.RomanizedName, FormOfAddress = invitee.FormOfAddress,
        JobTitle = invitee.JobTitle, Organisation = invitee.Organisation, City = invitee.City, Audience = invitee.Audience, Language = invitee.Language,
    };

    /// <summary>The one a code stands for.</summary>
    /// <exception cref="ProblemException"><see cref="Problem.InvitationNotFound"/></exception>
    public static Invitee Find(ReadSession session, string eventId, string code) =>
        Invitee.WithCode(session, eventId, code) ?? throw new ProblemException(Problem.InvitationNotFound);

    /// <summary>
    /// The invitee who registers with a code, where one was sent. Asks nothing where none was: most events invite nobody by name.
    /// </summary>
    /// <exception cref="ProblemException"><see cref="Problem.InvitationUnknown"/></exception>
    public static Invitee? Of(ReadSession session, string eventId, RegistrationRequest request) => request.InvitationCode is not { } code ? null
        : Invitee.WithCode(session, eventId, code) ?? throw new ProblemException(Problem.InvitationUnknown, "invitationCode", FieldCode.UnknownInvitation);

    /// <summary>Why the invitation cannot be used now, or null.</summary>
    public static ProblemException? Refusal(ReadSession session, Invitee? invitee, bool isTest) =>
        invitee?.RegistrationId(session, isTest) is null ? null : new ProblemException(Problem.InvitationUsed, "invitationCode", FieldCode.DuplicateValue);
}
