using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Isa.Events.Api.Telemetry;

/// <summary>
/// What the server measures of itself. Names, units and meanings stand in docs/operations.md; a test holds the two together. Nothing here names a person, a
/// registration or a key.
/// </summary>
public sealed class Measures : IDisposable
{
    /// <summary>Name of the meter and of the source of spans.</summary>
    public const string Name = "Isa.Events";

    public static readonly ActivitySource Spans = new(Name);

    private readonly Meter _meter = new(Name);
    private readonly Histogram<int> _batchSize;
    private readonly Histogram<double> _wait;
    private readonly Histogram<double> _transaction;
    private readonly Counter<long> _errors;
    private readonly Counter<long> _registrations;
    private readonly Counter<long> _mails;

    public Measures()
    {
        _batchSize = _meter.CreateHistogram<int>("isa.events.writer.batch.size", "{work}", "Works that shared a transaction.");
        _wait = _meter.CreateHistogram<double>("isa.events.writer.wait", "s", "Time from a work's arrival to the begin of its transaction.", advice: Seconds);
        _transaction = _meter.CreateHistogram<double>("isa.events.writer.transaction", "s", "Time a transaction took, its commit and its repeats included.", advice: Seconds);
        _errors = _meter.CreateCounter<long>("isa.events.database.errors", "{error}", "Failures of the database, by kind.");
        _registrations = _meter.CreateCounter<long>("isa.events.registrations", "{registration}", "Registrations made and cancelled by this process, by action and attendance mode.");
        _mails = _meter.CreateCounter<long>("isa.events.mails", "{mail}", "Attempts to send a mail by this process, by how they ended.");
    }

    private static InstrumentAdvice<double> Seconds => new() { HistogramBucketBoundaries = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10] };

    /// <summary>Works waiting for a writer, asked when somebody collects.</summary>
    public void WatchQueue(Func<int> waiting) => _meter.CreateObservableGauge("isa.events.writer.queue", waiting, "{work}", "Works waiting for a writer.");

    /// <summary>How long the oldest row of the outbox has waited, asked when somebody collects.</summary>
    public void WatchOutbox(Func<IEnumerable<Measurement<double>>> age) => _meter.CreateObservableGauge("isa.events.outbox.age", age, "s", "Age of the oldest message that waits.");

    /// <summary>Seats taken and their capacity, by event and site, asked when somebody collects.</summary>
    public void WatchSeats(Func<IEnumerable<Measurement<long>>> taken, Func<IEnumerable<Measurement<long>>> capacity)
    {
        _meter.CreateObservableGauge("isa.events.seats.taken", taken, "{seat}", "Seats taken at sites of published events that are not over.");
        _meter.CreateObservableGauge("isa.events.seats.capacity", capacity, "{seat}", "Seats there are, where a site has a limit.");
    }

    public void Batch(int works, TimeSpan took)
    {
        _batchSize.Record(works);
        _transaction.Record(took.TotalSeconds);
    }

    public void Waited(TimeSpan wait) => _wait.Record(wait.TotalSeconds);

    /// <param name="kind">refused, repeated, inDoubt, unreadable or unexpected.</param>
    public void DatabaseError(string kind) => _errors.Add(1, new KeyValuePair<string, object?>("kind", kind));

    /// <param name="action">registered or cancelled.</param>
    /// <param name="mode">How the person was to attend.</param>
    public void Registration(string action, AttendanceMode mode) =>
        _registrations.Add(1, new KeyValuePair<string, object?>("action", action), new KeyValuePair<string, object?>("mode", RowTypes.Name(mode)));

    /// <param name="end">sent, deferred or failed.</param>
    public void Mail(string end) => _mails.Add(1, new KeyValuePair<string, object?>("end", end));

    public void Dispose() => _meter.Dispose();
}
