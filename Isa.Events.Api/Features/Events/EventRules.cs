using System.Text.Json.Serialization;

namespace Isa.Events.Api.Features.Events;

/// <summary>Until when people may move themselves to another site.</summary>
public enum SwitchUntil
{
    /// <summary>Somebody who is ill in the morning still can.</summary>
    EventEnds,
    PromotionEnds,
    RegistrationCloses,
    Never,
}

/// <summary>How an event treats those who register: what its organiser has set. Absent members stand for <see cref="Effective"/>'s.</summary>
public sealed record EventRules
{
    private static readonly EventRules None = new();
    private static readonly EventReminder DayBefore = new("P1D", null);

    /// <summary>Until then too few free seats are held for a party at the head of a queue; after it they pass on. A rule like a deadline: 72 hours before the start unless set.</summary>
    public string? GroupHoldEnds { get; init; }

    /// <summary>Then queues close, and freed seats go to whoever asks: 12 hours before the start unless set.</summary>
    public string? PromotionEnds { get; init; }

    /// <summary>Until when people may switch to a site that they attend by video, whatever the deadline says.</summary>
    public SwitchUntil? SwitchToOnline { get; init; }

    /// <summary>Until when people may switch to a room, whatever the deadline says.</summary>
    public SwitchUntil? SwitchToRoom { get; init; }

    /// <summary>Whether an organiser decides on each registration.</summary>
    public bool? RequiresApproval { get; init; }

    /// <summary>Whether a registration that waits for that decision holds a seat meanwhile.</summary>
    public bool? PendingHoldsSeat { get; init; }

    /// <summary>Whether it takes an invitation to register.</summary>
    public bool? InviteOnly { get; init; }

    /// <summary>The page of a website where people register, which invitations lead to.</summary>
    public string? RegistrationUrl { get; init; }

    /// <summary>Whether an address must be confirmed before a registration counts.</summary>
    public bool? ConfirmsAddresses { get; init; }

    /// <summary>How many people of a city may register, by its name or code as registrations give it.</summary>
    public IReadOnlyList<CityQuota>? CityQuotas { get; init; }

    /// <summary>When those who have a place are reminded of the event. A day before, unless set; an empty list for never.</summary>
    public IReadOnlyList<EventReminder>? Reminders { get; init; }

    /// <summary>How long after the end they are thanked (<c>PT2H</c>); not at all unless set.</summary>
    public string? ThankYouAfter { get; init; }

    /// <summary>Whether the organiser gets a summary each morning on which there is news.</summary>
    public bool? DailySummary { get; init; }

    /// <summary>What somebody on a waiting list has in their calendar.</summary>
    public WaitlistedInvite? WaitlistedInvite { get; init; }

    /// <summary>What holds: the rules with everything that was not set filled in.</summary>
    [JsonIgnore]
    public EventRules Effective => new()
    {
        GroupHoldEnds = GroupHoldEnds ?? "PT72H", PromotionEnds = PromotionEnds ?? "PT12H",
        SwitchToOnline = SwitchToOnline ?? SwitchUntil.EventEnds, SwitchToRoom = SwitchToRoom ?? SwitchUntil.PromotionEnds,
        RequiresApproval = RequiresApproval ?? false, PendingHoldsSeat = PendingHoldsSeat ?? true, InviteOnly = InviteOnly ?? false, RegistrationUrl = RegistrationUrl, ConfirmsAddresses = ConfirmsAddresses ?? false,
        CityQuotas = CityQuotas, Reminders = Reminders ?? [DayBefore], ThankYouAfter = ThankYouAfter, DailySummary = DailySummary ?? false, WaitlistedInvite = WaitlistedInvite ?? Events.WaitlistedInvite.None,
    };

    /// <summary>Null where nothing was set.</summary>
    public static EventRules? OrNull(EventRules? rules) => rules is null || rules == None ? null : rules;
}

/// <summary>A reminder of an event.</summary>
/// <param name="Before">How long before the start: <c>P7D</c>, <c>PT1H</c>. Days keep the hour of the start on the event's clock.</param>
/// <param name="Modes">For whom: those who attend like this; absent for all.</param>
public sealed record EventReminder(string? Before, IReadOnlyList<AttendanceMode>? Modes)
{
    public bool IsFor(Site site) => Modes is not { Count: > 0 } || Modes.Contains(site.Mode);
}

/// <summary>What somebody on a waiting list has in their calendar.</summary>
public enum WaitlistedInvite
{
    None,

    /// <summary>An entry that says it is not certain, so that the time is kept.</summary>
    Tentative,
}

/// <summary>At most this many people of a city.</summary>
/// <param name="City">As registrations give it, in any case: <c>Foshan</c>.</param>
/// <param name="Seats">0 to 1,000,000.</param>
public sealed record CityQuota(string City, long? Seats);

/// <summary>What happens to freed seats of a site that has a waiting list.</summary>
public enum PromotionMode
{
    /// <summary>The next one has the seat, and is told.</summary>
    Automatic,

    /// <summary>It is held for the next one, who says yes or no within some hours.</summary>
    Offer,

    /// <summary>An organiser gives it.</summary>
    Manual,
}

/// <summary>The waiting list of a site.</summary>
/// <param name="Promotion">What happens to freed seats.</param>
/// <param name="OfferHours">How long an offer is held: 1 to 720, 24 unless set.</param>
public sealed record SiteWaitlist(PromotionMode? Promotion, long? OfferHours)
{
    public const long DefaultOfferHours = 24;
}
