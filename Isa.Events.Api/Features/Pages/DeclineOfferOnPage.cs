namespace Isa.Events.Api.Features.Pages;

/// <summary>Gives back the seat that is held for the person, as <see cref="DeclineOffer"/> does.</summary>
public sealed class DeclineOfferOnPage(AttendeePages pages, EventsDatabase database, RegistrationAccess access) : EndpointWithoutRequest
{
    public override void Configure()
    {
        Post("/r/{manageToken}/decline-offer");
        RoutePrefixOverride("");
        AllowAnonymous();
    }

    public override Task HandleAsync(CancellationToken ct) => pages.AnswerAsync(HttpContext, PageForm.Decline, ManageBody.Render,
        async (view, _, match) => new FormResult(await DeclineOffer.DeclineAsync(access, view.Found, match, ct), PageNote.Declined),
        async (view, _) => await database.ReadAsync(session => Offer.Last(session, view.Registration), ct) == Offer.Declined ? new FormResult(view.Registration, PageNote.Declined) : null, ct);
}
