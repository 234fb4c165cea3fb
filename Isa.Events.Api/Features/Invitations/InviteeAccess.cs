namespace Isa.Events.Api.Features.Invitations;

/// <summary>Finds the invitee of a request of an organiser: <c>{invitee}</c> is an id.</summary>
public sealed class InviteeAccess(EventsDatabase database, CurrentEvents events, InvitationCodes codes)
{
    /// <summary>Runs a work on an invitee under its event's lock, and answers with them as they are then.</summary>
    /// <param name="context">The request.</param>
    /// <param name="work">Checks, changes and stores them; gives them with the registration that was made with their code.</param>
    /// <param name="ct">Gives up.</param>
    /// <exception cref="ProblemException"><see cref="Problem.InviteeNotFound"/>, or what the work says.</exception>
    internal async Task ChangeAsync(HttpContext context, Func<WriteSession, Event, Invitee, (Invitee, string?)> work, CancellationToken ct)
    {
        Parameters.None(context);
        var known = (await events.GetAsync((string)context.Request.RouteValues["event"]!, context.GetCaller(), ct)).Event;
        var id = (string)context.Request.RouteValues["invitee"]!;
        var (invitee, registrationId) = await database.WriteAsync(known.Id, session =>
        {
            var evt = session.LockEvent(known.Id);
            return work(session, evt, Invitee.Find(session, evt.Id, id) ?? throw new ProblemException(Problem.InviteeNotFound));
        }, ct);
        context.Response.Headers.CacheControl = "no-store";
        await context.Response.SendAsync(InviteeAnswer.Of(invitee, registrationId, codes), cancellation: ct);
    }
}
