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

    private const int MaxLineOctets = 75; // RFC 5545 s3.1
    private const string ProductId = "-//Isa.Events//Hybrid meetings//EN";

    /// <summary>One attendee's entry: REQUEST while the registration stands, CANCEL once it or the event does not (RFC 5546 s3.2.2, s3.2.5).</summary>
    /// <param name="evt">The event.</param>
    /// <param name="registration">The attendee's.</param>
    /// <param name="agenda">The event's agenda, perhaps empty.</param>
    /// <param name="document">The uploaded document's bytes, or null.</param>
    /// <param name="links">Addresses that the entry shows.</param>
    /// <param name="joinUrl">The attendee's own join page.</param>
    /// <param name="language">Of the texts.</param>
    public static string ForRegistration(Event evt, Registration registration, AgendaRow agenda, byte[]? document, RegistrationLinks links, string joinUrl, Language language)
    {
        var site = evt.Site(registration.SiteId)!;
        var ended = !registration.IsActive || evt.Status == Events.EventStatus.Cancelled;
        var entry = Entry(evt, registration.Id!, evt.Revision + site.Revision + registration.Revision, Latest(evt.UpdatedAt, registration.UpdatedAt!.Value), language);
        entry.Status = ended ? Ical.Net.EventStatus.Cancelled : registration.Status == RegistrationStatus.Confirmed ? Ical.Net.EventStatus.Confirmed : Ical.Net.EventStatus.Tentative;
        entry.Location = CleanText(Place(evt, site, language));
        entry.Attendees.Add(new Attendee(MailTo(registration.Email!))
        {
            CommonName = CleanParameter(registration.FullName), Type = "INDIVIDUAL", Role = ParticipationRole.RequiredParticipant,
            // They have registered, so they have accepted; answers are asked for once somebody reads them.
            ParticipationStatus = EventParticipationStatus.Accepted, Rsvp = false,
        });
        entry.Description = CleanText(Describe(evt, site, registration, ended, agenda, links, joinUrl, language));
        if (!ended)
        {
            if (site.JoinsByVideo)
            {
                entry.Url = new Uri(joinUrl);
                var conference = new CalendarProperty("CONFERENCE", new Uri(joinUrl)); // RFC 7986 s5.11
                conference.AddParameter("VALUE", "URI");
                conference.AddParameter("FEATURE", "VIDEO");
                conference.AddParameter("LABEL", CleanParameter(site.Name.In(language, evt.DefaultLanguage)));
                entry.Properties.Add(conference);
            }

            if (Attach(evt, agenda, document, links, language) is { } attachment) entry.Attachments.Add(attachment);
        }

        return Write(evt, entry, ended ? CalendarMethods.Cancel : CalendarMethods.Request);
    }

    /// <summary>The event for anybody's calendar: PUBLISH, without attendees (RFC 5546 s3.2.1).</summary>
    public static string ForEvent(Event evt, AgendaRow agenda, string? agendaUrl, Language language)
    {
        var entry = Entry(evt, evt.Id, evt.Revision + evt.Sites.Sum(s => s.Revision), evt.UpdatedAt, language);
        var ended = evt.Status == Events.EventStatus.Cancelled;
        entry.Status = ended ? Ical.Net.EventStatus.Cancelled : Ical.Net.EventStatus.Confirmed;
        entry.Location = CleanText(string.Join(" / ", evt.Sites.Select(s => s.Name.In(language, evt.DefaultLanguage))));
        var text = new StringBuilder();
        Begin(text, evt, evt.TimeZone, ended, language);
        foreach (var site in evt.Sites)
        {
            text.Append(Wording.Where.Label(language)).AppendLine(Place(evt, site, language));
            if (Clock.Differs(evt, evt.ZoneOf(site))) text.Append("  ").AppendLine(Clock.Span(evt.StartsAt, evt.EndsAt, evt.ZoneOf(site), language));
        }

        End(text, evt, agenda, agendaUrl, null, evt.TimeZone, ended, language);
        entry.Description = CleanText(text.ToString());
        return Write(evt, entry, CalendarMethods.Publish);
    }

    private static CalendarEvent Entry(Event evt, string uid, long sequence, DateTimeOffset changedAt, Language language) => new()
    {
        Uid = uid, Sequence = (int)sequence,
        // The instant of the last change, not of this request: the same entry keeps the same bytes, and a later change is always later.
        DtStamp = new CalDateTime(changedAt.UtcDateTime, "UTC"),
        DtStart = Local(evt.StartsAt, evt), DtEnd = Local(evt.EndsAt, evt), Summary = CleanText(evt.Title.In(language, evt.DefaultLanguage)),
        Transparency = TransparencyType.Opaque,
        Organizer = evt.OrganizerEmail is null ? null : new Ical.Net.DataTypes.Organizer(MailTo(evt.OrganizerEmail)) { CommonName = CleanParameter(evt.OrganizerName!) },
    };

    private static CalDateTime Local(DateTimeOffset instant, Event evt) => new(instant.In(evt.Zone).DateTime, evt.TimeZone);

    private static string Place(Event evt, Site site, Language language)
    {
        var name = site.Name.In(language, evt.DefaultLanguage);
        return site.Address?.In(language, evt.DefaultLanguage) is { } address ? $"{name}, {address.ReplaceLineEndings(", ")}" : name;
    }

    private static string Describe(Event evt, Site site, Registration registration, bool ended, AgendaRow agenda, RegistrationLinks links, string joinUrl, Language language)
    {
        var zone = Clock.ZoneOf(evt, site, registration);
        var text = new StringBuilder();
        Begin(text, evt, zone, ended, language);
        text.Append(Wording.Where.Label(language)).AppendLine(Place(evt, site, language));
        if (!ended)
        {
            if (site.Mode == AttendanceMode.LinkedRoom) text.AppendLine(Wording.LinkedRoom.In(language));
            if (site.JoinsByVideo) text.Append(Wording.Join.Label(language)).AppendLine(joinUrl);
            if (site.Directions?.In(language, evt.DefaultLanguage) is { } directions) text.Append(Wording.Directions.Label(language)).AppendLine(directions);
        }

        text.Append(Wording.Reference.Label(language)).AppendLine(registration.Reference);
        End(text, evt, agenda, links.Agenda, links.Manage, zone, ended, language);
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

    private static void End(StringBuilder text, Event evt, AgendaRow agenda, string? agendaUrl, string? manageUrl, string zone, bool ended, Language language)
    {
        if (!ended && agenda.Items.Count > 0)
        {
            text.AppendLine().AppendLine(Wording.Agenda.In(language));
            foreach (var line in AgendaPage.Lines(evt, agenda, language, zone)) text.AppendLine(line);
        }

        text.AppendLine();
        if (!ended && agendaUrl is not null) text.Append(Wording.AgendaFile.Label(language)).AppendLine(agendaUrl);
        if (manageUrl is not null) text.Append(Wording.Manage.Label(language)).AppendLine(manageUrl);
        if (evt.OrganizerName is not null) text.Append(Wording.Organizer.Label(language)).Append(evt.OrganizerName).Append(", ").AppendLine(evt.OrganizerEmail);
        if (!ended && evt.Description?.In(language, evt.DefaultLanguage) is { Length: > 0 } description) text.AppendLine().AppendLine(description);
    }

    private static Attachment? Attach(Event evt, AgendaRow agenda, byte[]? document, RegistrationLinks links, Language language)
    {
        if (document is { Length: > MaxInlineBytes }) return new Attachment { Uri = new Uri(links.Agenda!), FormatType = "application/pdf" };
        if (document is not null) return Inline(document, "application/pdf", agenda.DocumentName!);
        if (agenda.Items.Count == 0) return null;
        return Inline(Encoding.UTF8.GetBytes(AgendaPage.Render(evt, agenda, language)), "text/html", language switch { Language.De => "Tagesordnung.html", Language.Zh => "议程.html", _ => "agenda.html" });
    }

    private static Attachment Inline(byte[] content, string mediaType, string fileName)
    {
        var attachment = new Attachment(content) { FormatType = mediaType };
        attachment.Parameters.Set("FILENAME", CleanParameter(fileName)); // RFC 8607
        attachment.Parameters.Set("X-FILENAME", CleanParameter(fileName)); // the one that Outlook reads
        return attachment;
    }

    private static string Write(Event evt, CalendarEvent entry, string method)
    {
        var calendar = new Calendar { Method = method, ProductId = ProductId };
        calendar.Events.Add(entry);
        var text = new CalendarSerializer().SerializeToString(calendar)!; // a serializer is for one call: it is not thread-safe
        var zone = CalendarZone.Describe(evt.Zone, NodaTime.Instant.FromDateTimeOffset(evt.StartsAt), NodaTime.Instant.FromDateTimeOffset(evt.EndsAt));
        text = Fold(text.Insert(text.IndexOf("\r\nBEGIN:VEVENT", StringComparison.Ordinal), zone)); // before what uses it
        RefuseUnlessWhole(text, entry);
        return text;
    }

    // A broken entry in a calendar is worse than an error: what was written is read back before it leaves.
    private static void RefuseUnlessWhole(string text, CalendarEvent meant)
    {
        if (Calendar.Load(text) is not { Events: [{ } read] } || read.Uid != meant.Uid || read.Sequence != meant.Sequence || read.Attendees.Count != meant.Attendees.Count
            || read.Summary != meant.Summary || !Equals(read.DtStart?.AsUtc, meant.DtStart?.AsUtc) || text.Contains('�'))
            throw new InvalidOperationException($"The calendar entry of {meant.Uid} does not read back as it was meant.");
    }

    /// <summary>Unfolds and folds again so that no character is torn and no line is longer than 75 octets.</summary>
    internal static string Fold(string text)
    {
        var folded = new StringBuilder(text.Length + text.Length / 60);
        foreach (var line in text.Replace("\r\n ", "", StringComparison.Ordinal).Split("\r\n"))
        {
            if (line.Length == 0) continue;
            var octets = 0;
            foreach (var rune in line.EnumerateRunes())
            {
                if (octets + rune.Utf8SequenceLength > MaxLineOctets)
                {
                    folded.Append("\r\n ");
                    octets = 1;
                }

                folded.Append(rune);
                octets += rune.Utf8SequenceLength;
            }

            folded.Append("\r\n");
        }

        return folded.ToString();
    }

    // A double quote cannot stand in a parameter at all (RFC 5545 s3.2); line breaks there would begin new properties.
    private static string CleanParameter(string text) => string.Concat(text.Where(c => !char.IsControl(c)).Select(c => c == '"' ? '”' : c));

    private static string CleanText(string text) => string.Concat(text.ReplaceLineEndings("\n").Where(c => c is '\n' or '\t' || !char.IsControl(c))).TrimEnd();

    // RFC 6068 s2: what has a meaning in addresses of the web is written as octets.
    private static string MailTo(string address)
    {
        var uri = new StringBuilder("mailto:");
        foreach (var c in address) _ = "%#?/^`{|}&".Contains(c) ? uri.Append('%').Append(((int)c).ToString("X2", System.Globalization.CultureInfo.InvariantCulture)) : uri.Append(c);
        return uri.ToString();
    }

    private static DateTimeOffset Latest(DateTimeOffset a, DateTimeOffset b) => a > b ? a : b;
}
