using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Isa.Events.Api.Email;

/// <summary>What is sent to get a token, and where to.</summary>
internal sealed record OAuthGrant(Uri Url, IReadOnlyDictionary<string, string> Form)
{
    /// <param name="settings">Checked.</param>
    /// <param name="refreshToken">The one that holds now, where one is set.</param>
    /// <param name="user">Whose mailbox it is for.</param>
    /// <param name="now">When.</param>
    public static OAuthGrant Of(OAuthSettings settings, string? refreshToken, string user, DateTimeOffset now)
    {
        var form = new Dictionary<string, string>();
        if (settings.Scope is { } scope) form["scope"] = scope;
        if (settings.KeyFile is { } file)
        {
            var key = OAuthKey.TryRead(file) ?? throw new MailLoginException(MailTrouble.LoginRefused, $"the key file {file} cannot be read");
            form["grant_type"] = "urn:ietf:params:oauth:grant-type:jwt-bearer"; // RFC 7523
            form["assertion"] = key.Sign(settings.TokenUrl ?? key.TokenUri, user, settings.Scope!, now);
            form.Remove("scope"); // it is in what is signed
            return new OAuthGrant(new Uri(settings.TokenUrl ?? key.TokenUri), form);
        }

        form["client_id"] = settings.ClientId!;
        if (settings.ClientSecret is { } secret) form["client_secret"] = secret;
        form["grant_type"] = refreshToken is null ? "client_credentials" : "refresh_token";
        if (refreshToken is not null) form["refresh_token"] = refreshToken;
        return new OAuthGrant(new Uri(settings.TokenUrl!), form);
    }

    /// <summary>A text without the secrets that were sent, should an answer repeat them.</summary>
    public string Hide(string text) => Secret.Aggregate(text, (rest, name) => Form.TryGetValue(name, out var secret) ? rest.Replace(secret, "…", StringComparison.Ordinal) : rest);

    private static readonly string[] Secret = ["client_secret", "refresh_token", "assertion"];
}

/// <summary>The key of a service account, as Google gives it in a file.</summary>
internal sealed record OAuthKey(string ClientEmail, string PrivateKey, string TokenUri, string? PrivateKeyId)
{
    private static readonly JsonSerializerOptions Names = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    /// <returns>Null where there is no such file, or it is something else.</returns>
    public static OAuthKey? TryRead(string file)
    {
        try
        {
            var key = JsonSerializer.Deserialize<OAuthKey>(File.ReadAllText(file), Names);
            if (key is not { ClientEmail.Length: > 0, PrivateKey.Length: > 0, TokenUri: not null } || !OAuthSettingsValidator.IsSafe(key.TokenUri)) return null;
            using var rsa = RSA.Create();
            rsa.ImportFromPem(key.PrivateKey);
            return key;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException or ArgumentException or CryptographicException)
        {
            return null;
        }
    }

    /// <summary>A signed request for a token (JWT, RS256).</summary>
    public string Sign(string audience, string user, string scope, DateTimeOffset now)
    {
        var seconds = now.ToUnixTimeSeconds();
        var text = $"{Part(new { alg = "RS256", typ = "JWT", kid = PrivateKeyId })}.{Part(new { iss = ClientEmail, sub = user, scope, aud = audience, iat = seconds, exp = seconds + 3600 })}";
        using var rsa = RSA.Create();
        rsa.ImportFromPem(PrivateKey);
        return $"{text}.{Base64Url.EncodeToString(rsa.SignData(Encoding.ASCII.GetBytes(text), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1))}";
    }

    public override string ToString() => ClientEmail;

    private static string Part(object part) => Base64Url.EncodeToString(JsonSerializer.SerializeToUtf8Bytes(part, Json.Stored));
}

/// <summary>Why nobody could log in to a mail server, in words for whoever runs this one.</summary>
internal sealed class MailLoginException(MailTrouble kind, string words) : Exception(words)
{
    public MailTrouble Kind => kind;
}
