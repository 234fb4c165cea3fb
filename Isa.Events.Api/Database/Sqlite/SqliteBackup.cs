using System.Buffers.Binary;
using Dapper;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Isa.Events.Api.Database.Sqlite;

/// <summary>What a backup holds.</summary>
/// <param name="Version">Of its tables.</param>
/// <param name="Events">How many.</param>
/// <param name="Registrations">How many, of any status.</param>
/// <param name="NewestAt">When a registration or an event in it was last made or changed; null where it has none.</param>
/// <param name="Bytes">Size of the file.</param>
internal sealed record BackupContent(long Version, long Events, long Registrations, DateTimeOffset? NewestAt, long Bytes)
{
    public override string ToString() => FormattableString.Invariant($"{Events} events, {Registrations} registrations, {Bytes / 1e6:0.0} MB");
}

/// <summary>
/// Copies a SQLite file that others go on writing into a single file, page by page, and looks through the copy before it gets its name. The pages come from one
/// snapshot on a connection of its own: the writer never waits for it. Until the pages are copied the snapshot keeps the write-ahead log from being begun
/// anew; looking through the copy no longer does.
/// </summary>
internal static class SqliteBackup
{
    private const int PagesPerStep = 64;
    private const long BytesPerFlush = 8_000_000;

    /// <summary>Stands in the name of a copy that is not whole yet, or never will be.</summary>
    public const string Unfinished = ".unfinished-";

    /// <summary>Copies a database that a server may be writing to.</summary>
    /// <param name="source">The database.</param>
    /// <param name="target">Absolute path of the backup.</param>
    /// <param name="replace">Whether a file of that name may be replaced.</param>
    /// <param name="pace">How fast, and for how long.</param>
    /// <exception cref="BackupException">There is no backup; the message says why and what to do.</exception>
    public static BackupContent Write(string source, string target, bool replace, Pace pace)
    {
        if (Directory.Exists(target)) throw new BackupException($"{target} is a folder; name a file.");
        if (!replace && File.Exists(target)) throw new BackupException($"{target} exists already; name another file, or add --force to replace it.");
        var unfinished = target + Unfinished + Guid.NewGuid().ToString("N");
        try
        {
            var content = Copy(source, SqliteOpenMode.ReadWrite, unfinished, pace);
            PrivateFiles.Flush(unfinished);
            File.Move(unfinished, target, replace);
            PrivateFiles.FlushFolder(Path.GetDirectoryName(target)!);
            return content;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new BackupException($"{target} cannot be written: {e.Message}");
        }
        finally
        {
            Delete(unfinished);
        }
    }

    /// <summary>Copies the database into a new file and looks through the copy. The file is not flushed yet, and is the caller's to delete where this fails.</summary>
    /// <exception cref="BackupException">The source is damaged or not of this program, or the disk is full.</exception>
    public static BackupContent Copy(string source, SqliteOpenMode mode, string copy, Pace pace)
    {
        try
        {
            PrivateFiles.Open(copy, FileMode.CreateNew, FileShare.ReadWrite).Dispose();
            CopyPages(source, mode, copy, pace);
            return Verify(source, copy, pace);
        }
        catch (SqliteException e) when (e.SqliteErrorCode == raw.SQLITE_INTERRUPT)
        {
            throw new OperationCanceledException("The copy was given up.", e);
        }
        catch (SqliteException e)
        {
            throw new BackupException(e.SqliteErrorCode switch
            {
                raw.SQLITE_FULL => $"The disk of {copy[..copy.LastIndexOf(Unfinished, StringComparison.Ordinal)]} is full: free some space, or name a file on another.",
                raw.SQLITE_CORRUPT or raw.SQLITE_NOTADB => $"{source} is damaged ({e.Message}); an earlier backup may be whole.",
                raw.SQLITE_BUSY or raw.SQLITE_LOCKED => $"{source} is held by another process; try again once it has ended.",
                _ => $"{source} could not be copied: {e.Message}",
            });
        }
    }

    /// <summary>
    /// Refuses what is no SQLite file, and one that ends before its last page, from its first hundred bytes. Not for the database of a server in this process:
    /// closing any file drops the process's locks on it (POSIX), SQLite's too.
    /// </summary>
    /// <exception cref="BackupException">It is one of these, or cannot be read.</exception>
    public static void RefuseForeign(string file)
    {
        try
        {
            using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            Span<byte> header = stackalloc byte[100];
            var read = stream.ReadAtLeast(header, header.Length, throwOnEndOfStream: false);
            // SQLite's file format s1.3: page size at 16, pages at 28, which counts where the versions at 24 and 92 agree.
            if (!header[..read].StartsWith("SQLite format 3\0"u8[..Math.Min(read, 16)]) || read == 0) throw new BackupException($"{file} is no backup: it is not a SQLite file.");
            if (read < header.Length) throw new BackupException($"{file} is truncated: it has {read} bytes.");
            var pageSize = BinaryPrimitives.ReadUInt16BigEndian(header[16..]) is var size and not 1 ? size : 65536L;
            var wanted = pageSize * BinaryPrimitives.ReadUInt32BigEndian(header[28..]);
            if (header[24..28].SequenceEqual(header[92..96]) && stream.Length < wanted) throw new BackupException($"{file} is truncated: it has {stream.Length} of {wanted} bytes.");
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new BackupException($"There is no file {file}.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new BackupException($"{file} cannot be read: {e.Message}");
        }
    }

    /// <summary>Opens a SQLite file that exists, for reading as a session.</summary>
    public static ReadSession OpenSession(string file, SqliteOpenMode mode) => new(new SqliteChannel(Connect(file, mode)));

    /// <summary>Deletes a file and what SQLite may have put beside it.</summary>
    public static void Delete(string file)
    {
        foreach (var part in (string[])["", "-journal", "-wal", "-shm"])
            if (File.Exists(file + part)) File.Delete(file + part); // deleting in a folder that is missing would fail
    }

    internal static SqliteConnection Connect(string file, SqliteOpenMode mode)
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = file, Mode = mode, Pooling = false, DefaultTimeout = 5 }.ToString());
        connection.Open();
        return connection;
    }

    private static void CopyPages(string source, SqliteOpenMode mode, string copy, Pace pace)
    {
        using var from = Connect(source, mode);
        using (var to = Connect(copy, SqliteOpenMode.ReadWrite))
        using (from.BeginTransaction(deferred: true)) // one snapshot for all steps; without it each write of others would begin the copy anew
        using (var disk = File.OpenHandle(copy, FileMode.Open, FileAccess.Write, FileShare.ReadWrite))
        {
            from.ExecuteScalar("SELECT COUNT(*) FROM sqlite_schema");
            // Nobody else looks at the copy, and one that is not finished is thrown away.
            to.ExecuteScalar("PRAGMA journal_mode = OFF");
            to.ExecuteScalar("PRAGMA synchronous = OFF");
            using var backup = raw.sqlite3_backup_init(to.Handle, "main", from.Handle, "main");
            if (backup.IsInvalid) SqliteException.ThrowExceptionForRC(raw.sqlite3_errcode(to.Handle), to.Handle);
            int result;
            var flushed = 0L;
            while ((result = raw.sqlite3_backup_step(backup, PagesPerStep)) == raw.SQLITE_OK)
            {
                // In portions: much at once at the end would be in the way of the writer's own flush.
                if (RandomAccess.GetLength(disk) - flushed > BytesPerFlush)
                {
                    RandomAccess.FlushToDisk(disk);
                    flushed = RandomAccess.GetLength(disk);
                }

                pace.Look();
            }

            if (result != raw.SQLITE_DONE) SqliteException.ThrowExceptionForRC(result, to.Handle);
            SqliteException.ThrowExceptionForRC(raw.sqlite3_backup_finish(backup), to.Handle);
        }

        // What gathered in the log behind the snapshot is copied here rather than by the writer (see Checkpointer). Where it cannot be, somebody does later.
        if (mode == SqliteOpenMode.ReadWrite) _ = raw.sqlite3_wal_checkpoint_v2(from.Handle, "main", raw.SQLITE_CHECKPOINT_PASSIVE, out _, out _);
    }

    private static BackupContent Verify(string source, string copy, Pace pace)
    {
        using var session = OpenSession(copy, SqliteOpenMode.ReadWrite);
        var connection = ((SqliteChannel)session.Channel).Connection;
        connection.ExecuteScalar("PRAGMA locking_mode = EXCLUSIVE"); // no files beside it
        connection.ExecuteScalar("PRAGMA journal_mode = DELETE"); // a single file that can be read anywhere, also where nothing can be written
        pace.Follow(connection);
        if (session.One<long>(KnownTables) != 3) throw new BackupException($"{source} is a SQLite file, but not one of Isa.Events.");
        var version = session.One<long>("SELECT COALESCE(MAX(version), 0) FROM migrations");
        if (version > Migrations.Latest) throw new BackupException($"{source} is at version {version}, this program knows {Migrations.Latest}: use the newer program.");
        var findings = DatabaseCheck.FindInFile(session).Concat(DatabaseCheck.Find(session, DatabaseCheck.Counters)).Take(1).ToList();
        if (findings is [var finding]) throw new BackupException($"{source} is not whole: {finding}. The check command lists all findings of the database in use.");
        return new BackupContent(version, session.One<long>("SELECT COUNT(*) FROM events"), session.One<long>("SELECT COUNT(*) FROM registrations"), StoredInstants.Newest(session), new FileInfo(copy).Length);
    }

    private const string KnownTables = "SELECT COUNT(*) FROM sqlite_schema WHERE type = 'table' AND (name = 'migrations' OR name = 'registrations' OR name = 'server_secrets')";
}

/// <summary>There is no backup, or nothing was restored; the message says why and what to do.</summary>
public sealed class BackupException(string message) : Exception(message);
