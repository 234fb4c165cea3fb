namespace Isa.Events.Tests.Features.Registrations;

public class InviteOnlyTests(SharedHost host)
{
    private Task<string> EventAsync() => host.EventAsync(e => e["rules"] = new JsonObject { ["inviteOnly"] = true });

    private static JsonObject With(string? code, string? email = null) => Given.Person(email, change: p => p["invitationCode"] = code);

    [Fact]
    public async Task Takes_a_valid_code_which_organisers_need_not_have()
    {
        var evt = await EventAsync();
        var code = (await host.InviteAsync(evt, "Anna")).Code();
        (await host.Partner.RegisterAsync(evt)).ShouldBe(HttpStatusCode.Conflict, "invitation-needed").Errors.ShouldBe(["invitationCode required"]);
        (await host.Partner.RegisterAsync(evt, With(""))).ShouldBe(HttpStatusCode.Conflict, "invitation-needed");
        (await host.Partner.PostAsync($"/v1/events/{evt}/registrations?dryRun=true", Given.Person().ToJsonString())).ShouldBe(HttpStatusCode.Conflict, "invitation-needed");
        (await host.Partner.PostAsync($"/v1/events/{evt}/registrations?dryRun=true", With(code).ToJsonString())).ShouldBe(HttpStatusCode.OK);
        var made = (await host.Partner.RegisterAsync(evt, With(code.ToLowerInvariant()))).ShouldBe(HttpStatusCode.Created).Json;
        made.ToJsonString().ShouldNotContain(code);
        (await host.Organizer.RegisterAsync(evt)).ShouldBe(HttpStatusCode.Created);
        (await host.CountAsync("SELECT COUNT(*) FROM registrations r JOIN invitees i ON i.id = r.invitee_id WHERE r.event_id = @Id", evt)).ShouldBe(1);
        ((bool)(await host.Anybody.GetAsync($"/v1/events/{evt}")).Json["rules"]!["inviteOnly"]!).ShouldBeTrue();
        (await host.Anybody.GetAsync($"/v1/events/{evt}/registration-form?language=de")).ShouldBe(HttpStatusCode.OK).Json["fields"]!.AsArray()
            .Single(f => (string)f!["name"]! == "invitationCode")!["required"]!.GetValue<bool>().ShouldBeTrue();
    }

    [Fact]
    public async Task Unknown_revoked_and_foreign_codes_are_answered_alike()
    {
        var (evt, other) = (await EventAsync(), await EventAsync());
        var (mine, foreign) = (await host.InviteAsync(evt, "Anna"), await host.InviteAsync(other, "Bert"));
        (await host.Organizer.PostAsync($"/v1/events/{evt}/invitees/{mine[0]!["id"]}/revoke")).ShouldBe(HttpStatusCode.OK);
        foreach (var code in new[] { mine.Code(), foreign.Code(), "AAAA-AAAA-AAAA", "nonsense" })
            (await host.Partner.RegisterAsync(evt, With(code))).ShouldBe(HttpStatusCode.Conflict, "invitation-unknown").Errors.ShouldBe(["invitationCode unknown-invitation"]);
        (await host.Partner.RegisterAsync(evt, With(new string('A', 61)))).ShouldBe(HttpStatusCode.UnprocessableEntity, "validation-failed").Errors.ShouldBe(["invitationCode too-long"]);
        (await host.CountAsync("SELECT COUNT(*) FROM registrations WHERE event_id = @Id", evt)).ShouldBe(0);
    }

    [Fact]
    public async Task A_code_is_for_one_registration_until_that_is_cancelled()
    {
        var evt = await EventAsync();
        var code = (await host.InviteAsync(evt, "Anna")).Code();
        var made = (await host.Partner.RegisterAsync(evt, With(code, "anna@example.org"))).ShouldBe(HttpStatusCode.Created).Json;
        (await host.Partner.RegisterAsync(evt, With(code))).ShouldBe(HttpStatusCode.Conflict, "invitation-used").Errors.ShouldBe(["invitationCode duplicate-value"]);
        (await host.Partner.PostAsync($"/v1/events/{evt}/registrations?dryRun=true", With(code).ToJsonString())).ShouldBe(HttpStatusCode.Conflict, "invitation-used");
        (await host.Partner.RegisterAsync(evt, With(code, "anna@example.org"))).ShouldBe(HttpStatusCode.Conflict, "already-registered");
        (await host.Partner.PatchAsync($"/v1/registrations/{made["id"]}", new { invitationCode = code })).ShouldBe(HttpStatusCode.UnprocessableEntity, "validation-failed").Errors.ShouldBe(["invitationCode read-only"]);
        (await host.Partner.PostAsync($"/v1/registrations/{made["id"]}/cancel")).ShouldBe(HttpStatusCode.OK);
        (await host.Partner.RegisterAsync(evt, With(code))).ShouldBe(HttpStatusCode.Created);
    }

    [Fact]
    public async Task One_code_sent_by_many_at_once_registers_one()
    {
        var evt = await EventAsync();
        var code = (await host.InviteAsync(evt, "Anna")).Code();
        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => host.Partner.RegisterAsync(evt, With(code))));
        answers.Count(a => a.Status == HttpStatusCode.Created).ShouldBe(1);
        answers.Where(a => a.Status != HttpStatusCode.Created).ShouldAllBe(a => a.Code == "invitation-used");
        (await host.CountAsync("SELECT COUNT(*) FROM registrations WHERE event_id = @Id", evt)).ShouldBe(1);
    }

    [Fact]
    public async Task An_open_event_takes_note_of_codes_too()
    {
        var evt = await host.EventAsync();
        var invitees = await host.InviteAsync(evt, "Anna");
        (await host.Partner.RegisterAsync(evt)).ShouldBe(HttpStatusCode.Created);
        (await host.Partner.RegisterAsync(evt, With("AAAA-AAAA-AAAA"))).ShouldBe(HttpStatusCode.Conflict, "invitation-unknown");
        (await host.Partner.RegisterAsync(evt, With(invitees.Code()))).ShouldBe(HttpStatusCode.Created);
        ((string)(await host.Organizer.GetAsync($"/v1/events/{evt}/invitees")).Json["items"]![0]!["state"]!).ShouldBe("registered");
    }

    [Fact]
    public async Task Sent_again_with_its_key_it_answers_what_was_made()
    {
        var evt = await EventAsync();
        var person = With((await host.InviteAsync(evt, "Anna")).Code());
        var first = (await host.Partner.RegisterAsync(evt, (JsonObject)person.DeepClone(), ("Idempotency-Key", "invited-1"))).ShouldBe(HttpStatusCode.Created).Json;
        var again = (await host.Partner.RegisterAsync(evt, person, ("Idempotency-Key", "invited-1"))).ShouldBe(HttpStatusCode.Created);
        ((string)again.Json["id"]!).ShouldBe((string)first["id"]!);
        again.Header("Idempotent-Replayed").ShouldBe("true");
    }
}
