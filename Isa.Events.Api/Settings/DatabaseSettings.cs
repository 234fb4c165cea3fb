namespace Isa.Events.Api.Settings;

/// <summary>Section <c>Database</c>: where registrations are kept and how they are written.</summary>
public sealed class DatabaseSettings
{
    /// <summary>Folder of everything the server writes; created with rights for its own user only. Relative to the program's content root.</summary>
    public string DataFolder { get; set; } = "data";

    /// <summary>The SQLite file, relative to the data folder.</summary>
    public string File { get; set; } = "isa-events.db";

    /// <summary>
    /// A connection string of Npgsql (<c>Host=…;Database=…;Username=…;Password=…</c>; several hosts with commas): the tables live on PostgreSQL then, and several
    /// processes may share them. Without it they live in the SQLite file.
    /// </summary>
    public string? Postgres { get; set; }

    /// <summary>Transactions a process has open at a time on PostgreSQL (1 to 64), each for another event. SQLite has one writer.</summary>
    public int MaxWriters { get; set; } = 4;

    /// <summary>Seconds the server waits at its start for a database that does not answer yet (0 to 3600).</summary>
    public int StartTimeoutSeconds { get; set; } = 60;

    /// <summary>The most works one transaction carries (1 to 1000; on PostgreSQL at most 60). More lowers the cost of each, fewer the time the last one waits.</summary>
    public int MaxBatch { get; set; } = 128;

    /// <summary>The most works that may wait for the writer (1 to 100000); beyond it writes are answered 503 with Retry-After.</summary>
    public int MaxQueue { get; set; } = 2048;

    /// <summary>The most read connections (1 to 256).</summary>
    public int MaxReaders { get; set; } = 16;

    /// <summary>Seconds a write waits for a lock that another process holds before it is answered 503 (1 to 60). SQLite only.</summary>
    public int LockTimeoutSeconds { get; set; } = 5;
}

public sealed class DatabaseSettingsValidator : AbstractValidator<DatabaseSettings>
{
    public DatabaseSettingsValidator()
    {
        RuleFor(s => s.DataFolder).NotEmpty();
        RuleFor(s => s.File).NotEmpty();
        RuleFor(s => s.Postgres).Must(text => text is null || text.Trim().Length > 0).WithMessage("is empty; leave it out to use SQLite.");
        RuleFor(s => s.MaxWriters).InclusiveBetween(1, 64);
        RuleFor(s => s.StartTimeoutSeconds).InclusiveBetween(0, 3600);
        RuleFor(s => s.MaxBatch).InclusiveBetween(1, 1000);
        RuleFor(s => s.MaxQueue).InclusiveBetween(1, 100_000);
        RuleFor(s => s.MaxReaders).InclusiveBetween(1, 256);
        RuleFor(s => s.LockTimeoutSeconds).InclusiveBetween(1, 60);
    }
}
