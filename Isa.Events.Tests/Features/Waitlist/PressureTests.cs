namespace Isa.Events.Tests.Features.Waitlist;

/// <summary>Everything at once: whoever cancels, comes and moves meets at the same few seats.</summary>
public class PressureTests
{
    private const int Rounds = 50;

    [Fact]
    public async Task Fifty_cancel_fifty_come_and_fifty_move_at_once()
    {
        await using var host = new EventsHost();
        await host.InitializeAsync();
        await RunAsync(host, host);
    }

    [Fact(SkipUnless = nameof(TestPostgres.IsThere), SkipType = typeof(TestPostgres), Skip = TestPostgres.Missing)]
    public async Task The_same_through_two_processes_on_one_database()
    {
        await using var one = new EventsHost { Kind = DatabaseKind.Postgres };
        await one.InitializeAsync();
        await using var two = new EventsHost { Kind = DatabaseKind.Postgres, Beside = one };
        await two.InitializeAsync();
        await RunAsync(one, two);
    }

    private static async Task RunAsync(EventsHost one, EventsHost two)
    {
        for (var round = 0; round < Rounds; round++)
        {
            var evt = await one.EventAsync(e =>
            {
                foreach (var site in e["sites"]!.AsArray()) (site!["capacity"], site["waitlist"]) = (60, new JsonObject { ["promotion"] = "automatic" });
            });
            var goes = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => one.Organizer.RegisteredAsync(evt)));
            var moves = await Task.WhenAll(Enumerable.Range(0, 50).Select(i => one.Organizer.RegisteredAsync(evt, i % 2 == 0 ? "foshan" : "hannover")));
            var answers = await Task.WhenAll(Enumerable.Range(0, 150).Select(i => (i % 3, Node: i % 2 == 0 ? one : two) switch
            {
                (0, var node) => node.Organizer.PostAsync($"/v1/registrations/{goes[i / 3]["id"]}/cancel"),
                (1, var node) => node.Organizer.RegisterAsync(evt, Given.Person(siteId: i % 4 < 2 ? "hannover" : "foshan", change: p =>
                {
                    if (i % 5 == 0) (p["whenFull"], p["fallbackSiteId"]) = ("attendSite", "zoom");
                })),
                (_, var node) => node.Organizer.PostAsync($"/v1/registrations/{moves[i / 3]["id"]}/change-site", $$"""{"siteId":"{{(i / 3 % 2 == 0 ? "hannover" : "foshan")}}"}"""),
            }));
            answers.ShouldAllBe(a => a.Status == HttpStatusCode.OK || a.Status == HttpStatusCode.Created || a.Code == "site-full");
            await one.IsWholeAsync();
            foreach (var site in (await one.CountsAsync(evt)).Split(' ').Where(part => part.Contains('/')).Select(part => part.Split('/')))
                (site[0] == "60" || site[1] == "0").ShouldBeTrue($"round {round}: somebody waits beside a free seat: {await one.CountsAsync(evt)}");
        }
    }
}
