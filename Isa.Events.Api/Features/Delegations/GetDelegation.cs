namespace Isa.Events.Api.Features.Delegations;

/// <summary>Shows a delegation with all its members to the partner that made it, to organisers, or to its contact by their link.</summary>
public sealed class GetDelegation(DelegationAccess access) : EndpointWithoutRequest<Delegation>
{
    public override void Configure()
    {
        Get("/delegations/{delegation}");
        AllowAnonymous(); // by the contact's token; with an id DelegationAccess demands a key
    }

    public override async Task HandleAsync(CancellationToken ct)
    {
        Parameters.None(HttpContext);
        var found = await access.FindAsync(HttpContext, ct);
        await access.SendAsync(HttpContext, found, ct);
    }
}
