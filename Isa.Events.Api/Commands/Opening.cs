using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Isa.Events.Api.Commands;

/// <summary>Opens the database for a command or the server, and says in one line what keeps it from opening, which setting that is about, and what to do.</summary>
internal static class Opening
{
    /// <summary>Before it no registration can have been made: such a clock is not set.</summary>
    private static readonly DateTimeOffset FirstYear = new(2020, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>What the clocks of several servers, or of one before and after it asked for the time, may differ by.</summary>
    private static readonly TimeSpan ClocksDiffer = TimeSpan.FromMinutes(5);

    /// <summary>A start waits for no more of it; the daily backup looks through the rest.</summary>
    private static readonly TimeSpan QuickLook = TimeSpan.FromSeconds(0.5);

    /// <summary>Brings the tables to this version and keeps restores away.</summary>
    /// <returns>Holds the lock as long as it lives; null where the database needs none.</returns>
    /// <exception cref="CommandException">It cannot be opened.</exception>
    public static FileLock? Open(EventsDatabase database)
    {
        try
        {
            var shared = database.File is null ? null : FileLock.TryShare(database.File) ?? throw new CommandException($"{database.File} is being restored; try again once that has ended.");
            try
            {
                database.Migrate();
                return shared;
            }
            catch
            {
                shared?.Dispose();
                throw;
            }
        }
        catch (Exception e) when (Explain(e, database) is { } line)
        {
            throw new CommandException(line);
        }
    }

    /// <summary>The file of the database, for commands that copy it whole.</summary>
    /// <exception cref="CommandException">It is on PostgreSQL, which has tools of its own.</exception>
    public static string FileOf(EventsDatabase database) =>
        database.File ?? throw new CommandException("The database is PostgreSQL: back it up and restore it with its own tools (pg_dump, continuous archiving), as docs/operations.md shows.");

    /// <summary>What a server looks at before it takes requests: a damaged file and a wrong clock would do harm that grows.</summary>
    /// <exception cref="CommandException">One of these is so.</exception>
    public static async Task RefuseDamageAsync(EventsDatabase database, TimeProvider time, CancellationToken ct)
    {
        try
        {
            if (database.File is not null && await database.ReadAsync(session => DatabaseCheck.QuickLook(session, QuickLook), ct) is { } damage) throw new CommandException(Damaged(database, damage));
            if (WrongClock(time.GetUtcNow(), await database.ReadAsync(StoredInstants.QuickNewest, ct)) is { } wrong) throw new CommandException(wrong);
        }
        catch (ProblemException e) when (Explain(e.InnerException, database) is { } line)
        {
            throw new CommandException(line);
        }
    }

    /// <summary>What is wrong with the clock, or null. The newest stored instant shows a time that has passed.</summary>
    public static string? WrongClock(DateTimeOffset now, DateTimeOffset? newest) =>
        now < FirstYear ? $"The clock of this computer says {Instant.ToText(now)}: set it (timedatectl shows whether it follows a time server), then start again."
        : newest - now > ClocksDiffer ? $"The clock of this computer says {Instant.ToText(now)}, but the newest entry of the database is of {Instant.ToText(newest!.Value)}: set the clock, then start again."
        : null;

    /// <summary>A failure of the database or its folder in one line, or null where it is neither.</summary>
    public static string? Explain(Exception? e, EventsDatabase database) => e switch
    {
        SqliteException sqlite => sqlite.SqliteErrorCode switch
        {
            raw.SQLITE_NOTADB or raw.SQLITE_CORRUPT => Damaged(database, sqlite.SqliteErrorCode == raw.SQLITE_NOTADB ? "it is not a database" : "its pages do not fit together"),
            raw.SQLITE_FULL => $"The disk of {database.DataFolder} (Database:DataFolder) is full: free some space, then start again.",
            raw.SQLITE_BUSY or raw.SQLITE_LOCKED => $"{database.File} (Database:File) has been held by another process for longer than Database:LockTimeoutSeconds: end that process.",
            raw.SQLITE_READONLY or raw.SQLITE_CANTOPEN or raw.SQLITE_PERM => NotWritable(database, sqlite.Message),
            raw.SQLITE_IOERR => IsFull(database.DataFolder)
                ? $"The disk of {database.DataFolder} (Database:DataFolder) is full: free some space, then start again."
                : $"The disk of {database.DataFolder} (Database:DataFolder) cannot be read or written ({sqlite.Message}): look at its space and its health.",
            _ => $"{database.File} (Database:File) cannot be opened: {sqlite.Message}",
        },
        UnauthorizedAccessException or IOException => NotWritable(database, e.Message),
        _ => null,
    };

    private static string Damaged(EventsDatabase database, string how) =>
        $"{database.File} (Database:File) is damaged: {how}. Put the last backup in its place with restore <backup> --force; the damaged file is kept.";

    private static string NotWritable(EventsDatabase database, string why) =>
        $"The server cannot write to {database.DataFolder} (Database:DataFolder): give that folder to the user that runs the server, or name another. {why}";

    // SQLite's shared memory is a file too, and its failure to grow has a code that does not say why.
    private static bool IsFull(string folder)
    {
        try
        {
            return new DriveInfo(folder).AvailableFreeSpace < 1_000_000;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return false;
        }
    }
}
