using Isa.Events.Api.Database;
using Isa.Events.Api.Database.Sqlite;
using Isa.Events.Api.Settings;
using Isa.Events.Api.Telemetry;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Hosting.Internal;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Isa.Events.Tests.Database;

public sealed class MigrationsTests : IDisposable
{
    private readonly string _folder = Path.Combine(Directory.CreateTempSubdirectory("isa-events-").FullName, "data");

    public void Dispose() => Directory.Delete(Path.GetDirectoryName(_folder)!, recursive: true);

    [Fact]
    public void Makes_a_folder_and_files_that_others_cannot_read()
    {
        using var database = Open();
        if (OperatingSystem.IsWindows()) return; // such modes are not known there
        File.GetUnixFileMode(_folder).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        foreach (var file in Directory.GetFiles(_folder)) File.GetUnixFileMode(file).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite, file);
    }

    [Fact]
    public async Task Is_safe_against_a_loss_of_power_and_keeps_its_word_on_keys()
    {
        using var database = Open();
        await database.WriteAsync("check", session =>
        {
            session.One<string>("PRAGMA journal_mode").ShouldBe("wal");
            session.One<long>("PRAGMA synchronous").ShouldBe(2); // FULL
            session.One<long>("PRAGMA foreign_keys").ShouldBe(1);
            session.One<string>("PRAGMA integrity_check").ShouldBe("ok");
            return true;
        }, TestContext.Current.CancellationToken);
        var loose = await database.ReadAsync(session => session.Query<string>("SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND strict = 0 AND name NOT LIKE 'sqlite_%'"), TestContext.Current.CancellationToken);
        loose.ShouldBe(["migrations"], ignoreOrder: true);
    }

    [Fact]
    public void Several_processes_may_start_at_once()
    {
        Parallel.For(0, 6, new ParallelOptions { MaxDegreeOfParallelism = 6 }, _ => Open().Dispose());
        using var connection = new SqliteConnection($"Data Source={File_}");
        connection.Open();
        using var count = new SqliteCommand("SELECT COUNT(*) FROM migrations", connection);
        count.ExecuteScalar().ShouldBe((long)Migrations.Scripts().Count);
    }

    [Fact]
    public void Refuses_a_file_of_a_newer_version_and_leaves_it_alone()
    {
        Open().Dispose();
        Execute($"INSERT INTO migrations (version, name) VALUES ({Migrations.Latest + 1}, 'of tomorrow')");
        Should.Throw<MigrationException>(() => Open().Dispose()).Message.ShouldContain($"version {Migrations.Latest + 1}");
    }

    [Fact]
    public void Refuses_a_file_that_is_no_database()
    {
        Directory.CreateDirectory(_folder);
        File.WriteAllText(File_, new string('x', 8192));
        Should.Throw<SqliteException>(() => Open().Dispose()).SqliteErrorCode.ShouldBe(26); // NOTADB
    }

    [Fact]
    public void Keys_and_the_events_they_are_limited_to_outlast_the_table_that_is_made_anew()
    {
        Directory.CreateDirectory(_folder);
        Execute("CREATE TABLE migrations (version BIGINT PRIMARY KEY, name TEXT NOT NULL)");
        foreach (var script in Migrations.Scripts().Where(s => s.Version < 5))
        {
            foreach (var statement in Migrations.Statements(script.Text, SqliteEngine.ColumnTypes)) Execute(statement);
            Execute($"INSERT INTO migrations (version, name) VALUES ({script.Version}, '{script.Name}')");
        }

        Execute("INSERT INTO api_keys (id, holder_id, hash, hint, role, name, is_test, created_at) VALUES ('key_1', 'hld_1', x'01', 'isa', 'partner', 'Website', 0, '2020-09-21T08:00:00.000Z')");
        Execute("INSERT INTO api_key_events (key_id, event_id) VALUES ('key_1', 'evt_1')");
        using var database = Open();
        database.Engine.Read(session =>
        {
            session.One<string>("SELECT k.name || ' ' || e.event_id FROM api_keys k JOIN api_key_events e ON e.key_id = k.id").ShouldBe("Website evt_1");
            session.One<string>("SELECT \"table\" FROM pragma_foreign_key_list('api_key_events')").ShouldBe("api_keys");
            return true;
        });
    }

    private string File_ => Path.Combine(_folder, "isa-events.db");

    private void Execute(string sql)
    {
        using var connection = new SqliteConnection($"Data Source={File_}");
        connection.Open();
        using var command = new SqliteCommand(sql, connection);
        command.ExecuteNonQuery();
    }

    private EventsDatabase Open()
    {
        var database = new EventsDatabase(Options.Create(new DatabaseSettings { DataFolder = _folder }), new HostingEnvironment { ContentRootPath = _folder }, TimeProvider.System, new Measures(), NullLogger<EventsDatabase>.Instance);
        try
        {
            database.Migrate();
            return database;
        }
        catch
        {
            database.Dispose();
            throw;
        }
    }
}
