namespace Isa.Events.Api.Http;

/// <summary>HEAD is GET without the body (RFC 9110 s9.3.2), which the server underneath keeps back: whatever answers the one answers the other.</summary>
internal static class Head
{
    public static Task AnswerAsGet(HttpContext context, RequestDelegate next) => HttpMethods.IsHead(context.Request.Method) ? AsGetAsync(context, next) : next(context);

    /// <summary>Names HEAD beside GET where an answer says which methods there are.</summary>
    public static void AllowWithGet(HttpResponse response)
    {
        var methods = response.Headers.Allow.ToString().Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        if (methods.Contains(HttpMethods.Get) && !methods.Contains(HttpMethods.Head)) response.Headers.Allow = string.Join(", ", [.. methods, HttpMethods.Head]);
    }

    private static async Task AsGetAsync(HttpContext context, RequestDelegate next)
    {
        context.Request.Method = HttpMethods.Get;
        try
        {
            await next(context);
        }
        finally
        {
            context.Request.Method = HttpMethods.Head;
        }
    }
}
