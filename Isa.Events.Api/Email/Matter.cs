using Isa.Events.Api.Features.Actions;
using Isa.Events.Api.Features.Invitations;

namespace Isa.Events.Api.Email;

/// <summary>What a row of the outbox comes to: which message, about whom, and all that it tells, from one snapshot.</summary>
internal sealed record Matter
{
    public required MessageKind Kind { get; init; }

    public required Event Event { get; init; }

    /// <summary>Null for an invitation, and for what concerns a delegation as a whole.</summary>
    public Registration? Registration { get; init; }

    public RegistrationWait? Wait { get; init; }

    /// <summary>Where they attended before.</summary>
    public string? FromSite { get; init; }

    /// <summary>The site of an offer that is over.</summary>
    public string? OfferedSite { get; init; }

    /// <summary>Whom a deputy stands in for.</summary>
    public string? Replaced { get; init; }

    /// <summary>Of the delegation, where the message goes to its contact.</summary>
    public Delegation? Contact { get; init; }

    /// <summary>Who registered the person, where that was the contact of a delegation.</summary>
    public string? RegisteredBy { get; init; }

    /// <summary>Of the delegation, where the message is about them.</summary>
    public IReadOnlyList<Registration> Members { get; init; } = [];

    /// <summary>Whom it is about.</summary>
    public IReadOnlyList<Registration> Concerned => Registration is { } one ? [one] : Members;

    /// <summary>Whether the contact is told, once, what all members without an address are to know.</summary>
    public bool TellsMembers => this is { Registration: null, Contact: not null } && Kind.Is(MessageTraits.ForMembers);

    /// <summary>Whether it tells the contact who is registered, with what is to be passed on to those without an address.</summary>
    public bool TellsOfNew => Kind.Is(MessageTraits.TellsOfNew);

    /// <summary>Of the delegation, whom there was no place for.</summary>
    public IReadOnlyList<(string? Name, string Code)> LeftOut { get; init; } = [];

    public Invitee? Invitee { get; init; }

    /// <summary>For the organiser: how the event stands.</summary>
    public EventSummary? Summary { get; init; }

    /// <summary>What <see cref="ToldInvite.By"/> names.</summary>
    public string? Row { get; init; }

    /// <summary>Whether somebody who lost the mail asked for it, in the name of whom it goes to: it goes to them alone, with all that they had.</summary>
    public bool IsAskedFor { get; init; }

    /// <summary>An organiser's own words, instead of the product's.</summary>
    public OrganizerWords? Words { get; init; }

    /// <summary>The address that alone gets it, so that somebody can look at it.</summary>
    public string? TestTo { get; init; }

    /// <summary>What the message is written in.</summary>
    public Language Language => Contact?.Language ?? Registration?.Language ?? Invitee?.Language ?? Event.DefaultLanguage;

    /// <summary>When it is told.</summary>
    public DateTimeOffset Now { get; init; }

    /// <summary>Whether the event is past its end: there is nothing to join any more, and nothing to put into a calendar.</summary>
    public bool IsPast => Now >= Event.EndsAt;

    /// <summary>Whether it is about the place of somebody who is not named yet: the contact reads what holds for it, and has nobody to pass it on to.</summary>
    public bool IsOfNobody => Registration is { NameFollows: true } && Kind is not (MessageKind.AddressToConfirm or MessageKind.CancelledNameMissing or MessageKind.OrganizerMessage);

    /// <summary>Whether the person has a place now.</summary>
    public bool HasPlace => Registration is { } person && GivesPlace(person);

    public bool GivesPlace(Registration person) => person.Status == RegistrationStatus.Confirmed && Event.Status != EventStatus.Cancelled;

    /// <summary>Whether their calendar keeps the time for them while they wait.</summary>
    public bool IsTentative => Registration is { Status: RegistrationStatus.Waitlisted } person && ToldInvite.HasEntry(Event, person);

    /// <summary>Null where there is nothing to say any more, or a later row says it.</summary>
    public static Matter? Find(ReadSession session, Event evt, OutboxEntry entry, DateTimeOffset now)
    {
        if (entry is { Kind: OutboxKind.DailySummary, Payload.SummarySince: { } since }) return OfSummary(EventSummary.Read(session, evt, since, Notice.SummaryEnds(evt, since)), evt);
        if (entry.Kind == OutboxKind.OrganizerMessage) return OfOrganizer(session, evt, entry, now);
        if (entry.Kind == OutboxKind.Invitation) return OfInvitee(session, evt, entry.Payload!.InviteeId!);
        if (entry is { Kind: OutboxKind.DelegationCancelled, DelegationId: { } left }) return OfEnded(session, evt, entry, left, now);
        if (entry.DelegationId is { } delegation)
            return entry.Kind.IsToEach() ? OfMembers(session, evt, entry, delegation, now) : OfDelegation(session, evt, entry, delegation, now);
        if (entry.RegistrationId is null) throw new ArgumentException($"{entry.Kind} {entry.Id} concerns no registration: it is to be passed on to each.", nameof(entry));
        if (Registration.Find(session, entry.RegistrationId) is not { } registration) return null;
        if (entry is { Kind: OutboxKind.AddressReplaced, Payload: { Address: { } former, Told: { } told } })
            return now < evt.EndsAt && (registration.Email is not { } own || EmailAddress.Normalise(own) != EmailAddress.Normalise(former)) // else they are back
                ? Of(session, evt, registration.AsLeft(evt, former, told, entry.Payload.TimeZone), MessageKind.AddressReplaced) with { Now = now } : null;
        var row = entry.Payload?.SplitFrom ?? entry.Id;
        registration = Before(registration, row);
        var wait = WaitlistEntry.Explain(session, evt, registration, now);
        if (KindOf(session, evt, entry, registration, wait, now) is not { } kind) return null;
        return Of(session, evt, registration, kind) with { Wait = wait, FromSite = evt.Site(entry.Payload?.FromSite)?.Id, Row = row, IsAskedFor = entry.Kind == OutboxKind.LinksRequested, Now = now };
    }

    // What is told is noted before it is sent, so a repeat starts from what was told before it.
    private static Registration Before(Registration registration, string row) => registration.Told is { } told && told.By == row ? registration with { Told = told.Before } : registration;

    /// <summary>The same for any message, whether or not there is a reason for it: what is missing is made up.</summary>
    public static Matter Sample(ReadSession session, Event evt, Registration registration, MessageKind kind, DateTimeOffset now)
    {
        var other = evt.Sites.FirstOrDefault(site => site.Id != registration.SiteId)?.Id ?? registration.SiteId;
        var ended = kind is MessageKind.Declined or MessageKind.Replaced or MessageKind.AddressReplaced || kind.ToString().StartsWith(nameof(MessageKind.Cancelled), StringComparison.Ordinal);
        var status = ended ? RegistrationStatus.Cancelled : kind switch
        {
            MessageKind.Waitlisted => RegistrationStatus.Waitlisted,
            MessageKind.Pending => RegistrationStatus.PendingApproval,
            MessageKind.AddressToConfirm or MessageKind.DelegationToConfirm => RegistrationStatus.PendingConfirmation,
            MessageKind.DelegationDeclined => RegistrationStatus.Declined,
            MessageKind.OfferMade or MessageKind.Links or MessageKind.DetailsChanged or MessageKind.EventChanged or MessageKind.EventCancelled when registration.IsActive => registration.Status,
            _ => RegistrationStatus.Confirmed,
        };
        var shown = registration with { Status = status, HoldEndsAt = registration.HoldEndsAt ?? now.AddHours(24), DeclineTakesEffectAt = registration.DeclineTakesEffectAt ?? (kind == MessageKind.DeclineReceived ? now + Answering.UndoTime : null) };
        var calledOff = kind == MessageKind.EventCancelled ? evt with { Status = EventStatus.Cancelled } : evt;
        var told = shown.Told is { } known && !known.SaysAs(calledOff, shown) ? known : ToldInvite.Now(calledOff, shown) with { Cancelled = shown.IsActive && !ToldInvite.HasEntry(evt, shown) };
        if (kind == MessageKind.EventChanged && told.SaysAs(evt, shown)) told = told with { StartsAt = told.StartsAt.AddDays(-7), EndsAt = told.EndsAt.AddDays(-7) };
        var wait = kind switch
        {
            MessageKind.OfferMade => new RegistrationWait(status == RegistrationStatus.Waitlisted ? shown.SiteId : other, EntryState.Offered, null, 1, now, now.AddHours(24), WaitReason.AnswerAwaited),
            MessageKind.EventChanged or MessageKind.Links or MessageKind.DetailsChanged when registration.IsActive => WaitlistEntry.Explain(session, evt, registration, now),
            MessageKind.Waitlisted or MessageKind.ConfirmedWaiting => new RegistrationWait(status == RegistrationStatus.Waitlisted ? shown.SiteId : other, EntryState.Queued, 3, 1, now, null, WaitReason.SiteFull),
            _ => null,
        };
        var matter = Of(session, calledOff, shown with { Told = kind is MessageKind.Confirmed or MessageKind.Waitlisted or MessageKind.ConfirmedWaiting or MessageKind.ConfirmedDeputy or MessageKind.Approved ? null : told }, kind) with
        {
            Wait = WaitlistEntry.Explain(session, evt, registration, now) is { } real && wait?.State == real.State ? real : wait,
            FromSite = kind is MessageKind.Moved or MessageKind.MovedByOrganizer or MessageKind.Promoted ? other : null,
            OfferedSite = other,
            Now = now,
        };
        return kind switch
        {
            MessageKind.Invitation => new Matter
            {
                Kind = kind, Event = evt,
                Invitee = (shown.InviteeId is { } id ? Invitee.Find(session, evt.Id, id) : null) ?? new Invitee { Id = "", FullName = shown.FullName, Email = shown.Email, Language = shown.Language },
            },
            MessageKind.DailySummary => new Matter { Kind = kind, Event = evt, Summary = EventSummary.Read(session, evt, now.AddDays(-1), now.AddMilliseconds(1)) },
            MessageKind.NameDue or MessageKind.DelegationRegistered or MessageKind.DelegationToConfirm or MessageKind.DelegationLinks or MessageKind.DelegationApproved or MessageKind.DelegationDeclined or MessageKind.DelegationChanged => new Matter
            {
                Kind = kind, Event = evt, Members = [shown], Now = now,
                Contact = (shown.DelegationId is { } delegation ? Delegation.Find(session, delegation) : null) ?? new Delegation
                {
                    Id = $"{Delegation.IdPrefix}{shown.Id![Registration.IdPrefix.Length..]}", ContactName = shown.FullName, ContactEmail = shown.Email ?? "", Language = shown.Language, NamesDueAt = now.AddHours(24),
                },
            },
            _ when kind.Is(MessageTraits.ForMembers) && matter is { Contact: not null, Registration: { } member } && !(member.NameFollows && kind == MessageKind.ThankYou) => matter with { Registration = null, Members = [member] },
            _ => matter,
        };
    }

    private static Matter Of(ReadSession session, Event evt, Registration registration, MessageKind kind)
    {
        var delegation = registration.DelegationId is { } id ? Delegation.Find(session, id) : null;
        return Of(session, evt, registration, kind, delegation);
    }

    private static Matter Of(ReadSession session, Event evt, Registration registration, MessageKind kind, Delegation? delegation) => new()
    {
        Kind = kind, Event = evt, Registration = registration,
        Contact = registration.Email is null ? delegation : null,
        RegisteredBy = registration.Email is { } address && delegation is not null && EmailAddress.Normalise(address) != EmailAddress.Normalise(delegation.ContactEmail) ? delegation.ContactName : null,
        Replaced = registration.Replaces is { } replaced ? Registration.Find(session, replaced)?.FullName : null,
        OfferedSite = kind == MessageKind.OfferExpired ? LastDone(session, registration.Id!, "offerExpired")?.Details?.ToSite : null,
    };

    /// <summary>A message of an organiser to one of those it is for.</summary>
    /// <param name="session">One snapshot.</param>
    /// <param name="evt">As that shows it.</param>
    /// <param name="words">What it says.</param>
    /// <param name="now">When.</param>
    /// <param name="registration">Who gets it, and where they have no address their contact; or null.</param>
    /// <param name="contact">Who gets it for members of their delegation.</param>
    /// <param name="members">These.</param>
    public static Matter OfMessage(ReadSession session, Event evt, OrganizerWords words, DateTimeOffset now, Registration? registration, Delegation? contact = null, IReadOnlyList<Registration>? members = null) =>
        (registration is not null ? Of(session, evt, registration, MessageKind.OrganizerMessage) : new Matter { Kind = MessageKind.OrganizerMessage, Event = evt, Contact = contact, Members = members ?? [] }) with { Words = words, Now = now };

    private static Matter? OfOrganizer(ReadSession session, Event evt, OutboxEntry entry, DateTimeOffset now)
    {
        if (ActionRow.Find(session, evt.Id, entry.ActionId!) is not { UndoneAt: null, Details: { Subject: { } subject, Body: { } body, Filter: { } filter } details } action) return null;
        var words = new OrganizerWords(subject, body);
        if (entry.DelegationId is { } delegation)
        {
            var members = Delegation.MembersOf(session, delegation, filter.Of(evt, action.CreatedAt));
            return members.Count > 0 && Delegation.Find(session, delegation) is { } contact ? OfMessage(session, evt, words, now, null, contact, members) with { TestTo = details.TestTo } : null;
        }

        return Registration.Find(session, entry.RegistrationId!) is { } registration && filter.Takes(registration) ? OfMessage(session, evt, words, now, registration) with { TestTo = details.TestTo } : null;
    }

    private static Matter? OfInvitee(ReadSession session, Event evt, string id)
    {
        if (evt.Status == EventStatus.Cancelled || Invitee.Find(session, evt.Id, id) is not { State: InviteeState.Invited } invitee) return null;
        return invitee.RegistrationId(session, evt.IsTest) is null ? new Matter { Kind = MessageKind.Invitation, Event = evt, Invitee = invitee } : null;
    }

    private static Matter? OfSummary(EventSummary summary, Event evt) => summary.HasNews ? new Matter { Kind = MessageKind.DailySummary, Event = evt, Summary = summary } : null;

    // Each of them would hear of it alone, had they an address.
    private static Matter? OfMembers(ReadSession session, Event evt, OutboxEntry entry, string id, DateTimeOffset now)
    {
        if (Delegation.Find(session, id) is not { } contact) return null;
        var (members, kind) = (new List<Registration>(), (MessageKind?)null);
        foreach (var member in Delegation.MembersOf(session, id).Where(m => m.Email is null && !(m.NameFollows && entry.Kind == OutboxKind.ThankYou)))
        {
            var (registration, wait) = (Before(member, entry.Id), WaitlistEntry.Explain(session, evt, member, now));
            if (KindOf(session, evt, entry, registration, wait, now) is not { } its) continue;
            kind = its;
            members.Add(registration with { Waitlist = wait });
        }

        return kind is { } found ? new Matter { Kind = found, Event = evt, Contact = contact, Members = members, Row = entry.Id, Now = now } : null;
    }

    // Also of an event that is off: what its contact is told of that is no longer about them.
    private static Matter? OfEnded(ReadSession session, Event evt, OutboxEntry entry, string id, DateTimeOffset now)
    {
        var members = Delegation.MembersOf(session, id).FindAll(member => !member.IsActive && entry.Payload!.Members!.Contains(member.Id!)).ConvertAll(member => Before(member, entry.Id));
        return members is [var first, ..] && EndOf(first) is { } kind && Delegation.Find(session, id) is { } contact ? new Matter { Kind = kind, Event = evt, Contact = contact, Members = members, Row = entry.Id, Now = now } : null;
    }

    private static Matter? OfDelegation(ReadSession session, Event evt, OutboxEntry entry, string id, DateTimeOffset now)
    {
        if (evt.Status == EventStatus.Cancelled && !entry.Kind.IsEnd() || Delegation.Find(session, id) is not { } contact) return null;
        var all = Delegation.MembersOf(session, id).ConvertAll(member => Before(member, entry.Id));
        var active = all.FindAll(member => member.IsActive).ConvertAll(member => member with { Waitlist = WaitlistEntry.Explain(session, evt, member, now) });
        var pending = active.FindAll(member => member.Status == RegistrationStatus.PendingConfirmation);
        var (kind, members) = entry.Kind switch
        {
            OutboxKind.NameDue when session.One<long>(LaterIsDue, new { evt.Id, Delegation = id, entry.Kind, Now = now, Row = entry.Id }) > 0 => (MessageKind.NameDue, []), // both were late
            OutboxKind.NameDue => (MessageKind.NameDue, active.FindAll(member => member.NameFollows)),
            OutboxKind.AddressToConfirm => (MessageKind.DelegationToConfirm, pending),
            OutboxKind.LinksRequested when pending.Count > 0 => (MessageKind.DelegationToConfirm, pending),
            OutboxKind.LinksRequested => (MessageKind.DelegationLinks, active),
            OutboxKind.DelegationApproved => (MessageKind.DelegationApproved, active.Exists(IsDecided) ? [.. active.OrderByDescending(IsDecided)] : []),
            OutboxKind.DelegationChanged => (MessageKind.DelegationChanged, active),
            OutboxKind.DelegationDeclined => (MessageKind.DelegationDeclined, all.FindAll(member => member.Status == RegistrationStatus.Declined)),
            _ => (MessageKind.DelegationRegistered, active),
        };
        return members.Count == 0 ? null : new Matter { Kind = kind, Event = evt, Contact = contact, Members = members, Row = entry.Id, Now = now, LeftOut = kind == MessageKind.DelegationRegistered ? LeftOutOf(contact, all) : [] };

        static bool IsDecided(Registration member) => member.Status != RegistrationStatus.PendingApproval;
    }

    // Of those who were sent last, and of those whom the contact's confirmation came too late for, until more are sent.
    private static List<(string? Name, string Code)> LeftOutOf(Delegation contact, List<Registration> members) =>
    [
        .. (contact.LeftOut ?? []).Select(left => (left.FullName, left.Code)),
        .. members.Where(member => member.EndReason == EndReason.SiteFull && member.CancelledAt >= contact.UpdatedAt).Select(member => (member.NameFollows ? null : member.FullName, Problem.SiteFull.Code)),
    ];

    private static MessageKind? KindOf(ReadSession session, Event evt, OutboxEntry entry, Registration registration, RegistrationWait? wait, DateTimeOffset now)
    {
        var calledOff = evt.Status == EventStatus.Cancelled;
        // An address that nobody has shown to be theirs gets the question alone, whatever somebody does in its name.
        if (registration.Status == RegistrationStatus.PendingConfirmation && entry.Kind is not (OutboxKind.AddressToConfirm or OutboxKind.LinksRequested)) return null;
        if (entry.Kind == OutboxKind.EventCancelled) return calledOff && registration.IsActive ? MessageKind.EventCancelled : null;
        if (entry.Kind is OutboxKind.RegistrationCancelled or OutboxKind.RegistrationDeclined) return EndOf(registration);
        if (calledOff || !registration.IsActive) return null;
        var (confirmed, queued, offered) = (registration.Status == RegistrationStatus.Confirmed, wait is { State: EntryState.Queued }, wait is { State: EntryState.Offered } && now < wait.OfferEndsAt);
        var comes = confirmed && registration.DeclineTakesEffectAt is null;
        return entry.Kind switch
        {
            OutboxKind.RegistrationConfirmed when confirmed => registration.Replaces is not null ? MessageKind.ConfirmedDeputy : queued ? MessageKind.ConfirmedWaiting : MessageKind.Confirmed,
            // What a test key makes at a real event waits in no queue.
            OutboxKind.RegistrationWaitlisted when queued || wait is null && registration.Status == RegistrationStatus.Waitlisted => confirmed ? MessageKind.ConfirmedWaiting : MessageKind.Waitlisted,
            OutboxKind.RegistrationPromoted when confirmed => MessageKind.Promoted,
            // There and back, before anybody was told; or told by a mail between.
            OutboxKind.RegistrationMoved when entry.Payload?.Again != true && registration.Told is { } told && told.SaysAs(evt, registration) => null,
            OutboxKind.RegistrationMoved => LastDone(session, registration.Id!, "moved")?.Actor == Actor.Organizer ? MessageKind.MovedByOrganizer : MessageKind.Moved,
            OutboxKind.RegistrationPending when registration.Status == RegistrationStatus.PendingApproval => MessageKind.Pending,
            OutboxKind.RegistrationApproved when confirmed => MessageKind.Approved,
            OutboxKind.OfferMade when offered => MessageKind.OfferMade,
            OutboxKind.OfferExpired when confirmed => MessageKind.OfferExpired,
            OutboxKind.AddressToConfirm or OutboxKind.LinksRequested when registration.Status == RegistrationStatus.PendingConfirmation => MessageKind.AddressToConfirm,
            OutboxKind.LinksRequested => offered ? MessageKind.OfferMade : MessageKind.Links, // which leads to the same page, and cannot wait
            OutboxKind.EventChanged => entry.Payload?.Again == true || IsNews(evt, registration, entry.Payload?.Since) && !(comes && HearsOfPlace(session, entry, registration)) ? MessageKind.EventChanged : null,
            OutboxKind.RegistrationChanged => entry.Payload?.Again == true || (now < evt.EndsAt ? ChangedDetails(session, evt, entry, registration) : HasNewAddress(session, entry, registration)) ? MessageKind.DetailsChanged : null,
            OutboxKind.Reminder when comes => IsReminded(evt, entry, registration, now) ? MessageKind.Reminder : null,
            OutboxKind.ThankYou when comes && now >= evt.EndsAt => MessageKind.ThankYou,
            OutboxKind.DeclineReceived when registration.DeclineTakesEffectAt > now && now < evt.EndsAt => MessageKind.DeclineReceived,
            _ => null,
        };
    }

    // Not once it is too late, where a later one is there, where the event has moved since, or for whoever has just been told that they have a place.
    private static bool IsReminded(Event evt, OutboxEntry entry, Registration registration, DateTimeOffset now)
    {
        if (Notice.ReminderAt(evt, evt.Site(registration.SiteId)!, now) is not { } reminder || reminder.Before != entry.Payload?.Before) return false;
        var hour = Notice.HourOf(evt, reminder);
        return entry.Payload!.Again == true || registration.ConfirmedAt is not { } since || since <= hour - (evt.StartsAt - hour) / 2;
    }

    private static MessageKind? EndOf(Registration registration) => registration switch
    {
        { IsActive: true } => null,
        { Status: RegistrationStatus.Declined } => MessageKind.Declined,
        { EndReason: EndReason.AddressNotConfirmed } => MessageKind.CancelledAddressNotConfirmed,
        { EndReason: EndReason.NameMissing } => MessageKind.CancelledNameMissing,
        { EndReason: EndReason.OfferDeclined } => MessageKind.CancelledOfferDeclined,
        { EndReason: EndReason.OfferExpired } => MessageKind.CancelledOfferExpired,
        { EndReason: EndReason.Replaced } => MessageKind.Replaced,
        { EndReason: EndReason.InvitationRevoked } => MessageKind.CancelledInvitationRevoked,
        { CancelledBy: Actor.Organizer } => MessageKind.CancelledByOrganizer,
        _ => MessageKind.Cancelled,
    };

    // Who has no address, or was imported without a mail, was told by others, and nobody knows what: they hear of every change.
    // Of a change that was undone those alone who have come since.
    private static bool IsNews(Event evt, Registration registration, DateTimeOffset? since) =>
        registration.Told is { } told ? !(told with { Cancelled = !ToldInvite.HasEntry(evt, registration) }).SaysAs(evt, registration) : since is null || registration.CreatedAt >= since;

    // By a later mail, which shows what has changed too: whoever waited does not hear of the event's change as somebody who has had the place all along.
    private static bool HearsOfPlace(ReadSession session, OutboxEntry entry, Registration registration) =>
        registration.Told is not { Cancelled: false } && session.One<long>(PlaceIsToTell, new { entry.EventId, entry.RegistrationId, entry.Id }) > 0;

    // Where the person has an entry, what it shows decides; else only a new address is worth a mail, for the links that go with it. So it is after the end.
    private static bool ChangedDetails(ReadSession session, Event evt, OutboxEntry entry, Registration registration) =>
        registration is { Status: RegistrationStatus.Confirmed, Told: { } told } ? !told.IsAs(evt, registration) : HasNewAddress(session, entry, registration);

    private static bool HasNewAddress(ReadSession session, OutboxEntry entry, Registration registration) =>
        session.Query<Doing>(DoneSince, new { registration.Id, Action = "updated", entry.CreatedAt }).Exists(done => done.Details?.Fields?.Contains("email") == true);

    private static Doing? LastDone(ReadSession session, string registrationId, string action) => session.One<Doing>(LastOf, new { Id = registrationId, Action = action });

    private sealed record Doing
    {
        public Actor Actor { get; init; }

        public HistoryDetails? Details { get; init; }
    }

    private const string LastOf = "SELECT actor, details FROM history WHERE registration_id = @Id AND action = @Action ORDER BY id DESC LIMIT 1";

    private const string LaterIsDue = "SELECT COUNT(*) FROM outbox WHERE event_id = @Id AND registration_id IS NULL AND delegation_id = @Delegation AND kind = @Kind AND state = 'pending' AND due_at <= @Now AND id > @Row";

    private const string PlaceIsToTell = "SELECT COUNT(*) FROM outbox WHERE event_id = @EventId AND registration_id = @RegistrationId AND kind IN ('registrationPromoted', 'registrationApproved', 'registrationConfirmed') AND state = 'pending' AND id > @Id";

    private const string DoneSince = "SELECT actor, details FROM history WHERE registration_id = @Id AND action = @Action AND at >= @CreatedAt ORDER BY id";
}
