using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;

namespace Isa.Events.Api.Features.Partners;

/// <summary>A key as it is listed: never the secret, only how it begins and ends.</summary>
public sealed record ApiKey
{
    public string Id { get; init; } = "";

    public string HolderId { get; init; } = "";

    public string Hint { get; init; } = "";

    public Role Role { get; init; }

    public string Name { get; init; } = "";

    public bool IsTest { get; init; }

    public DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset? ExpiresAt { get; init; }

    public DateTimeOffset? RevokedAt { get; init; }

    public DateTimeOffset? LastUsedAt { get; init; }
}

/// <summary>The secret text of a key: prefix by role, 30 random base62 characters (178 bits), 6 of a checksum that refuses typing errors without a look-up.</summary>
public static class ApiKeyText
{
    private const string Alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    private const int RandomLength = 30;
    private const int CheckLength = 6;

    public static string Create(Role role, bool isTest)
    {
        var body = Prefix(role, isTest) + RandomNumberGenerator.GetString(Alphabet, RandomLength);
        return body + Checksum(body);
    }

    public static string Prefix(Role role, bool isTest) => role switch { Role.Organizer => "isa_org_", Role.CheckIn => "isa_chk_", Role.MailIntake => "isa_mai_", _ when isTest => "isa_ptn_test_", _ => "isa_ptn_" };

    public static bool IsWellFormed(string text) =>
        text.Length is > RandomLength + CheckLength and < 80 && text.StartsWith("isa_", StringComparison.Ordinal)
        && text.EndsWith(Checksum(text[..^CheckLength]), StringComparison.Ordinal);

    /// <summary>What is stored. The text has 178 random bits, so one round of SHA-256 is enough.</summary>
    public static byte[] Hash(string text) => SHA256.HashData(Encoding.UTF8.GetBytes(text));

    /// <summary>How it begins and ends, to recognise it in a list.</summary>
    public static string Hint(string text) => $"{text[..(text.LastIndexOf('_') + 3)]}…{text[^4..]}";

    private static string Checksum(string body)
    {
        Span<byte> digest = stackalloc byte[32];
        SHA256.HashData(Encoding.UTF8.GetBytes(body), digest);
        return string.Create(CheckLength, digest, (text, bytes) =>
        {
            for (var i = 0; i < text.Length; i++) text[i] = Alphabet[bytes[i] % Alphabet.Length];
        });
    }
}

/// <summary>The keys: made, listed, revoked, and found for every request. What was found is believed for half a second, so a revoked key stops within one on every node.</summary>
public sealed class ApiKeys(EventsDatabase database)
{
    private const string Any = "api-keys"; // keys belong to no event; their writes share a place in the queue
    private static readonly TimeSpan Believed = TimeSpan.FromSeconds(0.5);
    private readonly ConcurrentDictionary<string, (Caller Caller, long Until, DateTimeOffset? LastUsedAt)> _found = new(StringComparer.Ordinal);

    /// <summary>The holder of a key's text, or null where it is unknown, expired or revoked.</summary>
    public async ValueTask<Caller?> FindAsync(string text, DateTimeOffset now, CancellationToken ct)
    {
        if (!ApiKeyText.IsWellFormed(text)) return null;
        var hash = ApiKeyText.Hash(text);
        var name = Convert.ToHexString(hash);
        if (_found.TryGetValue(name, out var known) && Environment.TickCount64 < known.Until) return known.Caller.ExpiresAt <= now ? null : known.Caller;

        var row = await database.ReadAsync(session => session.One<ApiKey>(ByHash, new { Hash = hash }) is { } key
            ? (Key: key, Events: session.Query<string>(EventsOf, new { key.Id }))
            : default, ct);
        if (row.Key is null || row.Key.RevokedAt is not null || row.Key.ExpiresAt <= now)
        {
            _found.TryRemove(name, out _);
            return null;
        }

        var caller = new Caller
        {
            KeyId = row.Key.Id, HolderId = row.Key.HolderId, Role = row.Key.Role, Name = row.Key.Name, IsTest = row.Key.IsTest, ExpiresAt = row.Key.ExpiresAt,
            EventIds = row.Events.Count == 0 ? null : row.Events.ToHashSet(StringComparer.Ordinal),
        };
        if (_found.Count > 10_000) _found.Clear();
        _found[name] = (caller, Environment.TickCount64 + (long)Believed.TotalMilliseconds, row.Key.LastUsedAt);
        NoteUse(row.Key, now);
        return caller;
    }

    /// <summary>Makes a key. Its text is returned here and never again. Keys with the same role, name and mode have one holder.</summary>
    public Task<(ApiKey Key, string Text)> CreateAsync(Role role, string name, bool isTest, IReadOnlyCollection<string> eventIds, DateTimeOffset? expiresAt, CancellationToken ct)
    {
        var text = ApiKeyText.Create(role, isTest);
        return database.WriteAsync(Any, session =>
        {
            var key = new ApiKey
            {
                Id = $"key_{Guid.CreateVersion7(session.Now):N}",
                HolderId = session.One<string>(HolderOf, new { Role = role, Name = name, IsTest = isTest }) ?? $"hld_{Guid.CreateVersion7(session.Now):N}",
                Hint = ApiKeyText.Hint(text), Role = role, Name = name, IsTest = isTest, CreatedAt = session.Now, ExpiresAt = expiresAt,
            };
            session.Execute(Insert, new { key.Id, key.HolderId, Hash = ApiKeyText.Hash(text), key.Hint, key.Role, key.Name, key.IsTest, key.CreatedAt, key.ExpiresAt });
            foreach (var eventId in eventIds) session.Execute(InsertEvent, new { KeyId = key.Id, EventId = eventId });
            return (key, text);
        }, ct);
    }

    public Task<List<ApiKey>> ListAsync(CancellationToken ct) => database.ReadAsync(session => session.Query<ApiKey>(All), ct);

    /// <summary>Slugs of the events a key is limited to; none where it is not.</summary>
    public Task<List<string>> EventsAsync(string id, CancellationToken ct) => database.ReadAsync(session => session.Query<string>(SlugsOf, new { Id = id }), ct);

    /// <returns>The key, or null where there is none with this id.</returns>
    public async Task<ApiKey?> RevokeAsync(string id, CancellationToken ct)
    {
        var key = await database.WriteAsync(Any, session => session.One<ApiKey>(Revoke, new { Id = id, session.Now }), ct);
        _found.Clear();
        return key;
    }

    // At most once a minute for each key; nobody waits for it, and nothing is lost where it fails.
    [SuppressMessage("Reliability", "CA2008", Justification = "The continuation only observes the outcome.")]
    private void NoteUse(ApiKey key, DateTimeOffset now)
    {
        if (now - key.LastUsedAt < TimeSpan.FromMinutes(1)) return;
        _ = database.WriteAsync(Any, session =>
        {
            session.Execute(Used, new { key.Id, session.Now });
            return true;
        }, CancellationToken.None).ContinueWith(static t => _ = t.Exception, TaskContinuationOptions.OnlyOnFaulted);
    }

    private const string Columns = "id, holder_id, hint, role, name, is_test, created_at, expires_at, revoked_at, last_used_at";

    private const string ByHash = $"SELECT {Columns} FROM api_keys WHERE hash = @Hash";

    private const string EventsOf = "SELECT event_id FROM api_key_events WHERE key_id = @Id";

    private const string SlugsOf = "SELECT e.slug FROM api_key_events k JOIN events e ON e.id = k.event_id WHERE k.key_id = @Id ORDER BY e.slug";

    private const string HolderOf = "SELECT holder_id FROM api_keys WHERE role = @Role AND name = @Name AND is_test = @IsTest LIMIT 1";

    private const string Insert = """
        INSERT INTO api_keys (id, holder_id, hash, hint, role, name, is_test, created_at, expires_at)
        VALUES (@Id, @HolderId, @Hash, @Hint, @Role, @Name, @IsTest, @CreatedAt, @ExpiresAt)
        """;

    private const string InsertEvent = "INSERT INTO api_key_events (key_id, event_id) VALUES (@KeyId, @EventId)";

    private const string All = $"SELECT {Columns} FROM api_keys ORDER BY created_at, id";

    private const string Revoke = $"UPDATE api_keys SET revoked_at = COALESCE(revoked_at, @Now) WHERE id = @Id RETURNING {Columns}";

    private const string Used = "UPDATE api_keys SET last_used_at = @Now WHERE id = @Id";
}
