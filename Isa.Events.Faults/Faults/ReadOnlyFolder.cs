using Isa.Events.Faults.Servers;

namespace Isa.Events.Faults.Faults;

/// <summary>The data folder cannot be written at the start: no folder, no file, or an old file that is read-only. One line says so.</summary>
internal sealed class ReadOnlyFolder : IFault
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private const UnixFileMode Readable = UnixFileMode.UserRead | UnixFileMode.UserExecute;

    public string Name => "read-only-folder";

    public IReadOnlyList<string> Databases => [Isa.Events.Faults.Databases.Sqlite];

    public async Task RunAsync(Trial trial, CancellationToken ct)
    {
        var parent = Directory.CreateTempSubdirectory("isa-events-faults-").FullName;
        var store = new SqliteStore(Path.Combine(parent, "data"));
        try
        {
            File.SetUnixFileMode(parent, Readable);
            await RefusesAsync(trial, store, Launch.WithoutRightsOfRoot, "no folder", ct);
            File.SetUnixFileMode(parent, Readable | UnixFileMode.UserWrite);

            Directory.CreateDirectory(store.Folder, Readable);
            await RefusesAsync(trial, store, Launch.WithoutRightsOfRoot, "an empty folder", ct);
            File.SetUnixFileMode(store.Folder, Readable | UnixFileMode.UserWrite);

            await MigrateAsync(store, ct);
            File.SetUnixFileMode(store.File, UnixFileMode.UserRead);
            File.SetUnixFileMode(store.Folder, Readable);
            await RefusesAsync(trial, store, Launch.WithoutRightsOfRoot, "a folder with data", ct);
            File.SetUnixFileMode(store.Folder, Readable | UnixFileMode.UserWrite);
        }
        finally
        {
            Directory.Delete(parent, recursive: true);
        }

        await using var disk = await SmallDisk.TryMountAsync(16, ct);
        if (disk is null)
        {
            trial.Outcome.Note($"a read-only file system could not be mounted");
            return;
        }

        var mounted = new SqliteStore(disk.DataFolder);
        await MigrateAsync(mounted, ct);
        await disk.RemountAsync(readOnly: true, ct);
        await RefusesAsync(trial, mounted, Launch.Plain, "a read-only file system", ct);
    }

    private static async Task RefusesAsync(Trial trial, SqliteStore store, Launch launch, string what, CancellationToken ct)
    {
        trial.Outcome.Runs++;
        var ended = await launch.RunAsync(store, Patience, ct, "--urls", "http://127.0.0.1:0");
        if (ended.RefusalFault(store.Folder) is { } fault) trial.Outcome.Report(Violation.Other, $"on {what} the server {fault}");
    }

    private static async Task MigrateAsync(SqliteStore store, CancellationToken ct)
    {
        var ended = await Launch.Plain.RunAsync(store, Patience, ct, "migrate");
        if (ended.ExitCode != 0) throw new InvalidOperationException(ended.Error);
    }
}
