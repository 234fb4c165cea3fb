using Microsoft.Extensions.Options;

namespace Isa.Events.Api.Features.Registrations;

/// <summary>Lists an event's registrations: all of them for organisers, its own for a partner.</summary>
public sealed class ListRegistrations(EventsDatabase database, CurrentEvents events, RegistrationTokens tokens, IOptions<ServerSettings> settings) : EndpointWithoutRequest<RegistrationList>
{
    public override void Configure()
    {
        Get("/events/{event}/registrations");
        Policies(Access.Partner);
    }

    public override async Task HandleAsync(CancellationToken ct)
    {
        var caller = HttpContext.GetCaller()!;
        var query = new Parameters(HttpContext);
        var sort = query.Name<Sort>("sort") ?? Sort.CreatedAt;
        var q = query.Line("q");
        var filter = new Filter
        {
            SiteId = query.Line("siteId"), Status = query.Name<RegistrationStatus>("status"), Audience = query.Name<Audience>("audience"),
            Organisation = Text.Pattern(query.Line("organisation")), Q = Text.Pattern(q), Reference = q?.ToUpperInvariant(), ExternalId = query.Line("externalId"), DelegationId = query.Line("delegationId"),
            Email = query.Line("email", 254) is { } email ? EmailAddress.TryNormalise(email, out _, out var normalised) ? normalised
                : throw new ProblemException(Problem.MalformedRequest, "email", FieldCode.InvalidEmail) : null,
            Reply = query.Name<CalendarReply>("reply"), AnswerAfterChange = query.Name<AnswerAfterChange>("answerAfterChange"), MailState = query.Name<MailState>("mailState"),
            UpdatedSince = query.Instant("updatedSince"), Test = query.Flag("test"), MadeBy = caller.IsOrganizer ? null : caller.HolderId,
        };
        var withNeeds = query.Name<Include>("include") is not null;
        var limit = query.Limit();
        var byTime = sort is Sort.CreatedAt or Sort.UpdatedAt;
        var cursorFilter = $"{Route<string>("event")}|{sort}|{filter}";
        var cursor = query.Cursor(cursorFilter, byTime);
        query.RefuseOthers();

        var evt = (await events.GetAsync(Route<string>("event")!, caller, ct)).Event;
        var page = await database.ReadAsync(session => session.Query<Registration>(Statement(sort), filter with
        {
            EventId = evt.Id,
            IsTest = evt.IsTest || caller.IsTest || filter.Test,
            AfterInstant = byTime ? cursor?.At : null,
            AfterText = cursor?.Value,
            AfterId = cursor?.Id,
            Limit = limit + 1,
        }), ct);

        var last = page.Count > limit ? page[limit - 1] : null;
        var next = last is null ? null : new Cursor(sort switch
        {
            Sort.CreatedAt => Instant.ToText(last.CreatedAt!.Value),
            Sort.UpdatedAt => Instant.ToText(last.UpdatedAt!.Value),
            Sort.FamilyName => NewRegistration.FamilyKey(last.FamilyName, last.FullName),
            _ => NewRegistration.RomanizedKey(last.RomanizedName, last.FullName),
        }, last.Id!).Print(cursorFilter);
        Paging.Link(HttpContext, settings.Value, next);
        HttpContext.Response.Headers.CacheControl = "no-store";
        await Send.OkAsync(new RegistrationList([.. page.Take(limit).Select(r => r with { Needs = withNeeds ? r.Needs : null, Links = tokens.Links(r, evt) })], next), ct);
    }

    private static string Statement(Sort sort) => sort switch { Sort.CreatedAt => ByCreation, Sort.UpdatedAt => ByUpdate, Sort.FamilyName => ByFamilyName, _ => ByRomanizedName };

    public enum Sort
    {
        CreatedAt,
        UpdatedAt,
        FamilyName,
        RomanizedName,
    }

    /// <summary>What lists leave out unless it is asked for.</summary>
    public enum Include
    {
        Needs,
    }

    private sealed record Filter
    {
        public string EventId { get; init; } = "";

        public string? SiteId { get; init; }

        public RegistrationStatus? Status { get; init; }

        public Audience? Audience { get; init; }

        public string? Organisation { get; init; }

        public string? Q { get; init; }

        public string? Reference { get; init; }

        public string? ExternalId { get; init; }

        public string? DelegationId { get; init; }

        public string? Email { get; init; }

        public CalendarReply? Reply { get; init; }

        public AnswerAfterChange? AnswerAfterChange { get; init; }

        public MailState? MailState { get; init; }

        public DateTimeOffset? UpdatedSince { get; init; }

        public bool Test { get; init; }

        public bool IsTest { get; init; }

        public string? MadeBy { get; init; }

        public DateTimeOffset? AfterInstant { get; init; }

        public string? AfterText { get; init; }

        public string? AfterId { get; init; }

        public int Limit { get; init; }
    }

    private const string Filtered = $"""
        SELECT {Registration.Columns} FROM registrations
        WHERE event_id = @EventId AND is_test = @IsTest AND (@MadeBy IS NULL OR made_by = @MadeBy) AND (@SiteId IS NULL OR site_id = @SiteId)
            AND (@Status IS NULL OR status = @Status) AND (@Audience IS NULL OR audience = @Audience) AND (@ExternalId IS NULL OR external_id = @ExternalId)
            AND (@DelegationId IS NULL OR delegation_id = @DelegationId) AND (@Email IS NULL OR email_normalised = @Email) AND (@UpdatedSince IS NULL OR updated_at >= @UpdatedSince)
            AND (@Reply IS NULL OR COALESCE(reply, 'needsAction') = @Reply) AND (@AnswerAfterChange IS NULL OR answer_after_change = @AnswerAfterChange) AND (@MailState IS NULL OR mail_state = @MailState)
            AND (@Organisation IS NULL OR organisation_folded LIKE @Organisation ESCAPE '\') AND (@Q IS NULL OR search_text LIKE @Q ESCAPE '\' OR reference = @Reference)
        """;

    private const string ByCreation = $"{Filtered} AND (@AfterId IS NULL OR (created_at, id) > (@AfterInstant, @AfterId)) ORDER BY created_at, id LIMIT @Limit";

    private const string ByUpdate = $"{Filtered} AND (@AfterId IS NULL OR (updated_at, id) > (@AfterInstant, @AfterId)) ORDER BY updated_at, id LIMIT @Limit";

    private const string ByFamilyName = $"{Filtered} AND (@AfterId IS NULL OR (sort_family, id) > (@AfterText, @AfterId)) ORDER BY sort_family, id LIMIT @Limit";

    private const string ByRomanizedName = $"{Filtered} AND (@AfterId IS NULL OR (sort_romanized, id) > (@AfterText, @AfterId)) ORDER BY sort_romanized, id LIMIT @Limit";
}

public sealed record RegistrationList(IReadOnlyList<Registration> Items, string? NextCursor);
