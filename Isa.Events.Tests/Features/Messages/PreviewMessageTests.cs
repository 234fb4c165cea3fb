using Isa.Events.Api.Database;
using Isa.Events.Api.Email;
using Isa.Events.Tests.Features.Delegations;

namespace Isa.Events.Tests.Features.Messages;

public class PreviewMessageTests(SharedHost host)
{
    public static TheoryData<MessageKind> Kinds => new(Enum.GetValues<MessageKind>().Where(kind => kind != MessageKind.DailySummary));

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Shows_every_message_in_every_language_for_every_way_to_attend(MessageKind kind)
    {
        var evt = await host.EventAsync(e => e["description"] = null);
        var subjects = new List<string>();
        foreach (var site in new[] { "hannover", "foshan", "zoom" })
        {
            foreach (var language in new[] { "de", "en", "zh" })
            {
                var made = (await host.Partner.RegisterAsync(evt, Given.Person(siteId: site, change: p => p["language"] = language))).ShouldBe(HttpStatusCode.Created).Json;
                var answer = (await host.Organizer.GetAsync($"/v1/events/{evt}/registrations/{made["id"]}/messages/{RowTypes.Name(kind)}.eml")).ShouldBe(HttpStatusCode.OK);
                answer.Header("Content-Type").ShouldBe("message/rfc822");
                var mail = new Mailed(answer.Bytes).ShouldBeWell();
                mail.To.ShouldBe((string)made["email"]!);
                subjects.Add(mail.Subject);
                $"{mail.Subject}{mail.Text}".ShouldNotContain("{");
                mail.Text.ShouldNotContain("false");
                mail.Text.ShouldNotContain("  \n");
                (language == "zh").ShouldBe(mail.Text.Contains('，') || mail.Text.Contains('。'));
                if (kind == MessageKind.EventChanged) mail.Text.Split('\n')[0].ShouldContain(" → ");
                if (kind is MessageKind.Cancelled or MessageKind.EventCancelled) mail.Invite.ShouldStartWith("CANCEL");
                if (kind is MessageKind.Confirmed or MessageKind.Promoted or MessageKind.EventChanged) mail.Invite.ShouldStartWith("REQUEST");
                if (kind is MessageKind.Waitlisted or MessageKind.Pending or MessageKind.Declined or MessageKind.Invitation) mail.Invite.StartsWith("REQUEST", StringComparison.Ordinal).ShouldBeFalse();
            }
        }

        subjects.Distinct().Count().ShouldBeGreaterThanOrEqualTo(3);
    }

    [Theory]
    [InlineData("de", "Guten Tag Li Na,", "Bitte geben Sie")]
    [InlineData("en", "Dear Li Na,", "Please pass")]
    [InlineData("zh", "Li Na，您好：", "请将此通知转达")]
    public async Task Of_a_place_without_a_name_every_message_speaks_to_the_contact(string language, string greeting, string passOn)
    {
        var evt = await host.EventAsync(e => e["description"] = null);
        var party = await host.DelegationAsync(evt, 0, d =>
        {
            (d["contact"]!["fullName"], d["contact"]!["language"], d["namesDueBy"]) = ("Li Na", language, "P2D");
            d["members"]!.AsArray().Add(new JsonObject { ["nameFollows"] = true, ["siteId"] = "zoom" });
        });
        var place = party.Members().Single();
        foreach (var kind in Enum.GetValues<MessageKind>().Where(kind => kind is not (MessageKind.Invitation or MessageKind.DailySummary or MessageKind.AddressReplaced)))
        {
            var mail = new Mailed((await host.Organizer.GetAsync($"/v1/events/{evt}/registrations/{place["id"]}/messages/{RowTypes.Name(kind)}.eml")).ShouldBe(HttpStatusCode.OK).Bytes).ShouldBeWell();
            mail.To.ShouldBe("wang.fang@example.org", kind.ToString());
            foreach (var text in new[] { mail.Subject, mail.Text, mail.Html }) text.ShouldNotContain("N. N.", customMessage: kind.ToString());
            mail.Text.ShouldNotContain("/join/", customMessage: kind.ToString());
            mail.Text.ShouldNotStartWith(passOn);
            if (kind is MessageKind.DelegationToConfirm or MessageKind.AddressToConfirm or MessageKind.CancelledAddressNotConfirmed) continue; // whoever gets it need not be the contact
            mail.Text.ShouldContain(greeting, customMessage: kind.ToString());
            mail.Text.ShouldContain((string)place["reference"]!, customMessage: kind.ToString());
        }
    }

    [Fact]
    public async Task Shows_the_summary_to_the_organiser_in_the_language_of_the_event()
    {
        var evt = await host.EventAsync(e => e["defaultLanguage"] = "en");
        var made = (await host.Partner.RegisterAsync(evt)).Json;
        var mail = new Mailed((await host.Organizer.GetAsync($"/v1/events/{evt}/registrations/{made["id"]}/messages/dailySummary.eml")).ShouldBe(HttpStatusCode.OK).Bytes).ShouldBeWell();
        (mail.To, mail.Invite).ShouldBe(("isa@example.org", ""));
        mail.Text.ShouldContain("1 newly registered, nobody cancelled.");
        mail.Text.ShouldContain("Hannover: 1 of 40 places taken");
        mail.Text.ShouldNotContain("{");
    }

    [Fact]
    public async Task Is_for_organisers_and_sends_nothing()
    {
        var evt = await host.EventAsync();
        var made = (await host.Partner.RegisterAsync(evt, Given.Person(change: p => p["copyTo"] = "assistant@example.org"))).Json;
        var path = $"/v1/events/{evt}/registrations/{made["id"]}/messages/confirmed.eml";
        (await host.Partner.GetAsync(path)).ShouldBe(HttpStatusCode.Forbidden, "not-allowed");
        (await host.Anybody.GetAsync(path)).ShouldBe(HttpStatusCode.Unauthorized, "not-authenticated");
        new Mailed((await host.Organizer.GetAsync(path + "?recipient=copy")).ShouldBe(HttpStatusCode.OK).Bytes).To.ShouldBe("assistant@example.org");
        (await host.Organizer.GetAsync(path + "?recipient=contact")).ShouldBe(HttpStatusCode.NotFound, "not-found");
        (await host.Organizer.GetAsync(path + "?recipient=king")).ShouldBe(HttpStatusCode.BadRequest, "malformed-request");
        (await host.Organizer.GetAsync(path.Replace("confirmed.eml", "other.eml"))).ShouldBe(HttpStatusCode.NotFound, "not-found");
        (await host.Organizer.GetAsync(path.Replace((string)made["id"]!, "reg_00000000000000000000000000000000"))).ShouldBe(HttpStatusCode.NotFound, "registration-not-found");
        var other = await host.EventAsync();
        (await host.Organizer.GetAsync(path.Replace(evt, other))).ShouldBe(HttpStatusCode.NotFound, "registration-not-found");
        (await host.Partner.NowAsync(made))["version"]!.GetValue<long>().ShouldBe(1);
    }
}
