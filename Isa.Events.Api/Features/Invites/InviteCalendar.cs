using System.Text;
using Ical.Net;
using Ical.Net.CalendarComponents;
using Ical.Net.DataTypes;
using Ical.Net.Serialization;
using Isa.Events.Api.Features.Agenda;

namespace Isa.Events.Api.Features.Invites;

/// <summary>
/// Calendar objects (RFC 5545, RFC 5546). Pure: everything it needs is handed in, and the same input gives the same bytes.
/// Ical.Net writes line breaks in parameters as they are and tears astral characters at folds, so values are cleaned before and lines folded anew after.
/// </summary>
public static class InviteCalendar
{
    public const string MediaType = "text/calendar; charset=utf-8";

    /// <summary>Larger documents are linked, not carried: gateways refuse mails much above 10 MB, and base64 adds a third.</summary>
    public const int MaxInlineBytes = 2_000_000;

    /// <summary>Of an agenda, in a calendar of many.</summary>
    internal const int MaxLinesInFeed = 30;

    private const int MaxLineOctets = 75; // RFC 5545 s3.1
    private const string Begins = "BEGIN:VEVENT";
    private static readonly string[] Needed = ["UID", "SEQUENCE", "DTSTAMP", "DTSTART", "DTEND", "SUMMARY", "STATUS"];
    private static readonly HashSet<string> Known = [.. Needed, "VERSION", "PRODID", "TRANSP", "LOCATION", "DESCRIPTION", "ORGANIZER", "ATTENDEE", "URL", "CONFERENCE"];
    internal const string ProductId = "-//Isa.Events//Hybrid meetings//EN";

    /// <summary>
    /// One attendee's entry: REQUEST while the registration stands, CANCEL once it or the event does not (RFC 5546 s3.2.2, s3.2.5). Who has no address cannot be
    /// asked for anything: PUBLISH, for whoever looks after them.
    /// </summary>
    /// <param name="shared">What it has in common with the others.</param>
    /// <param name="registration">The attendee's.</param>
    /// <param name="links">Addresses that the entry shows.</param>
    /// <param name="joinUrl">The attendee's own join page.</param>
    /// <param name="replyAddress">Where their calendar sends answers, or null where nobody reads them.</param>
    /// <param name="hasLeft">Whether it ends in this calendar alone, since the person is told at another address.</param>
    public static InviteObject ForRegistration(EventInvite shared, Registration registration, RegistrationLinks links, string joinUrl, string? replyAddress, bool hasLeft = false)
    {
        var evt = shared.Event;
        var ended = !registration.IsActive || evt.Status == Events.EventStatus.Cancelled;
        var kind = new EntryKind(registration.SiteId, Clock.ZoneOf(evt, evt.Site(registration.SiteId)!, registration),
            ended ? Ical.Net.EventStatus.Cancelled : registration.Status == RegistrationStatus.Confirmed ? Ical.Net.EventStatus.Confirmed : Ical.Net.EventStatus.Tentative,
            // They have registered, so they have accepted; answers are asked for where somebody reads them.
            registration.Email is null ? null : replyAddress is null ? EventParticipationStatus.Accepted : Answering.ParticipationStatus(evt, registration), replyAddress is not null, hasLeft);
        var own = shared.Pattern(kind, PatternOf).Fill(value => value switch
        {
            OwnValue.Uid => TextValue(registration.Id!),
            OwnValue.Sequence => Sequence(evt, registration).ToString(System.Globalization.CultureInfo.InvariantCulture),
            // The instant of the last change, not of this request: the same entry keeps the same bytes, and a later change is always later.
            OwnValue.Stamp => Latest(evt.UpdatedAt, registration.UpdatedAt!.Value).UtcDateTime.ToString("yyyyMMdd'T'HHmmss'Z'", System.Globalization.CultureInfo.InvariantCulture),
            OwnValue.Name => Parameter(registration.FullName),
            OwnValue.Address => EmailAddress.ToUri(registration.Email!),
            OwnValue.ReplyAddress => EmailAddress.ToUri(replyAddress!),
            OwnValue.Reference => TextValue(registration.Reference!),
            OwnValue.ManageUrl => TextValue(links.Manage),
            OwnValue.JoinUrl => joinUrl,
            _ => TextValue(joinUrl),
        });
        // Without an address there is no attendee to ask: the entry is for whoever opens it (RFC 5546 s3.2.1), and says by its STATUS that it ended.
        return shared.Complete(registration.Email is null ? CalendarMethods.Publish : ended ? CalendarMethods.Cancel : CalendarMethods.Request, own);
    }

    private static EntryPattern PatternOf(EventInvite shared, EntryKind kind)
    {
        var (evt, language, site) = (shared.Event, shared.Language, shared.Event.Site(kind.SiteId)!);
        var entry = Entry(evt, EntryPattern.Gap(OwnValue.Uid), 0, evt.UpdatedAt, language);
        entry.Status = kind.Status;
        entry.Location = Location(evt, site, language);
        if (kind.ParticipationStatus is { } participation)
        {
            // Who answers is told apart by the address alone, which clients keep (RFC 6047 s2.3); the name beside it is the organiser's.
            if (kind.IsAnswered) entry.Organizer = new Ical.Net.DataTypes.Organizer { Value = EntryPattern.GapAddress(OwnValue.ReplyAddress), CommonName = CleanParameter(evt.OrganizerName ?? evt.Title.In(language, evt.DefaultLanguage)) };
            entry.Attendees.Add(new Attendee(EntryPattern.GapAddress(OwnValue.Address))
            {
                CommonName = EntryPattern.Gap(OwnValue.Name), Type = "INDIVIDUAL", Role = ParticipationRole.RequiredParticipant, ParticipationStatus = participation, Rsvp = kind.IsAnswered && !kind.HasEnded,
            });
        }

        entry.Description = CleanText(Describe(shared, site, kind));
        if (kind.IsSure && site.JoinsByVideo)
        {
            entry.Url = EntryPattern.GapAddress(OwnValue.JoinUrl);
            var conference = new CalendarProperty("CONFERENCE", EntryPattern.GapAddress(OwnValue.JoinUrl)); // RFC 7986 s5.11
            conference.AddParameter("VALUE", "URI");
            conference.AddParameter("FEATURE", "VIDEO");
            conference.AddParameter("LABEL", CleanParameter(site.Name.In(language, evt.DefaultLanguage)));
            entry.Properties.Add(conference);
        }

        return new EntryPattern(Lines(entry, evt.Id).Select(line => line switch
        {
            _ when line.StartsWith("SEQUENCE:", StringComparison.Ordinal) => $"SEQUENCE:{EntryPattern.Gap(OwnValue.Sequence)}",
            _ when line.StartsWith("DTSTAMP:", StringComparison.Ordinal) => $"DTSTAMP:{EntryPattern.Gap(OwnValue.Stamp)}",
            _ => line,
        }));
    }

    /// <summary>Rises with everything that an attendee's entry shows (RFC 5545 s3.8.7.4).</summary>
    public static long Sequence(Event evt, Registration registration) => evt.Revision + evt.Site(registration.SiteId)!.Revision + registration.Revision;

    /// <summary>Where an attendee goes, as their entry says it.</summary>
    public static string Location(Event evt, Registration registration, Language language) => Location(evt, evt.Site(registration.SiteId)!, language);

    internal static string Location(Event evt, Site site, Language language) => CleanText(Place(evt, site, language));

    /// <summary>The event for anybody's calendar: PUBLISH, without attendees (RFC 5546 s3.2.1).</summary>
    public static string ForEvent(Event evt, AgendaRow agenda, string? agendaUrl, Language language)
    {
        var entry = Public(evt, evt.Sites, [.. AgendaPage.Lines(evt, agenda, language, evt.TimeZone)], agendaUrl, null, language);
        return new InviteObject(CalendarMethods.Publish, new CalendarHead(evt, CalendarMethods.Publish, null), Encoding.UTF8.GetBytes(Write(entry, evt.Id))).ToString();
    }

    /// <summary>The same entry in a calendar of many, which takes nobody's time: a VEVENT.</summary>
    /// <param name="evt">The event.</param>
    /// <param name="sites">Those of its sites that are shown.</param>
    /// <param name="agenda">Its agenda, perhaps empty; of a long one the beginning is shown.</param>
    /// <param name="agendaUrl">Where its agenda is, or null.</param>
    /// <param name="seats">What is taken of its sites; null in a calendar for the public.</param>
    /// <param name="language">Of the texts.</param>
    internal static string InFeed(Event evt, IReadOnlyList<Site> sites, AgendaRow agenda, string? agendaUrl, IReadOnlyDictionary<string, SiteSeats>? seats, Language language)
    {
        List<AgendaLine> lines = [.. AgendaPage.Lines(evt, agenda, language, evt.TimeZone).Take(MaxLinesInFeed + 1)];
        if (lines.Count > MaxLinesInFeed) lines[MaxLinesInFeed] = new AgendaLine("…", language);
        var entry = Public(evt, sites, lines, agendaUrl, seats, language);
        entry.Transparency = TransparencyType.Transparent;
        return Fold([Begins, .. Lines(entry, evt.Id)[..^1]]);
    }

    private static CalendarEvent Public(Event evt, IReadOnlyList<Site> sites, IReadOnlyList<AgendaLine> agenda, string? agendaUrl, IReadOnlyDictionary<string, SiteSeats>? seats, Language language)
    {
        // Its version, since that rises with every edit: sites may come and go.
        var entry = Entry(evt, evt.Id, evt.Version, evt.UpdatedAt, language);
        var ended = evt.Status == Events.EventStatus.Cancelled;
        entry.Status = ended ? Ical.Net.EventStatus.Cancelled : evt.Status == Events.EventStatus.Draft ? Ical.Net.EventStatus.Tentative : Ical.Net.EventStatus.Confirmed;
        if (evt.IsTest) entry.Summary = $"{Wording.TestEvent.Label(language)}{entry.Summary}";
        if (evt.Status == Events.EventStatus.Draft) entry.Summary = $"{Wording.Draft.Label(language)}{entry.Summary}";
        entry.Location = CleanText(string.Join(" / ", sites.Select(s => s.Name.In(language, evt.DefaultLanguage))));
        var text = new StringBuilder();
        Begin(text, evt, evt.TimeZone, ended, language);
        foreach (var site in sites)
        {
            text.Append(Wording.Where.Label(language)).AppendLine(Place(evt, site, language));
            if (Clock.Differs(evt, evt.ZoneOf(site))) text.Append("  ").AppendLine(Clock.Span(evt.StartsAt, evt.EndsAt, evt.ZoneOf(site), language));
            if (seats?.GetValueOrDefault(site.Id) is { } taken) text.Append("  ").AppendLine(Taken(taken, language));
        }

        End(text, evt, ended ? [] : agenda, agendaUrl, null, ended, language);
        entry.Description = CleanText(text.ToString());
        return entry;
    }

    private static string Taken(SiteSeats seats, Language language)
    {
        var culture = language.Culture();
        var taken = seats.Capacity is { } capacity ? string.Format(culture, Wording.SeatsTaken.In(language), seats.SeatsTaken, capacity) : string.Format(culture, Wording.PeopleRegistered.In(language), seats.SeatsTaken);
        return seats.Waiting == 0 ? taken : $"{taken}{language.Comma()}{string.Format(culture, Wording.PeopleWaiting.In(language), seats.Waiting)}";
    }

    private static CalendarEvent Entry(Event evt, string uid, long sequence, DateTimeOffset changedAt, Language language) => new()
    {
        Uid = uid, Sequence = (int)sequence,
        // The instant of the last change, not of this request: the same entry keeps the same bytes, and a later change is always later.
        DtStamp = new CalDateTime(changedAt.UtcDateTime, "UTC"),
        DtStart = Local(evt.StartsAt, evt), DtEnd = Local(evt.EndsAt, evt), Summary = CleanText(evt.Title.In(language, evt.DefaultLanguage)),
        Transparency = TransparencyType.Opaque,
        Organizer = evt.OrganizerEmail is null ? null : new Ical.Net.DataTypes.Organizer(EmailAddress.ToUri(evt.OrganizerEmail)) { CommonName = CleanParameter(evt.OrganizerName!) },
    };

    // A time that the clocks show twice is the first wherever it is read (RFC 5545 s3.3.5), so neither is left to the clock.
    private static CalDateTime Local(DateTimeOffset instant, Event evt) => evt.Zone.ShowsTwice(instant) ? new(instant.UtcDateTime, "UTC") : new(instant.In(evt.Zone).DateTime, evt.TimeZone);

    /// <summary>A site and where it is, in one line.</summary>
    internal static string Place(Event evt, Site site, Language language)
    {
        var name = site.Name.In(language, evt.DefaultLanguage);
        return site.Address?.In(language, evt.DefaultLanguage) is { } address ? $"{name}{language.Comma()}{address.ReplaceLineEndings(language.Comma())}" : name;
    }

    private static string Describe(EventInvite shared, Site site, EntryKind kind)
    {
        var (evt, language, ended) = (shared.Event, shared.Language, kind.HasEnded);
        var text = new StringBuilder();
        if (kind.Status == Ical.Net.EventStatus.Tentative) text.AppendLine(Wording.Tentative.In(language));
        Begin(text, evt, kind.Zone, ended && !kind.HasLeft, language);
        text.Append(Wording.Where.Label(language)).AppendLine(Place(evt, site, language));
        if (!ended)
        {
            if (site.Mode == AttendanceMode.LinkedRoom) text.AppendLine(Wording.LinkedRoom.In(language));
            if (kind.IsSure && site.JoinsByVideo) text.Append(Wording.Join.Label(language)).AppendLine(EntryPattern.Gap(OwnValue.JoinUrlInText));
            if (site.Directions?.In(language, evt.DefaultLanguage) is { } directions) text.Append(Wording.Directions.Label(language)).AppendLine(directions);
        }

        text.Append(Wording.Reference.Label(language)).AppendLine(EntryPattern.Gap(OwnValue.Reference));
        End(text, evt, ended ? [] : shared.AgendaLines(kind.Zone), shared.AgendaUrl, kind.HasLeft ? null : EntryPattern.Gap(OwnValue.ManageUrl), ended, language);
        return text.ToString();
    }

    private static void Begin(StringBuilder text, Event evt, string zone, bool ended, Language language)
    {
        if (ended)
        {
            text.AppendLine((evt.Status == Events.EventStatus.Cancelled ? Wording.StateEventCancelled : Wording.StateCancelled).In(language));
            if (evt.CancellationReason?.In(language, evt.DefaultLanguage) is { Length: > 0 } reason) text.AppendLine(reason);
        }

        text.Append(Wording.When.Label(language)).AppendLine(Clock.Span(evt.StartsAt, evt.EndsAt, zone, language));
        if (Clock.Differs(evt, zone)) text.Append(Wording.EventTime.Label(language)).AppendLine(Clock.Span(evt.StartsAt, evt.EndsAt, evt.TimeZone, language));
    }

    private static void End(StringBuilder text, Event evt, IReadOnlyList<AgendaLine> agenda, string? agendaUrl, string? manageUrl, bool ended, Language language)
    {
        if (agenda.Count > 0)
        {
            text.AppendLine().AppendLine(Wording.Agenda.In(language));
            foreach (var line in agenda) text.AppendLine(line.Text);
        }

        text.AppendLine();
        if (!ended && agendaUrl is not null) text.Append(Wording.AgendaFile.Label(language)).AppendLine(agendaUrl);
        if (manageUrl is not null) text.Append(Wording.Manage.Label(language)).AppendLine(manageUrl);
        if (evt.OrganizerName is not null) text.Append(Wording.Organizer.Label(language)).Append(evt.OrganizerName).Append(language.Comma()).AppendLine(evt.OrganizerEmail);
        if (!ended && evt.Description?.In(language, evt.DefaultLanguage) is { Length: > 0 } description) text.AppendLine().AppendLine(description);
    }

    /// <summary>The lines of an entry after its beginning, to the end of the object.</summary>
    /// <exception cref="InvalidOperationException">What was written is not what was meant.</exception>
    internal static string Write(CalendarEvent entry, string eventId) => Fold(Lines(entry, eventId));

    private static string[] Lines(CalendarEvent entry, string eventId)
    {
        var calendar = new Calendar { ProductId = ProductId };
        calendar.Events.Add(entry);
        var lines = Unfold(new CalendarSerializer().SerializeToString(calendar)!); // a serializer is for one call: it is not thread-safe
        RefuseUnlessWhole(lines, entry, eventId);
        return lines[(Array.IndexOf(lines, Begins) + 1)..^1];
    }

    // A broken entry in a calendar is worse than an error: what was written is looked through before it leaves. By its lines, since a parser takes as long as all the rest: each
    // property is known and there once, so nothing that somebody typed has become one, and those that make it this entry say what they should.
    private static void RefuseUnlessWhole(string[] lines, CalendarEvent meant, string eventId)
    {
        var (properties, asMeant) = (new HashSet<string>(StringComparer.Ordinal), 0);
        string[] exactly = [$"UID:{meant.Uid}", $"SEQUENCE:{meant.Sequence}", $"SUMMARY:{TextValue(meant.Summary ?? "")}"];
        foreach (var line in lines)
        {
            if (line.Length == 0 || line.StartsWith("BEGIN:", StringComparison.Ordinal) || line.StartsWith("END:", StringComparison.Ordinal)) continue;
            var name = line[..Math.Max(0, line.AsSpan().IndexOfAny(':', ';'))];
            if (!Known.Contains(name) || !properties.Add(name)) Refuse();
            if (exactly.Contains(line)) asMeant++;
        }

        if (asMeant != exactly.Length || properties.Contains("ATTENDEE") != meant.Attendees.Count > 0 || !properties.IsSupersetOf(Needed) || lines.Any(line => line.EnumerateRunes().Contains(Rune.ReplacementChar))) Refuse();

        void Refuse() => throw new InvalidOperationException($"A calendar entry of {eventId} is not written as it was meant.");
    }

    private static string[] Unfold(string text) => text.Replace("\r\n ", "", StringComparison.Ordinal).Split("\r\n");

    /// <summary>Unfolds and folds again so that no character is torn and no line is longer than 75 octets.</summary>
    internal static string Fold(string text) => Fold(Unfold(text));

    private static string Fold(string[] lines)
    {
        var folded = new StringBuilder();
        foreach (var line in lines) Fold(line, folded);
        return folded.ToString();
    }

    /// <summary>Writes a line, unless it is empty.</summary>
    internal static void Fold(ReadOnlySpan<char> line, StringBuilder folded)
    {
        if (line.IsEmpty) return;
        var (from, octets) = (0, 0);
        for (var at = 0; at < line.Length;)
        {
            Rune.DecodeFromUtf16(line[at..], out var rune, out var length);
            if (octets + rune.Utf8SequenceLength > MaxLineOctets)
            {
                folded.Append(line[from..at]).Append("\r\n ");
                (from, octets) = (at, 1);
            }

            octets += rune.Utf8SequenceLength;
            at += length;
        }

        folded.Append(line[from..]).Append("\r\n");
    }

    /// <summary>The value of a property of text as it is written (RFC 5545 s3.3.11).</summary>
    internal static string TextValue(string text) => CleanText(text).Replace("\\", "\\\\").Replace(";", "\\;").Replace(",", "\\,").Replace("\n", "\\n");

    /// <summary>The value of a parameter as it is written, in quotes where it takes them.</summary>
    internal static string Parameter(string text)
    {
        var clean = CleanParameter(text);
        return clean.AsSpan().IndexOfAny(':', ';', ',') < 0 ? clean : $"\"{clean}\"";
    }

    // A double quote cannot stand in a parameter at all (RFC 5545 s3.2), a caret is the beginning of one or of a line break to some (RFC 6868); line breaks there would begin new properties.
    private static string CleanParameter(string text) => string.Concat(text.Where(c => !char.IsControl(c)).Select(c => c switch { '"' => '”', '^' => 'ˆ', _ => c }));

    private static string CleanText(string text) => string.Concat(text.ReplaceLineEndings("\n").Where(c => c is '\n' or '\t' || !char.IsControl(c))).TrimEnd();

    private static DateTimeOffset Latest(DateTimeOffset a, DateTimeOffset b) => a > b ? a : b;
}
