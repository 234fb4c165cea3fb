using System.Data.Common;
using Dapper;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace Isa.Events.Benchmarks.Figures;

/// <summary>
/// Fills a server's tables with copies of what was made through the API, at the speed of SQL. The copies are numbered, and their ids stand before what the server
/// makes, as those of older rows do.
/// </summary>
internal sealed class FilledTables : IDisposable
{
    /// <summary>An id as SQL, of the number <c>i</c>; <see cref="IdOf"/> writes the same.</summary>
    private const string Id = "'reg_' || substr('00000000000000000000000000000000', length(CAST(i AS TEXT)) + 1) || i";

    private readonly DbConnection _connection;

    private FilledTables(DbConnection connection)
    {
        _connection = connection;
        _connection.Open();
    }

    public static FilledTables Of(ServerProcess server) => new(server.Postgres is { } postgres
        ? new NpgsqlConnection(postgres) : new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = server.DatabaseFile, Pooling = false }.ToString()));

    /// <summary>The id of the registration with this number, which is written with ten digits.</summary>
    public static string IdOf(string number) => $"reg_{new string('0', 32 - number.Length)}{number}";

    /// <summary>Copies a published event so many times, a year back, and its one registration into each copy so many times.</summary>
    public void AddPastEvents(string eventId, int events, int registrationsEach)
    {
        using var transaction = _connection.BeginTransaction();
        const string Past = "'evt_past' || i";
        Copy("events", eventId, "id", 0, events, ("id", Past), ("slug", "'past-' || i"), ("starts_at", "'2019-10-16T07:00:00.000Z'"), ("ends_at", "'2019-10-16T09:00:00.000Z'"));
        Copy("sites", eventId, "event_id", 0, events, ("event_id", Past), ("seats_taken", $"{registrationsEach}"));
        AddRegistrations(eventId, 0, events * registrationsEach, ("event_id", $"'evt_past' || (i / {registrationsEach})"));
        transaction.Commit();
    }

    /// <summary>Copies the newest registration of an event into it, for those who have a seat at a site.</summary>
    /// <param name="eventId">The event.</param>
    /// <param name="siteId">One of its sites.</param>
    /// <param name="first">The number of the first copy.</param>
    /// <param name="count">How many.</param>
    public void AddRegistrations(string eventId, string siteId, int first, int count)
    {
        using var transaction = _connection.BeginTransaction();
        AddRegistrations(eventId, first, count, ("site_id", $"'{siteId}'"));
        Run("UPDATE sites SET seats_taken = seats_taken + @Count WHERE event_id = @EventId AND id = @SiteId", new { Count = count, EventId = eventId, SiteId = siteId });
        transaction.Commit();
    }

    /// <summary>The same for those who wait, in the order of their numbers.</summary>
    public void AddWaiting(string eventId, string siteId, int first, int count)
    {
        using var transaction = _connection.BeginTransaction();
        AddRegistrations(eventId, first, count, ("site_id", $"'{siteId}'"), ("status", "'waitlisted'"), ("holds_seat", "FALSE"), ("confirmed_at", "NULL"), ("waitlist_entry_id", "'wle_' || i"));
        Run($"""
            {Numbers}
            INSERT INTO waitlist_entries (id, event_id, site_id, number, size, state, created_at) SELECT 'wle_' || i, @EventId, @SiteId, i + 1, 1, 'queued', '2019-09-16T07:00:00.000Z' FROM n
            """, new { EventId = eventId, SiteId = siteId, First = (long)first, End = (long)first + count });
        Run("UPDATE sites SET waiting = waiting + @Count WHERE event_id = @EventId AND id = @SiteId", new { Count = count, EventId = eventId, SiteId = siteId });
        transaction.Commit();
    }

    public long Waiting(string eventId) => _connection.ExecuteScalar<long>("SELECT CAST(SUM(waiting) AS BIGINT) FROM sites WHERE event_id = @EventId", new { EventId = eventId });

    public void Dispose() => _connection.Dispose();

    private void AddRegistrations(string eventId, int first, int count, params (string Column, string Value)[] changed)
    {
        Copy("registrations", eventId, "event_id", first, count,
        [
            ("id", Id), ("reference", "'ISA-' || i"), ("external_id", "NULL"), ("email", "'past-' || i || '@example.org'"), ("email_normalised", "'past-' || i || '@example.org'"),
            ("full_name", "full_name || ' ' || i"), ("sort_family", "CAST(i * 7919 % 100003 AS TEXT) || sort_family"), .. changed,
        ]);
        Run($"""
            {Numbers}
            INSERT INTO history (registration_id, id, at, actor, actor_id, action) SELECT {Id}, 'past_' || i, '2019-09-16T07:00:00.000Z', 'partner', NULL, 'registered' FROM n
            """, new { First = (long)first, End = (long)first + count });
    }

    // The newest row of a table, many times, with some columns made anew from the number i.
    private void Copy(string table, string of, string ofColumn, int first, int count, params (string Column, string Value)[] changed)
    {
        List<string> columns;
        using (var none = _connection.ExecuteReader($"SELECT * FROM {table} LIMIT 0")) columns = [.. Enumerable.Range(0, none.FieldCount).Select(none.GetName)];
        var values = columns.Select(c => changed.FirstOrDefault(x => x.Column == c).Value ?? c);
        Run($"""
            {Numbers}
            INSERT INTO {table} ({string.Join(", ", columns)}) SELECT {string.Join(", ", values)} FROM n CROSS JOIN (SELECT * FROM {table} WHERE {ofColumn} = @Of ORDER BY id DESC LIMIT 1) AS pattern
            """, new { Of = of, First = (long)first, End = (long)first + count });
    }

    private const string Numbers = "WITH RECURSIVE n (i) AS (SELECT CAST(@First AS BIGINT) UNION ALL SELECT i + 1 FROM n WHERE i + 1 < @End)";

    private void Run(string sql, object arguments) => _connection.Execute(sql, arguments, commandTimeout: 600);
}
