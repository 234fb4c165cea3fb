namespace Isa.Events.Api.Features.Events;

/// <summary>Calls an event off. Registrations stay as a record; their invites become cancellations.</summary>
public sealed class CancelEvent(EventEdit edits) : EndpointWithoutRequest<EventAnswer>
{
    private static readonly CancelEventRequestValidator Shape = new();

    public override void Configure()
    {
        Post("/events/{event}/cancel");
        Policies(Access.Organizer);
    }

    public override async Task HandleAsync(CancellationToken ct)
    {
        Parameters.None(HttpContext);
        var match = IfMatch.Require(HttpContext);
        var request = await Body.ReadOptionalAsync<CancelEventRequest>(HttpContext.Request, ct);
        Shape.Check(request);
        var current = await edits.RunAsync(HttpContext, match, (session, evt) =>
        {
            if (evt.StatusAt(session.Now) == EventStatus.Over) throw new ProblemException(Problem.EventOver);
            return evt with { Status = EventStatus.Cancelled, CancelledAt = session.Now, CancellationReason = request.Reason };
        }, ct);
        await edits.SendAsync(HttpContext, current, StatusCodes.Status200OK, ct);
    }
}

public sealed record CancelEventRequest
{
    /// <summary>Told to everybody who is registered.</summary>
    public Texts? Reason { get; init; }
}

public sealed class CancelEventRequestValidator : Validator<CancelEventRequest>
{
    public CancelEventRequestValidator() => RuleFor(r => r.Reason).Texts(1000, multiLine: true);
}
