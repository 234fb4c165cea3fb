using System.Globalization;
using System.Text;

namespace Isa.Events.Api.Http;

/// <summary>
/// Addresses that a mailbox on the internet can have, and the form in which two of them are compared. Narrower than RFC 5321 on purpose: quoted local parts, address
/// literals and host names without a dot are what attacks and typing errors look like here, and some mail servers read more than a name in what RFC 5322 allows.
/// </summary>
public static class EmailAddress
{
    private static readonly IdnMapping Idn = new() { UseStd3AsciiRules = true, AllowUnassigned = false };

    /// <summary>Repairs what input methods do to an address: full-width letters, digits, ＠ and ．, spaces around it.</summary>
    public static string Repair(string text) => Ascii.IsValid(text) ? text.Trim() : string.Concat(text.Trim().Select(c => c is >= '！' and <= '～' ? (char)(c - '！' + '!') : c == '。' ? '.' : c));

    /// <summary>The form to compare by: NFC, lower case, domain in ASCII (RFC 5891). Never used to send to. What was stored when more was taken for an address stands for itself.</summary>
    public static string Normalise(string text) => TryNormalise(text, out _, out var normalised) ? normalised : Repair(text).ToLowerInvariant();

    /// <summary>Its <c>mailto:</c>, domain in ASCII as mail servers and calendars compare it; what has a meaning in addresses of the web is written as octets (RFC 6068 s2).</summary>
    public static string ToUri(string text)
    {
        var uri = new StringBuilder("mailto:");
        foreach (var c in TryNormalise(text, out var address, out _) ? address : text) _ = "%#?/^`{|}&".Contains(c) ? uri.Append('%').Append(((int)c).ToString("X2", CultureInfo.InvariantCulture)) : uri.Append(c);
        return uri.ToString();
    }

    /// <param name="text">As somebody typed it.</param>
    /// <param name="address">To send to: repaired, domain in ASCII, the local part as typed.</param>
    /// <param name="normalised">To compare by.</param>
    public static bool TryNormalise(string text, out string address, out string normalised)
    {
        (address, normalised) = ("", "");
        if (Text.Clean(Repair(text), out _) is not { } repaired) return false;
        var at = repaired.IndexOf('@');
        if (at <= 0 || at != repaired.LastIndexOf('@')) return false;

        var local = repaired[..at];
        if (Encoding.UTF8.GetByteCount(local) > 64 || local[0] == '.' || local[^1] == '.' || local.Contains("..", StringComparison.Ordinal)) return false;
        if (local[0] is '|' or '/' or '-' || local.Contains("${", StringComparison.Ordinal)) return false; // a program, a file, an option, an expansion (Exim's CVE-2019-10149)
        if (local.IndexOf("=?", StringComparison.Ordinal) is >= 0 and var word && local.IndexOf("?=", word + 2, StringComparison.Ordinal) > 0) return false; // decoded to another mailbox (RFC 2047)
        foreach (var rune in local.EnumerateRunes()) if (!IsLocal(rune)) return false;

        if (!TryAscii(repaired[(at + 1)..], out var domain) || local.Length + 1 + domain.Length > 254) return false;
        address = $"{local}@{domain}";
        normalised = address.ToLowerInvariant();
        return true;
    }

    private static bool TryAscii(string domain, out string ascii)
    {
        ascii = "";
        if (domain.Length is 0 or > 253 || !domain.Contains('.')) return false;
        try
        {
            ascii = Ascii.IsValid(domain) ? domain.ToLowerInvariant() : Idn.GetAscii(domain).ToLowerInvariant();
        }
        catch (ArgumentException)
        {
            return false;
        }

        var labels = ascii.Split('.');
        foreach (var label in labels)
        {
            if (label.Length is 0 or > 63 || label[0] == '-' || label[^1] == '-') return false;
            foreach (var c in label) if (!char.IsAsciiLetterOrDigit(c) && c != '-') return false;
        }

        return labels[^1].Length >= 2 && !labels[^1].All(char.IsAsciiDigit);
    }

    // RFC 5322 atext, and letters and digits of every script (RFC 6531). Without % and !, by which mail servers route: to another server than the one after the @.
    private static bool IsLocal(Rune rune) => rune.IsAscii
        ? Rune.IsLetterOrDigit(rune) || "#$&'*+-/=?^_`{|}~.".Contains((char)rune.Value)
        : !IsUnseen(rune.Value) && Rune.GetUnicodeCategory(rune) is UnicodeCategory.LowercaseLetter or UnicodeCategory.UppercaseLetter or UnicodeCategory.OtherLetter
            or UnicodeCategory.TitlecaseLetter or UnicodeCategory.ModifierLetter or UnicodeCategory.DecimalDigitNumber
            or UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark;

    // Letters and marks that show nothing (Unicode's Default_Ignorable_Code_Point): two addresses would look like one.
    private static bool IsUnseen(int value) => value is 0x034F or 0x115F or 0x1160 or 0x17B4 or 0x17B5 or (>= 0x180B and <= 0x180F) or 0x3164 or (>= 0xFE00 and <= 0xFE0F) or 0xFFA0 or >= 0xE0000;
}
