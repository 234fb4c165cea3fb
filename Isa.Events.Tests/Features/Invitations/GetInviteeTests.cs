using Isa.Events.Api.Features.Invitations;
using Isa.Events.Api.Features.Partners;
using Isa.Events.Api.Features.Server;
using Isa.Events.Tests.Features.Delegations;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Isa.Events.Tests.Features.Invitations;

public class GetInviteeTests(SharedHost host)
{
    [Fact]
    public async Task Gives_a_website_what_the_form_is_filled_in_with()
    {
        var evt = await host.EventAsync();
        (await host.ImportInviteesAsync(evt, "Name,E-Mail,Organisation,Stadt,Zielgruppe,Sprache,Telefon\r\n王小明,w@example.org,佛山市商务局,Foshan,guest,zh,+86 757 1234\r\n")).ShouldBe(HttpStatusCode.OK);
        var code = (await host.Organizer.GetAsync($"/v1/events/{evt}/invitees")).Json["items"]!.AsArray().Code();
        var answer = (await host.Partner.GetAsync($"/v1/events/{evt}/invitations/{code.ToLowerInvariant().Replace("-", "%20")}")).ShouldBe(HttpStatusCode.OK);
        answer.Json.ToJsonString().ShouldBe(JsonNode.Parse("""{"state":"unanswered","fullName":"王小明","organisation":"佛山市商务局","city":"Foshan","audience":"guest","language":"zh"}""")!.ToJsonString());
        answer.Header("Cache-Control")!.ShouldContain("no-store");
    }

    [Fact]
    public async Task Unknown_revoked_and_foreign_codes_are_answered_alike_and_nowhere_shown()
    {
        var (evt, other) = (await host.EventAsync(), await host.EventAsync());
        var (mine, foreign) = (await host.InviteAsync(evt, "Anna"), await host.InviteAsync(other, "Bert"));
        (await host.Organizer.PostAsync($"/v1/events/{evt}/invitees/{mine[0]!["id"]}/revoke")).ShouldBe(HttpStatusCode.OK);
        var partner = host.Caller(await host.KeyAsync(Role.Partner, "Guesser"));
        var answers = new List<JsonObject>();
        foreach (var code in new[] { mine.Code(), foreign.Code(), "AAAA-AAAA-AAAA", "x" })
        {
            var answer = (await partner.GetAsync($"/v1/events/{evt}/invitations/{code}")).ShouldBe(HttpStatusCode.NotFound, "invitation-not-found");
            ((string)answer.Json["instance"]!).ShouldBe($"/v1/events/{evt}/invitations/redacted");
            answers.Add(answer.Json.AsObject());
        }

        foreach (var answer in answers) answer.Remove("traceId");
        answers.Select(a => a.ToJsonString()).Distinct().Count().ShouldBe(1);
        (await host.Anybody.GetAsync($"/v1/events/{evt}/invitations/{mine.Code()}")).ShouldBe(HttpStatusCode.Unauthorized, "not-authenticated");
        var limited = host.Caller(await host.KeyAsync(Role.Partner, "Elsewhere", events: [other]));
        (await limited.GetAsync($"/v1/events/{evt}/invitations/{mine.Code()}")).ShouldBe(HttpStatusCode.NotFound, "event-not-found");
    }

    [Fact]
    public async Task Who_guesses_too_often_is_slowed_and_a_right_code_counts_all_the_same()
    {
        await using var own = new EventsHost();
        await own.InitializeAsync();
        var (evt, other) = (await own.EventAsync(e => e["rules"] = new JsonObject { ["inviteOnly"] = true }), await own.EventAsync());
        var (invited, elsewhere) = (await own.InviteAsync(evt, "Anna", "Bea", "Cora", "Dora"), (await own.InviteAsync(other, "Bert")).Code());
        string Of(string name) => (string)invited.First(i => (string?)i!["fullName"] == name)!["code"]!;
        (await own.Organizer.PostAsync($"/v1/events/{evt}/invitees/{invited.First(i => (string?)i!["fullName"] == "Cora")!["id"]}/revoke")).ShouldBe(HttpStatusCode.OK);
        own.Time.Advance(TimeSpan.FromMinutes(10));
        // Wherever codes are asked for, one count holds them all.
        for (var i = 0; i < CodeGuesses.Allowed; i++)
        {
            var guess = $"AAAA-AAAA-{i:d4}";
            if (i % 4 == 0) (await own.Partner.GetAsync($"/v1/events/{evt}/invitations/{guess}")).ShouldBe(HttpStatusCode.NotFound, "invitation-not-found");
            else if (i % 4 == 1) (await own.Partner.PostAsync($"/v1/events/{evt}/invitations/{guess}/decline")).ShouldBe(HttpStatusCode.NotFound, "invitation-not-found");
            else (await own.Partner.PostAsync($"/v1/events/{evt}/registrations{(i % 4 == 2 ? "?dryRun=true" : "")}", With(guess).ToJsonString())).ShouldBe(HttpStatusCode.Conflict, "invitation-unknown");
        }

        own.Time.Advance(TimeSpan.FromMinutes(20));
        foreach (var wrong in new[] { "AAAA-AAAA-9999", "x", elsewhere, Of("Cora") })
        {
            foreach (var refused in new[]
            {
                await own.Partner.GetAsync($"/v1/events/{evt}/invitations/{wrong}"), await own.Partner.PostAsync($"/v1/events/{evt}/invitations/{wrong}/decline"), await own.Partner.RegisterAsync(evt, With(wrong)),
                await own.SendAsync(evt, PartyOf(Of("Anna"), wrong)),
            })
            {
                refused.ShouldBe(HttpStatusCode.TooManyRequests, "too-many-requests").Header("Retry-After").ShouldBe("2400");
                ((string)refused.Json["detail"]!).ShouldBe("Too many requests in a short time. You can try again in about 40 minutes.");
            }
        }

        // The visitors of the same website who have their letter before them.
        (await own.Partner.GetAsync($"/v1/events/{evt}/invitations/{Of("Anna")}")).ShouldBe(HttpStatusCode.OK);
        (await own.Partner.PostAsync($"/v1/events/{evt}/invitations/{Of("Anna")}/decline")).ShouldBe(HttpStatusCode.OK);
        (await own.Partner.RegisterAsync(evt, With(Of("Anna")))).ShouldBe(HttpStatusCode.Created);
        (await own.Partner.RegisterAsync(evt, With(Of("Anna")))).ShouldBe(HttpStatusCode.Conflict, "invitation-used");
        (await own.SendAsync(evt, PartyOf(Of("Bea"), Of("Dora")))).ShouldBe(HttpStatusCode.Created);

        // Another caller, another event, and who sends no code, go on.
        var second = own.Caller(await own.KeyAsync(Role.Partner, "Another website"));
        (await second.GetAsync($"/v1/events/{evt}/invitations/AAAA-AAAA-9999")).ShouldBe(HttpStatusCode.NotFound, "invitation-not-found");
        (await own.Partner.GetAsync($"/v1/events/{other}/invitations/{elsewhere}")).ShouldBe(HttpStatusCode.OK);
        (await own.Partner.RegisterAsync(other)).ShouldBe(HttpStatusCode.Created);

        own.Time.Advance(TimeSpan.FromMinutes(40));
        (await own.Partner.RegisterAsync(evt, With("AAAA-AAAA-9999"))).ShouldBe(HttpStatusCode.Conflict, "invitation-unknown");
        (await own.CountAsync("SELECT COUNT(*) FROM attempts WHERE scope = 'codes'", "")).ShouldBe(2); // one for each caller
        own.Time.Advance(TimeSpan.FromDays(2));
        await own.Services.GetServices<IHostedService>().OfType<Housekeeping>().Single().RunAsync(CancellationToken.None);
        (await own.CountAsync("SELECT COUNT(*) FROM attempts", "")).ShouldBe(0);
    }

    private static JsonObject With(string code) => Given.Person(change: p => p["invitationCode"] = code);

    private static JsonObject PartyOf(string first, string second) => Party.Of(2, d => (d["members"]![0]!["invitationCode"], d["members"]![1]!["invitationCode"]) = (first, second));
}
