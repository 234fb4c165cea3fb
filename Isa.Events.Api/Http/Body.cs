using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.Net.Http.Headers;

namespace Isa.Events.Api.Http;

/// <summary>Reads JSON bodies, and says of a bad one which member is wrong and why, without a word about types inside.</summary>
public static class Body
{
    /// <exception cref="ProblemException"><see cref="Problem.MalformedRequest"/>, <see cref="Problem.ValidationFailed"/> or <see cref="Problem.UnsupportedMediaType"/>.</exception>
    public static async ValueTask<T> ReadAsync<T>(HttpRequest request, CancellationToken ct) where T : notnull
    {
        RefuseOtherMedia(request);
        try
        {
            // The stream, not the pipe: a server that stops wakes the pipe's readers, which the serializer takes for the end.
            return await JsonSerializer.DeserializeAsync<T>(request.Body, Json.Wire, ct) ?? throw new ProblemException(Problem.MalformedRequest, "", FieldCode.Required);
        }
        catch (JsonException e)
        {
            throw Refusal(e);
        }
    }

    /// <summary>As <see cref="ReadAsync{T}"/>; a request without a body is an empty object.</summary>
    public static async ValueTask<T> ReadOptionalAsync<T>(HttpRequest request, CancellationToken ct) where T : notnull, new() =>
        request.ContentLength is 0 || request.ContentLength is null && request.ContentType is null ? new T() : await ReadAsync<T>(request, ct);

    /// <summary>
    /// A merge patch (RFC 7396) over a resource as its owner would send it: absent members stay, null removes, objects are merged, anything else replaces.
    /// The result is read as strictly as a whole request.
    /// </summary>
    public static async ValueTask<T> PatchAsync<T>(HttpRequest request, T current, CancellationToken ct) where T : notnull
    {
        RefuseOtherMedia(request, "application/merge-patch+json");
        try
        {
            using var patch = await JsonDocument.ParseAsync(request.Body, new JsonDocumentOptions { MaxDepth = Json.MaxDepth }, ct);
            if (patch.RootElement.ValueKind != JsonValueKind.Object) throw new ProblemException(Problem.MalformedRequest, "", FieldCode.WrongType);
            using var merged = new MemoryStream();
            await using (var json = new Utf8JsonWriter(merged)) Merge(json, JsonSerializer.SerializeToNode(current, Json.Wire)!.AsObject(), patch.RootElement, "");
            return JsonSerializer.Deserialize<T>(merged.GetBuffer().AsSpan(0, (int)merged.Length), Json.Wire)!;
        }
        catch (JsonException e)
        {
            throw Refusal(e);
        }
    }

    /// <summary>A body without a media type would be refused further on, without a word.</summary>
    internal static Task RefuseUntyped(HttpContext context, RequestDelegate next) =>
        context.Request.ContentType is null && context.GetEndpoint()?.Metadata.GetMetadata<IAcceptsMetadata>() is { IsOptional: false } ? context.RefuseAsync(Problem.UnsupportedMediaType) : next(context);

    /// <summary>Reads a body that is no JSON, up to a limit of its own.</summary>
    /// <exception cref="ProblemException"><see cref="Problem.PayloadTooLarge"/></exception>
    public static async Task<byte[]> ReadBytesAsync(HttpContext context, long limit, CancellationToken ct)
    {
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size) size.MaxRequestBodySize = limit;
        if (context.Request.ContentLength > limit) throw new ProblemException(Problem.PayloadTooLarge);
        using var buffer = new MemoryStream();
        await context.Request.Body.CopyToAsync(buffer, ct);
        return buffer.Length <= limit ? buffer.ToArray() : throw new ProblemException(Problem.PayloadTooLarge);
    }

    /// <summary>What a reader's exception means for the caller: code, path below the reader's start, arguments of the text.</summary>
    internal static (FieldCode Code, string Path, object[] Arguments) Explain(JsonException e)
    {
        var path = e.Path is { Length: > 1 } given ? given[1..] : "";
        return e switch
        {
            MemberException member => (member.Code, path + member.SubPath, member.Arguments),
            _ when e.Message.Contains("maximum configured depth", StringComparison.Ordinal) => (FieldCode.TooDeep, "", []),
            { InnerException: JsonException } => (FieldCode.InvalidJson, path, []),
            _ when e.Message.StartsWith("Duplicate property", StringComparison.Ordinal) => (FieldCode.DuplicateMember, path, []),
            _ when e.Message.Contains("could not be mapped", StringComparison.Ordinal) => (FieldCode.UnknownMember, path, []),
            _ when e.GetType() != typeof(JsonException) || e.BytePositionInLine is null => (FieldCode.InvalidJson, path, []),
            _ => (FieldCode.WrongType, path, []),
        };
    }

    private static ProblemException Refusal(JsonException e)
    {
        var (code, path, arguments) = Explain(e);
        var unreadable = code == FieldCode.InvalidJson || code == FieldCode.TooDeep || code == FieldCode.DuplicateMember || code == FieldCode.UnknownMember || code == FieldCode.WrongType;
        return new ProblemException(unreadable ? Problem.MalformedRequest : Problem.ValidationFailed, code == FieldCode.TooDeep ? "" : path.TrimStart('.'), code, arguments);
    }

    // Null stays in the result, where it means absent: so the reader that comes next sees the name, and refuses one that does not exist. Values go over as the bytes
    // they are, for the reader to say what is wrong with them.
    private static void Merge(Utf8JsonWriter json, JsonObject current, JsonElement patch, string path)
    {
        var changes = new Dictionary<string, JsonElement>(StringComparer.Ordinal);
        foreach (var member in patch.EnumerateObject())
            if (!changes.TryAdd(NameOf(member, path), member.Value)) throw new ProblemException(Problem.MalformedRequest, path + member.Name, FieldCode.DuplicateMember);

        json.WriteStartObject();
        foreach (var (name, value) in current)
        {
            if (changes.ContainsKey(name)) continue;
            json.WritePropertyName(name);
            value!.WriteTo(json);
        }

        foreach (var (name, value) in changes)
        {
            json.WritePropertyName(name);
            if (value.ValueKind == JsonValueKind.Object && current[name] is JsonObject inner) Merge(json, inner, value, $"{path}{name}.");
            else json.WriteRawValue(JsonMarshal.GetRawUtf8Value(value), skipInputValidation: true);
        }

        json.WriteEndObject();
    }

    private static string NameOf(JsonProperty member, string path)
    {
        try
        {
            return member.Name;
        }
        catch (InvalidOperationException) // a lone surrogate, or bytes that are not UTF-8
        {
            throw new ProblemException(Problem.MalformedRequest, path.TrimEnd('.'), FieldCode.InvalidText);
        }
    }

    private static void RefuseOtherMedia(HttpRequest request, string? also = null)
    {
        if (MediaTypeHeaderValue.TryParse(request.ContentType, out var type)
            && (type.MediaType.Equals("application/json", StringComparison.OrdinalIgnoreCase) || type.MediaType.Equals(also, StringComparison.OrdinalIgnoreCase))
            && (!type.Charset.HasValue || type.Charset.Value.Trim('"').Equals("utf-8", StringComparison.OrdinalIgnoreCase)))
            return;
        throw new ProblemException(Problem.UnsupportedMediaType);
    }
}

/// <summary>Binds a request to its body alone: a member can come from nowhere else, above all not from the query.</summary>
public sealed class BodyBinder<T> : IRequestBinder<T> where T : notnull
{
    public ValueTask<T> BindAsync(BinderContext ctx, CancellationToken ct) =>
        typeof(T) == typeof(EmptyRequest) ? ValueTask.FromResult((T)(object)EmptyRequest.Instance) : Body.ReadAsync<T>(ctx.HttpContext.Request, ct);
}
