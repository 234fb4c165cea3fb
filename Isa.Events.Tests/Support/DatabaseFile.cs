using Microsoft.Data.Sqlite;

namespace Isa.Events.Tests.Support;

/// <summary>The SQLite file of a data folder, past the program.</summary>
public static class DatabaseFile
{
    public static string In(string folder) => Path.Combine(folder, "isa-events.db");

    /// <summary>Runs statements on a connection without the checks that would refuse them.</summary>
    public static void Execute(string file, params string[] statements)
    {
        using var connection = Open(file);
        foreach (var sql in (string[])["PRAGMA foreign_keys = OFF", "PRAGMA ignore_check_constraints = ON", .. statements])
        {
            using var command = new SqliteCommand(sql, connection);
            command.ExecuteNonQuery();
        }
    }

    public static T Scalar<T>(string file, string sql)
    {
        using var connection = Open(file);
        using var command = new SqliteCommand(sql, connection);
        return (T)command.ExecuteScalar()!;
    }

    /// <summary>Overwrites the middle of a table's page with bytes that mean nothing.</summary>
    public static void DamagePage(string file, string table)
    {
        long page;
        using (var connection = Open(file))
        {
            using var into = new SqliteCommand("PRAGMA journal_mode = DELETE", connection); // what is in the log would cover the damage
            into.ExecuteNonQuery();
            using var root = new SqliteCommand($"SELECT rootpage FROM sqlite_schema WHERE name = '{table}'", connection);
            page = (long)root.ExecuteScalar()!;
        }

        using var stream = new FileStream(file, FileMode.Open, FileAccess.Write);
        stream.Position = (page - 1) * 4096;
        stream.Write(Enumerable.Repeat((byte)0xA5, 4096).ToArray());
    }

    private static SqliteConnection Open(string file)
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = file, Mode = SqliteOpenMode.ReadWrite, Pooling = false }.ToString());
        connection.Open();
        return connection;
    }
}
