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
        async (view, form, match) =>
        {
            var request = new AcceptOfferRequest { Answers = form.Answer(SiteForm.Unanswered(view, view.Wait?.SiteId), null) };
            form.Check();
            return new FormResult(await AcceptOffer.AcceptAsync(access, view.Found, request, match, ct), PageNote.Accepted);
        },
        async (view, _) => await database.ReadAsync(session => Offer.Last(session, view.Registration), ct) == Offer.Accepted ? new FormResult(view.Registration, PageNote.Accepted) : null, ct);
}
