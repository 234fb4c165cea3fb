using Microsoft.Data.Sqlite;

namespace Isa.Events.Benchmarks.Figures;

/// <summary>Fills a server's file with copies of what was made through the API, at the speed of SQL.</summary>
internal sealed class FilledFile : IDisposable
{
    private readonly SqliteConnection _connection;

    public FilledFile(ServerProcess server)
    {
        _connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = server.DatabaseFile, Pooling = false }.ToString());
        _connection.Open();
    }

    /// <summary>Copies a published event so many times, a year back, and its one registration into each copy so many times.</summary>
    public void AddPastEvents(string eventId, int events, int registrationsEach)
    {
        using var transaction = _connection.BeginTransaction();
        const string Past = "'evt_past' || i";
        Copy("events", eventId, "id", events, ("id", Past), ("slug", "'past-' || i"), ("starts_at", "'2019-10-16T07:00:00.000Z'"), ("ends_at", "'2019-10-16T09:00:00.000Z'"));
        Copy("sites", eventId, "event_id", events, ("event_id", Past), ("seats_taken", $"{registrationsEach}"));
        AddRegistrations(eventId, events * registrationsEach, $"'evt_past' || (i / {registrationsEach})");
        transaction.Commit();
    }

    /// <summary>Copies the event's one registration so many times into it.</summary>
    public void AddRegistrations(string eventId, int registrations)
    {
        using var transaction = _connection.BeginTransaction();
        AddRegistrations(eventId, registrations, "event_id");
        Run("UPDATE sites SET seats_taken = seats_taken + @Count WHERE event_id = @Of", eventId, registrations);
        transaction.Commit();
    }

    public void Dispose() => _connection.Dispose();

    private void AddRegistrations(string eventId, int count, string toEvent)
    {
        const string Id = "printf('reg_%032x', i)"; // before what the server makes, as older ones are
        Copy("registrations", eventId, "event_id", count, ("id", Id), ("event_id", toEvent), ("reference", "'ISA-' || i"), ("external_id", "NULL"),
            ("email", "'past-' || i || '@example.org'"), ("email_normalised", "'past-' || i || '@example.org'"), ("full_name", "full_name || ' ' || i"),
            ("sort_family", "printf('%x', i * 7919 % 100003) || sort_family"));
        Run($"""
            WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < @Count)
            INSERT INTO history (registration_id, id, at, actor, actor_id, action) SELECT {Id}, printf('%032x', i), '2019-09-16T07:00:00.000Z', 'partner', NULL, 'registered' FROM n
            """, eventId, count);
    }

    // One row of a table, @Count times, with some columns made anew from the number i.
    private void Copy(string table, string of, string ofColumn, int count, params (string Column, string Value)[] changed)
    {
        var columns = new List<string>();
        using (var names = _connection.CreateCommand())
        {
            names.CommandText = $"SELECT name FROM pragma_table_info('{table}')";
            using var reader = names.ExecuteReader();
            while (reader.Read()) columns.Add(reader.GetString(0));
        }

        var values = columns.Select(c => changed.FirstOrDefault(x => x.Column == c).Value ?? c);
        Run($"""
            WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < @Count)
            INSERT INTO {table} ({string.Join(", ", columns)}) SELECT {string.Join(", ", values)} FROM n CROSS JOIN (SELECT * FROM {table} WHERE {ofColumn} = @Of LIMIT 1)
            """, of, count);
    }

    private void Run(string sql, string of, int count)
    {
        using var command = _connection.CreateCommand();
        command.CommandText = sql;
        command.Parameters.AddWithValue("@Of", of);
        command.Parameters.AddWithValue("@Count", count);
        command.ExecuteNonQuery();
    }
}
