using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Isa.Events.Api.Database;

/// <summary>Looks whether what is stored is whole. Repairs nothing; a sentence for each finding, with ids and without persons.</summary>
internal static class DatabaseCheck
{
    /// <summary>The counters that seats are sold by. SQL of both databases, a sentence a row.</summary>
    public static readonly IReadOnlyList<string> Counters = [SeatsTaken, Waiting, Impossible];

    /// <summary>Rows that belong to nothing, and what the unique indexes should have kept out.</summary>
    public static readonly IReadOnlyList<string> Rows = [WithoutSite, SeatWithoutRight, WaitsForNothing, EntryOfOtherSize, HistoryOfNobody, OutboxOfNoEvent, OutboxOfNobody, AgendaWithoutDocument, AddressTwice, MemberTwice];

    /// <summary>All findings of the given statements.</summary>
    public static IEnumerable<string> Find(ReadSession session, IEnumerable<string> checks) => checks.SelectMany(sql => session.Query<string>(sql));

    /// <summary>What SQLite itself finds in its file: damaged pages, indexes that differ from their table, rows against a CHECK, rows whose parent is missing.</summary>
    public static List<string> FindInFile(ReadSession session)
    {
        var findings = new List<string>();
        try
        {
            findings.AddRange(session.Query<string>(Integrity).Where(line => line != "ok").Select(line => $"the file is damaged: {line}"));
            findings.AddRange(session.Query<Orphan>(ForeignKeys).Select(row => $"a row of {row.Table} names a row of {row.Parent} that does not exist"));
        }
        catch (SqliteException e) when (e.SqliteErrorCode == raw.SQLITE_CORRUPT)
        {
            if (findings.Count == 0) findings.Add($"the file is damaged: {e.Message}"); // too much for a list
        }

        return findings;
    }

    /// <summary>Looks through the pages of a SQLite file for at most the given time, and gives the first damage.</summary>
    public static string? QuickLook(ReadSession session, TimeSpan patience)
    {
        var connection = ((SqliteChannel)session.Channel).Connection;
        var until = Environment.TickCount64 + (long)patience.TotalMilliseconds;
        raw.sqlite3_progress_handler(connection.Handle, 1000, _ => Environment.TickCount64 > until ? 1 : 0, null);
        try
        {
            return session.One<string>(Quick) is { } line and not "ok" ? line : null;
        }
        catch (SqliteException e) when (e.SqliteErrorCode == raw.SQLITE_INTERRUPT)
        {
            return null; // as far as it came
        }
        finally
        {
            raw.sqlite3_progress_handler(connection.Handle, 0, null, null);
        }
    }

    private sealed record Orphan
    {
        public string Table { get; init; } = "";

        public string Parent { get; init; } = "";
    }

    private const string Integrity = "PRAGMA integrity_check(20)";

    private const string Quick = "PRAGMA quick_check(1)";

    private const string ForeignKeys = "PRAGMA foreign_key_check";

    private const string SeatsTaken = """
        SELECT 'site ' || s.id || ' of ' || s.event_id || ' counts ' || s.seats_taken || ' seats taken, its registrations hold ' || COALESCE(r.held, 0) || ' and its offers ' || COALESCE(o.held, 0)
        FROM sites s
        LEFT JOIN (SELECT event_id, site_id, COUNT(*) AS held FROM registrations WHERE holds_seat GROUP BY event_id, site_id) r ON r.event_id = s.event_id AND r.site_id = s.id
        LEFT JOIN (SELECT event_id, site_id, SUM(size) AS held FROM waitlist_entries WHERE state = 'offered' GROUP BY event_id, site_id) o ON o.event_id = s.event_id AND o.site_id = s.id
        WHERE s.seats_taken <> COALESCE(r.held, 0) + COALESCE(o.held, 0)
        ORDER BY s.event_id, s.id LIMIT 100
        """;

    private const string Waiting = """
        SELECT 'site ' || s.id || ' of ' || s.event_id || ' counts ' || s.waiting || ' waiting, its queue has ' || COALESCE(q.entries, 0)
        FROM sites s
        LEFT JOIN (SELECT event_id, site_id, COUNT(*) AS entries FROM waitlist_entries WHERE state = 'queued' GROUP BY event_id, site_id) q ON q.event_id = s.event_id AND q.site_id = s.id
        WHERE s.waiting <> COALESCE(q.entries, 0)
        ORDER BY s.event_id, s.id LIMIT 100
        """;

    // Who is confirmed has a seat, and who has ended has none; what a test key made at a real event never has one.
    private const string SeatWithoutRight = """
        SELECT 'registration ' || r.id || ' is ' || r.status || CASE WHEN r.holds_seat THEN ' and holds a seat' ELSE ' and holds no seat' END
        FROM registrations r JOIN events e ON e.id = r.event_id
        WHERE r.holds_seat AND (r.status IN ('waitlisted', 'cancelled', 'declined') OR (r.is_test AND NOT e.is_test))
            OR NOT r.holds_seat AND r.status = 'confirmed' AND (NOT r.is_test OR e.is_test)
        ORDER BY r.id LIMIT 100
        """;

    private const string WaitsForNothing = """
        SELECT 'registration ' || r.id || ' (' || r.status || ') waits by an entry that is ' || COALESCE(w.state, 'not there')
        FROM registrations r
        LEFT JOIN waitlist_entries w ON w.id = r.waitlist_entry_id AND w.event_id = r.event_id
        WHERE r.waitlist_entry_id IS NOT NULL AND (w.id IS NULL OR w.state NOT IN ('queued', 'offered') OR r.status IN ('cancelled', 'declined'))
        ORDER BY r.id LIMIT 100
        """;

    private const string EntryOfOtherSize = """
        SELECT 'the waitlist entry ' || w.id || ' stands for ' || w.size || ' registrations, ' || COUNT(r.id) || ' name it'
        FROM waitlist_entries w
        LEFT JOIN registrations r ON r.waitlist_entry_id = w.id
        WHERE w.state IN ('queued', 'offered')
        GROUP BY w.id, w.size
        HAVING COUNT(r.id) <> w.size
        ORDER BY w.id LIMIT 100
        """;

    private const string Impossible = """
        SELECT 'site ' || s.id || ' of ' || s.event_id || ' has impossible counters: ' || s.seats_taken || ' seats taken, ' || s.waiting || ' waiting, capacity ' || COALESCE(s.capacity, -1)
        FROM sites s
        WHERE s.waiting < 0 OR s.seats_taken < 0 OR s.seats_taken > s.capacity
        ORDER BY s.event_id, s.id LIMIT 100
        """;

    private const string WithoutSite = """
        SELECT 'registration ' || r.id || ' is for the site ' || r.site_id || ' of ' || r.event_id || ', which does not exist'
        FROM registrations r
        LEFT JOIN sites s ON s.event_id = r.event_id AND s.id = r.site_id
        WHERE s.id IS NULL
        ORDER BY r.id LIMIT 100
        """;

    private const string HistoryOfNobody = """
        SELECT 'a history entry belongs to the registration ' || h.registration_id || ', which does not exist'
        FROM history h
        LEFT JOIN registrations r ON r.id = h.registration_id
        WHERE r.id IS NULL
        ORDER BY h.registration_id, h.id LIMIT 100
        """;

    private const string OutboxOfNoEvent = """
        SELECT 'outbox row ' || o.id || ' (' || o.kind || ', ' || o.state || ') is about the event ' || o.event_id || ', which does not exist'
        FROM outbox o
        LEFT JOIN events e ON e.id = o.event_id
        WHERE e.id IS NULL
        ORDER BY o.id LIMIT 100
        """;

    private const string OutboxOfNobody = """
        SELECT 'outbox row ' || o.id || ' (' || o.kind || ', ' || o.state || ') is about the registration ' || o.registration_id || ', which does not exist'
        FROM outbox o
        LEFT JOIN registrations r ON r.id = o.registration_id
        WHERE o.registration_id IS NOT NULL AND r.id IS NULL
        ORDER BY o.id LIMIT 100
        """;

    private const string AgendaWithoutDocument = """
        SELECT 'the agenda of ' || a.event_id || ' names the document ' || a.document_sha256 || ', which is not stored'
        FROM agendas a
        LEFT JOIN documents d ON d.sha256 = a.document_sha256
        WHERE a.document_sha256 IS NOT NULL AND d.sha256 IS NULL
        ORDER BY a.event_id LIMIT 100
        """;

    private const string AddressTwice = """
        SELECT 'one address has ' || COUNT(*) || ' active registrations for ' || event_id || ', from ' || MIN(id) || ' to ' || MAX(id)
        FROM registrations
        WHERE email_normalised IS NOT NULL AND status NOT IN ('cancelled', 'declined')
        GROUP BY event_id, email_normalised, is_test
        HAVING COUNT(*) > 1
        ORDER BY MIN(id) LIMIT 100
        """;

    private const string MemberTwice = """
        SELECT 'one member of the delegation ' || delegation_id || ' has ' || COUNT(*) || ' active registrations, from ' || MIN(id) || ' to ' || MAX(id)
        FROM registrations
        WHERE email_normalised IS NULL AND status NOT IN ('cancelled', 'declined')
        GROUP BY delegation_id, name_normalised
        HAVING COUNT(*) > 1
        ORDER BY MIN(id) LIMIT 100
        """;
}
