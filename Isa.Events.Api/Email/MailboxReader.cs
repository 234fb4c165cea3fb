using System.Diagnostics;
using System.Net.Sockets;
using MailKit;
using MailKit.Net.Imap;
using MailKit.Search;
using Microsoft.Extensions.Options;

namespace Isa.Events.Api.Email;

/// <summary>
/// Reads the mailbox that answers come to (IMAP), one process at a time: each mail is taken and then moved to the folder of handled or of parked ones. What is in the
/// folder is what is to be done, so nothing needs to be remembered: a mail that was taken but not moved is known when it is taken again. Only what the server does not give
/// is counted while the process runs, so that no mail holds up the others.
/// </summary>
public sealed partial class MailboxReader(MailIntake intake, Lease lease, MailLogins logins, IOptions<EmailSettings> settings, TimeProvider time, ILogger<MailboxReader> logger) : BackgroundService
{
    private const string LeaseName = "mailbox";
    private const int Portion = 50;
    private const int Tries = 5; // to get a mail, with the pauses between them more than a minute
    private static readonly TimeSpan Hold = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan PortionTime = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Waiting = TimeSpan.FromMinutes(2); // shorter than the lease, and than what servers close a silent connection after (RFC 2177)
    private static readonly TimeSpan Polling = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan OtherHolds = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan LeftAlone = TimeSpan.FromHours(1);
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(5);

    private readonly ImapSettings _settings = settings.Value.Imap;
    private readonly Dictionary<(uint Validity, uint Id), int> _refused = []; // how often the server did not give a mail, or fell silent over it
    private bool _sizesSingly; // since the connection broke over those of many, which does not tell over which
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

    /// <summary>Ends the reading; another process may begin at once.</summary>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        if (!IsOn) return;
        try
        {
            await lease.ReleaseAsync(LeaseName, cancellationToken);
        }
        catch (Exception e) when (e is ProblemException or OperationCanceledException)
        {
            // it ends by time
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
            catch (Exception) when (stoppingToken.IsCancellationRequested)
            {
                // stopping, whatever it was in the middle of
            }
        }
    }

    /// <summary>Takes what is there and what comes, on one connection, until another process has the lease.</summary>
    private async Task FollowAsync(Action worked, CancellationToken ct)
    {
        if (!await lease.TryTakeAsync(LeaseName, Hold, ct)) return;
        using var client = await ConnectAsync(ct);
        var folders = await OpenAsync(client, ct);
        var began = Stopwatch.GetTimestamp();
        var arrivals = new Arrivals(folders.Inbox);
        while ((folders.Left.Count == 0 || Stopwatch.GetElapsedTime(began) < LeftAlone) && await lease.TryTakeAsync(LeaseName, Hold, ct))
        {
            arrivals.Forget();
            var taken = await TakePortionAsync(folders, ct);
            worked();
            if (taken == 0) await WaitAsync(client, arrivals, ct);
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
            throw Broken(e);
        }
    }

    /// <returns>How many mails were taken or put aside; 0 where there are none.</returns>
    private async Task<int> TakePortionAsync(Folders folders, CancellationToken ct)
    {
        try
        {
            var began = Stopwatch.GetTimestamp();
            // First what the connection has broken over: it breaks again before much was fetched in vain.
            var mails = (await folders.Inbox.SearchAsync(SearchQuery.NotDeleted, ct)).Where(mail => !folders.Left.Contains(mail)).Take(Portion).OrderByDescending(mail => Refusals(folders, mail)).ToList();
            List<UniqueId> handled = [], parked = [.. mails.TakeWhile(mail => Refusals(folders, mail) >= Tries)];
            // By themselves, before another one can break the connection.
            if (parked.Count > 0) await PutAsideAsync(folders, parked, ct);
            else await TakeEachAsync(folders, mails, handled, parked, began, ct);
            if (folders.Left.Count == 0) Recover();
            return handled.Count + parked.Count;
        }
        catch (Exception e) when (IsOfConnection(e))
        {
            throw Broken(e);
        }
    }

    private async Task TakeEachAsync(Folders folders, List<UniqueId> mails, List<UniqueId> handled, List<UniqueId> parked, long began, CancellationToken ct)
    {
        if (mails.Count == 0) return;
        var sizes = await SizesAsync(folders.Inbox, mails, ct);
        var given = false;
        var refused = new List<(UniqueId Mail, string Words)>();
        foreach (var mail in mails)
        {
            try
            {
                if ((sizes.GetValueOrDefault(mail) ?? await SizeAsync(folders.Inbox, mail, ct)) is > MailIntake.MaxBytes and var size)
                {
                    LogTooLarge(logger, size);
                    parked.Add(mail);
                }
                else
                {
                    using var raw = new MemoryStream();
                    await using (var stream = await folders.Inbox.GetStreamAsync(mail, ct)) await stream.CopyToAsync(raw, ct);
                    given = true;
                    (await TakeAsync(raw.ToArray(), ct) ? handled : parked).Add(mail);
                }
            }
            catch (Exception e) when (e is CommandException or MessageNotFoundException)
            {
                refused.Add((mail, WordsOf(e)));
            }
            catch (Exception e) when (IsOfConnection(e))
            {
                Refuse(folders, mail, 1, WordsOf(e));
                throw;
            }

            if (Stopwatch.GetElapsedTime(began) > PortionTime) break;
        }

        // Where it gives others, it is this mail; where it gives none, that may pass, and one after another is given up.
        foreach (var (mail, words) in given ? refused : refused.Take(1))
            if (Refuse(folders, mail, given ? Tries - Refusals(folders, mail) : 1, words)) parked.Add(mail);
        _sizesSingly = false;
        await MoveAsync(folders, folders.Handled, handled, ct);
        await MoveAsync(folders, folders.Parked, parked, ct);
        if (!given && refused is [var (_, said), ..]) throw new MailboxException(MailTrouble.Refused, $"it gives no mail ({said})", null);
    }

    /// <returns>False where somebody has to look at it.</returns>
    private async Task<bool> TakeAsync(byte[] raw, CancellationToken ct)
    {
        try
        {
            return (await intake.ReceiveAsync(raw, ct)).Outcome != MailOutcome.Parked;
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

    /// <returns>Those that are known by asking for all at once.</returns>
    private async Task<Dictionary<UniqueId, uint?>> SizesAsync(IMailFolder inbox, List<UniqueId> mails, CancellationToken ct)
    {
        if (_sizesSingly) return [];
        try
        {
            _sizesSingly = true;
            var found = await inbox.FetchAsync(mails, MessageSummaryItems.UniqueId | MessageSummaryItems.Size, ct);
            _sizesSingly = false;
            return found.ToDictionary(mail => mail.UniqueId, mail => mail.Size);
        }
        catch (CommandException)
        {
            _sizesSingly = false;
            return []; // for one of them
        }
    }

    private static async Task<uint?> SizeAsync(IMailFolder inbox, UniqueId mail, CancellationToken ct) =>
        (await inbox.FetchAsync([mail], MessageSummaryItems.UniqueId | MessageSummaryItems.Size, ct)).FirstOrDefault()?.Size;

    private int Refusals(Folders folders, UniqueId mail) => _refused.GetValueOrDefault((folders.Inbox.UidValidity, mail.Id));

    /// <returns>Whether it is given up.</returns>
    private bool Refuse(Folders folders, UniqueId mail, int times, string words)
    {
        var (before, now) = (Refusals(folders, mail), Refusals(folders, mail) + times);
        _refused[(folders.Inbox.UidValidity, mail.Id)] = now;
        if (before < Tries && now >= Tries) LogRefused(logger, mail.Id, words);
        return now >= Tries;
    }

    private async Task PutAsideAsync(Folders folders, List<UniqueId> mails, CancellationToken ct)
    {
        try
        {
            // The connection may break over moving it, too: that is tried as often.
            foreach (var mail in mails.Where(mail => Refusals(folders, mail) >= 2 * Tries)) Leave(folders, mail, "the connection breaks whenever one is moved");
            await MoveAsync(folders, folders.Parked, [.. mails.Where(mail => !folders.Left.Contains(mail))], ct);
        }
        catch (Exception e) when (IsOfConnection(e))
        {
            foreach (var mail in mails) Refuse(folders, mail, 1, WordsOf(e));
            throw;
        }
    }

    /// <summary>Moves them together, or where that is refused each by itself, so that one holds up no other. What stays is left alone for a while.</summary>
    private async Task MoveAsync(Folders folders, IMailFolder to, List<UniqueId> mails, CancellationToken ct)
    {
        if (mails.Count == 0) return;
        try
        {
            await folders.Inbox.MoveToAsync(mails, to, ct); // MOVE (RFC 6851), or what it stands for where the server does not know it
        }
        catch (CommandException) when (mails.Count > 1)
        {
            foreach (var mail in mails) await MoveAsync(folders, to, [mail], ct);
        }
        catch (CommandException e)
        {
            Leave(folders, mails[0], $"it moves no mail to {to.FullName} ({WordsOf(e)})");
        }
    }

    private void Leave(Folders folders, UniqueId mail, string words)
    {
        folders.Left.Add(mail);
        Note(MailTrouble.Refused, () => LogLeft(logger, _settings.Host!, words));
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
                ?? (MailTrouble.Unreachable, e is TimeoutException ? "it does not answer in time" : WordsOf(e));
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
            throw new MailboxException(MailTrouble.Unreachable, e is FolderNotFoundException ? $"there is no folder {_settings.Folder} (Email:Imap:Folder)" : WordsOf(e), e);
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

    /// <summary>What the server said, where it did.</summary>
    private static string WordsOf(Exception e) => SmtpTransport.Clean(e is ImapCommandException { ResponseText: { Length: > 0 } said } ? said : e.Message).TrimEnd('.');

    private static MailboxException Broken(Exception e) =>
        e is CommandException ? new(MailTrouble.Refused, WordsOf(e), e) : new(MailTrouble.Unreachable, $"the connection was lost ({WordsOf(e)})", e);

    private void Stop(MailboxException e) => Note(e.Kind, () => LogTrouble(logger, _settings.Host!, e.Message));

    private void Note(MailTrouble kind, Action log)
    {
        if (_trouble?.Kind != kind) log();
        _trouble = new Box(kind, time.GetUtcNow());
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

    [LoggerMessage(Level = LogLevel.Error, Message = "The mail server does not give mail {Uid} in the mailbox for answers: {Reason}. It is put aside unread in the folder of parked ones")]
    private static partial void LogRefused(ILogger logger, uint uid, string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "Mails stay in the mailbox for answers on {Host}: {Reason}. What else comes is read, and moving them is tried again once an hour")]
    private static partial void LogLeft(ILogger logger, string host, string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "A mail in the mailbox for answers could not be taken; it is put aside in the folder of parked ones")]
    private static partial void LogNotTaken(ILogger logger, Exception exception);

    private sealed record Folders(IMailFolder Inbox, IMailFolder Handled, IMailFolder Parked)
    {
        /// <summary>Those of the inbox that the server does not move.</summary>
        public HashSet<UniqueId> Left { get; } = [];
    }

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
