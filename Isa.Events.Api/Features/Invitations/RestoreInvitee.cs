namespace Isa.Events.Api.Features.Invitations;

/// <summary>Invites somebody again whose invitation was taken back: the code they were given counts as before. What was ended with it stays so.</summary>
public sealed class RestoreInvitee(EventsDatabase database, CurrentEvents events, InvitationCodes codes) : EndpointWithoutRequest<InviteeAnswer>
{
    public override void Configure()
    {
        Post("/events/{event}/invitees/{invitee}/restore");
        Policies(Access.Organizer);
    }

    public override async Task HandleAsync(CancellationToken ct)
    {
        Parameters.None(HttpContext);
        var known = (await events.GetAsync(Route<string>("event")!, HttpContext.GetCaller(), ct)).Event;
        var id = Route<string>("invitee")!;
        var (invitee, registrationId) = await database.WriteAsync(known.Id, session => Restore(session, known.Id, id), ct);
        HttpContext.Response.Headers.CacheControl = "no-store";
        await Send.OkAsync(InviteeAnswer.Of(invitee, registrationId, codes), ct);
    }

    private static (Invitee, string?) Restore(WriteSession session, string eventId, string id)
    {
        var evt = session.LockEvent(eventId);
        var invitee = Invitee.Find(session, eventId, id) ?? throw new ProblemException(Problem.InviteeNotFound);
        evt.RefuseOnceEnded(session.Now);
        if (invitee.State == InviteeState.Revoked) invitee = (invitee with { State = InviteeState.Invited, RevokedAt = null }).Save(session);
        return (invitee, invitee.RegistrationId(session, evt.IsTest));
    }
}
