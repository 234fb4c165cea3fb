namespace Isa.Events.Api.Features.Waitlist;

/// <summary>
/// Gives free seats to those who wait, in the transaction that freed them. Afterwards no entry at the head of an open queue fits the free seats of its site, unless an
/// organiser gives them by hand. A party is one entry, neither split nor overtaken until <see cref="Event.GroupHoldEndsAt"/>. Whose no from a calendar stands is no head: they are passed
/// over, keep their place, and are looked at again once they take it back (<see cref="LookAgain"/>). So is a party that is larger than its site has become.
/// </summary>
public static class Promotion
{
    private const long Portion = 100; // as in the SQL

    /// <summary>At these sites, and at those where a promotion frees a seat.</summary>
    public static void Run(WriteSession session, Event evt, params IEnumerable<string> siteIds)
    {
        if (session.Now >= evt.PromotionEndsAt || evt.Status != EventStatus.Published) return;
        var sites = new Queue<string>(siteIds.Distinct(StringComparer.Ordinal));
        while (sites.TryDequeue(out var siteId))
            if (evt.Site(siteId) is { Waitlist: { Promotion: not PromotionMode.Manual } waitlist })
                while (RunPortion(session, evt, siteId, waitlist, sites)) { }
    }

    /// <summary>
    /// At these sites, at the end of the transaction: what several works free is given in one look. Whoever comes in between takes no seat before those who wait
    /// (<see cref="Placement"/>).
    /// </summary>
    public static void RunAtEnd(WriteSession session, Event evt, IEnumerable<string> siteIds)
    {
        foreach (var siteId in siteIds)
            session.AtEnd($"{nameof(Promotion)} {evt.Id} {siteId}", end => { if (end.LockRow(evt.Id) is not null) Run(end, end.LockEvent(evt.Id), siteId); });
    }

    /// <summary>At every site.</summary>
    public static void RunAll(WriteSession session, Event evt) => Run(session, evt, evt.Sites.Select(s => s.Id));

    /// <summary>Where somebody who waits has said no, or has taken it back: others may be next now, or they.</summary>
    /// <param name="session">The work's.</param>
    /// <param name="evt">The event, locked.</param>
    /// <param name="before">As they were.</param>
    /// <param name="after">As they are stored.</param>
    /// <returns>They as they are then.</returns>
    public static Registration LookAgain(WriteSession session, Event evt, Registration before, Registration after)
    {
        if (before.DeclineTakesEffectAt is null == after.DeclineTakesEffectAt is null || after.WaitlistEntryId is not { } entry) return after;
        Run(session, evt, WaitlistEntry.Find(session, entry)!.SiteId);
        return Registration.Find(session, after.Id!)!;
    }

    /// <summary>Confirms a registration at the site it waited for. The seat is taken already.</summary>
    /// <returns>It as it is stored now, and the site whose seat it gave back, or null.</returns>
    internal static (Registration Confirmed, string? Left) Confirm(WriteSession session, Event evt, Registration member, string siteId, string action, Actor actor, string? actorId, bool? outOfTurn = null)
    {
        var left = member.HoldsSeat ? member.SiteId : null;
        if (left is not null) Seats.GiveBack(session, member.EventId, left, 1);
        var confirmed = (member with
        {
            SiteId = siteId,
            Status = RegistrationStatus.Confirmed,
            HoldsSeat = true,
            WaitlistEntryId = null,
            ConfirmedAt = session.Now,
            Revision = member.RevisionAt(evt, siteId),
        }).Save(session);
        HistoryRow.Add(session, member.Id!, action, actor, actorId, new HistoryDetails { FromSite = left, ToSite = siteId, OutOfTurn = outOfTurn });
        OutboxRow.Add(session, OutboxKind.RegistrationPromoted, member.EventId, member.Id, left is null ? null : new OutboxDetails { FromSite = left });
        return (confirmed, left);
    }

    /// <summary>The registrations that an entry stands for, in the order they were made.</summary>
    internal static List<Registration> Members(ReadSession session, string entryId) => session.Query<Registration>(MembersOf, new { EntryId = entryId });

    /// <summary>Gives an entry the seats it waits for, which are free.</summary>
    /// <returns>Sites where that frees seats.</returns>
    internal static List<string> Give(WriteSession session, Event evt, WaitlistEntry entry, IEnumerable<Registration> members, Actor actor, string? actorId, bool? outOfTurn = null)
    {
        Seats.Take(session, entry.EventId, entry.SiteId, entry.Size);
        entry.End(session, EntryState.Promoted);
        return [.. members.Select(member => Confirm(session, evt, member, entry.SiteId, "promoted", actor, actorId, outOfTurn).Left).OfType<string>().Distinct(StringComparer.Ordinal)];
    }

    /// <summary>Holds the seats that an entry waits for, which are free, until its people have answered.</summary>
    internal static void Offer(WriteSession session, Event evt, WaitlistEntry entry, IEnumerable<Registration> members, long hours, Actor actor, string? actorId, bool? outOfTurn = null)
    {
        var ends = session.Now.AddHours(hours);
        entry.Offer(session, ends < evt.StartsAt ? ends : evt.StartsAt);
        foreach (var member in members)
        {
            HistoryRow.Add(session, member.Id!, "offered", actor, actorId, new HistoryDetails { ToSite = entry.SiteId, OutOfTurn = outOfTurn });
            OutboxRow.Add(session, OutboxKind.OfferMade, evt.Id, member.Id);
        }
    }

    /// <returns>Whether more might fit.</returns>
    private static bool RunPortion(WriteSession session, Event evt, string siteId, SiteWaitlist waitlist, Queue<string> freed)
    {
        var held = session.Now < evt.GroupHoldEndsAt;
        var (look, head) = (Seats.AheadOf(evt.Id), new AheadList<WaitlistEntry>(Head, new { EventId = evt.Id, SiteId = siteId, Held = held }));
        session.Fetch(look, head);
        var seats = session.Query(look).First(s => s.SiteId == siteId);
        if (seats.Waiting == 0 || seats.Free is <= 0) return false;
        var free = seats.Free ?? long.MaxValue;
        var limit = Math.Min(free, Portion);
        var queue = session.Query(head);
        if (queue.Count == 0) return false;
        var members = queue.ConvertAll(entry => new AheadList<Registration>(MembersOf, new { EntryId = entry.Id }));
        session.Fetch(members);
        foreach (var (entry, of) in queue.Zip(members))
        {
            if (entry.Size > free)
            {
                if (held) return false;
                continue;
            }

            var people = session.Query(of);
            if (waitlist.Promotion == PromotionMode.Offer) Offer(session, evt, entry, people, waitlist.OfferHours ?? SiteWaitlist.DefaultOfferHours, Actor.System, null);
            else
                foreach (var left in Give(session, evt, entry, people, Actor.System, null))
                    if (!freed.Contains(left)) freed.Enqueue(left);
            free -= entry.Size;
            if (free <= 0) return false;
        }

        return queue.Count == limit;
    }

    // Ids break no tie: numbers are unique. A party that is too big is left out once it is no longer waited for, and one that the whole site is too small for at any time.
    private const string Head = $"""
        SELECT {WaitlistEntry.Columns} FROM waitlist_entries w
        WHERE event_id = @EventId AND site_id = @SiteId AND state = 'queued' AND size <= COALESCE((SELECT CASE WHEN @Held THEN capacity ELSE capacity - seats_taken END {Site}), size) AND {WaitlistEntry.Comes}
        ORDER BY number LIMIT (SELECT CASE WHEN capacity - seats_taken < 100 THEN capacity - seats_taken ELSE 100 END {Site})
        """;

    private const string Site = "FROM sites WHERE event_id = @EventId AND id = @SiteId";

    private const string MembersOf = $"SELECT {Registration.Columns} FROM registrations WHERE waitlist_entry_id = @EntryId ORDER BY id";
}
