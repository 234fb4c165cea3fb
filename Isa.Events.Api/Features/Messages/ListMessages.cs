using Microsoft.Extensions.Options;

namespace Isa.Events.Api.Features.Messages;

/// <summary>Lists what was sent to the people of an event, or will be, newest first. Nobody's text is among it.</summary>
public sealed class ListMessages(EventsDatabase database, CurrentEvents events, IOptions<ServerSettings> settings) : EndpointWithoutRequest<MessageList>
{
    public override void Configure()
    {
        Get("/events/{event}/messages");
        Policies(Access.Organizer);
    }

    public override async Task HandleAsync(CancellationToken ct)
    {
        var query = new Parameters(HttpContext);
        var (state, registrationId) = (query.Name<OutboxState>("state"), query.Line("registrationId"));
        var limit = query.Limit();
        var cursorFilter = $"messages|{Route<string>("event")}|{state}|{registrationId}";
        var cursor = query.Cursor(cursorFilter, byTime: false);
        query.RefuseOthers();

        var evt = (await events.GetAsync(Route<string>("event")!, HttpContext.GetCaller(), ct)).Event;
        var read = await database.ReadAsync(session => session.Query<MessageRow>(registrationId is null ? Page : PageOfPerson, new { EventId = evt.Id, State = state, RegistrationId = registrationId, Before = cursor?.Id, Limit = limit + 1 }), ct);
        var (page, next) = Paging.Cut(HttpContext, settings.Value, read, limit, row => row.Id, cursorFilter);
        HttpContext.Response.Headers.CacheControl = "no-store";
        await Send.OkAsync(new MessageList([.. page.Select(Message.Of)], next), ct);
    }

    private const string Chosen = "(@State IS NULL OR o.state = @State) AND (@Before IS NULL OR o.id < @Before) ORDER BY o.id DESC LIMIT @Limit";

    private static readonly string Page = $"{MessageRow.OfEvent} AND {Chosen}";

    // Those to the contact of their delegation tell of them as well, unless they left before the person came.
    internal static readonly string PageOfPerson = $"""
        {MessageRow.OfEvent} AND o.id IN (
            SELECT own.id FROM outbox own WHERE own.event_id = @EventId AND own.registration_id = @RegistrationId
            UNION ALL
            SELECT told.id FROM registrations person JOIN outbox told ON told.event_id = person.event_id AND told.registration_id IS NULL AND told.delegation_id = person.delegation_id
            WHERE person.id = @RegistrationId AND person.event_id = @EventId AND (told.done_at IS NULL OR told.done_at >= person.created_at))
        AND {Chosen}
        """;
}

public sealed record MessageList(IReadOnlyList<Message> Items, string? NextCursor);
