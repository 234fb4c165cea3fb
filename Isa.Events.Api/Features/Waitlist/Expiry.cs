namespace Isa.Events.Api.Features.Waitlist;

/// <summary>
/// What time does to an event: offers nobody answered, places held for something that never came, and those somebody declined in their calendar pass on, and so do seats that were held for a party until
/// <see cref="Event.GroupHoldEndsAt"/>. Running it twice does no more than once. An event that is called off stays as it was then: nobody could answer any more, and where that is undone it is caught up
/// on. Of one that is over nobody is told any more.
/// </summary>
public static class Expiry
{
    private const int Portion = 200;

    /// <summary>Under the event's lock.</summary>
    /// <returns>Whether there is more to do than one transaction should.</returns>
    public static bool Run(WriteSession session, Event evt)
    {
        if (evt.Status == EventStatus.Cancelled) return false;
        var tell = evt.StatusAt(session.Now) != EventStatus.Over;
        var offers = session.Query<WaitlistEntry>(ExpiredOffers, new { EventId = evt.Id, session.Now, Limit = Portion });
        foreach (var entry in offers) Expire(session, evt, entry, tell);
        var holds = session.Query<Registration>(ExpiredHolds, new { EventId = evt.Id, session.Now, Limit = Portion });
        var moreHolds = holds.Count == Portion;
        // Its contact is told of a delegation once: the whole of it, which is less than a portion, is left to the next.
        if (moreHolds && holds[^1].DelegationId is { } last) holds.RemoveAll(registration => registration.DelegationId == last);
        // Who is not named confirms nothing either: what ran out first is what ends it.
        foreach (var together in holds.GroupBy(registration => registration.Status == RegistrationStatus.PendingConfirmation ? EndReason.AddressNotConfirmed : EndReason.NameMissing))
        {
            foreach (var registration in together) Ending.End(session, evt, registration, RegistrationStatus.Cancelled, together.Key, Actor.System, null, tell: tell && registration.DelegationId is null);
            if (tell) Ending.TellContacts(session, evt.Id, together.Where(registration => registration.DelegationId is not null));
        }

        var declined = session.Query<Registration>(TakenEffect, new { EventId = evt.Id, session.Now, Limit = Portion });
        foreach (var registration in declined) Ending.End(session, evt, registration, RegistrationStatus.Cancelled, EndReason.DeclinedInCalendar, Actor.Attendee, null, tell: tell);
        Promotion.RunAll(session, evt);
        return offers.Count == Portion || moreHolds || declined.Count == Portion;
    }

    /// <summary>Ids of the events for which <see cref="Run"/> has something to do, as a read sees it.</summary>
    public static HashSet<string> Due(ReadSession session, DateTimeOffset now) => [.. session.Query<string>(DueEvents, new { Now = now })];

    /// <summary>Sites with free seats that would do for somebody who waits there, by their event. Whether they are given away by themselves only the event tells: <see cref="PassesOn"/>.</summary>
    public static ILookup<string, string> FreeSites(ReadSession session) => session.Query<FreeSeats>(SitesWithFreeSeats).ToLookup(site => site.EventId, site => site.SiteId);

    /// <summary>Whether <see cref="Run"/> gives free seats of these sites to those who wait.</summary>
    public static bool PassesOn(ReadSession session, string eventId, IEnumerable<string> siteIds, DateTimeOffset now) =>
        Event.Find(session, eventId) is { Status: EventStatus.Published } evt && now >= evt.GroupHoldEndsAt && now < evt.PromotionEndsAt
        && siteIds.Any(id => evt.Site(id)?.Waitlist is { Promotion: not PromotionMode.Manual });

    private static void Expire(WriteSession session, Event evt, WaitlistEntry entry, bool tell)
    {
        var members = Promotion.Members(session, entry.Id);
        Seats.GiveBack(session, evt.Id, entry.SiteId, entry.Size);
        entry.End(session, EntryState.Expired);
        foreach (var member in members)
        {
            HistoryRow.Add(session, member.Id!, "offerExpired", Actor.System, null, new HistoryDetails { ToSite = entry.SiteId });
            var left = member with { WaitlistEntryId = null };
            if (member.Status == RegistrationStatus.Waitlisted)
            {
                Ending.End(session, evt, left, RegistrationStatus.Cancelled, EndReason.OfferExpired, Actor.System, null, tell: tell);
                continue;
            }

            left.Save(session);
            if (tell) OutboxRow.Add(session, OutboxKind.OfferExpired, evt.Id, member.Id);
        }
    }

    private const string ExpiredOffers = $"SELECT {WaitlistEntry.Columns} FROM waitlist_entries WHERE state = 'offered' AND offer_ends_at <= @Now AND event_id = @EventId ORDER BY number LIMIT @Limit";

    private const string ExpiredHolds = $"SELECT {Registration.Columns} FROM registrations WHERE hold_ends_at <= @Now AND hold_ends_at IS NOT NULL AND event_id = @EventId ORDER BY delegation_id, id LIMIT @Limit";

    private const string TakenEffect = $"""
        SELECT {Registration.Columns} FROM registrations WHERE decline_takes_effect_at <= @Now AND decline_takes_effect_at IS NOT NULL AND event_id = @EventId ORDER BY id LIMIT @Limit
        """;

    private const string DueEvents = """
        SELECT e.id FROM events e JOIN (
            SELECT event_id FROM waitlist_entries WHERE state = 'offered' AND offer_ends_at <= @Now
            UNION SELECT event_id FROM registrations WHERE hold_ends_at <= @Now AND hold_ends_at IS NOT NULL
            UNION SELECT event_id FROM registrations WHERE decline_takes_effect_at <= @Now AND decline_takes_effect_at IS NOT NULL) AS due ON due.event_id = e.id
        WHERE e.status <> 'cancelled'
        """;

    // Where somebody waits whom the free seats would do for.
    private const string SitesWithFreeSeats = $"""
        SELECT DISTINCT s.event_id, s.id AS site_id FROM sites s JOIN waitlist_entries w ON w.event_id = s.event_id AND w.site_id = s.id AND w.state = 'queued'
        WHERE s.waiting > 0 AND (s.capacity IS NULL OR w.size <= s.capacity - s.seats_taken) AND {WaitlistEntry.Comes}
        """;

    private sealed record FreeSeats
    {
        public string EventId { get; init; } = "";

        public string SiteId { get; init; } = "";
    }
}
