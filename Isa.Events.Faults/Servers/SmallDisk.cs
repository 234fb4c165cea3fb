namespace Isa.Events.Faults.Servers;

/// <summary>A file system of its own in memory, small enough to be filled. Making one needs the right to mount.</summary>
public sealed class SmallDisk : IAsyncDisposable
{
    private readonly string _folder;

    private SmallDisk(string folder) => _folder = folder;

    /// <summary>For the server's data.</summary>
    public string DataFolder => Path.Combine(_folder, "data");

    private string Filler => Path.Combine(_folder, "filler");

    /// <returns>Null where nothing can be mounted.</returns>
    public static async Task<SmallDisk?> TryMountAsync(int megabytes, CancellationToken ct)
    {
        var folder = Directory.CreateTempSubdirectory("isa-events-disk-").FullName;
        var mounted = await Tool.TryAsync("mount", ["-t", "tmpfs", "-o", $"size={megabytes}m,mode=0700", "tmpfs", folder], ct);
        if (mounted.ExitCode == 0) return new SmallDisk(folder);
        Directory.Delete(folder);
        return null;
    }

    /// <summary>Takes all the space that is left.</summary>
    public void Fill()
    {
        var block = new byte[64 * 1024];
        using var filler = new FileStream(Filler, FileMode.Append, FileAccess.Write, FileShare.Read, bufferSize: 0);
        foreach (var size in new[] { block.Length, 4096, 1 })
        {
            try
            {
                while (true) filler.Write(block, 0, size);
            }
            catch (IOException)
            {
                // full for blocks of this size
            }
        }
    }

    public void Free() => File.Delete(Filler);

    public Task RemountAsync(bool readOnly, CancellationToken ct) => Tool.RunAsync("mount", ["-o", readOnly ? "remount,ro" : "remount,rw", _folder], ct);

    public async ValueTask DisposeAsync()
    {
        await Tool.RunAsync("umount", ["-l", _folder], CancellationToken.None);
        Directory.Delete(_folder);
    }
}
