using System.Diagnostics;
using Isa.Events.Api.Features.Events;
using Isa.Events.Api.Problems;
using Microsoft.Data.Sqlite;

namespace Isa.Events.Tests.Database;

public class GroupCommitTests(SharedHost shared)
{
    private const string Mark = "INSERT INTO server_secrets (name, value, created_at) VALUES (@Name, @Value, @Now)";
    private const string Marked = "SELECT name FROM server_secrets WHERE name = @Name";

    [Fact]
    public async Task A_work_that_fails_after_it_wrote_is_undone_alone()
    {
        using var gate = new ManualResetEventSlim();
        var first = shared.Database.WriteAsync("gate", _ => gate.Wait(TimeSpan.FromSeconds(10)), CancellationToken.None);
        var tag = Guid.NewGuid().ToString("N");
        // All of these wait behind the gate and share a transaction.
        var works = Enumerable.Range(0, 20).Select(n => shared.Database.WriteAsync("batch", session =>
        {
            session.Execute(Mark, new { Name = $"{tag}-{n}", Value = new byte[1], session.Now });
            return n % 5 == 3 ? throw new ProblemException(Problem.SiteFull) : n;
        }, CancellationToken.None)).ToList();
        gate.Set();
        await first;
        for (var n = 0; n < works.Count; n++)
        {
            if (n % 5 == 3) (await Should.ThrowAsync<ProblemException>(works[n])).Problem.ShouldBe(Problem.SiteFull);
            else (await works[n]).ShouldBe(n);
            var stored = await shared.Database.ReadAsync(session => session.One<string>(Marked, new { Name = $"{tag}-{n}" }), CancellationToken.None);
            (stored is not null).ShouldBe(n % 5 != 3, $"work {n}");
        }
    }

    [Fact]
    public async Task A_full_disk_in_the_middle_of_a_batch_answers_nobody_falsely()
    {
        await using var host = new EventsHost { Kind = DatabaseKind.Sqlite };
        await host.InitializeAsync();
        var evt = await host.EventAsync();
        var pages = await host.Database.WriteAsync("limit", session => session.One<long>("PRAGMA page_count"), CancellationToken.None);
        await host.Database.WriteAsync("limit", session => session.One<long>($"PRAGMA max_page_count = {pages + 8}"), CancellationToken.None);

        var answers = await Task.WhenAll(Enumerable.Range(0, 400).Select(_ => host.Partner.RegisterAsync(evt, Given.Person(siteId: "zoom", change: p => p["needs"] = new string('x', 900)))));

        var accepted = answers.Where(a => a.Status == HttpStatusCode.Created).Select(a => (string)a.Json["id"]!).ToHashSet();
        answers.Where(a => a.Status != HttpStatusCode.Created).ShouldNotBeEmpty();
        foreach (var refused in answers.Where(a => a.Status != HttpStatusCode.Created))
        {
            refused.ShouldBe(HttpStatusCode.ServiceUnavailable, "storage-unavailable");
            refused.Header("Retry-After").ShouldNotBeNull();
        }

        (await Stored(host, evt)).ShouldBe(accepted, ignoreOrder: true);
        (await Taken(host, evt, "zoom")).ShouldBe(accepted.Count);

        // Room again: it works by itself.
        await host.Database.WriteAsync("limit", session => session.One<long>("PRAGMA max_page_count = 1000000"), CancellationToken.None);
        (await host.Partner.RegisterAsync(evt)).ShouldBe(HttpStatusCode.Created);
    }

    [Fact]
    public async Task A_full_queue_is_answered_busy()
    {
        await using var host = new EventsHost { Settings = { ["Database:MaxQueue"] = "2", ["Database:MaxWriters"] = "1" } };
        await host.InitializeAsync();
        var evt = await host.EventAsync();
        using var gate = new ManualResetEventSlim();
        using var entered = new ManualResetEventSlim();
        var holding = host.Database.WriteAsync("gate", _ =>
        {
            entered.Set();
            return gate.Wait(TimeSpan.FromSeconds(20));
        }, CancellationToken.None);
        entered.Wait(TestContext.Current.CancellationToken);
        var waiting = Enumerable.Range(1, 2).Select(n => host.Database.WriteAsync("wait", _ => n, CancellationToken.None)).ToList();

        var refused = (await host.Partner.RegisterAsync(evt)).ShouldBe(HttpStatusCode.ServiceUnavailable, "busy");
        refused.Header("Retry-After").ShouldNotBeNull();
        (await host.Anybody.GetAsync($"/v1/events/{evt}/availability")).ShouldBe(HttpStatusCode.OK);

        gate.Set();
        await Task.WhenAll(waiting);
        (await holding).ShouldBeTrue();
        (await host.Partner.RegisterAsync(evt)).ShouldBe(HttpStatusCode.Created);
    }

    [Fact]
    public async Task A_lock_that_another_process_holds_is_answered_busy_while_reads_go_on()
    {
        await using var host = new EventsHost { Kind = DatabaseKind.Sqlite, Settings = { ["Database:LockTimeoutSeconds"] = "1" } };
        await host.InitializeAsync();
        var evt = await host.EventAsync();
        await using var other = new SqliteConnection($"Data Source={host.Database.File};Pooling=False");
        other.Open();
        using (other.BeginTransaction(deferred: false))
        {
            var writing = host.Partner.RegisterAsync(evt);
            (await host.Anybody.GetAsync($"/v1/events/{evt}")).ShouldBe(HttpStatusCode.OK);
            (await writing).ShouldBe(HttpStatusCode.ServiceUnavailable, "busy");
        }

        (await host.Partner.RegisterAsync(evt)).ShouldBe(HttpStatusCode.Created);
    }

    [Fact]
    public async Task Gives_up_a_work_that_nobody_waits_for_any_more()
    {
        using var gate = new ManualResetEventSlim();
        using var gone = new CancellationTokenSource();
        var holding = shared.Database.WriteAsync("gate", _ => gate.Wait(TimeSpan.FromSeconds(10)), CancellationToken.None);
        var ran = false;
        var work = shared.Database.WriteAsync("gone", _ => ran = true, gone.Token);
        await gone.CancelAsync();
        gate.Set();
        await holding;
        await Should.ThrowAsync<OperationCanceledException>(work);
        ran.ShouldBeFalse();
    }

    [Fact]
    public async Task A_work_sees_what_one_before_it_in_the_same_transaction_changed()
    {
        var evt = await shared.EventAsync();
        using var gate = new ManualResetEventSlim();
        var holding = shared.Database.WriteAsync("gate", _ => gate.Wait(TimeSpan.FromSeconds(10)), CancellationToken.None);
        var before = shared.Database.WriteAsync(evt, session => session.LockEvent(evt).Revision, CancellationToken.None);
        var change = shared.Database.WriteAsync(evt, session =>
        {
            var locked = session.LockEvent(evt);
            (locked with { Version = locked.Version + 1, Revision = locked.Revision + 1 }).Update(session);
            return session.Now;
        }, CancellationToken.None);
        var after = shared.Database.WriteAsync(evt, session => session.LockEvent(evt).Revision, CancellationToken.None);
        gate.Set();
        await holding;
        await change;
        (await after).ShouldBe(await before + 1);
    }

    [Fact]
    public async Task The_log_is_copied_into_the_file_while_the_server_runs()
    {
        await using var own = new EventsHost { Kind = DatabaseKind.Sqlite };
        await own.InitializeAsync();
        var evt = await own.EventAsync();
        var copy = Path.Combine(own.Folder, "copy.db");
        var patience = Stopwatch.StartNew();
        for (var found = 0L; found == 0;)
        {
            patience.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(20));
            await Task.Delay(100, TestContext.Current.CancellationToken);
            File.Copy(own.Database.File!, copy, overwrite: true); // the file alone, without its log
            await using var file = new SqliteConnection($"Data Source={copy};Pooling=False");
            file.Open();
            await using var count = new SqliteCommand("SELECT COUNT(*) FROM sqlite_schema WHERE name = 'events'", file);
            if ((long)(await count.ExecuteScalarAsync(TestContext.Current.CancellationToken))! == 0) continue;
            count.CommandText = "SELECT COUNT(*) FROM events WHERE id = @Id";
            count.Parameters.AddWithValue("@Id", evt);
            found = (long)(await count.ExecuteScalarAsync(TestContext.Current.CancellationToken))!;
        }
    }

    private static async Task<List<string>> Stored(EventsHost host, string evt) =>
        await host.Database.ReadAsync(session => session.Query<string>("SELECT id FROM registrations WHERE event_id = @EventId", new { EventId = evt }), CancellationToken.None);

    private static async Task<long> Taken(EventsHost host, string evt, string site) =>
        await host.Database.ReadAsync(session => session.One<long>("SELECT seats_taken FROM sites WHERE event_id = @EventId AND id = @Id", new { EventId = evt, Id = site }), CancellationToken.None);
}
