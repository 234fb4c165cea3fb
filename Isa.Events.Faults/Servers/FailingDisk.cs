namespace Isa.Events.Faults.Servers;

/// <summary>A disk below one folder that can be made to fail: a library of our own between the server and the C library, built where it is used.</summary>
public sealed class FailingDisk
{
    private readonly string _trigger;

    private FailingDisk(string folder, string library, string trigger)
    {
        _trigger = trigger;
        Launch = new Launch { Environment = new Dictionary<string, string> { ["LD_PRELOAD"] = library, ["ISA_FAULT_FOLDER"] = folder, ["ISA_FAULT_TRIGGER"] = trigger } };
    }

    /// <summary>How a server on that disk is started.</summary>
    public Launch Launch { get; }

    /// <param name="store">Whose folder it is.</param>
    /// <param name="ct">Gives up.</param>
    /// <returns>Null where there is no compiler.</returns>
    public static async Task<FailingDisk?> BuildAsync(SqliteStore store, CancellationToken ct)
    {
        var beside = Path.GetDirectoryName(store.Folder)!;
        var library = Path.Combine(beside, "failing-disk.so");
        var built = await Tool.TryAsync("gcc", ["-shared", "-fPIC", "-O2", "-Wall", "-Werror", "-o", library, Path.Combine(AppContext.BaseDirectory, "Servers", "failing-disk.c"), "-ldl"], ct);
        if (built.ExitCode == 127) return null;
        return built.ExitCode == 0 ? new FailingDisk(store.Folder, library, Path.Combine(beside, "trigger")) : throw new InvalidOperationException(built.Error);
    }

    /// <summary>From now on calls fail.</summary>
    /// <param name="error">As in <see cref="DiskError"/>.</param>
    /// <param name="calls">Which: w writes, t changes of length, s syncs.</param>
    /// <param name="percent">Of a hundred.</param>
    public void Fail(DiskError error, string calls, int percent)
    {
        // Renamed into place: a half-written trigger would be none.
        File.WriteAllText(_trigger + ".new", FormattableString.Invariant($"{(int)error} {calls} {percent}"));
        File.Move(_trigger + ".new", _trigger, overwrite: true);
    }

    public void Heal() => File.Delete(_trigger);
}

/// <summary>Errors of a disk, by their numbers on Linux.</summary>
public enum DiskError
{
    /// <summary>EIO.</summary>
    InputOutput = 5,

    /// <summary>ENOSPC.</summary>
    NoSpace = 28,
}
