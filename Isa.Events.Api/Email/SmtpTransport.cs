using System.Collections.Concurrent;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;
using MailKit;
using MailKit.Net.Smtp;
using Microsoft.Extensions.Options;
using MimeKit;
using MimeKit.IO;

namespace Isa.Events.Api.Email;

/// <summary>
/// Hands messages to the mail server, on a few connections that are used again. What is wrong with the server or with how it is set up is told apart from what is
/// wrong with one message: the former stops all sending for a while and is logged once.
/// </summary>
public sealed partial class SmtpTransport : IDisposable
{
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(5);
    private const int MaxMessages = 100; // some servers count, and close
    private const int MaxPolicies = 3; // recipients in a row who cannot all be at fault

    private readonly SmtpSettings _settings;
    private readonly MailLogin _login;
    private readonly string _localDomain;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly ConcurrentBag<Connection> _idle = [];
    private readonly Lock _gate = new();
    private readonly HashSet<string> _refused = new(StringComparer.OrdinalIgnoreCase); // by rules of the server, since something was taken
    private (MailTrouble Kind, DateTimeOffset Until, int Times, bool WhenSending)? _trouble;
    private int _sending;

    public SmtpTransport(IOptions<EmailSettings> settings, MailLogins logins, IOptions<ServerSettings> server, TimeProvider time, ILogger<SmtpTransport> logger)
    {
        (_settings, _login, _localDomain, _time, _logger) = (settings.Value.Smtp, logins.Smtp, new Uri(server.Value.PublicUrl).IdnHost, time, logger);
    }

    /// <summary>Whether there is a mail server at all.</summary>
    public bool IsOn => _settings.Host is not null;

    public int Connections => _settings.Connections;

    /// <summary>The longest that handing over one message takes.</summary>
    public TimeSpan Timeout => TimeSpan.FromSeconds(_settings.TimeoutSeconds);

    /// <summary>What was wrong when it was last tried; null where nothing was.</summary>
    public MailTrouble? Trouble
    {
        get
        {
            lock (_gate) return _trouble?.Kind;
        }
    }

    /// <summary>Whether the server answers, but took none of the last messages from anybody: whether it does now only a message can tell.</summary>
    public bool IsDoubtful
    {
        get
        {
            lock (_gate) return _trouble is { WhenSending: true };
        }
    }

    // Since what was tried last did not work.
    private bool Pauses
    {
        get
        {
            lock (_gate) return _trouble is { } known && _time.GetUtcNow() < known.Until;
        }
    }

    /// <summary>Whether messages can be handed over now: there is a connection. After a failure nobody knocks again before a pause is over, which grows.</summary>
    public async Task<bool> IsReadyAsync(CancellationToken ct)
    {
        if (Pauses) return false;
        if (Volatile.Read(ref _sending) > 0 && Trouble is null) return true; // shows with what is on its way
        var (connection, trouble) = await TakeAsync(ct);
        if (connection is null) return Stop(trouble!.Value.Kind, trouble.Value.Words);
        _idle.Add(connection);
        if (!IsDoubtful) Recover();
        return true;
    }

    public async Task<Delivery> SendAsync(MimeMessage message, string sender, string recipient, CancellationToken ct)
    {
        Interlocked.Increment(ref _sending);
        try
        {
            return await HandOverAsync(message, sender, recipient, ct);
        }
        finally
        {
            Interlocked.Decrement(ref _sending);
        }
    }

    private async Task<Delivery> HandOverAsync(MimeMessage message, string sender, string recipient, CancellationToken ct)
    {
        if (Pauses) return new Delivery(DeliveryResult.Unavailable);
        // What has other letters before the @ needs SMTPUTF8 (RFC 6531). Where a server offers it, MailKit would write all domains in their own letters, needed or not, which servers further on refuse.
        var isInternational = !IsAscii(sender) || !IsAscii(recipient);
        var (connection, trouble) = await TakeAsync(ct, isNew: isInternational);
        if (connection is null)
        {
            Stop(trouble!.Value.Kind, trouble.Value.Words);
            return new Delivery(DeliveryResult.Unavailable);
        }

        using var patience = CancellationTokenSource.CreateLinkedTokenSource(ct);
        patience.CancelAfter(Timeout);
        try
        {
            if (!isInternational) connection.Client.Capabilities &= ~SmtpCapabilities.UTF8;
            else if (!connection.Client.Capabilities.HasFlag(SmtpCapabilities.UTF8)) return Keep(connection, new Delivery(DeliveryResult.Refused, "The mail server takes no addresses with letters outside ASCII."));
            if (connection.Client.MaxSize is > 0 and var max && Size(message) is var size && size > max) return Keep(connection, new Delivery(DeliveryResult.Refused, $"The message has {size} bytes; the mail server takes {max}."));
            await connection.Client.SendAsync(message, new MailboxAddress("", sender), [new MailboxAddress("", recipient)], patience.Token);
            lock (_gate) _refused.Clear();
            Recover();
            return Keep(connection, Delivery.Sent);
        }
        catch (SmtpCommandException e)
        {
            return Judge(connection, recipient, e);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            connection.Dispose();
            Stop(MailTrouble.Unreachable, "it did not answer in time");
            return new Delivery(DeliveryResult.Deferred, "The mail server did not answer in time.");
        }
        catch (Exception e) when (e is IOException or SocketException or ProtocolException or ServiceNotConnectedException)
        {
            connection.Dispose();
            return new Delivery(DeliveryResult.Deferred, "The connection to the mail server was lost.");
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>Connects and logs in, for those who look whether it would work.</summary>
    /// <returns>What is wrong, in words; null where nothing is.</returns>
    public async Task<string?> TryAsync(CancellationToken ct)
    {
        var (connection, trouble) = await TakeAsync(ct);
        connection?.Dispose();
        return trouble?.Words;
    }

    public void Dispose()
    {
        while (_idle.TryTake(out var connection)) connection.Dispose();
    }

    private Delivery Judge(Connection connection, string recipient, SmtpCommandException e)
    {
        var status = (int)e.StatusCode;
        var words = Clean($"{status} {e.Message}");
        if (status == 421 || !connection.Client.IsConnected) connection.Dispose();
        else Keep(connection, default);
        // Nobody's mail gets through like this, so no message is to blame.
        if (status is 530 or 534 or 535 or 538 || e.ErrorCode == SmtpErrorCode.SenderNotAccepted && status is 550 or 551 or 553 or 554)
        {
            Stop(e.ErrorCode == SmtpErrorCode.SenderNotAccepted && status >= 550 ? MailTrouble.SenderRefused : MailTrouble.LoginRefused, words, whenSending: true);
            return new Delivery(DeliveryResult.Unavailable);
        }

        if (status < 500) return new Delivery(DeliveryResult.Deferred, words);
        if (e.ErrorCode != SmtpErrorCode.RecipientNotAccepted) return new Delivery(DeliveryResult.Refused, words);
        var code = EnhancedCode().Match(e.Message) is { Success: true } given ? given.Value : "5.0.0";
        // Rules of the server (RFC 3463 s3.8) say nothing of the mailbox, and where each recipient meets them, nothing of the recipient.
        var isPolicy = code.StartsWith("5.7.", StringComparison.Ordinal);
        if (Relaying().IsMatch(e.Message) || isPolicy && IsOneOfMany(recipient))
        {
            Stop(MailTrouble.RelayRefused, words, whenSending: true);
            return new Delivery(DeliveryResult.Deferred, words); // and others are tried before it
        }

        return new Delivery(DeliveryResult.Refused, words) { BounceCode = isPolicy ? null : code };
    }

    private bool IsOneOfMany(string recipient)
    {
        lock (_gate)
        {
            if (_refused.Count < MaxPolicies) _refused.Add(recipient);
            return _refused.Count == MaxPolicies;
        }
    }

    private static bool IsAscii(string address) => Ascii.IsValid(address) || EmailAddress.TryNormalise(address, out var sendable, out _) && Ascii.IsValid(sendable);

    private Delivery Keep(Connection connection, Delivery delivery)
    {
        connection.Used(_time.GetTimestamp());
        if (connection.Client.IsConnected && connection.Messages < MaxMessages && _idle.Count < Connections) _idle.Add(connection);
        else connection.Dispose();
        return delivery;
    }

    private async Task<(Connection?, (MailTrouble Kind, string Words)?)> TakeAsync(CancellationToken ct, bool isNew = false)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(ct);
        patience.CancelAfter(Timeout);
        while (!isNew && _idle.TryTake(out var idle))
        {
            if (idle.Client.IsConnected && (_time.GetElapsedTime(idle.LastUsed) < Fresh || await IsAliveAsync(idle, patience.Token))) return (idle, null);
            idle.Dispose();
        }

        var connection = new Connection(new SmtpClient { LocalDomain = _localDomain });
        MailConnection.Prepare(connection.Client, _settings.Authority);
        var connected = false;
        try
        {
            await connection.Client.ConnectAsync(_settings.Host!, _settings.EffectivePort, MailConnection.Encryption(_settings.Security), patience.Token);
            connected = true;
            if (_login.IsOn) await _login.EnterAsync(connection.Client, patience.Token);
            connection.Used(_time.GetTimestamp());
            return (connection, null);
        }
        catch (Exception e) when (!ct.IsCancellationRequested)
        {
            connection.Dispose();
            return (null, MailConnection.TroubleOf(e, connected, _settings.Host!, "Email:Smtp", "sent")
                ?? (MailTrouble.Unreachable, Clean(e is SmtpCommandException command ? $"{(int)command.StatusCode} {command.Message}" : e.Message)));
        }
    }

    private static async Task<bool> IsAliveAsync(Connection connection, CancellationToken ct)
    {
        try
        {
            await connection.Client.NoOpAsync(ct);
            return true;
        }
        catch (Exception e) when (e is IOException or SocketException or CommandException or ProtocolException or ServiceNotConnectedException or OperationCanceledException)
        {
            return false;
        }
    }

    private bool Stop(MailTrouble kind, string words, bool whenSending = false)
    {
        lock (_gate)
        {
            var now = _time.GetUtcNow();
            if (_trouble is { } known && now < known.Until) return false; // several connections met the same
            var times = _trouble?.Times ?? 0;
            if (_trouble?.Kind != kind) LogTrouble(_logger, _settings.Host!, words);
            var pause = TimeSpan.FromTicks(Math.Min(FirstPause.Ticks << Math.Min(times, 10), LongestPause.Ticks));
            _trouble = (kind, now + pause, times + 1, whenSending);
        }

        return false;
    }

    private void Recover()
    {
        lock (_gate)
        {
            if (_trouble is null) return;
            _trouble = null;
            LogRecovered(_logger, _settings.Host!);
        }
    }

    private static long Size(MimeMessage message)
    {
        using var measure = new MeasuringStream();
        message.WriteTo(measure);
        return measure.Length;
    }

    /// <summary>What a server said, as it may be shown: one line, no addresses.</summary>
    internal static string Clean(string text)
    {
        var line = Addresses().Replace(new string([.. text.Select(c => char.IsControl(c) ? ' ' : c)]), "…").Trim();
        return line.Length <= 300 ? line : line[..300];
    }

    [GeneratedRegex(@"<?[^\s<>@]+@[^\s<>@]+>?", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 100)]
    private static partial Regex Addresses();

    // As Postfix, Exchange, Exim and Sendmail say it.
    [GeneratedRegex(@"\brelay(ing)?\b", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase, matchTimeoutMilliseconds: 100)]
    private static partial Regex Relaying();

    [GeneratedRegex(@"^5\.\d{1,3}\.\d{1,3}(?=\s|$)", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 100)]
    private static partial Regex EnhancedCode();

    [LoggerMessage(Level = LogLevel.Error, Message = "No mail can be sent by {Host}: {Reason}. Mails wait, and it is tried again until it works.")]
    private static partial void LogTrouble(ILogger logger, string host, string reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "Mails go out by {Host} again")]
    private static partial void LogRecovered(ILogger logger, string host);

    private sealed class Connection(SmtpClient client) : IDisposable
    {
        public SmtpClient Client => client;

        public long LastUsed { get; private set; }

        public int Messages { get; private set; } = -1; // connecting is none

        public void Used(long at) => (LastUsed, Messages) = (at, Messages + 1);

        public void Dispose() => client.Dispose();
    }
}
