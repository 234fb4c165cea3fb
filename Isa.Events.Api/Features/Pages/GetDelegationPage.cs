namespace Isa.Events.Api.Features.Pages;

/// <summary>The page of a delegation's contact; opening it confirms nothing.</summary>
public sealed class GetDelegationPage(DelegationPage page) : EndpointWithoutRequest
{
    public override void Configure()
    {
        Get("/d/{contactToken}");
        RoutePrefixOverride("");
        AllowAnonymous();
    }

    public override Task HandleAsync(CancellationToken ct) => page.SendAsync(HttpContext, ct);
}
