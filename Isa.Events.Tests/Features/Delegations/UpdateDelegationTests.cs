using Isa.Events.Api.Features.Events;

namespace Isa.Events.Tests.Features.Delegations;

/// <summary>Somebody else speaks for a delegation, or is reached in another way.</summary>
public class UpdateDelegationTests(SharedHost host)
{
    private static readonly (string, string) Any = ("If-Match", "*");

    [Theory]
    [InlineData("de", "bekommen von jetzt an Sie an diese Adresse. Personen: 2")]
    [InlineData("en", "comes to you at this address. People: 2")]
    [InlineData("zh", "代表团共2人")]
    public async Task A_new_address_gets_all_there_is_and_the_old_link_leads_nowhere(string language, string says)
    {
        await using var own = await Mail.HostAsync();
        var evt = await own.EventWithQueueAsync(5);
        var party = await own.DelegationAsync(evt, 1, d => d["members"]!.AsArray().Add(new JsonObject { ["fullName"] = "李娜" }));
        var contact = new JsonObject { ["fullName"] = "Chen Jing", ["email"] = "chen.jing@example.org", ["language"] = language };
        await own.SendAsync();
        var changed = (await own.Anybody.PatchAsync(Party.ApiPathOf(party), new JsonObject { ["contact"] = contact.DeepClone() })).ShouldBe(HttpStatusCode.OK);
        changed.ETag.ShouldBe("\"2\"");
        changed.Json["contact"]!.ToJsonString().ShouldBe(contact.ToJsonString());
        changed.Json.Members().Select(m => m["links"]).Append(changed.Json["links"]).ShouldAllBe(links => links == null); // whoever handed it over has none of them any more
        var now = (await own.Partner.GetAsync(party.PathOf("self"))).ShouldBe(HttpStatusCode.OK).Json;
        now.PathOf("manage").ShouldNotBe(party.PathOf("manage"));
        (await own.Anybody.GetAsync(Party.ApiPathOf(now))).ShouldBe(HttpStatusCode.OK);
        foreach (var method in new[] { HttpMethod.Get, HttpMethod.Patch }) (await own.Anybody.SendAsync(method, Party.ApiPathOf(party), method == HttpMethod.Get ? null : Support.Api.Json("{}"))).ShouldBe(HttpStatusCode.NotFound, "delegation-not-found");
        foreach (var (operation, body) in new[] { ("cancel", null), ("members", Party.Of(1)), ("confirm-address", (JsonObject?)null) })
        {
            body?.Remove("contact");
            (await own.Anybody.PostAsync($"{Party.ApiPathOf(party)}/{operation}", body?.ToJsonString())).ShouldBe(HttpStatusCode.NotFound, "delegation-not-found");
        }

        (await own.Anybody.GetAsync(party.PathOf("manage"), ("Accept-Language", "en"))).ShouldBe(HttpStatusCode.NotFound).Text.ShouldContain("has been replaced by a new one");
        (await own.Anybody.GetAsync(Given.Forged(party.PathOf("manage")), ("Accept-Language", "en"))).ShouldBe(HttpStatusCode.NotFound).Text.ShouldNotContain("has been replaced by a new one");

        var told = (await own.SendAsync()).ShouldHaveSingleItem();
        told.To.ShouldBe("chen.jing@example.org");
        foreach (var part in party.Members().Select(m => (string)m["reference"]!).Concat([says, now.PathOf("manage"), now.Members().Last().PathOf("manage")])) told.Text.ShouldContain(part);
        (await own.Anybody.PostAsync(now.Members().Last().PathOf("invite").Replace("/invite.ics", "/cancel"))).ShouldBe(HttpStatusCode.OK);
        (await own.SendAsync()).ShouldHaveSingleItem().To.ShouldBe("chen.jing@example.org");
        var entry = (await own.Organizer.GetAsync($"/v1/registrations/{party.Members().First()["id"]}/history")).Json["items"]!.AsArray().Last()!;
        ($"{entry["action"]} {entry["actor"]}", string.Join(' ', entry["fields"]!.AsArray())).ShouldBe(("updated attendee", language == "zh" ? "contact.fullName contact.email" : "contact.fullName contact.email contact.language"));
    }

    [Fact]
    public async Task Links_that_the_earlier_contact_passed_on_are_new_and_calendar_entries_stay_the_same()
    {
        var evt = await host.EventAsync();
        var party = await host.DelegationAsync(evt, 1, d =>
        {
            d["namesDueBy"] = "P2D";
            foreach (var member in new[] { """{"fullName":"李娜","siteId":"zoom"}""", """{"nameFollows":true}""", """{"fullName":"张伟"}""" }) d["members"]!.AsArray().Add(JsonNode.Parse(member));
        });
        var members = party.Members().ToList();
        (await host.Partner.PostAsync($"/v1/registrations/{members[3]["id"]}/cancel")).ShouldBe(HttpStatusCode.OK);
        var (entries, join) = (await EntriesAsync(members), (await host.Anybody.GetAsync(members[1].PathOf("manage"))).Text.Split("href=\"").First(l => l.Contains("/join/", StringComparison.Ordinal)).Split('"')[0]);

        var changed = (await host.Partner.PatchAsync(party.PathOf("self"), """{"contact":{"email":"chen.jing@example.org"}}""")).ShouldBe(HttpStatusCode.OK).Json;
        var now = changed.Members().ToList();
        now[0].PathOf("manage").ShouldBe(members[0].PathOf("manage")); // sent to their own address
        (await host.Anybody.GetAsync(members[0].PathOf("manage"))).ShouldBe(HttpStatusCode.OK);
        for (var i = 1; i < now.Count; i++)
        {
            now[i].PathOf("manage").ShouldNotBe(members[i].PathOf("manage"));
            (await host.Anybody.GetAsync(now[i].PathOf("manage"))).ShouldBe(HttpStatusCode.OK);
            (await host.Anybody.GetAsync(members[i].PathOf("manage"), ("Accept-Language", "en"))).ShouldBe(HttpStatusCode.NotFound).Text.ShouldContain("has been replaced by a new one");
            (await host.Anybody.GetAsync(members[i].PathOf("invite"))).ShouldBe(HttpStatusCode.NotFound, "registration-not-found");
            (await host.Anybody.PostAsync(members[i].PathOf("invite").Replace("/invite.ics", "/cancel"))).ShouldBe(HttpStatusCode.NotFound, "registration-not-found");
        }

        (await host.Anybody.GetAsync(new Uri(join).PathAndQuery)).ShouldBe(HttpStatusCode.NotFound);
        foreach (var (before, after) in entries.Zip(await EntriesAsync(now)))
        {
            Line(after, "UID").ShouldBe(Line(before, "UID"));
            Line(after, "STATUS").ShouldBe(Line(before, "STATUS"));
            (int.Parse(Line(after, "SEQUENCE"), null) - int.Parse(Line(before, "SEQUENCE"), null)).ShouldBe(after == before ? 0 : 1); // they show the links
        }

        (await host.Partner.PatchAsync(party.PathOf("self"), """{"contact":{"email":"Chen.Jing@example.org","fullName":"陈静"}}""")).ShouldBe(HttpStatusCode.OK).Json.Members().Select(m => m.PathOf("manage")).ShouldBe(now.Select(m => m.PathOf("manage")));
        await host.IsWholeAsync();

        async Task<List<string>> EntriesAsync(List<JsonNode> of)
        {
            var read = new List<string>();
            foreach (var member in of) read.Add((await host.Anybody.GetAsync(member.PathOf("invite"))).ShouldBe(HttpStatusCode.OK).Text);
            return read;
        }

        static string Line(string entry, string name) => entry.Split("BEGIN:VEVENT")[1].Split("\r\n").First(l => l.StartsWith($"{name}:", StringComparison.Ordinal))[(name.Length + 1)..];
    }

    [Fact]
    public async Task What_was_asked_by_a_link_that_is_new_before_it_was_done_is_not_done()
    {
        await using var own = new EventsHost();
        await own.InitializeAsync();
        var evt = await own.EventAsync();
        var party = await own.DelegationAsync(evt, 1, d => d["members"]!.AsArray().Add(new JsonObject { ["fullName"] = "李娜" }));
        var member = party.Members().Last().PathOf("invite").Replace("/invite.ics", "");
        using var go = new ManualResetEventSlim();
        var before = own.Database.WriteAsync(evt, session =>
        {
            session.LockEvent(evt);
            return go.Wait(TimeSpan.FromSeconds(2), CancellationToken.None);
        }, CancellationToken.None);
        var changed = own.Partner.PatchAsync(party.PathOf("self"), """{"contact":{"email":"chen.jing@example.org"}}""");
        await Task.Delay(300, TestContext.Current.CancellationToken);
        Task<Answer>[] late =
        [
            own.Anybody.PostAsync($"{Party.ApiPathOf(party)}/cancel"), own.Anybody.PostAsync($"{member}/cancel"),
            own.Anybody.PostAsync($"{member}/substitute", new JsonObject { ["fullName"] = "陈静", ["language"] = "zh", ["audience"] = "guest", ["noticeVersion"] = "1" }),
        ];
        await Task.Delay(300, TestContext.Current.CancellationToken);
        go.Set();
        (await before).ShouldBeTrue();
        (await changed).ShouldBe(HttpStatusCode.OK);
        (await Task.WhenAll(late)).Select(a => $"{(int)a.Status} {a.Code}").ShouldBe(["404 delegation-not-found", "404 registration-not-found", "404 registration-not-found"]);
        (await own.StandsAsync(party)).ShouldBe(["confirmed hannover", "confirmed hannover"]);
    }

    [Fact]
    public async Task What_comes_to_the_same_changes_nothing_and_a_phone_no_link()
    {
        var evt = await host.EventAsync();
        var party = await host.DelegationAsync(evt, 1);
        var same = (await host.Anybody.PatchAsync(Party.ApiPathOf(party), """{"contact":{"email":"wang.fang＠example.org"}}""")).ShouldBe(HttpStatusCode.OK);
        (same.ETag, same.Text).ShouldBe(("\"1\"", party.ToJsonString(new System.Text.Json.JsonSerializerOptions { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping })));
        var phoned = (await host.Partner.PatchAsync(party.PathOf("self"), """{"contact":{"phone":"+86 757 8323 0000"}}""")).ShouldBe(HttpStatusCode.OK);
        (phoned.ETag, phoned.Json.PathOf("manage")).ShouldBe(("\"2\"", party.PathOf("manage")));
        (await host.Partner.PatchAsync(party.PathOf("self"), """{"contact":{"phone":null}}""")).ShouldBe(HttpStatusCode.OK).Json["contact"]!["phone"].ShouldBeNull();
    }

    [Fact]
    public async Task Organisers_say_which_version_they_have_seen()
    {
        var evt = await host.EventAsync();
        var party = await host.DelegationAsync(evt, 1);
        const string patch = """{"contact":{"fullName":"陈静"}}""";
        (await host.Organizer.PatchAsync(party.PathOf("self"), patch)).ShouldBe(HttpStatusCode.PreconditionRequired, "precondition-required");
        (await host.Organizer.PatchAsync(party.PathOf("self"), patch, ("If-Match", "\"7\""))).ShouldBe(HttpStatusCode.PreconditionFailed, "version-mismatch");
        var tag = (await host.Organizer.GetAsync(party.PathOf("self"))).ETag!;
        (await host.Organizer.PatchAsync(party.PathOf("self"), patch, ("If-Match", tag))).ShouldBe(HttpStatusCode.OK);
        (await host.Organizer.PatchAsync(party.PathOf("self"), patch, ("If-Match", tag))).ShouldBe(HttpStatusCode.PreconditionFailed, "version-mismatch");
        (await host.Anybody.PatchAsync(party.PathOf("self"), patch)).ShouldBe(HttpStatusCode.Unauthorized, "not-authenticated");
        (await host.Anybody.PatchAsync(Given.Forged(Party.ApiPathOf(party)), patch)).ShouldBe(HttpStatusCode.NotFound, "delegation-not-found");
        (await host.Organizer.PostAsync($"{party.PathOf("self")}/cancel")).ShouldBe(HttpStatusCode.OK);
        (await host.Organizer.PatchAsync(party.PathOf("self"), patch, Any)).ShouldBe(HttpStatusCode.Conflict, "registration-ended");
    }

    [Theory]
    [InlineData("""{"contact":null}""", "contact required")]
    [InlineData("""{"contact":{"email":null}}""", "contact.email required")]
    [InlineData("""{"contact":{"email":"a@b"}}""", "contact.email invalid-email")]
    [InlineData("""{"contact":{"fullName":""}}""", "contact.fullName required")]
    [InlineData("""{"contact":{"language":"fr"}}""", "contact.language unknown-language")]
    [InlineData("""{"contact":{"fax":"1"}}""", "contact.fax unknown-member")]
    [InlineData("""{"members":[]}""", "members unknown-member")]
    public async Task Names_what_is_wrong(string patch, string error)
    {
        var party = await host.DelegationAsync(await host.EventAsync(), 1);
        (await host.Anybody.PatchAsync(Party.ApiPathOf(party), patch)).Errors.ShouldBe([error]);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Of_two_new_addresses_before_a_mail_left_the_last_gets_one(bool confirmsAddresses)
    {
        await using var own = await Mail.HostAsync();
        var evt = await own.EventAsync(e => e["rules"] = new JsonObject { ["confirmsAddresses"] = confirmsAddresses });
        var party = await own.DelegationAsync(evt, 1);
        await own.SendAsync();
        foreach (var name in new[] { "chen.jing", "li.na" })
            (await own.Partner.PatchAsync(party.PathOf("self"), new JsonObject { ["contact"] = new JsonObject { ["email"] = $"{name}@example.org" } }.ToJsonString())).ShouldBe(HttpStatusCode.OK);
        (await own.SendOneAsync()).To.ShouldBe("li.na@example.org");
    }

    [Fact]
    public async Task A_new_address_is_confirmed_as_the_first_would_have_been()
    {
        await using var own = await Mail.HostAsync();
        var evt = await own.EventAsync(e => e["rules"] = new JsonObject { ["confirmsAddresses"] = true });
        var party = await own.DelegationAsync(evt, 1);
        var before = new Uri(Confirm(await RowAsync())).PathAndQuery;
        await own.SendAsync();
        (await own.Anybody.PatchAsync(Party.ApiPathOf(party), """{"contact":{"email":"chen.jing@example.org"}}""")).ShouldBe(HttpStatusCode.OK);
        var asked = (await own.SendAsync()).ShouldHaveSingleItem();
        asked.To.ShouldBe("chen.jing@example.org");
        asked.Text.ShouldContain(Confirm(await RowAsync()));
        (await own.Anybody.PostAsync(before)).ShouldBe(HttpStatusCode.NotFound);
        (await own.StandsAsync(party)).ShouldBe(["pendingConfirmation hannover"]);

        async Task<Isa.Events.Api.Features.Delegations.Delegation> RowAsync() => (await own.Database.ReadAsync(session => Isa.Events.Api.Features.Delegations.Delegation.Find(session, (string)party["id"]!), CancellationToken.None))!;
        string Confirm(Isa.Events.Api.Features.Delegations.Delegation row) => Microsoft.Extensions.DependencyInjection.ServiceProviderServiceExtensions.GetRequiredService<Isa.Events.Api.Features.Registrations.RegistrationTokens>(own.Services).ConfirmUrl(row);
    }
}
