using System.Text;
using Ical.Net;
using Isa.Events.Api.Features.Invites;
using MimeKit;

namespace Isa.Events.Api.Email;

/// <summary>
/// Messages as they travel. The tree is the one that Outlook, Google and Apple take for an invitation (RFC 6047 s2.4): the calendar object is the last alternative of the
/// first part, without a disposition; the files come after. All is encoded so that no line is long and no octet above 127.
/// </summary>
internal static class MessageParts
{
    /// <summary>Larger calendar objects travel once, not as a file beside themselves: gateways refuse mails much above 10 MB.</summary>
    private const int MaxTwice = 800_000;

    private const int MaxName = 120; // in UTF-16 units; more than any client shows

    /// <summary>A message without From, which the sender knows.</summary>
    /// <param name="content">What it says.</param>
    /// <param name="name">Of the mailbox's owner.</param>
    /// <param name="address">As it was checked when it was stored.</param>
    /// <param name="calendar">The object it carries, or null.</param>
    /// <param name="document">The agenda, or null.</param>
    public static MimeMessage Build(MessageContent content, string name, string address, InviteObject? calendar, MailedFile? document)
    {
        var message = new MimeMessage { Subject = Line(content.Subject) };
        message.To.Add(Mailbox(name, address));
        if (content.OrganizerEmail is { } organizer) AddReplyTo(message, content.OrganizerName ?? "", organizer);
        message.Headers.Add(HeaderId.ContentLanguage, content.Language.Tag());

        var alternatives = new MultipartAlternative { TextOf("plain", MessagePage.Text(content), content.Language), TextOf("html", MessagePage.Page(content), content.Language) };
        if (calendar is null && document is null)
        {
            message.Body = alternatives;
            return message;
        }

        var mixed = new Multipart("mixed") { alternatives };
        if (document is not null) mixed.Add(File(document.MediaType, document.Name, document.Base64));
        if (calendar is not null)
        {
            var (common, own) = calendar.ToBase64();
            var part = new EncodedPart("text", "calendar", common, own);
            part.ContentType.Charset = "utf-8";
            part.ContentType.Parameters["method"] = calendar.Method;
            alternatives.Add(part);
            if (calendar.Length <= MaxTwice) mixed.Add(File("application/ics", calendar.Method == CalendarMethods.Cancel ? "cancel.ics" : "invite.ics", common, own));
        }

        message.Body = mixed;
        return message;
    }

    /// <summary>One line, whatever it was: a header has no others.</summary>
    internal static string Line(string text) => string.Concat(text.Select(c => char.IsControl(c) || c is '\u2028' or '\u2029' ? ' ' : c)).Replace("=?", "= ?", StringComparison.Ordinal).Trim();

    /// <summary>Not what mail servers may read as another address, nor what has letters outside ASCII before its @: the whole mail would be one that not every server takes (RFC 6532).</summary>
    internal static void AddReplyTo(MimeMessage message, string name, string address)
    {
        if (EmailAddress.TryNormalise(address, out var sendable, out _) && Ascii.IsValid(sendable)) message.ReplyTo.Add(Mailbox(name, sendable));
    }

    /// <summary>What was stored when more was taken for an address stands there as it is: the mailer hands nothing over to it.</summary>
    internal static MailboxAddress Mailbox(string name, string address) =>
        new(Encoding.UTF8, Shorten(Line(name), MaxName), EmailAddress.TryNormalise(address, out var sendable, out _) ? sendable : address);

    /// <summary>Without tearing a character.</summary>
    internal static string Shorten(string text, int max)
    {
        if (text.Length <= max) return text;
        var end = 0;
        foreach (var start in System.Globalization.StringInfo.ParseCombiningCharacters(text))
        {
            if (start >= max) break;
            end = start;
        }

        return $"{text[..end].TrimEnd()}…";
    }

    // What is mostly ASCII stays readable in the raw message; Chinese would grow threefold.
    private static TextPart TextOf(string subtype, string text, Language language)
    {
        var part = new TextPart(subtype) { ContentTransferEncoding = language == Language.Zh ? ContentEncoding.Base64 : ContentEncoding.QuotedPrintable };
        part.SetText(Encoding.UTF8, text.ReplaceLineEndings("\r\n"));
        return part;
    }

    private static EncodedPart File(string mediaType, string name, params byte[][] base64)
    {
        // A parameter is folded by UTF-16 units, which tears characters that have two.
        name = string.Concat(Line(name).EnumerateRunes().Select(rune => rune.IsBmp ? rune.ToString() : "_"));
        var slash = mediaType.IndexOf('/');
        var part = new EncodedPart(mediaType[..slash], mediaType[(slash + 1)..], base64); // encoded before: what all attendees have in common is not encoded again for each
        part.ContentDisposition = new ContentDisposition(ContentDisposition.Attachment) { FileName = name };
        part.ContentType.Name = name; // old clients look here alone
        return part;
    }
}
