namespace Isa.Events.Api.Features.Delegations;

/// <summary>When the contact of a delegation is reminded of names that are missing.</summary>
internal static class NameReminders
{
    private static readonly TimeSpan[] Usual = [TimeSpan.FromDays(7), TimeSpan.FromDays(1)];

    // Less than this before they are due it is no use, nor so soon after the registration.
    private static readonly TimeSpan Least = TimeSpan.FromHours(1);

    /// <summary>Not soon after the registration, which says the same; where it is late for all of them, once in the middle of the time that is left.</summary>
    /// <param name="now">When they registered.</param>
    /// <param name="due">When names are due.</param>
    public static IEnumerable<DateTimeOffset> Before(DateTimeOffset now, DateTimeOffset due)
    {
        var left = due - now;
        var usual = Usual.Where(before => left >= before * 1.5).ToList();
        if (usual.Count > 0) return usual.Select(before => due - before);
        return left >= 2 * Least ? [Instant.Cut(due - left / 2)] : [];
    }
}
