namespace Isa.Events.Api.Features.Pages;

/// <summary>Hands the registration to a deputy, as <see cref="SubstituteAttendee"/> does. The deputy's links go to the deputy alone.</summary>
public sealed class SubstituteAttendeeOnPage(AttendeePages pages, EventsDatabase database) : EndpointWithoutRequest
{
    public override void Configure()
    {
        Post("/r/{manageToken}/deputy");
        RoutePrefixOverride("");
        AllowAnonymous();
    }

    public override Task HandleAsync(CancellationToken ct) => pages.AnswerAsync(HttpContext, PageForm.Deputy, ManageBody.Render, async (view, form, match) =>
    {
        var request = DeputyForm.Read(view, form);
        form.Check();
        await SubstituteAttendee.SubstituteAsync(database, view.Found, request, IdempotencyKey.None(HttpContext), match, ct);
        return new FormResult(view.Registration, PageNote.Replaced);
    }, (view, _) => Task.FromResult(view.Registration.EndReason == EndReason.Replaced ? new FormResult(view.Registration, PageNote.Replaced) : null), ct);
}
