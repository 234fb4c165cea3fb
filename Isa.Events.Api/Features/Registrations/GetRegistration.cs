namespace Isa.Events.Api.Features.Registrations;

/// <summary>Shows a registration to the partner that made it, to organisers, or to the person by their link.</summary>
public sealed class GetRegistration(RegistrationAccess access, RegistrationTokens tokens) : EndpointWithoutRequest<Registration>
{
    public override void Configure()
    {
        Get("/registrations/{registration}");
        AllowAnonymous(); // by the manage token; with an id RegistrationAccess demands a key
    }

    public override async Task HandleAsync(CancellationToken ct)
    {
        Parameters.None(HttpContext);
        var (registration, evt, _) = await access.FindAsync(HttpContext, ct);
        HttpContext.Response.Headers.CacheControl = "no-store";
        await Send.OkAsync(registration with { Links = tokens.Links(registration, evt) }, ct);
    }
}
