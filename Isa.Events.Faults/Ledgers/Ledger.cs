using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Isa.Events.Faults.Servers;

namespace Isa.Events.Faults.Ledgers;

/// <summary>One request: when it was sent and answered, in ticks of the stopwatch.</summary>
/// <param name="Node">Number of the process it went to.</param>
/// <param name="SentAt">When.</param>
/// <param name="AnsweredAt">When, or when the connection was lost.</param>
/// <param name="Status">Of the answer; 0 where none came.</param>
public sealed record Sample(int Node, long SentAt, long AnsweredAt, int Status)
{
    public TimeSpan Time => Stopwatch.GetElapsedTime(SentAt, AnsweredAt);
}

/// <summary>Every request that was sent and every answer that came, kept outside the server.</summary>
/// <param name="outcome">Told of every answer that must not be.</param>
/// <param name="key">The API key to send with.</param>
public sealed class Ledger(Outcome outcome, string key)
{
    private static long _numbers;
    private readonly ConcurrentDictionary<string, Entry> _entries = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, ConcurrentQueue<Entry>> _byEvent = new(StringComparer.Ordinal);
    private readonly ConcurrentQueue<Sample> _samples = new();

    /// <summary>By Idempotency-Key.</summary>
    public IReadOnlyDictionary<string, Entry> Entries => _entries;

    public IEnumerable<Sample> Samples => _samples;

    public IEnumerable<Entry> Of(string eventId) => _byEvent.GetValueOrDefault(eventId) ?? Enumerable.Empty<Entry>();

    public Entry Begin(string eventId, string siteId, string? email = null)
    {
        var number = Interlocked.Increment(ref _numbers);
        var entry = new Entry(number, eventId, siteId, email ?? $"person-{number}@example.org");
        _entries[entry.Key] = entry;
        _byEvent.GetOrAdd(eventId, _ => new ConcurrentQueue<Entry>()).Enqueue(entry);
        return entry;
    }

    public async Task<Answer?> RegisterAsync(Entry entry, ApiProcess node, CancellationToken ct)
    {
        using var request = Request(HttpMethod.Post, $"/v1/events/{entry.EventId}/registrations", entry.Body);
        request.Headers.TryAddWithoutValidation("Idempotency-Key", entry.Key);
        if (entry.FirstSentAt == 0) entry.FirstSentAt = Stopwatch.GetTimestamp();
        var before = entry.Id;
        var answer = await SendAsync(request, node, ct);
        if (entry.Take(answer) is var (kind, what)) outcome.Report(kind, what);
        if (before is null && entry.Id is not null) outcome.AddRegistered();
        return answer;
    }

    public async Task<Answer?> CancelAsync(Entry entry, ApiProcess node, CancellationToken ct)
    {
        entry.CancelSent = true;
        using var request = Request(HttpMethod.Post, $"/v1/registrations/{entry.Id}/cancel");
        var answer = await SendAsync(request, node, ct);
        if (answer is null or { IsForLater: true }) return answer;
        if (answer.IsSuccess && answer.State == "cancelled") entry.Cancelled = true;
        else outcome.Report(answer.Status == 404 ? Violation.Lost : Violation.Other, $"{entry.Key} ({entry.Id}) was cancelled and answered {answer.Status} {answer.Code} {answer.State}");
        return answer;
    }

    /// <summary>Sends what an organiser or a reader sends.</summary>
    public Task<Answer?> SendAsync(HttpMethod method, string path, ApiProcess node, CancellationToken ct, string? body = null) => SendAsync(Request(method, path, body), node, ct);

    /// <summary>Reads a document that must be there.</summary>
    public async Task<JsonNode> ReadAsync(string path, ApiProcess node, CancellationToken ct)
    {
        using var request = Request(HttpMethod.Get, path);
        using var response = await node.Client.SendAsync(request, ct);
        var text = await response.Content.ReadAsStringAsync(ct);
        return response.IsSuccessStatusCode ? JsonNode.Parse(text)! : throw new InvalidOperationException($"{path}: {text}");
    }

    /// <summary>Whatever is in doubt is sent again with the same key until it is answered.</summary>
    /// <param name="entries">Those that may be in doubt.</param>
    /// <param name="pick">Gives a process to ask.</param>
    /// <param name="ct">Gives up.</param>
    public async Task SettleAsync(IEnumerable<Entry> entries, Func<ApiProcess> pick, CancellationToken ct)
    {
        var start = Stopwatch.GetTimestamp();
        await Parallel.ForEachAsync(entries.Where(e => !e.IsSettled).ToList(), new ParallelOptions { MaxDegreeOfParallelism = 16, CancellationToken = ct }, async (entry, token) =>
        {
            while (!entry.IsSettled && Stopwatch.GetElapsedTime(start) < Extent.BackToNormal)
            {
                var answer = entry.Id is null ? await RegisterAsync(entry, pick(), token) : await CancelAsync(entry, pick(), token);
                if (answer is null or { IsForLater: true }) await Task.Delay(50, token);
                else if (!answer.IsSuccess) break;
            }

            if (!entry.IsSettled) outcome.Report(Violation.Other, $"{entry.Key} got no final answer: {entry.Registration?.Status ?? 0} {entry.Registration?.Code}");
        });
    }

    /// <summary>Sends some that were answered once more: the same registration must come back.</summary>
    public async Task ReplayAsync(IEnumerable<Entry> entries, int count, Func<ApiProcess> pick, CancellationToken ct)
    {
        var answered = entries.Where(e => e.Id is not null).ToArray();
        foreach (var entry in answered.Length <= count ? answered : Random.Shared.GetItems(answered, count)) await RegisterAsync(entry, pick(), ct);
    }

    private HttpRequestMessage Request(HttpMethod method, string path, string? body = null)
    {
        var request = new HttpRequestMessage(method, path);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        request.Headers.TryAddWithoutValidation("If-Match", "*");
        if (body is not null) request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        return request;
    }

    private async Task<Answer?> SendAsync(HttpRequestMessage request, ApiProcess node, CancellationToken ct)
    {
        if (request.Method == HttpMethod.Post) outcome.AddRequest();
        var sent = Stopwatch.GetTimestamp();
        Answer? answer = null;
        try
        {
            using var response = await node.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, ct);
            answer = await Answer.ReadAsync(response, what => outcome.Report(Violation.Other, $"{request.Method} {request.RequestUri}: {what}"), ct);
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            // The connection broke: nobody knows whether it was done.
        }
        catch (TaskCanceledException) when (!ct.IsCancellationRequested)
        {
            outcome.Report(Violation.Other, $"{request.Method} {request.RequestUri} was not answered within {node.Client.Timeout.TotalSeconds} s");
        }

        _samples.Enqueue(new Sample(node.Number, sent, Stopwatch.GetTimestamp(), answer?.Status ?? 0));
        return answer;
    }
}
