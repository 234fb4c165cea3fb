using System.Globalization;
using Microsoft.Extensions.Options;

namespace Isa.Events.Api.Features.Waitlist;

/// <summary>Shows who waits for which site, at which place, since when, and why not yet.</summary>
public sealed class GetWaitlist(CurrentEvents events, WaitlistReader reader, IOptions<ServerSettings> settings) : EndpointWithoutRequest<WaitlistAnswer>
{
    public override void Configure()
    {
        Get("/events/{event}/waitlist");
        Policies(Access.Organizer);
    }

    public override async Task HandleAsync(CancellationToken ct)
    {
        var query = new Parameters(HttpContext);
        var siteId = query.Line("siteId");
        var limit = query.Limit();
        var filter = $"{Route<string>("event")}|{siteId}";
        var cursor = query.Cursor(filter, byTime: false);
        query.RefuseOthers();
        var evt = (await events.GetAsync(Route<string>("event")!, HttpContext.GetCaller(), ct)).Event;
        if (siteId is not null && evt.Site(siteId) is null) throw new ProblemException(Problem.MalformedRequest, "siteId", FieldCode.UnknownSite);

        var (sites, items) = await reader.ReadAsync(evt, siteId, cursor, limit + 1, ct);
        var last = items.Count > limit ? items[limit - 1] : null;
        var next = last is null ? null : new Cursor(string.Create(CultureInfo.InvariantCulture, $"{last.SiteId}|{last.Number}"), last.EntryId).Print(filter);
        Paging.Link(HttpContext, settings.Value, next);
        HttpContext.Response.Headers.CacheControl = "no-store";
        await Send.OkAsync(new WaitlistAnswer(sites, [.. items.Take(limit)], next), ct);
    }
}

/// <summary>The queues of an event.</summary>
/// <param name="Sites">Those that have a waiting list, or people who wait.</param>
/// <param name="Items">Who waits or has an offer, by site and place.</param>
/// <param name="NextCursor">For the next page.</param>
public sealed record WaitlistAnswer(IReadOnlyList<WaitlistSite> Sites, IReadOnlyList<WaitlistItem> Items, string? NextCursor);
