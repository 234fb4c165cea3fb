using System.Security.Cryptography;
using System.Text.Json;

namespace Isa.Events.Api.Http;

/// <summary>
/// A caller's own mark on a creating POST (draft-ietf-httpapi-idempotency-key-header): sent again within 24 hours with the same content it answers what the
/// first one made, with another content 422. Kept in the transaction of the change, scoped to the caller and the operation; failures are not kept.
/// </summary>
public sealed class IdempotencyKey
{
    public const string Header = "Idempotency-Key";

    public static readonly TimeSpan Lifetime = TimeSpan.FromHours(24);
    private readonly string? _key;
    private readonly string _scope;
    private readonly string _path;
    private readonly Ahead<Row> _row;
    private readonly RecentKeys _recent;
    private readonly TimeProvider _time;
    private readonly RequestDigest? _digest;
    private byte[]? _fingerprint;

    private IdempotencyKey(string? key, string scope, HttpContext context)
    {
        (_key, _scope, _path, _row) = (key, scope, context.Request.Path.Value!, new Ahead<Row>(Select, new { Scope = scope, Key = key }));
        (_recent, _time) = (context.RequestServices.GetRequiredService<RecentKeys>(), context.RequestServices.GetRequiredService<TimeProvider>());
        _digest = context.Features.Get<RequestDigest>();
    }

    /// <summary>For what has another mark of its own.</summary>
    public static IdempotencyKey None(HttpContext context) => new(null, "", context);

    /// <summary>What the work of <see cref="Once"/> asks for.</summary>
    public Ahead[] Ahead => _key is null ? [] : [_row];

    /// <summary>Takes the header with or without the quotes of a structured-field string; up to 255 visible ASCII characters.</summary>
    /// <exception cref="ProblemException"><see cref="Problem.MalformedRequest"/></exception>
    /// <param name="context">The request.</param>
    /// <param name="operation">What it asks for.</param>
    /// <param name="holder">Whose keys these are, where there is no caller with a key of the API.</param>
    public static IdempotencyKey Read(HttpContext context, string operation, string? holder = null)
    {
        var header = context.Request.Headers[Header];
        if (header.Count == 0) return new IdempotencyKey(null, "", context);
        var key = header[0] ?? "";
        if (key.Length >= 2 && key[0] == '"' && key[^1] == '"') key = key[1..^1];
        if (header.Count > 1 || key.Length is 0 or > 255 || key.Any(c => c is <= ' ' or > '~' or '"'))
            throw new ProblemException(Problem.MalformedRequest, Header, FieldCode.InvalidIdempotencyKey);
        return new IdempotencyKey(key, $"{context.GetCaller()?.HolderId ?? holder}:{operation}", context);
    }

    /// <summary>What this process knows to be made by the same request, octet for octet; or null. It has asked nobody.</summary>
    internal Creation? Same() =>
        _key is not null && _digest is not null && _recent.Find(_scope, _key) is { Digest: { } digest } kept && digest.IsOf(_digest) && kept.Creation.MadeAt > _time.GetUtcNow() - Lifetime ? kept.Creation : null;

    /// <summary>What was made with this key, or null. A quick refusal looks here first: what was made is answered again, whatever has happened since.</summary>
    public Creation? Find<T>(ReadSession session, T request, DateTimeOffset now) =>
        _key is null ? null : Earlier(session.One<Row>(Select, new { Scope = _scope, Key = _key }), () => Fingerprint(request), now);

    /// <summary>
    /// Runs the work once for this key, through the group commit. What this process knows to be made already is answered from a read, without waiting for the
    /// writer; what another one made, or this one before its start, is found by the writer.
    /// </summary>
    /// <param name="database">Where.</param>
    /// <param name="eventId">The event whose row the work locks.</param>
    /// <param name="request">The content the key stands for.</param>
    /// <param name="create">Makes the resource and returns its id.</param>
    /// <param name="ct">Gives up a work that has not begun.</param>
    /// <param name="ahead">Rows the work will ask for.</param>
    /// <exception cref="ProblemException"><see cref="Problem.IdempotencyKeyReused"/>, or what the work says.</exception>
    public async Task<Creation> WriteAsync<T>(EventsDatabase database, string eventId, T request, Func<WriteSession, string> create, CancellationToken ct, params Ahead[] ahead)
    {
        if (_key is not null && _recent.Find(_scope, _key) is not null && await database.ReadAsync(session => Find(session, request, _time.GetUtcNow()), ct) is { } earlier) return earlier;
        var creation = await database.WriteAsync(eventId, Once(request, create), ct, [.. Ahead, .. ahead]);
        if (_key is not null) _recent.Keep(_scope, _key, _digest, creation with { Replayed = true });
        return creation;
    }

    /// <summary>The work that makes it once for this key. A twin that came at the same time waits its turn in the group commit and finds the first one's result.</summary>
    /// <param name="request">The content the key stands for.</param>
    /// <param name="create">Makes the resource and returns its id.</param>
    /// <returns>The work for the group commit.</returns>
    public Func<WriteSession, Creation> Once<T>(T request, Func<WriteSession, string> create)
    {
        if (_key is null) return session => new Creation(create(session), session.Now, false);
        var fingerprint = Fingerprint(request); // now, not on the one thread that writes
        return session =>
        {
            if (Earlier(session.One(_row), () => fingerprint, session.Now) is { } earlier) return earlier;
            var id = create(session);
            session.Require(Insert, new { Scope = _scope, Key = _key, Fingerprint = fingerprint, ResourceId = id, session.Now, Past = session.Now - Lifetime }, () => new OvertakenException());
            return new Creation(id, session.Now, false);
        };
    }

    private static Creation? Earlier(Row? row, Func<byte[]> fingerprint, DateTimeOffset now)
    {
        if (row is null || row.CreatedAt <= now - Lifetime) return null;
        return CryptographicOperations.FixedTimeEquals(row.Fingerprint, fingerprint()) ? new Creation(row.ResourceId, row.CreatedAt, true) : throw new ProblemException(Problem.IdempotencyKeyReused);
    }

    private byte[] Fingerprint<T>(T request)
    {
        if (_fingerprint is not null) return _fingerprint;
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(System.Text.Encoding.UTF8.GetBytes(_path));
        hash.AppendData(JsonSerializer.SerializeToUtf8Bytes(request, Json.Wire));
        return _fingerprint = hash.GetHashAndReset();
    }

    private sealed record Row
    {
        public byte[] Fingerprint { get; init; } = [];

        public string ResourceId { get; init; } = "";

        public DateTimeOffset CreatedAt { get; init; }
    }

    private const string Select = "SELECT fingerprint, resource_id, created_at FROM idempotency_keys WHERE scope = @Scope AND key = @Key";

    // One that is past its day gives way; a twin that came first does not.
    private const string Insert = """
        INSERT INTO idempotency_keys (scope, key, fingerprint, resource_id, created_at) VALUES (@Scope, @Key, @Fingerprint, @ResourceId, @Now)
        ON CONFLICT (scope, key) DO UPDATE SET fingerprint = excluded.fingerprint, resource_id = excluded.resource_id, created_at = excluded.created_at
        WHERE idempotency_keys.created_at <= @Past
        """;
}

/// <summary>What a creating POST made, now or the first time it was sent.</summary>
/// <param name="ResourceId">Its id.</param>
/// <param name="MadeAt">The first time.</param>
/// <param name="Replayed">Whether that was before.</param>
public sealed record Creation(string ResourceId, DateTimeOffset MadeAt, bool Replayed)
{
    public const string ReplayedHeader = "Idempotent-Replayed";

    public void Mark(HttpContext context)
    {
        if (Replayed) context.Response.Headers[ReplayedHeader] = "true";
    }
}
