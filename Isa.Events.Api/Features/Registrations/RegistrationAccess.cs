namespace Isa.Events.Api.Features.Registrations;

/// <summary>Finds the registration of a request and who asks: <c>{registration}</c> is an id, for a key, or the manage token, for the person.</summary>
public sealed class RegistrationAccess(EventsDatabase database, CurrentEvents events, RegistrationTokens tokens)
{
    /// <exception cref="ProblemException"><see cref="Problem.RegistrationNotFound"/> for what is not there and for what is somebody else's, alike.</exception>
    public async Task<(Registration Registration, Event Event, Actor Actor)> FindAsync(HttpContext context, CancellationToken ct)
    {
        var name = (string)context.Request.RouteValues["registration"]!;
        var caller = context.GetCaller();
        var byKey = name.StartsWith(Registration.IdPrefix, StringComparison.Ordinal);
        if (byKey && caller is null) throw new ProblemException(Problem.NotAuthenticated);
        if (byKey && caller!.Role == Role.CheckIn) throw new ProblemException(Problem.NotAllowed);
        var registration = await database.ReadAsync(session => byKey
            ? Registration.Find(session, name) is { } found && IsVisibleTo(found, caller!) ? found : null
            : tokens.Read(LinkPurpose.Manage, name, id => Registration.Find(session, id)), ct);
        if (registration is null || await events.FindAsync(registration.EventId, null, ct) is not { } current) throw new ProblemException(Problem.RegistrationNotFound);
        return (registration, current.Event, !byKey ? Actor.Attendee : caller!.IsOrganizer ? Actor.Organizer : Actor.Partner);
    }

    private static bool IsVisibleTo(Registration registration, Caller caller) =>
        (caller.IsOrganizer || registration.MadeBy == caller.HolderId) && (caller.EventIds is not { } own || own.Contains(registration.EventId));
}
