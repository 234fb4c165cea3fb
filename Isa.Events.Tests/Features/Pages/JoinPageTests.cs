using Isa.Events.Api.Features.Pages;
using Isa.Events.Api.Http;

namespace Isa.Events.Tests.Features.Pages;

public class JoinPageTests
{
    private static readonly DateTimeOffset Begins = new(2020, 10, 16, 7, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("2020-09-21T08:00:00Z", "Beginnt in 25 Tagen.", "Starts in 25 days.", "25天后开始。")]
    [InlineData("2020-10-13T23:30:00Z", "Beginnt in 2 Tagen.", "Starts in 2 days.", "2天后开始。")] // Wednesday in Berlin and in Beijing
    [InlineData("2020-10-13T21:30:00Z", "Beginnt in 3 Tagen.", "Starts in 3 days.", "3天后开始。")]
    [InlineData("2020-10-14T08:00:00Z", "Beginnt in 47 Stunden.", "Starts in 47 hours.", "47小时后开始。")]
    [InlineData("2020-10-16T05:30:00Z", "Beginnt in 2 Stunden.", "Starts in 2 hours.", "2小时后开始。")]
    [InlineData("2020-10-16T06:19:30Z", "Beginnt in 41 Minuten.", "Starts in 41 minutes.", "41分钟后开始。")]
    [InlineData("2020-10-16T06:59:30Z", "Beginnt in einer Minute.", "Starts in a minute.", "即将开始。")]
    [InlineData("2020-10-16T07:00:00Z", "Hat gerade begonnen.", "Has just started.", "刚刚开始。")]
    [InlineData("2020-10-16T07:10:59Z", "Läuft seit 10 Minuten.", "Started 10 minutes ago.", "已进行10分钟。")]
    [InlineData("2020-10-16T09:00:00Z", "Läuft seit 2 Stunden.", "Started 2 hours ago.", "已进行2小时。")]
    public void Counts_as_one_says_it(string now, string de, string en, string zh)
    {
        var clock = DateTimeOffset.Parse(now, System.Globalization.CultureInfo.InvariantCulture);
        Countdown.Say(Begins, clock, "Europe/Berlin", Language.De).ShouldBe(de);
        Countdown.Say(Begins, clock, "Europe/Berlin", Language.En).ShouldBe(en);
        Countdown.Say(Begins, clock, "Europe/Berlin", Language.Zh).ShouldBe(zh);
    }

    [Theory]
    [InlineData("2021-03-26T12:00:00Z", "2021-03-28T12:00:00Z", "Beginnt in 2 Tagen.")] // over the night that has 23 hours
    [InlineData("2021-03-27T13:00:00Z", "2021-03-28T12:00:00Z", "Beginnt in 23 Stunden.")]
    public void Counts_what_passes_and_not_what_clocks_show(string now, string begins, string said) =>
        Countdown.Say(DateTimeOffset.Parse(begins, System.Globalization.CultureInfo.InvariantCulture), DateTimeOffset.Parse(now, System.Globalization.CultureInfo.InvariantCulture), "Europe/Berlin", Language.De).ShouldBe(said);

    [Theory]
    [InlineData("de", 61, "Zum Teilnehmen ist es noch zu früh")]
    [InlineData("en", 61, "It is too early to join")]
    [InlineData("zh", 61, "现在入会还太早")]
    [InlineData("de", 60, null)]
    public async Task Says_that_it_is_too_early(string language, int minutes, string? says)
    {
        await using var own = await HostAsync();
        var (_, path) = await JoiningAsync(own, language);
        own.Time.SetUtcNow(Begins.AddMinutes(-minutes));
        var shown = (await own.Anybody.GetAsync(path)).ShouldBe(HttpStatusCode.OK).Text;
        if (says is null) shown.ShouldNotContain("zu früh");
        else shown.ShouldContain(says);
    }

    [Theory]
    [InlineData("de", "Zur Videokonferenz", "Meeting-ID", "Kenncode", "Telefoneinwahl", "Zeit der Veranstaltung", "(Pekinger Zeit)")]
    [InlineData("en", "Open the video conference", "Meeting ID", "Passcode", "Dial in by phone", "Time of the event", "(Beijing time)")]
    [InlineData("zh", "进入视频会议", "会议号", "入会密码", "电话拨入", "活动当地时间", "（北京时间）")]
    public async Task Shows_how_to_join_after_a_click_with_number_passcode_and_telephones(string language, params string[] texts)
    {
        await using var own = await HostAsync();
        var (made, path) = await JoiningAsync(own, language);
        own.Time.SetUtcNow(Begins.AddMinutes(-40));
        var shown = (await own.Anybody.GetAsync(path)).ShouldBe(HttpStatusCode.OK);
        shown.Text.ShouldContain(Countdown.Say(Begins, Begins.AddMinutes(-40), "Asia/Shanghai", language switch { "de" => Language.De, "zh" => Language.Zh, _ => Language.En }));
        foreach (var text in texts[4..]) shown.Text.ShouldContain(text);
        foreach (var secret in new[] { "zoom.example", "isa-9", "991 2345", "695050" }) shown.Text.ShouldNotContain(secret);

        var open = (await own.Anybody.SendAsync(HttpMethod.Post, path, null)).ShouldBe(HttpStatusCode.OK);
        foreach (var text in texts) open.Text.ShouldContain(text);
        open.Text.ShouldContain("<a href=\"https://zoom.example/j/99123456789?pwd=a&amp;b=1\" rel=\"noreferrer\">");
        open.Text.ShouldContain("991 2345 6789");
        open.Text.ShouldContain("isa-9");
        open.Text.ShouldContain("Frankfurt &lt;main&gt; <a href=\"tel:+496950502596\">+49 (69) 5050-2596</a>\n<a href=\"tel:+861087833177\">+86 10 8783 3177</a>, 4711#");
        open.Text.ShouldNotContain("<script");
        open.Text.ShouldNotContain(made.PathOf("manage")["/r/".Length..]); // who may join may not cancel
        open.Bytes.Length.ShouldBeLessThan(20_000);
    }

    [Fact]
    public async Task Each_end_says_what_it_is_and_shows_no_way_in()
    {
        await using var own = await HostAsync();
        var (moved, movedPath) = await JoiningAsync(own, "zh");
        (await own.Partner.PostAsync($"/v1/registrations/{moved["id"]}/change-site", """{"siteId":"foshan"}""")).ShouldBe(HttpStatusCode.OK);
        var inRoom = await Closed(movedPath);
        inRoom.ShouldContain("您现为现场参会：中方城市会场");
        inRoom.ShouldContain("广东省佛山市");
        inRoom.ShouldContain("25天后开始。");

        var (cancelled, cancelledPath) = await JoiningAsync(own, "en");
        (await own.Partner.PostAsync($"/v1/registrations/{cancelled["id"]}/cancel")).ShouldBe(HttpStatusCode.OK);
        (await Closed(cancelledPath)).ShouldContain("This registration has been cancelled.");

        var (off, offPath) = await JoiningAsync(own, "de");
        (await own.Organizer.PostAsync($"/v1/events/{off["eventId"]}/cancel", """{"reason":{"de":"Der Saal ist <gesperrt>."}}""", ("If-Match", "*"))).ShouldBe(HttpStatusCode.OK);
        var calledOff = await Closed(offPath);
        calledOff.ShouldContain("Die Veranstaltung wurde abgesagt.");
        calledOff.ShouldContain("Der Saal ist &lt;gesperrt&gt;.");
        calledOff.ShouldNotContain("Beginnt");

        var (unset, unsetPath) = await JoiningAsync(own, "de");
        (await own.Organizer.PatchAsync($"/v1/events/{unset["eventId"]}/sites/zoom", """{"meeting":null}""", ("If-Match", "*"))).ShouldBe(HttpStatusCode.OK);
        (await Closed(unsetPath)).ShouldContain("steht noch nicht fest");

        var (_, overPath) = await JoiningAsync(own, "de");
        own.Time.SetUtcNow(Begins.AddHours(3));
        (await Closed(overPath)).ShouldContain("Die Veranstaltung ist vorbei.");

        async Task<string> Closed(string path)
        {
            var revealed = (await own.Anybody.SendAsync(HttpMethod.Post, path, null)).ShouldBe(HttpStatusCode.OK).Text;
            revealed.ShouldNotContain("zoom.example");
            revealed.ShouldNotContain("695050");
            (await own.Anybody.GetAsync(path)).ShouldBe(HttpStatusCode.OK).Text.ShouldBe(revealed);
            revealed.ShouldNotContain("<form");
            return revealed;
        }
    }

    private static async Task<EventsHost> HostAsync()
    {
        var own = new EventsHost();
        await own.InitializeAsync();
        return own;
    }

    private static async Task<(JsonNode Registration, string Path)> JoiningAsync(EventsHost own, string language)
    {
        var evt = await own.EventAsync(e =>
        {
            e["sites"]![2]!["meeting"] = new JsonObject
            {
                ["url"] = "https://zoom.example/j/99123456789?pwd=a&b=1", ["number"] = "991 2345 6789", ["passcode"] = "isa-9", ["dialIn"] = "Frankfurt <main> +49 (69) 5050-2596\n+86 10 8783 3177, 4711#",
            };
        });
        var made = (await own.Partner.RegisterAsync(evt, Given.Person(siteId: "zoom", change: p => (p["language"], p["timeZone"]) = (language, "Asia/Shanghai")))).ShouldBe(HttpStatusCode.Created).Json;
        var page = (await own.Anybody.GetAsync(made.PathOf("manage"))).Text;
        var at = page.IndexOf("https://events.example.org/join/", StringComparison.Ordinal);
        return (made, new Uri(page[at..page.IndexOf('"', at)]).PathAndQuery);
    }
}
