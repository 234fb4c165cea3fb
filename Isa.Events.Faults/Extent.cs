namespace Isa.Events.Faults;

/// <summary>How much a run does: the short form stands in the checks of every change, the long one is run now and then.</summary>
public sealed record Extent
{
    public static readonly Extent ShortForm = new();

    public static readonly Extent LongForm = new()
    {
        Name = "long", Kills = 200, Repeats = 4, MigrationKills = 40, Starts = 4, Lock = TimeSpan.FromSeconds(20), Stop = TimeSpan.FromSeconds(60), Disturbance = TimeSpan.FromSeconds(15),
    };

    /// <summary>How long anything may take to be as before, by itself, once a fault is over.</summary>
    public static readonly TimeSpan BackToNormal = TimeSpan.FromSeconds(30);

    public string Name { get; private init; } = "short";

    /// <summary>How often a server is killed.</summary>
    public int Kills { get; private init; } = 20;

    /// <summary>How often the other faults are repeated.</summary>
    public int Repeats { get; private init; } = 1;

    /// <summary>How often a start on an empty database is killed.</summary>
    public int MigrationKills { get; private init; } = 6;

    /// <summary>How often several processes start at once on an empty database.</summary>
    public int Starts { get; private init; } = 1;

    /// <summary>How long another process holds the database.</summary>
    public TimeSpan Lock { get; private init; } = TimeSpan.FromSeconds(12);

    /// <summary>How long a node stands still.</summary>
    public TimeSpan Stop { get; private init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long connections are cut again and again.</summary>
    public TimeSpan Disturbance { get; private init; } = TimeSpan.FromSeconds(4);
}
