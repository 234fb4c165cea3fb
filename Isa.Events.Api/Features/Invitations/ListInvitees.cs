using Microsoft.Extensions.Options;

namespace Isa.Events.Api.Features.Invitations;

/// <summary>Lists who was invited to an event and what they said, with their codes.</summary>
public sealed class ListInvitees(EventsDatabase database, CurrentEvents events, InvitationCodes codes, IOptions<ServerSettings> settings) : EndpointWithoutRequest<InviteeList>
{
    public override void Configure()
    {
        Get("/events/{event}/invitees");
        Policies(Access.Organizer);
    }

    public override async Task HandleAsync(CancellationToken ct)
    {
        var query = new Parameters(HttpContext);
        var (state, q) = (query.Name<Filter>("state"), query.Line("q"));
        var limit = query.Limit();
        var cursorFilter = $"{Route<string>("event")}|{state}|{q}";
        var cursor = query.Cursor(cursorFilter, byTime: false);
        query.RefuseOthers();

        var evt = (await events.GetAsync(Route<string>("event")!, HttpContext.GetCaller(), ct)).Event;
        var read = await database.ReadAsync(session => session.Query<Row>(Page, new
        {
            EventId = evt.Id, evt.IsTest, State = state, Q = Text.Pattern(q), After = cursor?.Id, Limit = limit + 1,
        }), ct);
        var (page, next) = Paging.Cut(HttpContext, settings.Value, read, limit, row => row.Id, cursorFilter);
        HttpContext.Response.Headers.CacheControl = "no-store";
        await Send.OkAsync(new InviteeList([.. page.Select(r => InviteeAnswer.Of(r, r.UsedBy, codes))], next), ct);
    }

    public enum Filter
    {
        /// <summary>All whose invitation holds, whatever they said.</summary>
        Invited,
        Registered,
        Declined,
        Revoked,

        /// <summary>Neither registered nor declined.</summary>
        Unanswered,
    }

    private sealed record Row : Invitee
    {
        /// <summary>The active registration that was made with it.</summary>
        public string? UsedBy { get; init; }
    }

    // In the order they were imported.
    private const string Page = $"""
        SELECT * FROM (
            SELECT {Invitee.Columns},
                (SELECT MIN(r.id) FROM registrations r WHERE r.invitee_id = i.id AND r.is_test = @IsTest AND r.status NOT IN ('cancelled', 'declined')) AS used_by
            FROM invitees i
            WHERE event_id = @EventId AND (@After IS NULL OR id > @After) AND (@Q IS NULL OR search_text LIKE @Q ESCAPE '\')
        ) AS found
        WHERE @State IS NULL
            OR @State = 'revoked' AND state = 'revoked'
            OR @State = 'invited' AND state <> 'revoked'
            OR @State = 'registered' AND state <> 'revoked' AND used_by IS NOT NULL
            OR @State = 'declined' AND state = 'declined' AND used_by IS NULL
            OR @State = 'unanswered' AND state = 'invited' AND used_by IS NULL
        ORDER BY id LIMIT @Limit
        """;
}

public sealed record InviteeList(IReadOnlyList<InviteeAnswer> Items, string? NextCursor);
