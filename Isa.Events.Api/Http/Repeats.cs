using System.Security.Cryptography;
using System.Text;

namespace Isa.Events.Api.Http;

/// <summary>On an endpoint whose repeats can be answered before their bodies are read as anything.</summary>
/// <param name="Operation">As <see cref="IdempotencyKey.Read"/> has it.</param>
/// <param name="AnswerAsync">Answers with what was made; false where that is gone.</param>
public sealed record Repeatable(string Operation, Func<HttpContext, Creation, Task<bool>> AnswerAsync);

/// <summary>
/// A request that came before, octet for octet, with the same Idempotency-Key: where this process knows what it made, it is answered without reading and checking the content once more. Whatever else comes goes its way, and
/// is told apart by its content.
/// </summary>
internal static class Repeats
{
    public static async Task AnswerAsync(HttpContext context, RequestDelegate next)
    {
        if (context.GetEndpoint()?.Metadata.GetMetadata<Repeatable>() is not { } repeatable || !context.Request.Headers.ContainsKey(IdempotencyKey.Header))
        {
            await next(context);
            return;
        }

        var body = await ReadAsync(context.Request, context.RequestAborted);
        context.Request.Body = body;
        context.Features.Set(Digest(context.Request, body));
        if (IdempotencyKey.Read(context, repeatable.Operation).Same() is not { } creation || !await repeatable.AnswerAsync(context, creation)) await next(context);
    }

    private static async Task<MemoryStream> ReadAsync(HttpRequest request, CancellationToken ct)
    {
        var body = new MemoryStream((int)Math.Min(request.ContentLength ?? 0, 4096)); // what is longer than it may be is refused while it is read
        await request.Body.CopyToAsync(body, ct);
        body.Position = 0;
        return body;
    }

    private static RequestDigest Digest(HttpRequest request, MemoryStream body)
    {
        var target = Encoding.UTF8.GetBytes($"{request.Path}{request.QueryString} {request.ContentType}");
        return new RequestDigest(SHA256.HashData(target), SHA256.HashData(body.GetBuffer().AsSpan(0, (int)body.Length)));
    }
}

/// <summary>All that a request asks for, as it came.</summary>
/// <param name="Target">SHA-256 of its path, query and media type.</param>
/// <param name="Body">SHA-256 of its body.</param>
internal sealed record RequestDigest(byte[] Target, byte[] Body)
{
    public bool IsOf(RequestDigest other) => Target.AsSpan().SequenceEqual(other.Target) && Body.AsSpan().SequenceEqual(other.Body);
}
