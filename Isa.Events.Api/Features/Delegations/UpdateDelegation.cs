namespace Isa.Events.Api.Features.Delegations;

/// <summary>Changes who speaks for a delegation: a merge patch (RFC 7396) over its contact. A new address makes their links new, and those of members whose mail they pass on, and is told of all members.</summary>
public sealed class UpdateDelegation(EventsDatabase database, DelegationAccess access) : EndpointWithoutRequest<Delegation>
{
    private static readonly DelegationUpdateRequestValidator Shape = new();

    public override void Configure()
    {
        Patch("/delegations/{delegation}");
        AllowAnonymous(); // by the contact's token; with an id DelegationAccess demands a key
    }

    public override async Task HandleAsync(CancellationToken ct)
    {
        Parameters.None(HttpContext);
        var found = await access.FindAsync(HttpContext, ct);
        var match = found.Actor == Actor.Organizer ? IfMatch.Require(HttpContext) : IfMatch.Read(HttpContext);
        var request = await Body.PatchAsync(HttpContext.Request, DelegationUpdateRequest.From(found.Delegation), ct);
        await UpdateAsync(database, found, match, request, ct);
        await access.SendAsync(HttpContext, found, ct);
    }

    /// <summary>The same for the contact's own page.</summary>
    internal static Task<Delegation> UpdateAsync(EventsDatabase database, FoundDelegation found, IfMatch? match, DelegationUpdateRequest request, CancellationToken ct)
    {
        Shape.Check(request);
        return database.WriteAsync(found.Event.Id, session => Update(session, found, match, request.Contact!), ct);
    }

    private static Delegation Update(WriteSession session, FoundDelegation found, IfMatch? match, DelegationContactRequest contact)
    {
        var evt = session.LockEvent(found.Event.Id);
        var before = found.Delegation.Again(session, found.Actor);
        match?.Check(before.Version);
        // The patch was laid over what was read; what somebody else has changed since would be undone by it.
        if (before.ToContact() != found.Delegation.ToContact()) throw new ProblemException(Problem.VersionMismatch).With("currentVersion", before.Version);
        var members = Delegation.MembersOf(session, before.Id!);
        var active = members.FindAll(m => m.IsActive);
        if (active.Count == 0) throw new ProblemException(Problem.RegistrationEnded);
        evt.RefuseOnceEnded(session.Now);

        var wanted = before with { ContactName = contact.FullName!, ContactEmail = EmailAddress.Repair(contact.Email!), ContactPhone = contact.Phone, Language = contact.Language!.Value };
        var fields = Changed(before, wanted);
        if (fields.Count == 0) return before;
        var moved = EmailAddress.Normalise(before.ContactEmail) != EmailAddress.Normalise(wanted.ContactEmail);
        var saved = (wanted with { TokenVersion = before.TokenVersion + (moved ? 1 : 0) }).Save(session);
        foreach (var member in active) HistoryRow.Add(session, member.Id!, "updated", found.Actor, found.ActorId, new HistoryDetails { Fields = fields });
        // Links that were for the earlier contact to pass on, of those who have ended as well: their pages show who they are. Their calendar entries show them.
        if (moved)
            foreach (var member in members.Where(m => m.Email is null)) (member with { TokenVersion = member.TokenVersion + 1, Revision = member.Revision + 1 }).Save(session);
        // A new address is confirmed as the first one would have been.
        if (moved) OutboxRow.AddForContact(session, active.Exists(m => m.Status == RegistrationStatus.PendingConfirmation) ? OutboxKind.AddressToConfirm : OutboxKind.DelegationChanged, evt.Id, before.Id!);
        return saved;
    }

    private static List<string> Changed(Delegation before, Delegation after) =>
    [
        .. new[]
        {
            before.ContactName == after.ContactName ? null : "contact.fullName", before.ContactEmail == after.ContactEmail ? null : "contact.email",
            before.Language == after.Language ? null : "contact.language", before.ContactPhone == after.ContactPhone ? null : "contact.phone",
        }.OfType<string>(),
    ];
}

/// <summary>What can be changed of a delegation itself; its members are changed one by one.</summary>
/// <param name="Contact">Who speaks for it.</param>
public sealed record DelegationUpdateRequest(DelegationContactRequest? Contact)
{
    /// <summary>The base of a merge patch.</summary>
    public static DelegationUpdateRequest From(Delegation delegation) => new(new DelegationContactRequest(delegation.ContactName, delegation.ContactEmail, delegation.Language, delegation.ContactPhone));
}

public sealed class DelegationUpdateRequestValidator : Validator<DelegationUpdateRequest>
{
    public DelegationUpdateRequestValidator()
    {
        RuleFor(r => r.Contact).Present();
        RuleFor(r => r.Contact!).SetValidator(new DelegationContactRequestValidator()).When(r => r.Contact is not null);
    }
}
