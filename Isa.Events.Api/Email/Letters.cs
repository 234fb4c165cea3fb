using System.Text;
using Ical.Net;
using Isa.Events.Api.Features.Invites;
using Isa.Events.Api.Features.Messages;
using MimeKit;

namespace Isa.Events.Api.Email;

/// <summary>
/// Renders what a row of the outbox has to say, as things stand now, to everybody whom it concerns. Changes nothing: whoever sends a letter stores what it has told.
/// </summary>
public sealed class Letters(EventsDatabase database, EventInvites invites, MessageWriter writer, RegistrationTokens tokens, ForwardedReplies forwarded, TimeProvider time)
{
    /// <summary>Empty where nothing is to be said: it no longer holds, a later row says it, the calendar shows it already, or nobody has an address.</summary>
    public async Task<IReadOnlyList<Letter>> RenderAsync(OutboxEntry entry, CancellationToken ct)
    {
        if (entry.Kind == OutboxKind.ReplyForwarded) return await database.ReadAsync(session => forwarded.Find(session, entry), ct);
        var found = await database.ReadAsync<(Matter Matter, EventInvite Shared)?>(session =>
            invites.FindEvent(session, entry.EventId) is var (evt, hasWords) && Matter.Find(session, evt, entry, time.GetUtcNow()) is { } matter
                ? (hasWords ? WithWords(session, matter) : matter, invites.Get(session, evt, matter.Language)) : null, ct);
        return found is { } about ? Write(about.Matter, about.Shared, entry.Recipient) : [];
    }

    /// <summary>Any message as it would be for a registration, whether or not there is a reason for it.</summary>
    /// <param name="registration">Whose.</param>
    /// <param name="kind">Which.</param>
    /// <param name="words">A draft, or null for what is stored.</param>
    /// <param name="ct">Gives up.</param>
    public async Task<IReadOnlyList<Letter>> PreviewAsync(Registration registration, MessageKind kind, OrganizerWords? words, CancellationToken ct)
    {
        var (matter, shared) = await database.ReadAsync(session =>
        {
            var (evt, _) = invites.FindEvent(session, registration.EventId) ?? throw new ProblemException(Problem.EventNotFound);
            var sample = Matter.Sample(session, evt, registration, kind, time.GetUtcNow());
            return (WithWords(session, sample with { Words = words }), invites.Get(session, evt, sample.Language));
        }, ct);
        return Write(matter, shared, null);
    }

    /// <summary>A message of an organiser as one of those would get it whom it is for.</summary>
    /// <param name="eventId">Whose.</param>
    /// <param name="make">What there is to tell.</param>
    /// <param name="ct">Gives up.</param>
    internal async Task<MessageContent> ContentAsync(string eventId, Func<ReadSession, Event, Matter> make, CancellationToken ct)
    {
        var (matter, shared) = await database.ReadAsync(session =>
        {
            var (evt, _) = invites.FindEvent(session, eventId) ?? throw new ProblemException(Problem.EventNotFound);
            var matter = make(session, evt);
            return (matter, invites.Get(session, evt, matter.Language));
        }, ct);
        return writer.Write(matter, shared, null);
    }

    // The organiser's own, where there are any.
    private static Matter WithWords(ReadSession session, Matter matter) => matter.Words is not null ? matter : matter with { Words = MessageTextRow.Find(session, matter.Event.Id, matter.Kind)?.Texts };

    private List<Letter> Write(Matter matter, EventInvite shared, Recipient? only)
    {
        var letters = new List<Letter>();
        var (main, name, address) = matter switch
        {
            { Kind: MessageKind.AddressReplaced, Registration: { } left } => (Recipient.Former, left.FullName, left.Email),
            { Contact: { } contact } => (Recipient.Contact, contact.ContactName, contact.ContactEmail),
            { Registration: { } registration } => (Recipient.Attendee, registration.FullName, registration.Email),
            { Summary: not null } => (Recipient.Organizer, matter.Event.OrganizerName ?? "", matter.Event.OrganizerEmail),
            _ => (Recipient.Invitee, matter.Invitee!.FullName, matter.Invitee.Email),
        };
        if (matter.TestTo is { } tester) (main, name, address) = (Recipient.Organizer, "", tester);
        if (string.IsNullOrEmpty(address)) return letters;
        if (matter.Kind.Is(MessageTraits.NoName)) name = "";
        var calendar = main is Recipient.Attendee or Recipient.Former ? Calendar(matter, shared) : null;
        var told = Told(matter, calendar, main);
        var content = writer.Write(matter, shared, WordsFor(calendar, matter), tellsPlace: told is not null);
        var document = CarriesAgenda(matter, calendar) ? shared.Document : null;
        var isEmpty = content.Body.Text.Length == 0;
        if (only is null || only == main)
            letters.Add(ForMain(matter, main, MessageParts.Build(content, name, address, calendar, document), calendar, told) with { IsEmpty = isEmpty });
        if (!isEmpty && only is null or Recipient.Copy && main == Recipient.Attendee && matter.Registration is { CopyTo: { } copyTo } person && !matter.Kind.Is(MessageTraits.NoCopy) && !matter.IsAskedFor && !IsSame(copyTo, address))
            letters.Add(new Letter { Recipient = Recipient.Copy, Message = MessageParts.Build(MessageWriter.Copy(content, person), "", copyTo, null, document) });
        return letters;
    }

    private static Sentence? WordsFor(InviteObject? calendar, Matter matter) => (calendar, matter) switch
    {
        (null, _) => null,
        ({ Method: CalendarMethods.Cancel }, _) => MessageTexts.InviteRemoved,
        (_, { IsTentative: true }) => MessageTexts.InviteTentative,
        (_, { Registration.Told.Cancelled: false, IsAskedFor: false, Kind: not (MessageKind.Links or MessageKind.Confirmed) }) => MessageTexts.InviteUpdated, // whoever was not named before has no entry, whatever their contact was told
        _ => MessageTexts.InviteAttached,
    };

    // What comes back to the address of a registration, answer or report, is about that one person: a copy's does not.
    private Letter ForMain(Matter matter, Recipient main, MimeMessage message, InviteObject? calendar, ToldInvite? told)
    {
        var letter = new Letter { Recipient = main, Message = message, Told = told, ToldOfMembers = ToldOfMembers(matter), Links = main == Recipient.Attendee ? matter.Registration!.TokenVersion : null };
        if (main != Recipient.Attendee || tokens.ReplyAddress(matter.Registration!) is not { } address) return letter;
        message.ReplyTo.Clear();
        message.ReplyTo.Add(new MailboxAddress(Encoding.UTF8, MessageParts.Line(matter.Event.OrganizerName ?? ""), address));
        return letter with { ReplyAddress = address, AsksAgain = calendar?.Method == CalendarMethods.Request && Answering.IsOtherDay(matter.Event, matter.Registration!) };
    }

    /// <summary>The calendar object that the person gets with it, or null.</summary>
    private InviteObject? Calendar(Matter matter, EventInvite shared)
    {
        if (matter.Kind.Is(MessageTraits.NoEntry)) return null;
        var registration = matter.Registration!;
        // What was never put into a calendar needs not be taken out of it.
        var carries = MessageWriter.IsOver(matter) ? registration.Told is { Cancelled: false }
            : (matter.HasPlace || matter.IsTentative) && !matter.IsPast && (matter.IsAskedFor || !matter.Kind.Is(MessageTraits.Aside) || registration.Told is null || !registration.Told.IsAs(matter.Event, registration));
        if (!carries) return null;
        var own = shared.Event.Status == matter.Event.Status ? shared : new EventInvite(matter.Event, shared.Agenda, null, shared.AgendaUrl, shared.Language); // in a preview alone
        return InviteCalendar.ForRegistration(own, registration, tokens.Links(registration, matter.Event), tokens.JoinUrl(registration), tokens.ReplyAddress(registration), hasLeft: matter.Kind == MessageKind.AddressReplaced);
    }

    // Who passes it on is taken to have done so; and who waits has no entry that would tell.
    private static ToldInvite? Told(Matter matter, InviteObject? calendar, Recipient main) =>
        main != Recipient.Former && (calendar is not null || matter is { Registration: { } person } && !matter.Kind.Is(MessageTraits.NoEntry) && (main == Recipient.Contact ? person.IsActive || person.Told is not null : person.IsActive && !matter.HasPlace))
            ? ToldInvite.Next(matter.Event, matter.Registration!, matter.Language, matter.Row) : null;

    // Who comes later is no news to those who were told before: they still hear of a change by itself.
    private static List<(string, ToldInvite)> ToldOfMembers(Matter matter) => !matter.TellsMembers && !matter.TellsOfNew ? []
        : [.. matter.Members.Where(m => m.Email is null && (m.Told is null ? m.IsActive : matter.TellsMembers || matter.Kind == MessageKind.DelegationApproved)).Select(m => (m.Id!, ToldInvite.Next(matter.Event, m, matter.Language, matter.Row)))];

    private static bool CarriesAgenda(Matter matter, InviteObject? calendar) => calendar?.Method == CalendarMethods.Request || matter.Registration is null && matter.Kind.Is(MessageTraits.Document)
        || matter is { Contact: not null, HasPlace: true } && !matter.Kind.Is(MessageTraits.Aside | MessageTraits.NoEntry);

    private static bool IsSame(string address, string other) =>
        EmailAddress.TryNormalise(address, out _, out var one) && EmailAddress.TryNormalise(other, out _, out var two) && one == two;
}
