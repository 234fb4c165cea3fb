namespace Isa.Events.Api.Features.Registrations;

/// <summary>Says no to a registration that waits for an organiser's decision, with a word to the person. The seat it held goes to the next. Sent again it answers the same.</summary>
public sealed class DeclineRegistration(RegistrationAccess access) : EndpointWithoutRequest<Registration>
{
    public override void Configure()
    {
        Post("/registrations/{registration}/decline");
        Policies(Access.Organizer);
    }

    public override async Task HandleAsync(CancellationToken ct)
    {
        var match = IfMatch.Read(HttpContext);
        var request = await DecisionRequest.ReadAsync(HttpContext, ct);
        var found = await access.FindAsync(HttpContext, ct);
        var declined = await access.WriteAsync(found, match, (session, evt, registration) => registration.Status switch
        {
            RegistrationStatus.Declined => registration,
            RegistrationStatus.PendingApproval => Ending.End(session, evt, registration with { DecisionText = request.Text }, RegistrationStatus.Declined, null, Actor.Organizer, found.ActorId),
            _ => throw new ProblemException(Problem.RegistrationNotPending),
        }, ct);
        await access.SendAsync(HttpContext, declined, found.Event, ct);
    }
}
