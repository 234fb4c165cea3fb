namespace Isa.Events.Faults;

/// <summary>What must not happen.</summary>
public enum Violation
{
    /// <summary>A registration answered with 2xx is not there.</summary>
    Lost,

    /// <summary>A person has two, or a request made two.</summary>
    Doubled,

    /// <summary>A site has more people than seats.</summary>
    Oversold,

    /// <summary>Anything else that was promised.</summary>
    Other,
}

/// <summary>What one fault did to one database: a row of the table.</summary>
/// <param name="fault">Its name.</param>
/// <param name="database">Which database the server ran on.</param>
public sealed class Outcome(string fault, string database)
{
    private readonly int[] _counts = new int[Enum.GetValues<Violation>().Length];
    private readonly List<string> _violations = [];
    private readonly List<TimeSpan> _recoveries = [];
    private readonly List<string> _notes = [];
    private readonly Lock _gate = new();
    private long _requests;
    private long _registered;

    public string Fault => fault;

    public string Database => database;

    /// <summary>How often the fault struck.</summary>
    public int Runs { get; set; }

    /// <summary>Requests that were sent to change something, repetitions among them.</summary>
    public long Requests => Volatile.Read(ref _requests);

    /// <summary>Registrations that were answered with 2xx.</summary>
    public long Registered => Volatile.Read(ref _registered);

    /// <summary>Why the fault could not be tried, or null.</summary>
    public string? Skipped { get; set; }

    /// <summary>From the end of each fault to the first registration that was taken again.</summary>
    public IReadOnlyList<TimeSpan> Recoveries => _recoveries;

    /// <summary>The first violations of each kind, in words.</summary>
    public IReadOnlyList<string> Violations => _violations;

    /// <summary>What was measured besides.</summary>
    public IReadOnlyList<string> Notes => _notes;

    public bool Failed => _counts.Any(c => c > 0);

    public int Count(Violation kind) => _counts[(int)kind];

    public void Report(Violation kind, string what)
    {
        lock (_gate)
        {
            if (_counts[(int)kind]++ < 10) _violations.Add($"{kind}: {what}");
        }
    }

    public void Note(FormattableString what)
    {
        lock (_gate) _notes.Add(FormattableString.Invariant(what));
    }

    public void AddRequest() => Interlocked.Increment(ref _requests);

    public void AddRegistered() => Interlocked.Increment(ref _registered);

    /// <summary>Notes how long it took to be back, which is a violation beyond half a minute.</summary>
    public void AddRecovery(TimeSpan time)
    {
        lock (_gate) _recoveries.Add(time);
        if (time > Extent.BackToNormal) Report(Violation.Other, FormattableString.Invariant($"back to normal after {time.TotalSeconds:0.0} s, not within {Extent.BackToNormal.TotalSeconds:0} s"));
    }
}
