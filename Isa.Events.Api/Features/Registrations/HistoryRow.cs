namespace Isa.Events.Api.Features.Registrations;

/// <summary>What happened to a registration. Names of actions, sites and members only; what they held stays in the registration, so that erasing a person leaves the trail whole.</summary>
public static class HistoryRow
{
    public static void Add(WriteSession session, string registrationId, string action, Actor actor, string? actorId, HistoryDetails? details = null) => session.Execute(Insert, new
    {
        RegistrationId = registrationId, Id = OrderedId.New(session.Now), session.Now, Actor = actor, ActorId = actorId, Action = action, Details = details,
    });

    private const string Insert = """
        INSERT INTO history (registration_id, id, at, actor, actor_id, action, details) VALUES (@RegistrationId, @Id, @Now, @Actor, @ActorId, @Action, @Details)
        """;
}

/// <summary>What an entry of the history was about.</summary>
public sealed record HistoryDetails
{
    public string? FromSite { get; init; }

    public string? ToSite { get; init; }

    /// <summary>Names of the members that were changed, not what they hold.</summary>
    public IReadOnlyList<string>? Fields { get; init; }

    public EndReason? Reason { get; init; }

    /// <summary>Whether others waited longer.</summary>
    public bool? OutOfTurn { get; init; }

    /// <summary>The other one of a registration and the one that took over its place.</summary>
    public string? RegistrationId { get; init; }
}
