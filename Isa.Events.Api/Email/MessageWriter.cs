using System.Text.RegularExpressions;
using Isa.Events.Api.Features.Invitations;
using Isa.Events.Api.Features.Invites;
using Isa.Events.Api.Features.Pages;

namespace Isa.Events.Api.Email;

/// <summary>Puts what there is to tell into words.</summary>
public sealed partial class MessageWriter(RegistrationTokens tokens, InvitationCodes codes, ILogger<MessageWriter> logger)
{
    private const int MaxTitleInSubject = 80; // in UTF-16 units; phones show half of it
    private const int MaxNameInSubject = 40;

    /// <param name="matter">What there is to tell.</param>
    /// <param name="shared">The event's own part of it, in the message's language.</param>
    /// <param name="calendar">What becomes of the person's calendar, or null.</param>
    /// <param name="tellsPlace">Whether the person knows by it when and where they go: what they were told before is then contrasted with it.</param>
    internal MessageContent Write(Matter matter, EventInvite shared, Sentence? calendar, bool tellsPlace = false)
    {
        var (evt, language) = (matter.Event, matter.Language);
        var values = Values(matter);
        var title = Phrase.Of(evt.Title, language, evt.DefaultLanguage);
        var (subject, body) = Words(matter, shared, values, new Dictionary<string, Phrase?>(values) { ["event"] = title with { Text = MessageParts.Shorten(title.Text, MaxTitleInSubject) } });
        var tellsAgenda = !IsOver(matter) && !matter.Kind.Is(MessageTraits.NoAgenda);
        var isTest = evt.IsTest || matter.Registration is { IsTest: true } || matter.Members.Any(m => m.IsTest);
        return new MessageContent
        {
            Language = language,
            Subject = $"{(isTest || matter.TestTo is not null ? "[Test] " : "")}{About(matter)}{subject}",
            Preface = Preface(matter, shared, values),
            Changes = matter.Kind is MessageKind.EventChanged or MessageKind.DelegationApproved || tellsPlace && !IsOver(matter) ? [.. matter.Concerned.SelectMany(person => Changes(matter, person)).Distinct().GroupBy(change => change.Label).SelectMany(changes => changes)] : [],
            Greeting = Fill(matter.Kind.Is(MessageTraits.NoName) ? MessageTexts.GreetingToAnybody : MessageTexts.Greeting, values, language),
            Body = body,
            Action = ActionOf(matter),
            Title = title,
            Particulars = [.. ParticularsOf(matter)],
            Agenda = tellsAgenda ? shared.AgendaLines(ZoneOf(matter)) : [],
            AgendaFile = tellsAgenda && shared.AgendaUrl is { } url ? new MessageAction(Wording.AgendaFile.In(language), url) : null,
            Calendar = calendar?.In(language),
            Manage = ManageOf(matter),
            OrganizerName = evt.OrganizerName,
            OrganizerEmail = evt.OrganizerEmail,
            Footnote = matter.TestTo is not null ? MessageTexts.TestMessage.In(language) : isTest ? MessageTexts.Test.In(language) : null,
        };
    }

    // Of many mails about as many people the contact sees which is about whom.
    private static string About(Matter matter) => matter is not { Contact: not null, Registration: { } one, Kind: not MessageKind.CancelledAddressNotConfirmed } ? ""
        : $"{(one.NameFollows ? $"{MessageTexts.NameFollows.In(matter.Language)}{(matter.Language == Language.Zh ? $"（{one.Reference}）" : $" ({one.Reference})")}" : MessageParts.Shorten(one.FullName, MaxNameInSubject))} – ";

    // By the page of the registration that ended, as it says itself.
    private static bool MayComeBack(Matter matter) =>
        matter is { Kind: MessageKind.Cancelled or MessageKind.CancelledOfferExpired, Registration: { IsActive: false, Email: not null }, Event: var evt } && evt.EndedBy(matter.Now) is null && evt.RefusalAt(matter.Now) is null;

    private MessageAction? ManageOf(Matter matter)
    {
        var (evt, language) = (matter.Event, matter.Language);
        if (MayComeBack(matter)) return new MessageAction(MessageTexts.Again.In(language), tokens.Links(matter.Registration!, evt).Manage);
        if (matter.Kind.Is(MessageTraits.NoManage)) return null;
        if (matter.Registration is { } own)
            return IsOver(matter) ? null : new MessageAction((own.NameFollows ? MessageTexts.GiveName : MessageTexts.Manage).In(language), tokens.Links(own, evt).Manage);
        return matter.Contact is { } contact ? new MessageAction(MessageTexts.ManageDelegation.In(language), tokens.Links(contact).Manage) : null;
    }

    /// <summary>Where nothing comes out of an organiser's message for somebody: the names it asks for that say nothing of them. Null where something does.</summary>
    internal IReadOnlyCollection<string>? WhyEmpty(Matter matter, EventInvite shared)
    {
        var lacking = new HashSet<string>(StringComparer.Ordinal);
        return OrganizerTemplate.Render(matter.Words!.Body!.In(matter.Language, matter.Event.DefaultLanguage), WithMore(matter, shared, Values(matter)), lacking).Length == 0 ? lacking : null;
    }

    // The product's own words are read once; an organiser's are text alone, from which the page is made.
    private (string Subject, Phrase Body) Words(Matter matter, EventInvite shared, Dictionary<string, Phrase?> values, Dictionary<string, Phrase?> ofSubject)
    {
        var (evt, language) = (matter.Event, matter.Language);
        var builtIn = matter.IsOfNobody ? MessageTexts.OfPlace(matter.Kind) : matter.TellsMembers ? MessageTexts.OfMembers(matter.Kind) : MessageTexts.Of(matter.Kind);
        if (matter is { IsOfNobody: false, Words: { } words } && !(matter.TellsMembers && matter.Kind != MessageKind.CancelledNameMissing && matter.Members.All(m => m.NameFollows))) // theirs speak to somebody who comes
        {
            try
            {
                var line = Own(words.Subject, ofSubject, inSubject: true) is { Text.Length: > 0 } ownLine ? Spaces().Replace(MessageParts.Line(PlainHtml.Plain(ownLine.Text)), " ") : Line();
                return (line, Own(words.Body, values) is { } own && (own.Text.Length > 0 || matter.Kind == MessageKind.OrganizerMessage) ? new Phrase(PlainHtml.Plain(own.Text), own.Language) { Html = PlainHtml.Of(own.Text, own.Language!.Value, language) } : Fill(builtIn.Body, values, language));
            }
            catch (Exception e) when (matter.Kind != MessageKind.OrganizerMessage)
            {
                LogWordsFailed(logger, e, matter.Kind, evt.Id); // checked when it was stored; whatever it is, the person gets their mail
            }
        }

        return (Line(), Fill(builtIn.Body, values, language));

        string Line() => MessageTemplate.Of(builtIn.Subject.In(language)).ToText(ofSubject);

        Phrase? Own(Texts? texts, Dictionary<string, Phrase?> filled, bool inSubject = false)
        {
            if (texts is null) return null;
            // What replaces the product's words does so in its own language alone; a message falls back as the event's texts do.
            var more = WithMore(matter, shared, filled, inSubject);
            if (matter.Kind != MessageKind.OrganizerMessage) return texts[language] is { } same ? new Phrase(OrganizerTemplate.Render(same, more), language) : null;
            return new Phrase(OrganizerTemplate.Render(texts.In(language, evt.DefaultLanguage), more), texts.Resolve(language, evt.DefaultLanguage));
        }
    }

    // With what organisers may use beside the rest.
    private Dictionary<string, Phrase?> WithMore(Matter matter, EventInvite shared, Dictionary<string, Phrase?> values, bool inSubject = false)
    {
        var (evt, language, registration) = (matter.Event, matter.Language, matter.Registration);
        var known = AsTold(matter);
        var more = new Dictionary<string, Phrase?>(values)
        {
            ["when"] = new Phrase(Clock.Span(known.StartsAt, known.EndsAt, ZoneOf(matter), language), language),
            ["where"] = OfAll(person => matter.GivesPlace(person) ? InviteCalendar.Location(evt, person, language) : null),
            ["agendaLink"] = shared.AgendaUrl is { } agenda ? new Phrase(agenda) : null,
            // Whoever has an address gets theirs there alone.
            ["joinLink"] = OfAll(person => matter.GivesPlace(person) && !matter.IsPast && evt.Site(person.SiteId)!.JoinsByVideo && (registration is not null || person is { Email: null, NameFollows: false }) ? tokens.JoinUrl(person) : null),
            ["manageLink"] = IsOver(matter) || matter.Kind is MessageKind.AddressToConfirm or MessageKind.DelegationToConfirm ? null
                : registration is not null ? new Phrase(tokens.Links(registration, evt).Manage) : matter.Contact is { } contact ? new Phrase(tokens.Links(contact).Manage) : null,
        };
        if (registration is not null || matter.Members.Count == 0 || matter.Kind.Is(MessageTraits.NoName)) return more;
        more["when"] = OfAll(person => Clock.Span(known.StartsAt, known.EndsAt, Clock.ZoneOf(evt, evt.Site(person.SiteId)!, person), language));
        more["reference"] = OfAll(person => person.Reference);
        more["site"] = OfAll(person => matter.GivesPlace(person) ? SiteOf(person.SiteId).Text : null);
        more["way"] = OfAll(person => matter.GivesPlace(person) ? Fill(MessageTexts.WayOfMembers(evt.Site(person.SiteId)!.Mode), new Dictionary<string, Phrase?> { ["site"] = SiteOf(person.SiteId) }, language).Text : null);
        more["waitingFor"] = OfAll(person => (person.Waitlist?.SiteId ?? (person.Status == RegistrationStatus.Waitlisted ? person.SiteId : null)) is { } site ? SiteOf(site).Text : null);
        return more;

        Phrase? OfAll(Func<Registration, string?> of) => MessageWriter.OfAll(matter, of, inSubject);
        Phrase SiteOf(string id) => Phrase.Of(evt.Site(id)!.Name, language, evt.DefaultLanguage);
    }

    // What holds for all of them; else a line for each, by name, and in a subject, which has one line, the values alone. Where nobody has shown that they are the contact, nothing of those who were named to us.
    private static Phrase? OfAll(Matter matter, Func<Registration, string?> of, bool inSubject)
    {
        var language = matter.Language;
        var each = matter.Registration is null && matter.Kind.Is(MessageTraits.NoName) ? [] : matter.Concerned.Select(person => (Person: person, Value: of(person))).ToList();
        if (each.DistinctBy(one => one.Value).Count() <= 1) return each is [(_, { } same), ..] ? new Phrase(same, language) : null;
        if (inSubject) return new Phrase(MessageParts.Shorten(string.Join(language.ListComma(), each.Select(one => one.Value?.TrimEnd('.', '。')).OfType<string>().Distinct()), MaxTitleInSubject), language);
        return new Phrase("\n" + string.Join('\n', each.Where(one => one.Value is not null).Select(one => $"{NameOf(one.Person)}{language.Colon()}{one.Value}")), language);

        string NameOf(Registration person) => person.NameFollows ? MessageTexts.NameFollows.In(language) : PlainHtml.Mark(person.FullName);
    }

    private Phrase? Preface(Matter matter, EventInvite shared, Dictionary<string, Phrase?> values)
    {
        var language = matter.Language;
        // Whom an organiser's text tells nothing has nothing to be passed on.
        var told = matter is { Kind: MessageKind.OrganizerMessage, Members.Count: > 1 } ? matter.Members.Where(member => WhyEmpty(matter with { Members = [member] }, shared) is null).ToList() : [];
        var concerned = told.Count > 0 ? told : matter.Concerned;
        return matter switch
        {
            { Kind: MessageKind.CancelledAddressNotConfirmed } => null,
            { Contact: not null, Kind: MessageKind.OrganizerMessage } when concerned.All(m => m.NameFollows) => With(MessageTexts.OfPlaces, "reference", concerned.Select(m => m.Reference!)),
            { Registration: null, Kind: MessageKind.OrganizerMessage } or { TellsMembers: true, Kind: MessageKind.ThankYou } or { TellsMembers: true, Words: not null } when concerned.Any(m => !m.NameFollows) => With(MessageTexts.PassOnToAll, "name", concerned.Where(m => !m.NameFollows).Select(m => m.FullName)),
            { Contact: not null, Registration.NameFollows: false } => Fill(MessageTexts.PassOn, values, language),
            { RegisteredBy: not null, Kind: MessageKind.Confirmed or MessageKind.ConfirmedWaiting or MessageKind.Waitlisted or MessageKind.Pending } => Fill(MessageTexts.RegisteredBy, values, language),
            _ => null,
        };

        Phrase With(Sentence sentence, string name, IEnumerable<string> several) => Fill(sentence, new Dictionary<string, Phrase?> { [name] = string.Join(language.ListComma(), several) }, language);
    }

    [GeneratedRegex(" {2,}", RegexOptions.CultureInvariant)]
    private static partial Regex Spaces();

    [LoggerMessage(Level = LogLevel.Error, Message = "An organiser's text for {Kind} of event {Event} could not be made; the built-in one was sent")]
    private static partial void LogWordsFailed(ILogger logger, Exception exception, MessageKind kind, string @event);

    /// <summary>The same for the assistant.</summary>
    internal static MessageContent Copy(MessageContent content, Registration registration) => content with
    {
        Preface = Fill(MessageTexts.Copy, new Dictionary<string, Phrase?> { ["name"] = registration.FullName }, content.Language),
        Calendar = null,
    };

    /// <summary>Whether the message tells of an end.</summary>
    internal static bool IsOver(Matter matter) => matter.Registration is { IsActive: false } || matter.Event.Status == EventStatus.Cancelled || matter.TellsMembers && !matter.Members.Any(m => m.IsActive);

    private Dictionary<string, Phrase?> Values(Matter matter)
    {
        var (evt, language, registration) = (matter.Event, matter.Language, matter.Registration);
        var site = matter.HasPlace || registration is not null && matter.Kind is MessageKind.Moved or MessageKind.MovedByOrganizer ? SiteOf(registration!.SiteId) : null;
        var endsAt = matter.IsOfNobody ? IsOver(matter) ? null : matter.Contact?.NamesDueAt : matter.Kind switch
        {
            MessageKind.OfferMade => matter.Wait?.OfferEndsAt,
            MessageKind.AddressToConfirm => registration!.HoldEndsAt,
            MessageKind.DeclineReceived => registration!.DeclineTakesEffectAt,
            MessageKind.DelegationToConfirm => matter.Members.Min(m => m.HoldEndsAt),
            MessageKind.DelegationRegistered or MessageKind.DelegationChanged or MessageKind.EventChanged or MessageKind.Reminder when matter.Contact is not null => matter.Members.Any(m => m.NameFollows) ? matter.Contact!.NamesDueAt : null,
            MessageKind.NameDue => matter.Contact?.NamesDueAt ?? registration?.HoldEndsAt ?? matter.Members.Min(m => m.HoldEndsAt),
            _ => null,
        };
        var undecided = matter.Kind == MessageKind.DelegationApproved ? matter.Members.Count(m => m.Status == RegistrationStatus.PendingApproval) : (int?)null;
        var waitsFor = matter.Wait?.SiteId ?? (registration is { Status: RegistrationStatus.Waitlisted } ? registration.SiteId : matter.Kind == MessageKind.OfferExpired ? matter.OfferedSite : null);
        return new Dictionary<string, Phrase?>
        {
            ["name"] = matter.Kind == MessageKind.AddressReplaced ? "" : (registration is { NameFollows: false } ? registration.FullName : null) ?? matter.Contact?.ContactName ?? matter.Invitee?.FullName ?? evt.OrganizerName ?? "",
            ["event"] = Phrase.Of(evt.Title, language, evt.DefaultLanguage),
            ["organizer"] = Known(evt.OrganizerName),
            ["reference"] = Own(registration?.Reference),
            ["site"] = site,
            ["way"] = matter.HasPlace ? Fill(MessageTexts.Way(evt.Site(registration!.SiteId)!.Mode), new Dictionary<string, Phrase?> { ["site"] = site }, language) : null,
            ["fromSite"] = SiteOf(matter.FromSite),
            ["waitingFor"] = SiteOf(waitsFor),
            ["position"] = Own(matter.Wait?.Position?.ToString(System.Globalization.CultureInfo.InvariantCulture)),
            ["endsAt"] = Own(endsAt is { } end ? Clock.Until(end, ZoneOf(matter), language) : null),
            ["note"] = matter.Kind == MessageKind.EventCancelled ? evt.CancellationReason is { } reason ? Phrase.Of(reason, language, evt.DefaultLanguage) : null
                : matter.Kind is MessageKind.Approved or MessageKind.Declined or MessageKind.Waitlisted ? Known(registration!.DecisionText)
                : matter.Kind is MessageKind.DelegationApproved or MessageKind.DelegationDeclined ? Known(matter.Members.Where(m => m.DecisionText is not null).MaxBy(m => m.UpdatedAt)?.DecisionText) : null,
            ["dayChanged"] = Own(DayChanged(matter) ? "1" : null),
            ["tentative"] = Own(matter.IsTentative ? "1" : null),
            ["replaced"] = Known(matter.Replaced),
            ["registeredBy"] = Known(matter.RegisteredBy),
            ["code"] = Own(matter.Invitee is { } invitee ? invitee.Id.Length == 0 ? "0000-0000-0000" : codes.Create(invitee.Id, invitee.CodeVersion) : null),
            ["deadline"] = Own(evt.RegistrationClosesAt is { } closes ? Clock.Day(closes.AddMilliseconds(-1).In(evt.Zone), language) : null),
            ["registered"] = Number(matter.Summary?.Registered),
            ["ended"] = Number(matter.Summary?.Ended),
            ["pending"] = Number(matter.Summary?.Pending ?? undecided),
            ["starts"] = Own(matter.Kind == MessageKind.Reminder ? Clock.Moment(evt.StartsAt, ZoneOf(matter), language) : null),
            ["count"] = Number(Math.Max(1, matter.Members.Count - (undecided ?? 0))),
            ["waiting"] = Number(matter.Members.Count(m => m.Status == RegistrationStatus.Waitlisted)),
            ["leftOut"] = Number(matter.LeftOut.Count),
            ["passOn"] = Own((matter.Kind is MessageKind.DelegationChanged or MessageKind.DelegationApproved || matter.TellsMembers) && matter.Members.Any(m => m is { Email: null, NameFollows: false }) ? "1" : null),
            ["state"] = Own(StateOf(matter)),
        };

        Phrase? SiteOf(string? id) => evt.Site(id) is { } found ? Phrase.Of(found.Name, language, evt.DefaultLanguage) : null;
        // Nothing is not worth a line.
        Phrase? Number(long? number) => number is > 0 ? Own(number.Value.ToString(System.Globalization.CultureInfo.InvariantCulture)) : null;
        Phrase? Own(string? words) => words is null ? null : new Phrase(words, language);
        Phrase? Known(string? words) => words is null ? null : new Phrase(words);
    }

    // What holds for somebody whose place depends on an answer, of theirs or of others; or who asked.
    private static string? StateOf(Matter matter)
    {
        if (matter.Registration is not { } person || !matter.IsOfNobody && matter.Kind is not (MessageKind.Links or MessageKind.EventChanged or MessageKind.DetailsChanged)) return null;
        var language = matter.Language;
        var state = AttendeeState.Of(matter.Event, person with { Language = language }, matter.Wait, matter.Now, matter.IsOfNobody);
        if (matter.IsOfNobody || matter.Kind == MessageKind.Links) return state;
        if (matter.Wait is { State: EntryState.Offered }) return state + MessageTexts.PleaseAnswer.In(language);
        return person.Status switch
        {
            RegistrationStatus.PendingApproval => MessageTexts.StillPending.In(language),
            RegistrationStatus.Waitlisted when matter is { Kind: MessageKind.DetailsChanged } or { Wait: null or { Position: null } } => state,
            _ => null,
        };
    }

    private static Phrase Fill(Sentence template, IReadOnlyDictionary<string, Phrase?> values, Language language)
    {
        var read = MessageTemplate.Of(template.In(language));
        return new Phrase(read.ToText(values), language) { Html = read.ToHtml(values, language) };
    }

    private MessageAction? ActionOf(Matter matter) => matter.Registration is not { } registration
        ? matter is { Kind: MessageKind.DelegationToConfirm, Contact: { } contact } ? new MessageAction(MessageTexts.Confirm.In(matter.Language), tokens.ConfirmUrl(contact))
            : matter is { Kind: MessageKind.Invitation, Event.Rules.RegistrationUrl: { } page } ? new MessageAction(MessageTexts.Register.In(matter.Language), page) : null
        : matter.Kind switch
        {
            MessageKind.AddressToConfirm => new MessageAction(MessageTexts.Confirm.In(matter.Language), tokens.ConfirmUrl(registration)),
            MessageKind.OfferMade or MessageKind.EventChanged when matter is { Kind: MessageKind.OfferMade } or { Wait.State: EntryState.Offered } => new MessageAction(MessageTexts.Answer.In(matter.Language), tokens.Links(registration, matter.Event).Manage),
            MessageKind.DeclineReceived => new MessageAction(MessageTexts.KeepPlace.In(matter.Language), tokens.Links(registration, matter.Event).Manage),
            _ => null,
        };

    private static IEnumerable<Change> Changes(Matter matter, Registration registration)
    {
        var (evt, language) = (matter.Event, matter.Language);
        if (registration.Told is not { } told) yield break;
        var zone = Clock.ZoneOf(evt, evt.Site(registration.SiteId)!, registration);
        var (before, now) = (Clock.Span(told.StartsAt, told.EndsAt, registration.TimeZone ?? told.Zone ?? evt.Site(told.SiteId)?.TimeZone ?? told.TimeZone, language), Clock.Span(evt.StartsAt, evt.EndsAt, zone, language));
        if (before != now) yield return new Change(Wording.When.In(language), new Phrase(before, language), new Phrase(now, language));
        if (matter.Kind.Is(MessageTraits.SaysWhere) || told.Cancelled && told.SiteId != registration.SiteId) yield break; // nor has anybody left where they only waited
        if (told.Place != told.Again(evt, registration).Place || told.SiteId != registration.SiteId)
            yield return new Change(Wording.Where.In(language), new Phrase(told.Place, told.Language ?? evt.DefaultLanguage), new Phrase(InviteCalendar.Location(evt, registration, language), evt.Site(registration.SiteId)!.Name.Resolve(language, evt.DefaultLanguage)));
    }

    // Whoever reads that it is off knows it by the time that they were told.
    private static Event AsTold(Matter matter) => IsOver(matter) && matter.Concerned.Select(person => person.Told).FirstOrDefault(told => told is not null) is { } told ? matter.Event with { StartsAt = told.StartsAt, EndsAt = told.EndsAt, TimeZone = told.TimeZone } : matter.Event;

    private static bool DayChanged(Matter matter) =>
        matter.Kind == MessageKind.EventChanged && matter.Concerned.Any(person => Answering.IsOtherDay(matter.Event, person));

    private static string ZoneOf(Matter matter) => ZonesOf(matter)[0];

    /// <summary>By whose clocks those live whom it concerns, the most frequent first, and each clock once.</summary>
    private static List<string> ZonesOf(Matter matter)
    {
        var evt = matter.Event;
        if (matter.Registration is { } own) return [Of(own)];
        return matter.Members.Count == 0 ? [evt.TimeZone]
            : [.. matter.Members.Select(Of).GroupBy(zone => (evt.StartsAt.In(Zones.Get(zone)).Offset, evt.EndsAt.In(Zones.Get(zone)).Offset)).OrderByDescending(clock => clock.Count()).Select(clock => clock.First())];

        string Of(Registration person) => Clock.ZoneOf(evt, evt.Site(person.SiteId)!, person);
    }

    private IEnumerable<Particular> ParticularsOf(Matter matter) => matter switch
    {
        { Summary: { } summary } => Particulars(matter.Event, summary),
        { Kind: MessageKind.ThankYou } => When(matter.Event, ZonesOf(matter), matter.Language),
        { Registration: { } registration } => Particulars(matter, registration),
        { Members.Count: > 0 } when !matter.Kind.Is(MessageTraits.NoName) => Particulars(matter, matter.Members),
        _ => Particulars(matter),
    };

    private IEnumerable<Particular> Particulars(Matter matter, Registration registration)
    {
        var (evt, language) = (matter.Event, matter.Language);
        foreach (var when in When(AsTold(matter), ZonesOf(matter), language)) yield return when;
        var site = evt.Site(registration.SiteId)!;
        if (matter.HasPlace)
        {
            yield return Where(evt, site, language);
            if (site.JoinsByVideo && !registration.NameFollows && !matter.IsPast) yield return Link(Wording.Join, tokens.JoinUrl(registration), language);
            if (Directions(evt, site, language) is { } directions) yield return directions;
        }
        else if (!IsOver(matter) && matter.Kind != MessageKind.OfferMade) yield return new Particular(MessageTexts.Wanted.In(language), [.. matter.Kind == MessageKind.EventChanged ? Place(evt, site, language) : [Phrase.Of(site.Name, language, evt.DefaultLanguage)]]);

        if (matter is { Kind: MessageKind.OfferMade, Wait: { } offer }) yield return new Particular(MessageTexts.Offered.In(language), [WayOf(evt, evt.Site(offer.SiteId)!, language)]);
        yield return new Particular(Wording.Reference.In(language), [new Phrase(registration.Reference!, language)]);
    }

    // For the contact: each with what holds for them, and the link of those who get no mail themselves.
    private IEnumerable<Particular> Particulars(Matter matter, IReadOnlyList<Registration> members)
    {
        var (evt, language) = (matter.Event, matter.Language);
        foreach (var when in When(AsTold(matter), ZonesOf(matter), language)) yield return when;
        foreach (var site in matter.Kind.Is(MessageTraits.PassesOn) ? evt.Sites.Where(s => members.Any(m => m is { Email: null, Status: RegistrationStatus.Confirmed } && m.SiteId == s.Id)) : [])
        {
            yield return Where(evt, site, language);
            if (Directions(evt, site, language) is { } directions) yield return directions;
        }

        foreach (var member in members)
        {
            var lines = new List<Phrase> { Phrase.Of(evt.Site(member.SiteId)!.Name, language, evt.DefaultLanguage), new(StateOf(evt, member, language) is { } state ? $"{member.Reference}{language.Comma()}{state}" : member.Reference!, language) };
            var manages = member is { IsActive: true, Email: null } && !IsOver(matter);
            if (manages) lines.Add(new Phrase((member.NameFollows ? MessageTexts.GiveName : MessageTexts.ManageMember).In(language), language));
            yield return new Particular(NameOf(member.NameFollows ? null : member.FullName), lines, manages ? tokens.Links(member, evt).Manage : null);
            // In no other mail.
            if (manages && !matter.IsPast && (matter.Kind.Is(MessageTraits.PassesOn) || matter.Kind is MessageKind.DelegationChanged or MessageKind.DelegationLinks) && member is { NameFollows: false, Status: RegistrationStatus.Confirmed } && evt.Site(member.SiteId)!.JoinsByVideo)
                yield return new Particular(member.FullName, [new Phrase(MessageTexts.JoinMember.In(language), language)], tokens.JoinUrl(member));
        }

        foreach (var (name, code) in matter.LeftOut)
            yield return new Particular(NameOf(name), [new Phrase(LeftOut.Reason(code).In(language), language)]);

        string NameOf(string? name) => name ?? MessageTexts.NameFollows.In(language);
    }

    // Null where there is nothing to add: they have the place they wished for.
    private static string? StateOf(Event evt, Registration member, Language language) => member switch
    {
        { Waitlist: { State: EntryState.Offered, OfferEndsAt: { } ends } offer } => MessageTexts.SeatHeld.Fill(language, evt.Site(offer.SiteId)!.Name.In(language, evt.DefaultLanguage), Clock.Moment(ends, Clock.ZoneOf(evt, evt.Site(member.SiteId)!, member), language)),
        { Status: RegistrationStatus.Waitlisted } => MessageTexts.OnWaitlist.In(language),
        { Status: RegistrationStatus.PendingApproval } => MessageTexts.Undecided.In(language),
        { Status: RegistrationStatus.PendingConfirmation } => MessageTexts.ToBeConfirmed.In(language),
        { Status: RegistrationStatus.Confirmed, Waitlist: { State: EntryState.Queued } wait } => $"{MessageTexts.OnWaitlist.In(language)}{language.Colon()}{evt.Site(wait.SiteId)!.Name.In(language, evt.DefaultLanguage)}",
        _ => null,
    };

    // For the organiser: each site with its seats, and whom to reach in another way.
    private static IEnumerable<Particular> Particulars(Event evt, EventSummary summary)
    {
        var language = evt.DefaultLanguage;
        foreach (var when in When(evt, [evt.TimeZone], language)) yield return when;
        foreach (var site in summary.Sites)
        {
            var values = new Dictionary<string, Phrase?>
            {
                ["taken"] = Number(site.SeatsTaken), ["capacity"] = site.Capacity is { } capacity ? Number(capacity) : null, ["waiting"] = site.Waiting > 0 ? Number(site.Waiting) : null,
            };
            yield return new Particular(evt.Site(site.SiteId)!.Name.In(language, evt.DefaultLanguage), [Fill(MessageTexts.Standing, values, language)]);
        }

        if (summary.Unreached.Count > 0) yield return new Particular(MessageTexts.Unreached.In(language), [.. summary.Unreached.Select(person => new Phrase($"{person.FullName}, {person.Reference}"))]);

        Phrase Number(long number) => new(number.ToString(System.Globalization.CultureInfo.InvariantCulture), language);
    }

    private static IEnumerable<Particular> Particulars(Matter matter)
    {
        var (evt, language) = (matter.Event, matter.Language);
        foreach (var when in When(evt, [evt.TimeZone], language)) yield return when;
        yield return new Particular(MessageTexts.WaysToAttend.In(language), [.. evt.Sites.Select(site => WayOf(evt, site, language))]);
    }

    // Rooms elsewhere by their own clock: whoever goes there lives by it.
    private static Phrase WayOf(Event evt, Site site, Language language)
    {
        var place = InviteCalendar.Place(evt, site, language);
        return new Phrase(Clock.Differs(evt, evt.ZoneOf(site)) ? $"{place}{language.Colon()}{Clock.Span(evt.StartsAt, evt.EndsAt, evt.ZoneOf(site), language)}" : place, site.Name.Resolve(language, evt.DefaultLanguage));
    }

    private static IEnumerable<Particular> When(Event evt, List<string> zones, Language language)
    {
        yield return new Particular(Wording.When.In(language), [.. zones.Select(zone => new Phrase(Clock.Span(evt.StartsAt, evt.EndsAt, zone, language), language))]);
        if (zones.TrueForAll(zone => Clock.Differs(evt, zone))) yield return new Particular(Wording.EventTime.In(language), [new Phrase(Clock.Span(evt.StartsAt, evt.EndsAt, evt.TimeZone, language), language)]);
    }

    private static Particular Where(Event evt, Site site, Language language) => new(Wording.Where.In(language), [.. Place(evt, site, language)]);

    private static Particular? Directions(Event evt, Site site, Language language) => site.Directions is { } directions ? new(Wording.Directions.In(language), [Phrase.Of(directions, language, evt.DefaultLanguage)]) : null;

    private static IEnumerable<Phrase> Place(Event evt, Site site, Language language)
    {
        yield return Phrase.Of(site.Name, language, evt.DefaultLanguage);
        if (site.Address is { } address) yield return Phrase.Of(address, language, evt.DefaultLanguage);
    }

    private static Particular Link(Sentence label, string url, Language language) => new(label.In(language), [new Phrase(url, language)], url);
}
