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
}
