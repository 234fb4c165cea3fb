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
        var status = query.Name<RegistrationStatus>("status");
        var filter = RegistrationFilter.Read(query) with { Language = query.Language("language"), Status = status is null ? null : [status.Value] };
        var match = filter.ToMatch() with
        {
            UpdatedSince = query.Instant("updatedSince"),
            IsTest = query.Flag("test"),
            MadeBy = caller.IsOrganizer ? null : caller.HolderId,
        };
        var withNeeds = query.Name<Include>("include") is not null;
        var limit = query.Limit();
        var byTime = sort is Sort.CreatedAt or Sort.UpdatedAt;
        var cursorFilter = $"{Route<string>("event")}|{sort}|{match}";
        var cursor = query.Cursor(cursorFilter, byTime);
        query.RefuseOthers();

        var evt = (await events.GetAsync(Route<string>("event")!, caller, ct)).Event;
        var page = await database.ReadAsync(session => session.Query<Registration>(Statement(sort), match with
        {
            EventId = evt.Id,
            IsTest = evt.IsTest || caller.IsTest || match.IsTest,
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

    private const string Filtered = $"SELECT {Registration.Columns} FROM registrations r WHERE {RegistrationFilter.Matches}";

    private const string ByCreation = $"{Filtered} AND (@AfterId IS NULL OR (created_at, id) > (@AfterInstant, @AfterId)) ORDER BY created_at, id LIMIT @Limit";

    private const string ByUpdate = $"{Filtered} AND (@AfterId IS NULL OR (updated_at, id) > (@AfterInstant, @AfterId)) ORDER BY updated_at, id LIMIT @Limit";

    private const string ByFamilyName = $"{Filtered} AND (@AfterId IS NULL OR (sort_family, id) > (@AfterText, @AfterId)) ORDER BY sort_family, id LIMIT @Limit";

    private const string ByRomanizedName = $"{Filtered} AND (@AfterId IS NULL OR (sort_romanized, id) > (@AfterText, @AfterId)) ORDER BY sort_romanized, id LIMIT @Limit";
}

public sealed record RegistrationList(IReadOnlyList<Registration> Items, string? NextCursor);
