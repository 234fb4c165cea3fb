using Isa.Events.Api.Email;

namespace Isa.Events.Tests.Features.Messages;

/// <summary>Organisers put their own words into messages; the rest of a message stays, and nobody's mail fails because of them.</summary>
public class MessageTextsTests(SharedHost shared)
{
    private const string Own = """{"de":{"subject":"Schön: {{ event }}","body":"wir freuen uns, {{ name }}.\n\n{% if manageLink %}{{ manageLink }}{% endif %}"},"en":{"body":"We are glad."}}""";

    [Fact]
    public async Task Take_the_place_of_subject_and_body_in_their_languages_and_leave_the_rest()
    {
        await using var host = await Mail.HostAsync();
        var evt = await host.EventAsync();
        (await host.Organizer.PutAsync($"/v1/events/{evt}/message-texts/confirmed", Own, ("If-Match", "*"))).ShouldBe(HttpStatusCode.OK).Json["own"]!["de"]!["subject"]!.ToString().ShouldBe("Schön: {{ event }}");
        foreach (var language in new[] { "de", "en", "zh" }) await host.Partner.RegisterAsync(evt, Given.Person($"{language}@example.org", change: p => p["language"] = language));
        var mails = (await host.SendAsync()).ToDictionary(m => m.To);
        mails["de@example.org"].Subject.ShouldStartWith("Schön: ");
        mails["de@example.org"].Text.ShouldContain("Guten Tag Erika");
        mails["de@example.org"].Text.ShouldContain("wir freuen uns, Erika");
        mails["de@example.org"].Text.ShouldContain("ISA-");
        mails["de@example.org"].Html.ShouldContain("<a href=\"https://events.example.org/r/");
        mails["de@example.org"].Text.ShouldNotContain("Ihre Anmeldung ist bestätigt.");
        mails["de@example.org"].Invite.ShouldStartWith("REQUEST");
        mails["en@example.org"].Subject.ShouldStartWith("Registration confirmed");
        mails["en@example.org"].Text.ShouldContain("We are glad.");
        mails["zh@example.org"].Text.ShouldContain("您的报名已确认。");

        (await host.Organizer.DeleteAsync($"/v1/events/{evt}/message-texts/confirmed", ("If-Match", "*"))).ShouldBe(HttpStatusCode.NoContent);
        await host.Partner.RegisteredAsync(evt);
        (await host.SendOneAsync()).Text.ShouldContain("Ihre Anmeldung ist bestätigt.");
        (await host.Organizer.PutAsync($"/v1/events/{evt}/message-texts/confirmed", Own, ("If-Match", "*"))).ShouldBe(HttpStatusCode.OK); // the event itself is as it was
        await host.Partner.RegisteredAsync(evt);
        (await host.SendOneAsync()).Text.ShouldContain("wir freuen uns");
    }

    [Fact]
    public async Task One_that_cannot_be_filled_in_gives_way_to_the_product_s_words()
    {
        await using var host = await Mail.HostAsync();
        var evt = await host.EventAsync();
        await host.Database.WriteAsync(evt, session =>
        {
            session.Execute("INSERT INTO message_texts (event_id, kind, texts, updated_at) VALUES (@Id, 'confirmed', @Texts, @Now)", new { Id = evt, session.Now, Texts = """{"subject":{"de":"{{ gone }}"},"body":{"de":"{% for"}}""" });
            return true;
        }, CancellationToken.None);
        await host.Partner.RegisteredAsync(evt);
        var mail = await host.SendOneAsync();
        mail.Subject.ShouldStartWith("Anmeldung bestätigt");
        mail.Text.ShouldContain("Ihre Anmeldung ist bestätigt.");
        host.Log.All.ShouldContain(line => line.Contains("text for Confirmed", StringComparison.Ordinal));
    }

    [Fact]
    public async Task One_of_which_nothing_comes_for_somebody_gives_way_to_the_product_s_words()
    {
        await using var host = await Mail.HostAsync();
        var evt = await host.EventAsync();
        (await host.Organizer.PutAsync($"/v1/events/{evt}/message-texts/confirmed", """{"de":{"subject":"{{ joinLink }}","body":"{% if joinLink %}Ihr Link: {{ joinLink }}{% endif %}"}}""", ("If-Match", "*"))).ShouldBe(HttpStatusCode.OK);
        var inRoom = await host.Partner.RegisteredAsync(evt);
        var mail = await host.SendOneAsync();
        mail.Subject.ShouldStartWith("Anmeldung bestätigt");
        mail.Text.ShouldContain("Ihre Anmeldung ist bestätigt.");
        mail.Html.ShouldContain("Ihre Anmeldung ist bestätigt.");
        (await host.Organizer.GetAsync($"/v1/events/{evt}/registrations/{inRoom["id"]}/messages/confirmed.eml")).ShouldBe(HttpStatusCode.OK).Text.ShouldContain("Anmeldung");
        await host.Partner.RegisteredAsync(evt, "zoom");
        (await host.SendOneAsync()).Text.ShouldNotContain("Ihre Anmeldung ist bestätigt.");
    }

    [Theory]
    [InlineData("confirmed", "delegationRegistered")]
    [InlineData("waitlisted", "delegationRegistered")]
    [InlineData("pending", "delegationRegistered")]
    [InlineData("approved", "delegationApproved")]
    [InlineData("declined", "delegationDeclined")]
    [InlineData("addressToConfirm", "delegationToConfirm")]
    public async Task Each_says_what_the_contact_of_a_delegation_gets_in_its_place(string kind, string contactGets)
    {
        await using var host = await Mail.HostAsync();
        var evt = await host.EventAsync(e =>
        {
            if (kind == "waitlisted") (e["sites"]![0]!["capacity"], e["sites"]![0]!["waitlist"]) = (0, new JsonObject());
            e["rules"] = new JsonObject { ["requiresApproval"] = kind is "pending" or "approved" or "declined", ["confirmsAddresses"] = kind == "addressToConfirm" };
        });
        foreach (var one in new[] { kind, contactGets })
        {
            var text = (await host.Organizer.PutAsync($"/v1/events/{evt}/message-texts/{one}", $$$"""{"en":{"body":"Words for {{{one}}}."}}""", ("If-Match", "*"))).ShouldBe(HttpStatusCode.OK).Json;
            (text["contactGets"]?.AsArray().Select(k => (string)k!).Contains(contactGets)).ShouldBe(one == kind ? true : null);
        }

        var party = (await host.Partner.PostAsync($"/v1/events/{evt}/delegations", """
            {"contact":{"fullName":"Kim Kontakt","email":"contact@example.org","language":"en"},"noticeVersion":"1","whenFull":"waitlist","members":[{"fullName":"Anna","siteId":"hannover","language":"en"}]}
            """)).ShouldBe(HttpStatusCode.Created).Json;
        if (kind is "approved" or "declined")
        {
            await host.SendAsync();
            (await host.Organizer.PostAsync($"/v1/delegations/{party["id"]}/{(kind == "approved" ? "approve" : "decline")}")).ShouldBe(HttpStatusCode.OK);
        }

        (await host.SendOneAsync()).Text.ShouldContain($"Words for {contactGets}.");
    }

    [Fact]
    public async Task Are_listed_with_the_product_s_words_and_the_names_that_may_be_used()
    {
        var evt = await shared.EventAsync();
        (await shared.Organizer.PutAsync($"/v1/events/{evt}/message-texts/eventCancelled", Own, ("If-Match", "*"))).ShouldBe(HttpStatusCode.OK);
        var list = (await shared.Organizer.GetAsync($"/v1/events/{evt}/message-texts")).ShouldBe(HttpStatusCode.OK).Json;
        list["items"]!.AsArray().Count.ShouldBe(Enum.GetValues<MessageKind>().Length - 1);
        list["items"]!.AsArray().Where(i => i!["own"] is not null).Select(i => (string)i!["kind"]!).ShouldBe(["eventCancelled"]);
        list["names"]!.AsArray().Select(n => (string)n!["name"]!).ShouldContain("joinLink");
        var one = (await shared.Organizer.GetAsync($"/v1/events/{evt}/message-texts/eventCancelled")).ShouldBe(HttpStatusCode.OK).Json;
        one["builtIn"]!["zh"]!["subject"]!.ToString().ShouldContain("{{ event }}");
        one["own"]!["en"]!["subject"].ShouldBeNull();
    }

    [Fact]
    public async Task The_product_s_own_words_may_be_sent_as_one_s_own()
    {
        var evt = await shared.EventAsync();
        foreach (var item in (await shared.Organizer.GetAsync($"/v1/events/{evt}/message-texts")).Json["items"]!.AsArray())
            (await shared.Organizer.PutAsync($"/v1/events/{evt}/message-texts/{item!["kind"]}", item["builtIn"]!.ToJsonString(), ("If-Match", "*"))).ShouldBe(HttpStatusCode.OK);
    }

    [Theory]
    [InlineData("""{"de":{"body":"gut\n{{ nme }}"}}""", "de.body", "unknown-name", "Line 2, column 4: there is no “nme” here. Allowed: name, event")]
    [InlineData("""{"zh":{"subject":"{% if %}"}}""", "zh.subject", "invalid-template", "Line 1, column")]
    [InlineData("""{"de":{"body":"{% for x in (1..9) %}{% endfor %}"}}""", "de.body", "unknown-name", "Line 1, column 4: there is no “for” here. Allowed: if, elsif,")]
    [InlineData("""{"de":{"body":"{{ nil }}"}}""", "de.body", "empty-template", "No text comes of this template.")]
    [InlineData("""{"de":{"body":"{% if name %}{% endif %}"}}""", "de.body", "empty-template", "No text comes of this template.")]
    [InlineData("""{"en":{"subject":"{% comment %}later{% endcomment %}"}}""", "en.subject", "empty-template", "No text comes of this template.")]
    [InlineData("""{"de":{"subject":"a\nb"}}""", "de.subject", "control-character", "")]
    [InlineData("""{"de":{"subject":"a\u202eb"}}""", "de.subject", "bidi-character", "")]
    [InlineData("""{"de":{}}""", "de.body", "required", "")]
    [InlineData("""{"zh":{"body":" "}}""", "zh.body", "required", "")]
    [InlineData("{}", "", "required", "")]
    public async Task Wrong_ones_are_refused_by_field_line_and_column(string body, string field, string code, string detail)
    {
        var evt = await shared.EventAsync();
        var error = (await shared.Organizer.PutAsync($"/v1/events/{evt}/message-texts/confirmed", body, ("Accept-Language", "en"), ("If-Match", "*"))).ShouldBe(HttpStatusCode.UnprocessableEntity, "validation-failed").Json["errors"]!.AsArray().Single()!;
        ((string?)error["field"] ?? "").ShouldBe(field);
        ((string)error["code"]!).ShouldBe(code);
        ((string)error["detail"]!).ShouldStartWith(detail);
        if (code == "required") return; // a draft of nothing shows the product's words
        var person = await shared.Partner.RegisteredAsync(evt);
        (await shared.Organizer.PostAsync($"/v1/events/{evt}/registrations/{person["id"]}/messages/confirmed.eml", body)).ShouldBe(HttpStatusCode.UnprocessableEntity, "validation-failed").Errors.ShouldBe([$"{field} {code}"]);
        (await shared.Organizer.GetAsync($"/v1/events/{evt}/message-texts/confirmed")).Json["own"].ShouldBeNull();
    }

    [Fact]
    public async Task A_draft_is_shown_as_somebody_would_get_it_and_not_kept()
    {
        var evt = await shared.EventAsync();
        var person = await shared.Partner.RegisteredAsync(evt);
        var path = $"/v1/events/{evt}/registrations/{person["id"]}/messages/confirmed.eml";
        var draft = (await shared.Organizer.PostAsync(path, Own)).ShouldBe(HttpStatusCode.OK);
        Read(draft).Subject.ShouldStartWith("Schön: ");
        Read(await shared.Organizer.GetAsync(path)).Subject.ShouldStartWith("Anmeldung bestätigt");
        (await shared.Organizer.PutAsync($"/v1/events/{evt}/message-texts/confirmed", Own, ("If-Match", "*"))).ShouldBe(HttpStatusCode.OK);
        Read(await shared.Organizer.GetAsync(path)).Subject.ShouldStartWith("Schön: ");

        static Mailed Read(Answer answer) => new Mailed(System.Text.Encoding.UTF8.GetBytes(answer.Text)).ShouldBeWell();
    }

    [Fact]
    public async Task Nobody_s_are_overwritten_unseen()
    {
        var evt = await shared.EventAsync();
        var path = $"/v1/events/{evt}/message-texts/confirmed";
        var first = (await shared.Organizer.GetAsync(path)).ShouldBe(HttpStatusCode.OK);
        first.ETag!.ShouldMatch("^\"[^\"]+\"$"); // strong
        (await shared.Organizer.GetAsync(path, ("If-None-Match", first.ETag!))).ShouldBe(HttpStatusCode.NotModified);
        (await shared.Organizer.PutAsync(path, Own)).ShouldBe(HttpStatusCode.PreconditionRequired, "precondition-required");
        (await shared.Organizer.DeleteAsync(path)).ShouldBe(HttpStatusCode.PreconditionRequired, "precondition-required");
        (await shared.Organizer.PutAsync(path, Own, ("If-Match", $"W/{first.ETag}"))).ShouldBe(HttpStatusCode.PreconditionFailed, "version-mismatch");
        (await shared.Organizer.PutAsync(path, Own, ("If-Match", "confirmed"))).ShouldBe(HttpStatusCode.BadRequest, "malformed-request");
        (await shared.Organizer.GetAsync(path)).Json["own"].ShouldBeNull();

        var mine = (await shared.Organizer.PutAsync(path, Own, ("If-Match", first.ETag!), ("If-None-Match", "*"))).ShouldBe(HttpStatusCode.OK);
        mine.ETag.ShouldNotBe(first.ETag);
        (await shared.Organizer.GetAsync(path)).ETag.ShouldBe(mine.ETag);
        const string other = """{"en":{"body":"Of a colleague."}}""";
        (await shared.Organizer.PutAsync(path, other, ("If-Match", first.ETag!))).ShouldBe(HttpStatusCode.PreconditionFailed, "version-mismatch");
        (await shared.Organizer.DeleteAsync(path, ("If-Match", first.ETag!))).ShouldBe(HttpStatusCode.PreconditionFailed, "version-mismatch");
        (await shared.Organizer.GetAsync(path)).Json["own"]!["de"]!["subject"]!.ToString().ShouldBe("Schön: {{ event }}");

        // Of several who read the same, one is first.
        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => shared.Organizer.PutAsync(path, $$$"""{"en":{"body":"Colleague {{{i}}}."}}""", ("If-Match", mine.ETag!))));
        answers.Count(a => a.Status == HttpStatusCode.OK).ShouldBe(1);
        answers.Where(a => a.Status != HttpStatusCode.OK).ShouldAllBe(a => a.Code == "version-mismatch");
        (await shared.Organizer.DeleteAsync(path, ("If-Match", answers.Single(a => a.Status == HttpStatusCode.OK).ETag!))).ShouldBe(HttpStatusCode.NoContent);
        (await shared.Organizer.GetAsync(path)).ETag.ShouldBe(first.ETag);
    }

    [Fact]
    public async Task Go_with_a_copy_of_the_event_and_with_the_event_when_it_is_removed()
    {
        var evt = await shared.EventAsync();
        (await shared.Organizer.PutAsync($"/v1/events/{evt}/message-texts/confirmed", Own, ("If-Match", "*"))).ShouldBe(HttpStatusCode.OK);
        var copy = (await shared.Organizer.PostAsync($"/v1/events/{evt}/copy", """{"startsAt":"2021-10-15T09:00"}""")).ShouldBe(HttpStatusCode.Created).Json;
        (await shared.Organizer.GetAsync($"/v1/events/{copy["id"]}/message-texts/confirmed")).Json["own"]!["de"]!["subject"]!.ToString().ShouldBe("Schön: {{ event }}");
        (await shared.Organizer.DeleteAsync($"/v1/events/{copy["id"]}", ("If-Match", "*"))).ShouldBe(HttpStatusCode.NoContent);
    }

    [Fact]
    public async Task Are_organisers_alone_and_of_messages_that_have_words()
    {
        var evt = await shared.EventAsync();
        (await shared.Partner.PutAsync($"/v1/events/{evt}/message-texts/confirmed", Own, ("If-Match", "*"))).ShouldBe(HttpStatusCode.Forbidden, "not-allowed");
        (await shared.Anybody.GetAsync($"/v1/events/{evt}/message-texts")).ShouldBe(HttpStatusCode.Unauthorized, "not-authenticated");
        foreach (var kind in new[] { "organizerMessage", "nothing", "Confirmed" })
            (await shared.Organizer.PutAsync($"/v1/events/{evt}/message-texts/{kind}", Own, ("If-Match", "*"))).ShouldBe(HttpStatusCode.NotFound, "not-found");
        (await shared.Organizer.GetAsync("/v1/events/evt_none/message-texts")).ShouldBe(HttpStatusCode.NotFound, "event-not-found");
        var other = await shared.EventAsync();
        var person = await shared.Partner.RegisteredAsync(other);
        (await shared.Organizer.PostAsync($"/v1/events/{evt}/registrations/{person["id"]}/messages/confirmed.eml", Own)).ShouldBe(HttpStatusCode.NotFound, "registration-not-found");
    }
}
