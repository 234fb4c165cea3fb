using System.CommandLine;
using System.Globalization;
using Microsoft.Data.Sqlite;
using SQLitePCL;
using ParseResult = System.CommandLine.ParseResult;

namespace Isa.Events.Api.Commands;

/// <summary>
/// <c>restore</c>: puts a backup in the place of the database, all or nothing. The backup is copied beside the target and looked through there; one rename then
/// makes it the database. An older version is brought forward by the next start.
/// </summary>
internal static class Restore
{
    public static Command Create(Func<ParseResult, WebApplication> build)
    {
        var file = new Argument<string>("file") { Description = "A backup." };
        var force = new Option<bool>("--force") { Description = "Replaces a database that exists, also one that is newer than the backup. The replaced file is kept beside it." };
        var command = new Command("restore", "Puts a backup in the place of the SQLite database; the server must not run.") { file, force };
        command.SetAction(async parsed =>
        {
            await using var app = build(parsed);
            var database = app.Services.GetRequiredService<EventsDatabase>();
            Run(Path.GetFullPath(parsed.GetRequiredValue(file)), Opening.FileOf(database), parsed.GetValue(force), app.Services.GetRequiredService<TimeProvider>().GetUtcNow(), Console.Out);
            return 0;
        });
        return command;
    }

    internal static void Run(string backup, string target, bool force, DateTimeOffset now, TextWriter output)
    {
        SqliteBackup.RefuseForeign(backup);
        using var alone = Lock(target);
        if (SamePath(backup, target)) throw new BackupException($"{target} is the database itself; name a backup.");
        var copy = target + SqliteBackup.Unfinished + Guid.NewGuid().ToString("N");
        try
        {
            var content = SqliteBackup.Copy(backup, SqliteOpenMode.ReadOnly, copy, new Pace(0, CancellationToken.None));
            var waiting = SupersedeOutbox(copy, now);
            PrivateFiles.Flush(copy);
            if (File.Exists(target) && !force) throw new BackupException($"{target} exists{WhatIsLost(target, content)}; --force replaces it and keeps the replaced file beside it.");
            var kept = File.Exists(target) ? Replace(copy, target, now) : Place(copy, target);
            PrivateFiles.FlushFolder(Path.GetDirectoryName(target)!);
            output.WriteLine($"{target} is {backup}: {content}, newest entry {(content.NewestAt is { } newest ? Instant.ToText(newest) : "none")}.");
            if (kept is not null) output.WriteLine($"The replaced database is kept as {kept}.");
            if (waiting > 0) output.WriteLine($"{waiting} messages that were waiting in the backup are not sent: they may have been since.");
            output.WriteLine("Keys that were revoked after the backup count again: keys list shows them.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new BackupException($"{target} (Database:DataFolder, Database:File) cannot be written: {e.Message}");
        }
        finally
        {
            SqliteBackup.Delete(copy);
        }
    }

    private static FileLock Lock(string target)
    {
        try
        {
            return FileLock.TryTake(target) ?? throw new BackupException($"A server or another command works on {target}: stop it, then restore.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new BackupException($"{target} (Database:DataFolder, Database:File) cannot be written: {e.Message}");
        }
    }

    private static bool SamePath(string one, string other) => string.Equals(one, other, OperatingSystem.IsWindows() ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal);

    // What was waiting when the backup was made may have been sent by the server that went on after it, and nobody can tell any more; it would arrive twice. Only
    // what is not due before now cannot have been sent: a reminder of next week stays. A row that was leased was being sent at that moment.
    private static int SupersedeOutbox(string copy, DateTimeOffset now)
    {
        using var connection = SqliteBackup.Connect(copy, SqliteOpenMode.ReadWrite);
        using var command = connection.CreateCommand();
        command.CommandText = Supersede;
        command.Parameters.AddWithValue("@Now", Instant.ToText(now));
        return command.ExecuteNonQuery();
    }

    private static string WhatIsLost(string target, BackupContent content)
    {
        try
        {
            using var session = SqliteBackup.OpenSession(target, SqliteOpenMode.ReadWrite);
            var later = StoredInstants.CountAfter(session, content.NewestAt ?? DateTimeOffset.MinValue);
            return later == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $" and is newer: {later} of its registrations and events were made or changed after the newest entry of the backup, and would be lost");
        }
        catch (SqliteException)
        {
            return " and cannot be read";
        }
    }

    private static string? Place(string copy, string target)
    {
        SqliteBackup.Delete(target); // a log without its file
        File.Move(copy, target);
        return null;
    }

    // A write-ahead log belongs to its file and would spoil another, so the old database first becomes a single file again. Then there is, whenever the power fails, the
    // old one or the new one under the name: the old gets a second name, and the new one takes over the first in one step.
    private static string Replace(string copy, string target, DateTimeOffset now)
    {
        var kept = string.Create(CultureInfo.InvariantCulture, $"{target}.replaced-{now.UtcDateTime:yyyyMMdd'T'HHmmss'Z'}");
        for (var number = 2; File.Exists(kept); number++) kept = string.Create(CultureInfo.InvariantCulture, $"{target}.replaced-{now.UtcDateTime:yyyyMMdd'T'HHmmss'Z'}-{number}");
        if (!TryMakeSingle(target))
            foreach (var part in new[] { "-wal", "-shm" })
                if (File.Exists(target + part)) File.Move(target + part, kept + part);
        File.Replace(copy, target, kept, ignoreMetadataErrors: true);
        return kept;
    }

    /// <returns>False where the file is too damaged for it.</returns>
    private static bool TryMakeSingle(string target)
    {
        try
        {
            using var connection = SqliteBackup.Connect(target, SqliteOpenMode.ReadWrite);
            using var command = connection.CreateCommand();
            command.CommandTimeout = 1;
            foreach (var pragma in new[] { "PRAGMA locking_mode = EXCLUSIVE", "PRAGMA journal_mode = DELETE", "PRAGMA user_version" })
            {
                command.CommandText = pragma;
                command.ExecuteScalar();
            }

            return !File.Exists(target + "-wal");
        }
        catch (SqliteException e) when (e.SqliteErrorCode is raw.SQLITE_BUSY or raw.SQLITE_LOCKED)
        {
            throw new BackupException($"Another program has {target} open: close it, then restore.");
        }
        catch (SqliteException)
        {
            return false;
        }
    }

    private const string Supersede = """
        UPDATE outbox SET state = 'superseded', done_at = @Now, leased_until = NULL, leased_by = NULL, last_error = 'may have been sent after the backup it was restored from'
        WHERE state = 'pending' AND (due_at <= @Now OR leased_until IS NOT NULL)
        """;
}
