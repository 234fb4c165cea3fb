using Isa.Events.Api.Features.Server;
using Isa.Events.Tests.Features.Delegations;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Isa.Events.Tests.Features.Registrations;

/// <summary>Whoever lost the mail gets it again, and nobody learns who is registered.</summary>
public class RequestLinksTests(SharedHost host)
{
    [Fact]
    public async Task Known_and_unknown_addresses_are_answered_alike_and_the_known_one_gets_a_mail()
    {
        var evt = await host.EventAsync();
        var made = (await host.Partner.RegisterAsync(evt, Given.Person("Erika@Example.org", "zoom"))).ShouldBe(HttpStatusCode.Created).Json;
        var known = (await AskAsync(evt, "erika@example.ORG")).ShouldBe(HttpStatusCode.Accepted);
        var unknown = (await AskAsync(evt, "nobody@example.org")).ShouldBe(HttpStatusCode.Accepted);
        foreach (var answer in new[] { known, unknown }) answer.Bytes.ShouldBeEmpty();
        Headers(known).ShouldBe(Headers(unknown));
        known.Header("Cache-Control").ShouldBe("no-store");
        (await SentAsync(evt)).ShouldBe([(string)made["id"]!]);

        static string Headers(Answer answer) => string.Join('\n', answer.Response.Headers.Concat(answer.Response.Content.Headers).Where(h => h.Key != "Date").Select(h => $"{h.Key}: {string.Join(',', h.Value)}").Order());
    }

    [Fact]
    public async Task Once_the_event_is_over_the_mail_names_no_way_to_join()
    {
        await using var own = await Mail.HostAsync();
        var evt = await own.EventAsync(e => e["rules"] = new JsonObject { ["reminders"] = new JsonArray() });
        (await own.Partner.RegisterAsync(evt, Given.Person("erika@example.org", "zoom"))).ShouldBe(HttpStatusCode.Created);
        (await own.SendOneAsync()).Text.ShouldContain("/join/");
        await AskAsync(own, evt, "erika@example.org");
        var before = await own.SendOneAsync();
        before.Text.ShouldContain("/join/");
        before.Calendar.ShouldNotBeNull();
        own.Time.SetUtcNow(DateTimeOffset.Parse("2020-10-16T09:00:00Z", System.Globalization.CultureInfo.InvariantCulture));
        await AskAsync(own, evt, "erika@example.org");
        var after = await own.SendOneAsync();
        (after.Text + after.Html).ShouldNotContain("/join/");
        after.Text.ShouldContain("/r/");
        after.Calendar.ShouldBeNull();
    }

    [Theory]
    [InlineData("de", "Ein Platz für Sie", "Er ist bis Dienstag, 22. September 2020")]
    [InlineData("en", "A place for you", "It is held for you until Tuesday, 22 September 2020")]
    [InlineData("zh", "有席位空出", "已为您保留至2020年9月22日")]
    public async Task Whoever_is_offered_a_seat_hears_of_it_and_until_when(string language, string subject, string text)
    {
        await using var own = await Mail.HostAsync();
        var evt = await own.EventWithQueueAsync(3, "offer");
        var seated = new List<JsonNode>();
        for (var i = 0; i < 3; i++) seated.Add(await own.Partner.RegisteredAsync(evt));
        (await own.Partner.RegisterAsync(evt, Given.Person("waits@example.org", change: p => p["language"] = language))).ShouldBe(HttpStatusCode.Created);
        (await own.Partner.RegisterAsync(evt, Given.Person("online@example.org", change: p => (p["language"], p["whenFull"], p["fallbackSiteId"], p["copyTo"]) = (language, "attendSite", "zoom", "office@example.org")))).ShouldBe(HttpStatusCode.Created);
        await own.DelegationAsync(evt, 0, d => (d["whenFull"], d["contact"]!["language"], d["members"]) = ("waitlist", language, new JsonArray(new JsonObject { ["fullName"] = "张伟" })));
        foreach (var person in seated) (await own.Partner.PostAsync($"/v1/registrations/{person["id"]}/cancel")).ShouldBe(HttpStatusCode.OK);
        await own.SendAsync();

        foreach (var (address, method) in new[] { ("waits@example.org", null), ("online@example.org", "REQUEST") })
        {
            await AskAsync(own, evt, address);
            var mail = await own.SendOneAsync(); // nobody else has it, who asked for nothing
            (mail.To, mail.Calendar?.Method).ShouldBe((address, method));
            mail.Subject.ShouldStartWith(subject);
            mail.Text.ShouldContain(text);
            mail.Text.ShouldContain("/r/");
        }

        await AskAsync(own, evt, "wang.fang@example.org");
        (await own.SendOneAsync()).Text.ShouldContain(language switch { "de" => "Platz frei gehalten bis", "en" => "place held until", _ => "席位保留至" });
    }

    [Fact]
    public async Task At_most_once_an_hour_for_an_address_and_event()
    {
        await using var own = new EventsHost();
        await own.InitializeAsync();
        var events = new[] { await own.EventAsync(), await own.EventAsync() };
        foreach (var evt in events)
            foreach (var address in new[] { "a@example.org", "b@example.org" }) (await own.Partner.RegisterAsync(evt, Given.Person(address, "zoom"))).ShouldBe(HttpStatusCode.Created);

        await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => AskAsync(own, events[0], "a@example.org")));
        (await SentAsync(own, events[0])).Count.ShouldBe(1);
        await AskAsync(own, events[0], "b@example.org");
        await AskAsync(own, events[1], "a@example.org");
        (await SentAsync(own, events[0])).Count.ShouldBe(2);
        (await SentAsync(own, events[1])).Count.ShouldBe(1);
        own.Time.Advance(TimeSpan.FromMinutes(59));
        await AskAsync(own, events[0], "A@EXAMPLE.ORG");
        (await SentAsync(own, events[0])).Count.ShouldBe(2);
        own.Time.Advance(TimeSpan.FromMinutes(1));
        await AskAsync(own, events[0], "a@example.org");
        await AskAsync(own, events[0], "a@example.org");
        (await SentAsync(own, events[0])).Count.ShouldBe(3);
        (await SentAsync(own, events[1])).Count.ShouldBe(1);
    }

    [Fact]
    public async Task Stores_no_address_and_forgets_what_it_counted_after_a_day()
    {
        await using var own = new EventsHost();
        await own.InitializeAsync();
        var evt = await own.EventAsync();
        await AskAsync(own, evt, "somebody@example.org");
        await AskAsync(own, evt, "somebody@example.org");
        var (subject, count) = await own.Database.ReadAsync(session => (session.One<string>("SELECT subject FROM attempts WHERE scope = 'links'"), session.One<long>("SELECT count FROM attempts WHERE scope = 'links'")), CancellationToken.None);
        subject!.ShouldMatch("^[0-9a-f]{64}$");
        count.ShouldBe(2);
        own.Time.Advance(TimeSpan.FromHours(25));
        var housekeeping = own.Services.GetServices<IHostedService>().OfType<Housekeeping>().Single();
        await housekeeping.RunAsync(CancellationToken.None);
        (await own.Database.ReadAsync(session => session.One<long>("SELECT COUNT(*) FROM attempts"), CancellationToken.None)).ShouldBe(0);
    }

    [Fact]
    public async Task Whoever_waits_has_links_and_whoever_cancelled_has_none()
    {
        var evt = await host.EventAsync(e =>
        {
            e["sites"]![0]!["capacity"] = 0;
            e["sites"]![0]!["waitlist"] = new JsonObject();
        });
        var waits = (await host.Partner.RegisterAsync(evt, Given.Person("waits@example.org"))).ShouldBe(HttpStatusCode.Created).Json;
        ((string)waits["status"]!).ShouldBe("waitlisted");
        var gone = (await host.Partner.RegisterAsync(evt, Given.Person("gone@example.org", "zoom"))).ShouldBe(HttpStatusCode.Created).Json;
        (await host.Partner.PostAsync($"/v1/registrations/{gone["id"]}/cancel")).ShouldBe(HttpStatusCode.OK);
        foreach (var address in new[] { "waits@example.org", "gone@example.org" }) (await AskAsync(evt, address)).ShouldBe(HttpStatusCode.Accepted);
        (await SentAsync(evt)).ShouldBe([(string)waits["id"]!]);
    }

    [Theory]
    [InlineData("{}", 422, "validation-failed", "email required")]
    [InlineData("""{"email":""}""", 422, "validation-failed", "email required")]
    [InlineData("""{"email":"a@b"}""", 422, "validation-failed", "email invalid-email")]
    [InlineData("""{"email":5}""", 400, "malformed-request", "email wrong-type")]
    [InlineData("""{"email":"a@example.org","name":"x"}""", 400, "malformed-request", "name unknown-member")]
    [InlineData("", 400, "malformed-request", " invalid-json")]
    public async Task A_bad_address_is_refused(string body, int status, string code, string error)
    {
        var evt = await host.EventAsync();
        (await host.Anybody.PostAsync($"/v1/events/{evt}/links", body)).ShouldBe((HttpStatusCode)status, code).Errors.ShouldBe([error]);
    }

    [Fact]
    public async Task An_event_that_is_not_public_is_not_there_and_one_address_asks_no_more_than_its_share()
    {
        (await AskAsync(await host.DraftAsync(), "a@example.org")).ShouldBe(HttpStatusCode.NotFound, "event-not-found");
        await using var own = new EventsHost { Settings = { ["Server:RequestsPerMinutePerAddress"] = "3" } };
        await own.InitializeAsync();
        var evt = await own.EventAsync();
        for (var i = 0; i < 3; i++) (await AskAsync(own, evt, $"a{i}@example.org")).ShouldBe(HttpStatusCode.Accepted);
        (await AskAsync(own, evt, "a3@example.org")).ShouldBe(HttpStatusCode.TooManyRequests, "too-many-requests");
    }

    private Task<Answer> AskAsync(string evt, string email) => AskAsync(host, evt, email);

    private Task<List<string>> SentAsync(string evt) => SentAsync(host, evt);

    private static Task<Answer> AskAsync(EventsHost host, string evt, string email) => host.Anybody.PostAsync($"/v1/events/{evt}/links", new { email });

    private static Task<List<string>> SentAsync(EventsHost host, string evt) =>
        host.Database.ReadAsync(session => session.Query<string>("SELECT registration_id FROM outbox WHERE event_id = @Id AND kind = 'linksRequested'", new { Id = evt }), CancellationToken.None);
}
