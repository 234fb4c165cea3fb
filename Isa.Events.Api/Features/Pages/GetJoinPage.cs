namespace Isa.Events.Api.Features.Pages;

/// <summary>Shows when and where, and whether one can join.</summary>
public sealed class GetJoinPage(JoinPage page) : EndpointWithoutRequest
{
    public override void Configure()
    {
        Get("/join/{joinToken}");
        RoutePrefixOverride("");
        AllowAnonymous();
    }

    public override Task HandleAsync(CancellationToken ct) => page.SendAsync(HttpContext, reveal: false, ct);
}
