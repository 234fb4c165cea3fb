using Microsoft.Extensions.Primitives;

namespace Isa.Events.Api.Http;

/// <summary>Whether a form was sent from a page of this server. The address of a page is a secret already; this holds off pages of others that have got to know it.</summary>
internal static class SameOrigin
{
    /// <summary>
    /// Browsers say it (Fetch Metadata), or at least whose page it was (RFC 6454). What says neither is no browser that could be misled; the form's own token is asked of it
    /// all the same.
    /// </summary>
    public static bool Sent(HttpRequest request, ServerSettings settings)
    {
        var site = request.Headers["Sec-Fetch-Site"];
        if (!StringValues.IsNullOrEmpty(site)) return site is ["same-origin"] or ["none"];
        var origin = request.Headers.Origin;
        return StringValues.IsNullOrEmpty(origin) || origin.Count == 1 && (IsOrigin(settings.PublicUrl, origin[0]!) || IsOrigin($"{request.Scheme}://{request.Host}", origin[0]!));
    }

    private static bool IsOrigin(string address, string origin) =>
        Uri.TryCreate(address, UriKind.Absolute, out var own) && origin.Equals(own.GetLeftPart(UriPartial.Authority), StringComparison.OrdinalIgnoreCase);
}
