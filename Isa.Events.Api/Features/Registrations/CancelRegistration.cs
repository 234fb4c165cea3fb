using Isa.Events.Api.Telemetry;

namespace Isa.Events.Api.Features.Registrations;

/// <summary>Ends a registration and frees its seat at once, for the next in the queue. Sent again it answers the same.</summary>
public sealed class CancelRegistration(RegistrationAccess access, Measures measures) : EndpointWithoutRequest<Registration>
{
    public override void Configure()
    {
        Post("/registrations/{registration}/cancel");
        AllowAnonymous(); // by the manage token; with an id RegistrationAccess demands a key
    }

    public override async Task HandleAsync(CancellationToken ct)
    {
        Parameters.None(HttpContext);
        var found = await access.FindAsync(HttpContext, ct);
        await access.SendAsync(HttpContext, await CancelAsync(access, measures, found, null, ct), found.Event, ct);
    }

    /// <summary>The same for whoever else asks for it: the person's own page.</summary>
    internal static async Task<Registration> CancelAsync(RegistrationAccess access, Measures measures, FoundRegistration found, IfMatch? match, CancellationToken ct)
    {
        var queues = QueueLook.Of(found.Event.Id);
        var cancelled = await access.WriteAsync(found, match, (session, evt, registration) => Cancel(session, evt, registration, queues, found), ct, queues);
        if (found.Registration.IsActive && !cancelled.IsActive) measures.Registration("cancelled", found.Event.Site(cancelled.SiteId)!.Mode);
        return cancelled;
    }

    /// <summary>Why it cannot be cancelled any more, or null. Deadlines are no reason.</summary>
    internal static Problem? Refusal(Event evt, DateTimeOffset now) => evt.StatusAt(now) == EventStatus.Over ? Problem.EventOver : null;

    private static Registration Cancel(WriteSession session, Event evt, Registration registration, Ahead<QueueLook> queues, FoundRegistration found)
    {
        var nobodyWaits = session.One(queues) is { SomebodyWaits: false };
        if (!registration.IsActive) return registration;
        return Refusal(evt, session.Now) is { } late ? throw new ProblemException(late)
            : Ending.End(session, evt, registration, RegistrationStatus.Cancelled, null, found.Actor, found.ActorId, nobodyWaits);
    }
}
