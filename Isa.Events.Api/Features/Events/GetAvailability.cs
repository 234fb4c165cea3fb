using System.Text.Json;

namespace Isa.Events.Api.Features.Events;

/// <summary>Tells what is free now. A resource of its own, so that the event itself stays in caches while seats go.</summary>
public sealed class GetAvailability(CurrentEvents events, TimeProvider time) : EndpointWithoutRequest<AvailabilityAnswer>
{
    public override void Configure()
    {
        Get("/events/{event}/availability");
        AllowAnonymous();
    }

    public override async Task HandleAsync(CancellationToken ct)
    {
        Parameters.None(HttpContext);
        var caller = HttpContext.GetCaller();
        var current = await events.GetAsync(Route<string>("event")!, caller, ct);
        var body = JsonSerializer.SerializeToUtf8Bytes(AvailabilityAnswer.From(current, caller, time.GetUtcNow()), Json.Wire);
        await Conditional.SendAsync(HttpContext, body, Conditional.WeakTag(body), "application/json; charset=utf-8", caller is null ? "public, max-age=5" : "private, no-cache");
    }
}

/// <summary>How much is free, in words, for events that do not show numbers.</summary>
public enum AvailabilityLevel
{
    Free,

    /// <summary>Less than a fifth of the seats, or less than six.</summary>
    Few,
    None,
}

public sealed record AvailabilityAnswer(string EventId, IReadOnlyList<SiteAvailability> Sites)
{
    public static AvailabilityAnswer From(CurrentEvent current, Caller? caller, DateTimeOffset now)
    {
        var evt = current.Event;
        var shown = caller is { IsOrganizer: true } ? Availability.Exact : evt.Availability;
        return new AvailabilityAnswer(evt.Id, [.. evt.Sites.Select(site =>
        {
            var seats = current.SeatsOf(site.Id);
            var answer = new SiteAvailability { SiteId = site.Id, State = SiteWindow.From(current, site, now).State };
            return shown switch
            {
                Availability.Exact => answer with { Capacity = seats.Capacity, SeatsTaken = seats.SeatsTaken, Free = seats.Free, Waiting = site.Waitlist is null ? null : seats.Waiting },
                Availability.Few => answer with { Level = LevelOf(seats) },
                _ => answer,
            };
        })]);
    }

    private static AvailabilityLevel LevelOf(SiteSeats seats) =>
        seats.IsFull ? AvailabilityLevel.None : seats.Capacity is { } capacity && seats.Free < Math.Max(6, capacity / 5) ? AvailabilityLevel.Few : AvailabilityLevel.Free;
}

public sealed record SiteAvailability
{
    public required string SiteId { get; init; }

    public required RegistrationState State { get; init; }

    public long? Capacity { get; init; }

    public long? SeatsTaken { get; init; }

    public long? Free { get; init; }

    public long? Waiting { get; init; }

    public AvailabilityLevel? Level { get; init; }
}
