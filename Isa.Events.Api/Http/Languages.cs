using System.Globalization;
using Microsoft.Net.Http.Headers;

namespace Isa.Events.Api.Http;

/// <summary>The languages that people read here.</summary>
public enum Language
{
    De,
    En,
    Zh,
}

public static class Languages
{
    private static readonly CultureInfo German = CultureInfo.GetCultureInfo("de-DE");
    private static readonly CultureInfo English = CultureInfo.GetCultureInfo("en-GB");
    private static readonly CultureInfo Chinese = CultureInfo.GetCultureInfo("zh-CN");

    public static string Code(this Language language) => language switch { Language.De => "de", Language.En => "en", _ => "zh" };

    /// <summary>The tag for <c>lang</c> attributes and LANGUAGE parameters (RFC 5646).</summary>
    public static string Tag(this Language language) => language switch { Language.De => "de", Language.En => "en", _ => "zh-Hans" };

    /// <summary>Between what stands in a row.</summary>
    public static string Comma(this Language language) => language == Language.Zh ? "，" : ", ";

    /// <summary>Between things of one kind.</summary>
    public static string ListComma(this Language language) => language == Language.Zh ? "、" : ", ";

    /// <summary>After a label.</summary>
    public static string Colon(this Language language) => language == Language.Zh ? "：" : ": ";

    public static CultureInfo Culture(this Language language) => language switch { Language.De => German, Language.En => English, _ => Chinese };

    /// <summary>Takes <c>de</c>, <c>de-AT</c>, <c>zh_CN</c>, <c>zh-Hans-CN</c>, in any case.</summary>
    public static bool TryParse(string? text, out Language language)
    {
        language = Language.En;
        if (text is null || text.Length < 2 || text.Length > 35 || text.Length > 2 && text[2] is not ('-' or '_')) return false;
        switch (text[..2].ToLowerInvariant())
        {
            case "de": language = Language.De; return true;
            case "en": return true;
            case "zh": language = Language.Zh; return true;
            default: return false;
        }
    }

    /// <summary>The best of <c>Accept-Language</c> (RFC 9110 s12.5.4), or null where it names none of ours.</summary>
    public static Language? Accepted(HttpRequest request)
    {
        var header = request.Headers.AcceptLanguage;
        if (header.Count == 0) return null;
        if (!StringWithQualityHeaderValue.TryParseList(header, out var wishes)) return null;
        foreach (var wish in wishes.OrderByDescending(w => w.Quality ?? 1))
            if (wish.Quality is not 0 && TryParse(wish.Value.Value, out var language)) return language;
        return null;
    }
}
