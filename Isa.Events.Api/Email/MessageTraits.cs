namespace Isa.Events.Api.Email;

/// <summary>What sets a kind of message apart from the others, wherever messages are made.</summary>
[Flags]
internal enum MessageTraits
{
    None = 0,

    /// <summary>Tells of something else than the place they have: their entry stays as it is.</summary>
    Aside = 1,

    /// <summary>Carries no calendar object, whatever has changed.</summary>
    NoEntry = 1 << 1,

    /// <summary>Does not list the agenda.</summary>
    NoAgenda = 1 << 2,

    /// <summary>Carries the agenda document also to those who get no entry for themselves.</summary>
    Document = 1 << 3,

    /// <summary>Names nobody, in its greeting or beside the address: whoever gets it need not be who the name says, which may be what somebody wants them to read.</summary>
    NoName = 1 << 4,

    /// <summary>Not for the assistant: what lets somebody prove that a mailbox is theirs goes to that mailbox alone.</summary>
    NoCopy = 1 << 5,

    /// <summary>Without the link to the page: there is nothing to do there, or the message leads there by its own.</summary>
    NoManage = 1 << 6,

    /// <summary>Says in its own words where they go now.</summary>
    SaysWhere = 1 << 7,

    /// <summary>The contact of a delegation gets it once, for all members without an address.</summary>
    ForMembers = 1 << 8,

    /// <summary>Tells the contact who is registered.</summary>
    TellsOfNew = 1 << 9,

    /// <summary>Has what the contact is to pass on, which each of them would read otherwise: ways, links, directions.</summary>
    PassesOn = 1 << 10,
}

internal static class MessageTraitsOfKinds
{
    public static bool Is(this MessageKind kind, MessageTraits trait) => (Of(kind) & trait) != 0;

    private static MessageTraits Of(MessageKind kind) => kind switch
    {
        MessageKind.ConfirmedWaiting or MessageKind.OfferExpired => MessageTraits.Aside,
        MessageKind.OfferMade => MessageTraits.Aside | MessageTraits.NoManage,
        MessageKind.Promoted or MessageKind.Moved or MessageKind.MovedByOrganizer => MessageTraits.SaysWhere,
        MessageKind.AddressToConfirm => MessageTraits.NoName | MessageTraits.NoCopy | MessageTraits.NoAgenda | MessageTraits.NoManage,
        MessageKind.Cancelled or MessageKind.CancelledByOrganizer or MessageKind.CancelledNameMissing => MessageTraits.ForMembers,
        MessageKind.CancelledAddressNotConfirmed => MessageTraits.NoName | MessageTraits.NoCopy | MessageTraits.NoManage | MessageTraits.ForMembers,
        MessageKind.EventChanged => MessageTraits.ForMembers | MessageTraits.PassesOn | MessageTraits.Document,
        MessageKind.EventCancelled => MessageTraits.ForMembers | MessageTraits.NoManage,
        MessageKind.Reminder => MessageTraits.Aside | MessageTraits.ForMembers | MessageTraits.PassesOn,
        MessageKind.ThankYou => MessageTraits.Aside | MessageTraits.ForMembers | MessageTraits.NoEntry | MessageTraits.NoAgenda | MessageTraits.NoCopy | MessageTraits.NoManage,
        MessageKind.DeclineReceived => MessageTraits.NoEntry | MessageTraits.NoManage,
        MessageKind.Invitation => MessageTraits.Document,
        MessageKind.AddressReplaced => MessageTraits.NoName | MessageTraits.NoCopy | MessageTraits.NoManage,
        MessageKind.Links => MessageTraits.NoCopy,
        MessageKind.NameDue => MessageTraits.NoAgenda,
        MessageKind.DelegationRegistered or MessageKind.DelegationApproved => MessageTraits.TellsOfNew | MessageTraits.PassesOn | MessageTraits.Document,
        MessageKind.DelegationChanged => MessageTraits.Document,
        MessageKind.DelegationToConfirm => MessageTraits.NoName | MessageTraits.NoAgenda | MessageTraits.NoManage,
        MessageKind.DelegationDeclined => MessageTraits.NoAgenda,
        MessageKind.DailySummary => MessageTraits.NoName | MessageTraits.NoAgenda,
        MessageKind.OrganizerMessage => MessageTraits.NoEntry | MessageTraits.NoAgenda | MessageTraits.PassesOn,
        _ => MessageTraits.None,
    };
}
