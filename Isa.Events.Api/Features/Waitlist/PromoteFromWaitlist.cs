namespace Isa.Events.Api.Features.Waitlist;

/// <summary>Gives free seats to an entry of a queue, also out of turn and after the queue has closed. Who did it stands in the history.</summary>
public sealed class PromoteFromWaitlist(EventsDatabase database, CurrentEvents events, WaitlistReader reader) : EndpointWithoutRequest<WaitlistItem>
{
    public override void Configure()
    {
        Post("/events/{event}/waitlist/{entry}/promote");
        Policies(Access.Organizer);
    }

    public override async Task HandleAsync(CancellationToken ct)
    {
        Parameters.None(HttpContext);
        var request = await Body.ReadOptionalAsync<PromoteRequest>(HttpContext.Request, ct);
        var caller = HttpContext.GetCaller()!;
        var evt = (await events.GetAsync(Route<string>("event")!, caller, ct)).Event;
        var id = Route<string>("entry")!;
        await database.WriteAsync(evt.Id, session => Promote(session, evt.Id, id, request, caller.KeyId), ct);
        HttpContext.Response.Headers.CacheControl = "no-store";
        await Send.OkAsync(await reader.FindAsync(evt, id, ct), ct);
    }

    private static bool Promote(WriteSession session, string eventId, string id, PromoteRequest request, string keyId)
    {
        var evt = session.LockEvent(eventId);
        evt.RefuseOnceEnded(session.Now);
        if (evt.Status != EventStatus.Published) throw new ProblemException(Problem.EventNotPublished);
        Promotion.RunAll(session, evt); // what others have freed in this transaction is for those who are next
        var entry = WaitlistEntry.Find(session, id) is { } found && found.EventId == eventId ? found : throw new ProblemException(Problem.EntryNotFound);
        var wanted = request.Offer == true ? EntryState.Offered : EntryState.Promoted;
        if (entry.State == wanted) return false; // sent again
        if (entry.State != EntryState.Queued) throw new ProblemException(Problem.EntryEnded);
        var seats = Seats.Of(session, eventId, entry.SiteId);
        if (wanted == EntryState.Offered && session.Now >= evt.StartsAt) throw new ProblemException(Problem.EventStarted); // nobody could say yes: offers end with the start
        if (seats.Free < entry.Size) throw new ProblemException(Problem.SiteFull).With("free", seats.Free).With("size", entry.Size);

        bool? outOfTurn = session.One<string>(Earlier, entry) is null ? null : true;
        var members = Promotion.Members(session, entry.Id);
        if (wanted == EntryState.Offered)
            Promotion.Offer(session, evt, entry, members, evt.Site(entry.SiteId)!.Waitlist?.OfferHours ?? SiteWaitlist.DefaultOfferHours, Actor.Organizer, keyId, outOfTurn);
        else
            Promotion.Run(session, evt, [.. Promotion.Give(session, evt, entry, members, Actor.Organizer, keyId, outOfTurn), entry.SiteId]); // the next one's size may fit what is left
        return true;
    }

    private const string Earlier = "SELECT id FROM waitlist_entries WHERE event_id = @EventId AND site_id = @SiteId AND state = 'queued' AND number < @Number LIMIT 1";
}

public sealed record PromoteRequest
{
    /// <summary>Whether the seats are only offered, for the site's offer hours.</summary>
    public bool? Offer { get; init; }
}
