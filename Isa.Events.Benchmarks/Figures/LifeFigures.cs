using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;
using System.Text;
using Isa.Events.Api.Database;
using Isa.Events.Api.Database.Postgres;
using Isa.Events.Api.Database.Sqlite;
using Isa.Events.Api.Features.Events;
using Isa.Events.Api.Features.Invitations;
using Isa.Events.Api.Features.Registrations;
using Isa.Events.Api.Features.Waitlist;
using Isa.Events.Api.Http;
using Isa.Events.Api.Settings;
using Isa.Events.Benchmarks.Load;
using Isa.Events.Faults.Servers;
using Microsoft.Extensions.Logging.Abstractions;

namespace Isa.Events.Benchmarks.Figures;

/// <summary>What comes after registering, against registering: cancelling while others wait, moving, asking again. And a queue, and a list of those to invite.</summary>
internal sealed class LifeFigures : IFigure
{
    private const int Queue = 5_000;
    private const int Invitees = 10_000;

    public string Name => "life";

    public async Task MeasureAsync(Run run, Report report, CancellationToken ct)
    {
        await using (var server = await ServerProcess.StartAsync(ct)) await MeasureAsync("", server, 8_000, run, report, ct);
        if (PostgresServer.FindTools() is null)
        {
            await Console.Error.WriteLineAsync("PostgreSQL is not installed; its figures are left out.");
            return;
        }

        await using var postgres = await PostgresServer.CreateAsync(ct);
        await using (var server = await ServerProcess.StartAsync(ct, await postgres.DatabaseAsync(ct))) await MeasureAsync("PostgreSQL: ", server, 3_000, run, report, ct);
    }

    private static async Task MeasureAsync(string where, ServerProcess server, int mostPerSecond, Run run, Report report, CancellationToken ct)
    {
        using var engine = EngineOf(server);
        await MeasurePositionAsync(where, server, engine, run, report, ct);
        await MeasureImportAsync(where, server, engine, run, report, ct);
        await MeasureLoadsAsync(where, server, (int)((run.Rounds + 1) * run.Duration.TotalSeconds * mostPerSecond), run, report, ct);
    }

    /// <param name="where">Which database.</param>
    /// <param name="server">The server on it.</param>
    /// <param name="people">More than can cancel, or move, in a run.</param>
    /// <param name="run">How long.</param>
    /// <param name="report">Gets the figures.</param>
    /// <param name="ct">Gives up.</param>
    private static async Task MeasureLoadsAsync(string where, ServerProcess server, int people, Run run, Report report, CancellationToken ct)
    {
        const int Seats = 1_000;
        var (waiters, movers, back) = (10_000_000, 20_000_000, 30_000_000); // numbers of rows that are there already
        var full = await server.EventAsync("full", ct, EventDraft.Awaited("zoom", Seats + 1));
        var free = await server.EventAsync("free", ct, EventDraft.Online("zoom", null), EventDraft.Online("teams", null));
        foreach (var evt in new[] { full, free }) await Requests.Register(server, evt).RunAsync(1, TimeSpan.Zero, ct);
        using var tables = FilledTables.Of(server);
        tables.AddRegistrations(full, "zoom", waiters, Seats);
        tables.AddWaiting(full, "zoom", waiters + Seats, people); // in the order they cancel, once they have a seat
        tables.AddRegistrations(free, "zoom", movers, people);
        tables.AddRegistrations(free, "teams", back, people);

        var measured = await server.EventAsync("measured", null, ct);
        var repeats = Enumerable.Range(0, Run.Connections).Select(n => Requests.Repeat(server, measured, $"again-{n}")).ToList();
        foreach (var repeat in repeats) await repeat.RunAsync(1, TimeSpan.Zero, ct);
        var made = await server.Client.GetFromJsonAsync<RegistrationList>($"/v1/events/{measured}/registrations?limit={Run.Connections}", Json.Wire, ct);

        var samples = await run.TakeTurnsAsync(new Dictionary<string, LoadClient>
        {
            ["register"] = Requests.Register(server, measured),
            ["cancel"] = Requests.Cancel(server, waiters),
            ["move"] = LoadClient.Together([Requests.ChangeSite(server, "teams", movers), Requests.ChangeSite(server, "zoom", back)], 200),
            ["get"] = LoadClient.Together(made!.Items.Select(r => Requests.GetRegistration(server, r.Id!)), 200),
            ["repeat"] = LoadClient.Together(repeats, 201),
        }, ct);
        if (tables.Waiting(full) == 0) throw new InvalidOperationException("Nobody waited any more.");
        Add($"{where}cancellations, each of which gives its seat to the next of {people:N0} who wait", "cancel", "registrations", "register", "≥ 0.5");
        Add($"{where}changes between two sites with free seats", "move", "registrations", "register", "≥ 0.5");
        Add($"{where}registrations sent again with their Idempotency-Key", "repeat", "GetRegistration", "get", "≥ 0.8");

        void Add(FormattableString what, string name, string baseline, string against, string aim) => report.Add(what, $"{samples[name].Median().PerSecond:0}/s, p99 {samples[name].Median().P99:0.0} ms",
            $"{baseline}: {samples[against].Median().PerSecond:0}/s, p99 {samples[against].Median().P99:0.0} ms", samples[name].Ratio(samples[against], s => s.PerSecond), aim);
    }

    // In this process, on a connection of its own: what the database takes, without the web server.
    private static async Task MeasurePositionAsync(string where, ServerProcess server, DatabaseEngine engine, Run run, Report report, CancellationToken ct)
    {
        var eventId = await server.EventAsync("queue", ct, EventDraft.Awaited("zoom", 1));
        await Requests.Register(server, eventId).RunAsync(1, TimeSpan.Zero, ct);
        using (var tables = FilledTables.Of(server)) tables.AddWaiting(eventId, "zoom", 0, Queue);

        var times = new Dictionary<string, double>();
        foreach (var (place, number) in new[] { ("first", 0), ("middle", Queue / 2), ("last", Queue - 1) })
        {
            var all = new List<double>();
            for (var n = 0; n < 2_000 / run.Scale; n++)
            {
                var took = engine.Read(session =>
                {
                    var evt = Event.Find(session, eventId)!;
                    var registration = Registration.Find(session, FilledTables.IdOf($"{number:d10}"))!;
                    var start = Stopwatch.GetTimestamp();
                    var wait = WaitlistEntry.Explain(session, evt, registration, DateTimeOffset.UtcNow);
                    var time = Stopwatch.GetElapsedTime(start);
                    return wait!.Position == number + 1 ? time : throw new InvalidOperationException($"Position {wait.Position} of number {number}.");
                });
                all.Add(took.TotalMilliseconds);
            }

            times[place] = all.Median();
        }

        report.Add($"{where}what somebody in a queue of {Queue:N0} is told, inside the database: first, in the middle, last", $"{times["first"]:0.00}, {times["middle"]:0.00}, {times["last"]:0.00} ms", null, null, "≤ 1 ms");
    }

    private static async Task MeasureImportAsync(string where, ServerProcess server, DatabaseEngine engine, Run run, Report report, CancellationToken ct)
    {
        var count = Invitees / run.Scale;
        var list = new StringBuilder("externalId,fullName,email,organisation,city,audience,language\r\n");
        for (var i = 0; i < count; i++) list.Append(CultureInfo.InvariantCulture, $"{i},Erika Beispiel {i},erika{i}@example.org,Stadt {i % 50},Hannover,cityRepresentative,de\r\n");
        var (imports, bare) = (new List<double>(), new List<double>());
        using var writer = engine.OpenWriter();
        for (var round = 0; round <= run.Rounds; round++)
        {
            var eventId = await server.EventAsync($"import-{round}", null, ct);
            using var content = new StringContent(list.ToString(), Encoding.UTF8, "text/csv");
            var start = Stopwatch.GetTimestamp();
            using (var answer = await server.Client.PostAsync($"/v1/events/{eventId}/invitees/import", content, ct))
                if (!answer.IsSuccessStatusCode) throw new InvalidOperationException(await answer.Content.ReadAsStringAsync(ct));
            var import = Stopwatch.GetElapsedTime(start).TotalSeconds;
            var inserts = Bare(engine, writer, eventId, await server.EventAsync($"bare-{round}", null, ct), count);
            if (round == 0) continue;
            imports.Add(import);
            bare.Add(inserts);
        }

        report.Add($"{where}import of {count:N0} invitees from CSV", $"{imports.Median():0.00} s", $"the same rows as bare inserts in one transaction: {bare.Median():0.00} s", imports.Zip(bare, (i, b) => i / b).Median(), "≤ 5");
    }

    // The rows of one event once more, for another, with nothing but the inserts.
    private static double Bare(DatabaseEngine engine, WriteSession writer, string from, string to, int count)
    {
        var rows = engine.Read(session => session.Query<Invitee>(OfEvent, new { EventId = from })).Select((r, i) => new
        {
            Id = $"ivt_bare{i:d5}{to}", EventId = to, CodeHash = Encoding.ASCII.GetBytes($"{to}{i}"), r.ExternalId, r.FullName, r.Email, r.EmailNormalised, r.NameNormalised, r.Organisation, r.City, r.Audience, r.Language, r.SearchText, r.CreatedAt,
        }).ToList();
        if (rows.Count != count) throw new InvalidOperationException($"{rows.Count} invitees were imported.");
        var start = Stopwatch.GetTimestamp();
        writer.Begin(to, DateTimeOffset.UtcNow, []);
        writer.Channel.BeginWork();
        foreach (var row in rows) writer.Execute(BareInsert, row);
        writer.Channel.Flush();
        writer.Channel.Commit();
        writer.Channel.End();
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    private static DatabaseEngine EngineOf(ServerProcess server)
    {
        RowTypes.Register();
        var settings = new DatabaseSettings { Postgres = server.Postgres };
        return server.Postgres is null ? new SqliteEngine(server.DatabaseFile, settings, NullLogger.Instance) : new PostgresEngine(settings);
    }

    private const string OfEvent = $"SELECT {Invitee.Columns} FROM invitees WHERE event_id = @EventId ORDER BY id";

    private const string BareInsert = """
        INSERT INTO invitees (id, event_id, state, code_hash, code_version, external_id, full_name, email, email_normalised, name_normalised, organisation, city, audience, language, search_text, version, created_at, updated_at)
        VALUES (@Id, @EventId, 'invited', @CodeHash, 1, @ExternalId, @FullName, @Email, @EmailNormalised, @NameNormalised, @Organisation, @City, @Audience, @Language, @SearchText, 1, @CreatedAt, @CreatedAt)
        """;
}
