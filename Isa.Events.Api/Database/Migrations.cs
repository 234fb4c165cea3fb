using System.Data.Common;
using System.Globalization;
using System.Reflection;
using System.Text.RegularExpressions;
using Dapper;

namespace Isa.Events.Api.Database;

/// <summary>
/// Numbered scripts, embedded, forward only. Each runs in one transaction under the write lock, one statement per command; a file that a newer
/// version has written is refused.
/// </summary>
internal static partial class Migrations
{
    private const string Create = "CREATE TABLE IF NOT EXISTS migrations (version BIGINT PRIMARY KEY, name TEXT NOT NULL)";
    private const string Newest = "SELECT COALESCE(MAX(version), 0) FROM migrations";
    private const string Note = "INSERT INTO migrations (version, name) VALUES (@Version, @Name)";

    /// <summary>The version this program brings the tables to.</summary>
    public static long Latest => Scripts()[^1].Version;

    public static void Run(DbConnection connection, Func<DbTransaction> begin, IReadOnlyDictionary<string, string> types)
    {
        foreach (var script in Scripts())
        {
            // Several processes may start at once: the lock comes first, then the look at what is there.
            using var transaction = begin();
            connection.Execute(Create, transaction: transaction);
            var newest = connection.ExecuteScalar<long>(Newest, transaction: transaction);
            if (newest > Latest) throw new MigrationException($"The database is at version {newest}, this program knows {Latest}: start the newer program.");
            if (newest < script.Version)
            {
                foreach (var statement in Statements(script.Text, types)) connection.Execute(statement, transaction: transaction);
                connection.Execute(Note, new { script.Version, script.Name }, transaction);
            }

            transaction.Commit();
        }
    }

    /// <summary>The statements of a script, one by one, with the types of a database in place.</summary>
    public static IEnumerable<string> Statements(string script, IReadOnlyDictionary<string, string> types) =>
        StatementEnd().Split(CommentLine().Replace(script, ""))
            .Select(s => Placeholder().Replace(s, m => types[m.Groups[1].Value]).Trim())
            .Where(s => s.Length > 0);

    internal static IReadOnlyList<(long Version, string Name, string Text)> Scripts() =>
        [.. Assembly.GetExecutingAssembly().GetManifestResourceNames()
            .Where(n => n.StartsWith("Migrations/", StringComparison.Ordinal))
            .Select(n => (Version: long.Parse(n.AsSpan(11, 4), CultureInfo.InvariantCulture), Name: n[11..^4], Text: Read(n)))
            .OrderBy(s => s.Version)];

    private static string Read(string resource)
    {
        using var reader = new StreamReader(Assembly.GetExecutingAssembly().GetManifestResourceStream(resource)!);
        return reader.ReadToEnd();
    }

    [GeneratedRegex(@";[ \t]*(?:\r?\n|$)")]
    private static partial Regex StatementEnd();

    [GeneratedRegex(@"^[ \t]*--.*$", RegexOptions.Multiline)]
    private static partial Regex CommentLine();

    [GeneratedRegex(@"\$\{(\w+)\}")]
    private static partial Regex Placeholder();
}

/// <summary>The tables cannot be brought to this version; the message says why and what to do.</summary>
public sealed class MigrationException(string message) : Exception(message);
