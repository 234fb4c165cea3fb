namespace Isa.Events.Api.Features.Registrations;

/// <summary>Says no to a registration that waits for an organiser's decision, with a word to the person. The seat it held goes to the next. Sent again it answers the same.</summary>
public sealed class DeclineRegistration(RegistrationAccess access) : EndpointWithoutRequest<Registration>
{
    public override void Configure()
    {
        Post("/registrations/{registration}/decline");
        Policies(Access.Organizer);
    }

    public override Task HandleAsync(CancellationToken ct) => access.DecideAsync(HttpContext, Decline, ct);

    private static Registration Decline(WriteSession session, Event evt, Registration registration, string? text, string? keyId) => registration.Status switch
    {
        RegistrationStatus.Declined => registration,
        RegistrationStatus.PendingApproval => Ending.End(session, evt, registration with { DecisionText = text }, RegistrationStatus.Declined, null, Actor.Organizer, keyId),
        _ => throw new ProblemException(Problem.RegistrationNotPending),
    };
}
