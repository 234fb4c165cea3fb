using System.Text;
using Microsoft.Net.Http.Headers;

namespace Isa.Events.Api.Http;

/// <summary>Headers of files that are saved, not shown.</summary>
public static class Download
{
    /// <summary>Names the file twice, for clients that read ASCII alone and for all others (RFC 6266, RFC 8187). Path characters and controls become underscores.</summary>
    /// <param name="context">Its answer gets the header.</param>
    /// <param name="fileName">In any script.</param>
    /// <param name="plainName">ASCII, for clients that cannot read the other; without it they get the other with gaps.</param>
    public static void Describe(HttpContext context, string fileName, string? plainName = null)
    {
        var safe = string.Concat(fileName.Select(c => char.IsControl(c) || c is '/' or '\\' or ':' or '*' or '?' or '"' or '<' or '>' or '|' ? '_' : c));
        var disposition = new ContentDispositionHeaderValue("attachment");
        disposition.SetHttpFileName(safe);
        if (plainName is not null && !Ascii.IsValid(safe)) disposition.FileName = plainName;
        context.Response.Headers.ContentDisposition = disposition.ToString();
    }
}
