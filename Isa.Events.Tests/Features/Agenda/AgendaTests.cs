using System.Net.Http.Headers;
using System.Text;

namespace Isa.Events.Tests.Features.Agenda;

public class AgendaTests(SharedHost host)
{
    private static readonly byte[] Pdf = "%PDF-1.7\n1 0 obj << >> endobj\ntrailer << >>\nstartxref\n0\n%%EOF\n"u8.ToArray();

    [Fact]
    public async Task A_link_to_the_agenda_outlives_the_slug_of_its_event()
    {
        var evt = await host.EventAsync();
        (await host.Organizer.PutAsync($"/v1/events/{evt}/agenda", new { items = new[] { new { from = "09:00", title = new { de = "Begrüßung" } } } }, ("If-Match", "*"))).ShouldBe(HttpStatusCode.OK);
        var made = (await host.Partner.RegisterAsync(evt)).ShouldBe(HttpStatusCode.Created).Json;
        (await host.Organizer.PatchAsync($"/v1/events/{evt}", new { slug = $"renamed-{evt[^8..]}" }, ("If-Match", "*"))).ShouldBe(HttpStatusCode.OK);
        (await host.Anybody.GetAsync(made.PathOf("agenda"))).ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Items_come_back_with_their_instants_in_one_language()
    {
        var evt = await host.EventAsync();
        (await ReplaceAsync(evt, """[{"from":"09:00","to":"09:15","title":{"de":"Begrüßung","en":"Welcome","zh":"欢迎辞"},"speaker":"Oberbürgermeister"},{"from":"09:15","title":{"de":"Wahl"}}]""")).ShouldBe(HttpStatusCode.OK);
        var items = (await host.Anybody.GetAsync($"/v1/events/{evt}/agenda?language=zh")).ShouldBe(HttpStatusCode.OK).Json["items"]!.AsArray();
        items[0]!["title"]!.ToJsonString(Readable).ShouldBe("""{"zh":"欢迎辞"}""");
        ((string)items[0]!["startsAt"]!).ShouldBe("2020-10-16T09:00:00+02:00");
        items[1]!["title"]!.ToJsonString(Readable).ShouldBe("""{"de":"Wahl"}""");
    }

    [Theory]
    [InlineData("""[{"from":"9:00","title":{"de":"x"}}]""", "items[0].from invalid-time")]
    [InlineData("""[{"from":"24:00","title":{"de":"x"}}]""", "items[0].from invalid-time")]
    [InlineData("""[{"from":"10:00","to":"09:00","title":{"de":"x"}}]""", "items[0].to end-before-start")]
    [InlineData("""[{"from":"10:00"}]""", "items[0].title required")]
    [InlineData("""[{"from":"10:00","title":{"de":"x"}},{"from":"10:00","day":61,"title":{"de":"x"}}]""", "items[1].day out-of-range")]
    [InlineData("""[{"from":"10:00","title":{"de":"a\u202eb"}}]""", "items[0].title.de bidi-character")]
    public async Task A_wrong_item_is_named(string items, string error)
    {
        var evt = await host.EventAsync();
        (await ReplaceAsync(evt, items)).ShouldBe(HttpStatusCode.UnprocessableEntity, "validation-failed").Errors.ShouldBe([error]);
        (await host.Anybody.GetAsync($"/v1/events/{evt}/agenda")).Json["items"]!.AsArray().ShouldBeEmpty();
    }

    [Theory]
    [InlineData("""[{"from":"10:00","day":2,"title":{"de":"x"}}]""", "items[0].day out-of-range")]
    [InlineData("""[{"from":"02:30","title":{"de":"x"}}]""", "items[0].from time-in-gap")]
    [InlineData("""[{"from":"01:30","to":"02:30","title":{"de":"x"}}]""", "items[0].to time-in-gap")]
    public async Task An_item_lies_on_a_day_and_at_a_time_that_the_event_has(string items, string error)
    {
        var evt = await host.EventAsync(e => (e["startsAt"], e["endsAt"], e["registrationCloses"]) = ("2021-03-28T00:00", "2021-03-29T00:00", null));
        (await ReplaceAsync(evt, items)).ShouldBe(HttpStatusCode.UnprocessableEntity, "validation-failed").Errors.ShouldBe([error]);
    }

    [Theory]
    [InlineData("""[{"from":"02:30","title":{"de":"x"}}]""", "items[0].from ambiguous-time")]
    [InlineData("""[{"from":"01:30","to":"02:00","title":{"de":"x"}}]""", "items[0].to ambiguous-time")]
    [InlineData("""[{"from":"02:30+03:00","title":{"de":"x"}}]""", "items[0].from wrong-offset")]
    [InlineData("""[{"from":"04:00+02:00","title":{"de":"x"}}]""", "items[0].from wrong-offset")]
    [InlineData("""[{"from":"02:30+1:00","title":{"de":"x"}}]""", "items[0].from invalid-time")]
    [InlineData("""[{"from":"02:30+01:00","to":"02:45+02:00","title":{"de":"x"}}]""", "items[0].to end-before-start")]
    [InlineData("""[{"from":"04:00+01:00","to":"00:30+02:00","title":{"de":"x"}}]""", "items[0].to end-before-start")]
    [InlineData("""[{"from":"00:30","to":"00:15","title":{"de":"x"}}]""", "items[0].to end-before-start")]
    public async Task A_time_that_comes_twice_needs_the_offset_that_tells_which(string items, string error) =>
        (await ReplaceAsync(await host.EventAsync(AutumnNight), items)).ShouldBe(HttpStatusCode.UnprocessableEntity, "validation-failed").Errors.ShouldBe([error]);

    [Fact]
    public async Task The_two_half_past_twos_of_the_autumn_night_are_told_apart_wherever_they_stand()
    {
        var evt = await host.EventAsync(AutumnNight);
        const string Items = """[{"from":"02:30+02:00","to":"02:30+01:00","title":{"de":"Nachtschicht"}},{"from":"02:30+01:00","to":"03:15","title":{"de":"Pause"}},{"from":"04:00","title":{"de":"Ende"}}]""";
        (await ReplaceAsync(evt, Items)).ShouldBe(HttpStatusCode.OK);
        var answer = (await host.Anybody.GetAsync($"/v1/events/{evt}/agenda")).ShouldBe(HttpStatusCode.OK).Json;
        answer["items"]!.AsArray().Select(i => $"{i!["from"]} {i["startsAt"]} {i["to"]} {i["endsAt"]}").ShouldBe([
            "02:30+02:00 2020-10-25T02:30:00+02:00 02:30+01:00 2020-10-25T02:30:00+01:00",
            "02:30+01:00 2020-10-25T02:30:00+01:00 03:15 2020-10-25T03:15:00+01:00",
            "04:00 2020-10-25T04:00:00+01:00  "]);

        var page = (await host.Anybody.GetAsync($"/v1/events/{evt}/agenda/document")).Text;
        page.ShouldContain("02:30 (UTC+2)–02:30 (UTC+1)");
        page.ShouldContain("02:30 (UTC+1)–03:15");
        page.ShouldContain("01:00–05:00 Uhr");
        var made = (await host.Partner.RegisterAsync(evt)).ShouldBe(HttpStatusCode.Created).Json;
        var entry = Ical.Net.Calendar.Load((await host.Anybody.GetAsync(made.PathOf("invite"))).Text)!.Events[0]!;
        entry.Description!.ShouldContain("02:30 (UTC+2) Nachtschicht");
        entry.Description!.ShouldContain("02:30 (UTC+1) Pause");
        entry.Description!.ShouldContain("04:00 Ende");
        if (Poppler.IsThere) (await Poppler.TextAsync((await host.Anybody.GetAsync($"/v1/events/{evt}/agenda.pdf")).Bytes)).ShouldMatch(@"02:30 \(UTC\+2\)–\s+Nachtschicht\s+02:30 \(UTC\+1\)\s+02:30 \(UTC\+1\)–\s+Pause\s+03:15");
    }

    [Fact]
    public async Task An_event_that_begins_at_the_second_half_past_two_does_so_in_every_calendar()
    {
        var evt = await host.EventAsync(e => (e["startsAt"], e["endsAt"], e["registrationCloses"]) = ("2020-10-25T02:30+01:00", "2020-10-25T05:00", null));
        var made = (await host.Partner.RegisterAsync(evt)).ShouldBe(HttpStatusCode.Created).Json;
        var entry = Ical.Net.Calendar.Load((await host.Anybody.GetAsync(made.PathOf("invite"))).Text)!.Events[0]!;
        entry.DtStart!.AsUtc.ShouldBe(new DateTime(2020, 10, 25, 1, 30, 0, DateTimeKind.Utc));
        entry.Description!.ShouldContain("02:30 (UTC+1)–05:00 Uhr");
        (await host.Anybody.GetAsync(made.PathOf("invite"))).Text.ShouldContain("DTSTART:20201025T013000Z");
    }

    [Theory]
    [InlineData("2020-10-16T13:00", "2020-10-16T15:00", 240, "1 13:00-13:15, 1 14:45-, 1 12:30-", "")] // later: all with it, the coffee before it too
    [InlineData("2020-10-17T08:30", "2020-10-17T10:30", -30, "1 08:30-08:45, 1 10:15-, 1 08:00-", "")] // another day, earlier
    [InlineData("2020-10-20T09:00", "2020-10-20T11:00", 0, "1 09:00-09:15, 1 10:45-, 1 08:30-", "")] // another day at the same hour
    [InlineData("2020-10-16T09:10", "2020-10-16T11:00", 0, "1 09:00-09:15, 1 10:45-, 1 08:30-", "0")] // begins later: nobody knows what is left out
    [InlineData("2020-10-16T08:00", "2020-10-16T10:00", -60, "1 08:00-08:15, 1 09:45-, 1 07:30-", "")]
    [InlineData("2020-10-16T09:00", "2020-10-16T10:30", 0, "1 09:00-09:15, 1 10:45-, 1 08:30-", "1")] // ends earlier
    [InlineData("2020-10-16T07:00", "2020-10-16T11:00", 0, "1 09:00-09:15, 1 10:45-, 1 08:30-", "")] // begins earlier
    [InlineData("2020-10-16T00:15", "2020-10-16T02:15", 0, "1 09:00-09:15, 1 10:45-, 1 08:30-", "0 1")] // the coffee would be the day before
    public async Task An_agenda_moves_with_its_event_as_a_whole_or_says_what_lies_outside(string startsAt, string endsAt, long minutes, string items, string outside)
    {
        var evt = await host.EventAsync(e => (e["startsAt"], e["endsAt"], e["registrationCloses"]) = ("2020-10-16T09:00", "2020-10-16T11:00", null));
        (await ReplaceAsync(evt, """[{"from":"09:00","to":"09:15","title":{"de":"a"}},{"from":"10:45","title":{"de":"b"}},{"from":"08:30","title":{"de":"Kaffee"}}]""")).ShouldBe(HttpStatusCode.OK);
        var foreseen = (await host.Organizer.PatchAsync($"/v1/events/{evt}?dryRun=true", new { startsAt, endsAt })).ShouldBe(HttpStatusCode.OK).Json["agendaMove"]!;
        (await TimesAsync(evt)).ShouldBe("1 09:00-09:15, 1 10:45-, 1 08:30-");
        var answer = (await host.Organizer.PatchAsync($"/v1/events/{evt}", new { startsAt, endsAt }, ("If-Match", "*"))).ShouldBe(HttpStatusCode.OK).Json["agendaMove"]!;
        answer.ToJsonString().ShouldBe(foreseen.ToJsonString());
        ((long)answer["minutes"]!, string.Join(' ', answer["outside"]!.AsArray().Select(i => $"{i}"))).ShouldBe((minutes, outside));
        (await TimesAsync(evt)).ShouldBe(items);
    }

    [Fact]
    public async Task An_agenda_that_moves_past_midnight_changes_its_day()
    {
        var evt = await host.EventAsync(e => (e["startsAt"], e["endsAt"], e["registrationCloses"]) = ("2020-10-16T09:00", "2020-10-17T11:00", null));
        (await ReplaceAsync(evt, """[{"from":"23:00","to":"23:30","title":{"de":"a"}},{"day":2,"from":"00:30","title":{"de":"b"}}]""")).ShouldBe(HttpStatusCode.OK);
        (await host.Organizer.PatchAsync($"/v1/events/{evt}", new { startsAt = "2020-10-18T10:00", endsAt = "2020-10-19T12:00" }, ("If-Match", "*"))).ShouldBe(HttpStatusCode.OK);
        (await TimesAsync(evt)).ShouldBe("2 00:00-00:30, 2 01:30-");
        (await host.Organizer.PatchAsync($"/v1/events/{evt}", new { startsAt = "2020-10-18T09:00", endsAt = "2020-10-19T11:00" }, ("If-Match", "*"))).ShouldBe(HttpStatusCode.OK);
        (await TimesAsync(evt)).ShouldBe("1 23:00-23:30, 2 00:30-");
    }

    [Fact]
    public async Task Nothing_is_said_of_the_agenda_where_the_time_stays_or_there_is_none()
    {
        var evt = await host.EventAsync();
        (await host.Organizer.PatchAsync($"/v1/events/{evt}", new { startsAt = "2020-10-16T08:30" }, ("If-Match", "*"))).ShouldBe(HttpStatusCode.OK).Json["agendaMove"].ShouldBeNull();
        (await ReplaceAsync(evt, """[{"from":"09:00","title":{"de":"a"}}]""")).ShouldBe(HttpStatusCode.OK);
        (await host.Organizer.PatchAsync($"/v1/events/{evt}", new { title = new { de = "Anders" } }, ("If-Match", "*"))).ShouldBe(HttpStatusCode.OK).Json["agendaMove"].ShouldBeNull();
        (await host.Organizer.PatchAsync($"/v1/events/{evt}?dryRun=true", new { title = new { de = "Anders" } })).ShouldBe(HttpStatusCode.OK).Json["agendaMove"].ShouldBeNull();
    }

    [Fact]
    public async Task The_newest_document_travels_with_the_invite_of_an_event_that_was_moved()
    {
        var evt = await host.EventAsync();
        var made = (await host.Partner.RegisterAsync(evt)).ShouldBe(HttpStatusCode.Created).Json;
        (await UploadAsync(evt, Pdf)).ShouldBe(HttpStatusCode.OK);
        (await host.Organizer.PatchAsync($"/v1/events/{evt}", new { startsAt = "2020-10-16T13:00", endsAt = "2020-10-16T15:00" }, ("If-Match", "*"))).ShouldBe(HttpStatusCode.OK);
        var newest = "%PDF-1.7 for the new time\n%%EOF\n"u8.ToArray();
        (await UploadAsync(evt, newest)).ShouldBe(HttpStatusCode.OK);
        var entry = Ical.Net.Calendar.Load((await host.Anybody.GetAsync(made.PathOf("invite"))).Text)!.Events[0]!;
        entry.Attachments!.ShouldHaveSingleItem().Data.ShouldBe(newest);
        entry.DtStart!.Value.Hour.ShouldBe(13);
    }

    [Theory]
    [InlineData("2021-03-28T01:00", "2021-03-28T05:00", "2021-03-28T03:30:00+02:00")] // skipped: the clocks go forward
    [InlineData("2020-10-25T01:00", "2020-10-25T05:00", "2020-10-25T02:30:00+02:00")] // twice: they go back
    [InlineData("2020-10-25T02:15+01:00", "2020-10-25T05:00", "2020-10-25T02:30:00+01:00")] // twice, and the event begins between
    public async Task An_agenda_moves_with_its_event_to_a_day_on_which_the_clocks_change(string startsAt, string endsAt, string shown)
    {
        var evt = await host.EventAsync(e => (e["startsAt"], e["endsAt"], e["registrationCloses"]) = ("2021-06-01T01:00", "2021-06-01T05:00", null));
        (await ReplaceAsync(evt, """[{"from":"02:30","title":{"de":"Nachtsitzung"}}]""")).ShouldBe(HttpStatusCode.OK);
        var made = (await host.Partner.RegisterAsync(evt)).ShouldBe(HttpStatusCode.Created).Json;
        (await host.Organizer.PatchAsync($"/v1/events/{evt}", new { startsAt, endsAt }, ("If-Match", "*"))).ShouldBe(HttpStatusCode.OK);
        ((string)(await host.Anybody.GetAsync($"/v1/events/{evt}/agenda")).ShouldBe(HttpStatusCode.OK).Json["items"]![0]!["startsAt"]!).ShouldBe(shown);
        (await host.Anybody.GetAsync($"/v1/events/{evt}/agenda/document")).ShouldBe(HttpStatusCode.OK);
        (await host.Anybody.GetAsync(made.PathOf("invite"))).ShouldBe(HttpStatusCode.OK);
    }

    [Theory]
    [InlineData("2020-11-01T01:00", "2020-11-01T05:00", 0, "02:30 2020-11-01T02:30:00+01:00 03:15 2020-11-01T03:15:00+01:00")] // a week later
    [InlineData("2020-10-18T02:00", "2020-10-18T06:00", 60, "03:30 2020-10-18T03:30:00+02:00 04:15 2020-10-18T04:15:00+02:00")]
    [InlineData("2020-10-25T02:00+02:00", "2020-10-25T06:00", 60, "03:30 2020-10-25T03:30:00+01:00 04:15 2020-10-25T04:15:00+01:00")]
    [InlineData("2021-03-28T01:00", "2021-03-28T05:00", 0, "03:30 2021-03-28T03:30:00+02:00 04:15 2021-03-28T04:15:00+02:00")] // to the spring night
    [InlineData("2021-10-31T01:00", "2021-10-31T05:00", 0, "02:30+02:00 2021-10-31T02:30:00+02:00 02:15+01:00 2021-10-31T02:15:00+01:00")] // to the next such night
    public async Task An_item_over_the_turn_of_the_clocks_lasts_as_long_on_another_day(string startsAt, string endsAt, long minutes, string moved)
    {
        var evt = await host.EventAsync(AutumnNight);
        const string Items = """[{"from":"02:30+02:00","to":"02:15+01:00","title":{"de":"Nachtschicht"}}]""";
        (await ReplaceAsync(evt, Items)).ShouldBe(HttpStatusCode.OK);
        (await MoveAsync(evt, startsAt, endsAt)).ShouldBe((minutes, ""));
        (await SpansAsync(evt)).ShouldBe([moved]);
        (await SendBackAsync(evt)).ShouldBe(HttpStatusCode.OK);
        (await SpansAsync(evt)).ShouldBe([moved]);
        if (Poppler.IsThere && minutes == 60) (await Poppler.TextAsync((await host.Anybody.GetAsync($"/v1/events/{evt}/agenda.pdf")).Bytes)).ShouldContain("03:30–04:15");
    }

    [Fact]
    public async Task One_item_from_the_autumn_night_holds_no_agenda_back()
    {
        var evt = await host.EventAsync(AutumnNight);
        (await ReplaceAsync(evt, """[{"from":"02:30+02:00","to":"02:15+01:00","title":{"de":"a"}},{"from":"03:30","to":"04:00","title":{"de":"b"}}]""")).ShouldBe(HttpStatusCode.OK);
        (await MoveAsync(evt, "2020-11-01T01:00", "2020-11-01T05:00")).ShouldBe((0, ""));
        (await MoveAsync(evt, "2020-11-01T02:00", "2020-11-01T06:00")).ShouldBe((60, ""));
        (await TimesAsync(evt)).ShouldBe("1 03:30-04:15, 1 04:30-05:00");
        (await MoveAsync(evt, "2020-10-25T01:00", "2020-10-25T05:00")).ShouldBe((-60, ""));
        (await TimesAsync(evt)).ShouldBe("1 02:30+02:00-02:15+01:00, 1 03:30-04:00"); // it has not forgotten which
    }

    [Fact]
    public async Task In_the_spring_night_an_item_lasts_as_long_and_what_then_ends_after_the_event_is_named()
    {
        var evt = await host.EventAsync(e => (e["startsAt"], e["endsAt"], e["registrationCloses"]) = ("2021-03-21T01:00", "2021-03-21T03:30", null));
        (await ReplaceAsync(evt, """[{"from":"01:30","to":"02:30","title":{"de":"a"}},{"from":"02:30","to":"03:00","title":{"de":"b"}}]""")).ShouldBe(HttpStatusCode.OK);
        (await MoveAsync(evt, "2021-03-28T01:00", "2021-03-28T03:30")).ShouldBe((0, "1"));
        (await SpansAsync(evt)).ShouldBe(["01:30 2021-03-28T01:30:00+01:00 03:30 2021-03-28T03:30:00+02:00", "03:30 2021-03-28T03:30:00+02:00 04:00 2021-03-28T04:00:00+02:00"]);
        (await MoveAsync(evt, "2021-04-04T01:00", "2021-04-04T03:30")).ShouldBe((0, ""));
        (await TimesAsync(evt)).ShouldBe("1 01:30-02:30, 1 02:30-03:00");
        (await MoveAsync(evt, "2021-03-28T01:00", "2021-03-28T03:30")).ShouldBe((0, "1"));
        (await SendBackAsync(evt)).ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Where_the_clocks_go_back_over_midnight_an_item_that_would_last_past_it_is_named()
    {
        var evt = await host.EventAsync(e => (e["timeZone"], e["startsAt"], e["endsAt"], e["registrationCloses"]) = ("America/Santiago", "2021-04-03T20:00", "2021-04-04T02:00", null));
        (await ReplaceAsync(evt, """[{"from":"23:30-03:00","to":"23:15-04:00","title":{"de":"a"}}]""")).ShouldBe(HttpStatusCode.OK);
        (await MoveAsync(evt, "2021-04-10T20:00", "2021-04-11T02:00")).ShouldBe((0, "0"));
        (await MoveAsync(evt, "2021-04-10T19:00", "2021-04-11T01:00")).Minutes.ShouldBe(-60);
        (await TimesAsync(evt)).ShouldBe("1 22:30-23:15");
    }

    [Fact]
    public async Task An_item_may_end_with_its_day()
    {
        var evt = await host.EventAsync(e => (e["startsAt"], e["endsAt"], e["registrationCloses"]) = ("2020-10-16T10:00", "2020-10-16T12:00", null));
        (await ReplaceAsync(evt, """[{"from":"10:00","to":"10:30","title":{"de":"a"}},{"from":"11:30","to":"12:00","title":{"de":"b"}}]""")).ShouldBe(HttpStatusCode.OK);
        (await MoveAsync(evt, "2020-10-16T22:00", "2020-10-17T00:00")).ShouldBe((720, ""));
        string[] moved = ["22:00 2020-10-16T22:00:00+02:00 22:30 2020-10-16T22:30:00+02:00", "23:30 2020-10-16T23:30:00+02:00 00:00 2020-10-17T00:00:00+02:00"];
        (await SpansAsync(evt)).ShouldBe(moved);
        (await SendBackAsync(evt)).ShouldBe(HttpStatusCode.OK);
        (await SpansAsync(evt)).ShouldBe(moved);
        (await MoveAsync(evt, "2020-10-16T10:00", "2020-10-16T12:00")).ShouldBe((-720, ""));
        (await TimesAsync(evt)).ShouldBe("1 10:00-10:30, 1 11:30-12:00");
        (await MoveAsync(evt, "2020-10-16T22:01", "2020-10-17T00:01")).ShouldBe((0, "0 1"));
    }

    [Fact]
    public async Task A_document_travels_with_the_invite_and_is_a_download()
    {
        var evt = await host.EventAsync();
        var made = (await host.Partner.RegisterAsync(evt)).ShouldBe(HttpStatusCode.Created).Json;
        (await UploadAsync(evt, Pdf, "?fileName=Tagesordnung%20%C3%BCber%E8%AE%AE%E7%A8%8B.pdf")).ShouldBe(HttpStatusCode.OK);
        var file = (await host.Anybody.GetAsync($"/v1/events/{evt}/agenda/document")).ShouldBe(HttpStatusCode.OK);
        file.Bytes.ShouldBe(Pdf);
        file.Header("Content-Type").ShouldBe("application/pdf");
        file.Header("X-Content-Type-Options").ShouldBe("nosniff");
        file.Header("Content-Disposition")!.ShouldStartWith("attachment");
        file.Header("Content-Disposition")!.ShouldContain("filename*=UTF-8''Tagesordnung%20%C3%BCber%E8%AE%AE%E7%A8%8B.pdf");
        (await host.Anybody.GetAsync($"/v1/events/{evt}/agenda/document", ("If-None-Match", file.ETag!))).ShouldBe(HttpStatusCode.NotModified);

        var attached = Ical.Net.Calendar.Load((await host.Anybody.GetAsync(made.PathOf("invite"))).Text)!.Events[0]!.Attachments!.ShouldHaveSingleItem();
        attached.Data.ShouldBe(Pdf);
        attached.FormatType.ShouldBe("application/pdf");

        (await host.Organizer.DeleteAsync($"/v1/events/{evt}/agenda/document", ("If-Match", "*"))).ShouldBe(HttpStatusCode.OK);
        (await host.Anybody.GetAsync($"/v1/events/{evt}/agenda/document")).ShouldBe(HttpStatusCode.NotFound, "agenda-not-found");
        (await host.Organizer.DeleteAsync($"/v1/events/{evt}/agenda/document", ("If-Match", "*"))).ShouldBe(HttpStatusCode.NotFound, "agenda-not-found");
    }

    [Fact]
    public async Task What_is_called_a_pdf_must_be_one()
    {
        var evt = await host.EventAsync();
        foreach (var content in new[] { "<html>hello</html>", "", "%PDF-1.7 cut off", " %PDF-1.7 late %%EOF" })
            (await UploadAsync(evt, Encoding.UTF8.GetBytes(content))).ShouldBe(HttpStatusCode.UnprocessableEntity, "validation-failed").Errors.ShouldBe([" not-a-pdf"]);
        (await UploadAsync(evt, Pdf, mediaType: "text/html")).ShouldBe(HttpStatusCode.UnsupportedMediaType, "unsupported-media-type");
        (await UploadAsync(evt, Pdf, mediaType: null)).ShouldBe(HttpStatusCode.UnsupportedMediaType, "unsupported-media-type");
        (await host.Anybody.GetAsync($"/v1/events/{evt}/agenda/document")).ShouldBe(HttpStatusCode.NotFound, "agenda-not-found");
    }

    [Theory]
    [InlineData("..%2F..%2Fetc%2Fpasswd.pdf")]
    [InlineData("C%3A%5Cagenda.pdf")]
    [InlineData("agenda.exe")]
    [InlineData(".pdf")]
    [InlineData("a%22b.pdf")]
    public async Task A_file_name_is_no_path(string name) =>
        (await UploadAsync(await host.EventAsync(), Pdf, $"?fileName={name}")).ShouldBe(HttpStatusCode.UnprocessableEntity, "validation-failed").Errors.ShouldBe(["fileName invalid-file-name"]);

    [Theory]
    [InlineData("gpj%E2%80%AEfdp.pdf")]
    [InlineData("a%0D%0ASet-Cookie%3A%20x.pdf")]
    [InlineData("a%00.pdf")]
    public async Task A_file_name_that_cannot_be_read_is_refused(string name)
    {
        var answer = await UploadAsync(await host.EventAsync(), Pdf, $"?fileName={name}");
        answer.Status.ShouldBe(HttpStatusCode.BadRequest);
        answer.Header("Set-Cookie").ShouldBeNull();
    }

    [Fact]
    public async Task A_document_over_the_limit_is_refused_whatever_it_says_of_its_length()
    {
        var evt = await host.EventAsync();
        var large = new byte[5_000_001];
        Pdf.CopyTo(large, 0);
        (await UploadAsync(evt, large)).ShouldBe(HttpStatusCode.RequestEntityTooLarge, "payload-too-large");
        var content = new StreamContent(new Unsized(large));
        content.Headers.ContentType = new MediaTypeHeaderValue("application/pdf");
        (await host.Organizer.SendAsync(HttpMethod.Put, $"/v1/events/{evt}/agenda/document", content, ("If-Match", "*"), ("Expect", "100-continue"))).ShouldBe(HttpStatusCode.RequestEntityTooLarge, "payload-too-large");
        (await host.Anybody.GetAsync($"/v1/events/{evt}/agenda/document")).ShouldBe(HttpStatusCode.NotFound, "agenda-not-found");
        (await UploadAsync(evt, Pdf)).ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Without_a_document_the_items_make_a_page()
    {
        var evt = await host.EventAsync();
        (await ReplaceAsync(evt, """[{"from":"09:00","title":{"de":"<script>alert(1)</script>","zh":"欢迎"},"speaker":"A & B"}]""")).ShouldBe(HttpStatusCode.OK);
        var page = (await host.Anybody.GetAsync($"/v1/events/{evt}/agenda/document")).ShouldBe(HttpStatusCode.OK);
        page.Header("Content-Type").ShouldBe("text/html; charset=utf-8");
        page.Header("Content-Security-Policy")!.ShouldContain("default-src 'none'");
        page.Text.ShouldContain("<html lang=\"de\">");
        page.Text.ShouldContain("&lt;script&gt;");
        page.Text.ShouldNotContain("<script");
        page.Text.ShouldContain("A &amp; B");
        (await host.Anybody.GetAsync($"/v1/events/{evt}/agenda/document?language=zh")).Text.ShouldContain("欢迎");
    }

    private static void AutumnNight(System.Text.Json.Nodes.JsonObject evt) => (evt["startsAt"], evt["endsAt"], evt["registrationCloses"]) = ("2020-10-25T01:00", "2020-10-25T05:00", null);

    private async Task<(long Minutes, string Outside)> MoveAsync(string evt, string startsAt, string endsAt)
    {
        var foreseen = (await host.Organizer.PatchAsync($"/v1/events/{evt}?dryRun=true", new { startsAt, endsAt })).ShouldBe(HttpStatusCode.OK).Json["agendaMove"]!;
        var move = (await host.Organizer.PatchAsync($"/v1/events/{evt}", new { startsAt, endsAt }, ("If-Match", "*"))).ShouldBe(HttpStatusCode.OK).Json["agendaMove"]!;
        move.ToJsonString().ShouldBe(foreseen.ToJsonString());
        return ((long)move["minutes"]!, string.Join(' ', move["outside"]!.AsArray().Select(i => $"{i}")));
    }

    /// <summary>Stores what was read.</summary>
    private async Task<Answer> SendBackAsync(string evt) => await ReplaceAsync(evt,
        new JsonArray([.. (await ItemsAsync(evt)).Select(i => new JsonObject { ["day"] = (int)i!["day"]!, ["from"] = (string)i["from"]!, ["to"] = (string?)i["to"], ["title"] = i["title"]!.DeepClone() })]).ToJsonString());

    private async Task<JsonArray> ItemsAsync(string evt) => (await host.Organizer.GetAsync($"/v1/events/{evt}/agenda")).ShouldBe(HttpStatusCode.OK).Json["items"]!.AsArray();

    private async Task<IEnumerable<string>> SpansAsync(string evt) => (await ItemsAsync(evt)).Select(i => $"{i!["from"]} {i["startsAt"]} {i["to"]} {i["endsAt"]}");

    private async Task<string> TimesAsync(string evt) =>
        string.Join(", ", (await ItemsAsync(evt)).Select(i => $"{i!["day"]} {i["from"]}-{i["to"]}"));

    private static readonly System.Text.Json.JsonSerializerOptions Readable = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private Task<Answer> ReplaceAsync(string evt, string items) => host.Organizer.PutAsync($"/v1/events/{evt}/agenda", $$"""{"items":{{items}}}""", ("If-Match", "*"));

    private Task<Answer> UploadAsync(string evt, byte[] content, string query = "", string? mediaType = "application/pdf")
    {
        var body = new ByteArrayContent(content);
        if (mediaType is not null) body.Headers.ContentType = new MediaTypeHeaderValue(mediaType);
        return host.Organizer.SendAsync(HttpMethod.Put, $"/v1/events/{evt}/agenda/document{query}", body, ("If-Match", "*"), ("Expect", "100-continue")); // refused before it is sent
    }

    /// <summary>A body whose length is not known beforehand, so that it travels in chunks.</summary>
    private sealed class Unsized(byte[] content) : MemoryStream(content)
    {
        public override bool CanSeek => false;
    }
}
