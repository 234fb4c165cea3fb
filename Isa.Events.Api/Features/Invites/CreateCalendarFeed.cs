using Microsoft.Extensions.Options;

namespace Isa.Events.Api.Features.Invites;

/// <summary>Gives an organiser's key a calendar of its own: with drafts, and what is taken of the seats. The address before it stops.</summary>
public sealed class CreateCalendarFeed(EventsDatabase database, IOptions<ServerSettings> settings) : EndpointWithoutRequest<CalendarFeedAnswer>
{
    public override void Configure()
    {
        Post("/calendar-feed");
        Policies(Access.Organizer);
    }

    public override async Task HandleAsync(CancellationToken ct)
    {
        Parameters.None(HttpContext);
        var caller = HttpContext.GetCaller()!;
        var token = OrganizerFeed.CreateToken();
        var createdAt = await database.WriteAsync(OrganizerFeed.Any, session =>
        {
            session.Execute(Replace, new { caller.KeyId, Hash = OrganizerFeed.Hash(token), session.Now });
            return session.Now;
        }, ct);
        HttpContext.Response.Headers.CacheControl = "no-store";
        await Send.ResponseAsync(new CalendarFeedAnswer(settings.Value.Url($"/v1/calendar-feed/{token}/events.ics"), createdAt), StatusCodes.Status201Created, ct);
    }

    private const string Replace = """
        INSERT INTO calendar_feeds (key_id, hash, created_at) VALUES (@KeyId, @Hash, @Now)
        ON CONFLICT (key_id) DO UPDATE SET hash = excluded.hash, created_at = excluded.created_at
        """;
}

/// <summary>An organiser's calendar.</summary>
/// <param name="Url">Where to subscribe to it. Shown this once.</param>
/// <param name="CreatedAt">Of the address.</param>
public sealed record CalendarFeedAnswer(string Url, DateTimeOffset CreatedAt);
