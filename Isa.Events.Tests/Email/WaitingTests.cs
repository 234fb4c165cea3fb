using Isa.Events.Tests.Features.Delegations;

namespace Isa.Events.Tests.Email;

/// <summary>Who has no place yet, and no entry in a calendar, still has the day in mind.</summary>
public class WaitingTests : MailTests
{
    private const string OtherDay = """{"startsAt":"2020-10-23T09:00","endsAt":"2020-10-23T11:00"}""";

    [Theory]
    [InlineData("waitlisted", "de", "Neuer Termin: ", "Freitag, 16. Oktober 2020, 09:00–11:00 Uhr (Berliner Zeit)", "Ihre Anmeldung bleibt bestehen. Sie stehen jetzt an 1. Stelle der Warteliste (Hannover).")]
    [InlineData("waitlisted", "en", "Rescheduled: ", "Friday, 16 October 2020, 09:00–11:00 (Berlin time)", "Your registration remains valid. You are now number 1 on the waiting list (Hannover).")]
    [InlineData("waitlisted", "zh", "活动改期：", "2020年10月16日 星期五 09:00–11:00（柏林时间）", "您在“汉诺威”的候补名单中，目前排在第1位。")]
    [InlineData("offered", "de", "Neuer Termin: ", "Freitag, 16. Oktober 2020", "unten steht, was jetzt gilt. Ein Platz ist bis ")]
    [InlineData("offered", "en", "Rescheduled: ", "Friday, 16 October 2020", "the current details are below. A place is held for you until ")]
    [InlineData("offered", "zh", "活动改期：", "2020年10月16日 星期五", "最新安排见下方。已为您保留席位至")]
    [InlineData("pendingApproval", "de", "Neuer Termin: ", "Freitag, 16. Oktober 2020", "was jetzt gilt. Über Ihre Anmeldung entscheidet der Veranstalter noch.")]
    [InlineData("pendingApproval", "en", "Rescheduled: ", "Friday, 16 October 2020", "below. The organiser still has to decide on your registration.")]
    [InlineData("pendingApproval", "zh", "活动改期：", "2020年10月16日 星期五", "您的报名仍在等待主办方审核。")]
    public async Task Whoever_waits_hears_of_another_day_once_and_without_an_entry(string waits, string language, string subject, string before, string state)
    {
        var (evt, person, _) = await WaitAsync(waits, language);
        (await Host.Organizer.PatchAsync($"/v1/events/{evt}?dryRun=true", OtherDay, ("If-Match", "*"))).ShouldBe(HttpStatusCode.OK).Json["wouldTell"]!.AsArray()
            .Single(told => (string)told!["language"]! == language)!["count"]!.GetValue<int>().ShouldBe(1);
        await PatchAsync(evt, OtherDay);
        var mail = (await Host.SendAsync()).Single(m => m.To == (string)person["email"]!);
        mail.Subject.ShouldStartWith(subject);
        mail.Invite.ShouldBe("");
        mail.Text.ShouldContain(before);
        mail.Text.ShouldContain(state);
        mail.Text.ShouldContain((string)person["links"]!["manage"]!);

        await PatchAsync(evt, """{"description":{"de":"Neu"}}""");
        (await Host.SendAsync()).ShouldBeEmpty();
        await PatchAsync(evt, """{"startsAt":"2020-10-24T09:00","endsAt":"2020-10-24T11:00"}""");
        await PatchAsync(evt, OtherDay); // there and back
        (await Host.SendAsync()).ShouldBeEmpty();

        // What was never in a calendar is not taken out of one.
        await PatchAsync(evt, """{"startsAt":"2020-10-30T09:00","endsAt":"2020-10-30T11:00"}""");
        (await Host.Organizer.PostAsync($"/v1/events/{evt}/cancel", null, ("If-Match", "*"))).ShouldBe(HttpStatusCode.OK);
        mail = (await Host.SendAsync()).Single(m => m.To == (string)person["email"]!);
        mail.Invite.ShouldBe("");
        mail.Text.ShouldContain(language switch { "de" => "23. Oktober", "en" => "23 October", _ => "10月23日" }); // as they know it
    }

    [Fact]
    public async Task Whoever_gets_a_place_before_the_change_was_told_hears_of_both_at_once()
    {
        var (evt, person, seated) = await WaitAsync("waitlisted", "de");
        await PatchAsync(evt, OtherDay);
        (await Host.Partner.PostAsync($"/v1/registrations/{seated["id"]}/cancel")).ShouldBe(HttpStatusCode.OK);
        var mail = (await Host.SendAsync()).Single(m => m.To == (string)person["email"]!);
        mail.Subject.ShouldStartWith("Sie haben einen Platz: ");
        mail.Text.ShouldContain("Wann: Freitag, 16. Oktober 2020, 09:00–11:00 Uhr (Berliner Zeit) →");
        mail.Text.ShouldContain("Kalendereintrag");
        (mail.Calendar!.Method, mail.Calendar.Events[0]!.Status).ShouldBe(("REQUEST", "CONFIRMED"));

        // From now on like everybody.
        await PatchAsync(evt, """{"startsAt":"2020-10-23T10:00","endsAt":"2020-10-23T12:00"}""");
        mail = (await Host.SendAsync()).Single(m => m.To == (string)person["email"]!);
        mail.Subject.ShouldStartWith("Geändert: ");
        mail.Invite.ShouldStartWith("REQUEST ");
    }

    [Fact]
    public async Task An_entry_that_was_loaded_before_the_mail_came_follows_the_event()
    {
        var (evt, person, seated) = await WaitAsync("waitlisted", "de");
        (await Host.Partner.PostAsync($"/v1/registrations/{seated["id"]}/cancel")).ShouldBe(HttpStatusCode.OK);
        (await Host.Anybody.GetAsync(person.PathOf("invite"))).ShouldBe(HttpStatusCode.OK);
        (await Host.Partner.PostAsync($"/v1/registrations/{person["id"]}/cancel")).ShouldBe(HttpStatusCode.OK);
        (await Host.SendAsync()).Single(m => m.To == (string)person["email"]!).Invite.ShouldStartWith("CANCEL ");
        evt.ShouldNotBeEmpty();
    }

    [Theory]
    [InlineData("de", "Bitte nehmen Sie ihn bis dahin an oder lehnen Sie ihn ab.", "Annehmen oder ablehnen: ", "Gewünscht: ")]
    [InlineData("en", "Please accept or decline it by then.", "Accept or decline: ", "Requested: ")]
    [InlineData("zh", "请在此之前选择接受或放弃。", "", "意向参会方式：")]
    public async Task Whoever_has_an_offer_reads_what_to_do_and_where_it_is_by_now(string language, string asks, string action, string wanted)
    {
        var (evt, person, _) = await WaitAsync("offered", language);
        (await Host.Organizer.PatchAsync($"/v1/events/{evt}/sites/hannover", """{"address":{"de":"Neuer Saal 7","en":"Neuer Saal 7","zh":"Neuer Saal 7"}}""", ("If-Match", "*"))).ShouldBe(HttpStatusCode.OK);
        var mail = (await Host.SendAsync()).Single(m => m.To == (string)person["email"]!);
        mail.Text.ShouldContain(asks);
        mail.Text.ShouldContain($"{action}{(action == "" ? "" : (string)person["links"]!["manage"]!)}");
        mail.Text[mail.Text.IndexOf(wanted, StringComparison.Ordinal)..].ShouldContain("Neuer Saal 7");
    }

    [Fact]
    public async Task What_is_shown_of_a_message_to_somebody_who_waits_is_what_they_would_get()
    {
        var (evt, person, _) = await WaitAsync("offered", "de");
        foreach (var kind in new[] { "eventChanged", "detailsChanged", "links" })
        {
            var mail = new Mailed((await Host.Organizer.GetAsync($"/v1/events/{evt}/registrations/{person["id"]}/messages/{kind}.eml")).ShouldBe(HttpStatusCode.OK).Bytes);
            mail.Invite.ShouldBe("");
            mail.Text.ShouldContain("Ein Platz ist bis ");
            mail.Text.Contains(" → ").ShouldBe(kind == "eventChanged");
        }
    }

    [Fact]
    public async Task A_new_address_of_somebody_who_waits_reads_that_they_wait()
    {
        var (_, person, _) = await WaitAsync("waitlisted", "de");
        (await Host.Partner.PatchAsync($"/v1/registrations/{person["id"]}", new { email = "neu@example.org" })).ShouldBe(HttpStatusCode.OK);
        var mail = await Host.SendOneAsync();
        mail.To.ShouldBe("neu@example.org");
        mail.Text.ShouldContain("Sie stehen an 1. Stelle der Warteliste: Hannover.");
    }

    [Fact]
    public async Task An_event_that_has_entries_for_those_who_wait_from_now_on_is_no_news_by_that()
    {
        var (evt, person, _) = await WaitAsync("waitlisted", "de");
        await PatchAsync(evt, """{"rules":{"waitlistedInvite":"tentative"},"startsAt":"2020-10-23T09:00","endsAt":"2020-10-23T11:00"}""");
        await PatchAsync(evt, """{"startsAt":"2020-10-16T09:00","endsAt":"2020-10-16T11:00"}""");
        (await Host.SendAsync()).ShouldBeEmpty();
        await PatchAsync(evt, OtherDay);
        (await Host.SendAsync()).Single(m => m.To == (string)person["email"]!).Invite.ShouldStartWith("REQUEST ");
    }

    [Fact]
    public async Task Whoever_is_approved_onto_the_waiting_list_reads_what_the_organiser_says()
    {
        var evt = await Host.EventWithQueueAsync(1, change: e => e["rules"] = new JsonObject { ["requiresApproval"] = true, ["pendingHoldsSeat"] = false });
        var (one, two) = (await Host.Partner.RegisteredAsync(evt), await Host.Partner.RegisteredAsync(evt, whenFull: "waitlist"));
        foreach (var person in new[] { one, two }) (await Host.Organizer.PostAsync($"/v1/registrations/{person["id"]}/approve", """{"text":"Schön, dass Sie kommen möchten."}""")).ShouldBe(HttpStatusCode.OK);
        var mail = (await Host.SendAsync()).Single(m => m.To == (string)two["email"]!);
        mail.Subject.ShouldStartWith("Auf der Warteliste");
        mail.Text.ShouldContain("Warteliste.\n\nSchön, dass Sie kommen möchten.\n\nSobald");
    }

    [Fact]
    public async Task A_delegation_that_is_accepted_before_the_change_was_told_hears_of_both_at_once()
    {
        var evt = await Host.EventAsync(e => e["rules"] = new JsonObject { ["requiresApproval"] = true });
        var party = await Host.DelegationAsync(evt, 2, d =>
        {
            d["contact"]!["language"] = "de";
            foreach (var member in d["members"]!.AsArray()) member!.AsObject().Remove("email");
        });
        await Host.SendAsync();
        await PatchAsync(evt, OtherDay);
        (await Host.Organizer.PostAsync($"{party.PathOf("self")}/approve")).ShouldBe(HttpStatusCode.OK);
        var mails = await Host.SendAsync();
        mails.Count(m => m.Text.Contains("16. Oktober 2020, 09:00–11:00 Uhr (Berliner Zeit) → ")).ShouldBe(1);
    }

    [Fact]
    public async Task An_entry_of_somebody_who_waits_has_no_link_that_does_not_let_them_in_yet()
    {
        var evt = await Host.EventAsync(e =>
        {
            e["rules"] = new JsonObject { ["waitlistedInvite"] = "tentative" };
            var zoom = e["sites"]!.AsArray().Single(s => (string)s!["id"]! == "zoom")!;
            (zoom["capacity"], zoom["waitlist"]) = (1, new JsonObject { ["promotion"] = "automatic" });
        });
        var (seated, waits) = (await Host.Partner.RegisteredAsync(evt, "zoom"), await Host.Partner.RegisteredAsync(evt, "zoom", "waitlist"));
        var mails = await Host.SendAsync();
        Unfolded(mails.Single(m => m.To == (string)seated["email"]!)).ShouldContain("/join/");
        Unfolded(mails.Single(m => m.To == (string)waits["email"]!)).ShouldNotContain("/join/");
        (await Host.Partner.PostAsync($"/v1/registrations/{seated["id"]}/cancel")).ShouldBe(HttpStatusCode.OK);
        Unfolded((await Host.SendAsync()).Single(m => m.To == (string)waits["email"]!)).ShouldContain("/join/");

        static string Unfolded(Mailed mail) => System.Text.Encoding.UTF8.GetString(mail.CalendarBytes).Replace("\r\n ", "");
    }

    // Until the first mail has left.
    private async Task<(string Event, JsonNode Person, JsonNode Seated)> WaitAsync(string waits, string language)
    {
        var evt = await Host.EventWithQueueAsync(1, waits == "offered" ? "offer" : "automatic", e =>
        {
            if (waits == "pendingApproval") e["rules"] = new JsonObject { ["requiresApproval"] = true };
        });
        var seated = (await Host.Partner.RegisterAsync(evt, Given.Person(siteId: waits == "pendingApproval" ? "zoom" : "hannover", change: p => p["language"] = language == "de" ? "en" : "de"))).ShouldBe(HttpStatusCode.Created).Json;
        var person = (await Host.Partner.RegisterAsync(evt, Given.Person(change: p => (p["language"], p["whenFull"]) = (language, waits == "pendingApproval" ? null : "waitlist")))).ShouldBe(HttpStatusCode.Created).Json;
        if (waits == "offered") (await Host.Partner.PostAsync($"/v1/registrations/{seated["id"]}/cancel")).ShouldBe(HttpStatusCode.OK);
        (await Host.SendAsync()).Where(m => m.To == (string)person["email"]!).ShouldAllBe(m => m.Invite == "");
        return (evt, person, seated);
    }

    private async Task PatchAsync(string evt, string patch) => (await Host.Organizer.PatchAsync($"/v1/events/{evt}", patch, ("If-Match", "*"))).ShouldBe(HttpStatusCode.OK);
}
