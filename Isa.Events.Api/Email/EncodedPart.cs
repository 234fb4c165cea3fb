using MimeKit;
using MimeKit.IO;

namespace Isa.Events.Api.Email;

/// <summary>
/// A part whose content is there as it travels: base64 in lines that end with CR LF. It is written as it is. MimeKit would look at each octet for ends of lines, which takes
/// longer for an agenda of 100 kB than all the rest of a mail.
/// </summary>
internal sealed class EncodedPart : MimePart
{
    private static readonly byte[] EmptyLine = "\r\n"u8.ToArray();

    // What doubles dots on the way keeps room for as much as it is given at a time, for each message anew.
    private const int AtATime = 32_000;

    private readonly ReadOnlyMemory<byte>[] _pieces;

    /// <param name="type">Before the slash.</param>
    /// <param name="subtype">After it.</param>
    /// <param name="base64">In pieces, one after another.</param>
    public EncodedPart(string type, string subtype, params byte[][] base64)
        : base(type, subtype)
    {
        ContentTransferEncoding = ContentEncoding.Base64;
        Content = new MimeContent(Chain(base64), ContentEncoding.Base64); // for whoever reads the part
        _pieces = [.. base64.Select(piece => (ReadOnlyMemory<byte>)piece)];
        // What stands between two parts begins with an end of line of its own.
        if (_pieces[^1].Span.EndsWith(EmptyLine)) _pieces[^1] = _pieces[^1][..^EmptyLine.Length];
    }

    public override void WriteTo(FormatOptions options, Stream stream, bool contentOnly, CancellationToken cancellationToken = default)
    {
        if (options.NewLineFormat != NewLineFormat.Dos)
        {
            base.WriteTo(options, stream, contentOnly, cancellationToken);
            return;
        }

        if (!contentOnly)
        {
            Headers.WriteTo(options, stream, cancellationToken);
            stream.Write(EmptyLine);
        }

        foreach (var some in Portions()) stream.Write(some.Span);
    }

    public override async Task WriteToAsync(FormatOptions options, Stream stream, bool contentOnly, CancellationToken cancellationToken = default)
    {
        if (options.NewLineFormat != NewLineFormat.Dos)
        {
            await base.WriteToAsync(options, stream, contentOnly, cancellationToken);
            return;
        }

        if (!contentOnly)
        {
            await Headers.WriteToAsync(options, stream, cancellationToken);
            await stream.WriteAsync(EmptyLine, cancellationToken);
        }

        foreach (var some in Portions()) await stream.WriteAsync(some, cancellationToken);
    }

    private IEnumerable<ReadOnlyMemory<byte>> Portions() =>
        from piece in _pieces
        from at in Enumerable.Range(0, (piece.Length + AtATime - 1) / AtATime).Select(n => n * AtATime)
        select piece[at..Math.Min(at + AtATime, piece.Length)];

    private static Stream Chain(byte[][] pieces)
    {
        if (pieces is [{ } single]) return new MemoryStream(single, writable: false);
        var chain = new ChainedStream();
        foreach (var piece in pieces) chain.Add(new MemoryStream(piece, writable: false));
        return chain;
    }
}
