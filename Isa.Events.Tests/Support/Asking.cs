namespace Isa.Events.Tests.Support;

/// <summary>An event that asks questions of every type, and the answers to them.</summary>
public static class Asking
{
    /// <summary>One question of each type; the room, the audience and the language decide who is asked the last three.</summary>
    public static JsonArray Questions() => JsonNode.Parse("""
        [
          {"id":"diet","type":"choice","label":{"de":"Essen","en":"Food","zh":"餐食"},"required":true,
           "options":[{"id":"any","label":{"de":"Alles","en":"Anything"}},{"id":"vegetarian","label":{"de":"Vegetarisch","en":"Vegetarian","zh":"素食"}}]},
          {"id":"topics","type":"choices","label":{"de":"Themen"},"options":[{"id":"energy","label":{"de":"Energie"}},{"id":"rail","label":{"de":"Bahn"}},{"id":"ports","label":{"de":"Häfen"}}]},
          {"id":"nights","type":"number","label":{"de":"Nächte"},"min":0,"max":14},
          {"id":"arrival","type":"date","label":{"de":"Anreise"}},
          {"id":"parking","type":"yesNo","label":{"de":"Parkplatz"},"required":true,"siteIds":["hannover"]},
          {"id":"company","type":"text","label":{"de":"Branche"},"required":true,"maxLength":20,"audiences":["company"]},
          {"id":"visa","type":"text","label":{"zh":"签证"},"maxLength":500,"languages":["zh"]}
        ]
        """)!.AsArray();

    /// <summary>A published event that asks them, changed as the test wants them; gives its id.</summary>
    public static Task<string> AskingEventAsync(this EventsHost host, Action<JsonArray>? change = null) => host.EventAsync(evt =>
    {
        var questions = Questions();
        change?.Invoke(questions);
        evt["questions"] = questions;
    });

    /// <summary>A person for Hannover with these answers; what must be answered is, unless it is among them.</summary>
    public static JsonObject Person(string answers = "[]", Action<JsonObject>? change = null) => Given.Person(change: person =>
    {
        var given = JsonNode.Parse(answers)!.AsArray();
        foreach (var (question, value) in new[] { ("diet", "any"), ("parking", "true") })
            if (given.All(a => (string?)a?["question"] != question)) given.Add(new JsonObject { ["question"] = question, ["value"] = value });
        person["answers"] = given;
        change?.Invoke(person);
    });

    public static async Task<Answer> ReviseAsync(this EventsHost host, string evt, Action<JsonArray> change)
    {
        var questions = (await host.Organizer.GetAsync($"/v1/events/{evt}")).Json["questions"]?.DeepClone().AsArray() ?? [];
        change(questions);
        return await host.Organizer.PatchAsync($"/v1/events/{evt}", new JsonObject { ["questions"] = questions }.ToJsonString(), ("If-Match", "*"));
    }

    public static JsonNode Find(this JsonNode list, string id) => list.AsArray().First(q => (string?)q!["id"] == id)!;

    public static bool Has(this JsonNode? list, string id) => list?.AsArray().Any(q => (string?)q!["id"] == id) == true;

    public static void Drop(this JsonArray list, string id) => list.Remove(list.Find(id));
}
