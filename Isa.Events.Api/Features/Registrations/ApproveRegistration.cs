namespace Isa.Events.Api.Features.Registrations;

/// <summary>Says yes to a registration that waits for an organiser's decision: it has its seat, or its place in the queue. Sent again it answers the same.</summary>
public sealed class ApproveRegistration(RegistrationAccess access) : EndpointWithoutRequest<Registration>
{
    private static readonly DecisionRequestValidator Shape = new();

    public override void Configure()
    {
        Post("/registrations/{registration}/approve");
        Policies(Access.Organizer);
    }

    public override async Task HandleAsync(CancellationToken ct)
    {
        Parameters.None(HttpContext);
        var match = IfMatch.Read(HttpContext);
        var request = await Body.ReadOptionalAsync<DecisionRequest>(HttpContext.Request, ct);
        Shape.Check(request);
        var found = await access.FindAsync(HttpContext, ct);
        var approved = await access.WriteAsync(found, match, (session, evt, registration) =>
        {
            if (registration.Status is RegistrationStatus.Confirmed or RegistrationStatus.Waitlisted && registration.DecidedBefore(session, "approved")) return registration;
            return registration.Status == RegistrationStatus.PendingApproval ? Approve(session, evt, registration, request.Text, found.ActorId)
                : throw new ProblemException(Problem.RegistrationNotPending);
        }, ct);
        await access.SendAsync(HttpContext, approved, found.Event, ct);
    }

    private static Registration Approve(WriteSession session, Event evt, Registration registration, string? text, string? keyId)
    {
        evt.RefuseOnceEnded(session.Now);
        var approved = (registration.Seated(session, evt) with { DecisionText = text }).Save(session);
        HistoryRow.Add(session, approved.Id!, "approved", Actor.Organizer, keyId);
        OutboxRow.Add(session, approved.Status == RegistrationStatus.Confirmed ? OutboxKind.RegistrationApproved : OutboxKind.RegistrationWaitlisted, evt.Id, approved.Id);
        return approved;
    }
}

/// <summary>What an organiser says with a decision.</summary>
public sealed record DecisionRequest
{
    /// <summary>Told to the person; in their language.</summary>
    public string? Text { get; init; }
}

public sealed class DecisionRequestValidator : Validator<DecisionRequest>
{
    public DecisionRequestValidator() => RuleFor(r => r.Text).Paragraphs(1000);
}
