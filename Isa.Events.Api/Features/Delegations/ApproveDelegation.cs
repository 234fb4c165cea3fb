namespace Isa.Events.Api.Features.Delegations;

/// <summary>
/// Says yes to all members of a delegation who wait for an organiser's decision: those who wish for the same have their seats, or their place in the queue, together.
/// Sent again it answers the same.
/// </summary>
public sealed class ApproveDelegation(EventsDatabase database, DelegationAccess access) : EndpointWithoutRequest<Delegation>
{
    public override void Configure()
    {
        Post("/delegations/{delegation}/approve");
        Policies(Access.Organizer);
    }

    public override async Task HandleAsync(CancellationToken ct)
    {
        var request = await DecisionRequest.ReadAsync(HttpContext, ct);
        var found = await access.FindAsync(HttpContext, ct);
        await database.WriteAsync(found.Event.Id, session => Approve(session, found, request.Text), ct);
        await access.SendAsync(HttpContext, found.Delegation.Id!, found.Event, ct);
    }

    private static bool Approve(WriteSession session, FoundDelegation found, string? text)
    {
        var evt = session.LockEvent(found.Event.Id);
        if (Delegation.Undecided(session, found.Delegation.Id!, member => ApproveRegistration.IsApproved(session, member)) is not { Count: > 0 } pending) return false;
        evt.RefuseOnceEnded(session.Now);
        foreach (var (member, placement) in Placement.FindTogether(session, evt, pending))
        {
            var approved = ApproveRegistration.Store(session, member.Settled(session, evt, placement), text, found.ActorId);
            if (!approved.NameFollows) OutboxRow.Add(session, ApproveRegistration.KindOf(approved.Status), evt.Id, approved.Id); // else there is nobody to tell yet
        }

        OutboxRow.AddForContact(session, OutboxKind.DelegationApproved, evt.Id, found.Delegation.Id!);
        return true;
    }
}
