using System.Text.RegularExpressions;

namespace Isa.Events.Tests.Commands;

/// <summary>The program as its operator starts it: a process of its own.</summary>
public sealed class CommandLineTests : IDisposable
{
    private readonly string _folder = Path.Combine(Directory.CreateTempSubdirectory("isa-events-").FullName, "data");

    public void Dispose() => Directory.Delete(Path.GetDirectoryName(_folder)!, recursive: true);

    [Theory]
    [InlineData("keys create --role boss --name x", "boss", "organizer", "partner", "checkIn", "mailIntake")]
    [InlineData("keys create --role partner", "--name")]
    [InlineData("keys create --role organizer --name x --test", "--test", "partner")]
    [InlineData("keys create --role partner --name x --event none-such", "none-such")]
    [InlineData("keys create --role partner --name x --expires tomorrow", "--expires", "tomorrow", "2027-01-31")]
    [InlineData("keys revoke key_none", "key_none", "keys list")]
    [InlineData("serve --colour red", "--colour")]
    [InlineData("keys create --role partner --name x --expires 2020-01-01", "--expires", "passed")]
    [InlineData("keys", "create", "list", "revoke")]
    [InlineData("nonsense", "nonsense", "serve", "keys", "backup")]
    [InlineData("serve --Server:ReferencePrefix=abc", "Server:ReferencePrefix", "abc", "capital letters")]
    [InlineData("migrate --Database:MaxBach=7", "Database:MaxBach", "MaxBatch")]
    [InlineData("migrate --Database:MaxBatch=many", "Database:MaxBatch", "many", "whole number")]
    [InlineData("migrate --Database:MaxBatch=0", "Database:MaxBatch", "1", "1000")]
    [InlineData("serve --Server:PublicUrl=events.example.org", "Server:PublicUrl", "events.example.org")]
    [InlineData("serve --Server:KnownProxies:0=proxy", "Server:KnownProxies", "proxy")]
    [InlineData("serve --urls http://localhost:99999", "99999")]
    [InlineData("serve --Backup:At=25:00", "Backup:At", "25:00", "02:00")]
    [InlineData("serve --Backup:Keep=0", "Backup:Keep", "1", "366")]
    [InlineData("serve --Backup:Enabled=maybe", "Backup:Enabled", "maybe", "true or false")]
    [InlineData("serve --Backup:Hour=2", "Backup:Hour", "At")]
    [InlineData("backup", "backup")]
    [InlineData("backup x.db", "no database", "Database:DataFolder")]
    [InlineData("check", "no database", "Database:DataFolder")]
    public async Task Says_in_one_line_what_is_wrong_and_what_is_allowed(string arguments, params string[] parts) => (await RunAsync(arguments)).ShouldRefuse(parts);

    [Fact]
    public async Task Keys_are_made_listed_and_revoked()
    {
        (await RunAsync("demo load")).Output.ShouldContain("isa-plenary");
        (await RunAsync("demo load")).Output.ShouldContain("already");
        var (exitCode, key, _, _) = await RunAsync("keys create --role partner --name Foshan --event isa-plenary --expires 2099-01-31");
        exitCode.ShouldBe(0);
        key.Trim().ShouldMatch("^isa_ptn_[A-Za-z0-9]+$"); // alone on the output, so that a script can take it
        var (_, list, _, _) = await RunAsync("keys list");
        list.ShouldContain("Foshan");
        list.ShouldContain("for isa-plenary");
        list.ShouldContain("until 2099-02-01");
        list.ShouldNotContain(key.Trim());
        var id = Regex.Match(list, "key_[0-9a-f]+").Value;
        (await RunAsync($"keys revoke {id}")).Output.ShouldContain("Revoked");
        (await RunAsync("keys list")).Output.ShouldContain("revoked");
    }

    [Fact]
    public async Task Finds_its_settings_from_any_folder()
    {
        var elsewhere = Path.GetDirectoryName(_folder)!;
        var (exitCode, output, error, _) = await RunAsync("keys list", elsewhere);
        (exitCode, output, error).ShouldBe((0, "", "")); // with the framework's own settings there would be lines of log
        (await RunAsync("keys create --role partner --name Foshan", elsewhere)).Output.Trim().ShouldMatch("^isa_ptn_[A-Za-z0-9]+$");
        Directory.EnumerateFileSystemEntries(elsewhere).ShouldBe([_folder]);
    }

    [Fact]
    public async Task Prints_the_contract_and_nothing_else()
    {
        var (exitCode, output, error, _) = await RunAsync("openapi");
        exitCode.ShouldBe(0, error);
        output.ShouldBe(System.Text.Encoding.UTF8.GetString(Isa.Events.Api.Features.Server.Contract.Bytes));
    }

    private Task<ProcessEnd> RunAsync(string arguments, string? workingFolder = null) => ProgramProcess.RunAsync(_folder, arguments, workingFolder);
}
