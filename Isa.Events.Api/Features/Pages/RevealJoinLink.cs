namespace Isa.Events.Api.Features.Pages;

/// <summary>Shows the way into the video conference.</summary>
public sealed class RevealJoinLink(JoinPage page) : EndpointWithoutRequest
{
    public override void Configure()
    {
        Post("/join/{joinToken}");
        RoutePrefixOverride("");
        AllowAnonymous();
    }

    public override Task HandleAsync(CancellationToken ct) => page.SendAsync(HttpContext, reveal: true, ct);
}
