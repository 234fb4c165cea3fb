namespace Isa.Events.Api.Features.Pages;

/// <summary>Leads whoever opens the address of a form, by reloading what it answered or by going back, to the page it stands on. Nothing is done, and nobody is looked up.</summary>
public sealed class GetFormAddress : EndpointWithoutRequest
{
    private static readonly PageForm[] OnManagePage = [.. Enum.GetValues<PageForm>().Where(form => form.Purpose() == LinkPurpose.Manage)];

    public override void Configure()
    {
        Get("/r/{manageToken}/{form}");
        RoutePrefixOverride("");
        AllowAnonymous();
    }

    public override Task HandleAsync(CancellationToken ct)
    {
        var token = Uri.EscapeDataString(Route<string>("manageToken")!);
        return Array.Exists(OnManagePage, known => known.Path(token) == $"/r/{token}/{Route<string>("form")}") ? Html.SeeOtherAsync(HttpContext, PageForms.Page(LinkPurpose.Manage, token)) : throw new ProblemException(Problem.NotFound);
    }
}
