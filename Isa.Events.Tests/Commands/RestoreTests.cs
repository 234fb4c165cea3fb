using System.Globalization;
using Isa.Events.Api.Database;
using Microsoft.Data.Sqlite;

namespace Isa.Events.Tests.Commands;

public sealed class RestoreTests : IAsyncLifetime
{
    private readonly string _root = Directory.CreateTempSubdirectory("isa-events-").FullName;

    private string Folder => Path.Combine(_root, "data");

    private string File_ => DatabaseFile.In(Folder);

    private string Backup => Path.Combine(_root, "backup.db");

    // A database with the demo event, and a backup of it.
    public async ValueTask InitializeAsync()
    {
        (await ProgramProcess.RunAsync(Folder, "demo load")).ShouldDo();
        (await ProgramProcess.RunAsync(Folder, $"backup {Backup}")).ShouldDo();
    }

    public ValueTask DisposeAsync()
    {
        Directory.Delete(_root, recursive: true);
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task Puts_the_backup_in_place_and_keeps_the_replaced_file()
    {
        Change("later");
        (await RestoreAsync("--force")).ShouldDo("1 events", "kept as", "keys list");
        Slug(File_).ShouldBe("isa-plenary");
        Slug(Directory.GetFiles(Folder, "isa-events.db.replaced-*").Single()).ShouldBe("later");
        Directory.GetFiles(Folder).Select(Path.GetFileName).ShouldAllBe(f => f == "isa-events.db" || f == "isa-events.db.lock" || f!.StartsWith("isa-events.db.replaced-"));
        if (!OperatingSystem.IsWindows()) File.GetUnixFileMode(File_).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        (await RestoreAsync("--force")).ShouldDo(); // within the same second: the first that was kept stays
        Directory.GetFiles(Folder, "isa-events.db.replaced-*").Length.ShouldBe(2);
    }

    [Fact]
    public async Task Refuses_a_database_that_exists_unless_told()
    {
        (await RestoreAsync()).ShouldRefuse(File_, "exists", "--force");
        var newer = DateTimeOffset.UtcNow.AddMinutes(1);
        DatabaseFile.Execute(File_, $"UPDATE events SET slug = 'later', updated_at = '{Instant.ToText(newer)}'");
        (await RestoreAsync()).ShouldRefuse(File_, "newer", "1 of its", "--force");
        Slug(File_).ShouldBe("later");
        File.WriteAllText(File_, "rubbish");
        (await RestoreAsync()).ShouldRefuse(File_, "cannot be read", "--force");
        (await RestoreAsync("--force")).ShouldDo("1 events"); // what it is for
        Slug(File_).ShouldBe("isa-plenary");
        File.ReadAllText(Directory.GetFiles(Folder, "isa-events.db.replaced-*").Single()).ShouldBe("rubbish");
    }

    [Theory]
    [InlineData("missing", "There is no file")]
    [InlineData("empty", "not a SQLite file")]
    [InlineData("text", "not a SQLite file")]
    [InlineData("first bytes", "truncated")]
    [InlineData("half", "truncated")]
    [InlineData("foreign", "not one of Isa.Events")]
    [InlineData("newer", "version 9999")]
    [InlineData("damaged", "damaged")]
    [InlineData("miscounted", "counts 3 seats taken")]
    [InlineData("orphan", "does not exist")]
    public async Task Refuses_what_is_no_whole_backup_by_name_and_leaves_the_database_alone(string kind, string says)
    {
        switch (kind)
        {
            case "missing": File.Delete(Backup); break;
            case "empty": File.WriteAllText(Backup, ""); break;
            case "text": File.WriteAllText(Backup, new string('x', 10_000)); break;
            case "first bytes": Cut(50); break;
            case "half": Cut(new FileInfo(Backup).Length / 2); break;
            case "foreign":
                File.Delete(Backup);
                File.Create(Backup).Dispose();
                DatabaseFile.Execute(Backup, "CREATE TABLE bookmarks (url TEXT)");
                break;
            case "newer": DatabaseFile.Execute(Backup, "INSERT INTO migrations (version, name) VALUES (9999, 'newer')"); break;
            case "damaged": DatabaseFile.DamagePage(Backup, "registrations"); break;
            case "miscounted": DatabaseFile.Execute(Backup, "UPDATE sites SET seats_taken = 3 WHERE id = 'hannover'"); break;
            case "orphan": DatabaseFile.Execute(Backup, "UPDATE agendas SET document_sha256 = 'lost'"); break;
            default: throw new ArgumentOutOfRangeException(nameof(kind));
        }

        var before = File.ReadAllBytes(File_);
        (await RestoreAsync("--force")).ShouldRefuse(Backup, says);
        File.ReadAllBytes(File_).ShouldBe(before);
        Directory.GetFiles(Folder).Select(Path.GetFileName).ShouldBe(["isa-events.db", "isa-events.db.lock"], ignoreOrder: true);
    }

    [Fact]
    public async Task Waits_for_no_server_but_works_right_after_one_was_killed()
    {
        var (server, client) = await ProgramProcess.ServeAsync(Folder);
        using (client)
        using (server)
        {
            (await RestoreAsync("--force")).ShouldRefuse(File_, "server", "stop it");
            (await client.GetAsync("/health/ready", TestContext.Current.CancellationToken)).StatusCode.ShouldBe(HttpStatusCode.OK);
            Change("in-the-log-alone");
            server.Kill();
            await server.WaitForExitAsync(TestContext.Current.CancellationToken);
        }

        File.Exists(File_ + "-wal").ShouldBeTrue(); // a killed server leaves its log
        (await RestoreAsync("--force")).ShouldDo("1 events");
        Slug(File_).ShouldBe("isa-plenary"); // which does not get into the new file
        Slug(Directory.GetFiles(Folder, "isa-events.db.replaced-*").Single()).ShouldBe("in-the-log-alone"); // and is not lost with the old
        var (again, answers) = await ProgramProcess.ServeAsync(Folder);
        using (answers)
        using (again)
        {
            (await answers.GetAsync("/v1/events/isa-plenary", TestContext.Current.CancellationToken)).StatusCode.ShouldBe(HttpStatusCode.OK);
            again.Kill();
        }
    }

    [Fact]
    public async Task Keeps_away_from_a_file_that_another_program_has_open()
    {
        using (var open = new SqliteConnection($"Data Source={File_};Pooling=False"))
        {
            open.Open();
            using var into = new SqliteCommand("PRAGMA journal_mode = WAL", open);
            into.ExecuteScalar();
            using var read = new SqliteCommand("SELECT COUNT(*) FROM events", open);
            read.ExecuteScalar();
            (await RestoreAsync("--force")).ShouldRefuse("Another program", File_);
        }

        (await RestoreAsync("--force")).ShouldDo();
    }

    [Fact]
    public async Task A_restore_keeps_servers_and_commands_away()
    {
        using (var alone = FileLock.TryTake(File_).ShouldNotBeNull())
        {
            FileLock.TryShare(File_).ShouldBeNull();
            (await ProgramProcess.RunAsync(Folder, "serve --urls http://127.0.0.1:0")).ShouldRefuse(File_, "being restored");
            (await ProgramProcess.RunAsync(Folder, "keys list")).ShouldRefuse(File_, "being restored");
        }

        using var one = FileLock.TryShare(File_).ShouldNotBeNull();
        using var two = FileLock.TryShare(File_).ShouldNotBeNull();
        FileLock.TryTake(File_).ShouldBeNull();
    }

    [Fact]
    public async Task Sends_nothing_that_may_have_been_sent_since_and_keeps_what_is_not_due()
    {
        var evt = DatabaseFile.Scalar<string>(Backup, "SELECT id FROM events");
        var (past, future) = (Instant.ToText(DateTimeOffset.UtcNow.AddHours(-1)), Instant.ToText(DateTimeOffset.UtcNow.AddDays(7)));
        DatabaseFile.Execute(Backup,
            Row("due", "pending", past, "NULL"), Row("done", "done", past, "NULL"), Row("failed", "failed", past, "NULL"), Row("next-week", "pending", future, "NULL"), Row("being-sent", "pending", future, $"'{past}'"),
            $"INSERT INTO idempotency_keys (scope, key, fingerprint, resource_id, created_at) VALUES ('s', 'k', x'00', 'r', '{past}')");
        (await RestoreAsync("--force")).ShouldDo("2 messages", "not sent");
        string State(string id) => DatabaseFile.Scalar<string>(File_, $"SELECT state FROM outbox WHERE id = '{id}'");
        (State("due"), State("being-sent"), State("done"), State("failed"), State("next-week")).ShouldBe(("superseded", "superseded", "done", "failed", "pending"));
        DatabaseFile.Scalar<string>(File_, "SELECT last_error FROM outbox WHERE id = 'due'").ShouldContain("may have been sent");
        DatabaseFile.Scalar<long>(File_, "SELECT COUNT(*) FROM idempotency_keys").ShouldBe(1);
        DatabaseFile.Scalar<string>(Backup, "SELECT state FROM outbox WHERE id = 'due'").ShouldBe("pending"); // the backup itself stays as it is

        string Row(string id, string state, string due, string leased) =>
            $"INSERT INTO outbox (id, kind, event_id, state, created_at, due_at, leased_until) VALUES ('{id}', 'eventChanged', '{evt}', '{state}', '{past}', '{due}', {leased})";
    }

    [Fact]
    public async Task Killed_at_any_moment_it_leaves_the_old_database_or_the_new_one()
    {
        // Large enough that there are moments between the first step and the last.
        for (var i = 0; i < 4; i++) DatabaseFile.Execute(Backup, $"INSERT INTO documents (sha256, content, size) VALUES ('{i}', randomblob(5000000), 5000000)");
        var random = new Random(16102020);
        var (old, replaced) = (0, 0);
        for (var round = 0; round < 8; round++)
        {
            Change("old");
            using (var process = ProgramProcess.Start(Folder, $"restore {Backup} --force"))
            {
                while (!process.HasExited && Directory.GetFiles(Folder, "*.unfinished-*").Length == 0) await Task.Delay(1, TestContext.Current.CancellationToken);
                await Task.Delay(random.Next(0, 160), TestContext.Current.CancellationToken);
                process.Kill();
                await process.WaitForExitAsync(TestContext.Current.CancellationToken);
            }

            _ = Slug(File_) == "old" ? old++ : replaced++;
            Slug(File_).ShouldBeOneOf("old", "isa-plenary");
            DatabaseFile.Scalar<string>(File_, "PRAGMA integrity_check").ShouldBe("ok");
            foreach (var file in Directory.GetFiles(Folder, "*.unfinished-*").Concat(Directory.GetFiles(Folder, "*.replaced-*"))) File.Delete(file);
        }

        old.ShouldBeGreaterThan(0, string.Create(CultureInfo.InvariantCulture, $"{old} old, {replaced} replaced"));
    }

    [Fact]
    public async Task Takes_a_relative_name_and_not_the_database_itself()
    {
        (await ProgramProcess.RunAsync(Folder, $"restore {Path.GetRelativePath(AppContext.BaseDirectory, Backup)} --force")).ShouldDo(Backup);
        (await ProgramProcess.RunAsync(Folder, $"restore {File_} --force")).ShouldRefuse(File_, "itself");
    }

    private Task<ProcessEnd> RestoreAsync(string arguments = "") => ProgramProcess.RunAsync(Folder, $"restore {Backup} {arguments}");

    private void Change(string slug) => DatabaseFile.Execute(File_, $"UPDATE events SET slug = '{slug}'");

    private static string Slug(string file) => DatabaseFile.Scalar<string>(file, "SELECT slug FROM events");

    private void Cut(long length)
    {
        using var stream = new FileStream(Backup, FileMode.Open);
        stream.SetLength(length);
    }
}
