using Isa.Events.Api.Features.Partners;

namespace Isa.Events.Tests.Features.Registrations;

public class CityQuotasTests(SharedHost host)
{
    private Task<string> EventAsync(int seats) => host.EventAsync(e => e["rules"] = JsonNode.Parse($$"""{"cityQuotas":[{"city":"Foshan","seats":{{seats}}},{"city":"Düsseldorf","seats":0}]}"""));

    private static JsonObject From(string? city) => Given.Person(change: p => p["city"] = city);

    [Fact]
    public async Task The_places_of_a_city_run_out_and_a_cancelled_one_comes_back()
    {
        var evt = await EventAsync(2);
        var first = (await host.Partner.RegisterAsync(evt, From("Foshan"))).ShouldBe(HttpStatusCode.Created).Json;
        (await host.Partner.RegisterAsync(evt, From("ＦＯＳＨＡＮ"))).ShouldBe(HttpStatusCode.Created);
        var full = (await host.Partner.RegisterAsync(evt, From("foshan"))).ShouldBe(HttpStatusCode.Conflict, "city-quota-full");
        ((string)full.Json["city"]!, (int)full.Json["seats"]!).ShouldBe(("Foshan", 2));
        full.Errors.ShouldBe(["city city-full"]);
        (await host.Partner.PostAsync($"/v1/events/{evt}/registrations?dryRun=true", From("Foshan").ToJsonString())).ShouldBe(HttpStatusCode.Conflict, "city-quota-full");
        (await host.Organizer.RegisterAsync(evt, From("Foshan"))).ShouldBe(HttpStatusCode.Conflict, "city-quota-full");
        (await host.Partner.RegisterAsync(evt, From("Duesseldorf"))).ShouldBe(HttpStatusCode.Conflict, "city-quota-full");
        (await host.Partner.RegisterAsync(evt, From("Hannover"))).ShouldBe(HttpStatusCode.Created);
        (await host.Partner.RegisterAsync(evt, From(null))).ShouldBe(HttpStatusCode.Created);
        (await host.Partner.PostAsync($"/v1/registrations/{first["id"]}/cancel")).ShouldBe(HttpStatusCode.OK);
        (await host.Partner.RegisterAsync(evt, From("Foshan"))).ShouldBe(HttpStatusCode.Created);
    }

    [Fact]
    public async Task Many_at_once_get_no_more_places_than_there_are()
    {
        var evt = await EventAsync(4);
        var answers = await Task.WhenAll(Enumerable.Range(0, 30).Select(_ => host.Partner.RegisterAsync(evt, From("Foshan"))));
        answers.Count(a => a.Status == HttpStatusCode.Created).ShouldBe(4);
        answers.Where(a => a.Status != HttpStatusCode.Created).ShouldAllBe(a => a.Code == "city-quota-full");
    }

    [Fact]
    public async Task Who_moves_to_another_city_takes_a_place_there()
    {
        var evt = await EventAsync(1);
        (await host.Partner.RegisterAsync(evt, From("Foshan"))).ShouldBe(HttpStatusCode.Created);
        var other = (await host.Partner.RegisterAsync(evt, From("Hannover"))).ShouldBe(HttpStatusCode.Created).Json;
        (await host.Partner.PatchAsync($"/v1/registrations/{other["id"]}", new { city = "Foshan" })).ShouldBe(HttpStatusCode.Conflict, "city-quota-full");
        var evt2 = await EventAsync(1);
        var moved = (await host.Partner.RegisterAsync(evt2, From("Foshan"))).ShouldBe(HttpStatusCode.Created).Json;
        (await host.Partner.PatchAsync($"/v1/registrations/{moved["id"]}", new { city = "Hannover" })).ShouldBe(HttpStatusCode.OK);
        (await host.Partner.RegisterAsync(evt2, From("Foshan"))).ShouldBe(HttpStatusCode.Created);
    }

    [Fact]
    public async Task Who_was_invited_for_a_city_counts_for_it_without_saying_so()
    {
        var evt = await EventAsync(1);
        (await host.ImportInviteesAsync(evt, "fullName,city\r\nAnna,Foshan\r\nBert,Foshan")).ShouldBe(HttpStatusCode.OK);
        var codes = (await host.Organizer.GetAsync($"/v1/events/{evt}/invitees")).Json["items"]!.AsArray().Select(i => (string)i!["code"]!).ToList();
        JsonObject Of(int n, string? city = null) => Given.Person(change: p => (p["invitationCode"], p["city"]) = (codes[n], city));
        ((string)(await host.Partner.RegisterAsync(evt, Of(0))).ShouldBe(HttpStatusCode.Created).Json["city"]!).ShouldBe("Foshan");
        (await host.Partner.RegisterAsync(evt, Of(1))).ShouldBe(HttpStatusCode.Conflict, "city-quota-full");
        (await host.Partner.PostAsync($"/v1/events/{evt}/registrations?dryRun=true", Of(1).ToJsonString())).ShouldBe(HttpStatusCode.Conflict, "city-quota-full");
        (await host.Partner.RegisterAsync(evt, Of(1, "Hannover"))).ShouldBe(HttpStatusCode.Created);
    }

    [Fact]
    public async Task A_deputy_counts_for_their_own_city()
    {
        var evt = await EventAsync(1);
        var made = (await host.Partner.RegisterAsync(evt, From("Foshan"))).ShouldBe(HttpStatusCode.Created).Json;
        made = await ReplaceAsync(made, "ＦＯＳＨＡＮ"); // the same city, full as it is
        made = await ReplaceAsync(made, null); // as the one they come for
        (await host.Partner.RegisterAsync(evt, From("Foshan"))).ShouldBe(HttpStatusCode.Conflict, "city-quota-full");
        made = await ReplaceAsync(made, "Hannover"); // has no quota: the place in Foshan's is free again
        (await host.Partner.RegisterAsync(evt, From("Foshan"))).ShouldBe(HttpStatusCode.Created);
        var refused = (await SubstituteAsync(made, "Foshan")).ShouldBe(HttpStatusCode.Conflict, "city-quota-full");
        refused.Errors.ShouldBe(["city city-full"]);
        ((string)refused.Json["city"]!, (int)refused.Json["seats"]!).ShouldBe(("Foshan", 1));
        (await host.Partner.NowAsync(made)).Stands().ShouldBe("confirmed hannover");
        await host.IsWholeAsync();

        Task<Answer> SubstituteAsync(JsonNode registration, string? city)
        {
            var deputy = From(city);
            deputy.Remove("siteId");
            return host.Partner.PostAsync($"/v1/registrations/{registration["id"]}/substitute", deputy.ToJsonString());
        }

        async Task<JsonNode> ReplaceAsync(JsonNode registration, string? city) => (await SubstituteAsync(registration, city)).ShouldBe(HttpStatusCode.Created).Json;
    }

    [Fact]
    public async Task A_quota_that_comes_later_counts_who_is_there()
    {
        var evt = await host.EventAsync();
        foreach (var city in new[] { "Foshan", "foshan", "Hannover" }) (await host.Partner.RegisterAsync(evt, From(city))).ShouldBe(HttpStatusCode.Created);
        (await host.Organizer.PatchAsync($"/v1/events/{evt}", JsonNode.Parse("""{"rules":{"cityQuotas":[{"city":"Foshan","seats":2}]}}""")!.ToJsonString(), ("If-Match", "*"))).ShouldBe(HttpStatusCode.OK);
        (await host.Partner.RegisterAsync(evt, From("Foshan"))).ShouldBe(HttpStatusCode.Conflict, "city-quota-full");
        (await host.Organizer.PatchAsync($"/v1/events/{evt}", """{"rules":{"cityQuotas":[{"city":"Hannover","seats":5}]}}""", ("If-Match", "*"))).ShouldBe(HttpStatusCode.OK);
        (await host.Partner.RegisterAsync(evt, From("Foshan"))).ShouldBe(HttpStatusCode.Created);
        (await host.CountAsync("SELECT COUNT(*) FROM registrations WHERE event_id = @Id AND quota_city = 'hannover'", evt)).ShouldBe(1);
        (await host.CountAsync("SELECT COUNT(*) FROM registrations WHERE event_id = @Id AND quota_city IS NOT NULL", evt)).ShouldBe(1);
    }

    [Fact]
    public async Task What_a_test_key_makes_counts_for_nobody()
    {
        var evt = await EventAsync(1);
        var test = host.Caller(await host.KeyAsync(Role.Partner, "Test", isTest: true));
        for (var i = 0; i < 2; i++) (await test.RegisterAsync(evt, From("Foshan"))).ShouldBe(HttpStatusCode.Created);
        (await host.Partner.RegisterAsync(evt, From("Foshan"))).ShouldBe(HttpStatusCode.Created);
        (await host.Partner.RegisterAsync(evt, From("Foshan"))).ShouldBe(HttpStatusCode.Conflict, "city-quota-full");
    }

    [Theory]
    [InlineData("""[{"city":"","seats":1}]""", "rules.cityQuotas[0].city required")]
    [InlineData("""[{"city":"Foshan"}]""", "rules.cityQuotas[0].seats required")]
    [InlineData("""[{"city":"Foshan","seats":-1}]""", "rules.cityQuotas[0].seats out-of-range")]
    [InlineData("""[{"city":"Foshan","seats":1},{"city":"FOSHAN","seats":2}]""", "rules.cityQuotas duplicate-value")]
    public async Task Bad_quotas_are_refused(string quotas, string error) =>
        (await host.Organizer.PostAsync("/v1/events", Given.Plenary(e => e["rules"] = JsonNode.Parse($$"""{"cityQuotas":{{quotas}}}""")).ToJsonString())).ShouldBe(HttpStatusCode.UnprocessableEntity, "validation-failed").Errors.ShouldContain(error);
}
