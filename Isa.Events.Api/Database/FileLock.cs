namespace Isa.Events.Api.Database;

/// <summary>
/// Says that a process works on a SQLite file, for as long as it lives: servers and commands share it, a restore wants it alone. The operating system
/// holds it (flock, or the share mode on Windows) and drops it with the process, however that ends. The empty file beside the database stays.
/// </summary>
internal sealed class FileLock : IDisposable
{
    private readonly FileStream _file;

    private FileLock(FileStream file) => _file = file;

    /// <summary>Together with others that share it; null while somebody has it alone.</summary>
    public static FileLock? TryShare(string databaseFile) => TryOpen(databaseFile, FileShare.ReadWrite);

    /// <summary>Alone; null while anybody has it.</summary>
    public static FileLock? TryTake(string databaseFile) => TryOpen(databaseFile, FileShare.None);

    public void Dispose() => _file.Dispose();

    private static FileLock? TryOpen(string databaseFile, FileShare share)
    {
        PrivateFiles.CreateFolder(Path.GetDirectoryName(databaseFile)!);
        try
        {
            return new FileLock(PrivateFiles.Open(databaseFile + ".lock", FileMode.OpenOrCreate, share));
        }
        catch (IOException e) when (IsSharing(e))
        {
            return null;
        }
    }

    // ERROR_SHARING_VIOLATION; elsewhere EWOULDBLOCK, as Linux and macOS number it.
    private static bool IsSharing(IOException e) => OperatingSystem.IsWindows() ? (e.HResult & 0xFFFF) == 32 : e.HResult is 11 or 35;
}
