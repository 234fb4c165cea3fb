namespace Isa.Events.Api.Features.Events;

/// <summary>Calls an event off. Registrations stay as a record; their invites become cancellations.</summary>
public sealed class CancelEvent(CurrentEvents events, EventEdit edits, TimeProvider time) : EndpointWithoutRequest<EventAnswer>
{
    private static readonly CancelEventRequestValidator Shape = new();

    public override void Configure()
    {
        Post("/events/{event}/cancel");
        Policies(Access.Organizer);
    }

    public override async Task HandleAsync(CancellationToken ct)
    {
        var query = new Parameters(HttpContext);
        var dryRun = query.Flag("dryRun");
        query.RefuseOthers();
        var match = dryRun ? IfMatch.Read(HttpContext) : IfMatch.Require(HttpContext);
        var request = await Body.ReadOptionalAsync<CancelEventRequest>(HttpContext.Request, ct);
        Shape.Check(request);
        if (dryRun)
        {
            var known = (await events.GetAsync(Route<string>("event")!, HttpContext.GetCaller(), ct)).Event;
            match?.Check(known.Version);
            await edits.SendDryRunAsync(HttpContext, known, Cancel(known, time.GetUtcNow()), null, ct);
            return;
        }

        var current = await edits.RunAsync(HttpContext, match, (session, evt) => Cancel(evt, session.Now), ct);
        await edits.SendAsync(HttpContext, current, StatusCodes.Status200OK, ct);

        Event Cancel(Event evt, DateTimeOffset now) => evt.StatusAt(now) == EventStatus.Over ? throw new ProblemException(Problem.EventOver)
            : evt with { Status = EventStatus.Cancelled, CancelledAt = now, CancellationReason = request.Reason };
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
