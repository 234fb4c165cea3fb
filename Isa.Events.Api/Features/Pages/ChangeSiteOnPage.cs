namespace Isa.Events.Api.Features.Pages;

/// <summary>Moves the person to another site, as <see cref="ChangeSite"/> does.</summary>
public sealed class ChangeSiteOnPage(AttendeePages pages, RegistrationAccess access) : EndpointWithoutRequest
{
    private static readonly ChangeSiteRequestValidator Shape = new();

    public override void Configure()
    {
        Post("/r/{manageToken}/site");
        RoutePrefixOverride("");
        AllowAnonymous();
    }

    public override Task HandleAsync(CancellationToken ct) => pages.AnswerAsync(HttpContext, PageForm.Site, ManageBody.Render, async (view, form, match) =>
    {
        var request = SiteForm.Read(view, form);
        Shape.Check(request);
        var changed = await ChangeSite.ChangeAsync(access, view.Found, request, match, ct);
        return new FormResult(changed, view.Registration.AttendsAt(view.Event.Site(request.SiteId)!) ? PageNote.Stays : changed.AttendsAt(view.Event.Site(request.SiteId)!) ? PageNote.Moved : PageNote.Waiting);
    }, (view, form) => Task.FromResult(Reached(view, SiteForm.Read(view, form)) is { } note ? new FormResult(view.Registration, note) : null), ct);

    private static PageNote? Reached(PageView view, ChangeSiteRequest request) =>
        view.Wait is { State: EntryState.Queued } wait && wait.SiteId == request.SiteId && request.WhenFull == WhenFull.Waitlist ? PageNote.Waiting
        : view.Event.Site(request.SiteId) is { } site && view.Registration.AttendsAt(site) && (view.Wait is null || request.KeepWaiting == true) ? PageNote.Moved : null;
}
