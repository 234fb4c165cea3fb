namespace Isa.Events.Api.Features.Registrations;

/// <summary>How many people of a city may take part. Counted under the event's lock: whoever waits or is not decided on counts as well.</summary>
public static class CityQuotas
{
    /// <summary>The quota that a registration falls under, by its city folded; null where the event has none for it.</summary>
    public static string? Of(Event evt, string? city) => Find(evt, city) is { } quota ? Text.Fold(quota.City) : null;

    /// <summary>Why there is no place left of the city's quota, or null. Asks nothing where the event has none for it.</summary>
    /// <param name="session">The work's, or a read that looks ahead.</param>
    /// <param name="evt">The event.</param>
    /// <param name="city">Of the person.</param>
    /// <param name="isTest">What a test key makes at a real event is not counted.</param>
    /// <param name="besides">How many of the same city this work is about to register before.</param>
    public static ProblemException? Refusal(ReadSession session, Event evt, string? city, bool isTest, int besides = 0)
    {
        if (Find(evt, city) is not { } quota || isTest != evt.IsTest) return null;
        var taken = session.One<long>(Count, new { EventId = evt.Id, City = Text.Fold(quota.City), evt.IsTest });
        return taken + besides < quota.Seats ? null : new ProblemException(Problem.CityQuotaFull, "city", FieldCode.CityFull).With("city", quota.City).With("seats", quota.Seats);
    }

    /// <summary>Lets registrations count for quotas that their event has got, or no longer has.</summary>
    public static void Recount(WriteSession session, Event evt)
    {
        foreach (var row in session.Query<Counted>(Cities, new { EventId = evt.Id }))
            if (Of(evt, row.City) is var quota && quota != row.QuotaCity) session.Execute(Move, new { row.Id, QuotaCity = quota });
    }

    private static CityQuota? Find(Event evt, string? city)
    {
        if (city is null || evt.Rules?.CityQuotas is not { } quotas) return null;
        var folded = Text.Fold(city);
        return quotas.FirstOrDefault(q => Text.Fold(q.City) == folded);
    }

    private const string Count = """
        SELECT COUNT(*) FROM registrations
        WHERE event_id = @EventId AND quota_city = @City AND is_test = @IsTest AND status NOT IN ('cancelled', 'declined')
        """;

    private const string Cities = "SELECT id, city, quota_city FROM registrations WHERE event_id = @EventId AND (city IS NOT NULL OR quota_city IS NOT NULL)";

    private const string Move = "UPDATE registrations SET quota_city = @QuotaCity WHERE id = @Id";

    private sealed record Counted
    {
        public string Id { get; init; } = "";

        public string? City { get; init; }

        public string? QuotaCity { get; init; }
    }
}
