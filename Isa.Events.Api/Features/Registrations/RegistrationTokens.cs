using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Options;

namespace Isa.Events.Api.Features.Registrations;

/// <summary>What a link may do.</summary>
public enum LinkPurpose
{
    /// <summary>See, change and cancel the registration.</summary>
    Manage,

    /// <summary>Join the meeting, nothing else.</summary>
    Join,
}

/// <summary>
/// The secrets in links. They are not stored but derived (HMAC-SHA256 of a server secret over purpose, registration and token version), so that any mail can
/// carry them again; one more token version makes all of a registration's links new.
/// </summary>
public sealed class RegistrationTokens(EventsDatabase database, IOptions<ServerSettings> settings)
{
    private const byte KeyNumber = 1; // says which secret signed it, once there is a second one
    private const int IdBytes = 16;
    private const int MacBytes = 16;
    private byte[] _secret = [];

    /// <summary>Reads the secret, or makes it on the very first start. All nodes share it, and a backup carries it.</summary>
    public async Task LoadAsync(CancellationToken ct) => _secret = await database.WriteAsync("server-secrets", session =>
    {
        session.Execute(Make, new { Name = "links", Value = RandomNumberGenerator.GetBytes(32), session.Now });
        return session.One<byte[]>(Secret, new { Name = "links" })!;
    }, ct);

    /// <summary>44 characters of base64url: key number, registration, MAC.</summary>
    public string Create(LinkPurpose purpose, Registration registration)
    {
        Span<byte> token = stackalloc byte[1 + IdBytes + MacBytes];
        token[0] = KeyNumber;
        Convert.FromHexString(registration.Id.AsSpan(Registration.IdPrefix.Length), token.Slice(1, IdBytes), out _, out _);
        Sign(purpose, token.Slice(1, IdBytes), registration.TokenVersion, token[(1 + IdBytes)..]);
        return Base64Url.EncodeToString(token);
    }

    /// <summary>The registration a token names, if it signs for it; null otherwise.</summary>
    /// <param name="purpose">What the token must be for.</param>
    /// <param name="token">As it stood in the link.</param>
    /// <param name="find">Gives the registration by its id.</param>
    public Registration? Read(LinkPurpose purpose, string token, Func<string, Registration?> find)
    {
        Span<byte> bytes = stackalloc byte[1 + IdBytes + MacBytes];
        if (token.Length != 44 || !Base64Url.TryDecodeFromChars(token, bytes, out var read) || read != bytes.Length || bytes[0] != KeyNumber) return null;
        if (find(Registration.IdPrefix + Convert.ToHexStringLower(bytes.Slice(1, IdBytes))) is not { } registration) return null;
        Span<byte> mac = stackalloc byte[MacBytes];
        Sign(purpose, bytes.Slice(1, IdBytes), registration.TokenVersion, mac);
        return CryptographicOperations.FixedTimeEquals(mac, bytes[(1 + IdBytes)..]) ? registration : null;
    }

    public RegistrationLinks Links(Registration registration, Event evt)
    {
        var token = Create(LinkPurpose.Manage, registration);
        var server = settings.Value;
        return new RegistrationLinks(server.Url($"/v1/registrations/{registration.Id}"), server.Url($"/v1/registrations/{token}/invite.ics"),
            evt.HasAgenda ? server.Url($"/v1/events/{evt.Id}/agenda/document?language={registration.Language.Code()}") : null, server.Url($"/r/{token}"));
    }

    public string JoinUrl(Registration registration) => settings.Value.Url($"/join/{Create(LinkPurpose.Join, registration)}");

    private void Sign(LinkPurpose purpose, ReadOnlySpan<byte> id, long version, Span<byte> mac)
    {
        if (_secret.Length == 0) throw new InvalidOperationException("The server secret is not loaded.");
        Span<byte> message = stackalloc byte[32];
        message.Clear();
        Encoding.ASCII.GetBytes(RowTypes.Name(purpose), message[..8]);
        BitConverter.TryWriteBytes(message[8..16], BitConverter.IsLittleEndian ? version : System.Buffers.Binary.BinaryPrimitives.ReverseEndianness(version));
        id.CopyTo(message[16..]);
        Span<byte> whole = stackalloc byte[32];
        HMACSHA256.HashData(_secret, message, whole);
        whole[..MacBytes].CopyTo(mac);
    }

    private const string Make = "INSERT INTO server_secrets (name, value, created_at) VALUES (@Name, @Value, @Now) ON CONFLICT DO NOTHING";

    private const string Secret = "SELECT value FROM server_secrets WHERE name = @Name";
}
