using Isa.Events.Api.Features.Server;
using Isa.Events.Api.Settings;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Isa.Events.Tests.Features.Server;

/// <summary>The clock of these hosts begins on 21 September 2020 at 08:00 UTC.</summary>
public class DailyBackupTests
{
    [Fact]
    public async Task Makes_the_first_after_the_start_then_one_each_day_and_keeps_the_last_ones()
    {
        await using var host = new EventsHost { Kind = DatabaseKind.Sqlite, Settings = new() { ["Backup:Keep"] = "2", ["Backup:At"] = "03:30" } };
        await host.InitializeAsync();
        await host.EventAsync();
        Backups(host).ShouldBeEmpty(); // not in the rush of a start
        await AdvanceAsync(host, TimeSpan.FromMinutes(1), made: 1);
        Backups(host).ShouldBe(["isa-events-20200921T080100Z.db"]);
        host.Log.All.Count(l => l.Contains("Backup made: 1 events, 0 registrations")).ShouldBe(1);
        if (!OperatingSystem.IsWindows()) File.GetUnixFileMode(Path.Combine(host.Folder, "backups")).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);

        await AdvanceAsync(host, TimeSpan.FromHours(19), made: 1); // 03:01
        host.Services.GetRequiredService<DailyBackup>().IsDue().ShouldBeFalse();
        await AdvanceAsync(host, TimeSpan.FromMinutes(29), made: 2); // 03:30
        Backups(host).ShouldBe(["isa-events-20200921T080100Z.db", "isa-events-20200922T033000Z.db"]);
        await AdvanceAsync(host, TimeSpan.FromDays(1), made: 3);
        Backups(host).ShouldBe(["isa-events-20200922T033000Z.db", "isa-events-20200923T033000Z.db"]);

        (await ProgramProcess.RunAsync(Path.Combine(host.Folder, "restored"), $"restore {Path.Combine(host.Folder, "backups", Backups(host)[^1])}")).ShouldDo("1 events");
    }

    [Fact]
    public async Task Makes_up_for_days_on_which_no_server_ran()
    {
        await using var host = new EventsHost { Kind = DatabaseKind.Sqlite };
        Directory.CreateDirectory(Path.Combine(host.Folder, "backups"));
        File.WriteAllText(Path.Combine(host.Folder, "backups", "isa-events-20200918T020000Z.db"), "");
        await host.InitializeAsync();
        await AdvanceAsync(host, TimeSpan.FromMinutes(1), made: 1);
        Backups(host).ShouldContain("isa-events-20200921T080100Z.db");
    }

    [Fact]
    public async Task Makes_none_where_one_of_today_is_there_and_minds_neither_foreign_names_nor_those_of_the_future()
    {
        await using var host = new EventsHost { Kind = DatabaseKind.Sqlite, Settings = new() { ["Backup:Keep"] = "1" } };
        string[] others = ["isa-events-29991231T020000Z.db", "isa-events-mine.db", "isa-events-.db", "notes.txt"];
        Directory.CreateDirectory(Path.Combine(host.Folder, "backups"));
        foreach (var name in (string[])["isa-events-20200921T020000Z.db", "isa-events-20200920T020000Z.db.unfinished-1", .. others]) File.WriteAllText(Path.Combine(host.Folder, "backups", name), "");
        await host.InitializeAsync();
        var backups = host.Services.GetRequiredService<DailyBackup>();
        backups.IsDue().ShouldBeFalse();
        backups.Run(TestContext.Current.CancellationToken);
        // What a killed process left is taken away; the older backup makes room for the new one; the rest is not ours.
        Backups(host).ShouldBe(["isa-events-20200921T080000Z.db", .. others], ignoreOrder: true);
    }

    [Fact]
    public async Task A_failed_one_leaves_the_last_good_one_and_is_tried_again_in_an_hour()
    {
        await using var host = new EventsHost { Kind = DatabaseKind.Sqlite, Settings = new() { ["Backup:Keep"] = "1" } };
        await host.InitializeAsync();
        await host.EventAsync();
        var backups = host.Services.GetRequiredService<DailyBackup>();
        await backups.StopAsync(TestContext.Current.CancellationToken); // the test alone says when it looks
        await LookAfterAsync(TimeSpan.FromMinutes(1));
        DatabaseFile.Execute(host.Database.File!, "UPDATE sites SET seats_taken = 1 WHERE id = 'hannover'");
        await LookAfterAsync(TimeSpan.FromDays(1));
        Failures().ShouldBe(1);
        Backups(host).ShouldBe(["isa-events-20200921T080100Z.db"]);
        await LookAfterAsync(TimeSpan.FromMinutes(59));
        Failures().ShouldBe(1);
        DatabaseFile.Execute(host.Database.File!, "UPDATE sites SET seats_taken = 0 WHERE id = 'hannover'");
        await LookAfterAsync(TimeSpan.FromMinutes(1));
        Backups(host).ShouldBe(["isa-events-20200922T090100Z.db"]);

        Task LookAfterAsync(TimeSpan time)
        {
            host.Time.Advance(time);
            return backups.LookAsync(TestContext.Current.CancellationToken);
        }

        int Failures() => host.Log.All.Count(l => l.StartsWith("Error", StringComparison.Ordinal) && l.Contains("daily backup failed") && l.Contains("counts 1 seats taken"));
    }

    [Fact]
    public async Task A_call_that_is_given_up_is_a_failure_like_another_as_long_as_the_server_runs()
    {
        await using var host = new EventsHost { Kind = DatabaseKind.Sqlite, Settings = new() { ["Backup:Enabled"] = "false" } };
        await host.InitializeAsync();
        var (time, settings) = (new Faltering(host.Time), Options.Create(new BackupSettings()));
        using var backups = new DailyBackup(host.Database, settings, time, host.Services.GetRequiredService<ILogger<DailyBackup>>());
        await backups.StartAsync(CancellationToken.None);
        time.Falters = true;
        await UntilAsync(() =>
        {
            host.Time.Advance(TimeSpan.FromMinutes(1)); // again, since it waits from somewhen on
            return !time.Falters;
        });
        await UntilAsync(() => host.Log.All.Any(l => l.Contains("daily backup failed", StringComparison.Ordinal)));
        await AdvanceAsync(host, TimeSpan.FromHours(1), made: 1);
        await backups.StopAsync(CancellationToken.None);
        backups.ExecuteTask!.IsCompletedSuccessfully.ShouldBeTrue();
    }

    [Fact]
    public async Task Its_age_stands_in_the_readiness_and_a_stale_one_takes_no_server_out_of_service()
    {
        await using var host = new EventsHost { Kind = DatabaseKind.Sqlite, Settings = new() { ["Backup:Folder"] = "elsewhere" } };
        await host.InitializeAsync();
        await host.Services.GetRequiredService<DailyBackup>().StopAsync(TestContext.Current.CancellationToken); // the test alone says when
        File.WriteAllText(Path.Combine(host.Folder, "elsewhere"), ""); // no folder, so no backup
        (await PartAsync()).ShouldBe(("ok", "none"));
        host.Time.Advance(TimeSpan.FromHours(47));
        (await PartAsync()).ShouldBe(("ok", "none")); // had no time to make one
        host.Time.Advance(TimeSpan.FromHours(2));
        (await PartAsync()).ShouldBe(("failed", "none"));

        File.Delete(Path.Combine(host.Folder, "elsewhere"));
        host.Services.GetRequiredService<DailyBackup>().Run(TestContext.Current.CancellationToken);
        (await PartAsync()).ShouldBe(("ok", "PT0S"));
        host.Time.Advance(TimeSpan.FromSeconds(30));
        (await PartAsync()).ShouldBe(("ok", "PT0S"));
        Directory.Move(Path.Combine(host.Folder, "elsewhere"), Path.Combine(host.Folder, "kept"));
        File.WriteAllText(Path.Combine(host.Folder, "elsewhere"), "");
        host.Time.Advance(TimeSpan.FromDays(2));
        File.Delete(Path.Combine(host.Folder, "elsewhere"));
        Directory.Move(Path.Combine(host.Folder, "kept"), Path.Combine(host.Folder, "elsewhere"));
        (await PartAsync()).ShouldBe(("failed", "P2D"));

        async Task<(string, string)> PartAsync()
        {
            var ready = (await host.Anybody.GetAsync("/health/ready")).ShouldBe(HttpStatusCode.OK).Json;
            ((string)ready["status"]!).ShouldBe("ready");
            var part = ready["parts"]!.AsArray().Single(p => (string)p!["name"]! == "backup")!;
            return ((string)part["status"]!, (string)part["detail"]!);
        }
    }

    [Fact]
    public async Task Can_be_turned_off()
    {
        await using var host = new EventsHost { Kind = DatabaseKind.Sqlite, Settings = new() { ["Backup:Enabled"] = "false" } };
        await host.InitializeAsync();
        await host.Services.GetRequiredService<DailyBackup>().ExecuteTask!; // it is done for good
        Directory.Exists(Path.Combine(host.Folder, "backups")).ShouldBeFalse();
        (await host.Anybody.GetAsync("/health/ready")).ShouldBe(HttpStatusCode.OK).Json["parts"]!.AsArray().Select(p => (string)p!["name"]!).ShouldBe(["server", "disk", "read", "write"]);
    }

    /// <summary>A clock that once gives up.</summary>
    private sealed class Faltering(TimeProvider inner) : TimeProvider
    {
        public bool Falters { get; set; }

        public override DateTimeOffset GetUtcNow()
        {
            if (!Falters) return inner.GetUtcNow();
            Falters = false;
            throw new TaskCanceledException();
        }

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) => inner.CreateTimer(callback, state, dueTime, period);
    }

    private static string[] Backups(EventsHost host) => Directory.Exists(Path.Combine(host.Folder, "backups"))
        ? [.. Directory.GetFiles(Path.Combine(host.Folder, "backups")).Select(f => Path.GetFileName(f)).Order(StringComparer.Ordinal)]
        : [];

    private static async Task AdvanceAsync(EventsHost host, TimeSpan by, int made)
    {
        host.Time.Advance(by);
        await UntilAsync(() => host.Log.All.Count(l => l.Contains("Backup made")) == made);
    }

    private static async Task UntilAsync(Func<bool> condition)
    {
        for (var i = 0; i < 2000 && !condition(); i++) await Task.Delay(10, TestContext.Current.CancellationToken);
        condition().ShouldBeTrue();
    }
}
