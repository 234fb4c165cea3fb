using Isa.Events.Api.Features.Partners;

namespace Isa.Events.Tests.Features.Invitations;

public class DeclineInvitationTests(SharedHost host)
{
    [Fact]
    public async Task Says_no_once_and_the_mind_may_be_changed()
    {
        var evt = await host.EventAsync();
        var code = (await host.InviteAsync(evt, "Anna")).Code();
        for (var i = 0; i < 2; i++)
            ((string)(await host.Partner.PostAsync($"/v1/events/{evt}/invitations/{code}/decline")).ShouldBe(HttpStatusCode.OK).Json["state"]!).ShouldBe("declined");
        (await host.CountAsync("SELECT version FROM invitees WHERE event_id = @Id", evt)).ShouldBe(2);
        var made = (await host.Partner.RegisterAsync(evt, Given.Person(change: p => p["invitationCode"] = code))).ShouldBe(HttpStatusCode.Created).Json;
        (await host.Partner.PostAsync($"/v1/events/{evt}/invitations/{code}/decline")).ShouldBe(HttpStatusCode.Conflict, "invitation-used");
        (await host.Partner.PostAsync($"/v1/registrations/{made["id"]}/cancel")).ShouldBe(HttpStatusCode.OK);
        ((string)(await host.Partner.GetAsync($"/v1/events/{evt}/invitations/{code}")).Json["state"]!).ShouldBe("unanswered");
    }

    [Fact]
    public async Task A_test_key_declines_for_nobody()
    {
        var evt = await host.EventAsync();
        var code = (await host.InviteAsync(evt, "Anna")).Code();
        var test = host.Caller(await host.KeyAsync(Role.Partner, "Test", isTest: true));
        ((string)(await test.PostAsync($"/v1/events/{evt}/invitations/{code}/decline")).ShouldBe(HttpStatusCode.OK).Json["state"]!).ShouldBe("declined");
        ((string)(await host.Partner.GetAsync($"/v1/events/{evt}/invitations/{code}")).Json["state"]!).ShouldBe("unanswered");
        (await test.RegisterAsync(evt, Given.Person(change: p => p["invitationCode"] = code))).ShouldBe(HttpStatusCode.Created);
        (await test.RegisterAsync(evt, Given.Person(change: p => p["invitationCode"] = code))).ShouldBe(HttpStatusCode.Conflict, "invitation-used");
        (await host.Partner.RegisterAsync(evt, Given.Person(change: p => p["invitationCode"] = code))).ShouldBe(HttpStatusCode.Created);
    }

    [Fact]
    public async Task Nothing_is_left_to_decline_once_the_event_is_called_off()
    {
        var evt = await host.EventAsync();
        var code = (await host.InviteAsync(evt, "Anna")).Code();
        (await host.Partner.GetAsync($"/v1/events/{evt}/invitations/{code}/decline")).ShouldBe(HttpStatusCode.MethodNotAllowed, "method-not-allowed");
        (await host.Organizer.PostAsync($"/v1/events/{evt}/cancel", null, ("If-Match", "*"))).ShouldBe(HttpStatusCode.OK);
        (await host.Partner.PostAsync($"/v1/events/{evt}/invitations/{code}/decline")).ShouldBe(HttpStatusCode.Conflict, "event-cancelled");
    }
}
