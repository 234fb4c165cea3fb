using System.CommandLine;
using Microsoft.Data.Sqlite;
using ParseResult = System.CommandLine.ParseResult;

namespace Isa.Events.Api.Commands;

/// <summary><c>check</c>: looks whether what is stored is whole, beside a running server; repairs nothing.</summary>
internal static class Check
{
    public static Command Create(Func<ParseResult, WebApplication> build)
    {
        var command = new Command("check", "Looks whether what is stored is whole: file, counters of seats, rows that belong to nothing. A line for each finding; repairs nothing.");
        command.SetAction(async (parsed, ct) =>
        {
            await using var app = build(parsed);
            return await RunAsync(app.Services.GetRequiredService<EventsDatabase>(), Console.Out, ct);
        });
        return command;
    }

    /// <returns>1 where something was found.</returns>
    internal static async Task<int> RunAsync(EventsDatabase database, TextWriter output, CancellationToken ct)
    {
        if (database.File is not null && !File.Exists(database.File)) throw new CommandException($"There is no database {database.File} (Database:DataFolder and Database:File name it).");
        List<string> findings;
        try
        {
            findings = await database.ReadAsync(session => Find(session, database.File is not null), ct);
        }
        catch (Exception e) when ((Opening.Explain(e is ProblemException ? e.InnerException : e, database) ?? database.Explain(e)) is { } line)
        {
            throw new CommandException(line);
        }

        foreach (var finding in findings) output.WriteLine(finding);
        if (findings.Count == 0) output.WriteLine("Nothing wrong was found.");
        return findings.Count == 0 ? 0 : 1;
    }

    private static List<string> Find(ReadSession session, bool isFile)
    {
        var findings = new List<string>();
        try
        {
            if (isFile) findings.AddRange(DatabaseCheck.FindInFile(session));
            var version = session.One<long>("SELECT COALESCE(MAX(version), 0) FROM migrations");
            if (version > Migrations.Latest) findings.Add($"the tables are at version {version}, this program knows {Migrations.Latest}: use the newer program for the rest");
            else foreach (var sql in DatabaseCheck.Counters.Concat(DatabaseCheck.Rows)) findings.AddRange(session.Query<string>(sql));
        }
        catch (SqliteException) when (findings.Count > 0)
        {
            // the damage is told already; what lies behind it cannot be read
        }

        return findings;
    }
}
