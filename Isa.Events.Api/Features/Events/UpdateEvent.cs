using Isa.Events.Api.Features.Agenda;

namespace Isa.Events.Api.Features.Events;

/// <summary>Changes an event: a merge patch (RFC 7396) over what <see cref="CreateEvent"/> takes, without the sites.</summary>
public sealed class UpdateEvent(CurrentEvents events, EventEdit edits) : EndpointWithoutRequest<EventAnswer>
{
    private static readonly EventRequestValidator Shape = new();

    public override void Configure()
    {
        Patch("/events/{event}");
        Policies(Access.Organizer);
    }

    public override async Task HandleAsync(CancellationToken ct)
    {
        var query = new Parameters(HttpContext);
        var dryRun = query.Flag("dryRun");
        query.RefuseOthers();
        var match = dryRun ? IfMatch.Read(HttpContext) : IfMatch.Require(HttpContext);
        var known = (await events.GetAsync(Route<string>("event")!, HttpContext.GetCaller(), ct)).Event;
        var request = await Body.PatchAsync(HttpContext.Request, EventRequest.From(known), ct);
        if (request.Sites is not null) throw ProblemException.Invalid("sites", FieldCode.ReadOnly);
        if (request.IsTest is not null) throw ProblemException.Invalid("isTest", FieldCode.ReadOnly);
        Shape.Check(request);
        if (dryRun)
        {
            match?.Check(known.Version);
            await edits.SendDryRunAsync(HttpContext, known, request.ApplyTo(known), null, ct);
            return;
        }

        var current = await edits.RunAsync(HttpContext, match, (session, evt, _) =>
        {
            // The patch was laid over what was read; another edit since then would be undone by it, whatever the precondition allowed.
            if (evt.Version != known.Version) throw new ProblemException(Problem.VersionMismatch).With("currentVersion", evt.Version);
            var after = request.Edit(session, evt);
            return new Edit(after, [], null, AgendaMove.Run(session, evt, after));
        }, ct);
        await edits.SendAsync(HttpContext, current, StatusCodes.Status200OK, ct);
    }
}
