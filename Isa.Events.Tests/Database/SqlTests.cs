using System.Text.RegularExpressions;
using Isa.Events.Api.Database;
using Isa.Events.Api.Database.Sqlite;

namespace Isa.Events.Tests.Database;

/// <summary>
/// Holds all SQL to one statement per command: the SQLite provider swallows errors of later statements when an earlier one returns rows. And to what both databases understand.
/// </summary>
public partial class SqlTests
{
    [Fact]
    public void Every_constant_is_one_statement_that_both_databases_understand()
    {
        var constants = Constants().ToList();
        constants.Count.ShouldBeGreaterThan(40);
        constants.Select(c => (c.File, Offence: Offence(c.Sql))).Where(c => c.Offence is not null).ShouldBeEmpty();
    }

    [Fact]
    public void Migrations_run_statement_by_statement()
    {
        var statements = Migrations.Scripts().SelectMany(s => Migrations.Statements(s.Text, SqliteEngine.ColumnTypes)).ToList();
        statements.Count.ShouldBeGreaterThan(10);
        statements.Where(s => s.Contains(';') || s.Contains("${")).ShouldBeEmpty();
        statements.ShouldAllBe(s => s.StartsWith("CREATE ") || s.StartsWith("ALTER TABLE ") || s.StartsWith("DROP INDEX ") || s.StartsWith("DROP TABLE ") || s.StartsWith("INSERT INTO ") || s.StartsWith("UPDATE "));
    }

    [Theory]
    [InlineData("UPDATE sites SET waiting = 0 RETURNING id; SELECT 1")]
    [InlineData("SELECT 1;")]
    [InlineData("BEGIN")]
    [InlineData("select id FROM events")]
    [InlineData("SELECT id FROM events WHERE id IN @Ids")]
    [InlineData("SELECT id FROM events WHERE lower(slug) = @Slug")]
    [InlineData("SELECT id FROM events FOR UPDATE")]
    public void The_scan_sees_an_offender(string sql) => Offence(sql).ShouldNotBeNull();

    // What one database alone gets, and says so in its place: the snapshot of a read on SQLite, the statements of PostgreSQL's own file.
    private const string Snapshot = "BEGIN DEFERRED";

    private static string? Offence(string sql) => sql.Contains(';') ? "two statements" : Transaction().IsMatch(sql) ? "transaction" : Forbidden().Match(sql) is { Success: true } match ? match.Value : null;

    private static IEnumerable<(string File, string Sql)> Constants() =>
        from file in Directory.EnumerateFiles(Path.Combine(Root(), "Isa.Events.Api"), "*.cs", SearchOption.AllDirectories)
        where !file.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}") && !file.Contains($"{Path.DirectorySeparatorChar}Postgres{Path.DirectorySeparatorChar}")
        from Match literal in Literals().Matches(File.ReadAllText(file))
        let sql = literal.Groups["raw"].Success ? literal.Groups["raw"].Value : literal.Groups["line"].Value
        where Begins().IsMatch(sql) && sql != Snapshot
        select (Path.GetFileName(file), sql.Trim());

    private static string Root()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Isa.Events.sln"))) folder = folder.Parent!;
        return folder.FullName;
    }

    [GeneratedRegex("\"\"\"(?<raw>.*?)\"\"\"|\"(?<line>(?:[^\"\\\\\\n]|\\\\.)*)\"", RegexOptions.Singleline)]
    private static partial Regex Literals();

    [GeneratedRegex(@"^\s*(SELECT|INSERT INTO|UPDATE \w+ SET|DELETE FROM|WITH|BEGIN(?!:)|COMMIT)\b", RegexOptions.IgnoreCase)]
    private static partial Regex Begins();

    [GeneratedRegex(@"^\s*(BEGIN|COMMIT|ROLLBACK|SAVEPOINT)\b", RegexOptions.IgnoreCase)]
    private static partial Regex Transaction();

    [GeneratedRegex(@"\bIN @|\bILIKE\b|\blower\(|\bFOR (NO KEY )?UPDATE\b|\bjson_|\bAUTOINCREMENT\b|^\s*(select|insert|update|delete)\b|\bGREATEST\b")]
    private static partial Regex Forbidden();
}
