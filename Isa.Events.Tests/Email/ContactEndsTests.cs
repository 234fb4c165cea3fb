using System.Text.RegularExpressions;
using Isa.Events.Api.Features.Waitlist;
using Isa.Events.Tests.Features.Delegations;
using Microsoft.Extensions.DependencyInjection;

namespace Isa.Events.Tests.Email;

/// <summary>What the contact of a delegation reads of members who end together: one mail about those for whom nobody else has an address.</summary>
public class ContactEndsTests : MailTests
{
    private const string Contact = "wang.fang@example.org";

    [Theory]
    [InlineData("de", false, "Stornierung für Ihre Delegation: ", "die unten genannten 3 Anmeldungen Ihrer Delegation sind storniert.", "Bitte sagen Sie es den unten genannten Mitgliedern", "die unten genannte Anmeldung Ihrer Delegation ist storniert.")]
    [InlineData("en", false, "Cancellation for your delegation: ", "The 3 registrations of your delegation named below have been cancelled.", "Please tell the members named below", "The registration of your delegation named below has been cancelled.")]
    [InlineData("zh", false, "代表团成员报名已取消：", "贵代表团的下列报名已取消，共3人。", "请转告下列未登记本人邮箱的成员", "贵代表团的下列报名已取消，共1人。")]
    [InlineData("de", true, "Stornierung für Ihre Delegation: ", "der Veranstalter hat die unten genannten 3 Anmeldungen Ihrer Delegation storniert.", "Bitte sagen Sie es den unten genannten Mitgliedern", "der Veranstalter hat die unten genannte Anmeldung Ihrer Delegation storniert.")]
    [InlineData("en", true, "Cancellation for your delegation: ", "The organiser has cancelled the 3 registrations of your delegation named below.", "Please tell the members named below", "The organiser has cancelled the registration of your delegation named below.")]
    [InlineData("zh", true, "代表团成员报名已取消：", "主办方已取消贵代表团的下列报名，共3人。", "请转告下列未登记本人邮箱的成员", "主办方已取消贵代表团的下列报名，共1人。")]
    public async Task A_delegation_that_is_cancelled_is_told_of_once(string language, bool byOrganizer, string subject, string says, string passOn, string ofOne)
    {
        var evt = await Host.EventAsync();
        var party = await PartyAsync(evt, language, 1, """{"fullName":"李娜"}""", """{"fullName":"张伟","siteId":"zoom"}""", """{"nameFollows":true}""");
        var single = await PartyAsync(evt, language, 0, """{"nameFollows":true}""");
        var (own, others) = (party.Members().First(), party.Members().Skip(1).ToList());
        await Host.SendAsync();
        await Host.Organizer.PatchAsync($"/v1/events/{evt}", """{"startsAt":"2020-10-17T09:00","endsAt":"2020-10-17T11:00"}""", ("If-Match", "*"));
        for (var i = 0; i < 2; i++) (await (byOrganizer ? Host.Organizer.PostAsync($"{party.PathOf("self")}/cancel") : Host.Anybody.PostAsync($"{Party.ApiPathOf(party)}/cancel"))).ShouldBe(HttpStatusCode.OK);
        var mails = (await Host.SendAsync()).Where(m => !m.Text.Contains((string)single.Members().Single()["reference"]!, StringComparison.Ordinal)).ToList();
        mails.Select(m => m.To).ShouldBe([(string)own["email"]!, Contact], ignoreOrder: true);
        mails.Single(m => m.To != Contact).Invite.ShouldStartWith("CANCEL");
        var told = mails.Single(m => m.To == Contact);
        told.Subject.ShouldStartWith(subject);
        foreach (var text in new[] { says, passOn, "李娜", "张伟", "/d/" }) told.Text.ShouldContain(text);
        foreach (var member in others) told.Text.ShouldContain((string)member["reference"]!);
        foreach (var text in new[] { (string)own["reference"]!, "N. N.", "/r/", "/join/", " → " }) told.Text.ShouldNotContain(text);
        told.Text.ShouldContain(language == "de" ? "16. Oktober 2020" : language == "en" ? "16 October 2020" : "2020年10月16日"); // as they knew it
        (await ToldAsync(party)).ShouldAllBe(json => json.Contains("\"cancelled\":true"));

        (await (byOrganizer ? Host.Organizer.PostAsync($"{single.PathOf("self")}/cancel") : Host.Anybody.PostAsync($"{Party.ApiPathOf(single)}/cancel"))).ShouldBe(HttpStatusCode.OK);
        var one = await Host.SendOneAsync();
        one.Text.ShouldContain(ofOne);
        one.Text.ShouldNotContain(passOn);
    }

    [Theory]
    [InlineData("de", "Plätze verfallen: ", "für 2 Plätze Ihrer Delegation (siehe unten) fehlten noch die Namen.", "Name folgt", "Platz verfallen: ", "für einen Platz Ihrer Delegation (siehe unten) fehlte noch der Name.")]
    [InlineData("en", "Places released: ", "The names for 2 places of your delegation (see below) were not given in time", "Name to follow", "Place released: ", "The name for a place of your delegation (see below) was not given in time")]
    [InlineData("zh", "预留席位已释放：", "贵代表团有2个席位原为待定人员预留，因未按时补充姓名", "姓名待定", "预留席位已释放：", "贵代表团有1个席位原为待定人员预留，因未按时补充姓名")]
    public async Task So_are_places_whose_names_did_not_come_and_later_those_who_went_on(string language, string subject, string says, string nobody, string ofOne, string saysOfOne)
    {
        var evt = await Host.EventAsync();
        var party = await PartyAsync(evt, language, 0, """{"nameFollows":true}""", """{"fullName":"李娜"}""", """{"nameFollows":true}""", """{"fullName":"张伟"}""", """{"fullName":"王强"}""");
        var single = await PartyAsync(evt, language, 0, """{"nameFollows":true}""");
        var references = party.Members().Select(m => (string)m["reference"]!).ToList();
        await Host.SendAsync();
        await DueAsync(party);
        var mails = await Host.SendAsync();
        mails.Select(m => m.To).ShouldBe([Contact, Contact]);
        var told = mails.Single(m => m.Text.Contains(references[0], StringComparison.Ordinal));
        told.Subject.ShouldStartWith(subject);
        foreach (var text in new[] { says, references[2] }) told.Text.ShouldContain(text);
        Regex.Count(told.Text, $"{nobody}[:：]").ShouldBe(2);
        foreach (var text in new[] { "李娜", "张伟", references[1], references[3], "N. N." }) told.Text.ShouldNotContain(text);
        var other = mails.Single(m => m != told);
        other.Subject.ShouldStartWith(ofOne);
        foreach (var text in new[] { saysOfOne, (string)single.Members().Single()["reference"]! }) other.Text.ShouldContain(text);
        (await ToldAsync(party)).Count(json => json.Contains("\"cancelled\":true")).ShouldBe(2);

        // By their own link, and all who are left at the same moment.
        (await Host.Anybody.PostAsync(party.Members().ElementAt(1).PathOf("invite").Replace("/invite.ics", "/cancel"))).ShouldBe(HttpStatusCode.OK);
        (await Host.Anybody.PostAsync($"{Party.ApiPathOf(party)}/cancel")).ShouldBe(HttpStatusCode.OK);
        var rest = await Host.SendAsync();
        rest.Count.ShouldBe(2);
        rest.ShouldAllBe(m => !m.Text.Contains(references[0], StringComparison.Ordinal));
        rest.Single(m => m.Subject.StartsWith("李娜 – ", StringComparison.Ordinal)).Text.ShouldNotContain("张伟");
        var last = rest.Single(m => !m.Subject.Contains('–')).Text;
        foreach (var reference in references[3..]) last.ShouldContain(reference);
        last.ShouldNotContain("李娜");
    }

    [Theory]
    [InlineData("de", "Anmeldung verfallen: ", "als deren Kontakt diese E-Mail-Adresse angegeben war, ist verfallen", "Personen: 4.")]
    [InlineData("en", "Registration expired: ", "that named this e-mail address as its contact has expired", "People: 4.")]
    [InlineData("zh", "报名已失效：", "以此邮箱为联系人的代表团报名已失效", "共4人。")]
    public async Task What_nobody_confirmed_is_told_once_without_saying_who_they_are(string language, string subject, string says, string count)
    {
        var evt = await Host.EventAsync(e => e["rules"] = new JsonObject { ["confirmsAddresses"] = true });
        var party = await PartyAsync(evt, language, 1, """{"fullName":"李娜"}""", """{"fullName":"张伟"}""", """{"nameFollows":true}""");
        await Host.SendAsync();
        Host.Time.Advance(TimeSpan.FromMinutes(31));
        await Host.Services.GetRequiredService<Timekeeper>().RunAsync(CancellationToken.None);
        var mail = await Host.SendOneAsync();
        mail.Message.Headers["To"].ShouldBe(Contact);
        mail.Subject.ShouldStartWith(subject);
        foreach (var text in new[] { says, count }) mail.Text.ShouldContain(text);
        foreach (var member in party.Members()) mail.Text.ShouldNotContain((string)member["reference"]!);
        foreach (var text in new[] { "王芳", "李娜", "张伟", (string)party.Members().First()["fullName"]!, "/d/", "/r/" }) $"{mail.Text}{mail.Html}".ShouldNotContain(text);

        var unheard = await PartyAsync(evt, language, 0, """{"fullName":"李娜"}""");
        await Host.SendAsync();
        (await Host.Partner.PostAsync($"{unheard.PathOf("self")}/cancel")).ShouldBe(HttpStatusCode.OK);
        (await Host.SendAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task However_many_end_at_once()
    {
        var evt = await Host.EventAsync();
        const string place = """{"nameFollows":true,"siteId":"zoom"}""";
        var first = await PartyAsync(evt, "en", 0, [.. Enumerable.Repeat(place, 40)]);
        for (var i = 0; i < 4; i++) await PartyAsync(evt, "en", 0, [.. Enumerable.Repeat(place, 40)]);
        (await Host.Anybody.PostAsync($"{Party.ApiPathOf(first)}/members", $$"""{"noticeVersion":"1","members":[{{place}}]}""")).ShouldBe(HttpStatusCode.Created);
        await Host.SendAsync();
        await DueAsync(first);
        (await Host.SendAsync()).Select(m => Regex.Match(m.Text, "The names for ([0-9]+) places").Groups[1].Value).ShouldBe(["41", "40", "40", "40", "40"], ignoreOrder: true);
    }

    [Fact]
    public async Task Older_mails_that_they_make_untrue_end()
    {
        var evt = await Host.EventWithQueueAsync(2);
        var guest = await Host.Partner.RegisteredAsync(evt);
        var party = await PartyAsync(evt, "en", 0, """{"nameFollows":true}""");
        var waits = await PartyAsync(evt, "en", 0, """{"fullName":"李娜"}""", """{"nameFollows":true}""");
        await Host.SendAsync();
        (await Host.Partner.PostAsync($"/v1/registrations/{guest["id"]}/cancel")).ShouldBe(HttpStatusCode.OK);
        var late = await PartyAsync(evt, "en", 0, """{"fullName":"张伟","siteId":"zoom"}""");
        foreach (var one in new[] { party, waits, late }) (await Host.Anybody.PostAsync($"{Party.ApiPathOf(one)}/cancel")).ShouldBe(HttpStatusCode.OK);
        (await Host.SendAsync()).Count(m => m.To == Contact).ShouldBe(3);
        (await RowsAsync(late)).ShouldBe(["delegationRegistered superseded", "delegationCancelled done"]);
        (await RowsAsync(waits)).ShouldBe(["delegationRegistered done", "nameDue superseded", "nameDue superseded", "registrationPromoted superseded", "registrationPromoted superseded", "delegationCancelled done"]);
    }

    [Theory]
    [InlineData("cancelled")]
    [InlineData("declined")]
    public async Task It_is_told_at_once_however_many_mails_the_contact_has_had_and_while_calling_the_event_off_can_be_undone(string how)
    {
        await using var host = new EventsHost { Settings = new() { ["Email:Send"] = "false", ["Email:ChangeWindowSeconds"] = "0", ["Email:MaxPerRecipientPerHour"] = "1", ["Email:UndoWindowMinutes"] = "5" } };
        await host.InitializeAsync();
        var evt = await host.EventAsync(e => e["rules"] = new JsonObject { ["requiresApproval"] = how == "declined" });
        var party = await host.DelegationAsync(evt, 0, d => d["members"]!.AsArray().Add(new JsonObject { ["fullName"] = "李娜" }));
        await host.SendOneAsync();
        (await host.Organizer.PostAsync($"{party.PathOf("self")}/{(how == "declined" ? "decline" : "cancel")}")).ShouldBe(HttpStatusCode.OK);
        (await host.Organizer.PostAsync($"/v1/events/{evt}/cancel", "{}", ("If-Match", "*"))).ShouldBe(HttpStatusCode.OK);
        (await host.SendOneAsync()).Text.ShouldContain("李娜");
        host.Time.Advance(TimeSpan.FromHours(2));
        (await host.SendAsync()).ShouldBeEmpty(); // whoever is out hears nothing of what is off
    }

    [Theory]
    [InlineData("cancelled")]
    [InlineData("declined")]
    public async Task An_event_that_is_called_off_meanwhile_is_told_beside_it_for_those_alone_who_went_on(string how)
    {
        var evt = await Host.EventAsync(e => e["rules"] = new JsonObject { ["requiresApproval"] = how == "declined" });
        var party = await PartyAsync(evt, "en", 0, """{"nameFollows":true}""", """{"fullName":"李娜"}""");
        if (how == "declined") (await Host.Organizer.PostAsync($"/v1/registrations/{party.Members().Last()["id"]}/approve")).ShouldBe(HttpStatusCode.OK);
        await Host.SendAsync();
        if (how == "cancelled") await DueAsync(party);
        else (await Host.Organizer.PostAsync($"{party.PathOf("self")}/decline")).ShouldBe(HttpStatusCode.OK);
        (await Host.Organizer.PostAsync($"/v1/events/{evt}/cancel", "{}", ("If-Match", "*"))).ShouldBe(HttpStatusCode.OK);
        var mails = await Host.SendAsync();
        var reference = (string)party.Members().First()["reference"]!;
        mails.Count(m => m.Text.Contains(reference, StringComparison.Ordinal)).ShouldBe(1);
        mails.Count.ShouldBe(2);
        mails.Single(m => m.Subject.StartsWith("Cancelled: ", StringComparison.Ordinal)).Text.ShouldContain("李娜");
    }

    [Theory]
    [InlineData("cancelled", true)]
    [InlineData("cancelledByOrganizer", true)]
    [InlineData("cancelledNameMissing", false)]
    [InlineData("cancelledAddressNotConfirmed", false)]
    public async Task An_organisers_own_words_stand_in_it(string kind, bool named)
    {
        var evt = await Host.EventAsync(e => e["rules"] = new JsonObject { ["confirmsAddresses"] = kind == "cancelledAddressNotConfirmed" });
        (await Host.Organizer.PutAsync($"/v1/events/{evt}/message-texts/{kind}", """{"en":{"body":"It is over.{{ reference }}{% if manageLink %}{{ manageLink }}{% endif %}"}}""", ("If-Match", "*"))).ShouldBe(HttpStatusCode.OK);
        var party = await PartyAsync(evt, "en", 0, named || kind == "cancelledAddressNotConfirmed" ? """{"fullName":"李娜"}""" : """{"nameFollows":true}""", """{"nameFollows":true}""");
        await Host.SendAsync();
        if (kind == "cancelledNameMissing") await DueAsync(party);
        else if (named) (await (kind == "cancelled" ? Host.Partner : Host.Organizer).PostAsync($"{party.PathOf("self")}/cancel")).ShouldBe(HttpStatusCode.OK);
        else
        {
            Host.Time.Advance(TimeSpan.FromMinutes(31));
            await Host.Services.GetRequiredService<Timekeeper>().RunAsync(CancellationToken.None);
        }

        var text = (await Host.SendOneAsync()).Text;
        text.ShouldStartWith(named ? "Please pass this message on to: 李娜." : kind == "cancelledNameMissing" ? "Dear 王芳," : "Hello,");
        text.ShouldContain("It is over.");
        text.ShouldNotContain("/r/");
        Regex.Count(text, "/d/").ShouldBe(kind == "cancelledAddressNotConfirmed" ? 0 : 1);
        text.Contains((string)party.Members().First()["reference"]!, StringComparison.Ordinal).ShouldBe(kind != "cancelledAddressNotConfirmed");
    }

    private Task<JsonNode> PartyAsync(string evt, string language, int own, params string[] members) => Host.DelegationAsync(evt, own, d =>
    {
        (d["namesDueBy"], d["contact"]!["language"], d["whenFull"]) = ("P2D", language, "waitlist");
        foreach (var member in members) d["members"]!.AsArray().Add(JsonNode.Parse(member));
        if (!members.Any(m => m.Contains("nameFollows", StringComparison.Ordinal))) d.Remove("namesDueBy");
    });

    private async Task DueAsync(JsonNode party)
    {
        Host.Time.SetUtcNow(DateTimeOffset.Parse((string)party["namesDueAt"]!, null));
        await Host.Services.GetRequiredService<Timekeeper>().RunAsync(CancellationToken.None);
    }

    private Task<List<string>> ToldAsync(JsonNode party) =>
        Host.Database.ReadAsync(session => session.Query<string>("SELECT told FROM registrations WHERE delegation_id = @Id", new { Id = (string)party["id"]! }), CancellationToken.None);

    private Task<List<string>> RowsAsync(JsonNode party) => Host.Database.ReadAsync(session => session.Query<string>("""
        SELECT o.kind || ' ' || o.state FROM outbox o LEFT JOIN registrations r ON r.id = o.registration_id WHERE o.delegation_id = @Id OR r.delegation_id = @Id ORDER BY o.id
        """, new { Id = (string)party["id"]! }), CancellationToken.None);
}
