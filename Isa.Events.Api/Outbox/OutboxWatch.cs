using System.Diagnostics.Metrics;
using Isa.Events.Api.Email;

namespace Isa.Events.Api.Outbox;

/// <summary>How the outbox stands, for those who watch over the server.</summary>
public sealed class OutboxWatch(EventsDatabase database, TimeProvider time)
{
    /// <summary>Seconds since the oldest row that waits was written, tries that failed included; 0 where none waits.</summary>
    public IEnumerable<Measurement<double>> Age()
    {
        try
        {
            return [new(database.Engine.Read(session => session.One<OutboxFigures>(OldestOnly)!).Age(time.GetUtcNow()).TotalSeconds)];
        }
        catch (ProblemException)
        {
            return []; // the database's own figures tell of it
        }
    }

    public static OutboxFigures Read(ReadSession session) => session.One<OutboxFigures>(Figures)!;

    private const string Oldest = "(SELECT MIN(created_at) FROM outbox WHERE done_at IS NULL AND state = 'pending') AS oldest";

    // Asked for again and again, by whoever collects.
    internal const string OldestOnly = $"SELECT {Oldest}";

    internal const string Figures = $"""
        SELECT {Oldest},
            (SELECT COUNT(*) FROM outbox WHERE done_at IS NULL AND state = 'pending') AS waiting,
            (SELECT COUNT(*) FROM outbox WHERE state = 'failed' AND COALESCE(last_error, '') <> '{Mailer.NothingToSay}') AS failed
        """;
}

public sealed record OutboxFigures
{
    /// <summary>When the oldest row that waits was written.</summary>
    public DateTimeOffset? Oldest { get; init; }

    public long Waiting { get; init; }

    /// <summary>Given up, and not sent again since.</summary>
    public long Failed { get; init; }

    public TimeSpan Age(DateTimeOffset now) => Oldest is { } oldest && now > oldest ? now - oldest : TimeSpan.Zero;
}
