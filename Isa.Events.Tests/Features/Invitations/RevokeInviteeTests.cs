namespace Isa.Events.Tests.Features.Invitations;

public class RevokeInviteeTests(SharedHost host)
{
    [Fact]
    public async Task The_registration_stays_unless_it_is_to_end_as_well()
    {
        var evt = await host.EventWithSeatsAsync(1);
        var invitees = await host.InviteAsync(evt, "Anna");
        var made = (await host.Partner.RegisterAsync(evt, Given.Person(change: p => p["invitationCode"] = invitees.Code()))).ShouldBe(HttpStatusCode.Created).Json;
        var path = $"/v1/events/{evt}/invitees/{invitees[0]!["id"]}/revoke";
        var revoked = (await host.Organizer.PostAsync(path)).ShouldBe(HttpStatusCode.OK).Json;
        ((string)revoked["state"]!, (string)revoked["registrationId"]!).ShouldBe(("revoked", (string)made["id"]!));
        ((string)(await host.Partner.GetAsync($"/v1/registrations/{made["id"]}")).Json["status"]!).ShouldBe("confirmed");

        var ended = (await host.Organizer.PostAsync(path, new { cancelRegistration = true })).ShouldBe(HttpStatusCode.OK).Json.AsObject();
        ended.ContainsKey("registrationId").ShouldBeFalse();
        ((string)ended["revokedAt"]!).ShouldBe((string)revoked["revokedAt"]!);
        var registration = (await host.Partner.GetAsync($"/v1/registrations/{made["id"]}")).Json;
        ((string)registration["status"]!, (string)registration["endReason"]!, (string)registration["cancelledBy"]!).ShouldBe(("cancelled", "invitationRevoked", "organizer"));
        ((int)(await host.Organizer.GetAsync($"/v1/events/{evt}/availability")).Json["sites"]![0]!["seatsTaken"]!).ShouldBe(0);
        (await host.Organizer.PostAsync(path, new { cancelRegistration = true })).ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_list_does_not_bring_back_who_was_taken_off()
    {
        var evt = await host.EventAsync();
        var invitees = await host.InviteAsync(evt, "Anna");
        (await host.Organizer.PostAsync($"/v1/events/{evt}/invitees/{invitees[0]!["id"]}/revoke")).ShouldBe(HttpStatusCode.OK);
        ((string)(await host.InviteAsync(evt, "Anna"))[0]!["state"]!).ShouldBe("revoked");
        foreach (var query in new[] { "?dryRun=true", "?send=true" })
        {
            var again = (await host.ImportInviteesAsync(evt, "fullName\r\nAnna\r\nBert", query)).ShouldBe(HttpStatusCode.OK);
            again.Counts().ShouldBe((1, 0, 1, 0, 0));
            ((int)again.Json["revoked"]!).ShouldBe(1);
        }

        (await host.ImportInviteesAsync(evt, "fullName\r\nBert")).Json.AsObject().ContainsKey("revoked").ShouldBeFalse();
    }

    [Fact]
    public async Task Foreign_and_unknown_ids_are_answered_alike()
    {
        var (evt, other) = (await host.EventAsync(), await host.EventAsync());
        var foreign = await host.InviteAsync(other, "Bert");
        (await host.Organizer.PostAsync($"/v1/events/{evt}/invitees/{foreign[0]!["id"]}/revoke")).ShouldBe(HttpStatusCode.NotFound, "invitee-not-found");
        (await host.Organizer.PostAsync($"/v1/events/{evt}/invitees/ivt_0/revoke")).ShouldBe(HttpStatusCode.NotFound, "invitee-not-found");
        (await host.Partner.PostAsync($"/v1/events/{other}/invitees/{foreign[0]!["id"]}/revoke")).ShouldBe(HttpStatusCode.Forbidden, "not-allowed");
        (await host.Organizer.PostAsync($"/v1/events/{other}/invitees/{foreign[0]!["id"]}/revoke", new { cancel = true })).ShouldBe(HttpStatusCode.BadRequest, "malformed-request").Errors.ShouldBe(["cancel unknown-member"]);
        ((string)(await host.Organizer.GetAsync($"/v1/events/{other}/invitees")).Json["items"]![0]!["state"]!).ShouldBe("unanswered");
    }
}
