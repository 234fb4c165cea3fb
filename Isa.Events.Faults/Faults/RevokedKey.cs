using System.Diagnostics;
using System.Net.Http.Headers;
using System.Text.RegularExpressions;
using Isa.Events.Faults.Servers;

namespace Isa.Events.Faults.Faults;

/// <summary>A key that the command line revokes while all processes answer to it: within a second none of them does.</summary>
internal sealed partial class RevokedKey : IFault
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(1);

    public string Name => "revoked-key";

    public IReadOnlyList<string> Databases => Isa.Events.Faults.Databases.All;

    public async Task RunAsync(Trial trial, CancellationToken ct)
    {
        var store = await trial.NewStoreAsync(ct);
        await using var scene = await Scene.SetAsync(store, trial.Outcome, ct, nodes: store is PostgresStore ? 3 : 1);
        for (; trial.Outcome.Runs < trial.Extent.Repeats; trial.Outcome.Runs++)
        {
            var made = await Launch.Plain.RunAsync(store, Extent.BackToNormal, ct, "keys", "create", "--role", "partner", "--name", "revoked");
            using var enough = new CancellationTokenSource();
            var asking = scene.Nodes.Select(node => AskAsync(node, made.Output.Trim(), enough.Token)).ToArray();
            await Task.Delay(500, ct);
            var revoked = await Launch.Plain.RunAsync(store, Extent.BackToNormal, ct, "keys", "revoke", KeyId().Match(made.Error).Value);
            var stopped = Stopwatch.GetTimestamp();
            if (revoked.ExitCode != 0) trial.Outcome.Report(Violation.Other, $"a key could not be revoked: {revoked.Error}");
            await Task.Delay(Limit * 2, ct);
            await enough.CancelAsync();
            foreach (var (node, taken) in scene.Nodes.Zip(await Task.WhenAll(asking)))
            {
                if (taken.First == 0) trial.Outcome.Report(Violation.Other, $"process {node.Number} never answered to the key: the test shows nothing");
                if (taken.Last > stopped && Stopwatch.GetElapsedTime(stopped, taken.Last) is var late && late > Limit) trial.Outcome.Report(Violation.Other, $"process {node.Number} answered to a key {late.TotalSeconds:0.0} s after it was revoked");
            }
        }

        await scene.FinishAsync(ct);
    }

    // When the first and the last request that was answered with 200 were sent.
    private static async Task<(long First, long Last)> AskAsync(ApiProcess node, string key, CancellationToken ct)
    {
        var (first, last) = (0L, 0L);
        while (!ct.IsCancellationRequested)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "/v1/me") { Headers = { Authorization = new AuthenticationHeaderValue("Bearer", key) } };
            var sent = Stopwatch.GetTimestamp();
            using var answer = await node.Client.SendAsync(request, CancellationToken.None);
            if (answer.IsSuccessStatusCode) (first, last) = (first == 0 ? sent : first, sent);
            await Task.Delay(5, CancellationToken.None);
        }

        return (first, last);
    }

    [GeneratedRegex("key_[0-9a-f]+")]
    private static partial Regex KeyId();
}
