namespace Isa.Events.Tests.Features.Invitations;

public class RestoreInviteeTests(SharedHost host)
{
    [Fact]
    public async Task Whose_invitation_was_taken_back_registers_with_the_same_code_once_they_are_invited_again()
    {
        var evt = await host.EventAsync(e => e["rules"] = new JsonObject { ["inviteOnly"] = true });
        var invitees = await host.InviteAsync(evt, "Anna");
        var path = $"/v1/events/{evt}/invitees/{invitees[0]!["id"]}";
        (await host.Organizer.PostAsync($"{path}/revoke")).ShouldBe(HttpStatusCode.OK);
        (await host.Partner.RegisterAsync(evt, Given.Person(change: p => p["invitationCode"] = invitees.Code()))).ShouldBe(HttpStatusCode.Conflict, "invitation-unknown");

        var restored = (await host.Organizer.PostAsync($"{path}/restore")).ShouldBe(HttpStatusCode.OK).Json.AsObject();
        ((string)restored["state"]!, (string)restored["code"]!, restored.ContainsKey("revokedAt")).ShouldBe(("unanswered", invitees.Code(), false));
        (await host.Organizer.PostAsync($"{path}/restore")).ShouldBe(HttpStatusCode.OK).Json.ToJsonString().ShouldBe(restored.ToJsonString());
        var made = (await host.Partner.RegisterAsync(evt, Given.Person(change: p => p["invitationCode"] = invitees.Code()))).ShouldBe(HttpStatusCode.Created).Json;

        // What goes on without the invitation is found with it again.
        (await host.Organizer.PostAsync($"{path}/revoke")).ShouldBe(HttpStatusCode.OK);
        var again = (await host.Organizer.PostAsync($"{path}/restore")).ShouldBe(HttpStatusCode.OK).Json;
        ((string)again["state"]!, (string)again["registrationId"]!).ShouldBe(("registered", (string)made["id"]!));
    }

    [Fact]
    public async Task Foreign_and_unknown_ids_are_answered_alike_and_what_has_ended_invites_nobody()
    {
        var (evt, other) = (await host.EventAsync(), await host.EventAsync());
        var foreign = await host.InviteAsync(other, "Bert");
        (await host.Organizer.PostAsync($"/v1/events/{evt}/invitees/{foreign[0]!["id"]}/restore")).ShouldBe(HttpStatusCode.NotFound, "invitee-not-found");
        (await host.Organizer.PostAsync($"/v1/events/{evt}/invitees/ivt_0/restore")).ShouldBe(HttpStatusCode.NotFound, "invitee-not-found");
        (await host.Partner.PostAsync($"/v1/events/{other}/invitees/{foreign[0]!["id"]}/restore")).ShouldBe(HttpStatusCode.Forbidden, "not-allowed");
        (await host.Organizer.PostAsync($"/v1/events/{other}/cancel", null, ("If-Match", "*"))).ShouldBe(HttpStatusCode.OK);
        (await host.Organizer.PostAsync($"/v1/events/{other}/invitees/{foreign[0]!["id"]}/restore")).ShouldBe(HttpStatusCode.Conflict, "event-cancelled");
    }
}
