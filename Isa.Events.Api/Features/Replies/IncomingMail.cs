using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using MimeKit;
using MimeKit.Text;

namespace Isa.Events.Api.Features.Replies;

/// <summary>A report that a mail did not arrive (RFC 3464), or the words of a mail server that says so in its own way.</summary>
/// <param name="IsFinal">Whether it will not arrive any more.</param>
/// <param name="Code">RFC 3463: 5.1.1.</param>
internal sealed record BounceReport(bool IsFinal, string Code);

/// <summary>What the server wants to know of a mail that came in. Reading it never fails, whatever it is: what cannot be read is absent.</summary>
internal sealed partial record IncomingMail
{
    /// <summary>Of the original that is kept; from a larger one its text is.</summary>
    public const int MaxKept = 2_000_000;

    private const int MaxCalendar = 8_000_000; // some programs send back what was attached to the invite
    private const int MaxCalendars = 4;
    private const int MaxHeader = 16 * 1024;
    private const int MaxText = 100_000;
    private const int MaxParts = 200;
    private const int MaxHops = 30;
    private const int MaxSubject = 200;

    private static readonly ParserOptions Options = MakeOptions();
    private static readonly string[] Recipients = ["To", "Cc", "Delivered-To", "X-Original-To", "Envelope-To", "X-Envelope-To", "X-Delivered-To", "X-Forwarded-To", "Resent-To", "X-RCPT-TO"];
    private static readonly string[] AutomaticPrecedences = ["bulk", "junk", "list", "auto_reply"];
    private static readonly string[] AutomaticSubjects = ["automatic reply:", "automatische antwort:", "out of office", "abwesenheitsnotiz", "abwesend:", "自动回复", "自动答复"];
    private static readonly string[] AutomaticHeaders = ["X-Autoreply", "X-Autorespond", "X-Vacation", "X-Auto-Response-Suppress"];

    /// <summary>The same for the same mail, by whichever way and how often it comes.</summary>
    public required string Fingerprint { get; init; }

    /// <summary>Of the address it was sent to.</summary>
    public string? Token { get; init; }

    public string? Subject { get; init; }

    public bool IsUnreadable { get; init; }

    /// <summary>Whether this server has sent it, or it has gone from server to server too often.</summary>
    public bool IsLoop { get; init; }

    /// <summary>Whether a program wrote it.</summary>
    public bool IsAutomatic { get; init; }

    public BounceReport? Bounce { get; init; }

    /// <summary>The one it carries; where there are several, the answer among them.</summary>
    public CalendarAnswer? Calendar { get; init; }

    /// <summary>Whether there was something meant as a calendar object that could not be read.</summary>
    public bool HasBrokenCalendar { get; init; }

    /// <summary>Whether there are words in it that may be somebody's.</summary>
    public bool HasText { get; init; }

    /// <summary>To show to somebody: the mail, or its text where it is large.</summary>
    public required byte[] Kept { get; init; }

    /// <param name="raw">As it came.</param>
    /// <param name="replyAddress">The one that tokens are added to; null where there is none.</param>
    /// <param name="host">What this server's Message-IDs end with.</param>
    /// <param name="ct">Gives up.</param>
    public static IncomingMail Read(byte[] raw, string? replyAddress, string host, CancellationToken ct)
    {
        if (!MailShape.IsUsual(Options, raw, ct)) return OfHeaders(raw, replyAddress);
        var message = MimeMessage.Load(Options, new MemoryStream(raw, writable: false), persistent: true, ct);
        var token = TokenOf(message, replyAddress);
        var parts = new List<MimeEntity>();
        Collect(message.Body, parts);
        var calendars = parts.OfType<MimePart>().Where(IsCalendar).Take(MaxCalendars).Select(part => Decode(part, MaxCalendar) is { } text ? CalendarAnswer.Read(text) : null).ToList();
        var text = TextOf(parts);
        var subject = SubjectOf(message);
        return new IncomingMail
        {
            Fingerprint = FingerprintOf(message, raw, token), Token = token, Subject = subject,
            IsLoop = message.Headers.Count(h => h.Id == HeaderId.Received) > MaxHops || Header(message, "Message-Id").Any(id => OwnId().Match(id) is { Success: true } own && own.Groups[1].Value.Equals(host, StringComparison.OrdinalIgnoreCase)),
            IsAutomatic = IsWrittenByProgram(message, subject), Bounce = BounceOf(message, parts, text),
            Calendar = calendars.Find(c => c?.Method == "REPLY") ?? calendars.Find(c => c is not null), HasBrokenCalendar = calendars.Count > 0 && calendars.TrueForAll(c => c is null),
            HasText = !string.IsNullOrWhiteSpace(text), Kept = raw.Length <= MaxKept ? raw : Shorten(message, subject, text),
        };
    }

    /// <summary>What nobody can read.</summary>
    public static IncomingMail Unreadable(byte[] raw) => new() { Fingerprint = Digest([], raw), IsUnreadable = true, Kept = raw.Length <= MaxKept ? raw : raw[..MaxKept] };

    // Whose it is can be told also of what is not read.
    private static IncomingMail OfHeaders(byte[] raw, string? replyAddress)
    {
        var end = raw.AsSpan(0, MailShape.HeadersEnd(raw, 0)).LastIndexOf((byte)'\n') + 1; // no field by halves
        var message = MimeMessage.Load(Options, new MemoryStream(raw, 0, end, writable: false), persistent: true);
        var token = TokenOf(message, replyAddress);
        return Unreadable(raw) with { Fingerprint = FingerprintOf(message, raw, token), Token = token, Subject = SubjectOf(message) };
    }

    private static ParserOptions MakeOptions()
    {
        var options = ParserOptions.Default.Clone();
        options.MaxMimeDepth = 30; // what is deeper stays as it is
        return options;
    }

    private static void Collect(MimeEntity? entity, List<MimeEntity> parts)
    {
        if (entity is null || parts.Count >= MaxParts) return;
        parts.Add(entity);
        if (entity is Multipart multipart)
            foreach (var part in multipart) Collect(part, parts);
    }

    // Some programs, and mail systems that report, write in HTML alone.
    private static string? TextOf(List<MimeEntity> parts)
    {
        var texts = parts.OfType<TextPart>().Where(part => !part.IsAttachment).ToList();
        if (texts.Find(part => part.IsPlain) is { } plain) return Decode(plain, MaxText);
        if (texts.Find(part => part.IsHtml) is not { } html || Decode(html, MaxText) is not { } page) return null;
        var (words, isStyle) = (new StringBuilder(), false);
        var tokens = new HtmlTokenizer(new StringReader(page));
        while (tokens.ReadNextToken(out var token))
        {
            if (token is HtmlTagToken { Id: HtmlTagId.Style } style) isStyle = !style.IsEndTag;
            else if (token is HtmlTagToken { Id: HtmlTagId.Br or HtmlTagId.P or HtmlTagId.Div or HtmlTagId.TR or HtmlTagId.TD or HtmlTagId.LI }) words.Append('\n');
            else if (token is HtmlDataToken { Kind: HtmlTokenKind.Data } data && !isStyle) words.Append(data.Data);
        }

        return string.Join('\n', words.ToString().Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries));
    }

    private static bool IsCalendar(MimePart part) => part.ContentType.IsMimeType("text", "calendar") || part.ContentType.IsMimeType("application", "ics") || part.FileName?.EndsWith(".ics", StringComparison.OrdinalIgnoreCase) == true;

    // A charset that is wrong or unknown costs letters of a comment, nothing else: the rest is ASCII.
    private static string? Decode(MimePart part, int limit)
    {
        if (part.Content is null) return null;
        using var content = part.Content.Open();
        using var kept = new MemoryStream();
        var buffer = new byte[64 * 1024];
        int read;
        while ((read = content.Read(buffer, 0, buffer.Length)) > 0)
        {
            kept.Write(buffer, 0, Math.Min(read, limit - (int)kept.Length));
            if (kept.Length == limit) break;
        }

        var bytes = kept.GetBuffer().AsSpan(0, (int)kept.Length);
        try
        {
            return new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(bytes).TrimStart('\ufeff');
        }
        catch (DecoderFallbackException)
        {
        }

        try
        {
            return Encoding.GetEncoding(part.ContentType.Charset ?? "latin1").GetString(bytes).TrimStart('\ufeff');
        }
        catch (Exception e) when (e is NotSupportedException or ArgumentException)
        {
            return Encoding.Latin1.GetString(bytes);
        }
    }

    private static IEnumerable<string> Header(MimeMessage message, params string[] names) =>
        message.Headers.Where(h => h.RawValue.Length <= MaxHeader && names.Contains(h.Field, StringComparer.OrdinalIgnoreCase)).Select(h => Encoding.UTF8.GetString(h.RawValue).Trim());

    private static string? TokenOf(MimeMessage message, string? replyAddress) => replyAddress is null ? null : Header(message, Recipients).Select(value => TokenIn(value, replyAddress)).FirstOrDefault(found => found is not null);

    private static string? TokenIn(string value, string replyAddress)
    {
        var at = replyAddress.IndexOf('@');
        var (local, domain) = ($"{replyAddress[..at]}+", replyAddress[at..]);
        for (var from = 0; value.IndexOf(local, from, StringComparison.OrdinalIgnoreCase) is >= 0 and var found; from = found + 1)
        {
            var token = found + local.Length;
            if (value.Length >= token + RegistrationTokens.ReplyTokenLength + domain.Length && value.AsSpan(token + RegistrationTokens.ReplyTokenLength, domain.Length).Equals(domain, StringComparison.OrdinalIgnoreCase))
                return value.Substring(token, RegistrationTokens.ReplyTokenLength).ToLowerInvariant();
        }

        return null;
    }

    // Trace fields differ with the way it came; so may line ends.
    private static string FingerprintOf(MimeMessage message, byte[] raw, string? token)
    {
        var body = raw.AsSpan();
        var (crlf, lf) = (body.IndexOf("\r\n\r\n"u8), body.IndexOf("\n\n"u8));
        var end = crlf < 0 ? lf : lf < 0 ? crlf : Math.Min(crlf, lf);
        return Digest([token, .. Header(message, "Message-Id", "Date", "From", "Subject")], end < 0 ? default : body[end..]);
    }

    private static string Digest(IEnumerable<string?> head, ReadOnlySpan<byte> body)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes(string.Join('\n', head)));
        while (body.IndexOf((byte)'\r') is >= 0 and var cr)
        {
            hash.AppendData(body[..cr]);
            body = body[(cr + 1)..];
        }

        hash.AppendData(body);
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static string? SubjectOf(MimeMessage message) => message.Headers.FirstOrDefault(h => h.Id == HeaderId.Subject) is { } header && header.RawValue.Length <= MaxHeader ? Clean(header.Value, MaxSubject) : null;

    /// <summary>As it may be stored and shown: no controls, no more than so many UTF-16 units; null where nothing is left.</summary>
    internal static string? Clean(string text, int max)
    {
        var clean = new StringBuilder();
        foreach (var rune in text.ReplaceLineEndings("\n").EnumerateRunes())
        {
            if (clean.Length >= max) break;
            if (Text.Clean($"x{rune}x", out _) is not null) clean.Append(rune.ToString());
        }

        return Text.Clean(clean.ToString(), out _) is { Length: > 0 } whole ? whole : null;
    }

    private static bool IsWrittenByProgram(MimeMessage message, string? subject) =>
        Header(message, "Auto-Submitted").Any(value => !value.StartsWith("no", StringComparison.OrdinalIgnoreCase))
        || Header(message, "Precedence").Any(value => AutomaticPrecedences.Contains(value, StringComparer.OrdinalIgnoreCase))
        || Header(message, AutomaticHeaders).Any()
        || Header(message, "Return-Path").Any(value => value == "<>")
        || message.Body?.ContentType.Parameters["report-type"] == "disposition-notification"
        || subject is not null && AutomaticSubjects.Any(begin => subject.StartsWith(begin, StringComparison.OrdinalIgnoreCase));

    private static BounceReport? BounceOf(MimeMessage message, List<MimeEntity> parts, string? text)
    {
        foreach (var status in parts.OfType<MessageDeliveryStatus>())
        {
            if (status.Content?.Stream?.Length > MaxText) continue;
            foreach (var group in status.StatusGroups.Where(group => group["Action"] is not null || group["Status"] is not null))
            {
                var code = Code().Match(group["Status"] ?? group["Diagnostic-Code"] ?? "");
                var failed = group["Action"] is not { } action || action.Trim().StartsWith("failed", StringComparison.OrdinalIgnoreCase);
                return new BounceReport(failed && (!code.Success || code.Value[0] == '5'), code.Success ? code.Value : "5.0.0");
            }
        }

        // Servers that know no reports: qmail's words (its QSBMF), Exim's header, and whoever writes as the mail system.
        var qmail = text?.Contains("This is the qmail-send program", StringComparison.Ordinal) == true;
        if (!qmail && !Header(message, "X-Failed-Recipients").Any() && !Header(message, "From").Any(from => MailSystem().IsMatch(from))) return null;
        var said = Code().Match(text ?? "");
        var old = OldCode().Match(text ?? "");
        var final = said.Success ? said.Value[0] == '5' : old.Success ? old.Value.StartsWith('5') : qmail && text!.Contains("permanent error", StringComparison.OrdinalIgnoreCase);
        return new BounceReport(final, said.Success ? said.Value : "5.0.0");
    }

    private static byte[] Shorten(MimeMessage message, string? subject, string? text)
    {
        var shortened = new MimeMessage { Subject = subject ?? "", Body = new TextPart("plain") { Text = text ?? "" } };
        foreach (var header in message.Headers.Where(h => h.Id is HeaderId.From or HeaderId.To or HeaderId.Date && h.RawValue.Length <= MaxHeader)) shortened.Headers[header.Id] = header.Value;
        using var written = new MemoryStream();
        shortened.WriteTo(Email.Mailer.Format, written);
        return written.ToArray();
    }

    // Of Mailer: row and revision.
    [GeneratedRegex(@"^<?[^.@\s]{20,40}\.[0-9a-f]{16}@([^>\s]+)>?$", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 100)]
    private static partial Regex OwnId();

    [GeneratedRegex(@"(?<![\d.])[245]\.\d{1,3}\.\d{1,3}(?![\d.]*\d)", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 500)]
    private static partial Regex Code();

    [GeneratedRegex(@"(?<![\d.])[45][0-5]\d(?=[ -])", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 500)]
    private static partial Regex OldCode();

    [GeneratedRegex(@"(^|<|\s)(mailer-daemon|postmaster)@", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 100)]
    private static partial Regex MailSystem();
}
