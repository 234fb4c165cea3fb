namespace Isa.Events.Api.Features.Pages;

/// <summary>Changes who speaks for a delegation, as <see cref="UpdateDelegation"/> does. After a new address the new link is for that alone.</summary>
public sealed class UpdateDelegationOnPage(DelegationPage page, EventsDatabase database) : EndpointWithoutRequest
{
    public override void Configure()
    {
        Post("/d/{contactToken}/contact");
        RoutePrefixOverride("");
        AllowAnonymous();
    }

    public override Task HandleAsync(CancellationToken ct) => page.AnswerAsync(HttpContext, PageForm.Contact, async (view, form, match) =>
    {
        var request = ContactForm.Read(form);
        form.Check();
        return await UpdateDelegation.UpdateAsync(database, view.Found, match, request, ct);
    }, PageNote.Updated, (view, form) => ContactForm.Read(form) == DelegationUpdateRequest.From(view.Delegation), ct);
}
