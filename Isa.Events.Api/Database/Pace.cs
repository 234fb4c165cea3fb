using System.Diagnostics;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Isa.Events.Api.Database;

/// <summary>
/// How fast a long work on a file may go. Beside a server it rests after each short while of working, so that the writer finds a core and the disk free;
/// it rests in proportion, so on a slow machine for longer.
/// </summary>
/// <param name="rest">Time of rest for each time of work; 0 never rests.</param>
/// <param name="ct">Ends the work.</param>
internal sealed class Pace(double rest, CancellationToken ct)
{
    /// <summary>For a work beside a server.</summary>
    public const double BesideServer = 1;

    private static readonly TimeSpan While = TimeSpan.FromMilliseconds(5);
    private const int InstructionsPerLook = 1000;

    private readonly Stopwatch _working = Stopwatch.StartNew();

    /// <summary>Called often, between small portions of the work.</summary>
    /// <exception cref="OperationCanceledException">It is to end.</exception>
    public void Look()
    {
        if (!TryLook()) throw new OperationCanceledException(ct);
    }

    /// <summary>Has SQLite look while it runs the statements of a connection; a work that is to end fails with SQLITE_INTERRUPT.</summary>
    public void Follow(SqliteConnection connection) => raw.sqlite3_progress_handler(connection.Handle, InstructionsPerLook, _ => TryLook() ? 0 : 1, null);

    private bool TryLook()
    {
        var worked = _working.Elapsed;
        if (worked < While) return !ct.IsCancellationRequested;
        ct.WaitHandle.WaitOne(worked * rest);
        _working.Restart();
        return !ct.IsCancellationRequested;
    }
}
