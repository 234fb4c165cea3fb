namespace Isa.Events.Tests.Features.Registrations;

/// <summary>The trail of a registration, for organisers.</summary>
public class GetRegistrationHistoryTests(SharedHost host)
{
    [Fact]
    public async Task Says_who_did_what_and_not_what_it_held()
    {
        var evt = await host.EventAsync();
        var made = (await host.Partner.RegisterAsync(evt)).ShouldBe(HttpStatusCode.Created).Json;
        var own = made.PathOf("invite").Replace("/invite.ics", "", StringComparison.Ordinal);
        (await host.Anybody.PatchAsync(own, """{"needs":"Rollstuhl","phone":"+49 511 1680"}""")).ShouldBe(HttpStatusCode.OK);
        (await host.Organizer.PatchAsync($"/v1/registrations/{made["id"]}", """{"jobTitle":"Beirat"}""", ("If-Match", "*"))).ShouldBe(HttpStatusCode.OK);
        (await host.Anybody.PostAsync($"{own}/cancel")).ShouldBe(HttpStatusCode.OK);
        var answer = (await host.Organizer.GetAsync($"/v1/registrations/{made["id"]}/history")).ShouldBe(HttpStatusCode.OK);
        answer.Json["items"]!.AsArray().Select(e => $"{e!["action"]} {e["actor"]} {e["actorName"]} {string.Join(',', e["fields"]?.AsArray().Select(f => (string)f!) ?? [])}").ShouldBe(
            ["registered partner Website ", "updated attendee  phone,needs", "updated organizer Office jobTitle", "cancelled attendee  "], ignoreOrder: false);
        ((string)answer.Json["items"]![0]!["at"]!).ShouldBe("2020-09-21T08:00:00.000Z");
        answer.Text.ShouldNotContain("Rollstuhl");
        answer.Header("Cache-Control").ShouldBe("no-store");
        answer.Json.AsObject().ContainsKey("nextCursor").ShouldBeFalse();
    }

    [Fact]
    public async Task Comes_in_pages()
    {
        var evt = await host.EventAsync();
        var id = (string)(await host.Partner.RegisterAsync(evt)).ShouldBe(HttpStatusCode.Created).Json["id"]!;
        for (var n = 0; n < 4; n++) (await host.Partner.PatchAsync($"/v1/registrations/{id}", $$"""{"jobTitle":"Job {{n}}"}""")).ShouldBe(HttpStatusCode.OK);
        var seen = new List<string>();
        string? next = $"/v1/registrations/{id}/history?limit=2";
        while (next is not null)
        {
            var page = (await host.Organizer.GetAsync(next)).ShouldBe(HttpStatusCode.OK);
            page.Json["items"]!.AsArray().Count.ShouldBeLessThanOrEqualTo(2);
            seen.AddRange(page.Json["items"]!.AsArray().Select(e => (string)e!["action"]!));
            next = (string?)page.Json["nextCursor"] is { } cursor ? $"/v1/registrations/{id}/history?limit=2&cursor={cursor}" : null;
            (page.Header("Link") is not null).ShouldBe(next is not null);
        }

        seen.ShouldBe(["registered", "updated", "updated", "updated", "updated"]);
        var other = (string)(await host.Partner.RegisterAsync(evt)).ShouldBe(HttpStatusCode.Created).Json["id"]!;
        var foreign = (string)(await host.Organizer.GetAsync($"/v1/registrations/{id}/history?limit=1")).Json["nextCursor"]!;
        (await host.Organizer.GetAsync($"/v1/registrations/{other}/history?cursor={foreign}")).ShouldBe(HttpStatusCode.BadRequest, "malformed-request").Errors.ShouldBe(["cursor invalid-cursor"]);
        (await host.Organizer.GetAsync($"/v1/registrations/{other}/history?limit=0")).ShouldBe(HttpStatusCode.BadRequest, "malformed-request").Errors.ShouldBe(["limit out-of-range"]);
    }

    [Fact]
    public async Task Is_for_organisers_and_by_id()
    {
        var made = (await host.Partner.RegisterAsync(await host.EventAsync())).ShouldBe(HttpStatusCode.Created).Json;
        var token = made.PathOf("invite").Replace("/invite.ics", "/history", StringComparison.Ordinal);
        (await host.Partner.GetAsync($"/v1/registrations/{made["id"]}/history")).ShouldBe(HttpStatusCode.Forbidden, "not-allowed");
        (await host.Anybody.GetAsync(token)).ShouldBe(HttpStatusCode.Unauthorized, "not-authenticated");
        (await host.Organizer.GetAsync(token)).ShouldBe(HttpStatusCode.NotFound, "registration-not-found");
        (await host.Organizer.GetAsync("/v1/registrations/reg_0/history")).ShouldBe(HttpStatusCode.NotFound, "registration-not-found");
    }
}
