namespace Isa.Events.Api.Features.Events;

/// <summary>Changes a site: a merge patch (RFC 7396) over what <see cref="AddSite"/> takes.</summary>
public sealed class UpdateSite(CurrentEvents events, EventEdit edits) : EndpointWithoutRequest<EventAnswer>
{
    private static readonly SiteRequestValidator Shape = new();

    public override void Configure()
    {
        Patch("/events/{event}/sites/{site}");
        Policies(Access.Organizer);
    }

    public override async Task HandleAsync(CancellationToken ct)
    {
        Parameters.None(HttpContext);
        var match = IfMatch.Require(HttpContext);
        var id = Route<string>("site")!;
        var known = (await events.GetAsync(Route<string>("event")!, HttpContext.GetCaller(), ct)).Event;
        var site = known.Site(id) ?? throw new ProblemException(Problem.SiteNotFound);
        var request = await Body.PatchAsync(HttpContext.Request, site.ToRequest(), ct);
        if (request.Id != id) throw ProblemException.Invalid("id", FieldCode.ReadOnly);
        Shape.Check(request);

        var current = await edits.RunAsync(HttpContext, match, (session, evt) =>
        {
            if (evt.Version != known.Version) throw new ProblemException(Problem.VersionMismatch).With("currentVersion", evt.Version);
            var taken = session.Query<SiteSeats>(SiteSeats.OfEvent, new { EventId = evt.Id }).First(s => s.SiteId == id).SeatsTaken;
            if (request.Capacity < taken) throw new ProblemException(Problem.CapacityBelowTaken, "capacity", FieldCode.OutOfRange, taken, 1_000_000).With("seatsTaken", taken);
            var edited = evt.Site(id)!.Edited(request);
            edited.Update(session);
            return evt with { Sites = [.. evt.Sites.Select(s => s.Id == id ? edited : s)] };
        }, ct);
        await edits.SendAsync(HttpContext, current, StatusCodes.Status200OK, ct);
    }
}
