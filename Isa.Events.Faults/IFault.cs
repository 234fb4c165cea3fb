using Isa.Events.Faults.Servers;

namespace Isa.Events.Faults;

/// <summary>Something that goes wrong, and what must hold nevertheless.</summary>
public interface IFault
{
    /// <summary>For <c>--only</c>, and in the table.</summary>
    string Name { get; }

    /// <summary>The databases it can happen to.</summary>
    IReadOnlyList<string> Databases { get; }

    Task RunAsync(Trial trial, CancellationToken ct);
}

/// <summary>One fault on one database.</summary>
/// <param name="Extent">How much of it.</param>
/// <param name="Outcome">Where it is written down.</param>
/// <param name="NewStoreAsync">Gives an empty database.</param>
public sealed record Trial(Extent Extent, Outcome Outcome, Func<CancellationToken, Task<IStore>> NewStoreAsync);

/// <summary>The databases the server runs on, as <c>--database</c> names them.</summary>
public static class Databases
{
    public const string Sqlite = "sqlite";
    public const string Postgres = "postgres";

    public static readonly IReadOnlyList<string> All = [Sqlite, Postgres];
}
