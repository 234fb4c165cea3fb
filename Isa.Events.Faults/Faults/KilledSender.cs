using System.Collections.Concurrent;
using System.Text;
using Dapper;
using Isa.Events.Benchmarks.Load;
using Isa.Events.Faults.Servers;

namespace Isa.Events.Faults.Faults;

/// <summary>
/// kill -9 while mails go out. Each mail that the outbox calls sent has reached the mail server, none oftener than it was tried, and whoever is registered or out has been told so.
/// </summary>
internal sealed class KilledSender : IFault
{
    private static readonly TimeSpan AllSent = TimeSpan.FromMinutes(3);

    public string Name => "killed-sender";

    public IReadOnlyList<string> Databases => Isa.Events.Faults.Databases.All;

    public async Task RunAsync(Trial trial, CancellationToken ct)
    {
        var taken = new ConcurrentBag<string>();
        using var sink = new SmtpSink { Taking = message => taken.Add(MessageIdOf(message)) };
        var launch = new Launch
        {
            Environment = new Dictionary<string, string>
            {
                ["Email__Smtp__Host"] = "127.0.0.1", ["Email__Smtp__Port"] = $"{sink.Port}", ["Email__Smtp__Security"] = "none", ["Email__FromAddress"] = "events@example.org", ["Email__MaxPerSecond"] = "10000",
            },
        };
        await using var scene = await Scene.SetAsync(await trial.NewStoreAsync(ct), trial.Outcome, ct, nodes: trial.Outcome.Database == Isa.Events.Faults.Databases.Postgres ? 2 : 1, launch);
        await scene.NewEventAsync(ct);
        for (; trial.Outcome.Runs < trial.Extent.Kills / 4; trial.Outcome.Runs++)
        {
            var before = sink.Count;
            await using (var crowd = scene.StartCrowd(ct))
            {
                await Wait.UntilAsync(() => Task.FromResult(sink.Count >= before + 20), 2 * Extent.BackToNormal, "mails go out", ct);
                await crowd.StopAsync();
            }

            await Task.Delay(Random.Shared.Next(100), ct);
            var victim = scene.Nodes[trial.Outcome.Runs % scene.Nodes.Count];
            await victim.KillAsync(ct);
            victim.Start();
            await victim.ReadyAsync(ct);
            Forget(scene.Store);
        }

        await scene.VerifyAsync(ct);
        await scene.FinishAsync(ct);
        await Wait.UntilAsync(() =>
        {
            Forget(scene.Store);
            return Task.FromResult(Count(scene.Store, "SELECT COUNT(*) FROM outbox WHERE state = 'pending'") == 0);
        }, AllSent, "all mails are sent", ct);
        Compare(scene.Store, taken, trial.Outcome);
    }

    // What a process had taken comes free after some minutes: they are over. That of one that still runs, too, as if it had stood still.
    private static void Forget(IStore store)
    {
        using var connection = store.Open();
        connection.Execute("UPDATE outbox SET leased_until = '2020-01-01T00:00:00.000Z' WHERE state = 'pending' AND leased_until IS NOT NULL");
    }

    private static long Count(IStore store, string sql)
    {
        using var connection = store.Open();
        return connection.ExecuteScalar<long>(sql);
    }

    private static void Compare(IStore store, ConcurrentBag<string> taken, Outcome outcome)
    {
        var times = taken.CountBy(id => id).ToDictionary(id => id.Key, id => id.Value);
        using var connection = store.Open();
        var rows = connection.Query<Row>("SELECT id, kind, registration_id AS Registration, state, message_id AS MessageId, attempts FROM outbox ORDER BY id").ToList();
        // What was on its way when the person cancelled, and did not leave, needs not be said any more.
        var cancelled = rows.Where(row => row.Kind == "registrationCancelled").Select(row => row.Registration).ToHashSet();
        foreach (var row in rows)
        {
            if (row.State == "failed") outcome.Report(Violation.Other, $"the mail {row.Id} was given up");
            if (row.MessageId is null) continue;
            var arrived = times.GetValueOrDefault(row.MessageId);
            if (row.State == "done" && arrived == 0 && (row.Kind == "registrationCancelled" || !cancelled.Contains(row.Registration))) outcome.Report(Violation.Lost, $"the mail {row.Id} counts as sent and has not arrived");
            if (arrived > row.Attempts) outcome.Report(Violation.Doubled, $"the mail {row.Id} arrived {arrived} times and was tried {row.Attempts} times");
        }

        var silent = connection.ExecuteScalar<long>("""
            SELECT COUNT(*) FROM registrations r
            WHERE NOT EXISTS (SELECT 1 FROM outbox o WHERE o.registration_id = r.id AND o.state = 'done' AND o.message_id IS NOT NULL)
            """);
        if (silent > 0) outcome.Report(Violation.Lost, $"{silent} people were told nothing");
        outcome.Note($"{times.Count} mails, {times.Values.Count(n => n > 1)} of them twice");
    }

    private sealed record Row
    {
        public string Id { get; init; } = "";

        public string Kind { get; init; } = "";

        public string? Registration { get; init; }

        public string State { get; init; } = "";

        public string? MessageId { get; init; }

        public long Attempts { get; init; }
    }

    private static string MessageIdOf(byte[] message)
    {
        foreach (var line in Encoding.ASCII.GetString(message).Split("\r\n"))
            if (line.StartsWith("Message-Id: <", StringComparison.OrdinalIgnoreCase)) return line[13..^1];
        return "none";
    }
}
