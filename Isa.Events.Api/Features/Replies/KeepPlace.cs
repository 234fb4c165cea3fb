namespace Isa.Events.Api.Features.Replies;

/// <summary>Keeps the place of somebody who said no in their calendar, before that takes effect. Sent again it answers the same.</summary>
public sealed class KeepPlace(RegistrationAccess access) : EndpointWithoutRequest<Registration>
{
    public override void Configure()
    {
        Post("/registrations/{registration}/keep");
        AllowAnonymous(); // by the manage token; with an id RegistrationAccess demands a key
    }

    public override async Task HandleAsync(CancellationToken ct)
    {
        Parameters.None(HttpContext);
        var found = await access.FindAsync(HttpContext, ct);
        await access.SendAsync(HttpContext, await KeepAsync(access, found, null, ct), found.Event, ct);
    }

    /// <summary>The same for whoever else takes the answer: the person's own page.</summary>
    internal static Task<Registration> KeepAsync(RegistrationAccess access, FoundRegistration found, IfMatch? match, CancellationToken ct) => access.WriteAsync(found, match, (session, evt, registration) =>
    {
        if (!registration.IsActive) throw new ProblemException(Problem.RegistrationEnded);
        if (evt.EndedBy(session.Now) is { } ended) throw new ProblemException(ended);
        return registration.DeclineTakesEffectAt is null ? registration : Answering.Keep(session, evt, registration, found.Actor, found.ActorId);
    }, ct);
}
