using System.Data.Common;

namespace Isa.Events.Faults.Servers;

/// <summary>A database of its own for one fault, with a way past the server.</summary>
public interface IStore : IAsyncDisposable
{
    /// <summary>sqlite or postgres.</summary>
    string Name { get; }

    /// <summary>What tells the server to use it.</summary>
    IReadOnlyList<string> Settings { get; }

    /// <summary>A connection as anybody else would open one.</summary>
    DbConnection Open();

    /// <summary>Begins a transaction that reads one snapshot and stands in nobody's way.</summary>
    DbTransaction BeginSnapshot(DbConnection connection);

    /// <summary>What the database itself finds wrong in its files, and rows that point to nothing.</summary>
    Task<IReadOnlyList<string>> CheckIntegrityAsync(CancellationToken ct);

    /// <summary>Lets nobody write until it is disposed.</summary>
    Task<IAsyncDisposable> HoldWritesAsync(CancellationToken ct);
}
