using Isa.Events.Api.Features.Invites;
using MimeKit;

namespace Isa.Events.Api.Email;

/// <summary>Who of those concerned a message is for.</summary>
public enum Recipient
{
    Attendee,

    /// <summary>The assistant who gets a copy, without calendar object.</summary>
    Copy,

    /// <summary>Of the delegation.</summary>
    Contact,

    Invitee,

    Organizer,

    /// <summary>The address that somebody had before.</summary>
    Former,
}

/// <summary>A message to one mailbox, rendered now. Message-ID, Date and the envelope are the sender's to set.</summary>
public sealed record Letter
{
    public required Recipient Recipient { get; init; }

    public required MimeMessage Message { get; init; }

    /// <summary>What the attendee has been told of when and where once this has arrived; null where that is as it was.</summary>
    public ToldInvite? Told { get; init; }

    /// <summary>The same of each member of a delegation whom its contact passes it on to, by the id of their registration.</summary>
    public IReadOnlyList<(string RegistrationId, ToldInvite Told)> ToldOfMembers { get; init; } = [];

    /// <summary>The version of the person's links; it is for nobody whose links are others by now, at another address perhaps. Null where it has none of theirs.</summary>
    public long? Links { get; init; }

    /// <summary>Where answers to it, and reports that it did not arrive, come back to; null for where all of them do.</summary>
    public string? ReplyAddress { get; init; }

    /// <summary>Whether nothing came out of an organiser's text for this person: then it is not sent.</summary>
    public bool IsEmpty { get; init; }

    /// <summary>Whether it asks who had registered for another day whether they come.</summary>
    public bool AsksAgain { get; init; }
}

/// <summary>What an attendee has been told of when and where, as far as a change of it is worth a mail; mostly by the entry in their calendar.</summary>
public sealed record ToldInvite
{
    /// <summary>Of the object that was sent (RFC 5545 s3.8.7.4).</summary>
    public long Sequence { get; init; }

    /// <summary>Whether their calendar has no entry by it: it was taken out, or they wait without one.</summary>
    public bool Cancelled { get; init; }

    public DateTimeOffset StartsAt { get; init; }

    public DateTimeOffset EndsAt { get; init; }

    public string TimeZone { get; init; } = "";

    public string SiteId { get; init; } = "";

    /// <summary>By whose clock the site lives.</summary>
    public string? Zone { get; init; }

    /// <summary>As LOCATION says it.</summary>
    public string Place { get; init; } = "";

    /// <summary>Of <see cref="Place"/>; null stands for the event's default.</summary>
    public Language? Language { get; init; }

    /// <summary>Whether it says that they wait for a seat.</summary>
    public bool Tentative { get; init; }

    /// <summary>Whether it has a link to join by.</summary>
    public bool ByVideo { get; init; }

    /// <summary>Which of the registration's links it has: their version.</summary>
    public long Links { get; init; }

    /// <summary>The row of the outbox that told it, to all of its recipients.</summary>
    public string? By { get; init; }

    /// <summary>What was told before that, so that a repeat says the same.</summary>
    public ToldInvite? Before { get; init; }

    /// <summary>What an entry that is made now would say.</summary>
    /// <param name="evt">The event.</param>
    /// <param name="registration">Whose.</param>
    /// <param name="language">Who reads it; null for the person.</param>
    public static ToldInvite Now(Event evt, Registration registration, Language? language = null) => Of(evt, evt.Site(registration.SiteId)!, language ?? registration.Language) with
    {
        Sequence = InviteCalendar.Sequence(evt, registration),
        Cancelled = !HasEntry(evt, registration),
        Tentative = registration.Status == RegistrationStatus.Waitlisted,
        Links = registration.TokenVersion,
    };

    /// <summary>Whether somebody's calendar shall have an entry: of their place, or while they wait where the event has it so.</summary>
    public static bool HasEntry(Event evt, Registration registration) => evt.Status != EventStatus.Cancelled && registration.Status switch
    {
        RegistrationStatus.Confirmed => true,
        RegistrationStatus.Waitlisted => evt.EffectiveRules.WaitlistedInvite == WaitlistedInvite.Tentative || registration.Told is { Cancelled: false, Tentative: true }, // one that is there moves with the event, whatever the rule is by now
        _ => false,
    };

    /// <summary>The same, told by a row after what was told before it.</summary>
    public static ToldInvite Next(Event evt, Registration registration, Language language, string? row) => Now(evt, registration, language) with
    {
        By = row,
        Before = registration.Told is null ? null : registration.Told with { By = null, Before = null },
    };

    /// <summary>Whether an event's entries at one of its sites say something else of when and where after a change, to those who read a language.</summary>
    public static bool Differs(Event before, Event after, string siteId, Language language) =>
        before.Site(siteId) is { } was && after.Site(siteId) is { } now && Of(before, was, language) != Of(after, now, language);

    /// <summary>Whether an entry that is made now says the same of when and where, and how to join, in the language this was told in.</summary>
    public bool SaysAs(Event evt, Registration registration)
    {
        var now = Again(evt, registration);
        return this with { Sequence = now.Sequence, Language = now.Language, Zone = Zone ?? now.Zone, Links = now.Links, By = null, Before = null } == now;
    }

    /// <summary>Whether it would be the same object, for the same links.</summary>
    public bool IsAs(Event evt, Registration registration) => SaysAs(evt, registration) && (Sequence, Links) == (InviteCalendar.Sequence(evt, registration), registration.TokenVersion);

    /// <summary>What it would say now to the same reader.</summary>
    internal ToldInvite Again(Event evt, Registration registration) => Now(evt, registration, Language ?? evt.DefaultLanguage);

    // What all who go to a site read of when and where.
    private static ToldInvite Of(Event evt, Site site, Language language) => new()
    {
        StartsAt = evt.StartsAt, EndsAt = evt.EndsAt, TimeZone = evt.TimeZone, SiteId = site.Id, Zone = evt.ZoneOf(site), Place = InviteCalendar.Location(evt, site, language), Language = language, ByVideo = site.JoinsByVideo,
    };
}
