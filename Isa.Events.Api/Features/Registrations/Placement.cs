namespace Isa.Events.Api.Features.Registrations;

/// <summary>Where somebody wants to attend, and what shall happen where that is full.</summary>
public sealed record Wish(string SiteId, WhenFull? WhenFull, string? FallbackSiteId)
{
    /// <summary>What the site makes of it: without a word, those who can wait do.</summary>
    public WhenFull AtFullSite => WhenFull ?? Registrations.WhenFull.Waitlist;
}

/// <summary>What a wish comes to: a seat, a place in a queue, or both.</summary>
/// <param name="SiteId">Where they attend or, without a seat, where they wait.</param>
/// <param name="HasSeat">Whether a seat there is theirs; otherwise they wait.</param>
/// <param name="EntryId">The entry of the queue they are in.</param>
public sealed record Placement(string SiteId, bool HasSeat, string? EntryId)
{
    public RegistrationStatus Status => HasSeat ? RegistrationStatus.Confirmed : RegistrationStatus.Waitlisted;

    /// <summary>A registration with this in place of its wish.</summary>
    public T For<T>(T registration, Event evt, DateTimeOffset now)
        where T : Registration => (T)((Registration)registration with
        {
            SiteId = SiteId,
            Status = Status,
            HoldsSeat = HasSeat && registration.CountsAt(evt),
            ConfirmedAt = HasSeat ? now : null,
            WaitlistEntryId = EntryId,
            WhenFull = null,
            FallbackSiteId = null,
            WhatFits = false,
        });

    /// <summary>Whether a read can already tell that the wish comes to nothing.</summary>
    public static bool IsHopeless(CurrentEvent current, Wish wish, DateTimeOffset now)
    {
        var (evt, site) = (current.Event, current.Event.Site(wish.SiteId)!);
        var seats = current.SeatsOf(site.Id);
        if (Seats.AreFor(evt, site, seats, 1, now)) return false;
        return wish.AtFullSite switch
        {
            WhenFull.AttendSite => false,
            WhenFull.Waitlist => !HasQueue(evt, site, now),
            _ => true,
        };
    }

    /// <summary>Takes the seat, or the place in the queue. One or several people who are placed together; the event is locked.</summary>
    /// <exception cref="ProblemException"><see cref="Problem.SiteFull"/> where there is neither.</exception>
    public static Placement Find(WriteSession session, Event evt, Wish wish, int size = 1, string? delegationId = null, bool counts = true)
    {
        var site = evt.Site(wish.SiteId)!;
        if (TryTake(session, evt, site, size, counts)) return new Placement(site.Id, true, null);
        var queue = HasQueue(evt, site, session.Now, size);
        switch (wish.AtFullSite)
        {
            case WhenFull.Waitlist when queue:
                return new Placement(site.Id, false, counts ? WaitlistEntry.Join(session, evt.Id, site.Id, size, delegationId) : null);
            case WhenFull.AttendSite:
                if (!TryTake(session, evt, evt.Site(wish.FallbackSiteId)!, size, counts)) throw new ProblemException(Problem.SiteFull, "fallbackSiteId", FieldCode.SiteFull);
                return new Placement(wish.FallbackSiteId!, true, queue && counts ? WaitlistEntry.Join(session, evt.Id, site.Id, size, delegationId) : null);
            default:
                throw new ProblemException(Problem.SiteFull);
        }
    }

    /// <summary>
    /// What members of a delegation come to once nothing more is awaited of them: each with the seat that was held for them; the others who wish for the same as one party,
    /// or those of it for whom there is a place, where they said so.
    /// </summary>
    /// <exception cref="ProblemException"><see cref="Problem.SiteFull"/> where there is no place for one of these parties.</exception>
    /// <returns>Those who have one.</returns>
    public static List<(Registration Member, Placement Placement)> FindTogether(WriteSession session, Event evt, IEnumerable<Registration> members)
    {
        var placed = new List<(Registration, Placement)>();
        foreach (var party in members.GroupBy(m => (m.SiteId, m.WhenFull, m.FallbackSiteId, m.WhatFits, m.HoldsSeat, m.DelegationId, m.IsTest)))
        {
            var (wish, size, counts) = (new Wish(party.Key.SiteId, party.Key.WhenFull, party.Key.FallbackSiteId), party.Count(), party.First().CountsAt(evt));
            List<Placement?> places = party.Key.WhatFits && !party.Key.HoldsSeat ? FindWhatFits(session, evt, wish, size, party.Key.DelegationId!, counts)
                : [.. Enumerable.Repeat(party.Key.HoldsSeat ? new Placement(wish.SiteId, true, null) : FindOrSay(session, evt, wish, size, party.Key.DelegationId, counts), size)];
            foreach (var (member, place) in party.Zip(places))
                if (place is not null) placed.Add((member, place));
        }

        return placed;
    }

    // With several sites it is not plain which one is full.
    private static Placement FindOrSay(WriteSession session, Event evt, Wish wish, int size, string? delegationId, bool counts)
    {
        try
        {
            return Find(session, evt, wish, size, delegationId, counts);
        }
        catch (ProblemException full) when (full.Problem == Problem.SiteFull)
        {
            throw full.With("siteId", wish.SiteId);
        }
    }

    /// <summary>Takes seats for newcomers where there are enough.</summary>
    /// <param name="session">The work's.</param>
    /// <param name="evt">The event, locked.</param>
    /// <param name="site">One of its sites.</param>
    /// <param name="size">How many.</param>
    /// <param name="counts">False to look and take nothing: for what a test key makes, and for whoever has no seat held yet.</param>
    public static bool TryTake(WriteSession session, Event evt, Site site, long size, bool counts = true)
    {
        if (!Seats.AreFor(evt, site, Look(session, evt, site), size, session.Now)) return false;
        if (counts) Seats.Take(session, evt.Id, site.Id, size);
        return true;
    }

    /// <summary>Takes as many seats for newcomers as there are.</summary>
    /// <returns>How many those are.</returns>
    public static int TakeUpTo(WriteSession session, Event evt, Site site, int size, bool counts)
    {
        var seats = Look(session, evt, site);
        var fit = (int)Math.Min(size, seats.Free ?? size);
        if (fit <= 0 || !Seats.AreFor(evt, site, seats, fit, session.Now)) return 0;
        if (counts) Seats.Take(session, evt.Id, site.Id, fit);
        return fit;
    }

    /// <summary>Places people of a delegation of whom not all must come: the first of them in the seats there are, the rest as the wish says.</summary>
    /// <returns>One each, in their order; null for whom there is no place.</returns>
    public static List<Placement?> FindWhatFits(WriteSession session, Event evt, Wish wish, int size, string delegationId, bool counts)
    {
        var site = evt.Site(wish.SiteId)!;
        List<Placement?> placed = [.. Enumerable.Repeat(new Placement(site.Id, true, null), TakeUpTo(session, evt, site, size, counts))];
        var rest = size - placed.Count;
        if (rest > 0 && wish.AtFullSite == WhenFull.AttendSite)
        {
            var away = TakeUpTo(session, evt, evt.Site(wish.FallbackSiteId)!, rest, counts);
            if (away > 0) placed.AddRange(Enumerable.Repeat(new Placement(wish.FallbackSiteId!, true, counts && HasQueue(evt, site, session.Now, away) ? WaitlistEntry.Join(session, evt.Id, site.Id, away, delegationId) : null), away));
        }
        else if (rest > 0 && wish.AtFullSite == WhenFull.Waitlist && HasQueue(evt, site, session.Now, rest))
        {
            placed.AddRange(Enumerable.Repeat(new Placement(site.Id, false, counts ? WaitlistEntry.Join(session, evt.Id, site.Id, rest, delegationId) : null), rest));
        }

        while (placed.Count < size) placed.Add(null);
        return placed;
    }

    private static SiteSeats Look(WriteSession session, Event evt, Site site)
    {
        var seats = Seats.Of(session, evt.Id, site.Id);
        if (seats.Waiting == 0 || seats.Free is <= 0) return seats;
        Promotion.Run(session, evt, site.Id); // an hour may have come since the last look
        return Seats.ForNewcomers(session, evt.Id, site.Id);
    }

    /// <summary>Whether people can begin to wait for a site. A party that is larger than the site would hold up everybody for nothing.</summary>
    public static bool HasQueue(Event evt, Site site, DateTimeOffset now, int size = 1) =>
        site.Waitlist is not null && now < evt.PromotionEndsAt && (size == 1 || site.Capacity is not { } capacity || size <= capacity);
}
