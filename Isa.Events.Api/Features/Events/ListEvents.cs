using System.Text.Json;
using Microsoft.Extensions.Options;

namespace Isa.Events.Api.Features.Events;

/// <summary>Lists events: what is coming, or what was.</summary>
public sealed class ListEvents(EventsDatabase database, IOptions<ServerSettings> settings, TimeProvider time) : EndpointWithoutRequest<EventList>
{
    public override void Configure()
    {
        Get("/events");
        AllowAnonymous();
    }

    public override async Task HandleAsync(CancellationToken ct)
    {
        var caller = HttpContext.GetCaller();
        var query = new Parameters(HttpContext);
        var when = query.Name<When>("when") ?? When.Upcoming;
        var status = query.Name<EventStatus>("status");
        if (status is EventStatus.Over) throw new ProblemException(Problem.MalformedRequest, "status", FieldCode.UnknownValue, "draft, published, cancelled");
        var series = query.Line("series");
        var language = query.Language("language");
        var limit = query.Limit();
        var filter = $"{when}|{status}|{series}|{caller?.HolderId}";
        var cursor = query.Cursor(filter, byTime: true);
        query.RefuseOthers();

        var now = Instant.Cut(time.GetUtcNow());
        var page = await database.ReadAsync(session => session.Query<IdRow>(when == When.Past ? Past : FromNow, new
        {
            All = when == When.All, Now = now, Series = series, Status = status, Draft = caller is { IsOrganizer: true }, Test = caller is { IsOrganizer: true } or { IsTest: true },
            KeyId = caller?.EventIds is null ? null : caller.KeyId,
            AfterAt = cursor?.At, AfterId = cursor?.Id, Limit = limit + 1,
        })
            .Select(row => CurrentEvent.Find(session, row.Id)!)
            .ToList(), ct);

        var last = page.Count > limit ? page[limit - 1].Event : null;
        var answer = new EventList([.. page.Take(limit).Select(current => EventAnswer.From(current, caller, language, now, settings.Value))],
            last is null ? null : new Cursor(Instant.ToText(last.StartsAt), last.Id).Print(filter));
        Paging.Link(HttpContext, settings.Value, answer.NextCursor);
        var body = JsonSerializer.SerializeToUtf8Bytes(answer, Json.Wire);
        await Conditional.SendAsync(HttpContext, body, Conditional.WeakTag(body), "application/json; charset=utf-8", caller is null ? "public, max-age=30" : "private, no-cache");
    }

    public enum When
    {
        Upcoming,
        Past,
        All,
    }

    private sealed record IdRow
    {
        public string Id { get; init; } = "";
    }

    private const string Filter = """
        (@Series IS NULL OR series = @Series) AND (@Status IS NULL OR status = @Status) AND (@Draft OR status <> 'draft') AND (@Test OR NOT is_test)
            AND (@KeyId IS NULL OR EXISTS (SELECT 1 FROM api_key_events k WHERE k.key_id = @KeyId AND k.event_id = events.id))
        """;

    private const string FromNow = $"""
        SELECT id FROM events
        WHERE (@All OR ends_at > @Now) AND {Filter} AND (@AfterAt IS NULL OR (starts_at, id) > (@AfterAt, @AfterId))
        ORDER BY starts_at, id LIMIT @Limit
        """;

    private const string Past = $"""
        SELECT id FROM events
        WHERE ends_at <= @Now AND NOT @All AND {Filter} AND (@AfterAt IS NULL OR (starts_at, id) < (@AfterAt, @AfterId))
        ORDER BY starts_at DESC, id DESC LIMIT @Limit
        """;
}

public sealed record EventList(IReadOnlyList<EventAnswer> Items, string? NextCursor);
