namespace Isa.Events.Api.Database;

/// <summary>How far the stored rows reach in time.</summary>
internal static class StoredInstants
{
    /// <summary>When a registration or an event was last made or changed, from all rows; null where there are none.</summary>
    public static DateTimeOffset? Newest(ReadSession session) => Later(session.One<DateTimeOffset?>(NewestRegistration), session.One<DateTimeOffset?>(NewestEvent));

    /// <summary>When the newest registration, event or key was made, without reading all rows: ids of registrations begin with their time.</summary>
    public static DateTimeOffset? QuickNewest(ReadSession session) =>
        Later(Later(session.One<DateTimeOffset?>(LastRegistration), session.One<DateTimeOffset?>(NewestEvent)), session.One<DateTimeOffset?>(NewestKey));

    /// <summary>How many registrations and events were made or changed after an instant.</summary>
    public static long CountAfter(ReadSession session, DateTimeOffset instant) =>
        session.One<long>(RegistrationsAfter, new { Instant = instant }) + session.One<long>(EventsAfter, new { Instant = instant });

    private static DateTimeOffset? Later(DateTimeOffset? one, DateTimeOffset? other) => one > other || other is null ? one : other;

    private const string NewestRegistration = "SELECT updated_at FROM registrations ORDER BY updated_at DESC LIMIT 1";

    private const string NewestEvent = "SELECT updated_at FROM events ORDER BY updated_at DESC LIMIT 1";

    private const string NewestKey = "SELECT created_at FROM api_keys ORDER BY created_at DESC LIMIT 1";

    private const string LastRegistration = "SELECT created_at FROM registrations ORDER BY id DESC LIMIT 1";

    private const string RegistrationsAfter = "SELECT COUNT(*) FROM registrations WHERE updated_at > @Instant";

    private const string EventsAfter = "SELECT COUNT(*) FROM events WHERE updated_at > @Instant";
}
