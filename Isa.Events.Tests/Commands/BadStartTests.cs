using System.Net.Sockets;
using Isa.Events.Api.Commands;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace Isa.Events.Tests.Commands;

/// <summary>Alone on the machine, for the time that a refusal takes counts.</summary>
[CollectionDefinition(nameof(Alone), DisableParallelization = true)]
public sealed class Alone;

/// <summary>What keeps a server from starting: a quick end and one line that names the setting and what to do.</summary>
[Collection(nameof(Alone))]
public sealed class BadStartTests : IDisposable
{
    private const string Serve = "serve --urls http://127.0.0.1:0";
    private readonly string _root = Directory.CreateTempSubdirectory("isa-events-").FullName;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    private string Folder => Path.Combine(_root, "data");

    private string File_ => DatabaseFile.In(Folder);

    [Fact]
    public async Task A_port_in_use()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var address = $"127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}";
        await RefusedAsync($"serve --urls http://{address}", [], "--urls", address, "in use");
    }

    [Fact]
    public async Task An_address_of_another_computer() => await RefusedAsync("serve --urls http://203.0.113.7:5080", [], "--urls");

    [Fact]
    public async Task A_data_folder_that_cannot_be_made()
    {
        await File.WriteAllTextAsync(Folder, "", TestContext.Current.CancellationToken);
        await RefusedAsync(Serve, [], "Database:DataFolder", Folder);
    }

    [Fact]
    public async Task A_data_folder_that_cannot_be_written_to()
    {
        Directory.CreateDirectory(Folder);
        if (ProgramProcess.OnReadOnlyDisk(Folder) is { } readOnly) await RefusedAsync(Serve, readOnly, "Database:DataFolder", Folder, "Read-only");
        else await RefusedAsync($"{Serve} --Database:DataFolder=/proc/isa-events", [], "Database:DataFolder", "/proc/isa-events");
    }

    [Fact]
    public async Task A_full_disk()
    {
        if (OperatingSystem.IsWindows()) return; // no small disk to be had
        Directory.CreateDirectory(Folder);
        await RefusedAsync(Serve, ProgramProcess.OnSmallDisk(Folder, 40), "Database:DataFolder", "disk");
    }

    [Fact]
    public async Task A_file_that_is_no_database()
    {
        Directory.CreateDirectory(Folder);
        await File.WriteAllTextAsync(File_, new string('x', 8192), TestContext.Current.CancellationToken);
        await RefusedAsync(Serve, [], "Database:File", File_, "not a database", "restore");
    }

    [Theory]
    [InlineData("registrations")]
    [InlineData("outbox")]
    [InlineData("migrations")]
    public async Task A_damaged_page(string table)
    {
        (await ProgramProcess.RunAsync(Folder, "demo load")).ShouldDo();
        DatabaseFile.DamagePage(File_, table);
        await RefusedAsync(Serve, [], "Database:File", File_, "damaged", "restore");
    }

    [Fact]
    public async Task A_truncated_file()
    {
        (await ProgramProcess.RunAsync(Folder, "demo load")).ShouldDo();
        using (var stream = new FileStream(File_, FileMode.Open)) stream.SetLength(stream.Length - 3 * 4096);
        await RefusedAsync(Serve, [], "Database:File", File_, "damaged", "restore");
    }

    [Fact]
    public async Task A_file_that_another_process_holds()
    {
        (await ProgramProcess.RunAsync(Folder, "migrate")).ShouldDo();
        using var holder = new Microsoft.Data.Sqlite.SqliteConnection($"Data Source={File_};Pooling=False");
        holder.Open();
        using var transaction = holder.BeginTransaction();
        await RefusedAsync($"{Serve} --Database:LockTimeoutSeconds=1", [], "Database:LockTimeoutSeconds", File_, "another process");
    }

    [Fact]
    public async Task A_clock_before_the_newest_entry()
    {
        (await ProgramProcess.RunAsync(Folder, "demo load")).ShouldDo();
        DatabaseFile.Execute(File_, "UPDATE events SET updated_at = '2999-01-01T00:00:00.000Z'");
        await RefusedAsync(Serve, [], "clock", "2999-01-01", "set");
    }

    [Fact]
    public async Task A_clock_that_is_not_set()
    {
        await EventsHost.OneStartsAtATime.WaitAsync(TestContext.Current.CancellationToken);
        try
        {
            var clock = new FakeTimeProvider(DateTimeOffset.UnixEpoch);
            (await Isa.Events.Api.Commands.CommandLine.RunAsync(Serve.Split(' ').Append($"--Database:DataFolder={Folder}").ToArray(), builder => builder.Services.AddSingleton<TimeProvider>(clock))).ShouldBe(1);
        }
        finally
        {
            EventsHost.OneStartsAtATime.Release();
        }

        File.Exists(File_).ShouldBeFalse(); // refused before anything was written with that time
    }

    [Theory]
    [InlineData("1970-01-01T00:00:10Z", null, "1970")]
    [InlineData("2026-10-01T00:00:00Z", "2026-10-01T00:06:00Z", "newest entry")]
    [InlineData("2026-10-01T00:00:00Z", "2026-10-01T00:04:00Z", null)] // clocks of several servers differ
    [InlineData("2026-10-01T00:00:00Z", null, null)]
    public void Which_clocks_are_wrong(string now, string? newest, string? says)
    {
        var wrong = Opening.WrongClock(At(now), newest is null ? null : At(newest));
        if (says is null) wrong.ShouldBeNull();
        else wrong.ShouldNotBeNull().ShouldContain(says);

        static DateTimeOffset At(string text) => DateTimeOffset.Parse(text, System.Globalization.CultureInfo.InvariantCulture);
    }

    // Five seconds; where the machine is busy with other things, ten times what a command takes that only prints (half a second on a quiet one).
    private async Task RefusedAsync(string arguments, string[] wrapper, params string[] parts)
    {
        var printing = (await ProgramProcess.RunAsync(Folder, "openapi")).Took;
        (await ProgramProcess.RunAsync(Folder, arguments, wrapper)).ShouldRefuse(parts).Took.ShouldBeLessThan(TimeSpan.FromSeconds(Math.Max(5, 10 * printing.TotalSeconds)));
    }
}
