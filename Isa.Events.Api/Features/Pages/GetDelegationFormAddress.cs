namespace Isa.Events.Api.Features.Pages;

/// <summary>Does for the page of a delegation's contact what <see cref="GetFormAddress"/> does for a person's.</summary>
public sealed class GetDelegationFormAddress : EndpointWithoutRequest
{
    public override void Configure()
    {
        Get("/d/{contactToken}/{form}");
        RoutePrefixOverride("");
        AllowAnonymous();
    }

    public override Task HandleAsync(CancellationToken ct) => GetFormAddress.LeadAsync(HttpContext, LinkPurpose.Contact, Route<string>("contactToken")!, Route<string>("form")!);
}
