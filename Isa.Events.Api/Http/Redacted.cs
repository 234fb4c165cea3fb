namespace Isa.Events.Api.Http;

/// <summary>Paths as logs and answers may show them: without the secrets that links carry.</summary>
public static class Redacted
{
    private static readonly string[] Secrets = ["registration", "manageToken", "joinToken"];

    public static string Path(HttpContext context)
    {
        var path = context.Request.Path.ToUriComponent();
        foreach (var name in Secrets)
            if (context.Request.RouteValues.TryGetValue(name, out var value) && value is string text && text.Length > 0 && !text.StartsWith("reg_", StringComparison.Ordinal))
                path = path.Replace(Uri.EscapeDataString(text), "redacted", StringComparison.Ordinal);
        return path;
    }
}
