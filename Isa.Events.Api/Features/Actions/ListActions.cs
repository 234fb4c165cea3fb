using Microsoft.Extensions.Options;

namespace Isa.Events.Api.Features.Actions;

/// <summary>Lists what organisers did that many are told of, newest first, and what of it can still be undone.</summary>
public sealed class ListActions(EventsDatabase database, CurrentEvents events, IOptions<ServerSettings> settings, TimeProvider time) : EndpointWithoutRequest<ActionList>
{
    public override void Configure()
    {
        Get("/events/{event}/actions");
        Policies(Access.Organizer);
    }

    public override async Task HandleAsync(CancellationToken ct)
    {
        var query = new Parameters(HttpContext);
        var limit = query.Limit();
        var cursorFilter = $"actions|{Route<string>("event")}";
        var cursor = query.Cursor(cursorFilter, byTime: false);
        query.RefuseOthers();

        var evt = (await events.GetAsync(Route<string>("event")!, HttpContext.GetCaller(), ct)).Event;
        var read = await database.ReadAsync(session => session.Query<ActionRow>(Page, new { EventId = evt.Id, Before = cursor?.Id, Limit = limit + 1 }), ct);
        var (page, next) = Paging.Cut(HttpContext, settings.Value, read, limit, row => row.Id, cursorFilter);
        HttpContext.Response.Headers.CacheControl = "no-store";
        var now = time.GetUtcNow();
        await Send.OkAsync(new ActionList([.. page.Select(row => EventAction.Of(row, now))], next), ct);
    }

    private const string Page = $"{ActionRow.OfEvent} AND (@Before IS NULL OR a.id < @Before) ORDER BY a.id DESC LIMIT @Limit";
}

public sealed record ActionList(IReadOnlyList<EventAction> Items, string? NextCursor);
