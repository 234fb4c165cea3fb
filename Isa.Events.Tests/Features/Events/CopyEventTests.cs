namespace Isa.Events.Tests.Features.Events;

/// <summary>Next year's meeting from this year's: everything that is set up, nobody in it.</summary>
public class CopyEventTests(SharedHost host)
{
    private const string Items = """
        {"items":[{"from":"09:00","to":"09:15","title":{"de":"Begrüßung"},"speaker":"OB"},{"from":"10:30","title":{"de":"Aussprache"}}]}
        """;

    [Fact]
    public async Task Takes_everything_that_is_set_up_and_nobody()
    {
        var source = await host.EventAsync(e =>
        {
            UpdateSiteTests.Room(e, 1);
            e["registrationOpens"] = "2020-09-01T08:30";
            e["rules"] = JsonNode.Parse("""{"groupHoldEnds":"2020-10-12","promotionEnds":"PT6H","switchToRoom":"never","requiresApproval":true,"registrationUrl":"https://www.example.org/plenary-2020"}""");
            e["audiences"] = new JsonArray("guest", "cityRepresentative");
            e["questions"] = Asking.Questions();
        });
        (await host.Organizer.PutAsync($"/v1/events/{source}/agenda", Items, ("If-Match", "*"))).ShouldBe(HttpStatusCode.OK);
        var pdf = new ByteArrayContent("%PDF-1.4 %%EOF"u8.ToArray());
        pdf.Headers.ContentType = new("application/pdf");
        (await host.Organizer.SendAsync(HttpMethod.Put, $"/v1/events/{source}/agenda/document", pdf, ("If-Match", "*"))).ShouldBe(HttpStatusCode.OK);
        for (var i = 0; i < 2; i++) (await host.Partner.RegisterAsync(source, Asking.Person())).ShouldBe(HttpStatusCode.Created);
        var before = (await host.Organizer.GetAsync($"/v1/events/{source}")).Json;

        var answer = (await CopyAsync(source, """{"startsAt":"2021-10-15T09:30"}""")).ShouldBe(HttpStatusCode.Created);
        var copy = answer.Json;
        answer.Header("Location")!.ShouldEndWith($"/v1/events/{copy["id"]}");
        answer.ETag.ShouldNotBeNull();
        ((string)copy["id"]!).ShouldNotBe(source);
        ((string)copy["slug"]!).ShouldNotBe((string)before["slug"]!);
        ((string)copy["status"]!).ShouldBe("draft");
        ((int)copy["version"]!).ShouldBe(1);
        ((string)copy["startsAt"]!).ShouldBe("2021-10-15T09:30:00+02:00");
        ((string)copy["endsAt"]!).ShouldBe("2021-10-15T11:30:00+02:00");
        ((string)copy["registrationOpens"]!).ShouldBe("2021-08-31T08:30");
        ((string)copy["registrationCloses"]!).ShouldBe("2021-10-08");
        ((string)copy["rules"]!["groupHoldEnds"]!).ShouldBe("2021-10-11");
        ((string)copy["rules"]!["promotionEnds"]!).ShouldBe("PT6H");
        foreach (var member in new[] { "title", "description", "series", "defaultLanguage", "timeZone", "organizer", "privacyNotice", "availability", "audiences", "questions", "sites" })
            copy[member]!.ToJsonString().ShouldBe(before[member]!.ToJsonString(), member);
        copy["rules"]!["registrationUrl"].ShouldBeNull();
        foreach (var member in new[] { "switchToRoom", "requiresApproval" }) copy["rules"]![member]!.ToJsonString().ShouldBe(before["rules"]![member]!.ToJsonString(), member);

        var agenda = (await host.Organizer.GetAsync($"/v1/events/{copy["id"]}/agenda")).ShouldBe(HttpStatusCode.OK).Json;
        agenda["items"]!.AsArray().Select(i => (string)i!["from"]!).ShouldBe(["09:30", "11:00"]);
        ((string)agenda["items"]![0]!["to"]!).ShouldBe("09:45");
        ((string)agenda["items"]![0]!["speaker"]!).ShouldBe("OB");
        agenda["document"].ShouldBeNull();
        (await host.Organizer.GetAsync($"/v1/events/{copy["id"]}/registrations")).ShouldBe(HttpStatusCode.OK).Json["items"]!.AsArray().ShouldBeEmpty();
        (await host.SeatsAsync((string)copy["id"]!, "hannover")).ShouldBe((0, 0));
        (await host.Organizer.GetAsync($"/v1/events/{source}")).Json.ToJsonString().ShouldBe(before.ToJsonString());
        (await host.Organizer.PostAsync($"/v1/events/{copy["id"]}/publish", null, ("If-Match", "*"))).ShouldBe(HttpStatusCode.OK);
        (await host.Partner.RegisterAsync((string)copy["id"]!)).Code.ShouldBe("registration-not-open");
    }

    [Theory]
    [InlineData("2020-10-09", "2020-10-30T09:00", "2020-10-23", "2020-10-24T00:00:00+02:00")] // the deadline lies before the clocks change, the meeting after it
    [InlineData("2020-10-09T18:00", "2020-11-06T09:00", "2020-10-30T18:00", "2020-10-30T18:00:00+01:00")]
    [InlineData("2020-10-09T18:00", "2021-10-15T14:00", "2021-10-08T18:00", "2021-10-08T18:00:00+02:00")] // another hour of the start leaves that of the deadline
    [InlineData("P7D", "2020-11-06T09:00", "P7D", "2020-10-31T00:00:00+01:00")]
    [InlineData("PT48H", "2020-10-26T09:00", "PT48H", "2020-10-24T10:00:00+02:00")]
    [InlineData("2020-10-09T02:30", "2020-11-01T09:00", "2020-10-25T02:30+02:00", "2020-10-25T02:30:00+02:00")] // twice on that day: the first
    public async Task Deadlines_keep_their_kind_and_hour(string closes, string startsAt, string copied, string closesAt)
    {
        var source = await host.DraftAsync(e => e["registrationCloses"] = closes);
        var copy = (await CopyAsync(source, new JsonObject { ["startsAt"] = startsAt }.ToJsonString())).ShouldBe(HttpStatusCode.Created).Json;
        ((string)copy["registrationCloses"]!).ShouldBe(copied);
        ((string)copy["registration"]!["closesAt"]!).ShouldBe(closesAt);
    }

    [Theory]
    [InlineData("""{"startsAt":"2021-03-28T02:30"}""", "2020-10-09", "startsAt time-in-gap")]
    [InlineData("""{"startsAt":"2021-10-31T02:30"}""", "2020-10-09", "startsAt ambiguous-time")]
    [InlineData("""{"startsAt":"2021-04-04T09:00"}""", "2020-10-09T02:30", "registrationCloses time-in-gap")]
    [InlineData("""{"startsAt":"2021-03-28T00:30"}""", "P7D", "endsAt time-in-gap")]
    [InlineData("""{"startsAt":"2021-10-15T09:00","endsAt":"2021-10-15T08:00"}""", "2020-10-09", "endsAt end-before-start")]
    [InlineData("""{"startsAt":"2021-02-30T09:00"}""", "2020-10-09", "startsAt invalid-time")]
    [InlineData("""{"startsAt":"2021-10-15"}""", "2020-10-09", "startsAt invalid-time")]
    [InlineData("""{"startsAt":"2021-10-15T09:00+05:00"}""", "2020-10-09", "startsAt wrong-offset")]
    [InlineData("""{"slug":"next"}""", "2020-10-09", "startsAt required")]
    [InlineData("""{"startsAt":"2021-10-15T09:00","slug":"Next Year"}""", "2020-10-09", "slug invalid-slug")]
    [InlineData("""{"startsAt":"1999-10-15T09:00"}""", "2020-10-09", "startsAt invalid-time")]
    public async Task Times_that_cannot_be_are_refused_by_name(string body, string closes, string error)
    {
        var source = await host.DraftAsync(e =>
        {
            e["registrationCloses"] = closes;
            if (error.StartsWith("endsAt time", StringComparison.Ordinal)) e["endsAt"] = "2020-10-16T11:00";
        });
        (await CopyAsync(source, body)).ShouldBe(HttpStatusCode.UnprocessableEntity, "validation-failed").Errors.ShouldBe([error]);
    }

    [Fact]
    public async Task Takes_the_questions_that_are_still_asked_and_no_others()
    {
        var source = await host.AskingEventAsync();
        (await host.Partner.RegisterAsync(source, Asking.Person("""[{"question":"topics","values":["rail","energy"]},{"question":"nights","value":"2"}]"""))).ShouldBe(HttpStatusCode.Created);
        (await host.ReviseAsync(source, q =>
        {
            q.Drop("nights");
            q.Find("topics")["options"]!.AsArray().Drop("rail");
        })).ShouldBe(HttpStatusCode.OK).Json["questions"]!.Find("nights")["retired"]!.GetValue<bool>().ShouldBeTrue();
        var copy = (await CopyAsync(source, """{"startsAt":"2021-10-15T09:00"}""")).ShouldBe(HttpStatusCode.Created).Json["questions"]!;
        copy.AsArray().Select(q => (string)q!["id"]!).ShouldBe(["diet", "topics", "arrival", "parking", "company", "visa"]);
        copy.Find("topics")["options"]!.AsArray().Select(o => (string)o!["id"]!).ShouldBe(["energy", "ports"]);
        var former = (await host.Organizer.GetAsync($"/v1/events/{source}")).Json["questions"]!;
        (former.Has("nights"), former.Find("topics")["options"].Has("rail")).ShouldBe((true, true));
    }

    [Fact]
    public async Task Asks_what_the_event_asked()
    {
        var source = await host.AskingEventAsync();
        var copy = (await host.Organizer.PostAsync($"/v1/events/{source}/copy", """{"startsAt":"2021-10-15T09:00"}""")).ShouldBe(HttpStatusCode.Created).Json;
        copy["questions"]!.ToJsonString().ShouldBe((await host.Organizer.GetAsync($"/v1/events/{source}")).Json["questions"]!.ToJsonString());
    }

    [Fact]
    public async Task An_item_over_the_turn_of_the_clocks_lasts_as_long_in_a_copy()
    {
        var source = await host.DraftAsync(e => (e["startsAt"], e["endsAt"], e["registrationCloses"]) = ("2020-10-25T01:00", "2020-10-25T05:00", null));
        (await host.Organizer.PutAsync($"/v1/events/{source}/agenda", """{"items":[{"from":"02:30+02:00","to":"02:15+01:00","title":{"de":"Nachtschicht"}}]}""", ("If-Match", "*"))).ShouldBe(HttpStatusCode.OK);
        var copy = (await CopyAsync(source, """{"startsAt":"2021-06-01T01:00"}""")).ShouldBe(HttpStatusCode.Created).Json;
        (await host.Organizer.GetAsync($"/v1/events/{copy["id"]}/agenda")).Json["items"]!.AsArray().Select(i => $"{i!["from"]}-{i["to"]}").ShouldBe(["02:30-03:15"]);
    }

    [Fact]
    public async Task An_agenda_that_has_no_place_on_the_new_day_is_refused_by_item_and_a_time_that_comes_twice_is_the_first()
    {
        var source = await host.DraftAsync();
        (await host.Organizer.PutAsync($"/v1/events/{source}/agenda", Items, ("If-Match", "*"))).ShouldBe(HttpStatusCode.OK);
        (await CopyAsync(source, """{"startsAt":"2021-03-28T00:30","endsAt":"2021-03-28T05:00"}""")).ShouldBe(HttpStatusCode.UnprocessableEntity, "validation-failed").Errors.ShouldBe(["agenda.items[1].from time-in-gap"]);
        (await CopyAsync(source, """{"startsAt":"2021-10-15T23:50"}""")).ShouldBe(HttpStatusCode.UnprocessableEntity, "validation-failed").Errors.ShouldBe(["agenda.items[0].to end-before-start"]);
        var late = (await CopyAsync(source, """{"startsAt":"2021-10-15T22:45"}""")).ShouldBe(HttpStatusCode.Created).Json;
        var items = (await host.Organizer.GetAsync($"/v1/events/{late["id"]}/agenda")).Json["items"]!.AsArray();
        items.Select(i => (string)i!["startsAt"]!).ShouldBe(["2021-10-15T22:45:00+02:00", "2021-10-16T00:15:00+02:00"]);
        var twice = (await CopyAsync(source, """{"startsAt":"2021-10-31T00:30","endsAt":"2021-10-31T05:00"}""")).ShouldBe(HttpStatusCode.Created).Json;
        (await host.Organizer.GetAsync($"/v1/events/{twice["id"]}/agenda")).Json["items"]!.AsArray().Select(i => $"{i!["from"]}").ShouldBe(["00:30", "02:00+02:00"]);
    }

    [Theory]
    [InlineData("""{"startsAt":"2021-10-15T09:00","sites":[]}""", "sites unknown-member")]
    [InlineData("""{"startsAt":20211015}""", "startsAt wrong-type")]
    [InlineData("[]", " wrong-type")]
    public async Task What_a_copy_does_not_take_is_refused(string body, string error)
    {
        var source = await host.DraftAsync();
        (await CopyAsync(source, body)).ShouldBe(HttpStatusCode.BadRequest, "malformed-request").Errors.ShouldBe([error]);
    }

    [Fact]
    public async Task The_same_key_makes_one_copy_and_another_content_is_refused()
    {
        var source = await host.DraftAsync();
        var key = ("Idempotency-Key", $"copy-{Guid.NewGuid():N}");
        var answers = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => CopyAsync(source, """{"startsAt":"2021-10-15T09:00"}""", key)));
        foreach (var answer in answers) answer.ShouldBe(HttpStatusCode.Created);
        answers.Select(a => (string)a.Json["id"]!).Distinct().Count().ShouldBe(1);
        answers.Count(a => a.Header("Idempotent-Replayed") == "true").ShouldBe(4);
        (await CopyAsync(source, """{"startsAt":"2021-10-16T09:00"}""", key)).ShouldBe(HttpStatusCode.UnprocessableEntity, "idempotency-key-reused");
    }

    [Fact]
    public async Task Title_and_slug_may_be_new_but_a_slug_is_free()
    {
        var source = await host.DraftAsync();
        var slug = $"next-{Guid.NewGuid():N}";
        var copy = (await CopyAsync(source, new JsonObject { ["startsAt"] = "2021-10-15T09:00", ["slug"] = slug, ["title"] = new JsonObject { ["de"] = "10. Plenarversammlung" } }.ToJsonString())).ShouldBe(HttpStatusCode.Created).Json;
        ((string)copy["slug"]!).ShouldBe(slug);
        copy["title"]!.ToJsonString().ShouldBe("""{"de":"10. Plenarversammlung"}""");
        (await CopyAsync(source, $$"""{"startsAt":"2021-10-15T09:00","slug":"{{slug}}"}""")).ShouldBe(HttpStatusCode.Conflict, "slug-taken").Errors.ShouldBe(["slug duplicate-value"]);
        (await CopyAsync(source, """{"startsAt":"2021-10-15T09:00"}""")).ShouldBe(HttpStatusCode.Created); // one is made
    }

    [Fact]
    public async Task A_cancelled_event_can_be_copied_and_the_copy_knows_nothing_of_it()
    {
        var source = await host.EventAsync();
        (await host.Organizer.PostAsync($"/v1/events/{source}/cancel", """{"reason":{"de":"Pandemie"}}""", ("If-Match", "*"))).ShouldBe(HttpStatusCode.OK);
        var copy = (await CopyAsync(source, """{"startsAt":"2021-10-15T09:00"}""")).ShouldBe(HttpStatusCode.Created).Json;
        ((string)copy["status"]!).ShouldBe("draft");
        copy["cancellation"].ShouldBeNull();
        (await ScalarAsync("SELECT CAST(revision AS TEXT) FROM events WHERE id = @Id", (string)copy["id"]!)).ShouldBe("0");
    }

    [Fact]
    public async Task Is_for_organisers_who_may_make_events()
    {
        var source = await host.EventAsync();
        (await host.Partner.PostAsync($"/v1/events/{source}/copy", """{"startsAt":"2021-10-15T09:00"}""")).ShouldBe(HttpStatusCode.Forbidden, "not-allowed");
        (await host.Anybody.PostAsync($"/v1/events/{source}/copy", """{"startsAt":"2021-10-15T09:00"}""")).ShouldBe(HttpStatusCode.Unauthorized, "not-authenticated");
        var limited = host.Caller(await host.KeyAsync(Isa.Events.Api.Features.Partners.Role.Organizer, "One event", events: [source]));
        (await limited.PostAsync($"/v1/events/{source}/copy", """{"startsAt":"2021-10-15T09:00"}""")).ShouldBe(HttpStatusCode.Forbidden, "not-allowed");
        (await CopyAsync("evt_0", """{"startsAt":"2021-10-15T09:00"}""")).ShouldBe(HttpStatusCode.NotFound, "event-not-found");
    }

    [Fact]
    public async Task A_series_is_listed_page_by_page_with_its_drafts_for_organisers_alone()
    {
        var series = $"s{Guid.NewGuid():N}";
        var first = await host.EventAsync(e => e["series"] = series);
        var ids = new List<string> { first };
        foreach (var year in new[] { 2021, 2022, 2023 }) ids.Add((string)(await CopyAsync(first, $$"""{"startsAt":"{{year}}-10-15T09:00"}""")).ShouldBe(HttpStatusCode.Created).Json["id"]!);
        (await ListAsync(host.Organizer)).ShouldBe(ids);
        (await ListAsync(host.Anybody)).ShouldBe([first]);
        (await ListAsync(host.Partner)).ShouldBe([first]);
        (await host.Organizer.PostAsync($"/v1/events/{ids[2]}/publish", null, ("If-Match", "*"))).ShouldBe(HttpStatusCode.OK);
        (await ListAsync(host.Anybody)).ShouldBe([first, ids[2]]);

        async Task<List<string>> ListAsync(Support.Api api)
        {
            var seen = new List<string>();
            for (string? cursor = ""; cursor is not null;)
            {
                var page = (await api.GetAsync($"/v1/events?series={series}&limit=1{(cursor.Length == 0 ? "" : $"&cursor={cursor}")}")).ShouldBe(HttpStatusCode.OK).Json;
                seen.AddRange(page["items"]!.AsArray().Select(e => (string)e!["id"]!));
                cursor = (string?)page["nextCursor"];
            }

            return seen;
        }
    }

    private Task<Answer> CopyAsync(string source, string body, params (string, string)[] headers) => host.Organizer.PostAsync($"/v1/events/{source}/copy", body, headers);

    private Task<string?> ScalarAsync(string sql, string id) => host.Database.ReadAsync(session => session.One<string>(sql, new { Id = id }), CancellationToken.None);
}
