using System.Diagnostics;
using Isa.Events.Api.Database;
using Isa.Events.Api.Database.Postgres;
using Isa.Events.Api.Features.Events;
using Isa.Events.Api.Features.Partners;
using Isa.Events.Api.Features.Registrations;
using Isa.Events.Api.Features.Server;
using Isa.Events.Api.Problems;
using Isa.Events.Api.Settings;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Isa.Events.Tests.Database;

/// <summary>What is true on PostgreSQL alone: journeys, lost answers, and several processes on one database.</summary>
public class PostgresTests
{
    private const string Count = "SELECT COUNT(*) FROM registrations WHERE event_id = @EventId";

    [Theory(SkipUnless = nameof(TestPostgres.IsThere), SkipType = typeof(TestPostgres), Skip = TestPostgres.Missing)]
    [InlineData(1)]
    [InlineData(50)]
    public async Task Registrations_of_one_transaction_cost_two_journeys_and_the_commit(int works)
    {
        await using var host = new EventsHost { Kind = DatabaseKind.Postgres };
        await host.InitializeAsync();
        var evt = await host.EventAsync();
        var event_ = await host.Database.ReadAsync(session => Event.Find(session, evt)!, CancellationToken.None);
        var caller = new Caller { KeyId = "key_1", HolderId = "hld_1", Name = "Website", Role = Role.Partner, IsTest = false };
        var people = Enumerable.Range(0, works).Select(n => new RegistrationRequest
        {
            SiteId = "zoom", FullName = $"Erika {n}", Email = $"erika{n}@example.org", Language = Isa.Events.Api.Http.Language.De, Audience = Audience.Guest, NoticeVersion = "1",
        }).Select(request => (Request: request, Wanted: request.ToRegistration(event_, caller) with { Reference = NewRegistration.NewReference("ISA") })).Select(p => (p.Request, p.Wanted, Rival: Rival.Of(p.Wanted))).ToList();

        using var session = host.Database.Engine.OpenWriter();
        var channel = (PostgresChannel)session.Channel;
        session.Begin(evt, Instant.Cut(EventsHost.Start), [.. people.Select(p => p.Rival)]);
        foreach (var (request, wanted, rival) in people)
        {
            channel.BeginWork();
            RegisterForEvent.Register(session, evt, request, wanted, rival, new SeatLook(), caller, host.Services.GetRequiredService<RegistrationTokens>(), host.Services.GetRequiredService<IOptions<ServerSettings>>().Value);
        }

        channel.Commit();
        channel.End();
        // The event itself, read once and kept while its version stays, takes two more.
        channel.Journeys.ShouldBe(3 + 2);
        (await host.Database.ReadAsync(s => s.One<long>(Count, new { EventId = evt }), CancellationToken.None)).ShouldBe(works);
    }

    [Fact(SkipUnless = nameof(TestPostgres.IsThere), SkipType = typeof(TestPostgres), Skip = TestPostgres.Missing)]
    public async Task What_is_written_reads_no_whole_tables_and_is_not_compiled_for_them()
    {
        await using var host = new EventsHost { Kind = DatabaseKind.Postgres };
        await host.InitializeAsync();
        var settings = await host.Database.WriteAsync("any", session => session.One<string>("SELECT current_setting('enable_seqscan') || ' ' || current_setting('jit')"), CancellationToken.None);
        settings.ShouldBe("off off");
        // A plan that is made while the outbox is empty serves when it is full.
        var plan = await host.Database.ReadAsync(session => string.Join('\n', session.Query<string>(
            "EXPLAIN UPDATE outbox SET due_at = due_at WHERE event_id = 'a' AND registration_id = 'b' AND state = 'pending'")), CancellationToken.None);
        plan.ShouldContain("Index Cond: ((event_id = 'a'::text) AND (registration_id = 'b'::text))");
    }

    [Fact(SkipUnless = nameof(TestPostgres.IsThere), SkipType = typeof(TestPostgres), Skip = TestPostgres.Missing)]
    public async Task Cancellations_that_give_their_seats_to_the_next_cost_two_journeys_more_together()
    {
        await using var host = new EventsHost { Kind = DatabaseKind.Postgres };
        await host.InitializeAsync();
        var evt = await host.EventWithQueueAsync(2);
        var people = new List<string>();
        for (var n = 0; n < 4; n++) people.Add((string)(await host.Partner.RegisteredAsync(evt))["id"]!);
        var leaving = people.Take(2).Select(Registration.Of).ToList();

        using var session = host.Database.Engine.OpenWriter();
        var channel = (PostgresChannel)session.Channel;
        session.Begin(evt, Instant.Cut(EventsHost.Start), [.. leaving]);
        foreach (var ahead in leaving)
        {
            channel.BeginWork();
            Ending.End(session, session.LockEvent(evt), session.One(ahead)!, RegistrationStatus.Cancelled, null, Actor.Partner, null);
        }

        session.RunToEnd();
        channel.Commit();
        channel.End();
        // The beginning, the event itself, which entries are next, who they are, what is left to write, the commit.
        channel.Journeys.ShouldBe(1 + 2 + 1 + 1 + 2);
        (await host.CountsAsync(evt)).ShouldContain("hannover 2/0");
        await host.IsWholeAsync();
    }

    [Theory(SkipUnless = nameof(TestPostgres.IsThere), SkipType = typeof(TestPostgres), Skip = TestPostgres.Missing)]
    [InlineData(Cut.BeforeCommit)]
    [InlineData(Cut.AfterCommit)]
    public async Task A_commit_whose_answer_is_lost_is_asked_for_and_done_once(Cut where)
    {
        await using var proxy = new CutProxy(TestPostgres.Server!);
        await using var host = new EventsHost { Kind = DatabaseKind.Postgres, Through = proxy.Through };
        await host.InitializeAsync();
        var evt = await host.EventWithSeatsAsync(40);
        (await host.Partner.RegisterAsync(evt)).ShouldBe(HttpStatusCode.Created);
        for (var round = 0; round < 5; round++)
        {
            proxy.CutNext(1, where);
            var answers = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => host.Partner.RegisterAsync(evt)));
            answers.ShouldAllBe(a => a.Status == HttpStatusCode.Created);
        }

        proxy.Done.ShouldBe(5);
        (await host.Database.ReadAsync(session => session.One<long>(Count, new { EventId = evt }), CancellationToken.None)).ShouldBe(31);
        ((long)(await host.Anybody.GetAsync($"/v1/events/{evt}/availability")).Json["sites"]![0]!["seatsTaken"]!).ShouldBe(31);
    }

    [Fact(SkipUnless = nameof(TestPostgres.IsThere), SkipType = typeof(TestPostgres), Skip = TestPostgres.Missing)]
    public async Task An_outcome_that_nobody_can_tell_is_said_to_be_unknown_and_a_repeat_settles_it()
    {
        await using var proxy = new CutProxy(TestPostgres.Server!);
        await using var host = new EventsHost { Kind = DatabaseKind.Postgres, Through = proxy.Through };
        await host.InitializeAsync();
        var evt = await host.EventAsync();
        (await host.Partner.RegisterAsync(evt)).ShouldBe(HttpStatusCode.Created); // the key's first use is noted with it
        while (await host.Database.ReadAsync(session => session.One<long>("SELECT COUNT(*) FROM api_keys WHERE last_used_at IS NULL"), CancellationToken.None) > 0) await Task.Delay(20, TestContext.Current.CancellationToken);
        var person = Given.Person();
        proxy.CutNext(1, Cut.AfterCommit);
        proxy.Unreachable = true;
        var unknown = (await host.Partner.RegisterAsync(evt, person, ("Idempotency-Key", "unknown"))).ShouldBe(HttpStatusCode.ServiceUnavailable, "outcome-unknown");
        unknown.Header("Retry-After").ShouldNotBeNull();
        proxy.Unreachable = false;
        var settled = (await host.Partner.RegisterAsync(evt, person, ("Idempotency-Key", "unknown"))).ShouldBe(HttpStatusCode.Created);
        settled.Header("Idempotent-Replayed").ShouldBe("true");
    }

    [Fact(SkipUnless = nameof(TestPostgres.IsThere), SkipType = typeof(TestPostgres), Skip = TestPostgres.Missing)]
    public async Task A_server_that_is_away_for_a_second_turns_nobody_away()
    {
        await using var proxy = new CutProxy(TestPostgres.Server!);
        // As where one of several hosts is looked for: one that failed is taken for lost until it is looked at again.
        await using var host = new EventsHost { Kind = DatabaseKind.Postgres, Through = text => new NpgsqlConnectionStringBuilder(proxy.Through(text)) { Host = $"127.0.0.1:{proxy.Port},127.0.0.1:{proxy.Port}" }.ConnectionString };
        await host.InitializeAsync();
        var evt = await host.EventAsync();
        var registration = (string)(await host.Partner.RegisteredAsync(evt))["id"]!;
        var back = proxy.GoAwayAsync(TimeSpan.FromSeconds(1));
        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(i => i % 2 == 0 ? host.Organizer.GetAsync($"/v1/registrations/{registration}") : host.Partner.RegisterAsync(evt)));
        await back;
        answers.ShouldAllBe(a => a.Status == HttpStatusCode.OK || a.Status == HttpStatusCode.Created);
    }

    [Fact(SkipUnless = nameof(TestPostgres.IsThere), SkipType = typeof(TestPostgres), Skip = TestPostgres.Missing)]
    public async Task Whether_a_batch_is_stored_is_told_without_storing_it()
    {
        await using var host = new EventsHost { Kind = DatabaseKind.Postgres };
        await host.InitializeAsync();
        var batches = await host.Database.ReadAsync(session => session.Query<string>("SELECT id FROM write_batches ORDER BY id"), CancellationToken.None);
        host.Database.Engine.IsStored(batches[^1]).ShouldBeTrue();
        var never = Guid.NewGuid().ToString("N");
        host.Database.Engine.IsStored(never).ShouldBeFalse();
        host.Database.Engine.IsStored(never).ShouldBeFalse();
    }

    [Fact(SkipUnless = nameof(TestPostgres.IsThere), SkipType = typeof(TestPostgres), Skip = TestPostgres.Missing)]
    public async Task Two_processes_sell_the_last_seats_once()
    {
        await using var processes = await TwoProcesses.StartAsync();
        var (first, second) = processes;
        var evt = await first.EventWithSeatsAsync(10);
        var answers = await Task.WhenAll(Enumerable.Range(0, 120).Select(n => Task.Run(() => (n % 2 == 0 ? first : second).Organizer.RegisterAsync(evt))));
        answers.Count(a => a.Status == HttpStatusCode.Created).ShouldBe(10);
        foreach (var refused in answers.Where(a => a.Status != HttpStatusCode.Created)) refused.ShouldBe(HttpStatusCode.Conflict, "site-full");

        // A seat given back on one is there on the other at once.
        var id = (string)answers.First(a => a.Status == HttpStatusCode.Created).Json["id"]!;
        (await first.Organizer.PostAsync($"/v1/registrations/{id}/cancel")).ShouldBe(HttpStatusCode.OK);
        (await second.Organizer.RegisterAsync(evt)).ShouldBe(HttpStatusCode.Created);
    }

    [Fact(SkipUnless = nameof(TestPostgres.IsThere), SkipType = typeof(TestPostgres), Skip = TestPostgres.Missing)]
    public async Task One_address_that_comes_to_two_processes_at_once_is_registered_once()
    {
        await using var processes = await TwoProcesses.StartAsync();
        var (first, second) = processes;
        var evt = await first.EventAsync();
        for (var round = 0; round < 10; round++)
        {
            var answers = await Task.WhenAll(Enumerable.Range(0, 12).Select(n => Task.Run(() => (n % 2 == 0 ? first : second).Organizer.RegisterAsync(evt, Given.Person($"same{round}@example.org", "zoom")))));
            answers.Count(a => a.Status == HttpStatusCode.Created).ShouldBe(1);
            foreach (var refused in answers.Where(a => a.Status != HttpStatusCode.Created)) refused.ShouldBe(HttpStatusCode.Conflict, "already-registered");
        }

        // The same key at both: one registration, answered to all.
        var person = Given.Person();
        var twins = await Task.WhenAll(Enumerable.Range(0, 12).Select(n => Task.Run(() => (n % 2 == 0 ? first : second).Caller(first.OrganizerKey).RegisterAsync(evt, person, ("Idempotency-Key", "twins")))));
        twins.ShouldAllBe(a => a.Status == HttpStatusCode.Created);
        twins.Select(a => (string)a.Json["id"]!).Distinct().ShouldHaveSingleItem();
        // And for what no other rule would hold apart.
        var draft = Given.Plenary(e => e.Remove("slug")).ToJsonString();
        var drafts = await Task.WhenAll(Enumerable.Range(0, 12).Select(n => Task.Run(() => (n % 2 == 0 ? first : second).Caller(first.OrganizerKey).PostAsync("/v1/events", draft, ("Idempotency-Key", "draft")))));
        drafts.ShouldAllBe(a => a.Status == HttpStatusCode.Created);
        drafts.Select(a => (string)a.Json["id"]!).Distinct().ShouldHaveSingleItem();
    }

    [Fact(SkipUnless = nameof(TestPostgres.IsThere), SkipType = typeof(TestPostgres), Skip = TestPostgres.Missing)]
    public async Task What_an_organiser_does_at_one_process_holds_at_the_other_at_once()
    {
        await using var processes = await TwoProcesses.StartAsync();
        var (first, second) = processes;
        var evt = await first.DraftAsync();
        (await second.Partner.GetAsync($"/v1/events/{evt}")).ShouldBe(HttpStatusCode.NotFound);
        var published = (await first.Organizer.PostAsync($"/v1/events/{evt}/publish", null, ("If-Match", "*"))).ShouldBe(HttpStatusCode.OK);
        (await second.Partner.RegisterAsync(evt)).ShouldBe(HttpStatusCode.Created);
        var tag = published.ETag!;
        foreach (var host in new[] { second, first, second, first })
            tag = (await host.Organizer.PatchAsync($"/v1/events/{evt}", new { description = new { de = tag } }, ("If-Match", tag))).ShouldBe(HttpStatusCode.OK).ETag!;

        (await second.Partner.GetAsync($"/v1/events/{evt}")).ShouldBe(HttpStatusCode.OK);
        (await first.Organizer.PostAsync($"/v1/events/{evt}/cancel", null, ("If-Match", tag))).ShouldBe(HttpStatusCode.OK);
        (await second.Partner.RegisterAsync(evt)).ShouldBe(HttpStatusCode.Conflict, "event-cancelled");
    }

    [Fact(SkipUnless = nameof(TestPostgres.IsThere), SkipType = typeof(TestPostgres), Skip = TestPostgres.Missing)]
    public async Task Nobody_is_registered_once_the_cancellation_was_answered_elsewhere()
    {
        await using var processes = await TwoProcesses.StartAsync();
        var (first, second) = processes;
        for (var round = 0; round < 5; round++)
        {
            var evt = await first.EventAsync();
            long cancelled = 0;
            var late = 0;
            var crowd = Enumerable.Range(0, 8).Select(_ => Task.Run(async () =>
            {
                for (var n = 0; n < 20; n++)
                {
                    var asked = Stopwatch.GetTimestamp();
                    var answer = await second.Partner.RegisterAsync(evt, Given.Person(siteId: "zoom"));
                    if (answer.Status == HttpStatusCode.Created && Volatile.Read(ref cancelled) is > 0 and var at && asked > at) Interlocked.Increment(ref late);
                    if (answer.Status == HttpStatusCode.Conflict) return;
                }
            })).ToList();
            await Task.Delay(30, TestContext.Current.CancellationToken);
            (await first.Organizer.PostAsync($"/v1/events/{evt}/cancel", null, ("If-Match", "*"))).ShouldBe(HttpStatusCode.OK);
            Volatile.Write(ref cancelled, Stopwatch.GetTimestamp());
            await Task.WhenAll(crowd);
            late.ShouldBe(0);
        }
    }

    [Fact(SkipUnless = nameof(TestPostgres.IsThere), SkipType = typeof(TestPostgres), Skip = TestPostgres.Missing)]
    public async Task A_process_that_stands_still_in_a_transaction_holds_the_others_up_for_seconds_and_does_no_harm()
    {
        await using var processes = await TwoProcesses.StartAsync();
        var (first, second) = processes;
        var evt = await first.EventAsync();
        using var standing = new ManualResetEventSlim();
        using var woken = new ManualResetEventSlim();
        var runs = 0;
        var still = first.Database.WriteAsync(evt, session =>
        {
            session.LockEvent(evt);
            session.Execute("UPDATE sites SET seats_taken = seats_taken + 1 WHERE event_id = @EventId AND id = 'zoom'", new { EventId = evt });
            if (Interlocked.Increment(ref runs) == 1)
            {
                standing.Set();
                woken.Wait(TimeSpan.FromSeconds(30));
            }

            return runs;
        }, CancellationToken.None);
        standing.Wait(TestContext.Current.CancellationToken);
        var start = Stopwatch.GetTimestamp();
        (await second.Partner.RegisterAsync(evt, Given.Person(siteId: "zoom"))).ShouldBe(HttpStatusCode.Created);
        Stopwatch.GetElapsedTime(start).ShouldBeLessThan(TimeSpan.FromSeconds(15));
        woken.Set();
        (await still).ShouldBe(2); // run again, on a new connection
        var seats = await first.Database.ReadAsync(session => session.One<long>("SELECT seats_taken FROM sites WHERE event_id = @EventId AND id = 'zoom'", new { EventId = evt }), CancellationToken.None);
        seats.ShouldBe(2);
    }

    [Fact(SkipUnless = nameof(TestPostgres.IsThere), SkipType = typeof(TestPostgres), Skip = TestPostgres.Missing)]
    public async Task One_of_several_processes_does_the_housekeeping_and_another_goes_on_when_it_is_gone()
    {
        await using var processes = await TwoProcesses.StartAsync();
        var (first, second) = processes;
        var both = new[] { first, second }.Select(host => host.Services.GetServices<IHostedService>().OfType<Housekeeping>().Single()).ToList();
        var done = await Task.WhenAll(Enumerable.Range(0, 10).Select(n => Task.Run(async () => (Node: n % 2, Ran: await both[n % 2].TryRunAsync(CancellationToken.None)))));
        done.Where(d => d.Ran).Select(d => d.Node).Distinct().ShouldHaveSingleItem();
        var other = 1 - done.First(d => d.Ran).Node;
        (await both[other].TryRunAsync(CancellationToken.None)).ShouldBeFalse();
        (other == 0 ? first : second).Time.Advance(TimeSpan.FromMinutes(56));
        (await both[other].TryRunAsync(CancellationToken.None)).ShouldBeTrue();
    }

    [Fact(SkipUnless = nameof(TestPostgres.IsThere), SkipType = typeof(TestPostgres), Skip = TestPostgres.Missing)]
    public async Task A_work_that_only_asks_and_refuses_leaves_the_others_of_its_transaction_alone()
    {
        await using var host = new EventsHost { Kind = DatabaseKind.Postgres, Settings = new() { ["Database:MaxWriters"] = "1" } };
        await host.InitializeAsync();
        var evt = await host.EventAsync();
        using var gate = new ManualResetEventSlim();
        var holding = host.Database.WriteAsync("gate", _ => gate.Wait(TimeSpan.FromSeconds(10)), CancellationToken.None);
        var runs = 0;
        var works = Enumerable.Range(0, 9).Select(n => host.Database.WriteAsync(evt, session =>
        {
            Interlocked.Increment(ref runs);
            session.LockEvent(evt);
            if (n % 3 == 1)
            {
                session.One<long>(Count, new { EventId = evt }); // carries what the works before it have put off
                throw new ProblemException(Problem.SiteFull);
            }

            session.Execute("UPDATE sites SET seats_taken = seats_taken + 1 WHERE event_id = @EventId AND id = 'zoom'", new { EventId = evt });
            return n;
        }, CancellationToken.None)).ToList();
        gate.Set();
        await holding;
        for (var n = 0; n < works.Count; n++)
        {
            if (n % 3 == 1) (await Should.ThrowAsync<ProblemException>(works[n])).Problem.ShouldBe(Problem.SiteFull);
            else (await works[n]).ShouldBe(n);
        }

        runs.ShouldBe(9); // none of them twice
        (await host.Database.ReadAsync(s => s.One<long>("SELECT seats_taken FROM sites WHERE event_id = @EventId AND id = 'zoom'", new { EventId = evt }), CancellationToken.None)).ShouldBe(6);
    }

    [Fact(SkipUnless = nameof(TestPostgres.IsThere), SkipType = typeof(TestPostgres), Skip = TestPostgres.Missing)]
    public async Task What_fails_on_a_journey_is_laid_at_the_door_of_the_work_it_belongs_to()
    {
        await using var host = new EventsHost { Kind = DatabaseKind.Postgres, Settings = new() { ["Database:MaxWriters"] = "1" } };
        await host.InitializeAsync();
        var evt = await host.EventAsync();
        using var gate = new ManualResetEventSlim();
        var holding = host.Database.WriteAsync("gate", _ => gate.Wait(TimeSpan.FromSeconds(10)), CancellationToken.None);
        var wrong = host.Database.WriteAsync(evt, session =>
        {
            session.Execute("UPDATE sites SET seats_taken = -1 WHERE event_id = @EventId AND id = 'zoom'", new { EventId = evt });
            return true;
        }, CancellationToken.None);
        var asking = host.Database.WriteAsync(evt, session => session.One<long>(Count, new { EventId = evt }), CancellationToken.None);
        gate.Set();
        await holding;
        await Should.ThrowAsync<PostgresException>(wrong);
        (await asking).ShouldBe(0);
    }

    [Fact(SkipUnless = nameof(TestPostgres.IsThere), SkipType = typeof(TestPostgres), Skip = TestPostgres.Missing)]
    public async Task Refuses_a_server_that_confirms_what_it_may_lose()
    {
        await using var postgres = await TestPostgres.CreateAsync();
        var careless = new NpgsqlConnectionStringBuilder(postgres.ConnectionString) { Options = "-c synchronous_commit=off" }.ConnectionString;
        using var engine = new PostgresEngine(new DatabaseSettings { Postgres = careless });
        Should.Throw<MigrationException>(engine.Migrate).Message.ShouldContain("synchronous_commit");
    }

    [Fact(SkipUnless = nameof(TestPostgres.IsThere), SkipType = typeof(TestPostgres), Skip = TestPostgres.Missing)]
    public async Task Several_processes_may_start_at_once_on_an_empty_database()
    {
        await using var postgres = await TestPostgres.CreateAsync();
        await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => Task.Run(() =>
        {
            using var engine = new PostgresEngine(new DatabaseSettings { Postgres = postgres.ConnectionString });
            engine.Migrate();
        })));
        using var last = new PostgresEngine(new DatabaseSettings { Postgres = postgres.ConnectionString });
        last.Read(session => session.One<long>("SELECT COUNT(*) FROM migrations")).ShouldBe(Migrations.Scripts().Count);
    }

    /// <summary>Two hosts on the same tables.</summary>
    private sealed record TwoProcesses(EventsHost First, EventsHost Second) : IAsyncDisposable
    {
        public static async Task<TwoProcesses> StartAsync()
        {
            var first = new EventsHost { Kind = DatabaseKind.Postgres };
            await first.InitializeAsync();
            var second = new EventsHost { Kind = DatabaseKind.Postgres, Beside = first };
            await second.InitializeAsync();
            return new TwoProcesses(first, second);
        }

        public async ValueTask DisposeAsync()
        {
            await Second.DisposeAsync();
            await First.DisposeAsync();
        }
    }
}
