using System.Text.Json;
using System.Text.Json.Nodes;
using Isa.Events.Api.Email;
using Isa.Events.Api.Features.Actions;
using Isa.Events.Api.Features.Agenda;
using Microsoft.Extensions.Options;

namespace Isa.Events.Api.Features.Events;

/// <summary>What every organiser's write on an event has in common: precondition, lock, one more version, the new state as answer, and who is told.</summary>
public sealed class EventEdit(EventsDatabase database, CurrentEvents events, IOptions<ServerSettings> settings, IOptions<EmailSettings> mail, TimeProvider time)
{
    /// <summary>Runs an edit under the event's lock and stores what it returns with the next version.</summary>
    /// <param name="context">The request: who, which event, which precondition.</param>
    /// <param name="match">What the organiser expects to find, or null where the operation works on any version.</param>
    /// <param name="edit">Gets the event as it is and returns it as it shall be; it may write more. The revision rises by itself when calendar entries show something else.</param>
    /// <param name="ct">Gives up.</param>
    public Task<EditedEvent> RunAsync(HttpContext context, IfMatch? match, Func<WriteSession, Event, Event> edit, CancellationToken ct) =>
        RunAsync(context, match, (session, evt, _) => new Edit(edit(session, evt), [], null), ct);

    /// <summary>The same for an edit that tells people itself: it gets how long they are not told, or null.</summary>
    public async Task<EditedEvent> RunAsync(HttpContext context, IfMatch? match, Func<WriteSession, Event, ActionHold?, Edit> edit, CancellationToken ct)
    {
        var caller = context.GetCaller();
        var known = await events.GetAsync((string)context.Request.RouteValues["event"]!, caller, ct);
        var (held, agenda) = await database.WriteAsync(known.Event.Id, session =>
        {
            var before = session.LockEvent(known.Event.Id);
            match?.Check(before.Version);
            if (before.Status == EventStatus.Cancelled) throw new ProblemException(Problem.EventCancelled); // what was called off stays as it was told
            var hold = before.Status == EventStatus.Published ? ActionHold.Of(session, mail.Value) : null;
            var edited = edit(session, before, hold);
            var after = edited.After;
            after = after with { Version = before.Version + 1, Revision = after.Revision + (after.ShowsOtherThan(before) ? 1 : 0), UpdatedAt = session.Now };
            after.Update(session);
            return (Tell(session, before, edited with { After = after }, hold, caller?.KeyId), edited.Agenda?.Move);
        }, ct);
        return new EditedEvent(await events.GetAsync(known.Event.Id, caller, ct), held, agenda);
    }

    /// <summary>Answers with the event as it is now.</summary>
    public async Task SendAsync(HttpContext context, EditedEvent edited, int status, CancellationToken ct)
    {
        var (caller, now) = (context.GetCaller(), time.GetUtcNow());
        var rendered = edited is { Action: null, AgendaMove: null } ? EventAnswer.Render(edited.Current, caller, null, now, settings.Value) : RenderedEvent.Of(edited.Current.Event,
            JsonSerializer.SerializeToUtf8Bytes(EventAnswer.From(edited.Current, caller, null, now, settings.Value) with { Action = edited.Action, AgendaMove = edited.AgendaMove }, Json.Wire), now);
        context.Response.StatusCode = status;
        context.Response.Headers.ETag = rendered.Tag;
        context.Response.Headers.CacheControl = "no-store";
        context.Response.ContentType = "application/json; charset=utf-8";
        context.Response.ContentLength = rendered.Body.Length;
        await context.Response.Body.WriteAsync(rendered.Body, ct);
    }

    /// <summary>Answers with the event as it is, and whom an edit would tell what.</summary>
    /// <exception cref="ProblemException"><see cref="Problem.EventCancelled"/></exception>
    public async Task SendDryRunAsync(HttpContext context, Event before, Event after, SiteDryRun? foreseen, CancellationToken ct)
    {
        if (before.Status == EventStatus.Cancelled) throw new ProblemException(Problem.EventCancelled);
        var caller = context.GetCaller();
        var current = await events.GetAsync(before.Id, caller, ct);
        var (told, agenda) = await database.ReadAsync(session => (Foresee(session, before, after, foreseen), AgendaMove.Of(session, before, after)), ct);
        context.Response.Headers.CacheControl = "no-store";
        await context.Response.WriteAsJsonAsync(EventAnswer.From(current, caller, null, time.GetUtcNow(), settings.Value) with { DryRun = foreseen, WouldTell = told, AgendaMove = agenda }, Json.Wire, ct);
    }

    // One row, whatever the number of registrations: the dispatcher expands it.
    private static HeldAction? Tell(WriteSession session, Event before, Edit edit, ActionHold? hold, string? keyId)
    {
        var after = edit.After;
        if (before.Status != EventStatus.Published) return null;
        var calledOff = after.Status == EventStatus.Cancelled;
        var tells = calledOff || after.Sites.Any(site => Enum.GetValues<Language>().Any(language => ToldInvite.Differs(before, after, site.Id, language)));
        if (!tells && edit.Moved.Count == 0) return null;
        if (hold is null)
        {
            if (tells) OutboxRow.Add(session, calledOff ? OutboxKind.EventCancelled : OutboxKind.EventChanged, after.Id, null);
            return null;
        }

        var details = Changes(before, after) with { Moved = edit.Moved.Count > 0 ? edit.Moved : null, MovedTo = edit.Moved.Count > 0 ? edit.MovedTo : null, Agenda = edit.Agenda is { Move.Minutes: not 0 } agenda ? agenda.Items : null };
        if (calledOff)
        {
            details = details with { EndedChanges = session.Query<string>(Superseding.WaitingChanges, new { EventId = after.Id, session.Now }) };
            OutboxRow.Add(session, OutboxKind.EventCancelled, after.Id, null, null, hold with { DueAt = hold.Until });
        }
        else if (tells) details = details with { TookOver = OutboxRow.AddChange(session, after.Id, hold) };

        var told = calledOff ? session.One<long>(Active, new { EventId = after.Id, after.IsTest })
            : session.Query<Readership>(Readerships, new { EventId = after.Id, after.IsTest }).Where(r => ToldInvite.Differs(before, after, r.SiteId, r.Language)).Sum(r => r.Count) + edit.Moved.Count;
        new ActionRow
        {
            Id = hold.ActionId, EventId = after.Id, KeyId = keyId, Affected = told, Details = details, CreatedAt = session.Now, UndoableUntil = hold.Until,
            Kind = calledOff ? ActionKind.EventCancelled : after.ShowsOtherThan(before) ? ActionKind.EventChanged : ActionKind.SiteChanged,
        }.Insert(session);
        return new HeldAction(hold.ActionId, hold.Until, told);
    }

    private static List<WouldTell> Foresee(ReadSession session, Event before, Event after, SiteDryRun? foreseen)
    {
        if (before.Status != EventStatus.Published) return [];
        var moving = (foreseen?.WouldMove ?? []).Select(m => m.RegistrationId).ToHashSet(StringComparer.Ordinal);
        return [.. from reader in session.Query<Reader>(Readers, new { EventId = before.Id, before.IsTest })
            let kind = after.Status == EventStatus.Cancelled ? MessageKind.EventCancelled
                : moving.Contains(reader.Id) ? MessageKind.MovedByOrganizer
                : ToldInvite.Differs(before, after, reader.SiteId, reader.Language) ? MessageKind.EventChanged : (MessageKind?)null
            where kind is not null
            group reader by (Kind: kind.Value, reader.Language) into told
            orderby told.Key
            select new WouldTell(told.Key.Kind, told.Key.Language, told.Count())];
    }

    private static ActionDetails Changes(Event before, Event after)
    {
        var site = after.Sites.FirstOrDefault(s => before.Site(s.Id) is { } was && was != s);
        var (was, now) = site is null ? (ActionDetails.Members(before), ActionDetails.Members(after)) : (ActionDetails.Members(before.Site(site.Id)!), ActionDetails.Members(site));
        var (old, young) = (new JsonObject(), new JsonObject());
        foreach (var name in was.Select(m => m.Key).Union(now.Select(m => m.Key)).ToList())
        {
            if (JsonNode.DeepEquals(was[name], now[name])) continue;
            (old[name], young[name]) = (was[name]?.DeepClone(), now[name]?.DeepClone());
        }

        return new ActionDetails { SiteId = site?.Id, Before = old, After = young };
    }

    private sealed record Reader
    {
        public string Id { get; init; } = "";

        public string SiteId { get; init; } = "";

        public Language Language { get; init; }
    }

    private sealed record Readership
    {
        public string SiteId { get; init; } = "";

        public Language Language { get; init; }

        public long Count { get; init; }
    }

    private const string Active = "SELECT COUNT(*) FROM registrations r WHERE r.event_id = @EventId AND r.is_test = @IsTest AND r.status NOT IN ('cancelled', 'declined')";

    // Of whoever gets the mail.
    private const string LanguageOf = "(CASE WHEN r.email IS NULL THEN COALESCE(d.language, r.language) ELSE r.language END)";

    private const string Of = "FROM registrations r LEFT JOIN delegations d ON d.id = r.delegation_id WHERE r.event_id = @EventId AND r.is_test = @IsTest";

    private const string IsTold = "r.status NOT IN ('pendingConfirmation', 'cancelled', 'declined')";

    private const string Readerships = $"SELECT r.site_id, {LanguageOf} AS language, COUNT(*) AS count {Of} AND {IsTold} GROUP BY r.site_id, {LanguageOf}";

    private const string Readers = $"SELECT r.id, r.site_id, {LanguageOf} AS language {Of} AND {IsTold}";
}

/// <summary>What an edit comes to.</summary>
/// <param name="After">The event as it shall be.</param>
/// <param name="Moved">Who had to move.</param>
/// <param name="MovedTo">Where to.</param>
/// <param name="Agenda">What became of its agenda's items.</param>
public sealed record Edit(Event After, IReadOnlyList<MovedPerson> Moved, string? MovedTo, (AgendaMove Move, MovedItems Items)? Agenda = null);

/// <summary>An event after an edit.</summary>
/// <param name="Current">As it is now.</param>
/// <param name="Action">The edit, where it can still be undone.</param>
/// <param name="AgendaMove">What became of its agenda's items.</param>
public sealed record EditedEvent(CurrentEvent Current, HeldAction? Action, AgendaMove? AgendaMove = null);

/// <summary>How many would get a message.</summary>
public sealed record WouldTell(MessageKind Kind, Language Language, long Count);
