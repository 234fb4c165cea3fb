using Isa.Events.Api.Telemetry;

namespace Isa.Events.Api.Features.Delegations;

/// <summary>A delegation, its event, and who asks for it.</summary>
/// <param name="Delegation">As a read has seen it.</param>
/// <param name="Event">Its event.</param>
/// <param name="Actor">Who asks: its contact counts as an attendee.</param>
/// <param name="ActorId">Their key, where they have one.</param>
public sealed record FoundDelegation(Delegation Delegation, Event Event, Actor Actor, string? ActorId)
{
    /// <summary>The delegation, for whoever has only a link to it.</summary>
    internal Delegation? SeenByContact => Actor == Actor.Attendee ? Delegation : null;
}

/// <summary>Finds the delegation of a request and who asks: <c>{delegation}</c> is an id, for a key, or the contact's token.</summary>
public sealed class DelegationAccess(EventsDatabase database, CurrentEvents events, RegistrationTokens tokens, TimeProvider time)
{
    /// <exception cref="ProblemException"><see cref="Problem.DelegationNotFound"/> for what is not there and for what is somebody else's, alike.</exception>
    public async Task<FoundDelegation> FindAsync(HttpContext context, CancellationToken ct, LinkPurpose purpose = LinkPurpose.Contact)
    {
        var name = (string)context.Request.RouteValues["delegation"]!;
        var caller = name.StartsWith(Delegation.IdPrefix, StringComparison.Ordinal) ? context.RequireCaller() : null;
        var delegation = await database.ReadAsync(session => caller is null ? tokens.ReadDelegation(purpose, name, id => Delegation.Find(session, id))
            : Delegation.Find(session, name) is { } found && caller.MaySee(found.MadeBy, found.EventId) ? found : null, ct);
        if (delegation is null || await events.FindAsync(delegation.EventId, null, ct) is not { } current) throw new ProblemException(Problem.DelegationNotFound);
        return new FoundDelegation(delegation, current.Event, caller?.Actor ?? Actor.Attendee, caller?.ActorId);
    }

    /// <summary>Runs an organiser's decision on the members who wait for it, under their event's lock, and answers.</summary>
    /// <param name="context">The request.</param>
    /// <param name="decide">Checks, changes and stores them; what the organiser says with it is its last argument.</param>
    /// <param name="ct">Gives up.</param>
    internal async Task DecideAsync(HttpContext context, Func<WriteSession, Event, FoundDelegation, string?, bool> decide, CancellationToken ct)
    {
        var request = await DecisionRequest.ReadAsync(context, ct);
        var found = await FindAsync(context, ct);
        await database.WriteAsync(found.Event.Id, session => decide(session, session.LockEvent(found.Event.Id), found, request.Text), ct);
        await SendAsync(context, found, ct);
    }

    /// <summary>Registers those who arrive, or for a dry run looks what that would come to, and answers.</summary>
    /// <param name="context">The request.</param>
    /// <param name="arrival">They.</param>
    /// <param name="key">The caller's mark on it.</param>
    /// <param name="request">What was sent.</param>
    /// <param name="dryRun">Whether nothing is to change.</param>
    /// <param name="measures">Count them.</param>
    /// <param name="ct">Gives up.</param>
    internal async Task ReceiveAsync<T>(HttpContext context, Arrival arrival, IdempotencyKey key, T request, bool dryRun, Measures measures, CancellationToken ct)
    {
        context.Response.Headers.CacheControl = "no-store";
        if (dryRun) await context.Response.SendAsync(await arrival.ForeseeAsync(database, ct), cancellation: ct);
        else await SendAsync(context, await arrival.WriteAsync(context, database, key, request, measures, ct), arrival.Event, arrival.SeenByContact, StatusCodes.Status201Created, ct);
    }

    /// <summary>Answers with a delegation and its members as they are now, each with links of their own: the contact may manage all of them.</summary>
    public Task SendAsync(HttpContext context, FoundDelegation found, CancellationToken ct) => SendAsync(context, found.Delegation.Id!, found.Event, found.SeenByContact, StatusCodes.Status200OK, ct);

    private async Task SendAsync(HttpContext context, string id, Event evt, Delegation? seenByContact, int status, CancellationToken ct)
    {
        var delegation = await database.ReadAsync(session => WithMembers(session, Delegation.Find(session, id) ?? throw new ProblemException(Problem.DelegationNotFound), evt, time.GetUtcNow()), ct);
        // Whoever has only a link has handed the delegation over with it: new links are for the new address.
        var withLinks = seenByContact is null || seenByContact.TokenVersion == delegation.TokenVersion;
        var answer = delegation with
        {
            Contact = delegation.ToContact(),
            Members = [.. delegation.Members!.Select(member => member with { Links = withLinks ? tokens.Links(member, evt) : null })],
            Links = withLinks ? tokens.Links(delegation) : null,
        };
        context.Response.Headers.CacheControl = "no-store";
        context.Response.Headers.ETag = delegation.Tag;
        if (status == StatusCodes.Status201Created) context.Response.Headers.Location = answer.Links!.Self;
        await context.Response.SendAsync(answer, status, cancellation: ct);
    }

    /// <summary>A delegation with its members and what they wait for.</summary>
    internal static Delegation WithMembers(ReadSession session, Delegation delegation, Event evt, DateTimeOffset now) =>
        delegation with { Members = [.. Delegation.MembersOf(session, delegation.Id!).Select(member => member with { Waitlist = WaitlistEntry.Explain(session, evt, member, now) })] };
}
