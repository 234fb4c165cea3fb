namespace Isa.Events.Api.Features.Replies;

/// <summary>RFC 4648 s6 in lower case and without padding: what stands in an address, where mail servers may change the case.</summary>
internal static class Base32
{
    private const string Alphabet = "abcdefghijklmnopqrstuvwxyz234567";

    public static string Encode(ReadOnlySpan<byte> bytes)
    {
        var text = new char[(bytes.Length * 8 + 4) / 5];
        for (var i = 0; i < text.Length; i++)
        {
            var value = 0;
            for (var bit = i * 5; bit < i * 5 + 5; bit++) value = value << 1 | (bit < bytes.Length * 8 && (bytes[bit / 8] >> (7 - bit % 8) & 1) == 1 ? 1 : 0);
            text[i] = Alphabet[value];
        }

        return new string(text);
    }

    /// <summary>Into exactly as many bytes as the text holds; bits that are left over are zero.</summary>
    public static bool TryDecode(ReadOnlySpan<char> text, Span<byte> bytes)
    {
        bytes.Clear();
        if (text.Length != (bytes.Length * 8 + 4) / 5) return false;
        for (var i = 0; i < text.Length; i++)
        {
            var value = Alphabet.IndexOf(char.ToLowerInvariant(text[i]));
            if (value < 0) return false;
            for (var j = 0; j < 5; j++)
            {
                if ((value >> (4 - j) & 1) == 0) continue;
                var bit = i * 5 + j;
                if (bit >= bytes.Length * 8) return false;
                bytes[bit / 8] |= (byte)(1 << (7 - bit % 8));
            }
        }

        return true;
    }
}
