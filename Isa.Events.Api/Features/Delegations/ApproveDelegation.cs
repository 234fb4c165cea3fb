namespace Isa.Events.Api.Features.Delegations;

/// <summary>
/// Says yes to all members of a delegation who wait for an organiser's decision: those who wish for the same have their seats, or their place in the queue, together.
/// Of those who take what fits, whom there is no place for wait on. Sent again it answers the same, unless there is room by then.
/// </summary>
public sealed class ApproveDelegation(DelegationAccess access) : EndpointWithoutRequest<Delegation>
{
    public override void Configure()
    {
        Post("/delegations/{delegation}/approve");
        Policies(Access.Organizer);
    }

    public override Task HandleAsync(CancellationToken ct) => access.DecideAsync(HttpContext, Approve, ct);

    private static bool Approve(WriteSession session, Event evt, FoundDelegation found, string? text)
    {
        if (Delegation.Undecided(session, found.Delegation.Id!, IsApproved) is not { Count: > 0 } pending) return false;
        evt.RefuseOnceEnded(session.Now);
        var placed = Placement.FindTogether(session, evt, pending);
        if (placed.Count == 0) return Delegation.MembersOf(session, found.Delegation.Id!).Exists(IsApproved) ? false : throw new ProblemException(Problem.SiteFull).With("siteId", pending[0].SiteId);
        foreach (var (member, placement) in placed)
        {
            var approved = ApproveRegistration.Store(session, member.Settled(session, evt, placement), text, found.ActorId);
            if (!approved.NameFollows && approved.Email is not null) OutboxRow.Add(session, ApproveRegistration.KindOf(approved.Status), evt.Id, approved.Id); // else the contact alone is told
        }

        OutboxRow.AddForContact(session, OutboxKind.DelegationApproved, evt.Id, found.Delegation.Id!);
        return true;

        bool IsApproved(Registration member) => ApproveRegistration.IsApproved(session, member);
    }
}
