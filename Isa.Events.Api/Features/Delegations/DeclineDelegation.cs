namespace Isa.Events.Api.Features.Delegations;

/// <summary>
/// Says no to all members of a delegation who wait for an organiser's decision, with a word to them and to their contact. The seats they held go to the next. Sent
/// again it answers the same.
/// </summary>
public sealed class DeclineDelegation(DelegationAccess access) : EndpointWithoutRequest<Delegation>
{
    public override void Configure()
    {
        Post("/delegations/{delegation}/decline");
        Policies(Access.Organizer);
    }

    public override Task HandleAsync(CancellationToken ct) => access.DecideAsync(HttpContext, Decline, ct);

    private static bool Decline(WriteSession session, Event evt, FoundDelegation found, string? text)
    {
        if (Delegation.Undecided(session, found.Delegation.Id!, member => member.Status == RegistrationStatus.Declined) is not { Count: > 0 } pending) return false;
        foreach (var member in pending) // the contact is told for those who have no address
            Ending.End(session, evt, member with { DecisionText = text }, RegistrationStatus.Declined, null, Actor.Organizer, found.ActorId, tell: member.Email is not null);
        OutboxRow.AddForContact(session, OutboxKind.DelegationDeclined, evt.Id, found.Delegation.Id!);
        return true;
    }
}
