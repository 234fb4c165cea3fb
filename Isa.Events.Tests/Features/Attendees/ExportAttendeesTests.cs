using System.IO.Compression;
using System.Text;
using Isa.Events.Api.Features.Attendees;
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
    public async Task Leaves_nothing_behind_and_is_for_organizers()
    {
        var evt = await Filled();
        (await host.Partner.GetAsync($"/v1/events/{evt}/attendees.csv")).ShouldBe(HttpStatusCode.Forbidden, "not-allowed");
        (await host.Anybody.GetAsync($"/v1/events/{evt}/attendees.csv")).ShouldBe(HttpStatusCode.Unauthorized, "not-authenticated");
        (await host.Organizer.GetAsync($"/v1/events/{evt}/attendees.pdf")).ShouldBe(HttpStatusCode.NotFound, "not-found");
        (await host.Organizer.GetAsync($"/v1/events/{evt}/attendees.xlsx?language=zh")).ShouldBe(HttpStatusCode.OK);
        (await host.Organizer.GetAsync($"/v1/events/{await host.EventAsync()}/attendees.xlsx")).ShouldBe(HttpStatusCode.OK);
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
