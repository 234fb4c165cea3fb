using Isa.Events.Api.Features.Actions;

namespace Isa.Events.Api.Features.Registrations;

/// <summary>
/// What happens to those for whom a site has no seats any more: the last confirmed move to another site. They keep registration, links and reference, and head the
/// queue of the site they come from, in their old order. Seats of offers and of registrations that are still pending stay as they are.
/// </summary>
public static class Displacement
{
    /// <summary>Who would move, and whether they could.</summary>
    /// <param name="session">One snapshot.</param>
    /// <param name="evt">The event as it is.</param>
    /// <param name="site">One of its sites as it shall be.</param>
    /// <param name="target">Where to; null to ask who it would be.</param>
    /// <param name="now">Queues close.</param>
    /// <exception cref="ProblemException">As <see cref="Run"/>.</exception>
    public static SiteDryRun Foresee(ReadSession session, Event evt, Site site, Site? target, DateTimeOffset now)
    {
        var seats = Seats.Of(session, evt.Id, site.Id);
        var leaving = Leaving(session, site, seats);
        if (target is not null) Allow(evt, target, Seats.ForNewcomers(session, evt.Id, target.Id), leaving, now);
        return new SiteDryRun([.. leaving.Select(r => new WouldMove(r.Id!, r.FullName, r.Reference!, r.ConfirmedAt!.Value))], target?.Id, seats.SeatsTaken, site.Capacity);
    }

    /// <summary>Makes room until the seats that are taken are no more than the new capacity, which the caller stores.</summary>
    /// <param name="session">The work's.</param>
    /// <param name="evt">The event, locked, with the site as it shall be.</param>
    /// <param name="site">That site.</param>
    /// <param name="target">Where to; null where nobody may be moved.</param>
    /// <param name="organizerId">The key of the organiser.</param>
    /// <param name="hold">How long they are not told, where it can be undone.</param>
    /// <returns>Who had to move.</returns>
    /// <exception cref="ProblemException"><see cref="Problem.CapacityBelowTaken"/>, <see cref="Problem.SiteFull"/>, or <see cref="Problem.ValidationFailed"/> where the target is not open to all of them.</exception>
    public static IReadOnlyList<MovedPerson> Run(WriteSession session, Event evt, Site site, Site? target, string? organizerId, ActionHold? hold)
    {
        var seats = Seats.Of(session, evt.Id, site.Id);
        if (!(seats.SeatsTaken > site.Capacity)) return [];
        if (target is null) throw TooLow(seats, seats.SeatsTaken);
        Promotion.Run(session, evt, target.Id); // an hour may have come since the last look, and then those who wait there are first
        seats = Seats.Of(session, evt.Id, site.Id);
        var leaving = Leaving(session, site, seats);
        Allow(evt, target, Seats.ForNewcomers(session, evt.Id, target.Id), leaving, session.Now);

        Seats.GiveBack(session, evt.Id, site.Id, leaving.Count);
        Seats.Take(session, evt.Id, target.Id, leaving.Count);
        var queue = Placement.HasQueue(evt, site, session.Now);
        var moved = new List<MovedPerson>();
        foreach (var registration in leaving) // the last confirmed first, so that the first one ends up before all others
        {
            var entry = EntryOf(session, registration, site, target, queue);
            moved.Add(new MovedPerson(registration.Id!, registration.WaitlistEntryId is null ? entry : null, registration.WaitlistEntryId is not null && entry is null));
            (registration with
            {
                SiteId = target.Id,
                WaitlistEntryId = entry,
                Revision = registration.RevisionAt(evt, target.Id),
            }).Save(session);
            HistoryRow.Add(session, registration.Id!, "moved", Actor.Organizer, organizerId, new HistoryDetails { FromSite = site.Id, ToSite = target.Id });
            OutboxRow.Add(session, OutboxKind.RegistrationMoved, evt.Id, registration.Id, new OutboxDetails { FromSite = site.Id }, hold);
        }

        return moved;
    }

    private static List<Registration> Leaving(ReadSession session, Site site, SiteSeats seats)
    {
        if (seats.SeatsTaken - site.Capacity is not (> 0 and var surplus)) return [];
        var leaving = session.Query<Registration>(LastConfirmed, new { site.EventId, SiteId = site.Id, Limit = surplus });
        return leaving.Count == surplus ? leaving : throw TooLow(seats, seats.SeatsTaken - leaving.Count);
    }

    private static void Allow(Event evt, Site target, SiteSeats seats, List<Registration> leaving, DateTimeOffset now)
    {
        if (leaving.Count(r => !evt.Invites(target, r.Audience)) is > 0 and var strangers)
            throw ProblemException.Invalid("move.to", FieldCode.AudienceNotInvited).With("notInvited", strangers);
        if (leaving.Count > 0 && !Seats.AreFor(evt, target, seats, leaving.Count, now))
            throw new ProblemException(Problem.SiteFull, "move.to", FieldCode.SiteFull).With("wouldMove", leaving.Count).With("freeSeats", seats is { Waiting: > 0, NobodyComes: false } ? 0 : seats.Free);
    }

    // Who waits already goes on waiting for that, one wish each; who comes to where they wanted to be waits no longer.
    private static string? EntryOf(WriteSession session, Registration registration, Site site, Site target, bool queue)
    {
        if (registration.WaitlistEntryId is not { } id) return queue ? WaitlistEntry.Join(session, site.EventId, site.Id, 1, first: true) : null;
        if (WaitlistEntry.Find(session, id)?.SiteId != target.Id) return id;
        WaitlistEntry.Leave(session, registration, EntryState.Promoted);
        return null;
    }

    private static ProblemException TooLow(SiteSeats seats, long least) =>
        new ProblemException(Problem.CapacityBelowTaken, "capacity", FieldCode.OutOfRange, least, 1_000_000).With("seatsTaken", seats.SeatsTaken);

    private const string LastConfirmed = $"""
        SELECT {Registration.Columns} FROM registrations
        WHERE event_id = @EventId AND site_id = @SiteId AND status = 'confirmed' AND holds_seat
        ORDER BY confirmed_at DESC, id DESC LIMIT @Limit
        """;
}

/// <summary>What an edit of a site would do, as nobody has done it yet.</summary>
/// <param name="WouldMove">The last confirmed first.</param>
/// <param name="To">Where they would move, where that was said.</param>
/// <param name="SeatsTaken">Of the site now.</param>
/// <param name="Capacity">As it would be; absent without a limit.</param>
public sealed record SiteDryRun(IReadOnlyList<WouldMove> WouldMove, string? To, long SeatsTaken, long? Capacity);

/// <summary>Somebody who would have to move.</summary>
public sealed record WouldMove(string RegistrationId, string FullName, string Reference, DateTimeOffset ConfirmedAt);
