using NodaTime;

namespace Isa.Events.Api.Features.Events;

/// <summary>States of an event as they are stored; one that is published and past its end reads as over.</summary>
public enum EventStatus
{
    Draft,
    Published,
    Cancelled,
    Over,
}

/// <summary>How much of the seats the public sees.</summary>
public enum Availability
{
    Exact,
    Few,
    Hidden,
}

/// <summary>Whether somebody can register now, and if not, why.</summary>
public enum RegistrationState
{
    NotPublished,
    NotYetOpen,
    Open,
    Full,

    /// <summary>Full, and one can wait for a seat.</summary>
    Waitlist,
    Closed,
    Cancelled,
    Over,
    NotInvited,
}

/// <summary>What people accept when they register. The text, or the address of one.</summary>
public sealed record PrivacyNotice(string Version, Texts? Text, string? Url);

/// <summary>A meeting with a time, a zone and sites, as it is set up. What is taken of its seats stands in <see cref="SiteSeats"/>.</summary>
public sealed record Event
{
    public const string Columns = """
        id, slug, status, is_test, version, revision, series, default_language, title, description, time_zone, starts, ends, starts_at, ends_at,
        registration_opens, registration_closes, registration_opens_at, registration_closes_at, organizer_name, organizer_email, privacy_notice,
        availability, audiences, rules, questions, cancelled_at, cancellation_reason, created_at, updated_at
        """;

    public string Id { get; init; } = "";

    public string Slug { get; init; } = "";

    public EventStatus Status { get; init; }

    public bool IsTest { get; init; }

    /// <summary>Counts organisers' edits: the entity tag.</summary>
    public long Version { get; init; }

    /// <summary>Counts changes that calendar entries show: a part of their SEQUENCE.</summary>
    public long Revision { get; init; }

    public string? Series { get; init; }

    public Language DefaultLanguage { get; init; }

    public Texts Title { get; init; } = new();

    public Texts? Description { get; init; }

    public string TimeZone { get; init; } = "";

    /// <summary>Wall time in <see cref="TimeZone"/>, as given.</summary>
    public string Starts { get; init; } = "";

    /// <summary>Wall time in <see cref="TimeZone"/>, as given.</summary>
    public string Ends { get; init; } = "";

    public DateTimeOffset StartsAt { get; init; }

    public DateTimeOffset EndsAt { get; init; }

    /// <summary>Date, wall time or period before the start, as given.</summary>
    public string? RegistrationOpens { get; init; }

    /// <summary>Date (which counts whole), wall time or period before the start, as given.</summary>
    public string? RegistrationCloses { get; init; }

    public DateTimeOffset? RegistrationOpensAt { get; init; }

    public DateTimeOffset? RegistrationClosesAt { get; init; }

    public string? OrganizerName { get; init; }

    public string? OrganizerEmail { get; init; }

    public PrivacyNotice? PrivacyNotice { get; init; }

    public Availability Availability { get; init; }

    /// <summary>Who is invited, or null for everybody.</summary>
    public IReadOnlyList<Audience>? Audiences { get; init; }

    /// <summary>What its organiser has set, or null.</summary>
    public EventRules? Rules { get; init; }

    /// <summary>What it asks, and has asked where somebody answered; null where there is nothing.</summary>
    public IReadOnlyList<Question>? Questions { get; init; }

    public DateTimeOffset? CancelledAt { get; init; }

    public Texts? CancellationReason { get; init; }

    public DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset UpdatedAt { get; init; }

    public bool HasAgenda { get; init; }

    public IReadOnlyList<Site> Sites { get; init; } = [];

    /// <summary>The rules that hold.</summary>
    public EventRules EffectiveRules => (Rules ?? new EventRules()).Effective;

    /// <summary>Until then a party at the head of a queue has free seats held for it.</summary>
    public DateTimeOffset GroupHoldEndsAt => EventTimes.ResolveRule(EffectiveRules.GroupHoldEnds, StartsAt, Zone, "rules.groupHoldEnds", closes: true)!.Value;

    /// <summary>From then on queues are closed.</summary>
    public DateTimeOffset PromotionEndsAt => EventTimes.ResolveRule(EffectiveRules.PromotionEnds, StartsAt, Zone, "rules.promotionEnds", closes: true)!.Value;

    public DateTimeZone Zone => Zones.Get(TimeZone);

    public Site? Site(string? id) => Sites.FirstOrDefault(s => s.Id == id);

    public Question? Question(string id) => Questions?.FirstOrDefault(q => q.Id == id);

    /// <summary>The zone that people at a site live by.</summary>
    public string ZoneOf(Site site) => site.TimeZone ?? TimeZone;

    /// <summary>Who may register at a site, or null for everybody.</summary>
    public IReadOnlyList<Audience>? InvitedTo(Site site) => site.Audiences ?? Audiences;

    /// <summary>Whether a site is open to an audience.</summary>
    public bool Invites(Site site, Audience? audience) => InvitedTo(site) is not { } invited || audience is { } known && invited.Contains(known);

    /// <summary>Whether a registration counts: what a test key makes at a real event takes nothing.</summary>
    public bool Counts(bool isTest) => !isTest || IsTest;

    /// <exception cref="ProblemException"><see cref="Problem.EventCancelled"/>, <see cref="Problem.EventOver"/></exception>
    public void RefuseOnceEnded(DateTimeOffset now)
    {
        if (EndedBy(now) is { } ended) throw new ProblemException(ended);
    }

    /// <summary>What has ended it, or null.</summary>
    public Problem? EndedBy(DateTimeOffset now) => Status == EventStatus.Cancelled ? Problem.EventCancelled : StatusAt(now) == EventStatus.Over ? Problem.EventOver : null;

    /// <summary>What the calendar shows, apart from the site and the person: a change raises the revision.</summary>
    public bool ShowsOtherThan(Event before) =>
        (StartsAt, EndsAt, TimeZone, OrganizerName, OrganizerEmail, Status == EventStatus.Cancelled) !=
        (before.StartsAt, before.EndsAt, before.TimeZone, before.OrganizerName, before.OrganizerEmail, before.Status == EventStatus.Cancelled)
        || Title != before.Title || Description != before.Description;

    /// <summary>Whether the caller may know of it. Answers as unknown otherwise, so that nobody can tell a foreign event from none.</summary>
    public bool IsVisibleTo(Caller? caller) =>
        (Status != EventStatus.Draft || caller is { IsOrganizer: true }) && (caller?.EventIds is not { } own || own.Contains(Id));

    public EventStatus StatusAt(DateTimeOffset now) => Status == EventStatus.Published && now >= EndsAt ? EventStatus.Over : Status;

    /// <summary>Whether registration is open, whatever the seats. Without a deadline it is open until the event ends.</summary>
    public RegistrationState StateAt(DateTimeOffset now) =>
        Status == EventStatus.Cancelled ? RegistrationState.Cancelled
        : Status == EventStatus.Draft ? RegistrationState.NotPublished
        : now >= EndsAt ? RegistrationState.Over
        : now < RegistrationOpensAt ? RegistrationState.NotYetOpen
        : now >= RegistrationClosesAt ? RegistrationState.Closed
        : RegistrationState.Open;

    /// <summary>The reason why nobody can register now, or null.</summary>
    /// <param name="now">The clock.</param>
    /// <param name="byOrganizer">Organisers register people also when the public cannot: before it opens, and late.</param>
    public Problem? RefusalAt(DateTimeOffset now, bool byOrganizer = false) => StateAt(now) switch
    {
        RegistrationState.Open => null,
        RegistrationState.NotYetOpen or RegistrationState.Closed when byOrganizer => null,
        RegistrationState.Cancelled => Problem.EventCancelled,
        RegistrationState.NotPublished => Problem.EventNotFound,
        RegistrationState.Over => Problem.EventOver,
        RegistrationState.NotYetOpen => Problem.RegistrationNotOpen,
        _ => Problem.RegistrationClosed,
    };

    /// <summary>By id or slug, with its sites; null where there is none.</summary>
    public static Event? Find(ReadSession session, string idOrSlug)
    {
        var row = session.One<Event>(idOrSlug.StartsWith(IdPrefix, StringComparison.Ordinal) ? ById : BySlug, new { Id = idOrSlug });
        return row is null ? null : row with { Sites = session.Query<Site>(SitesOf, new { EventId = row.Id }) };
    }

    public void Insert(WriteSession session)
    {
        session.Execute(InsertEvent, this);
        foreach (var site in Sites) site.Insert(session);
        NoticePlan.Note(session, this);
    }

    public void Update(WriteSession session)
    {
        session.Execute(UpdateEvent, this);
        NoticePlan.Note(session, this);
    }

    public const string IdPrefix = "evt_";

    private const string ById = $"SELECT {Columns}, {AgendaExists} AS has_agenda FROM events WHERE id = @Id";

    private const string BySlug = $"SELECT {Columns}, {AgendaExists} AS has_agenda FROM events WHERE slug = @Id";

    internal const string AgendaExists = "EXISTS (SELECT 1 FROM agendas a WHERE a.event_id = events.id AND (a.items <> '[]' OR a.document_sha256 IS NOT NULL))";

    private const string SitesOf = $"SELECT {Events.Site.Columns} FROM sites WHERE event_id = @EventId ORDER BY position, id";

    private const string InsertEvent = $"""
        INSERT INTO events ({Columns})
        VALUES (@Id, @Slug, @Status, @IsTest, @Version, @Revision, @Series, @DefaultLanguage, @Title, @Description, @TimeZone, @Starts, @Ends, @StartsAt, @EndsAt,
            @RegistrationOpens, @RegistrationCloses, @RegistrationOpensAt, @RegistrationClosesAt, @OrganizerName, @OrganizerEmail, @PrivacyNotice,
            @Availability, @Audiences, @Rules, @Questions, @CancelledAt, @CancellationReason, @CreatedAt, @UpdatedAt)
        """;

    private const string UpdateEvent = """
        UPDATE events SET slug = @Slug, status = @Status, version = @Version, revision = @Revision, series = @Series, default_language = @DefaultLanguage,
            title = @Title, description = @Description, time_zone = @TimeZone, starts = @Starts, ends = @Ends, starts_at = @StartsAt, ends_at = @EndsAt,
            registration_opens = @RegistrationOpens, registration_closes = @RegistrationCloses, registration_opens_at = @RegistrationOpensAt,
            registration_closes_at = @RegistrationClosesAt, organizer_name = @OrganizerName, organizer_email = @OrganizerEmail, privacy_notice = @PrivacyNotice,
            availability = @Availability, audiences = @Audiences, rules = @Rules, questions = @Questions, cancelled_at = @CancelledAt, cancellation_reason = @CancellationReason, updated_at = @UpdatedAt
        WHERE id = @Id
        """;
}

/// <summary>How works take an event.</summary>
public static class EventLock
{
    /// <summary>Locks the event for this transaction and gives it as it is set up now. Every rule is checked after this.</summary>
    /// <exception cref="ProblemException"><see cref="Problem.EventNotFound"/></exception>
    public static Event LockEvent(this WriteSession session, string id) =>
        session.LockRow(id) is { } version
            ? session.Kept(id, version, () => Event.Find(session, id)!)
            : throw new ProblemException(Problem.EventNotFound);
}
