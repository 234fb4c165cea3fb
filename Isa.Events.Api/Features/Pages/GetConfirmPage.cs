namespace Isa.Events.Api.Features.Pages;

/// <summary>The page that the mail to a new address links to; opening it confirms nothing.</summary>
public sealed class GetConfirmPage(AttendeePages pages) : EndpointWithoutRequest
{
    public override void Configure()
    {
        Get("/confirm/{confirmToken}");
        RoutePrefixOverride("");
        AllowAnonymous();
    }

    public override Task HandleAsync(CancellationToken ct) => pages.SendAsync(HttpContext, LinkPurpose.Confirm, ConfirmBody.Render, ct);
}
