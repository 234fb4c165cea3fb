using System.Text;
using Isa.Events.Api.Database;
using Isa.Events.Api.Email;
using Isa.Events.Api.Outbox;
using Isa.Events.Tests.Features.Delegations;
using Microsoft.Extensions.DependencyInjection;

namespace Isa.Events.Tests.Email;

/// <summary>What people enter as addresses and names is read by mail servers and mail programs as what it is, or refused.</summary>
public sealed class AddressesTests : MailTests
{
    private const string Way = "gast%elsewhere.example@example.org"; // stored before it was refused
    private const string Stored = "'gast%elsewhere.example@' || 'example.org'"; // no parameter of a statement

    [Theory]
    [InlineData("x%y@z.example")]
    [InlineData("x!y@z.example")]
    [InlineData("@a.example,@b.example:c@d.example")]
    [InlineData("|mail@z.example")]
    [InlineData("/tmp/x@z.example")]
    [InlineData("-odq@z.example")]
    [InlineData(":include:x@z.example")]
    [InlineData("${run{x}}@z.example")]
    [InlineData("=?utf-8?q?x?=@z.example")]
    public async Task Ways_programs_and_files_are_refused_wherever_people_are_named(string address)
    {
        var evt = await Host.EventAsync();
        (await Host.Partner.RegisterAsync(evt, Given.Person(address))).ShouldBe(HttpStatusCode.UnprocessableEntity, "validation-failed").Errors.ShouldBe(["email invalid-email"]);
        (await Host.Partner.RegisterAsync(evt, Given.Person(change: p => p["copyTo"] = address))).Errors.ShouldBe(["copyTo invalid-email"]);
        (await Host.SendAsync(evt, Party.Of(1, d => d["contact"]!["email"] = address))).Errors.ShouldBe(["contact.email invalid-email"]);
        (await Host.SendAsync(evt, Party.Of(2, d => d["members"]![1]!["email"] = address))).Errors.ShouldBe(["members[1].email invalid-email"]);
        (await Host.ImportInviteesAsync(evt, $"fullName;email\r\nAnna;{address}\r\n")).Errors.ShouldBe(["rows[0].email invalid-email"]);
        (await Host.Organizer.PatchAsync($"/v1/events/{evt}", new { organizer = new { email = address } }, ("If-Match", "*"))).Errors.ShouldBe(["organizer.email invalid-email"]);
    }

    [Fact]
    public async Task One_that_is_stored_gets_no_mail_which_shows_and_is_in_nobodys_way()
    {
        var evt = await Host.EventAsync();
        var (other, person) = (await Host.Partner.RegisteredAsync(evt), await Host.Partner.RegisteredAsync(evt));
        await Host.ExecuteAsync(evt, $"UPDATE registrations SET email = {Stored}, email_normalised = {Stored} WHERE id = '{person["id"]}'");
        await RunAsync();
        (await RowsAsync(evt)).ShouldBe(["attendee done 1 ", "attendee failed 1 Mail servers may read this address as another one than it seems, so nothing is sent to it. Please correct it."], ignoreOrder: true);
        Mails().ShouldHaveSingleItem().To.ShouldBe((string)other["email"]!);
        var listed = (await Host.Organizer.GetAsync($"/v1/events/{evt}/registrations?mailState=bounced")).ShouldBe(HttpStatusCode.OK).Json["items"]!.AsArray().ShouldHaveSingleItem()!;
        ((string)listed["id"]!, (string)listed["email"]!, (string)listed["mailBounceCode"]!).ShouldBe(((string)person["id"]!, Way, "5.1.3"));

        await ReadAllAsync(evt, person);
        // Until it is put right, by whoever changes anything of the person.
        (await Host.Partner.PatchAsync($"/v1/registrations/{person["id"]}", """{"fullName":"Anna"}""")).Errors.ShouldBe(["email invalid-email"]);
        (await Host.Partner.PatchAsync($"/v1/registrations/{person["id"]}", """{"email":"gast@example.org"}""")).ShouldBe(HttpStatusCode.OK);
        await RunAsync();
        Mails().ShouldHaveSingleItem().To.ShouldBe("gast@example.org");
    }

    [Fact]
    public async Task The_copys_is_not_in_the_way_of_the_attendees_mail()
    {
        var evt = await Host.EventAsync();
        var person = await Host.Partner.RegisteredAsync(evt);
        await Host.ExecuteAsync(evt, $"UPDATE registrations SET copy_to = {Stored} WHERE id = '{person["id"]}'");
        await RunAsync();
        Mails().ShouldHaveSingleItem().To.ShouldBe((string)person["email"]!);
        (await RowsAsync(evt)).Select(row => row.Split(' ')[..2]).ShouldBe([["attendee", "done"], ["copy", "failed"]]);
        (await Host.Partner.NowAsync(person))["mailState"].ShouldBeNull(); // says nothing of the person
        await ReadAllAsync(evt, person);
    }

    [Fact]
    public async Task The_contacts_is_not_in_the_way_of_the_members_mails()
    {
        var evt = await Host.EventAsync();
        var delegation = await Host.DelegationAsync(evt, 2, d => d["members"]![1]!.AsObject().Remove("email"));
        await Host.ExecuteAsync(evt, $"UPDATE delegations SET contact_email = {Stored}, contact_email_normalised = {Stored} WHERE id = '{delegation["id"]}'");
        await RunAsync();
        Mails().ShouldHaveSingleItem().To.ShouldBe((string)delegation.Members().First()["email"]!);
        (await RowsAsync(evt)).ShouldContain(row => row.StartsWith("contact failed 1"));
        foreach (var member in delegation.Members()) await ReadAllAsync(evt, member);
        (await Host.Organizer.GetAsync(delegation.PathOf("self"))).ShouldBe(HttpStatusCode.OK).Text.ShouldContain(Way);
        (await Host.Anybody.PatchAsync(Party.ApiPathOf(delegation), """{"contact":{"email":"wang@example.org"}}""")).ShouldBe(HttpStatusCode.OK);
        await RunAsync();
        Mails().ShouldContain(mail => mail.To == "wang@example.org");
    }

    [Fact]
    public async Task The_organisers_is_in_no_Reply_To_and_in_nobodys_way()
    {
        var evt = await Host.EventAsync(e => e["rules"] = new JsonObject { ["dailySummary"] = true });
        var person = await Host.Partner.RegisteredAsync(evt);
        await Host.ExecuteAsync(evt, $"UPDATE events SET organizer_email = {Stored}, version = version + 1 WHERE id = @Id");
        await RunAsync();
        var mail = Mails().ShouldHaveSingleItem();
        mail.Message.ReplyTo.ShouldBeEmpty();
        mail.Html.ShouldContain("href=\"mailto:gast%25elsewhere.example@example.org\"");
        await ReadAllAsync(evt, person);
    }

    [Fact]
    public async Task A_domain_leaves_in_ASCII_and_an_answer_may_spell_it_either_way()
    {
        await using var replying = await Replying.StartAsync();
        var evt = await replying.Host.EventAsync(e => e["organizer"]!["email"] = "büro&co@müller.example");
        foreach (var spelled in new[] { "gast@Bücher.example", "gast@xn--bcher-kva.example" })
        {
            var person = (await replying.Host.Partner.RegisterAsync(evt, Given.Person("gast@Bücher.example"))).ShouldBe(HttpStatusCode.Created).Json;
            ((string)person["email"]!).ShouldBe("gast@Bücher.example"); // as people read it
            var mail = (await replying.Host.SendAsync()).Single(m => m.Invite.StartsWith("REQUEST", StringComparison.Ordinal));
            mail.Message.Headers["To"].ShouldEndWith("<gast@xn--bcher-kva.example>");
            Unfolded(Encoding.UTF8.GetString(mail.CalendarBytes)).ShouldContain(":mailto:gast@xn--bcher-kva.example\r\n");
            Unfolded((await replying.Host.Anybody.GetAsync(person.PathOf("invite"))).Text).ShouldContain(":mailto:gast@xn--bcher-kva.example\r\n");
            mail.Html.ShouldContain("href=\"mailto:büro%26co@xn--mller-kva.example\">büro&amp;co@müller.example</a>");
            var invited = new Invited(person, mail);
            (await replying.OutcomeAsync(invited.Reply("TENTATIVE", attendee: spelled))).ShouldBe("applied");
            (await replying.Host.Organizer.PostAsync($"/v1/registrations/{person["id"]}/cancel")).ShouldBe(HttpStatusCode.OK);
            await replying.Host.SendAsync();
        }

        Unfolded((await replying.Host.Anybody.GetAsync($"/v1/events/{evt}/calendar.ics")).ShouldBe(HttpStatusCode.OK).Text).ShouldContain(":mailto:büro%26co@xn--mller-kva.example\r\n");
    }

    [Fact]
    public async Task Who_has_not_shown_that_an_address_is_theirs_names_nobody_beside_it()
    {
        const string lure = "Sie haben gewonnen: evil.example";
        var evt = await Host.EventAsync(e => e["rules"] = new JsonObject { ["confirmsAddresses"] = true });
        var person = (await Host.Partner.RegisterAsync(evt, Given.Person("opfer@example.org", change: p => p["fullName"] = lure))).ShouldBe(HttpStatusCode.Created).Json;
        await Host.DelegationAsync(evt, 1, d => (d["contact"]!["fullName"], d["contact"]!["email"]) = (lure, "opfer2@example.org"));
        var asked = await Host.SendAsync();
        asked.Select(m => m.Message.Headers["To"]).ShouldBe(["opfer@example.org", "opfer2@example.org"], ignoreOrder: true);

        (await Host.Anybody.PostAsync($"/v1/events/{evt}/links", """{"email":"opfer@example.org"}""")).ShouldBe(HttpStatusCode.Accepted);
        (await Host.SendOneAsync()).Message.Headers["To"].ShouldBe("opfer@example.org");
        var preview = (await Host.Organizer.GetAsync($"/v1/events/{evt}/registrations/{person["id"]}/messages/cancelledAddressNotConfirmed.eml")).ShouldBe(HttpStatusCode.OK);
        new Mailed(preview.Bytes).Message.Headers["To"].ShouldBe("opfer@example.org");

        // Known to be theirs by then.
        await using var other = await Mail.HostAsync();
        await other.Partner.RegisterAsync(await other.EventAsync(), Given.Person("gast@example.org", change: p => p["fullName"] = "Erika Gast"));
        (await other.SendOneAsync()).Message.Headers["To"].ShouldBe("Erika Gast <gast@example.org>");
    }

    [Fact]
    public async Task What_others_answer_to_has_only_letters_that_every_mail_server_takes()
    {
        var evt = await Host.EventAsync(e => e["organizer"]!["email"] = "büro@müller.example");
        await Host.Partner.RegisteredAsync(evt);
        var mail = await Host.SendOneAsync();
        mail.Message.ReplyTo.ShouldBeEmpty();
        mail.Text.ShouldContain("büro@müller.example");
    }

    public static TheoryData<string, string> Refused() => new()
    {
        { "a\\u0000b", "control-character" },
        { "a\\r\\nBcc: x@example.org", "control-character" },
        { "a\\u0085b", "control-character" },
        { "a\\u2028b", "control-character" },
        { "a\\u202eb", "bidi-character" },
        { "\\ud800", "invalid-text" },
        { "\\ufffe", "invalid-text" },
    };

    [Theory]
    [MemberData(nameof(Refused))]
    public async Task What_no_line_may_have_is_refused_by_field_wherever_somebody_types_it(string json, string code)
    {
        var evt = await Host.EventAsync();
        (await Host.Partner.PostAsync($"/v1/events/{evt}/registrations", With(Given.Person(change: p => p["fullName"] = "?")))).ShouldBe(HttpStatusCode.UnprocessableEntity, "validation-failed").Errors.ShouldBe([$"fullName {code}"]);
        (await Host.Partner.PostAsync($"/v1/events/{evt}/delegations", With(Party.Of(1, d => d["contact"]!["fullName"] = "?")))).ShouldBe(HttpStatusCode.UnprocessableEntity).Errors.ShouldBe([$"contact.fullName {code}"]);
        (await Host.Partner.PostAsync($"/v1/events/{evt}/delegations", With(Party.Of(2, d => d["members"]![1]!["fullName"] = "?")))).ShouldBe(HttpStatusCode.UnprocessableEntity).Errors.ShouldBe([$"members[1].fullName {code}"]);
        (await Host.Organizer.PatchAsync($"/v1/events/{evt}", With(new JsonObject { ["title"] = new JsonObject { ["de"] = "?" } }), ("If-Match", "*"))).ShouldBe(HttpStatusCode.UnprocessableEntity).Errors.ShouldBe([$"title.de {code}"]);
        (await Host.Organizer.PatchAsync($"/v1/events/{evt}", With(new JsonObject { ["organizer"] = new JsonObject { ["name"] = "?" } }), ("If-Match", "*"))).ShouldBe(HttpStatusCode.UnprocessableEntity).Errors.ShouldBe([$"organizer.name {code}"]);
        var message = new JsonObject { ["subject"] = new JsonObject { ["de"] = "?" }, ["body"] = new JsonObject { ["de"] = "Text" }, ["testTo"] = "office@example.org" };
        (await Host.Organizer.PostAsync($"/v1/events/{evt}/messages", With(message))).ShouldBe(HttpStatusCode.UnprocessableEntity).Errors.ShouldBe([$"subject.de {code}"]);
        var list = new JsonArray(new JsonObject { ["fullName"] = "?", ["email"] = "gast@example.org" });
        (await Host.Organizer.PostAsync($"/v1/events/{evt}/invitees/import", With(list))).ShouldBe(HttpStatusCode.UnprocessableEntity).Errors.ShouldBe([$"rows[0].fullName {code}"]);
        (await Host.SendAsync()).ShouldBeEmpty();

        string With(JsonNode body) => body.ToJsonString().Replace("\"?\"", $"\"{json}\"");
    }

    [Theory]
    [InlineData("a\"b\\\"c", "a”b\\”c")]
    [InlineData("a\\", "a\\")]
    [InlineData("x <evil@example.com>", null)]
    [InlineData("x, y@evil.example", null)]
    [InlineData("Group: a@example.org;", null)]
    [InlineData("(comment) name", null)]
    [InlineData("=?utf-8?q?=0D=0ABcc:_evil=40example.org?=", null, "= ?utf-8?q?=0D=0ABcc:_evil=40example.org?=")] // would read as a line of its own
    [InlineData("a;CN=b:mailto:x@example.org", null)]
    [InlineData("a^nb^'c", "aˆnbˆ'c")] // a line break and a quote to some (RFC 6868)
    [InlineData("{{ name }} <b>&amp;", null)]
    [InlineData("200 emoji", null)]
    public async Task What_is_typed_stands_in_headers_and_entries_as_it_is(string name, string? commonName, string? inHeader = null)
    {
        if (name == "200 emoji") name = string.Concat(Enumerable.Repeat("😀", 200));
        var shown = inHeader ?? (name.Length > 120 ? $"{name[..118]}…" : name);
        var evt = await Host.EventAsync(e => e["title"]!["de"] = name);
        await Host.Partner.RegisterAsync(evt, Given.Person("eins@example.org", change: p => (p["fullName"], p["organisation"]) = (name, name)));
        await Host.DelegationAsync(evt, 1, d => (d["contact"]!["fullName"], d["contact"]!["language"]) = (name, "de"));
        (await Host.Organizer.PostAsync($"/v1/events/{evt}/invitees/import?send=true", new JsonArray(new JsonObject { ["fullName"] = name, ["email"] = "gast@example.org" }).ToJsonString())).ShouldBe(HttpStatusCode.OK);
        var mails = await Host.SendAsync();
        mails.Count.ShouldBe(4);
        foreach (var mail in mails)
        {
            if (!mail.To.StartsWith("member", StringComparison.Ordinal)) mail.Message.To.Mailboxes.Single().Name.ShouldBe(shown);
            mail.Message.Headers.Select(h => h.Field).ShouldBeUnique();
            mail.Message.Bcc.ShouldBeEmpty();
            if (name.Length < 80) mail.Subject.ShouldEndWith(shown);
            if (mail.Calendar?.Events[0] is not { } entry) continue;
            entry.Summary.ShouldBe(name);
            if (mail.To == "eins@example.org") entry.Attendees.ShouldHaveSingleItem().CommonName.ShouldBe(commonName ?? name);
        }
    }

    [Fact]
    public async Task The_name_of_a_file_is_torn_nowhere()
    {
        var evt = await Host.EventAsync();
        var name = Uri.EscapeDataString($"{string.Concat(Enumerable.Repeat("𠮷é日程", 20))}.pdf");
        var document = new ByteArrayContent("%PDF-1.4\n%%EOF\n"u8.ToArray()) { Headers = { ContentType = new("application/pdf") } };
        (await Host.Organizer.SendAsync(HttpMethod.Put, $"/v1/events/{evt}/agenda/document?fileName={name}", document, ("If-Match", "*"))).ShouldBe(HttpStatusCode.OK);
        await Host.Partner.RegisteredAsync(evt);
        (await Host.SendOneAsync()).Files.First().ShouldBe($"{string.Concat(Enumerable.Repeat("_é日程", 20))}.pdf");
        var download = (await Host.Anybody.GetAsync($"/v1/events/{evt}/agenda/document")).ShouldBe(HttpStatusCode.OK);
        download.Header("Content-Disposition")!.ShouldContain($"filename*=UTF-8''{name}");
    }

    // Nothing of it falls over.
    private async Task ReadAllAsync(string evt, JsonNode person)
    {
        foreach (var path in new[] { "", "/registrations", "/attendees.csv", "/attendees.xlsx", "/attendees.json", "/messages", "/calendar.ics", $"/registrations?email={Uri.EscapeDataString((string?)person["email"] ?? "x@example.org")}", "/registrations?q=gast" })
            (await Host.Organizer.GetAsync($"/v1/events/{evt}{path}")).ShouldBe(HttpStatusCode.OK);
        foreach (var path in new[] { "", "/history" }) (await Host.Organizer.GetAsync($"/v1/registrations/{person["id"]}{path}")).ShouldBe(HttpStatusCode.OK);
        foreach (var link in new[] { "manage", "invite" }) (await Host.Anybody.GetAsync(person.PathOf(link))).ShouldBe(HttpStatusCode.OK);
        foreach (var kind in Enum.GetValues<MessageKind>().Where(k => k is not (MessageKind.Invitation or MessageKind.AddressReplaced) || person["email"] is not null))
            (await Host.Organizer.GetAsync($"/v1/events/{evt}/registrations/{person["id"]}/messages/{RowTypes.Name(kind)}.eml")).ShouldBe(HttpStatusCode.OK);
        Host.Log.All.ShouldNotContain(line => line.Contains("Exception"));
    }

    private async Task RunAsync() => await Host.Services.GetRequiredService<Dispatcher>().RunAsync(CancellationToken.None);

    private Task<List<string>> RowsAsync(string evt) => Host.Database.ReadAsync(session => session.Query<string>(
        "SELECT recipient || ' ' || state || ' ' || attempts || ' ' || COALESCE(last_error, '') FROM outbox WHERE event_id = @Id ORDER BY id", new { Id = evt }), CancellationToken.None);

    private List<Mailed> Mails()
    {
        var files = Directory.Exists(Path.Combine(Host.Folder, "mail")) ? Directory.GetFiles(Path.Combine(Host.Folder, "mail"), "*.eml") : [];
        List<Mailed> mails = [.. files.Order(StringComparer.Ordinal).Select(file => new Mailed(File.ReadAllBytes(file)).ShouldBeWell())];
        foreach (var file in files) File.Delete(file);
        return mails;
    }

    private static string Unfolded(string calendar) => calendar.Replace("\r\n ", "");
}
