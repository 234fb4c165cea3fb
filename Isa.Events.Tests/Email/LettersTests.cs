using System.Globalization;
using System.Text;
using CsvHelper;
using Isa.Events.Api.Email;
using Isa.Events.Api.Features.Invites;
using Isa.Events.Api.Http;
using Isa.Events.Api.Outbox;
using Isa.Events.Tests.Features.Delegations;
using Microsoft.Extensions.DependencyInjection;
using MimeKit;

namespace Isa.Events.Tests.Email;

/// <summary>What people are told, through real registrations: every mail is read back as a mail program reads it.</summary>
public class LettersTests : MailTests
{
    [Theory]
    [InlineData("de", "hannover", "Anmeldung bestätigt: 9. Plenar", "Ihre Anmeldung ist bestätigt. Sie nehmen vor Ort teil (Hannover); Ihr Platz ist reserviert.", "Wann: Freitag, 16. Oktober 2020, 09:00–11:00 Uhr (Berliner Zeit)", "Bitte bringen Sie eine Maske mit")]
    [InlineData("de", "foshan", "Anmeldung bestätigt: 9. Plenar", "Er ist per Video zugeschaltet, einen eigenen Link brauchen Sie nicht", "Wann: Freitag, 16. Oktober 2020, 15:00–17:00 Uhr (Pekinger Zeit)\nZeit der Veranstaltung: Freitag, 16. Oktober 2020, 09:00–11:00 Uhr (Berliner Zeit)", "Foshan, Provinz Guangdong")]
    [InlineData("de", "zoom", "Anmeldung bestätigt: 9. Plenar", "Sie nehmen per Video teil (Zoom-Konferenz)", "09:00–11:00 Uhr (Berliner Zeit)", "Teilnehmen: https://events.example.org/join/")]
    [InlineData("en", "hannover", "Registration confirmed: 9th plenary", "You will attend in person (Hannover); your place is reserved.", "When: Friday, 16 October 2020, 09:00–11:00 (Berlin time)", "Please bring a mask")]
    [InlineData("en", "foshan", "Registration confirmed: 9th plenary", "so you need no link of your own", "When: Friday, 16 October 2020, 15:00–17:00 (Beijing time)\nTime of the event: Friday, 16 October 2020, 09:00–11:00 (Berlin time)", "Foshan, Guangdong province")]
    [InlineData("en", "zoom", "Registration confirmed: 9th plenary", "You will take part by video (Zoom conference)", "09:00–11:00 (Berlin time)", "Join: https://events.example.org/join/")]
    [InlineData("zh", "hannover", "报名已确认：中德工业", "您将现场参会（汉诺威），席位已为您保留。", "时间：2020年10月16日 星期五 09:00–11:00（柏林时间）", "自备口罩")]
    [InlineData("zh", "foshan", "报名已确认：中德工业", "您无需单独的会议链接", "时间：2020年10月16日 星期五 15:00–17:00（北京时间）\n活动当地时间：2020年10月16日 星期五 09:00–11:00（柏林时间）", "广东省佛山市")]
    [InlineData("zh", "zoom", "报名已确认：中德工业", "您将通过视频参会（Zoom 会议）", "09:00–11:00（柏林时间）", "加入会议：https://events.example.org/join/")]
    public async Task A_confirmation_tells_when_where_and_how_and_carries_the_invite(string language, string site, string subject, string way, string when, string more)
    {
        var evt = await AgreedAsync();
        var made = await RegisterAsync(evt, site, p => p["language"] = language);
        var mail = await Host.SendOneAsync();
        mail.To.ShouldBe((string)made["email"]!);
        mail.Message.To.Mailboxes.Single().Name.ShouldBe((string)made["fullName"]!);
        mail.Message.ReplyTo.Mailboxes.Single().Address.ShouldBe("isa@example.org");
        mail.Subject.ShouldStartWith(subject);
        mail.Text.ShouldContain(way);
        mail.Text.ShouldContain(when);
        mail.Text.ShouldContain(more);
        mail.Text.ShouldContain((string)made["reference"]!);
        mail.Text.ShouldContain((string)made["links"]!["manage"]!);
        mail.Text.ShouldContain(language switch { "de" => "Begrüßung", "en" => "Welcome", _ => "开幕致辞" });
        mail.Text.ShouldNotContain("zoom.example");
        mail.Html.ShouldContain($"<html lang=\"{(language == "zh" ? "zh-Hans" : language)}\">");
        mail.Html.ShouldContain((string)made["reference"]!);

        mail.Invite.ShouldStartWith("REQUEST ");
        mail.Calendar!.Events[0]!.Attendees[0].Value!.ToString().ShouldBe($"mailto:{made["email"]}");
        mail.Files.ShouldBe([language switch { "de" => "Tagesordnung.pdf", "zh" => "议程.pdf", _ => "agenda.pdf" }, "invite.ics"]);
        mail.CalendarBytes.ShouldBe((await Host.Anybody.GetAsync(made.PathOf("invite"))).Bytes);
        Mailed.Content(mail.Message.Attachments.OfType<MimePart>().Last()).ShouldBe(mail.CalendarBytes);
    }

    [Fact]
    public async Task The_uploaded_agenda_is_attached_to_the_entry_and_to_the_mail()
    {
        var evt = await Host.EventAsync();
        byte[] pdf = [.. "%PDF-1.7\n"u8, .. Enumerable.Range(0, 5000).Select(n => (byte)n), .. "\n%%EOF\n"u8];
        await UploadAsync(evt, pdf, "Tagesordnung ü.pdf");
        var made = await RegisterAsync(evt, "hannover");
        var mail = await Host.SendOneAsync();
        mail.Files.ShouldBe(["Tagesordnung ü.pdf", "invite.ics"]);
        var part = mail.Message.Attachments.OfType<MimePart>().First();
        part.ContentType.MimeType.ShouldBe("application/pdf");
        Mailed.Content(part).ShouldBe(pdf);
        mail.Calendar!.Events[0]!.Attachments.ShouldHaveSingleItem().Data.ShouldBe(pdf);
        mail.CalendarBytes.ShouldBe((await Host.Anybody.GetAsync(made.PathOf("invite"))).Bytes);

        // A large one travels as a part and in the entry, but the entry no second time; a very large one is linked.
        await UploadAsync(evt, [.. pdf, .. new byte[1_500_000], .. "%%EOF"u8], "gross.pdf");
        await RegisterAsync(evt, "hannover");
        var large = (await Host.SendAsync()).Single(m => m.Calendar is not null);
        large.Files.ShouldBe(["gross.pdf"]);
        large.Raw.Length.ShouldBeLessThan(7_000_000);
        await UploadAsync(evt, [.. pdf, .. new byte[2_500_000], .. "%%EOF"u8], "riesig.pdf");
        await RegisterAsync(evt, "hannover");
        var linked = (await Host.SendAsync()).Single(m => m.Calendar is not null);
        linked.Files.ShouldBe(["invite.ics"]);
        linked.Calendar!.Events[0]!.Attachments.ShouldHaveSingleItem().Uri!.ToString().ShouldContain("/agenda.pdf");
        linked.Text.ShouldContain("Tagesordnung als Datei: https://events.example.org/v1/events/");
    }

    [Theory]
    [InlineData("de", "Auf der Warteliste", "Sie stehen an 2. Stelle der Warteliste.")]
    [InlineData("en", "On the waiting list", "You are number 2 on the waiting list.")]
    [InlineData("zh", "已列入候补名单", "您在候补名单中排在第2位。")]
    public async Task Who_waits_hears_their_position_and_gets_no_invite(string language, string subject, string sentence)
    {
        var evt = await Host.EventWithQueueAsync(1);
        await RegisterAsync(evt, "hannover");
        await RegisterAsync(evt, "hannover");
        await Host.SendAsync();
        var made = await RegisterAsync(evt, "hannover", p => p["language"] = language);
        var mail = await Host.SendOneAsync();
        mail.Subject.ShouldStartWith(subject);
        mail.Text.ShouldContain(sentence);
        mail.Text.ShouldContain((string)made["links"]!["manage"]!);
        mail.Invite.ShouldBe("");
        mail.Files.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("de", "Sie nehmen per Video teil", "Außerdem stehen Sie an 1. Stelle der Warteliste (Hannover).")]
    [InlineData("en", "You will take part by video", "You are also number 1 on the waiting list (Hannover).")]
    [InlineData("zh", "您将通过视频参会", "您同时已进入“汉诺威”的候补名单，目前排在第1位。")]
    public async Task Who_attends_elsewhere_meanwhile_hears_both_and_then_of_the_seat(string language, string way, string waits)
    {
        var evt = await Host.EventWithQueueAsync(1);
        var first = await RegisterAsync(evt, "hannover");
        var made = await RegisterAsync(evt, "hannover", p => (p["language"], p["whenFull"], p["fallbackSiteId"]) = (language, "attendSite", "zoom"));
        var both = (await Host.SendAsync()).Single(m => m.To == (string)made["email"]!);
        both.Text.ShouldContain(way);
        both.Text.ShouldContain(waits);
        both.Text.ShouldContain("/join/");
        both.Invite.ShouldStartWith("REQUEST");

        await PostAsync($"/v1/registrations/{first["id"]}/cancel");
        var promoted = (await Host.SendAsync()).Single(m => m.To == (string)made["email"]!);
        promoted.Subject.ShouldStartWith(language switch { "de" => "Sie haben einen Platz", "en" => "You have a place", _ => "您已获得席位" });
        promoted.Text.ShouldContain(language switch { "de" => "Ihr bisheriger Platz (Zoom-Konferenz) ist damit frei.", "en" => "Your earlier place (Zoom conference) has been released.", _ => "您原先的参会方式（Zoom 会议）" });
        promoted.Text.ShouldContain(language switch { "de" => "Ihr Kalendereintrag wird mit dieser E-Mail aktualisiert; manche Programme fragen vorher nach.", "en" => "This e-mail updates the entry in your calendar; some programs ask you first.", _ => "您的日历安排将随此邮件更新，部分程序会先请您确认。" });
        promoted.Calendar!.Events[0]!.Uid.ShouldBe(both.Calendar!.Events[0]!.Uid);
        promoted.Calendar.Events[0]!.Sequence.ShouldBeGreaterThan(both.Calendar.Events[0]!.Sequence);
        promoted.Calendar.Events[0]!.Location!.ShouldStartWith(language == "zh" ? "汉诺威" : "Hannover");
    }

    [Fact]
    public async Task An_offer_says_until_when_and_what_becomes_of_it_without_an_answer()
    {
        var evt = await Host.EventWithQueueAsync(1, "offer");
        var first = await RegisterAsync(evt, "hannover");
        var keeps = await RegisterAsync(evt, "hannover", p => (p["whenFull"], p["fallbackSiteId"]) = ("attendSite", "zoom"));
        var waits = await RegisterAsync(evt, "hannover", p => p["language"] = "en");
        await Host.SendAsync();
        await PostAsync($"/v1/registrations/{first["id"]}/cancel");
        var offer = (await Host.SendAsync()).Single(m => m.To == (string)keeps["email"]!);
        offer.Subject.ShouldStartWith("Ein Platz für Sie – bitte antworten");
        offer.Text.ShouldContain("Er ist bis Dienstag, 22. September 2020, 10:00 Uhr (Berliner Zeit) für Sie reserviert.");
        offer.Text.ShouldContain($"Annehmen oder ablehnen: {keeps["links"]!["manage"]}");
        offer.Text.ShouldContain("Ihre jetzige Teilnahme (Zoom-Konferenz) bleibt bestehen");
        offer.Text.ShouldContain("Angeboten: Hannover, Tagungsraum, Beispielplatz 1, 30159 Hannover\n");
        offer.Invite.ShouldBe(""); // the entry stays as it is
        (await Host.Partner.PostAsync($"/v1/events/{evt}/links", new { email = (string)keeps["email"]! })).ShouldBe(HttpStatusCode.Accepted);
        (await Host.SendOneAsync()).Text.ShouldContain("Er ist bis Dienstag, 22. September 2020, 10:00 Uhr (Berliner Zeit) für Sie reserviert.");

        await PassAsync(TimeSpan.FromHours(25), evt);
        var after = await Host.SendAsync();
        var expired = after.Single(m => m.To == (string)keeps["email"]!);
        expired.Subject.ShouldStartWith("Angebot abgelaufen");
        expired.Text.ShouldContain("der Platz (Hannover), der für Sie reserviert war, ist weitergegeben worden");
        expired.Text.ShouldContain("Auf der Warteliste stehen Sie damit nicht mehr; es bleibt bei Ihrer bisherigen Teilnahme. Sie nehmen per Video teil");
        expired.Invite.ShouldBe("");
        var next = after.Single(m => m.To == (string)waits["email"]!);
        next.Subject.ShouldStartWith("A place for you – please answer");
        next.Text.ShouldNotContain("present place");
        next.Text.ShouldContain("Offered: Hannover, ");
        next.Text.ShouldNotContain("Requested: ");
        next.Text.ShouldContain("If you decline or do not answer, your registration ends.");

        await PassAsync(TimeSpan.FromHours(25), evt);
        var lapsed = (await Host.SendAsync()).Single(m => m.To == (string)waits["email"]!);
        lapsed.Subject.ShouldStartWith("Offer expired");
        lapsed.Text.ShouldContain("This ends your registration.");
        lapsed.Text.ShouldContain($"Register again: {waits["links"]!["manage"]}");
        lapsed.Invite.ShouldBe("");
    }

    [Fact]
    public async Task Who_moves_gets_the_same_entry_for_the_other_place()
    {
        var evt = await Host.EventAsync();
        var made = await RegisterAsync(evt, "hannover");
        var first = await Host.SendOneAsync();
        await PostAsync(made.PathOf("invite").Replace("invite.ics", "change-site"), """{"siteId":"zoom"}""");
        var moved = await Host.SendOneAsync();
        moved.Subject.ShouldStartWith("Teilnahme geändert");
        moved.Text.ShouldContain("Ihre Teilnahme ist geändert: bisher Hannover, jetzt Zoom-Konferenz.");
        moved.Text.ShouldContain("/join/");
        moved.Calendar!.Events[0]!.Uid.ShouldBe(first.Calendar!.Events[0]!.Uid);
        moved.Calendar.Events[0]!.Sequence.ShouldBeGreaterThan(first.Calendar.Events[0]!.Sequence);
        moved.Calendar.Events[0]!.Location.ShouldBe("Zoom-Konferenz");
    }

    [Fact]
    public async Task Who_moves_and_goes_on_waiting_reads_both()
    {
        var evt = await Host.EventWithQueueAsync(1);
        await RegisterAsync(evt, "hannover");
        var made = await RegisterAsync(evt, "hannover", p => (p["whenFull"], p["fallbackSiteId"]) = ("attendSite", "zoom"));
        await Host.SendAsync();
        await PostAsync(made.PathOf("invite").Replace("invite.ics", "change-site"), """{"siteId":"foshan","keepWaiting":true}""");
        (await Host.SendOneAsync()).Text.ShouldContain("Sie stehen jetzt an 1. Stelle der Warteliste (Hannover).");
    }

    [Fact]
    public async Task Who_is_moved_by_the_organiser_hears_why_and_where_they_wait()
    {
        var evt = await Host.EventWithQueueAsync(2);
        await RegisterAsync(evt, "hannover");
        Host.Time.Advance(TimeSpan.FromSeconds(1));
        var last = await RegisterAsync(evt, "hannover");
        await Host.SendAsync();
        (await Host.Organizer.PatchAsync($"/v1/events/{evt}/sites/hannover", new { capacity = 1, move = new { to = "zoom" } }, ("If-Match", "*"))).ShouldBe(HttpStatusCode.OK);
        var mail = await Host.SendOneAsync();
        mail.To.ShouldBe((string)last["email"]!);
        mail.Text.ShouldContain("der Veranstalter hat Ihre Teilnahme geändert: bisher Hannover, jetzt Zoom-Konferenz.");
        mail.Text.ShouldContain("Sie stehen an 1. Stelle der Warteliste (Hannover).");
        mail.Invite.ShouldStartWith("REQUEST");
    }

    [Fact]
    public async Task An_organisers_decision_comes_with_their_words()
    {
        var evt = await Host.EventAsync(e => e["rules"] = new JsonObject { ["requiresApproval"] = true });
        var yes = await RegisterAsync(evt, "hannover");
        var no = await RegisterAsync(evt, "zoom", p => p["language"] = "zh");
        var pending = await Host.SendAsync();
        pending.ShouldAllBe(m => m.Invite == "");
        pending.ShouldContain(m => m.Subject.StartsWith("Anmeldung eingegangen", StringComparison.Ordinal) && m.Text.Contains("Gewünscht: Hannover"));
        pending.ShouldContain(m => m.Subject.StartsWith("已收到您的报名", StringComparison.Ordinal));

        (await Host.Organizer.PostAsync($"/v1/registrations/{yes["id"]}/approve", """{"text":"Bitte am Eingang\nOst melden. {{ manageUrl }} <b>"}""")).ShouldBe(HttpStatusCode.OK);
        var approved = await Host.SendOneAsync();
        approved.Subject.ShouldStartWith("Anmeldung angenommen");
        approved.Text.ShouldContain("Bitte am Eingang\nOst melden. {{ manageUrl }} <b>");
        approved.Html.ShouldContain("Bitte am Eingang<br>Ost melden. {{ manageUrl }} &lt;b&gt;");
        approved.Invite.ShouldStartWith("REQUEST");

        (await Host.Organizer.PostAsync($"/v1/registrations/{no["id"]}/decline", """{"text":"名额已满。"}""")).ShouldBe(HttpStatusCode.OK);
        var declined = await Host.SendOneAsync();
        declined.Subject.ShouldStartWith("报名未通过审核");
        declined.Text.ShouldContain("很抱歉，您的报名未能通过审核。\n\n名额已满。");
        declined.Invite.ShouldBe("");
        declined.Text.ShouldNotContain("/r/");
    }

    [Fact]
    public async Task A_request_to_confirm_repeats_nothing_of_what_was_typed_and_its_link_confirms()
    {
        var evt = await Host.EventAsync(e => e["rules"] = new JsonObject { ["confirmsAddresses"] = true });
        var made = await RegisterAsync(evt, "hannover", p => (p["fullName"], p["organisation"], p["copyTo"]) = ("Buy now at evil.example", "Cheap pills", "other@example.org"));
        var mail = await Host.SendOneAsync(); // no copy: who can confirm is whose mailbox it is
        mail.Subject.ShouldStartWith("Bitte bestätigen Sie Ihre E-Mail-Adresse");
        foreach (var typed in new[] { "evil", "pills", "other@" })
        {
            mail.Text.ShouldNotContain(typed);
            mail.Html.ShouldNotContain(typed);
        }

        mail.Text.ShouldContain("der Link gilt bis Montag, 21. September 2020, 10:30 Uhr (Berliner Zeit)");
        mail.Text.ShouldNotContain("/r/");
        mail.Invite.ShouldBe("");
        var token = mail.Text.Split("https://events.example.org/confirm/")[1].Split('\n')[0];
        (await Host.Anybody.PostAsync($"/v1/registrations/{token}/confirm-address", null)).ShouldBe(HttpStatusCode.OK);
        var confirmed = (await Host.SendAsync()).Single(m => m.To == (string)made["email"]!);
        confirmed.Subject.ShouldStartWith("Anmeldung bestätigt");
        confirmed.Invite.ShouldStartWith("REQUEST");
    }

    [Fact]
    public async Task A_change_of_the_event_opens_with_what_was_and_what_is_and_reaches_those_alone_whom_it_concerns()
    {
        var evt = await Host.EventWithQueueAsync(1);
        var here = await RegisterAsync(evt, "hannover");
        var there = await RegisterAsync(evt, "zoom", p => (p["language"], p["timeZone"]) = ("zh", "Asia/Shanghai"));
        var waits = await RegisterAsync(evt, "hannover");
        var first = await Host.SendAsync();

        (await Host.Organizer.PatchAsync($"/v1/events/{evt}", new { startsAt = "2020-10-17T09:30", endsAt = "2020-10-17T11:30" }, ("If-Match", "*"))).ShouldBe(HttpStatusCode.OK);
        var changes = await Host.SendAsync();
        changes.Select(m => m.To).ShouldBe([(string)here["email"]!, (string)there["email"]!, (string)waits["email"]!], ignoreOrder: true);
        var mail = changes.Single(m => m.To == (string)here["email"]!);
        mail.Subject.ShouldStartWith("Neuer Termin: ");
        mail.Text.Split('\n')[0].ShouldBe("Wann: Freitag, 16. Oktober 2020, 09:00–11:00 Uhr (Berliner Zeit) → Samstag, 17. Oktober 2020, 09:30–11:30 Uhr (Berliner Zeit)");
        mail.Text.ShouldContain("Ihre Anmeldung bleibt bestehen. Sie nehmen vor Ort teil (Hannover); Ihr Platz ist reserviert.\n\nWenn Sie zum neuen Termin nicht können, sagen Sie bitte ab.");
        mail.Html.IndexOf("<s>Freitag, 16. Oktober", StringComparison.Ordinal).ShouldBeLessThan(mail.Html.IndexOf("Guten Tag", StringComparison.Ordinal));
        var before = first.Single(m => m.To == (string)here["email"]!).Calendar!.Events[0]!;
        mail.Calendar!.Method.ShouldBe("REQUEST");
        mail.Calendar.Events[0]!.Uid.ShouldBe(before.Uid);
        mail.Calendar.Events[0]!.Sequence.ShouldBe(before.Sequence + 1);
        changes.Single(m => m.To == (string)there["email"]!).Text.Split('\n')[0].ShouldBe("时间：2020年10月16日 星期五 15:00–17:00（北京时间） → 2020年10月17日 星期六 15:30–17:30（北京时间）");

        (await Host.Organizer.PatchAsync($"/v1/events/{evt}/sites/hannover", new { address = new { de = "Anderer Platz 9" } }, ("If-Match", "*"))).ShouldBe(HttpStatusCode.OK);
        var mails = await Host.SendAsync();
        mails.Select(m => m.To).ShouldBe([(string)here["email"]!, (string)waits["email"]!], ignoreOrder: true);
        var moved = mails.Single(m => m.To == (string)here["email"]!);
        moved.Text.Split('\n')[0].ShouldBe("Wo: Hannover, Tagungsraum, Beispielplatz 1, 30159 Hannover → Hannover, Anderer Platz 9");
        moved.Text.ShouldNotContain("anderer Tag");

        // Neither is anything of when and where.
        (await Host.Organizer.PatchAsync($"/v1/events/{evt}", new { title = new { de = "Anderer Titel" } }, ("If-Match", "*"))).ShouldBe(HttpStatusCode.OK);
        (await Host.Organizer.PatchAsync($"/v1/events/{evt}/sites/zoom", new { meeting = new { url = "https://zoom.example/j/2" } }, ("If-Match", "*"))).ShouldBe(HttpStatusCode.OK);
        (await Host.SendAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task Changes_within_a_millisecond_are_told_one_after_the_other_also_to_the_assistant()
    {
        var evt = await Host.EventAsync();
        var made = await RegisterAsync(evt, "hannover", p => p["copyTo"] = "assistant@example.org");
        await Host.SendAsync();
        string[] hours = ["09:00", "09:30", "10:00", "09:30"];
        for (var i = 1; i < hours.Length; i++)
        {
            (await Host.Organizer.PatchAsync($"/v1/events/{evt}", new { startsAt = $"2020-10-16T{hours[i]}" }, ("If-Match", "*"))).ShouldBe(HttpStatusCode.OK);
            var mails = await Host.SendAsync();
            mails.Select(m => m.To).Order(StringComparer.Ordinal).ShouldBe(new[] { "assistant@example.org", (string)made["email"]! }.Order(StringComparer.Ordinal));
            mails.ShouldAllBe(m => m.Text.Contains($"Wann: Freitag, 16. Oktober 2020, {hours[i - 1]}–11:00 Uhr (Berliner Zeit) → Freitag, 16. Oktober 2020, {hours[i]}–11:00 Uhr (Berliner Zeit)"));
        }
    }

    [Fact]
    public async Task A_repeat_says_the_same_as_the_first_attempt()
    {
        var evt = await Host.EventAsync();
        var made = await RegisterAsync(evt, "hannover", p => p["copyTo"] = "assistant@example.org");
        var row = (await RowsAsync()).ShouldHaveSingleItem();
        await SameTwiceAsync(row, "REQUEST");
        await Host.SendAsync();
        (await Host.Organizer.PatchAsync($"/v1/events/{evt}", new { startsAt = "2020-10-16T09:30" }, ("If-Match", "*"))).ShouldBe(HttpStatusCode.OK);
        await SameTwiceAsync((await RowsAsync()).ShouldHaveSingleItem() with { RegistrationId = (string)made["id"]! }, "REQUEST");
        await Host.SendAsync();
        await PostAsync($"/v1/registrations/{made["id"]}/cancel");
        await SameTwiceAsync((await RowsAsync()).ShouldHaveSingleItem(), "CANCEL");

        async Task SameTwiceAsync(OutboxEntry entry, string method)
        {
            var letters = Host.Services.GetRequiredService<Letters>();
            var first = await letters.RenderAsync(entry, CancellationToken.None);
            first.Select(l => l.Recipient).ShouldBe([Recipient.Attendee, Recipient.Copy]);
            var registration = await Host.Database.WriteAsync(evt, session => session.Change("UPDATE registrations SET told = @Told WHERE id = @Id", new { first[0].Told, Id = entry.RegistrationId }), CancellationToken.None);
            registration.ShouldBe(1);
            var again = await letters.RenderAsync(entry with { AttemptedAt = EventsHost.Start, Attempts = 1 }, CancellationToken.None);
            foreach (var (one, two) in first.Zip(again))
            {
                one.Message.Subject.ShouldBe(two.Message.Subject);
                one.Message.TextBody.ShouldBe(two.Message.TextBody);
                one.Message.HtmlBody.ShouldBe(two.Message.HtmlBody);
            }

            CalendarOf(first[0].Message).ShouldBe(CalendarOf(again[0].Message));
            CalendarOf(first[0].Message).ShouldContain($"METHOD:{method}");
            CalendarOf(first[1].Message).ShouldBe("");
        }
    }

    [Theory]
    [InlineData(true, "Schade, dass Sie nicht dabei sind.")]
    [InlineData(false, "der Veranstalter hat Ihre Anmeldung storniert.")]
    public async Task An_end_takes_the_entry_out_of_the_calendar_where_there_is_one(bool byAttendee, string sentence)
    {
        var evt = await Host.EventAsync();
        var api = byAttendee ? Host.Anybody : Host.Organizer;
        var mailed = await RegisterAsync(evt, "hannover");
        var request = await Host.SendOneAsync();
        (await api.PostAsync(Cancel(mailed), null)).ShouldBe(HttpStatusCode.OK);
        var cancel = await Host.SendOneAsync();
        cancel.Subject.ShouldStartWith("Anmeldung storniert");
        cancel.Text.ShouldContain(sentence);
        cancel.Text.Contains($"Wieder anmelden: {mailed["links"]!["manage"]}", StringComparison.Ordinal).ShouldBe(byAttendee);
        cancel.Text.ShouldContain("Mit dieser E-Mail wird der Termin aus Ihrem Kalender genommen; manche Programme fragen vorher nach.");
        cancel.Calendar!.Method.ShouldBe("CANCEL");
        cancel.Calendar.Events[0]!.Status.ShouldBe("CANCELLED");
        cancel.Calendar.Events[0]!.Uid.ShouldBe(request.Calendar!.Events[0]!.Uid);
        cancel.Calendar.Events[0]!.Sequence.ShouldBeGreaterThan(request.Calendar.Events[0]!.Sequence);
        cancel.Files.ShouldBe(["cancel.ics"]);
        (await Host.SendAsync()).ShouldBeEmpty();

        // Nothing was put there: the mail that would have is not sent any more.
        var never = await RegisterAsync(evt, "hannover");
        (await api.PostAsync(Cancel(never), null)).ShouldBe(HttpStatusCode.OK);
        (await Host.SendOneAsync()).Invite.ShouldBe("");

        // The person did it.
        var fetched = await RegisterAsync(evt, "hannover");
        (await Host.Anybody.GetAsync(fetched.PathOf("invite"))).ShouldBe(HttpStatusCode.OK);
        (await api.PostAsync(Cancel(fetched), null)).ShouldBe(HttpStatusCode.OK);
        (await Host.SendOneAsync()).Invite.ShouldStartWith("CANCEL");

        string Cancel(JsonNode registration) => byAttendee ? registration.PathOf("invite").Replace("invite.ics", "cancel") : $"/v1/registrations/{registration["id"]}/cancel";
    }

    [Theory]
    [InlineData("de", "Abgesagt: ", "die Veranstaltung ist abgesagt.\n\nWegen der Lage.")]
    [InlineData("en", "Cancelled: ", "The event has been cancelled.\n\nWegen der Lage.")]
    [InlineData("zh", "活动取消通知：", "本次活动已取消。\n\n因疫情取消。")]
    public async Task A_cancelled_event_is_told_to_everybody_with_its_reason(string language, string subject, string sentence)
    {
        var evt = await Host.EventWithQueueAsync(1);
        var comes = await RegisterAsync(evt, "hannover", p => p["language"] = language);
        var waits = await RegisterAsync(evt, "hannover", p => p["language"] = language);
        await Host.SendAsync();
        (await Host.Organizer.PostAsync($"/v1/events/{evt}/cancel", """{"reason":{"de":"Wegen der Lage.","zh":"因疫情取消。"}}""", ("If-Match", "*"))).ShouldBe(HttpStatusCode.OK);
        var mails = await Host.SendAsync();
        mails.Count.ShouldBe(2);
        mails.ShouldAllBe(m => m.Subject.StartsWith(subject, StringComparison.Ordinal) && m.Text.Contains(sentence));
        mails.Single(m => m.To == (string)comes["email"]!).Invite.ShouldStartWith("CANCEL");
        mails.Single(m => m.To == (string)waits["email"]!).Invite.ShouldBe("");
        if (language == "en") mails[0].Html.ShouldContain("<span lang=\"de\">Wegen der Lage.</span>");
    }

    [Fact]
    public async Task A_deputy_gets_an_entry_of_their_own_and_the_other_loses_theirs()
    {
        var evt = await Host.EventAsync();
        var old = await RegisterAsync(evt, "hannover", p => p["fullName"] = "Erika Alt");
        var before = await Host.SendOneAsync();
        var deputy = await Host.DeputyAsync(await Host.Anybody.PostAsync(old.PathOf("invite").Replace("invite.ics", "substitute"), """{"fullName":"Max Neu","email":"neu@example.org","language":"en","noticeVersion":"1"}"""));
        var mails = await Host.SendAsync();
        var gone = mails.Single(m => m.To == (string)old["email"]!);
        gone.Subject.ShouldStartWith("Ihr Platz ist übergeben");
        gone.Text.ShouldNotContain("Max Neu");
        gone.Invite.ShouldStartWith("CANCEL");
        gone.Calendar!.Events[0]!.Uid.ShouldBe(before.Calendar!.Events[0]!.Uid);
        var comes = mails.Single(m => m.To == "neu@example.org");
        comes.Subject.ShouldStartWith("You are attending as a deputy");
        comes.Text.ShouldContain("You are registered in place of Erika Alt.");
        comes.Text.ShouldContain((string)old["reference"]!);
        comes.Invite.ShouldStartWith("REQUEST");
        comes.Calendar!.Events[0]!.Uid.ShouldBe((string)deputy["id"]!);
    }

    [Fact]
    public async Task A_deputy_of_whoever_has_an_offer_gets_the_offer()
    {
        var evt = await Host.EventWithQueueAsync(1, "offer");
        var (first, waits) = (await RegisterAsync(evt, "hannover"), await RegisterAsync(evt, "hannover"));
        await PostAsync($"/v1/registrations/{first["id"]}/cancel");
        await Host.SendAsync();
        var deputy = (await Host.Organizer.PostAsync($"/v1/registrations/{waits["id"]}/substitute", """{"fullName":"Max Neu","email":"neu@example.org","language":"de","noticeVersion":"1"}""")).ShouldBe(HttpStatusCode.Created).Json;
        var offer = (await Host.SendAsync()).Single(m => m.To == "neu@example.org");
        offer.Subject.ShouldStartWith("Ein Platz für Sie – bitte antworten");
        offer.Text.ShouldContain($"Annehmen oder ablehnen: {deputy["links"]!["manage"]}");
    }

    [Fact]
    public async Task An_address_that_nobody_has_confirmed_gets_the_question_and_nothing_else()
    {
        var evt = await Host.EventWithQueueAsync(3, change: e => e["rules"] = new JsonObject { ["confirmsAddresses"] = true });
        var (moves, ends, stays) = (await RegisterAsync(evt, "hannover", p => p["copyTo"] = "copy@example.org"), await RegisterAsync(evt, "hannover", p => p["copyTo"] = "copy@example.org"), await RegisterAsync(evt, "hannover"));
        (await Host.SendAsync()).Select(m => m.To).ShouldBe([(string)moves["email"]!, (string)ends["email"]!, (string)stays["email"]!], ignoreOrder: true);
        (await Host.Anybody.PostAsync(moves.PathOf("invite").Replace("invite.ics", "change-site"), """{"siteId":"zoom"}""")).ShouldBe(HttpStatusCode.OK);
        await PostAsync($"/v1/registrations/{ends["id"]}/cancel");
        (await Host.SendAsync()).ShouldBeEmpty();
        (await Host.Organizer.PostAsync($"/v1/events/{evt}/cancel", null, ("If-Match", "*"))).ShouldBe(HttpStatusCode.OK);
        (await Host.SendAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task Who_was_imported_without_a_mail_hears_of_changes_all_the_same()
    {
        var evt = await Host.EventAsync();
        (await Host.ImportRegistrationsAsync(evt, "fullName,email,siteId,audience,language\r\nErika Beispiel,imported@example.org,zoom,guest,de\r\n", "?noticeVersion=1")).ShouldBe(HttpStatusCode.OK);
        (await Host.SendAsync()).ShouldBeEmpty();
        (await Host.Organizer.PatchAsync($"/v1/events/{evt}", """{"startsAt":"2020-10-23T09:00","endsAt":"2020-10-23T11:00"}""", ("If-Match", "*"))).ShouldBe(HttpStatusCode.OK);
        var mail = await Host.SendOneAsync();
        mail.To.ShouldBe("imported@example.org");
        mail.Invite.ShouldStartWith("REQUEST");
        mail.Text.ShouldContain("23. Oktober 2020");
    }

    [Fact]
    public async Task An_invitation_carries_the_personal_code_and_leads_to_where_one_registers()
    {
        var evt = await Host.EventAsync(e => e["rules"] = new JsonObject { ["registrationUrl"] = "https://isa.example.org/plenary?a=1&b=2" });
        ((string)(await Host.Anybody.GetAsync($"/v1/events/{evt}")).Json["rules"]!["registrationUrl"]!).ShouldBe("https://isa.example.org/plenary?a=1&b=2");
        var csv = new ByteArrayContent(Encoding.UTF8.GetBytes("fullName,email,language\nWang Xiaoming,wang@example.org,zh\nErika Gast,gast@example.org,de\n"));
        csv.Headers.ContentType = new("text/csv");
        (await Host.Organizer.SendAsync(HttpMethod.Post, $"/v1/events/{evt}/invitees/import?send=true", csv)).ShouldBe(HttpStatusCode.OK);
        var invitees = (await Host.Organizer.GetAsync($"/v1/events/{evt}/invitees")).Json["items"]!.AsArray();
        var mails = await Host.SendAsync();
        mails.Count.ShouldBe(2);
        var german = mails.Single(m => m.To == "gast@example.org");
        german.Subject.ShouldStartWith("Einladung: ");
        german.Text.ShouldContain("Ihr persönlicher Einladungscode: " + invitees.Single(i => (string)i!["email"]! == "gast@example.org")!["code"]);
        german.Text.ShouldContain("Anmeldeschluss ist Freitag, 9. Oktober 2020.");
        german.Text.ShouldContain("Teilnahme: Hannover, Tagungsraum, Beispielplatz 1, 30159 Hannover\n  Raum der chinesischen Städte, Foshan, Provinz Guangdong: Freitag, 16. Oktober 2020, 15:00–17:00 Uhr (Pekinger Zeit)\n  Zoom-Konferenz\n");
        german.Text.ShouldContain("Zur Anmeldung: https://isa.example.org/plenary?a=1&b=2");
        german.Html.ShouldContain("<a href=\"https://isa.example.org/plenary?a=1&amp;b=2\"");
        german.Invite.ShouldBe("");
        mails.Single(m => m.To == "wang@example.org").Text.ShouldContain("前往报名：https://isa.example.org/plenary?a=1&b=2");
        mails.Single(m => m.To == "wang@example.org").Text.ShouldContain("您的专属邀请码：" + invitees.Single(i => (string)i!["email"]! == "wang@example.org")!["code"]);
    }

    [Fact]
    public async Task Lost_links_are_sent_again_to_the_person_alone()
    {
        var evt = await Host.EventAsync();
        var made = await RegisterAsync(evt, "zoom", p => p["copyTo"] = "assistant@example.org");
        await Host.SendAsync();
        (await Host.Anybody.PostAsync($"/v1/events/{evt}/links", new JsonObject { ["email"] = (string)made["email"]! }.ToJsonString())).ShouldBe(HttpStatusCode.Accepted);
        var mail = await Host.SendOneAsync();
        mail.To.ShouldBe((string)made["email"]!);
        mail.Text.ShouldContain((string)made["links"]!["manage"]!);
        mail.Text.ShouldContain("/join/");
        mail.Invite.ShouldStartWith("REQUEST");
    }

    [Fact]
    public async Task A_change_of_the_person_is_told_where_the_entry_or_the_links_change()
    {
        var evt = await Host.EventAsync();
        var made = await RegisterAsync(evt, "hannover");
        var first = await Host.SendOneAsync();
        (await Host.Partner.PatchAsync($"/v1/registrations/{made["id"]}", new { phone = "+49 511 123456" })).ShouldBe(HttpStatusCode.OK);
        (await Host.SendAsync()).ShouldBeEmpty();
        (await Host.Partner.PatchAsync($"/v1/registrations/{made["id"]}", new { email = "andere@example.org" })).ShouldBe(HttpStatusCode.OK);
        var mail = (await Host.SendAsync()).Single(m => m.To == "andere@example.org");
        mail.Subject.ShouldStartWith("Ihre Angaben sind geändert");
        mail.Text.ShouldContain("Der Termin liegt als Kalendereintrag bei."); // there is none to update
        mail.Text.ShouldContain((string)(await Host.Partner.NowAsync(made))["links"]!["manage"]!);
        mail.Text.ShouldNotContain((string)made["links"]!["manage"]!);
        mail.Calendar!.Events[0]!.Sequence.ShouldBeGreaterThan(first.Calendar!.Events[0]!.Sequence);
        mail.Calendar.Events[0]!.Attendees[0].Value!.ToString().ShouldBe("mailto:andere@example.org");
    }

    [Theory]
    [InlineData("de", "Ihre E-Mail-Adresse wurde ersetzt: ", "Guten Tag,", "Alles Weitere geht dorthin, auch der Kalendereintrag.")]
    [InlineData("en", "Your e-mail address has been replaced: ", "Hello,", "Everything further goes there, and so does the calendar entry.")]
    [InlineData("zh", "电子邮箱已更换：", "您好：", "后续通知及日历邀请均将发送至新邮箱。")]
    public async Task The_mailbox_that_somebody_has_left_loses_the_entry_and_learns_nothing_of_the_new_one(string language, string subject, string greeting, string stays)
    {
        var evt = await Host.EventAsync();
        var made = await RegisterAsync(evt, "zoom", p => (p["language"], p["copyTo"]) = (language, "assistant@example.org"));
        var first = (await Host.SendAsync()).Single(m => m.To == (string)made["email"]!);
        (await Host.Partner.PatchAsync($"/v1/registrations/{made["id"]}", new { email = "andere@example.org", fullName = "Anders Neu" })).ShouldBe(HttpStatusCode.OK);
        var mails = await Host.SendAsync();
        mails.Select(m => m.To).ShouldBe([(string)made["email"]!, "andere@example.org", "assistant@example.org"], ignoreOrder: true);
        var left = mails.Single(m => m.To == (string)made["email"]!);
        left.Subject.ShouldStartWith(subject);
        left.Text.ShouldStartWith(greeting);
        left.Text.ShouldContain(stays);
        left.Message.To.Mailboxes.Single().Name.ShouldBeNullOrEmpty();
        foreach (var secret in new[] { "andere@", "Anders", "/manage/", "/join/" }) $"{left.Text}{left.Html}{Encoding.UTF8.GetString(left.CalendarBytes)}".ShouldNotContain(secret);

        var (was, ends, now) = (first.Calendar!.Events[0]!, left.Calendar!.Events[0]!, mails.Single(m => m.To == "andere@example.org").Calendar!.Events[0]!);
        (left.Calendar.Method, ends.Status, ends.Uid, ends.Organizer?.Value, ends.Attendees.Single().Value).ShouldBe(("CANCEL", "CANCELLED", was.Uid, was.Organizer?.Value, was.Attendees.Single().Value));
        ends.Sequence.ShouldBeGreaterThan(was.Sequence);
        now.Sequence.ShouldBeGreaterThan(ends.Sequence); // whoever reads both mailboxes keeps the one that holds

        // Once, and from now on everything goes to the other.
        (await Host.Organizer.PatchAsync($"/v1/events/{evt}", """{"startsAt":"2020-10-17T09:00","endsAt":"2020-10-17T11:00"}""", ("If-Match", "*"))).ShouldBe(HttpStatusCode.OK);
        (await Host.SendAsync()).Select(m => m.To).ShouldBe(["andere@example.org", "assistant@example.org"], ignoreOrder: true);
        var row = (await Host.Organizer.GetAsync($"/v1/events/{evt}/messages?registrationId={made["id"]}")).Json["items"]!.AsArray().Single(m => (string)m!["kind"]! == "addressReplaced")!;
        ((string)row["recipient"]!, (string)row["address"]!).ShouldBe(("former", (string)made["email"]!));
    }

    [Fact]
    public async Task The_mailbox_that_somebody_has_left_reads_of_their_entry_as_it_was_there()
    {
        var evt = await Host.EventAsync();
        foreach (var n in Enumerable.Range(0, 3)) (await Host.Organizer.PatchAsync($"/v1/events/{evt}/sites/zoom", $$$"""{"directions":{"de":"Hinweis {{{n}}}"}}""", ("If-Match", "*"))).ShouldBe(HttpStatusCode.OK);
        var made = await RegisterAsync(evt, "zoom", p => p["timeZone"] = "Europe/Berlin");
        var first = await Host.SendOneAsync();
        await PostAsync($"/v1/registrations/{made["id"]}/change-site", """{"siteId":"foshan"}""");
        (await Host.Partner.PatchAsync($"/v1/registrations/{made["id"]}", """{"email":"wang@example.org","fullName":"王芳","language":"zh","timeZone":"Asia/Shanghai"}""")).ShouldBe(HttpStatusCode.OK);
        var mails = await Host.SendAsync();
        var left = mails.Single(m => m.To == (string)made["email"]!);
        left.Subject.ShouldStartWith("Ihre E-Mail-Adresse wurde ersetzt: ");
        left.Text.ShouldContain("09:00–11:00 Uhr (Berliner Zeit)");
        var (was, ends, now) = (first.Calendar!.Events[0]!, left.Calendar!.Events[0]!, mails.Last(m => m.To == "wang@example.org").Calendar!.Events[0]!);
        (ends.Location, ends.Description!.Split('\n')[0]).ShouldBe((was.Location, was.Description!.Split('\n')[0]));
        ends.Description.ShouldNotContain("storniert"); // only here
        ends.Description.ShouldNotContain("/r/");
        ends.Sequence.ShouldBeGreaterThan(was.Sequence);
        now.Sequence.ShouldBeGreaterThan(ends.Sequence);
        (now.Location!, mails.Last(m => m.To == "wang@example.org").Subject).ShouldSatisfyAllConditions(x => x.Item1.ShouldContain("佛山"), x => x.Subject.ShouldStartWith("参会方式已变更"));
    }

    [Fact]
    public async Task Whoever_comes_back_to_an_address_is_not_told_that_they_have_left_it()
    {
        var evt = await Host.EventAsync();
        var made = await RegisterAsync(evt, "zoom");
        await Host.SendAsync();
        foreach (var address in new[] { "away@example.org", (string)made["email"]! }) (await Host.Partner.PatchAsync($"/v1/registrations/{made["id"]}", new { email = address })).ShouldBe(HttpStatusCode.OK);
        var mail = await Host.SendOneAsync();
        (mail.To, mail.Invite.Split(' ')[0]).ShouldBe(((string)made["email"]!, "REQUEST"));
        var row = (await Host.Organizer.GetAsync($"/v1/events/{evt}/messages")).Json["items"]!.AsArray().Single(m => (string)m!["kind"]! == "addressReplaced")!;
        (await Host.Organizer.PostAsync($"/v1/events/{evt}/messages/{row["id"]}/resend")).ShouldBe(HttpStatusCode.Conflict, "message-needless");
    }

    [Fact]
    public async Task Whoever_gets_an_address_of_their_own_is_told_as_anybody_who_registers()
    {
        var evt = await Host.EventAsync();
        var party = await Host.DelegationAsync(evt, 1, d => d["members"]![0]!.AsObject().Remove("email"));
        await Host.SendAsync();
        var member = party.Members().Single();
        (await Host.Organizer.PatchAsync($"/v1/registrations/{member["id"]}", new { email = "eigene@example.org" }, ("If-Match", "*"))).ShouldBe(HttpStatusCode.OK);
        var mail = await Host.SendOneAsync();
        mail.To.ShouldBe("eigene@example.org");
        mail.Subject.ShouldStartWith((string)member["language"]! switch { "zh" => "报名已确认", "en" => "Registration confirmed", _ => "Anmeldung bestätigt" });
        mail.Text.ShouldContain((string)member["language"]! switch { "zh" => "日历邀请已随邮件附上。", "en" => "The calendar entry is attached.", _ => "Der Termin liegt als Kalendereintrag bei." });
        mail.Invite.ShouldStartWith("REQUEST ");
    }

    [Fact]
    public async Task A_mailbox_that_never_had_the_entry_hears_nothing_when_it_is_left_and_one_that_had_it_loses_it_whatever_follows()
    {
        var evt = await Host.EventAsync();
        var (early, unread, late) = (await RegisterAsync(evt, "zoom"), await RegisterAsync(evt, "zoom"), await RegisterAsync(evt, "zoom"));
        (await Host.Partner.PatchAsync($"/v1/registrations/{early["id"]}", new { email = "early@example.org" })).ShouldBe(HttpStatusCode.OK);
        (await Host.SendAsync()).Select(m => m.To).ShouldBe(["early@example.org", (string)unread["email"]!, (string)late["email"]!], ignoreOrder: true);

        await Host.ExecuteAsync(evt, $"UPDATE registrations SET mail_state = 'bounced' WHERE event_id = @Id AND id = '{unread["id"]}'");
        (await Host.Partner.PatchAsync($"/v1/registrations/{unread["id"]}", new { email = "read@example.org" })).ShouldBe(HttpStatusCode.OK);
        (await Host.SendOneAsync()).To.ShouldBe("read@example.org");

        // Its own mail has not left yet when the registration ends: what was never in a calendar is not taken out of it.
        (await Host.Partner.PatchAsync($"/v1/registrations/{late["id"]}", new { email = "late@example.org" })).ShouldBe(HttpStatusCode.OK);
        (await Host.Partner.PostAsync($"/v1/registrations/{late["id"]}/cancel")).ShouldBe(HttpStatusCode.OK);
        var mails = await Host.SendAsync();
        mails.ToDictionary(m => m.To, m => m.Invite.Split(' ')[0]).ShouldBe(new Dictionary<string, string> { [(string)late["email"]!] = "CANCEL", ["late@example.org"] = "" }, ignoreOrder: true);
    }

    [Fact]
    public async Task After_the_end_they_hear_of_it_alone_whose_links_went_with_the_earlier_address()
    {
        var evt = await Host.EventAsync(e => e["rules"] = new JsonObject { ["reminders"] = new JsonArray() });
        var (renamed, moved) = (await RegisterAsync(evt, "hannover"), await RegisterAsync(evt, "zoom"));
        await Host.SendAsync();
        Host.Time.SetUtcNow(new(2020, 10, 16, 8, 59, 59, TimeSpan.Zero));
        (await Host.Partner.PatchAsync($"/v1/registrations/{renamed["id"]}", new { fullName = "Dr. Erika Neu" })).ShouldBe(HttpStatusCode.OK);
        (await Host.Partner.PatchAsync($"/v1/registrations/{moved["id"]}", new { email = "andere@example.org" })).ShouldBe(HttpStatusCode.OK);
        Host.Time.SetUtcNow(new(2020, 10, 16, 9, 0, 0, TimeSpan.Zero));
        var mail = await Host.SendOneAsync();
        mail.To.ShouldBe("andere@example.org");
        mail.Text.ShouldContain((string)(await Host.Partner.NowAsync(moved))["links"]!["manage"]!);
        mail.Text.ShouldNotContain("/join/");
        mail.Calendar.ShouldBeNull();
    }

    [Fact]
    public async Task An_assistant_gets_a_copy_without_the_calendar_object_that_says_whose_it_is()
    {
        var evt = await Host.EventAsync();
        var made = await RegisterAsync(evt, "hannover", p => (p["fullName"], p["copyTo"]) = ("Dr. Eva Chefin", "büro@müller.example"));
        var mails = await Host.SendAsync();
        mails.Count.ShouldBe(2);
        var copy = mails.Single(m => m.To != (string)made["email"]!);
        EmailAddress.Normalise(copy.To).ShouldBe("büro@xn--mller-kva.example");
        Encoding.UTF8.GetString(copy.Raw).ShouldContain("To: büro@xn--mller-kva.example\r\n");
        copy.Text.ShouldStartWith("Kopie zur Kenntnis. Das Original ging an Dr. Eva Chefin.");
        copy.Text.ShouldContain("Sie nehmen vor Ort teil");
        copy.Text.ShouldNotContain("Kalendereintrag");
        copy.Invite.ShouldBe("");
        copy.Files.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_delegation_is_told_through_its_contact_and_its_members_by_whom_they_were_registered()
    {
        var evt = await Host.EventAsync();
        var party = await Host.DelegationAsync(evt, 1, d =>
        {
            (d["contact"], d["namesDueBy"]) = (new JsonObject { ["fullName"] = "Li Na", ["email"] = "lina@example.org", ["language"] = "en" }, "2020-09-23");
            d["members"]!.AsArray().Add(new JsonObject { ["fullName"] = "Wang Xiaoming", ["siteId"] = "foshan" });
            d["members"]!.AsArray().Add(new JsonObject { ["nameFollows"] = true });
        });
        var (known, wang, open) = (party["members"]![0]!, party["members"]![1]!, party["members"]![2]!);
        var mails = await Host.SendAsync();
        mails.Count.ShouldBe(2); // nobody hears of who is not named yet
        var own = mails.Single(m => m.To == (string)known["email"]!);
        own.Text.ShouldStartWith("Li Na has registered you.");
        own.Invite.ShouldStartWith("REQUEST");
        var summary = mails.Single(m => m.Subject.StartsWith("Registration of your delegation received: ", StringComparison.Ordinal));
        summary.To.ShouldBe("lina@example.org");
        summary.Text.ShouldContain("Dear Li Na,");
        summary.Text.ShouldContain("People: 3.");
        summary.Text.ShouldContain($"Wang Xiaoming: Room of the Chinese cities\n  {wang["reference"]}\n  View, change or cancel this registration\n  https://events.example.org/r/");
        summary.Text.ShouldContain($"View your delegation: {party["links"]!["manage"]}");
        summary.Invite.ShouldBe("");

        Host.Time.Advance(TimeSpan.FromDays(2));
        var due = await Host.SendOneAsync();
        due.Subject.ShouldStartWith("A name is still missing");
        due.Text.ShouldContain("The name for one of your places is still missing. The place is held until Wednesday, 23 September 2020, 24:00 (Berlin time)");
        due.Text.ShouldContain($"{open["reference"]}\n  Give the name\n  https://events.example.org/r/");
        due.Text.ShouldNotContain("Wang");

        (await Host.Anybody.PatchAsync(open.PathOf("invite").Replace("/invite.ics", ""), """{"fullName":"Erika Beispiel","email":"erika@example.org"}""")).ShouldBe(HttpStatusCode.OK);
        (await Host.Organizer.PostAsync($"/v1/registrations/{wang["id"]}/cancel", null)).ShouldBe(HttpStatusCode.OK);
        mails = await Host.SendAsync();
        mails.Single(m => m.To == "erika@example.org").Text.ShouldStartWith("Li Na has registered you.");
        var ended = mails.Single(m => m.To == "lina@example.org");
        ended.Text.ShouldStartWith("Please pass this message on to Wang Xiaoming");
        ended.Text.ShouldContain("The organiser has cancelled your registration.");
    }

    [Theory]
    [InlineData("de", "foshan foshan", "Wann: Freitag, 16. Oktober 2020, 15:00–17:00 Uhr (Pekinger Zeit)\nZeit der Veranstaltung: Freitag, 16. Oktober 2020, 09:00–11:00 Uhr (Berliner Zeit)", "bis Mittwoch, 14. Oktober 2020, 06:00 Uhr (Pekinger Zeit)", "Diese Anmeldung ansehen, ändern oder absagen", "Ihre Delegation ansehen")]
    [InlineData("en", "zoom foshan foshan", "When: Friday, 16 October 2020, 15:00–17:00 (Beijing time)\n  Friday, 16 October 2020, 09:00–11:00 (Berlin time)", "by Wednesday, 14 October 2020, 06:00 (Beijing time)", "View, change or cancel this registration", "View your delegation")]
    [InlineData("zh", "hannover zoom foshan", "时间：2020年10月16日 星期五 09:00–11:00（柏林时间）\n  2020年10月16日 星期五 15:00–17:00（北京时间）", "请在2020年10月13日 星期二 24:00（柏林时间）前", "查看、更改或取消该报名", "查看代表团报名")]
    public async Task The_contact_of_a_delegation_reads_the_clocks_of_those_who_come_and_what_is_theirs(string language, string sites, string when, string due, string member, string own)
    {
        var evt = await Host.EventAsync();
        await Host.DelegationAsync(evt, 0, d =>
        {
            (d["contact"]!["language"], d["namesDueBy"]) = (language, "2020-10-13");
            d["members"] = new JsonArray([.. sites.Split(' ').Select((site, i) => new JsonObject { ["fullName"] = $"Member {i}", ["siteId"] = site }), new JsonObject { ["nameFollows"] = true, ["siteId"] = sites.Split(' ')[^1] }]);
        });
        var summary = (await Host.SendAsync()).Single(m => m.Text.Contains("/d/"));
        foreach (var text in new[] { when, due, member, own }) summary.Text.ShouldContain(text);
        summary.Text.ShouldNotContain("your registration");
    }

    [Fact]
    public async Task Reminders_of_missing_names_that_are_both_late_are_one_mail()
    {
        var evt = await Host.EventAsync();
        await Host.DelegationAsync(evt, 0, d =>
        {
            d["namesDueBy"] = "2020-10-13";
            d["members"] = new JsonArray(new JsonObject { ["nameFollows"] = true });
        });
        await Host.SendAsync();
        Host.Time.SetUtcNow(DateTimeOffset.Parse("2020-10-12T12:00Z", null));
        (await Host.SendOneAsync()).Subject.ShouldContain("姓名");
    }

    [Fact]
    public async Task The_contact_of_a_delegation_that_is_a_test_gets_no_real_mail_and_is_told_that_it_is_one()
    {
        var evt = await Host.EventAsync();
        var test = Host.Caller(await Host.KeyAsync(Isa.Events.Api.Features.Partners.Role.Partner, "Trying out", isTest: true));
        (await test.PostAsync($"/v1/events/{evt}/delegations", Party.Of(1, d => d["namesDueBy"] = "2020-09-23"))).ShouldBe(HttpStatusCode.Created);
        (await Host.Services.GetRequiredService<Portions>().DueAsync(CancellationToken.None)).Select(due => due.IsTest).ShouldBe([true, true]);
        (await Host.SendAsync()).ShouldAllBe(mail => mail.Subject.StartsWith("[Test]", StringComparison.Ordinal));
        var address = (await Host.Organizer.GetAsync($"/v1/events/{evt}/messages")).Json["items"]!.AsArray().Single(m => (string)m!["kind"]! == "delegationRegistered")!["address"];
        ((string)address!).ShouldBe("wang.fang@example.org");
    }

    [Fact]
    public async Task The_contact_of_a_delegation_confirms_its_address_by_a_mail_and_gets_lost_links_again()
    {
        var evt = await Host.EventAsync(e => e["rules"] = new JsonObject { ["confirmsAddresses"] = true });
        var party = await Host.DelegationAsync(evt, 2, d => d["contact"] = new JsonObject { ["fullName"] = "Li Na", ["email"] = "lina@example.org", ["language"] = "en" });
        var ask = await Host.SendOneAsync();
        (ask.To, ask.Subject.StartsWith("Please confirm the registration of your delegation", StringComparison.Ordinal)).ShouldBe(("lina@example.org", true));
        ask.Text.ShouldNotContain("Li Na"); // it may be somebody else's mailbox
        var link = System.Text.RegularExpressions.Regex.Match(ask.Text, @"https://events\.example\.org(/d/\S+)").Groups[1].Value;
        (await Host.Anybody.PostAsync(link)).Status.ShouldBe(HttpStatusCode.SeeOther);
        var mails = await Host.SendAsync();
        mails.Select(m => m.To).Order(StringComparer.Ordinal).ShouldBe(party.Members().Select(m => (string)m["email"]!).Append("lina@example.org").Order(StringComparer.Ordinal));
        (await Host.Anybody.PostAsync($"/v1/events/{evt}/links", """{"email":"lina@example.org"}""")).ShouldBe(HttpStatusCode.Accepted);
        (await Host.SendOneAsync()).Text.ShouldContain((string)party["links"]!["manage"]!);
    }

    [Theory]
    [InlineData("{{ manageUrl }} {% assign x = 1 %}")]
    [InlineData("<script>alert(1)</script> & \"Söhne\" 'x'")]
    [InlineData("=HYPERLINK(\"http://evil.example\")")]
    [InlineData("محمد بن علي")]
    [InlineData("Weiß, Jürgen <a@b.example>; x@y.example")]
    [InlineData("emoji")]
    public async Task What_people_call_themselves_stands_as_it_is(string name)
    {
        if (name == "emoji") name = string.Concat(Enumerable.Repeat("🚀", 200));
        var organizer = name.Length <= 100 ? name : "ISA";
        var evt = await Host.EventAsync(e => (e["title"], e["organizer"]!["name"]) = (new JsonObject { ["de"] = name }, organizer));
        await RegisterAsync(evt, "zoom", p => p["fullName"] = name);
        var mail = await Host.SendOneAsync();
        mail.Message.To.Mailboxes.Single().Address.ShouldEndWith("@example.org");
        if (name.Length < 120) mail.Message.To.Mailboxes.Single().Name.ShouldBe(name);
        mail.Text.ShouldContain($"Guten Tag {name},");
        mail.Html.ShouldContain($"Guten Tag <bdi>{Html.Encode(name)}</bdi>,");
        mail.Calendar!.Events[0]!.Summary.ShouldBe(name);
        mail.Message.Headers.Count(h => h.Id == HeaderId.To).ShouldBe(1);
        mail.Message.Headers.Contains("X-Evil").ShouldBeFalse();
    }

    [Fact]
    public void A_header_has_one_line_whatever_it_is_made_of()
    {
        var content = new MessageContent { Language = Language.En, Subject = "x\r\nBcc: evil@example.org", Greeting = "Hello", Body = "Body", Title = "Title", OrganizerName = "O\r\nX-Evil: 1", OrganizerEmail = "o@example.org" };
        var message = MessageParts.Build(content, "N\r\nX-Evil: 1\u2028", "n@example.org", null, new MailedFile("a\r\nb.pdf", "application/pdf", []));
        var read = Mailed.Of(message).Message;
        read.Headers.Contains("X-Evil").ShouldBeFalse();
        read.Bcc.ShouldBeEmpty();
        read.Subject.ShouldBe("x  Bcc: evil@example.org");
        read.Attachments.OfType<MimePart>().Single().FileName.ShouldBe("a  b.pdf");
    }

    [Fact]
    public void A_template_with_an_unknown_name_is_an_error()
    {
        var values = new Dictionary<string, Phrase?> { ["name"] = "x", ["site"] = null };
        Should.Throw<Exception>(() => MessageTemplate.Of("Hello {{ nmae }}").ToText(values));
        Should.Throw<Exception>(() => MessageTemplate.Of("Hello {{ name | uppercase_it }}").ToText(values));
        Should.Throw<Exception>(() => MessageTemplate.Of("Hello {{ name").ToText(values));
        MessageTemplate.Of("{% if site %}no{% else %}yes{% endif %}{{ site }} <b>").ToText(values).ShouldBe("yes <b>");
        MessageTemplate.Of("{% if site %}no{% else %}a < b{% endif %}{{ site }} <b>").ToHtml(values, Language.De).ShouldBe("a &lt; b &lt;b&gt;");
    }

    [Fact]
    public async Task Everybody_of_the_samples_gets_a_mail_that_reads_as_it_was_meant()
    {
        var evt = await AgreedAsync(e => e["sites"]![0]!["capacity"] = 100);
        using var reader = new StreamReader(Path.Combine(AppContext.BaseDirectory, "samples", "people.csv"));
        using var csv = new CsvReader(reader, CultureInfo.InvariantCulture);
        var expected = new Dictionary<string, JsonNode>();
        foreach (var person in csv.GetRecords<dynamic>().Select(r => (IDictionary<string, object>)r).ToList())
        {
            var answer = await Host.Partner.RegisterAsync(evt, new JsonObject
            {
                ["siteId"] = (string)person["site"], ["fullName"] = (string)person["full_name"], ["email"] = (string)person["email"], ["audience"] = (string)person["audience"],
                ["language"] = (string)person["language"], ["timeZone"] = (string)person["time_zone"], ["noticeVersion"] = "1",
            });
            if (answer.Code != "already-registered") expected.Add((string)answer.ShouldBe(HttpStatusCode.Created).Json["id"]!, answer.Json);
        }

        var mails = await Host.SendAsync();
        mails.Count.ShouldBe(expected.Count);
        foreach (var mail in mails)
        {
            var person = expected[mail.Calendar!.Events[0]!.Uid!];
            EmailAddress.Normalise(mail.To).ShouldBe(EmailAddress.Normalise((string)person["email"]!));
            mail.Message.To.Mailboxes.Single().Name.ShouldBe((string)person["fullName"]!);
            mail.Text.ShouldContain((string)person["fullName"]!);
            mail.Text.ShouldContain((string)person["reference"]!);
            mail.Message.MessageId.ShouldNotBeNullOrEmpty();
        }

        mails.Select(m => m.Message.MessageId).ShouldBeUnique();
    }

    private static string CalendarOf(MimeMessage message) => Encoding.UTF8.GetString(Mailed.Of(message).CalendarBytes);

    private async Task<List<OutboxEntry>> RowsAsync() =>
        await Host.Database.ReadAsync(session => session.Query<OutboxEntry>($"SELECT {OutboxEntry.Columns} FROM outbox WHERE state = 'pending' ORDER BY id"), CancellationToken.None);

    private async Task PassAsync(TimeSpan time, string evt)
    {
        Host.Time.Advance(time);
        await Host.Database.WriteAsync(evt, session => Isa.Events.Api.Features.Waitlist.Expiry.Run(session, Isa.Events.Api.Features.Events.EventLock.LockEvent(session, evt)), CancellationToken.None);
    }

    private async Task<JsonNode> RegisterAsync(string evt, string site, Action<JsonObject>? change = null) =>
        (await Host.Partner.RegisterAsync(evt, Given.Person(siteId: site, change: change))).ShouldBe(HttpStatusCode.Created).Json;

    private async Task PostAsync(string path, string? body = null) => (await Host.Partner.PostAsync(path, body)).ShouldBe(HttpStatusCode.OK);

    private async Task<string> AgreedAsync(Action<JsonObject>? change = null)
    {
        var evt = await Host.EventAsync(change);
        var items = await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "samples", "plenary-agenda.json"), TestContext.Current.CancellationToken);
        (await Host.Organizer.PutAsync($"/v1/events/{evt}/agenda", items, ("If-Match", "*"))).ShouldBe(HttpStatusCode.OK);
        return evt;
    }

    private async Task UploadAsync(string evt, byte[] pdf, string name)
    {
        var content = new ByteArrayContent(pdf);
        content.Headers.ContentType = new("application/pdf");
        (await Host.Organizer.SendAsync(HttpMethod.Put, $"/v1/events/{evt}/agenda/document?fileName={Uri.EscapeDataString(name)}", content, ("If-Match", "*"))).ShouldBe(HttpStatusCode.OK);
    }
}
