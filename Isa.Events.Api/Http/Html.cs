using System.Security.Cryptography;
using System.Text;

namespace Isa.Events.Api.Http;

/// <summary>The few plain pages the server has: no scripts, no foreign hosts, readable on a phone and by a screen reader.</summary>
public static class Html
{
    private const string Style = """
        :root{color-scheme:light dark}body{font:1.05rem/1.5 system-ui,"PingFang SC","Microsoft YaHei","Noto Sans CJK SC",sans-serif;max-width:42rem;margin:0 auto;padding:1.5rem 1.25rem 3rem;overflow-wrap:break-word}
        h1{font-size:1.5rem;line-height:1.25;margin:.5rem 0 1rem}h2{font-size:1.15rem;margin:2rem 0 .5rem}dl{margin:1rem 0}dt{font-weight:600;margin-top:1rem}dd{margin:0;white-space:pre-line}
        .state{border-left:.35rem solid #1b6e3c;padding:.6rem 1rem;background:#1b6e3c1a}.state.off{border-color:#b3261e;background:#b3261e1a}
        .files a,button{display:inline-block;font:inherit;margin:.35rem .75rem .35rem 0;padding:.65rem 1rem;border:2px solid #0b57a4;border-radius:.4rem;text-decoration:none;color:#0b57a4;background:#fff}
        button{background:#0b57a4;color:#fff;cursor:pointer}table{border-collapse:collapse;width:100%}th,td{text-align:left;vertical-align:top;padding:.5rem .75rem .5rem 0;border-bottom:1px solid #8886}
        form{margin:.5rem 0}.field,fieldset{margin:1rem 0}fieldset{border:1px solid #8886;border-radius:.4rem;padding:.5rem 1rem}label,legend{font-weight:600}label small,legend small{font-weight:400}.option{display:block;font-weight:400;padding:.35rem 0 .35rem 1.75rem;text-indent:-1.75rem}.option input{width:1.1rem;height:1.1rem;margin:0 .35rem 0 0;vertical-align:-.1rem}.option.off{color:#767676}
        input,select,textarea{font:inherit}.field>input:not([type=checkbox]),select,textarea{display:block;box-sizing:border-box;width:100%;padding:.5rem;border:1px solid #767676;border-radius:.3rem}.help{display:block}
        [aria-invalid]{border-color:#b3261e!important}.error{color:#b3261e;font-weight:600;margin:.25rem 0}.alert{border:2px solid #b3261e;padding:.25rem 1rem;margin:1rem 0}.alert h2,summary h2{margin:.5rem 0;display:inline-block}.note{border-left:.35rem solid #0b57a4;padding:.6rem 1rem;background:#0b57a41a}
        details{border-top:1px solid #8886;padding:.25rem 0}details:last-of-type{border-bottom:1px solid #8886}summary{cursor:pointer;padding:.25rem 0}.offer{border:2px solid #1b6e3c;border-radius:.4rem;padding:0 1rem}.offer h2{margin-top:.75rem}.danger{background:#fff;color:#b3261e;border-color:#b3261e}
        .notice{font-size:.9rem;white-space:pre-line}.event{margin:.5rem 0 0}.cancel{margin-top:1.5rem}.cancel a{color:#b3261e}td:first-child,th:first-child{white-space:nowrap}small,footer{color:#666}footer{margin-top:2.5rem;font-size:.9rem}code{overflow-wrap:anywhere}.number{font-variant-numeric:tabular-nums}
        @media(prefers-color-scheme:dark){small,footer{color:#aaa}a{color:#8ab8f0}.error,.cancel a{color:#f2a09a}.danger{background:transparent;color:#f2a09a;border-color:#f2a09a}.files a{background:transparent;color:#8ab8f0;border-color:#8ab8f0}}
        """;

    /// <summary>The pages' Content-Security-Policy: nothing but their own style.</summary>
    public static readonly string Policy =
        $"default-src 'none'; style-src 'sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(Style)))}'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

    /// <summary>Text for elements and quoted attributes.</summary>
    public static string Encode(string? text) => text is null ? "" : text.Replace("&", "&amp;").Replace("<", "&lt;").Replace(">", "&gt;").Replace("\"", "&quot;").Replace("'", "&#39;");

    /// <summary>A whole page.</summary>
    /// <param name="language">Of the page's own words.</param>
    /// <param name="title">Plain text.</param>
    /// <param name="body">HTML, already encoded.</param>
    public static string Page(Language language, string title, string body) => $"""
        <!DOCTYPE html>
        <html lang="{language.Tag()}">
        <head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><meta name="robots" content="noindex"><title>{Encode(title)}</title><style>{Style}</style></head>
        <body><main>
        {body}
        </main></body>
        </html>

        """;

    /// <summary>Sends a page that is made for one visitor.</summary>
    public static Task SendAsync(HttpContext context, string page, int status = StatusCodes.Status200OK)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "text/html; charset=utf-8";
        context.Response.Headers.CacheControl = "no-store";
        context.Response.Headers.ContentSecurityPolicy = Policy;
        return context.Response.WriteAsync(page, context.RequestAborted);
    }

    /// <summary>The same for a page with a form: with no-referrer browsers would send it as if from nowhere. The origin alone tells no secret.</summary>
    public static Task SendWithFormAsync(HttpContext context, string page, int status = StatusCodes.Status200OK)
    {
        context.Response.Headers["Referrer-Policy"] = "strict-origin";
        return SendAsync(context, page, status);
    }

    /// <summary>Answers a form that was done: the page that shows it is there.</summary>
    public static Task SeeOtherAsync(HttpContext context, string location)
    {
        context.Response.StatusCode = StatusCodes.Status303SeeOther;
        context.Response.Headers.Location = location;
        context.Response.Headers.CacheControl = "no-store";
        return context.Response.StartAsync(context.RequestAborted); // an answer that has not begun would be taken for one that was forgotten
    }
}
