namespace Isa.Events.Api.Features.Invitations;

/// <summary>Invites somebody again whose invitation was taken back: the code they were given counts as before. What was ended with it stays so.</summary>
public sealed class RestoreInvitee(InviteeAccess access) : EndpointWithoutRequest<InviteeAnswer>
{
    public override void Configure()
    {
        Post("/events/{event}/invitees/{invitee}/restore");
        Policies(Access.Organizer);
    }

    public override Task HandleAsync(CancellationToken ct) => access.ChangeAsync(HttpContext, Restore, ct);

    private static (Invitee, string?) Restore(WriteSession session, Event evt, Invitee invitee)
    {
        evt.RefuseOnceEnded(session.Now);
        if (invitee.State == InviteeState.Revoked) invitee = (invitee with { State = InviteeState.Invited, RevokedAt = null }).Save(session);
        return (invitee, invitee.RegistrationId(session, evt.IsTest));
    }
}
