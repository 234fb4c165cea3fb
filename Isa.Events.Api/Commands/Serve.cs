namespace Isa.Events.Api.Commands;

/// <summary>Starts the server: tables, secret, on the very first start the demo, then requests.</summary>
internal static class Serve
{
    public static async Task<int> RunAsync(WebApplication app, CancellationToken ct)
    {
        await using (app)
        {
            var database = app.Services.GetRequiredService<EventsDatabase>();
            var time = app.Services.GetRequiredService<TimeProvider>();
            if (Opening.WrongClock(time.GetUtcNow(), newest: null) is { } wrong) throw new CommandException(wrong);
            using var shared = Opening.Open(database);
            await Opening.RefuseDamageAsync(database, time, ct);
            await app.Services.GetRequiredService<RegistrationTokens>().LoadAsync(ct);
            (string, string)? firstKeys = app.Environment.IsDevelopment() && (await app.Services.GetRequiredService<ApiKeys>().ListAsync(ct)).Count == 0 ? await Demo.FirstStartAsync(app.Services, ct) : null;
            app.Lifetime.ApplicationStarted.Register(() => Greet(app, database, firstKeys));
            await app.RunAsync(ct);
            return 0;
        }
    }

    private static void Greet(WebApplication app, EventsDatabase database, (string Organizer, string Partner)? keys)
    {
        var address = app.Urls.FirstOrDefault() ?? "";
        Console.WriteLine($"Isa.Events answers on {string.Join(", ", app.Urls)}; docs at {address}/docs, data in {database.DataFolder}");
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
