namespace Isa.Events.Api.Features.Invitations;

/// <summary>Takes an invitation back: its code is unknown from then on. What was registered with it stays, unless that is to end too.</summary>
public sealed class RevokeInvitee(EventsDatabase database, CurrentEvents events, InvitationCodes codes) : EndpointWithoutRequest<InviteeAnswer>
{
    public override void Configure()
    {
        Post("/events/{event}/invitees/{invitee}/revoke");
        Policies(Access.Organizer);
    }

    public override async Task HandleAsync(CancellationToken ct)
    {
        Parameters.None(HttpContext);
        var caller = HttpContext.GetCaller()!;
        var request = await Body.ReadOptionalAsync<RevokeInviteeRequest>(HttpContext.Request, ct);
        var known = (await events.GetAsync(Route<string>("event")!, caller, ct)).Event;
        var id = Route<string>("invitee")!;
        var (invitee, registrationId) = await database.WriteAsync(known.Id, session => Revoke(session, known.Id, id, request.CancelRegistration == true, caller), ct);
        HttpContext.Response.Headers.CacheControl = "no-store";
        await Send.OkAsync(InviteeAnswer.Of(invitee, registrationId, codes), ct);
    }

    private static (Invitee, string?) Revoke(WriteSession session, string eventId, string id, bool cancel, Caller caller)
    {
        var evt = session.LockEvent(eventId);
        var invitee = Invitee.Find(session, eventId, id) ?? throw new ProblemException(Problem.InviteeNotFound);
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
