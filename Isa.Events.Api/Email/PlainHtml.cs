using System.Text;
using System.Text.RegularExpressions;

namespace Isa.Events.Api.Email;

/// <summary>The page of a plain text: paragraphs stay, addresses of the web can be clicked, everything else is shown as it is. So is what is marked as typed by anybody, whatever it looks like.</summary>
internal static partial class PlainHtml
{
    // Code points that are no characters: no text has them.
    private const char Open = '\uFDD0';
    private const char Close = '\uFDD1';

    /// <summary>Words that anybody may have typed, for a text that becomes a page.</summary>
    public static string Mark(string words) => string.Join('\n', Plain(words).Split('\n').Select(line => line.Length == 0 ? line : $"{Open}{line}{Close}"));

    /// <summary>The text itself.</summary>
    public static string Plain(string marked) => string.Concat(marked.Where(c => c is not (Open or Close)));

    /// <param name="text">Whatever it is.</param>
    /// <param name="language">What it is written in.</param>
    /// <param name="around">What the page is written in.</param>
    public static string Of(string text, Language language, Language around) => string.Join("\n\n", text.Split("\n\n", StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
        .Select(paragraph => language == around ? Linked(paragraph) : $"<span lang=\"{language.Tag()}\">{Linked(paragraph)}</span>"));

    private static string Linked(string text)
    {
        var (html, from) = (new StringBuilder(), 0);
        foreach (Match match in Parts().Matches(text))
        {
            var (words, url) = (match.Groups["words"], match.Value.TrimEnd('.', ',', ';', ':', '!', '?', ')', ']', '}', '*')); // not an underscore: one in 64 of our own links ends with it
            if (!words.Success && (!Uri.TryCreate(url, UriKind.Absolute, out var uri) || uri.Host.Length == 0)) continue;
            html.Append(Html.Encode(Plain(text[from..match.Index])));
            if (words.Success) html.Append(new Phrase(words.Value).ToHtml(default));
            else html.Append("<a href=\"").Append(Html.Encode(url)).Append("\" style=\"word-break:break-word;overflow-wrap:anywhere\">").Append(Html.Encode(url)).Append("</a>");
            from = match.Index + (words.Success ? match.Length : url.Length);
        }

        return html.Append(Html.Encode(Plain(text[from..]))).ToString();
    }

    // Chinese writes no space after an address. One that goes on with what anybody may have typed leads where nobody knows.
    [GeneratedRegex(@"\uFDD0(?<words>[^\uFDD1]*)\uFDD1|(?<![\w/])https?://(?>[^\s<>""'`，。；：！？、（）《》“”‘’【】\uFDD0\uFDD1]+)(?!\uFDD0)", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex Parts();
}
