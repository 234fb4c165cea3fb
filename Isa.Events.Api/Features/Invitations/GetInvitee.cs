namespace Isa.Events.Api.Features.Invitations;

/// <summary>Tells a website whom a code was given to, so that it can greet them and fill in the form.</summary>
public sealed class GetInvitee(EventsDatabase database, CurrentEvents events, CodeGuesses guesses) : EndpointWithoutRequest<Invitation>
{
    public override void Configure()
    {
        Get("/events/{event}/invitations/{invitation}");
        Policies(Access.Partner);
    }

    public override async Task HandleAsync(CancellationToken ct)
    {
        Parameters.None(HttpContext);
        var caller = HttpContext.GetCaller()!;
        var evt = (await events.GetAsync(Route<string>("event")!, caller, ct)).Event;
        var code = Route<string>("invitation")!;
        await guesses.WatchAsync(HttpContext, evt.Id, [code], async () =>
        {
            var invitation = await database.ReadAsync(session =>
            {
                var invitee = Invitation.Find(session, evt.Id, code);
                return Invitation.Of(invitee, invitee.RegistrationId(session, caller.IsTest || evt.IsTest));
            }, ct);
            HttpContext.Response.Headers.CacheControl = "no-store";
            await Send.OkAsync(invitation, ct);
        }, ct);
    }
}
