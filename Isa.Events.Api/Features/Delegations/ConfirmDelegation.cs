namespace Isa.Events.Api.Features.Delegations;

/// <summary>
/// Confirms the address of a delegation's contact, by the token that was sent there and that no answer of the API shows; an organiser may by its id. All its members
/// are registered by that; of those who take what fits, whom there is no place for ends. Sent again it answers the same.
/// </summary>
public sealed class ConfirmDelegation(EventsDatabase database, DelegationAccess access) : EndpointWithoutRequest<Delegation>
{
    public override void Configure()
    {
        Post("/delegations/{delegation}/confirm-address");
        AllowAnonymous(); // by the token from the mail; with an id it takes an organiser's key
    }

    public override async Task HandleAsync(CancellationToken ct)
    {
        Parameters.None(HttpContext);
        var found = await access.FindAsync(HttpContext, ct, LinkPurpose.Confirm);
        if (found.Actor == Actor.Partner) throw new ProblemException(Problem.NotAllowed); // it would vouch for what only the contact can know
        await ConfirmAsync(database, found, ct);
        await access.SendAsync(HttpContext, found, ct);
    }

    /// <summary>The same for the contact's own page.</summary>
    internal static Task<bool> ConfirmAsync(EventsDatabase database, FoundDelegation found, CancellationToken ct) => database.WriteAsync(found.Event.Id, session => Confirm(session, found), ct);

    private static bool Confirm(WriteSession session, FoundDelegation found)
    {
        var evt = session.LockEvent(found.Event.Id);
        var active = Delegation.MembersOf(session, found.Delegation.Again(session, found.Actor).Id!).FindAll(m => m.IsActive);
        if (active.Count == 0) throw new ProblemException(Problem.RegistrationEnded);
        var pending = active.FindAll(m => m.Status == RegistrationStatus.PendingConfirmation);
        if (pending.Count == 0) return false;
        if (pending.Select(m => ConfirmAddress.Refusal(evt, m, session.Now)).FirstOrDefault(refusal => refusal is not null) is { } late) throw new ProblemException(late);

        var freed = new List<string>();
        List<(Registration, Placement?)> placed = evt.EffectiveRules.RequiresApproval == true ? pending.ConvertAll(member => (member, default(Placement))) : [.. Placement.FindTogether(session, evt, pending)];
        if (placed.Count == 0 && active.Count == pending.Count) throw new ProblemException(Problem.SiteFull).With("siteId", pending[0].SiteId);
        foreach (var (member, placement) in placed) ConfirmAddress.Confirm(session, evt, member, placement, freed, found.Actor, found.ActorId, tell: member.Email is not null);
        foreach (var member in pending.ExceptBy(placed.Select(p => p.Item1.Id), m => m.Id)) // the contact is told of them with the rest
            Ending.End(session, evt, member, RegistrationStatus.Cancelled, EndReason.SiteFull, Actor.System, null, tell: false);
        OutboxRow.AddForContact(session, OutboxKind.DelegationRegistered, evt.Id, found.Delegation.Id!);
        Promotion.Run(session, evt, freed);
        return true;
    }
}
