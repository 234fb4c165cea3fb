using Isa.Events.Api.Telemetry;

namespace Isa.Events.Api.Features.Delegations;

/// <summary>Ends what is left of a delegation, and frees its seats at once for those who wait. Sent again it answers the same.</summary>
public sealed class CancelDelegation(EventsDatabase database, DelegationAccess access, Measures measures) : EndpointWithoutRequest<Delegation>
{
    public override void Configure()
    {
        Post("/delegations/{delegation}/cancel");
        AllowAnonymous(); // by the contact's token; with an id DelegationAccess demands a key
    }

    public override async Task HandleAsync(CancellationToken ct)
    {
        Parameters.None(HttpContext);
        var found = await access.FindAsync(HttpContext, ct);
        var cancelled = await database.WriteAsync(found.Event.Id, session => Cancel(session, found), ct);
        foreach (var registration in cancelled) measures.Registration("cancelled", found.Event.Site(registration.SiteId)!.Mode);
        await access.SendAsync(HttpContext, found, ct);
    }

    private static List<Registration> Cancel(WriteSession session, FoundDelegation found)
    {
        var evt = session.LockEvent(found.Event.Id);
        var members = Delegation.MembersOf(session, found.Delegation.Again(session, found.Actor).Id!).FindAll(m => m.IsActive);
        if (members.Count > 0 && evt.StatusAt(session.Now) == EventStatus.Over) throw new ProblemException(Problem.EventOver);
        foreach (var member in members) Ending.End(session, evt, member, RegistrationStatus.Cancelled, null, found.Actor, found.ActorId, tell: member.Email is not null);
        // As with one of them: nobody who has not confirmed is told.
        Ending.TellContacts(session, evt.Id, members.Where(m => m is { Email: null, Status: not RegistrationStatus.PendingConfirmation }));
        return members;
    }
}
