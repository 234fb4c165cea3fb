using Isa.Events.Tests.Features.Imports;

namespace Isa.Events.Tests.Features.Registrations;

public class ImportRegistrationsTests(SharedHost host)
{
    private const string Stored = "SELECT COUNT(*) FROM registrations WHERE event_id = @Id";
    private const string Mails = "SELECT COUNT(*) FROM outbox WHERE event_id = @Id AND registration_id IS NOT NULL";

    private const string Header = "Name,E-Mail,Teilnahmeort,Zielgruppe,Sprache,Stadt\r\n";

    [Fact]
    public async Task Registers_who_wrote_or_phoned_at_sites_by_id_or_name()
    {
        var evt = await host.EventAsync();
        var name = (string)(await host.Anybody.GetAsync($"/v1/events/{evt}")).Json["sites"]![0]!["name"]!["zh"]!;
        var list = $"{Header}Anna,anna@example.org,hannover,guest,,\r\nBert,bert@example.org,ZOOM,guest,en,\r\n王小明,w@example.org,{name},嘉宾,zh,\r\n".Replace("ZOOM", "zoom");
        (await host.ImportRegistrationsAsync(evt, list, "?noticeVersion=1&dryRun=true")).ShouldBe(HttpStatusCode.OK).Counts().ShouldBe((3, 0, 0, 0, 0));
        (await host.CountAsync(Stored, evt)).ShouldBe(0);
        ((int)(await host.Organizer.GetAsync($"/v1/events/{evt}/availability")).Json["sites"]![0]!["seatsTaken"]!).ShouldBe(0);

        (await host.ImportRegistrationsAsync(evt, list, "?noticeVersion=1")).ShouldBe(HttpStatusCode.OK).Counts().ShouldBe((3, 0, 0, 0, 0));
        (await host.CountAsync(Mails, evt)).ShouldBe(0);
        (await host.Organizer.GetAsync($"/v1/events/{evt}/registrations?sort=familyName")).Json["items"]!.AsArray().Select(r => $"{r!["fullName"]} {r["siteId"]} {r["language"]} {r["status"]}")
            .ShouldBe(["Anna hannover de confirmed", "Bert zoom en confirmed", "王小明 hannover zh confirmed"]);
        ((int)(await host.Organizer.GetAsync($"/v1/events/{evt}/availability")).Json["sites"]![0]!["seatsTaken"]!).ShouldBe(2);

        (await host.ImportRegistrationsAsync(evt, list, "?noticeVersion=1&send=true")).ShouldBe(HttpStatusCode.OK).Counts().ShouldBe((0, 0, 3, 0, 0));
        (await host.CountAsync(Stored, evt)).ShouldBe(3);
        (await host.ImportRegistrationsAsync(evt, $"{Header}Dora,dora@example.org,zoom,guest,,\r\n", "?noticeVersion=1&send=true")).ShouldBe(HttpStatusCode.OK).Counts().ShouldBe((1, 0, 0, 1, 0));
        (await host.CountAsync(Mails, evt)).ShouldBe(1);
    }

    [Fact]
    public async Task Somebody_who_is_registered_with_other_data_is_an_error()
    {
        var evt = await host.EventAsync();
        (await host.Partner.RegisterAsync(evt, Given.Person("anna@example.org", change: p => p["fullName"] = "Anna Alt"))).ShouldBe(HttpStatusCode.Created);
        (await host.ImportRegistrationsAsync(evt, $"{Header}anna alt,ANNA@example.org,hannover,,,\r\n", "?noticeVersion=1")).ShouldBe(HttpStatusCode.OK).Counts().ShouldBe((0, 0, 1, 0, 0));
        foreach (var row in new[] { "Anna Neu,anna@example.org,hannover,guest,,", "Anna Alt,anna@example.org,zoom,guest,,", "Anna Alt,anna@example.org,hannover,guest,,Foshan" })
        {
            var answer = (await host.ImportRegistrationsAsync(evt, $"{Header}{row}\r\n", "?noticeVersion=1")).ShouldBe(HttpStatusCode.UnprocessableEntity, "import-refused");
            answer.Errors.ShouldBe(["rows[0].email already-registered"]);
            ((string)answer.Json["errors"]![0]!["detail"]!).ShouldEndWith("(line 2)");
        }
    }

    [Fact]
    public async Task Rules_hold_for_each_row_and_nothing_is_kept_of_a_refused_list()
    {
        var evt = await host.EventWithSeatsAsync(2);
        var list = $"{Header}Anna,anna@example.org,hannover,guest,,\r\nBert,bert@example.org,hannover,guest,,\r\nCarl,carl@example.org,hannover,guest,,\r\nDora,dora@example.org,nowhere,guest,,\r\nEmil,anna@example.org,zoom,guest,,\r\nFritz,,zoom,guest,,\r\nGerd,gerd@example.org,zoom,guest,,\r\n";
        string[] errors = ["2 4  site-full", "3 5 siteId unknown-site", "4 6 email already-registered", "5 7 email required"];
        var refused = (await host.ImportRegistrationsAsync(evt, list, "?noticeVersion=1")).ShouldBe(HttpStatusCode.UnprocessableEntity, "import-refused");
        refused.Errors.ShouldBe(["rows[2] site-full", "rows[3].siteId unknown-site", "rows[4].email already-registered", "rows[5].email required"]);
        (await host.CountAsync(Stored, evt)).ShouldBe(0);
        ((int)(await host.Organizer.GetAsync($"/v1/events/{evt}/availability")).Json["sites"]![0]!["seatsTaken"]!).ShouldBe(0);

        var tried = (await host.ImportRegistrationsAsync(evt, list, "?noticeVersion=1&dryRun=true")).ShouldBe(HttpStatusCode.OK);
        tried.Counts().ShouldBe((3, 0, 0, 0, 4));
        tried.RowErrors().ShouldBe(errors);
        (await host.CountAsync(Stored, evt)).ShouldBe(0);

        var some = (await host.ImportRegistrationsAsync(evt, list, "?noticeVersion=1&partial=true")).ShouldBe(HttpStatusCode.OK);
        some.Counts().ShouldBe((3, 0, 0, 0, 4));
        some.RowErrors().ShouldBe(errors);
        (await host.CountAsync(Stored, evt)).ShouldBe(3);
        ((int)(await host.Organizer.GetAsync($"/v1/events/{evt}/availability")).Json["sites"]![0]!["seatsTaken"]!).ShouldBe(2);
    }

    [Fact]
    public async Task A_full_site_is_waited_for_or_another_attended_as_the_row_says()
    {
        var evt = await host.EventAsync(e =>
        {
            e["sites"]![0]!["capacity"] = 1;
            e["sites"]![0]!["waitlist"] = new JsonObject();
        });
        const string list = "Name,E-Mail,siteId,Zielgruppe,whenFull,fallbackSiteId\r\nAnna,a@example.org,hannover,guest,,\r\nBert,b@example.org,hannover,guest,waitlist,\r\nCarl,c@example.org,hannover,guest,attendSite,Zoom\r\nDora,d@example.org,hannover,guest,reject,\r\n";
        var zoom = (string)(await host.Anybody.GetAsync($"/v1/events/{evt}")).Json["sites"]!.AsArray().Single(s => (string)s!["id"]! == "zoom")!["name"]!["de"]!;
        var text = list.Replace(",Zoom\r", $",\"{zoom}\"\r");
        (await host.ImportRegistrationsAsync(evt, text, "?noticeVersion=1&partial=true")).ShouldBe(HttpStatusCode.OK).RowErrors().ShouldBe(["3 5  site-full"]);
        (await host.Organizer.GetAsync($"/v1/events/{evt}/registrations?sort=familyName")).Json["items"]!.AsArray().Select(r => $"{r!["fullName"]} {r["siteId"]} {r["status"]}")
            .ShouldBe(["Anna hannover confirmed", "Bert hannover waitlisted", "Carl zoom confirmed"]);
        (await host.ImportRegistrationsAsync(evt, text, "?noticeVersion=1&partial=true")).ShouldBe(HttpStatusCode.OK).Counts().ShouldBe((0, 0, 3, 0, 1));
    }

    [Fact]
    public async Task After_the_deadline_they_are_late_and_after_the_end_nobody_is_registered()
    {
        await using var own = new EventsHost();
        await own.InitializeAsync();
        var evt = await own.EventAsync();
        var list = $"{Header}Anna,anna@example.org,zoom,guest,,\r\n";
        own.Time.SetUtcNow(new(2020, 10, 14, 0, 0, 0, TimeSpan.Zero));
        (await own.ImportRegistrationsAsync(evt, list, "?noticeVersion=1")).ShouldBe(HttpStatusCode.OK).Counts().ShouldBe((1, 0, 0, 0, 0));
        (await own.CountAsync("SELECT COUNT(*) FROM registrations WHERE event_id = @Id AND late", evt)).ShouldBe(1);
        own.Time.SetUtcNow(new(2020, 10, 17, 0, 0, 0, TimeSpan.Zero));
        (await own.ImportRegistrationsAsync(evt, list, "?noticeVersion=1")).ShouldBe(HttpStatusCode.Conflict, "event-over");
    }

    [Fact]
    public async Task The_notice_is_named_for_all_or_in_the_table()
    {
        var evt = await host.EventAsync();
        (await host.ImportRegistrationsAsync(evt, $"{Header}Anna,anna@example.org,zoom,guest,,\r\n")).ShouldBe(HttpStatusCode.UnprocessableEntity, "import-refused").Errors.ShouldBe(["rows[0].noticeVersion required"]);
        (await host.ImportRegistrationsAsync(evt, $"{Header}Anna,anna@example.org,zoom,guest,,\r\n", "?noticeVersion=0")).ShouldBe(HttpStatusCode.UnprocessableEntity, "import-refused").Errors.ShouldBe(["rows[0] notice-outdated"]);
        (await host.ImportRegistrationsAsync(evt, "fullName;email;siteId;noticeVersion;audience\r\nAnna;anna@example.org;zoom;1;guest\r\n")).ShouldBe(HttpStatusCode.OK).Counts().ShouldBe((1, 0, 0, 0, 0));
    }

    [Fact]
    public async Task An_invitation_is_used_and_a_city_runs_out_here_too()
    {
        var evt = await host.EventAsync(e => e["rules"] = JsonNode.Parse("""{"inviteOnly":true,"cityQuotas":[{"city":"Foshan","seats":1}]}"""));
        var code = (await host.InviteAsync(evt, "Anna")).Code();
        var answer = (await host.ImportRegistrationsAsync(evt, $"Name,E-Mail,siteId,Stadt,Zielgruppe,Einladungscode\r\nAnna,a@example.org,zoom,Foshan,guest,{code}\r\nBert,b@example.org,zoom,Foshan,guest,\r\nCarl,c@example.org,zoom,,guest,{code}\r\nDora,d@example.org,zoom,,guest,nonsense\r\nEmil,e@example.org,zoom,,guest,\r\n", "?noticeVersion=1&partial=true"))
            .ShouldBe(HttpStatusCode.OK);
        answer.RowErrors().ShouldBe(["1 3 city city-quota-full", "2 4 invitationCode invitation-used", "3 5 invitationCode invitation-unknown"]);
        (await host.CountAsync(Stored, evt)).ShouldBe(2);
        ((string)(await host.Organizer.GetAsync($"/v1/events/{evt}/invitees")).Json["items"]![0]!["state"]!).ShouldBe("registered");
    }

    [Fact]
    public async Task Columns_answer_the_questions_of_the_event()
    {
        var evt = await host.AskingEventAsync();
        const string header = "Name;E-Mail;siteId;Sprache;Essen;Themen;nights;Anreise;answers.parking\r\n";
        var wrong = (await host.ImportRegistrationsAsync(evt, $"{header}Anna;a@example.org;hannover;de;;Bahn, Kohle;15;gestern;vielleicht\r\n", "?noticeVersion=1&dryRun=true&columns=nights:answers.nights")).ShouldBe(HttpStatusCode.OK);
        wrong.RowErrors().ShouldBe(["0 2 answers.topics unknown-value", "0 2 answers.nights out-of-range", "0 2 answers.arrival invalid-date", "0 2 answers.parking unknown-value", "0 2 answers.diet required"]);
        var list = $"{header}Anna;a@example.org;hannover;de;Vegetarisch;Bahn, häfen;2,5;16.10.2020;ja\r\nBert;b@example.org;zoom;de;any;;;44120;\r\n";
        (await host.ImportRegistrationsAsync(evt, list, "?noticeVersion=1&columns=nights:answers.nights")).ShouldBe(HttpStatusCode.OK).Counts().ShouldBe((2, 0, 0, 0, 0));
        (await host.Organizer.GetAsync($"/v1/events/{evt}/registrations?sort=familyName")).Json["items"]!.AsArray().Select(r => r!["answers"]!.ToJsonString()).ShouldBe(
        [
            """[{"question":"diet","value":"vegetarian"},{"question":"topics","values":["rail","ports"]},{"question":"nights","value":"2.5"},{"question":"arrival","value":"2020-10-16"},{"question":"parking","value":"true"}]""",
            """[{"question":"diet","value":"any"},{"question":"arrival","value":"2020-10-16"}]""",
        ]);
        (await host.ImportRegistrationsAsync(evt, list, "?noticeVersion=1&columns=nights:answers.nights")).ShouldBe(HttpStatusCode.OK).Counts().ShouldBe((0, 0, 2, 0, 0));
    }

    [Fact]
    public async Task A_row_of_json_answers_as_who_registers_does()
    {
        var evt = await host.AskingEventAsync();
        const string person = "\"fullName\":\"Anna\",\"email\":\"a@example.org\",\"siteId\":\"hannover\",\"language\":\"de\"";
        var list = $$"""[{ {{person}},"answers":[{"question":"diet","value":"vegetarian"},{"question":"topics","values":["rail","ports"]},{"question":"nights","value":""}],"answers.parking":true}]""";
        var answer = (await ImportAsync(list)).ShouldBe(HttpStatusCode.OK);
        answer.Counts().ShouldBe((1, 0, 0, 0, 0));
        answer.Json["columns"]!.AsArray().Select(c => $"{c!["header"]}>{c["member"]}").ShouldContain("answers>answers");
        (await host.Organizer.GetAsync($"/v1/events/{evt}/registrations")).Json["items"]![0]!["answers"]!.ToJsonString()
            .ShouldBe("""[{"question":"parking","value":"true"},{"question":"diet","value":"vegetarian"},{"question":"topics","values":["rail","ports"]}]""");
        (await ImportAsync(list)).ShouldBe(HttpStatusCode.OK).Counts().ShouldBe((0, 0, 1, 0, 0));

        foreach (var (answers, error) in new[]
        {
            ("""[{"question":"diet","value":"none-such"},{"question":"parking","value":"true"}]""", "rows[0].answers.diet unknown-value"),
            ("""[{"question":"diet","value":"any"},{"question":"parking","value":"true"},{"question":"diet","value":"any"}]""", "rows[0].answers.diet duplicate-value"),
            ("""[{"question":"diet","value":"any"},{"question":"parking","value":"true"},{"question":"shoes","value":"44"}]""", "rows[0].answers.shoes unknown-question"),
            ("""[{"question":"diet","value":"any"},{"question":"parking","value":"true"},{"value":"44"}]""", "rows[0].answers[2].question required"),
        }) (await ImportAsync($$"""[{ {{person}},"answers":{{answers}}}]""")).ShouldBe(HttpStatusCode.UnprocessableEntity, "import-refused").Errors.ShouldBe([error]);
        foreach (var (answers, error) in new[]
        {
            ("""[{"question":"diet","value":1}]""", "rows[0].answers[0].value wrong-type"),
            ("""[{"question":"diet","answer":"any"}]""", "rows[0].answers[0].answer unknown-member"),
            ("""[null]""", "rows[0].answers wrong-type"),
            ("""{"diet":"any"}""", "rows[0].answers wrong-type"),
            ("\"diet\"", "rows[0].answers wrong-type"),
        }) (await ImportAsync($$"""[{ {{person}},"answers":{{answers}}}]""")).ShouldBe(HttpStatusCode.UnprocessableEntity, "import-refused").Errors.ShouldContain(error);

        Task<Answer> ImportAsync(string json) => host.Organizer.SendTableAsync($"/v1/events/{evt}/registrations/import?noticeVersion=1", json, "application/json");
    }

    [Fact]
    public async Task What_json_nests_is_never_left_out_unsaid()
    {
        var evt = await host.EventAsync();
        var path = $"/v1/events/{evt}/registrations/import?noticeVersion=1";
        const string list = """[{"fullName":"Anna","email":"a@example.org","siteId":"zoom","audience":"guest","note":"x","vip":true,"extras":[],"phone":["1"],"consents":[{"purpose":"news","text":"Yes"}],"person":{"needs":"Lift"}}]""";
        (await host.Organizer.SendTableAsync(path, list, "application/json")).ShouldBe(HttpStatusCode.UnprocessableEntity, "import-refused").Errors
            .ShouldBe(["rows[0].phone wrong-type", "rows[0].consents unknown-member", "rows[0].person unknown-member"]);
        (await host.Organizer.SendTableAsync($"{path}&dryRun=true", list, "application/json")).ShouldBe(HttpStatusCode.OK).RowErrors().ShouldBe(["0 1 phone wrong-type", "0 1 consents unknown-member", "0 1 person unknown-member"]);
        (await host.Organizer.SendTableAsync($"{path}&columns=consents:,person:,phone:", list, "application/json")).ShouldBe(HttpStatusCode.OK).Counts().ShouldBe((1, 0, 0, 0, 0));
        (await host.Organizer.SendTableAsync($"/v1/events/{evt}/invitees/import", """[{"fullName":"Anna","answers":[{"question":"diet","value":"any"}]}]""", "application/json"))
            .ShouldBe(HttpStatusCode.UnprocessableEntity, "import-refused").Errors.ShouldBe(["rows[0].answers unknown-member"]);
    }

    [Fact]
    public async Task All_that_is_wrong_with_a_row_is_told_at_once()
    {
        var evt = await host.AskingEventAsync();
        const string list = "Name;E-Mail;siteId;fallbackSiteId;whenFull;Sprache;Essen;answers.topics;answers.arrival\r\nAnna;none;nowhere;elsewhere;attendSite;xx;Steine;Kohle;gestern\r\nBert;b@;hannover;;;de;;rail;\r\n";
        (await host.ImportRegistrationsAsync(evt, list, "?noticeVersion=0&dryRun=true")).ShouldBe(HttpStatusCode.OK).RowErrors().Order(StringComparer.Ordinal).ShouldBe(
        [
            "0 2  notice-outdated", "0 2 answers.arrival invalid-date", "0 2 answers.diet unknown-value", "0 2 answers.topics unknown-value", "0 2 email invalid-email", "0 2 fallbackSiteId unknown-site", "0 2 language unknown-language", "0 2 siteId unknown-site",
            "1 3  notice-outdated", "1 3 answers.diet required", "1 3 answers.parking required", "1 3 email invalid-email",
        ]);
    }

    [Fact]
    public async Task An_option_with_a_comma_in_its_name_is_found_among_several()
    {
        var evt = await host.EventAsync(e => e["questions"] = JsonNode.Parse("""
            [{"id":"topics","type":"choices","label":{"de":"Themen"},"options":[{"id":"city","label":{"de":"Bau, Stadt"}},{"id":"trade","label":{"de":"Handel"}},{"id":"ports","label":{"de":"Häfen"}}]}]
            """));
        const string list = "Name;E-Mail;siteId;Gruppe;Themen\r\nAnna;a@example.org;zoom;guest;\"Handel; Bau, Stadt\"\r\nBert;b@example.org;zoom;guest;Handel, Häfen\r\n";
        (await host.ImportRegistrationsAsync(evt, list, "?noticeVersion=1")).ShouldBe(HttpStatusCode.OK).Counts().ShouldBe((2, 0, 0, 0, 0));
        (await host.Organizer.GetAsync($"/v1/events/{evt}/registrations?sort=familyName")).Json["items"]!.AsArray().Select(r => string.Join(' ', r!["answers"]![0]!["values"]!.AsArray())).ShouldBe(["trade city", "trade ports"]);
    }

    [Fact]
    public async Task Bad_lists_and_callers_are_refused()
    {
        var evt = await host.EventAsync();
        (await host.Partner.SendTableAsync($"/v1/events/{evt}/registrations/import", Header)).ShouldBe(HttpStatusCode.Forbidden, "not-allowed");
        (await host.ImportRegistrationsAsync(await host.DraftAsync(), $"{Header}Anna,a@example.org,zoom,guest,,\r\n")).ShouldBe(HttpStatusCode.Conflict, "event-not-published");
        (await host.ImportRegistrationsAsync(evt, Header + string.Concat(Enumerable.Repeat("Anna,a@example.org,zoom,guest,,\r\n", 2001)), "?dryRun=true")).ShouldBe(HttpStatusCode.UnprocessableEntity, "validation-failed").Errors.ShouldBe(["rows too-many"]);
        var workbook = ImportTableTests.Workbook("""
            <row r="1"><c r="A1" t="inlineStr"><is><t>Name</t></is></c><c r="B1" t="inlineStr"><is><t>E-Mail</t></is></c><c r="C1" t="inlineStr"><is><t>Site</t></is></c></row>
            <row r="2"><c r="A2" t="inlineStr"><is><t>Anna</t></is></c><c r="B2" t="inlineStr"><is><t>a@example.org</t></is></c><c r="C2" t="str"><f>"zoom"</f><v>zoom</v></c></row>
            """);
        (await host.Organizer.SendTableAsync($"/v1/events/{evt}/registrations/import?noticeVersion=1", workbook, Tables.Excel)).ShouldBe(HttpStatusCode.UnprocessableEntity, "import-refused").Errors.ShouldBe(["rows[0].siteId formula"]);
        (await host.CountAsync(Stored, evt)).ShouldBe(0);
    }

    [Theory]
    [InlineData("attendees.csv?language=de&dialect=excel-de")]
    [InlineData("attendees.csv?language=en&dialect=excel")]
    [InlineData("attendees.csv?language=zh&dialect=rfc4180")]
    public async Task A_list_of_ours_registers_the_same_people_elsewhere(string file)
    {
        var (last, next) = (await host.EventAsync(), await host.EventAsync());
        (await host.Partner.RegisterAsync(last, Given.Person("anna@example.org", "zoom", p => (p["organisation"], p["phone"]) = ("=Gleich GmbH", "+495111680")))).ShouldBe(HttpStatusCode.Created);
        var list = (await host.Organizer.GetAsync($"/v1/events/{last}/{file}")).ShouldBe(HttpStatusCode.OK);
        (await host.Organizer.SendTableAsync($"/v1/events/{next}/registrations/import?noticeVersion=1", list.Bytes, "text/csv")).ShouldBe(HttpStatusCode.OK).Counts().ShouldBe((1, 0, 0, 0, 0));
        (await host.Organizer.GetAsync($"/v1/events/{next}/registrations")).Json["items"]!.AsArray().Select(r => $"{r!["siteId"]} {r["organisation"]} {r["phone"]}").ShouldBe(["zoom =Gleich GmbH +495111680"]);
    }

    [Fact]
    public async Task A_list_beside_people_who_register_takes_no_seat_twice()
    {
        var evt = await host.EventWithSeatsAsync(20);
        var list = Header + string.Concat(Enumerable.Range(0, 15).Select(i => $"Anna {i},list{i}@example.org,hannover,guest,,\r\n"));
        var imports = Enumerable.Range(0, 2).Select(_ => host.ImportRegistrationsAsync(evt, list, "?noticeVersion=1&partial=true"));
        var singles = Enumerable.Range(0, 20).Select(_ => host.Partner.RegisterAsync(evt));
        var answers = await Task.WhenAll(imports.Concat(singles));
        answers.ShouldAllBe(a => a.Status == HttpStatusCode.OK || a.Status == HttpStatusCode.Created || a.Code == "site-full");
        (await host.CountAsync($"{Stored} AND status = 'confirmed'", evt)).ShouldBe(20);
        ((int)(await host.Organizer.GetAsync($"/v1/events/{evt}/availability")).Json["sites"]![0]!["seatsTaken"]!).ShouldBe(20);
    }
}
