using System.Text.Json.Serialization;

namespace Isa.Events.Api.Features.Delegations;

/// <summary>Registrations that one contact made together: a row, and the answer about it.</summary>
public sealed record Delegation
{
    public const string IdPrefix = "dlg_";

    /// <summary>How many may come together.</summary>
    public const int MaxMembers = 50;

    /// <summary>How many may be named in all, those who have cancelled among them: a link is no way to write to any number of addresses.</summary>
    public const int MaxMembersEver = 4 * MaxMembers;

    public const string Columns = """
        id, event_id, is_test, made_by, external_id, contact_name, contact_email, contact_phone, organisation, city, language, names_due_at, left_out, token_version,
        version, created_at, updated_at
        """;

    public string? Id { get; init; }

    public string EventId { get; init; } = "";

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool IsTest { get; init; }

    [JsonIgnore]
    public string MadeBy { get; init; } = "";

    public string? ExternalId { get; init; }

    [JsonIgnore]
    public string ContactName { get; init; } = "";

    [JsonIgnore]
    public string ContactEmail { get; init; } = "";

    [JsonIgnore]
    public string? ContactPhone { get; init; }

    /// <summary>What the contact reads.</summary>
    [JsonIgnore]
    public Language Language { get; init; }

    /// <summary>Who speaks for it. A row has it in columns.</summary>
    public DelegationContact? Contact { get; init; }

    public string? Organisation { get; init; }

    public string? City { get; init; }

    /// <summary>Until then places are held for members who are not named yet.</summary>
    public DateTimeOffset? NamesDueAt { get; init; }

    /// <summary>The members in the order they were sent; whoever came instead of one stands after them.</summary>
    public IReadOnlyList<Registration>? Members { get; init; }

    /// <summary>Whom there was no place for, of those who were sent last.</summary>
    public IReadOnlyList<LeftOut>? LeftOut { get; init; }

    [JsonIgnore]
    public long TokenVersion { get; init; }

    /// <summary>Counts changes of itself, not of its members.</summary>
    [JsonIgnore]
    public long Version { get; init; }

    public DateTimeOffset? CreatedAt { get; init; }

    public DateTimeOffset? UpdatedAt { get; init; }

    public DelegationLinks? Links { get; init; }

    /// <summary>Its entity tag. It says which change of itself it is, and nothing of the members that stand beside it.</summary>
    [JsonIgnore]
    public string Tag => $"\"{Version}\"";

    public static Delegation? Find(ReadSession session, string id) => session.One<Delegation>(ById, new { Id = id });

    /// <summary>As it is under its event's lock, for who has found it before.</summary>
    /// <exception cref="ProblemException"><see cref="Problem.DelegationNotFound"/> where they came by a link that was replaced since.</exception>
    internal Delegation Again(ReadSession session, Actor actor) =>
        Find(session, Id!) is { } now && (actor != Actor.Attendee || now.TokenVersion == TokenVersion) ? now : throw new ProblemException(Problem.DelegationNotFound);

    /// <summary>Its registrations, ended ones among them.</summary>
    public static List<Registration> MembersOf(ReadSession session, string id) => session.Query<Registration>(MembersById, new { Id = id });

    /// <summary>Those of them without an address whom a filter finds.</summary>
    public static List<Registration> MembersOf(ReadSession session, string id, RegistrationMatch match) => session.Query<Registration>(MembersMatching, match with { DelegationId = id });

    /// <summary>Those of them who wait for an organiser's decision; none where the same was decided before.</summary>
    /// <exception cref="ProblemException"><see cref="Problem.RegistrationNotPending"/> where there is nothing to decide.</exception>
    internal static List<Registration> Undecided(ReadSession session, string id, Func<Registration, bool> decided)
    {
        var members = MembersOf(session, id);
        var pending = members.FindAll(member => member.Status == RegistrationStatus.PendingApproval);
        return pending.Count > 0 || members.Exists(member => decided(member)) ? pending : throw new ProblemException(Problem.RegistrationNotPending);
    }

    /// <summary>The one that a partner made with the same id of theirs.</summary>
    public static string? WithExternalId(ReadSession session, string eventId, string madeBy, string? externalId) =>
        externalId is null ? null : session.One<string>(ByExternalId, new { EventId = eventId, MadeBy = madeBy, ExternalId = externalId });

    public DelegationContact ToContact() => new(ContactName, ContactEmail, Language, ContactPhone);

    public void Insert(WriteSession session) => session.Require(InsertDelegation, new
    {
        Id, EventId, IsTest, MadeBy, ExternalId, ContactName, ContactEmail, ContactEmailNormalised = EmailAddress.Normalise(ContactEmail), ContactPhone, Organisation, City, Language, NamesDueAt,
        LeftOut, session.Now,
    }, () => new OvertakenException());

    /// <summary>Stores what changed of it. One more <see cref="Version"/> is counted here.</summary>
    /// <returns>It as it is stored now.</returns>
    public Delegation Save(WriteSession session)
    {
        var saved = this with { Version = Version + 1, UpdatedAt = session.Now };
        session.Require(UpdateDelegation, new
        {
            saved.Id, saved.ContactName, saved.ContactEmail, ContactEmailNormalised = EmailAddress.Normalise(saved.ContactEmail), saved.ContactPhone, saved.Language, saved.NamesDueAt, saved.LeftOut,
            saved.TokenVersion, saved.Version, saved.UpdatedAt,
        }, () => new OvertakenException());
        return saved;
    }

    private const string ById = $"SELECT {Columns} FROM delegations WHERE id = @Id";

    private const string MembersMatching = $"""
        SELECT {Registration.Columns} FROM registrations WHERE id IN (SELECT r.id FROM registrations r WHERE {RegistrationFilter.Matches} AND r.email IS NULL) ORDER BY id
        """;

    private const string MembersById = $"SELECT {Registration.Columns} FROM registrations WHERE delegation_id = @Id ORDER BY id";

    private const string ByExternalId = "SELECT id FROM delegations WHERE event_id = @EventId AND made_by = @MadeBy AND external_id = @ExternalId";

    private const string UpdateDelegation = """
        UPDATE delegations SET contact_name = @ContactName, contact_email = @ContactEmail, contact_email_normalised = @ContactEmailNormalised, contact_phone = @ContactPhone, language = @Language,
            names_due_at = @NamesDueAt, left_out = @LeftOut, token_version = @TokenVersion, version = @Version, updated_at = @UpdatedAt
        WHERE id = @Id AND version = @Version - 1
        """;

    private const string InsertDelegation = """
        INSERT INTO delegations (id, event_id, is_test, made_by, external_id, contact_name, contact_email, contact_email_normalised, contact_phone, organisation, city, language,
            names_due_at, left_out, token_version, version, created_at, updated_at)
        VALUES (@Id, @EventId, @IsTest, @MadeBy, @ExternalId, @ContactName, @ContactEmail, @ContactEmailNormalised, @ContactPhone, @Organisation, @City, @Language,
            @NamesDueAt, @LeftOut, 1, 1, @Now, @Now)
        ON CONFLICT DO NOTHING
        """;
}

/// <summary>Who registers a delegation, is told about it and may manage it.</summary>
/// <param name="FullName">Their name.</param>
/// <param name="Email">Their address.</param>
/// <param name="Language">What they read.</param>
/// <param name="Phone">Their number.</param>
public sealed record DelegationContact(string FullName, string Email, Language Language, string? Phone);

/// <summary>A member there was no place for.</summary>
/// <param name="Member">Which of those that were sent, 0 for the first.</param>
/// <param name="Code">The problem's.</param>
/// <param name="FullName">Their name; null for who was not named yet.</param>
public sealed record LeftOut(long Member, string Code, string? FullName = null)
{
    private static readonly Sentence NoPlace = new("nicht angemeldet, kein Platz mehr frei", "not registered, no place was left", "未能报名，名额已满");
    private static readonly Sentence CityFull = new("nicht angemeldet, Plätze für diese Stadt schon vergeben", "not registered, the places for this city are taken", "未能报名，该城市名额已满");

    /// <summary>What a problem means for them, as the contact reads it.</summary>
    internal static Sentence Reason(string code) => code == Problem.CityQuotaFull.Code ? CityFull : NoPlace;
}

/// <param name="Self">The delegation, for a key.</param>
/// <param name="Manage">A page for the contact, which opens without a key.</param>
public sealed record DelegationLinks(string Self, string Manage);
