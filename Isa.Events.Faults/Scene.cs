using System.Diagnostics;
using System.Globalization;
using System.Net;
using Dapper;
using Isa.Events.Benchmarks;
using Isa.Events.Faults.Ledgers;
using Isa.Events.Faults.Servers;

namespace Isa.Events.Faults;

/// <summary>A database, the processes that serve it, and the ledger of those who call them.</summary>
public sealed class Scene : IAsyncDisposable
{
    /// <summary>The site with few seats.</summary>
    public const string Room = "hannover";

    /// <summary>The site without a limit.</summary>
    public const string Zoom = "zoom";

    private const int RoomSeats = 25;
    private static int _events;
    private readonly List<string> _eventIds = [];

    private Scene(IStore store, Outcome outcome, Ledger ledger, IReadOnlyList<ApiProcess> nodes) => (Store, Outcome, Ledger, Nodes) = (store, outcome, ledger, nodes);

    public IStore Store { get; }

    public Outcome Outcome { get; }

    public Ledger Ledger { get; }

    public IReadOnlyList<ApiProcess> Nodes { get; }

    /// <summary>The only process, or the first.</summary>
    public ApiProcess Node => Nodes[0];

    /// <summary>The event that was made last.</summary>
    public string EventId => _eventIds[^1];

    /// <summary>Brings the tables up, makes a key and starts the processes.</summary>
    public static async Task<Scene> SetAsync(IStore store, Outcome outcome, CancellationToken ct, int nodes = 1, Launch? launch = null)
    {
        var made = await Launch.Plain.RunAsync(store, 2 * Extent.BackToNormal, ct, "keys", "create", "--role", "organizer", "--name", "faults");
        if (made.ExitCode != 0) throw new InvalidOperationException($"No key could be made: {made.Error}");
        var processes = Enumerable.Range(1, nodes).Select(n => new ApiProcess(n, store is PostgresStore postgres ? postgres.SettingsAs(NameOf(n)) : store.Settings, launch ?? Launch.Plain)).ToArray();
        var scene = new Scene(store, outcome, new Ledger(outcome, made.Output.Trim()), processes);
        foreach (var process in processes) process.Start();
        foreach (var process in processes) await process.ReadyAsync(ct);
        return scene;
    }

    /// <summary>How a process is called among the database's connections.</summary>
    public static string NameOf(int node) => $"node-{node}";

    /// <summary>One of the processes.</summary>
    public ApiProcess Any() => Nodes[Random.Shared.Next(Nodes.Count)];

    /// <summary>Publishes an event with a room of few seats and a video conference without limit.</summary>
    public async Task<string> NewEventAsync(CancellationToken ct)
    {
        var slug = $"event-{Interlocked.Increment(ref _events).ToString(CultureInfo.InvariantCulture)}";
        var made = await Ledger.SendAsync(HttpMethod.Post, "/v1/events", Node, ct, EventDraft.Create(slug, EventDraft.Room(Room, RoomSeats), EventDraft.Online(Zoom, null)).ToJsonString());
        var published = made?.Id is null ? null : await Ledger.SendAsync(HttpMethod.Post, $"/v1/events/{made.Id}/publish", Node, ct);
        if (published is not { IsSuccess: true }) throw new InvalidOperationException($"No event could be published: {made} {published}");
        _eventIds.Add(made!.Id!);
        return made.Id!;
    }

    /// <summary>Lets callers register people for the event made last, at any of the processes.</summary>
    public Crowd StartCrowd(CancellationToken ct, Func<int, ApiProcess>? pick = null) => new(Ledger, EventId, pick ?? (_ => Any()), ct);

    /// <summary>Waits until so many are registered for the event made last, and some of them have cancelled; then a moment nobody can foresee.</summary>
    public async Task BusyAsync(CancellationToken ct, int registered = 20)
    {
        await Wait.UntilAsync(() => Task.FromResult(Ledger.Of(EventId).Count(e => e.Id is not null) >= registered && Ledger.Of(EventId).Count(e => e.Cancelled) >= registered / 20), 2 * Extent.BackToNormal, "people are registered", ct);
        await Task.Delay(Random.Shared.Next(300), ct);
    }

    /// <summary>Waits until each process takes registrations again.</summary>
    /// <param name="since">When the fault was over.</param>
    /// <param name="ct">Gives up.</param>
    public async Task RecoverAsync(long since, CancellationToken ct)
    {
        foreach (var node in Nodes)
        {
            var entry = Ledger.Begin(EventId, Zoom);
            while (await Ledger.RegisterAsync(entry, node, ct) is not { IsSuccess: true } && Stopwatch.GetElapsedTime(since) < 2 * Extent.BackToNormal) await Task.Delay(20, ct);
        }

        Outcome.AddRecovery(Stopwatch.GetElapsedTime(since));
    }

    /// <summary>Compares ledger, tables and API for the event made last: at once, and again when what was in doubt has been sent again.</summary>
    public async Task VerifyAsync(CancellationToken ct)
    {
        var entries = Ledger.Of(EventId).ToList();
        var early = Compare(EventId, settled: false).Registrations.Select(r => r.Key).ToHashSet();
        if (entries.Count(e => e.IsDenied && early.Contains(e.Key)) is > 0 and var denied) Outcome.Note($"{denied} answered 'nothing was stored' were stored, and found by their repetition");
        await Ledger.SettleAsync(entries, Any, ct);
        await Ledger.ReplayAsync(entries, 30, Any, ct);
        var stored = Compare(EventId, settled: true);
        await CompareWithApiAsync(stored, ct);
    }

    /// <summary>Compares all events of the scene, and asks the database about itself.</summary>
    public async Task FinishAsync(CancellationToken ct)
    {
        await CompareElsewhereAsync(Store, Outcome, ct);
        if (!Outcome.Failed) return;
        foreach (var node in Nodes)
            foreach (var line in node.Log.TakeLast(5)) await Console.Error.WriteLineAsync($"  process {node.Number}: {line}");
    }

    /// <summary>Compares all events of the scene with what a database holds, and asks that about itself.</summary>
    public async Task CompareElsewhereAsync(IStore store, Outcome outcome, CancellationToken ct)
    {
        foreach (var eventId in _eventIds) new Comparison(Ledger, eventId, StoredEvent.Read(store, eventId), outcome).Run(settled: true);
        foreach (var found in await store.CheckIntegrityAsync(ct)) outcome.Report(Violation.Other, found);
        using var connection = store.Open();
        var forgotten = connection.ExecuteScalar<long>("SELECT COUNT(*) FROM registrations r LEFT JOIN idempotency_keys i ON i.resource_id = r.id WHERE i.resource_id IS NULL");
        if (forgotten > 0) outcome.Report(Violation.Other, $"{forgotten} registrations without their Idempotency-Key");
    }

    /// <summary>Reports every read that is not answered as it should be.</summary>
    public async Task CheckReadsAsync(ApiProcess node, CancellationToken ct)
    {
        foreach (var path in new[] { "/health/live", $"/v1/events/{EventId}", $"/v1/events/{EventId}/availability" })
        {
            if (await StatusAsync(node, path, ct) is var status and not HttpStatusCode.OK) Outcome.Report(Violation.Other, $"{path} was answered {status} during the fault");
        }
    }

    public static async Task<HttpStatusCode> StatusAsync(ApiProcess node, string path, CancellationToken ct)
    {
        using var answer = await node.Client.GetAsync(path, ct);
        await answer.Content.ReadAsByteArrayAsync(ct);
        return answer.StatusCode;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var node in Nodes) await node.DisposeAsync();
        await Store.DisposeAsync();
    }

    private StoredEvent Compare(string eventId, bool settled)
    {
        var stored = StoredEvent.Read(Store, eventId);
        new Comparison(Ledger, eventId, stored, Outcome).Run(settled);
        return stored;
    }

    private async Task CompareWithApiAsync(StoredEvent stored, CancellationToken ct)
    {
        var node = Any();
        var shown = new Dictionary<string, string>();
        string? cursor = null;
        do
        {
            var page = await Ledger.ReadAsync($"/v1/events/{EventId}/registrations?limit=200{(cursor is null ? "" : $"&cursor={Uri.EscapeDataString(cursor)}")}", node, ct);
            foreach (var item in page["items"]!.AsArray()) shown.Add((string)item!["id"]!, (string)item["status"]!);
            cursor = (string?)page["nextCursor"];
        }
        while (cursor is not null);

        var rows = stored.Registrations.ToDictionary(r => r.Id, r => r.Status);
        if (rows.Count != shown.Count || rows.Any(r => shown.GetValueOrDefault(r.Key) != r.Value)) Outcome.Report(Violation.Other, $"the API lists {shown.Count} registrations of {EventId}, not the {rows.Count} stored ones");

        if (Nodes.Count > 1) await Task.Delay(600, ct); // another process may show what it read half a second ago
        var availability = await Ledger.ReadAsync($"/v1/events/{EventId}/availability", node, ct);
        foreach (var site in availability["sites"]!.AsArray())
        {
            var taken = (long)site!["seatsTaken"]!;
            if (stored.Sites.First(s => s.Id == (string)site["siteId"]!).SeatsTaken is var counted && counted != taken) Outcome.Report(Violation.Other, $"the API shows {taken} seats taken at {site["siteId"]}, not {counted}");
        }
    }
}
