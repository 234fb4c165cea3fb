using Isa.Events.Api.Email;
using Isa.Events.Api.Settings;
using Isa.Events.Tests.Features.Delegations;
using Microsoft.Extensions.Options;

namespace Isa.Events.Tests.Email;

/// <summary>Nobody is registered under an address of the server's own: a mail to it would come round.</summary>
public sealed class OwnAddressesTests : IAsyncLifetime
{
    private EventsHost _host = null!;

    public async ValueTask InitializeAsync() => _host = (await Replying.StartAsync(("Email:FromAddress", "events@bücher.example"))).Host;

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Theory]
    [InlineData("reply@meetings.example.org", true, true)]
    [InlineData("Reply+AAAA@Meetings.Example.Org", true, true)]
    [InlineData("reply+a+b＠meetings．example．org", true, true)]
    [InlineData("events@xn--bcher-kva.example", true, false)]
    [InlineData("EVENTS@BÜCHER.example", true, false)]
    [InlineData("events+x@bücher.example", false, false)] // somebody of the office, perhaps
    [InlineData("replying@meetings.example.org", false, false)]
    [InlineData("reply@example.org", false, false)]
    [InlineData("x+reply@meetings.example.org", false, false)]
    public void Are_those_that_mails_come_from_and_answers_to_however_they_are_spelled(string address, bool own, bool takesAnswers)
    {
        var addresses = new OwnAddresses(Options.Create(new EmailSettings { FromAddress = "events@bücher.example", ReplyAddress = Replying.Address }));
        (addresses.Contains(address), addresses.TakesAnswers(address)).ShouldBe((own, takesAnswers));
        new OwnAddresses(Options.Create(new EmailSettings())).Contains(address).ShouldBeFalse();
    }

    [Theory]
    [InlineData("reply+x@meetings.example.org")]
    [InlineData("Events@bücher.example")]
    public async Task Are_refused_wherever_people_are_named(string address)
    {
        var evt = await _host.EventAsync();
        var path = $"/v1/events/{evt}";
        (await _host.Partner.RegisterAsync(evt, Given.Person(address))).ShouldBe(HttpStatusCode.UnprocessableEntity, "validation-failed").Errors.ShouldBe(["email server-address"]);
        (await _host.Partner.RegisterAsync(evt, Given.Person(change: p => p["copyTo"] = address))).Errors.ShouldBe(["copyTo server-address"]);
        (await _host.SendAsync(evt, Party.Of(1, d => d["contact"]!["email"] = address))).Errors.ShouldBe(["contact.email server-address"]);
        (await _host.SendAsync(evt, Party.Of(2, d => d["members"]![1]!["email"] = address))).Errors.ShouldBe(["members[1].email server-address"]);
        (await _host.SendAsync(evt, Party.Of(2, d => d["members"]![0]!["copyTo"] = address))).Errors.ShouldBe(["members[0].copyTo server-address"]);
        (await _host.ImportInviteesAsync(evt, $"fullName,email\r\nAnna,{address}\r\n")).Errors.ShouldBe(["rows[0].email server-address"]);
        (await _host.ImportRegistrationsAsync(evt, $"fullName,email,siteId,language,noticeVersion\r\nAnna,{address},zoom,de,1\r\n")).Errors.ShouldBe(["rows[0].email server-address"]);

        var made = await _host.Partner.RegisteredAsync(evt);
        (await _host.Partner.PatchAsync($"/v1/registrations/{made["id"]}", new { email = address })).Errors.ShouldBe(["email server-address"]);
        (await _host.Partner.PostAsync($"/v1/registrations/{made["id"]}/substitute", new { fullName = "Bert", email = address, language = "de", noticeVersion = "1" })).Errors.ShouldBe(["email server-address"]);
        var delegation = await _host.DelegationAsync(evt, 1);
        (await _host.Anybody.PatchAsync(Party.ApiPathOf(delegation), new { contact = new { email = address } })).Errors.ShouldBe(["contact.email server-address"]);
        var page = await _host.PageAsync(made);
        (await _host.Anybody.SubmitAsync(page, "/details", ("email", address))).Text.ShouldContain("Über diese Adresse läuft das Anmeldesystem selbst.");
        (await _host.Database.ReadAsync(session => session.One<long>("SELECT COUNT(*) FROM registrations WHERE event_id = @Id AND email_normalised LIKE '%meetings.example.org'", new { Id = evt }), CancellationToken.None)).ShouldBe(0);
    }

    [Fact]
    public async Task An_office_may_have_what_mails_come_from_but_not_what_the_server_reads()
    {
        var answer = await _host.Organizer.PostAsync("/v1/events", Given.Plenary(e => e["organizer"]!["email"] = "reply@meetings.example.org").ToJsonString());
        answer.ShouldBe(HttpStatusCode.UnprocessableEntity, "validation-failed").Errors.ShouldBe(["organizer.email server-address"]);
        var evt = await _host.EventAsync(e => e["organizer"]!["email"] = "events@bücher.example");
        const string message = """{"subject":{"de":"Neues"},"body":{"de":"Text"},"testTo":"#"}""";
        (await _host.Organizer.PostAsync($"/v1/events/{evt}/messages", message.Replace("#", "reply+x@meetings.example.org"))).Errors.ShouldBe(["testTo server-address"]);
        (await _host.Organizer.PatchAsync($"/v1/events/{evt}", """{"organizer":{"email":"reply@meetings.example.org"}}""", ("If-Match", "*"))).Errors.ShouldBe(["organizer.email server-address"]);
    }

    [Fact]
    public async Task Another_host_has_others()
    {
        await using var other = await Mail.HostAsync();
        var evt = await other.EventAsync();
        foreach (var address in new[] { Replying.Address, "events@bücher.example" })
        {
            (await _host.Partner.RegisterAsync(await _host.EventAsync(), Given.Person(address))).ShouldBe(HttpStatusCode.UnprocessableEntity, "validation-failed");
            (await other.Partner.RegisterAsync(evt, Given.Person(address))).ShouldBe(HttpStatusCode.Created);
        }
    }
}
