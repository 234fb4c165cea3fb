using Isa.Events.Api.Features.Invitations;
using Isa.Events.Api.Telemetry;
using Microsoft.Extensions.Options;

namespace Isa.Events.Api.Features.Delegations;

/// <summary>
/// Registers people who come together, each with a registration of their own: all of them, or those there is room for. Those who wait for one site wait as one party.
/// </summary>
public sealed class RegisterDelegation(CurrentEvents events, DelegationAccess access, RegistrationTokens tokens, CodeGuesses guesses, IOptions<ServerSettings> settings, Measures measures)
    : Endpoint<DelegationRequest, Delegation>
{
    public override void Configure()
    {
        Post("/events/{event}/delegations");
        Policies(Access.Partner);
    }

    public override async Task HandleAsync(DelegationRequest request, CancellationToken ct)
    {
        var query = new Parameters(HttpContext);
        var dryRun = query.Flag("dryRun");
        query.RefuseOthers();
        var key = IdempotencyKey.Read(HttpContext, nameof(RegisterDelegation));
        var caller = HttpContext.GetCaller()!;
        var evt = (await events.GetAsync(Route<string>("event")!, caller, ct, mayBeOld: true)).Event;
        var work = new Arrival(request, DelegationOf(request, evt, caller), evt, caller, tokens, settings.Value);
        await work.WatchAsync(HttpContext, guesses, () => access.ReceiveAsync(HttpContext, work, key, request, dryRun, measures, ct), ct);
    }

    private static Delegation DelegationOf(DelegationRequest request, Event evt, Caller caller) => new()
    {
        EventId = evt.Id, IsTest = caller.IsTest || evt.IsTest, MadeBy = caller.HolderId, ExternalId = request.ExternalId, ContactName = request.Contact!.FullName!,
        ContactEmail = EmailAddress.Repair(request.Contact.Email!), ContactPhone = request.Contact.Phone, Language = request.Contact.Language!.Value, Organisation = request.Organisation, City = request.City,
    };
}
