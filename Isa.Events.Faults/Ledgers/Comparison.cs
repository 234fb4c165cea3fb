namespace Isa.Events.Faults.Ledgers;

/// <summary>Holds the ledger against the tables. What was answered must be there, once; what is there must have been asked for; counters are rows.</summary>
public sealed class Comparison(Ledger ledger, string eventId, StoredEvent stored, Outcome outcome)
{
    private readonly List<Entry> _entries = [.. ledger.Of(eventId)];

    /// <param name="settled">Whether every request has its answer by now; before that, what is in doubt may be there or not.</param>
    public void Run(bool settled)
    {
        Answered(settled);
        Stored(settled);
        Addresses();
        Seats();
        foreach (var row in stored.Registrations) SideRows(row);
    }

    private void Answered(bool settled)
    {
        var rows = stored.Registrations.ToDictionary(r => r.Id);
        foreach (var entry in _entries.Where(e => e.Id is not null))
        {
            if (!rows.TryGetValue(entry.Id!, out var row))
            {
                outcome.Report(Violation.Lost, $"{entry.Key} was answered 201 {entry.Id}, which is not stored");
                continue;
            }

            if (row.Email != entry.Email || row.SiteId != entry.SiteId || row.Key != entry.Key) Other($"{entry.Key} is stored as {row}");
            var expected = entry.Cancelled ? "cancelled" : entry.CancelSent && !settled ? row.Status : entry.CancelSent ? "cancelled" : "confirmed";
            if (row.Status == expected) continue;
            if (expected == "confirmed") outcome.Report(Violation.Lost, $"{entry.Key} was answered 201 {entry.Id} and nobody cancelled it, but it is {row.Status}");
            else Other($"{entry.Key} ({entry.Id}) was answered {expected}, but it is {row.Status}");
        }
    }

    private void Stored(bool settled)
    {
        foreach (var row in stored.Registrations)
        {
            if (!ledger.Entries.TryGetValue(row.Key, out var entry)) Other($"{row} is stored, and nobody asked for it");
            else if (entry.Id is not null && entry.Id != row.Id) outcome.Report(Violation.Doubled, $"{entry.Key} was answered {entry.Id}, and {row.Id} is stored as well");
            else if (entry.IsRefused) Other($"{entry.Key} was refused ({entry.Registration!.Code}), but {row.Id} is stored");
            else if (entry.Id is null && settled) Other($"{entry.Key} is in doubt, and {row.Id} is stored");
        }

        foreach (var refused in _entries.Where(e => e.Registration is { Code: "already-registered" }))
            if (!_entries.Any(e => e != refused && e.Email == refused.Email && (e.Id is not null || !e.IsSettled))) Other($"{refused.Key} was refused as registered already, by nobody else");
    }

    private void Addresses()
    {
        foreach (var address in stored.Registrations.Where(r => r.IsActive).GroupBy(r => r.Email).Where(g => g.Count() > 1))
            outcome.Report(Violation.Doubled, $"{address.Key} has {address.Count()} active registrations");
        foreach (var key in stored.Registrations.GroupBy(r => r.Key).Where(g => g.Count() > 1))
            outcome.Report(Violation.Doubled, $"{key.Key} made {key.Count()} registrations");
    }

    private void Seats()
    {
        foreach (var site in stored.Sites)
        {
            var people = stored.Registrations.Count(r => r.SiteId == site.Id && r.TakesSeat);
            if (site.Capacity is { } capacity && (people > capacity || site.SeatsTaken > capacity)) outcome.Report(Violation.Oversold, $"{site} has {people} people");
            if (site.SeatsTaken != people) Other($"{site} has {people} people");
        }
    }

    // What is promised with a registration was written with it, once.
    private void SideRows(StoredRegistration row)
    {
        var cancellations = row.Status == "cancelled" ? 1 : 0;
        foreach (var (what, expected) in new[] { ("registered", 1), ("registrationConfirmed", 1), ("cancelled", cancellations), ("registrationCancelled", cancellations) })
            if (stored.Count(row.Id, what) is var count && count != expected) Other($"{row} has {count} rows '{what}', not {expected}");
    }

    private void Other(string what) => outcome.Report(Violation.Other, what);
}
