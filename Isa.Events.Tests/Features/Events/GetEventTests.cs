namespace Isa.Events.Tests.Features.Events;

public class GetEventTests(SharedHost host)
{
    [Fact]
    public async Task Says_when_and_where_one_can_register()
    {
        await using var own = new EventsHost();
        await own.InitializeAsync();
        var evt = await own.EventAsync(e =>
        {
            (e["registrationOpens"], e["registrationCloses"]) = ("2020-09-22", "2020-10-09");
            e["sites"]![0]!["capacity"] = 1;
            e["sites"]![1]!["audiences"] = new JsonArray("cityRepresentative");
        });

        var early = await WindowAsync();
        ((string)early["state"]!).ShouldBe("notYetOpen");
        ((string)early["opensAt"]!).ShouldBe("2020-09-22T00:00:00+02:00");
        ((string)early["closesAt"]!).ShouldBe("2020-10-10T00:00:00+02:00");
        ((string)early["lastDay"]!).ShouldBe("2020-10-09");

        own.Time.SetUtcNow(new(2020, 9, 21, 22, 0, 0, TimeSpan.Zero));
        var open = await WindowAsync();
        ((string)open["state"]!).ShouldBe("open");
        ((string)open["sites"]![1]!["audiences"]!["guest"]!).ShouldBe("notInvited");
        ((string)open["sites"]![1]!["audiences"]!["cityRepresentative"]!).ShouldBe("open");

        (await own.Partner.RegisterAsync(evt)).ShouldBe(HttpStatusCode.Created);
        var full = await WindowAsync();
        ((string)full["sites"]![0]!["state"]!).ShouldBe("full");
        ((string)full["state"]!).ShouldBe("open"); // elsewhere

        own.Time.SetUtcNow(new(2020, 10, 9, 21, 59, 59, 999, TimeSpan.Zero));
        ((string)(await WindowAsync())["state"]!).ShouldBe("open");
        own.Time.SetUtcNow(new(2020, 10, 9, 22, 0, 0, TimeSpan.Zero));
        ((string)(await WindowAsync())["state"]!).ShouldBe("closed");
        own.Time.SetUtcNow(new(2020, 10, 16, 9, 0, 0, TimeSpan.Zero));
        ((string)(await own.Anybody.GetAsync($"/v1/events/{evt}")).Json["status"]!).ShouldBe("over");

        async Task<JsonNode> WindowAsync() => (await own.Anybody.GetAsync($"/v1/events/{evt}")).ShouldBe(HttpStatusCode.OK).Json["registration"]!;
    }

    [Theory]
    [InlineData("de", "9. Plenarversammlung")]
    [InlineData("en", "9th plenary")]
    [InlineData("zh-Hans-CN", "中德工业城市联盟")]
    public async Task Texts_come_in_the_language_asked_for(string language, string begins)
    {
        var evt = await host.EventAsync();
        var answer = (await host.Anybody.GetAsync($"/v1/events/{evt}?language={language}")).ShouldBe(HttpStatusCode.OK).Json;
        var title = answer["title"]!.AsObject().ShouldHaveSingleItem();
        title.Key.ShouldBe(language[..2]);
        ((string)title.Value!).ShouldStartWith(begins);
    }

    [Fact]
    public async Task A_missing_language_falls_back_to_the_events_own()
    {
        var evt = await host.EventAsync(e => e["title"]!.AsObject().Remove("zh"));
        var title = (await host.Anybody.GetAsync($"/v1/events/{evt}?language=zh")).ShouldBe(HttpStatusCode.OK).Json["title"]!.AsObject();
        title.ShouldHaveSingleItem().Key.ShouldBe("de");
    }

    [Fact]
    public async Task Comes_once_while_nothing_changes()
    {
        var evt = await host.EventWithSeatsAsync(1);
        var first = (await host.Anybody.GetAsync($"/v1/events/{evt}")).ShouldBe(HttpStatusCode.OK);
        first.Header("Cache-Control").ShouldBe("public, max-age=30");
        first.Header("X-Content-Type-Options").ShouldBe("nosniff");
        first.Header("Server").ShouldBeNull();
        var again = (await host.Anybody.GetAsync($"/v1/events/{evt}", ("If-None-Match", $"\"other\", {first.ETag}"))).ShouldBe(HttpStatusCode.NotModified);
        again.Bytes.ShouldBeEmpty();
        again.ETag.ShouldBe(first.ETag);

        (await host.Partner.RegisterAsync(evt)).ShouldBe(HttpStatusCode.Created);
        var full = (await host.Anybody.GetAsync($"/v1/events/{evt}", ("If-None-Match", first.ETag!))).ShouldBe(HttpStatusCode.OK);
        ((string)full.Json["registration"]!["sites"]![0]!["state"]!).ShouldBe("full");
    }

    [Fact]
    public async Task A_key_keeps_an_answer_out_of_shared_caches() =>
        (await host.Partner.GetAsync($"/v1/events/{await host.EventAsync()}")).ShouldBe(HttpStatusCode.OK).Header("Cache-Control").ShouldBe("no-cache, private");

    [Fact]
    public async Task The_way_into_the_conference_is_for_organisers()
    {
        var evt = await host.EventAsync();
        foreach (var api in new[] { host.Anybody, host.Partner }) (await api.GetAsync($"/v1/events/{evt}")).Text.ShouldNotContain("zoom.example");
        (await host.Organizer.GetAsync($"/v1/events/{evt}")).Text.ShouldContain("zoom.example");
    }

    [Fact]
    public async Task A_draft_is_there_for_organisers_alone()
    {
        var draft = await host.DraftAsync();
        foreach (var api in new[] { host.Anybody, host.Partner })
        {
            foreach (var path in new[] { "", "/availability", "/agenda", "/agenda/document", "/agenda.pdf", "/calendar.ics" })
                (await api.GetAsync($"/v1/events/{draft}{path}")).ShouldBe(HttpStatusCode.NotFound, "event-not-found");
        }

        (await host.Partner.RegisterAsync(draft)).ShouldBe(HttpStatusCode.NotFound, "event-not-found");
        (await host.Organizer.GetAsync($"/v1/events/{draft}")).ShouldBe(HttpStatusCode.OK);
    }

    [Theory]
    [InlineData("exact", 10, 0, null, 10)]
    [InlineData("few", 10, 0, "free", null)]
    [InlineData("few", 10, 5, "few", null)]
    [InlineData("few", 3, 3, "none", null)]
    [InlineData("hidden", 10, 0, null, null)]
    public async Task Shows_as_much_of_what_is_free_as_the_event_wants(string shown, int capacity, int taken, string? level, int? free)
    {
        var evt = await host.EventAsync(e => (e["availability"], e["sites"]![0]!["capacity"]) = (shown, capacity));
        for (var i = 0; i < taken; i++) (await host.Partner.RegisterAsync(evt)).ShouldBe(HttpStatusCode.Created);
        var answer = (await host.Anybody.GetAsync($"/v1/events/{evt}/availability")).ShouldBe(HttpStatusCode.OK);
        answer.Header("Cache-Control").ShouldBe("public, max-age=5");
        var site = answer.Json["sites"]![0]!;
        ((string?)site["level"]).ShouldBe(level);
        ((int?)site["free"]).ShouldBe(free);
        ((string)site["state"]!).ShouldBe(taken == capacity ? "full" : "open");
        ((int?)(await host.Organizer.GetAsync($"/v1/events/{evt}/availability")).Json["sites"]![0]!["seatsTaken"]).ShouldBe(taken);
        var capacityShown = (await host.Anybody.GetAsync($"/v1/events/{evt}")).Json["sites"]![0]!["capacity"];
        if (shown == "exact") ((int)capacityShown!).ShouldBe(capacity);
        else capacityShown.ShouldBeNull();
    }

    [Fact]
    public async Task Lists_what_comes_next_first_and_what_was_last_first()
    {
        var series = $"s{Guid.NewGuid():N}";
        var ids = new List<string>();
        foreach (var (start, end) in new[] { ("2020-11-02T09:00", "2020-11-02T11:00"), ("2020-10-01T09:00", "2020-10-01T11:00"), ("2020-12-01T09:00", "2020-12-01T11:00"), ("2020-08-01T09:00", "2020-08-01T11:00"), ("2020-07-01T09:00", "2020-07-01T11:00") })
            ids.Add(await host.EventAsync(e => (e["series"], e["startsAt"], e["endsAt"], e["registrationCloses"]) = (series, start, end, null)));
        var draft = await host.DraftAsync(e => e["series"] = series);

        (await ListAsync(host.Anybody, "")).ShouldBe([ids[1], ids[0], ids[2]]);
        (await ListAsync(host.Anybody, "&when=past")).ShouldBe([ids[3], ids[4]]);
        (await ListAsync(host.Anybody, "&when=all")).ShouldBe([ids[4], ids[3], ids[1], ids[0], ids[2]]);
        (await ListAsync(host.Organizer, "&status=draft")).ShouldBe([draft]);
        (await ListAsync(host.Anybody, "&status=draft")).ShouldBeEmpty();

        var paged = new List<string>();
        for (string? path = $"/v1/events?series={series}&when=all&limit=2"; path is not null;)
        {
            var page = (await host.Anybody.GetAsync(path)).ShouldBe(HttpStatusCode.OK);
            paged.AddRange(page.Json["items"]!.AsArray().Select(e => (string)e!["id"]!));
            path = page.Header("Link") is { } link ? new Uri(link[1..link.IndexOf('>')]).PathAndQuery : null;
        }

        paged.ShouldBe([ids[4], ids[3], ids[1], ids[0], ids[2]]);

        async Task<string[]> ListAsync(Support.Api api, string query) =>
            [.. (await api.GetAsync($"/v1/events?series={series}{query}")).ShouldBe(HttpStatusCode.OK).Json["items"]!.AsArray().Select(e => (string)e!["id"]!)];
    }
}
