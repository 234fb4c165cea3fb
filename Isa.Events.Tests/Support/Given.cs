namespace Isa.Events.Tests.Support;

/// <summary>What tests begin with: the plenary of the samples, under a slug of its own.</summary>
public static class Given
{
    private static int _number;

    /// <summary>The sample event as JSON, changed as the test wants it.</summary>
    public static JsonObject Plenary(Action<JsonObject>? change = null)
    {
        var evt = JsonNode.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "samples", "plenary.json")))!.AsObject();
        evt["slug"] = $"plenary-{Interlocked.Increment(ref _number)}";
        change?.Invoke(evt);
        return evt;
    }

    /// <summary>A draft; gives its id.</summary>
    public static async Task<string> DraftAsync(this EventsHost host, Action<JsonObject>? change = null) =>
        (string)(await host.Organizer.PostAsync("/v1/events", Plenary(change).ToJsonString())).ShouldBe(HttpStatusCode.Created).Json["id"]!;

    /// <summary>A published event; gives its id.</summary>
    public static async Task<string> EventAsync(this EventsHost host, Action<JsonObject>? change = null)
    {
        var id = await host.DraftAsync(change);
        (await host.Organizer.PostAsync($"/v1/events/{id}/publish", null, ("If-Match", "*"))).ShouldBe(HttpStatusCode.OK);
        return id;
    }

    /// <summary>A published event whose room in Hannover has this many seats.</summary>
    public static Task<string> EventWithSeatsAsync(this EventsHost host, int seats) => host.EventAsync(evt => evt["sites"]![0]!["capacity"] = seats);

    /// <summary>A published event whose room in Hannover has this many seats and a waiting list.</summary>
    public static Task<string> EventWithQueueAsync(this EventsHost host, int seats, string promotion = "automatic", Action<JsonObject>? change = null) => host.EventAsync(evt =>
    {
        evt["sites"]![0]!["capacity"] = seats;
        evt["sites"]![0]!["waitlist"] = new JsonObject { ["promotion"] = promotion };
        change?.Invoke(evt);
    });

    /// <summary>Makes an event one that cannot be read any more.</summary>
    public static Task BreakAsync(this EventsHost host, string eventId) => host.ExecuteAsync(eventId, "UPDATE events SET rules = '{', version = version + 1 WHERE id = @Id");

    /// <summary>Changes what is stored of an event, behind the product's back.</summary>
    public static Task ExecuteAsync(this EventsHost host, string eventId, string sql) => host.Database.WriteAsync(eventId, session =>
    {
        session.Execute(sql, new { Id = eventId });
        return true;
    }, CancellationToken.None);

    /// <summary>A registration of a new person, whatever it comes to; gives the answer's body.</summary>
    public static async Task<JsonNode> RegisteredAsync(this Api api, string eventId, string siteId = "hannover", string? whenFull = null, string? fallback = null) =>
        (await api.RegisterAsync(eventId, Person(siteId: siteId, change: person =>
        {
            if (whenFull is not null) person["whenFull"] = whenFull;
            if (fallback is not null) person["fallbackSiteId"] = fallback;
        }))).ShouldBe(HttpStatusCode.Created).Json;

    /// <summary>A registration as it is now.</summary>
    public static async Task<JsonNode> NowAsync(this Api api, JsonNode registration) => (await api.GetAsync($"/v1/registrations/{registration["id"]}")).ShouldBe(HttpStatusCode.OK).Json;

    /// <summary>The deputy, as an organiser sees them, where a registration was handed over by its link.</summary>
    public static async Task<JsonNode> DeputyAsync(this EventsHost host, Answer handedOver) =>
        (await host.Organizer.GetAsync($"/v1/registrations/{handedOver.ShouldBe(HttpStatusCode.Created).Json["replacedBy"]}")).ShouldBe(HttpStatusCode.OK).Json;

    /// <summary>What its owner sees of it: <c>status site waits-for#position</c>.</summary>
    public static string Stands(this JsonNode registration) =>
        $"{registration["status"]} {registration["siteId"]}{(registration["waitlist"] is { } wait ? $" {wait["state"]} {wait["siteId"]}{(wait["position"] is { } place ? $"#{place}" : "")}" : "")}";

    /// <summary>Counters of an event's sites as its organiser sees them: <c>site taken/waiting</c>.</summary>
    public static async Task<string> CountsAsync(this EventsHost host, string eventId) => string.Join(' ', (await host.Database.ReadAsync(
        session => session.Query<Isa.Events.Api.Features.Events.SiteSeats>(Isa.Events.Api.Features.Events.SiteSeats.OfEvent, new { EventId = eventId }), CancellationToken.None)).Select(s => $"{s.SiteId} {s.SeatsTaken}/{s.Waiting}"));

    /// <summary>Nothing that <c>check</c> looks at is wrong.</summary>
    public static async Task IsWholeAsync(this EventsHost host) =>
        (await host.Database.ReadAsync(session => Isa.Events.Api.Database.DatabaseCheck.Find(session, [.. Isa.Events.Api.Database.DatabaseCheck.Counters, .. Isa.Events.Api.Database.DatabaseCheck.Rows]).ToList(), CancellationToken.None)).ShouldBeEmpty();

    /// <summary>A person as a website sends one.</summary>
    public static JsonObject Person(string? email = null, string siteId = "hannover", Action<JsonObject>? change = null)
    {
        var number = Interlocked.Increment(ref _number);
        var person = new JsonObject
        {
            ["siteId"] = siteId, ["fullName"] = $"Erika Beispiel {number}", ["email"] = email ?? $"person{number}@example.org", ["language"] = "de", ["audience"] = "guest", ["noticeVersion"] = "1",
        };
        change?.Invoke(person);
        return person;
    }

    public static Task<Answer> RegisterAsync(this Api api, string eventId, JsonObject? person = null, params (string Name, string Value)[] headers) =>
        api.PostAsync($"/v1/events/{eventId}/registrations", (person ?? Person()).ToJsonString(), headers);

    /// <summary>Path of a link's address, for clients of the test server.</summary>
    public static string PathOf(this JsonNode answer, string link) => new Uri((string)answer["links"]![link]!).PathAndQuery;

    /// <summary>The link with another last character, whatever it ended with: no token of ours.</summary>
    public static string Forged(string link) => link[..^1] + (link[^1] == 'A' ? 'B' : 'A');
}
