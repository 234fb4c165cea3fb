namespace Isa.Events.Api.Features.Pages;

/// <summary>Leads whoever opens the address of a form, by reloading what it answered or by going back, to the page it stands on. Nothing is done, and nobody is looked up.</summary>
public sealed class GetFormAddress : EndpointWithoutRequest
{
    public override void Configure()
    {
        Get("/r/{manageToken}/{form}");
        RoutePrefixOverride("");
        AllowAnonymous();
    }

    public override Task HandleAsync(CancellationToken ct) => LeadAsync(HttpContext, LinkPurpose.Manage, Route<string>("manageToken")!, Route<string>("form")!);

    internal static Task LeadAsync(HttpContext context, LinkPurpose purpose, string token, string form)
    {
        var escaped = Uri.EscapeDataString(token);
        return Array.Exists(Enum.GetValues<PageForm>(), known => known.Purpose() == purpose && known.Path(escaped) == $"{PageForms.Page(purpose, escaped)}/{form}")
            ? Html.SeeOtherAsync(context, PageForms.Page(purpose, escaped)) : throw new ProblemException(Problem.NotFound);
    }
}
