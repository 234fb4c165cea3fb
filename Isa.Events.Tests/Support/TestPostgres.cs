using Npgsql;

namespace Isa.Events.Tests.Support;

/// <summary>Where the tables of a test live.</summary>
public enum DatabaseKind
{
    Sqlite,
    Postgres,
}

/// <summary>
/// A schema of its own on the PostgreSQL server that <c>ISA_EVENTS_TEST_POSTGRES</c> names (a connection string of somebody who may create schemas). With the
/// variable set, all tests run on that server; <c>ISA_EVENTS_TEST_ON=sqlite</c> leaves it to the tests that are about PostgreSQL.
/// </summary>
public sealed class TestPostgres : IAsyncDisposable
{
    private readonly string _schema = $"isa_{Guid.NewGuid():N}";

    private TestPostgres() => ConnectionString = new NpgsqlConnectionStringBuilder(Server) { SearchPath = _schema }.ConnectionString;

    /// <summary>The server, or null without one.</summary>
    public static string? Server { get; } = Environment.GetEnvironmentVariable("ISA_EVENTS_TEST_POSTGRES") is { Length: > 0 } text ? text : null;

    public static DatabaseKind Default { get; } = Server is not null && Environment.GetEnvironmentVariable("ISA_EVENTS_TEST_ON") != "sqlite" ? DatabaseKind.Postgres : DatabaseKind.Sqlite;

    /// <summary>For a test's SkipUnless.</summary>
    public static bool IsThere => Server is not null;

    public const string Missing = "Needs PostgreSQL: set ISA_EVENTS_TEST_POSTGRES to a connection string.";

    /// <summary>Leads to the schema.</summary>
    public string ConnectionString { get; }

    public static async Task<TestPostgres> CreateAsync()
    {
        var made = new TestPostgres();
        await made.ExecuteAsync($"CREATE SCHEMA {made._schema}");
        return made;
    }

    /// <summary>Runs SQL beside the server under test.</summary>
    public async Task ExecuteAsync(string sql)
    {
        await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(ConnectionString) { Pooling = false }.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }

    public async ValueTask DisposeAsync() => await ExecuteAsync($"DROP SCHEMA {_schema} CASCADE");
}
