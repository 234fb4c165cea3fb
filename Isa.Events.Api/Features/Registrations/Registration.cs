using System.Text.Json.Serialization;
using Isa.Events.Api.Email;

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

/// <summary>Why a registration ended, where nobody simply cancelled it.</summary>
public enum EndReason
{
    AddressNotConfirmed,
    NameMissing,
    OfferDeclined,
    OfferExpired,
    Replaced,
    InvitationRevoked,
    DeclinedInCalendar,

    /// <summary>There was no place any more when the contact of their delegation confirmed its address.</summary>
    SiteFull,
}

/// <summary>One consent: what for, and the very words the person agreed to, so that it can be shown later (GDPR art. 7).</summary>
/// <param name="Purpose">The partner's word for it: <c>photos</c>.</param>
/// <param name="Text">The words beside the box.</param>
public sealed record Consent(string Purpose, string Text);

/// <summary>One person's part in one event: a row, and the answer about it.</summary>
public record Registration
{
    public const string Columns = """
        id, event_id, site_id, status, is_test, late, reference, made_by, external_id, delegation_id, full_name, email, family_name, romanized_name, form_of_address,
        job_title, organisation, city, audience, language, time_zone, phone, copy_to, listens_in, needs, notice_version, consents, answers, revision, version, token_version,
        created_at, updated_at, confirmed_at, cancelled_at, cancelled_by, end_reason, holds_seat, hold_ends_at, waitlist_entry_id, when_full, fallback_site_id, what_fits, name_follows,
        invitee_id, quota_city, decision_text, replaces, replaced_by, told, reply, replied_at, reply_comment, reply_sequence, reply_stamp, answer_after_change, decline_takes_effect_at,
        mail_state, mail_bounced_at, mail_bounce_code
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

    /// <summary>Whether it was made after the deadline, by an organiser.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool Late { get; init; }

    /// <summary>The holder of the key that made it.</summary>
    [JsonIgnore]
    public string MadeBy { get; init; } = "";

    public string? ExternalId { get; init; }

    /// <summary>The delegation it belongs to.</summary>
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

    public IReadOnlyList<AnsweredQuestion>? Answers { get; init; }

    /// <summary>Counts changes that the calendar entry shows: a part of its SEQUENCE.</summary>
    [JsonIgnore]
    public long Revision { get; init; }

    /// <summary>Counts every change: its entity tag.</summary>
    public long Version { get; init; }

    /// <summary>A part of what its links are derived from: one more makes all of them new.</summary>
    [JsonIgnore]
    public long TokenVersion { get; init; }

    public DateTimeOffset? CreatedAt { get; init; }

    public DateTimeOffset? UpdatedAt { get; init; }

    public DateTimeOffset? ConfirmedAt { get; init; }

    public DateTimeOffset? CancelledAt { get; init; }

    public Actor? CancelledBy { get; init; }

    /// <summary>Why it ended, where that was not simply a cancellation.</summary>
    public EndReason? EndReason { get; init; }

    /// <summary>Whether it is one of the taken seats of its site.</summary>
    [JsonIgnore]
    public bool HoldsSeat { get; init; }

    /// <summary>Till when a seat is held for what is still missing: the confirmation of the address, or the name.</summary>
    public DateTimeOffset? HoldEndsAt { get; init; }

    [JsonIgnore]
    public string? WaitlistEntryId { get; init; }

    /// <summary>What is to happen where its site is full once it is confirmed or approved.</summary>
    [JsonIgnore]
    public WhenFull? WhenFull { get; init; }

    [JsonIgnore]
    public string? FallbackSiteId { get; init; }

    /// <summary>Whether those of its party for whom there is room then come without the others.</summary>
    [JsonIgnore]
    public bool WhatFits { get; init; }

    /// <summary>Whether its place is held for somebody who is not named yet.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool NameFollows { get; init; }

    [JsonIgnore]
    public string? InviteeId { get; init; }

    [JsonIgnore]
    public string? QuotaCity { get; init; }

    /// <summary>What the organiser said when deciding on it.</summary>
    public string? DecisionText { get; init; }

    /// <summary>The registration whose place it took over.</summary>
    public string? Replaces { get; init; }

    /// <summary>The registration that took over its place.</summary>
    public string? ReplacedBy { get; init; }

    /// <summary>What the person's calendar shows by now, as far as anybody knows; null where nothing was put there.</summary>
    [JsonIgnore]
    public ToldInvite? Told { get; init; }

    /// <summary>What they answered in their calendar; null while they have not, or where another address has answered before.</summary>
    public CalendarReply? Reply { get; init; }

    public DateTimeOffset? RepliedAt { get; init; }

    /// <summary>What they wrote beside the answer.</summary>
    public string? ReplyComment { get; init; }

    /// <summary>SEQUENCE of the last answer that counted.</summary>
    [JsonIgnore]
    public long? ReplySequence { get; init; }

    /// <summary>DTSTAMP of the last answer that counted.</summary>
    [JsonIgnore]
    public DateTimeOffset? ReplyStamp { get; init; }

    /// <summary>Where the event was moved to another day since they registered: whether they have answered since, and what.</summary>
    public AnswerAfterChange? AnswerAfterChange { get; init; }

    /// <summary>Who said no in their calendar keeps the place until then.</summary>
    public DateTimeOffset? DeclineTakesEffectAt { get; init; }

    /// <summary>What is wrong with their address; null where nothing is known.</summary>
    public MailState? MailState { get; init; }

    public DateTimeOffset? MailBouncedAt { get; init; }

    /// <summary>RFC 3463: 5.1.1.</summary>
    public string? MailBounceCode { get; init; }

    /// <summary>Its wish for a seat at a full site.</summary>
    public RegistrationWait? Waitlist { get; init; }

    public RegistrationLinks? Links { get; init; }

    /// <summary>Its entity tag. It says which change it is, so it tells nothing of what stands in the answer beside it: places in a queue, links.</summary>
    [JsonIgnore]
    public string Tag => $"\"{Version}\"";

    [JsonIgnore]
    public bool IsActive => Status is not (RegistrationStatus.Cancelled or RegistrationStatus.Declined);

    /// <summary>Whether it is for this site already, rather than waiting for a seat there.</summary>
    public bool AttendsAt(Site site) => SiteId == site.Id && Status != RegistrationStatus.Waitlisted;

    /// <summary>Whether its seat counts: what a test key makes at a real event takes none.</summary>
    public bool CountsAt(Event evt) => evt.Counts(IsTest);

    /// <summary>As it is once nothing more is awaited of it: with the seat that was held for it, or with what its wish comes to now.</summary>
    /// <exception cref="ProblemException"><see cref="Problem.SiteFull"/></exception>
    public Registration Seated(WriteSession session, Event evt) =>
        Settled(session, evt, HoldsSeat ? new Placement(SiteId, true, null) : Placement.Find(session, evt, new Wish(SiteId, WhenFull, FallbackSiteId), counts: CountsAt(evt)));

    /// <summary>The same, with what its wish has come to.</summary>
    internal Registration Settled(WriteSession session, Event evt, Placement placement) => placement.For(this, evt, session.Now) with { HoldEndsAt = NameDueAt(session), Revision = Revision + 1 };

    /// <summary>Till when its place is held for a name, where it has none yet.</summary>
    internal DateTimeOffset? NameDueAt(ReadSession session) => NameFollows ? Delegation.Find(session, DelegationId!)!.NamesDueAt : null;

    /// <summary>Its revision once it is for another site: what calendars are told adds the site's to it (SEQUENCE), and must grow.</summary>
    public long RevisionAt(Event evt, string siteId) => Revision + 1 + Math.Max(0, evt.Site(SiteId)!.Revision - evt.Site(siteId)!.Revision);

    /// <summary>As it is for the mailbox that it has left: over, with the links that went there, and an entry that is older than the next one.</summary>
    internal Registration AsLeft(Event evt, string address, ToldInvite told, string? timeZone)
    {
        var site = evt.Site(told.SiteId) ?? evt.Site(SiteId)!;
        return this with
        {
            Email = address,
            FullName = address,
            Language = told.Language ?? Language,
            TimeZone = timeZone,
            SiteId = site.Id,
            Status = RegistrationStatus.Cancelled,
            TokenVersion = told.Links,
            Told = told,
            Revision = Revision - 1 + evt.Site(SiteId)!.Revision - site.Revision,
        };
    }

    /// <summary>Whether this was done to it before.</summary>
    internal bool DecidedBefore(ReadSession session, string action) => session.One<string>(ActionOf, new { Id, Action = action }) is not null;

    private const string ActionOf = "SELECT id FROM history WHERE registration_id = @Id AND action = @Action LIMIT 1";

    /// <summary>By id; null where there is none.</summary>
    public static Registration? Find(ReadSession session, string id) => session.One<Registration>(ById, new { Id = id });

    /// <summary>By id, for a work. What it writes says that the registration is still as it was.</summary>
    public static Ahead<Registration> Of(string id) => new(ById, new { Id = id });

    /// <summary>Stores what an operation changed of it, in the work that looked at it. One more <see cref="Version"/> is counted here.</summary>
    /// <returns>It as it is stored now.</returns>
    public Registration Save(WriteSession session)
    {
        var saved = this with { Version = Version + 1, UpdatedAt = session.Now };
        session.Require(UpdateLife, saved, () => new OvertakenException());
        return saved;
    }

    // Only from the state that was looked at: a seat is given back once.
    private const string UpdateLife = """
        UPDATE registrations SET site_id = @SiteId, status = @Status, revision = @Revision, version = @Version, updated_at = @UpdatedAt, confirmed_at = @ConfirmedAt,
            cancelled_at = @CancelledAt, cancelled_by = @CancelledBy, end_reason = @EndReason, holds_seat = @HoldsSeat, hold_ends_at = @HoldEndsAt,
            waitlist_entry_id = @WaitlistEntryId, when_full = @WhenFull, fallback_site_id = @FallbackSiteId, what_fits = @WhatFits,
            decision_text = @DecisionText, replaced_by = @ReplacedBy, token_version = @TokenVersion, decline_takes_effect_at = @DeclineTakesEffectAt
        WHERE id = @Id AND version = @Version - 1
        """;

    private const string ById = $"SELECT {Columns} FROM registrations WHERE id = @Id";
}

/// <summary>Addresses that open without a key; whoever has the manage link may change the registration.</summary>
/// <param name="Self">The registration, for a key.</param>
/// <param name="Invite">The calendar entry.</param>
/// <param name="Agenda">The agenda as a file, where the event has one.</param>
/// <param name="Manage">A page for the person.</param>
public sealed record RegistrationLinks(string Self, string Invite, string? Agenda, string Manage);
