namespace Isa.Events.Api.Features.Events;

/// <summary>Takes an event back into draft, while nobody is registered.</summary>
public sealed class UnpublishEvent(EventEdit edits) : EndpointWithoutRequest<EventAnswer>
{
    public override void Configure()
    {
        Post("/events/{event}/unpublish");
        Policies(Access.Organizer);
    }

    public override async Task HandleAsync(CancellationToken ct)
    {
        Parameters.None(HttpContext);
        var current = await edits.RunAsync(HttpContext, IfMatch.Require(HttpContext), (session, evt) =>
        {
            if (evt.Status != EventStatus.Published) throw new ProblemException(Problem.EventNotDraft);
            if (session.One<string>(Anybody, new { EventId = evt.Id }) is not null) throw new ProblemException(Problem.EventHasRegistrations);
            return evt with { Status = EventStatus.Draft };
        }, ct);
        await edits.SendAsync(HttpContext, current, StatusCodes.Status200OK, ct);
    }

    private const string Anybody = "SELECT id FROM registrations WHERE event_id = @EventId AND status NOT IN ('cancelled', 'declined') LIMIT 1";
}
