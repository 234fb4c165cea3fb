using System.Globalization;
using System.Security.Cryptography;
using Microsoft.Net.Http.Headers;

namespace Isa.Events.Api.Http;

/// <summary>
/// Entity tags (RFC 9110 s8.8, s13). A tag is <c>"17.3fa9c1d2"</c>: the count of organisers' edits, then a mark of the bytes. Caches compare all of it,
/// <c>If-Match</c> the count alone, since nobody's edit is lost when only a deadline passed or a site filled. What counts no edits has a mark of what was edited in its place.
/// </summary>
public static class Conditional
{
    public static string Tag(long version, ReadOnlySpan<byte> body) => $"\"{version}.{Mark(body)}\"";

    /// <param name="edited">The mark of what was edited.</param>
    /// <param name="body">What is sent of it.</param>
    public static string Tag(string edited, ReadOnlySpan<byte> body) => $"\"{edited}.{Mark(body)}\"";

    public static string WeakTag(ReadOnlySpan<byte> body) => $"W/\"{Mark(body)}\"";

    /// <summary>Sends the body, or 304 where the caller has it already.</summary>
    public static Task SendAsync(HttpContext context, ReadOnlyMemory<byte> body, string tag, string mediaType, string cacheControl)
    {
        var headers = context.Response.Headers;
        headers.ETag = tag;
        headers.CacheControl = cacheControl;
        headers.Vary = "Authorization";
        if (HasAlready(context.Request, tag))
        {
            context.Response.StatusCode = StatusCodes.Status304NotModified;
            return context.Response.StartAsync(context.RequestAborted); // an answer that has not begun would be taken for one that was forgotten
        }

        context.Response.ContentType = mediaType;
        context.Response.ContentLength = body.Length;
        return context.Response.Body.WriteAsync(body, context.RequestAborted).AsTask();
    }

    private static bool HasAlready(HttpRequest request, string tag)
    {
        var header = request.Headers.IfNoneMatch;
        if (header.Count == 0 || !HttpMethods.IsGet(request.Method) && !HttpMethods.IsHead(request.Method)) return false;
        if (header.Count == 1 && header[0] == tag) return true;
        if (!EntityTagHeaderValue.TryParseList(header, out var tags)) return false;
        var own = EntityTagHeaderValue.Parse(tag);
        return tags.Any(t => t.Equals(EntityTagHeaderValue.Any) || t.Compare(own, useStrongComparison: false));
    }

    public static string Mark(ReadOnlySpan<byte> body)
    {
        Span<byte> digest = stackalloc byte[32];
        SHA256.HashData(body, digest);
        return Convert.ToHexStringLower(digest[..6]);
    }
}

/// <summary>What an organiser's write expects to find: <c>If-Match</c>.</summary>
public sealed class IfMatch
{
    private readonly HashSet<string>? _versions; // null: any

    private IfMatch(HashSet<string>? versions) => _versions = versions;

    /// <summary>This version and no other.</summary>
    public static IfMatch Of(long version) => new([Print(version)]);

    /// <exception cref="ProblemException"><see cref="Problem.PreconditionRequired"/> without the header, <see cref="Problem.MalformedRequest"/> where it is none.</exception>
    public static IfMatch Require(HttpContext context) => Read(context) ?? throw new ProblemException(Problem.PreconditionRequired);

    /// <summary>Null without the header.</summary>
    public static IfMatch? Read(HttpContext context)
    {
        var header = context.Request.Headers.IfMatch;
        if (header.Count == 0) return null;
        if (!EntityTagHeaderValue.TryParseStrictList(header, out var tags)) throw new ProblemException(Problem.MalformedRequest, "If-Match", FieldCode.InvalidText);
        if (tags.Any(t => t.Equals(EntityTagHeaderValue.Any))) return new IfMatch(null);
        return new IfMatch([.. tags.Where(t => !t.IsWeak).Select(t => Version(t.Tag.AsSpan().Trim('"')))]);
    }

    /// <summary>Call after the lock.</summary>
    /// <exception cref="ProblemException"><see cref="Problem.VersionMismatch"/></exception>
    public void Check(long version)
    {
        if (!Allows(Print(version))) throw new ProblemException(Problem.VersionMismatch).With("currentVersion", version);
    }

    /// <summary>The same of what has no version but a mark.</summary>
    /// <exception cref="ProblemException"><see cref="Problem.VersionMismatch"/></exception>
    public void Check(string mark)
    {
        if (!Allows(mark)) throw new ProblemException(Problem.VersionMismatch);
    }

    private bool Allows(string version) => _versions is null || _versions.Contains(version);

    private static string Print(long version) => version.ToString(CultureInfo.InvariantCulture);

    private static string Version(ReadOnlySpan<char> tag)
    {
        var dot = tag.IndexOf('.');
        return (dot < 0 ? tag : tag[..dot]).ToString();
    }
}
