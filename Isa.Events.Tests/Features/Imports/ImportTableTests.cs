using System.IO.Compression;
using System.Text;
using Isa.Events.Api.Features.Imports;
using Isa.Events.Api.Problems;

namespace Isa.Events.Tests.Features.Imports;

public class ImportTableTests
{
    // Names as people have them: umlauts and ß side by side, French, a rare Chinese character, one character alone.
    private const string German = "Name;E-Mail;Stadt\r\nJürgen Weiß;j.weiss@example.org;Hannover\r\nRené Größe;r@example.org;Düsseldorf\r\n\"Öztürk; Ayşe\";a@example.org;Köln\r\n";
    private const string Chinese = "姓名,邮箱,城市,单位\r\n王小明,w@example.org,佛山,佛山市商务局\r\n李,l@example.org,深圳,\"国际合作部, 二处\"\r\n朱镕生,z@example.org,广州,外事办公室\r\n";

    public static TheoryData<string, string, Separator, bool> Files()
    {
        var data = new TheoryData<string, string, Separator, bool>();
        foreach (var separator in Enum.GetValues<Separator>())
        {
            foreach (var mark in new[] { true, false })
            {
                foreach (var encoding in new[] { "utf-8", "utf-16le", "utf-16be" })
                {
                    data.Add(encoding, German.Replace("Ayşe", "Ayse"), separator, mark);
                    data.Add(encoding, Chinese, separator, mark);
                }
            }

            data.Add("windows-1252", German.Replace("Ayşe", "Ayse"), separator, false);
            data.Add("gb18030", Chinese, separator, false);
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void Reads_every_encoding_with_every_separator(string encoding, string content, Separator separator, bool mark)
    {
        var (from, to) = (content == Chinese ? ',' : ';', ",;\t"[(int)separator]);
        // The separator within quotes stays what it is.
        var text = string.Join("\"", content.Split('"').Select((part, i) => i % 2 == 0 ? part.Replace(from, to) : part));
        var table = CsvTable.Read(Bytes(text, encoding, mark), null, null, IsKnown, 100);
        (table.Encoding!.Value.Name(), table.Separator).ShouldBe((encoding, separator));
        table.Headers.Count.ShouldBe(content == Chinese ? 4 : 3);
        table.Rows.Count.ShouldBe(3);
        table.Rows.ShouldAllBe(r => r.Cells.Count == table.Headers.Count);
        table.Rows.Select(r => r.Line).ShouldBe([2L, 3L, 4L]);
        table.Rows.Select(r => r.Cells[0]).ShouldBe(content == Chinese ? ["王小明", "李", "朱镕生"] : ["Jürgen Weiß", "René Größe", "Öztürk; Ayse"]);
    }

    [Theory]
    [InlineData("Größe")]
    [InlineData("Müller")]
    [InlineData("ÄRZTE")]
    [InlineData("Café")]
    [InlineData("Strauß–Überall")]
    [InlineData("“Müßig”")]
    public void One_Western_word_is_enough(string word) => Detected($"Name,City\r\n{word},x\r\n", "windows-1252").ShouldBe(word);

    [Theory]
    [InlineData("李")]
    [InlineData("王小明")]
    [InlineData("朱镕基")]
    [InlineData("张三 Zhang San")]
    [InlineData("联通")] // its bytes are valid UTF-8 when they stand alone
    public void One_Chinese_word_is_enough(string word) => Detected($"Name,City\r\n{word},佛山\r\n", "gb18030").ShouldBe(word);

    [Fact]
    public void What_the_caller_says_comes_before_what_is_found()
    {
        var table = CsvTable.Read(Bytes("Name;Stadt\r\nGröße,;x\r\n", "windows-1252", false), TableEncoding.Windows1252, Separator.Semicolon, IsKnown, 10);
        table.Rows[0].Cells.ShouldBe(["Größe,", "x"]);
        CsvTable.Read("fullName\r\na;b\r\n"u8, null, Separator.Comma, IsKnown, 10).Rows[0].Cells.ShouldBe(["a;b"]);
        Refused(() => CsvTable.Read(Bytes("Name\r\nx\r\nGröße\r\n", "windows-1252", false), TableEncoding.Utf8, null, IsKnown, 10)).ShouldBe((400, " invalid-encoding", 3));
    }

    [Fact]
    public void The_line_that_Excel_writes_for_itself_is_no_header()
    {
        var table = CsvTable.Read("sep=;\r\nName;Stadt\r\nErika, Dr.;Hannover\r\n"u8, null, null, IsKnown, 10);
        table.Headers.ShouldBe(["Name", "Stadt"]);
        (table.Rows[0].Line, table.Rows[0].Cells[0]).ShouldBe((3, "Erika, Dr."));
    }

    [Fact]
    public void Lines_are_counted_as_editors_count_them()
    {
        var table = CsvTable.Read("\r\nName,Needs\r\n\r\nErika,\"one\r\ntwo\"\r\n,\r\nMax,three"u8, null, null, IsKnown, 10);
        table.Rows.Select(r => r.Line).ShouldBe([4L, 7L]);
        table.Rows[0].Cells[1].ShouldBe("one\r\ntwo");
    }

    [Fact]
    public void Bytes_that_are_no_text_are_refused()
    {
        Refused(() => CsvTable.Read([.. "Name\r\n"u8, 0x81, 0x20, 0x8D, 0x0A], null, null, IsKnown, 10)).ShouldBe((400, " unknown-encoding", 2));
        Refused(() => CsvTable.Read([.. "Name\r\n"u8, 0, 0, 0, 1, 2], null, null, IsKnown, 10)).ShouldBe((400, " unknown-encoding", null));
        Refused(() => CsvTable.Read("Name\r\n\"a\0b\"\r\n"u8, null, null, IsKnown, 10)).ShouldBe((400, " unknown-encoding", null)); // not what it would say in UTF-16
        Refused(() => CsvTable.Read([0xFF, 0xFE, 0x00, 0xD8, 0x41, 0x00], null, null, IsKnown, 10)).ShouldBe((400, " invalid-encoding", 1));
    }

    [Fact]
    public void Two_encodings_in_one_file_are_refused()
    {
        byte[] western = [.. Bytes("Name\r\nMüller\r\nGröße\r\n", "windows-1252", false), .. Bytes("Jäger\r\n", "utf-8", false)];
        Refused(() => CsvTable.Read(western, null, null, IsKnown, 10)).ShouldBe((400, " mixed-encodings", 4));
        byte[] both = [.. Bytes("姓名\r\n王小明\r\n佛山市商务局\r\n李四\r\n", "gb18030", false), .. Bytes("Müller\r\n", "windows-1252", false)];
        Refused(() => CsvTable.Read(both, null, null, IsKnown, 10)).ShouldBe((400, " mixed-encodings", 5));
        byte[] chinese = [.. Bytes("姓名\r\n王小明\r\n佛山市商务局\r\n李四\r\n", "gb18030", false), .. Bytes("张三\r\n", "utf-8", false)];
        Refused(() => CsvTable.Read(chinese, null, null, IsKnown, 10)).ShouldBe((400, " mixed-encodings", 5));
    }

    [Theory]
    [InlineData("Name,City\r\n\"Erika,Hannover\r\nMax,Berlin\r\n", 2)]
    [InlineData("Name,City\r\nErika,Hannover\r\n\"Max\"x,Berlin\r\n", 3)]
    public void Quotes_that_do_not_match_are_refused(string text, int line) =>
        Refused(() => CsvTable.Read(Encoding.UTF8.GetBytes(text), null, null, IsKnown, 10)).ShouldBe((400, " broken-quotes", line));

    [Fact]
    public void A_hundred_thousand_rows_are_refused_whatever_the_format()
    {
        var csv = new StringBuilder("Name\r\n");
        for (var i = 0; i < 100_000; i++) csv.Append("Erika\r\n");
        Refused(() => CsvTable.Read(Encoding.UTF8.GetBytes(csv.ToString()), null, null, IsKnown, ImportFile.MaxRows)).ShouldBe((422, "rows too-many", null));
        Refused(() => JsonTable.Read(Encoding.UTF8.GetBytes($"[{string.Join(',', Enumerable.Repeat("{\"a\":1}", 100_000))}]"), ImportFile.MaxRows)).ShouldBe((422, "rows too-many", null));
        Refused(() => WorkbookTable.Read(Workbook(string.Concat(Enumerable.Repeat("<row><c t=\"inlineStr\"><is><t>a</t></is></c></row>", 100_000))), ImportFile.MaxRows, Fits)).ShouldBe((422, "rows too-many", null));
    }

    [Fact]
    public void Reads_a_workbook_as_Excel_writes_it()
    {
        var table = WorkbookTable.Read(Workbook("""
            <row r="2"><c r="A2" t="s"><v>0</v></c><c r="B2" t="inlineStr"><is><t>Telefon</t></is></c><c r="D2" t="s"><v>1</v></c></row>
            <row r="3"/>
            <row r="5"><c r="A5" t="s"><v>2</v></c><c r="B5"><v>4.951116845E10</v></c></row>
            <row r="6"><c r="A6" t="inlineStr"><is><t>=1+1</t></is></c><c r="B6"><v>42</v></c><c r="D6" t="b"><v>1</v></c></row>
            """, "<si><t>Name</t></si><si><r><t>Sta</t></r><r><t xml:space=\"preserve\">dt </t></r></si><si><t>王小明</t><rPh sb=\"0\" eb=\"1\"><t>ワン</t></rPh></si>"), 10, Fits);
        table.Headers.ShouldBe(["Name", "Telefon", "", "Stadt "]);
        table.Rows.Select(r => string.Join('|', r.Cells)).ShouldBe(["王小明|49511168450||", "=1+1|42||true"]);
        table.Rows.Select(r => r.Line).ShouldBe([5L, 6L]);
    }

    [Fact]
    public void A_formula_is_refused_whatever_value_is_stored_beside_it()
    {
        var table = WorkbookTable.Read(Workbook("""
            <row r="1"><c r="A1" t="inlineStr"><is><t>Name</t></is></c><c r="B1" t="inlineStr"><is><t>E-Mail</t></is></c></row>
            <row r="2"><c r="A2" t="str"><f>CONCAT("Eri","ka")</f><v>Erika</v></c><c r="B2" t="inlineStr"><is><t>e@example.org</t></is></c></row>
            <row r="3"><c r="A3" t="e"><v>#N/A</v></c></row>
            """), 10, Fits);
        table.Rows[0].Refused!.Single().ShouldBe(new KeyValuePair<int, FieldCode>(0, FieldCode.Formula));
        table.Rows[0].Cells.ShouldBe(["", "e@example.org"]);
        table.Rows[1].Refused!.Single().Value.ShouldBe(FieldCode.InvalidText);
    }

    [Fact]
    public void A_workbook_that_unpacks_to_very_much_is_refused_before_it_is_unpacked()
    {
        var bomb = Workbook($"<row><c t=\"inlineStr\"><is><t>{new string('a', 80_000_000)}</t></is></c></row>");
        bomb.Length.ShouldBeLessThan(1_000_000);
        Refused(() => WorkbookTable.Read(bomb, 10, Fits)).ShouldBe((413, "", null));
        Refused(() => WorkbookTable.Read(Workbook("<row r=\"1\"><c r=\"XFD1\"><v>1</v></c></row>"), 10, Fits)).ShouldBe((422, "columns too-many", null));
        WorkbookTable.Read(Workbook("<row r=\"1\"><c r=\"A1\"><v>1</v></c></row><row r=\"1048576\"><c r=\"A1048576\"><v>2</v></c></row>"), 10, Fits).Rows.Single().Line.ShouldBe(1_048_576);
    }

    [Theory]
    [InlineData("<row/>", 5_000_000)]
    [InlineData("<row><c/></row>", 3_000_000)]
    [InlineData("<row r=\"1\"><c/><c/><c/><c/><c/><c/><c/><c/></row>", 400_000)]
    public void Empty_rows_and_cells_are_not_read_without_end(string row, int count)
    {
        var bytes = Workbook($"<row><c t=\"inlineStr\"><is><t>Name</t></is></c></row>{new StringBuilder().Insert(0, row, count)}");
        bytes.Length.ShouldBeLessThan(1_000_000);
        var watch = System.Diagnostics.Stopwatch.StartNew();
        Refused(() => WorkbookTable.Read(bytes, 10, Fits)).ShouldBe((422, "rows too-many", null));
        watch.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(3));
    }

    [Fact]
    public void What_is_no_workbook_is_refused()
    {
        Refused(() => WorkbookTable.Read("Name,City"u8.ToArray(), 10, Fits)).ShouldBe((400, " unreadable-file", null));
        Refused(() => WorkbookTable.Read(Workbook("<row><c></row>"), 10, Fits)).ShouldBe((400, " unreadable-file", null));
        Refused(() => WorkbookTable.Read(Workbook("<row><c t=\"s\"><v>7</v></c></row>"), 10, Fits)).ShouldBe((400, " unreadable-file", null));
        Refused(() => WorkbookTable.Read(Workbook("<row><c t=\"inlineStr\"><is><t>&x;</t></is></c></row>", dtd: "<!DOCTYPE x [<!ENTITY x \"y\">]>"), 10, Fits)).ShouldBe((400, " unreadable-file", null));
        var cut = Workbook("<row><c><v>1</v></c></row>");
        Refused(() => WorkbookTable.Read(cut[..^40], 10, Fits)).ShouldBe((400, " unreadable-file", null));
        using var empty = new MemoryStream();
        using (new ZipArchive(empty, ZipArchiveMode.Create, leaveOpen: true)) { }
        Refused(() => WorkbookTable.Read(empty.ToArray(), 10, Fits)).ShouldBe((400, " unreadable-file", null));
    }

    [Fact]
    public void Reads_json_whose_rows_have_different_members()
    {
        var table = JsonTable.Read("""
            [
              {"fullName": "Erika"},
              {"phone": 49511, "fullName": null, "tags": ["a"]}
            ]
            """u8, 10);
        table.Headers.ShouldBe(["fullName", "phone", "tags"]);
        table.Rows.Select(r => string.Join('|', r.Cells)).ShouldBe(["Erika||", "|49511|"]);
        table.Rows.Select(r => r.Line).ShouldBe([2L, 3L]);
        table.Rows[1].Refused.ShouldBeNull();
        table.Rows[1].Nested!.Single().Key.ShouldBe(2);
    }

    [Theory]
    [InlineData("{}", " wrong-type")]
    [InlineData("", " invalid-json")]
    [InlineData("[1]", "rows[0] wrong-type")]
    [InlineData("[{}] x", " invalid-json")]
    [InlineData("[{\"a\":1},{\"a\":", "rows[1] invalid-json")]
    [InlineData("[{\"a\":1,\"a\":2}]", "rows[0].a duplicate-member")]
    public void Json_that_is_no_table_is_refused(string json, string error) => Refused(() => JsonTable.Read(Encoding.UTF8.GetBytes(json), 10)).Error.ShouldBe(error);

    [Theory]
    [InlineData("fullName,email", "fullName,email")]
    [InlineData("FULLNAME,E-Mail", "fullName,email")]
    [InlineData("Name,E-mail,Organisation,Phone", "fullName,email,organisation,phone")]
    [InlineData("姓名,电子邮箱,单位,城市,称谓,语言", "fullName,email,organisation,city,formOfAddress,language")]
    [InlineData("Vollstandiger Name,Behoerde,Färbe", "fullName,organisation,")]
    [InlineData("Name,,Anmerkung", "fullName,,")]
    public void Columns_are_known_in_three_languages(string headers, string members) =>
        string.Join(',', ImportColumn.Map(headers.Split(','), ImportColumn.OfInvitees, null)).ShouldBe(members);

    [Fact]
    public void Columns_are_what_the_caller_says()
    {
        string.Join(',', ImportColumn.Map(["Wer", "Name", "E-Mail", "Mail"], ImportColumn.OfInvitees, ["wer:fullName", "Mail:email"])).ShouldBe("fullName,,,email");
        string.Join(',', ImportColumn.Map(["Name", "E-Mail", "Mail"], ImportColumn.OfInvitees, ["Mail:"])).ShouldBe("fullName,email,");
        Refused(() => ImportColumn.Map(["Name", "E-Mail", "Mail"], ImportColumn.OfInvitees, null)).ShouldBe((422, "columns duplicate-column", null));
        Refused(() => ImportColumn.Map(["E-Mail", "Stadt"], ImportColumn.OfInvitees, null)).ShouldBe((422, "columns missing-column", null));
        Refused(() => ImportColumn.Map(["Erika", "Hannover"], ImportColumn.OfInvitees, null)).ShouldBe((422, "columns no-header", null));
        Refused(() => ImportColumn.Map([], ImportColumn.OfInvitees, null)).ShouldBe((422, "columns no-header", null));
        Refused(() => ImportColumn.Map(["Name"], ImportColumn.OfInvitees, ["Wer:fullName"])).ShouldBe((400, "columns unknown-column", null));
        Refused(() => ImportColumn.Map(["Name"], ImportColumn.OfInvitees, ["Name:siteId"])).ShouldBe((400, "columns unknown-column", null));
    }

    [Fact]
    public void No_two_members_have_a_name_in_common()
    {
        var names = ImportColumn.OfRegistrations.SelectMany(c => c.Names.Append(c.Member).Select(n => (Key: ImportColumn.Key(n), c.Member))).Distinct();
        names.GroupBy(n => n.Key).Where(g => g.Count() > 1).Select(g => g.Key).ShouldBeEmpty();
    }

    /// <summary>A workbook with these rows on its only sheet.</summary>
    internal static byte[] Workbook(string rows, string shared = "", string dtd = "")
    {
        using var file = new MemoryStream();
        using (var zip = new ZipArchive(file, ZipArchiveMode.Create, leaveOpen: true))
        {
            Add("_rels/.rels", """<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>""");
            Add("xl/workbook.xml", """<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="Hidden" sheetId="1" state="hidden" r:id="rId9"/><sheet name="People" sheetId="2" r:id="rId1"/></sheets></workbook>""");
            Add("xl/_rels/workbook.xml.rels", """<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="rId2" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/sharedStrings" Target="/xl/sharedStrings.xml"/></Relationships>""");
            Add("xl/sharedStrings.xml", $"""<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">{shared}</sst>""");
            Add("xl/worksheets/sheet1.xml", $"""{dtd}<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><dimension ref="A1:XFD1048576"/><sheetData>{rows}</sheetData></worksheet>""");

            void Add(string name, string content)
            {
                using var part = zip.CreateEntry(name).Open();
                part.Write(Encoding.UTF8.GetBytes(content));
            }
        }

        return file.ToArray();
    }

    internal static byte[] Bytes(string text, string encoding, bool mark)
    {
        var codec = encoding switch
        {
            "utf-8" => new UTF8Encoding(mark),
            "utf-16le" => new UnicodeEncoding(false, mark),
            "utf-16be" => new UnicodeEncoding(true, mark),
            _ => CodePagesEncodingProvider.Instance.GetEncoding(encoding, EncoderFallback.ExceptionFallback, DecoderFallback.ExceptionFallback)!,
        };
        return [.. codec.GetPreamble(), .. codec.GetBytes(text)];
    }

    private static bool IsKnown(string header) => ImportColumn.NamesOf(ImportColumn.OfInvitees).ContainsKey(ImportColumn.Key(header));

    private static bool Fits(IReadOnlyList<string> headers) => ImportColumn.Fit(headers, ImportColumn.OfInvitees, null);

    private static string Detected(string text, string encoding)
    {
        var table = CsvTable.Read(Bytes(text, encoding, false), null, null, IsKnown, 10);
        table.Encoding!.Value.Name().ShouldBe(encoding);
        return table.Rows[0].Cells[0];
    }

    private static (int Status, string Error, long? Line) Refused(Func<object> read)
    {
        var refusal = Should.Throw<ProblemException>(read);
        return (refusal.Problem.Status, refusal.Errors.Count > 0 ? $"{refusal.Errors[0].Field} {refusal.Errors[0].Code.Code}" : "", refusal.Errors.Count > 0 ? refusal.Errors[0].Line : null);
    }
}
