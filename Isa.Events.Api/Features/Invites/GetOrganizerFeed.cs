namespace Isa.Events.Api.Features.Invites;

/// <summary>An organiser's own calendar, by the secret in its address.</summary>
public sealed class GetOrganizerFeed(EventsDatabase database, CalendarFeeds feeds, TimeProvider time) : EndpointWithoutRequest
{
    public override void Configure()
    {
        Get("/calendar-feed/{feedToken}/events.ics");
        AllowAnonymous(); // calendar programs send no key
    }

    public override async Task HandleAsync(CancellationToken ct)
    {
        var parameters = new Parameters(HttpContext);
        var (series, language) = (parameters.Line("series"), parameters.Language("language"));
        parameters.RefuseOthers();
        var token = Route<string>("feedToken")!;
        var key = await database.ReadAsync(session => OrganizerFeed.Find(session, token, time.GetUtcNow()), ct) ?? throw new ProblemException(Problem.CalendarFeedNotFound);
        var body = await feeds.GetAsync(new FeedQuery(series, null, language, key.Id, key.IsTest), ct);
        await Conditional.SendAsync(HttpContext, body, Conditional.WeakTag(body), InviteCalendar.MediaType, "private, no-cache");
    }
}
