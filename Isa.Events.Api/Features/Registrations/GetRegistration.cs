namespace Isa.Events.Api.Features.Registrations;

/// <summary>Shows a registration to the partner that made it, to organisers, or to the person by their link.</summary>
public sealed class GetRegistration(RegistrationAccess access) : EndpointWithoutRequest<Registration>
{
    public override void Configure()
    {
        Get("/registrations/{registration}");
        AllowAnonymous(); // by the manage token; with an id RegistrationAccess demands a key
    }

    public override async Task HandleAsync(CancellationToken ct)
    {
        Parameters.None(HttpContext);
        var found = await access.FindAsync(HttpContext, ct);
        await access.SendAsync(HttpContext, found.Registration, found.Event, ct);
    }
}
