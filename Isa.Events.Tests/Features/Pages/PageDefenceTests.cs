using System.Text;

namespace Isa.Events.Tests.Features.Pages;

/// <summary>Forms from elsewhere, of yesterday, and such as no browser sends.</summary>
public class PageDefenceTests(SharedHost host)
{
    [Theory]
    [InlineData("Sec-Fetch-Site", "cross-site")]
    [InlineData("Sec-Fetch-Site", "same-site")]
    [InlineData("Origin", "https://evil.example")]
    [InlineData("Origin", "https://events.example.org.evil.example")]
    [InlineData("Origin", "null")]
    public async Task A_form_from_another_page_changes_nothing(string header, string value)
    {
        var made = await host.Partner.RegisteredAsync(await host.EventAsync());
        var ask = await host.PageAsync(made, "/cancel");
        var refused = (await host.Anybody.SubmitAsync(ask, "/cancel", [], [(header, value)])).ShouldBe(HttpStatusCode.Forbidden);
        refused.Text.ShouldContain("Das Formular kam nicht von dieser Seite");
        (await host.Partner.NowAsync(made)).Stands().ShouldBe("confirmed hannover");
    }

    [Theory]
    [InlineData("Sec-Fetch-Site", "same-origin")]
    [InlineData("Sec-Fetch-Site", "none")]
    [InlineData("Origin", "https://events.example.org")]
    [InlineData("Origin", "HTTPS://EVENTS.EXAMPLE.ORG")]
    public async Task A_form_from_the_page_itself_is_taken(string header, string value)
    {
        var made = await host.Partner.RegisteredAsync(await host.EventAsync());
        await host.Anybody.SubmitAsync(await host.PageAsync(made, "/cancel"), "/cancel", [], [(header, value)]).LeadsToAsync(host, "cancelled");
    }

    [Fact]
    public async Task Browsers_say_where_the_form_comes_from_and_may_send_it()
    {
        var page = await host.PageAsync(await host.Partner.RegisteredAsync(await host.EventAsync()));
        page.Header("Referrer-Policy").ShouldBe("strict-origin"); // with no-referrer browsers send Origin: null
        page.Header("Content-Security-Policy")!.ShouldContain("form-action 'self'");
    }

    [Fact]
    public async Task A_form_without_its_token_or_with_anothers_changes_nothing()
    {
        var evt = await host.EventAsync();
        var (made, other) = (await host.Partner.RegisteredAsync(evt), await host.Partner.RegisteredAsync(evt));
        var page = await host.PageAsync(made);
        var path = $"{made.PathOf("manage")}/cancel";
        var tokens = new[] { "", "x", new string('A', 22), page.Fields("/details").First().Value, (await host.PageAsync(other, "/cancel")).Fields("/cancel").First().Value };
        foreach (var token in tokens) (await host.Anybody.SendFormAsync(path, [("form", token)])).ShouldBe(HttpStatusCode.Conflict);
        (await host.Anybody.SendFormAsync(path, [])).ShouldBe(HttpStatusCode.Conflict);
        (await host.Partner.NowAsync(made)).Stands().ShouldBe("confirmed hannover");
    }

    [Fact]
    public async Task A_page_of_before_is_answered_with_the_page_of_now()
    {
        var made = await host.Partner.RegisteredAsync(await host.EventAsync());
        var (page, ask) = (await host.PageAsync(made), await host.PageAsync(made, "/cancel"));
        (await host.Organizer.PatchAsync($"/v1/registrations/{made["id"]}", """{"jobTitle":"Dezernentin"}""", ("If-Match", "*"))).ShouldBe(HttpStatusCode.OK);
        foreach (var answer in new[] { await host.Anybody.SubmitAsync(page, "/details", ("fullName", "Anders")), await host.Anybody.SubmitAsync(page, "/site", ("site", "zoom")), await host.Anybody.SubmitAsync(ask, "/cancel") })
        {
            answer.ShouldBe(HttpStatusCode.Conflict);
            answer.Text.ShouldContain("Diese Anmeldung wurde inzwischen geändert; es wurde nichts übernommen.");
            answer.Text.ShouldNotContain("Anders");
        }

        var anew = (await host.Anybody.SubmitAsync(page, "/details", ("fullName", "Anders"))).ShouldBe(HttpStatusCode.Conflict);
        anew.Fields("/details").ShouldContain(("jobTitle", "Dezernentin"));
        await host.Anybody.SubmitAsync(anew, "/details", ("fullName", "Anders")).LeadsToAsync(host, "updated");
        var now = await host.Partner.NowAsync(made);
        (now["fullName"], now["jobTitle"], now["siteId"], now["status"]).ToString().ShouldBe("(Anders, Dezernentin, hannover, confirmed)");
    }

    [Fact]
    public async Task Two_clicks_at_once_do_it_once()
    {
        var evt = await host.EventAsync();
        for (var round = 0; round < 5; round++)
        {
            var made = await host.Partner.RegisteredAsync(evt, "zoom");
            var (page, ask) = (await host.PageAsync(made), await host.PageAsync(made, "/cancel"));
            foreach (var answer in await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => host.Anybody.SubmitAsync(page, "/site", ("site", "foshan"))))) answer.ShouldBe(HttpStatusCode.SeeOther);
            ask = await host.PageAsync(made, "/cancel");
            foreach (var answer in await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => host.Anybody.SubmitAsync(ask, "/cancel")))) answer.ShouldBe(HttpStatusCode.SeeOther);
            var cancelled = await host.PageAsync(made);
            var again = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => host.Anybody.SubmitAsync(cancelled, "/register", ("noticeVersion", "1"))));
            again.Select(a => a.ShouldBe(HttpStatusCode.SeeOther).Header("Location")).Distinct().Count().ShouldBe(1);
        }

        (await host.CountsAsync(evt)).ShouldBe("hannover 0/0 foshan 5/0 zoom 0/0");
        await host.IsWholeAsync();
    }

    [Theory]
    [InlineData("application/json", "{}", 415)]
    [InlineData("multipart/form-data; boundary=x", "--x--", 415)]
    [InlineData("application/x-www-form-urlencoded; charset=utf-16", "a=b", 415)]
    [InlineData("text/plain", "form=1", 415)]
    [InlineData(null, "form=1", 415)]
    [InlineData("application/x-www-form-urlencoded", "form=1&form=2", 400)]
    [InlineData("application/x-www-form-urlencoded", "form=%zz", 400)]
    [InlineData("application/x-www-form-urlencoded", "form=%C3", 400)]
    [InlineData("application/x-www-form-urlencoded", "form=%ED%A0%80", 400)]
    [InlineData("application/x-www-form-urlencoded", "form=%", 400)]
    [InlineData("application/x-www-form-urlencoded; charset=utf-8", "=&&==%00&form", 409)]
    public async Task What_is_no_form_is_answered_by_a_page(string? mediaType, string body, int status)
    {
        var made = await host.Partner.RegisteredAsync(await host.EventAsync());
        foreach (var form in new[] { "site", "accept-offer", "decline-offer", "details", "deputy", "cancel", "register" })
        {
            var content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
            if (mediaType is not null) content.Headers.TryAddWithoutValidation("Content-Type", mediaType);
            var answer = (await host.Anybody.SendAsync(HttpMethod.Post, $"{made.PathOf("manage")}/{form}", content)).ShouldBe(status == 409 && form == "details" ? HttpStatusCode.SeeOther : (HttpStatusCode)status);
            if (answer.Status == HttpStatusCode.SeeOther) continue; // it says nothing that is not so already
            answer.Response.Content.Headers.ContentType!.MediaType.ShouldBe("text/html");
            answer.Header("Content-Security-Policy")!.ShouldContain("default-src 'none'");
            answer.Text.ShouldContain("<html lang=\"de\">");
        }

        (await host.Partner.NowAsync(made))["version"]!.GetValue<long>().ShouldBe(1);
    }

    [Fact]
    public async Task What_is_too_much_is_answered_by_a_page()
    {
        var made = await host.Partner.RegisteredAsync(await host.EventAsync());
        var path = $"{made.PathOf("manage")}/details";
        (await host.Anybody.SendFormAsync(path, [("needs", new string('x', 600_000))])).ShouldBe(HttpStatusCode.RequestEntityTooLarge).Text.ShouldContain("<h1>");
        // Without a length it is noticed while it comes.
        var chunked = await Record.ExceptionAsync(async () => (await host.Anybody.SendAsync(HttpMethod.Post, path, new FormUrlEncodedContent([KeyValuePair.Create("needs", new string('x', 510_000))]), ("Transfer-Encoding", "chunked"))).ShouldBe(HttpStatusCode.RequestEntityTooLarge));
        chunked?.ShouldBeOfType<HttpRequestException>(); // the server may hang up on what is still to come
        (await host.Anybody.SendFormAsync(path, Enumerable.Range(0, 3000).Select(i => ($"a{i}", "")))).ShouldBe(HttpStatusCode.BadRequest).Text.ShouldContain("<h1>");
        var page = await host.PageAsync(made);
        (await host.Anybody.SubmitAsync(page, "/details", ("fullName", new string('x', 300)), ("needs", new string('界', 2000)))).ShouldBe(HttpStatusCode.UnprocessableEntity).Text.ShouldContain("Höchstens 200 Zeichen.");
        (await host.Anybody.SubmitAsync(page, "/details", ("fullName", "a"), ("fullName", "b"))).ShouldBe(HttpStatusCode.BadRequest);
    }

    [Theory]
    [InlineData("fullName", "Erika\u202Eatreb", "Unsichtbare Zeichen")]
    [InlineData("fullName", "Erika\0", "Steuerzeichen sind nicht erlaubt, Zeilenumbrüche und Tabulatoren nur in mehrzeiligen Feldern")]
    [InlineData("fullName", "Erika\nB", "Steuerzeichen sind nicht erlaubt, Zeilenumbrüche und Tabulatoren nur in mehrzeiligen Feldern")]
    [InlineData("needs", "a\u0007b", "Steuerzeichen sind nicht erlaubt, Zeilenumbrüche und Tabulatoren nur in mehrzeiligen Feldern")]
    [InlineData("language", "fr", "Erlaubt ist Deutsch")]
    [InlineData("audience", "king", "Erlaubt ist: cityRepresentative")]
    [InlineData("phone", "abc", "keine gültige Telefonnummer")]
    [InlineData("copyTo", "a@b", "keine gültige E-Mail-Adresse")]
    public async Task Values_that_no_page_sends_are_refused_beside_their_field(string field, string value, string says)
    {
        var made = await host.Partner.RegisteredAsync(await host.EventAsync());
        var refused = (await host.Anybody.SubmitAsync(await host.PageAsync(made), "/details", (field, value))).ShouldBe(HttpStatusCode.UnprocessableEntity);
        refused.Text.ShouldContain($"<a href=\"#details-{field}\">");
        refused.Text.ShouldContain(says);
        refused.Text.ShouldNotContain("\u202E");
        refused.Text.ShouldNotContain("\0");
        (await host.Partner.NowAsync(made))["version"]!.GetValue<long>().ShouldBe(1);
    }

    [Fact]
    public async Task Tokens_of_other_purposes_open_no_form()
    {
        var made = await host.Partner.RegisteredAsync(await host.EventAsync(), "zoom");
        var page = await host.PageAsync(made);
        var at = page.Text.IndexOf("/join/", StringComparison.Ordinal) + "/join/".Length;
        var join = page.Text[at..page.Text.IndexOf('"', at)];
        foreach (var token in new[] { join, (string)made["id"]!, "x", new string('A', 44) })
            foreach (var path in new[] { $"/r/{token}/cancel", $"/r/{token}/details", $"/confirm/{token}", $"/r/{token}/register" })
                (await host.Anybody.SendFormAsync(path, page.Fields("/details"))).ShouldBe(HttpStatusCode.NotFound).Response.Content.Headers.ContentType!.MediaType.ShouldBe("text/html");
        (await host.Anybody.GetAsync(made.PathOf("manage").Replace("/r/", "/confirm/"))).ShouldBe(HttpStatusCode.NotFound);
        var secret = made.PathOf("manage").Replace("/r/", "");
        host.Log.All.ShouldNotContain(line => line.Contains(secret));
    }

    [Theory]
    [InlineData("cancelled", true)]
    [InlineData("Cancelled", false)]
    [InlineData("8", false)]
    [InlineData("<script>alert(1)</script>", false)]
    public async Task The_address_carries_a_code_and_never_a_text(string code, bool known)
    {
        var made = await host.Partner.RegisteredAsync(await host.EventAsync());
        var page = await host.PageAsync(made, $"?done={Uri.EscapeDataString(code)}&utm_source=mail");
        page.Text.Contains("class=\"note\"").ShouldBe(known);
        page.Text.ShouldNotContain("<script");
    }
}
