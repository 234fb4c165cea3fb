using System.Globalization;
using System.Text;

namespace Isa.Events.Api.Features.Pages;

/// <summary>What somebody in a browser gets where a program gets problem details: too many requests, a failure of the server, an address that leads nowhere.</summary>
internal static class RefusalPage
{
    private static readonly string[] Paths = ["/r", "/d", "/confirm", "/join"];

    /// <summary>Whether whoever asks looks at a page. A key that does not count was sent by a program.</summary>
    public static bool IsFor(HttpContext context, Problem problem) => problem != Problem.NotAuthenticated && Array.Exists(Paths, path => context.Request.Path.StartsWithSegments(path));

    /// <summary>Notes the language of the page, once it is known whose that is: from then on refusals speak it rather than the browser's.</summary>
    public static void Speak(HttpContext context, Language language) => context.Features.Set(new PageLanguage(language));

    /// <summary>Sends it, with the headers that are set.</summary>
    public static Task SendAsync(HttpContext context, Problem problem, string traceId)
    {
        var language = context.Features.Get<PageLanguage>()?.Language ?? Languages.Accepted(context.Request) ?? Language.En;
        var title = PageWording.ErrorsTitle.In(language);
        var body = new StringBuilder($"<h1>{title}</h1>\n<p role=\"alert\">{problem.Detail.In(language)}</p>\n");
        if (problem == Problem.TooManyRequests && int.TryParse(context.Response.Headers.RetryAfter, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds))
            body.Append($"<p>{(seconds <= 60 ? PageWording.RetryInAMinute.In(language) : PageWording.RetryInMinutes.Fill(language, (seconds + 59) / 60))}</p>\n");
        if (problem == Problem.InternalError)
            body.Append($"<p>{PageWording.RetryLater.In(language)}</p>\n<p><small>{PageWording.Trace.In(language)} <code>{Html.Encode(traceId)}</code></small></p>\n");
        context.Response.Headers.ContentLanguage = language.Tag();
        return Html.SendAsync(context, Html.Page(language, title, body.ToString()), problem.Status);
    }

    private sealed record PageLanguage(Language Language);
}
