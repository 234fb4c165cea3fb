namespace Isa.Events.Api.Features.Pages;

/// <summary>Shows what cancelling would do; nothing is cancelled by it.</summary>
public sealed class GetCancelPage(AttendeePages pages) : EndpointWithoutRequest
{
    public override void Configure()
    {
        Get("/r/{manageToken}/cancel");
        RoutePrefixOverride("");
        AllowAnonymous();
    }

    public override Task HandleAsync(CancellationToken ct) => pages.SendAsync(HttpContext, LinkPurpose.Manage, CancelBody.Render, ct);
}
