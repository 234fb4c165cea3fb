using Isa.Events.Api.Features.Notices;
using Isa.Events.Tests.Features.Delegations;
using Microsoft.Extensions.DependencyInjection;

namespace Isa.Events.Tests.Features.Notices;

/// <summary>What an event tells by itself. The plenary is on 16 October 2020 at nine, Berlin time (07:00 UTC).</summary>
public class NoticesTests : MailTests
{
    private static readonly DateTimeOffset StartsAt = new(2020, 10, 16, 7, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task Without_a_word_from_the_organiser_people_are_reminded_a_day_before_at_the_hour_of_the_start()
    {
        var evt = await Host.EventAsync();
        (await Host.Organizer.GetAsync($"/v1/events/{evt}")).Json["rules"]!["reminders"]!.ToJsonString().ShouldBe("""[{"before":"P1D"}]""");
        await RegisterAsync(evt, "hannover", "de", "Erika Beispiel");
        await RegisterAsync(evt, "zoom", "en", "John Example");
        await RegisterAsync(evt, "foshan", "zh", "李娜");
        await Host.SendAsync();

        (await AtAsync(StartsAt.AddDays(-1).AddSeconds(-1))).ShouldBeEmpty();
        var mails = await AtAsync(StartsAt.AddDays(-1));
        mails.Count.ShouldBe(3);
        var german = mails.Single(mail => mail.Text.Contains("Erika Beispiel", StringComparison.Ordinal));
        german.Subject.ShouldStartWith("Erinnerung: 9. Plenarversammlung");
        german.Text.ShouldContain("Beginn ist Freitag, 16. Oktober 2020, 09:00 Uhr (Berliner Zeit). Sie nehmen vor Ort teil (Hannover)");
        german.Text.ShouldContain("absagen: https://events.example.org/r/");
        var english = mails.Single(mail => mail.Text.Contains("John Example", StringComparison.Ordinal));
        english.Text.ShouldContain("Join: https://events.example.org/join/");
        var chinese = mails.Single(mail => mail.Text.Contains("李娜", StringComparison.Ordinal));
        chinese.Subject.ShouldStartWith("活动提醒：");
        chinese.Text.ShouldContain("15:00");
        // Their calendars show it already.
        mails.ShouldAllBe(mail => mail.Calendar == null);

        (await AtAsync(StartsAt)).ShouldBeEmpty();
        (await AtAsync(StartsAt.AddDays(3))).ShouldBeEmpty();
    }

    [Fact]
    public async Task Each_reminder_is_for_those_who_attend_in_its_way_and_comes_once()
    {
        var evt = await EventAsync("""{"reminders":[{"before":"P7D"},{"before":"PT1H","modes":["online"]}]}""");
        await RegisterAsync(evt, "hannover", name: "Erika Saal");
        await RegisterAsync(evt, "zoom", name: "Jonas Zoom");
        await Host.SendAsync();
        Names(await AtAsync(StartsAt.AddDays(-7))).ShouldBe(["Erika Saal", "Jonas Zoom"]);
        (await AtAsync(StartsAt.AddDays(-1))).ShouldBeEmpty();
        Names(await AtAsync(StartsAt.AddHours(-1))).ShouldBe(["Jonas Zoom"]);
    }

    [Fact]
    public async Task Whoever_was_just_told_is_not_reminded_and_nor_is_who_has_no_place()
    {
        var evt = await EventAsync("""{"reminders":[{"before":"P2D"}]}""", seats: 1);
        await RegisterAsync(evt, "hannover", name: "Erika Früh");
        var waiting = await RegisterAsync(evt, "hannover", name: "Jonas Wartet", whenFull: "waitlist");
        waiting.Stands().ShouldBe("waitlisted hannover queued hannover#1");
        Host.Time.SetUtcNow(StartsAt.AddDays(-3).AddMinutes(-1)); // before half of the two days, and after it
        await RegisterAsync(evt, "zoom", name: "Anna Zoom");
        Host.Time.SetUtcNow(StartsAt.AddDays(-3).AddMinutes(1));
        await RegisterAsync(evt, "zoom", name: "Peter Spät");
        var gone = await RegisterAsync(evt, "zoom", name: "Paula Weg");
        (await Host.Partner.PostAsync($"/v1/registrations/{gone["id"]}/cancel")).ShouldBe(HttpStatusCode.OK);
        await Host.SendAsync();
        Names(await AtAsync(StartsAt.AddDays(-2))).ShouldBe(["Anna Zoom", "Erika Früh"]);
    }

    [Fact]
    public async Task A_server_that_stood_still_sends_the_last_reminder_alone_and_none_once_the_event_has_begun()
    {
        var evt = await EventAsync("""{"reminders":[{"before":"P7D"},{"before":"P1D"},{"before":"PT1H","modes":["online"]}]}""");
        var late = await EventAsync("""{"reminders":[{"before":"P7D"}]}""");
        await RegisterAsync(evt, "hannover", name: "Erika Saal");
        await RegisterAsync(evt, "zoom", name: "Jonas Zoom");
        await RegisterAsync(late, "zoom", name: "Anna Zoom");
        await Host.SendAsync();
        var mails = await AtAsync(StartsAt.AddMinutes(-30));
        Names(mails).ShouldBe(["Anna Zoom", "Erika Saal", "Jonas Zoom"]);

        var over = await EventAsync("""{"reminders":[{"before":"PT10M"}]}""");
        await RegisterAsync(over, "zoom");
        await Host.SendAsync();
        (await AtAsync(StartsAt)).ShouldBeEmpty();
    }

    [Fact]
    public async Task An_event_that_cannot_be_read_holds_up_no_other()
    {
        var (first, evt) = (await EventAsync("""{"reminders":[{"before":"P8D"}]}"""), await EventAsync("""{"reminders":[{"before":"P7D"}]}"""));
        foreach (var one in new[] { first, evt }) await RegisterAsync(one, "zoom", name: "Anna Zoom");
        await Host.SendAsync();
        await Host.BreakAsync(first);
        Names(await AtAsync(StartsAt.AddDays(-7))).ShouldBe(["Anna Zoom"]);
        Host.Log.All.ShouldContain(line => line.Contains("Reminders could not be written") && line.Contains(first));
    }

    [Fact]
    public async Task An_event_that_moves_is_reminded_of_anew_and_one_that_is_off_or_has_none_never()
    {
        var (moved, off, none) = (await EventAsync("""{"reminders":[{"before":"P7D"}]}"""), await EventAsync("""{"reminders":[{"before":"P7D"}]}"""), await EventAsync("""{"reminders":[]}"""));
        foreach (var evt in new[] { moved, off, none }) await RegisterAsync(evt, "zoom");
        await Host.SendAsync();
        (await AtAsync(StartsAt.AddDays(-7))).Count.ShouldBe(2);
        (await Host.Organizer.PatchAsync($"/v1/events/{moved}", """{"startsAt":"2020-10-30T09:00","endsAt":"2020-10-30T11:00"}""", ("If-Match", "*"))).ShouldBe(HttpStatusCode.OK);
        (await Host.Organizer.PostAsync($"/v1/events/{off}/cancel", "{}", ("If-Match", "*"))).ShouldBe(HttpStatusCode.OK);
        await Host.SendAsync();
        // The clocks go back between: nine stays nine.
        (await AtAsync(new DateTimeOffset(2020, 10, 23, 6, 59, 59, TimeSpan.Zero))).ShouldBeEmpty();
        (await AtAsync(new DateTimeOffset(2020, 10, 23, 7, 0, 0, TimeSpan.Zero))).ShouldHaveSingleItem().Text.ShouldContain("30. Oktober 2020");
    }

    [Fact]
    public async Task A_reminder_that_could_not_leave_in_time_is_not_sent_for_another_day()
    {
        var evt = await EventAsync("""{"reminders":[{"before":"P1D"}]}""");
        await RegisterAsync(evt, "zoom");
        await Host.SendAsync();
        Host.Time.SetUtcNow(StartsAt.AddDays(-1));
        await TellAsync();
        (await Host.Organizer.PatchAsync($"/v1/events/{evt}", """{"startsAt":"2020-10-23T09:00","endsAt":"2020-10-23T11:00"}""", ("If-Match", "*"))).ShouldBe(HttpStatusCode.OK);
        (await Host.SendAsync()).ShouldHaveSingleItem().Subject.ShouldStartWith("Neuer Termin:");
        (await AtAsync(StartsAt.AddDays(6))).ShouldHaveSingleItem().Subject.ShouldStartWith("Erinnerung:");
    }

    [Fact]
    public async Task Those_who_had_a_place_are_thanked_once_the_event_is_over()
    {
        var evt = await EventAsync("""{"reminders":[],"thankYouAfter":"PT2H"}""");
        var made = await RegisterAsync(evt, "hannover", "en", change: person => person["copyTo"] = "office@example.org");
        await Host.SendAsync();
        (await AtAsync(StartsAt.AddHours(4).AddSeconds(-1))).ShouldBeEmpty();
        var mail = (await AtAsync(StartsAt.AddHours(4))).ShouldHaveSingleItem();
        mail.To.ShouldBe((string)made["email"]!);
        mail.Subject.ShouldStartWith("Thank you for taking part: 9th plenary");
        (mail.Calendar, mail.Text.Contains("/join/", StringComparison.Ordinal), mail.Text.Contains("/r/", StringComparison.Ordinal)).ShouldBe((null, false, false));
        (await AtAsync(StartsAt.AddDays(2))).ShouldBeEmpty();
    }

    [Fact]
    public async Task The_organiser_gets_a_summary_in_the_morning_where_there_is_news()
    {
        var evt = await EventAsync("""{"reminders":[],"dailySummary":true}""", seats: 1);
        await RegisterAsync(evt, "hannover");
        await RegisterAsync(evt, "hannover", whenFull: "waitlist");
        var gone = await RegisterAsync(evt, "zoom");
        (await Host.Partner.PostAsync($"/v1/registrations/{gone["id"]}/cancel")).ShouldBe(HttpStatusCode.OK);
        await Host.SendAsync();
        var morning = Morning(Host.Time.GetUtcNow());
        var mail = (await AtAsync(morning)).ShouldHaveSingleItem();
        mail.To.ShouldBe("isa@example.org");
        mail.Subject.ShouldStartWith("Stand der Anmeldungen: 9. Plenar");
        mail.Text.ShouldContain("3 neu angemeldet, 1 abgesagt oder abgelehnt.");
        mail.Text.ShouldContain("Hannover: 1 von 1 Plätzen vergeben, Warteliste: 1");
        (await Host.Organizer.GetAsync($"/v1/events/{evt}/messages")).Json["items"]!.AsArray().Count(m => (string)m!["kind"]! == "dailySummary" && (string)m["recipient"]! == "organizer" && (string)m["address"]! == "isa@example.org").ShouldBe(1);
        (await AtAsync(morning.AddDays(1))).ShouldBeEmpty();
        await RegisterAsync(evt, "zoom");
        await Host.SendAsync();
        var next = (await AtAsync(morning.AddDays(2))).ShouldHaveSingleItem();
        next.Text.ShouldContain("1 neu angemeldet, niemand abgesagt.");
        next.Text.ShouldContain(": 1 angemeldet\n"); // as many as come
    }

    [Fact]
    public async Task Summaries_leave_no_hour_out_when_the_clocks_change()
    {
        Host.Time.SetUtcNow(new DateTimeOffset(2020, 10, 23, 6, 0, 0, TimeSpan.Zero));
        var evt = await Host.EventAsync(e => (e["startsAt"], e["endsAt"], e["registrationCloses"], e["rules"]) = ("2020-11-16T09:00", "2020-11-16T11:00", null, JsonNode.Parse("""{"reminders":[],"dailySummary":true}""")));
        (await AtAsync(new DateTimeOffset(2020, 10, 24, 5, 0, 0, TimeSpan.Zero))).ShouldBeEmpty();
        Host.Time.SetUtcNow(new DateTimeOffset(2020, 10, 24, 5, 30, 0, TimeSpan.Zero)); // the day until the next has 25 hours
        await RegisterAsync(evt, "zoom");
        await Host.SendAsync();
        (await AtAsync(new DateTimeOffset(2020, 10, 25, 6, 0, 0, TimeSpan.Zero))).ShouldHaveSingleItem().Text.ShouldContain("1 neu angemeldet");
    }

    [Fact]
    public async Task Whoever_chooses_another_queue_has_an_entry_that_follows()
    {
        var evt = await EventAsync("""{"reminders":[],"waitlistedInvite":"tentative"}""", seats: 1);
        foreach (var n in Enumerable.Range(0, 3)) (await Host.Organizer.PatchAsync($"/v1/events/{evt}/sites/hannover", $$$"""{"address":{"de":"Saal {{{n}}}"}}""", ("If-Match", "*"))).ShouldBe(HttpStatusCode.OK);
        (await Host.Organizer.PatchAsync($"/v1/events/{evt}/sites/foshan", """{"capacity":0,"waitlist":{"promotion":"automatic"}}""", ("If-Match", "*"))).ShouldBe(HttpStatusCode.OK);
        await RegisterAsync(evt, "hannover");
        var waits = await RegisterAsync(evt, "hannover", whenFull: "waitlist");
        var first = (await Host.SendAsync()).Single(mail => mail.To == (string)waits["email"]!).Calendar!.Events[0]!;
        (await Host.Partner.PostAsync($"/v1/registrations/{waits["id"]}/change-site", """{"siteId":"foshan"}""")).ShouldBe(HttpStatusCode.OK).Json.Stands().ShouldBe("waitlisted foshan queued foshan#1");
        var second = (await Host.SendOneAsync()).Calendar!.Events[0]!;
        (second.Uid, second.Status).ShouldBe((first.Uid, "TENTATIVE"));
        second.Sequence.ShouldBeGreaterThan(first.Sequence);
    }

    [Fact]
    public async Task A_summary_names_whom_mails_do_not_reach()
    {
        var evt = await EventAsync("""{"dailySummary":true}""");
        var made = await RegisterAsync(evt, "zoom", name: "Erika <b>Unerreicht</b>");
        await Host.SendAsync();
        var now = Host.Time.GetUtcNow();
        await Host.Database.WriteAsync(evt, session => session.Change("UPDATE outbox SET state = 'failed', done_at = @Now, last_error = NULL WHERE event_id = @Id AND recipient = 'attendee'", new { Id = evt, Now = now }), CancellationToken.None);
        var mail = (await AtAsync(Morning(now))).ShouldHaveSingleItem();
        mail.Text.ShouldContain($"Per E-Mail nicht erreichbar: Erika <b>Unerreicht</b>, {made["reference"]}");
        mail.Html.ShouldContain("Erika &lt;b&gt;Unerreicht&lt;/b&gt;");
    }

    [Theory]
    [InlineData("tentative")]
    [InlineData("none")] // an entry that is there is kept true
    public async Task Whoever_waits_has_a_tentative_entry_where_the_event_says_so_and_it_becomes_firm_or_goes(string then)
    {
        var evt = await EventAsync("""{"reminders":[],"waitlistedInvite":"tentative"}""", seats: 1);
        var seated = await RegisterAsync(evt, "hannover");
        var next = await RegisterAsync(evt, "hannover", name: "Erika Wartet", whenFull: "waitlist");
        var last = await RegisterAsync(evt, "hannover", name: "Jonas Wartet", whenFull: "waitlist");
        var mails = await Host.SendAsync();
        var first = mails.Single(mail => mail.To == (string)next["email"]!);
        first.Calendar!.Events[0]!.Status.ShouldBe("TENTATIVE");
        first.Subject.ShouldStartWith("Auf der Warteliste:");
        first.Text.ShouldContain("Ein vorläufiger Kalendereintrag liegt bei; er wird fest, sobald Sie einen Platz haben.");
        first.Text.ShouldNotContain("erst dann");
        first.Calendar.Events[0]!.Description!.ShouldStartWith("Vorläufig: Ein Platz ist Ihnen noch nicht sicher.\nWann: ");

        (await Host.Organizer.PatchAsync($"/v1/events/{evt}", $$$"""{"startsAt":"2020-10-16T10:00","endsAt":"2020-10-16T12:00","rules":{"waitlistedInvite":"{{{then}}}"}}""", ("If-Match", "*"))).ShouldBe(HttpStatusCode.OK);
        mails = await Host.SendAsync();
        mails.Count.ShouldBe(3);
        var still = mails.Single(mail => mail.To == (string)last["email"]!);
        still.Calendar!.Events[0]!.Status.ShouldBe("TENTATIVE");
        still.Text.ShouldContain("Ihre Anmeldung bleibt bestehen. Sie stehen jetzt an 2. Stelle der Warteliste (Hannover).");

        (await Host.Partner.PostAsync($"/v1/registrations/{seated["id"]}/cancel")).ShouldBe(HttpStatusCode.OK);
        (await Host.Partner.PostAsync($"/v1/registrations/{last["id"]}/cancel")).ShouldBe(HttpStatusCode.OK);
        mails = await Host.SendAsync();
        var firm = mails.Single(mail => mail.To == (string)next["email"]!);
        (firm.Calendar!.Events[0]!.Status, firm.Calendar.Events[0]!.Uid).ShouldBe(("CONFIRMED", first.Calendar.Events[0]!.Uid));
        firm.Calendar.Events[0]!.Sequence.ShouldBeGreaterThan(first.Calendar.Events[0]!.Sequence);
        mails.Single(mail => mail.To == (string)last["email"]!).Invite.ShouldStartWith("CANCEL ");
    }

    [Theory]
    [InlineData("""{"reminders":[{"before":"P1M"}]}""", "rules.reminders[0].before", "invalid-period")]
    [InlineData("""{"reminders":[{"before":"-P1D"}]}""", "rules.reminders[0].before", "invalid-period")]
    [InlineData("""{"reminders":[{"before":"P400D"}]}""", "rules.reminders[0].before", "invalid-period")]
    [InlineData("""{"reminders":[{"before":"PT0M"}]}""", "rules.reminders[0].before", "invalid-period")]
    [InlineData("""{"reminders":[{"before":"PT1S"}]}""", "rules.reminders[0].before", "invalid-period")]
    [InlineData("""{"reminders":[{"before":"P99999999999D"}]}""", "rules.reminders[0].before", "invalid-period")]
    [InlineData("""{"reminders":[{"before":"tomorrow"}]}""", "rules.reminders[0].before", "invalid-period")]
    [InlineData("""{"reminders":[{"modes":["online"]}]}""", "rules.reminders[0].before", "required")]
    [InlineData("""{"reminders":[{"before":"P1D","modes":["online","online"]}]}""", "rules.reminders[0].modes", "duplicate-value")]
    [InlineData("""{"reminders":[{"before":"P1D","modes":["byFoot"]}]}""", "rules.reminders[0].modes[0]", "unknown-value")]
    [InlineData("""{"thankYouAfter":"yes"}""", "rules.thankYouAfter", "invalid-period")]
    [InlineData("""{"waitlistedInvite":"maybe"}""", "rules.waitlistedInvite", "unknown-value")]
    public async Task What_makes_no_sense_is_refused(string rules, string field, string code)
    {
        var answer = await Host.Organizer.PostAsync("/v1/events", Given.Plenary(evt => evt["rules"] = JsonNode.Parse(rules)).ToJsonString());
        ((int)answer.Status).ShouldBe(422);
        var error = answer.Json["errors"]!.AsArray().ShouldHaveSingleItem()!;
        ((string)error["field"]!, (string)error["code"]!).ShouldBe((field, code));
    }

    [Fact]
    public async Task Mails_that_are_over_are_forgotten_after_a_while()
    {
        var evt = await EventAsync("""{"reminders":[]}""");
        await RegisterAsync(evt, "zoom");
        await Host.SendAsync();
        await CleanAfterAsync(TimeSpan.FromDays(89));
        (await Host.Organizer.GetAsync($"/v1/events/{evt}/messages")).Json["items"]!.AsArray().Count.ShouldBe(1);
        await CleanAfterAsync(TimeSpan.FromDays(2));
        (await Host.Organizer.GetAsync($"/v1/events/{evt}/messages")).Json["items"]!.AsArray().ShouldBeEmpty();

        async Task CleanAfterAsync(TimeSpan time)
        {
            Host.Time.Advance(time);
            await Host.Services.GetServices<Microsoft.Extensions.Hosting.IHostedService>().OfType<Isa.Events.Api.Features.Server.Housekeeping>().Single().RunAsync(CancellationToken.None);
        }
    }

    [Theory]
    [InlineData("de", "wir freuen uns auf Ihre Delegation. Beginn ist Freitag, 16. Oktober 2020, 09:00 Uhr", "Bitte erinnern Sie die unten genannten Mitglieder", "Bitte geben Sie diese Nachricht weiter an: 李娜, 张伟.")]
    [InlineData("en", "We look forward to seeing your delegation. The event begins Friday, 16 October 2020, 09:00", "Please remind the members named below", "Please pass this message on to: 李娜, 张伟.")]
    [InlineData("zh", "期待贵代表团的参与。活动开始时间：2020年10月16日 星期五 09:00", "请提醒下列未登记本人邮箱的成员", "请将此通知转达给：李娜、张伟。")]
    public async Task Members_without_an_address_are_reminded_and_thanked_by_one_mail_to_their_contact(string language, string starts, string remind, string thanks)
    {
        var evt = await EventAsync("""{"reminders":[{"before":"P1D"}],"thankYouAfter":"PT2H"}""");
        var party = await Host.DelegationAsync(evt, 0, d =>
        {
            d["contact"]!["language"] = language;
            foreach (var name in new[] { "李娜", "张伟" }) d["members"]!.AsArray().Add(new JsonObject { ["fullName"] = name, ["siteId"] = name == "李娜" ? "hannover" : "zoom" });
        });
        await Host.SendAsync();
        var reminder = (await AtAsync(StartsAt.AddDays(-1))).ShouldHaveSingleItem().Text;
        foreach (var part in new[] { starts, remind, "/join/" }.Concat(party.Members().SelectMany(m => new[] { (string)m["reference"]!, (string)m["links"]!["manage"]! }))) reminder.ShouldContain(part);
        var thanked = (await AtAsync(StartsAt.AddHours(4))).ShouldHaveSingleItem().Text;
        thanked.ShouldStartWith(thanks);
        foreach (var part in new[] { "/r/", "/join/", "/d/" }) thanked.ShouldNotContain(part);
        (await AtAsync(StartsAt.AddDays(2))).ShouldBeEmpty();
    }

    private static string[] Names(IEnumerable<Mailed> mails) => [.. mails.Select(mail => mail.Message.To.Mailboxes.Single().Name!).Order(StringComparer.Ordinal)];

    // The next seven o'clock in Berlin, in summer.
    private static DateTimeOffset Morning(DateTimeOffset now) => new DateTimeOffset(now.UtcDateTime.Date, TimeSpan.Zero).AddHours(5) is var today && today > now ? today : today.AddDays(1);

    private Task<string> EventAsync(string rules, int? seats = null) => Host.EventAsync(evt =>
    {
        evt["rules"] = JsonNode.Parse(rules);
        evt["registrationCloses"] = null;
        evt["sites"]![0]!["waitlist"] = new JsonObject();
        if (seats is { } some) evt["sites"]![0]!["capacity"] = some;
    });

    private async Task<JsonNode> RegisterAsync(string evt, string site, string language = "de", string? name = null, string? whenFull = null, Action<JsonObject>? change = null) =>
        (await Host.Partner.RegisterAsync(evt, Given.Person(siteId: site, change: person =>
        {
            person["language"] = language;
            if (name is not null) person["fullName"] = name;
            if (whenFull is not null) person["whenFull"] = whenFull;
            change?.Invoke(person);
        }))).ShouldBe(HttpStatusCode.Created).Json;

    private Task TellAsync() => Host.Services.GetRequiredService<NoticeTeller>().RunAsync(CancellationToken.None);

    /// <summary>Lets it be an instant, and gives what leaves then.</summary>
    private async Task<List<Mailed>> AtAsync(DateTimeOffset instant)
    {
        Host.Time.SetUtcNow(instant);
        await TellAsync();
        return await Host.SendAsync();
    }
}
