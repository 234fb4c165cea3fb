using System.Security.Cryptography;
using CsvHelper;
using Ical.Net;
using MimeKit;

namespace Isa.Events.Tests.Features.Invites;

/// <summary>What programs of others make of our invites, feeds and mails.</summary>
public class ForeignCalendarTests
{
    [Fact(SkipUnless = nameof(ForeignReader.IsPythonThere), SkipType = typeof(ForeignReader), Skip = ForeignReader.PythonMissing)]
    public async Task Pythons_icalendar_reads_the_same_fields() => await SameFieldsAsync(ForeignReader.Icalendar(), "Ä; \"B\", \\ <script> 👩‍👩‍👧‍👦 中德𠮷"); // a backslash before an n it takes for a line break

    [Fact(SkipUnless = nameof(ForeignReader.IsLibicalThere), SkipType = typeof(ForeignReader), Skip = ForeignReader.LibicalMissing)]
    public async Task Libical_reads_the_same_fields_and_finds_no_fault() => await SameFieldsAsync(ForeignReader.Libical(), "Ä; \"B\", \\n <script> 👩‍👩‍👧‍👦 中德𠮷");

    [Fact(SkipUnless = nameof(ForeignReader.IsNodeThere), SkipType = typeof(ForeignReader), Skip = ForeignReader.NodeMissing)]
    public async Task Ical_js_reads_the_same_fields() => await SameFieldsAsync(ForeignReader.IcalJs(), "Ä; \"B\", \\n <script> 👩‍👩‍👧‍👦 中德𠮷");

    [Fact(SkipUnless = nameof(Radicale.IsThere), SkipType = typeof(Radicale), Skip = Radicale.Missing)]
    public async Task On_a_calendar_server_invite_update_and_cancellation_are_one_entry_that_moves_and_goes()
    {
        await using var server = await Radicale.StartAsync();
        await using var host = await Mail.HostAsync();
        var evt = await host.EventAsync();
        (await host.Organizer.PutAsync($"/v1/events/{evt}/agenda", """{"items":[{"from":"09:00","title":{"de":"Begrüßung 😀"}}]}""", ("If-Match", "*"))).ShouldBe(HttpStatusCode.OK);
        var made = await host.Partner.RegisteredAsync(evt);
        var other = await host.Partner.RegisteredAsync(evt, "zoom");
        var invites = await host.SendAsync();
        invites.Count.ShouldBe(2);
        foreach (var mail in invites) (await server.DeliverAsync(mail.CalendarBytes)).ShouldBeTrue();
        (await server.EntriesAsync()).Count.ShouldBe(2);
        (await Mine()).ShouldBe("2020-10-16T07:00:00Z Hannover, Tagungsraum, Beispielplatz 1, 30159 Hannover");

        (await host.Organizer.PatchAsync($"/v1/events/{evt}", new { startsAt = "2020-10-16T10:30", endsAt = "2020-10-16T12:30" }, ("If-Match", "*"))).ShouldBe(HttpStatusCode.OK);
        var updates = await host.SendAsync();
        foreach (var mail in updates) (await server.DeliverAsync(mail.CalendarBytes)).ShouldBeTrue();
        (await server.DeliverAsync(invites[0].CalendarBytes)).ShouldBeFalse(); // the first one, which arrives late once more
        (await server.EntriesAsync()).Count.ShouldBe(2);
        (await Mine()).ShouldStartWith("2020-10-16T08:30:00Z Hannover");

        (await host.Partner.PostAsync($"/v1/registrations/{made["id"]}/change-site", """{"siteId":"foshan"}""")).ShouldBe(HttpStatusCode.OK);
        (await server.DeliverAsync((await host.SendOneAsync()).CalendarBytes)).ShouldBeTrue();
        (await Mine()).ShouldStartWith("2020-10-16T08:30:00Z Raum der chinesischen Städte");

        (await host.Partner.PostAsync($"/v1/registrations/{made["id"]}/cancel")).ShouldBe(HttpStatusCode.OK);
        var cancellation = await host.SendOneAsync();
        cancellation.Invite.ShouldStartWith("CANCEL");
        (await server.DeliverAsync(cancellation.CalendarBytes)).ShouldBeTrue();
        (await server.EntriesAsync()).ShouldHaveSingleItem().ShouldContain($"UID:{other["id"]}");

        async Task<string> Mine()
        {
            var entry = Calendar.Load((await server.EntriesAsync()).Single(e => e.Contains($"UID:{made["id"]}", StringComparison.Ordinal)))!.Events.ShouldHaveSingleItem()!;
            entry.Attachments!.ShouldHaveSingleItem().Data!.Length.ShouldBeGreaterThan(1000);
            return $"{entry.Start!.AsUtc:s}Z {entry.Location}";
        }
    }

    [Fact(SkipUnless = nameof(ForeignReader.IsPythonThere), SkipType = typeof(ForeignReader), Skip = ForeignReader.PythonMissing)]
    public async Task Pythons_mail_parser_reads_every_mail_to_the_people_of_the_samples()
    {
        await using var host = await Mail.HostAsync();
        var evt = await host.EventAsync(e => e["sites"]![0]!["capacity"] = 100);
        (await host.Organizer.PutAsync($"/v1/events/{evt}/agenda", """{"items":[{"from":"09:00","title":{"de":"Begrüßung"}}]}""", ("If-Match", "*"))).ShouldBe(HttpStatusCode.OK);
        using var reader = new StreamReader(Path.Combine(AppContext.BaseDirectory, "samples", "people.csv"));
        using var csv = new CsvReader(reader, System.Globalization.CultureInfo.InvariantCulture);
        var made = new Dictionary<string, JsonNode>();
        foreach (IDictionary<string, object> person in csv.GetRecords<dynamic>().ToList())
        {
            var answer = await host.Partner.RegisterAsync(evt, new JsonObject
            {
                ["siteId"] = (string)person["site"], ["fullName"] = (string)person["full_name"], ["email"] = (string)person["email"], ["audience"] = (string)person["audience"],
                ["language"] = (string)person["language"], ["timeZone"] = (string)person["time_zone"], ["noticeVersion"] = "1",
            });
            if (answer.Code != "already-registered") made.Add((string)answer.ShouldBe(HttpStatusCode.Created).Json["email"]!, answer.Json);
        }

        made.Count.ShouldBeGreaterThan(70);
        var mails = await host.SendAsync();
        mails.Count.ShouldBe(made.Count);
        using var python = ForeignReader.Mail();
        var file = Path.Combine(host.Folder, "foreign.eml");
        foreach (var mail in mails)
        {
            await File.WriteAllBytesAsync(file, mail.Raw, TestContext.Current.CancellationToken);
            var read = await python.AskAsync(file);
            read["defects"]!.AsArray().ShouldBeEmpty(read.ToJsonString());
            var to = read["to"]!.AsArray().ShouldHaveSingleItem()!;
            var registration = made[(string)to[1]!];
            ((string)to[0]!).ShouldBe((string)registration["fullName"]!);
            ((string)read["subject"]!).ShouldBe(mail.Subject);
            ((string)read["id"]!).ShouldBe($"<{mail.Message.MessageId}>");
            ((string)read["auto"]!).ShouldBe("auto-generated");
            read["structure"]!.AsArray().Select(p => (string)p!).ShouldBe(["multipart/mixed", "multipart/alternative", "text/plain", "text/html", "text/calendar", "application/pdf", "application/ics"]);
            var parts = read["parts"]!.AsArray();
            parts.ShouldAllBe(p => p!["defects"]!.AsArray().Count == 0);
            ((string)parts[0]!["text"]!).ShouldBe(mail.Text);
            ((string)parts[1]!["text"]!).ShouldBe(mail.Html.ReplaceLineEndings("\n"));
            ((string?)parts[2]!["method"], (string?)parts[2]!["charset"], (string?)parts[2]!["disposition"]).ShouldBe(("REQUEST", "utf-8", null));
            ((string)parts[2]!["sha256"]!).ShouldBe(Hash((await host.Anybody.GetAsync(registration.PathOf("invite"))).Bytes));
            ((string)parts[3]!["file"]!).ShouldBe(mail.Message.Attachments.OfType<MimePart>().First().FileName);
            ((string)parts[3]!["sha256"]!).ShouldBe(Hash((await host.Anybody.GetAsync(registration.PathOf("agenda"))).Bytes));
        }
    }

    private static async Task SameFieldsAsync(ForeignReader foreign, string title)
    {
        using var reader = foreign;
        await using var host = await Mail.HostAsync();
        foreach (var (zone, startsAt, endsAt) in new[] { ("Europe/Berlin", "2021-03-28T00:30", "2021-03-28T05:00"), ("America/New_York", "2020-11-01T00:30", "2020-11-01T03:00"), ("Asia/Shanghai", "2020-10-16T15:00", "2020-10-18T17:00") })
        {
            var evt = await host.EventAsync(e =>
            {
                (e["timeZone"], e["startsAt"], e["endsAt"], e["registrationCloses"]) = (zone, startsAt, endsAt, null);
                e["title"] = new JsonObject { ["de"] = title };
            });
            (await host.Organizer.PutAsync($"/v1/events/{evt}/agenda", """{"items":[{"from":"00:45","title":{"de":"Begrüßung; eins, zwei"},"speaker":"王小明"}]}""", ("If-Match", "*"))).Status.ShouldBeOneOf(HttpStatusCode.OK, HttpStatusCode.UnprocessableEntity);
            var made = new List<JsonNode>();
            foreach (var name in new[] { "Erika \"Beispiel\", geb. Müller; Erste", "𠮷野家子 👩‍👩‍👧‍👦", "O'Brien: a^b" })
                made.Add((await host.Partner.RegisterAsync(evt, Given.Person($"guest+{made.Count}-{evt[^6..]}@example.org", made.Count == 1 ? "zoom" : "hannover", p => p["fullName"] = name))).ShouldBe(HttpStatusCode.Created).Json);
            await Compare(made, "REQUEST");
            (await host.Organizer.PatchAsync($"/v1/events/{evt}/sites/hannover", new { address = new { de = "Saal 2; Gleis 9¾,\n30159 Hannover" } }, ("If-Match", "*"))).ShouldBe(HttpStatusCode.OK);
            await Compare(made, "REQUEST");
            await CompareText((await host.Anybody.GetAsync($"/v1/events/{evt}/calendar.ics?language=zh")).Text, "PUBLISH");
            foreach (var registration in made) (await host.Partner.PostAsync($"/v1/registrations/{registration["id"]}/cancel")).ShouldBe(HttpStatusCode.OK);
            await Compare(made, "CANCEL");
        }

        await CompareText((await host.Anybody.GetAsync("/v1/calendar.ics?language=de")).ShouldBe(HttpStatusCode.OK).Text, "PUBLISH");
        var own = new Uri((string)(await host.Organizer.PostAsync("/v1/calendar-feed")).ShouldBe(HttpStatusCode.Created).Json["url"]!).PathAndQuery;
        await CompareText((await host.Anybody.GetAsync(own)).ShouldBe(HttpStatusCode.OK).Text, "PUBLISH");

        async Task Compare(List<JsonNode> registrations, string method)
        {
            foreach (var registration in registrations) await CompareText((await host.Anybody.GetAsync(registration.PathOf("invite"))).ShouldBe(HttpStatusCode.OK).Text, method);
        }

        async Task CompareText(string text, string method)
        {
            var read = await reader.CalendarAsync(text);
            var ours = Ours(text);
            ((string)ours["method"]!).ShouldBe(method);
            ours["events"]!.AsArray().Count.ShouldBeGreaterThan(0);
            Sorted(read).ShouldBe(Sorted(ours));
            (read["errors"]?.AsArray() ?? []).ShouldBeEmpty(text);
        }
    }

    private static string[] Sorted(JsonNode calendar) => [(string)calendar["method"]!, .. calendar["events"]!.AsArray().Select(e => e!.ToJsonString()).Order(StringComparer.Ordinal)];

    private static JsonObject Ours(string text)
    {
        var calendar = Calendar.Load(text)!;
        return new JsonObject
        {
            ["method"] = calendar.Method,
            ["events"] = new JsonArray([.. calendar.Events.Select(e => new JsonObject
            {
                ["uid"] = e!.Uid, ["sequence"] = e.Sequence, ["status"] = e.Status, ["summary"] = e.Summary, ["location"] = e.Location, ["description"] = e.Description,
                ["start"] = $"{e.Start!.AsUtc:s}Z", ["end"] = $"{e.End!.AsUtc:s}Z", ["organizer"] = e.Organizer!.Value!.ToString(),
                ["attendees"] = new JsonArray([.. e.Attendees!.Select(a => JsonValue.Create($"{a.Value} {a.CommonName} {a.ParticipationStatus}"))]),
                ["attachments"] = new JsonArray([.. e.Attachments!.Select(a => JsonValue.Create(a.Data is { } data ? Hash(data) : a.Uri!.ToString()))]),
            })]),
        };
    }

    private static string Hash(byte[] bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));
}
