namespace Isa.Events.Api.Features.Events;

/// <summary>Removes a draft, a cancelled event nobody ever registered for, or a test event with all that is in it.</summary>
public sealed class DeleteEvent(EventsDatabase database, CurrentEvents events) : EndpointWithoutRequest
{
    public override void Configure()
    {
        Delete("/events/{event}");
        Policies(Access.Organizer);
    }

    public override async Task HandleAsync(CancellationToken ct)
    {
        Parameters.None(HttpContext);
        var match = IfMatch.Require(HttpContext);
        var known = await events.GetAsync(Route<string>("event")!, HttpContext.GetCaller(), ct);
        await database.WriteAsync(known.Event.Id, session =>
        {
            var evt = session.LockEvent(known.Event.Id);
            match.Check(evt.Version);
            if (!evt.IsTest && evt.Status == EventStatus.Published) throw new ProblemException(Problem.EventNotDraft);
            if (!evt.IsTest && session.One<string>(Anybody, new { EventId = evt.Id }) is not null) throw new ProblemException(Problem.EventHasRegistrations);
            foreach (var sql in Everything) session.Execute(sql, new { EventId = evt.Id });
            return true;
        }, ct);
        await Send.NoContentAsync(ct);
    }

    private const string Anybody = "SELECT id FROM registrations WHERE event_id = @EventId LIMIT 1";

    // Children first. Documents are shared by content and stay for the others; those nobody names any more are removed by the housekeeping.
    private static readonly string[] Everything =
    [
        "DELETE FROM history WHERE registration_id IN (SELECT id FROM registrations WHERE event_id = @EventId)",
        "DELETE FROM registrations WHERE event_id = @EventId",
        "DELETE FROM waitlist_entries WHERE event_id = @EventId",
        "DELETE FROM delegations WHERE event_id = @EventId",
        "DELETE FROM invitees WHERE event_id = @EventId",
        "DELETE FROM outbox WHERE event_id = @EventId",
        "DELETE FROM actions WHERE event_id = @EventId",
        "DELETE FROM message_texts WHERE event_id = @EventId",
        "DELETE FROM agendas WHERE event_id = @EventId",
        "DELETE FROM sites WHERE event_id = @EventId",
        "DELETE FROM api_key_events WHERE event_id = @EventId",
        "DELETE FROM events WHERE id = @EventId",
    ];
}
