using System.Text;
using System.Text.RegularExpressions;

namespace Isa.Events.Api.Email;

/// <summary>The page of a plain text: paragraphs stay, addresses of the web can be clicked, everything else is shown as it is.</summary>
internal static partial class PlainHtml
{
    /// <param name="text">Whatever it is.</param>
    /// <param name="language">What it is written in.</param>
    /// <param name="around">What the page is written in.</param>
    public static string Of(string text, Language language, Language around) => string.Join("\n\n", text.Split("\n\n", StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
        .Select(paragraph => language == around ? Linked(paragraph) : $"<span lang=\"{language.Tag()}\">{Linked(paragraph)}</span>"));

    private static string Linked(string text)
    {
        var (html, from) = (new StringBuilder(), 0);
        foreach (Match match in Address().Matches(text))
        {
            var url = match.Value.TrimEnd('.', ',', ';', ':', '!', '?', ')', ']', '}', '*'); // not an underscore: one in 64 of our own links ends with it
            if (!Uri.TryCreate(url, UriKind.Absolute, out var uri) || uri.Host.Length == 0) continue;
            html.Append(Html.Encode(text[from..match.Index])).Append("<a href=\"").Append(Html.Encode(url)).Append("\" style=\"word-break:break-word;overflow-wrap:anywhere\">").Append(Html.Encode(url)).Append("</a>");
            from = match.Index + url.Length;
        }

        return html.Append(Html.Encode(text[from..])).ToString();
    }

    // Chinese writes no space after an address.
    [GeneratedRegex(@"(?<![\w/])https?://[^\s<>""'`，。；：！？、（）《》“”‘’【】]+", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex Address();
}
