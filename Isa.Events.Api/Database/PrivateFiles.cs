using System.Runtime.InteropServices;
using System.Text;

namespace Isa.Events.Api.Database;

/// <summary>Files and folders that their own user alone can read, and files that are on disk when it is said that they are.</summary>
internal static class PrivateFiles
{
    /// <summary>Rights of a folder's owner alone: 0700.</summary>
    public const UnixFileMode OwnFolder = OwnFile | UnixFileMode.UserExecute;

    /// <summary>Rights of a file's owner alone: 0600.</summary>
    public const UnixFileMode OwnFile = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Makes the folder where it is missing.</summary>
    public static void CreateFolder(string folder)
    {
        if (OperatingSystem.IsWindows()) Directory.CreateDirectory(folder);
        else Directory.CreateDirectory(folder, OwnFolder);
    }

    /// <summary>Opens a file for writing, with these rights where it is made.</summary>
    public static FileStream Open(string file, FileMode mode, FileShare share)
    {
        var options = new FileStreamOptions { Mode = mode, Access = FileAccess.ReadWrite, Share = share };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = OwnFile;
        return new FileStream(file, options);
    }

    /// <summary>Returns once the content of the file is on disk.</summary>
    public static void Flush(string file)
    {
        using var stream = new FileStream(file, FileMode.Open, FileAccess.Write, FileShare.ReadWrite);
        stream.Flush(flushToDisk: true);
    }

    /// <summary>Returns once the names in the folder are on disk: a renamed file may otherwise have its old name after a loss of power. NTFS does that by itself.</summary>
    public static void FlushFolder(string folder)
    {
        if (OperatingSystem.IsWindows()) return;
        // .NET opens no folders.
        var handle = OpenFolder(Encoding.UTF8.GetBytes(folder + "\0"), 0);
        if (handle < 0) throw new IOException($"{folder} cannot be opened: {Marshal.GetLastPInvokeErrorMessage()}.");
        var result = FSync(handle);
        var message = Marshal.GetLastPInvokeErrorMessage();
        _ = Close(handle);
        if (result != 0) throw new IOException($"{folder} could not be written to the disk: {message}.");
    }

    [DllImport("libc", EntryPoint = "open", SetLastError = true)]
    private static extern int OpenFolder(byte[] path, int flags);

    [DllImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static extern int FSync(int handle);

    [DllImport("libc", EntryPoint = "close", SetLastError = true)]
    private static extern int Close(int handle);
}
