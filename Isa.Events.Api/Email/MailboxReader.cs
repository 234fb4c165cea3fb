using System.Diagnostics;
using System.Net.Sockets;
using MailKit;
using MailKit.Net.Imap;
using MailKit.Search;
using Microsoft.Extensions.Options;

namespace Isa.Events.Api.Email;

/// <summary>
/// Reads the mailbox that answers come to (IMAP), one process at a time: each mail is taken and then moved to the folder of handled or of parked ones. What is in the
/// folder is what is to be done, so nothing needs to be remembered: UIDs are used within a portion alone, and a mail that was taken but not moved is known when it is taken again.
/// </summary>
public sealed partial class MailboxReader(MailIntake intake, Lease lease, MailLogins logins, IOptions<EmailSettings> settings, TimeProvider time, ILogger<MailboxReader> logger) : BackgroundService
{
    private const string LeaseName = "mailbox";
    private const int Portion = 50;
    private static readonly TimeSpan Hold = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan PortionTime = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Waiting = TimeSpan.FromMinutes(2); // shorter than the lease, and than what servers close a silent connection after (RFC 2177)
    private static readonly TimeSpan Polling = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan OtherHolds = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(5);

    private readonly ImapSettings _settings = settings.Value.Imap;
    private volatile Box? _trouble;

    /// <summary>Whether there is a mailbox to read, and this process may.</summary>
    public bool IsOn => _settings.Host is not null && settings.Value.Receive;

    /// <summary>What was wrong when it was last tried; null where nothing was.</summary>
    public MailTrouble? Trouble => _trouble?.Kind;

    /// <summary>Connects, logs in and opens the folder, for those who look whether it would work.</summary>
    /// <returns>What is wrong, in words; null where nothing is.</returns>
    public async Task<string?> TryAsync(CancellationToken ct)
    {
        try
        {
            using var client = await ConnectAsync(ct);
            await OpenAsync(client, ct);
            return null;
        }
        catch (MailboxException e)
        {
            return e.Message;
        }
    }

    /// <summary>Takes what is there now.</summary>
    /// <returns>How many mails; null where another process reads.</returns>
    internal async Task<int?> RunAsync(CancellationToken ct)
    {
        if (!await lease.TryTakeAsync(LeaseName, Hold, ct)) return null;
        using var client = await ConnectAsync(ct);
        var folders = await OpenAsync(client, ct);
        var taken = 0;
        while (await TakePortionAsync(folders, ct) is > 0 and var some) taken += some;
        await client.DisconnectAsync(quit: true, ct);
        return taken;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!IsOn) return;
        var failures = 0;
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await FollowAsync(() => failures = 0, stoppingToken);
                await Task.Delay(OtherHolds, stoppingToken);
            }
            catch (Exception e) when (!stoppingToken.IsCancellationRequested)
            {
                if (e is MailboxException known) Stop(known);
                else LogFailed(logger, e);
                // By the machine's clock: it is only how often one tries.
                var pause = TimeSpan.FromTicks(Math.Min(FirstPause.Ticks << Math.Min(failures++, 10), LongestPause.Ticks));
                await Task.Delay(pause, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    /// <summary>Takes what is there and what comes, on one connection, until another process has the lease.</summary>
    private async Task FollowAsync(Action connected, CancellationToken ct)
    {
        if (!await lease.TryTakeAsync(LeaseName, Hold, ct)) return;
        using var client = await ConnectAsync(ct);
        var folders = await OpenAsync(client, ct);
        Recover();
        connected();
        var arrivals = new Arrivals(folders.Inbox);
        while (await lease.TryTakeAsync(LeaseName, Hold, ct))
        {
            arrivals.Forget();
            if (await TakePortionAsync(folders, ct) == 0) await WaitAsync(client, arrivals, ct);
        }
    }

    private static async Task WaitAsync(ImapClient client, Arrivals arrivals, CancellationToken ct)
    {
        try
        {
            if (!client.Capabilities.HasFlag(ImapCapabilities.Idle))
            {
                await Task.Delay(Polling, ct);
                await client.NoOpAsync(ct);
                return;
            }

            using var done = new CancellationTokenSource(Waiting);
            if (arrivals.Await(done)) await client.IdleAsync(done.Token, ct);
        }
        catch (Exception e) when (IsOfConnection(e))
        {
            throw new MailboxException(MailTrouble.Unreachable, "the connection was lost", e);
        }
    }

    /// <returns>How many mails were taken; 0 where there are none.</returns>
    private async Task<int> TakePortionAsync(Folders folders, CancellationToken ct)
    {
        try
        {
            var began = Stopwatch.GetTimestamp();
            var uids = await folders.Inbox.SearchAsync(SearchQuery.NotDeleted, ct);
            if (uids.Count == 0) return 0;
            var sizes = await folders.Inbox.FetchAsync([.. uids.Take(Portion)], MessageSummaryItems.UniqueId | MessageSummaryItems.Size, ct);
            var (handled, parked) = (new List<UniqueId>(), new List<UniqueId>());
            foreach (var mail in sizes)
            {
                (await TakeAsync(folders.Inbox, mail, ct) ? handled : parked).Add(mail.UniqueId);
                if (Stopwatch.GetElapsedTime(began) > PortionTime) break;
            }

            // MOVE (RFC 6851), or what it stands for where the server does not know it.
            if (handled.Count > 0) await folders.Inbox.MoveToAsync(handled, folders.Handled, ct);
            if (parked.Count > 0) await folders.Inbox.MoveToAsync(parked, folders.Parked, ct);
            return handled.Count + parked.Count;
        }
        catch (Exception e) when (IsOfConnection(e))
        {
            throw new MailboxException(MailTrouble.Unreachable, "the connection was lost", e);
        }
    }

    /// <returns>False where somebody has to look at it.</returns>
    private async Task<bool> TakeAsync(IMailFolder inbox, IMessageSummary mail, CancellationToken ct)
    {
        if (mail.Size > MailIntake.MaxBytes)
        {
            LogTooLarge(logger, mail.Size ?? 0);
            return false;
        }

        using var raw = new MemoryStream();
        await using (var stream = await inbox.GetStreamAsync(mail.UniqueId, ct)) await stream.CopyToAsync(raw, ct);
        try
        {
            return (await intake.ReceiveAsync(raw.ToArray(), ct)).Outcome != MailOutcome.Parked;
        }
        catch (ProblemException e) when (e.Problem.Status == StatusCodes.Status503ServiceUnavailable)
        {
            throw; // the database's fault: the mail stays where it is
        }
        catch (Exception e) when (!ct.IsCancellationRequested) // of this mail: the others go on
        {
            LogNotTaken(logger, e);
            return false;
        }
    }

    /// <exception cref="MailboxException">It cannot be.</exception>
    private async Task<ImapClient> ConnectAsync(CancellationToken ct)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var limit = TimeSpan.FromSeconds(_settings.TimeoutSeconds);
        patience.CancelAfter(limit);
        var client = new ImapClient { Timeout = (int)limit.TotalMilliseconds };
        MailConnection.Prepare(client, _settings.Authority);
        var connected = false;
        try
        {
            await client.ConnectAsync(_settings.Host!, _settings.EffectivePort, MailConnection.Encryption(_settings.Security), patience.Token);
            connected = true;
            await logins.Imap.EnterAsync(client, patience.Token);
            return client;
        }
        catch (Exception e) when (!ct.IsCancellationRequested)
        {
            client.Dispose();
            var (kind, words) = MailConnection.TroubleOf(e, connected, _settings.Host!, "Email:Imap", "read")
                ?? (MailTrouble.Unreachable, e is TimeoutException ? "it does not answer in time" : SmtpTransport.Clean(e.Message));
            throw new MailboxException(kind, words, e);
        }
    }

    private async Task<Folders> OpenAsync(ImapClient client, CancellationToken ct)
    {
        try
        {
            var inbox = _settings.Folder.Equals("INBOX", StringComparison.OrdinalIgnoreCase) ? client.Inbox : await client.GetFolderAsync(_settings.Folder, ct);
            var (handled, parked) = (await FolderAsync(client, _settings.HandledFolder, ct), await FolderAsync(client, _settings.ParkedFolder, ct));
            await inbox!.OpenAsync(FolderAccess.ReadWrite, ct);
            return new Folders(inbox, handled, parked);
        }
        catch (Exception e) when (IsOfConnection(e) || e is FolderNotFoundException)
        {
            client.Dispose();
            throw new MailboxException(MailTrouble.Unreachable, e is FolderNotFoundException ? $"there is no folder {_settings.Folder} (Email:Imap:Folder)" : SmtpTransport.Clean(e.Message), e);
        }
    }

    private static async Task<IMailFolder> FolderAsync(ImapClient client, string name, CancellationToken ct)
    {
        var root = client.GetFolder(client.PersonalNamespaces[0]);
        try
        {
            return await root.GetSubfolderAsync(name, ct);
        }
        catch (FolderNotFoundException)
        {
            return await root.CreateAsync(name, isMessageFolder: true, ct) ?? throw new MailboxException(MailTrouble.Unreachable, $"it makes no folder {name}", null);
        }
    }

    private static bool IsOfConnection(Exception e) => e is IOException or SocketException or ProtocolException or CommandException or ServiceNotConnectedException or ServiceNotAuthenticatedException or FolderNotOpenException or TimeoutException;

    private void Stop(MailboxException e)
    {
        if (_trouble?.Kind != e.Kind) LogTrouble(logger, _settings.Host!, e.Message);
        _trouble = new Box(e.Kind, time.GetUtcNow());
    }

    private void Recover()
    {
        if (_trouble is not { } known) return;
        _trouble = null;
        LogRecovered(logger, _settings.Host!, known.Since);
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "The mailbox for answers on {Host} cannot be read: {Reason}. Answers wait there, everything else goes on, and it is tried again until it works.")]
    private static partial void LogTrouble(ILogger logger, string host, string reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "The mailbox for answers on {Host} is read again; it was last tried in vain at {Since}")]
    private static partial void LogRecovered(ILogger logger, string host, DateTimeOffset since);

    [LoggerMessage(Level = LogLevel.Error, Message = "What came to the mailbox for answers could not be taken, and is tried again")]
    private static partial void LogFailed(ILogger logger, Exception exception);

    [LoggerMessage(Level = LogLevel.Warning, Message = "A mail of {Bytes} bytes in the mailbox for answers is too large to be read; it is put aside in the folder of parked ones")]
    private static partial void LogTooLarge(ILogger logger, uint bytes);

    [LoggerMessage(Level = LogLevel.Error, Message = "A mail in the mailbox for answers could not be taken; it is put aside in the folder of parked ones")]
    private static partial void LogNotTaken(ILogger logger, Exception exception);

    private sealed record Folders(IMailFolder Inbox, IMailFolder Handled, IMailFolder Parked);

    /// <summary>Notices what comes, also between a search and the waiting that follows it.</summary>
    private sealed class Arrivals
    {
        private readonly Lock _gate = new();
        private CancellationTokenSource? _waiting;
        private bool _came;

        public Arrivals(IMailFolder inbox) => inbox.CountChanged += (_, _) =>
        {
            lock (_gate)
            {
                _came = true;
                _waiting?.Cancel();
            }
        };

        public void Forget()
        {
            lock (_gate) (_came, _waiting) = (false, null);
        }

        /// <summary>Ends the waiting once something comes.</summary>
        /// <returns>False where it has come already.</returns>
        public bool Await(CancellationTokenSource waiting)
        {
            lock (_gate)
            {
                _waiting = waiting;
                return !_came;
            }
        }
    }

    private sealed record Box(MailTrouble Kind, DateTimeOffset Since);

    private sealed class MailboxException(MailTrouble kind, string words, Exception? cause) : Exception(words, cause)
    {
        public MailTrouble Kind => kind;
    }
}
