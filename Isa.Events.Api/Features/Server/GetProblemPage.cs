namespace Isa.Events.Api.Features.Server;

/// <summary>The page that an error's <c>type</c> leads to (RFC 9457 s3.1.1).</summary>
public sealed class GetProblemPage : EndpointWithoutRequest
{
    public override void Configure()
    {
        Get("/problems/{code}");
        RoutePrefixOverride("");
        AllowAnonymous();
    }

    public override Task HandleAsync(CancellationToken ct)
    {
        if (Problem.All.GetValueOrDefault(Route<string>("code")!) is not { } problem) throw new ProblemException(Problem.NotFound);
        return Html.SendAsync(HttpContext, Html.Page(Language.En, problem.Title, $"""
            <p><a href="/problems">Errors of the API</a></p>
            <h1>{Html.Encode(problem.Title)}</h1>
            <dl><dt>Code</dt><dd><code>{problem.Code}</code></dd><dt>Status</dt><dd>{problem.Status}</dd>
            <dt>What to do</dt><dd>{Html.Encode(problem.Explanation)}</dd>
            <dt>Text for the visitor</dt><dd><span lang="de">{Html.Encode(problem.Detail.De)}</span>
            <span lang="en">{Html.Encode(problem.Detail.En)}</span>
            <span lang="zh-Hans">{Html.Encode(problem.Detail.Zh)}</span></dd></dl>
            """));
    }
}
