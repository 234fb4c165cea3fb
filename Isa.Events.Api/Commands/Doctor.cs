using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Isa.Events.Api.Email;
using Isa.Events.Api.Features.Server;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Options;
using ParseResult = System.CommandLine.ParseResult;

namespace Isa.Events.Api.Commands;

/// <summary><c>doctor</c>: looks, in plain words, at what goes wrong in the settings and the surroundings of a server. Changes nothing.</summary>
internal static class Doctor
{
    private const long LittleSpace = 1_000_000_000;
    private const long NoSpace = 100_000_000;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LateMail = TimeSpan.FromHours(1);
    private static readonly TimeSpan OldBackup = TimeSpan.FromDays(2);

    public static Command Create(Func<ParseResult, WebApplication> build)
    {
        var command = new Command("doctor", "Looks at the public address, the data folder, the clock, the disk, the database and the mail server, and says what to do.");
        command.SetAction(async (parsed, ct) =>
        {
            await using var app = build(parsed);
            return await RunAsync(app, Console.Out, ct);
        });
        return command;
    }

    /// <returns>1 where something is wrong.</returns>
    internal static async Task<int> RunAsync(WebApplication app, TextWriter output, CancellationToken ct)
    {
        var database = app.Services.GetRequiredService<EventsDatabase>();
        var time = app.Services.GetRequiredService<TimeProvider>();
        var looks = (await AddressAsync(app.Services.GetRequiredService<IOptions<ServerSettings>>().Value, app.Environment, ct))
            .Concat(Folder(database)).Concat(Disk(database)).ToList();
        var (lines, newest) = await StoredAsync(database, ct);
        looks.AddRange(lines);
        looks.Add(Clock(database, time.GetUtcNow(), newest));
        if (database.File is not null) looks.Add(LastBackup(app.Services.GetRequiredService<DailyBackup>(), File.Exists(database.File)));
        looks.AddRange(await MailAsync(app, database, time, ct));
        foreach (var look in looks) output.WriteLine($"{look.Verdict.ToString().ToLowerInvariant(),-8}{look.Words}");
        return looks.Exists(l => l.Verdict == Verdict.Wrong) ? 1 : 0;
    }

    private static async Task<IReadOnlyList<Look>> AddressAsync(ServerSettings settings, IHostEnvironment environment, CancellationToken ct)
    {
        var url = new Uri(settings.PublicUrl);
        if (url.IsLoopback)
            return [new Look(environment.IsDevelopment() ? Verdict.Warning : Verdict.Wrong, $"Public address: {settings.PublicUrl} leads each reader to their own computer. Set Server:PublicUrl to the address people reach the server at.")];
        var looks = new List<Look>();
        if (url.Scheme == "http") looks.Add(new(Verdict.Warning, $"Public address: {settings.PublicUrl} is not encrypted, and links carry secrets. Let a reverse proxy end TLS, and set Server:PublicUrl to https://…"));
        try
        {
            var addresses = await Dns.GetHostAddressesAsync(url.DnsSafeHost, ct).WaitAsync(Patience, ct);
            looks.Add(new(Verdict.Ok, $"Public address: {url.DnsSafeHost} is {string.Join(", ", addresses.Select(a => a.ToString()))}."));
        }
        catch (Exception e) when (e is SocketException or TimeoutException)
        {
            return [.. looks, new(Verdict.Wrong, $"Public address: the name {url.DnsSafeHost} is not known. Correct Server:PublicUrl, or have the name entered in the DNS.")];
        }

        looks.Add(await AnswerAsync(settings, ct));
        return looks;
    }

    private static async Task<Look> AnswerAsync(ServerSettings settings, CancellationToken ct)
    {
        var live = settings.Url("/health/live");
        try
        {
            using var client = new HttpClient { Timeout = Patience };
            using var answer = await client.GetAsync(live, ct);
            var body = await answer.Content.ReadAsStringAsync(ct);
            return answer.IsSuccessStatusCode && body.Contains("\"live\"", StringComparison.Ordinal)
                ? new(Verdict.Ok, $"Public address: {live} answers.")
                : new(Verdict.Wrong, $"Public address: {live} answers {(int)answer.StatusCode}, and not as this server does. Look at the reverse proxy, or correct Server:PublicUrl.");
        }
        catch (HttpRequestException e) when (e.HttpRequestError == HttpRequestError.SecureConnectionError)
        {
            return new(Verdict.Wrong, $"Public address: {live} has no valid certificate. Renew it at the reverse proxy.");
        }
        catch (Exception e) when (e is HttpRequestException or TaskCanceledException && !ct.IsCancellationRequested)
        {
            return new(Verdict.Warning, $"Public address: {live} does not answer from here. Start the server; if it runs, look from outside, for some networks do not lead back in.");
        }
    }

    private static IEnumerable<Look> Folder(EventsDatabase database)
    {
        var folder = database.DataFolder;
        if (!Directory.Exists(folder)) return [new(Verdict.Warning, $"Data folder: {folder} does not exist yet. The first start makes it; if it should be there, correct Database:DataFolder.")];
        if (!OperatingSystem.IsWindows() && File.GetUnixFileMode(folder) is var mode && (mode & ~PrivateFiles.OwnFolder) != 0)
            return [new(Verdict.Wrong, $"Data folder: others on this computer may read {folder}. Close it: chmod 700 {folder}")];
        if (OwnerOf(folder) is { } owner && owner != Environment.UserName)
            return [new(Verdict.Warning, $"Data folder: {folder} belongs to {owner}, and you are {Environment.UserName}. Run commands as {owner} (sudo -u {owner} …), or the server may not be able to read what they make.")];
        var probe = Path.Combine(folder, $".doctor-{Guid.NewGuid():N}");
        try
        {
            PrivateFiles.Open(probe, FileMode.CreateNew, FileShare.None).Dispose();
            File.Delete(probe);
            return [new(Verdict.Ok, $"Data folder: {folder} is there, can be written to, and is closed to others.")];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [new(Verdict.Wrong, $"Data folder: {folder} cannot be written to. Give it to the user that runs the server (chown), or correct Database:DataFolder. {e.Message}")];
        }
    }

    // .NET does not tell owners. Where there is no such program the question stays open.
    private static string? OwnerOf(string folder)
    {
        if (!OperatingSystem.IsLinux()) return null;
        try
        {
            using var stat = Process.Start(new ProcessStartInfo("stat", ["-c", "%U", folder]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
            var owner = stat.StandardOutput.ReadToEnd().Trim();
            stat.WaitForExit();
            return stat.ExitCode == 0 && owner is not ("" or "UNKNOWN") ? owner : null;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null;
        }
    }

    private static IEnumerable<Look> Disk(EventsDatabase database)
    {
        var folder = database.DataFolder;
        while (!Directory.Exists(folder) && Path.GetDirectoryName(folder) is { } parent) folder = parent;
        var free = new DriveInfo(folder).AvailableFreeSpace;
        var words = string.Create(CultureInfo.InvariantCulture, $"Disk: {free / 1e9:0.0} GB are free for {database.DataFolder}.");
        return
        [
            free < NoSpace ? new(Verdict.Wrong, words + " Registrations are refused once it is full: free some space now.")
            : free < LittleSpace ? new(Verdict.Warning, words + " That is little for the database and its backups: free some space.")
            : new(Verdict.Ok, words),
        ];
    }

    private static async Task<(IReadOnlyList<Look> Looks, DateTimeOffset? Newest)> StoredAsync(EventsDatabase database, CancellationToken ct)
    {
        if (database.File is not null && !File.Exists(database.File))
            return ([new(Verdict.Warning, $"Database: there is no {database.File} yet. The first start makes it; if it should be there, correct Database:DataFolder or Database:File.")], null);
        try
        {
            return await database.ReadAsync(session => Stored(session, database), ct);
        }
        catch (Exception e) when ((e is ProblemException ? e.InnerException : e) is SqliteException cause)
        {
            return ([new(Verdict.Wrong, $"Database: {Opening.Explain(cause, database)}")], null);
        }
        catch (ProblemException e) when (database.Explain(e) is { } line)
        {
            return ([new(Verdict.Wrong, $"Database: {line}")], null);
        }
    }

    private static (IReadOnlyList<Look> Looks, DateTimeOffset? Newest) Stored(ReadSession session, EventsDatabase database)
    {
        if (database.File is not null)
        {
            if (session.One<string>("PRAGMA quick_check(1)") is { } damage and not "ok")
                return ([new(Verdict.Wrong, $"Database: {database.File} is damaged ({damage}). Restore the last backup: restore <backup> --force.")], null);
            if (session.One<string>("PRAGMA journal_mode") is not "wal")
                return ([new(Verdict.Warning, $"Database: {database.File} has no write-ahead log, as after a restore. The next start of the server gives it one.")], StoredInstants.QuickNewest(session));
            if (session.One<long>("PRAGMA synchronous") != 2)
                return ([new(Verdict.Wrong, $"Database: {database.File} does not keep what was answered through a loss of power (synchronous is not FULL).")], null);
        }

        var version = session.One<long>("SELECT COALESCE(MAX(version), 0) FROM migrations");
        Look look = version > Migrations.Latest ? new(Verdict.Wrong, $"Database: its tables are at version {version}, this program knows {Migrations.Latest}. Use the newer program.")
            : version < Migrations.Latest ? new(Verdict.Warning, $"Database: its tables are at version {version}, this program brings them to {Migrations.Latest} at its next start.")
            : new(Verdict.Ok, $"Database: it opens, is whole and keeps what was answered; tables at version {version}.");
        return ([look], StoredInstants.QuickNewest(session));
    }

    private static Look Clock(EventsDatabase database, DateTimeOffset now, DateTimeOffset? newest)
    {
        // Files were written at a time that has passed, too.
        var written = Directory.Exists(database.DataFolder) ? Directory.EnumerateFiles(database.DataFolder).Select(f => new DateTimeOffset(File.GetLastWriteTimeUtc(f))).DefaultIfEmpty().Max() : default;
        if (written > DateTimeOffset.MinValue && (newest is null || written > newest)) newest = written;
        return Opening.WrongClock(now, newest) is { } wrong ? new(Verdict.Wrong, $"Clock: {wrong}") : new(Verdict.Ok, $"Clock: {Instant.ToText(now)}.");
    }

    private static Look LastBackup(DailyBackup backups, bool hasDatabase) => (backups.IsOn, backups.State().Age) switch
    {
        (false, _) => new(Verdict.Warning, "Backup: the daily backup is off. Set Backup:Enabled, or see that something else makes backups."),
        (_, null) => new(hasDatabase ? Verdict.Warning : Verdict.Ok, "Backup: there is none yet. A running server makes the first a minute after its start."),
        (_, { } age) when age > OldBackup => new(Verdict.Wrong, string.Create(CultureInfo.InvariantCulture, $"Backup: the last is {age.TotalDays:0.0} days old. See that the server runs, that Backup:Folder can be written to, and what its log says.")),
        (_, { } age) => new(Verdict.Ok, string.Create(CultureInfo.InvariantCulture, $"Backup: the last is {age.TotalHours:0.0} hours old.")),
    };

    private static async Task<IReadOnlyList<Look>> MailAsync(WebApplication app, EventsDatabase database, TimeProvider time, CancellationToken ct)
    {
        var settings = app.Services.GetRequiredService<IOptions<EmailSettings>>().Value;
        var looks = new List<Look>();
        if (settings.Smtp.Host is not { } host)
            looks.Add(new(Verdict.Warning, $"Mail: nothing is sent; mails are laid down in {app.Services.GetRequiredService<PickupFolder>().Folder}. Set Email:Smtp:Host, Email:FromAddress and, where the mail server asks for it, Email:Smtp:User and Password."));
        else if (await app.Services.GetRequiredService<SmtpTransport>().TryAsync(ct) is { } wrong)
            looks.Add(new(Verdict.Wrong, $"Mail: {host} on port {settings.Smtp.EffectivePort} cannot be used: {wrong}. Mails wait until it can."));
        else looks.Add(new(settings.Smtp.Security == "none" && !SmtpSettingsValidator.IsLoopback(host) ? Verdict.Warning : Verdict.Ok,
            $"Mail: {host} takes mails{(settings.Smtp.User is null ? "" : $" from {settings.Smtp.User}")}{(settings.Smtp.Security == "none" ? ", not encrypted" : "")}."));
        if (settings.Imap.Host is { } mailbox)
            looks.Add(await app.Services.GetRequiredService<MailboxReader>().TryAsync(ct) is { } unread
                ? new(Verdict.Wrong, $"Mailbox for answers: {mailbox} on port {settings.Imap.EffectivePort} cannot be used: {unread}. Answers wait there until it can.")
                : new(Verdict.Ok, $"Mailbox for answers: {mailbox} lets {settings.Imap.User} read {settings.Imap.Folder}."));
        else if (settings.ReplyAddress is not null) looks.Add(new(Verdict.Warning, "Mailbox for answers: none is read (Email:Imap:Host). See that a mail server hands over what comes to Email:ReplyAddress, by POST /v1/replies."));
        if (!settings.Send) looks.Add(new(Verdict.Warning, "Mail: this process sends none (Email:Send). See that another one does."));
        if (database.File is not null && !File.Exists(database.File)) return looks;
        try
        {
            var outbox = await database.ReadAsync(OutboxWatch.Read, ct);
            var age = outbox.Age(time.GetUtcNow());
            if (outbox.Failed > 0) looks.Add(new(Verdict.Warning, $"Mail: {outbox.Failed} messages have failed. List them by GET /v1/events/…/messages?state=failed, correct the addresses, and send them again."));
            if (outbox.Waiting > 0) looks.Add(new(age > LateMail ? Verdict.Warning : Verdict.Ok, string.Create(CultureInfo.InvariantCulture, $"Mail: {outbox.Waiting} messages wait, the oldest for {age.TotalHours:0.0} hours.")));
        }
        catch (Exception e) when (e is ProblemException or SqliteException)
        {
            // the database has its own line
        }

        return looks;
    }

    private enum Verdict
    {
        Ok,
        Warning,
        Wrong,
    }

    private sealed record Look(Verdict Verdict, string Words);
}
