namespace Isa.Events.Api.Http;

/// <summary>Headers of every answer. An exception takes away what was set before it, so errors set them anew.</summary>
public static class SafeHeaders
{
    public static void Set(HttpResponse response)
    {
        response.Headers.XContentTypeOptions = "nosniff";
        response.Headers["Referrer-Policy"] = "no-referrer"; // addresses of pages carry secrets
    }
}
