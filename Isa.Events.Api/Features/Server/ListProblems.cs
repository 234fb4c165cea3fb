using System.Text;

namespace Isa.Events.Api.Features.Server;

/// <summary>All errors of the API on one page, for developers.</summary>
public sealed class ListProblems : EndpointWithoutRequest
{
    public override void Configure()
    {
        Get("/problems");
        RoutePrefixOverride("");
        AllowAnonymous();
    }

    public override Task HandleAsync(CancellationToken ct)
    {
        var body = new StringBuilder("<h1>Errors of the API</h1>\n<table><thead><tr><th scope=\"col\">Status</th><th scope=\"col\">Code</th><th scope=\"col\">Meaning</th></tr></thead><tbody>\n");
        foreach (var problem in Problem.All.Values.OrderBy(p => p.Status).ThenBy(p => p.Code, StringComparer.Ordinal))
            body.Append($"<tr><td>{problem.Status}</td><td><a href=\"/problems/{problem.Code}\"><code>{problem.Code}</code></a></td><td>{Html.Encode(problem.Title)}</td></tr>\n");
        body.Append("</tbody></table>\n<h2>Codes of fields</h2>\n<table><thead><tr><th scope=\"col\">Code</th><th scope=\"col\">Text for the visitor</th></tr></thead><tbody>\n");
        foreach (var field in FieldCode.All.Values.OrderBy(f => f.Code, StringComparer.Ordinal))
            body.Append($"<tr><td><code>{field.Code}</code></td><td>{Html.Encode(field.Detail.En)}</td></tr>\n");
        body.Append("</tbody></table>\n");
        return Html.SendAsync(HttpContext, Html.Page(Language.En, "Errors of the API", body.ToString()));
    }
}
