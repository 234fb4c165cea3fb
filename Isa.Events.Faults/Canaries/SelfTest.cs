using System.Net;
using System.Text;
using Isa.Events.Faults.Ledgers;
using Isa.Events.Faults.Servers;

namespace Isa.Events.Faults.Canaries;

/// <summary>Shows that the comparison sees what it is there for: promises are broken on purpose, one after the other.</summary>
internal static class SelfTest
{
    /// <returns>0 where each breach was seen, and nothing where there was none.</returns>
    public static async Task<int> RunAsync(CancellationToken ct)
    {
        var missed = new List<string>();
        var seen = 0;
        foreach (var part in new[] { TablesAsync(ct), RewoundAsync(ct), AnswersAsync(ct), PostgresAsync(ct) })
        {
            await foreach (var (name, noticed) in part)
            {
                await Console.Out.WriteLineAsync($"{(noticed ? "seen  " : "MISSED")}  {name}");
                if (noticed) seen++;
                else missed.Add(name);
            }
        }

        await Console.Out.WriteLineAsync($"{seen} seen, {missed.Count} missed");
        return missed.Count == 0 ? 0 : 1;
    }

    // A ledger and a file that agree, and copies of the file that do not.
    private static async IAsyncEnumerable<(string Name, bool Noticed)> TablesAsync([System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken ct)
    {
        var clean = new Outcome("self-test", Databases.Sqlite);
        await using var scene = await Scene.SetAsync(SqliteStore.Create(), clean, ct);
        await scene.NewEventAsync(ct);
        await using (var crowd = scene.StartCrowd(ct))
        {
            await scene.BusyAsync(ct, registered: 200);
            await crowd.StopAsync();
        }

        await scene.VerifyAsync(ct);
        await scene.FinishAsync(ct);
        yield return ($"nothing is broken, and nothing is seen among {clean.Registered} registrations{string.Concat(clean.Violations.Select(v => $": {v}"))}", !clean.Failed);
        foreach (var canary in Canary.All)
        {
            await using var copy = await CopyAsync((SqliteStore)scene.Store);
            using (var connection = copy.Open()) canary.Break(connection);
            var outcome = new Outcome(canary.Name, Databases.Sqlite);
            await scene.CompareElsewhereAsync(copy, outcome, ct);
            yield return ($"{canary.Name}: {outcome.Violations.FirstOrDefault(v => v.StartsWith(canary.Expected.ToString(), StringComparison.Ordinal))}", outcome.Count(canary.Expected) > 0);
        }
    }

    // What a server that answers before it is on disk would leave behind: after the crash the file is as it was a moment before the last answers.
    private static async IAsyncEnumerable<(string Name, bool Noticed)> RewoundAsync([System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken ct)
    {
        var outcome = new Outcome("self-test", Databases.Sqlite);
        var store = SqliteStore.Create();
        await using var scene = await Scene.SetAsync(store, outcome, ct);
        await scene.NewEventAsync(ct);
        await using var crowd = scene.StartCrowd(ct);
        await scene.BusyAsync(ct);
        await using (var earlier = await CopyAsync(store))
        {
            var then = outcome.Registered;
            await Wait.UntilAsync(() => Task.FromResult(outcome.Registered > then + 10), Extent.BackToNormal, "more are registered", ct);
            await scene.Node.KillAsync(ct);
            foreach (var beside in new[] { "-wal", "-shm" }) File.Delete(store.File + beside);
            File.Copy(earlier.File, store.File, overwrite: true);
        }

        scene.Node.Start();
        await scene.Node.ReadyAsync(ct);
        await crowd.StopAsync();
        await scene.VerifyAsync(ct);
        yield return ($"a crash took the last answers: {outcome.Count(Violation.Lost)} lost", outcome.Count(Violation.Lost) > 0);
    }

    private static async IAsyncEnumerable<(string Name, bool Noticed)> AnswersAsync([System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken ct)
    {
        foreach (var (name, status, type, body) in new[]
        {
            ("500 as HTML", 500, "text/html", "<h1>Error</h1>"),
            ("502 without a body", 502, "", ""),
            ("503 without Retry-After", 503, "application/problem+json", """{"code":"busy","traceId":"1","status":503}"""),
            ("500 as a problem", 500, "application/problem+json", """{"code":"internal-error","traceId":"1","status":500}"""),
            ("201 cut short", 201, "application/json", """{"id":"reg_"""),
        })
        {
            using var response = new HttpResponseMessage((HttpStatusCode)status) { Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body)) };
            if (type.Length > 0) response.Content.Headers.ContentType = new(type);
            var complaints = new List<string>();
            await Answer.ReadAsync(response, complaints.Add, ct);
            yield return ($"{name}: {complaints.FirstOrDefault()}", complaints.Count > 0);
        }

        var entry = new Entry(1, "evt_1", Scene.Zoom, "person@example.org");
        entry.Take(new Answer(201, null, "reg_1", "confirmed", false));
        yield return ("a repeated request makes another registration", entry.Take(new Answer(201, null, "reg_2", "confirmed", true)) is (Violation.Doubled, _));
        yield return ("a repeated request is refused", entry.Take(new Answer(409, "already-registered", null, null, false)) is (Violation.Lost, _));
    }

    // Not a breach but the tool of many faults: what one server has answered, the other has after it took over.
    private static async IAsyncEnumerable<(string Name, bool Noticed)> PostgresAsync([System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken ct)
    {
        if (PostgresServer.FindTools() is null) yield break;
        await using var first = await PostgresServer.CreateAsync(ct);
        await using var second = await first.AddStandbyAsync(ct);
        await first.ExecuteAsync("CREATE TABLE kept (id INTEGER PRIMARY KEY)", ct);
        await first.RestartAtOnceAsync(ct);
        await first.ExecuteAsync("INSERT INTO kept VALUES (1)", ct);
        await first.StopAtOnceAsync(ct);
        await second.PromoteAsync(ct);
        yield return ("PostgreSQL fails over to its standby with all that was answered", await second.ScalarAsync<int>("SELECT id FROM kept", ct) == 1);
        yield return ($"PostgreSQL's own check of its files runs{string.Concat(await second.CheckAsync("postgres", ct))}", (await second.CheckAsync("postgres", ct)).Count == 0);
        yield return ("PostgreSQL's own check would tell of a database it cannot read", (await second.CheckAsync("none", ct)).Count > 0);
    }

    private static Task<SqliteStore> CopyAsync(SqliteStore store)
    {
        var copy = SqliteStore.Create();
        Directory.CreateDirectory(copy.Folder);
        using var from = store.Open();
        using var to = new Microsoft.Data.Sqlite.SqliteConnection($"Data Source={copy.File};Pooling=False");
        to.Open();
        from.BackupDatabase(to);
        return Task.FromResult(copy);
    }
}
