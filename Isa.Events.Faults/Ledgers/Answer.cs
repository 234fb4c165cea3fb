using System.Text.Json;

namespace Isa.Events.Faults.Ledgers;

/// <summary>What the server said to one request, judged by its form alone.</summary>
/// <param name="Status">Of the answer.</param>
/// <param name="Code">Of the problem, where it is one.</param>
/// <param name="Id">Of the registration or event it shows.</param>
/// <param name="State">Of that registration or event.</param>
/// <param name="Replayed">Whether it says that it had been answered before.</param>
public sealed record Answer(int Status, string? Code, string? Id, string? State, bool Replayed)
{
    public bool IsSuccess => Status is >= 200 and < 300;

    /// <summary>Whether the server asks to come again.</summary>
    public bool IsForLater => Status is 503 or 429;

    /// <summary>Reads an answer. One that breaks off is none: an exception.</summary>
    /// <param name="response">With its body still to come.</param>
    /// <param name="complain">Told of everything in its form that no answer may have.</param>
    /// <param name="ct">Gives up.</param>
    public static async Task<Answer> ReadAsync(HttpResponseMessage response, Action<string> complain, CancellationToken ct)
    {
        var status = (int)response.StatusCode;
        var type = response.Content.Headers.ContentType?.MediaType;
        var body = await response.Content.ReadAsByteArrayAsync(ct);
        if (status >= 400 && type != "application/problem+json")
        {
            complain($"{status} came as {type ?? "nothing"}, not as a problem");
            return new Answer(status, null, null, null, false);
        }

        using var json = Parse(body);
        if (json is null) complain($"{status} came with a body that is not JSON");
        var answer = new Answer(status, Text(json, "code"), Text(json, "id"), Text(json, "status"), response.Headers.Contains("Idempotent-Replayed"));
        if (status >= 400 && (answer.Code is null || Text(json, "traceId") is null)) complain($"{status} has no code or no traceId");
        if (status == 503 && response.Headers.RetryAfter is null) complain("503 without Retry-After");
        if (status >= 500 && status != 503) complain($"{status} {answer.Code}, which tells nobody whether to come again");
        return answer;
    }

    private static JsonDocument? Parse(byte[] body)
    {
        try
        {
            return JsonDocument.Parse(body);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static string? Text(JsonDocument? json, string name) =>
        json?.RootElement is { ValueKind: JsonValueKind.Object } root && root.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
