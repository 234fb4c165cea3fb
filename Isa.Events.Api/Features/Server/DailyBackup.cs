using System.Globalization;
using Microsoft.Extensions.Options;

namespace Isa.Events.Api.Features.Server;

/// <summary>Makes a backup of the SQLite file each day, a missed one soon after the start, and keeps the last ones. Each has been looked through before it got its name.</summary>
public sealed partial class DailyBackup(EventsDatabase database, IOptions<BackupSettings> settings, TimeProvider time, ILogger<DailyBackup> logger) : BackgroundService
{
    private const string Prefix = "isa-events-";
    private const string Suffix = ".db";
    private const string NameFormat = "yyyyMMdd'T'HHmmss'Z'";

    private static readonly TimeSpan BetweenLooks = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan AfterFailure = TimeSpan.FromHours(1);
    private static readonly TimeSpan Stale = TimeSpan.FromDays(2);

    private readonly DateTimeOffset _startedAt = time.GetUtcNow();
    private DateTimeOffset _notBefore = DateTimeOffset.MinValue;

    /// <summary>Whether this server makes backups.</summary>
    public bool IsOn => settings.Value.Enabled && database.File is not null;

    private string Folder => Path.GetFullPath(settings.Value.Folder, database.DataFolder);

    /// <summary>The whole backups in the folder, newest first. A name of the future comes from a wrong clock: it counts for nothing and is left alone.</summary>
    internal IReadOnlyList<(string File, DateTimeOffset At)> Find()
    {
        if (!Directory.Exists(Folder)) return [];
        return [.. Directory.EnumerateFiles(Folder, $"{Prefix}*{Suffix}").Select(file => (File: file, At: At(file)))
            .Where(b => b.At is not null && b.At <= time.GetUtcNow())
            .Select(b => (b.File, b.At!.Value))
            .OrderByDescending(b => b.Item2)];
    }

    /// <summary>How old the last backup is, for the readiness of the server. It has failed once that is two days, and the server had two days to make one.</summary>
    internal (bool Failed, TimeSpan? Age) State()
    {
        var now = time.GetUtcNow();
        TimeSpan? age = Find() is [var last, ..] ? now - last.At : null;
        return (now - _startedAt > Stale && (age is null || age > Stale), age);
    }

    /// <summary>Whether the time of day of a backup has passed since the last one.</summary>
    internal bool IsDue()
    {
        if (Find() is not [var (_, last), ..]) return true;
        var next = new DateTimeOffset(DateOnly.FromDateTime(last.UtcDateTime), settings.Value.AtTime, TimeSpan.Zero);
        if (next <= last) next = next.AddDays(1);
        return time.GetUtcNow() >= next;
    }

    /// <summary>Makes one now, then deletes what is beyond the number to keep.</summary>
    internal BackupContent Run(CancellationToken ct)
    {
        PrivateFiles.CreateFolder(Folder);
        foreach (var unfinished in Directory.GetFiles(Folder, $"{Prefix}*{SqliteBackup.Unfinished}*")) File.Delete(unfinished); // of a process that was killed
        var target = Path.Combine(Folder, Prefix + time.GetUtcNow().UtcDateTime.ToString(NameFormat, CultureInfo.InvariantCulture) + Suffix);
        var content = SqliteBackup.Write(database.File!, target, replace: false, new Pace(Pace.BesideServer, ct));
        foreach (var (old, _) in Find().Skip(settings.Value.Keep)) File.Delete(old); // the new one is whole and among those that stay
        return content;
    }

    /// <summary>Makes one where it is time.</summary>
    internal async Task LookAsync(CancellationToken ct)
    {
        try
        {
            if (time.GetUtcNow() < _notBefore || !IsDue()) return;
            // It rests more than it works, on a thread of its own.
            var content = await Task.Factory.StartNew(() => Run(ct), ct, TaskCreationOptions.LongRunning, TaskScheduler.Default);
            LogMade(logger, content, Folder);
        }
        catch (Exception e) when (!ct.IsCancellationRequested)
        {
            _notBefore = time.GetUtcNow() + AfterFailure;
            LogFailed(logger, e.Message, e is BackupException ? null : e);
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!IsOn) return;
        using var timer = new PeriodicTimer(BetweenLooks, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken)) await LookAsync(stoppingToken);
        }
        catch (Exception) when (stoppingToken.IsCancellationRequested)
        {
            // stopping
        }
    }

    private static DateTimeOffset? At(string file) =>
        Path.GetFileName(file) is var name && DateTimeOffset.TryParseExact(name[Prefix.Length..^Suffix.Length], NameFormat, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at) ? at : null;

    [LoggerMessage(Level = LogLevel.Information, Message = "Backup made: {Content}, in {Folder}")]
    private static partial void LogMade(ILogger logger, BackupContent content, string folder);

    [LoggerMessage(Level = LogLevel.Error, Message = "The daily backup failed and is tried again in an hour: {Reason}")]
    private static partial void LogFailed(ILogger logger, string reason, Exception? exception);
}
