using System.Net;
using System.Security.Cryptography;
using System.Text;

namespace Isa.Events.Api.Http;

/// <summary>The few plain pages the server has: no scripts, no foreign hosts, readable on a phone and by a screen reader.</summary>
public static class Html
{
    private const string Style = """
        :root{color-scheme:light dark}body{font:1.05rem/1.5 system-ui,"PingFang SC","Microsoft YaHei","Noto Sans CJK SC",sans-serif;max-width:42rem;margin:0 auto;padding:1.5rem 1.25rem 3rem}
        h1{font-size:1.5rem;line-height:1.25;margin:.5rem 0 1rem}h2{font-size:1.15rem;margin:2rem 0 .5rem}dl{margin:1rem 0}dt{font-weight:600;margin-top:1rem}dd{margin:0;white-space:pre-line}
        .state{border-left:.35rem solid #1b6e3c;padding:.6rem 1rem;background:#1b6e3c1a}.state.off{border-color:#b3261e;background:#b3261e1a}
        .files a,button{display:inline-block;font:inherit;margin:.35rem .75rem .35rem 0;padding:.65rem 1rem;border:2px solid #0b57a4;border-radius:.4rem;text-decoration:none;color:#0b57a4;background:#fff}
        button{background:#0b57a4;color:#fff;cursor:pointer}table{border-collapse:collapse;width:100%}th,td{text-align:left;vertical-align:top;padding:.5rem .75rem .5rem 0;border-bottom:1px solid #8886}
        td:first-child,th:first-child{white-space:nowrap}small,footer{color:#666}footer{margin-top:2.5rem;font-size:.9rem}code{overflow-wrap:anywhere}.number{font-variant-numeric:tabular-nums}
        @media(prefers-color-scheme:dark){small,footer{color:#aaa}.files a{background:transparent;color:#8ab8f0;border-color:#8ab8f0}}
        """;

    /// <summary>The pages' Content-Security-Policy: nothing but their own style.</summary>
    public static readonly string Policy =
        $"default-src 'none'; style-src 'sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(Style)))}'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

    /// <summary>Text for elements and quoted attributes.</summary>
    public static string Encode(string? text) => WebUtility.HtmlEncode(text) ?? "";

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
}
