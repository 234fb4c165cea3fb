using System.Text;
using Ical.Net;
using Isa.Events.Api.Features.Events;
using Isa.Events.Api.Features.Partners;

namespace Isa.Events.Tests.Features.Invites;

public class CalendarFeedTests(SharedHost host)
{
    [Fact]
    public async Task Holds_the_published_events_under_the_uid_they_have_everywhere()
    {
        var series = Series();
        var first = await host.EventAsync(e => e["series"] = series);
        var second = await host.EventAsync(e => (e["series"], e["title"]) = (series, new JsonObject { ["de"] = "Zweite; \"Sitzung\", <script>\\ 😀" }));
        await host.DraftAsync(e => e["series"] = series);
        await host.EventAsync(); // of another series
        var answer = (await host.Anybody.GetAsync($"/v1/calendar.ics?series={series}&language=en")).ShouldBe(HttpStatusCode.OK);
        answer.Header("Content-Type").ShouldBe("text/calendar; charset=utf-8");
        answer.Header("Cache-Control").ShouldBe("public, max-age=300");
        answer.Text.Split("\r\n").ShouldAllBe(line => Encoding.UTF8.GetByteCount(line) <= 75);
        foreach (var line in new[] { "METHOD:PUBLISH", $"X-WR-CALNAME:Events ({series})", $"NAME:Events ({series})", "COLOR:steelblue", "REFRESH-INTERVAL;VALUE=DURATION:PT1H", "X-PUBLISHED-TTL:PT1H", "LAST-MODIFIED:20200921T080000Z" })
            answer.Text.ShouldContain($"\r\n{line}\r\n");
        answer.Text.ShouldNotContain("zoom.example");
        answer.Text.ShouldNotContain("ATTENDEE");

        var calendar = Calendar.Load(answer.Text)!;
        calendar.Events.Select(e => e!.Uid).ShouldBe([first, second], ignoreOrder: true);
        calendar.TimeZones.ShouldHaveSingleItem().TzId.ShouldBe("Europe/Berlin");
        var alone = Calendar.Load((await host.Anybody.GetAsync($"/v1/events/{first}/calendar.ics?language=en")).Text)!.Events[0]!;
        var entry = calendar.Events.Single(e => e!.Uid == first)!;
        (entry.Summary, entry.Location, entry.Start!.AsUtc, entry.End!.AsUtc, entry.Sequence, entry.Status, entry.Description).ShouldBe((alone.Summary, alone.Location, alone.Start!.AsUtc, alone.End!.AsUtc, alone.Sequence, "CONFIRMED", alone.Description));
        calendar.Events.Single(e => e!.Uid == second)!.Summary.ShouldBe("Zweite; \"Sitzung\", <script>\\ 😀");
    }

    [Fact]
    public async Task Is_answered_304_until_something_in_it_changes_and_then_has_a_higher_sequence()
    {
        var series = Series();
        var evt = await host.EventAsync(e => e["series"] = series);
        var path = $"/v1/calendar.ics?series={series}";
        var first = (await host.Anybody.GetAsync(path)).ShouldBe(HttpStatusCode.OK);
        (await host.Anybody.GetAsync(path)).Bytes.ShouldBe(first.Bytes);
        (await host.Partner.RegisterAsync(evt)).ShouldBe(HttpStatusCode.Created);
        (await host.Anybody.GetAsync(path, ("If-None-Match", first.ETag!))).ShouldBe(HttpStatusCode.NotModified);
        await Edit($"/v1/events/{evt}/sites", new { id = "berlin", mode = "inPerson", name = new { de = "Berlin" }, capacity = 5 }, HttpMethod.Post);
        var second = (await host.Anybody.GetAsync(path, ("If-None-Match", first.ETag!))).ShouldBe(HttpStatusCode.OK);
        Entry(second).Location!.ShouldContain("Berlin");
        Entry(second).Sequence.ShouldBeGreaterThan(Entry(first).Sequence);
        (await host.Organizer.DeleteAsync($"/v1/events/{evt}/sites/berlin", ("If-Match", "*"))).ShouldBe(HttpStatusCode.OK);
        var third = (await host.Anybody.GetAsync(path)).ShouldBe(HttpStatusCode.OK);
        Entry(third).Location!.ShouldNotContain("Berlin");
        Entry(third).Sequence.ShouldBeGreaterThan(Entry(second).Sequence);

        (await host.Organizer.PostAsync($"/v1/events/{evt}/cancel", null, ("If-Match", "*"))).ShouldBe(HttpStatusCode.OK);
        var off = Entry((await host.Anybody.GetAsync(path)).ShouldBe(HttpStatusCode.OK));
        (off.Status, off.Uid).ShouldBe(("CANCELLED", evt));
        off.Sequence.ShouldBeGreaterThan(Entry(third).Sequence);

        async Task Edit(string address, object body, HttpMethod verb) => (await host.Organizer.SendAsync(verb, address, System.Net.Http.Json.JsonContent.Create(body), ("If-Match", "*"))).Status.ShouldBeOneOf(HttpStatusCode.OK, HttpStatusCode.Created);
    }

    [Theory]
    [InlineData("en", "Agenda\n09:00 Welcome, with \"quotes\"; and more (Dr. Example)\n09:15 Pläne für 2021\n", "Agenda as a file: https://events.example.org/v1/events/")]
    [InlineData("zh", "议程\n09:00 欢迎（Dr. Example）\n09:15 Pläne für 2021\n", "agenda.pdf?language=zh")]
    public async Task Has_the_agenda_in_its_language_and_of_a_long_one_the_beginning(string language, string agenda, string file)
    {
        var series = Series();
        var evt = await host.EventAsync(e => e["series"] = series);
        var path = $"/v1/calendar.ics?series={series}&language={language}";
        var without = (await host.Anybody.GetAsync(path)).ShouldBe(HttpStatusCode.OK);
        JsonObject[] items =
        [
            new() { ["from"] = "09:00", ["title"] = new JsonObject { ["de"] = "Begrüßung", ["en"] = "Welcome, with \"quotes\"; and more", ["zh"] = "欢迎" }, ["speaker"] = "Dr. Example" },
            new() { ["from"] = "09:15", ["title"] = new JsonObject { ["de"] = "Pläne für 2021" } },
        ];
        await ReplaceAsync(items);
        var with = (await host.Anybody.GetAsync(path, ("If-None-Match", without.ETag!))).ShouldBe(HttpStatusCode.OK);
        with.Text.Split("\r\n").ShouldAllBe(line => Encoding.UTF8.GetByteCount(line) <= 75);
        var text = Entry(with).Description!;
        text.ShouldContain($"\n\n{agenda}\n");
        text.ShouldContain(file);
        text.ShouldBe(Calendar.Load((await host.Anybody.GetAsync($"/v1/events/{evt}/calendar.ics?language={language}")).Text)!.Events[0]!.Description);
        (await host.Anybody.GetAsync(path, ("If-None-Match", with.ETag!))).ShouldBe(HttpStatusCode.NotModified);

        await ReplaceAsync([.. Enumerable.Range(0, 31).Select(i => new JsonObject { ["from"] = $"10:{i:00}", ["title"] = new JsonObject { ["de"] = $"Punkt {i}." } })]);
        var much = (await host.Anybody.GetAsync(path, ("If-None-Match", with.ETag!))).ShouldBe(HttpStatusCode.OK);
        Entry(much).Description!.ShouldContain("10:29 Punkt 29.\n…\n");
        Entry(much).Description!.ShouldNotContain("Punkt 30.");

        async Task ReplaceAsync(JsonObject[] agenda) => (await host.Organizer.PutAsync($"/v1/events/{evt}/agenda", new JsonObject { ["items"] = new JsonArray([.. agenda]) }.ToJsonString(), ("If-Match", "*"))).ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Shows_an_audience_the_events_and_sites_that_are_open_to_it()
    {
        var series = Series();
        var all = await host.EventAsync(e => e["series"] = series);
        await host.EventAsync(e => (e["series"], e["audiences"]) = (series, new JsonArray("company")));
        var one = await host.EventAsync(e =>
        {
            (e["series"], e["audiences"]) = (series, new JsonArray("company"));
            e["sites"]![2]!["audiences"] = new JsonArray("guest");
        });
        var calendar = Calendar.Load((await host.Anybody.GetAsync($"/v1/calendar.ics?series={series}&audience=guest")).ShouldBe(HttpStatusCode.OK).Text)!;
        calendar.Events.Select(e => e!.Uid).ShouldBe([all, one], ignoreOrder: true);
        calendar.Events.Single(e => e!.Uid == one)!.Location.ShouldBe("Zoom-Konferenz");
    }

    [Fact]
    public async Task Past_events_leave_it_after_sixty_days()
    {
        await using var own = new EventsHost();
        await own.InitializeAsync();
        await own.EventAsync(e => e["title"] = new JsonObject { ["de"] = "Oktober" });
        await own.EventAsync(e => (e["title"], e["startsAt"], e["endsAt"], e["registrationCloses"]) = (new JsonObject { ["de"] = "Zeitumstellung" }, "2021-03-28T01:30", "2021-03-28T03:30", null));
        Titles(await Feed()).ShouldBe(["Oktober", "Zeitumstellung"]);
        own.Time.SetUtcNow(new DateTimeOffset(2020, 12, 15, 12, 0, 0, TimeSpan.Zero));
        Titles(await Feed()).ShouldBe(["Oktober", "Zeitumstellung"]);
        own.Time.SetUtcNow(new DateTimeOffset(2020, 12, 16, 12, 0, 0, TimeSpan.Zero));
        var later = await Feed();
        Titles(later).ShouldBe(["Zeitumstellung"]);
        var entry = Calendar.Load(later.Text)!.Events[0]!;
        (entry.Start!.AsUtc, entry.End!.AsUtc).ShouldBe((new DateTime(2021, 3, 28, 0, 30, 0, DateTimeKind.Utc), new DateTime(2021, 3, 28, 1, 30, 0, DateTimeKind.Utc)));
        own.Time.SetUtcNow(new DateTimeOffset(2021, 12, 16, 12, 0, 0, TimeSpan.Zero));
        Calendar.Load((await Feed()).Text)!.TimeZones.ShouldHaveSingleItem(); // empty, and still a calendar

        async Task<Answer> Feed() => (await own.Anybody.GetAsync("/v1/calendar.ics")).ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task An_organisers_own_has_drafts_and_seats_and_ends_when_its_address_or_key_does()
    {
        var series = Series();
        var evt = await host.EventAsync(e =>
        {
            e["series"] = series;
            e["sites"]![0]!["capacity"] = 1;
            e["sites"]![0]!["waitlist"] = new JsonObject { ["promotion"] = "automatic" };
        });
        var draft = await host.DraftAsync(e => e["series"] = series);
        var key = await host.KeyAsync(Role.Organizer, $"Feeds {series}");
        var organizer = host.Caller(key);
        (await organizer.DeleteAsync("/v1/calendar-feed")).ShouldBe(HttpStatusCode.NotFound, "calendar-feed-not-found");
        var path = await Made();
        (await host.Partner.RegisterAsync(evt)).ShouldBe(HttpStatusCode.Created);
        await host.Partner.RegisteredAsync(evt, whenFull: "waitlist");
        var first = (await host.Anybody.GetAsync(path)).ShouldBe(HttpStatusCode.OK);
        first.Header("Cache-Control").ShouldBe("no-cache, private");
        var calendar = Calendar.Load(first.Text)!;
        calendar.Events.Select(e => $"{e!.Uid} {e.Status}").ShouldBe([$"{evt} CONFIRMED", $"{draft} TENTATIVE"], ignoreOrder: true);
        calendar.Events.Single(e => e!.Uid == draft)!.Summary!.ShouldStartWith("Draft: ");
        var text = calendar.Events.Single(e => e!.Uid == evt)!.Description!;
        text.ShouldContain("Hannover, Germany\n  1 of 1 places taken, 1 waiting\n");
        text.ShouldContain("Zoom conference\n  0 registered\n");
        first.Text.ShouldNotContain("example.org:person");
        first.Text.ShouldNotContain("zoom.example");

        (await host.Anybody.GetAsync(path, ("If-None-Match", first.ETag!))).ShouldBe(HttpStatusCode.NotModified);
        await host.Partner.RegisteredAsync(evt, "zoom");
        Calendar.Load((await host.Anybody.GetAsync(path, ("If-None-Match", first.ETag!))).ShouldBe(HttpStatusCode.OK).Text)!.Events.Single(e => e!.Uid == evt)!.Description!.ShouldContain("1 registered");

        var second = await Made();
        (await host.Anybody.GetAsync(path)).ShouldBe(HttpStatusCode.NotFound, "calendar-feed-not-found").Text.ShouldNotContain(path.Split('/')[3]);
        (await host.Anybody.GetAsync(second)).ShouldBe(HttpStatusCode.OK);
        (await organizer.DeleteAsync("/v1/calendar-feed")).ShouldBe(HttpStatusCode.NoContent);
        (await host.Anybody.GetAsync(second)).ShouldBe(HttpStatusCode.NotFound, "calendar-feed-not-found");

        var third = await Made();
        var id = (string)(await organizer.GetAsync("/v1/me")).Json["keyId"]!;
        await Microsoft.Extensions.DependencyInjection.ServiceProviderServiceExtensions.GetRequiredService<ApiKeys>(host.Services).RevokeAsync(id, CancellationToken.None);
        (await host.Anybody.GetAsync(third)).ShouldBe(HttpStatusCode.NotFound, "calendar-feed-not-found");

        async Task<string> Made()
        {
            var made = (await organizer.PostAsync("/v1/calendar-feed")).ShouldBe(HttpStatusCode.Created);
            made.Header("Cache-Control").ShouldBe("no-store");
            return new Uri((string)made.Json["url"]!).PathAndQuery + $"?language=en&series={series}";
        }
    }

    [Fact]
    public async Task A_key_that_is_limited_to_events_has_a_calendar_of_those_and_others_have_none()
    {
        var (mine, _) = (await host.EventAsync(), await host.DraftAsync());
        var organizer = host.Caller(await host.KeyAsync(Role.Organizer, $"Limited {mine}", events: [mine]));
        var path = new Uri((string)(await organizer.PostAsync("/v1/calendar-feed")).ShouldBe(HttpStatusCode.Created).Json["url"]!).PathAndQuery;
        Calendar.Load((await host.Anybody.GetAsync(path)).Text)!.Events.ShouldHaveSingleItem()!.Uid.ShouldBe(mine);
        (await host.Partner.PostAsync("/v1/calendar-feed")).ShouldBe(HttpStatusCode.Forbidden, "not-allowed");
        (await host.Anybody.PostAsync("/v1/calendar-feed")).ShouldBe(HttpStatusCode.Unauthorized, "not-authenticated");
        (await host.Anybody.GetAsync("/v1/calendar-feed/abc/events.ics")).ShouldBe(HttpStatusCode.NotFound, "calendar-feed-not-found");
    }

    [Theory]
    [InlineData("series=a%0D%0AX-EVIL:1")]
    [InlineData("audience=everybody")]
    [InlineData("language=fr")]
    [InlineData("limit=5")]
    public async Task A_wrong_parameter_is_refused(string query) => (await host.Anybody.GetAsync($"/v1/calendar.ics?{query}")).ShouldBe(HttpStatusCode.BadRequest, "malformed-request");

    [Fact]
    public async Task A_series_cannot_bring_in_lines() =>
        (await host.Anybody.GetAsync("/v1/calendar.ics?series=a%2Cb%3B%5Cn%22&language=de")).ShouldBe(HttpStatusCode.OK).Text.ShouldContain("\r\nNAME:Veranstaltungen (a\\,b\\;\\\\n\")\r\n");

    [Fact]
    public async Task A_thousand_events_are_one_calendar_that_is_read_back_whole()
    {
        await using var own = new EventsHost();
        await own.InitializeAsync();
        var id = await own.EventAsync();
        await own.Database.WriteAsync(id, session =>
        {
            var evt = session.LockEvent(id);
            for (var i = 0; i < 999; i++)
            {
                var other = $"evt_{Guid.NewGuid():N}";
                (evt with { Id = other, Slug = $"copy-{i}", StartsAt = evt.StartsAt.AddDays(i), EndsAt = evt.EndsAt.AddDays(i), Sites = [.. evt.Sites.Select(s => s with { EventId = other })] }).Insert(session);
            }

            return true;
        }, CancellationToken.None);
        var answer = (await own.Anybody.GetAsync("/v1/calendar.ics")).ShouldBe(HttpStatusCode.OK);
        answer.Bytes.Length.ShouldBeLessThan(4_000_000);
        Calendar.Load(answer.Text)!.Events.Count.ShouldBe(1000);
        (await own.Anybody.GetAsync("/v1/calendar.ics", ("If-None-Match", answer.ETag!))).ShouldBe(HttpStatusCode.NotModified);
    }

    private static string Series() => $"series-{Guid.NewGuid():N}";

    private static Ical.Net.CalendarComponents.CalendarEvent Entry(Answer answer) => Calendar.Load(answer.Text)!.Events.ShouldHaveSingleItem()!;

    private static string[] Titles(Answer answer) => [.. Calendar.Load(answer.Text)!.Events.Select(e => e!.Summary!)];
}
