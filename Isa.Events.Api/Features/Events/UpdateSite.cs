namespace Isa.Events.Api.Features.Events;

/// <summary>
/// Changes a site: a merge patch (RFC 7396) over what <see cref="AddSite"/> takes. Seats that become free go to those who wait; people whose seats a lower
/// capacity takes away go where <see cref="SitePatch.Move"/> says, or the capacity stays.
/// </summary>
public sealed class UpdateSite(EventsDatabase database, CurrentEvents events, EventEdit edits, TimeProvider time) : EndpointWithoutRequest<EventAnswer>
{
    private static readonly SiteRequestValidator Shape = new();

    public override void Configure()
    {
        Patch("/events/{event}/sites/{site}");
        Policies(Access.Organizer);
    }

    public override async Task HandleAsync(CancellationToken ct)
    {
        var query = new Parameters(HttpContext);
        var dryRun = query.Flag("dryRun");
        query.RefuseOthers();
        var match = dryRun ? IfMatch.Read(HttpContext) : IfMatch.Require(HttpContext);
        var caller = HttpContext.GetCaller()!;
        var id = Route<string>("site")!;
        var known = (await events.GetAsync(Route<string>("event")!, caller, ct)).Event;
        var site = known.Site(id) ?? throw new ProblemException(Problem.SiteNotFound);
        var patch = await Body.PatchAsync(HttpContext.Request, new SitePatch(site.ToRequest()), ct);
        if (patch.Id != id) throw ProblemException.Invalid("id", FieldCode.ReadOnly);
        Shape.Check(patch);
        var target = patch.Target(known);

        if (dryRun)
        {
            match?.Check(known.Version);
            var foreseen = await database.ReadAsync(session =>
            {
                var now = time.GetUtcNow();
                Allow(session, known, site, patch, now);
                return Displacement.Foresee(session, known, site.Edited(patch), target, now);
            }, ct);
            await edits.SendDryRunAsync(HttpContext, known, With(known, site.Edited(patch)), foreseen, ct);
            return;
        }

        var current = await edits.RunAsync(HttpContext, match, (session, evt, hold) =>
        {
            if (evt.Version != known.Version) throw new ProblemException(Problem.VersionMismatch).With("currentVersion", evt.Version);
            Allow(session, evt, site, patch, session.Now);
            Promotion.Run(session, evt, id); // what others have freed in this transaction is for those who are next
            var edited = site.Edited(patch);
            var after = With(evt, edited);
            var moved = Displacement.Run(session, after, edited, target, caller.KeyId, hold);
            edited.Update(session);
            Promotion.Run(session, after, target is null ? [id] : [id, target.Id]);
            return new Edit(after, moved, target?.Id);
        }, ct);
        await edits.SendAsync(HttpContext, current, StatusCodes.Status200OK, ct);
    }

    private static Event With(Event evt, Site edited) => evt with { Sites = [.. evt.Sites.Select(s => s.Id == edited.Id ? edited : s)] };

    private static void Allow(ReadSession session, Event evt, Site site, SitePatch patch, DateTimeOffset now)
    {
        if (evt.Status == EventStatus.Cancelled) throw new ProblemException(Problem.EventCancelled);
        if (patch.Move is not null && evt.StatusAt(now) == EventStatus.Over) throw new ProblemException(Problem.EventOver);
        if (site.Waitlist is null || patch.Waitlist is not null) return;
        if (session.One<long>(PeopleWaiting, new { EventId = evt.Id, SiteId = site.Id }) is > 0 and var people) throw new ProblemException(Problem.QueueNotEmpty, "waitlist", FieldCode.ReadOnly).With("waiting", people);
    }

    // Those who have an offer wait for their own answer.
    private const string PeopleWaiting = """
        SELECT CAST(COALESCE(SUM(size), 0) AS BIGINT) FROM waitlist_entries WHERE event_id = @EventId AND site_id = @SiteId AND state IN ('queued', 'offered')
        """;
}

/// <summary>What a patch of a site may hold: the site, and what is to happen with those for whom it has no seats any more.</summary>
public sealed record SitePatch : SiteRequest
{
    public SitePatch()
    {
    }

    public SitePatch(SiteRequest site) : base(site)
    {
    }

    public SiteMove? Move { get; init; }

    /// <summary>Where they move to, or null.</summary>
    /// <exception cref="ProblemException"><see cref="Problem.ValidationFailed"/> naming <c>move.to</c>.</exception>
    public Site? Target(Event evt)
    {
        if (Move is null) return null;
        if (Move.To is not { } to) throw ProblemException.Invalid("move.to", FieldCode.Required);
        return to == Id ? throw ProblemException.Invalid("move.to", FieldCode.SameSite) : evt.Site(to) ?? throw ProblemException.Invalid("move.to", FieldCode.UnknownSite);
    }
}

/// <summary>Where people move whose seats a lower capacity takes away.</summary>
/// <param name="To">Another site of the event.</param>
public sealed record SiteMove(string? To);
