using Microsoft.AspNetCore.Diagnostics;

namespace Isa.Events.Api.Http;

/// <summary>Paths as logs and answers may show them: without the secrets that links carry.</summary>
public static class Redacted
{
    private static readonly string[] Secrets = ["registration", "manageToken", "joinToken", "confirmToken", "contactToken", "feedToken", "invitation"];

    public static string Path(HttpContext context)
    {
        var path = context.Request.Path.ToUriComponent();
        var route = context.Features.Get<IExceptionHandlerFeature>()?.RouteValues ?? context.Request.RouteValues;
        foreach (var name in Secrets)
            if (route.TryGetValue(name, out var value) && value is string text && text.Length > 0 && !text.StartsWith("reg_", StringComparison.Ordinal))
                path = path.Replace(Uri.EscapeDataString(text), "redacted", StringComparison.Ordinal);
        return path;
    }

    /// <summary>The route's template, also once an exception has taken the endpoint away.</summary>
    public static string Route(HttpContext context) =>
        ((context.GetEndpoint() ?? context.Features.Get<IExceptionHandlerFeature>()?.Endpoint) as RouteEndpoint)?.RoutePattern.RawText ?? "-";
}
