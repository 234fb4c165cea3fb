namespace Isa.Events.Api.Email;

/// <summary>What a message says; each has a text of its own (<see cref="MessageTexts"/>).</summary>
public enum MessageKind
{
    Confirmed,

    /// <summary>Has a place, and waits for another one.</summary>
    ConfirmedWaiting,

    /// <summary>Takes over the place of somebody else.</summary>
    ConfirmedDeputy,
    Waitlisted,
    Promoted,
    OfferMade,

    /// <summary>Nobody answered; the place they had before stays.</summary>
    OfferExpired,
    Moved,
    MovedByOrganizer,
    Pending,
    AddressToConfirm,
    Approved,
    Declined,

    /// <summary>The event is at another time or place.</summary>
    EventChanged,

    /// <summary>What the registration says of the person.</summary>
    DetailsChanged,

    /// <summary>To the address that somebody had before: the entry there ends.</summary>
    AddressReplaced,
    Cancelled,
    CancelledByOrganizer,

    /// <summary>Said no to the place they had waited for.</summary>
    CancelledOfferDeclined,
    CancelledOfferExpired,
    CancelledAddressNotConfirmed,
    CancelledNameMissing,
    CancelledInvitationRevoked,

    /// <summary>Somebody else comes instead.</summary>
    Replaced,
    EventCancelled,

    /// <summary>Said no in their calendar; until it takes effect it can be taken back.</summary>
    DeclineReceived,
    Invitation,
    Links,
    NameDue,
    DelegationRegistered,

    /// <summary>To the address of its contact, before anybody of it is registered.</summary>
    DelegationToConfirm,
    DelegationLinks,
    DelegationApproved,
    DelegationDeclined,

    /// <summary>To a new address of its contact.</summary>
    DelegationChanged,
    Reminder,
    ThankYou,

    /// <summary>To the organiser: what has happened since the one before.</summary>
    DailySummary,

    /// <summary>An organiser's own words.</summary>
    OrganizerMessage,
}
