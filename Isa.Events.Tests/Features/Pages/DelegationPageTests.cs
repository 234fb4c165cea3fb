using Isa.Events.Tests.Features.Delegations;

namespace Isa.Events.Tests.Features.Pages;

/// <summary>The page of a delegation's contact: its forms, end to end.</summary>
public class DelegationPageTests(SharedHost host)
{
    [Fact]
    public async Task The_contact_registers_one_more_person_and_a_second_click_nobody()
    {
        var evt = await host.AskingEventAsync();
        var party = await host.DelegationAsync(evt, 1, d => (d["siteId"], d["organisation"], d["members"]![0]!["answers"]) = ("zoom", "佛山市商务局", Answered()));
        var page = await OpenAsync(party);
        page.Fields("/member").ShouldContain(("audience", "guest"));
        var typed = new[] { ("fullName", "李娜 <b>"), ("email", "li.na@example.org"), ("site", "hannover"), ("answers.diet", "vegetarian") };
        var refused = (await host.Anybody.SubmitAsync(page, "/member", typed)).ShouldBe(HttpStatusCode.UnprocessableEntity);
        refused.Text.ShouldContain("id=\"member-noticeVersion-error\"");
        refused.Fields("/member").ShouldContain(("fullName", "李娜 <b>"));
        refused = (await host.Anybody.SubmitAsync(page, "/member", [.. typed, ("noticeVersion", "1")])).ShouldBe(HttpStatusCode.UnprocessableEntity);
        refused.Text.ShouldContain("id=\"member-answers.parking-error\""); // the room asks it

        var done = await host.Anybody.SubmitAsync(refused, "/member", ("answers.parking", "true")).LeadsToAsync(host, "added");
        done.State().ShouldBe("您已为2人报名。");
        done.Text.ShouldContain("此人已加入您的代表团");
        done.Text.ShouldContain("李娜 &lt;b&gt;");
        await host.Anybody.SubmitAsync(refused, "/member", ("answers.parking", "true")).LeadsToAsync(host, "added");
        var members = (await host.Organizer.GetAsync(party.PathOf("self"))).Json.Members().ToList();
        members.Select(m => $"{m.Stands()} {m["email"]} {m["organisation"]} {m["audience"]} {m["language"]}").Last().ShouldBe("confirmed hannover li.na@example.org 佛山市商务局 guest zh");
        members.Count.ShouldBe(2);
        ((string)(await host.Organizer.GetAsync($"/v1/registrations/{members[1]["id"]}/history")).Json["items"]![0]!["actor"]!).ShouldBe("attendee");
        (await host.Anybody.SubmitAsync(done, "/member", [.. typed, ("answers.parking", "true"), ("noticeVersion", "1")])).ShouldBe(HttpStatusCode.Conflict).Text.ShouldContain("id=\"member-email-error\"");
        await host.IsWholeAsync();
    }

    [Fact]
    public async Task Whom_the_event_invites_by_name_needs_a_code_here_too()
    {
        var evt = await host.EventAsync(e => e["rules"] = new JsonObject { ["inviteOnly"] = true });
        var codes = await host.InviteAsync(evt, "Anna", "Bert");
        var party = await host.DelegationAsync(evt, 1, d => d["members"]![0]!["invitationCode"] = (string)codes[0]!["code"]!);
        var page = await OpenAsync(party);
        var typed = new[] { ("fullName", "Bert"), ("site", "zoom"), ("noticeVersion", "1") };
        (await host.Anybody.SubmitAsync(page, "/member", typed)).ShouldBe(HttpStatusCode.Conflict).Text.ShouldContain("id=\"member-invitationCode-error\"");
        await host.Anybody.SubmitAsync(page, "/member", [.. typed, ("invitationCode", (string)codes[1]!["code"]!)]).LeadsToAsync(host, "added");
    }

    [Theory]
    [InlineData("de", "Kontaktperson ändern", "Weitere Person anmelden", "Ihre Angaben sind gespeichert.", "Der neue Link steht in der E-Mail an chen.jing@example.org")]
    [InlineData("en", "Change the contact person", "Register another person", "Your details are saved.", "The new link is in the e-mail to chen.jing@example.org")]
    [InlineData("zh", "更改联系人", "再为一人报名", "您的信息已保存。", "新链接已发送至chen.jing@example.org")]
    public async Task Another_speaks_for_it_and_a_new_address_has_a_new_link(string language, string contact, string member, string saved, string renewed)
    {
        var party = await host.DelegationAsync(await host.EventAsync(), 1, d => d["contact"]!["language"] = language);
        var page = await OpenAsync(party);
        foreach (var text in new[] { contact, member }) page.Text.ShouldContain(text);
        page.Fields("/contact").Skip(1).ShouldBe([("fullName", "王芳"), ("email", "wang.fang@example.org"), ("phone", ""), ("language", language)]);
        (await host.Anybody.SubmitAsync(page, "/contact", ("email", "chen"))).ShouldBe(HttpStatusCode.UnprocessableEntity).Text.ShouldContain("id=\"contact-email-error\"");
        var done = await host.Anybody.SubmitAsync(page, "/contact", ("phone", "+86 757 1234567")).LeadsToAsync(host, "updated");
        done.Text.ShouldContain(saved);
        await host.Anybody.SubmitAsync(page, "/contact", ("phone", "+86 757 1234567")).LeadsToAsync(host, "updated"); // a second click
        (await host.Anybody.SubmitAsync(page, "/contact", ("phone", "+86 757 7654321"))).ShouldBe(HttpStatusCode.Conflict).Fields("/contact").ShouldContain(("phone", "+86 757 1234567")); // a page of before

        var moved = await host.Anybody.SubmitAsync(done, "/contact", ("fullName", "Chen Jing"), ("email", "chen.jing@example.org"));
        moved.ShouldBe(HttpStatusCode.OK).State().ShouldContain(renewed);
        var now = (await host.Organizer.GetAsync(party.PathOf("self"))).Json;
        foreach (var link in now.Members().Append(now)) moved.Text.ShouldNotContain(link.PathOf("manage"));
        (await host.Anybody.GetAsync(party.PathOf("manage"))).ShouldBe(HttpStatusCode.NotFound);
        (await host.Anybody.SubmitAsync(done, "/contact", ("fullName", "Chen Jing"), ("email", "chen.jing@example.org"))).ShouldBe(HttpStatusCode.NotFound); // a second click
        (await host.Anybody.SubmitAsync(done, "/member", ("fullName", "Eve"), ("site", "zoom"), ("noticeVersion", "1"))).ShouldBe(HttpStatusCode.NotFound);
        ((string)now["contact"]!["fullName"]!, now.Members().Count()).ShouldBe(("Chen Jing", 1));
    }

    [Fact]
    public async Task Forms_from_elsewhere_change_nothing_and_their_addresses_lead_to_the_page()
    {
        var party = await host.DelegationAsync(await host.EventAsync(), 1);
        var (page, other) = (await OpenAsync(party), await OpenAsync(await host.DelegationAsync(await host.EventAsync(), 1)));
        foreach (var form in new[] { "contact", "member" })
        {
            var path = $"{party.PathOf("manage")}/{form}";
            (await host.Anybody.SubmitAsync(page, $"/{form}", [("fullName", "Eve"), ("site", "zoom"), ("noticeVersion", "1")], [("Sec-Fetch-Site", "cross-site")])).ShouldBe(HttpStatusCode.Forbidden);
            foreach (var token in new[] { "", "x", other.Fields($"/{form}").First().Value, page.Fields(form == "member" ? "/contact" : "/member").First().Value })
                (await host.Anybody.SendFormAsync(path, [("form", token), ("fullName", "Eve"), ("site", "zoom"), ("noticeVersion", "1")])).ShouldBe(HttpStatusCode.Conflict);
            (await host.Anybody.SendFormAsync(Given.Forged(party.PathOf("manage")) + $"/{form}", page.Fields($"/{form}"))).ShouldBe(HttpStatusCode.NotFound);
            (await host.Anybody.GetAsync(path)).ShouldBe(HttpStatusCode.SeeOther).Header("Location").ShouldBe(party.PathOf("manage"));
        }

        (await host.Anybody.GetAsync($"{party.PathOf("manage")}/details")).ShouldBe(HttpStatusCode.NotFound);
        var now = (await host.Organizer.GetAsync(party.PathOf("self"))).Json;
        (now.Members().Count(), (string)now["contact"]!["fullName"]!).ShouldBe((1, "王芳"));
    }

    [Fact]
    public async Task After_the_deadline_nobody_more_comes_and_once_the_event_is_over_there_is_nothing_to_do()
    {
        await using var own = new EventsHost();
        await own.InitializeAsync();
        var party = await own.DelegationAsync(await own.EventAsync(), 2);
        var page = await own.Anybody.GetAsync(party.PathOf("manage"));
        own.Time.Advance(TimeSpan.FromDays(19));
        var late = await own.Anybody.GetAsync(party.PathOf("manage"));
        (late.HasForm("/member"), late.HasForm("/contact")).ShouldBe((false, true));
        (await own.Anybody.SubmitAsync(page, "/member", ("fullName", "Eve"), ("site", "zoom"), ("noticeVersion", "1"))).ShouldBe(HttpStatusCode.Conflict).Text.ShouldContain("role=\"alert\"");
        own.Time.Advance(TimeSpan.FromDays(10));
        var over = await own.Anybody.GetAsync(party.PathOf("manage"));
        over.State().ShouldBe("本次活动已结束。");
        over.Text.ShouldNotContain("<form");
    }

    [Theory]
    [InlineData("de", "Name folgt", "Bitte nennen Sie bis Mittwoch, 14. Oktober 2020, 24:00 Uhr (Berliner Zeit), wer teilnimmt", "Angemeldet, der Platz ist reserviert: Hannover.", "Name und Angaben eintragen")]
    [InlineData("en", "Name to follow", "Please say by Wednesday, 14 October 2020, 24:00 (Berlin time) who will attend", "Registered, and a place is reserved: Hannover.", "Give the name and details")]
    [InlineData("zh", "姓名待定", "24:00（柏林时间）前填写参会人姓名", "已报名成功，席位已保留：汉诺威。", "填写姓名和信息")]
    public async Task A_place_without_a_name_asks_for_the_name_before_all_else(string language, string nameless, string due, string state, string heading)
    {
        var party = await host.DelegationAsync(await host.EventAsync(), 0, d =>
        {
            (d["contact"]!["language"], d["namesDueBy"]) = (language, "P2D");
            d["members"]!.AsArray().Add(new JsonObject { ["nameFollows"] = true });
        });
        var member = party.Members().Single();
        var page = await host.PageAsync(member);
        page.State().ShouldBe(state);
        page.Text.ShouldContain($"<dd>{nameless}</dd>");
        page.Text.ShouldContain(due);
        page.Text.ShouldContain($"<details open><summary><h2>{heading}</h2></summary>");
        page.Text.ShouldNotContain("N. N.");
        page.HasForm("/deputy").ShouldBeFalse();
        page.Fields("/details").ShouldContain(("fullName", ""));
        (await host.Anybody.SubmitAsync(page, "/details", ("email", "name@follows.example"))).ShouldBe(HttpStatusCode.UnprocessableEntity).Text.ShouldContain("id=\"details-fullName-error\"");
        var named = await host.Anybody.SubmitAsync(page, "/details", ("fullName", "陈静")).LeadsToAsync(host, "updated");
        named.Text.ShouldContain("<dd>陈静</dd>");
        named.Text.ShouldNotContain(due);
        named.HasForm("/deputy").ShouldBeTrue();
        named.Text.ShouldNotContain($"<h2>{heading}</h2>");
    }

    [Fact]
    public async Task Whoever_came_in_place_of_a_name_to_follow_stands_there_alone_and_nobody_hears_that_nobody_was_replaced()
    {
        var party = await host.DelegationAsync(await host.EventAsync(), 1, d =>
        {
            d["namesDueBy"] = "P2D";
            d["members"]!.AsArray().Add(new JsonObject { ["nameFollows"] = true });
        });
        foreach (var (member, name) in party.Members().Zip(["陈静", "李娜"]))
            (await host.Partner.PostAsync($"/v1/registrations/{member["id"]}/substitute", new JsonObject { ["fullName"] = name, ["language"] = "zh", ["audience"] = "guest", ["noticeVersion"] = "1" })).ShouldBe(HttpStatusCode.Created);
        var page = await OpenAsync(party);
        System.Text.RegularExpressions.Regex.Matches(page.Text, "<dt>(.*?)</dt>").Select(m => m.Groups[1].Value).ShouldBe([(string)party.Members().First()["fullName"]!, "陈静", "李娜"]);
        var told = new List<bool>();
        foreach (var member in party.Members())
            told.Add((await host.Database.ReadAsync(session => session.Query<string>("SELECT kind FROM outbox WHERE registration_id = @Id", new { Id = (string)member["id"]! }), CancellationToken.None)).Contains("registrationCancelled"));
        told.ShouldBe([true, false]);
    }

    [Theory]
    [InlineData("de", "Die Anmeldung Ihrer Delegation wurde leider abgelehnt.", "Diese Delegation ist abgemeldet.")]
    [InlineData("en", "Unfortunately, the registration of your delegation was declined.", "This delegation is no longer registered.")]
    [InlineData("zh", "很抱歉，贵代表团的报名未获通过。", "该代表团的报名已取消。")]
    public async Task Its_end_is_called_what_it_was(string language, string declined, string cancelled)
    {
        var evt = await host.EventAsync(e => e["rules"] = new JsonObject { ["requiresApproval"] = true });
        var (first, second) = (await host.DelegationAsync(evt, 2, d => d["contact"]!["language"] = language), await host.DelegationAsync(evt, 2, d => d["contact"]!["language"] = language));
        (await host.Organizer.PostAsync($"{first.PathOf("self")}/decline")).ShouldBe(HttpStatusCode.OK);
        (await OpenAsync(first)).State().ShouldBe(declined);
        (await host.Organizer.PostAsync($"/v1/registrations/{second.Members().First()["id"]}/decline")).ShouldBe(HttpStatusCode.OK);
        (await host.Anybody.PostAsync($"{Party.ApiPathOf(second)}/cancel")).ShouldBe(HttpStatusCode.OK);
        (await OpenAsync(second)).State().ShouldBe(cancelled);
    }

    [Theory]
    [InlineData("de", "In dieser Delegation ist schon jemand mit diesem Namen angemeldet.")]
    [InlineData("en", "Somebody with this name is already registered in this delegation.")]
    [InlineData("zh", "该代表团中已有同名人员报名。")]
    public async Task A_namesake_is_called_one(string language, string namesake)
    {
        var party = await host.DelegationAsync(await host.EventAsync(), 0, d => (d["contact"]!["language"], d["members"]) = (language, new JsonArray(new JsonObject { ["fullName"] = "Jürgen Weiß" })));
        var page = await OpenAsync(party);
        (await host.Anybody.SubmitAsync(page, "/member", ("fullName", "Juergen Weiss"), ("site", "zoom"), ("noticeVersion", "1"))).ShouldBe(HttpStatusCode.Conflict).Text.ShouldContain($"<p>{namesake}</p>");
        var more = new JsonObject { ["siteId"] = "zoom", ["audience"] = "guest", ["noticeVersion"] = "1", ["members"] = new JsonArray(new JsonObject { ["fullName"] = "Juergen Weiss" }) };
        var taken = (await host.Anybody.PostAsync($"{Party.ApiPathOf(party)}/members", more.ToJsonString(), ("Accept-Language", language))).ShouldBe(HttpStatusCode.Conflict, "already-registered");
        ((string)taken.Json["detail"]!).ShouldBe(namesake);
    }

    private static JsonArray Answered() => new(new JsonObject { ["question"] = "diet", ["value"] = "any" });

    private Task<Answer> OpenAsync(JsonNode party) => host.Anybody.GetAsync(party.PathOf("manage"));
}
