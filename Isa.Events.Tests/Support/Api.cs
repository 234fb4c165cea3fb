using System.Net.Http.Headers;
using System.Text;

namespace Isa.Events.Tests.Support;

/// <summary>An answer, read.</summary>
public sealed record Answer(HttpResponseMessage Response, byte[] Bytes)
{
    public HttpStatusCode Status => Response.StatusCode;

    public string Text => Encoding.UTF8.GetString(Bytes);

    public JsonNode Json => JsonNode.Parse(Bytes)!;

    /// <summary>The problem's code, or null where it is none.</summary>
    public string? Code => Response.Content.Headers.ContentType?.MediaType == "application/problem+json" ? (string?)Json["code"] : null;

    public string? ETag => Response.Headers.ETag?.ToString();

    /// <summary>The wrong fields as <c>field code</c>.</summary>
    public string[] Errors => [.. (Json["errors"]?.AsArray() ?? []).Select(e => $"{e!["field"]} {e["code"]}")];

    public string? Header(string name) =>
        Response.Headers.TryGetValues(name, out var values) || Response.Content.Headers.TryGetValues(name, out values) ? string.Join(", ", values) : null;

    public Answer ShouldBe(HttpStatusCode status)
    {
        Status.ShouldBe(status, Text);
        return this;
    }

    /// <summary>Is this problem, in the shape that all of them have.</summary>
    public Answer ShouldBe(HttpStatusCode status, string code)
    {
        Status.ShouldBe(status, Text);
        Code.ShouldBe(code, Text);
        ((int)Json["status"]!).ShouldBe((int)status);
        ((string)Json["type"]!).ShouldEndWith($"/problems/{code}");
        ((string)Json["traceId"]!).ShouldNotBeEmpty();
        ((string)Json["detail"]!).ShouldNotBeEmpty();
        return this;
    }
}

/// <summary>Calls the server as a client would.</summary>
public sealed class Api(HttpClient client, string? key)
{
    public HttpClient Client => client;

    public Task<Answer> GetAsync(string path, params (string Name, string Value)[] headers) => SendAsync(HttpMethod.Get, path, null, headers);

    public Task<Answer> DeleteAsync(string path, params (string Name, string Value)[] headers) => SendAsync(HttpMethod.Delete, path, null, headers);

    /// <param name="path">Below the root, as <c>/v1/events</c>.</param>
    /// <param name="body">An object that becomes JSON, or JSON as text.</param>
    /// <param name="headers">More headers.</param>
    public Task<Answer> PostAsync(string path, object? body = null, params (string Name, string Value)[] headers) => SendAsync(HttpMethod.Post, path, Json(body), headers);

    public Task<Answer> PatchAsync(string path, object body, params (string Name, string Value)[] headers) => SendAsync(HttpMethod.Patch, path, Json(body), headers);

    public Task<Answer> PutAsync(string path, object body, params (string Name, string Value)[] headers) => SendAsync(HttpMethod.Put, path, Json(body), headers);

    public async Task<Answer> SendAsync(HttpMethod method, string path, HttpContent? content, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, path) { Content = content };
        if (key is not null) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        foreach (var (name, value) in headers) request.Headers.TryAddWithoutValidation(name, value);
        var response = await client.SendAsync(request, TestContext.Current.CancellationToken);
        return new Answer(response, await response.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken));
    }

    public static HttpContent? Json(object? body) => body switch
    {
        null => null,
        HttpContent content => content,
        string text => new StringContent(text, Encoding.UTF8, "application/json"),
        _ => new StringContent(System.Text.Json.JsonSerializer.Serialize(body, body.GetType(), Options), Encoding.UTF8, "application/json"),
    };

    private static readonly System.Text.Json.JsonSerializerOptions Options = new(System.Text.Json.JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = System.Text.Json.Serialization.JsonIgnoreCondition.WhenWritingNull,
    };
}
