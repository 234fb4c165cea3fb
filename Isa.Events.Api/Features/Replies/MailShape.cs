using MimeKit;

namespace Isa.Events.Api.Features.Replies;

/// <summary>Looks how a mail is built before anything is made of it: a million parts, or a header of megabytes, cost minutes and gigabytes where they are kept.</summary>
internal sealed class MailShape : MimeReader
{
    /// <summary>Of a mail with its parts and theirs; a digest of a list has hundreds.</summary>
    public const int MaxParts = 2_000;

    /// <summary>In bytes, those of a mail or of a part together.</summary>
    public const int MaxHeaders = 256 * 1024;

    private const int MaxFields = 50_000; // in all parts together

    private readonly byte[] _raw;
    private int _parts;
    private int _fields;

    private MailShape(ParserOptions options, byte[] raw) : base(options, new MemoryStream(raw, writable: false)) => _raw = raw;

    /// <summary>Whether it is of a kind that people and their programs send.</summary>
    /// <exception cref="FormatException">It is no mail.</exception>
    public static bool IsUsual(ParserOptions options, byte[] raw, CancellationToken ct)
    {
        try
        {
            new MailShape(options, raw).ReadMessage(ct);
            return true;
        }
        catch (UnusualException)
        {
            return false;
        }
    }

    /// <summary>Where the headers that begin at an offset end, or as many as are read.</summary>
    public static int HeadersEnd(byte[] raw, int from)
    {
        var head = raw.AsSpan(from, Math.Min(raw.Length - from, MaxHeaders));
        if (head.StartsWith("\r\n"u8) || head.StartsWith("\n"u8)) return from; // none at all
        var (crlf, lf) = (head.IndexOf("\n\r\n"u8), head.IndexOf("\n\n"u8));
        return from + (crlf >= 0 || lf >= 0 ? (int)Math.Min((uint)crlf, (uint)lf) + 1 : head.Length);
    }

    protected override void OnHeadersBegin(long beginOffset, int beginLineNumber, CancellationToken cancellationToken)
    {
        // Before they are read: one field that goes on and on is copied each time it grows.
        if (HeadersEnd(_raw, (int)beginOffset) - beginOffset >= MaxHeaders) throw new UnusualException();
    }

    protected override void OnHeaderRead(Header header, int beginLineNumber, CancellationToken cancellationToken) => Count(ref _fields, MaxFields);

    protected override void OnMimePartBegin(ContentType contentType, long beginOffset, int beginLineNumber, CancellationToken cancellationToken) => Count(ref _parts, MaxParts);

    protected override void OnMultipartBegin(ContentType contentType, long beginOffset, int beginLineNumber, CancellationToken cancellationToken) => Count(ref _parts, MaxParts);

    protected override void OnMessagePartBegin(ContentType contentType, long beginOffset, int beginLineNumber, CancellationToken cancellationToken) => Count(ref _parts, MaxParts);

    private static void Count(ref int count, int max)
    {
        if (++count > max) throw new UnusualException();
    }

    private sealed class UnusualException : Exception;
}
