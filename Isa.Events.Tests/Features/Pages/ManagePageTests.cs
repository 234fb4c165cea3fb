namespace Isa.Events.Tests.Features.Pages;

/// <summary>Each form's way, end to end.</summary>
public partial class ManagePageTests(SharedHost host)
{
    [Fact]
    public async Task Somebody_moves_and_the_page_says_so()
    {
        var evt = await host.EventWithSeatsAsync(2);
        var made = await host.Partner.RegisteredAsync(evt, "zoom");
        var page = await host.PageAsync(made);
        page.State().ShouldBe("Sie sind angemeldet und nehmen per Video teil: Zoom-Konferenz.");
        page.Choices("/site", "site").ShouldBe(["hannover", "foshan"]);
        page.Text.ShouldContain("Hannover (noch 2 Plätze frei)");
        var moved = await host.Anybody.SubmitAsync(page, "/site", ("site", "hannover")).LeadsToAsync(host, "moved");
        moved.State().ShouldBe("Sie sind angemeldet, Ihr Platz ist reserviert: Hannover.");
        moved.Text.ShouldContain("role=\"status\">Die Änderung ist gespeichert.");
        (await host.Partner.NowAsync(made)).Stands().ShouldBe("confirmed hannover");
        (await host.CountsAsync(evt)).ShouldBe("hannover 1/0 foshan 0/0 zoom 0/0");
    }

    [Fact]
    public async Task Somebody_keeps_their_place_and_waits_for_a_full_room_and_waits_no_longer()
    {
        var evt = await host.EventWithQueueAsync(1);
        await host.Partner.RegisteredAsync(evt);
        await host.Partner.RegisteredAsync(evt);
        var made = await host.Partner.RegisteredAsync(evt, "zoom");
        var page = await host.PageAsync(made);
        page.Choices("/site", "site").ShouldBe(["wait:hannover", "foshan"]);
        page.Text.ShouldContain("Hannover: alle Plätze vergeben. Meinen Platz behalten und hier warten (1 Person wartet schon)");
        var waits = await host.Anybody.SubmitAsync(page, "/site", ("site", "wait:hannover")).LeadsToAsync(host, "waiting");
        waits.State().ShouldBe("Sie haben einen Platz (Zoom-Konferenz) und stehen an 2. Stelle der Warteliste: Hannover.");
        waits.Choices("/site", "site").ShouldBe(["foshan", "zoom"]);
        (await host.Anybody.SubmitAsync(waits, "/site", ("site", "foshan"), ("keepWaiting", "1")).LeadsToAsync(host, "moved")).State().ShouldContain("(Raum der chinesischen Städte) und stehen an 2. Stelle");
        var stays = await host.Anybody.SubmitAsync(await host.PageAsync(made), "/site", ("site", "foshan")).LeadsToAsync(host, "stays");
        stays.State().ShouldBe("Sie sind angemeldet, Ihr Platz ist reserviert: Raum der chinesischen Städte.");
        await host.IsWholeAsync();
    }

    [Fact]
    public async Task A_site_that_filled_meanwhile_is_not_waited_for_unasked()
    {
        var evt = await host.EventWithQueueAsync(1);
        var made = await host.Partner.RegisteredAsync(evt, "zoom");
        var page = await host.PageAsync(made);
        await host.Partner.RegisteredAsync(evt);
        var refused = (await host.Anybody.SubmitAsync(page, "/site", ("site", "hannover"))).ShouldBe(HttpStatusCode.Conflict);
        refused.Text.ShouldContain("role=\"alert\"");
        refused.Choices("/site", "site").ShouldContain("wait:hannover");
        (await host.Partner.NowAsync(made)).Stands().ShouldBe("confirmed zoom");
        (await host.Anybody.SubmitAsync(page, "/site")).ShouldBe(HttpStatusCode.UnprocessableEntity).Text.ShouldContain("<a href=\"#site-site\">Bitte ausfüllen.");
        (await host.Anybody.SubmitAsync(page, "/site", ("site", "nowhere"))).ShouldBe(HttpStatusCode.UnprocessableEntity).Text.ShouldContain("id=\"site-site-error\"");
    }

    [Fact]
    public async Task The_address_of_a_form_leads_back_to_the_page_and_does_nothing()
    {
        var evt = await host.EventWithQueueAsync(1);
        var made = await host.Partner.RegisteredAsync(evt);
        foreach (var form in new[] { "site", "accept-offer", "decline-offer", "details", "deputy", "register", "keep" })
        {
            var back = await host.Anybody.GetAsync($"{made.PathOf("manage")}/{form}?site=zoom");
            (back.Status, back.Header("Location"), back.Text).ShouldBe((HttpStatusCode.SeeOther, made.PathOf("manage"), ""));
        }

        (await host.Anybody.GetAsync("/r/a%0d%0ab/site")).Header("Location").ShouldBe("/r/a%0D%0Ab");
        (await host.Anybody.GetAsync(made.PathOf("manage") + "/cancel")).ShouldBe(HttpStatusCode.OK);
        (await host.Anybody.GetAsync(made.PathOf("manage") + "/confirm")).ShouldBe(HttpStatusCode.NotFound);
        (await host.Partner.NowAsync(made)).ToJsonString().ShouldBe(made.ToJsonString());
    }

    [Fact]
    public async Task What_the_chosen_site_asks_is_asked_in_a_second_step()
    {
        var evt = await host.EventWithQueueAsync(1, change: e => e["questions"] = Asking.Questions());
        await host.Partner.RegisterAsync(evt, Asking.Person());
        var made = (await host.Partner.RegisterAsync(evt, Given.Person(siteId: "zoom", change: p => p["answers"] = JsonNode.Parse("""[{"question":"diet","value":"any"}]""")))).ShouldBe(HttpStatusCode.Created).Json;
        var page = await host.PageAsync(made);
        page.Text.ShouldNotContain("id=\"site-answers."); // which site it will be is not known yet
        var asks = (await host.Anybody.SubmitAsync(page, "/site", ("site", "wait:hannover"))).ShouldBe(HttpStatusCode.UnprocessableEntity);
        asks.Text.ShouldContain("Für diese Art der Teilnahme brauchen wir noch folgende Angaben.");
        asks.Text.ShouldContain("<a href=\"#site-answers.parking\">Parkplatz: Bitte ausfüllen.");
        asks.Text.ShouldContain("id=\"site-answers.nights\""); // what may be answered as well
        asks.Text.ShouldNotContain("id=\"site-answers.diet\""); // was answered before
        asks.Fields("/site").ShouldContain(("site", "wait:hannover"));
        (await host.Anybody.SubmitAsync(asks, "/site", ("answers.nights", "viele"), ("answers.parking", "false"))).ShouldBe(HttpStatusCode.UnprocessableEntity).Fields("/site").ShouldContain(("answers.nights", "viele"));
        await host.Anybody.SubmitAsync(asks, "/site", ("answers.nights", "2"), ("answers.parking", "false")).LeadsToAsync(host, "waiting");
        var now = await host.Partner.NowAsync(made);
        now.Stands().ShouldBe("confirmed zoom queued hannover#1");
        now["answers"]!.AsArray().Select(a => $"{a!["question"]}={a["value"]}").ShouldBe(["diet=any", "nights=2", "parking=false"]);
        // Elsewhere nothing more is asked, whatever stood in the form.
        await host.Anybody.SubmitAsync(await host.PageAsync(made), "/site", ("site", "foshan"), ("answers.parking", "perhaps")).LeadsToAsync(host, "moved");
    }

    [Fact]
    public async Task A_full_site_without_a_queue_cannot_be_chosen_and_numbers_are_shown_as_the_event_allows()
    {
        var evt = await host.EventAsync(e =>
        {
            e["availability"] = "hidden";
            e["sites"]![0]!["capacity"] = 0;
        });
        var page = await host.PageAsync(await host.Partner.RegisteredAsync(evt, "zoom"));
        page.Choices("/site", "site").ShouldBe(["foshan"]);
        page.Text.ShouldContain("disabled> Hannover (alle Plätze vergeben)");
        page.Text.ShouldContain("> Raum der chinesischen Städte</label>");
        var few = await host.EventAsync(e => (e["availability"], e["sites"]![0]!["capacity"]) = ("few", 2));
        (await host.PageAsync(await host.Partner.RegisteredAsync(few, "zoom"))).Text.ShouldContain("Hannover (nur noch wenige Plätze)");
    }

    [Theory]
    [InlineData(true, "accepted", "confirmed hannover")]
    [InlineData(false, "declined", "cancelled hannover")]
    public async Task An_offer_is_answered_once(bool accept, string note, string stands)
    {
        var evt = await host.EventWithQueueAsync(1, "offer");
        var seated = await host.Partner.RegisteredAsync(evt);
        var made = await host.Partner.RegisteredAsync(evt);
        (await host.PageAsync(made)).HasForm("/accept-offer").ShouldBeFalse();
        await host.Partner.PostAsync($"/v1/registrations/{seated["id"]}/cancel");
        var page = await host.PageAsync(made);
        page.State().ShouldBe("Ein Platz ist bis Dienstag, 22. September 2020, 10:00 Uhr (Berliner Zeit) für Sie reserviert: Hannover.");
        page.Text.ShouldContain("endet Ihre Anmeldung");
        var action = accept ? "/accept-offer" : "/decline-offer";
        (await host.Anybody.SubmitAsync(page, action).LeadsToAsync(host, note)).HasForm(action).ShouldBeFalse();
        (await host.Partner.NowAsync(made)).Stands().ShouldBe(stands);
        await host.Anybody.SubmitAsync(page, action).LeadsToAsync(host, note); // a second click
        (await host.Anybody.SubmitAsync(page, accept ? "/decline-offer" : "/accept-offer")).ShouldBe(HttpStatusCode.Conflict);
        (await host.Partner.NowAsync(made)).Stands().ShouldBe(stands);
        await host.IsWholeAsync();
    }

    [Fact]
    public async Task Details_are_changed_as_they_stand_in_the_form()
    {
        var evt = await host.AskingEventAsync();
        var made = (await host.Partner.RegisterAsync(evt, Asking.Person("""[{"question":"topics","values":["energy","rail"]}]""", p => (p["city"], p["familyName"]) = ("Hannover", "Beispiel")))).ShouldBe(HttpStatusCode.Created).Json;
        var page = await host.PageAsync(made);
        page.Text.ShouldNotContain("answers.company"); // asked of companies
        page.Text.ShouldNotContain("answers.visa"); // asked of those who read Chinese
        await host.Anybody.SubmitAsync(page, "/details").LeadsToAsync(host, "updated"); // nothing changed
        (await host.Partner.NowAsync(made))["version"]!.GetValue<long>().ShouldBe(1);
        var saved = await host.Anybody.SubmitAsync(page, "/details", ("fullName", " Erika  Müller‑Lüdenscheidt "), ("needs", "Rollstuhl\r\n<b>vegan</b>"), ("timeZone", "Asia/Shanghai"), ("copyTo", "buero＠example.org"),
            ("listensIn", "zh"), ("city", ""), ("answers.topics", "ports"), ("answers.nights", "3.5"), ("answers.arrival", "2020-10-15"), ("answers.parking", "false")).LeadsToAsync(host, "updated");
        saved.State().ShouldContain("Ihr Platz ist reserviert");
        var now = await host.Partner.NowAsync(made);
        (now["fullName"], now["needs"], now["timeZone"], now["copyTo"], now["listensIn"], now["city"], now["familyName"]).ToString()
            .ShouldBe("(Erika  Müller‑Lüdenscheidt, Rollstuhl\n<b>vegan</b>, Asia/Shanghai, buero@example.org, zh, , Beispiel)");
        now["answers"]!.AsArray().Select(a => $"{a!["question"]}={a["value"]}{a["values"]?.ToJsonString()}").ShouldBe(["diet=any", "topics=[\"ports\"]", "nights=3.5", "arrival=2020-10-15", "parking=false"], ignoreOrder: true);
        var shown = await host.PageAsync(made);
        shown.Text.ShouldContain("15:00–17:00 Uhr (Pekinger Zeit)");
        shown.Text.ShouldContain("&lt;b&gt;vegan&lt;/b&gt;</textarea>");
        shown.Fields("/details").ShouldContain(("answers.topics", "ports"));
        shown.Fields("/details").ShouldContain(("needs", "Rollstuhl\n<b>vegan</b>"));
        (await host.Organizer.GetAsync($"/v1/registrations/{made["id"]}/history")).Json["items"]!.AsArray().Last()!["actor"]!.GetValue<string>().ShouldBe("attendee");
    }

    [Fact]
    public async Task Wrong_details_stand_beside_their_fields_and_stay_typed()
    {
        var evt = await host.AskingEventAsync();
        var made = (await host.Partner.RegisterAsync(evt, Asking.Person())).ShouldBe(HttpStatusCode.Created).Json;
        var page = await host.PageAsync(made);
        var refused = (await host.Anybody.SubmitAsync(page, "/details", ("fullName", ""), ("email", "erika@"), ("jobTitle", "<i>Chefin</i>"), ("timeZone", "Mars/Base"), ("answers.nights", "viele"))).ShouldBe(HttpStatusCode.UnprocessableEntity);
        foreach (var field in new[] { "fullName", "email", "timeZone" })
        {
            refused.Text.ShouldContain($"<a href=\"#details-{field}\">");
            refused.Text.ShouldContain($"id=\"details-{field}-error\"");
            refused.Text.ShouldContain($"{field}-error\" aria-invalid=\"true\"");
        }

        refused.Text.ShouldContain("<title>Fehler: ");
        refused.Text.ShouldContain("<details open>");
        foreach (var typed in new[] { ("email", "erika@"), ("jobTitle", "<i>Chefin</i>"), ("timeZone", "Mars/Base"), ("answers.nights", "viele"), ("fullName", "") }) refused.Fields("/details").ShouldContain(typed);
        refused.Text.ShouldNotContain("<i>");
        // What the rules of the event refuse comes once the shapes are right.
        var answers = (await host.Anybody.SubmitAsync(page, "/details", ("answers.nights", "15"), ("audience", "company"), ("answers.diet", ""))).ShouldBe(HttpStatusCode.UnprocessableEntity);
        answers.Text.ShouldContain("<a href=\"#details-answers.nights\">Nächte: Erlaubt ist 0 bis 14.");
        answers.Text.ShouldContain("<a href=\"#details-answers.diet\">");
        answers.Text.ShouldContain("id=\"details-answers.company\""); // asked of companies, and there to be filled in
        (await host.Partner.NowAsync(made))["version"]!.GetValue<long>().ShouldBe(1);
        await host.Anybody.SubmitAsync(answers, "/details", ("answers.nights", "14"), ("answers.diet", "vegetarian"), ("answers.company", "Bahn")).LeadsToAsync(host, "updated");
    }

    [Fact]
    public async Task Another_persons_address_is_refused_without_a_word_of_theirs()
    {
        var evt = await host.EventAsync();
        var other = await host.Partner.RegisteredAsync(evt);
        var made = await host.Partner.RegisteredAsync(evt);
        var refused = (await host.Anybody.SubmitAsync(await host.PageAsync(made), "/details", ("email", (string)other["email"]!))).ShouldBe(HttpStatusCode.Conflict);
        refused.Text.ShouldContain("id=\"details-email-error\"");
        refused.Text.ShouldNotContain((string)other["id"]!);
        refused.Text.ShouldNotContain(other.PathOf("manage"));
    }

    [Fact]
    public async Task A_new_address_leads_to_the_new_link_and_the_old_one_says_so()
    {
        var evt = await host.EventAsync();
        var made = await host.Partner.RegisteredAsync(evt);
        var page = await host.PageAsync(made);
        var renewed = await host.Anybody.SubmitAsync(page, "/details", ("email", "neu-" + made["email"])).LeadsToAsync(host, "renewed");
        renewed.Text.ShouldContain("Dies ist Ihr neuer Link");
        renewed.Text.ShouldNotContain(made.PathOf("manage"));
        var old = (await host.Anybody.GetAsync(made.PathOf("manage"), ("Accept-Language", "de"))).ShouldBe(HttpStatusCode.NotFound);
        old.Text.ShouldContain("durch einen neuen ersetzt");
        var twice = (await host.Anybody.SubmitAsync(page, "/details", ("email", "neu-" + made["email"]))).ShouldBe(HttpStatusCode.NotFound);
        twice.Text.ShouldNotContain("/r/");
    }

    [Fact]
    public async Task The_language_of_the_page_is_the_persons()
    {
        var made = await host.Partner.RegisteredAsync(await host.EventAsync());
        var saved = await host.Anybody.SubmitAsync(await host.PageAsync(made), "/details", ("language", "zh")).LeadsToAsync(host, "updated");
        saved.Text.ShouldContain("<html lang=\"zh-Hans\">");
        saved.Text.ShouldContain("您的信息已保存。");
        (await host.Anybody.SubmitAsync(saved, "/details", ("fullName", ""))).ShouldBe(HttpStatusCode.UnprocessableEntity).Text.ShouldContain("此项为必填项。");
    }

    [Fact]
    public async Task A_deputy_gets_the_place_and_links_that_this_page_does_not_show()
    {
        var evt = await host.AskingEventAsync();
        var made = (await host.Partner.RegisterAsync(evt, Asking.Person())).ShouldBe(HttpStatusCode.Created).Json;
        var page = await host.PageAsync(made);
        page.Text.ShouldNotContain("id=\"deputy-answers.nights\""); // what must be known, and no more
        var deputy = new[] { ("fullName", "Max \"Muster\""), ("email", "deputy-" + made["email"]), ("language", "en"), ("answers.diet", "vegetarian"), ("answers.parking", "true") };
        var unread = (await host.Anybody.SubmitAsync(page, "/deputy", deputy)).ShouldBe(HttpStatusCode.UnprocessableEntity);
        unread.Text.ShouldContain("id=\"deputy-noticeVersion-error\"");
        unread.Fields("/deputy").ShouldContain(("fullName", "Max \"Muster\""));
        var done = await host.Anybody.SubmitAsync(page, "/deputy", [.. deputy, ("noticeVersion", "1")]).LeadsToAsync(host, "replaced");
        done.State().ShouldBe("Ihre Vertretung nimmt an Ihrer Stelle teil; diese Anmeldung ist beendet.");
        done.Text.ShouldNotContain("<form");
        done.Text.ShouldNotContain("Muster");
        await host.Anybody.SubmitAsync(page, "/deputy", [.. deputy, ("noticeVersion", "1")]).LeadsToAsync(host, "replaced"); // a second click
        var now = await host.Organizer.NowAsync(made);
        var next = (await host.Organizer.GetAsync($"/v1/registrations/{now["replacedBy"]}")).Json;
        (next["fullName"], next["status"], next["language"], next["reference"]).ToString().ShouldBe($"(Max \"Muster\", confirmed, en, {made["reference"]})");
        done.Text.ShouldNotContain(next.PathOf("manage")["/r/".Length..]);
        (await host.CountsAsync(evt)).ShouldStartWith("hannover 1/0");
    }

    [Fact]
    public async Task Cancelling_takes_two_steps_and_a_second_click_harms_nothing()
    {
        var evt = await host.EventAsync();
        var made = await host.Partner.RegisteredAsync(evt);
        var page = await host.PageAsync(made);
        page.HasForm("/cancel").ShouldBeFalse();
        page.Text.ShouldContain($"<a href=\"{made.PathOf("manage")}/cancel\">");
        var ask = await host.PageAsync(made, "/cancel");
        ask.Text.ShouldContain("Ihr Platz wird sofort frei und kann an andere gehen: Hannover.");
        (await host.Partner.NowAsync(made)).Stands().ShouldBe("confirmed hannover"); // nothing happens on GET
        var done = await host.Anybody.SubmitAsync(ask, "/cancel").LeadsToAsync(host, "cancelled");
        done.State().ShouldBe("Diese Anmeldung ist storniert.");
        done.Text.ShouldContain("Ihre Absage ist gespeichert.");
        (await host.Partner.NowAsync(made))["cancelledBy"]!.GetValue<string>().ShouldBe("attendee");
        await host.Anybody.SubmitAsync(ask, "/cancel").LeadsToAsync(host, "cancelled");
        (await host.PageAsync(made, "/cancel")).HasForm("/cancel").ShouldBeFalse();
        (await host.CountsAsync(evt)).ShouldStartWith("hannover 0/0");
    }

    [Fact]
    public async Task Whoever_has_cancelled_registers_again_from_the_same_page()
    {
        var evt = await host.AskingEventAsync();
        var made = (await host.Partner.RegisterAsync(evt, Asking.Person(change: p => p["externalId"] = "crm-1"))).ShouldBe(HttpStatusCode.Created).Json;
        var cancelled = await host.Anybody.SubmitAsync(await host.PageAsync(made, "/cancel"), "/cancel").LeadsToAsync(host, "cancelled");
        cancelled.Fields("/register").ShouldContain(("site", "hannover"));
        (await host.Anybody.SubmitAsync(cancelled, "/register")).ShouldBe(HttpStatusCode.UnprocessableEntity).Text.ShouldContain("id=\"register-noticeVersion-error\"");
        var again = await host.Anybody.SubmitAsync(cancelled, "/register", ("site", "zoom"), ("noticeVersion", "1")).LeadsToAsync(host, "registered");
        again.State().ShouldBe("Sie sind angemeldet und nehmen per Video teil: Zoom-Konferenz.");
        again.Text.ShouldNotContain(made.PathOf("manage") + "/");
        await host.Anybody.SubmitAsync(cancelled, "/register", ("noticeVersion", "1")).LeadsToAsync(host, "registered"); // a second click
        (await host.CountsAsync(evt)).ShouldBe("hannover 0/0 foshan 0/0 zoom 1/0");
        var before = await host.PageAsync(made);
        before.HasForm("/register").ShouldBeFalse();
        before.Text.ShouldContain("Sie haben sich neu angemeldet.");
        (await host.Organizer.GetAsync($"/v1/events/{evt}/registrations?status=confirmed")).Json["items"]!.AsArray().Single()!["externalId"]!.GetValue<string>().ShouldBe("crm-1");
    }

    [Fact]
    public async Task Registering_again_takes_a_code_where_the_event_does_and_guesses_are_counted()
    {
        var evt = await host.EventAsync(e => e["rules"] = new JsonObject { ["inviteOnly"] = true });
        var code = (await host.InviteAsync(evt, "Anna")).Code();
        var made = (await host.Organizer.RegisterAsync(evt)).ShouldBe(HttpStatusCode.Created).Json; // who needs none
        var page = await host.Anybody.SubmitAsync(await host.PageAsync(made, "/cancel"), "/cancel").LeadsToAsync(host, "cancelled");
        (await host.Anybody.SubmitAsync(page, "/register", ("noticeVersion", "1"))).ShouldBe(HttpStatusCode.Conflict).Text.ShouldContain("id=\"register-invitationCode-error\"");
        (await host.Anybody.SubmitAsync(page, "/register", ("noticeVersion", "1"), ("invitationCode", "AAAA-AAAA"))).ShouldBe(HttpStatusCode.Conflict).Text.ShouldContain("AAAA-AAAA");
        for (var i = 0; i < 19; i++) await host.Anybody.SubmitAsync(page, "/register", ("noticeVersion", "1"), ("invitationCode", "AAAA-AAAA"));
        var slowed = (await host.Anybody.SubmitAsync(page, "/register", ("noticeVersion", "1"), ("invitationCode", "AAAA-AAAA"))).ShouldBe(HttpStatusCode.TooManyRequests);
        slowed.Text.ShouldContain("In etwa 60 Minuten können Sie es noch einmal versuchen."); // in the language of the page
        slowed.Header("Retry-After").ShouldBe("3600");
        await host.Anybody.SubmitAsync(page, "/register", ("noticeVersion", "1"), ("invitationCode", code)).LeadsToAsync(host, "registered");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Registering_again_takes_the_invitation_that_was_used_before_unless_it_is_used_or_revoked(bool inviteOnly)
    {
        var evt = await host.EventAsync(e => e["rules"] = new JsonObject { ["inviteOnly"] = inviteOnly });
        var invitees = await host.InviteAsync(evt, "Anna");
        var made = (await host.Partner.RegisterAsync(evt, Given.Person(change: p => p["invitationCode"] = invitees.Code()))).ShouldBe(HttpStatusCode.Created).Json;
        var page = await host.Anybody.SubmitAsync(await host.PageAsync(made, "/cancel"), "/cancel").LeadsToAsync(host, "cancelled");
        page.Fields("/register").ShouldNotContain(f => f.Name == "invitationCode");
        page.Text.ShouldNotContain(invitees.Code());
        var used = (await host.Partner.RegisterAsync(evt, Given.Person(change: p => p["invitationCode"] = invitees.Code()))).ShouldBe(HttpStatusCode.Created).Json;
        (await host.PageAsync(made)).Fields("/register").Any(f => f.Name == "invitationCode").ShouldBe(inviteOnly);
        await host.Partner.PostAsync($"/v1/registrations/{used["id"]}/cancel");
        var again = await host.Anybody.SubmitAsync(page, "/register", ("noticeVersion", "1")).LeadsToAsync(host, "registered");
        ((string)(await host.Organizer.GetAsync($"/v1/events/{evt}/invitees")).Json["items"]![0]!["state"]!).ShouldBe("registered");

        again = await host.Anybody.SubmitAsync(await host.Anybody.GetAsync(CancelLink().Match(again.Text).Groups[1].Value), "/cancel").LeadsToAsync(host, "cancelled");
        (await host.Organizer.PostAsync($"/v1/events/{evt}/invitees/{invitees[0]!["id"]}/revoke")).ShouldBe(HttpStatusCode.OK);
        var refused = await host.Anybody.SubmitAsync(again, "/register", ("noticeVersion", "1"));
        if (inviteOnly) refused.ShouldBe(HttpStatusCode.Conflict).Text.ShouldContain("id=\"register-invitationCode-error\"");
        else refused.ShouldBe(HttpStatusCode.SeeOther); // as anybody may
    }

    [System.Text.RegularExpressions.GeneratedRegex("href=\"(/r/[^\"]+/cancel)\"")]
    private static partial System.Text.RegularExpressions.Regex CancelLink();
}
