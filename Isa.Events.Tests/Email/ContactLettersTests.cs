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

    private async Task<string> ExampleAsync(string evt) =>
        (string)(await Host.Organizer.PostAsync($"/v1/events/{evt}/messages?dryRun=true", """{"subject":{"en":"News"},"body":{"en":"There is news."}}""")).ShouldBe(HttpStatusCode.OK).Json["example"]!["text"]!;
}
