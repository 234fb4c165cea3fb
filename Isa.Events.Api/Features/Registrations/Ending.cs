namespace Isa.Events.Api.Features.Registrations;

/// <summary>How a registration ends, whoever ends it: its seat and its place in a queue go to those who wait, in the same transaction.</summary>
public static class Ending
{
    /// <param name="session">The work's.</param>
    /// <param name="evt">The event, locked.</param>
    /// <param name="registration">As this work has seen it.</param>
    /// <param name="status">Cancelled or declined.</param>
    /// <param name="reason">Why, where nobody simply cancelled it.</param>
    /// <param name="actor">Who.</param>
    /// <param name="actorId">Their key.</param>
    /// <param name="nobodyWaits">Where this work has seen, perhaps too early, that nobody waits at the event: then nobody is looked for.</param>
    /// <param name="tell">Whether a message of its own says so.</param>
    public static Registration End(WriteSession session, Event evt, Registration registration, RegistrationStatus status, EndReason? reason, Actor actor, string? actorId, bool nobodyWaits = false, bool tell = true)
    {
        var freed = new List<string>();
        LeaveQueue(session, registration, freed, reason == EndReason.OfferExpired ? EntryState.Expired : EntryState.Withdrawn);
        LeaveSeat(session, registration, freed, nobodyWaits);
        var ended = Ended(registration, status, reason, actor, session.Now).Save(session);
        HistoryRow.Add(session, ended.Id!, status == RegistrationStatus.Declined ? "declined" : "cancelled", actor, actorId, reason is null ? null : new HistoryDetails { Reason = reason });
        if (tell) Tell(session, registration, ended);
        Promotion.RunAtEnd(session, evt, freed); // once all of a party have ended that end together: the rest of it would be promoted in between
        return ended;
    }

    /// <summary>A registration as it is once it has ended: without seat and wait, and its calendar entry taken back.</summary>
    internal static Registration Ended(Registration registration, RegistrationStatus status, EndReason? reason, Actor actor, DateTimeOffset now) => registration with
    {
        Status = status,
        HoldsSeat = false,
        WaitlistEntryId = null,
        HoldEndsAt = null,
        DeclineTakesEffectAt = null,
        Revision = registration.Revision + 1,
        CancelledAt = now,
        CancelledBy = actor,
        EndReason = reason,
    };

    /// <summary>Tells whoever it was for that it has ended. An address that nobody has shown to be theirs is not told what somebody did in its name.</summary>
    internal static void Tell(WriteSession session, Registration before, Registration ended)
    {
        if (before.Status == RegistrationStatus.PendingConfirmation && ended.EndReason != EndReason.AddressNotConfirmed) return;
        OutboxRow.Add(session, ended.Status == RegistrationStatus.Declined ? OutboxKind.RegistrationDeclined : OutboxKind.RegistrationCancelled, ended.EventId, ended.Id);
    }

    /// <summary>Tells the contacts of delegations, each once, of members who have ended together: of those for one reason.</summary>
    internal static void TellContacts(WriteSession session, string eventId, IEnumerable<Registration> ended)
    {
        foreach (var together in ended.GroupBy(member => member.DelegationId!))
        {
            foreach (var member in together) Superseding.Apply(session, OutboxKind.DelegationCancelled, eventId, member.Id);
            OutboxRow.AddForContact(session, OutboxKind.DelegationCancelled, eventId, together.Key, details: new OutboxDetails { Members = [.. together.Select(member => member.Id!)] });
        }
    }

    /// <summary>Leaves the queue it is in, if any; the site is one that Promotion must look at once the registration itself is stored.</summary>
    internal static void LeaveQueue(WriteSession session, Registration registration, List<string> freed, EntryState last = EntryState.Withdrawn)
    {
        if (registration.WaitlistEntryId is not null) freed.Add(WaitlistEntry.Leave(session, registration, last));
    }

    /// <summary>Gives its seat back, if it has one; the same.</summary>
    internal static void LeaveSeat(WriteSession session, Registration registration, List<string> freed, bool nobodyWaits)
    {
        if (!registration.HoldsSeat) return;
        if (nobodyWaits)
        {
            Seats.GiveBackUnawaited(session, registration.EventId, registration.SiteId);
            return;
        }

        Seats.GiveBack(session, registration.EventId, registration.SiteId, 1);
        freed.Add(registration.SiteId);
    }
}
