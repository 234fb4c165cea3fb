using Microsoft.Extensions.Options;

namespace Isa.Events.Api.Features.Registrations;

/// <summary>What happened to a registration, and who did it, oldest first.</summary>
public sealed class GetRegistrationHistory(EventsDatabase database, RegistrationAccess access, IOptions<ServerSettings> settings) : EndpointWithoutRequest<RegistrationHistory>
{
    public override void Configure()
    {
        Get("/registrations/{registration}/history");
        Policies(Access.Organizer);
    }

    public override async Task HandleAsync(CancellationToken ct)
    {
        var query = new Parameters(HttpContext);
        var limit = query.Limit();
        var cursorFilter = $"history|{Route<string>("registration")}";
        var cursor = query.Cursor(cursorFilter, byTime: true);
        query.RefuseOthers();

        var found = await access.FindAsync(HttpContext, ct);
        if (found.Actor != Actor.Organizer) throw new ProblemException(Problem.RegistrationNotFound); // a link's token is no id
        var page = await database.ReadAsync(session => session.Query<Row>(Entries, new { found.Registration.Id, AfterAt = cursor?.At, AfterId = cursor?.Id, Limit = limit + 1 }), ct);
        var next = page.Count > limit ? new Cursor(Instant.ToText(page[limit - 1].At), page[limit - 1].Id).Print(cursorFilter) : null;
        Paging.Link(HttpContext, settings.Value, next);
        HttpContext.Response.Headers.CacheControl = "no-store";
        await Send.OkAsync(new RegistrationHistory([.. page.Take(limit).Select(row => row.ToEntry())], next), ct);
    }

    private sealed record Row
    {
        public string Id { get; init; } = "";

        public DateTimeOffset At { get; init; }

        public Actor Actor { get; init; }

        public string? ActorName { get; init; }

        public string Action { get; init; } = "";

        public HistoryDetails? Details { get; init; }

        public HistoryEntry ToEntry() => new()
        {
            At = At, Actor = Actor, ActorName = ActorName, Action = Action, FromSite = Details?.FromSite, ToSite = Details?.ToSite, Fields = Details?.Fields, Reason = Details?.Reason,
            OutOfTurn = Details?.OutOfTurn, RegistrationId = Details?.RegistrationId,
        };
    }

    private const string Entries = """
        SELECT h.id, h.at, h.actor, k.name AS actor_name, h.action, h.details FROM history h LEFT JOIN api_keys k ON k.id = h.actor_id
        WHERE h.registration_id = @Id AND (@AfterId IS NULL OR (h.at, h.id) > (@AfterAt, @AfterId)) ORDER BY h.at, h.id LIMIT @Limit
        """;
}

public sealed record RegistrationHistory(IReadOnlyList<HistoryEntry> Items, string? NextCursor);

/// <summary>One thing that happened to a registration.</summary>
public sealed record HistoryEntry
{
    public required DateTimeOffset At { get; init; }

    public required Actor Actor { get; init; }

    /// <summary>The name of the key that was used.</summary>
    public string? ActorName { get; init; }

    /// <summary>What was done: <c>registered</c>, <c>updated</c>, <c>cancelled</c>.</summary>
    public required string Action { get; init; }

    public string? FromSite { get; init; }

    public string? ToSite { get; init; }

    /// <summary>Names of the members that were changed.</summary>
    public IReadOnlyList<string>? Fields { get; init; }

    public EndReason? Reason { get; init; }

    public bool? OutOfTurn { get; init; }

    public string? RegistrationId { get; init; }
}
