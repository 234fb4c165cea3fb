using System.Text.RegularExpressions;
using Ical.Net;
using Isa.Events.Api.Features.Waitlist;
using Isa.Events.Tests.Features.Delegations;
using Microsoft.Extensions.DependencyInjection;

namespace Isa.Events.Tests.Features;

/// <summary>
/// The ninth plenary once more, as people see it: in their mailboxes, and in their calendars, which are a calendar server's. After each step exactly the mails one would want to get have
/// come, in the right language, and each calendar shows where its owner attends.
/// </summary>
public sealed partial class PlenaryMailsTests : IAsyncLifetime
{
    private static readonly string[] Languages = ["de", "en", "zh"];

    private Replying _replying = null!;
    private Radicale _calendars = null!;
    private string _event = "";

    private EventsHost Host => _replying.Host;

    public async ValueTask InitializeAsync()
    {
        if (!Radicale.IsThere) return;
        _replying = await Replying.StartAsync();
        _calendars = await Radicale.StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (_replying is null) return;
        await _calendars.DisposeAsync();
        await _replying.DisposeAsync();
    }

    [Fact(SkipUnless = nameof(Radicale.IsThere), SkipType = typeof(Radicale), Skip = Radicale.Missing)]
    public async Task The_plenary_in_mailboxes_and_calendars()
    {
        _event = await Host.EventWithQueueAsync(6);

        // Six seats in Hannover fill, in three languages.
        var hannover = new List<JsonNode>();
        for (var i = 0; i < 6; i++)
        {
            hannover.Add(await RegisterAsync(i, "hannover"));
            Host.Time.Advance(TimeSpan.FromMinutes(1));
        }

        (await MailsAsync()).ShouldBe(Enumerable.Range(0, 6).Select(i => $"{Name(i)}: {In(i, "Anmeldung bestätigt", "Registration confirmed", "报名已确认")} +REQUEST"), ignoreOrder: true);

        // The next two go by Zoom and wait.
        List<JsonNode> waiting = [await RegisterAsync(6, "hannover", "zoom"), await RegisterAsync(7, "hannover", "zoom")];
        (await MailsAsync()).ShouldBe([$"{Name(6)}: Anmeldung bestätigt, auch auf der Warteliste +REQUEST", $"{Name(7)}: Registration confirmed, and on the waiting list +REQUEST"], ignoreOrder: true);

        // One cancels: the first who waits is promoted, and their entry says Hannover.
        (await Host.Anybody.PostAsync(Own(hannover[3], "cancel"))).ShouldBe(HttpStatusCode.OK);
        (await MailsAsync()).ShouldBe([$"{Name(3)}: Anmeldung storniert +CANCEL", $"{Name(6)}: Sie haben einen Platz +REQUEST"], ignoreOrder: true);

        // Somebody answers no in their calendar. The place is kept for half an hour, then the next has it.
        var entry = Calendar.Load((await _calendars.EntriesAsync()).Single(e => e.Contains($"UID:{hannover[1]["id"]}", StringComparison.Ordinal)))!.Events[0]!;
        var no = Replying.Written(entry.Organizer!.Value!.ToString()["mailto:".Length..], (string)hannover[1]["email"]!, "Declined", $"""
            Content-Type: text/calendar; charset=utf-8; method=REPLY
            Content-Transfer-Encoding: 8bit

            BEGIN:VCALENDAR
            PRODID:-//Example//Calendar//EN
            VERSION:2.0
            METHOD:REPLY
            BEGIN:VEVENT
            UID:{entry.Uid}
            SEQUENCE:{entry.Sequence}
            DTSTAMP:20201001T080000Z
            ATTENDEE;PARTSTAT=DECLINED:mailto:{hannover[1]["email"]}
            END:VEVENT
            END:VCALENDAR
            """);
        (await _replying.OutcomeAsync(no)).ShouldBe("applied");
        (await MailsAsync()).ShouldBe([$"{Name(1)}: You declined in your calendar"]);
        (await Host.Partner.NowAsync(hannover[1])).Stands().ShouldBe("confirmed hannover");
        Host.Time.Advance(TimeSpan.FromMinutes(31));
        await Host.Services.GetRequiredService<Timekeeper>().RunAsync(CancellationToken.None);
        (await MailsAsync()).ShouldBe([$"{Name(1)}: Registration cancelled +CANCEL", $"{Name(7)}: You have a place +REQUEST"], ignoreOrder: true);
        (await Host.Partner.NowAsync(waiting[1])).Stands().ShouldBe("confirmed hannover");

        // New distancing rules cut six to four: the last two who were confirmed move to Zoom, and are told.
        (await Host.Organizer.PatchAsync($"/v1/events/{_event}/sites/hannover", """{"capacity":4,"move":{"to":"zoom"}}""", ("If-Match", "*"))).ShouldBe(HttpStatusCode.OK);
        (await MailsAsync()).ShouldBe([$"{Name(6)}: Teilnahme geändert +REQUEST", $"{Name(7)}: Attendance changed +REQUEST"], ignoreOrder: true);

        // A mayor falls ill and sends a deputy.
        var deputy = await Host.DeputyAsync(await Host.Anybody.PostAsync(Own(hannover[0], "substitute"), new JsonObject { ["fullName"] = Name(8), ["email"] = "deputy@example.org", ["language"] = "zh", ["audience"] = "guest", ["noticeVersion"] = "1" }));
        deputy.Stands().ShouldBe("confirmed hannover");
        (await MailsAsync()).ShouldBe([$"{Name(0)}: Ihr Platz ist übergeben +CANCEL", $"{Name(8)}: 您将代为参会 +REQUEST"], ignoreOrder: true);

        // A delegation from Foshan registers: its contact gets one summary, with what is to be passed on to whoever has no address.
        var foshan = await Host.DelegationAsync(_event, 2, d =>
        {
            (d["siteId"], d["city"]) = ("foshan", "Foshan");
            d["members"]!.AsArray().Add(new JsonObject { ["fullName"] = "李娜" });
        });
        (await MailsAsync()).Select(mail => Digits().Replace(mail, "n")).ShouldBe(["王小明 n: 报名已确认 +REQUEST", "王小明 n: 报名已确认 +REQUEST", "王芳: 代表团报名已收到"], ignoreOrder: true);

        // One of them switches to Zoom.
        (await Host.Anybody.PostAsync(Own(foshan.Members().First(), "change-site"), """{"siteId":"zoom"}""")).ShouldBe(HttpStatusCode.OK);
        (await MailsAsync()).ShouldHaveSingleItem().ShouldEndWith(": 参会方式已变更 +REQUEST");

        // The event is an hour later: everybody's entry moves, and who has no address hears of it by their contact.
        (await Host.Organizer.PatchAsync($"/v1/events/{_event}", """{"startsAt":"2020-10-16T10:00","endsAt":"2020-10-16T12:00"}""", ("If-Match", "*"))).ShouldBe(HttpStatusCode.OK);
        (await MailsAsync()).Count(mail => mail.EndsWith("+REQUEST", StringComparison.Ordinal)).ShouldBe((await ActiveAsync()).Count(r => r["email"] is not null));

        // It is called off: no calendar shows it any more.
        (await Host.Organizer.PostAsync($"/v1/events/{_event}/cancel", "{}", ("If-Match", "*"))).ShouldBe(HttpStatusCode.OK);
        var mails = await MailsAsync(calledOff: true);
        mails.ShouldAllBe(mail => mail.EndsWith("+CANCEL", StringComparison.Ordinal) || !mail.Contains('+'));
        (await _calendars.EntriesAsync()).ShouldBeEmpty();
        await Host.IsWholeAsync();
    }

    [GeneratedRegex("[0-9]+")]
    private static partial Regex Digits();

    private static string Name(int number) => $"{In(number, "Erika Beispiel", "John Example", "王小明")} {number}";

    private static string In(int number, string german, string english, string chinese) => (number % 3) switch { 0 => german, 1 => english, _ => chinese };

    private static string Own(JsonNode registration, string operation) => registration.PathOf("invite").Replace("/invite.ics", $"/{operation}");

    private async Task<JsonNode> RegisterAsync(int number, string site, string? fallback = null) =>
        (await Host.Partner.RegisterAsync(_event, Given.Person(siteId: site, change: person =>
        {
            (person["fullName"], person["language"]) = (Name(number), Languages[number % 3]);
            if (fallback is not null) (person["whenFull"], person["fallbackSiteId"]) = ("attendSite", fallback);
        }))).ShouldBe(HttpStatusCode.Created).Json;

    private async Task<List<JsonNode>> ActiveAsync() =>
        [.. (await Host.Organizer.GetAsync($"/v1/events/{_event}/registrations?limit=200")).ShouldBe(HttpStatusCode.OK).Json["items"]!.AsArray().Where(r => (string)r!["status"]! is not ("cancelled" or "declined")).Select(r => r!)];

    /// <summary>What comes now, as <c>name: subject +METHOD</c>, each mail in the language of its person. Calendars take what it carries; afterwards each must be true.</summary>
    private async Task<List<string>> MailsAsync(bool calledOff = false)
    {
        var mails = await Host.SendAsync();
        foreach (var mail in mails.Where(mail => mail.Calendar is not null)) (await _calendars.DeliverAsync(mail.CalendarBytes)).ShouldBeTrue();
        await CalendarsAreTrueAsync(calledOff);
        return [.. mails.Select(mail => $"{mail.Message.To.Mailboxes.Single().Name}: {Subject(mail)}{(mail.Calendar is { } calendar ? $" +{calendar.Method}" : "")}")];
    }

    // Without the event's title.
    private static string Subject(Mailed mail) => mail.Subject.Split([": ", "："], StringSplitOptions.None)[0];

    private async Task CalendarsAreTrueAsync(bool calledOff)
    {
        var evt = (await Host.Organizer.GetAsync($"/v1/events/{_event}")).ShouldBe(HttpStatusCode.OK).Json;
        var start = DateTimeOffset.Parse((string)evt["startsAt"]!, System.Globalization.CultureInfo.InvariantCulture).UtcDateTime;
        var expected = calledOff ? [] : (await ActiveAsync()).Where(r => r["email"] is not null && (string)r["status"]! == "confirmed").Select(r => $"{r["id"]} {start:s} {Place(evt, r)}");
        var shown = (await _calendars.EntriesAsync()).Select(text => Calendar.Load(text)!.Events.Single()!).Select(e => $"{e.Uid} {e.Start!.AsUtc:s} {e.Location}");
        shown.ShouldBe(expected, ignoreOrder: true);
    }

    private static string Place(JsonNode evt, JsonNode registration)
    {
        var site = evt["sites"]!.AsArray().Single(s => (string)s!["id"]! == (string)registration["siteId"]!)!;
        var (name, address) = (Text(site["name"]!), site["address"] is { } known ? Text(known) : null);
        var comma = (string)registration["language"]! == "zh" ? "，" : ", ";
        return address is null ? name : $"{name}{comma}{address.ReplaceLineEndings(comma)}";

        string Text(JsonNode texts) => (string)(texts[(string)registration["language"]!] ?? texts["de"])!;
    }
}
