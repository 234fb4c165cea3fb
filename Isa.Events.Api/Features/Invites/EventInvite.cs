using System.Collections.Concurrent;
using System.Text;
using Ical.Net;
using Isa.Events.Api.Features.Agenda;

namespace Isa.Events.Api.Features.Invites;

/// <summary>
/// What the invites of an event have in common, in one language: everything up to the attendee's own lines, with the agenda attached, as it goes into files and,
/// encoded, into mails. Made once for each version of the event: encoding and folding a document takes longer than all the rest of an invite.
/// </summary>
public sealed class EventInvite
{
    /// <summary>Octets in a line of base64 (RFC 2045 s6.8): what is encoded in such pieces can be put together afterwards.</summary>
    internal const int OctetsPerLine = 57;

    private const int MaxKinds = 100;

    private readonly ConcurrentDictionary<string, IReadOnlyList<AgendaLine>> _agendaLines = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<EntryKind, EntryPattern> _patterns = new();
    private readonly CalendarHead _request;
    private readonly CalendarHead _cancel;

    /// <param name="evt">The event.</param>
    /// <param name="agenda">Its agenda, perhaps empty.</param>
    /// <param name="document">The agenda as PDF, where there is one that is small enough to be carried.</param>
    /// <param name="agendaUrl">Where the agenda is as a file; null without one.</param>
    /// <param name="language">Of the texts.</param>
    public EventInvite(Event evt, AgendaRow agenda, byte[]? document, string? agendaUrl, Language language)
    {
        (Event, Agenda, AgendaUrl, Language) = (evt, agenda, agendaUrl, language);
        var attachment = Attach(document);
        _request = new CalendarHead(evt, CalendarMethods.Request, attachment);
        _cancel = new CalendarHead(evt, CalendarMethods.Cancel, null);
        RefuseUnlessWhole(attachment?.Content);
        if (document is not null) Document = new MailedFile(DocumentName, "application/pdf", Encode(document));
        Size = _request.Size + _cancel.Size + (Document?.Base64.Length ?? 0);
    }

    public Event Event { get; }

    public AgendaRow Agenda { get; }

    public string? AgendaUrl { get; }

    public Language Language { get; }

    /// <summary>The agenda, for mails; null where there is none, or it is too large for them.</summary>
    public MailedFile? Document { get; }

    /// <summary>In bytes, about.</summary>
    public long Size { get; }

    /// <summary>The agenda, a line for each item, on the clock of a zone.</summary>
    public IReadOnlyList<AgendaLine> AgendaLines(string zone) => Kept(_agendaLines, zone, z => [.. AgendaPage.Lines(Event, Agenda, Language, z)]);

    /// <summary>The entry of all who see the same.</summary>
    internal EntryPattern Pattern(EntryKind kind, Func<EventInvite, EntryKind, EntryPattern> make) => Kept(_patterns, kind, k => make(this, k));

    /// <summary>The object whose last lines these are.</summary>
    internal InviteObject Complete(string method, string own) => new(method, method switch
    {
        CalendarMethods.Request => _request,
        CalendarMethods.Cancel => _cancel,
        _ => new CalendarHead(Event, method, null),
    }, Encoding.UTF8.GetBytes(own));

    /// <summary>In lines that any number of others may follow, where it ends with a whole one.</summary>
    internal static byte[] Encode(ReadOnlySpan<byte> content)
    {
        var text = Convert.ToBase64String(content, Base64FormattingOptions.InsertLineBreaks);
        return Encoding.ASCII.GetBytes(text.Length == 0 ? "" : text + "\r\n");
    }

    // People choose their clocks: what a few alone see is made for each of them.
    private static TValue Kept<TKey, TValue>(ConcurrentDictionary<TKey, TValue> made, TKey key, Func<TKey, TValue> make)
        where TKey : notnull => made.TryGetValue(key, out var known) ? known : made.Count < MaxKinds ? made.GetOrAdd(key, make) : make(key);

    private string DocumentName => Agenda.DocumentName ?? AgendaPdf.FileName(Language);

    private CalendarAttachment? Attach(byte[]? document) => document is not null ? new CalendarAttachment(DocumentName, "application/pdf", document, null)
        : AgendaUrl is null ? null : new CalendarAttachment(DocumentName, "application/pdf", null, AgendaUrl);

    private void RefuseUnlessWhole(byte[]? attached)
    {
        var text = $"{Encoding.UTF8.GetString(_request.Bytes)}UID:x\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";
        if (Calendar.Load(text) is not { Method: CalendarMethods.Request, TimeZones: [_], Events: [{ } read] } || attached is not null && !(read.Attachments is [{ Data: { } data }] && attached.AsSpan().SequenceEqual(data)))
            throw new InvalidOperationException($"The beginning of the calendar entries of {Event.Id} does not read back as it was meant.");
    }
}

/// <summary>A file as mails carry it.</summary>
/// <param name="Name">In any script.</param>
/// <param name="MediaType">Of the content.</param>
/// <param name="Base64">The content, encoded, in lines.</param>
public sealed record MailedFile(string Name, string MediaType, byte[] Base64);

/// <summary>What is attached to a calendar entry: bytes, or the address of a file.</summary>
internal sealed class CalendarAttachment(string name, string mediaType, byte[]? content, string? url)
{
    public byte[]? Content => content;

    /// <summary>A property, not folded (RFC 5545 s3.8.1.1).</summary>
    public string ToLine()
    {
        if (url is not null) return $"ATTACH;FMTTYPE={mediaType}:{url}";
        var fileName = InviteCalendar.Parameter(name);
        // FILENAME is the registered one (RFC 8607), X-FILENAME the one that Outlook reads.
        return $"ATTACH;FMTTYPE={mediaType};VALUE=BINARY;ENCODING=BASE64;FILENAME={fileName};X-FILENAME={fileName}:{Convert.ToBase64String(content!)}";
    }
}

/// <summary>The beginning of a calendar object, up to the lines that differ from attendee to attendee.</summary>
internal sealed class CalendarHead
{
    public CalendarHead(Event evt, string method, CalendarAttachment? attachment)
    {
        var zone = CalendarZone.Describe(evt.Zone, NodaTime.Instant.FromDateTimeOffset(evt.StartsAt), NodaTime.Instant.FromDateTimeOffset(evt.EndsAt));
        var text = $"BEGIN:VCALENDAR\r\nPRODID:{InviteCalendar.ProductId}\r\nVERSION:2.0\r\nMETHOD:{method}{zone}\r\nBEGIN:VEVENT\r\n{attachment?.ToLine()}";
        Bytes = Encoding.UTF8.GetBytes(InviteCalendar.Fold(text));
        var whole = Bytes.Length - Bytes.Length % EventInvite.OctetsPerLine;
        (Base64, Rest) = (EventInvite.Encode(Bytes.AsSpan(0, whole)), Bytes[whole..]);
    }

    public byte[] Bytes { get; }

    /// <summary>As much of it as fills whole lines of base64.</summary>
    public byte[] Base64 { get; }

    /// <summary>What does not.</summary>
    public byte[] Rest { get; }

    public long Size => Bytes.Length + Base64.Length;
}

/// <summary>A calendar object (RFC 5545), whole: the same bytes in a file and in a mail.</summary>
public sealed class InviteObject
{
    private readonly CalendarHead _head;
    private readonly byte[] _own;

    internal InviteObject(string method, CalendarHead head, byte[] own) => (Method, _head, _own) = (method, head, own);

    /// <summary>REQUEST, CANCEL or PUBLISH (RFC 5546).</summary>
    public string Method { get; }

    public int Length => _head.Bytes.Length + _own.Length;

    public byte[] ToBytes() => [.. _head.Bytes, .. _own];

    public override string ToString() => Encoding.UTF8.GetString(ToBytes());

    /// <summary>Its bytes in lines of base64: those that all have in common, and the others.</summary>
    internal (byte[] Common, byte[] Own) ToBase64() => (_head.Base64, EventInvite.Encode([.. _head.Rest, .. _own]));
}
