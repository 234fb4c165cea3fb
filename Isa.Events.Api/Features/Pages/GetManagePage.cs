namespace Isa.Events.Api.Features.Pages;

/// <summary>A person's own page.</summary>
public sealed class GetManagePage(AttendeePages pages) : EndpointWithoutRequest
{
    public override void Configure()
    {
        Get("/r/{manageToken}");
        RoutePrefixOverride("");
        AllowAnonymous();
    }

    public override Task HandleAsync(CancellationToken ct) => pages.SendAsync(HttpContext, LinkPurpose.Manage, ManageBody.Render, ct);
}
