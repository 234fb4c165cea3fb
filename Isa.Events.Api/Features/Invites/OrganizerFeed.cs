using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Isa.Events.Api.Features.Invites;

/// <summary>An organiser's own calendar. Whoever has its address can read it, so the secret in that is long, stored as its hash alone, and ends with the key it was made with.</summary>
public static class OrganizerFeed
{
    private const int SecretBytes = 24;

    /// <summary>Feeds belong to no event; their writes share a place in the queue.</summary>
    public const string Any = "calendar-feeds";

    public static string CreateToken() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(SecretBytes));

    /// <summary>What is stored. The token has 192 random bits, so one round of SHA-256 is enough.</summary>
    public static byte[] Hash(string token) => SHA256.HashData(Encoding.UTF8.GetBytes(token));

    /// <summary>The key whose calendar it is, or null where that is unknown, expired or revoked.</summary>
    public static ApiKey? Find(ReadSession session, string token, DateTimeOffset now) =>
        session.One<ApiKey>(ByHash, new { Hash = Hash(token) }) is { RevokedAt: null, Role: Role.Organizer } key && !(key.ExpiresAt <= now) ? key : null;

    private const string ByHash = """
        SELECT k.id, k.holder_id, k.hint, k.role, k.name, k.is_test, k.created_at, k.expires_at, k.revoked_at, k.last_used_at
        FROM calendar_feeds f JOIN api_keys k ON k.id = f.key_id
        WHERE f.hash = @Hash
        """;
}
