namespace Isa.Events.Api.Http;

/// <summary>Links to the next page (RFC 8288), beside the <c>nextCursor</c> of the body.</summary>
public static class Paging
{
    public static void Link(HttpContext context, ServerSettings settings, string? nextCursor)
    {
        if (nextCursor is null) return;
        var query = QueryString.Create(context.Request.Query.Where(p => p.Key != "cursor").SelectMany(p => p.Value, (p, v) => KeyValuePair.Create(p.Key, v)).Append(new("cursor", nextCursor)));
        context.Response.Headers.Link = $"<{settings.Url(context.Request.Path.ToUriComponent())}{query.ToUriComponent()}>; rel=\"next\"";
    }
}
