using Isa.Events.Api.Features.Partners;

namespace Isa.Events.Tests.Features.Registrations;

public class ListRegistrationsTests(SharedHost host)
{
    [Fact]
    public async Task Finds_people_however_their_names_are_spelt()
    {
        var evt = await host.EventAsync();
        await RegisterAsync(evt, "Käthe Müller", "mueller@example.org", organisation: "Stadt Köln");
        await RegisterAsync(evt, "王小明", "wang@example.org", "Wang Xiaoming", "zoom", "佛山市商务局");
        await RegisterAsync(evt, "Ahmet Yılmaz", "yilmaz@example.org", audience: "company");
        foreach (var (query, name) in new[]
        {
            ("q=Mueller", "Käthe Müller"), ("q=muller", "Käthe Müller"), ("q=MÜLLER", "Käthe Müller"), ("q=wang", "王小明"), ("q=小明", "王小明"), ("q=yilmaz", "Ahmet Yılmaz"), ("q=商务", "王小明"),
            ("organisation=koln", "Käthe Müller"), ("siteId=zoom", "王小明"), ("audience=company", "Ahmet Yılmaz"), ("email=WANG@example.org", "王小明"),
        }) (await NamesAsync(evt, query)).ShouldBe([name], query);
        (await NamesAsync(evt, "q=%25")).ShouldBeEmpty();
        (await NamesAsync(evt, "q=_")).ShouldBeEmpty();
        (await NamesAsync(evt, "sort=romanizedName")).ShouldBe(["Ahmet Yılmaz", "Käthe Müller", "王小明"]);
        (await NamesAsync(evt, "sort=familyName")).First().ShouldBe("Käthe Müller");
    }

    [Fact]
    public async Task Sorts_by_family_name_also_where_it_stands_before_a_comma()
    {
        var evt = await host.EventAsync();
        foreach (var (name, email) in new[] { ("Weiß, Anna", "w@example.org"), ("Bernd Mohn", "m@example.org"), ("Zoe Adam", "a@example.org") }) await RegisterAsync(evt, name, email);
        (await NamesAsync(evt, "sort=familyName")).ShouldBe(["Zoe Adam", "Bernd Mohn", "Weiß, Anna"]);
    }

    [Fact]
    public async Task A_partner_sees_what_it_made_and_what_changed_since()
    {
        var evt = await host.EventAsync();
        var other = host.Caller(await host.KeyAsync(Role.Partner, "Other website"));
        await RegisterAsync(evt, "Of the website", "a@example.org");
        (await other.RegisterAsync(evt, Given.Person(change: p => (p["fullName"], p["externalId"]) = ("Of the other", "crm-7")))).ShouldBe(HttpStatusCode.Created);
        (await NamesAsync(evt, "", other)).ShouldBe(["Of the other"]);
        (await NamesAsync(evt, "externalId=crm-7", other)).ShouldBe(["Of the other"]);
        (await NamesAsync(evt, "updatedSince=2020-09-21T08:00:00Z", other)).ShouldBe(["Of the other"]);
        (await NamesAsync(evt, "updatedSince=2020-09-21T08:00:01Z", other)).ShouldBeEmpty();
        (await NamesAsync(evt, "", host.Organizer)).Length.ShouldBe(2);
    }

    [Fact]
    public async Task Needs_come_only_when_asked_for()
    {
        var evt = await host.EventAsync();
        (await host.Partner.RegisterAsync(evt, Given.Person(change: p => p["needs"] = "Rollstuhl"))).ShouldBe(HttpStatusCode.Created);
        (await host.Organizer.GetAsync($"/v1/events/{evt}/registrations")).Text.ShouldNotContain("Rollstuhl");
        (await host.Organizer.GetAsync($"/v1/events/{evt}/registrations?include=needs")).Text.ShouldContain("Rollstuhl");
    }

    [Fact]
    public async Task Pages_hold_while_people_register()
    {
        await using var own = new EventsHost();
        await own.InitializeAsync();
        var evt = await own.EventAsync();
        for (var i = 0; i < 5; i++) await RegisterAsync($"Person {i}");
        var first = (await own.Organizer.GetAsync($"/v1/events/{evt}/registrations?limit=2")).ShouldBe(HttpStatusCode.OK);
        first.Header("Link")!.ShouldContain("rel=\"next\"");
        await RegisterAsync("Late");
        var cursor = Uri.EscapeDataString((string)first.Json["nextCursor"]!);
        (await NamesAsync(evt, $"limit=4&cursor={cursor}", own.Organizer)).ShouldBe(["Person 2", "Person 3", "Person 4", "Late"]);
        (await own.Organizer.GetAsync($"/v1/events/{evt}/registrations?sort=familyName&cursor={cursor}")).ShouldBe(HttpStatusCode.BadRequest, "malformed-request").Errors.ShouldBe(["cursor invalid-cursor"]);

        async Task RegisterAsync(string name)
        {
            own.Time.Advance(TimeSpan.FromSeconds(1));
            (await own.Partner.RegisterAsync(evt, Given.Person(change: p => p["fullName"] = name))).ShouldBe(HttpStatusCode.Created);
        }
    }

    [Theory]
    [InlineData("limit=0", "limit")]
    [InlineData("limit=201", "limit")]
    [InlineData("limit=ten", "limit")]
    [InlineData("status=gone", "status")]
    [InlineData("colour=red", "colour")]
    [InlineData("cursor=%00", "cursor")]
    [InlineData("cursor=AAAA", "cursor")]
    [InlineData("email=a@b", "email")]
    [InlineData("updatedSince=yesterday", "updatedSince")]
    [InlineData("sort=name&sort=id", "sort")]
    public async Task Refuses_parameters_by_name(string query, string field)
    {
        var evt = await host.EventAsync();
        var answer = (await host.Organizer.GetAsync($"/v1/events/{evt}/registrations?{query}")).ShouldBe(HttpStatusCode.BadRequest);
        if (answer.Code is not null) answer.Errors.Single().ShouldStartWith(field + " ");
    }

    private async Task RegisterAsync(string evt, string name, string email, string? romanized = null, string site = "hannover", string? organisation = null, string audience = "guest") =>
        (await host.Partner.RegisterAsync(evt, Given.Person(email, site, p => (p["fullName"], p["romanizedName"], p["organisation"], p["audience"]) = (name, romanized, organisation, audience)))).ShouldBe(HttpStatusCode.Created);

    private async Task<string[]> NamesAsync(string evt, string query, Support.Api? api = null) =>
        [.. (await (api ?? host.Organizer).GetAsync($"/v1/events/{evt}/registrations?{query}")).ShouldBe(HttpStatusCode.OK).Json["items"]!.AsArray().Select(r => (string)r!["fullName"]!)];
}
