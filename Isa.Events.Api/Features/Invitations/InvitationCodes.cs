using System.Security.Cryptography;
using System.Text;

namespace Isa.Events.Api.Features.Invitations;

/// <summary>
/// Personal codes that people copy from a letter: <c>4KX7-0QRM-W9T2</c>, 60 bits. Derived from the server's secret as the tokens of links are, so that any mail can
/// carry them again; stored is only what finds them.
/// </summary>
public sealed class InvitationCodes(RegistrationTokens tokens)
{
    // Crockford's base 32: digits and capitals without I, L, O and U. Who reads a 0 as O or a 1 as I or L is understood.
    private const string Alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    private const int Length = 12;

    public string Create(string inviteeId, long version)
    {
        Span<byte> mac = stackalloc byte[RegistrationTokens.MacBytes];
        tokens.Sign(LinkPurpose.Invite, Convert.FromHexString(inviteeId.AsSpan(Invitee.IdPrefix.Length)), version, mac);
        var bits = System.Buffers.Binary.BinaryPrimitives.ReadUInt64BigEndian(mac) >> 4;
        return string.Create(Length + 2, bits, (text, value) =>
        {
            for (var i = text.Length - 1; i >= 0; i--)
            {
                if (i is 4 or 9) text[i] = '-';
                else
                {
                    text[i] = Alphabet[(int)(value & 31)];
                    value >>= 5;
                }
            }
        });
    }

    /// <summary>What finds a code, whatever the case, spaces and hyphens; null for a text that cannot be one.</summary>
    public static byte[]? Hash(string text)
    {
        if (text.Length > 60) return null;
        Span<byte> code = stackalloc byte[Length];
        var length = 0;
        foreach (var c in text.Normalize(NormalizationForm.FormKC)) // full-width letters of an input method
        {
            if (char.IsWhiteSpace(c) || char.GetUnicodeCategory(c) == System.Globalization.UnicodeCategory.DashPunctuation) continue;
            var known = char.ToUpperInvariant(c) switch { 'O' => '0', 'I' or 'L' => '1', var other => other };
            if (length == Length || !Alphabet.Contains(known)) return null;
            code[length++] = (byte)known;
        }

        return length == Length ? SHA256.HashData(code) : null;
    }
}
