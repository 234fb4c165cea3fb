using Isa.Events.Faults.Servers;
using Npgsql;

namespace Isa.Events.Benchmarks.Figures;

internal static class PostgresDatabases
{
    private static int _made;

    /// <summary>The setting that leads to a new database of its own.</summary>
    public static async Task<string> DatabaseAsync(this PostgresServer postgres, CancellationToken ct)
    {
        var name = $"benchmark_{Interlocked.Increment(ref _made)}";
        await postgres.ExecuteAsync($"CREATE DATABASE {name}", ct);
        return $"{ServerProcess.PostgresSetting}{new NpgsqlConnectionStringBuilder { Host = "127.0.0.1", Port = postgres.Port, Username = PostgresServer.User, Database = name }}";
    }
}
