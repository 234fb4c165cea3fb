namespace Isa.Events.Api.Features.Registrations;

/// <summary>What happened to a registration. Action names only; what it was about stays in the registration, so that erasing a person leaves the trail whole.</summary>
public static class HistoryRow
{
    public static void Add(WriteSession session, string registrationId, string action, Actor actor, string? actorId) => session.Execute(Insert, new
    {
        RegistrationId = registrationId, Id = Guid.CreateVersion7(session.Now).ToString("N"), session.Now, Actor = actor, ActorId = actorId, Action = action,
    });

    private const string Insert = """
        INSERT INTO history (registration_id, id, at, actor, actor_id, action) VALUES (@RegistrationId, @Id, @Now, @Actor, @ActorId, @Action)
        """;
}
