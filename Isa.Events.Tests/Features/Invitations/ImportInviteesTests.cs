using System.Diagnostics;
using System.Globalization;
using System.Text;
using Isa.Events.Tests.Features.Imports;

namespace Isa.Events.Tests.Features.Invitations;

public class ImportInviteesTests(SharedHost host)
{
    private const string Stored = "SELECT COUNT(*) FROM invitees WHERE event_id = @Id";
    private const string Mails = "SELECT COUNT(*) FROM outbox WHERE event_id = @Id AND kind = 'invitation'";

    private const string List = """
        Name;E-Mail;Organisation;Stadt;Teilnehmerkreis;Sprache;Telefon;Bemerkung
        王小明;wang@example.org;佛山市商务局;Foshan;Stadtvertretung;中文;+86 757 1234;kommt gern
        Jürgen Weiß;j.weiss@example.org;Landeshauptstadt Hannover;Hannover;cityRepresentative;de;;
        Erika Beispiel;;Wirtschaftsförderung;;;Englisch;;
        """;

    [Fact]
    public async Task Invites_a_list_of_people_and_shows_how_it_was_understood()
    {
        var evt = await host.EventAsync();
        var answer = (await host.ImportInviteesAsync(evt, List)).ShouldBe(HttpStatusCode.OK);
        answer.Counts().ShouldBe((3, 0, 0, 0, 0));
        ((string)answer.Json["encoding"]!, (string)answer.Json["separator"]!).ShouldBe(("utf-8", "semicolon"));
        answer.Json["columns"]!.AsArray().Select(c => $"{c!["header"]}>{c["member"]}").ShouldBe(
            ["Name>fullName", "E-Mail>email", "Organisation>organisation", "Stadt>city", "Teilnehmerkreis>audience", "Sprache>language", "Telefon>phone", "Bemerkung>"]);
        var items = (await host.Organizer.GetAsync($"/v1/events/{evt}/invitees")).ShouldBe(HttpStatusCode.OK).Json["items"]!.AsArray();
        items.Select(i => $"{i!["fullName"]} {i["email"]} {i["audience"]} {i["language"]} {i["state"]}").ShouldBe(
            ["王小明 wang@example.org cityRepresentative zh unanswered", "Jürgen Weiß j.weiss@example.org cityRepresentative de unanswered", "Erika Beispiel   en unanswered"]);
        (await host.CountAsync(Mails, evt)).ShouldBe(0);
    }

    [Fact]
    public async Task The_same_list_again_changes_nothing()
    {
        var evt = await host.EventAsync();
        (await host.ImportInviteesAsync(evt, List)).ShouldBe(HttpStatusCode.OK);
        var before = (await host.Organizer.GetAsync($"/v1/events/{evt}/invitees")).Text;
        (await host.ImportInviteesAsync(evt, List)).ShouldBe(HttpStatusCode.OK).Counts().ShouldBe((0, 0, 3, 0, 0));
        (await host.Organizer.GetAsync($"/v1/events/{evt}/invitees")).Text.ShouldBe(before);
    }

    [Fact]
    public async Task Finds_people_by_number_then_address_then_name_and_removes_nothing()
    {
        var evt = await host.EventAsync();
        (await host.ImportInviteesAsync(evt, "externalId,fullName,email,organisation,phone\r\n7,Anna Alt,anna@example.org,A,0511 12345\r\n,Bert Bau,bert@example.org,B,\r\n,Carla Dorn,,C,\r\n")).ShouldBe(HttpStatusCode.OK);
        var codes = (await host.Organizer.GetAsync($"/v1/events/{evt}/invitees")).Json["items"]!.AsArray().Select(i => (string)i!["code"]!).ToList();
        (await host.ImportInviteesAsync(evt, "externalId,fullName,email,organisation,phone\r\n7,Anna Neu,anna.neu@example.org,,\r\n8,Bert Bau,BERT@EXAMPLE.ORG,B,\r\n,CARLA DÖRN,,C,\r\n,Carla Dorn,carla@example.org,c,\r\n"))
            .ShouldBe(HttpStatusCode.OK).Counts().ShouldBe((1, 3, 0, 0, 0));
        var items = (await host.Organizer.GetAsync($"/v1/events/{evt}/invitees")).Json["items"]!.AsArray();
        items.Select(i => $"{i!["externalId"]} {i["fullName"]} {i["email"]} {i["phone"]}").ShouldBe(
            ["7 Anna Neu anna.neu@example.org 0511 12345", "8 Bert Bau bert@example.org ", " CARLA DÖRN  ", " Carla Dorn carla@example.org "]);
        items.Take(3).Select(i => (string)i!["code"]!).ShouldBe(codes);
    }

    [Fact]
    public async Task Who_stands_there_twice_is_refused()
    {
        var evt = await host.EventAsync();
        (await host.ImportInviteesAsync(evt, "externalId,fullName,email\r\n1,Anna,anna@example.org\r\n2,Bert,bert@example.org\r\n")).ShouldBe(HttpStatusCode.OK);
        var answer = (await host.ImportInviteesAsync(evt, "externalId,fullName,email\r\n1,Anna,bert@example.org\r\n3,Carl,bert@example.org\r\n4,Dora,d@example.org\r\n4,Doro,\r\n,Emil,D@example.org\r\n,Fritz,\r\n,FRITZ,\r\n"))
            .ShouldBe(HttpStatusCode.UnprocessableEntity, "import-refused");
        answer.Errors.ShouldBe(["rows[0].email duplicate-row", "rows[1].email duplicate-row", "rows[3].externalId duplicate-row", "rows[4].email duplicate-row", "rows[6].fullName duplicate-row"]);
        (await host.CountAsync(Stored, evt)).ShouldBe(2);
    }

    [Fact]
    public async Task Nothing_is_stored_where_a_row_is_wrong_unless_what_is_right_is_wanted()
    {
        var evt = await host.EventAsync();
        const string list = "Name,E-Mail,Sprache,Telefon,Zielgruppe\r\nAnna,anna@example.org,de,,\r\n,b@,fr,call me,King\r\n\r\nCarl\tX,c@example.org,de,,\r\nDora,d@example.org\r\n\"Emil\",e@example.org,de,,guest\r\n";
        string[] expected =
        [
            "rows[1].language unknown-language", "rows[1].audience unknown-value", "rows[1].fullName required", "rows[1].email invalid-email", "rows[1].phone invalid-phone",
            "rows[2].fullName control-character", "rows[3] ragged-row",
        ];
        var refused = (await host.Organizer.SendTableAsync($"/v1/events/{evt}/invitees/import", list, "text/csv", ("Accept-Language", "de"))).ShouldBe(HttpStatusCode.UnprocessableEntity, "import-refused");
        refused.Errors.ShouldBe(expected);
        ((string)refused.Json["errors"]![3]!["detail"]!).ShouldBe("Das ist keine gültige E-Mail-Adresse. (Zeile 3)");
        ((string)refused.Json["errors"]![6]!["detail"]!).ShouldBe("Diese Zeile hat 2 Felder statt 5. (Zeile 6)");
        ((int)refused.Json["import"]!["errorCount"]!).ShouldBe(7);
        ((string)refused.Json["import"]!["columns"]![1]!["member"]!).ShouldBe("email");
        (await host.CountAsync(Stored, evt)).ShouldBe(0);

        var tried = (await host.ImportInviteesAsync(evt, list, "?dryRun=true")).ShouldBe(HttpStatusCode.OK);
        tried.Counts().ShouldBe((2, 0, 0, 0, 7));
        tried.RowErrors()[3].ShouldBe("1 3 email invalid-email");
        tried.RowErrors()[6].ShouldBe("3 6  ragged-row");
        (await host.CountAsync(Stored, evt)).ShouldBe(0);

        (await host.ImportInviteesAsync(evt, list, "?partial=true")).ShouldBe(HttpStatusCode.OK).Counts().ShouldBe((2, 0, 0, 0, 7));
        (await host.CountAsync(Stored, evt)).ShouldBe(2);
    }

    [Fact]
    public async Task Mails_go_out_once_to_each_address_and_only_if_asked_for()
    {
        var evt = await host.EventAsync();
        const string list = "Name,E-Mail,Kennung\r\nAnna,anna@example.org,1\r\nBert,,2\r\n";
        (await host.ImportInviteesAsync(evt, list)).Counts().ShouldBe((2, 0, 0, 0, 0));
        (await host.ImportInviteesAsync(evt, list, "?send=true&dryRun=true")).Counts().ShouldBe((0, 0, 2, 1, 0));
        (await host.CountAsync(Mails, evt)).ShouldBe(0);
        (await host.ImportInviteesAsync(evt, list, "?send=true")).Counts().ShouldBe((0, 0, 2, 1, 0));
        (await host.ImportInviteesAsync(evt, list, "?send=true")).Counts().ShouldBe((0, 0, 2, 0, 0));
        (await host.CountAsync(Mails, evt)).ShouldBe(1);
        (await host.ImportInviteesAsync(evt, list.Replace("anna@", "anna.alt@").Replace("Bert,", "Bert,bert@example.org"), "?send=true")).Counts().ShouldBe((0, 2, 0, 2, 0));
        var invitee = (await host.Organizer.GetAsync($"/v1/events/{evt}/invitees")).Json["items"]![0]!;
        ((string)invitee["invitedAt"]!).ShouldNotBeEmpty();
        (await host.Database.ReadAsync(session => session.One<string>("SELECT payload FROM outbox WHERE event_id = @Id AND kind = 'invitation' ORDER BY id LIMIT 1", new { Id = evt }), CancellationToken.None)).ShouldBe($$"""{"inviteeId":"{{invitee["id"]}}"}""");
    }

    [Fact]
    public async Task A_draft_may_be_prepared_but_nobody_is_written_to_about_it()
    {
        var draft = await host.DraftAsync();
        (await host.ImportInviteesAsync(draft, List, "?send=true")).ShouldBe(HttpStatusCode.Conflict, "event-not-published");
        (await host.ImportInviteesAsync(draft, List)).ShouldBe(HttpStatusCode.OK);
        (await host.Organizer.DeleteAsync($"/v1/events/{draft}", ("If-Match", "*"))).ShouldBe(HttpStatusCode.NoContent);
        var cancelled = await host.EventAsync();
        (await host.Organizer.PostAsync($"/v1/events/{cancelled}/cancel", null, ("If-Match", "*"))).ShouldBe(HttpStatusCode.OK);
        (await host.ImportInviteesAsync(cancelled, List)).ShouldBe(HttpStatusCode.Conflict, "event-cancelled");
        (await host.ImportInviteesAsync("evt_0", List)).ShouldBe(HttpStatusCode.NotFound, "event-not-found");
        (await host.Partner.SendTableAsync($"/v1/events/{cancelled}/invitees/import", List)).ShouldBe(HttpStatusCode.Forbidden, "not-allowed");
    }

    [Fact]
    public async Task Takes_workbooks_and_json_as_well()
    {
        var evt = await host.EventAsync();
        var path = $"/v1/events/{evt}/invitees/import";
        var workbook = ImportTableTests.Workbook("""
            <row r="1"><c r="A1" t="inlineStr"><is><t>姓名</t></is></c><c r="B1" t="inlineStr"><is><t>邮箱</t></is></c><c r="C1" t="inlineStr"><is><t>城市</t></is></c></row>
            <row r="3"><c r="A3" t="inlineStr"><is><t>王小明</t></is></c><c r="B3" t="str"><f>A1</f><v>wang@example.org</v></c></row>
            <row r="4"><c r="A4" t="inlineStr"><is><t>=李</t></is></c></row>
            """);
        var answer = (await host.Organizer.SendTableAsync($"{path}?partial=true", workbook, Tables.Excel)).ShouldBe(HttpStatusCode.OK);
        answer.RowErrors().ShouldBe(["0 3 email formula"]);
        answer.Json.AsObject().ContainsKey("encoding").ShouldBeFalse();
        var json = (await host.Organizer.SendTableAsync(path, """[{"fullName":"=李"},{"fullName":"Erika","phone":4951112345,"note":"x"}]""", "application/json")).ShouldBe(HttpStatusCode.OK);
        json.Counts().ShouldBe((1, 0, 1, 0, 0));
        (await host.Organizer.GetAsync($"/v1/events/{evt}/invitees")).Json["items"]!.AsArray().Select(i => $"{i!["fullName"]} {i["phone"]}").ShouldBe(["=李 ", "Erika 4951112345"]);
    }

    [Theory]
    [InlineData("attendees.xlsx?language=de", "?sheet=hannover")]
    [InlineData("attendees.xlsx?language=zh", "?sheet=汉诺威")]
    [InlineData("attendees.csv?language=de&dialect=excel-de", "")]
    [InlineData("attendees.csv?language=en&dialect=rfc4180", "")]
    public async Task Who_came_last_year_can_be_invited_from_the_list_of_then(string file, string query)
    {
        var (last, next) = (await host.EventAsync(), await host.EventAsync());
        foreach (var name in new[] { "Jürgen Weiß", "王小明" }) (await host.Partner.RegisterAsync(last, Given.Person(change: p => p["fullName"] = name))).ShouldBe(HttpStatusCode.Created);
        var list = (await host.Organizer.GetAsync($"/v1/events/{last}/{file}")).ShouldBe(HttpStatusCode.OK);
        var answer = (await host.Organizer.SendTableAsync($"/v1/events/{next}/invitees/import{query}", list.Bytes, file.Contains(".xlsx") ? Tables.Excel : "text/csv")).ShouldBe(HttpStatusCode.OK);
        answer.Counts().ShouldBe((2, 0, 0, 0, 0));
        (await host.Organizer.GetAsync($"/v1/events/{next}/invitees")).Json["items"]!.AsArray().Select(i => $"{i!["fullName"]} {i["audience"]}").ShouldBe(["Jürgen Weiß guest", "王小明 guest"], ignoreOrder: true);
    }

    [Fact]
    public async Task Of_a_workbook_the_only_sheet_of_people_is_taken_and_where_there_are_more_one_is_asked_for()
    {
        var (last, next) = (await host.EventAsync(), await host.EventAsync());
        (await host.Partner.RegisterAsync(last, Given.Person(change: p => p["fullName"] = "Jürgen Weiß"))).ShouldBe(HttpStatusCode.Created);
        var list = (await host.Organizer.GetAsync($"/v1/events/{last}/attendees.xlsx?language=en")).ShouldBe(HttpStatusCode.OK);
        var answer = (await host.Organizer.SendTableAsync($"/v1/events/{next}/invitees/import", list.Bytes, Tables.Excel)).ShouldBe(HttpStatusCode.UnprocessableEntity, "validation-failed");
        answer.Errors.ShouldBe(["sheet sheet-needed"]);
        ((string)answer.Json["errors"]![0]!["detail"]!).ShouldStartWith("Please name the sheet of the workbook that is meant: Totals, ");

        var alone = await host.EventAsync(e => e["sites"] = new JsonArray(e["sites"]![0]!.DeepClone()));
        (await host.Partner.RegisterAsync(alone, Given.Person(change: p => p["fullName"] = "Jürgen Weiß"))).ShouldBe(HttpStatusCode.Created);
        list = (await host.Organizer.GetAsync($"/v1/events/{alone}/attendees.xlsx?language=de")).ShouldBe(HttpStatusCode.OK);
        (await host.Organizer.SendTableAsync($"/v1/events/{next}/invitees/import", list.Bytes, Tables.Excel)).ShouldBe(HttpStatusCode.OK).Counts().ShouldBe((1, 0, 0, 0, 0));
    }

    [Theory]
    [InlineData("Nachname;Vorname\r\nWeiß;Jürgen\r\n", "Jürgen Weiß, Weiß")]
    [InlineData("Name;Vorname\r\nWeiß;Jürgen\r\n", "Jürgen Weiß, Weiß")]
    [InlineData("Name;Vorname\r\nJürgen Weiß;Jürgen\r\n", "Jürgen Weiß, ")]
    [InlineData("Name;Vorname;Nachname\r\nDr. J. Weiß;Jürgen;Weiß\r\n", "Dr. J. Weiß, Weiß")]
    [InlineData("Vorname;Nachname\r\nMartin;Martin\r\n", "Martin Martin, Martin")]
    [InlineData("Name;Vorname\r\nAnna Schmidt;Anna Maria\r\n", "Anna Schmidt, ")]
    [InlineData("姓;名\r\n王;小明\r\n", "王小明, 王")]
    [InlineData("姓名;名\r\n王小明;小明\r\n", "王小明, ")]
    public async Task A_given_name_beside_the_family_name_makes_the_name(string list, string name)
    {
        var evt = await host.EventAsync();
        (await host.ImportInviteesAsync(evt, list)).ShouldBe(HttpStatusCode.OK).Counts().ShouldBe((1, 0, 0, 0, 0));
        (await host.Organizer.GetAsync($"/v1/events/{evt}/invitees")).Json["items"]!.AsArray().Select(i => $"{i!["fullName"]}, {i["familyName"]}").ShouldBe([name]);
        (await host.ImportInviteesAsync(evt, "Vorname;Stadt\r\nJürgen;Hannover\r\n")).ShouldBe(HttpStatusCode.UnprocessableEntity, "validation-failed").Errors.ShouldBe(["columns missing-column"]);
    }

    [Fact]
    public async Task Columns_encoding_and_separator_are_what_the_organiser_says()
    {
        var evt = await host.EventAsync();
        var bytes = ImportTableTests.Bytes("Wer;Name;E-Mail\r\nGröße, René;x;r@example.org\r\n", "windows-1252", false);
        var answer = (await host.Organizer.SendTableAsync($"/v1/events/{evt}/invitees/import?columns=Wer:fullName&encoding=windows-1252&separator=semicolon", bytes)).ShouldBe(HttpStatusCode.OK);
        answer.Json["columns"]!.AsArray().Select(c => $"{c!["header"]}>{c["member"]}").ShouldBe(["Wer>fullName", "Name>", "E-Mail>email"]);
        ((string)(await host.Organizer.GetAsync($"/v1/events/{evt}/invitees")).Json["items"]![0]!["fullName"]!).ShouldBe("Größe, René");
        (await host.Organizer.SendTableAsync($"/v1/events/{evt}/invitees/import", bytes, "text/csv; charset=utf-8")).ShouldBe(HttpStatusCode.BadRequest, "malformed-request").Errors.ShouldBe([" invalid-encoding"]);
        (await host.Organizer.SendTableAsync($"/v1/events/{evt}/invitees/import?columns=Wer:email", bytes, "text/csv; charset=windows-1252")).ShouldBe(HttpStatusCode.UnprocessableEntity, "import-refused").Errors.ShouldBe(["rows[0].email invalid-email"]);
    }

    public static TheoryData<string, string, string, int, string, string> BadTables() => new()
    {
        { "no header", "text/csv", "Anna,anna@example.org\r\nBert,b@example.org\r\n", 422, "validation-failed", "columns no-header" },
        { "wrong header", "text/csv", "Stadt,Sprache\r\nHannover,de\r\n", 422, "validation-failed", "columns missing-column" },
        { "two columns of one member", "text/csv", "Name,E-Mail,Mail\r\nAnna,a@example.org,b@example.org\r\n", 422, "validation-failed", "columns duplicate-column" },
        { "nothing", "text/csv", "", 422, "validation-failed", "columns no-header" },
        { "101 columns", "text/csv", "Name" + string.Concat(Enumerable.Repeat(",x", 100)) + "\r\n", 422, "validation-failed", "columns too-many" },
        { "a header of 300 characters", "text/csv", $"Name,{new string('x', 300)}\r\n", 422, "validation-failed", "columns too-long" },
        { "quotes", "text/csv", "Name\r\n\"Anna\r\n", 400, "malformed-request", " broken-quotes" },
        { "no list", "application/json", "{\"fullName\":\"Anna\"}", 400, "malformed-request", " wrong-type" },
        { "no workbook", Tables.Excel, "Name\r\nAnna\r\n", 400, "malformed-request", " unreadable-file" },
        { "an old workbook", "application/vnd.ms-excel", "x", 415, "unsupported-media-type", "" },
        { "a form", "application/x-www-form-urlencoded", "Name=Anna", 415, "unsupported-media-type", "" },
        { "a charset of others", "text/csv; charset=koi8-r", "Name\r\nAnna\r\n", 415, "unsupported-media-type", "" },
    };

    [Theory]
    [MemberData(nameof(BadTables))]
    public async Task A_bad_table_is_refused_as_a_whole(string what, string media, string body, int status, string code, string error)
    {
        var evt = await host.EventAsync();
        var answer = (await host.Organizer.SendTableAsync($"/v1/events/{evt}/invitees/import?partial=true", body, media)).ShouldBe((HttpStatusCode)status, code);
        if (error.Length > 0) answer.Errors.ShouldBe([error], what);
        (await host.CountAsync(Stored, evt)).ShouldBe(0);
    }

    [Fact]
    public async Task Too_much_is_refused_and_errors_are_counted_beyond_those_shown()
    {
        var evt = await host.EventAsync();
        var path = $"/v1/events/{evt}/invitees/import";
        (await host.ImportInviteesAsync(evt, "Name\r\n" + string.Concat(Enumerable.Repeat("Anna\r\n", 100_000)))).ShouldBe(HttpStatusCode.UnprocessableEntity, "validation-failed").Errors.ShouldBe(["rows too-many"]);
        (await host.Organizer.SendTableAsync(path, "Name\r\n" + new string('x', 5_000_000), "text/csv", ("Expect", "100-continue"))).ShouldBe(HttpStatusCode.RequestEntityTooLarge, "payload-too-large");
        var many = (await host.ImportInviteesAsync(evt, "Name,Mail\r\n" + string.Concat(Enumerable.Range(0, 300).Select(i => $"Anna {i},none\r\n")), "?partial=true")).ShouldBe(HttpStatusCode.OK);
        many.Counts().ShouldBe((0, 0, 0, 0, 300));
        many.RowErrors().Length.ShouldBe(200);
        (await host.Organizer.SendTableAsync($"{path}?colums=x", "Name\r\nAnna")).ShouldBe(HttpStatusCode.BadRequest, "malformed-request").Errors.ShouldBe(["colums unknown-parameter"]);
        (await host.Organizer.SendTableAsync($"{path}?encoding=utf-7", "Name\r\nAnna")).ShouldBe(HttpStatusCode.BadRequest, "malformed-request").Errors.ShouldBe(["encoding unknown-value"]);
        (await host.Organizer.SendTableAsync($"{path}?sheet=People", "Name\r\nAnna")).ShouldBe(HttpStatusCode.BadRequest, "malformed-request").Errors.ShouldBe(["sheet expected-nothing"]);
        (await host.Organizer.SendTableAsync($"{path}?sheet=Hidden", ImportTableTests.Workbook(""), Tables.Excel)).ShouldBe(HttpStatusCode.BadRequest, "malformed-request").Errors.ShouldBe(["sheet unknown-value"]);
        (await host.Organizer.SendTableAsync($"{path}?separator=tab", "[]", "application/json")).ShouldBe(HttpStatusCode.BadRequest, "malformed-request").Errors.ShouldBe(["separator expected-nothing"]);
        (await host.Organizer.SendTableAsync(path, "Name\r\nAnna", "text/csv", ("Idempotency-Key", new string('k', 300)))).ShouldBe(HttpStatusCode.BadRequest, "malformed-request").Errors.ShouldBe(["Idempotency-Key invalid-idempotency-key"]);
        (await host.Organizer.SendTableAsync(path, "Name\r\nAnna", "text/csv", ("Idempotency-Key", "list-1"))).ShouldBe(HttpStatusCode.OK).Counts().ShouldBe((1, 0, 0, 0, 0));
        (await host.Organizer.SendTableAsync(path, "Name\r\nAnna", "text/csv", ("Idempotency-Key", "list-1"))).ShouldBe(HttpStatusCode.OK).Counts().ShouldBe((0, 0, 1, 0, 0));
    }

    [Fact]
    public async Task The_same_list_twice_at_once_invites_each_person_once()
    {
        var evt = await host.EventAsync();
        var list = "Name,Mail\r\n" + string.Concat(Enumerable.Range(0, 200).Select(i => $"Anna {i},a{i}@example.org\r\n"));
        var answers = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => host.ImportInviteesAsync(evt, list)));
        answers.Select(a => a.ShouldBe(HttpStatusCode.OK).Counts().Created).Order().ShouldBe([0, 0, 0, 0, 0, 200]);
        (await host.CountAsync(Stored, evt)).ShouldBe(200);
    }

    [Fact]
    public async Task Twenty_thousand_with_one_address_take_no_longer_than_with_one_each()
    {
        var evt = await host.EventAsync();
        var each = await TimeAsync(i => $"a{i}@example.org", (20_000, 0, 0, 0, 0));
        (await TimeAsync(_ => "same@example.org", (1, 0, 0, 0, 19_999))).ShouldBeLessThan(each * 2);

        async Task<TimeSpan> TimeAsync(Func<int, string> address, (int, int, int, int, int) counts)
        {
            var list = "Name,Mail\r\n" + string.Concat(Enumerable.Range(0, 20_000).Select(i => $"Anna {i},{address(i)}\r\n"));
            var watch = Stopwatch.StartNew();
            (await host.ImportInviteesAsync(evt, list, "?partial=true&dryRun=true")).ShouldBe(HttpStatusCode.OK).Counts().ShouldBe(counts);
            return watch.Elapsed;
        }
    }

    [Fact]
    public async Task Ten_thousand_at_once()
    {
        var list = new StringBuilder("externalId,fullName,email,organisation,city,audience,language\r\n");
        for (var i = 0; i < 10_000; i++) list.Append(CultureInfo.InvariantCulture, $"{i},Erika Beispiel {i},erika{i}@example.org,Stadt {i % 50},Hannover,cityRepresentative,de\r\n");
        (await host.ImportInviteesAsync(await host.EventAsync(), list.ToString())).ShouldBe(HttpStatusCode.OK).Counts().ShouldBe((10_000, 0, 0, 0, 0));
    }
}
