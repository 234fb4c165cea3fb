using Isa.Events.Api.Commands;

namespace Isa.Events.Tests.Commands;

public class CheckTests
{
    [Fact]
    public async Task Finds_nothing_beside_a_server_that_works()
    {
        await using var host = new EventsHost { Kind = DatabaseKind.Sqlite };
        await host.InitializeAsync();
        var evt = await host.EventWithSeatsAsync(2);
        foreach (var status in new[] { HttpStatusCode.Created, HttpStatusCode.Created, HttpStatusCode.Conflict }) (await host.Partner.RegisterAsync(evt)).ShouldBe(status);
        var test = host.Caller(await host.KeyAsync(Isa.Events.Api.Features.Partners.Role.Partner, "Trying out", isTest: true));
        (await test.RegisterAsync(evt, Given.Person(siteId: "zoom"))).ShouldBe(HttpStatusCode.Created); // takes no seat
        (await ProgramProcess.RunAsync(host.Folder, "check")).ShouldDo("Nothing wrong");
        (await host.Partner.RegisterAsync(evt, Given.Person(siteId: "zoom"))).ShouldBe(HttpStatusCode.Created);
    }

    [Theory]
    [InlineData("counts 9 seats taken, its registrations hold 2 and its offers 0", "UPDATE sites SET seats_taken = 9 WHERE id = 'hannover'")]
    [InlineData("counts 2 seats taken, its registrations hold 1", "UPDATE registrations SET holds_seat = 0 WHERE id = (SELECT MIN(id) FROM registrations)")]
    [InlineData("is confirmed and holds a seat", "UPDATE registrations SET is_test = 1 WHERE id = (SELECT MIN(id) FROM registrations)")]
    [InlineData("counts 3 waiting, its queue has 0", "UPDATE sites SET waiting = 3 WHERE id = 'hannover'")]
    [InlineData("waits by an entry that is not there", "UPDATE registrations SET waitlist_entry_id = 'wle_lost' WHERE id = (SELECT MIN(id) FROM registrations)")]
    [InlineData("impossible counters", "UPDATE sites SET waiting = -1 WHERE id = 'hannover'")]
    [InlineData("impossible counters", "UPDATE sites SET capacity = 1 WHERE id = 'hannover'")]
    [InlineData("which does not exist", "UPDATE registrations SET site_id = 'nowhere' WHERE id = (SELECT MIN(id) FROM registrations)")]
    [InlineData("a history entry belongs to the registration", "DELETE FROM registrations WHERE id = (SELECT MIN(id) FROM registrations)")]
    [InlineData("is about the registration reg_lost", "UPDATE outbox SET registration_id = 'reg_lost' WHERE id = (SELECT MIN(id) FROM outbox)")]
    [InlineData("is about the event evt_lost", "UPDATE outbox SET event_id = 'evt_lost' WHERE id = (SELECT MIN(id) FROM outbox)")]
    [InlineData("names the document", "UPDATE agendas SET document_sha256 = 'lost'")]
    [InlineData("a row of agendas names a row of documents", "UPDATE agendas SET document_sha256 = 'lost'")]
    [InlineData("one address has 2 active registrations", "DROP INDEX registrations_one_per_address", "UPDATE registrations SET email_normalised = 'same@example.org'")]
    [InlineData("one member of the delegation d has 2", "DROP INDEX registrations_one_per_member", "UPDATE registrations SET email_normalised = NULL, delegation_id = 'd', name_normalised = 'same'")]
    [InlineData("the file is damaged: CHECK constraint failed in registrations", "UPDATE registrations SET language = 'fr'")]
    public async Task Names_what_is_wrong_and_repairs_nothing(string says, params string[] damage)
    {
        await using var host = new EventsHost { Kind = DatabaseKind.Sqlite };
        await host.InitializeAsync();
        var evt = await host.EventWithSeatsAsync(5);
        (await host.Organizer.PutAsync($"/v1/events/{evt}/agenda", await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "samples", "plenary-agenda.json"), TestContext.Current.CancellationToken), ("If-Match", "*"))).ShouldBe(HttpStatusCode.OK);
        for (var i = 0; i < 2; i++) (await host.Partner.RegisterAsync(evt)).ShouldBe(HttpStatusCode.Created);
        DatabaseFile.Execute(DatabaseFile.In(host.Folder), damage);

        var first = await CheckAsync();
        first.ExitCode.ShouldBe(1);
        first.Output.ShouldContain(says);
        first.Output.ShouldNotContain("example.org"); // findings name ids, no persons
        (await CheckAsync()).ShouldBe(first);

        async Task<(int ExitCode, string Output)> CheckAsync()
        {
            var output = new StringWriter();
            return (await Check.RunAsync(host.Database, output, TestContext.Current.CancellationToken), output.ToString());
        }
    }

    [Fact]
    public async Task Ends_with_1_and_names_a_damaged_page()
    {
        var folder = Directory.CreateTempSubdirectory("isa-events-").FullName;
        (await ProgramProcess.RunAsync(folder, "demo load")).ShouldDo();
        DatabaseFile.DamagePage(DatabaseFile.In(folder), "registrations");
        var end = await ProgramProcess.RunAsync(folder, "check");
        (end.ExitCode, end.Error).ShouldBe((1, ""));
        end.Output.ShouldContain("the file is damaged");
        DatabaseFile.Execute(DatabaseFile.In(folder), "INSERT INTO migrations (version, name) VALUES (9999, 'newer')");
        end = await ProgramProcess.RunAsync(folder, "check");
        end.Output.ShouldContain("the file is damaged");
        end.Output.ShouldContain("version 9999");
        File.WriteAllText(DatabaseFile.In(folder), "rubbish, and not a database, though longer than a header of a hundred bytes would have to be: it goes on and on");
        (await ProgramProcess.RunAsync(folder, "check")).ShouldRefuse("Database:File", "not a database");
        Directory.Delete(folder, recursive: true);
    }
}
