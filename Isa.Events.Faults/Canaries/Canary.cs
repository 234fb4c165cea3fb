using Dapper;
using Microsoft.Data.Sqlite;

namespace Isa.Events.Faults.Canaries;

/// <summary>A promise broken behind the server's back, and the violation that has to be seen.</summary>
/// <param name="Name">What was broken.</param>
/// <param name="Expected">What the comparison must say.</param>
/// <param name="Break">Breaks it in a copy of the file.</param>
internal sealed record Canary(string Name, Violation Expected, Action<SqliteConnection> Break)
{
    public static readonly IReadOnlyList<Canary> All =
    [
        new("a registration is gone, with all its rows", Violation.Lost, db => Run(db,
            $"CREATE TEMP TABLE gone AS {AnyConfirmed}", "DELETE FROM history WHERE registration_id IN (SELECT id FROM gone)", "DELETE FROM outbox WHERE registration_id IN (SELECT id FROM gone)",
            "UPDATE sites SET seats_taken = seats_taken - 1 WHERE id = (SELECT site_id FROM gone)", "DELETE FROM registrations WHERE id IN (SELECT id FROM gone)")),
        new("a registration was cancelled by nobody", Violation.Lost, db => Run(db, $"UPDATE registrations SET status = 'cancelled' WHERE id = ({AnyConfirmedId})")),
        new("a person is there twice", Violation.Doubled, db => Run(db,
            "DROP INDEX registrations_one_per_address", "DROP INDEX registrations_by_reference", $"CREATE TEMP TABLE twin AS SELECT * FROM registrations WHERE id = ({AnyConfirmedId})",
            "UPDATE twin SET id = 'reg_twin'", "INSERT INTO registrations SELECT * FROM twin")),
        new("a room has more people than seats", Violation.Oversold, db => Run(db,
            "PRAGMA ignore_check_constraints = ON", $"UPDATE sites SET capacity = seats_taken - 1 WHERE id = '{Scene.Room}'")),
        new("a counter is one too low", Violation.Other, db => Run(db, $"UPDATE sites SET seats_taken = seats_taken - 1 WHERE id = '{Scene.Zoom}'")),
        new("a cancelled registration is back", Violation.Other, db => Run(db, "UPDATE registrations SET status = 'confirmed' WHERE id = (SELECT id FROM registrations WHERE status = 'cancelled' LIMIT 1)")),
        new("a person has another address", Violation.Other, db => Run(db, $"UPDATE registrations SET email_normalised = 'other@example.org' WHERE id = ({AnyConfirmedId})")),
        new("a promised mail is missing", Violation.Other, db => Run(db, $"DELETE FROM outbox WHERE registration_id = ({AnyConfirmedId})")),
        new("a mail is there twice", Violation.Other, db => Run(db,
            $"INSERT INTO outbox (id, kind, event_id, registration_id, created_at, due_at) SELECT 'twin', kind, event_id, registration_id, created_at, due_at FROM outbox WHERE registration_id = ({AnyConfirmedId})")),
        new("the history is missing", Violation.Other, db => Run(db, $"DELETE FROM history WHERE registration_id = ({AnyConfirmedId})")),
        new("a registration nobody asked for", Violation.Other, db => Run(db,
            $"CREATE TEMP TABLE stray AS SELECT * FROM registrations WHERE id = ({AnyConfirmedId})", "UPDATE stray SET id = 'reg_stray', reference = 'STRAY', email_normalised = 'stray@example.org', organisation = 'stray'",
            "INSERT INTO registrations SELECT * FROM stray")),
        new("an Idempotency-Key is forgotten", Violation.Other, db => Run(db, $"DELETE FROM idempotency_keys WHERE resource_id = ({AnyConfirmedId})")),
        new("a row points to nothing", Violation.Other, db => Run(db,
            "PRAGMA foreign_keys = OFF", "INSERT INTO history (registration_id, id, at, actor, action) VALUES ('reg_none', '0', '2020-01-01T00:00:00.000Z', 'system', 'registered')")),
        new("an index lies", Violation.Other, db => Run(db,
            "PRAGMA writable_schema = ON", "UPDATE sqlite_schema SET sql = replace(sql, 'email_normalised, is_test', 'full_name, is_test') WHERE name = 'registrations_one_per_address'", "PRAGMA writable_schema = OFF")),
    ];

    private const string AnyConfirmed = $"SELECT id, site_id FROM registrations WHERE status = 'confirmed' AND site_id = '{Scene.Zoom}' ORDER BY id LIMIT 1";

    private const string AnyConfirmedId = $"SELECT id FROM registrations WHERE status = 'confirmed' AND site_id = '{Scene.Zoom}' ORDER BY id LIMIT 1";

    private static void Run(SqliteConnection connection, params string[] statements)
    {
        foreach (var statement in statements) connection.Execute(statement);
    }
}
