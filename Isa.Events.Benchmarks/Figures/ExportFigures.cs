using System.ComponentModel;
using System.Diagnostics;
using Isa.Events.Benchmarks.Load;

namespace Isa.Events.Benchmarks.Figures;

/// <summary>The list of a very large event as a file, against what the database's own program writes of the same rows.</summary>
internal sealed class ExportFigures : IFigure
{
    public string Name => "export";

    public async Task MeasureAsync(Run run, Report report, CancellationToken ct)
    {
        var people = 100_000 / run.Scale;
        await using var server = await ServerProcess.StartAsync(ct);
        var eventId = await server.EventAsync("measured", null, ct);
        await Requests.Register(server, eventId).RunAsync(1, TimeSpan.Zero, ct);
        using (var tables = FilledTables.Of(server)) tables.AddRegistrations(eventId, "zoom", 0, people - 1);

        var (csv, xlsx, plain) = (new List<double>(), new List<double>(), new List<double>());
        var (csvPeak, xlsxPeak) = (new List<double>(), new List<double>());
        for (var round = 0; round <= run.Rounds; round++)
        {
            var (csvTime, csvMemory) = await ExportAsync(server, eventId, "csv", ct);
            var (xlsxTime, xlsxMemory) = await ExportAsync(server, eventId, "xlsx", ct);
            var plainTime = await PlainAsync(server, eventId, ct);
            if (round == 0) continue;
            csv.Add(csvTime);
            xlsx.Add(xlsxTime);
            csvPeak.Add(csvMemory);
            xlsxPeak.Add(xlsxMemory);
            if (plainTime is { } time) plain.Add(time);
        }

        report.Add($"export of {people:N0} attendees as CSV", $"{people / csv.Median():0} rows/s ({csv.Median():0.00} s)",
            plain.Count > 0 ? $"sqlite3 -csv: {people / plain.Median():0} rows/s" : (FormattableString)$"sqlite3 is not here", plain.Count > 0 ? plain.Zip(csv, (p, c) => p / c).Median() : null, "≥ 0.5");
        report.Add($"the same as XLSX", $"{xlsx.Median():0.00} s", $"CSV: {csv.Median():0.00} s", xlsx.Zip(csv, (x, c) => x / c).Median(), "≤ 5");
        report.Add($"memory the export adds, CSV / XLSX", $"{csvPeak.Max():0} / {xlsxPeak.Max():0} MB", null, null, "≤ 50 MB");
    }

    private static async Task<(double Seconds, double AddedMegabytes)> ExportAsync(ServerProcess server, string eventId, string format, CancellationToken ct)
    {
        var before = server.Memory()?.Now ?? double.NaN;
        if (OperatingSystem.IsLinux()) server.ResetPeak();
        var start = Stopwatch.GetTimestamp();
        await using (var answer = await server.Client.GetStreamAsync($"/v1/events/{eventId}/attendees.{format}", ct)) await answer.CopyToAsync(Stream.Null, ct);
        return (Stopwatch.GetElapsedTime(start).TotalSeconds, (server.Memory()?.Peak ?? double.NaN) - before);
    }

    // The columns of the default list, in its order.
    private static async Task<double?> PlainAsync(ServerProcess server, string eventId, CancellationToken ct)
    {
        var sql = $"""
            SELECT reference, status, site_id, full_name, family_name, romanized_name, form_of_address, job_title, organisation, city, audience, email, phone, copy_to,
                language, listens_in, time_zone, external_id, created_at, updated_at, cancelled_at, late
            FROM registrations WHERE event_id = '{eventId}' AND status = 'confirmed' ORDER BY sort_family, id
            """;
        try
        {
            var start = Stopwatch.GetTimestamp();
            using var process = Process.Start(new ProcessStartInfo("sqlite3", ["-readonly", "-csv", server.DatabaseFile, sql]) { RedirectStandardOutput = true })!;
            await process.StandardOutput.BaseStream.CopyToAsync(Stream.Null, ct);
            await process.WaitForExitAsync(ct);
            return Stopwatch.GetElapsedTime(start).TotalSeconds;
        }
        catch (Win32Exception)
        {
            return null; // the program is not installed
        }
    }
}
