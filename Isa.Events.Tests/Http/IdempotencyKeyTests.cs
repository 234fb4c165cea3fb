using Isa.Events.Api.Features.Partners;
using Isa.Events.Api.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Isa.Events.Tests.Http;

public class IdempotencyKeyTests(SharedHost host)
{
    [Fact]
    public async Task The_same_request_again_answers_what_the_first_one_made()
    {
        var evt = await host.EventWithSeatsAsync(1);
        var person = Given.Person();
        var first = (await host.Partner.RegisterAsync(evt, person, ("Idempotency-Key", "\"k-1\""))).ShouldBe(HttpStatusCode.Created);
        first.Header("Idempotent-Replayed").ShouldBeNull();
        // The site is full by now; what was made is answered all the same.
        var second = (await host.Partner.RegisterAsync(evt, person, ("Idempotency-Key", "k-1"))).ShouldBe(HttpStatusCode.Created);
        second.Header("Idempotent-Replayed").ShouldBe("true");
        JsonNode.DeepEquals(first.Json, second.Json).ShouldBeTrue();
    }

    [Fact]
    public async Task A_repeat_is_one_by_its_content_however_it_is_written_and_a_repeat_in_nothing_else()
    {
        var evt = await host.EventWithSeatsAsync(2);
        var (person, path) = (Given.Person(), $"/v1/events/{evt}/registrations");
        var first = (await host.Partner.RegisterAsync(evt, person, ("Idempotency-Key", "k-8"))).ShouldBe(HttpStatusCode.Created);
        var written = person.ToJsonString(new System.Text.Json.JsonSerializerOptions { WriteIndented = true });
        for (var n = 0; n < 2; n++)
        {
            var again = (await host.Partner.PostAsync(path, written, ("Idempotency-Key", "k-8"))).ShouldBe(HttpStatusCode.Created);
            again.Header("Idempotent-Replayed").ShouldBe("true");
            JsonNode.DeepEquals(first.Json, again.Json).ShouldBeTrue();
        }

        (await host.Partner.SendAsync(HttpMethod.Post, path, new StringContent(written, System.Text.Encoding.UTF8, "text/plain"), ("Idempotency-Key", "k-8"))).ShouldBe(HttpStatusCode.UnsupportedMediaType);
        (await host.Partner.PostAsync($"{path}?dryRun=perhaps", written, ("Idempotency-Key", "k-8"))).Status.ShouldBe(HttpStatusCode.BadRequest);
        (await host.Partner.PostAsync($"{path}?dryRun=true", written, ("Idempotency-Key", "k-8"))).ShouldBe(HttpStatusCode.Conflict, "already-registered");
        (await host.Partner.PostAsync(path, written + " ,", ("Idempotency-Key", "k-8"))).ShouldBe(HttpStatusCode.BadRequest, "malformed-request");
        (await host.Anybody.PostAsync(path, written, ("Idempotency-Key", "k-8"))).ShouldBe(HttpStatusCode.Unauthorized, "not-authenticated");
    }

    [Fact]
    public async Task A_repeat_changes_nothing_and_is_no_line_in_the_log()
    {
        await using var own = new EventsHost();
        await own.InitializeAsync();
        var evt = await own.EventAsync();
        var person = Given.Person();
        for (var n = 0; n < 3; n++) (await own.Partner.RegisterAsync(evt, person, ("Idempotency-Key", "k-9"))).ShouldBe(HttpStatusCode.Created);
        (await own.Partner.RegisterAsync(evt, null, ("Idempotency-Key", "k-9"))).ShouldBe(HttpStatusCode.UnprocessableEntity, "idempotency-key-reused");
        while (Lines("422") == 0) await Task.Delay(20, TestContext.Current.CancellationToken); // the last one: a line comes after its answer
        Lines("201").ShouldBe(1);

        int Lines(string status) => own.Log.All.Count(line => line.StartsWith("Information", StringComparison.Ordinal) && line.Contains($"/registrations {status} ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Another_content_under_the_same_key_is_refused()
    {
        var evt = await host.EventAsync();
        (await host.Partner.RegisterAsync(evt, null, ("Idempotency-Key", "k-2"))).ShouldBe(HttpStatusCode.Created);
        (await host.Partner.RegisterAsync(evt, null, ("Idempotency-Key", "k-2"))).ShouldBe(HttpStatusCode.UnprocessableEntity, "idempotency-key-reused");
    }

    [Fact]
    public async Task Twins_that_come_at_once_make_one()
    {
        var evt = await host.EventAsync();
        var person = Given.Person();
        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => Task.Run(() => host.Partner.RegisterAsync(evt, person, ("Idempotency-Key", "twins")))));
        answers.ShouldAllBe(a => a.Status == HttpStatusCode.Created);
        answers.Select(a => (string)a.Json["id"]!).Distinct().Count().ShouldBe(1);
        answers.Count(a => a.Header("Idempotent-Replayed") is null).ShouldBe(1);
    }

    [Fact]
    public async Task Keys_of_two_partners_do_not_meet()
    {
        var evt = await host.EventAsync();
        var other = host.Caller(await host.KeyAsync(Role.Partner, "Neighbour"));
        (await host.Partner.RegisterAsync(evt, null, ("Idempotency-Key", "k-3"))).ShouldBe(HttpStatusCode.Created);
        (await other.RegisterAsync(evt, null, ("Idempotency-Key", "k-3"))).ShouldBe(HttpStatusCode.Created).Header("Idempotent-Replayed").ShouldBeNull();
    }

    [Fact]
    public async Task What_this_process_has_made_is_answered_again_without_the_writer()
    {
        var evt = await host.EventAsync();
        var (person, site) = (Given.Person(), new { id = "second-room", mode = "inPerson", name = new { de = "Nebenraum" }, capacity = 5 });
        var first = (await host.Partner.RegisterAsync(evt, person, ("Idempotency-Key", "k-5"))).ShouldBe(HttpStatusCode.Created);
        (await AddSiteAsync()).ShouldBe(HttpStatusCode.Created);
        using var gate = new ManualResetEventSlim();
        using var standing = new ManualResetEventSlim();
        var holding = host.Database.WriteAsync(evt, _ =>
        {
            standing.Set();
            return gate.Wait(TimeSpan.FromSeconds(20));
        }, CancellationToken.None);
        standing.Wait(TestContext.Current.CancellationToken);
        try
        {
            var second = (await host.Partner.RegisterAsync(evt, person, ("Idempotency-Key", "k-5"))).ShouldBe(HttpStatusCode.Created);
            second.Header("Idempotent-Replayed").ShouldBe("true");
            JsonNode.DeepEquals(first.Json, second.Json).ShouldBeTrue();
            (await AddSiteAsync()).ShouldBe(HttpStatusCode.Created).Header("Idempotent-Replayed").ShouldBe("true");
            (await host.Partner.RegisterAsync(evt, null, ("Idempotency-Key", "k-5"))).ShouldBe(HttpStatusCode.UnprocessableEntity, "idempotency-key-reused");
            holding.IsCompleted.ShouldBeFalse();
        }
        finally
        {
            gate.Set();
            await holding;
        }

        Task<Answer> AddSiteAsync() => host.Organizer.PostAsync($"/v1/events/{evt}/sites", site, ("If-Match", "*"), ("Idempotency-Key", "k-6"));
    }

    [Fact]
    public async Task What_was_made_is_answered_again_once_the_event_has_closed()
    {
        var evt = await host.EventAsync();
        var person = Given.Person();
        var first = (await host.Partner.RegisterAsync(evt, person, ("Idempotency-Key", "k-7"))).ShouldBe(HttpStatusCode.Created);
        (await host.Organizer.PostAsync($"/v1/events/{evt}/cancel", null, ("If-Match", "*"))).ShouldBe(HttpStatusCode.OK);
        (await host.Partner.RegisterAsync(evt)).ShouldBe(HttpStatusCode.Conflict, "event-cancelled");
        var second = (await host.Partner.RegisterAsync(evt, person, ("Idempotency-Key", "k-7"))).ShouldBe(HttpStatusCode.Created);
        ((string)second.Json["id"]!).ShouldBe((string)first.Json["id"]!);
    }

    [Fact]
    public async Task A_process_that_knows_nothing_of_a_key_asks_the_writer()
    {
        await using var own = new EventsHost();
        await own.InitializeAsync();
        var evt = await own.EventAsync();
        var person = Given.Person();
        var first = (await own.Partner.RegisterAsync(evt, person, ("Idempotency-Key", "old"))).ShouldBe(HttpStatusCode.Created);
        // As after a restart, or where another process made it: nothing is left of what this one remembered.
        var recent = own.Services.GetRequiredService<RecentKeys>();
        for (var i = 0; i < 500_000; i++) recent.Keep("others", $"{i}", null, new Creation("", EventsHost.Start, true));
        (await own.Partner.RegisterAsync(evt, null, ("Idempotency-Key", "old"))).ShouldBe(HttpStatusCode.UnprocessableEntity, "idempotency-key-reused");
        for (var n = 0; n < 2; n++)
        {
            var again = (await own.Partner.RegisterAsync(evt, person, ("Idempotency-Key", "old"))).ShouldBe(HttpStatusCode.Created);
            again.Header("Idempotent-Replayed").ShouldBe("true");
            ((string)again.Json["id"]!).ShouldBe((string)first.Json["id"]!);
        }
    }

    [Fact]
    public async Task A_refusal_is_not_kept()
    {
        var evt = await host.EventWithSeatsAsync(0);
        var person = Given.Person();
        (await host.Partner.RegisterAsync(evt, person, ("Idempotency-Key", "k-4"))).ShouldBe(HttpStatusCode.Conflict, "site-full");
        (await host.Organizer.PatchAsync($"/v1/events/{evt}/sites/hannover", new { capacity = 1 }, ("If-Match", "*"))).ShouldBe(HttpStatusCode.OK);
        (await host.Partner.RegisterAsync(evt, person, ("Idempotency-Key", "k-4"))).ShouldBe(HttpStatusCode.Created);
    }

    [Fact]
    public async Task A_key_is_forgotten_after_a_day()
    {
        await using var own = new EventsHost();
        await own.InitializeAsync();
        var evt = await own.EventAsync();
        (await own.Partner.RegisterAsync(evt, Given.Person(), ("Idempotency-Key", "day"))).ShouldBe(HttpStatusCode.Created);
        own.Time.Advance(TimeSpan.FromHours(24) + TimeSpan.FromSeconds(1));
        (await own.Partner.RegisterAsync(evt, Given.Person(), ("Idempotency-Key", "day"))).ShouldBe(HttpStatusCode.Created).Header("Idempotent-Replayed").ShouldBeNull();
    }

    [Theory]
    [InlineData("a b")]
    [InlineData("\"\"")]
    public async Task A_key_of_other_characters_is_refused(string key)
    {
        var evt = await host.EventAsync();
        (await host.Partner.RegisterAsync(evt, null, ("Idempotency-Key", key))).ShouldBe(HttpStatusCode.BadRequest, "malformed-request").Errors.ShouldBe(["Idempotency-Key invalid-idempotency-key"]);
    }
}
