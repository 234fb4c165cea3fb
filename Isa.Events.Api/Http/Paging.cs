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

    /// <summary>Cuts a list that was read one further than it is shown, and links to what follows.</summary>
    /// <param name="context">The request.</param>
    /// <param name="settings">With the public address.</param>
    /// <param name="read">In the order of the ids, whichever way.</param>
    /// <param name="limit">How many are shown.</param>
    /// <param name="idOf">What the next page begins after.</param>
    /// <param name="filter">What the cursor is for.</param>
    public static (IEnumerable<T> Page, string? Next) Cut<T>(HttpContext context, ServerSettings settings, IReadOnlyList<T> read, int limit, Func<T, string> idOf, string filter)
    {
        var next = read.Count > limit ? new Cursor("", idOf(read[limit - 1])).Print(filter) : null;
        Link(context, settings, next);
        return (read.Take(limit), next);
    }
}
