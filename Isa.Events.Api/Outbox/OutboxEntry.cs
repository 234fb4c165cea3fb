using Isa.Events.Api.Email;

namespace Isa.Events.Api.Outbox;

/// <summary>How far a row has come.</summary>
public enum OutboxState
{
    /// <summary>Waits for its time, for an earlier row of its registration, or for the next attempt.</summary>
    Pending,

    Done,

    /// <summary>Given up: it is shown, and an organiser may send it again.</summary>
    Failed,

    /// <summary>A newer row said what there is to say before this one was attempted.</summary>
    Superseded,
}

/// <summary>A row of the outbox as it was written, and what has become of it.</summary>
public sealed record OutboxEntry
{
    public const string Columns = "id, kind, event_id, registration_id, delegation_id, payload, recipient, state, attempts, created_at, due_at, attempted_at, gives_up_at, done_at, message_id, last_error, bulk, action_id";

    /// <summary>In the order in which rows were written (<see cref="OrderedId"/>).</summary>
    public required string Id { get; init; }

    public required OutboxKind Kind { get; init; }

    public required string EventId { get; init; }

    /// <summary>Null where it concerns no one registration: a delegation, an invitation, or a change of an event that is still to be passed on to each.</summary>
    public string? RegistrationId { get; init; }

    /// <summary>Set where it concerns a delegation as a whole, or all of its members who have no address.</summary>
    public string? DelegationId { get; init; }

    public OutboxDetails? Payload { get; init; }

    /// <summary>What an organiser did that it tells of, where that was held, or is a message of theirs.</summary>
    public string? ActionId { get; init; }

    /// <summary>Whom of those concerned it is for; null while nothing was rendered yet, and then it is for all of them.</summary>
    public Recipient? Recipient { get; init; }

    public OutboxState State { get; init; }

    /// <summary>How often it was tried.</summary>
    public long Attempts { get; init; }

    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it may be tried next.</summary>
    public DateTimeOffset DueAt { get; init; }

    public DateTimeOffset? AttemptedAt { get; init; }

    /// <summary>From the first attempt on: when it counts as failed.</summary>
    public DateTimeOffset? GivesUpAt { get; init; }

    public DateTimeOffset? DoneAt { get; init; }

    /// <summary>Of the message as it was last attempted.</summary>
    public string? MessageId { get; init; }

    /// <summary>Whether it is told to many at once.</summary>
    public bool Bulk { get; init; }

    /// <summary>Why the last attempt failed, cleaned for showing.</summary>
    public string? LastError { get; init; }
}
