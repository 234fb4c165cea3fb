using Isa.Events.Api.Email;

namespace Isa.Events.Api.Features.Messages;

/// <summary>A mail that was, is or will be sent, without what it says.</summary>
public sealed record Message
{
    public const string IdPrefix = "msg_";

    public required string Id { get; init; }

    public required OutboxKind Kind { get; init; }

    public string? RegistrationId { get; init; }

    /// <summary>The delegation whose contact it goes to, where it tells of several of its members.</summary>
    public string? DelegationId { get; init; }

    /// <summary>Absent until it was first rendered, or where it came to nothing.</summary>
    public Recipient? Recipient { get; init; }

    /// <summary>Their address as it is now.</summary>
    public string? Address { get; init; }

    public required OutboxState State { get; init; }

    public required long Attempts { get; init; }

    /// <summary>Why the last attempt failed.</summary>
    public string? LastError { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>While it waits: when it is tried, at the earliest.</summary>
    public DateTimeOffset? NextAttemptAt { get; init; }

    public DateTimeOffset? FirstAttemptAt { get; init; }

    public DateTimeOffset? DoneAt { get; init; }

    internal static Message Of(MessageRow row) => new()
    {
        Id = IdPrefix + row.Id, Kind = row.Kind, RegistrationId = row.RegistrationId, DelegationId = row.DelegationId, Recipient = row.Recipient, Address = row.Address ?? row.Payload?.Address, State = row.State, Attempts = row.Attempts, LastError = row.LastError,
        CreatedAt = row.CreatedAt, NextAttemptAt = row.State == OutboxState.Pending ? row.DueAt : null, FirstAttemptAt = row.AttemptedAt, DoneAt = row.DoneAt,
    };
}

/// <summary>A row of the outbox, with the address of whom it is for.</summary>
internal sealed record MessageRow
{
    public string Id { get; init; } = "";

    public OutboxKind Kind { get; init; }

    public string? RegistrationId { get; init; }

    public string? DelegationId { get; init; }

    public string? InviteeId { get; init; }

    public string? ActionId { get; init; }

    public Recipient? Recipient { get; init; }

    public string? Address { get; init; }

    /// <summary>Where it knows the address.</summary>
    public OutboxDetails? Payload { get; init; }

    public OutboxState State { get; init; }

    public long Attempts { get; init; }

    public string? LastError { get; init; }

    public DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset DueAt { get; init; }

    public DateTimeOffset? AttemptedAt { get; init; }

    public DateTimeOffset? DoneAt { get; init; }

    // Of an invitation, whose payload begins with it: {"inviteeId":"ivt_…".
    internal const string InviteeOf = "SUBSTR(o.payload, 15, 36)";

    // A change of an event that is passed on to each of its registrations is no message itself.
    internal static readonly string OfEvent = $"""
        SELECT o.id, o.kind, o.registration_id, o.delegation_id, i.id AS invitee_id, o.action_id, o.recipient, o.state, o.attempts, o.last_error, o.created_at, o.due_at, o.attempted_at, o.done_at,
            CASE o.recipient WHEN 'attendee' THEN r.email WHEN 'copy' THEN r.copy_to WHEN 'contact' THEN d.contact_email WHEN 'invitee' THEN i.email
                WHEN 'organizer' THEN CASE WHEN o.action_id IS NULL THEN e.organizer_email END END AS address,
            CASE o.recipient WHEN 'former' THEN o.payload END AS payload
        FROM outbox o
        LEFT JOIN registrations r ON r.id = o.registration_id
        LEFT JOIN delegations d ON d.id = COALESCE(o.delegation_id, r.delegation_id)
        LEFT JOIN events e ON e.id = o.event_id
        LEFT JOIN invitees i ON o.kind = 'invitation' AND i.id = {InviteeOf}
        WHERE o.event_id = @EventId AND NOT ({Portions.IsFanOut})
        """;

    internal static readonly string ById = $"{OfEvent} AND o.id = @Id";
}
