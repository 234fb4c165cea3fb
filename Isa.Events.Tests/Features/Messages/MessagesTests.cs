namespace Isa.Events.Tests.Features.Messages;

/// <summary>Organisers see what was sent and what was not, and have it sent again.</summary>
public class MessagesTests
{
    [Fact]
    public async Task Are_listed_newest_first_by_pages_and_filters_without_what_they_say()
    {
        await using var host = await MailHost.StartAsync();
        var evt = await host.EventAsync();
        var first = await host.Partner.RegisteredAsync(evt);
        for (var i = 0; i < 4; i++) await host.Partner.RegisteredAsync(evt, "zoom");
        var before = (await host.Organizer.GetAsync($"/v1/events/{evt}/messages?limit=2")).ShouldBe(HttpStatusCode.OK).Json;
        before["items"]!.AsArray().ShouldAllBe(m => (string?)m!["state"] == "pending" && m["nextAttemptAt"] != null && m["recipient"] == null);
        await host.SendAsync();

        var seen = new List<string>();
        for (string? cursor = ""; cursor is not null;)
        {
            var page = (await host.Organizer.GetAsync($"/v1/events/{evt}/messages?limit=2{(cursor.Length > 0 ? $"&cursor={cursor}" : "")}")).ShouldBe(HttpStatusCode.OK).Json;
            seen.AddRange(page["items"]!.AsArray().Select(m => (string)m!["registrationId"]!));
            cursor = (string?)page["nextCursor"];
        }

        seen.Count.ShouldBe(5);
        seen[4].ShouldBe((string)first["id"]!);
        var mine = (await host.Organizer.GetAsync($"/v1/events/{evt}/messages?registrationId={first["id"]}&state=done")).ShouldBe(HttpStatusCode.OK).Json["items"]!.AsArray().Single()!;
        ((string)mine["kind"]!).ShouldBe("registrationConfirmed");
        ((string)mine["address"]!).ShouldBe((string)first["email"]!);
        ((string)mine["recipient"]!).ShouldBe("attendee");
        ((int)mine["attempts"]!).ShouldBe(1);
        mine["doneAt"].ShouldNotBeNull();
        mine["nextAttemptAt"].ShouldBeNull();
        (await host.Organizer.GetAsync($"/v1/events/{evt}/messages?state=failed")).ShouldBe(HttpStatusCode.OK).Json["items"]!.AsArray().ShouldBeEmpty();
    }

    [Fact]
    public async Task An_invitation_is_listed_with_the_address_its_invitee_has_now()
    {
        await using var host = await Mail.HostAsync();
        var evt = await host.EventAsync();
        (await host.ImportInviteesAsync(evt, "externalId,fullName,email\n1,Anna,anna@example.org\n2,Bert,bert@example.org\n", "?send=true")).ShouldBe(HttpStatusCode.OK);
        await host.SendAsync();
        (await ListedAsync()).ShouldBe(["invitee anna@example.org", "invitee bert@example.org"], ignoreOrder: true);
        (await host.ImportInviteesAsync(evt, "externalId,fullName,email\n1,Anna,anna@example.com\n")).ShouldBe(HttpStatusCode.OK);
        var sent = (await host.Organizer.GetAsync($"/v1/events/{evt}/messages")).Json["items"]!.AsArray().Single(m => (string?)m!["address"] == "anna@example.com")!["id"];
        foreach (var _ in new[] { "once", "twice" }) (await host.Organizer.PostAsync($"/v1/events/{evt}/messages/{sent}/resend")).ShouldBe(HttpStatusCode.Accepted).Json["address"]!.ToString().ShouldBe("anna@example.com");
        await host.SendAsync();
        (await ListedAsync()).ShouldBe(["invitee anna@example.com", "invitee anna@example.com", "invitee bert@example.org"], ignoreOrder: true);

        async Task<string[]> ListedAsync() => [.. (await host.Organizer.GetAsync($"/v1/events/{evt}/messages")).ShouldBe(HttpStatusCode.OK).Json["items"]!.AsArray().Select(m => $"{m!["recipient"]} {m["address"]}")];
    }

    [Fact]
    public async Task A_change_that_is_passed_on_is_listed_for_each_person_alone()
    {
        await using var host = await MailHost.StartAsync();
        var evt = await host.EventAsync();
        await host.Partner.RegisteredAsync(evt);
        (await host.Organizer.PatchAsync($"/v1/events/{evt}", """{"endsAt":"2020-10-16T12:00"}""", ("If-Match", "*"))).ShouldBe(HttpStatusCode.OK);
        (await host.Organizer.GetAsync($"/v1/events/{evt}/messages")).Json["items"]!.AsArray().Count.ShouldBe(1);
        await host.SendAsync();
        await host.SendAfterAsync(TimeSpan.FromMinutes(1));
        (await host.Organizer.GetAsync($"/v1/events/{evt}/messages")).Json["items"]!.AsArray().Select(m => (string?)m!["kind"]).ShouldBe(["eventChanged", "registrationConfirmed"]);
    }

    [Fact]
    public async Task Of_a_member_of_a_delegation_those_are_listed_as_well_that_told_of_them_to_its_contact()
    {
        await using var host = await Mail.HostAsync();
        var evt = await host.EventAsync();
        var party = (await host.Partner.PostAsync($"/v1/events/{evt}/delegations", """
            {"contact":{"fullName":"Kim Kontakt","email":"contact@example.org","language":"en"},"noticeVersion":"1","members":[{"fullName":"Li Na","siteId":"zoom","language":"de"}]}
            """)).ShouldBe(HttpStatusCode.Created).Json;
        await host.Partner.PostAsync($"/v1/events/{evt}/delegations", """
            {"contact":{"fullName":"Kim Kontakt","email":"others@example.org","language":"en"},"noticeVersion":"1","members":[{"fullName":"Anna","siteId":"zoom","language":"de"}]}
            """);
        var li = (string)party["members"]![0]!["id"]!;
        var waiting = (await ListedAsync(li)).ShouldHaveSingleItem()!;
        ((string?)waiting["recipient"]).ShouldBeNull();
        ((string)waiting["delegationId"]!).ShouldBe((string)party["id"]!);
        await host.SendAsync();
        host.Time.Advance(TimeSpan.FromMinutes(1));
        var late = (string)(await host.Partner.PostAsync($"/v1/delegations/{party["id"]}/members", """{"noticeVersion":"1","members":[{"fullName":"Bert","siteId":"zoom","language":"de"}]}""")).ShouldBe(HttpStatusCode.Created).Json["members"]![1]!["id"]!;
        (await host.Partner.PostAsync($"/v1/registrations/{li}/cancel")).ShouldBe(HttpStatusCode.OK);
        await host.SendAsync();

        (await ListedAsync(li)).Select(Said).ShouldBe(["registrationCancelled contact contact@example.org False", "delegationRegistered contact contact@example.org True", "delegationRegistered contact contact@example.org True"]);
        (await ListedAsync(late)).Select(Said).ShouldBe(["delegationRegistered contact contact@example.org True"]); // before that they had not come
        (await ListedAsync(li, "&state=failed")).ShouldBeEmpty();
        (await ListedAsync("reg_none")).ShouldBeEmpty();
        var alone = await host.Partner.RegisteredAsync(evt, "zoom");
        (await ListedAsync((string)alone["id"]!)).ShouldHaveSingleItem()!["delegationId"].ShouldBeNull();

        // A page at a time, and by no more rows than there are of theirs.
        var first = (await host.Organizer.GetAsync($"/v1/events/{evt}/messages?registrationId={li}&limit=2")).Json;
        (await ListedAsync(li, $"&limit=2&cursor={first["nextCursor"]}")).Select(Said).ShouldBe(["delegationRegistered contact contact@example.org True"]);
        var plan = await host.OutboxPlanAsync(Isa.Events.Api.Features.Messages.ListMessages.PageOfPerson, new { EventId = evt, RegistrationId = li, State = (string?)null, Before = (string?)null, Limit = 51 });
        plan.Count.ShouldBe(3, string.Join('\n', plan));
        plan.ShouldAllBe(step => step.Contains("outbox_by_registration", StringComparison.Ordinal) || step.Contains("outbox_pkey", StringComparison.Ordinal) || step.Contains("sqlite_autoindex_outbox", StringComparison.Ordinal));

        async Task<JsonNode?[]> ListedAsync(string registration, string more = "") => [.. (await host.Organizer.GetAsync($"/v1/events/{evt}/messages?registrationId={registration}{more}")).ShouldBe(HttpStatusCode.OK).Json["items"]!.AsArray()];

        string Said(JsonNode? message) => $"{message!["kind"]} {message["recipient"]} {message["address"]} {(string?)message["delegationId"] == (string?)party["id"]}";
    }

    [Fact]
    public async Task A_failed_one_is_sent_again_once_its_reason_is_gone()
    {
        await using var host = await MailHost.StartAsync();
        var evt = await host.EventAsync();
        var made = await host.Partner.RegisteredAsync(evt);
        host.Letters.Before = _ => throw new InvalidOperationException("made so by the test");
        for (var i = 0; i < 10; i++) await host.SendAfterAsync(TimeSpan.FromHours(5));
        var failed = await OneAsync(host, evt, "failed");
        host.Letters.Before = null;
        await host.SendAsync();
        host.LaidDown().ShouldBeEmpty();

        var again = (await host.Organizer.PostAsync($"/v1/events/{evt}/messages/{failed["id"]}/resend")).ShouldBe(HttpStatusCode.Accepted).Json;
        ((string)again["id"]!).ShouldBe((string)failed["id"]!);
        ((string)again["state"]!).ShouldBe("pending");
        await host.SendAsync();
        host.LaidDown().Count.ShouldBe(1);
        (await host.Organizer.GetAsync($"/v1/registrations/{made["id"]}/history")).Text.ShouldContain("messageResent");
    }

    [Fact]
    public async Task One_that_waits_is_tried_at_once()
    {
        await using var host = await MailHost.StartAsync();
        var evt = await host.EventAsync();
        await host.Partner.RegisteredAsync(evt);
        host.Letters.Before = _ => throw new InvalidOperationException("made so by the test");
        await host.SendAsync();
        host.Letters.Before = null;
        (await host.SendAsync()).ShouldBe(0);
        (await host.Organizer.PostAsync($"/v1/events/{evt}/messages/{(await OneAsync(host, evt, "pending"))["id"]}/resend")).ShouldBe(HttpStatusCode.Accepted);
        (await host.SendAsync()).ShouldBe(1);
        host.LaidDown().Count.ShouldBe(1);
    }

    [Fact]
    public async Task One_that_was_sent_is_sent_as_another_and_asked_twice_once()
    {
        await using var host = await MailHost.StartAsync();
        var evt = await host.EventAsync();
        await host.Partner.RegisteredAsync(evt);
        await host.SendAsync();
        var sent = await OneAsync(host, evt, "done");
        var again = (await host.Organizer.PostAsync($"/v1/events/{evt}/messages/{sent["id"]}/resend")).ShouldBe(HttpStatusCode.Accepted).Json;
        var twice = (await host.Organizer.PostAsync($"/v1/events/{evt}/messages/{sent["id"]}/resend")).ShouldBe(HttpStatusCode.Accepted).Json;
        ((string)twice["id"]!).ShouldBe((string)again["id"]!);
        ((string)again["id"]!).ShouldNotBe((string)sent["id"]!);
        await host.SendAsync();
        host.LaidDown().Count.ShouldBe(2);
        host.LaidDown().Select(m => m.MessageId).Distinct().Count().ShouldBe(2);
    }

    [Fact]
    public async Task One_that_has_nothing_to_say_any_more_is_refused()
    {
        await using var host = await MailHost.StartAsync();
        var evt = await host.EventAsync();
        var (made, stays) = (await host.Partner.RegisteredAsync(evt), await host.Partner.RegisteredAsync(evt));
        await host.SendAsync();
        (await host.Partner.PostAsync($"/v1/registrations/{made["id"]}/cancel")).ShouldBe(HttpStatusCode.OK);
        await host.SendAsync();
        var rows = await host.RowsAsync(evt);
        (await ResendAsync(made, "registrationConfirmed")).ShouldBe(HttpStatusCode.Conflict, "message-needless");
        (await host.Organizer.GetAsync($"/v1/registrations/{made["id"]}/history")).Text.ShouldNotContain("messageResent");
        (await host.RowsAsync(evt)).ShouldBe(rows);
        (await ResendAsync(made, "registrationCancelled")).ShouldBe(HttpStatusCode.Accepted);
        (await ResendAsync(stays, "registrationConfirmed")).ShouldBe(HttpStatusCode.Accepted);
        await host.SendAsync();
        host.LaidDown().Count.ShouldBe(5);
        (await host.Organizer.PostAsync($"/v1/events/{evt}/cancel", null, ("If-Match", "*"))).ShouldBe(HttpStatusCode.OK);
        (await ResendAsync(stays, "registrationConfirmed")).ShouldBe(HttpStatusCode.Conflict, "message-needless");

        async Task<Answer> ResendAsync(JsonNode person, string kind)
        {
            var sent = (await host.Organizer.GetAsync($"/v1/events/{evt}/messages?registrationId={person["id"]}")).Json["items"]!.AsArray().First(m => (string?)m!["kind"] == kind)!;
            return await host.Organizer.PostAsync($"/v1/events/{evt}/messages/{sent["id"]}/resend");
        }
    }

    [Fact]
    public async Task Asked_again_with_the_same_key_it_is_sent_once_also_after_the_first_has_left()
    {
        await using var host = await MailHost.StartAsync();
        var evt = await host.EventAsync();
        await host.Partner.RegisteredAsync(evt);
        await host.Partner.RegisteredAsync(evt);
        await host.SendAsync();
        var sent = (await host.Organizer.GetAsync($"/v1/events/{evt}/messages?state=done")).Json["items"]!.AsArray().Select(m => (string)m!["id"]!).ToList();
        var first = (await ResendAsync(sent[0], "once")).ShouldBe(HttpStatusCode.Accepted);
        await host.SendAsync();
        var again = (await ResendAsync(sent[0], "once")).ShouldBe(HttpStatusCode.Accepted);
        (again.Header("Idempotent-Replayed"), (string?)again.Json["id"], (string?)again.Json["state"]).ShouldBe(("true", (string?)first.Json["id"], "done"));
        await host.SendAsync();
        host.LaidDown().Count.ShouldBe(3);

        (await ResendAsync(sent[1], "once")).ShouldBe(HttpStatusCode.UnprocessableEntity, "idempotency-key-reused");
        (await ResendAsync(sent[0], "twice")).ShouldBe(HttpStatusCode.Accepted).Json["id"]!.ToString().ShouldNotBe((string)first.Json["id"]!);
        await host.SendAsync();
        host.LaidDown().Count.ShouldBe(4);

        Task<Answer> ResendAsync(string message, string key) => host.Organizer.PostAsync($"/v1/events/{evt}/messages/{message}/resend", null, ("Idempotency-Key", key));
    }

    [Fact]
    public async Task What_is_not_there_is_not_there_and_partners_see_none()
    {
        await using var host = await MailHost.StartAsync();
        var (evt, other) = (await host.EventAsync(), await host.EventAsync());
        await host.Partner.RegisteredAsync(evt);
        var message = (string)(await OneAsync(host, evt, "pending"))["id"]!;
        (await host.Organizer.PostAsync($"/v1/events/{other}/messages/{message}/resend")).ShouldBe(HttpStatusCode.NotFound, "message-not-found");
        (await host.Organizer.PostAsync($"/v1/events/{evt}/messages/{message[4..]}/resend")).ShouldBe(HttpStatusCode.NotFound, "message-not-found");
        (await host.Organizer.GetAsync("/v1/events/evt_none/messages")).ShouldBe(HttpStatusCode.NotFound, "event-not-found");
        (await host.Organizer.GetAsync($"/v1/events/{evt}/messages?state=lost")).ShouldBe(HttpStatusCode.BadRequest, "malformed-request");
        (await host.Partner.GetAsync($"/v1/events/{evt}/messages")).ShouldBe(HttpStatusCode.Forbidden, "not-allowed");
        (await host.Partner.PostAsync($"/v1/events/{evt}/messages/{message}/resend")).ShouldBe(HttpStatusCode.Forbidden, "not-allowed");
        (await host.Anybody.GetAsync($"/v1/events/{evt}/messages")).ShouldBe(HttpStatusCode.Unauthorized, "not-authenticated");
    }

    private static async Task<JsonNode> OneAsync(EventsHost host, string evt, string state) =>
        (await host.Organizer.GetAsync($"/v1/events/{evt}/messages?state={state}")).ShouldBe(HttpStatusCode.OK).Json["items"]!.AsArray().Single()!;
}
