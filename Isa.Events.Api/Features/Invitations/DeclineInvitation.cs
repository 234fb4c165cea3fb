namespace Isa.Events.Api.Features.Invitations;

/// <summary>Says that the owner of a code will not come. Sent again it answers the same; who changes their mind may still register with it.</summary>
public sealed class DeclineInvitation(EventsDatabase database, CurrentEvents events, CodeGuesses guesses) : EndpointWithoutRequest<Invitation>
{
    public override void Configure()
    {
        Post("/events/{event}/invitations/{invitation}/decline");
        Policies(Access.Partner);
    }

    public override async Task HandleAsync(CancellationToken ct)
    {
        Parameters.None(HttpContext);
        var caller = HttpContext.GetCaller()!;
        var known = (await events.GetAsync(Route<string>("event")!, caller, ct)).Event;
        var code = Route<string>("invitation")!;
        await guesses.WatchAsync(HttpContext, known.Id, [code], async () =>
        {
            var invitation = await database.WriteAsync(known.Id, session => Decline(session, known.Id, code, caller.IsTest), ct);
            HttpContext.Response.Headers.CacheControl = "no-store";
            await Send.OkAsync(invitation, ct);
        }, ct);
    }

    private static Invitation Decline(WriteSession session, string eventId, string code, bool byTestKey)
    {
        var evt = session.LockEvent(eventId);
        var invitee = Invitation.Find(session, eventId, code);
        evt.RefuseOnceEnded(session.Now);
        if (Invitation.Refusal(session, invitee, byTestKey || evt.IsTest) is { } used) throw used;
        var isTrial = !evt.Counts(byTestKey); // a website that is being built answers for nobody
        if (invitee.State != InviteeState.Declined) invitee = isTrial ? invitee with { State = InviteeState.Declined } : (invitee with { State = InviteeState.Declined }).Save(session);
        return Invitation.Of(invitee, null);
    }
}
