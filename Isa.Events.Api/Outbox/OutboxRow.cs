namespace Isa.Events.Api.Outbox;

/// <summary>What is to be done later.</summary>
public enum OutboxKind
{
    RegistrationConfirmed,
    RegistrationCancelled,
    EventChanged,
    EventCancelled,
}

/// <summary>Work for later, written in the transaction of its cause: it is there exactly when the cause is. What is sent is rendered when it is sent.</summary>
public static class OutboxRow
{
    public static void Add(WriteSession session, OutboxKind kind, string eventId, string? registrationId) => session.Execute(Insert, new
    {
        Id = Guid.CreateVersion7(session.Now).ToString("N"), Kind = kind, EventId = eventId, RegistrationId = registrationId, session.Now,
    });

    private const string Insert = """
        INSERT INTO outbox (id, kind, event_id, registration_id, created_at, due_at)
        VALUES (@Id, @Kind, @EventId, @RegistrationId, @Now, @Now)
        """;
}
