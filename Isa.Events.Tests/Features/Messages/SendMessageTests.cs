using System.Text.RegularExpressions;
using Isa.Events.Api.Outbox;
using Microsoft.Extensions.DependencyInjection;

namespace Isa.Events.Tests.Features.Messages;

/// <summary>An organiser's own words reach exactly those who were shown, as text that nobody can turn into more than that.</summary>
public class SendMessageTests(SharedHost shared)
{
    [Fact]
    public async Task Reaches_those_whom_the_filter_finds_each_in_their_language_with_their_own_values()
    {
        await using var host = await Mail.HostAsync();
        var evt = await host.EventAsync();
        var german = (await host.Partner.RegisterAsync(evt, Given.Person())).ShouldBe(HttpStatusCode.Created).Json;
        var chinese = (await host.Partner.RegisterAsync(evt, Given.Person(siteId: "zoom", change: p => (p["language"], p["copyTo"]) = ("zh", "assistant@example.org")))).ShouldBe(HttpStatusCode.Created).Json;
        var gone = await host.Partner.RegisteredAsync(evt);
        (await host.Organizer.PostAsync($"/v1/registrations/{gone["id"]}/cancel", null, ("If-Match", "*"))).ShouldBe(HttpStatusCode.OK);
        await host.SendAsync();

        var message = Message("""{"subject":{"de":"Anreise, {{ name }}","en":"Getting there: {{ event }}"},"body":{"de":"Ihr Platz: {{ site }}.\n\n{% if joinLink %}{{ joinLink }}{% else %}kein Link{% endif %}","en":"Your place: {{ site }}.\n\nSee https://example.org/a?b=1&c=2.\n\n{% if joinLink %}{{ joinLink }}{% endif %}"}}""");
        var preview = (await host.Organizer.PostAsync($"/v1/events/{evt}/messages?dryRun=true", message.ToJsonString())).ShouldBe(HttpStatusCode.OK).Json;
        ((int)preview["count"]!).ShouldBe(2);
        ((int)preview["withoutAddress"]!).ShouldBe(0);
        preview["byLanguage"]!.AsArray().Select(l => $"{l!["language"]} {l["count"]}").ShouldBe(["de 1", "zh 1"]);
        preview["bySite"]!.AsArray().Select(l => $"{l!["siteId"]} {l["count"]}").ShouldBe(["hannover 1", "zoom 1"], ignoreOrder: true);
        ((string)preview["example"]!["registrationId"]!).ShouldBe((string)german["id"]!);
        ((string)preview["example"]!["subject"]!).ShouldBe($"Anreise, {german["fullName"]}");
        ((string)preview["example"]!["text"]!).ShouldContain("kein Link");
        (await host.SendAsync()).ShouldBeEmpty();

        message["expectedCount"] = 2;
        (await host.Organizer.PostAsync($"/v1/events/{evt}/messages", message.ToJsonString())).ShouldBe(HttpStatusCode.Accepted);
        var mails = await host.SendAsync();
        mails.Select(m => m.To).ShouldBe([(string)german["email"]!, (string)chinese["email"]!, "assistant@example.org"], ignoreOrder: true);
        mails.ShouldAllBe(m => m.Calendar == null);
        var toChinese = mails.Single(m => m.To == (string)chinese["email"]!);
        toChinese.Subject.ShouldStartWith("Anreise"); // the event's default language, as its own texts do
        toChinese.Text.ShouldContain("/join/");
        toChinese.Html.ShouldContain("<span lang=\"de\">");
        (await host.SendAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task Nobody_gets_a_message_that_says_nothing_to_them_and_the_preview_tells_how_many_that_are()
    {
        await using var host = await Mail.HostAsync();
        var evt = await host.EventAsync();
        var inRoom = (await host.Partner.RegisterAsync(evt, Given.Person(change: p => p["copyTo"] = "assistant@example.org"))).ShouldBe(HttpStatusCode.Created).Json;
        var online = await host.Partner.RegisteredAsync(evt, "zoom");
        (await host.Partner.PostAsync($"/v1/events/{evt}/delegations", """
            {"contact":{"fullName":"Kim Kontakt","email":"contact@example.org","language":"en"},"noticeVersion":"1",
             "members":[{"fullName":"Anna","siteId":"hannover","language":"de"},{"fullName":"Bert","siteId":"hannover","language":"de"}]}
            """)).ShouldBe(HttpStatusCode.Created);
        await host.SendAsync();
        var message = Message("""{"subject":{"de":"Ihr Zugang"},"body":{"de":"{% if joinLink %}Hier: {{ joinLink }}{% elsif note %}{% case site %}{% when 'Nirgends' %}x{% endcase %}{% endif %}"},"expectedCount":4}""");
        var preview = (await host.Organizer.PostAsync($"/v1/events/{evt}/messages?dryRun=true", message.ToJsonString())).ShouldBe(HttpStatusCode.OK).Json;
        ((int)preview["empty"]!).ShouldBe(3);
        preview["emptyWithout"]!.AsArray().Select(m => $"{m!["name"]} {m["count"]}").ShouldBe(["joinLink 3", "note 3"]);
        (await host.Organizer.PostAsync($"/v1/events/{evt}/messages", message.ToJsonString())).ShouldBe(HttpStatusCode.Accepted);
        await host.Services.GetRequiredService<Dispatcher>().RunAsync(CancellationToken.None);
        Mailed.Of(MimeKit.MimeMessage.Load(Directory.GetFiles(Path.Combine(host.Folder, "mail")).ShouldHaveSingleItem(), TestContext.Current.CancellationToken)).To.ShouldBe((string)online["email"]!);

        var listed = (await host.Organizer.GetAsync($"/v1/events/{evt}/messages")).ShouldBe(HttpStatusCode.OK).Json["items"]!.AsArray().Where(m => (string)m!["kind"]! == "organizerMessage").ToList();
        listed.Select(m => $"{m!["recipient"]} {m["state"]} {m["lastError"]}".Trim()).ShouldBe(["attendee done", Unsent("attendee"), Unsent("contact")], ignoreOrder: true);
        listed.Where(m => (string)m!["state"]! == "failed").Select(m => (string?)m!["registrationId"]).ShouldBe([(string)inRoom["id"]!, null], ignoreOrder: true);

        // Nothing is wrong with their addresses.
        await host.Database.ReadAsync(session =>
        {
            OutboxWatch.Read(session).Failed.ShouldBe(0);
            Isa.Events.Api.Features.Notices.EventSummary.Read(session, Isa.Events.Api.Features.Events.Event.Find(session, evt)!, EventsHost.Start.AddDays(-1), EventsHost.Start.AddDays(1)).Unreached.ShouldBeEmpty();
            return true;
        }, CancellationToken.None);

        static string Unsent(string whom) => $"{whom} failed Nothing comes out of the text for this person, so they do not get it.";
    }

    [Fact]
    public async Task After_the_end_a_message_names_no_way_to_join()
    {
        await using var host = await Mail.HostAsync();
        var evt = await host.EventAsync(e => e["rules"] = new JsonObject { ["reminders"] = new JsonArray() });
        await host.Partner.RegisteredAsync(evt, "zoom");
        await host.SendAsync();
        host.Time.SetUtcNow(DateTimeOffset.Parse("2020-10-16T09:00:00Z", System.Globalization.CultureInfo.InvariantCulture));
        const string message = """{"subject":{"de":"Dank"},"body":{"de":"{% if joinLink %}{{ joinLink }}{% else %}vorbei{% endif %}"}}""";
        ((string)(await host.Organizer.PostAsync($"/v1/events/{evt}/messages?dryRun=true", message)).ShouldBe(HttpStatusCode.OK).Json["example"]!["text"]!).ShouldContain("vorbei");
        await SendAsync(host, evt, message, 1);
        (await host.SendOneAsync()).Text.ShouldContain("vorbei");
    }

    [Fact]
    public async Task One_that_was_for_nobody_is_in_the_way_of_none_that_follow()
    {
        await using var host = new EventsHost(); // whose connections nobody has used before
        await host.InitializeAsync();
        var evt = await host.EventAsync();
        var message = Message("""{"subject":{"en":"News"},"body":{"en":"Text"},"expectedCount":1}""");
        (await host.Organizer.PostAsync($"/v1/events/{evt}/messages", message.ToJsonString())).ShouldBe(HttpStatusCode.Conflict, "no-recipients");
        (await host.Partner.RegisterAsync(evt)).ShouldBe(HttpStatusCode.Created);
        (await host.Organizer.PostAsync($"/v1/events/{evt}/messages", message.ToJsonString())).ShouldBe(HttpStatusCode.Accepted);
    }

    [Fact]
    public async Task Falls_back_makes_web_addresses_clickable_and_keeps_paragraphs()
    {
        await using var host = await Mail.HostAsync();
        var evt = await host.EventAsync();
        await host.Partner.RegisterAsync(evt, Given.Person(change: p => p["language"] = "zh"));
        await host.SendAsync();
        await SendAsync(host, evt, """{"subject":{"en":"News"},"body":{"en":"First,\nsecond.\n\n\n\nThird: https://example.org/a?b=1&c=2. javascript:alert(1) http://x_\"y ftp://z https://example.org/join/abc_."}}""", 1);
        var mail = await host.SendOneAsync();
        mail.Text.ShouldContain("First,\nsecond.\n\nThird:");
        mail.Html.ShouldContain("First,<br>\nsecond.");
        mail.Html.ShouldContain("<a href=\"https://example.org/a?b=1&amp;c=2\"");
        mail.Html.ShouldContain("<a href=\"https://example.org/join/abc_\""); // as tokens may end
        mail.Html.ShouldNotContain("href=\"javascript", Case.Insensitive);
        mail.Html.ShouldNotContain("href=\"ftp", Case.Insensitive);
    }

    [Theory]
    [InlineData("Eve {{ reference }} {% if name %}")]
    [InlineData("<script>alert(1)</script>\"'&")]
    [InlineData("=cmd|' /C calc'!A0")]
    [InlineData("😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀")]
    public async Task What_is_put_in_stays_what_it_is(string name)
    {
        await using var host = await Mail.HostAsync();
        var evt = await host.EventAsync(e => e["title"] = new JsonObject { ["de"] = $"{name[..Math.Min(name.Length, 60)]} {{{{ name }}}}" });
        (await host.Partner.RegisterAsync(evt, Given.Person(change: p => p["fullName"] = name))).ShouldBe(HttpStatusCode.Created);
        await host.SendAsync();
        await SendAsync(host, evt, """{"subject":{"de":"An {{ name }}"},"body":{"de":"{{ name }} | {{ event }} | {{ name | upcase }} <b>fett</b>"}}""", 1);
        var mail = await host.SendOneAsync();
        mail.Subject.ShouldBe($"An {name}");
        mail.Text.ShouldContain($"{name} | {name[..Math.Min(name.Length, 60)]} {{{{ name }}}} |");
        mail.Html.ShouldContain("&lt;b&gt;fett&lt;/b&gt;");
        mail.Html.ShouldNotContain("<b>");
    }

    [Theory]
    [InlineData("subject.de", "{{ nme }}", "unknown-name", "1")]
    [InlineData("body.de", "gut\n{{ name }} {{ nme }}", "unknown-name", "2")]
    [InlineData("body.de", "gut\n\n{{ name", "invalid-template", "3")]
    [InlineData("body.de", "{% if name %}offen", "invalid-template", "1")]
    [InlineData("body.de", "{% for i in (1..1000000000) %}x{% endfor %}", "unknown-name", "1")]
    [InlineData("body.de", "{% assign x = name %}", "unknown-name", "1")]
    [InlineData("body.de", "{% capture x %}{{ x }}{{ x }}{% endcapture %}", "unknown-name", "1")]
    [InlineData("body.de", "{% include 'x' %}", "unknown-name", "1")]
    [InlineData("body.de", "{% liquid echo name %}", "unknown-name", "1")]
    [InlineData("body.de", "{{ name | replace: 'a', 'aaaaaaaaaa' }}", "unknown-name", "1")]
    [InlineData("body.de", "{{ name.size }}", "unknown-name", "1")]
    [InlineData("body.de", "{{ name[0] }}", "unknown-name", "1")]
    [InlineData("body.de", "{% if false %}{{ hidden }}{% endif %}", "unknown-name", "1")]
    [InlineData("body.de", "{{ (1..1000000000) }}", "invalid-template", "1")]
    public async Task Wrong_templates_are_refused_with_field_and_line(string field, string template, string code, string line)
    {
        var evt = await shared.EventAsync();
        var message = Message("""{"subject":{"de":"Gut"},"body":{"de":"gut"}}""");
        message[field.Split('.')[0]] = new JsonObject { ["de"] = template };
        var error = (await shared.Organizer.PostAsync($"/v1/events/{evt}/messages?dryRun=true", message.ToJsonString(), ("Accept-Language", "en"))).ShouldBe(HttpStatusCode.UnprocessableEntity, "validation-failed").Json["errors"]!.AsArray().Single()!;
        ((string)error["field"]!).ShouldBe(field);
        ((string)error["code"]!).ShouldBe(code);
        ((string)error["detail"]!).ShouldStartWith($"Line {line}, column ");
    }

    [Fact]
    public async Task Templates_that_are_nested_or_repeated_without_end_are_refused()
    {
        var evt = await shared.EventAsync();
        foreach (var body in new[]
        {
            string.Concat(Enumerable.Repeat("{%if name%}", 900)), string.Concat(Enumerable.Repeat("{{note}}", 1200)), "{{ name " + string.Concat(Enumerable.Repeat("| upcase ", 1000)) + "}}",
            "{% if " + string.Concat(Enumerable.Repeat("name or ", 1200)) + "name %}x{% endif %}", new string('{', 9000), new string('x', 10_001),
        })
            (await shared.Organizer.PostAsync($"/v1/events/{evt}/messages?dryRun=true", new JsonObject { ["subject"] = new JsonObject { ["de"] = "x" }, ["body"] = new JsonObject { ["de"] = body } }.ToJsonString()))
                .ShouldBe(HttpStatusCode.UnprocessableEntity, "validation-failed");
    }

    [Theory]
    [InlineData("""{"siteId":"mars"}""", HttpStatusCode.UnprocessableEntity, "filter.siteId")]
    [InlineData("""{"status":["pendingConfirmation"]}""", HttpStatusCode.UnprocessableEntity, "filter.status")]
    [InlineData("""{"status":["lost"]}""", HttpStatusCode.UnprocessableEntity, "filter.status[0]")]
    [InlineData("""{"mode":"telepathy"}""", HttpStatusCode.UnprocessableEntity, "filter.mode")]
    [InlineData("""{"email":"a@b"}""", HttpStatusCode.UnprocessableEntity, "filter.email")]
    [InlineData("""{"answerAfterChange":"late"}""", HttpStatusCode.UnprocessableEntity, "filter.answerAfterChange")]
    [InlineData("""{"citty":"hannover"}""", HttpStatusCode.BadRequest, "filter.citty")]
    public async Task Wrong_filters_are_refused_by_name(string filter, HttpStatusCode status, string field)
    {
        var evt = await shared.EventAsync();
        var message = Message("""{"subject":{"de":"Gut"},"body":{"de":"gut"}}""");
        message["filter"] = JsonNode.Parse(filter);
        var answer = await shared.Organizer.PostAsync($"/v1/events/{evt}/messages?dryRun=true", message.ToJsonString());
        answer.Status.ShouldBe(status, answer.Text);
        ((string)answer.Json["errors"]![0]!["field"]!).ShouldBe(field);
    }

    [Fact]
    public async Task Goes_to_as_many_as_were_shown_or_to_nobody_and_is_made_once()
    {
        await using var host = await Mail.HostAsync();
        var evt = await host.EventAsync();
        await host.Partner.RegisteredAsync(evt);
        await host.SendAsync();
        var message = Message("""{"subject":{"de":"Gut"},"body":{"de":"gut"},"expectedCount":1}""");
        await host.Partner.RegisteredAsync(evt, "zoom");
        await host.SendAsync();
        var stale = (await host.Organizer.PostAsync($"/v1/events/{evt}/messages", message.ToJsonString())).ShouldBe(HttpStatusCode.Conflict, "recipients-changed");
        ((int)stale.Json["count"]!).ShouldBe(2);
        (await host.SendAsync()).ShouldBeEmpty();

        message["filter"] = new JsonObject { ["mode"] = "online" };
        var first = (await host.Organizer.PostAsync($"/v1/events/{evt}/messages", message.ToJsonString(), ("Idempotency-Key", "once"))).ShouldBe(HttpStatusCode.Accepted).Json;
        var again = (await host.Organizer.PostAsync($"/v1/events/{evt}/messages", message.ToJsonString(), ("Idempotency-Key", "once"))).ShouldBe(HttpStatusCode.Accepted).Json;
        ((string)again["action"]!["id"]!).ShouldBe((string)first["action"]!["id"]!);
        message["body"] = new JsonObject { ["de"] = "anders" };
        (await host.Organizer.PostAsync($"/v1/events/{evt}/messages", message.ToJsonString(), ("Idempotency-Key", "once"))).ShouldBe(HttpStatusCode.UnprocessableEntity, "idempotency-key-reused");
        await host.SendOneAsync();
        message.Remove("expectedCount");
        (await host.Organizer.PostAsync($"/v1/events/{evt}/messages", message.ToJsonString())).ShouldBe(HttpStatusCode.UnprocessableEntity, "validation-failed");
    }

    [Fact]
    public async Task Whom_one_lists_one_writes_to_by_the_same_names()
    {
        await using var replying = await Replying.StartAsync();
        var host = replying.Host;
        var evt = await host.EventWithQueueAsync(2);
        var early = await replying.InvitedAsync(evt);
        (await host.Organizer.PatchAsync($"/v1/events/{evt}", """{"startsAt":"2020-10-23T09:00","endsAt":"2020-10-23T11:00"}""", ("If-Match", "*"))).ShouldBe(HttpStatusCode.OK);
        await host.SendAsync();
        var says = await replying.InvitedAsync(evt);
        (await replying.OutcomeAsync(says.Reply("TENTATIVE"))).ShouldBe("applied");
        await replying.InvitedAsync(evt); // waits
        var online = (await host.Partner.RegisterAsync(evt, Given.Person("li@example.org", "zoom", p =>
            (p["fullName"], p["language"], p["city"], p["organisation"], p["audience"], p["externalId"]) = ("Li Wei", "zh", "foshan", "Stadt Foshan", "company", "crm-7")))).ShouldBe(HttpStatusCode.Created).Json;
        var delegation = (await host.Partner.PostAsync($"/v1/events/{evt}/delegations", """
            {"contact":{"fullName":"Kim Kontakt","email":"contact@example.org","language":"de"},"noticeVersion":"1","members":[{"fullName":"Cem","siteId":"zoom","language":"de","email":"cem@example.org"}]}
            """)).ShouldBe(HttpStatusCode.Created).Json["id"]!;
        await BounceAsync(host, (string)online["id"]!);
        await host.SendAsync();
        var everybody = await ListedAsync("");
        everybody.Length.ShouldBe(5);

        foreach (var (name, value) in new (string, string)[]
        {
            ("siteId", "zoom"), ("mode", "online"), ("audience", "company"), ("language", "zh"), ("city", "foshan"), ("organisation", "STADT fo"), ("delegationId", (string)delegation!), ("externalId", "crm-7"), ("email", "LI@example.org"),
            ("q", "wei"), ("q", (string)early.Registration["reference"]!), ("reply", "tentative"), ("reply", "needsAction"), ("answerAfterChange", "awaited"), ("mailState", "bounced"), ("status", "waitlisted"),
        })
        {
            var listed = await ListedAsync($"{name}={Uri.EscapeDataString(value)}");
            listed.Length.ShouldBeInRange(1, 4, name);
            var message = Message("""{"subject":{"de":"Gut"},"body":{"de":"gut"}}""");
            message["filter"] = new JsonObject { [name] = name == "status" ? new JsonArray(value) : value };
            var preview = (await host.Organizer.PostAsync($"/v1/events/{evt}/messages?dryRun=true", message.ToJsonString())).ShouldBe(HttpStatusCode.OK).Json;
            ((int)preview["count"]!).ShouldBe(listed.Length, name);
            ((int)preview["bounced"]!).ShouldBe(listed.Contains("li@example.org") ? 1 : 0, name);
            message["expectedCount"] = listed.Length;
            (await host.Organizer.PostAsync($"/v1/events/{evt}/messages", message.ToJsonString())).ShouldBe(HttpStatusCode.Accepted);
            (await host.SendAsync()).Select(m => m.To).ShouldBe(listed, ignoreOrder: true, name);
            if (name is "language" or "status") continue; // of a file it is another language, and confirmed unless it is said
            (await host.Organizer.GetAsync($"/v1/events/{evt}/attendees.json?columns=email&status=all&{name}={Uri.EscapeDataString(value)}")).ShouldBe(HttpStatusCode.OK).Json["items"]!.AsArray()
                .Select(i => (string)i!["email"]!).ShouldBe(listed, ignoreOrder: true, name);
        }

        async Task<string[]> ListedAsync(string query) =>
            [.. (await host.Organizer.GetAsync($"/v1/events/{evt}/registrations?{query}")).ShouldBe(HttpStatusCode.OK).Json["items"]!.AsArray().Select(r => (string)r!["email"]!)];
    }

    [Fact]
    public async Task Reminds_those_who_have_not_answered_on_the_new_day_but_nobody_who_does_before_it_leaves()
    {
        await using var replying = await Replying.StartAsync(("Email:UndoWindowMinutes", "5"));
        var host = replying.Host;
        var evt = await host.EventAsync();
        var (silent, answers, last) = (await replying.InvitedAsync(evt), await replying.InvitedAsync(evt), await replying.InvitedAsync(evt));
        (await host.Organizer.PatchAsync($"/v1/events/{evt}", """{"startsAt":"2020-10-23T09:00","endsAt":"2020-10-23T11:00"}""", ("If-Match", "*"))).ShouldBe(HttpStatusCode.OK);
        host.Time.Advance(TimeSpan.FromMinutes(5));
        var moved = (await host.SendAsync()).Single(m => m.To == answers.Email);
        await replying.InvitedAsync(evt); // registered for the new day, and has nothing to answer
        var reminder = Message("""{"subject":{"de":"Kommen Sie?"},"body":{"de":"Bitte antworten Sie."},"filter":{"answerAfterChange":"awaited"},"expectedCount":3}""");
        (await host.Organizer.PostAsync($"/v1/events/{evt}/messages", reminder.ToJsonString())).ShouldBe(HttpStatusCode.Accepted);
        (await replying.OutcomeAsync(answers.Reply("ACCEPTED", sequence: moved.Calendar!.Events[0]!.Sequence, stamp: "20200921T080600Z"))).ShouldBe("applied");
        host.Time.Advance(TimeSpan.FromMinutes(5));
        await host.Services.GetRequiredService<Expansion>().RunAsync(CancellationToken.None);
        (await replying.OutcomeAsync(last.Reply("DECLINED", sequence: moved.Calendar!.Events[0]!.Sequence, stamp: "20200921T081100Z"))).ShouldBe("applied");
        (await host.SendAsync()).Where(m => !m.Subject.StartsWith("Ihre Absage", StringComparison.Ordinal)).ShouldHaveSingleItem().To.ShouldBe(silent.Email);
    }

    [Fact]
    public async Task A_test_goes_to_its_address_alone_and_says_so()
    {
        await using var host = await Mail.HostAsync();
        var evt = await host.EventAsync();
        await host.Partner.RegisterAsync(evt, Given.Person(change: p => p["copyTo"] = "assistant@example.org"));
        await host.SendAsync();
        (await host.Organizer.PostAsync($"/v1/events/{evt}/messages", """{"subject":{"de":"Gut"},"body":{"de":"An {{ name }}"},"testTo":"office@example.org"}""")).ShouldBe(HttpStatusCode.Accepted);
        var mail = await host.SendOneAsync();
        mail.To.ShouldBe("office@example.org");
        mail.Subject.ShouldBe("[Test] Gut");
        mail.Text.ShouldContain("Probeversand");
        var none = (await host.Organizer.PostAsync($"/v1/events/{evt}/messages", """{"subject":{"de":"Gut"},"body":{"de":"gut"},"testTo":"office@example.org","filter":{"siteId":"zoom"}}""")).ShouldBe(HttpStatusCode.Conflict, "no-recipients");
        ((string)none.Json["detail"]!).ShouldStartWith("Nobody would get this message");
        foreach (var count in new[] { 0, 1 })
            (await host.Organizer.PostAsync($"/v1/events/{evt}/messages", $$"""{ "subject":{"de":"Gut"},"body":{"de":"gut"},"filter":{"siteId":"zoom"},"expectedCount":{{count}} }""")).ShouldBe(HttpStatusCode.Conflict, "no-recipients");
        (await host.Organizer.PostAsync($"/v1/events/{evt}/messages", """{"subject":{"de":"Gut"},"body":{"de":"gut"},"expectedCount":0}""")).ShouldBe(HttpStatusCode.Conflict, "recipients-changed");
    }

    [Fact]
    public async Task The_contact_of_a_delegation_hears_once_for_all_members_without_an_address()
    {
        await using var host = await Mail.HostAsync();
        var evt = await host.EventAsync();
        (await host.Partner.PostAsync($"/v1/events/{evt}/delegations", """
            {"contact":{"fullName":"Kim Kontakt","email":"contact@example.org","language":"en"},"noticeVersion":"1",
             "members":[{"fullName":"Anna","siteId":"hannover","language":"de"},{"fullName":"Bert","siteId":"hannover","language":"de"},{"fullName":"Cem","siteId":"zoom","language":"de","email":"cem@example.org"}]}
            """)).ShouldBe(HttpStatusCode.Created);
        await host.SendAsync();
        var preview = (await host.Organizer.PostAsync($"/v1/events/{evt}/messages?dryRun=true", """{"subject":{"de":"Gut"},"body":{"de":"{{ name }} {{ manageLink }}"}}""")).ShouldBe(HttpStatusCode.OK).Json;
        ((int)preview["count"]!).ShouldBe(3);
        ((int)preview["withoutAddress"]!).ShouldBe(2);
        await SendAsync(host, evt, """{"subject":{"de":"Gut"},"body":{"de":"{{ name }} {{ manageLink }}"}}""", 3);
        var mails = await host.SendAsync();
        mails.Select(m => m.To).ShouldBe(["contact@example.org", "cem@example.org"], ignoreOrder: true);
        var contact = mails.Single(m => m.To == "contact@example.org");
        contact.Text.ShouldContain("Please pass this message on to: Anna, Bert.");
        contact.Text.ShouldContain("Kim Kontakt https://events.example.org/d/");
    }

    [Fact]
    public async Task The_contact_of_a_delegation_passes_on_what_is_for_some_of_its_members_to_these()
    {
        await using var host = await Mail.HostAsync();
        var evt = await host.EventAsync();
        (await host.Partner.PostAsync($"/v1/events/{evt}/delegations", """
            {"contact":{"fullName":"Kim Kontakt","email":"contact@example.org","language":"en"},"noticeVersion":"1",
             "members":[{"fullName":"Anna","siteId":"hannover","language":"de"},{"fullName":"Bert","siteId":"zoom","language":"de"}]}
            """)).ShouldBe(HttpStatusCode.Created);
        await host.SendAsync();
        const string message = """{"subject":{"de":"Gut"},"body":{"de":"Der Raum ist ein anderer."},"filter":{"siteId":"hannover"}}""";
        var preview = (await host.Organizer.PostAsync($"/v1/events/{evt}/messages?dryRun=true", message)).ShouldBe(HttpStatusCode.OK).Json;
        ((string)preview["example"]!["text"]!).ShouldContain("Please pass this message on to: Anna.");
        await SendAsync(host, evt, message, 1);
        (await host.SendOneAsync()).Text.ShouldContain("Please pass this message on to: Anna.");
    }

    [Theory]
    [InlineData("de", "Anna: ", "Teilnahme per Video (Zoom).]", "Link zum Teilnehmen")]
    [InlineData("en", "Anna: ", "Attending by video (Zoom).]", "Link to join")]
    [InlineData("zh", "Anna：", "通过视频参会（Zoom）。]", "入会链接")]
    public async Task The_contact_of_a_delegation_reads_what_holds_for_all_and_else_whom_it_holds_for(string language, string anna, string way, string join)
    {
        await using var host = await Mail.HostAsync();
        var evt = await host.EventAsync(e => e["sites"]!.AsArray().Single(site => (string?)site!["id"] == "zoom")!["name"] = new JsonObject { ["de"] = "Zoom" });
        var party = (await host.Partner.PostAsync($"/v1/events/{evt}/delegations", $$"""
            {"contact":{"fullName":"Kim Kontakt","email":"contact@example.org","language":"{{language}}"},"noticeVersion":"1",
             "members":[{"fullName":"Anna","siteId":"zoom","language":"de"},{"fullName":"Bert https://evil.example/","siteId":"zoom","language":"de"},{"fullName":"Cem","siteId":"hannover","language":"de"}]}
            """)).ShouldBe(HttpStatusCode.Created).Json;
        await host.SendAsync();
        const string body = "{% if joinLink %}Link: {{ joinLink }}{% else %}nichts{% endif %}\n\n[{{ site }}] [{{ where }}] [{{ way }}] [{{ when }}] [{{ reference }}] [{{ waitingFor }}]";

        // All go to the same place: that is said once, and the links are for each.
        var same = await SentAsync(body, "zoom", 2);
        foreach (var part in new[] { "[Zoom]", $"[{way}", $"Link: \n{anna}https://events.example.org/join/", "[]" }) same.Text.ShouldContain(part);
        Regex.Count(same.Text, "/join/").ShouldBe(4); // in the text, and below with each name
        same.Text.ShouldContain(join);
        Regex.Count(same.Html, "<a href=\"https://events\\.example\\.org/join/[^\"]+\" style").ShouldBe(2);
        same.Html.ShouldContain("<bdi>Bert https://evil.example/</bdi>");
        same.Html.ShouldNotContain("href=\"https://evil.example");
        foreach (var member in party["members"]!.AsArray().Take(2)) same.Text.ShouldContain((string)member!["reference"]!);
        same.Text.ShouldNotContain('\uFDD0');

        // One of several has a link.
        var other = await SentAsync(body, null, 3);
        other.Text.ShouldContain($"[\n{anna}Zoom\nBert");
        other.Text.ShouldContain(language == "zh" ? "Cem：" : "Cem: ");
        other.Text.ShouldNotMatch("Cem[:：] ?https://events.example.org/join/");

        // It tells of one alone.
        var one = await SentAsync("{{ joinLink }}|{{ reference }}", null, 1, "Anna");
        one.Text.ShouldMatch(@"\nhttps://events\.example\.org/join/\S+\|ISA-\w+");
        var room = await SentAsync(body, "hannover", 1);
        room.Text.ShouldContain("nichts");
        room.Text.ShouldNotContain("/join/");

        async Task<Mailed> SentAsync(string text, string? siteId, int count, string? q = null)
        {
            var message = new JsonObject { ["subject"] = new JsonObject { ["de"] = "Gut" }, ["body"] = new JsonObject { ["de"] = text }, ["filter"] = new JsonObject { ["siteId"] = siteId, ["q"] = q } };
            var preview = (await host.Organizer.PostAsync($"/v1/events/{evt}/messages?dryRun=true", message.ToJsonString())).ShouldBe(HttpStatusCode.OK).Json;
            ((int)preview["empty"]!).ShouldBe(0);
            preview["emptyWithout"]!.AsArray().ShouldBeEmpty();
            await SendAsync(host, evt, message.ToJsonString(), count);
            return await host.SendOneAsync();
        }
    }

    [Theory]
    [InlineData("de", "Hannover, Zoom", "Teilnahme vor Ort (Hannover), Teilnahme per Video (Zoom)", "Anna: Teilnahme vor Ort (Hannover).", "Name folgt: Teilnahme per Video (Zoom).", "Bitte geben Sie diese Nachricht weiter an: Bert.")]
    [InlineData("en", "Hanover, Zoom", "Attending in person (Hanover), Attending by video (Zoom)", "Anna: Attending in person (Hanover).", "Name to follow: Attending by video (Zoom).", "Please pass this message on to: Bert.")]
    [InlineData("zh", "汉诺威、Zoom", "现场参会（汉诺威）、通过视频参会（Zoom）", "Anna：现场参会（汉诺威）。", "姓名待定：通过视频参会（Zoom）。", "请将此通知转达给：Bert。")]
    public async Task The_contact_of_a_delegation_reads_in_one_line_what_its_subject_says_and_nothing_said_to_somebody_else(string language, string sites, string ways, string anna, string nobody, string passOn)
    {
        await using var host = await Mail.HostAsync();
        var evt = await host.EventAsync(e =>
        {
            e["sites"]!.AsArray().Single(site => (string?)site!["id"] == "hannover")!["name"] = new JsonObject { ["de"] = "Hannover", ["en"] = "Hanover", ["zh"] = "汉诺威" };
            e["sites"]!.AsArray().Single(site => (string?)site!["id"] == "zoom")!["name"] = new JsonObject { ["de"] = "Zoom" };
        });
        (await host.Partner.PostAsync($"/v1/events/{evt}/delegations", $$"""
            {"contact":{"fullName":"Kim Kontakt","email":"contact@example.org","language":"{{language}}"},"noticeVersion":"1","namesDueBy":"P2D",
             "members":[{"fullName":"Anna","siteId":"hannover","language":"de"},{"fullName":"Bert","siteId":"zoom","language":"de"},{{string.Concat(Enumerable.Repeat("""{"nameFollows":true,"siteId":"zoom"},""", 7))[..^1]}}]}
            """)).ShouldBe(HttpStatusCode.Created);
        await host.SendAsync();

        var mail = await SentAsync("Info {{ site }}  heute {{ waitingFor }} {{ reference | downcase }}", "[{{ way }}]", 9);
        mail.Subject.ShouldMatch($@"^Info {sites} heute isa-\S+(, |、)isa-");
        mail.Text.ShouldContain(anna);
        mail.Text.ShouldContain(nobody);
        foreach (var said in new[] { "Ihr Link", "your link", "专属链接" }) mail.Text.ShouldNotContain(said);
        (await SentAsync("{{ way }}", "x", 9)).Subject.ShouldBe(ways);

        (await SentAsync("{{ reference }}", "x", 9)).Subject.ShouldMatch("^ISA-.{70,76}…$");

        // Whom it tells nothing is not among those to pass it on to.
        (await SentAsync("Link", "{% if joinLink %}{{ joinLink }}{% endif %}", 9)).Text.ShouldContain(passOn);

        async Task<Mailed> SentAsync(string subject, string body, int count)
        {
            await SendAsync(host, evt, new JsonObject { ["subject"] = new JsonObject { ["de"] = subject }, ["body"] = new JsonObject { ["de"] = body } }.ToJsonString(), count);
            return await host.SendOneAsync();
        }
    }

    [Fact]
    public async Task The_contact_gets_no_link_of_a_member_who_has_an_address_and_who_has_not_confirmed_theirs_reads_nothing_of_members()
    {
        await using var host = await Mail.HostAsync();
        var evt = await host.EventAsync();
        foreach (var kind in new[] { "delegationRegistered", "delegationToConfirm" })
            (await host.Organizer.PutAsync($"/v1/events/{evt}/message-texts/{kind}", """{"en":{"body":"Links: {{ joinLink }} References: {{ reference }}."}}""", ("If-Match", "*"))).ShouldBe(HttpStatusCode.OK);
        const string delegation = """
            {"contact":{"fullName":"Kim Kontakt","email":"contact@example.org","language":"en"},"noticeVersion":"1",
             "members":[{"fullName":"Anna","siteId":"zoom","language":"de"},{"fullName":"Cem","siteId":"zoom","language":"de","email":"cem@example.org"}]}
            """;
        (await host.Partner.PostAsync($"/v1/events/{evt}/delegations", delegation)).ShouldBe(HttpStatusCode.Created);
        var text = (await host.SendAsync()).Single(m => m.To == "contact@example.org").Text;
        text.ShouldMatch(@"Links: \nAnna: https://\S+ References: \nAnna: ISA-\w+\nCem: ISA-\w+\.");

        (await host.Organizer.PatchAsync($"/v1/events/{evt}", """{"rules":{"confirmsAddresses":true}}""", ("If-Match", "*"))).ShouldBe(HttpStatusCode.OK);
        (await host.Partner.PostAsync($"/v1/events/{evt}/delegations", delegation.Replace("cem@", "cim@", StringComparison.Ordinal).Replace("contact@", "other@", StringComparison.Ordinal))).ShouldBe(HttpStatusCode.Created);
        (await host.SendOneAsync()).Text.ShouldContain("Links:  References: .");
    }

    [Fact]
    public async Task Whatever_somebody_calls_themselves_is_no_link_in_the_organiser_s_words()
    {
        await using var host = await Mail.HostAsync();
        var evt = await host.EventAsync();
        (await host.Organizer.PutAsync($"/v1/events/{evt}/message-texts/confirmed", """{"de":{"body":"{{ name }}, mehr auf https://example.org/?r={{ reference }} oder https://example.org/{{ name }}.\n\n{{ manageLink }}"}}""", ("If-Match", "*"))).ShouldBe(HttpStatusCode.OK);
        var made = (await host.Partner.RegisterAsync(evt, Given.Person(change: p => p["fullName"] = "https://evil.example/login"))).ShouldBe(HttpStatusCode.Created).Json;
        var mail = await host.SendOneAsync();
        mail.Text.ShouldContain($"https://evil.example/login, mehr auf https://example.org/?r={made["reference"]} oder https://example.org/https://evil.example/login.");
        mail.Html.ShouldContain("<bdi>https://evil.example/login</bdi>, mehr auf");
        mail.Html.ShouldContain($"<a href=\"https://example.org/?r={made["reference"]}\"");
        mail.Html.ShouldContain($"<a href=\"{made["links"]!["manage"]}\" style");
        foreach (var link in new[] { "href=\"https://evil", "href=\"https://example.org/\"", "href=\"https://example.org/https" }) mail.Html.ShouldNotContain(link);
    }

    [Fact]
    public async Task Is_for_organisers_of_the_event_alone()
    {
        var evt = await shared.EventAsync();
        const string body = """{"subject":{"de":"Gut"},"body":{"de":"gut"},"expectedCount":1}""";
        (await shared.Partner.PostAsync($"/v1/events/{evt}/messages", body)).ShouldBe(HttpStatusCode.Forbidden, "not-allowed");
        (await shared.Anybody.PostAsync($"/v1/events/{evt}/messages", body)).ShouldBe(HttpStatusCode.Unauthorized, "not-authenticated");
        (await shared.Organizer.PostAsync("/v1/events/evt_none/messages", body)).ShouldBe(HttpStatusCode.NotFound, "event-not-found");
        var elsewhere = shared.Caller(await shared.KeyAsync(Isa.Events.Api.Features.Partners.Role.Organizer, "Elsewhere", events: [await shared.EventAsync()]));
        (await elsewhere.PostAsync($"/v1/events/{evt}/messages", body)).ShouldBe(HttpStatusCode.NotFound, "event-not-found");
    }

    private static Task<bool> BounceAsync(EventsHost host, string id) => host.Database.WriteAsync("bounce", session =>
    {
        Isa.Events.Api.Features.Replies.Answering.NoteBounce(session, Isa.Events.Api.Features.Registrations.Registration.Find(session, id)!, "5.1.1");
        return true;
    }, CancellationToken.None);

    private static JsonObject Message(string json) => JsonNode.Parse(json)!.AsObject();

    private static async Task SendAsync(EventsHost host, string evt, string json, int count)
    {
        var message = Message(json);
        message["expectedCount"] = count;
        (await host.Organizer.PostAsync($"/v1/events/{evt}/messages", message.ToJsonString())).ShouldBe(HttpStatusCode.Accepted);
    }
}
