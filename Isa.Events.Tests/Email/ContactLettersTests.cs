using System.Text.RegularExpressions;
using Isa.Events.Tests.Features.Delegations;

namespace Isa.Events.Tests.Email;

/// <summary>What the contact of a delegation reads: how each member stands, and what becomes of places that are nobody's yet.</summary>
public class ContactLettersTests : MailTests
{
    private const string Contact = "wang.fang@example.org";

    [Theory]
    [InlineData("de", "Name folgt ({0}) – Sie haben einen Platz: ", "Guten Tag 王芳,\n\ndiese Nachricht betrifft einen Platz Ihrer Delegation, für den der Name noch folgt ({0}). Für diesen Platz gilt jetzt:\n\nAngemeldet, der Platz ist reserviert: Hannover.\n\nBitte tragen Sie bis Mittwoch, 14. Oktober 2020, 24:00 Uhr (Berliner Zeit) ein, wer kommt", "Namen eintragen: ", "Der Termin liegt als Kalendereintrag bei.")]
    [InlineData("en", "Name to follow ({0}) – You have a place: ", "Dear 王芳,\n\nThis is about a place of your delegation for which the name is still to follow ({0}). How this place stands now:\n\nRegistered, and a place is reserved: Hannover.\n\nPlease tell us by Wednesday, 14 October 2020, 24:00 (Berlin time) who is coming", "Give the name: ", "The calendar entry is attached.")]
    [InlineData("zh", "姓名待定（{0}） – 您已获得席位：", "王芳，您好：\n\n此邮件涉及贵代表团的一个姓名待定席位（{0}），目前情况如下：\n\n已报名成功，席位已保留：汉诺威。\n\n请在2020年10月14日 星期三 24:00（柏林时间）前填写参会人姓名", "填写姓名：", "日历邀请已随邮件附上。")]
    public async Task Of_a_place_that_is_nobodys_yet_the_contact_reads_what_holds_for_it(string language, string subject, string says, string manage, string attached)
    {
        var evt = await Host.EventWithQueueAsync(1);
        var guest = await Host.Partner.RegisteredAsync(evt);
        var place = (await Host.DelegationAsync(evt, 0, d =>
        {
            (d["contact"]!["language"], d["namesDueBy"]) = (language, "P2D");
            d["members"]!.AsArray().Add(new JsonObject { ["nameFollows"] = true });
        })).Members().Single();
        await Host.SendAsync();
        (await Host.Partner.PostAsync($"/v1/registrations/{guest["id"]}/cancel")).ShouldBe(HttpStatusCode.OK);
        var told = (await Host.SendAsync()).Single(m => m.To == Contact);
        told.Subject.ShouldStartWith(string.Format(null, subject, place["reference"]));
        told.Text.ShouldStartWith(string.Format(null, says, place["reference"]));
        told.Text.ShouldContain(manage + place["links"]!["manage"]);

        // Who is named then has no entry that could be updated.
        (await Host.Anybody.PatchAsync(place.PathOf("invite").Replace("/invite.ics", ""), """{"fullName":"王小明","email":"xm@example.org"}""")).ShouldBe(HttpStatusCode.OK);
        var named = (await Host.SendAsync()).Single(m => m.To == "xm@example.org");
        named.Invite.ShouldStartWith("REQUEST");
        named.Text.ShouldContain(attached);
    }

    [Fact]
    public async Task An_organisers_words_for_those_who_come_are_not_for_a_place_that_is_nobodys_yet_and_their_messages_name_it()
    {
        var evt = await Host.EventWithQueueAsync(5);
        (await Host.Organizer.PutAsync($"/v1/events/{evt}/message-texts/moved", """{"en":{"body":"We are glad that you come, {{ name }}."}}""", ("If-Match", "*"))).ShouldBe(HttpStatusCode.OK);
        var party = await Host.DelegationAsync(evt, 0, d =>
        {
            (d["contact"]!["language"], d["namesDueBy"]) = ("en", "P2D");
            d["members"]!.AsArray().Add(new JsonObject { ["nameFollows"] = true });
        });
        var place = party.Members().Single();
        await Host.SendAsync();
        (await Host.Anybody.PostAsync(place.PathOf("invite").Replace("/invite.ics", "/change-site"), """{"siteId":"zoom"}""")).ShouldBe(HttpStatusCode.OK);
        var moved = await Host.SendOneAsync();
        moved.Text.ShouldContain("Registered, and will take part by video: Zoom conference. Before: Hannover.");
        moved.Text.ShouldNotContain("glad");

        (await ExampleAsync(evt)).ShouldStartWith($"This message is about places of your delegation for which the names are still to follow: {place["reference"]}.\n\nDear 王芳,");
        var more = Party.Of(0, d => d["members"]!.AsArray().Add(new JsonObject { ["fullName"] = "李娜" }));
        more.Remove("contact");
        (await Host.Anybody.PostAsync($"{Party.ApiPathOf(party)}/members", more)).ShouldBe(HttpStatusCode.Created);
        (await ExampleAsync(evt)).ShouldStartWith("Please pass this message on to: 李娜.\n");
    }

    [Theory]
    [InlineData("de", "angenommen. Personen: 2. Unten", "Noch nicht entschieden: 2.", ", Entscheidung steht noch aus", "angenommen. Personen: 4 (davon 2 auf der Warteliste). Unten", ", Warteliste")]
    [InlineData("en", "delegation. People: 2. How", "Not decided yet: 2.", ", not decided yet", "delegation. People: 4 (2 of them on the waiting list). How", ", waiting list")]
    [InlineData("zh", "报名，共2人，详情", "另有2人仍待审核", "，待审核", "报名，共4人（其中候补2人），详情", "，候补")]
    public async Task Those_who_were_approved_are_counted_first_and_of_the_others_it_says_what_holds(string language, string two, string rest, string undecided, string four, string waits)
    {
        var all = Regex.Replace(four, " ?[（(].+[)）]", "");
        foreach (var (whenFull, count, state) in new[] { ("reject", two, undecided), ("waitlist", four, waits), ("attendSite", all, waits + (language == "zh" ? "：汉诺威" : ": Hannover")) })
        {
            var evt = await Host.EventWithQueueAsync(2, change: e => e["rules"] = JsonNode.Parse("""{"requiresApproval":true,"pendingHoldsSeat":false}"""));
            var party = await Host.DelegationAsync(evt, 4, d =>
            {
                (d["mode"], d["whenFull"], d["fallbackSiteId"], d["contact"]!["language"]) = ("whatFits", whenFull, whenFull == "attendSite" ? "zoom" : null, language);
                foreach (var member in d["members"]!.AsArray().Skip(2)) member!["siteId"] = "zoom";
            });
            for (var i = 0; i < 2; i++) await Host.Organizer.RegisteredAsync(evt);
            await Host.SendAsync();
            (await Host.Organizer.PostAsync($"/v1/delegations/{party["id"]}/approve")).ShouldBe(HttpStatusCode.OK);
            var text = (await Host.SendAsync()).Single(m => m.To == Contact).Text;
            text.ShouldContain(count);
            text.Contains(rest, StringComparison.Ordinal).ShouldBe(whenFull == "reject");
            var references = party.Members().Select(m => (string)m["reference"]!).ToList();
            for (var i = 0; i < 4; i++) text.Contains(references[i] + state, StringComparison.Ordinal).ShouldBe(i < 2, text);
            if (whenFull == "reject") references.OrderBy(reference => text.IndexOf(reference, StringComparison.Ordinal)).ShouldBe([references[2], references[3], references[0], references[1]]);
        }
    }

    [Theory]
    [InlineData("de", "Auch die Mitglieder ohne eigene E-Mail-Adresse haben neue Links", "Link zum Teilnehmen")]
    [InlineData("en", "Members without an e-mail address of their own have new links, too", "Link to join")]
    [InlineData("zh", "未登记本人邮箱的成员，其管理链接和入会链接也已更新", "入会链接")]
    public async Task A_new_contact_is_told_which_links_are_new_for_others_and_has_them_to_pass_on(string language, string says, string join)
    {
        var evt = await Host.EventAsync();
        var patch = new JsonObject { ["contact"] = new JsonObject { ["email"] = "chen.jing@example.org", ["language"] = language } };
        var own = await Host.DelegationAsync(evt, 1, d =>
        {
            d["namesDueBy"] = "P2D";
            d["members"]!.AsArray().Add(new JsonObject { ["nameFollows"] = true, ["siteId"] = "zoom" });
        });
        var others = await Host.DelegationAsync(evt, 1, d => d["members"]!.AsArray().Add(new JsonObject { ["fullName"] = "李娜", ["siteId"] = "zoom" }));
        await Host.SendAsync();
        (await Host.Partner.PatchAsync(own.PathOf("self"), patch.ToJsonString())).ShouldBe(HttpStatusCode.OK);
        var nothing = await Host.SendOneAsync();
        foreach (var text in new[] { says, join, "/join/" }) nothing.Text.ShouldNotContain(text);
        var now = (await Host.Partner.PatchAsync(others.PathOf("self"), patch.ToJsonString())).ShouldBe(HttpStatusCode.OK).Json;
        var told = await Host.SendOneAsync();
        told.Text.ShouldContain(says);
        told.Text.ShouldContain((string)now.Members().Last()["links"]!["manage"]!);
        var link = Regex.Match(told.Text, $@"李娜[:：] ?{join}\n  (https://events\.example\.org/join/\S+)").Groups[1].Value;
        told.Html.ShouldContain($"href=\"{link}\"");
        (await Host.Anybody.GetAsync(new Uri(link).PathAndQuery)).ShouldBe(HttpStatusCode.OK);
        (await Host.Anybody.PostAsync($"/v1/events/{evt}/links", """{"email":"chen.jing@example.org"}""")).ShouldBe(HttpStatusCode.Accepted);
        (await Host.SendAsync()).Count(m => m.Text.Contains(link, StringComparison.Ordinal)).ShouldBe(1);
    }

    [Theory]
    [InlineData("de", "Personen: 1. Unten", "Nicht angemeldet werden konnten: 3.", "nicht angemeldet, kein Platz mehr frei", "nicht angemeldet, Plätze für diese Stadt schon vergeben", "Name folgt: ")]
    [InlineData("en", "People: 1. How", "Could not be registered: 3.", "not registered, no place was left", "not registered, the places for this city are taken", "Name to follow: ")]
    [InlineData("zh", "共1人", "另有3人未能报名", "未能报名，名额已满", "未能报名，该城市名额已满", "姓名待定：")]
    public async Task Who_was_left_out_and_why_is_told_once_they_were_registered(string language, string count, string says, string full, string city, string nameless)
    {
        var evt = await Host.EventWithSeatsAsync(1);
        (await Host.Organizer.PatchAsync($"/v1/events/{evt}", """{"rules":{"cityQuotas":[{"city":"Foshan","seats":3}]}}""", ("If-Match", "*"))).ShouldBe(HttpStatusCode.OK);
        await Host.SendAsync();
        var party = await Host.DelegationAsync(evt, 0, d =>
        {
            (d["city"], d["mode"], d["namesDueBy"], d["contact"]!["language"]) = ("Foshan", "whatFits", "P2D", language);
            foreach (var member in new[] { """{"fullName":"王小明"}""", """{"fullName":"李娜"}""", """{"nameFollows":true}""", """{"fullName":"张伟"}""" }) d["members"]!.AsArray().Add(JsonNode.Parse(member));
        });
        var text = (await Host.SendAsync()).Single(m => m.Text.Contains("/d/", StringComparison.Ordinal)).Text;
        foreach (var part in new[] { count, says, $"{nameless}{full}\n" }) text.ShouldContain(part);
        text.ShouldMatch($"李娜[:：] ?{full}\n");
        text.ShouldMatch($"张伟[:：] ?{city}\n");
        var page = (await Host.Anybody.GetAsync(party.PathOf("manage"))).ShouldBe(HttpStatusCode.OK).Text;
        foreach (var (name, why) in new[] { ("李娜", full), (nameless.TrimEnd(' ', ':', '：'), full), ("张伟", city) }) page.ShouldContain($"<dt>{name}</dt><dd>{why}</dd>");
    }

    [Fact]
    public async Task What_the_contact_never_confirmed_ends_for_them_without_a_name_and_members_who_had_not_heard_of_it_hear_nothing()
    {
        var evt = await Host.EventWithSeatsAsync(5);
        (await Host.Organizer.PatchAsync($"/v1/events/{evt}", """{"rules":{"confirmsAddresses":true}}""", ("If-Match", "*"))).ShouldBe(HttpStatusCode.OK);
        await Host.DelegationAsync(evt, 1, d => d["members"]!.AsArray().Add(new JsonObject { ["fullName"] = "李娜" }));
        (await Host.SendOneAsync()).To.ShouldBe(Contact);
        Host.Time.Advance(TimeSpan.FromMinutes(31));
        await Host.Database.WriteAsync(evt, session => Isa.Events.Api.Features.Waitlist.Expiry.Run(session, Isa.Events.Api.Features.Events.EventLock.LockEvent(session, evt)), CancellationToken.None);
        var mail = await Host.SendOneAsync();
        mail.To.ShouldBe(Contact);
        mail.Subject.ShouldStartWith("报名已失效：");
        mail.Text.ShouldNotContain("李娜");
    }

    [Theory]
    [InlineData("de", "Personen: 1. Unten", "Nicht angemeldet werden konnten: 2.", "nicht angemeldet, kein Platz mehr frei")]
    [InlineData("en", "People: 1. How", "Could not be registered: 2.", "not registered, no place was left")]
    [InlineData("zh", "共1人", "另有2人未能报名", "未能报名，名额已满")]
    public async Task Who_found_no_place_when_the_contact_confirmed_ends_at_once_and_the_contact_alone_is_told(string language, string count, string says, string full)
    {
        var evt = await Host.EventWithSeatsAsync(1);
        (await Host.Organizer.PatchAsync($"/v1/events/{evt}", """{"rules":{"confirmsAddresses":true}}""", ("If-Match", "*"))).ShouldBe(HttpStatusCode.OK);
        var party = await Host.DelegationAsync(evt, 1, d =>
        {
            (d["mode"], d["contact"]!["language"]) = ("whatFits", language);
            foreach (var member in new[] { """{"fullName":"李娜","email":"lina@example.org"}""", """{"fullName":"张伟"}""" }) d["members"]!.AsArray().Add(JsonNode.Parse(member));
        });
        await Host.SendAsync();
        (await Host.Organizer.PostAsync($"{party.PathOf("self")}/confirm-address")).ShouldBe(HttpStatusCode.OK).Json.Members().Select(m => $"{m["status"]} {m["endReason"]}").ShouldBe(["confirmed ", "cancelled siteFull", "cancelled siteFull"]);
        var mails = await Host.SendAsync();
        mails.Select(m => m.To).ShouldBe([(string)party.Members().First()["email"]!, Contact], ignoreOrder: true); // nobody else had heard of it
        var text = mails.Single(m => m.To == Contact).Text;
        foreach (var part in new[] { count, says }) text.ShouldContain(part);
        foreach (var name in new[] { "李娜", "张伟" }) text.ShouldMatch($"{name}[:：] ?{full}\n");
        Host.Time.Advance(TimeSpan.FromMinutes(31));
        await Host.Database.WriteAsync(evt, session => Isa.Events.Api.Features.Waitlist.Expiry.Run(session, Isa.Events.Api.Features.Events.EventLock.LockEvent(session, evt)), CancellationToken.None);
        (await Host.SendAsync()).ShouldBeEmpty();
        (await Host.Organizer.GetAsync($"/v1/registrations/{party.Members().Last()["id"]}/history")).Json["items"]!.AsArray().Select(e => $"{e!["action"]} {e["actor"]} {e["reason"]}").Last().ShouldBe("cancelled system siteFull");
        await Host.IsWholeAsync();

        // Once more have come, it tells of them alone.
        (await Host.Organizer.PatchAsync($"/v1/events/{evt}/sites/hannover", """{"capacity":9}""", ("If-Match", "*"))).ShouldBe(HttpStatusCode.OK);
        var more = Party.Of(0, d => d["members"]!.AsArray().Add(new JsonObject { ["fullName"] = "张伟" }));
        more.Remove("contact");
        (await Host.Anybody.PostAsync($"{Party.ApiPathOf(party)}/members", more)).ShouldBe(HttpStatusCode.Created).Json.Members().Last().Stands().ShouldBe("confirmed hannover");
        (await Host.SendAsync()).ShouldAllBe(m => !m.Text.Contains(full, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("de", "Wann: Freitag, 16. Oktober 2020, 09:00–11:00 Uhr (Berliner Zeit) → Samstag, 17. Oktober 2020", "Bitte geben Sie das an die Mitglieder Ihrer Delegation weiter, von denen wir keine eigene E-Mail-Adresse haben", "Wer zum neuen Termin nicht kann", "Bitte tragen Sie die noch fehlenden Namen", "Link zum Teilnehmen", "die Veranstaltung ist abgesagt.\n\nSturm\n\nBitte sagen Sie das den unten genannten Mitgliedern")]
    [InlineData("en", "When: Friday, 16 October 2020, 09:00–11:00 (Berlin time) → Saturday, 17 October 2020", "Please pass this on to the members of your delegation for whom we have no e-mail address", "Whoever cannot come at the new time", "Please give the missing names", "Link to join", "The event has been cancelled.\n\nSturm\n\nPlease tell the members of your delegation named below")]
    [InlineData("zh", "时间：2020年10月16日 星期五 09:00–11:00（柏林时间） → 2020年10月17日", "请转达贵代表团中未登记本人邮箱的成员", "新的时间无法参会", "前补充尚缺的参会人姓名", "入会链接", "本次活动已取消。\n\nSturm\n\n请转告下列未登记本人邮箱的代表团成员")]
    public async Task What_becomes_of_the_event_the_contact_hears_once_for_all_who_have_no_address(string language, string change, string passOn, string otherDay, string names, string join, string off)
    {
        var evt = await Host.EventAsync();
        var party = await Host.DelegationAsync(evt, 1, d =>
        {
            (d["namesDueBy"], d["contact"]!["language"]) = ("P2D", language);
            foreach (var member in new[] { """{"fullName":"李娜"}""", """{"fullName":"张伟","siteId":"zoom"}""", """{"nameFollows":true}""" }) d["members"]!.AsArray().Add(JsonNode.Parse(member));
        });
        var (own, others) = (party.Members().First(), party.Members().Skip(1).ToList());
        await Host.SendAsync();
        await PatchAsync(evt, """{"startsAt":"2020-10-17T09:00","endsAt":"2020-10-17T11:00"}""");
        var moved = (await Host.SendAsync()).Single(m => m.To == Contact);
        moved.Text.ShouldStartWith(change);
        foreach (var part in new[] { passOn, otherDay, names }) moved.Text.ShouldContain(part);
        foreach (var member in others)
        {
            moved.Text.ShouldContain((string)member["reference"]!);
            moved.Text.ShouldContain((string)member["links"]!["manage"]!);
        }

        moved.Text.ShouldNotContain((string)own["reference"]!);
        var link = Regex.Match(moved.Text, $@"张伟[:：] ?{join}\n  https://events\.example\.org(/join/\S+)").Groups[1].Value;
        (await Host.Anybody.GetAsync(link)).ShouldBe(HttpStatusCode.OK);
        Regex.Count(moved.Text, "/join/").ShouldBe(1);

        // What they were told is known: what calendars do not show is nothing to hear of, and the next change begins there.
        await PatchAsync(evt, """{"description":{"de":"Neu"}}""");
        (await Host.SendAsync()).ShouldBeEmpty();
        await PatchAsync(evt, """{"startsAt":"2020-10-17T08:00","endsAt":"2020-10-17T10:00"}""");
        var again = (await Host.SendAsync()).Single(m => m.To == Contact).Text;
        (Regex.Match(again, "^.+ → ").Value.Contains("17", StringComparison.Ordinal), again.Contains(otherDay, StringComparison.Ordinal)).ShouldBe((true, false));

        (await Host.Organizer.PostAsync($"/v1/events/{evt}/cancel", """{"reason":{"de":"Sturm"}}""", ("If-Match", "*"))).ShouldBe(HttpStatusCode.OK);
        var mails = await Host.SendAsync();
        mails.Select(m => m.To).ShouldBe([(string)own["email"]!, Contact], ignoreOrder: true);
        var ended = mails.Single(m => m.To == Contact).Text;
        ended.ShouldContain(off);
        foreach (var part in new[] { "李娜", "张伟", (string)others[2]["reference"]! }) ended.ShouldContain(part);
        foreach (var part in new[] { "/r/", "/join/", "/d/" }) ended.ShouldNotContain(part);
        (await Host.Database.ReadAsync(session => session.Query<string>("SELECT told FROM registrations WHERE event_id = @Id", new { Id = evt }), CancellationToken.None)).ShouldAllBe(told => told.Contains("\"cancelled\":true"));
    }

    [Theory]
    [InlineData("registered", "de", "Wo: ", "Link zum Teilnehmen", "Diese Anmeldung ansehen", "bitte geben Sie es weiter")]
    [InlineData("added", "en", "Where: ", "Link to join", "View, change or cancel this registration", "please pass it on")]
    [InlineData("confirmed", "zh", "地点：", "入会链接", "查看、更改或取消该报名", "请代为转达")]
    [InlineData("approved", "de", "Wo: ", "Link zum Teilnehmen", "Diese Anmeldung ansehen", "Bitte geben Sie das an die Mitglieder weiter")]
    [InlineData("approved", "en", "Where: ", "Link to join", "View, change or cancel this registration", "Please pass this on to the members for whom")]
    [InlineData("approved", "zh", "地点：", "入会链接", "查看、更改或取消该报名", "请转达未登记本人邮箱的成员")]
    public async Task Who_is_registered_the_contact_reads_in_one_mail_with_all_that_is_to_be_passed_on(string how, string language, string where, string join, string manage, string passOn)
    {
        var evt = await Host.EventWithQueueAsync(2, change: e => e["rules"] = how switch
        {
            "confirmed" => new JsonObject { ["confirmsAddresses"] = true },
            "approved" => new JsonObject { ["requiresApproval"] = true, ["pendingHoldsSeat"] = false },
            _ => new JsonObject(),
        });
        JsonObject Members(params string[] members) => Party.Of(0, d =>
        {
            (d["mode"], d["whenFull"], d["contact"]!["language"]) = ("whatFits", "waitlist", language);
            foreach (var member in members) d["members"]!.AsArray().Add(JsonNode.Parse(member));
        });
        string[] all = ["""{"fullName":"李娜"}""", """{"fullName":"王强"}""", """{"fullName":"陈静"}""", """{"fullName":"张伟","siteId":"zoom"}"""];
        var party = (await Host.SendAsync(evt, how == "added" ? Members(all[0]) : Members(all))).ShouldBe(HttpStatusCode.Created).Json;
        await (how == "registered" ? Task.CompletedTask : Host.SendAsync());
        if (how == "added")
        {
            var more = Members(all[1..]);
            more.Remove("contact");
            party = (await Host.Anybody.PostAsync($"{Party.ApiPathOf(party)}/members", more)).ShouldBe(HttpStatusCode.Created).Json;
        }
        else if (how == "confirmed") (await Host.Organizer.PostAsync($"{party.PathOf("self")}/confirm-address")).ShouldBe(HttpStatusCode.OK);
        else if (how == "approved") (await Host.Organizer.PostAsync($"{party.PathOf("self")}/approve")).ShouldBe(HttpStatusCode.OK);

        party = (await Host.Organizer.GetAsync(party.PathOf("self"))).ShouldBe(HttpStatusCode.OK).Json;
        party.Members().Select(m => (string)m["status"]!).ShouldBe(["confirmed", "confirmed", "waitlisted", "confirmed"]);
        var mail = await Host.SendOneAsync();
        foreach (var part in new[] { where, passOn, manage }) mail.Text.ShouldContain(part);
        foreach (var member in party.Members())
        {
            mail.Text.ShouldContain((string)member["reference"]!);
            mail.Text.ShouldContain((string)member["links"]!["manage"]!);
        }

        var link = Regex.Match(mail.Text, $@"张伟[:：] ?{join}\n  https://events\.example\.org(/join/\S+)").Groups[1].Value;
        (await Host.Anybody.GetAsync(link)).ShouldBe(HttpStatusCode.OK);
        (await Host.Database.ReadAsync(session => session.Query<string>("SELECT full_name FROM registrations WHERE event_id = @Id AND told IS NOT NULL ORDER BY id", new { Id = evt }), CancellationToken.None)).ShouldBe(["李娜", "王强", "陈静", "张伟"]);

        // So they hear of what calendars show alone, and of that by itself, whoever comes meanwhile.
        await PatchAsync(evt, """{"description":{"de":"Neu"}}""");
        (await Host.SendAsync()).ShouldBeEmpty();
        if (how != "registered") return;
        await PatchAsync(evt, """{"startsAt":"2020-10-17T09:00","endsAt":"2020-10-17T11:00"}""");
        var last = Members("""{"fullName":"Last","siteId":"zoom"}""");
        last.Remove("contact");
        (await Host.Anybody.PostAsync($"{Party.ApiPathOf(party)}/members", last)).ShouldBe(HttpStatusCode.Created);
        (await Host.SendAsync()).Count(m => m.Subject.StartsWith("Neuer Termin", StringComparison.Ordinal) && m.Text.Contains("李娜", StringComparison.Ordinal)).ShouldBe(1);
    }

    [Fact]
    public async Task However_many_they_are_and_whenever_they_came()
    {
        var evt = await Host.EventAsync();
        var small = await Host.DelegationAsync(evt, 0, d => (d["contact"]!["email"], d["members"]) = ("small@example.org", new JsonArray(new JsonObject { ["fullName"] = "First" })));
        for (var i = 0; i < 2; i++) await Host.DelegationAsync(evt, 0, d => (d["siteId"], d["members"]) = ("zoom", new JsonArray([.. Enumerable.Range(0, 50).Select(n => new JsonObject { ["fullName"] = $"Member {n}" })])));
        var more = Party.Of(0, d => d["members"]!.AsArray().Add(new JsonObject { ["fullName"] = "Last" }));
        more.Remove("contact");
        (await Host.Anybody.PostAsync($"{Party.ApiPathOf(small)}/members", more)).ShouldBe(HttpStatusCode.Created);
        await Host.SendAsync();
        foreach (var path in new[] { "", "/cancel" })
        {
            if (path.Length == 0) await PatchAsync(evt, """{"startsAt":"2020-10-17T09:00","endsAt":"2020-10-17T11:00"}""");
            else (await Host.Organizer.PostAsync($"/v1/events/{evt}{path}", "{}", ("If-Match", "*"))).ShouldBe(HttpStatusCode.OK);
            var mails = await Host.SendAsync();
            mails.Select(m => m.To).ShouldBe([Contact, Contact, "small@example.org"], ignoreOrder: true);
            foreach (var name in new[] { "First", "Last" }) mails.Single(m => m.To != Contact).Text.ShouldContain(name);
        }
    }

    [Fact]
    public async Task An_organisers_words_of_a_change_reach_them_as_well()
    {
        var evt = await Host.EventAsync();
        (await Host.Organizer.PutAsync($"/v1/events/{evt}/message-texts/eventChanged", """{"en":{"body":"The hall was flooded."}}""", ("If-Match", "*"))).ShouldBe(HttpStatusCode.OK);
        await Host.DelegationAsync(evt, 0, d =>
        {
            d["contact"]!["language"] = "en";
            foreach (var name in new[] { "李娜", "张伟" }) d["members"]!.AsArray().Add(new JsonObject { ["fullName"] = name });
        });
        await Host.SendAsync();
        await PatchAsync(evt, """{"startsAt":"2020-10-17T09:00","endsAt":"2020-10-17T11:00"}""");
        var text = (await Host.SendOneAsync()).Text;
        text.ShouldStartWith("Please pass this message on to: 李娜, 张伟.");
        text.ShouldContain("The hall was flooded.");
    }

    private async Task PatchAsync(string evt, string patch) => (await Host.Organizer.PatchAsync($"/v1/events/{evt}", patch, ("If-Match", "*"))).ShouldBe(HttpStatusCode.OK);

    private async Task<string> ExampleAsync(string evt) =>
        (string)(await Host.Organizer.PostAsync($"/v1/events/{evt}/messages?dryRun=true", """{"subject":{"en":"News"},"body":{"en":"There is news."}}""")).ShouldBe(HttpStatusCode.OK).Json["example"]!["text"]!;
}
