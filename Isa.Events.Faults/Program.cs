using System.CommandLine;
using Isa.Events.Faults.Canaries;
using Isa.Events.Faults.Faults;
using Isa.Events.Faults.Servers;

[assembly: System.Runtime.Versioning.SupportedOSPlatform("linux")]

namespace Isa.Events.Faults;

/// <summary>
/// Lets go wrong what can go wrong around a server that runs as a process of its own, while callers register people, and compares afterwards what they were told with
/// what is stored. Ends with 1 where anything that was promised does not hold.
/// </summary>
public static class Program
{
    private static readonly IReadOnlyList<IFault> All =
    [
        new KilledServer(), new KilledSender(), new FullDisk(), new FailingWrites(), new LockedDatabase(), new ReadOnlyFolder(), new StartsAtOnce(), new KilledMigration(), new NewerTables(), new TerminatedServer(), new RevokedKey(),
        new RestartedPostgres(), new CutConnections(), new Failover(), new ManyNodes(), new FrozenNode(),
    ];

    public static async Task<int> Main(string[] args)
    {
        var shortForm = new Option<bool>("--short") { Description = "A few minutes (the default)." };
        var longForm = new Option<bool>("--long") { Description = "Hundreds of kills; takes an hour or so." };
        var only = new Option<string[]>("--only") { Description = $"Some faults only: {string.Join(", ", All.Select(f => f.Name))}.", AllowMultipleArgumentsPerToken = true };
        only.AcceptOnlyFromAmong([.. All.Select(f => f.Name)]);
        var database = new Option<string[]>("--database") { Description = "sqlite or postgres; without it both, PostgreSQL where it is installed.", AllowMultipleArgumentsPerToken = true };
        database.AcceptOnlyFromAmong([.. Databases.All]);
        var selfTest = new Option<bool>("--self-test") { Description = "Breaks promises on purpose and shows that each would be noticed." };
        var root = new RootCommand("Crashes and faults, and what must hold nevertheless.") { shortForm, longForm, only, database, selfTest };
        root.Validators.Add(result =>
        {
            if (result.GetValue(shortForm) && result.GetValue(longForm)) result.AddError("--short and --long exclude each other.");
        });
        root.SetAction(async (parsed, ct) =>
        {
            if (!OperatingSystem.IsLinux())
            {
                await Console.Error.WriteLineAsync("Signals and file systems are used as Linux has them.");
                return 1;
            }

            if (parsed.GetValue(selfTest)) return await SelfTest.RunAsync(ct);
            var wanted = All.Where(f => parsed.GetValue(only) is not { Length: > 0 } names || names.Contains(f.Name));
            var databases = parsed.GetValue(database) is { Length: > 0 } named ? named : Databases.All;
            return await RunAsync(parsed.GetValue(longForm) ? Extent.LongForm : Extent.ShortForm, [.. from d in databases.Distinct() from f in wanted where f.Databases.Contains(d) select (f, d)], ct);
        });
        return await root.Parse(args).InvokeAsync();
    }

    private static async Task<int> RunAsync(Extent extent, IReadOnlyList<(IFault Fault, string Database)> wanted, CancellationToken ct)
    {
        var outcomes = wanted.Select(w => new Outcome(w.Fault.Name, w.Database)).ToList();
        var postgres = PostgresServer.FindTools() is not null && wanted.Any(w => w.Database == Databases.Postgres) ? await PostgresServer.CreateAsync(ct) : null;
        try
        {
            // The two databases at the same time: much of a fault is waiting.
            await Task.WhenAll(Databases.All.Select(async database =>
            {
                foreach (var (fault, outcome) in wanted.Zip(outcomes, (w, outcome) => (w.Fault, outcome)).Where(w => w.outcome.Database == database))
                {
                    await Console.Error.WriteLineAsync($"{DateTime.Now:HH:mm:ss} {fault.Name} on {database} …");
                    if (database == Databases.Postgres && postgres is null) outcome.Skipped = "PostgreSQL is not installed";
                    else await TryAsync(fault, new Trial(extent, outcome, async token => database == Databases.Sqlite ? SqliteStore.Create() : await PostgresStore.CreateAsync(token, postgres!)), ct);
                    foreach (var violation in outcome.Violations) await Console.Error.WriteLineAsync($"  {fault.Name} on {database}: {violation}");
                }
            }));
        }
        finally
        {
            if (postgres is not null) await postgres.DisposeAsync();
        }

        Report.Print(Console.Out, extent, outcomes);
        return outcomes.Any(o => o.Failed) ? 1 : 0;
    }

    // A fault that could not be played to its end has shown nothing, which is as bad as a violation; the others are still tried.
    private static async Task TryAsync(IFault fault, Trial trial, CancellationToken ct)
    {
        try
        {
            await fault.RunAsync(trial, ct);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            trial.Outcome.Report(Violation.Other, $"ended early: {e}");
        }
    }
}
