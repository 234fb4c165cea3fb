using System.Text;

namespace Isa.Events.Tests.Commands;

public sealed class BackupTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("isa-events-").FullName;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    private string Target => Path.Combine(_root, "backup.db");

    private string Other => Path.Combine(_root, "restored");

    [Fact]
    public async Task Holds_what_was_answered_before_it_began_while_the_server_goes_on_writing()
    {
        await using var host = new EventsHost { Kind = DatabaseKind.Sqlite };
        await host.InitializeAsync();
        var evt = await host.EventAsync(e => e["sites"]![0]!.AsObject().Remove("capacity"));
        var pdf = new ByteArrayContent(Encoding.ASCII.GetBytes("%PDF-1 agenda %%EOF"));
        pdf.Headers.ContentType = new("application/pdf");
        (await host.Organizer.SendAsync(HttpMethod.Put, $"/v1/events/{evt}/agenda/document", pdf, ("If-Match", "*"))).ShouldBe(HttpStatusCode.OK);
        var first = (await host.Partner.RegisterAsync(evt, null, ("Idempotency-Key", "kept-with-it"))).ShouldBe(HttpStatusCode.Created).Json;
        for (var i = 0; i < 20; i++) (await host.Partner.RegisterAsync(evt)).ShouldBe(HttpStatusCode.Created);

        using var enough = new CancellationTokenSource();
        var during = 0;
        var writing = Task.Run(async () =>
        {
            for (; !enough.IsCancellationRequested; during++) (await host.Partner.RegisterAsync(evt)).ShouldBe(HttpStatusCode.Created);
        }, TestContext.Current.CancellationToken);
        var made = await ProgramProcess.RunAsync(host.Folder, $"backup {Target}");
        await enough.CancelAsync();
        await writing;

        made.ShouldDo(Target, "1 events", "registrations", "MB");
        during.ShouldBeGreaterThan(0);
        var held = DatabaseFile.Scalar<long>(Target, "SELECT COUNT(*) FROM registrations");
        held.ShouldBeInRange(21, 21 + during);
        made.Output.ShouldContain($"{held} registrations");
        Directory.GetFiles(_root).ShouldBe([Target]); // one file, nothing beside it
        File.ReadAllBytes(Target)[18..20].ShouldBe([1, 1]); // no write-ahead log: it can be read where nothing can be written
        if (!OperatingSystem.IsWindows()) File.GetUnixFileMode(Target).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);

        // A server on the restored file: links made before still open, the document is there, a repeat is recognised.
        (await ProgramProcess.RunAsync(Other, $"restore {Target}")).ShouldDo($"{held} registrations");
        await using var restored = new EventsHost { Kind = DatabaseKind.Sqlite, Settings = new() { ["Database:DataFolder"] = Other } };
        await restored.InitializeAsync();
        (await restored.Anybody.GetAsync(first.PathOf("manage"))).ShouldBe(HttpStatusCode.OK);
        (await restored.Anybody.GetAsync($"/v1/events/{evt}/agenda/document")).ShouldBe(HttpStatusCode.OK).Text.ShouldBe("%PDF-1 agenda %%EOF");
        (await restored.Caller(host.PartnerKey).GetAsync($"/v1/registrations/{first["id"]}")).ShouldBe(HttpStatusCode.OK);
        DatabaseFile.Scalar<long>(DatabaseFile.In(Other), "SELECT COUNT(*) FROM idempotency_keys").ShouldBe(1);
        (await ProgramProcess.RunAsync(Other, "check")).ShouldDo("Nothing wrong");
    }

    [Fact]
    public async Task Replaces_a_file_only_when_told()
    {
        (await ProgramProcess.RunAsync(Other, "demo load")).ShouldDo();
        await File.WriteAllTextAsync(Target, "mine", TestContext.Current.CancellationToken);
        (await ProgramProcess.RunAsync(Other, $"backup {Target}")).ShouldRefuse(Target, "--force");
        (await File.ReadAllTextAsync(Target, TestContext.Current.CancellationToken)).ShouldBe("mine");
        (await ProgramProcess.RunAsync(Other, $"backup {Target} --force")).ShouldDo("1 events");
        (await ProgramProcess.RunAsync(Other, $"backup {_root}")).ShouldRefuse(_root, "folder");
        (await ProgramProcess.RunAsync(Other, $"backup {_root}/none/backup.db")).ShouldRefuse("/none/backup.db", "cannot be written");
    }

    [Theory]
    [InlineData("UPDATE sites SET seats_taken = 7 WHERE id = 'hannover'", "counts 7 seats taken")]
    [InlineData("UPDATE agendas SET document_sha256 = 'lost'", "does not exist")]
    [InlineData("INSERT INTO migrations (version, name) VALUES (9999, 'newer')", "version 9999")]
    public async Task Makes_none_of_a_database_that_is_not_whole(string damage, string says)
    {
        (await ProgramProcess.RunAsync(Other, "demo load")).ShouldDo();
        DatabaseFile.Execute(DatabaseFile.In(Other), damage);
        (await ProgramProcess.RunAsync(Other, $"backup {Target}")).ShouldRefuse(DatabaseFile.In(Other), says);
        Directory.GetFiles(_root).ShouldBeEmpty();
    }

    [Fact]
    public async Task Makes_none_of_a_damaged_file()
    {
        (await ProgramProcess.RunAsync(Other, "demo load")).ShouldDo();
        DatabaseFile.DamagePage(DatabaseFile.In(Other), "registrations");
        (await ProgramProcess.RunAsync(Other, $"backup {Target}")).ShouldRefuse(DatabaseFile.In(Other), "damaged");
        Directory.GetFiles(_root).ShouldBeEmpty();
    }

    [Fact]
    public async Task Makes_none_on_a_full_disk()
    {
        if (OperatingSystem.IsWindows()) return; // no small disk to be had
        (await ProgramProcess.RunAsync(Other, "demo load")).ShouldDo();
        var small = Directory.CreateDirectory(Path.Combine(_root, "small")).FullName;
        (await ProgramProcess.RunAsync(Other, $"backup {small}/backup.db", ProgramProcess.OnSmallDisk(small, 40))).ShouldRefuse("small/backup.db");
        Directory.GetFiles(small).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("TERM")]
    [InlineData("INT")]
    [InlineData("KILL")]
    public async Task One_that_is_interrupted_leaves_nothing_that_looks_like_a_backup(string signal)
    {
        if (OperatingSystem.IsWindows()) return; // other signals there
        (await ProgramProcess.RunAsync(Other, "demo load")).ShouldDo();
        for (var i = 0; i < 20; i++) DatabaseFile.Execute(DatabaseFile.In(Other), $"INSERT INTO documents (sha256, content, size) VALUES ('{i}', randomblob(5000000), 5000000)");
        using var process = ProgramProcess.Start(Other, $"backup {Target}");
        while (Directory.GetFiles(_root).Length == 0) await Task.Delay(5, TestContext.Current.CancellationToken);
        ProgramProcess.Signal(process, signal);
        var end = await ProgramProcess.EndAsync(process);
        end.ExitCode.ShouldNotBe(0);
        if (signal != "KILL") end.ShouldRefuse();
        Directory.GetFiles(_root).ShouldAllBe(file => file.Contains(".unfinished-"));
        if (signal != "KILL") Directory.GetFiles(_root).ShouldBeEmpty();
    }
}
