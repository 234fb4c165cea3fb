namespace Isa.Events.Api.Features.Pages;

/// <summary>Changes what is said of the person, as <see cref="UpdateRegistration"/> does. After a new address it leads to the new link, for whoever has just typed that.</summary>
public sealed class UpdateRegistrationOnPage(AttendeePages pages, RegistrationAccess access, RegistrationTokens tokens) : EndpointWithoutRequest
{
    public override void Configure()
    {
        Post("/r/{manageToken}/details");
        RoutePrefixOverride("");
        AllowAnonymous();
    }

    public override Task HandleAsync(CancellationToken ct) => pages.AnswerAsync(HttpContext, PageForm.Details, ManageBody.Render, async (view, form, match) =>
    {
        var request = DetailsForm.Read(view, form);
        form.Check();
        var updated = await UpdateRegistration.UpdateAsync(access, tokens, view.Found, request, match, ct);
        return new FormResult(updated, updated.TokenVersion == view.Registration.TokenVersion ? PageNote.Updated : PageNote.Renewed);
    }, (view, form) => Task.FromResult(UpdateRegistration.IsSame(view.Registration, DetailsForm.Read(view, form)) ? new FormResult(view.Registration, PageNote.Updated) : null), ct);
}
