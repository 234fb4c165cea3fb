using System.Text.Json;
using System.Text.Json.Nodes;
using Isa.Events.Api.Features.Agenda;
using Isa.Events.Api.Features.Messages;

namespace Isa.Events.Api.Features.Actions;

/// <summary>What an organiser did that many are told of.</summary>
public enum ActionKind
{
    EventCancelled,
    EventChanged,

    /// <summary>What is shown of a site, or people who had to move because of its capacity.</summary>
    SiteChanged,
    MessageSent,

    /// <summary>A message to one address, to look at it.</summary>
    MessageTested,
}

public enum ActionState
{
    /// <summary>Nobody was told yet, and it can be undone.</summary>
    Pending,
    Undone,
    Done,
}

/// <summary>What an organiser did, and whether it can be undone.</summary>
public sealed record EventAction
{
    public const string IdPrefix = "act_";

    public required string Id { get; init; }

    public required ActionKind Kind { get; init; }

    public required ActionState State { get; init; }

    /// <summary>How many registrations it concerned when it was done.</summary>
    public required long Affected { get; init; }

    /// <summary>The name of the key that was used.</summary>
    public string? MadeBy { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Until just before this instant.</summary>
    public required DateTimeOffset UndoableUntil { get; init; }

    public DateTimeOffset? UndoneAt { get; init; }

    /// <summary>The name of the key that undid it.</summary>
    public string? UndoneBy { get; init; }

    /// <summary>The site that was changed.</summary>
    public string? SiteId { get; init; }

    /// <summary>Names of the members that were changed.</summary>
    public IReadOnlyList<string>? Fields { get; init; }

    /// <summary>Of a message.</summary>
    public Texts? Subject { get; init; }

    internal static EventAction Of(ActionRow row, DateTimeOffset now) => new()
    {
        Id = row.Id, Kind = row.Kind, Affected = row.Affected, MadeBy = row.MadeBy, CreatedAt = row.CreatedAt, UndoableUntil = row.UndoableUntil, UndoneAt = row.UndoneAt, UndoneBy = row.UndoneBy,
        State = row.UndoneAt is not null ? ActionState.Undone : now < row.UndoableUntil ? ActionState.Pending : ActionState.Done,
        SiteId = row.Details.SiteId, Fields = row.Details.After is { } after ? [.. after.Select(member => member.Key)] : null, Subject = row.Details.Subject,
    };
}

/// <summary>What an operation answers of the action it was, where that can still be undone.</summary>
/// <param name="Id">For <see cref="UndoAction"/>.</param>
/// <param name="UndoableUntil">Nobody is told before.</param>
/// <param name="Affected">How many registrations it concerns.</param>
public sealed record HeldAction(string Id, DateTimeOffset UndoableUntil, long Affected);

/// <summary>How long rows of an action wait.</summary>
/// <param name="ActionId">Its id.</param>
/// <param name="Until">When it can no longer be undone.</param>
/// <param name="DueAt">When people are told: not before that, and once changes are no longer collected.</param>
public sealed record ActionHold(string ActionId, DateTimeOffset Until, DateTimeOffset DueAt)
{
    /// <summary>Null where the server holds nothing.</summary>
    public static ActionHold? Of(WriteSession session, EmailSettings settings)
    {
        if (settings.UndoWindowMinutes == 0) return null;
        var until = session.Now.AddMinutes(settings.UndoWindowMinutes);
        var collected = session.Now.AddSeconds(settings.ChangeWindowSeconds);
        return new ActionHold(ActionRow.NewId(session), until, collected > until ? collected : until);
    }
}

/// <summary>What it takes to undo an action. Ids and settings; of people their ids alone.</summary>
public sealed record ActionDetails
{
    /// <summary>The site that was changed; else it was the event.</summary>
    public string? SiteId { get; init; }

    /// <summary>Members that were changed, as they were; null where there was none.</summary>
    public JsonObject? Before { get; init; }

    /// <summary>The same as they became.</summary>
    public JsonObject? After { get; init; }

    /// <summary>Who had to move.</summary>
    public IReadOnlyList<MovedPerson>? Moved { get; init; }

    public string? MovedTo { get; init; }

    /// <summary>The agenda's items, where they moved with the event.</summary>
    public MovedItems? Agenda { get; init; }

    /// <summary>Rows about changes that came to nothing because the event was called off.</summary>
    public IReadOnlyList<string>? EndedChanges { get; init; }

    /// <summary>The row about an earlier change that tells of this one as well.</summary>
    public TakenOver? TookOver { get; init; }

    /// <summary>Of a message.</summary>
    public Texts? Subject { get; init; }

    public Texts? Body { get; init; }

    public MessageFilter? Filter { get; init; }

    /// <summary>The address that alone gets it.</summary>
    public string? TestTo { get; init; }

    /// <summary>An event as its organiser would send it, apart from its questions, which are never undone: people may have answered.</summary>
    internal static JsonObject Members(Event evt) => JsonSerializer.SerializeToNode(EventRequest.From(evt) with { Questions = null }, Json.Wire)!.AsObject();

    /// <summary>The same of a site.</summary>
    internal static JsonObject Members(Site site) => JsonSerializer.SerializeToNode(site.ToRequest(), Json.Wire)!.AsObject();
}

/// <summary>Somebody who lost their seat to a lower capacity.</summary>
/// <param name="RegistrationId">Who.</param>
/// <param name="EntryId">Their place in the queue of the site they left, where they got one.</param>
/// <param name="HadWaited">Whether they waited for the site that they came to.</param>
public sealed record MovedPerson(string RegistrationId, string? EntryId, bool HadWaited);

/// <summary>A row of the outbox as it was before a later action took it over.</summary>
public sealed record TakenOver
{
    public string? ActionId { get; init; }

    public DateTimeOffset DueAt { get; init; }
}

/// <summary>An action as it is stored.</summary>
public sealed record ActionRow
{
    public string Id { get; init; } = "";

    public string EventId { get; init; } = "";

    public ActionKind Kind { get; init; }

    public string? KeyId { get; init; }

    public string? MadeBy { get; init; }

    public long Affected { get; init; }

    public ActionDetails Details { get; init; } = new();

    public DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset UndoableUntil { get; init; }

    public DateTimeOffset? UndoneAt { get; init; }

    public string? UndoneBy { get; init; }

    public static string NewId(WriteSession session) => EventAction.IdPrefix + OrderedId.New(session.Now);

    public static ActionRow? Find(ReadSession session, string eventId, string id) => session.One<ActionRow>(ById, new { EventId = eventId, Id = id });

    /// <summary>Until when it can be undone that an event was called off; null where it no longer can.</summary>
    public static DateTimeOffset? CancellationUndoableUntil(WriteSession session, string eventId) => session.One<DateTimeOffset?>(Cancelling, new { EventId = eventId, session.Now });

    public void Insert(WriteSession session) => session.Execute(InsertRow, this);

    /// <summary>Written by the action's event lock: of two who undo it one comes first.</summary>
    public void MarkUndone(WriteSession session, string? keyId) => session.Require(Mark, new { Id, session.Now, KeyId = keyId }, () => new OvertakenException());

    internal const string OfEvent = """
        SELECT a.id, a.event_id, a.kind, a.key_id, k.name AS made_by, a.affected, a.details, a.created_at, a.undoable_until, a.undone_at, u.name AS undone_by
        FROM actions a
        LEFT JOIN api_keys k ON k.id = a.key_id
        LEFT JOIN api_keys u ON u.id = a.undone_by
        WHERE a.event_id = @EventId
        """;

    private const string ById = $"{OfEvent} AND a.id = @Id";

    private const string Cancelling = "SELECT undoable_until FROM actions WHERE event_id = @EventId AND kind = 'eventCancelled' AND undone_at IS NULL AND undoable_until > @Now LIMIT 1";

    private const string InsertRow = """
        INSERT INTO actions (id, event_id, kind, key_id, affected, details, created_at, undoable_until)
        VALUES (@Id, @EventId, @Kind, @KeyId, @Affected, @Details, @CreatedAt, @UndoableUntil)
        """;

    private const string Mark = "UPDATE actions SET undone_at = @Now, undone_by = @KeyId WHERE id = @Id AND undone_at IS NULL";
}
