using System.Diagnostics;
using Isa.Events.Api.Telemetry;
using Microsoft.Extensions.Options;

namespace Isa.Events.Api.Commands;

/// <summary>Starts the server: tables, secret, on the very first start the demo, then requests.</summary>
internal static partial class Serve
{
    public static async Task<int> RunAsync(WebApplication app, CancellationToken ct)
    {
        await using (app)
        {
            var database = app.Services.GetRequiredService<EventsDatabase>();
            var time = app.Services.GetRequiredService<TimeProvider>();
            if (Opening.WrongClock(time.GetUtcNow(), newest: null) is { } wrong) throw new CommandException(wrong);
            using var shared = await OpenAsync(app, database, ct);
            await Opening.RefuseDamageAsync(database, time, ct);
            var seats = app.Services.GetRequiredService<SeatsWatch>();
            app.Services.GetRequiredService<Measures>().WatchSeats(seats.Taken, seats.Capacity);
            app.Services.GetRequiredService<Measures>().WatchOutbox(app.Services.GetRequiredService<OutboxWatch>().Age);
            await app.Services.GetRequiredService<RegistrationTokens>().LoadAsync(ct);
            (string, string)? firstKeys = app.Environment.IsDevelopment() && (await app.Services.GetRequiredService<ApiKeys>().ListAsync(ct)).Count == 0 ? await Demo.FirstStartAsync(app.Services, ct) : null;
            app.Lifetime.ApplicationStarted.Register(() => Greet(app, database, firstKeys));
            await app.RunAsync(ct);
            return 0;
        }
    }

    // A server that starts together with its database waits for it; what is wrong for good is said at once.
    private static async Task<FileLock?> OpenAsync(WebApplication app, EventsDatabase database, CancellationToken ct)
    {
        var patience = TimeSpan.FromSeconds(app.Services.GetRequiredService<IOptions<DatabaseSettings>>().Value.StartTimeoutSeconds);
        var start = Stopwatch.GetTimestamp();
        while (true)
        {
            try
            {
                return Opening.Open(database);
            }
            catch (DatabaseUnreachableException e) when (e.MayCome && Stopwatch.GetElapsedTime(start) < patience)
            {
                LogWaiting(app.Logger, e.Message);
                await Task.Delay(TimeSpan.FromSeconds(1), ct);
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Reason} Trying again.")]
    private static partial void LogWaiting(ILogger logger, string reason);

    private static void Greet(WebApplication app, EventsDatabase database, (string Organizer, string Partner)? keys)
    {
        var address = app.Urls.FirstOrDefault() ?? "";
        Console.WriteLine($"Isa.Events answers on {string.Join(", ", app.Urls)}; docs at {address}/docs, data in {database.Place}");
        if (keys is not var (organizer, partner)) return;
        Console.WriteLine($$"""

            The demo event {{Demo.Slug}} is loaded. Two keys to try it out, shown this once:
              organizer  {{organizer}}
              partner    {{partner}}
            Register somebody:
              curl -s {{address}}/v1/events/{{Demo.Slug}}/registrations -H 'Authorization: Bearer {{partner}}' -H 'Content-Type: application/json' -d '{"siteId":"hannover","fullName":"Erika Beispiel","email":"erika@example.org","language":"de","audience":"guest","noticeVersion":"1"}'

            """);
    }
}
