namespace Isa.Events.Tests.Features.Invitations;

public class ListInviteesTests(SharedHost host)
{
    [Fact]
    public async Task Tells_who_said_what()
    {
        var evt = await host.EventAsync();
        var invitees = await host.InviteAsync(evt, "Anna", "Bert", "Carla", "Dora", "Emil");
        var made = (await host.Partner.RegisterAsync(evt, Given.Person(change: p => p["invitationCode"] = invitees.Code(0)))).ShouldBe(HttpStatusCode.Created).Json;
        (await host.Partner.PostAsync($"/v1/events/{evt}/invitations/{invitees.Code(1)}/decline")).ShouldBe(HttpStatusCode.OK);
        (await host.Organizer.PostAsync($"/v1/events/{evt}/invitees/{invitees[2]!["id"]}/revoke")).ShouldBe(HttpStatusCode.OK);

        (await NamesAsync("")).ShouldBe(["Anna registered", "Bert declined", "Carla revoked", "Dora unanswered", "Emil unanswered"]);
        (await NamesAsync("?state=invited")).ShouldBe(["Anna registered", "Bert declined", "Dora unanswered", "Emil unanswered"]);
        (await NamesAsync("?state=registered")).ShouldBe(["Anna registered"]);
        (await NamesAsync("?state=declined")).ShouldBe(["Bert declined"]);
        (await NamesAsync("?state=revoked")).ShouldBe(["Carla revoked"]);
        (await NamesAsync("?state=unanswered")).ShouldBe(["Dora unanswered", "Emil unanswered"]);
        ((string)(await host.Organizer.GetAsync($"/v1/events/{evt}/invitees?state=registered")).Json["items"]![0]!["registrationId"]!).ShouldBe((string)made["id"]!);

        (await host.Partner.PostAsync($"/v1/registrations/{made["id"]}/cancel")).ShouldBe(HttpStatusCode.OK);
        (await NamesAsync("?state=unanswered")).ShouldBe(["Anna unanswered", "Dora unanswered", "Emil unanswered"]);

        async Task<string[]> NamesAsync(string query) =>
            [.. (await host.Organizer.GetAsync($"/v1/events/{evt}/invitees{query}")).ShouldBe(HttpStatusCode.OK).Json["items"]!.AsArray().Select(i => $"{i!["fullName"]} {i["state"]}")];
    }

    [Fact]
    public async Task Comes_in_pages_and_is_searched_without_regard_to_umlauts()
    {
        var evt = await host.EventAsync();
        await host.InviteAsync(evt, "Müller A", "Mueller B", "Weiß", "MULLER C");
        var names = new List<string>();
        var path = $"/v1/events/{evt}/invitees?q=müller&limit=1";
        for (var pages = 0; path is not null && pages < 5; pages++)
        {
            var page = (await host.Organizer.GetAsync(path)).ShouldBe(HttpStatusCode.OK);
            names.Add((string)page.Json["items"]!.AsArray().Single()!["fullName"]!);
            path = page.Header("Link") is { } link ? new Uri(link[1..link.IndexOf('>')]).PathAndQuery : null;
            (page.Json["nextCursor"] is null).ShouldBe(path is null);
        }

        names.ShouldBe(["Müller A", "Mueller B", "MULLER C"]);
        var cursor = (string)(await host.Organizer.GetAsync($"/v1/events/{evt}/invitees?limit=1")).Json["nextCursor"]!;
        (await host.Organizer.GetAsync($"/v1/events/{evt}/invitees?limit=1&state=declined&cursor={cursor}")).ShouldBe(HttpStatusCode.BadRequest, "malformed-request").Errors.ShouldBe(["cursor invalid-cursor"]);
        (await host.Organizer.GetAsync($"/v1/events/{evt}/invitees?state=maybe")).ShouldBe(HttpStatusCode.BadRequest, "malformed-request").Errors.ShouldBe(["state unknown-value"]);
    }

    [Fact]
    public async Task Is_for_organisers_alone_and_does_not_mix_events()
    {
        var (evt, other) = (await host.EventAsync(), await host.EventAsync());
        await host.InviteAsync(evt, "Anna");
        (await host.Organizer.GetAsync($"/v1/events/{other}/invitees")).ShouldBe(HttpStatusCode.OK).Json["items"]!.AsArray().ShouldBeEmpty();
        (await host.Partner.GetAsync($"/v1/events/{evt}/invitees")).ShouldBe(HttpStatusCode.Forbidden, "not-allowed");
        (await host.Anybody.GetAsync($"/v1/events/{evt}/invitees")).ShouldBe(HttpStatusCode.Unauthorized, "not-authenticated");
    }
}
