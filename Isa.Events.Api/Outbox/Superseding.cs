using Isa.Events.Api.Features.Actions;

namespace Isa.Events.Api.Outbox;

/// <summary>
/// Which rows of a registration take whose place. Two rules, applied in the transaction that writes the newer row, under its event's lock:
/// a newer row ends older ones that it makes untrue, also those that are tried again and again; and it is itself needless where an older one that nobody has
/// touched yet will say the same, because what is sent is rendered when it is sent. A row that is being sent is left alone: it comes to nothing by itself when
/// it is rendered next.
/// </summary>
public static class Superseding
{
    /// <returns>Whether an older row may be there that will say what this one would: <see cref="Covering"/>, or <see cref="CoveringChange"/>, finds it.</returns>
    internal static bool Apply(WriteSession session, OutboxKind kind, string eventId, string? registrationId, ActionHold? hold = null)
    {
        if (registrationId is null)
        {
            // Nobody need hear of changes of an event that is off.
            if (kind == OutboxKind.EventCancelled) session.Execute(EndChanges, new { EventId = eventId, session.Now });
            if (kind != OutboxKind.EventChanged) return false;
            session.Execute(TouchChange, new { EventId = eventId });
            return true;
        }

        // Where they are by now is told at once; what was held would tell of a place they have left.
        var endsHeld = hold is null && kind is OutboxKind.RegistrationMoved or OutboxKind.RegistrationPromoted;
        if (kind.IsEnd()) session.Execute(EndOlder, new { EventId = eventId, RegistrationId = registrationId, session.Now });
        else if (Ended(kind) is { Length: > 0 } ended)
            session.Execute(endsHeld ? EndSomeAndHeld : EndSome, new { EventId = eventId, RegistrationId = registrationId, session.Now, One = ended[0], Two = ended[1 % ended.Length], Three = ended[2 % ended.Length], Four = ended[3 % ended.Length] });
        if (!IsCovered(kind)) return false;
        session.Execute(Touch, new { EventId = eventId, RegistrationId = registrationId, Kind = kind });
        if (hold is not null) session.Execute(HoldLonger, new { EventId = eventId, RegistrationId = registrationId, hold.DueAt });
        return true;
    }

    /// <summary>The same for the contact of a delegation: the link in an older question goes to an address that is no longer theirs, or says less; and nobody is told of what an event that is off was to be, or of places of which none is left.</summary>
    internal static void ApplyForContact(WriteSession session, OutboxKind kind, string eventId, string delegationId)
    {
        if (kind == OutboxKind.EventCancelled) session.Execute(EndOlderForContact, new { EventId = eventId, DelegationId = delegationId, session.Now });
        if (kind == OutboxKind.DelegationCancelled) session.Execute(EndWhereAllEnded, new { EventId = eventId, DelegationId = delegationId, session.Now });
        if (kind is OutboxKind.AddressToConfirm or OutboxKind.DelegationChanged) session.Execute(EndForContact, new { EventId = eventId, DelegationId = delegationId, Kind = kind, session.Now });
    }

    /// <summary>Whether an older row that failed for now need not be tried again, since this one is there.</summary>
    internal static bool Ends(OutboxKind newer, OutboxKind older) => older != OutboxKind.AddressReplaced && (newer.IsEnd() || Ended(newer).Contains(older));

    private static OutboxKind[] Ended(OutboxKind newer) => newer switch
    {
        // They have the seat: neither wait nor offer is true any more.
        OutboxKind.RegistrationPromoted => [OutboxKind.RegistrationWaitlisted, OutboxKind.OfferMade, OutboxKind.OfferExpired, OutboxKind.RegistrationPending],
        // The answer has come.
        OutboxKind.RegistrationApproved => [OutboxKind.RegistrationPending, OutboxKind.AddressToConfirm, OutboxKind.RegistrationWaitlisted],
        OutboxKind.RegistrationWaitlisted => [OutboxKind.RegistrationPending, OutboxKind.AddressToConfirm, OutboxKind.RegistrationWaitlisted],
        OutboxKind.RegistrationMoved => [OutboxKind.RegistrationWaitlisted, OutboxKind.OfferMade, OutboxKind.OfferExpired],
        // An offer is better news than the place in the queue; one that is over can no longer be accepted.
        OutboxKind.OfferMade => [OutboxKind.RegistrationWaitlisted, OutboxKind.OfferExpired],
        OutboxKind.OfferExpired => [OutboxKind.OfferMade],
        // The link in the older one goes to an address that is no longer theirs.
        OutboxKind.AddressToConfirm => [OutboxKind.AddressToConfirm],
        // RegistrationConfirmed ends nothing, to be quick in a rush: a request to confirm what is confirmed comes to nothing when it is rendered.
        _ => [],
    };

    // A first mail that is still to leave tells of the place, the time and the links as they are then; so does one of the same kind.
    private static bool IsCovered(OutboxKind kind) =>
        kind is OutboxKind.EventChanged or OutboxKind.RegistrationChanged or OutboxKind.RegistrationMoved or OutboxKind.LinksRequested;

    private const string End = $"UPDATE outbox SET state = 'superseded', done_at = @Now, leased_until = NULL, leased_by = NULL WHERE event_id = @EventId AND {OutboxRows.NotInHand}";

    // But whoever else has an entry by it.
    private const string EndOlder = $"{End} AND registration_id = @RegistrationId AND kind <> 'addressReplaced'";

    private const string EndSome = $"{End} AND registration_id = @RegistrationId AND kind IN (@One, @Two, @Three, @Four)";

    private const string EndSomeAndHeld = $"{End} AND registration_id = @RegistrationId AND (kind IN (@One, @Two, @Three, @Four) OR kind = 'registrationMoved' AND action_id IS NOT NULL)";

    private const string HoldLonger = $"UPDATE outbox SET due_at = @DueAt WHERE {Untouched} AND registration_id = @RegistrationId AND kind = 'registrationMoved' AND action_id IS NOT NULL AND due_at < @DueAt";

    private const string EndForContact = $"{End} AND registration_id IS NULL AND delegation_id = @DelegationId AND kind = @Kind";

    private const string EndOlderForContact = $"{End} AND registration_id IS NULL AND delegation_id = @DelegationId AND kind NOT IN ('eventCancelled', 'delegationCancelled', 'delegationDeclined', 'organizerMessage')";

    private const string EndWhereAllEnded = $"{EndOlderForContact} AND NOT EXISTS (SELECT 1 FROM registrations r WHERE r.delegation_id = @DelegationId AND r.status NOT IN ('cancelled', 'declined'))";

    /// <summary>What is passed on to each registration.</summary>
    internal const string IsOfEvent = "registration_id IS NULL AND delegation_id IS NULL AND kind = 'eventChanged'";

    private const string EndChanges = $"{End} AND {IsOfEvent}";

    /// <summary>Ids of what an event that is called off would end.</summary>
    internal const string WaitingChanges = $"""
        SELECT id FROM outbox WHERE event_id = @EventId AND {OutboxRows.NotInHand} AND {IsOfEvent}
        """;

    private const string Untouched = $"event_id = @EventId AND {OutboxRows.Untouched}";

    private const string SaysTheSame = $"{Untouched} AND registration_id = @RegistrationId AND kind IN ('registrationConfirmed', 'registrationApproved', 'registrationPromoted', @Kind)";

    private const string IsChange = $"{Untouched} AND {IsOfEvent}";

    // Changes nothing, but nobody can begin to send it before this transaction is over; then they see what it changed. What is asked next finds the same rows.
    private const string Touch = $"UPDATE outbox SET due_at = due_at WHERE {SaysTheSame}";

    internal const string Covering = $"SELECT 1 FROM outbox WHERE {SaysTheSame}";

    // It is for everybody from now on.
    private const string TouchChange = $"UPDATE outbox SET payload = NULL WHERE {IsChange}";

    internal const string CoveringChange = $"SELECT 1 FROM outbox WHERE {IsChange}";
}
