using System.Net.Sockets;
using System.Text;

namespace Isa.Events.Tests.Http;

/// <summary>Bad input gets a problem that names the field; nothing is stored, and the next request is fine.</summary>
public class BadInputTests(SharedHost host)
{
    public static TheoryData<string, string, int, string, string> Persons() => new()
    {
        { "broken JSON", """{"siteId":""", 400, "malformed-request", "siteId invalid-json" },
        { "text after it", """{} x""", 400, "malformed-request", " invalid-json" },
        { "nested too deep", "{\"consents\":" + new string('[', 40) + new string(']', 40) + "}", 400, "malformed-request", " too-deep" },
        { "a list", "[]", 400, "malformed-request", " wrong-type" },
        { "nothing", "null", 400, "malformed-request", " required" },
        { "empty", "", 400, "malformed-request", " invalid-json" },
        { "a member twice", """{"siteId":"a","siteId":"b"}""", 400, "malformed-request", "siteId duplicate-member" },
        { "a member that is none", Person("""  "sites":1 """), 400, "malformed-request", "sites unknown-member" },
        { "a number for a name", Person(""" "fullName":5 """), 400, "malformed-request", "fullName wrong-type" },
        { "a list with nothing", Person(""" "consents":[null] """), 400, "malformed-request", "consents[0] wrong-type" },
        { "NUL", Person(""" "fullName":"a\u0000b" """), 422, "validation-failed", "fullName control-character" },
        { "a line break", Person(""" "fullName":"a\nb" """), 422, "validation-failed", "fullName control-character" },
        { "half a character", Person(""" "fullName":"\ud800" """), 422, "validation-failed", "fullName invalid-text" },
        { "writing direction", Person(""" "fullName":"a\u202eb" """), 422, "validation-failed", "fullName bidi-character" },
        { "201 emoji", Person($""" "fullName":"{string.Concat(Enumerable.Repeat("😀", 201))}" """), 422, "validation-failed", "fullName too-long" },
        { "900 kB of name", Person($""" "fullName":"{new string('a', 900_000)}" """), 422, "validation-failed", "fullName too-long" },
        { "1 MB of name", Person($""" "fullName":"{new string('a', 1_000_000)}" """), 413, "payload-too-large", "" },
        { "spaces of all kinds", Person(""" "fullName":" \u00a0\u3000" """), 422, "validation-failed", "fullName required" },
        { "an invisible name", Person(""" "fullName":"\u200b" """), 422, "validation-failed", "fullName required" },
        { "a name of fillers", Person(""" "fullName":"\u3164\u2800\u115f" """), 422, "validation-failed", "fullName required" },
        { "no name", Person(""" "fullName":"" """), 422, "validation-failed", "fullName required" },
        { "a@b", Person(""" "email":"a@b" """), 422, "validation-failed", "email invalid-email" },
        { "a hyphen first", Person(""" "email":"a@-b.example" """), 422, "validation-failed", "email invalid-email" },
        { "quoted with line break", Person(""" "email":"\"a\r\nb\"@example.org" """), 422, "validation-failed", "email invalid-email" },
        { "two addresses", Person(""" "email":"a@example.org,b@example.org" """), 422, "validation-failed", "email invalid-email" },
        { "a language of others", Person(""" "language":"fr" """), 422, "validation-failed", "language unknown-language" },
        { "an audience of others", Person(""" "audience":"king" """), 422, "validation-failed", "audience unknown-value" },
        { "no phone", Person(""" "phone":"call me" """), 422, "validation-failed", "phone invalid-phone" },
        { "no zone", Person(""" "timeZone":"Mars/Base" """), 422, "validation-failed", "timeZone unknown-zone" },
        { "a path in a purpose", Person(""" "consents":[{"purpose":"../x","text":"t"}] """), 422, "validation-failed", "consents[0].purpose invalid-slug" },
    };

    [Theory]
    [MemberData(nameof(Persons))]
    public async Task A_bad_person_is_refused_by_field(string what, string body, int status, string code, string error)
    {
        var evt = await host.EventAsync();
        var answer = (await host.Partner.PostAsync($"/v1/events/{evt}/registrations", body)).ShouldBe((HttpStatusCode)status, code);
        if (error.Length > 0) answer.Errors.ShouldContain(error, what);
        foreach (var secret in new[] { "System.", "Isa.Events.Api", "   at ", "LineNumber", "SQLite" }) answer.Text.ShouldNotContain(secret);
        (await host.Database.ReadAsync(session => session.One<long>("SELECT COUNT(*) FROM registrations WHERE event_id = @Id", new { Id = evt }), CancellationToken.None)).ShouldBe(0);
        (await host.Partner.RegisterAsync(evt)).ShouldBe(HttpStatusCode.Created);
    }

    [Fact]
    public async Task Who_still_sends_a_body_that_is_too_large_can_read_that_it_is()
    {
        var evt = await host.EventAsync();
        var address = host.Anybody.Client.BaseAddress!;
        using var connection = new TcpClient();
        await connection.ConnectAsync(address.Host, address.Port, TestContext.Current.CancellationToken);
        var stream = connection.GetStream();
        var piece = new byte[1_000_000];
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"POST /v1/events/{evt}/registrations HTTP/1.1\r\nHost: {address.Authority}\r\nAuthorization: Bearer {host.PartnerKey}\r\nContent-Type: application/json\r\nContent-Length: {3 * piece.Length}\r\n\r\n"), TestContext.Current.CancellationToken);
        for (var n = 0; n < 3; n++)
        {
            await stream.WriteAsync(piece, TestContext.Current.CancellationToken);
            await Task.Delay(200, TestContext.Current.CancellationToken); // by now the server has answered
        }

        using var reader = new StreamReader(stream);
        (await reader.ReadLineAsync(TestContext.Current.CancellationToken)).ShouldBe("HTTP/1.1 413 Payload Too Large");
    }

    public static TheoryData<string, string, string> Events() => new()
    {
        { "capacity -1", """{"sites":[{"id":"a","mode":"online","name":{"de":"x"},"capacity":-1}]}""", "sites[0].capacity out-of-range" },
        { "capacity 1.5", """{"sites":[{"id":"a","mode":"online","name":{"de":"x"},"capacity":1.5}]}""", "sites[0].capacity wrong-type" },
        { "capacity 10^12", """{"sites":[{"id":"a","mode":"online","name":{"de":"x"},"capacity":1000000000000}]}""", "sites[0].capacity out-of-range" },
        { "capacity as text", """{"sites":[{"id":"a","mode":"online","name":{"de":"x"},"capacity":"40"}]}""", "sites[0].capacity wrong-type" },
        { "a time that is skipped", """{"startsAt":"2021-03-28T02:30"}""", "startsAt time-in-gap" },
        { "a time that comes twice", """{"startsAt":"2021-10-31T02:30","endsAt":"2021-10-31T09:00","registrationCloses":null}""", "startsAt ambiguous-time" },
        { "an offset that is not the zone's", """{"startsAt":"2020-10-16T09:00+05:00"}""", "startsAt wrong-offset" },
        { "the end before the start", """{"endsAt":"2020-10-16T08:00"}""", "endsAt end-before-start" },
        { "a deadline after the end", """{"registrationCloses":"2020-10-17"}""", "registrationCloses after-end" },
        { "a period without end", """{"registrationCloses":"PT9000000000000000000S"}""", "registrationCloses invalid-time" },
        { "opening after closing", """{"registrationOpens":"2020-10-10"}""", "registrationOpens opens-after-closes" },
        { "a zone that is none", """{"timeZone":"Europe/Hannover"}""", "timeZone unknown-zone" },
        { "a slug with a path", """{"slug":"../etc"}""", "slug invalid-slug" },
        { "a page that anybody may listen to", """{"rules":{"registrationUrl":"http://isa.example.org/"}}""", "rules.registrationUrl invalid-url" },
        { "a page with a password", """{"rules":{"registrationUrl":"https://isa:secret@isa.example.org/"}}""", "rules.registrationUrl invalid-url" },
        { "a link that runs", """{"privacyNotice":{"version":"1","url":"javascript:alert(1)"}}""", "privacyNotice.url invalid-url" },
        { "an empty title as PHP sends it", """{"title":[]}""", "title required" },
        { "an address for a video conference", """{"sites":[{"id":"a","mode":"online","name":{"de":"x"},"address":{"de":"Hier"}}]}""", "sites[0].address expected-nothing" },
        { "one site twice", """{"sites":[{"id":"a","mode":"online","name":{"de":"x"}},{"id":"a","mode":"online","name":{"de":"y"}}]}""", "sites duplicate-id" },
    };

    [Theory]
    [MemberData(nameof(Events))]
    public async Task A_bad_event_is_refused_by_field(string what, string change, string error)
    {
        var body = Given.Plenary(evt =>
        {
            foreach (var (name, value) in JsonNode.Parse(change)!.AsObject()) evt[name] = value?.DeepClone();
        });
        var answer = await host.Organizer.PostAsync("/v1/events", body.ToJsonString());
        ((int)answer.Status).ShouldBeOneOf(400, 422);
        answer.Errors.ShouldContain(error, what);
    }

    [Fact]
    public async Task What_forms_and_PHP_send_for_nothing_counts_as_nothing()
    {
        var evt = await host.EventAsync();
        var made = (await host.Partner.RegisterAsync(evt, Given.Person(change: p =>
        {
            p["language"] = "zh_CN";
            p["audience"] = "";
            p["phone"] = "";
            p["needs"] = null;
            p["consents"] = new JsonArray();
        }))).ShouldBe(HttpStatusCode.Created).Json.AsObject();
        ((string)made["language"]!).ShouldBe("zh");
        foreach (var absent in new[] { "audience", "phone", "needs", "consents" }) made.ContainsKey(absent).ShouldBeFalse(absent);
        (await host.Organizer.PostAsync("/v1/events", Given.Plenary(e => e["description"] = new JsonArray()).ToJsonString())).ShouldBe(HttpStatusCode.Created);
    }

    [Theory]
    [InlineData("200 emoji")]
    [InlineData("Robert'); DROP TABLE registrations;--")]
    [InlineData("{{7*7}} ${7*7} <%= 7*7 %>")]
    [InlineData("<script>alert(1)</script>")]
    [InlineData("%0d%0aSet-Cookie: a=b")]
    public async Task A_name_that_looks_like_code_is_a_name(string name)
    {
        if (name == "200 emoji") name = string.Concat(Enumerable.Repeat("😀", 200));
        var evt = await host.EventAsync();
        var made = (await host.Partner.RegisterAsync(evt, Given.Person(change: p => p["fullName"] = name))).ShouldBe(HttpStatusCode.Created).Json;
        ((string)made["fullName"]!).ShouldBe(name);
        ((string)(await host.Partner.GetAsync($"/v1/registrations/{made["id"]}")).Json["fullName"]!).ShouldBe(name);
        (await host.Anybody.GetAsync(made.PathOf("manage"))).ShouldBe(HttpStatusCode.OK).Text.ShouldNotContain("<script>");
        (await host.Anybody.GetAsync(made.PathOf("invite"))).ShouldBe(HttpStatusCode.OK);
    }

    [Theory]
    [InlineData("application/x-www-form-urlencoded")]
    [InlineData("text/plain")]
    [InlineData("application/xml")]
    [InlineData("application/json; charset=utf-16")]
    [InlineData(null)]
    public async Task Another_media_type_is_refused(string? mediaType)
    {
        var evt = await host.EventAsync();
        var content = new ByteArrayContent(Encoding.UTF8.GetBytes(Given.Person().ToJsonString()));
        if (mediaType is not null) content.Headers.TryAddWithoutValidation("Content-Type", mediaType);
        (await host.Partner.SendAsync(HttpMethod.Post, $"/v1/events/{evt}/registrations", content)).ShouldBe(HttpStatusCode.UnsupportedMediaType, "unsupported-media-type");
    }

    [Fact]
    public async Task Bytes_that_are_no_text_are_refused()
    {
        var evt = await host.EventAsync();
        var content = new ByteArrayContent([.. "{\"fullName\":\""u8, 0xff, 0xfe, .. "\"}"u8]);
        content.Headers.ContentType = new("application/json");
        (await host.Partner.SendAsync(HttpMethod.Post, $"/v1/events/{evt}/registrations", content)).ShouldBe(HttpStatusCode.UnprocessableEntity, "validation-failed").Errors.ShouldBe(["fullName invalid-text"]);
    }

    [Fact]
    public async Task Paths_methods_and_parameters_that_are_none_are_problems_too()
    {
        (await host.Anybody.GetAsync("/v1/nothing")).ShouldBe(HttpStatusCode.NotFound, "not-found");
        (await host.Anybody.DeleteAsync("/v1/me")).ShouldBe(HttpStatusCode.MethodNotAllowed, "method-not-allowed").Header("Allow").ShouldBe("GET, HEAD");
        (await host.Anybody.GetAsync("/v1/events?limitt=5")).ShouldBe(HttpStatusCode.BadRequest, "malformed-request").Errors.ShouldBe(["limitt unknown-parameter"]);
        (await host.Anybody.GetAsync("/v1/events?limit=201")).ShouldBe(HttpStatusCode.BadRequest, "malformed-request").Errors.ShouldBe(["limit out-of-range"]);
        (await host.Anybody.GetAsync("/v1/events?cursor=abc")).ShouldBe(HttpStatusCode.BadRequest, "malformed-request").Errors.ShouldBe(["cursor invalid-cursor"]);
        (await host.Partner.RegisterAsync("evt_0")).ShouldBe(HttpStatusCode.NotFound, "event-not-found");
    }

    [Theory]
    [InlineData("de", "Bitte prüfen Sie Ihre Angaben.")]
    [InlineData("en-GB,de;q=0.5", "Please check what you entered.")]
    [InlineData("fr, zh-CN;q=0.9", "请检查您填写的内容。")]
    public async Task The_visitor_reads_their_own_language(string accepted, string detail)
    {
        var evt = await host.EventAsync();
        var answer = (await host.Partner.RegisterAsync(evt, Given.Person("a@b"), ("Accept-Language", accepted))).ShouldBe(HttpStatusCode.UnprocessableEntity, "validation-failed");
        ((string)answer.Json["detail"]!).ShouldBe(detail);
    }

    // A valid person, with one member put in the place of its own.
    private static string Person(string member)
    {
        var name = member.Split('"')[1];
        var person = new JsonObject { ["siteId"] = "zoom", ["fullName"] = "Erika Beispiel", ["email"] = "erika@example.org", ["language"] = "de", ["noticeVersion"] = "1" };
        person.Remove(name);
        return person.ToJsonString()[..^1] + "," + member + "}";
    }
}
