using System.Collections.Concurrent;

namespace Isa.Events.Tests.Support;

/// <summary>One answer as the contract describes it.</summary>
public sealed record RecordedAnswer(string Method, string Path, int Status, string? MediaType, string Body);

/// <summary>Keeps every answer of the test run, so that all of them can be held against the contract.</summary>
public sealed class RecordedAnswers : DelegatingHandler
{
    private const int MaxBody = 200_000;

    public static ConcurrentDictionary<RecordedAnswer, byte> All { get; } = new();

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var response = await base.SendAsync(request, cancellationToken);
        var mediaType = response.Content.Headers.ContentType?.MediaType;
        var body = "";
        if (mediaType is "application/json" or "application/problem+json")
        {
            await response.Content.LoadIntoBufferAsync(cancellationToken);
            body = await response.Content.ReadAsStringAsync(cancellationToken);
        }

        if (body.Length < MaxBody && All.Count < 20_000) All.TryAdd(new RecordedAnswer(request.Method.Method, request.RequestUri!.AbsolutePath, (int)response.StatusCode, mediaType, body), 0);
        return response;
    }
}
