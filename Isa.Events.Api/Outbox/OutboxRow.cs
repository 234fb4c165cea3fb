using Isa.Events.Api.Email;
using Isa.Events.Api.Features.Actions;

namespace Isa.Events.Api.Outbox;

/// <summary>What is to be done later.</summary>
public enum OutboxKind
{
    RegistrationConfirmed,
    RegistrationCancelled,
    EventChanged,
    EventCancelled,
    RegistrationWaitlisted,
    RegistrationPromoted,
    RegistrationMoved,
    RegistrationPending,
    RegistrationApproved,
    RegistrationDeclined,
    RegistrationChanged,
    OfferMade,
    OfferExpired,
    AddressToConfirm,
    NameDue,
    DelegationRegistered,
    Invitation,
    LinksRequested,
    Reminder,
    ThankYou,
    DailySummary,
    OrganizerMessage,
    DeclineReceived,
    ReplyForwarded,
    DelegationApproved,
    DelegationDeclined,
    DelegationChanged,
    AddressReplaced,
    DelegationCancelled,
}

/// <summary>Work for later, written in the transaction of its cause: it is there exactly when the cause is. What is sent is rendered when it is sent.</summary>
public static class OutboxRow
{
    /// <summary>Writes a row. What older ones it makes untrue, and which of them says the same, <see cref="Superseding"/> knows.</summary>
    /// <param name="session">The work's.</param>
    /// <param name="kind">What it tells of.</param>
    /// <param name="eventId">The event, locked.</param>
    /// <param name="registrationId">Null for what is passed on to each registration.</param>
    /// <param name="details">What else it must know.</param>
    /// <param name="hold">How long it waits, where it can be undone.</param>
    public static void Add(WriteSession session, OutboxKind kind, string eventId, string? registrationId, OutboxDetails? details = null, ActionHold? hold = null) =>
        Write(session, kind, eventId, registrationId, null, details, hold?.DueAt ?? session.Now, Superseding.Apply(session, kind, eventId, registrationId, hold), hold?.ActionId);

    /// <summary>Writes a row about a change of an event that is held. Where an earlier change waits to be told, its row tells of both, once this one can no longer be undone.</summary>
    /// <returns>That row as it was, or null.</returns>
    public static TakenOver? AddChange(WriteSession session, string eventId, ActionHold hold)
    {
        if (session.One<TakenOver>(WaitingChange, new { EventId = eventId }) is { } waiting && session.Change(TakeOver, new { EventId = eventId, hold.ActionId, hold.DueAt }) > 0) return waiting;
        Write(session, OutboxKind.EventChanged, eventId, null, null, null, hold.DueAt, false, hold.ActionId);
        return null;
    }

    /// <summary>Writes a row for a message of an organiser, or for one of those who get it.</summary>
    public static void AddMessage(WriteSession session, string eventId, string actionId, string? registrationId, string? delegationId, DateTimeOffset dueAt) =>
        Write(session, OutboxKind.OrganizerMessage, eventId, registrationId, delegationId, null, dueAt, false, actionId);

    /// <summary>Writes a row that concerns a delegation as a whole: its contact is told.</summary>
    public static void AddForContact(WriteSession session, OutboxKind kind, string eventId, string delegationId, DateTimeOffset? dueAt = null, OutboxDetails? details = null)
    {
        Superseding.ApplyForContact(session, kind, eventId, delegationId);
        Write(session, kind, eventId, null, delegationId, details, dueAt ?? session.Now, false, null);
    }

    /// <summary>Writes a row for the address that somebody had before, where the entry ends; nothing else waits for it.</summary>
    /// <param name="session">The work's.</param>
    /// <param name="eventId">The event, locked.</param>
    /// <param name="registrationId">Whose.</param>
    /// <param name="address">The former.</param>
    /// <param name="told">What the calendar there shows.</param>
    /// <param name="timeZone">By whose clock they lived then, where they had said so.</param>
    public static void AddForFormer(WriteSession session, string eventId, string registrationId, string address, ToldInvite told, string? timeZone) =>
        Write(session, OutboxKind.AddressReplaced, eventId, registrationId, null, new OutboxDetails { Address = address, Told = told with { By = null, Before = null }, TimeZone = timeZone }, session.Now, false, null, Recipient.Former);

    // Where an older row may say the same, the statement itself sees to that: nobody waits for an answer in between.
    private static void Write(WriteSession session, OutboxKind kind, string eventId, string? registrationId, string? delegationId, OutboxDetails? details, DateTimeOffset dueAt, bool mayBeCovered, string? actionId, Recipient? recipient = null)
    {
        session.Execute(!mayBeCovered ? Insert : registrationId is null ? InsertChange : InsertUnlessCovered, new
        {
            Id = OrderedId.New(session.Now), Kind = kind, EventId = eventId, RegistrationId = registrationId, DelegationId = delegationId, Payload = details, session.Now, DueAt = dueAt, Bulk = kind == OutboxKind.Invitation, ActionId = actionId, Recipient = recipient,
        });
        session.AddedWork |= dueAt <= session.Now && !kind.IsChange();
    }

    private const string Into = "INSERT INTO outbox (id, kind, event_id, registration_id, delegation_id, payload, state, created_at, due_at, done_at, bulk, action_id, recipient)";

    private const string Insert = $"{Into} VALUES (@Id, @Kind, @EventId, @RegistrationId, @DelegationId, @Payload, 'pending', @Now, @DueAt, NULL, @Bulk, @ActionId, @Recipient)";

    private const string Unless = "@Id, @Kind, @EventId, @RegistrationId, @DelegationId, @Payload, CASE WHEN is_covered THEN 'superseded' ELSE 'pending' END, @Now, @DueAt, CASE WHEN is_covered THEN @Now END, @Bulk, @ActionId, @Recipient";

    private const string InsertUnlessCovered = $"{Into} SELECT {Unless} FROM (SELECT EXISTS ({Superseding.Covering}) AS is_covered) AS older";

    private const string InsertChange = $"{Into} SELECT {Unless} FROM (SELECT EXISTS ({Superseding.CoveringChange}) AS is_covered) AS older";

    private const string Waits = $"WHERE event_id = @EventId AND {Superseding.IsOfEvent} AND {OutboxRows.Untold}";

    private const string WaitingChange = $"SELECT action_id, due_at FROM outbox {Waits} LIMIT 1";

    private const string TakeOver = $"UPDATE outbox SET action_id = @ActionId, due_at = @DueAt, payload = NULL {Waits}";
}

/// <summary>What a row must know beyond its event and registration. Ids and names of sites, nobody's details but an address that is in no other place any more.</summary>
public sealed record OutboxDetails
{
    /// <summary>Of an address that was replaced: that one.</summary>
    public string? Address { get; init; }

    /// <summary>What the calendar there shows.</summary>
    public ToldInvite? Told { get; init; }

    /// <summary>By whose clock they lived there, where they had said so.</summary>
    public string? TimeZone { get; init; }

    public string? FromSite { get; init; }

    public string? InviteeId { get; init; }

    /// <summary>Of members of a delegation who ended together: the ids of their registrations.</summary>
    public IReadOnlyList<string>? Members { get; init; }

    /// <summary>Of a reminder: how long before the start it is.</summary>
    public string? Before { get; init; }

    /// <summary>Of a summary: what it begins with.</summary>
    public DateTimeOffset? SummarySince { get; init; }

    /// <summary>Of a change that is passed on to each registration of its event: the last one that has its row.</summary>
    public string? After { get; init; }

    /// <summary>The received mail that is passed on to the organiser.</summary>
    public string? ReceivedMailId { get; init; }

    /// <summary>Whether an organiser had it sent again: then it is sent even where it says nothing new.</summary>
    public bool? Again { get; init; }

    /// <summary>Of a row for another recipient: the row that was for all of them.</summary>
    public string? SplitFrom { get; init; }

    /// <summary>Of a change that was undone: when it was made. Who has heard nothing since needs to hear nothing now.</summary>
    public DateTimeOffset? Since { get; init; }
}
