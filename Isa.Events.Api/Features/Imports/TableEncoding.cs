using System.Text;

namespace Isa.Events.Api.Features.Imports;

/// <summary>How the text of a CSV file is stored.</summary>
public enum TableEncoding
{
    Utf8,
    Utf16Le,
    Utf16Be,

    /// <summary>Excel's "CSV" in Western Europe.</summary>
    Windows1252,

    /// <summary>Excel's "CSV" in China; GBK and GB 2312 are parts of it.</summary>
    Gb18030,
}

/// <summary>
/// Tells the encoding of a text by looking at it. UTF-8 and UTF-16 betray themselves; between GB 18030 and Windows-1252, where nearly all bytes mean something in
/// both, it counts what is usual in Chinese and in Western European text.
/// </summary>
internal static class TableEncodings
{
    /// <summary>In the order of the enum, as answers and parameters spell them.</summary>
    public static readonly string[] Names = ["utf-8", "utf-16le", "utf-16be", "windows-1252", "gb18030"];

    private static readonly Encoding[] Strict =
    [
        new UTF8Encoding(false, throwOnInvalidBytes: true),
        new UnicodeEncoding(bigEndian: false, byteOrderMark: false, throwOnInvalidBytes: true),
        new UnicodeEncoding(bigEndian: true, byteOrderMark: false, throwOnInvalidBytes: true),
        CodePagesEncodingProvider.Instance.GetEncoding(1252, EncoderFallback.ExceptionFallback, DecoderFallback.ExceptionFallback)!,
        CodePagesEncodingProvider.Instance.GetEncoding("gb18030", EncoderFallback.ExceptionFallback, DecoderFallback.ExceptionFallback)!,
    ];

    public static string Name(this TableEncoding encoding) => Names[(int)encoding];

    /// <summary>What the charset of a media type means; null where it is none of these.</summary>
    public static TableEncoding? Find(string charset) => charset.ToLowerInvariant() switch
    {
        "utf-8" or "utf8" or "us-ascii" => TableEncoding.Utf8,
        "utf-16" or "utf-16le" => TableEncoding.Utf16Le,
        "utf-16be" => TableEncoding.Utf16Be,
        "windows-1252" or "iso-8859-1" or "latin1" => TableEncoding.Windows1252,
        "gb18030" or "gbk" or "gb2312" => TableEncoding.Gb18030,
        _ => null,
    };

    /// <exception cref="ProblemException">The bytes are no text in the encoding that was named, or in any; or parts of them are in one and parts in another.</exception>
    public static (string Text, TableEncoding Encoding) Read(ReadOnlySpan<byte> bytes, TableEncoding? named)
    {
        var (marked, length) = Mark(bytes);
        if (named is TableEncoding.Utf16Le or TableEncoding.Utf16Be && marked is TableEncoding.Utf16Le or TableEncoding.Utf16Be) named = marked; // "utf-16" is either
        var body = length > 0 && marked == (named ?? marked) ? bytes[length..] : bytes;
        if ((named ?? marked) is { } known) return (TryDecode(body, known, out var wrong) ?? throw ImportTable.Unreadable(FieldCode.InvalidEncoding, LineAt(body, wrong, known), known.Name()), known);
        return Detect(body);
    }

    private static (TableEncoding?, int) Mark(ReadOnlySpan<byte> bytes) => bytes switch
    {
        [0xEF, 0xBB, 0xBF, ..] => (TableEncoding.Utf8, 3),
        [0xFF, 0xFE, ..] => (TableEncoding.Utf16Le, 2),
        [0xFE, 0xFF, ..] => (TableEncoding.Utf16Be, 2),
        _ => (null, 0),
    };

    private static (string, TableEncoding) Detect(ReadOnlySpan<byte> bytes)
    {
        // A zero byte is in no text but that of UTF-16, whose line ends and separators have one each.
        if (bytes.Contains((byte)0))
        {
            var (even, odd) = Zeros(bytes);
            var guess = odd >= even ? TableEncoding.Utf16Le : TableEncoding.Utf16Be;
            var lines = bytes.IndexOfAny((byte)'\n', (byte)'\r') >= 0;
            return (TryDecode(bytes, guess, out _) is { } wide && !wide.Contains('\0') && (!lines || wide.AsSpan().IndexOfAny('\n', '\r') >= 0) ? wide : throw ImportTable.Unreadable(FieldCode.UnknownEncoding), guess);
        }

        if (TryDecode(bytes, TableEncoding.Utf8, out var notUtf8) is { } utf8) return (utf8, TableEncoding.Utf8);
        var score = Score.Of(bytes);
        var chinese = score.Chinese > score.Western ? TryDecode(bytes, TableEncoding.Gb18030, out notUtf8) : null;
        var western = chinese is null && !HasUnassigned(bytes) ? TryDecode(bytes, TableEncoding.Windows1252, out _) : null;
        if (chinese is null && western is null) throw ImportTable.Unreadable(FieldCode.UnknownEncoding, LineAt(bytes, notUtf8, TableEncoding.Utf8));
        var encoding = chinese is not null ? TableEncoding.Gb18030 : TableEncoding.Windows1252;
        RefuseMixture(bytes, encoding);
        return (chinese ?? western!, encoding);
    }

    private static (int Even, int Odd) Zeros(ReadOnlySpan<byte> bytes)
    {
        var (even, odd) = (0, 0);
        for (var i = 0; i < bytes.Length; i++)
        {
            if (bytes[i] != 0) continue;
            if (i % 2 == 0) even++;
            else odd++;
        }

        return (even, odd);
    }

    // Two files pasted together: a line that is UTF-8 by more than chance in a text that is not, or a single Western letter within Latin ones in a Chinese text.
    private static void RefuseMixture(ReadOnlySpan<byte> bytes, TableEncoding encoding)
    {
        long line = 0;
        foreach (var range in bytes.Split((byte)'\n'))
        {
            line++;
            var part = bytes[range];
            if (System.Text.Ascii.IsValid(part)) continue;
            var mixed = encoding == TableEncoding.Windows1252 ? IsUtf8(part, long.MaxValue) : IsUtf8(part, 2) || Score.Of(part).Lone > 0;
            if (mixed) throw ImportTable.Unreadable(FieldCode.MixedEncodings, line);
        }
    }

    /// <summary>Whether all of it is UTF-8, with so many characters of three bytes that Chinese characters in GB 18030 are not so by chance.</summary>
    private static bool IsUtf8(ReadOnlySpan<byte> line, long threes)
    {
        if (!System.Text.Unicode.Utf8.IsValid(line)) return false;
        if (threes == long.MaxValue) return true;
        foreach (var lead in line) if (lead is >= 0xE3 and <= 0xE9) threes--;
        return threes <= 0;
    }

    // Windows-1252 has no character there; the decoder makes controls of them.
    private static bool HasUnassigned(ReadOnlySpan<byte> bytes) => bytes.IndexOfAny((ReadOnlySpan<byte>)[0x81, 0x8D, 0x8F, 0x90, 0x9D]) >= 0;

    private static string? TryDecode(ReadOnlySpan<byte> bytes, TableEncoding encoding, out int wrong)
    {
        wrong = 0;
        if (encoding == TableEncoding.Windows1252 && HasUnassigned(bytes)) return null;
        try
        {
            return Strict[(int)encoding].GetString(bytes);
        }
        catch (DecoderFallbackException e)
        {
            wrong = Math.Max(0, e.Index);
            return null;
        }
    }

    private static long LineAt(ReadOnlySpan<byte> bytes, int index, TableEncoding encoding) =>
        encoding is TableEncoding.Utf16Le or TableEncoding.Utf16Be ? 1 : 1 + bytes[..Math.Min(index, bytes.Length)].Count((byte)'\n');

    /// <summary>What speaks for Chinese and what for Western European text.</summary>
    /// <param name="Chinese">Points.</param>
    /// <param name="Western">Points.</param>
    /// <param name="Lone">Bytes above ASCII that stand alone between Latin letters.</param>
    private readonly record struct Score(long Chinese, long Western, long Lone)
    {
        public static Score Of(ReadOnlySpan<byte> bytes)
        {
            var (chinese, western, lone) = (0L, 0L, 0L);
            for (var i = 0; i < bytes.Length; i++)
            {
                if (bytes[i] < 0x80) continue;
                var start = i;
                while (i < bytes.Length && bytes[i] >= 0x80) i++;
                var run = bytes[start..i];
                var (before, after) = (start > 0 && char.IsAsciiLetter((char)bytes[start - 1]), i < bytes.Length && char.IsAsciiLetter((char)bytes[i]));
                if (run.Length == 1 && before && after) lone++;

                // A sign or letter by itself; up to three of them in a word.
                western += run.Length == 1 ? 2 : run.Length <= 3 && (before || after) && AreWestern(run) ? 2 : -run.Length;
                for (var p = 0; p + 1 < run.Length; p += 2)
                {
                    // GB 2312: signs and the 3,755 characters that nearly all text is made of; then the rarer ones; the rest is GBK's.
                    chinese += run[p + 1] < 0xA1 ? -1 : run[p] is >= 0xA1 and <= 0xA3 or >= 0xB0 and <= 0xD7 ? 2 : run[p] is >= 0xD8 and <= 0xF7 ? 1 : -1;
                }

                if (run.Length % 2 == 1) chinese--;
            }

            return new Score(chinese, western, lone);
        }

        // Letters, quotation marks and dashes.
        private static bool AreWestern(ReadOnlySpan<byte> run)
        {
            foreach (var value in run) if (value is not (>= 0xC0 and not (0xD7 or 0xF7) or 0x84 or >= 0x91 and <= 0x97 or 0xAB or 0xBB)) return false;
            return true;
        }
    }
}
