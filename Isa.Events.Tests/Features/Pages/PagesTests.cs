namespace Isa.Events.Tests.Features.Pages;

public class PagesTests(SharedHost host)
{
    [Theory]
    [InlineData("de", "hannover", "Sie sind angemeldet", "16. Oktober 2020", "Tagungsraum, Beispielplatz 1")]
    [InlineData("en", "hannover", "You are registered", "16 October 2020", "Conference room")]
    [InlineData("zh", "foshan", "您已", "2020年10月16日", "广东省佛山市")]
    public async Task A_person_finds_state_time_and_place_in_their_language(string language, string site, params string[] parts)
    {
        var evt = await host.EventAsync();
        var made = (await host.Partner.RegisterAsync(evt, Given.Person(siteId: site, change: p => p["language"] = language))).ShouldBe(HttpStatusCode.Created).Json;
        var page = (await host.Anybody.GetAsync(made.PathOf("manage"))).ShouldBe(HttpStatusCode.OK);
        page.Text.ShouldContain($"<html lang=\"{(language == "zh" ? "zh-Hans" : language)}\">");
        foreach (var part in parts) page.Text.ShouldContain(part);
        page.Text.ShouldContain((string)made["reference"]!);
        page.Text.ShouldContain("/invite.ics");
        ShouldBeSafe(page);
    }

    [Fact]
    public async Task What_people_write_stays_text()
    {
        var evt = await host.EventAsync(e => e["title"]!["de"] = "<b>ISA</b> & 'Freunde'");
        var made = (await host.Partner.RegisterAsync(evt, Given.Person(siteId: "zoom", change: p => p["fullName"] = "\"><script>alert(1)</script>{{ 7*7 }}"))).ShouldBe(HttpStatusCode.Created).Json;
        foreach (var link in new[] { made.PathOf("manage"), await JoinPathAsync(made) })
        {
            var page = (await host.Anybody.GetAsync(link)).ShouldBe(HttpStatusCode.OK);
            page.Text.ShouldContain("&lt;b&gt;ISA&lt;/b&gt; &amp; ");
            ShouldBeSafe(page);
        }
    }

    [Fact]
    public async Task A_cancelled_registration_and_a_cancelled_event_say_so()
    {
        var evt = await host.EventAsync();
        var (one, other) = ((await host.Partner.RegisterAsync(evt)).Json, (await host.Partner.RegisterAsync(evt)).Json);
        (await host.Partner.PostAsync($"/v1/registrations/{one["id"]}/cancel")).ShouldBe(HttpStatusCode.OK);
        (await host.Anybody.GetAsync(other.PathOf("manage"))).Text.ShouldContain("In den Kalender eintragen");
        var cancelled = (await host.Anybody.GetAsync(one.PathOf("manage"))).ShouldBe(HttpStatusCode.OK).Text;
        cancelled.ShouldContain("storniert");
        cancelled.ShouldContain("Aus dem Kalender nehmen");
        cancelled.ShouldNotContain("eintragen");
        cancelled.ShouldNotContain("Sie sind angemeldet");
        (await host.Organizer.PostAsync($"/v1/events/{evt}/cancel", """{"reason":{"de":"Der Saal ist <gesperrt>."}}""", ("If-Match", "*"))).ShouldBe(HttpStatusCode.OK);
        var page = (await host.Anybody.GetAsync(other.PathOf("manage"))).ShouldBe(HttpStatusCode.OK);
        page.Text.ShouldContain("abgesagt");
        page.Text.ShouldNotContain("eintragen");
        page.Text.ShouldContain("Der Saal ist &lt;gesperrt&gt;.");
    }

    [Fact]
    public async Task The_way_into_the_conference_takes_a_click()
    {
        var evt = await host.EventAsync();
        var made = (await host.Partner.RegisterAsync(evt, Given.Person(siteId: "zoom"))).ShouldBe(HttpStatusCode.Created).Json;
        var path = await JoinPathAsync(made);
        var shown = (await host.Anybody.GetAsync(path)).ShouldBe(HttpStatusCode.OK);
        shown.Text.ShouldContain("<form method=\"post\">");
        shown.Text.ShouldNotContain("zoom.example");
        shown.Bytes.Length.ShouldBeLessThan(20_000);
        var open = (await host.Anybody.SendAsync(HttpMethod.Post, path, null)).ShouldBe(HttpStatusCode.OK);
        open.Text.ShouldContain("https://zoom.example/j/99123456789");
        open.Text.ShouldContain("991 2345 6789");
        ShouldBeSafe(open);

        (await host.Partner.PostAsync($"/v1/registrations/{made["id"]}/cancel")).ShouldBe(HttpStatusCode.OK);
        (await host.Anybody.SendAsync(HttpMethod.Post, path, null)).ShouldBe(HttpStatusCode.OK).Text.ShouldNotContain("zoom.example");
    }

    [Fact]
    public async Task Tokens_open_their_own_page_only()
    {
        var evt = await host.EventAsync();
        var made = (await host.Partner.RegisterAsync(evt, Given.Person(siteId: "zoom"))).ShouldBe(HttpStatusCode.Created).Json;
        var (manage, join) = (made.PathOf("manage")["/r/".Length..], (await JoinPathAsync(made))["/join/".Length..]);
        manage.ShouldNotBe(join);
        foreach (var path in new[] { $"/r/{join}", $"/join/{manage}", $"/r/{made["id"]}", "/r/x", $"/r/{new string('A', 44)}", $"/join/{new string('A', 5000)}", $"/r/{manage[..^1]}", "/r/%3Cscript%3E" })
        {
            var answer = (await host.Anybody.GetAsync(path, ("Accept-Language", "zh-CN,zh;q=0.9"))).ShouldBe(HttpStatusCode.NotFound);
            answer.Text.ShouldContain("lang=\"zh-Hans\"");
            ShouldBeSafe(answer);
        }

        (await host.Anybody.GetAsync($"/v1/registrations/{join}/invite.ics")).ShouldBe(HttpStatusCode.NotFound, "registration-not-found");
    }

    private async Task<string> JoinPathAsync(JsonNode made)
    {
        var page = (await host.Anybody.GetAsync(made.PathOf("manage"))).Text;
        var at = page.IndexOf("https://events.example.org/join/", StringComparison.Ordinal);
        return new Uri(page[at..page.IndexOf('"', at)]).PathAndQuery;
    }

    private static void ShouldBeSafe(Answer page)
    {
        page.Header("Content-Security-Policy")!.ShouldContain("default-src 'none'");
        page.Header("Referrer-Policy").ShouldBeOneOf("no-referrer", "strict-origin"); // the origin alone, where browsers must say it of forms
        page.Header("Cache-Control").ShouldBe("no-store");
        page.Header("X-Content-Type-Options").ShouldBe("nosniff");
        page.Text.ShouldNotContain("<script");
        page.Text.ShouldNotContain("http://");
    }
}
