using System.Text.Json;
using MailKit;
using MailKit.Security;
using Microsoft.Extensions.Options;

namespace Isa.Events.Api.Email;

/// <summary>How one logs in to the server that mails are handed to, and to the one they are fetched from.</summary>
public sealed class MailLogins(IOptions<EmailSettings> settings, RefreshTokens refresh, TimeProvider time) : IDisposable
{
    internal MailLogin Smtp { get; } = new("Email:Smtp", settings.Value.Smtp.User, settings.Value.Smtp.Password, settings.Value.Smtp.OAuth, refresh, time);

    internal MailLogin Imap { get; } = new("Email:Imap", settings.Value.Imap.User, settings.Value.Imap.Password, settings.Value.Imap.OAuth, refresh, time);

    public void Dispose()
    {
        Smtp.Dispose();
        Imap.Dispose();
    }
}

/// <summary>Logs in to a mail server, by password or by a token (OAuth 2.0), which serves all connections until shortly before it expires.</summary>
internal sealed class MailLogin(string section, string? user, string? password, OAuthSettings oauth, RefreshTokens refresh, TimeProvider time) : IDisposable
{
    private static readonly TimeSpan Spare = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan Usual = TimeSpan.FromMinutes(10); // where the answer does not tell how long it holds (RFC 6749 section 5.1)

    // Whoever asks for a token is not to be sent elsewhere with the secret.
    private static readonly HttpClient Http = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, PooledConnectionLifetime = TimeSpan.FromMinutes(5) }) { Timeout = TimeSpan.FromSeconds(15), MaxResponseContentBufferSize = 100_000 };

    private readonly SemaphoreSlim _one = new(1);
    private Token? _token;

    /// <summary>Whether anybody logs in.</summary>
    public bool IsOn => user is not null;

    /// <param name="client">Connected.</param>
    /// <param name="ct">Ends it.</param>
    /// <exception cref="MailLoginException">It is refused, or there is no token.</exception>
    /// <exception cref="AuthenticationException">The password is refused.</exception>
    public async Task EnterAsync(MailService client, CancellationToken ct)
    {
        if (!oauth.IsOn)
        {
            await client.AuthenticateAsync(user!, password ?? "", ct);
            return;
        }

        var (token, isFresh) = await TokenAsync(refused: null, ct);
        if (await TryAsync(client, token, ct)) return;
        // It may have been withdrawn before its time.
        if (!isFresh && client.IsConnected && await TryAsync(client, (await TokenAsync(refused: token, ct)).Token, ct)) return;
        _token = null;
        throw new MailLoginException(MailTrouble.LoginRefused, $"it refuses {section}:User with the token of {section}:OAuth");
    }

    public void Dispose() => _one.Dispose();

    private async Task<bool> TryAsync(MailService client, Token token, CancellationToken ct)
    {
        var known = client.AuthenticationMechanisms;
        try
        {
            await client.AuthenticateAsync(known.Contains("XOAUTH2") ? new SaslMechanismOAuth2(user!, token.Text)
                : known.Contains("OAUTHBEARER") ? new SaslMechanismOAuthBearer(user!, token.Text)
                : throw new MailLoginException(MailTrouble.LoginRefused, $"it takes no tokens, so {section}:OAuth leads nowhere"), ct);
            return true;
        }
        catch (AuthenticationException)
        {
            return false;
        }
    }

    private async Task<(Token Token, bool IsFresh)> TokenAsync(Token? refused, CancellationToken ct)
    {
        await _one.WaitAsync(ct); // several connections begin at once
        try
        {
            if (_token is { } known && known != refused && time.GetUtcNow() < known.Until) return (known, false);
            _token = null;
            return (_token = await FetchAsync(ct), true);
        }
        finally
        {
            _one.Release();
        }
    }

    private async Task<Token> FetchAsync(CancellationToken ct) =>
        oauth.RefreshToken is null ? (await AskAsync(null, ct)).Token : await refresh.UseAsync(oauth, current => AskAsync(current, CancellationToken.None), ct);

    private async Task<(Token Token, string? Next)> AskAsync(string? refreshToken, CancellationToken ct)
    {
        var grant = OAuthGrant.Of(oauth, refreshToken, user!, time.GetUtcNow());
        var host = grant.Url.Host;
        try
        {
            using var form = new FormUrlEncodedContent(grant.Form);
            using var answer = await Http.PostAsync(grant.Url, form, ct);
            var body = Read(await answer.Content.ReadAsStringAsync(ct));
            if (answer.IsSuccessStatusCode && body?.AccessToken is { Length: > 0 } text)
            {
                var holds = body.ExpiresIn is > 0 and < 10_000_000 and var seconds ? TimeSpan.FromSeconds(seconds) : Usual;
                return (new Token(text, time.GetUtcNow() + (holds > 2 * Spare ? holds - Spare : holds / 2)), body.RefreshToken);
            }

            var status = (int)answer.StatusCode;
            var words = SmtpTransport.Clean(grant.Hide($"{status} {body?.Error} {body?.ErrorDescription}".TrimEnd()));
            throw new MailLoginException(status is >= 500 or 408 or 429 ? MailTrouble.Unreachable : MailTrouble.LoginRefused, $"{host} gives no token for {section}:OAuth: {words}");
        }
        catch (HttpRequestException e)
        {
            throw new MailLoginException(MailTrouble.Unreachable, $"{host} gives no token for {section}:OAuth: it cannot be reached ({(e.HttpRequestError == HttpRequestError.SecureConnectionError ? "its certificate is not trusted" : e.HttpRequestError)})");
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            throw new MailLoginException(MailTrouble.Unreachable, $"{host} gives no token for {section}:OAuth: it does not answer in time");
        }
    }

    private static TokenAnswer? Read(string body)
    {
        try
        {
            return JsonSerializer.Deserialize<TokenAnswer>(body, Names);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static readonly JsonSerializerOptions Names = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower, NumberHandling = System.Text.Json.Serialization.JsonNumberHandling.AllowReadingFromString };

    private sealed record TokenAnswer(string? AccessToken, long? ExpiresIn, string? RefreshToken, string? Error, string? ErrorDescription);

    private sealed record Token(string Text, DateTimeOffset Until)
    {
        public override string ToString() => "…";
    }
}
