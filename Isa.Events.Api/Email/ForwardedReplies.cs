using System.Text;
using Isa.Events.Api.Features.Attendees;
using Microsoft.Extensions.Options;
using MimeKit;

namespace Isa.Events.Api.Email;

/// <summary>Passes on to the organiser what somebody wrote: a new mail, with the original attached as it came.</summary>
public sealed class ForwardedReplies(IOptions<EmailSettings> settings)
{
    private const int MaxSender = 254;

    /// <summary>Empty where the person or the original is gone, or nobody is there to get it any more.</summary>
    public IReadOnlyList<Letter> Find(ReadSession session, OutboxEntry entry)
    {
        if (session.One<Original>(OriginalOf, new { Id = entry.Payload!.ReceivedMailId }) is not { Content: { } content, RegistrationId: { } id } original) return [];
        if (Event.Find(session, entry.EventId) is not { } evt || Registration.Find(session, id) is not { } registration || (evt.OrganizerEmail ?? settings.Value.ReplyTo) is not { } office) return [];
        return [new Letter { Recipient = Recipient.Organizer, Message = Write(evt, registration, office, original.Outcome == MailOutcome.Applied ? registration.Reply : null, content) }];
    }

    private static MimeMessage Write(Event evt, Registration registration, string office, CalendarReply? answer, byte[] content)
    {
        var (language, original) = (evt.DefaultLanguage, Read(content));
        var values = new Dictionary<string, Phrase?>
        {
            ["name"] = registration.FullName, ["reference"] = registration.Reference!, ["event"] = evt.Title.In(language, language),
            // The words that programs put beside it do not always say what it says: Thunderbird's "has accepted" stands above a perhaps too.
            ["answer"] = answer is { } given && new ListContext(evt, language).ReplyName(RowTypes.Name(given)) is { } said ? said : (Phrase?)null,
            ["sender"] = OtherSender(registration, original) is { } sender ? sender : (Phrase?)null,
        };
        var message = new MimeMessage { Subject = MessageParts.Line(MessageTemplate.Of(MessageTexts.ForwardedSubject.In(language)).ToText(values)) };
        message.To.Add(MessageParts.Mailbox(evt.OrganizerName ?? "", office));
        if (registration.Email is { } address) MessageParts.AddReplyTo(message, registration.FullName, address);
        message.Headers.Add(HeaderId.ContentLanguage, language.Tag());
        message.Headers[HeaderId.AutoSubmitted] = "auto-forwarded"; // an extension as RFC 3834 s5 allows: absence notes do not answer it
        var text = new TextPart("plain") { ContentTransferEncoding = ContentEncoding.QuotedPrintable };
        text.SetText(Encoding.UTF8, MessageTemplate.Of(MessageTexts.Forwarded.In(language)).ToText(values).ReplaceLineEndings("\r\n") + "\r\n");
        message.Body = new Multipart("mixed") { text, Attach(original, content) };
        return message;
    }

    // Somebody who had the address before, perhaps, or another mailbox of the same person; anybody can write any sender, so answers do not go there by themselves.
    private static string? OtherSender(Registration registration, MimeMessage? original)
    {
        var sender = original?.From.Mailboxes.FirstOrDefault()?.Address;
        return sender is null || registration.Email is { } own && EmailAddress.Normalise(sender) == EmailAddress.Normalise(own) ? null : MessageParts.Shorten(MessageParts.Line(sender), MaxSender);
    }

    // Ready to be passed on; null where it is no mail.
    private static MimeMessage? Read(byte[] content)
    {
        try
        {
            var mail = MimeMessage.Load(new MemoryStream(content, writable: false));
            mail.Prepare(EncodingConstraint.SevenBit); // no octet above 127 on the way, and no line that is too long
            return mail;
        }
        catch (FormatException)
        {
            return null;
        }
    }

    // As a mail where it is one, which mail programs open by a click.
    private static MimeEntity Attach(MimeMessage? original, byte[] content)
    {
        var disposition = new ContentDisposition(ContentDisposition.Attachment) { FileName = "original.eml" };
        if (original is null)
            return new MimePart("application", "octet-stream") { Content = new MimeContent(new MemoryStream(content, writable: false)), ContentTransferEncoding = ContentEncoding.Base64, ContentDisposition = disposition };
        return new MessagePart { Message = original, ContentDisposition = disposition };
    }

    private sealed record Original
    {
        public string? RegistrationId { get; init; }

        public MailOutcome Outcome { get; init; }

        public byte[]? Content { get; init; }
    }

    private const string OriginalOf = "SELECT registration_id, outcome, original AS content FROM received_mails WHERE id = @Id";
}
