namespace Isa.Events.Api.Features.Pages;

/// <summary>Confirms the address of a delegation's contact, as <see cref="ConfirmDelegation"/> does.</summary>
public sealed class ConfirmDelegationOnPage(DelegationPage page) : EndpointWithoutRequest
{
    public override void Configure()
    {
        Post("/d/{contactToken}");
        RoutePrefixOverride("");
        AllowAnonymous();
    }

    public override Task HandleAsync(CancellationToken ct) => page.ConfirmAsync(HttpContext, ct);
}
