namespace Isa.Events.Api.Features.Waitlist;

/// <summary>States of a wish for seats at a full site.</summary>
public enum EntryState
{
    Queued,

    /// <summary>Its seats are held until it is accepted, declined or expires.</summary>
    Offered,
    Promoted,
    Expired,
    Withdrawn,
}

/// <summary>Why somebody has no seat yet.</summary>
public enum WaitReason
{
    /// <summary>All seats are taken.</summary>
    SiteFull,

    /// <summary>Others came first.</summary>
    OthersFirst,

    /// <summary>Fewer seats are free than the party needs.</summary>
    TooFewSeats,

    /// <summary>An organiser gives the seats.</summary>
    OrganizerDecides,

    /// <summary>Too short before the start: seats go to whoever asks now.</summary>
    QueueClosed,

    /// <summary>The seat is held, and waits for an answer.</summary>
    AnswerAwaited,

    /// <summary>They said no in their calendar: others are given seats first until that takes effect, or is taken back.</summary>
    DeclinedInCalendar,
}

/// <summary>What a registration waits for, as its person sees it.</summary>
/// <param name="SiteId">Where a seat is wanted.</param>
/// <param name="State">Queued or offered.</param>
/// <param name="Position">Place in the queue, 1 for the next; absent once a seat is offered.</param>
/// <param name="Size">How many people wait together.</param>
/// <param name="Since">When they began to wait.</param>
/// <param name="OfferEndsAt">Till when the offered seat is held.</param>
/// <param name="Reason">Why there is no seat yet.</param>
public sealed record RegistrationWait(string SiteId, EntryState State, long? Position, long Size, DateTimeOffset Since, DateTimeOffset? OfferEndsAt, WaitReason Reason);
