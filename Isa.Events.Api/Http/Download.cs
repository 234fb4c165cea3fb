using Microsoft.Net.Http.Headers;

namespace Isa.Events.Api.Http;

/// <summary>Headers of files that are saved, not shown.</summary>
public static class Download
{
    /// <summary>Names the file twice, for clients that read ASCII alone and for all others (RFC 6266, RFC 8187). Path characters and controls become underscores.</summary>
    public static void Describe(HttpContext context, string fileName)
    {
        var safe = string.Concat(fileName.Select(c => char.IsControl(c) || c is '/' or '\\' or ':' or '*' or '?' or '"' or '<' or '>' or '|' ? '_' : c));
        var disposition = new ContentDispositionHeaderValue("attachment");
        disposition.SetHttpFileName(safe);
        context.Response.Headers.ContentDisposition = disposition.ToString();
    }
}
