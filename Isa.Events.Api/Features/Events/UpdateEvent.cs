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
        Parameters.None(HttpContext);
        var match = IfMatch.Require(HttpContext);
        var known = (await events.GetAsync(Route<string>("event")!, HttpContext.GetCaller(), ct)).Event;
        var request = await Body.PatchAsync(HttpContext.Request, EventRequest.From(known), ct);
        if (request.Sites is not null) throw ProblemException.Invalid("sites", FieldCode.ReadOnly);
        if (request.IsTest is not null) throw ProblemException.Invalid("isTest", FieldCode.ReadOnly);
        Shape.Check(request);

        var current = await edits.RunAsync(HttpContext, match, (session, evt) =>
        {
            // The patch was laid over what was read; another edit since then would be undone by it, whatever the precondition allowed.
            if (evt.Version != known.Version) throw new ProblemException(Problem.VersionMismatch).With("currentVersion", evt.Version);
            if (request.Slug is { } slug && slug != evt.Slug && session.One<string>(BySlug, new { Slug = slug }) is not null)
                throw new ProblemException(Problem.SlugTaken, "slug", FieldCode.DuplicateValue);
            var after = request.ApplyTo(evt) with { Slug = request.Slug ?? evt.Slug };
            return after.Status == EventStatus.Published ? Complete(after) : after;
        }, ct);
        await edits.SendAsync(HttpContext, current, StatusCodes.Status200OK, ct);
    }

    // What publishing demands stays true while it is public.
    private static Event Complete(Event evt) => PublishEvent.Missing(evt) is { Count: > 0 } missing ? throw new ProblemException(Problem.EventIncomplete, missing) : evt;

    private const string BySlug = "SELECT id FROM events WHERE slug = @Slug";
}
