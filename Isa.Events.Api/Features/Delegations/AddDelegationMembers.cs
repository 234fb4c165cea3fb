using Isa.Events.Api.Features.Invitations;
using Isa.Events.Api.Telemetry;
using Microsoft.Extensions.Options;

namespace Isa.Events.Api.Features.Delegations;

/// <summary>Registers more people of a delegation, by the rules of <see cref="RegisterDelegation"/>. Those who wait for one site wait as a party of their own, behind those who came before.</summary>
public sealed class AddDelegationMembers(DelegationAccess access, RegistrationTokens tokens, CodeGuesses guesses, IOptions<ServerSettings> settings, Measures measures)
    : Endpoint<DelegationMembersRequest, Delegation>
{
    public override void Configure()
    {
        Post("/delegations/{delegation}/members");
        AllowAnonymous(); // by the contact's token; with an id DelegationAccess demands a key
    }

    public override async Task HandleAsync(DelegationMembersRequest request, CancellationToken ct)
    {
        var query = new Parameters(HttpContext);
        var dryRun = query.Flag("dryRun");
        query.RefuseOthers();
        var (delegation, evt, actor, _) = await access.FindAsync(HttpContext, ct);
        var key = IdempotencyKey.Read(HttpContext, nameof(AddDelegationMembers), delegation.Id);
        if (actor == Actor.Attendee && request.Members!.Index().FirstOrDefault(m => m.Item.ExternalId is not null) is (var own, not null)) throw ProblemException.Invalid($"members[{own}].externalId", FieldCode.ReadOnly); // the partner's own
        var caller = actor == Actor.Attendee ? Caller.OfContact(delegation) : HttpContext.GetCaller()!;
        if (caller.IsTest && !delegation.IsTest) throw new ProblemException(Problem.NotAllowed); // what a test key makes takes no seat
        var wanted = request with { Organisation = request.Organisation ?? delegation.Organisation, City = request.City ?? delegation.City };
        var work = new Arrival(wanted, delegation, evt, caller, tokens, settings.Value);
        await work.WatchAsync(HttpContext, guesses, () => access.ReceiveAsync(HttpContext, work, key, request, dryRun, measures, ct), ct);
    }
}
