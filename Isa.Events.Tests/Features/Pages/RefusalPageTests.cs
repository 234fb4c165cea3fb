using Isa.Events.Api.Features.Events;
using Isa.Events.Tests.Features.Delegations;

namespace Isa.Events.Tests.Features.Pages;

/// <summary>What somebody in a browser sees where the server can or will not answer.</summary>
public class RefusalPageTests(SharedHost host)
{
    [Theory]
    [InlineData("de-DE,de;q=0.9", "de", "zu viele Anfragen", "In etwa einer Minute können Sie es noch einmal versuchen.")]
    [InlineData("zh-CN,zh;q=0.9", "zh-Hans", "请求过于频繁", "大约1分钟后可以重试。")]
    [InlineData("fr", "en", "Too many requests", "You can try again in about a minute.")]
    public async Task Too_many_requests_are_told_in_words_and_programs_get_a_problem(string accepted, string tag, params string[] says)
    {
        await using var own = new EventsHost { Settings = new() { ["Server:RequestsPerMinutePerAddress"] = "1" } };
        await own.InitializeAsync();
        await own.Anybody.GetAsync("/r/x");
        foreach (var path in new[] { "/r/x", "/d/x", "/confirm/x", "/join/x" })
        {
            var refused = await own.Anybody.GetAsync(path, ("Accept-Language", accepted));
            ShouldSay(refused, HttpStatusCode.TooManyRequests, tag, says);
            int.Parse(refused.Header("Retry-After")!, System.Globalization.CultureInfo.InvariantCulture).ShouldBeInRange(1, 60);
        }

        (await own.Anybody.GetAsync("/v1/events", ("Accept-Language", accepted))).ShouldBe(HttpStatusCode.TooManyRequests, "too-many-requests");
    }

    [Fact]
    public async Task A_busy_server_speaks_the_language_of_the_page_once_it_is_known()
    {
        await using var own = new EventsHost { Settings = { ["Database:MaxQueue"] = "2", ["Database:MaxWriters"] = "1" } };
        await own.InitializeAsync();
        var evt = await own.EventAsync();
        var made = (await own.Partner.RegisterAsync(evt, Given.Person(change: p => p["language"] = "zh"))).ShouldBe(HttpStatusCode.Created).Json;
        var page = await own.PageAsync(made, "/cancel");
        using var gate = new ManualResetEventSlim();
        using var entered = new ManualResetEventSlim();
        var holding = own.Database.WriteAsync("gate", _ =>
        {
            entered.Set();
            return gate.Wait(TimeSpan.FromSeconds(20));
        }, CancellationToken.None);
        entered.Wait(TestContext.Current.CancellationToken);
        var waiting = Enumerable.Range(1, 2).Select(n => own.Database.WriteAsync("wait", _ => n, CancellationToken.None)).ToList();

        var refused = await own.Anybody.SubmitAsync(page, "/cancel", [], [("Accept-Language", "de")]);
        ShouldSay(refused, HttpStatusCode.ServiceUnavailable, "zh-Hans", "服务器繁忙，请稍后重试。");
        refused.Header("Retry-After").ShouldBe("2");
        (await own.Partner.PostAsync($"/v1/registrations/{made["id"]}/cancel")).ShouldBe(HttpStatusCode.ServiceUnavailable, "busy");

        gate.Set();
        await Task.WhenAll(waiting);
        (await holding).ShouldBeTrue();
        await own.Anybody.SubmitAsync(page, "/cancel").LeadsToAsync(own, "cancelled"); // sent again
    }

    [Fact]
    public async Task A_failure_nobody_foresaw_gives_a_reference_and_no_word_of_itself()
    {
        await using var own = new EventsHost();
        await own.InitializeAsync();
        var evt = await own.EventAsync();
        var made = await own.Partner.RegisteredAsync(evt);
        await LoseAsync(own, evt, "registrations");
        foreach (var (language, tag, says) in new[] { ("de", "de", "Fehlers auf unserer Seite"), ("en", "en", "Please try again later."), ("zh", "zh-Hans", "请稍后重试。") })
        {
            var failed = await own.Anybody.GetAsync(made.PathOf("manage"), ("Accept-Language", language));
            ShouldSay(failed, HttpStatusCode.InternalServerError, tag, says);
            var trace = System.Text.RegularExpressions.Regex.Match(failed.Text, "<code>([0-9a-zA-Z:]+)</code>").Groups[1].Value;
            own.Log.All.ShouldContain(line => line.Contains("Unforeseen failure") && line.Contains(trace));
            failed.Text.ShouldNotContain("registrations");
        }

        (await own.Partner.GetAsync($"/v1/registrations/{made["id"]}")).ShouldBe(HttpStatusCode.InternalServerError, "internal-error");
    }

    [Fact]
    public async Task Every_page_speaks_its_persons_language_as_soon_as_it_knows_them()
    {
        await using var own = new EventsHost();
        await own.InitializeAsync();
        var evt = await own.EventAsync();
        var made = (await own.Partner.RegisterAsync(evt, Given.Person(siteId: "zoom", change: p => p["language"] = "zh"))).ShouldBe(HttpStatusCode.Created).Json;
        var delegation = await own.DelegationAsync(evt, 1);
        var join = System.Text.RegularExpressions.Regex.Match((await own.PageAsync(made)).Text, "https://events.example.org(/join/[^\"]+)").Groups[1].Value;
        await LoseAsync(own, evt, "events");
        foreach (var path in new[] { join, delegation.PathOf("manage") })
            ShouldSay(await own.Anybody.GetAsync(path, ("Accept-Language", "de")), HttpStatusCode.InternalServerError, "zh-Hans", "请稍后重试。");
    }

    [Fact]
    public async Task An_address_that_leads_nowhere_and_a_method_that_does_not_count_are_told_by_a_page_and_a_wrong_key_by_a_problem()
    {
        var made = await host.Partner.RegisteredAsync(await host.EventAsync());
        ShouldSay(await host.Anybody.GetAsync("/r/", ("Accept-Language", "de")), HttpStatusCode.NotFound, "de", "<h1>");
        ShouldSay(await host.Anybody.GetAsync(made.PathOf("manage") + "/nothing", ("Accept-Language", "en")), HttpStatusCode.NotFound, "en", "<h1>");
        ShouldSay(await host.Anybody.DeleteAsync(made.PathOf("manage") + "/site", ("Accept-Language", "en")), HttpStatusCode.MethodNotAllowed, "en", "<h1>");
        (await host.Caller("isa_ptn_" + new string('x', 37)).GetAsync(made.PathOf("manage"))).ShouldBe(HttpStatusCode.Unauthorized, "not-authenticated");
        (await host.Anybody.GetAsync("/rooms")).ShouldBe(HttpStatusCode.NotFound, "not-found");
    }

    private static Task<bool> LoseAsync(EventsHost host, string evt, string table) => host.Database.WriteAsync(evt, session =>
    {
        session.LockEvent(evt); // so that what was kept of it is read again
        session.Execute($"ALTER TABLE {table} RENAME TO lost");
        return true;
    }, CancellationToken.None);

    private static void ShouldSay(Answer answer, HttpStatusCode status, string tag, params string[] says)
    {
        answer.ShouldBe(status).Response.Content.Headers.ContentType!.ToString().ShouldBe("text/html; charset=utf-8");
        answer.Text.ShouldContain($"<html lang=\"{tag}\">");
        foreach (var words in says) answer.Text.ShouldContain(words);
        answer.Header("Content-Security-Policy")!.ShouldContain("default-src 'none'");
        answer.Header("Referrer-Policy").ShouldBe("no-referrer");
        answer.Header("Cache-Control")!.ShouldStartWith("no-store");
        answer.Header("X-Content-Type-Options").ShouldBe("nosniff");
    }
}
