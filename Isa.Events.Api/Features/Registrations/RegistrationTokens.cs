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

    /// <summary>Confirm the address it was sent to; no answer of the API shows it.</summary>
    Confirm,

    /// <summary>Register as somebody who was invited.</summary>
    Invite,

    /// <summary>See and change a delegation: its contact's.</summary>
    Contact,

    /// <summary>Answer for the person, by mail: a part of an address.</summary>
    Reply,
}

/// <summary>
/// The secrets in links. They are not stored but derived (HMAC-SHA256 of a server secret over purpose, registration and token version), so that any mail can
/// carry them again; one more token version makes all of a registration's links new.
/// </summary>
public sealed class RegistrationTokens(EventsDatabase database, IOptions<ServerSettings> settings, IOptions<EmailSettings> email)
{
    private const byte KeyNumber = 1; // says which secret signed it, once there is a second one
    private const int IdBytes = 16;
    internal const int MacBytes = 16;
    private const int RememberedLinks = 10;

    // What stands before the @ has at most 64 characters (RFC 5321 s4.5.3.1.1); eighty bits cannot be guessed by mail.
    private const int ReplyMacBytes = 10;

    /// <summary>Characters of a token in an address.</summary>
    public const int ReplyTokenLength = 44;

    private byte[] _secret = [];

    /// <summary>Reads the secret, or makes it on the very first start. All nodes share it, and a backup carries it.</summary>
    public async Task LoadAsync(CancellationToken ct) => _secret = await database.WriteAsync("server-secrets", session =>
    {
        session.Execute(Make, new { Name = "links", Value = RandomNumberGenerator.GetBytes(32), session.Now });
        return session.One<byte[]>(Secret, new { Name = "links" })!;
    }, ct);

    /// <summary>44 characters of base64url: key number, registration, MAC.</summary>
    public string Create(LinkPurpose purpose, Registration registration) => Create(purpose, registration.Id.AsSpan(Registration.IdPrefix.Length), registration.TokenVersion);

    /// <inheritdoc cref="Create(LinkPurpose, Registration)"/>
    public string Create(LinkPurpose purpose, Delegation delegation) => Create(purpose, delegation.Id.AsSpan(Delegation.IdPrefix.Length), delegation.TokenVersion);

    private string Create(LinkPurpose purpose, ReadOnlySpan<char> id, long version)
    {
        Span<byte> token = stackalloc byte[1 + IdBytes + MacBytes];
        token[0] = KeyNumber;
        Convert.FromHexString(id, token.Slice(1, IdBytes), out _, out _);
        Sign(purpose, token.Slice(1, IdBytes), version, token[(1 + IdBytes)..]);
        return Base64Url.EncodeToString(token);
    }

    /// <summary>The registration a token names, if it signs for it; null otherwise.</summary>
    /// <param name="purpose">What the token must be for.</param>
    /// <param name="token">As it stood in the link.</param>
    /// <param name="find">Gives the registration by its id.</param>
    public Registration? Read(LinkPurpose purpose, string token, Func<string, Registration?> find) => Read(purpose, token, Registration.IdPrefix, find, r => r.TokenVersion);

    /// <summary>The delegation a token names, if it signs for it; null otherwise.</summary>
    public Delegation? ReadDelegation(LinkPurpose purpose, string token, Func<string, Delegation?> find) => Read(purpose, token, Delegation.IdPrefix, find, d => d.TokenVersion);

    private T? Read<T>(LinkPurpose purpose, string token, string prefix, Func<string, T?> find, Func<T, long> version)
        where T : class
    {
        Span<byte> bytes = stackalloc byte[1 + IdBytes + MacBytes];
        if (token.Length != 44 || !Base64Url.TryDecodeFromChars(token, bytes, out var read) || read != bytes.Length || bytes[0] != KeyNumber) return null;
        if (find(prefix + Convert.ToHexStringLower(bytes.Slice(1, IdBytes))) is not { } found) return null;
        Span<byte> mac = stackalloc byte[MacBytes];
        Sign(purpose, bytes.Slice(1, IdBytes), version(found), mac);
        return CryptographicOperations.FixedTimeEquals(mac, bytes[(1 + IdBytes)..]) ? found : null;
    }

    public RegistrationLinks Links(Registration registration, Event evt)
    {
        var token = Create(LinkPurpose.Manage, registration);
        var server = settings.Value;
        return new RegistrationLinks(server.Url($"/v1/registrations/{registration.Id}"), server.Url($"/v1/registrations/{token}/invite.ics"),
            evt.HasAgenda ? AgendaUrl(evt, registration.Language) : null, server.Url($"/r/{token}"));
    }

    public DelegationLinks Links(Delegation delegation) =>
        new(settings.Value.Url($"/v1/delegations/{delegation.Id}"), settings.Value.Url($"/d/{Create(LinkPurpose.Contact, delegation)}"));

    /// <summary>Whether a token was one of a registration's links until its address changed.</summary>
    public bool WasOne(LinkPurpose purpose, string token, Func<string, Registration?> find) => WasOne(purpose, token, Registration.IdPrefix, find, r => r.TokenVersion);

    /// <summary>Whether a token was one of a delegation's links until its contact's address changed.</summary>
    public bool WasOneOfDelegation(LinkPurpose purpose, string token, Func<string, Delegation?> find) => WasOne(purpose, token, Delegation.IdPrefix, find, d => d.TokenVersion);

    private bool WasOne<T>(LinkPurpose purpose, string token, string prefix, Func<string, T?> find, Func<T, long> version)
        where T : class
    {
        T? known = null;
        return Read(purpose, token, prefix, id => known = find(id), version) is null && known is not null
            && Enumerable.Range(1, RememberedLinks).Any(back => back < version(known) && Read(purpose, token, prefix, _ => known, found => version(found) - back) is not null);
    }

    /// <summary>Where answers of the person's calendar, and reports about mails to them, come back to; null where nobody reads them, or there is no one person to answer.</summary>
    public string? ReplyAddress(Registration registration)
    {
        if (email.Value.ReplyAddress is not { } address || registration.Email is null) return null;
        Span<byte> token = stackalloc byte[1 + IdBytes + ReplyMacBytes];
        token[0] = KeyNumber;
        Convert.FromHexString(registration.Id.AsSpan(Registration.IdPrefix.Length), token.Slice(1, IdBytes), out _, out _);
        SignReply(token.Slice(1, IdBytes), registration.TokenVersion, token[(1 + IdBytes)..]);
        var at = address.IndexOf('@');
        return $"{address[..at]}+{Base32.Encode(token)}{address[at..]}";
    }

    /// <summary>The registration that the token of an address names, however it is spelled; null otherwise.</summary>
    /// <param name="token">As it stood in the address.</param>
    /// <param name="find">Gives the registration by its id.</param>
    /// <returns>And whether the token is the present one; entries in calendars keep the address they were made with.</returns>
    public (Registration Registration, bool IsPresent)? ReadReply(string token, Func<string, Registration?> find)
    {
        Span<byte> bytes = stackalloc byte[1 + IdBytes + ReplyMacBytes];
        if (token.Length != ReplyTokenLength || !Base32.TryDecode(token, bytes) || bytes[0] != KeyNumber) return null;
        if (find(Registration.IdPrefix + Convert.ToHexStringLower(bytes.Slice(1, IdBytes))) is not { } found) return null;
        Span<byte> mac = stackalloc byte[ReplyMacBytes];
        for (var version = found.TokenVersion; version > 0 && version >= found.TokenVersion - RememberedLinks; version--)
        {
            SignReply(bytes.Slice(1, IdBytes), version, mac);
            if (CryptographicOperations.FixedTimeEquals(mac, bytes[(1 + IdBytes)..])) return (found, version == found.TokenVersion);
        }

        return null;
    }

    private void SignReply(ReadOnlySpan<byte> id, long version, Span<byte> mac)
    {
        Span<byte> whole = stackalloc byte[MacBytes];
        Sign(LinkPurpose.Reply, id, version, whole);
        whole[..ReplyMacBytes].CopyTo(mac);
    }

    /// <summary>What a page puts into a form: stands for this form of this registration as it is now, and for nothing once either has changed.</summary>
    public string FormToken(string form, Registration registration) => FormToken(form, registration.Id.AsSpan(Registration.IdPrefix.Length), registration.Version);

    /// <inheritdoc cref="FormToken(string, Registration)"/>
    public string FormToken(string form, Delegation delegation) => FormToken(form, delegation.Id.AsSpan(Delegation.IdPrefix.Length), delegation.Version);

    private string FormToken(string form, ReadOnlySpan<char> id, long version)
    {
        Span<byte> message = stackalloc byte[16 + IdBytes + 8]; // longer than what signs a link
        message.Clear();
        Encoding.ASCII.GetBytes(form, message[..16]);
        Convert.FromHexString(id, message.Slice(16, IdBytes), out _, out _);
        System.Buffers.Binary.BinaryPrimitives.WriteInt64LittleEndian(message[(16 + IdBytes)..], version);
        Span<byte> whole = stackalloc byte[32];
        HMACSHA256.HashData(Loaded(), message, whole);
        return Base64Url.EncodeToString(whole[..MacBytes]);
    }

    /// <summary>Whether what a form has sent is its token.</summary>
    public static bool IsFormToken(string? token, string expected) => token is not null && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(token), Encoding.UTF8.GetBytes(expected));

    /// <summary>The page on which the contact of a delegation confirms their address. For mails to that address alone.</summary>
    public string ConfirmUrl(Delegation delegation) => settings.Value.Url($"/d/{Create(LinkPurpose.Confirm, delegation)}");

    /// <summary>The page on which the person confirms their address. For mails to that address alone.</summary>
    public string ConfirmUrl(Registration registration) => settings.Value.Url($"/confirm/{Create(LinkPurpose.Confirm, registration)}");

    /// <summary>Where the agenda is as a file, for anybody.</summary>
    public string AgendaUrl(Event evt, Language language) => settings.Value.Url($"/v1/events/{evt.Id}/agenda.pdf?language={language.Code()}");

    public string JoinUrl(Registration registration) => settings.Value.Url($"/join/{Create(LinkPurpose.Join, registration)}");

    internal void Sign(LinkPurpose purpose, ReadOnlySpan<byte> id, long version, Span<byte> mac)
    {
        Span<byte> message = stackalloc byte[32];
        message.Clear();
        Encoding.ASCII.GetBytes(RowTypes.Name(purpose), message[..8]);
        BitConverter.TryWriteBytes(message[8..16], BitConverter.IsLittleEndian ? version : System.Buffers.Binary.BinaryPrimitives.ReverseEndianness(version));
        id.CopyTo(message[16..]);
        Span<byte> whole = stackalloc byte[32];
        HMACSHA256.HashData(Loaded(), message, whole);
        whole[..MacBytes].CopyTo(mac);
    }

    private byte[] Loaded() => _secret.Length > 0 ? _secret : throw new InvalidOperationException("The server secret is not loaded.");

    private const string Make = "INSERT INTO server_secrets (name, value, created_at) VALUES (@Name, @Value, @Now) ON CONFLICT DO NOTHING";

    private const string Secret = "SELECT value FROM server_secrets WHERE name = @Name";
}
