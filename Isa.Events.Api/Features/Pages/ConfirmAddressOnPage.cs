namespace Isa.Events.Api.Features.Pages;

/// <summary>Confirms the address of a registration, as <see cref="ConfirmAddress"/> does.</summary>
public sealed class ConfirmAddressOnPage(AttendeePages pages, RegistrationAccess access) : EndpointWithoutRequest
{
    public override void Configure()
    {
        Post("/confirm/{confirmToken}");
        RoutePrefixOverride("");
        AllowAnonymous();
    }

    public override Task HandleAsync(CancellationToken ct) => pages.AnswerAsync(HttpContext, PageForm.Confirm, ConfirmBody.Render,
        async (view, _, match) => new FormResult(await ConfirmAddress.ConfirmAsync(access, view.Found, match, ct), PageNote.Confirmed),
        (view, _) => Task.FromResult(view.Registration is { IsActive: true, Status: not RegistrationStatus.PendingConfirmation } ? new FormResult(view.Registration, PageNote.Confirmed) : null), ct);
}
