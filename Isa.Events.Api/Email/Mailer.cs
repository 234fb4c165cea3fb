using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Options;
using MimeKit;

namespace Isa.Events.Api.Email;

/// <summary>Gives a letter what every mail has, and hands it over: to the mail server, or where there is none, and always where it belongs to a test, to the folder.</summary>
public sealed class Mailer(SmtpTransport smtp, PickupFolder pickup, IOptions<EmailSettings> settings, IOptions<ServerSettings> server, TimeProvider time)
{
    /// <summary>Lines end as mails do, whatever the system's own do.</summary>
    public static readonly FormatOptions Format = MakeFormat();

    /// <summary>Why a message of an organiser was not sent to somebody; nothing is wrong with their address.</summary>
    internal const string NothingToSay = "Nothing comes out of the text for this person, so they do not get it.";

    private static readonly Delivery Empty = new(DeliveryResult.Refused, NothingToSay);

    // Stored when more was taken for an address. As a mail server would say it (RFC 3463 s3.2).
    private static readonly Delivery NoAddress = new(DeliveryResult.Refused, "Mail servers may read this address as another one than it seems, so nothing is sent to it. Please correct it.") { BounceCode = "5.1.3" };

    private readonly string _host = new Uri(server.Value.PublicUrl).IdnHost;

    public int Connections => smtp.IsOn ? smtp.Connections : 1;

    /// <summary>The longest that handing over one message takes.</summary>
    public TimeSpan Timeout => smtp.Timeout;

    /// <summary>Whether mails to people can be handed over now.</summary>
    public Task<bool> IsReadyAsync(CancellationToken ct) => smtp.IsOn ? smtp.IsReadyAsync(ct) : Task.FromResult(true);

    /// <summary>Whether one message is enough to learn that none is taken.</summary>
    public bool IsDoubtful => smtp.IsOn && smtp.IsDoubtful;

    /// <summary>The address of the one mailbox a letter goes to.</summary>
    public static string AddressOf(Letter letter) => letter.Message.To.Mailboxes.Single().Address;

    /// <summary>Sets Message-ID, Date and what every mail of a program has.</summary>
    public void Complete(MimeMessage message, string rowId)
    {
        var from = settings.Value.FromAddress ?? $"events@{_host}";
        if (message.From.Count == 0) message.From.Add(new MailboxAddress(settings.Value.FromName ?? "", from));
        if (message.ReplyTo.Count == 0 && settings.Value.ReplyTo is { } replyTo) message.ReplyTo.Add(new MailboxAddress("", replyTo));
        if (message.Headers[HeaderId.AutoSubmitted] is null) message.Headers[HeaderId.AutoSubmitted] = "auto-generated"; // RFC 3834 s5
        message.Headers["X-Auto-Response-Suppress"] = "OOF, AutoReply"; // Exchange does not know the former
        message.Date = time.GetUtcNow();
        message.MessageId = $"{rowId}.{RevisionOf(message)}@{_host}";
    }

    public Task<Delivery> SendAsync(Letter letter, string recipient, bool isTest, CancellationToken ct) => letter.IsEmpty ? Task.FromResult(Empty)
        : !EmailAddress.TryNormalise(recipient, out _, out _) ? Task.FromResult(NoAddress)
        : isTest || !smtp.IsOn ? Task.FromResult(pickup.Put(letter.Message))
        : smtp.SendAsync(letter.Message, letter.ReplyAddress ?? settings.Value.EnvelopeSender ?? settings.Value.FromAddress!, recipient, ct);

    /// <summary>
    /// The same for what says the same, so that a repeat is recognised: made of what a reader sees. A calendar object says what the text beside it says, and when it was made (DTSTAMP) is no
    /// news, so it counts by its size; so does a document, which may be made anew each time, with its name.
    /// </summary>
    internal static string RevisionOf(MimeMessage message)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Add(message.Subject ?? "");
        Add(message.To.ToString());
        foreach (var part in message.BodyParts)
        {
            Add(part.ContentType.MimeType);
            if (part is TextPart { Content.Stream: { } text }) AddAll(text);
            else if (part is MimePart { Content: { } content } file)
            {
                Add($"{file.FileName} {(IsCalendar(file) ? 0 : content.Stream!.Length)}"); // as it is kept, without decoding it
            }
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset().AsSpan(0, 8));

        void Add(string line)
        {
            hash.AppendData(Encoding.UTF8.GetBytes(line));
            hash.AppendData("\n"u8);
        }

        // As it was put in, before it is encoded.
        void AddAll(Stream text)
        {
            Span<byte> some = stackalloc byte[1024];
            text.Position = 0;
            for (int read; (read = text.Read(some)) > 0;) hash.AppendData(some[..read]);
            hash.AppendData("\n"u8);
        }

        // The same object stands in the part before it, which counts by its size.
        static bool IsCalendar(MimePart part) => part.ContentType.IsMimeType("application", "ics");
    }

    private static FormatOptions MakeFormat()
    {
        var format = FormatOptions.Default.Clone();
        format.NewLineFormat = NewLineFormat.Dos;
        return format;
    }
}
