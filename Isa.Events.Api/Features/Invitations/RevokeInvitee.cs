namespace Isa.Events.Api.Features.Invitations;

/// <summary>Takes an invitation back: its code is unknown from then on. What was registered with it stays, unless that is to end too.</summary>
public sealed class RevokeInvitee(InviteeAccess access) : EndpointWithoutRequest<InviteeAnswer>
{
    public override void Configure()
    {
        Post("/events/{event}/invitees/{invitee}/revoke");
        Policies(Access.Organizer);
    }

    public override async Task HandleAsync(CancellationToken ct)
    {
        var (request, caller) = (await Body.ReadOptionalAsync<RevokeInviteeRequest>(HttpContext.Request, ct), HttpContext.GetCaller()!);
        await access.ChangeAsync(HttpContext, (session, evt, invitee) => Revoke(session, evt, invitee, request.CancelRegistration == true, caller), ct);
    }

    private static (Invitee, string?) Revoke(WriteSession session, Event evt, Invitee invitee, bool cancel, Caller caller)
    {
        var registrationId = invitee.RegistrationId(session, evt.IsTest);
        if (cancel && registrationId is not null)
        {
            if (evt.StatusAt(session.Now) == EventStatus.Over) throw new ProblemException(Problem.EventOver);
            Ending.End(session, evt, Registration.Find(session, registrationId)!, RegistrationStatus.Cancelled, EndReason.InvitationRevoked, Actor.Organizer, caller.KeyId);
            registrationId = null;
        }

        if (invitee.State != InviteeState.Revoked) invitee = (invitee with { State = InviteeState.Revoked, RevokedAt = session.Now }).Save(session);
        return (invitee, registrationId);
    }
}

public sealed record RevokeInviteeRequest
{
    /// <summary>Whether the registration that was made with it ends as well.</summary>
    public bool? CancelRegistration { get; init; }
}
