namespace Isa.Events.Api.Features.Invites;

/// <summary>All published events as a calendar that one subscribes to.</summary>
public sealed class GetCalendarFeed(CalendarFeeds feeds) : EndpointWithoutRequest
{
    public override void Configure()
    {
        Get("/calendar.ics");
        AllowAnonymous();
    }

    public override async Task HandleAsync(CancellationToken ct)
    {
        var parameters = new Parameters(HttpContext);
        var query = new FeedQuery(parameters.Line("series"), parameters.Name<Audience>("audience"), parameters.Language("language"));
        parameters.RefuseOthers();
        var body = await feeds.GetAsync(query, ct);
        await Conditional.SendAsync(HttpContext, body, Conditional.WeakTag(body), InviteCalendar.MediaType, "public, max-age=300");
    }
}
