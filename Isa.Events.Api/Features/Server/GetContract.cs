namespace Isa.Events.Api.Features.Server;

/// <summary>The contract, for programs that make clients from it.</summary>
public sealed class GetContract : EndpointWithoutRequest
{
    private static readonly string Tag = Conditional.Tag(1, Contract.Bytes);

    public override void Configure()
    {
        Get("/openapi.yaml");
        RoutePrefixOverride("");
        AllowAnonymous();
    }

    public override Task HandleAsync(CancellationToken ct) =>
        Conditional.SendAsync(HttpContext, Contract.Bytes, Tag, "application/yaml; charset=utf-8", "public, max-age=300");
}
