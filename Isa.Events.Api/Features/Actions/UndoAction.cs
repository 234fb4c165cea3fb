using System.Text.Json;
using System.Text.Json.Nodes;

namespace Isa.Events.Api.Features.Actions;

/// <summary>Takes back what an organiser did, while nobody was told of it. Nobody hears of either, except who has come or heard since.</summary>
public sealed class UndoAction(EventsDatabase database, CurrentEvents events, TimeProvider time) : EndpointWithoutRequest<EventAction>
{
    public override void Configure()
    {
        Post("/events/{event}/actions/{action}/undo");
        Policies(Access.Organizer);
    }

    public override async Task HandleAsync(CancellationToken ct)
    {
        Parameters.None(HttpContext);
        var caller = HttpContext.GetCaller()!;
        var (evt, id) = ((await events.GetAsync(Route<string>("event")!, caller, ct)).Event, Route<string>("action")!);
        await database.WriteAsync(evt.Id, session => Undo(session, evt.Id, id, caller.KeyId), ct);
        var undone = await database.ReadAsync(session => ActionRow.Find(session, evt.Id, id), ct);
        HttpContext.Response.Headers.CacheControl = "no-store";
        await Send.OkAsync(EventAction.Of(undone!, time.GetUtcNow()), ct);
    }

    private static bool Undo(WriteSession session, string eventId, string id, string? keyId)
    {
        var evt = session.LockEvent(eventId);
        var action = ActionRow.Find(session, eventId, id) ?? throw new ProblemException(Problem.ActionNotFound);
        if (action.UndoneAt is not null) return false; // asked twice: the first answer may have been lost
        if (session.Now >= action.UndoableUntil) throw new ProblemException(Problem.ActionDone);
        EndRows(session, action);
        action.MarkUndone(session, keyId);
        switch (action.Kind)
        {
            case ActionKind.EventCancelled: Reinstate(session, evt, action); break;
            case ActionKind.EventChanged: RestoreEvent(session, evt, action); break;
            case ActionKind.SiteChanged: RestoreSite(session, evt, action, keyId); break;
            case ActionKind.MessageSent or ActionKind.MessageTested: break;
        }

        return true;
    }

    // Against the dispatcher each row is the lock: one that it has taken cannot be ended, and one that is ended cannot be taken.
    private static void EndRows(WriteSession session, ActionRow action)
    {
        if (Earlier(session, action) is { } earlier) session.Execute(HandBack, new { action.Id, earlier.ActionId, DueAt = earlier.DueAt > session.Now ? earlier.DueAt : session.Now });
        session.Execute(End, new { action.Id, session.Now });
        if (session.One<string>(Begun, new { action.Id }) is not null) throw new ProblemException(Problem.ActionDone);
    }

    /// <summary>The row that this action took over, as it is to be left behind; null where nothing was there that still stands.</summary>
    private static TakenOver? Earlier(ReadSession session, ActionRow action)
    {
        var earlier = action.Details.TookOver;
        while (earlier is { ActionId: { } id } && ActionRow.Find(session, action.EventId, id) is { UndoneAt: not null } undone) earlier = undone.Details.TookOver;
        return earlier;
    }

    private static void Reinstate(WriteSession session, Event evt, ActionRow action)
    {
        if (evt.Status != EventStatus.Cancelled) throw new ProblemException(Problem.ActionOvertaken);
        var restored = evt with { Status = EventStatus.Published, CancelledAt = null, CancellationReason = null, Version = evt.Version + 1, Revision = evt.Revision + 1, UpdatedAt = session.Now };
        restored.Update(session);
        foreach (var row in action.Details.EndedChanges ?? []) session.Execute(Revive, new { Id = row });
        session.AddedWork = true;
        Promotion.RunAll(session, restored); // who cancelled meanwhile stays out, and others wait for their seats
    }

    private static void RestoreEvent(WriteSession session, Event evt, ActionRow action)
    {
        RefuseUnlessPublished(evt);
        var request = Restored<EventRequest>(ActionDetails.Members(evt), action.Details) with { Questions = evt.Questions };
        var after = request.Edit(session, evt);
        action.Details.Agenda?.PutBack(session, evt.Id);
        Store(session, evt, after);
        TellWhoHeard(session, evt, action);
    }

    private static void RestoreSite(WriteSession session, Event evt, ActionRow action, string? keyId)
    {
        RefuseUnlessPublished(evt);
        var site = evt.Site(action.Details.SiteId) ?? throw new ProblemException(Problem.ActionOvertaken);
        var restored = site.Edited(Restored<SiteRequest>(ActionDetails.Members(site), action.Details));
        var after = evt with { Sites = [.. evt.Sites.Select(s => s.Id == site.Id ? restored : s)] };
        Promotion.Run(session, evt, site.Id); // what others have freed in this transaction is for those who are next
        MoveBack(session, after, restored, action.Details, keyId);
        // A waiting list that people have joined since cannot be taken from them.
        if (restored.Waitlist is null && session.One<long>(Waiting, new { EventId = evt.Id, SiteId = site.Id }) > 0) throw new ProblemException(Problem.ActionOvertaken).With("member", "waitlist");
        Store(session, evt, after);
        Promotion.Run(session, after, action.Details.MovedTo is { } target ? [site.Id, target] : [site.Id]);
        TellWhoHeard(session, evt, action);
        TellWhoWentOn(session, evt, action.Details);
    }

    // Who has been moved on since was to hear of it by this action's message, which has ended.
    private static void TellWhoWentOn(WriteSession session, Event evt, ActionDetails details)
    {
        foreach (var moved in details.Moved ?? [])
            if (Registration.Find(session, moved.RegistrationId) is { IsActive: true, Told: { } told } person && person.SiteId != details.SiteId && told.SiteId != person.SiteId)
                OutboxRow.Add(session, OutboxKind.RegistrationMoved, evt.Id, person.Id, new OutboxDetails { FromSite = told.SiteId });
    }

    // Those who still are where they were moved; whoever has cancelled, moved on or come back by the queue stays as they are.
    private static void MoveBack(WriteSession session, Event evt, Site site, ActionDetails details, string? keyId)
    {
        var target = details.MovedTo;
        // The first confirmed moved last and headed the queue.
        var people = (details.Moved ?? []).Select(moved => (moved, Registration: Registration.Find(session, moved.RegistrationId)))
            .Where(p => p.Registration is { Status: RegistrationStatus.Confirmed, HoldsSeat: true } person && person.SiteId == target).ToList();
        foreach (var (moved, person) in people)
            if (moved.EntryId is { } entry && person!.WaitlistEntryId == entry) WaitlistEntry.Leave(session, person);
        var seats = Seats.Of(session, evt.Id, site.Id);
        if (seats.SeatsTaken + people.Count > site.Capacity) throw new ProblemException(Problem.SiteFull).With("wouldMove", people.Count).With("freeSeats", Math.Max(0, site.Capacity.Value - seats.SeatsTaken));
        site.Update(session);
        if (people.Count == 0) return;
        Seats.GiveBack(session, evt.Id, target!, people.Count);
        Seats.Take(session, evt.Id, site.Id, people.Count);
        foreach (var (moved, person) in people)
        {
            (person! with
            {
                SiteId = site.Id,
                WaitlistEntryId = moved.HadWaited ? WaitlistEntry.Join(session, evt.Id, target!, 1, first: true) : person.WaitlistEntryId == moved.EntryId ? null : person.WaitlistEntryId,
                Revision = person.RevisionAt(evt, site.Id),
            }).Save(session);
            HistoryRow.Add(session, person.Id!, "moveUndone", Actor.Organizer, keyId, new HistoryDetails { FromSite = target, ToSite = site.Id });
        }
    }

    private static void RefuseUnlessPublished(Event evt)
    {
        if (evt.Status == EventStatus.Cancelled) throw new ProblemException(Problem.EventCancelled);
        if (evt.Status != EventStatus.Published) throw new ProblemException(Problem.ActionOvertaken);
    }

    /// <summary>The members that the action changed as they were before, over what else there is now.</summary>
    private static T Restored<T>(JsonObject current, ActionDetails details)
    {
        foreach (var (name, after) in details.After!)
        {
            if (!JsonNode.DeepEquals(current[name], after)) throw new ProblemException(Problem.ActionOvertaken).With("member", name);
            if (details.Before![name] is { } before) current[name] = before.DeepClone();
            else current.Remove(name);
        }

        return current.Deserialize<T>(Json.Wire)!;
    }

    private static void Store(WriteSession session, Event before, Event after) =>
        (after with { Version = before.Version + 1, Revision = after.Revision + (after.ShowsOtherThan(before) ? 1 : 0), UpdatedAt = session.Now }).Update(session);

    // Who registered since, or got a mail for another reason, has it as it was in between.
    private static void TellWhoHeard(WriteSession session, Event evt, ActionRow action) =>
        OutboxRow.Add(session, OutboxKind.EventChanged, evt.Id, null, new OutboxDetails { Since = action.CreatedAt });

    private const string Waiting = "SELECT COUNT(*) FROM waitlist_entries WHERE event_id = @EventId AND site_id = @SiteId AND state IN ('queued', 'offered')";

    private const string Untold = $"action_id = @Id AND {OutboxRows.Untold}";

    private const string HandBack = $"UPDATE outbox SET action_id = @ActionId, due_at = @DueAt WHERE {Superseding.IsOfEvent} AND {Untold}";

    private const string End = $"UPDATE outbox SET state = 'superseded', done_at = @Now WHERE {Untold}";

    private const string Begun = "SELECT id FROM outbox WHERE action_id = @Id AND state <> 'superseded' LIMIT 1";

    private const string Revive = "UPDATE outbox SET state = 'pending', done_at = NULL WHERE id = @Id AND state = 'superseded'";
}
