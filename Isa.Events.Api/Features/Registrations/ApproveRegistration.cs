namespace Isa.Events.Api.Features.Registrations;

/// <summary>Says yes to a registration that waits for an organiser's decision: it has its seat, or its place in the queue. Sent again it answers the same.</summary>
public sealed class ApproveRegistration(RegistrationAccess access) : EndpointWithoutRequest<Registration>
{
    private const string Approved = "approved";

    public override void Configure()
    {
        Post("/registrations/{registration}/approve");
        Policies(Access.Organizer);
    }

    public override Task HandleAsync(CancellationToken ct) => access.DecideAsync(HttpContext, Approve, ct);

    private static Registration Approve(WriteSession session, Event evt, Registration registration, string? text, string? keyId)
    {
        if (IsApproved(session, registration)) return registration;
        if (registration.Status != RegistrationStatus.PendingApproval) throw new ProblemException(Problem.RegistrationNotPending);
        evt.RefuseOnceEnded(session.Now);
        var approved = Store(session, registration.Seated(session, evt), text, keyId);
        OutboxRow.Add(session, KindOf(approved.Status), evt.Id, approved.Id);
        return approved;
    }

    /// <summary>Stores a registration that was said yes to.</summary>
    internal static Registration Store(WriteSession session, Registration settled, string? text, string? keyId)
    {
        var approved = (settled with { DecisionText = text }).Save(session);
        HistoryRow.Add(session, approved.Id!, Approved, Actor.Organizer, keyId);
        return approved;
    }

    /// <summary>What its person is told.</summary>
    internal static OutboxKind KindOf(RegistrationStatus status) => status == RegistrationStatus.Confirmed ? OutboxKind.RegistrationApproved : OutboxKind.RegistrationWaitlisted;

    /// <summary>Whether it was said yes to before.</summary>
    internal static bool IsApproved(ReadSession session, Registration registration) =>
        registration.Status is RegistrationStatus.Confirmed or RegistrationStatus.Waitlisted && registration.DecidedBefore(session, Approved);
}
