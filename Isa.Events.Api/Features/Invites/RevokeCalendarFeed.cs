namespace Isa.Events.Api.Features.Invites;

/// <summary>Takes the address of the key's calendar back.</summary>
public sealed class RevokeCalendarFeed(EventsDatabase database) : EndpointWithoutRequest
{
    public override void Configure()
    {
        Delete("/calendar-feed");
        Policies(Access.Organizer);
    }

    public override async Task HandleAsync(CancellationToken ct)
    {
        Parameters.None(HttpContext);
        var caller = HttpContext.GetCaller()!;
        if (await database.WriteAsync(OrganizerFeed.Any, session => session.Change(Remove, new { caller.KeyId }), ct) == 0) throw new ProblemException(Problem.CalendarFeedNotFound);
        await Send.NoContentAsync(ct);
    }

    private const string Remove = "DELETE FROM calendar_feeds WHERE key_id = @KeyId";
}
