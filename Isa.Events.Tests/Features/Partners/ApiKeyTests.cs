using System.Text;
using Isa.Events.Api.Features.Partners;
using Microsoft.Extensions.DependencyInjection;

namespace Isa.Events.Tests.Features.Partners;

public class ApiKeyTests(SharedHost host)
{
    private static readonly Dictionary<string, Role[]> Allowed = new()
    {
        ["organizer"] = [Role.Organizer], ["partner"] = [Role.Organizer, Role.Partner], ["checkIn"] = [Role.Organizer, Role.CheckIn], ["mailIntake"] = [Role.MailIntake],
        ["anyKey"] = [Role.Organizer, Role.Partner, Role.CheckIn, Role.MailIntake],
    };

    [Fact]
    public async Task Every_operation_lets_in_those_whom_the_contract_names_and_nobody_else()
    {
        var keys = new Dictionary<Role, string>();
        foreach (var role in Enum.GetValues<Role>()) keys[role] = await host.KeyAsync(role, $"Table {role}");
        var seen = 0;
        foreach (var operation in ContractFile.Read().Operations.Where(o => o.Path.StartsWith("/v1/", StringComparison.Ordinal)))
        {
            if (operation.Access == "anonymous")
            {
                (await CallAsync(operation, "isa_ptn_0000000000000000000000000000000000000")).ShouldBe(HttpStatusCode.Unauthorized, "not-authenticated");
                continue;
            }

            (await CallAsync(operation, null)).ShouldBe(HttpStatusCode.Unauthorized, "not-authenticated").Header("WWW-Authenticate").ShouldBe("Bearer");
            foreach (var (role, key) in keys)
            {
                var answer = await CallAsync(operation, key);
                if (Allowed[operation.Access].Contains(role)) answer.Status.ShouldNotBeOneOf(HttpStatusCode.Unauthorized, HttpStatusCode.Forbidden);
                else answer.ShouldBe(HttpStatusCode.Forbidden, "not-allowed");
                seen++;
            }
        }

        seen.ShouldBeGreaterThan(40);
    }

    [Theory]
    [InlineData("Basic dXNlcjpwYXNz")]
    [InlineData("Bearer")]
    [InlineData("Bearer  ")]
    [InlineData("Bearer isa_org_short")]
    [InlineData("Bearer ' OR 1=1 --")]
    [InlineData("isa_org_000000000000000000000000000000000000")]
    public async Task Refuses_what_is_no_key(string header) =>
        (await host.Anybody.GetAsync("/v1/me", ("Authorization", header))).ShouldBe(HttpStatusCode.Unauthorized, "not-authenticated");

    [Fact]
    public async Task A_revoked_key_stops_within_a_second()
    {
        var key = await host.KeyAsync(Role.Partner, "Short-lived");
        var api = host.Caller(key);
        var me = (await api.GetAsync("/v1/me")).ShouldBe(HttpStatusCode.OK).Json;
        await host.Services.GetRequiredService<ApiKeys>().RevokeAsync((string)me["keyId"]!, TestContext.Current.CancellationToken);
        (await api.GetAsync("/v1/me")).ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task A_key_revoked_by_another_process_stops_within_a_second()
    {
        var key = await host.KeyAsync(Role.Partner, "Revoked elsewhere");
        var api = host.Caller(key);
        var id = (string)(await api.GetAsync("/v1/me")).ShouldBe(HttpStatusCode.OK).Json["keyId"]!;
        using (var other = host.OpenBeside()) await new ApiKeys(other).RevokeAsync(id, TestContext.Current.CancellationToken);

        await Task.Delay(TimeSpan.FromSeconds(1), TestContext.Current.CancellationToken); // the promise itself
        (await api.GetAsync("/v1/me")).ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task An_expired_key_stops_at_its_instant()
    {
        await using var own = new EventsHost();
        await own.InitializeAsync();
        var api = own.Caller(await own.KeyAsync(Role.Partner, "Until noon", expires: EventsHost.Start.AddHours(4)));
        own.Time.Advance(TimeSpan.FromHours(4) - TimeSpan.FromMilliseconds(1));
        (await api.GetAsync("/v1/me")).ShouldBe(HttpStatusCode.OK);
        own.Time.Advance(TimeSpan.FromMilliseconds(1));
        (await api.GetAsync("/v1/me")).ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task A_key_limited_to_an_event_does_not_see_another()
    {
        var (own, foreign) = (await host.EventAsync(), await host.EventAsync());
        var api = host.Caller(await host.KeyAsync(Role.Partner, "One event", events: [own]));
        ((string)(await api.GetAsync("/v1/me")).Json["events"]![0]!).ShouldBe(own);
        (await api.RegisterAsync(own)).ShouldBe(HttpStatusCode.Created);
        (await api.GetAsync($"/v1/events/{foreign}")).ShouldBe(HttpStatusCode.NotFound, "event-not-found");
        (await api.RegisterAsync(foreign)).ShouldBe(HttpStatusCode.NotFound, "event-not-found");
        (await api.GetAsync($"/v1/events/{foreign}/registrations")).ShouldBe(HttpStatusCode.NotFound, "event-not-found");
        (await api.GetAsync("/v1/events?when=all&limit=200")).Json["items"]!.AsArray().Select(e => (string)e!["id"]!).ShouldBe([own]);
    }

    [Fact]
    public async Task An_organizers_key_limited_to_an_event_reaches_no_registration_of_another()
    {
        var (own, foreign) = (await host.EventAsync(), await host.EventAsync());
        var api = host.Caller(await host.KeyAsync(Role.Organizer, "Office of one event", events: [own]));
        var (seen, hidden) = ((string)(await host.Partner.RegisterAsync(own)).Json["id"]!, (string)(await host.Partner.RegisterAsync(foreign)).Json["id"]!);
        (await api.GetAsync($"/v1/registrations/{seen}")).ShouldBe(HttpStatusCode.OK);
        foreach (var path in new[] { "", "/invite.ics" }) (await api.GetAsync($"/v1/registrations/{hidden}{path}")).ShouldBe(HttpStatusCode.NotFound, "registration-not-found");
        (await api.PostAsync($"/v1/registrations/{hidden}/cancel")).ShouldBe(HttpStatusCode.NotFound, "registration-not-found");
        ((string)(await host.Partner.GetAsync($"/v1/registrations/{hidden}")).Json["status"]!).ShouldBe("confirmed");
    }

    [Fact]
    public async Task A_foreign_registration_answers_as_one_that_does_not_exist()
    {
        var evt = await host.EventAsync();
        var id = (string)(await host.Partner.RegisterAsync(evt)).ShouldBe(HttpStatusCode.Created).Json["id"]!;
        var stranger = host.Caller(await host.KeyAsync(Role.Partner, "Stranger"));
        var foreign = (await stranger.GetAsync($"/v1/registrations/{id}")).ShouldBe(HttpStatusCode.NotFound, "registration-not-found").Json;
        var unknown = (await stranger.GetAsync("/v1/registrations/reg_00000000000000000000000000000000")).ShouldBe(HttpStatusCode.NotFound, "registration-not-found").Json;
        foreach (var json in new[] { foreign, unknown }) foreach (var own in new[] { "traceId", "instance" }) json.AsObject().Remove(own);
        JsonNode.DeepEquals(foreign, unknown).ShouldBeTrue();
        (await stranger.PostAsync($"/v1/registrations/{id}/cancel", null)).ShouldBe(HttpStatusCode.NotFound, "registration-not-found");
        (await host.Partner.GetAsync($"/v1/registrations/{id}")).Json["status"]!.GetValue<string>().ShouldBe("confirmed");
    }

    [Fact]
    public async Task A_key_is_neither_stored_nor_logged()
    {
        await using var own = new EventsHost();
        await own.InitializeAsync();
        var evt = await own.EventAsync();
        (await own.Partner.RegisterAsync(evt)).ShouldBe(HttpStatusCode.Created);
        await own.Caller(Given.Forged(own.PartnerKey)).GetAsync("/v1/me");
        own.Log.All.ShouldNotBeEmpty();
        own.Log.All.Where(l => l.Contains(own.PartnerKey[..20], StringComparison.Ordinal)).ShouldBeEmpty();
        foreach (var file in Directory.EnumerateFiles(own.Folder))
        {
            await using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            using var content = new MemoryStream();
            await stream.CopyToAsync(content, TestContext.Current.CancellationToken);
            content.ToArray().AsSpan().IndexOf(Encoding.UTF8.GetBytes(own.PartnerKey[8..])).ShouldBe(-1, file);
        }
    }

    [Fact]
    public async Task Test_keys_take_no_seat_and_see_their_own_only()
    {
        var evt = await host.EventWithSeatsAsync(1);
        var test = host.Caller(await host.KeyAsync(Role.Partner, "Trying out", isTest: true));
        for (var i = 0; i < 3; i++) ((bool)(await test.RegisterAsync(evt)).ShouldBe(HttpStatusCode.Created).Json["isTest"]!).ShouldBeTrue();
        ((int)(await host.Organizer.GetAsync($"/v1/events/{evt}/availability")).Json["sites"]![0]!["seatsTaken"]!).ShouldBe(0);
        (await host.Partner.RegisterAsync(evt)).ShouldBe(HttpStatusCode.Created);
        (await test.GetAsync($"/v1/events/{evt}/registrations")).Json["items"]!.AsArray().Count.ShouldBe(3);
        (await host.Organizer.GetAsync($"/v1/events/{evt}/registrations")).Json["items"]!.AsArray().Count.ShouldBe(1);
    }

    private Task<Answer> CallAsync(Operation operation, string? key)
    {
        var path = operation.Path.Replace("{event}", "no-such-event").Replace("{registration}", "reg_00000000000000000000000000000000").Replace("{site}", "x").Replace("{format}", "csv");
        return host.Caller(key).SendAsync(new HttpMethod(operation.Verb), path, operation.Verb is "GET" or "DELETE" ? null : Support.Api.Json("{}"), ("If-Match", "*"));
    }
}
