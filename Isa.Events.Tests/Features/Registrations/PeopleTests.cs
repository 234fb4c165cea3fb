using System.Globalization;
using CsvHelper;

namespace Isa.Events.Tests.Features.Registrations;

/// <summary>The made-up people of the samples, whose names and addresses are what real ones are like, go through every operation unchanged.</summary>
public class PeopleTests
{
    [Fact]
    public async Task Everybody_comes_out_as_they_went_in()
    {
        await using var host = new EventsHost();
        await host.InitializeAsync();
        var evt = await host.EventAsync(e => e["sites"]![0]!["capacity"] = 100);
        using var reader = new StreamReader(Path.Combine(AppContext.BaseDirectory, "samples", "people.csv"));
        using var csv = new CsvReader(reader, CultureInfo.InvariantCulture);
        var people = csv.GetRecords<dynamic>().Select(r => (IDictionary<string, object>)r).ToList();
        people.Count.ShouldBeGreaterThan(70);

        var made = new List<(IDictionary<string, object> Person, JsonNode Registration)>();
        var refused = 0;
        foreach (var person in people)
        {
            var answer = await host.Partner.RegisterAsync(evt, new JsonObject
            {
                ["siteId"] = Of(person, "site"), ["fullName"] = Of(person, "full_name"), ["romanizedName"] = Of(person, "romanized_name"), ["email"] = Of(person, "email"),
                ["organisation"] = Of(person, "organisation"), ["audience"] = Of(person, "audience"), ["language"] = Of(person, "language"), ["timeZone"] = Of(person, "time_zone"),
                ["needs"] = Of(person, "needs"), ["noticeVersion"] = "1",
            });
            if (answer.Code == "already-registered") refused++;
            else made.Add((person, answer.ShouldBe(HttpStatusCode.Created).Json));
        }

        refused.ShouldBe(1); // one person is in the file twice, in two spellings of one address
        foreach (var (person, registration) in made)
        {
            ((string)registration["fullName"]!).ShouldBe(Of(person, "full_name").Normalize().Trim());
            ((string?)registration["organisation"] ?? "").ShouldBe(Of(person, "organisation").Normalize().Trim());
            var read = (await host.Partner.GetAsync($"/v1/registrations/{registration["id"]}")).ShouldBe(HttpStatusCode.OK).Json;
            JsonNode.DeepEquals(read, registration).ShouldBeTrue();
            var invite = (await host.Anybody.GetAsync(registration.PathOf("invite"))).ShouldBe(HttpStatusCode.OK).Text;
            Ical.Net.Calendar.Load(invite)!.Events[0]!.Attendees![0].CommonName.ShouldNotBeNullOrEmpty();
            (await host.Anybody.GetAsync(registration.PathOf("manage"))).ShouldBe(HttpStatusCode.OK);
        }

        var listed = new List<string>();
        for (string? path = $"/v1/events/{evt}/registrations?limit=7&sort=familyName"; path is not null;)
        {
            var page = (await host.Organizer.GetAsync(path)).ShouldBe(HttpStatusCode.OK).Json;
            listed.AddRange(page["items"]!.AsArray().Select(r => (string)r!["id"]!));
            path = (string?)page["nextCursor"] is { } cursor ? $"/v1/events/{evt}/registrations?limit=7&sort=familyName&cursor={Uri.EscapeDataString(cursor)}" : null;
        }

        listed.Count.ShouldBe(made.Count);
        listed.ShouldBeUnique();

        var list = (await host.Organizer.GetAsync($"/v1/events/{evt}/attendees.csv?dialect=rfc4180&columns=fullName,email")).ShouldBe(HttpStatusCode.OK).Text;
        using (var lines = new CsvReader(new StringReader(list), CultureInfo.InvariantCulture))
            lines.GetRecords<dynamic>().Select(r => ((string)((IDictionary<string, object>)r).Values.First()).TrimStart('\'')).Order().ShouldBe(made.Select(m => (string)m.Registration["fullName"]!).Order());

        foreach (var (_, registration) in made) (await host.Anybody.PostAsync(registration.PathOf("invite").Replace("/invite.ics", "/cancel"), null)).ShouldBe(HttpStatusCode.OK);
        (await host.Organizer.GetAsync($"/v1/events/{evt}/availability")).Json["sites"]!.AsArray().ShouldAllBe(s => (int)s!["seatsTaken"]! == 0);
    }

    private static string Of(IDictionary<string, object> person, string column) => (string)person[column];
}
