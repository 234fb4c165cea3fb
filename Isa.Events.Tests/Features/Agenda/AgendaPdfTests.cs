using System.Text;
using System.Text.RegularExpressions;
using Isa.Events.Api.Features.Agenda;
using Isa.Events.Api.Features.Events;
using Isa.Events.Api.Http;

namespace Isa.Events.Tests.Features.Agenda;

public class AgendaPdfTests(SharedHost host)
{
    private static readonly string Items = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "samples", "plenary-agenda.json"));

    [Theory(SkipUnless = nameof(Poppler.IsThere), SkipType = typeof(Poppler), Skip = Poppler.Missing)]
    [InlineData("de", "Freitag, 16. Oktober 2020, 09:00–11:00 Uhr (Berliner Zeit)", "Begrüßung", "Tagesordnung", "Seite 1 von 1", "Veranstalter: ISA", "Hannover, Tagungsraum, Beispielplatz 1, 30159 Hannover", "15:00–17:00 Uhr (Pekinger Zeit)")]
    [InlineData("en", "Friday, 16 October 2020, 09:00–11:00 (Berlin time)", "Welcome", "Agenda", "Page 1 of 1", "Organiser: ISA", "Zoom conference")]
    [InlineData("zh", "2020年10月16日 星期五 09:00–11:00（柏林时间）", "开幕致辞", "议程", "第 1 页，共 1 页", "主办方：ISA", "中方城市会场，广东省佛山市", "湖州（浙江）、许昌（河南）")]
    public async Task A_foreign_reader_finds_the_agenda_in_the_persons_language(string language, params string[] lines)
    {
        var evt = await Planned();
        var file = await Pdf(evt, language);
        file.Header("Content-Type").ShouldBe("application/pdf");
        var text = await Poppler.TextAsync(file.Bytes);
        foreach (var line in lines) text.ShouldContain(line);
        text.ShouldContain("10:45–11:00");
        var info = await Poppler.InfoAsync(file.Bytes);
        info.ShouldMatch(@"Tagged: +yes");
        info.ShouldMatch(@"Pages: +1\n");
        info.ShouldMatch(@"CreationDate: +2020-09-21T08:00:00");
        var fonts = await Poppler.FontsAsync(file.Bytes);
        fonts.Split('\n').Skip(2).Where(l => l.Length > 0).ShouldAllBe(l => Regex.IsMatch(l, @"ISAISA\+Noto.* yes yes yes ")); // embedded, a subset, readable back as text
    }

    [Fact(SkipUnless = nameof(Poppler.IsThere), SkipType = typeof(Poppler), Skip = Poppler.Missing)]
    public async Task A_screen_reader_hears_headings_paragraphs_and_a_table()
    {
        var file = (await Pdf(await Planned(), "de")).Bytes;
        var structure = await Poppler.StructureAsync(file);
        structure.ShouldMatch(@"Document\s+H1");
        Regex.Matches(structure, @"^ *(\w+)", RegexOptions.Multiline).Select(m => m.Groups[1].Value).Where(e => e is "H1" or "H2" or "Table" or "TR" or "TH" or "TD").ToArray()
            .ShouldBe(["H1", "H2", "Table", "TR", "TH", "TH", .. Enumerable.Repeat<string[]>(["TR", "TD", "TD"], 4).SelectMany(r => r)]);
        structure.ShouldContain("Begrüßung");
        structure.ShouldNotContain("Seite 1");
        var raw = Encoding.Latin1.GetString(file);
        raw.ShouldContain("/Lang(de)");
        raw.ShouldContain("/DisplayDocTitle true");
        (await Poppler.XmpAsync(file)).ShouldContain("pdfuaid:part=\"1\"");
    }

    [Fact]
    public async Task The_same_agenda_has_the_same_bytes_and_another_edit_another_tag()
    {
        var evt = await Planned();
        var first = await Pdf(evt, "zh");
        (await Pdf(evt, "zh")).Bytes.ShouldBe(first.Bytes);
        var (read, agenda) = await ReadAsync(evt);
        AgendaPdf.Render(read, agenda, Language.Zh).ShouldBe(first.Bytes); // another process, which has not kept it
        (await host.Anybody.GetAsync($"/v1/events/{evt}/agenda.pdf?language=zh", ("If-None-Match", first.ETag!))).ShouldBe(HttpStatusCode.NotModified);
        (await host.Organizer.PatchAsync($"/v1/events/{evt}", new { title = new { de = "Anders", zh = "不同" } }, ("If-Match", "*"))).ShouldBe(HttpStatusCode.OK);
        var second = (await host.Anybody.GetAsync($"/v1/events/{evt}/agenda.pdf?language=zh", ("If-None-Match", first.ETag!))).ShouldBe(HttpStatusCode.OK);
        second.Bytes.ShouldNotBe(first.Bytes);
        (await Pdf(evt, "de")).Bytes.ShouldNotBe(second.Bytes);
    }

    [Fact]
    public async Task Travels_with_the_entry_and_gives_way_to_an_uploaded_document()
    {
        var evt = await Planned();
        var made = (await host.Partner.RegisterAsync(evt, Given.Person(change: p => p["language"] = "zh"))).ShouldBe(HttpStatusCode.Created).Json;
        var attached = Ical.Net.Calendar.Load((await host.Anybody.GetAsync(made.PathOf("invite"))).Text)!.Events[0]!.Attachments!.ShouldHaveSingleItem();
        attached.Data.ShouldBe((await Pdf(evt, "zh")).Bytes);
        attached.FormatType.ShouldBe("application/pdf");
        var file = (await host.Anybody.GetAsync(made.PathOf("agenda"))).ShouldBe(HttpStatusCode.OK);
        file.Header("Content-Disposition")!.ShouldContain("filename*=UTF-8''%E8%AE%AE%E7%A8%8B.pdf");

        var content = new ByteArrayContent("%PDF-1.4 uploaded %%EOF"u8.ToArray());
        content.Headers.ContentType = new("application/pdf");
        (await host.Organizer.SendAsync(HttpMethod.Put, $"/v1/events/{evt}/agenda/document?fileName=ours.pdf", content, ("If-Match", "*"))).ShouldBe(HttpStatusCode.OK);
        var uploaded = await Pdf(evt, "zh");
        uploaded.Text.ShouldBe("%PDF-1.4 uploaded %%EOF");
        uploaded.Header("Content-Disposition")!.ShouldContain("ours.pdf");
        (await host.Organizer.DeleteAsync($"/v1/events/{evt}/agenda/document", ("If-Match", "*"))).ShouldBe(HttpStatusCode.OK);
        (await Pdf(evt, "zh")).Text.ShouldNotContain("uploaded");
    }

    [Fact]
    public async Task There_is_none_without_items_and_none_for_strangers_of_a_draft()
    {
        (await host.Anybody.GetAsync($"/v1/events/{await host.EventAsync()}/agenda.pdf")).ShouldBe(HttpStatusCode.NotFound, "agenda-not-found");
        var draft = await host.DraftAsync();
        (await host.Organizer.PutAsync($"/v1/events/{draft}/agenda", Items, ("If-Match", "*"))).ShouldBe(HttpStatusCode.OK);
        (await host.Anybody.GetAsync($"/v1/events/{draft}/agenda.pdf")).ShouldBe(HttpStatusCode.NotFound, "event-not-found");
        (await host.Organizer.GetAsync($"/v1/events/{draft}/agenda.pdf")).ShouldBe(HttpStatusCode.OK).Header("Cache-Control").ShouldBe("no-cache, private");
        (await host.Anybody.GetAsync($"/v1/events/{draft}/agenda.pdf?colour=red")).ShouldBe(HttpStatusCode.BadRequest, "malformed-request");
    }

    [Theory(SkipUnless = nameof(Poppler.IsThere), SkipType = typeof(Poppler), Skip = Poppler.Missing)]
    [InlineData("<script>alert(1)</script> & \"more\" '", "<script>alert(1)</script> & \"more\" '")]
    [InlineData("Čapek, Łódź, Đurđa, Ирина, Αθήνα 中德 喆", "Čapek, Łódź, Đurđa, Ирина, Αθήνα 中德 喆")]
    [InlineData("김민수 (한국), 뷁", "김민수 (한국), 뷁")]
    [InlineData("𠮷田, 桜沢, 渡邉, 﨑", "𠮷田, 桜沢, 渡邉, 﨑")]
    [InlineData("龙䶮, 𬭎, 堃喆, 犇骉, 臺灣, 𠝹, 鰂魚涌", "龙䶮, 𬭎, 堃喆, 犇骉, 臺灣, 𠝹, 鰂魚涌")]
    [InlineData("👩‍👩‍👧‍👦👍🏽 Hallo 🎉 Welt 👍, Ende (🎉). 👋", "Hallo Welt, Ende.")]
    [InlineData("🎉🎉", "…")]
    [InlineData("한국어 🎉 العربية 𠮷野家", "한국어 … 𠮷野家")]
    [InlineData("Hallo 🎉 — Welt", "Hallo — Welt")]
    [InlineData("Kaffee ✓ und Kuchen ★", "Kaffee und Kuchen ★")]
    [InlineData("ﬁnden Ⅳ ㎏ ａｂｃ … € №", "finden Ⅳ kg")]
    [InlineData("a/b)\\(", "a/b)\\(")]
    [InlineData("Dr. محمد العلي, Köln", "Dr. …, Köln")]
    [InlineData("Muhammad (محمد), Köln", "Muhammad, Köln")]
    [InlineData("王𪚥", "王□")]
    [InlineData("z̨̨̨̨̨̈", "z")]
    public async Task Whatever_a_title_holds_the_file_stays_whole(string title, string shown)
    {
        var (evt, agenda) = await ReadAsync(await Planned());
        var file = AgendaPdf.Render(evt with { Title = new() { De = title }, OrganizerName = title }, agenda with { Items = [new AgendaItem { From = "09:00", Title = new() { De = title }, Speaker = title, Description = new() { De = title } }] }, Language.De);
        (await Poppler.TextAsync(file)).ShouldContain(shown);
        System.Xml.Linq.XDocument.Parse(await Poppler.XmpAsync(file)).Descendants().ShouldNotBeEmpty();
    }

    [Fact(SkipUnless = nameof(Poppler.IsThere), SkipType = typeof(Poppler), Skip = Poppler.Missing)]
    public async Task Words_that_paper_lacks_are_read_aloud()
    {
        var (evt, agenda) = await ReadAsync(await Planned());
        var file = AgendaPdf.Render(evt with { Title = new() { De = "王𪚥 🎉" } }, agenda with { Items = [new AgendaItem { From = "09:00", Title = new() { De = "Wahl" }, Speaker = "محمد" }, new AgendaItem { From = "10:00", Title = new() { De = "Ende 🎉" } }] }, Language.De);
        Regex.Matches(Encoding.Latin1.GetString(file), @"/ActualText\s*<FEFF([0-9A-F]+)>").Select(m => Encoding.BigEndianUnicode.GetString(Convert.FromHexString(m.Groups[1].Value)))
            .ShouldBe(["王𪚥 🎉", "Wahl\nمحمد"], ignoreOrder: true);
    }

    [Fact]
    public async Task What_few_names_hold_makes_no_file_larger_that_does_not_hold_it()
    {
        var (evt, agenda) = await ReadAsync(await Planned());
        byte[] With(string speaker) => AgendaPdf.Render(evt, agenda with { Items = [new AgendaItem { From = "09:00", Title = new() { De = "开幕致辞" }, Speaker = speaker }] }, Language.De);
        With("王小明").Length.ShouldBeLessThan(40_000);
        With("김민수, 𠮷田").Length.ShouldBeLessThan(80_000);
    }

    [Theory]
    [InlineData("😀", 200)]
    [InlineData("𠮷", 200)]
    [InlineData("&", 200)]
    [InlineData("中", 200)]
    [InlineData("W", 200)]
    [InlineData("\r\nATTENDEE:mailto:x@example.org\u202e\0", 6)]
    public async Task Long_texts_wrap_on_as_many_pages_as_it_takes(string piece, int times)
    {
        var (evt, agenda) = await ReadAsync(await Planned());
        var text = string.Concat(Enumerable.Repeat(piece, times));
        var items = Enumerable.Range(0, 200).Select(i => new AgendaItem { Day = 1 + i / 50, From = "09:00", To = "09:15", Title = new() { De = text }, Speaker = text, Description = new() { De = string.Concat(Enumerable.Repeat(text, 10)) } }).ToList();
        var file = AgendaPdf.Render(evt with { Title = new() { De = text }, OrganizerName = text }, agenda with { Items = items }, Language.De);
        file.Length.ShouldBeLessThan(3_000_000);
        if (!Poppler.IsThere) return;
        (await Poppler.InfoAsync(file)).ShouldMatch(@"Pages: +\d{2,3}\n");
        var structure = await Poppler.StructureAsync(file);
        Regex.Count(structure, @"^ *TR", RegexOptions.Multiline).ShouldBe(204);
        Regex.Count(structure, @"^ *H3", RegexOptions.Multiline).ShouldBe(4);
    }

    [Theory(SkipUnless = nameof(Poppler.IsThere), SkipType = typeof(Poppler), Skip = Poppler.Missing)]
    [InlineData(Language.De, "Zeit", "Thema", "Freitag, 16. Oktober 2020 (Fortsetzung)")]
    [InlineData(Language.En, "Time", "Topic", "Friday, 16 October 2020 (continued)")]
    [InlineData(Language.Zh, "时间", "内容", "2020年10月16日 星期五（续）")]
    public async Task Each_further_page_says_what_its_columns_are_and_of_which_day(Language language, string time, string topic, string day)
    {
        var (evt, agenda) = await ReadAsync(await Planned());
        var items = Enumerable.Range(0, 60).Select(i => new AgendaItem { From = "09:00", Title = new() { De = "Punkt" } }).Append(new AgendaItem { Day = 2, From = "09:00", Title = new() { De = "Ende" } }).ToList();
        var file = AgendaPdf.Render(evt, agenda with { Items = items }, language);
        var pages = (await Poppler.TextAsync(file)).Split('\f', StringSplitOptions.RemoveEmptyEntries);
        pages.Length.ShouldBeGreaterThan(1);
        pages[0].ShouldNotContain(day);
        pages.Skip(1).ShouldAllBe(page => Regex.IsMatch(page, $@"^\s*{Regex.Escape(day)}\s+{time} +{topic}\s"));
        var structure = await Poppler.StructureAsync(file);
        structure.ShouldNotContain(day); // heard once
        Regex.Count(structure, @"^ *TH", RegexOptions.Multiline).ShouldBe(4);

        var oneDay = await Poppler.TextAsync(AgendaPdf.Render(evt, agenda with { Items = items[..60] }, language));
        oneDay.Split('\f', StringSplitOptions.RemoveEmptyEntries).Skip(1).ShouldAllBe(page => Regex.IsMatch(page, $@"^\s*{time} +{topic}\s"));
    }

    [Fact(SkipUnless = nameof(Poppler.IsThere), SkipType = typeof(Poppler), Skip = Poppler.Missing)]
    public async Task Chinese_that_is_drawn_thicker_leaves_room_for_what_follows()
    {
        var (evt, agenda) = await ReadAsync(await Planned());
        var ink = await Poppler.InkAsync(AgendaPdf.Render(evt with { Title = new() { De = "中德工业城市联盟会议（I" } }, agenda, Language.De), 55, 90);
        var last = Array.LastIndexOf(ink, true);
        var begin = Array.LastIndexOf(ink, false, last) + 1;
        (last - begin + 1).ShouldBeInRange(10, 16); // the letter alone: with the bracket it would be twice as wide
    }

    [Fact]
    public void Chinese_is_broken_without_spaces_and_never_before_what_closes()
    {
        var style = new PdfStyle(10);
        var lines = PdfText.Lines("中德工业城市联盟（ISA）第九次全体会议，于汉诺威召开。", style, 61).Select(l => string.Concat(l.Select(r => r.Text))).ToList();
        lines.Count.ShouldBeGreaterThan(3);
        lines.ShouldAllBe(l => !"，。）".Contains(l.First()) && l.Last() != '（');
        string.Concat(lines).ShouldBe("中德工业城市联盟（ISA）第九次全体会议，于汉诺威召开。");
        PdfText.Lines("eins zwei drei", style, 40).Select(l => string.Concat(l.Select(r => r.Text))).ShouldBe(["eins", "zwei", "drei"]);
        PdfText.Lines(new string('m', 100), style, 100).ShouldAllBe(l => l.Sum(r => r.Width) <= 100);
    }

    private async Task<string> Planned()
    {
        var evt = await host.EventAsync();
        (await host.Organizer.PutAsync($"/v1/events/{evt}/agenda", Items, ("If-Match", "*"))).ShouldBe(HttpStatusCode.OK);
        return evt;
    }

    private async Task<Answer> Pdf(string evt, string language) => (await host.Anybody.GetAsync($"/v1/events/{evt}/agenda.pdf?language={language}")).ShouldBe(HttpStatusCode.OK);

    private Task<(Event, AgendaRow)> ReadAsync(string id) => host.Database.ReadAsync(session => (Event.Find(session, id)!, AgendaRow.Find(session, id)), CancellationToken.None);
}
