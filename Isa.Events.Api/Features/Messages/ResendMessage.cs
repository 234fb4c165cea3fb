using Isa.Events.Api.Email;
using Microsoft.Extensions.Options;

namespace Isa.Events.Api.Features.Messages;

/// <summary>Has a message sent again, at once: one that waits or has failed is tried, one that was sent is sent anew, with what holds now.</summary>
public sealed class ResendMessage(EventsDatabase database, CurrentEvents events, IOptions<EmailSettings> settings) : EndpointWithoutRequest<Message>
{
    public override void Configure()
    {
        Post("/events/{event}/messages/{message}/resend");
        Policies(Access.Organizer);
    }

    public override async Task HandleAsync(CancellationToken ct)
    {
        Parameters.None(HttpContext);
        var caller = HttpContext.GetCaller()!;
        var evt = (await events.GetAsync(Route<string>("event")!, caller, ct)).Event;
        var name = Route<string>("message")!;
        if (!name.StartsWith(Message.IdPrefix, StringComparison.Ordinal)) throw new ProblemException(Problem.MessageNotFound);
        var key = IdempotencyKey.Read(HttpContext, nameof(ResendMessage));
        var again = await key.WriteAsync(database, evt.Id, "", session => Resend(session, evt.Id, name[Message.IdPrefix.Length..], caller), ct); // the message stands in the path
        again.Mark(HttpContext);
        var row = await database.ReadAsync(session => session.One<MessageRow>(MessageRow.ById, new { EventId = evt.Id, Id = again.ResourceId }), ct) ?? throw new ProblemException(Problem.MessageNotFound);
        HttpContext.Response.Headers.CacheControl = "no-store";
        await Send.ResponseAsync(Message.Of(row), StatusCodes.Status202Accepted, ct);
    }

    private string Resend(WriteSession session, string eventId, string id, Caller caller)
    {
        var evt = session.LockEvent(eventId);
        var row = session.One<MessageRow>(MessageRow.ById, new { EventId = eventId, Id = id }) ?? throw new ProblemException(Problem.MessageNotFound);
        RefuseNeedless(session, evt, id);
        if (row.State is OutboxState.Done or OutboxState.Superseded)
        {
            // Asked twice, it is sent once: the first answer may have been lost.
            var waits = session.One<string>(Waiting, new { EventId = eventId, row.RegistrationId, row.DelegationId, row.InviteeId, row.ActionId, row.Kind, row.Recipient });
            if (waits is null) session.Execute(Copy, new { NewId = waits = OrderedId.New(session.Now), Id = id, session.Now, Payload = (session.One<Details>(DetailsOf, new { Id = id })?.Payload ?? new OutboxDetails()) with { Again = true, SplitFrom = null } });
            id = waits;
        }

        // Without the time that changes are collected for.
        session.Execute(Due, new { Id = id, DueAt = session.Now - TimeSpan.FromSeconds(settings.Value.ChangeWindowSeconds), session.Now });
        session.AddedWork = true;
        if (row.RegistrationId is { } registrationId) HistoryRow.Add(session, registrationId, "messageResent", Actor.Organizer, caller.KeyId);
        return id;
    }

    // Who asks for it is to know that nobody would get it: the person is out by now, say, or the event is off.
    private static void RefuseNeedless(WriteSession session, Event evt, string id)
    {
        var entry = session.One<OutboxEntry>(EntryOf, new { Id = id })!;
        if (entry.Kind == OutboxKind.ReplyForwarded) return;
        if (entry.State is OutboxState.Done or OutboxState.Superseded) entry = entry with { Payload = (entry.Payload ?? new OutboxDetails()) with { Again = true } };
        if (Matter.Find(session, evt, entry, session.Now) is null) throw new ProblemException(Problem.MessageNeedless);
    }

    private sealed record Details
    {
        public OutboxDetails? Payload { get; init; }
    }

    private const string Waiting = $"""
        SELECT MAX(o.id) FROM outbox o
        WHERE o.event_id = @EventId AND (o.registration_id = @RegistrationId OR o.delegation_id = @DelegationId OR {MessageRow.InviteeOf} = @InviteeId) AND o.kind = @Kind AND o.state = 'pending'
            AND (o.kind <> 'organizerMessage' OR o.action_id = @ActionId) AND (o.recipient = @Recipient OR o.recipient IS NULL AND @Recipient IS NULL)
        """;

    private const string EntryOf = $"SELECT {OutboxEntry.Columns} FROM outbox WHERE id = @Id";

    private const string DetailsOf = "SELECT payload FROM outbox WHERE id = @Id";

    private const string Copy = """
        INSERT INTO outbox (id, kind, event_id, registration_id, delegation_id, payload, state, created_at, due_at, recipient, action_id)
        SELECT @NewId, kind, event_id, registration_id, delegation_id, @Payload, 'pending', @Now, @Now, recipient, action_id FROM outbox WHERE id = @Id
        """;

    // What can still be undone is not told before.
    private const string Due = """
        UPDATE outbox SET state = 'pending', due_at = CASE WHEN action_id IS NOT NULL AND due_at > @Now THEN due_at ELSE @DueAt END, done_at = NULL, gives_up_at = NULL
        WHERE id = @Id AND state IN ('pending', 'failed')
        """;
}
