using Microsoft.Extensions.Options;

namespace Isa.Events.Api.Features.Replies;

/// <summary>Lists what came back by mail to the people of an event, newest first. Nobody's text is among it but the subject.</summary>
public sealed class ListReplies(EventsDatabase database, CurrentEvents events, IOptions<ServerSettings> settings) : EndpointWithoutRequest<ReceivedMailList>
{
    public override void Configure()
    {
        Get("/events/{event}/replies");
        Policies(Access.Organizer);
    }

    public override async Task HandleAsync(CancellationToken ct)
    {
        var page = ReplyPage.Read(HttpContext, Route<string>("event")!);
        var evt = (await events.GetAsync(Route<string>("event")!, HttpContext.GetCaller(), ct)).Event;
        await Send.OkAsync(await page.FindAsync(database, settings.Value, OfEvent, evt.Id, ct), ct);
    }

    private const string OfEvent = $"SELECT {ReceivedMail.Columns} FROM received_mails WHERE event_id = @EventId {ReplyPage.Filtered}";
}

/// <summary>A page of such a list: what was asked for.</summary>
internal sealed record ReplyPage(HttpContext Context, MailOutcome? Outcome, string? RegistrationId, int Limit, Cursor? Cursor, string CursorFilter)
{
    internal const string Filtered = """
        AND (@Outcome IS NULL OR outcome = @Outcome) AND (@RegistrationId IS NULL OR registration_id = @RegistrationId) AND (@Before IS NULL OR id < @Before)
        ORDER BY id DESC LIMIT @Limit
        """;

    public static ReplyPage Read(HttpContext context, string of)
    {
        var query = new Parameters(context);
        var (outcome, registrationId, limit) = (query.Name<MailOutcome>("outcome"), query.Line("registrationId"), query.Limit());
        var cursorFilter = $"replies|{of}|{outcome}|{registrationId}";
        var cursor = query.Cursor(cursorFilter, byTime: false);
        query.RefuseOthers();
        return new ReplyPage(context, outcome, registrationId, limit, cursor, cursorFilter);
    }

    public async Task<ReceivedMailList> FindAsync(EventsDatabase database, ServerSettings settings, string sql, string? eventId, CancellationToken ct)
    {
        var read = await database.ReadAsync(session => session.Query<ReceivedMail>(sql, new { EventId = eventId, Outcome, RegistrationId, Before = Cursor?.Id, Limit = Limit + 1 }), ct);
        var (page, next) = Paging.Cut(Context, settings, read, Limit, mail => mail.Id, CursorFilter);
        Context.Response.Headers.CacheControl = "no-store";
        return new ReceivedMailList([.. page], next);
    }
}

public sealed record ReceivedMailList(IReadOnlyList<ReceivedMail> Items, string? NextCursor);
