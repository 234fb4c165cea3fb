using System.Globalization;
using System.Text.Json.Nodes;

namespace Isa.Events.Benchmarks;

/// <summary>An event as an organiser would send it, ready to be published and open for registration.</summary>
public static class EventDraft
{
    public static JsonObject Create(string slug, params JsonObject[] sites)
    {
        var start = DateTime.UtcNow.Date.AddDays(60);
        return new JsonObject
        {
            ["slug"] = slug, ["title"] = new JsonObject { ["de"] = "Vollversammlung", ["en"] = "Plenary assembly", ["zh"] = "全体大会" }, ["defaultLanguage"] = "de", ["timeZone"] = "Europe/Berlin",
            ["startsAt"] = start.AddHours(9).ToString("s", CultureInfo.InvariantCulture), ["endsAt"] = start.AddHours(11).ToString("s", CultureInfo.InvariantCulture),
            ["registrationCloses"] = "P7D", ["organizer"] = new JsonObject { ["name"] = "ISA", ["email"] = "office@example.org" },
            ["privacyNotice"] = new JsonObject { ["version"] = "1", ["url"] = "https://example.org/privacy" }, ["sites"] = new JsonArray([.. sites]),
        };
    }

    /// <summary>A video conference with this many seats, or any number of them.</summary>
    public static JsonObject Online(string id, int? seats)
    {
        var site = new JsonObject { ["id"] = id, ["mode"] = "online", ["name"] = new JsonObject { ["de"] = "Zoom-Konferenz" }, ["meeting"] = new JsonObject { ["url"] = "https://zoom.example.org/j/1" } };
        if (seats is not null) site["capacity"] = seats;
        return site;
    }

    /// <summary>The same, and who finds it full may wait: freed seats are given on at once.</summary>
    public static JsonObject Awaited(string id, int seats)
    {
        var site = Online(id, seats);
        site["waitlist"] = new JsonObject { ["promotion"] = "automatic" };
        return site;
    }

    /// <summary>A room with this many seats.</summary>
    public static JsonObject Room(string id, int seats) => new()
    {
        ["id"] = id, ["mode"] = "inPerson", ["name"] = new JsonObject { ["de"] = "Hannover" }, ["address"] = new JsonObject { ["de"] = "Beispielplatz 1, 30159 Hannover" }, ["capacity"] = seats,
    };
}
