using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Options;

namespace Isa.Events.Api.Email;

/// <summary>
/// Refresh tokens that a provider has put in the place of those that are set (RFC 6749 section 6). They lie in a file of the data folder that the server's own user
/// alone can read, and not in the database: a backup of it travels. Whoever sets another one begins anew with that.
/// </summary>
public sealed partial class RefreshTokens(EventsDatabase database, IOptions<EmailSettings> settings, ILogger<RefreshTokens> logger) : IDisposable
{
    public const string FileName = "refresh-tokens.json";

    private readonly string _file = Path.Combine(database.DataFolder, FileName);
    private readonly SemaphoreSlim _one = new(1);
    private readonly Dictionary<string, string> _unwritten = new(StringComparer.Ordinal);

    /// <summary>One at a time: mails out and in may be allowed by one token, which each use replaces.</summary>
    /// <param name="oauth">Where it is set.</param>
    /// <param name="use">Gets a token by the one that holds now; gives what takes its place, or null.</param>
    /// <param name="ct">Gives up waiting for its turn; what is begun is ended, or the token that came would be lost.</param>
    /// <exception cref="MailLoginException">The one that holds now cannot be read.</exception>
    internal async Task<T> UseAsync<T>(OAuthSettings oauth, Func<string, Task<(T Got, string? Next)>> use, CancellationToken ct)
    {
        var name = NameOf(oauth);
        await _one.WaitAsync(ct);
        try
        {
            var current = _unwritten.GetValueOrDefault(name) ?? Read().GetValueOrDefault(name) ?? oauth.RefreshToken!;
            var (got, next) = await use(current);
            if (!string.IsNullOrEmpty(next) && next != current) Keep(name, next);
            return got;
        }
        finally
        {
            _one.Release();
        }
    }

    public void Dispose() => _one.Dispose();

    // Not the token itself: the file says nothing of what is set elsewhere.
    private static string NameOf(OAuthSettings oauth) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{oauth.TokenUrl}\n{oauth.ClientId}\n{oauth.RefreshToken}")));

    // Each time: another process on this folder, such as doctor, may have replaced it.
    private Dictionary<string, string> Read()
    {
        try
        {
            return File.Exists(_file) ? JsonSerializer.Deserialize<Dictionary<string, string>>(File.ReadAllBytes(_file)) ?? [] : [];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            // The one that is set may have been replaced: a provider who is shown it again takes it for stolen.
            throw new MailLoginException(MailTrouble.LoginRefused, $"{_file}, where refresh tokens are kept, cannot be read ({(e is JsonException ? "it is damaged" : e.Message)}); without that file the one that is set holds");
        }
    }

    private void Keep(string name, string token)
    {
        _unwritten[name] = token;
        var begun = $"{_file}.{Guid.NewGuid():N}.tmp";
        try
        {
            HashSet<string> set = [.. new[] { settings.Value.Smtp.OAuth, settings.Value.Imap.OAuth }.Where(o => o.RefreshToken is not null).Select(NameOf)];
            var kept = Read().Where(entry => set.Contains(entry.Key)).ToDictionary();
            foreach (var (key, value) in _unwritten) kept[key] = value;
            using (var stream = PrivateFiles.Open(begun, FileMode.CreateNew, FileShare.None))
            {
                JsonSerializer.Serialize(stream, kept);
                stream.Flush(flushToDisk: true);
            }

            File.Move(begun, _file, overwrite: true);
            PrivateFiles.FlushFolder(database.DataFolder);
            _unwritten.Clear();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or MailLoginException)
        {
            LogUnwritten(logger, _file, e.Message);
            File.Delete(begun);
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "{File} cannot be written ({Reason}): the refresh token that a provider has given anew is lost when this process ends")]
    private static partial void LogUnwritten(ILogger logger, string file, string reason);
}
