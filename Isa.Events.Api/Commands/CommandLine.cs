using System.CommandLine;
using System.Globalization;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using Isa.Events.Api.Features.Server;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Options;
using ParseResult = System.CommandLine.ParseResult;

namespace Isa.Events.Api.Commands;

/// <summary>What the program can be told on the command line. A wrong word gives one line on the error output and an exit code that is not 0.</summary>
public static partial class CommandLine
{
    private static readonly Option<string?> Urls = new("--urls") { Description = "Addresses to listen on, separated by semicolons; http://localhost:5080 without it." };
    private static readonly Option<string?> Environment = new("--environment") { Description = "Development loads the demo event on the first start; Production is the default." };
    private static readonly Option<string?> ContentRoot = new("--contentRoot") { Description = "Folder of appsettings.json and, unless set otherwise, of data/." };
    private static readonly Option<string?> ApplicationName = new("--applicationName") { Hidden = true };

    /// <returns>The exit code.</returns>
    public static async Task<int> RunAsync(string[] args, Action<WebApplicationBuilder>? adapt)
    {
        // Settings may stand on the command line too (--Server:PublicUrl=…); their names are checked where they are bound.
        var settings = args.Where(IsSetting).ToArray();
        Func<ParseResult, WebApplication> build = parsed => Program.Build([.. HostArguments(parsed), .. settings], adapt);
        var root = new RootCommand("Registers people for hybrid meetings.") { Urls, Environment, ContentRoot, ApplicationName };
        foreach (var option in new[] { Urls, Environment, ContentRoot, ApplicationName }) option.Recursive = true;
        root.SetAction((parsed, ct) => Serve.RunAsync(build(parsed), ct));

        var serve = new Command("serve", "Starts the server (the default).");
        serve.SetAction((parsed, ct) => Serve.RunAsync(build(parsed), ct));
        var migrate = new Command("migrate", "Brings the tables to this version and ends.");
        migrate.SetAction(parsed => With(build(parsed), (app, _) =>
        {
            Console.WriteLine($"The tables in {app.Services.GetRequiredService<EventsDatabase>().Place} are at version {Migrations.Latest}.");
            return Task.CompletedTask;
        }));
        var demo = new Command("demo", "The demo event.") { Load(build) };
        var openapi = new Command("openapi", "Prints the contract of the API.");
        openapi.SetAction(_ =>
        {
            using var output = Console.OpenStandardOutput();
            output.Write(Contract.Bytes);
        });
        foreach (var command in new[] { serve, Keys(build), migrate, Backup.Create(build), Restore.Create(build), Check.Create(build), Doctor.Create(build), demo, openapi }) root.Add(command);

        var result = root.Parse([.. args.Where(a => !IsSetting(a))]);
        if (result.Errors.Count > 0) return Fail($"{string.Join(" ", result.Errors.Select(e => e.Message))} {Allowed(result.CommandResult.Command)}");
        try
        {
            return await result.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null });
        }
        catch (Exception e) when (Explain(e) is { } line)
        {
            return Fail(line);
        }
    }

    private static string Allowed(Command command) => command.Subcommands.Count == 0 ? "" : $"Allowed here: {string.Join(", ", command.Subcommands.Select(c => c.Name))}; --help says more.";

    // Failures that the person at the keyboard can mend, in one line; anything else shows its whole trace.
    private static string? Explain(Exception e) => e switch
    {
        SettingsException or MigrationException or DatabaseUnreachableException or CommandException or BackupException => e.Message,
        OptionsValidationException options => string.Join(" ", options.Failures),
        ProblemException problem => problem.Problem.Detail.En,
        // Kestrel names the address; which setting chose it is for us to say.
        AddressInUseException or SocketException or { InnerException: AddressInUseException or SocketException } => $"The server cannot listen (--urls): {e.Message} Stop the program that uses the address, or choose another.",
        OperationCanceledException => "Ended before it was done.",
        Microsoft.Data.Sqlite.SqliteException or UnauthorizedAccessException or IOException => e.Message,
        { InnerException: { } inner } => Explain(inner),
        _ => null,
    };

    private static int Fail(string line)
    {
        Console.Error.WriteLine(Whitespace().Replace(line.Trim(), " "));
        return 1;
    }

    [GeneratedRegex(@"\s+")]
    private static partial Regex Whitespace();

    private static readonly string[] Sections = ["Server", "Database", "Backup", "Email", "Telemetry"];

    private static bool IsSetting(string argument) => Sections.Any(section => argument.StartsWith($"--{section}", StringComparison.OrdinalIgnoreCase));

    private static IEnumerable<string> HostArguments(ParseResult parsed) =>
        from option in new[] { Urls, Environment, ContentRoot, ApplicationName } where parsed.GetValue(option) is not null select $"{option.Name}={parsed.GetValue(option)}";

    // Commands work on the database beside a running server: it takes one writer at a time, whoever it is.
    private static async Task<int> With(WebApplication app, Func<WebApplication, CancellationToken, Task> work)
    {
        await using var _ = app;
        using var shared = Opening.Open(app.Services.GetRequiredService<EventsDatabase>());
        await work(app, CancellationToken.None);
        return 0;
    }

    private static Command Load(Func<ParseResult, WebApplication> build)
    {
        var load = new Command("load", "Loads the demo event: the ISA plenary, with its dates moved so that its deadline lies ahead.");
        load.SetAction(parsed => With(build(parsed), async (app, ct) =>
        {
            var loaded = await Demo.LoadAsync(app.Services, ct);
            Console.WriteLine(loaded ? $"Loaded the event {Demo.Slug}." : $"The event {Demo.Slug} is there already.");
        }));
        return load;
    }

    private static Command Keys(Func<ParseResult, WebApplication> build)
    {
        var role = new Option<string>("--role") { Required = true, Description = "organizer runs events, partner is a website, checkIn stands at the door, mailIntake is a mail server that hands over what comes back." };
        role.AcceptOnlyFromAmong("organizer", "partner", "checkIn", "mailIntake");
        var name = new Option<string>("--name") { Required = true, Description = "Whose it is. Keys with the same role and name share what they made." };
        var events = new Option<string[]>("--event") { Description = "Id or slug of an event it is limited to; can be given several times.", AllowMultipleArgumentsPerToken = true };
        var test = new Option<bool>("--test") { Description = "A partner's key for trying out: what it registers takes no seat and goes after a week." };
        var expires = new Option<string?>("--expires") { Description = "The day after which it stops (2027-01-31), or an instant with an offset." };
        var create = new Command("create", "Makes a key and prints it once.") { role, name, events, test, expires };
        create.SetAction(parsed => With(build(parsed), async (app, ct) =>
        {
            var kind = Enum.GetValues<Role>().First(r => RowTypes.Name(r) == parsed.GetRequiredValue(role));
            if (parsed.GetValue(test) && kind != Role.Partner) throw new CommandException("--test goes with --role partner only.");
            var holder = Text.Clean(parsed.GetRequiredValue(name), out _) is { Length: > 0 and <= 100 } clean && !clean.Contains('\n') ? clean : throw new CommandException("--name takes 1 to 100 characters in one line.");
            var ids = new List<string>();
            foreach (var wanted in parsed.GetValue(events) ?? [])
                ids.Add(await app.Services.GetRequiredService<EventsDatabase>().ReadAsync(session => Event.Find(session, wanted)?.Id, ct) ?? throw new CommandException($"There is no event {wanted}."));
            var (key, text) = await app.Services.GetRequiredService<ApiKeys>().CreateAsync(kind, holder, parsed.GetValue(test), ids, Until(parsed.GetValue(expires), app.Services.GetRequiredService<TimeProvider>().GetUtcNow()), ct);
            Console.Error.WriteLine($"{key.Id} for {holder}. It is shown this once:");
            Console.WriteLine(text);
        }));

        var list = new Command("list", "Lists the keys, without their secrets.");
        list.SetAction(parsed => With(build(parsed), async (app, ct) =>
        {
            var keys = app.Services.GetRequiredService<ApiKeys>();
            foreach (var key in await keys.ListAsync(ct))
                Console.WriteLine(string.Join('\t', key.Id, RowTypes.Name(key.Role), key.IsTest ? "test" : "live", key.Hint, key.Name, $"created {Instant.ToText(key.CreatedAt)}",
                    key.RevokedAt is { } revoked ? $"revoked {Instant.ToText(revoked)}" : key.ExpiresAt is { } until ? $"until {Instant.ToText(until)}" : "valid",
                    key.LastUsedAt is { } used ? $"used {Instant.ToText(used)}" : "never used", await keys.EventsAsync(key.Id, ct) is { Count: > 0 } slugs ? $"for {string.Join(", ", slugs)}" : "for all events"));
        }));

        var id = new Argument<string>("id") { Description = "As keys list shows it." };
        var revoke = new Command("revoke", "Stops a key, within a second, for good.") { id };
        revoke.SetAction(parsed => With(build(parsed), async (app, ct) =>
        {
            var key = await app.Services.GetRequiredService<ApiKeys>().RevokeAsync(parsed.GetRequiredValue(id), ct) ?? throw new CommandException($"There is no key {parsed.GetRequiredValue(id)}; keys list shows them.");
            Console.WriteLine($"Revoked {key.Id} ({key.Name}).");
        }));
        return new Command("keys", "API keys.") { create, list, revoke };
    }

    private static DateTimeOffset? Until(string? text, DateTimeOffset now) =>
        Until(text) is var instant && instant <= now ? throw new CommandException($"--expires is '{text}', which has passed; such a key would not work.") : instant;

    private static DateTimeOffset? Until(string? text) => text switch
    {
        null => null,
        _ when DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) => new DateTimeOffset(day.AddDays(1), TimeOnly.MinValue, TimeSpan.Zero),
        _ when text.Length >= 20 && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.None, out var instant) => instant.ToUniversalTime(),
        _ => throw new CommandException($"--expires is '{text}'; allowed is a day such as 2027-01-31 or an instant such as 2027-01-31T12:00:00Z."),
    };
}

/// <summary>A command was given what it cannot work with; the message says what is allowed.</summary>
public sealed class CommandException(string message) : Exception(message);
