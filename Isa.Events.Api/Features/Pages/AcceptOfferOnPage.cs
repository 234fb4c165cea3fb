namespace Isa.Events.Api.Features.Pages;

/// <summary>Takes the seat that is held for the person, as <see cref="AcceptOffer"/> does.</summary>
public sealed class AcceptOfferOnPage(AttendeePages pages, EventsDatabase database, RegistrationAccess access) : EndpointWithoutRequest
{
    public override void Configure()
    {
        Post("/r/{manageToken}/accept-offer");
        RoutePrefixOverride("");
        AllowAnonymous();
    }

    public override Task HandleAsync(CancellationToken ct) => pages.AnswerAsync(HttpContext, PageForm.Accept, ManageBody.Render,
        async (view, _, match) => new FormResult(await AcceptOffer.AcceptAsync(access, view.Found, match, ct), PageNote.Accepted),
        async (view, _) => await database.ReadAsync(session => Offer.Last(session, view.Registration), ct) == Offer.Accepted ? new FormResult(view.Registration, PageNote.Accepted) : null, ct);
}
