namespace Isa.Events.Api.Features.Registrations;

/// <summary>A registration, its event, and who asks for it.</summary>
/// <param name="Registration">As a read has seen it.</param>
/// <param name="Event">Its event.</param>
/// <param name="Actor">Who asks.</param>
/// <param name="ActorId">Their key, where they have one.</param>
public sealed record FoundRegistration(Registration Registration, Event Event, Actor Actor, string? ActorId)
{
    /// <summary>As it is under its event's lock.</summary>
    /// <exception cref="ProblemException"><see cref="Problem.RegistrationNotFound"/> where it is gone, or they came by a link that was replaced since.</exception>
    internal Registration Again(Registration? now) => now is not null && (Actor != Actor.Attendee || now.TokenVersion == Registration.TokenVersion) ? now : throw new ProblemException(Problem.RegistrationNotFound);
}

/// <summary>Finds the registration of a request and who asks: <c>{registration}</c> is an id, for a key, or the manage token, for the person.</summary>
public sealed class RegistrationAccess(EventsDatabase database, CurrentEvents events, RegistrationTokens tokens, TimeProvider time)
{
    /// <exception cref="ProblemException"><see cref="Problem.RegistrationNotFound"/> for what is not there and for what is somebody else's, alike.</exception>
    public async Task<FoundRegistration> FindAsync(HttpContext context, CancellationToken ct, LinkPurpose purpose = LinkPurpose.Manage)
    {
        var name = (string)context.Request.RouteValues["registration"]!;
        if (!name.StartsWith(Registration.IdPrefix, StringComparison.Ordinal)) return await FindAsync(purpose, name, ct) ?? throw new ProblemException(Problem.RegistrationNotFound);
        var caller = context.RequireCaller();
        var registration = await database.AskAsync(session => Registration.Find(session, name) is { } found && caller.MaySee(found.MadeBy, found.EventId) ? found : null, ct);
        if (registration is null || await events.FindAsync(registration.EventId, null, ct) is not { } current) throw new ProblemException(Problem.RegistrationNotFound);
        return new FoundRegistration(registration, current.Event, caller.Actor, caller.ActorId);
    }

    /// <summary>By a link's token, for the person; null where it opens nothing.</summary>
    public async Task<FoundRegistration?> FindAsync(LinkPurpose purpose, string token, CancellationToken ct)
    {
        var registration = await database.AskAsync(session => tokens.Read(purpose, token, id => Registration.Find(session, id)), ct);
        return registration is null || await events.FindAsync(registration.EventId, null, ct) is not { } current ? null : new FoundRegistration(registration, current.Event, Actor.Attendee, null);
    }

    /// <summary>Runs a work on a registration as it is under its event's lock, where every rule is checked.</summary>
    /// <param name="found">Which, and whose event.</param>
    /// <param name="match">The version that the caller expects, or null for any.</param>
    /// <param name="work">Checks, changes and stores it; gives it as it is then.</param>
    /// <param name="ct">Gives up.</param>
    /// <param name="more">What else the work will ask for.</param>
    /// <exception cref="ProblemException"><see cref="Problem.RegistrationNotFound"/>, <see cref="Problem.VersionMismatch"/>, or what the work says.</exception>
    public Task<Registration> WriteAsync(FoundRegistration found, IfMatch? match, Func<WriteSession, Event, Registration, Registration> work, CancellationToken ct, params Ahead[] more)
    {
        var ahead = Registration.Of(found.Registration.Id!);
        return database.WriteAsync(found.Event.Id, session =>
        {
            var evt = session.LockEvent(found.Event.Id);
            var registration = found.Again(session.One(ahead)); // whatever version it names, a link that was made new meanwhile is unknown
            match?.Check(registration.Version);
            return Promotion.LookAgain(session, evt, registration, work(session, evt, registration));
        }, ct, [ahead, .. more]);
    }

    /// <summary>Runs an organiser's decision, as <see cref="WriteAsync"/> does, and answers.</summary>
    /// <param name="context">The request.</param>
    /// <param name="decide">Checks, changes and stores it; what the organiser says with it, and their key, are its last arguments.</param>
    /// <param name="ct">Gives up.</param>
    internal async Task DecideAsync(HttpContext context, Func<WriteSession, Event, Registration, string?, string?, Registration> decide, CancellationToken ct)
    {
        var match = IfMatch.Read(context);
        var request = await DecisionRequest.ReadAsync(context, ct);
        var found = await FindAsync(context, ct);
        await SendAsync(context, await WriteAsync(found, match, (session, evt, registration) => decide(session, evt, registration, request.Text, found.ActorId), ct), found.Event, ct);
    }

    /// <summary>Answers with a registration as it is now: what it waits for, its links, its entity tag.</summary>
    public async Task SendAsync(HttpContext context, Registration registration, Event evt, CancellationToken ct, int status = StatusCodes.Status200OK)
    {
        var waits = registration.WaitlistEntryId is null ? null : await database.ReadAsync(session => WaitlistEntry.Explain(session, evt, registration, time.GetUtcNow()), ct);
        var answer = registration with { Waitlist = waits, Links = tokens.Links(registration, evt) };
        context.Response.Headers.CacheControl = "no-store";
        context.Response.Headers.ETag = answer.Tag;
        if (status == StatusCodes.Status201Created) context.Response.Headers.Location = answer.Links.Self;
        await context.Response.SendAsync(answer, status, cancellation: ct);
    }
}
