namespace Isa.Events.Api.Database;

/// <summary>Work that one process at a time does for all that share the tables: whoever holds the lease. One that ends or stands still loses it by time.</summary>
public sealed class Lease(EventsDatabase database)
{
    private readonly string _holder = Guid.NewGuid().ToString("N");

    /// <summary>Takes the lease, or keeps it.</summary>
    /// <param name="name">Of the work.</param>
    /// <param name="duration">How long nobody else may take it.</param>
    /// <param name="ct">Gives up.</param>
    /// <returns>False while another process holds it.</returns>
    public Task<bool> TryTakeAsync(string name, TimeSpan duration, CancellationToken ct) => database.WriteAsync(name, session =>
    {
        session.Execute(Make, new { Name = name, session.Now });
        return session.Change(Take, new { Name = name, Holder = _holder, Until = session.Now + duration, session.Now }) == 1;
    }, ct);

    /// <summary>Gives it back where this process holds it, so that nobody waits for its end.</summary>
    public Task ReleaseAsync(string name, CancellationToken ct) => database.WriteAsync(name, session => session.Change(Release, new { Name = name, Holder = _holder, session.Now }), ct);

    private const string Make = "INSERT INTO leases (name, holder, held_until) VALUES (@Name, '', @Now) ON CONFLICT DO NOTHING";

    private const string Take = "UPDATE leases SET holder = @Holder, held_until = @Until WHERE name = @Name AND (held_until <= @Now OR holder = @Holder)";

    private const string Release = "UPDATE leases SET held_until = @Now WHERE name = @Name AND holder = @Holder AND held_until > @Now";
}
