using System.IO.Compression;
using System.Text;
using Isa.Events.Api.Features.Attendees;
using Isa.Events.Api.Http;
using Isa.Events.Tests.Features.Events;
using MiniExcelLibs;

namespace Isa.Events.Tests.Features.Attendees;

public class ExportAttendeesTests(SharedHost host)
{
    [Theory]
    [InlineData("excel-de", true, "\"Anmeldenummer\";\"Name\"")]
    [InlineData("excel", true, "\"Anmeldenummer\",\"Name\"")]
    [InlineData("rfc4180", false, "\"Anmeldenummer\",\"Name\"")]
    public async Task Csv_comes_as_its_reader_wants_it(string dialect, bool mark, string headings)
    {
        var evt = await Filled();
        var answer = (await host.Organizer.GetAsync($"/v1/events/{evt}/attendees.csv?columns=reference,fullName&dialect={dialect}")).ShouldBe(HttpStatusCode.OK);
        answer.Bytes.AsSpan().StartsWith(Encoding.UTF8.Preamble).ShouldBe(mark);
        var lines = answer.Text.TrimStart('\ufeff').Split("\r\n");
        lines[0].ShouldBe(headings);
        lines.Length.ShouldBe(5);
        answer.Text.ShouldContain("Jürgen Weiß");
        answer.Text.ShouldContain("王小明");
        answer.Header("Cache-Control").ShouldBe("no-store");
        answer.Header("Content-Disposition")!.ShouldMatch("filename=attendees-plenary-[0-9]+-2020-10-16.csv;"); // for those who read ASCII alone
        Uri.UnescapeDataString(answer.Header("Content-Disposition")!).ShouldContain("Teilnehmende 9. Plenarversammlung der Chinesisch-Deutschen Industriestädteallianz (ISA) 2020-10-16.csv");
    }

    [Theory]
    [InlineData("=1+1", "'=1+1")]
    [InlineData(" =1+1", "' =1+1")]
    [InlineData("@SUM(A1)", "'@SUM(A1)")]
    [InlineData("-2", "'-2")]
    [InlineData("＝1", "'＝1")]
    [InlineData("\t=1", "'\t=1")]
    [InlineData("+49 511 1680", "+49 511 1680")]
    [InlineData("+495111680", "'+495111680")]
    [InlineData("+49-511", "'+49-511")]
    [InlineData("Müller", "Müller")]
    [InlineData("", "")]
    public void No_cell_is_a_formula(string text, string cell) => AttendeeCsv.Harmless(text).ShouldBe(cell);

    [Fact]
    public async Task Columns_are_chosen_and_needs_come_only_when_asked_for()
    {
        var evt = await Filled();
        (await host.Organizer.GetAsync($"/v1/events/{evt}/attendees.csv")).Text.ShouldNotContain("Rollstuhl");
        (await host.Organizer.GetAsync($"/v1/events/{evt}/attendees.csv?columns=needs,fullName")).Text.ShouldContain("\"Rollstuhl\";\"Jürgen Weiß\"");
        (await host.Organizer.GetAsync($"/v1/events/{evt}/attendees.csv?columns=name")).ShouldBe(HttpStatusCode.BadRequest, "malformed-request").Errors.ShouldBe(["columns unknown-column"]);
        (await host.Organizer.GetAsync($"/v1/events/{evt}/attendees.csv?columns=fullName&language=zh")).Text.ShouldStartWith("\ufeff\"姓名\"");
        (await host.Organizer.GetAsync($"/v1/events/{evt}/attendees.csv?columns=fullName&siteId=foshan")).Text.TrimEnd().Split("\r\n").Length.ShouldBe(2);
        (await host.Organizer.GetAsync($"/v1/events/{evt}/attendees.csv?columns=fullName&status=cancelled")).Text.ShouldContain("Gone");
        (await host.Organizer.GetAsync($"/v1/events/{evt}/attendees.csv?columns=fullName&status=all")).Text.TrimEnd().Split("\r\n").Length.ShouldBe(5);
    }

    [Fact]
    public async Task The_workbook_has_a_sheet_for_each_site_text_as_text_and_real_dates()
    {
        var evt = await Filled();
        var answer = (await host.Organizer.GetAsync($"/v1/events/{evt}/attendees.xlsx")).ShouldBe(HttpStatusCode.OK);
        using var file = new MemoryStream(answer.Bytes);
        file.GetSheetNames().ShouldBe(["Summen", "Hannover", "Raum der chinesischen Städte", "Zoom-Konferenz"]);
        var hannover = file.Query(useHeaderRow: true, sheetName: "Hannover").Cast<IDictionary<string, object?>>().ToList();
        hannover.Single()["Name"].ShouldBe("Jürgen Weiß");
        hannover.Single()["Angemeldet am"].ShouldBe(new DateTime(2020, 9, 21, 10, 0, 0));
        var zoom = file.Query(useHeaderRow: true, sheetName: "Zoom-Konferenz").Cast<IDictionary<string, object?>>().ToList();
        zoom.Single()["Name"].ShouldBe("=HYPERLINK(\"http://x.example\")");
        var totals = file.Query(useHeaderRow: true, sheetName: "Summen").Cast<IDictionary<string, object?>>().ToList();
        totals.Last()["Gesamt"].ShouldBe(3d);
        using var zip = new ZipArchive(file);
        foreach (var sheet in zip.Entries.Where(e => e.FullName.StartsWith("xl/worksheets/sheet", StringComparison.Ordinal)))
        {
            using var reader = new StreamReader(sheet.Open());
            var xml = await reader.ReadToEndAsync(TestContext.Current.CancellationToken);
            xml.ShouldContain("state=\"frozen\"");
            xml.ShouldNotContain("<x:f>");
        }
    }

    [Fact]
    public async Task Json_speaks_the_words_of_the_contract()
    {
        var evt = await Filled();
        var list = (await host.Organizer.GetAsync($"/v1/events/{evt}/attendees.json")).ShouldBe(HttpStatusCode.OK).Json;
        list["items"]!.AsArray().Count.ShouldBe(3);
        ((string)list["items"]![0]!["status"]!).ShouldBe("confirmed");
        ((string)list["event"]!["startsAt"]!).ShouldBe("2020-10-16T09:00:00+02:00");
    }

    [Fact]
    public async Task Whoever_waits_is_listed_with_their_place_also_while_attending_elsewhere()
    {
        await using var own = new EventsHost();
        await own.InitializeAsync();
        var evt = await own.EventAsync(e => UpdateSiteTests.Room(e, 1, promotion: "offer"));
        await RegisterAsync("Seated");
        var gone = await RegisterAsync("Gone");
        await RegisterAsync("Next");
        await RegisterAsync("Meanwhile", p => (p["whenFull"], p["fallbackSiteId"]) = ("attendSite", "zoom"));
        await RegisterAsync("Last");
        (await own.Partner.PostAsync($"/v1/registrations/{gone["id"]}/cancel")).ShouldBe(HttpStatusCode.OK);

        const string columns = "columns=fullName,siteId,status,waitingFor,waitlistPosition,waitingSince";
        (await LinesAsync("waitlisted")).ShouldBe(["\"Last\",\"hannover\",\"Waiting list\",\"Hannover\",\"3\",\"2020-09-21 10:04:00\"", "\"Next\",\"hannover\",\"Waiting list\",\"Hannover\",\"1\",\"2020-09-21 10:02:00\""]);
        (await LinesAsync("confirmed")).ShouldBe(["\"Meanwhile\",\"zoom\",\"Confirmed\",\"Hannover\",\"2\",\"2020-09-21 10:03:00\"", "\"Seated\",\"hannover\",\"Confirmed\",\"\",\"\",\"\""]);
        (await LinesAsync("cancelled")).ShouldBe(["\"Gone\",\"hannover\",\"Cancelled\",\"\",\"\",\"\""]);
        (await own.Organizer.GetAsync($"/v1/events/{evt}/attendees.csv?status=all")).Text.ShouldNotContain("Wartet auf");

        var items = (await own.Organizer.GetAsync($"/v1/events/{evt}/attendees.json?{columns}&status=waitlisted")).ShouldBe(HttpStatusCode.OK).Json["items"]!.AsArray();
        items.Select(i => i!.ToJsonString(Json.Stored)).ShouldBe([
            """{"fullName":"Last","siteId":"hannover","status":"waitlisted","waitingFor":"hannover","waitlistPosition":3,"waitingSince":"2020-09-21T10:04:00+02:00"}""",
            """{"fullName":"Next","siteId":"hannover","status":"waitlisted","waitingFor":"hannover","waitlistPosition":1,"waitingSince":"2020-09-21T10:02:00+02:00"}"""]);

        using var file = new MemoryStream((await own.Organizer.GetAsync($"/v1/events/{evt}/attendees.xlsx?status=all&language=en&columns=fullName,waitlistPosition,waitingSince")).ShouldBe(HttpStatusCode.OK).Bytes);
        var totals = file.Query(useHeaderRow: true, sheetName: "Totals").Cast<IDictionary<string, object?>>().ToDictionary(r => (string)r["Site"]!);
        foreach (var (site, confirmed, waitlisted, cancelled, total) in new[] { ("Hannover", 1d, 2d, 1d, 4d), ("Zoom conference", 1d, 0d, 0d, 1d), ("Total", 2d, 2d, 1d, 5d) })
            new[] { "Confirmed", "Waiting list", "Cancelled", "Total" }.Select(c => totals[site][c]).ShouldBe([confirmed, waitlisted, cancelled, total], site);
        var hannover = file.Query(useHeaderRow: true, sheetName: "Hannover").Cast<IDictionary<string, object?>>().ToDictionary(r => (string)r["Name"]!);
        hannover["Last"]["Place in the queue"].ShouldBe(3d);
        hannover["Last"]["Waits since"].ShouldBe(new DateTime(2020, 9, 21, 10, 4, 0));

        // Whoever has an offer waits for their own answer: no place, and everybody behind moves up.
        var seated = (await own.Organizer.GetAsync($"/v1/events/{evt}/registrations?status=confirmed&siteId=hannover")).Json["items"]![0]!;
        (await own.Partner.PostAsync($"/v1/registrations/{seated["id"]}/cancel")).ShouldBe(HttpStatusCode.OK);
        (await LinesAsync("waitlisted")).Select(l => l.Split(',')[4]).ShouldBe(["\"2\"", "\"\""]);

        async Task<JsonNode> RegisterAsync(string name, Action<JsonObject>? change = null)
        {
            var made = (await own.Partner.RegisterAsync(evt, Given.Person(change: p =>
            {
                p["fullName"] = name;
                change?.Invoke(p);
            }))).ShouldBe(HttpStatusCode.Created).Json;
            own.Time.Advance(TimeSpan.FromMinutes(1));
            return made;
        }

        async Task<string[]> LinesAsync(string status) =>
            (await own.Organizer.GetAsync($"/v1/events/{evt}/attendees.csv?{columns}&status={status}&dialect=rfc4180&language=en")).ShouldBe(HttpStatusCode.OK).Text.TrimEnd().Split("\r\n")[1..];
    }

    [Fact]
    public async Task Leaves_nothing_behind_and_is_for_organizers()
    {
        var evt = await Filled();
        (await host.Partner.GetAsync($"/v1/events/{evt}/attendees.csv")).ShouldBe(HttpStatusCode.Forbidden, "not-allowed");
        (await host.Anybody.GetAsync($"/v1/events/{evt}/attendees.csv")).ShouldBe(HttpStatusCode.Unauthorized, "not-authenticated");
        (await host.Organizer.GetAsync($"/v1/events/{evt}/attendees.pdf")).ShouldBe(HttpStatusCode.NotFound, "not-found");
        (await host.Organizer.GetAsync($"/v1/events/{evt}/attendees.xlsx?language=zh")).ShouldBe(HttpStatusCode.OK);
        (await host.Organizer.GetAsync($"/v1/events/{await host.EventAsync()}/attendees.xlsx")).ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Each_question_is_a_column_in_the_lists_language_also_once_it_is_retired()
    {
        var evt = await host.AskingEventAsync(q => q.Find("arrival")["label"]!["de"] = "Name"); // as another column
        (await host.Partner.RegisterAsync(evt, Asking.Person("""[{"question":"diet","value":"vegetarian"},{"question":"topics","values":["ports","energy"]},{"question":"nights","value":"2"},{"question":"parking","value":"false"}]""", p => p["fullName"] = "Anna A"))).ShouldBe(HttpStatusCode.Created);
        (await host.Partner.RegisterAsync(evt, Asking.Person(change: p => p["fullName"] = "Berta B"))).ShouldBe(HttpStatusCode.Created);
        (await host.ReviseAsync(evt, q =>
        {
            q.Drop("nights");
            q.Find("topics")["options"]!.AsArray().Drop("ports");
            q.Find("company")["label"]!["de"] = "=1+1";
        })).ShouldBe(HttpStatusCode.OK);

        const string Columns = "columns=answer.diet,answer.topics,answer.nights,answer.arrival,answer.parking&dialect=rfc4180";
        (await host.Organizer.GetAsync($"/v1/events/{evt}/attendees.csv?{Columns}")).ShouldBe(HttpStatusCode.OK).Text.Split("\r\n")[..2].ShouldBe(
            ["\"Essen\",\"Themen\",\"Nächte\",\"Name (arrival)\",\"Parkplatz\"", "\"Vegetarisch\",\"Häfen; Energie\",\"2\",\"\",\"nein\""]);
        (await host.Organizer.GetAsync($"/v1/events/{evt}/attendees.csv?language=zh&{Columns}")).Text.Split("\r\n")[..2].ShouldBe(
            ["\"餐食\",\"Themen\",\"Nächte\",\"Name (arrival)\",\"Parkplatz\"", "\"素食\",\"Häfen; Energie\",\"2\",\"\",\"否\""]);
        var whole = (await host.Organizer.GetAsync($"/v1/events/{evt}/attendees.csv?dialect=rfc4180")).Text;
        whole.ShouldContain("\"Nächte\"");
        whole.ShouldContain("\"'=1+1\"");

        var item = (await host.Organizer.GetAsync($"/v1/events/{evt}/attendees.json")).ShouldBe(HttpStatusCode.OK).Json["items"]![0]!;
        ((string)item["answer.diet"]!).ShouldBe("vegetarian");
        item["answer.topics"]!.ToJsonString().ShouldBe("""["ports","energy"]""");
        item.AsObject().ContainsKey("answer.arrival").ShouldBeFalse();
        using var file = new MemoryStream((await host.Organizer.GetAsync($"/v1/events/{evt}/attendees.xlsx")).ShouldBe(HttpStatusCode.OK).Bytes);
        var line = file.Query(useHeaderRow: true, sheetName: "Hannover").Cast<IDictionary<string, object?>>().First();
        (line["Essen"], line["Themen"], line["Name (arrival)"]).ShouldBe(("Vegetarisch", "Häfen; Energie", null));
        (await host.Organizer.GetAsync($"/v1/events/{evt}/attendees.csv?columns=answer.shoe")).ShouldBe(HttpStatusCode.BadRequest, "malformed-request").Errors.ShouldBe(["columns unknown-column"]);
    }

    private async Task<string> Filled()
    {
        var evt = await host.EventAsync();
        (await host.Partner.RegisterAsync(evt, Given.Person(change: p => (p["fullName"], p["needs"]) = ("Jürgen Weiß", "Rollstuhl")))).ShouldBe(HttpStatusCode.Created);
        (await host.Partner.RegisterAsync(evt, Given.Person(siteId: "foshan", change: p => p["fullName"] = "王小明"))).ShouldBe(HttpStatusCode.Created);
        (await host.Partner.RegisterAsync(evt, Given.Person(siteId: "zoom", change: p => p["fullName"] = "=HYPERLINK(\"http://x.example\")"))).ShouldBe(HttpStatusCode.Created);
        var gone = (await host.Partner.RegisterAsync(evt, Given.Person(change: p => p["fullName"] = "Gone"))).ShouldBe(HttpStatusCode.Created).Json;
        (await host.Partner.PostAsync($"/v1/registrations/{gone["id"]}/cancel")).ShouldBe(HttpStatusCode.OK);
        return evt;
    }
}
