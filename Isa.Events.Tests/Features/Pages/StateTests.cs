using Isa.Events.Api.Features.Events;
using Isa.Events.Api.Features.Pages;
using Isa.Events.Api.Features.Registrations;
using Isa.Events.Api.Features.Waitlist;
using Isa.Events.Api.Http;

namespace Isa.Events.Tests.Features.Pages;

/// <summary>The one sentence that says what holds, for every state and in every language, and which forms stand below it.</summary>
public class StateTests(SharedHost host)
{
    private static readonly Event Plenary = new()
    {
        Id = "evt_1", Status = EventStatus.Published, DefaultLanguage = Language.De, TimeZone = "Europe/Berlin",
        StartsAt = new(2020, 10, 16, 7, 0, 0, TimeSpan.Zero), EndsAt = new(2020, 10, 16, 9, 0, 0, TimeSpan.Zero),
        Sites =
        [
            new Site { Id = "hannover", Name = new Texts { De = "Hannover", Zh = "汉诺威" } },
            new Site { Id = "zoom", Mode = AttendanceMode.Online, Name = new Texts { De = "Zoom" } },
        ],
    };

    public static TheoryData<string, string, string, string> Sentences() => new()
    {
        { "confirmed", "Sie sind angemeldet, Ihr Platz ist reserviert: Hannover.", "You are registered, and your place is reserved: Hannover.", "您已报名成功，席位已保留：汉诺威。" },
        { "online", "Sie sind angemeldet und nehmen per Video teil: Zoom.", "You are registered and will take part by video: Zoom.", "您已报名成功，将通过视频参会：Zoom。" },
        { "queued 2", "Sie stehen an 2. Stelle der Warteliste: Hannover.", "You are 2nd on the waiting list: Hannover.", "您在候补名单中排第2位：汉诺威。" },
        { "online queued 3", "Sie haben einen Platz (Zoom) und stehen an 3. Stelle der Warteliste: Hannover.", "You have a place (Zoom), and are 3rd on the waiting list: Hannover.", "您已有席位（Zoom），并在候补名单中排第3位：汉诺威。" },
        { "offered", "Ein Platz ist bis Donnerstag, 24. September 2020, 14:00 Uhr (Berliner Zeit) für Sie reserviert: Hannover.", "A place is held for you until Thursday, 24 September 2020, 14:00 (Berlin time): Hannover.", "已为您保留席位至2020年9月24日 星期四 14:00（柏林时间）：汉诺威。" },
        { "online offered", "Sie haben einen Platz (Zoom); ein anderer ist bis Donnerstag, 24. September 2020, 14:00 Uhr (Berliner Zeit) für Sie reserviert: Hannover.", "You have a place (Zoom), and another is held for you until Thursday, 24 September 2020, 14:00 (Berlin time): Hannover.", "您已有席位（Zoom），另有一席为您保留至2020年9月24日 星期四 14:00（柏林时间）：汉诺威。" },
        { "waitlisted", "Sie stehen auf der Warteliste: Hannover.", "You are on the waiting list: Hannover.", "您在候补名单中：汉诺威。" },
        { "pendingApproval", "Ihre Anmeldung ist eingegangen; der Veranstalter entscheidet darüber: Hannover.", "We have received your registration; the organiser will decide on it: Hannover.", "我们已收到您的报名，正在等待主办方审核：汉诺威。" },
        { "pendingConfirmation", "Bitte bestätigen Sie Ihre E-Mail-Adresse bis Donnerstag, 24. September 2020, 14:00 Uhr (Berliner Zeit), sonst verfällt Ihre Anmeldung: Hannover.", "Please confirm your e-mail address by Thursday, 24 September 2020, 14:00 (Berlin time), or your registration will lapse: Hannover.", "请在2020年9月24日 星期四 14:00（柏林时间）前确认您的电子邮箱，否则报名将失效：汉诺威。" },
        { "cancelled", "Diese Anmeldung ist storniert.", "This registration has been cancelled.", "此报名已取消。" },
        { "addressNotConfirmed", "Diese Anmeldung ist verfallen, weil die E-Mail-Adresse nicht rechtzeitig bestätigt wurde.", "This registration has lapsed, because the e-mail address was not confirmed in time.", "因电子邮箱未及时确认，此报名已失效。" },
        { "nameMissing", "Diese Anmeldung ist verfallen, weil der Name nicht rechtzeitig genannt wurde.", "This registration has lapsed, because the name was not given in time.", "因未及时提供姓名，此报名已失效。" },
        { "offerDeclined", "Sie haben den angebotenen Platz abgelehnt; diese Anmeldung ist beendet.", "You declined the place you were offered, and this registration has ended.", "您已放弃所提供的席位，此报名已结束。" },
        { "offerExpired", "Die Frist für den angebotenen Platz ist abgelaufen; diese Anmeldung ist beendet.", "The time for the place you were offered has run out, and this registration has ended.", "所提供席位的确认期限已过，此报名已结束。" },
        { "replaced", "Ihre Vertretung nimmt an Ihrer Stelle teil; diese Anmeldung ist beendet.", "Your deputy takes part in your place, and this registration has ended.", "已由他人代您参会，此报名已结束。" },
        { "invitationRevoked", "Die Einladung wurde zurückgezogen; diese Anmeldung ist beendet.", "The invitation was withdrawn, and this registration has ended.", "邀请已撤回，此报名已结束。" },
        { "siteFull", "Als die Anmeldung bestätigt wurde, war kein Platz mehr frei; sie ist beendet.", "There was no place left when the registration was confirmed, and it has ended.", "确认报名时名额已满，此报名已结束。" },
        { "declinedInCalendar", "Sie haben in Ihrem Kalender abgesagt; diese Anmeldung ist beendet.", "You declined in your calendar, and this registration has ended.", "您已在日历中谢绝参会，此报名已结束。" },
        { "declining", "Sie haben in Ihrem Kalender abgesagt; zurücknehmen können Sie das bis Donnerstag, 24. September 2020, 14:00 Uhr (Berliner Zeit).", "You declined in your calendar; you can take that back until Thursday, 24 September 2020, 14:00 (Berlin time).", "您已在日历中谢绝参会，可在2020年9月24日 星期四 14:00（柏林时间）前撤回。" },
        { "declined", "Diese Anmeldung wurde leider abgelehnt.", "Unfortunately, this registration has been declined.", "很抱歉，此报名未获批准。" },
        { "test", "Dies ist eine Testanmeldung; sie belegt keinen Platz.", "This is a test registration; it takes no place.", "这是测试报名，不占用席位。" },
        { "over", "Die Veranstaltung ist vorbei.", "The event is over.", "本次活动已结束。" },
        { "eventCancelled", "Die Veranstaltung wurde abgesagt.", "The event has been cancelled.", "本次活动已取消。" },
    };

    [Theory]
    [MemberData(nameof(Sentences))]
    public void Every_state_has_its_sentence(string state, string de, string en, string zh)
    {
        var ends = new DateTimeOffset(2020, 9, 24, 12, 0, 0, TimeSpan.Zero);
        var registration = new Registration { Id = "reg_1", SiteId = state.StartsWith("online", StringComparison.Ordinal) ? "zoom" : "hannover", Status = RegistrationStatus.Confirmed, IsTest = state == "test" };
        var number = long.TryParse(state.Split(' ')[^1], out var position) ? position : (long?)null;
        RegistrationWait? wait = number is not null ? new("hannover", EntryState.Queued, number, 1, ends, null, WaitReason.SiteFull) : state.EndsWith("offered", StringComparison.Ordinal) ? new("hannover", EntryState.Offered, null, 1, ends, ends, WaitReason.AnswerAwaited) : null;
        registration = state switch
        {
            "queued 2" or "offered" or "waitlisted" => registration with { Status = RegistrationStatus.Waitlisted },
            "pendingApproval" => registration with { Status = RegistrationStatus.PendingApproval },
            "pendingConfirmation" => registration with { Status = RegistrationStatus.PendingConfirmation, HoldEndsAt = ends },
            "declining" => registration with { DeclineTakesEffectAt = ends },
            "declining waitlisted" => registration with { Status = RegistrationStatus.Waitlisted, DeclineTakesEffectAt = ends },
            "declined" => registration with { Status = RegistrationStatus.Declined },
            "cancelled" => registration with { Status = RegistrationStatus.Cancelled },
            _ when Enum.TryParse<EndReason>(state, ignoreCase: true, out var reason) => registration with { Status = RegistrationStatus.Cancelled, EndReason = reason },
            _ => registration,
        };
        var evt = state == "eventCancelled" ? Plenary with { Status = EventStatus.Cancelled } : Plenary;
        var now = state == "over" ? Plenary.EndsAt : EventsHost.Start;
        foreach (var (language, sentence) in new[] { (Language.De, de), (Language.En, en), (Language.Zh, zh) }) AttendeeState.Of(evt, registration with { Language = language }, wait, now).ShouldBe(sentence);
        // Of a member it speaks to nobody.
        foreach (var (language, you) in new[] { (Language.De, "\\b(Sie|Ihre?)\\b"), (Language.En, "\\b([Yy]ou|[Yy]our|We)\\b"), (Language.Zh, "您|我们") })
            AttendeeState.Of(evt, registration with { Language = language }, wait, now, isForContact: true).ShouldNotMatch(you);
    }

    [Fact]
    public void Every_reason_to_end_has_a_sentence_and_ordinals_are_English()
    {
        foreach (var reason in Enum.GetValues<EndReason>()) Sentences().Select(s => s.Data.Item1).ShouldContain(char.ToLowerInvariant(reason.ToString()[0]) + reason.ToString()[1..]);
        string.Join(' ', new long[] { 1, 2, 3, 4, 11, 12, 13, 21, 22, 101, 111 }.Select(n => AttendeeState.Ordinal(n, Language.En))).ShouldBe("1st 2nd 3rd 4th 11th 12th 13th 21st 22nd 101st 111th");
    }

    [Theory]
    [InlineData("de")]
    [InlineData("en")]
    [InlineData("zh")]
    public async Task Pages_are_light_and_have_no_scripts_and_every_field_has_a_label(string language)
    {
        var evt = await host.EventWithQueueAsync(1);
        await host.Partner.RegisteredAsync(evt);
        var made = (await host.Partner.RegisterAsync(evt, Given.Person(siteId: "zoom", change: p => (p["language"], p["fullName"]) = (language, "\"><script>alert(1)</script>")))).ShouldBe(HttpStatusCode.Created).Json;
        var ended = (await host.Partner.RegisterAsync(evt, Given.Person(siteId: "foshan", change: p => p["language"] = language))).Json;
        (await host.Partner.PostAsync($"/v1/registrations/{ended["id"]}/cancel")).ShouldBe(HttpStatusCode.OK);
        var whole = await host.PageAsync(made);
        foreach (var form in new[] { "/site", "/details", "/deputy" }) whole.HasForm(form).ShouldBeTrue(form);
        foreach (var page in new[] { whole, await host.PageAsync(made, "/cancel"), await host.PageAsync(ended), await host.Anybody.SubmitAsync(whole, "/details", ("fullName", "")) })
        {
            page.Bytes.Length.ShouldBeLessThan(20_000);
            page.Text.ShouldContain($"<html lang=\"{(language == "zh" ? "zh-Hans" : language)}\">");
            page.Text.ShouldNotContain("<script");
            page.Text.ShouldNotContain(" style=");
            page.Text.ShouldNotContain("http://");
            page.Text.ShouldContain("role=\"status\"");
            foreach (System.Text.RegularExpressions.Match control in System.Text.RegularExpressions.Regex.Matches(page.Text, "<(?:input|select|textarea) [^>]*>"))
            {
                var text = control.Value;
                if (text.Contains("type=\"hidden\"") || text.Contains("type=\"radio\"") || text.Contains("type=\"checkbox\"")) continue;
                var id = System.Text.RegularExpressions.Regex.Match(text, " id=\"([^\"]+)\"").Groups[1].Value;
                page.Text.ShouldContain($"<label for=\"{id}\">");
            }

            foreach (System.Text.RegularExpressions.Match link in System.Text.RegularExpressions.Regex.Matches(page.Text, "(?:href=\"#|aria-describedby=\")([^\"]+)\""))
                foreach (var id in link.Groups[1].Value.Split(' ')) page.Text.ShouldContain($"id=\"{id}\"");
            var ids = System.Text.RegularExpressions.Regex.Matches(page.Text, " id=\"([^\"]+)\"").Select(m => m.Groups[1].Value).ToList();
            ids.Distinct().Count().ShouldBe(ids.Count);
        }
    }

    [Fact]
    public async Task A_declined_registration_shows_the_words_of_the_organiser_and_no_forms()
    {
        var evt = await host.EventAsync(e => e["rules"] = new JsonObject { ["requiresApproval"] = true });
        var made = await host.Partner.RegisteredAsync(evt);
        var waits = await host.PageAsync(made);
        waits.State().ShouldContain("der Veranstalter entscheidet darüber");
        waits.HasForm("/details").ShouldBeTrue();
        (await host.Organizer.PostAsync($"/v1/registrations/{made["id"]}/decline", """{"text":"Nur für <Mitglieder>."}""")).ShouldBe(HttpStatusCode.OK);
        var page = await host.PageAsync(made);
        page.State().ShouldBe("Diese Anmeldung wurde leider abgelehnt.");
        page.Text.ShouldContain("Nur für &lt;Mitglieder&gt;.");
        page.Text.ShouldNotContain("<form");
        (await host.Organizer.PostAsync($"/v1/events/{evt}/cancel", null, ("If-Match", "*"))).ShouldBe(HttpStatusCode.OK);
        (await host.PageAsync(made)).State().ShouldBe("Die Veranstaltung wurde abgesagt.");
    }

    [Fact]
    public async Task A_cancelled_event_has_no_forms_and_takes_none()
    {
        var evt = await host.EventAsync();
        var made = await host.Partner.RegisteredAsync(evt);
        var (page, ask) = (await host.PageAsync(made), await host.PageAsync(made, "/cancel"));
        (await host.Organizer.PostAsync($"/v1/events/{evt}/cancel", null, ("If-Match", "*"))).ShouldBe(HttpStatusCode.OK);
        (await host.PageAsync(made)).Text.ShouldNotContain("<form");
        foreach (var answer in new[] { await host.Anybody.SubmitAsync(page, "/details", ("fullName", "Anders")), await host.Anybody.SubmitAsync(page, "/site", ("site", "zoom")) })
            answer.ShouldBe(HttpStatusCode.Conflict).Text.ShouldContain("role=\"alert\"");
        ask.HasForm("/cancel").ShouldBeTrue();
    }
}
