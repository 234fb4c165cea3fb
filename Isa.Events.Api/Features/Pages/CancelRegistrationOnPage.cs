using Isa.Events.Api.Telemetry;

namespace Isa.Events.Api.Features.Pages;

/// <summary>Cancels the registration, as <see cref="CancelRegistration"/> does.</summary>
public sealed class CancelRegistrationOnPage(AttendeePages pages, RegistrationAccess access, Measures measures) : EndpointWithoutRequest
{
    public override void Configure()
    {
        Post("/r/{manageToken}/cancel");
        RoutePrefixOverride("");
        AllowAnonymous();
    }

    public override Task HandleAsync(CancellationToken ct) => pages.AnswerAsync(HttpContext, PageForm.Cancel, CancelBody.Render,
        async (view, _, match) => new FormResult(await CancelRegistration.CancelAsync(access, measures, view.Found, match, ct), PageNote.Cancelled),
        (view, _) => Task.FromResult(view.Registration is { Status: RegistrationStatus.Cancelled, EndReason: null } ? new FormResult(view.Registration, PageNote.Cancelled) : null), ct);
}
