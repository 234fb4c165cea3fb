namespace Isa.Events.Api.Features.Pages;

/// <summary>Keeps the place of whoever said no in their calendar, as <see cref="KeepPlace"/> does.</summary>
public sealed class KeepPlaceOnPage(AttendeePages pages, RegistrationAccess access) : EndpointWithoutRequest
{
    public override void Configure()
    {
        Post("/r/{manageToken}/keep");
        RoutePrefixOverride("");
        AllowAnonymous();
    }

    public override Task HandleAsync(CancellationToken ct) => pages.AnswerAsync(HttpContext, PageForm.Keep, ManageBody.Render,
        async (view, _, match) => new FormResult(await KeepPlace.KeepAsync(access, view.Found, match, ct), PageNote.Kept),
        (view, _) => Task.FromResult(view.Registration is { IsActive: true, DeclineTakesEffectAt: null } ? new FormResult(view.Registration, PageNote.Kept) : null), ct);
}
