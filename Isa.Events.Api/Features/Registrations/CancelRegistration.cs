using Isa.Events.Api.Telemetry;

namespace Isa.Events.Api.Features.Registrations;

/// <summary>Ends a registration and frees its seat at once. Sent again it answers the same.</summary>
public sealed class CancelRegistration(EventsDatabase database, RegistrationAccess access, RegistrationTokens tokens, Measures measures) : EndpointWithoutRequest<Registration>
{
    public override void Configure()
    {
        Post("/registrations/{registration}/cancel");
        AllowAnonymous(); // by the manage token; with an id RegistrationAccess demands a key
    }

    public override async Task HandleAsync(CancellationToken ct)
    {
        Parameters.None(HttpContext);
        var (known, evt, actor) = await access.FindAsync(HttpContext, ct);
        var ahead = Registration.Of(known.Id!);
        var actorId = HttpContext.GetCaller()?.KeyId;
        var cancelled = await database.WriteAsync(evt.Id, session => Cancel(session, evt.Id, ahead, actor, actorId), ct, ahead);
        if (known.IsActive && !cancelled.IsActive) measures.Registration("cancelled", evt.Site(cancelled.SiteId)!.Mode);
        HttpContext.Response.Headers.CacheControl = "no-store";
        await Send.OkAsync(cancelled with { Links = tokens.Links(cancelled, evt) }, ct);
    }

    internal static Registration Cancel(WriteSession session, string eventId, Ahead<Registration> ahead, Actor actor, string? actorId)
    {
        var evt = session.LockEvent(eventId);
        var registration = session.One(ahead) ?? throw new ProblemException(Problem.RegistrationNotFound);
        if (!registration.IsActive) return registration;
        if (evt.StatusAt(session.Now) == EventStatus.Over) throw new ProblemException(Problem.EventOver);

        if (registration.TakesSeatOf(evt)) Seats.GiveBack(session, eventId, registration.SiteId);
        var cancelled = registration with
        {
            Status = RegistrationStatus.Cancelled,
            Revision = registration.Revision + 1,
            UpdatedAt = session.Now,
            CancelledAt = session.Now,
            CancelledBy = actor,
        };
        session.Require(Update, cancelled, () => new OvertakenException());
        HistoryRow.Add(session, cancelled.Id!, "cancelled", actor, actorId);
        OutboxRow.Add(session, OutboxKind.RegistrationCancelled, eventId, cancelled.Id);
        return cancelled;
    }

    // Only from the state that was looked at: a seat is given back once.
    private const string Update = """
        UPDATE registrations SET status = @Status, revision = @Revision, updated_at = @UpdatedAt, cancelled_at = @CancelledAt, cancelled_by = @CancelledBy
        WHERE id = @Id AND revision = @Revision - 1 AND status NOT IN ('cancelled', 'declined')
        """;
}
