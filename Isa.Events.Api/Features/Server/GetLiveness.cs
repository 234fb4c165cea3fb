namespace Isa.Events.Api.Features.Server;

/// <summary>Says that the process answers, whatever the state of its database.</summary>
public sealed class GetLiveness : EndpointWithoutRequest<LivenessAnswer>
{
    public override void Configure()
    {
        Get("/health/live");
        RoutePrefixOverride("");
        AllowAnonymous();
    }

    public override Task HandleAsync(CancellationToken ct)
    {
        HttpContext.Response.Headers.CacheControl = "no-store";
        return Send.OkAsync(new LivenessAnswer("live"), ct);
    }
}

public sealed record LivenessAnswer(string Status);
