using System.Text.Json.Serialization;

namespace Isa.Events.Api.Features.Replies;

/// <summary>What became of a mail that came in.</summary>
public enum MailOutcome
{
    /// <summary>An answer from a calendar that counts.</summary>
    Applied,

    /// <summary>Understood, and there was nothing to do.</summary>
    Ignored,

    /// <summary>For somebody to look at.</summary>
    Parked,

    /// <summary>Passed on to the organiser.</summary>
    Forwarded,

    /// <summary>A report that a mail did not arrive.</summary>
    Bounce,

    /// <summary>A program's answer.</summary>
    AutoReply,
}

/// <summary>Why.</summary>
public enum MailReason
{
    /// <summary>It was sent to no registration's address; whom it says it is from proves nothing.</summary>
    NoToken,
    Unreadable,

    /// <summary>This server has sent it itself, or it goes round in circles.</summary>
    Loop,
    NotAReply,
    SeveralEvents,
    NoUid,
    OtherRegistration,
    OtherAttendee,

    /// <summary>Neither yes nor no nor perhaps.</summary>
    NoAnswer,

    /// <summary>To an invite that a newer one has taken the place of, for another day.</summary>
    StaleInvite,

    /// <summary>A newer answer came before it.</summary>
    OlderAnswer,
    RegistrationEnded,
    EventCancelled,
    EventOver,

    /// <summary>It is tried again by the mail servers, or the address is another one by now.</summary>
    NotFinal,

    /// <summary>More than are passed on within an hour.</summary>
    TooMany,

    /// <summary>Neither the event nor the server has an address to pass it on to.</summary>
    NoOrganizer,
    TestRegistration,
}

/// <summary>A mail that came in, without what it says.</summary>
public sealed record ReceivedMail
{
    public const string IdPrefix = "rcv_";

    internal const string Columns = "id, event_id, registration_id, outcome, reason, subject, size, received_at, (CASE WHEN original IS NULL THEN FALSE ELSE TRUE END) AS has_original";

    public string Id { get; init; } = "";

    [JsonIgnore]
    public string? EventId { get; init; }

    public string? RegistrationId { get; init; }

    public MailOutcome Outcome { get; init; }

    public MailReason? Reason { get; init; }

    public string? Subject { get; init; }

    /// <summary>In bytes, as it came.</summary>
    public long Size { get; init; }

    public DateTimeOffset ReceivedAt { get; init; }

    /// <summary>Whether it is kept, for a while.</summary>
    public bool HasOriginal { get; init; }
}
