namespace Isa.Events.Api.Features.Events;

/// <summary>Removes a site that nobody was ever registered at.</summary>
public sealed class RemoveSite(EventEdit edits) : EndpointWithoutRequest<EventAnswer>
{
    public override void Configure()
    {
        Delete("/events/{event}/sites/{site}");
        Policies(Access.Organizer);
    }

    public override async Task HandleAsync(CancellationToken ct)
    {
        Parameters.None(HttpContext);
        var id = Route<string>("site")!;
        var current = await edits.RunAsync(HttpContext, IfMatch.Require(HttpContext), (session, evt) =>
        {
            if (evt.Site(id) is null) throw new ProblemException(Problem.SiteNotFound);
            if (session.One<string>(Anybody, new { EventId = evt.Id, SiteId = id }) is not null) throw new ProblemException(Problem.SiteInUse);
            if (evt.Status == EventStatus.Published && evt.Sites.Count == 1) throw new ProblemException(Problem.EventIncomplete, "sites", FieldCode.Missing);
            session.Execute(Remove, new { EventId = evt.Id, SiteId = id });
            return evt with { Sites = [.. evt.Sites.Where(s => s.Id != id)] };
        }, ct);
        await edits.SendAsync(HttpContext, current, StatusCodes.Status200OK, ct);
    }

    private const string Anybody = """
        SELECT id FROM registrations WHERE event_id = @EventId AND site_id = @SiteId
        UNION ALL SELECT id FROM waitlist_entries WHERE event_id = @EventId AND site_id = @SiteId
        LIMIT 1
        """;

    private const string Remove = "DELETE FROM sites WHERE event_id = @EventId AND id = @SiteId";
}
