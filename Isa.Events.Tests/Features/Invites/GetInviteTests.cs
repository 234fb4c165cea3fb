using System.Text;
using Ical.Net;
using Ical.Net.CalendarComponents;
using Ical.Net.DataTypes;
using Isa.Events.Api.Features.Invites;

namespace Isa.Events.Tests.Features.Invites;

public class GetInviteTests(SharedHost host)
{
    [Theory]
    [InlineData("hannover", "Erika \"Beispiel\", geb. Müller; Erste")]
    [InlineData("zoom", "𠮷野家子 👩‍👩‍👧‍👦")]
    [InlineData("foshan", "王小明")]
    public async Task Is_an_entry_that_calendars_accept(string site, string name)
    {
        var evt = await Agreed();
        var made = (await host.Partner.RegisterAsync(evt, Given.Person("guest#1+a'b@example.org", site, p => p["fullName"] = name))).ShouldBe(HttpStatusCode.Created).Json;
        var answer = (await host.Anybody.GetAsync(made.PathOf("invite"))).ShouldBe(HttpStatusCode.OK);
        answer.Header("Content-Type").ShouldBe("text/calendar; charset=utf-8");
        WellFormed(answer);

        var calendar = Calendar.Load(answer.Text)!;
        calendar.Method.ShouldBe("REQUEST");
        var entry = calendar.Events.ShouldHaveSingleItem()!;
        entry.Uid.ShouldBe((string)made["id"]!);
        entry.Attendees.ShouldHaveSingleItem().Value!.ToString().ShouldBe("mailto:guest%231+a'b@example.org");
        entry.Start!.TzId.ShouldBe("Europe/Berlin");
        entry.Start.AsUtc.ShouldBe(new DateTime(2020, 10, 16, 7, 0, 0, DateTimeKind.Utc));
        calendar.TimeZones.ShouldHaveSingleItem().TzId.ShouldBe("Europe/Berlin");
        answer.Text.ShouldContain("RRULE:FREQ=YEARLY");
        entry.Organizer!.Value!.ToString().ShouldBe("mailto:isa@example.org");
        entry.Location!.ShouldStartWith(site switch { "hannover" => "Hannover, Tagungsraum", "foshan" => "Raum der chinesischen Städte", _ => "Zoom" });
        Unfolded(answer).ShouldContain("ATTACH;FMTTYPE=application/pdf");
        Unfolded(answer).Contains("CONFERENCE;VALUE=URI;FEATURE=VIDEO;LABEL=").ShouldBe(site == "zoom");
        answer.Text.ShouldNotContain("zoom.example");
    }

    [Fact]
    public async Task A_name_cannot_bring_in_lines_or_attendees()
    {
        var registration = new Isa.Events.Api.Features.Registrations.Registration
        {
            Id = "reg_0123456789abcdef0123456789abcdef", SiteId = "zoom", FullName = "x\r\nATTENDEE:mailto:evil@example.org\"", Email = "x@example.org", UpdatedAt = EventsHost.Start, Reference = "ISA-22222",
            Status = Isa.Events.Api.Features.Registrations.RegistrationStatus.Confirmed,
        };
        var text = Write(await Read(), registration, Isa.Events.Api.Http.Language.En);
        Calendar.Load(text)!.Events[0]!.Attendees.Count.ShouldBe(1);
        text.Split("\r\n").Count(l => l.StartsWith("ATTENDEE", StringComparison.Ordinal)).ShouldBe(1);
    }

    [Fact]
    public async Task Characters_outside_the_basic_plane_survive_every_fold()
    {
        var evt = await Read();
        for (var offset = 0; offset < 90; offset++)
        {
            var name = new string('a', offset) + "👩🏽‍💻𠮷";
            var registration = new Isa.Events.Api.Features.Registrations.Registration
            {
                Id = "reg_0123456789abcdef0123456789abcdef", SiteId = "hannover", FullName = name, Email = "x@example.org", UpdatedAt = EventsHost.Start, Reference = "ISA-22222",
                Status = Isa.Events.Api.Features.Registrations.RegistrationStatus.Confirmed,
            };
            var text = Write(evt with { Title = new() { De = name } }, registration, Isa.Events.Api.Http.Language.De);
            Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text)).ShouldNotContain("\ufffd");
            text.Split("\r\n").ShouldAllBe(l => Encoding.UTF8.GetByteCount(l) <= 75);
            Calendar.Load(text)!.Events[0]!.Summary.ShouldBe(name);
        }
    }

    [Fact]
    public async Task Shows_a_persons_own_clock_first_and_the_events_beside_it()
    {
        var evt = await Agreed();
        var made = (await host.Partner.RegisterAsync(evt, Given.Person(siteId: "zoom", change: p =>
        {
            p["language"] = "zh";
            p["timeZone"] = "Asia/Shanghai";
        }))).Json;
        var description = Calendar.Load((await host.Anybody.GetAsync(made.PathOf("invite"))).Text)!.Events[0]!.Description!;
        description.ShouldStartWith("时间：2020年10月16日 星期五 15:00–17:00（北京时间）\n活动当地时间：2020年10月16日 星期五 09:00–11:00（柏林时间）");
        description.ShouldContain("15:00 开幕致辞");

        var here = Calendar.Load((await host.Anybody.GetAsync(made.PathOf("invite") + "?language=de")).Text)!.Events[0]!.Description!;
        here.ShouldContain("Wann: Freitag, 16. Oktober 2020, 15:00–17:00 Uhr (Pekinger Zeit)");
        var english = Calendar.Load((await host.Anybody.GetAsync(made.PathOf("invite") + "?language=en")).Text)!.Events[0]!.Description!;
        english.ShouldContain("When: Friday, 16 October 2020, 15:00–17:00 (Beijing time)");
    }

    [Fact]
    public async Task The_sequence_rises_with_what_the_entry_shows_and_a_cancellation_ends_it()
    {
        var evt = await Agreed();
        var made = (await host.Partner.RegisterAsync(evt)).Json;
        var other = (await host.Partner.RegisterAsync(evt, Given.Person(siteId: "zoom"))).Json;
        var first = await Entry(made);
        (await host.Organizer.PatchAsync($"/v1/events/{evt}", new { series = "other" }, ("If-Match", "*"))).ShouldBe(HttpStatusCode.OK);
        (await Entry(made)).Sequence.ShouldBe(first.Sequence);
        (await host.Organizer.PatchAsync($"/v1/events/{evt}", new { startsAt = "2020-10-16T09:30" }, ("If-Match", "*"))).ShouldBe(HttpStatusCode.OK);
        var moved = await Entry(made);
        moved.Sequence.ShouldBe(first.Sequence + 1);
        (await host.Organizer.PatchAsync($"/v1/events/{evt}/sites/hannover", new { address = new { de = "Beispielplatz 2" } }, ("If-Match", "*"))).ShouldBe(HttpStatusCode.OK);
        (await Entry(made)).Sequence.ShouldBe(moved.Sequence + 1);
        (await Entry(other)).Sequence.ShouldBe(moved.Sequence);

        (await host.Partner.PostAsync($"/v1/registrations/{made["id"]}/cancel")).ShouldBe(HttpStatusCode.OK);
        var cancelled = Calendar.Load((await host.Anybody.GetAsync(made.PathOf("invite"))).Text)!;
        cancelled.Method.ShouldBe("CANCEL");
        cancelled.Events[0]!.Status.ShouldBe("CANCELLED");
        cancelled.Events[0]!.Uid.ShouldBe(first.Uid);
        cancelled.Events[0]!.Sequence.ShouldBe(moved.Sequence + 2);

        (await host.Organizer.PostAsync($"/v1/events/{evt}/cancel", null, ("If-Match", "*"))).ShouldBe(HttpStatusCode.OK);
        Calendar.Load((await host.Anybody.GetAsync(other.PathOf("invite"))).Text)!.Method.ShouldBe("CANCEL");

        async Task<(string Uid, int Sequence)> Entry(JsonNode registration)
        {
            var entry = Calendar.Load((await host.Anybody.GetAsync(registration.PathOf("invite"))).Text)!.Events[0]!;
            return (entry.Uid!, entry.Sequence);
        }
    }

    [Fact]
    public async Task Carries_the_uploaded_agenda_byte_by_byte()
    {
        var evt = await host.EventAsync();
        byte[] pdf = [.. "%PDF-1.7\n"u8, .. Enumerable.Range(0, 5000).Select(n => (byte)n), .. "\n%%EOF\n"u8];
        var content = new ByteArrayContent(pdf);
        content.Headers.ContentType = new("application/pdf");
        (await host.Organizer.SendAsync(HttpMethod.Put, $"/v1/events/{evt}/agenda/document?fileName=Tagesordnung%20%C3%BC.pdf", content, ("If-Match", "*"))).ShouldBe(HttpStatusCode.OK);
        var made = (await host.Partner.RegisterAsync(evt)).Json;
        var answer = await host.Anybody.GetAsync(made.PathOf("invite"));
        WellFormed(answer);
        var attachment = Calendar.Load(answer.Text)!.Events[0]!.Attachments.ShouldHaveSingleItem();
        attachment.Data.ShouldBe(pdf);
        attachment.FormatType.ShouldBe("application/pdf");
        attachment.Parameters.Get("FILENAME").ShouldBe("Tagesordnung ü.pdf");

        var download = (await host.Anybody.GetAsync(made.PathOf("agenda"))).ShouldBe(HttpStatusCode.OK);
        download.Bytes.ShouldBe(pdf);
        download.Header("Content-Disposition")!.ShouldStartWith("attachment;");
        download.Header("X-Content-Type-Options").ShouldBe("nosniff");
        (await host.Anybody.GetAsync(made.PathOf("agenda"), ("If-None-Match", download.ETag!))).ShouldBe(HttpStatusCode.NotModified);
    }

    [Fact]
    public async Task The_event_for_anybody_names_no_attendee()
    {
        var evt = await Agreed();
        var answer = (await host.Anybody.GetAsync($"/v1/events/{evt}/calendar.ics?language=en")).ShouldBe(HttpStatusCode.OK);
        WellFormed(answer);
        var calendar = Calendar.Load(answer.Text)!;
        calendar.Method.ShouldBe("PUBLISH");
        calendar.Events[0]!.Attendees.ShouldBeEmpty();
        answer.Text.ShouldNotContain("/join/");
    }

    [Theory]
    [InlineData("王小明", null)]
    [InlineData("Erika\r\nURL:https://example.org/elsewhere", "A calendar entry of evt_1 is not written as it was meant.")]
    [InlineData("Erika\r\nDTSTART:20200101T000000Z", "A calendar entry of evt_1 is not written as it was meant.")]
    [InlineData("Erika\r\nATTACH:https://example.org/", "A calendar entry of evt_1 is not written as it was meant.")]
    public void What_a_parameter_smuggles_in_does_not_leave(string name, string? refusal)
    {
        var start = new CalDateTime(2020, 10, 22, 9, 0, 0, "Europe/Berlin");
        var entry = new CalendarEvent { Uid = "reg_1", Sequence = 1, DtStamp = new CalDateTime(2020, 9, 21, 8, 0, 0, "UTC"), DtStart = start, DtEnd = start.AddHours(1), Summary = "Plenum; Abend, 2020", Status = "CONFIRMED", Url = new Uri("https://example.org/") };
        entry.Attendees.Add(new Attendee("mailto:erika@example.org") { CommonName = name });
        if (refusal is null) InviteCalendar.Write(entry, "evt_1").ShouldContain("王小明");
        else Should.Throw<InvalidOperationException>(() => InviteCalendar.Write(entry, "evt_1")).Message.ShouldContain(refusal);
    }

    [Theory]
    [InlineData("Erika\r\nATTACH:https://example.org/")]
    [InlineData("Erika\nEND:VEVENT\nBEGIN:VEVENT")]
    [InlineData("Erika\";ROLE=CHAIR:mailto:somebody@example.org")]
    public async Task What_a_name_brings_along_stays_in_the_name(string name)
    {
        var evt = await host.EventAsync();
        var id = (string)(await host.Partner.RegisteredAsync(evt))["id"]!;
        var registration = await host.Database.ReadAsync(session => Isa.Events.Api.Features.Registrations.Registration.Find(session, id)!, CancellationToken.None);
        var entry = Calendar.Load(Write(await Read(), registration with { FullName = name }, Isa.Events.Api.Http.Language.De))!.Events.ShouldHaveSingleItem()!;
        entry.Attachments.ShouldBeEmpty();
        var attendee = entry.Attendees.ShouldHaveSingleItem();
        attendee.CommonName.ShouldBe(name.Replace("\r", "").Replace("\n", "").Replace('"', '”'));
        attendee.Role.ShouldBe("REQ-PARTICIPANT");
        attendee.Value!.ToString().ShouldBe($"mailto:{registration.Email}");
        Should.Throw<InvalidOperationException>(() => new EntryPattern([$"UID:{EntryPattern.Gap(OwnValue.Uid)}"]).Fill(_ => $"1\r\n{name}")).Message.ShouldContain("not one line");
    }

    [Fact]
    public async Task Opens_for_its_own_link_or_key_alone()
    {
        var evt = await host.EventAsync();
        var made = (await host.Partner.RegisterAsync(evt)).Json;
        (await host.Partner.GetAsync($"/v1/registrations/{made["id"]}/invite.ics")).ShouldBe(HttpStatusCode.OK);
        (await host.Anybody.GetAsync($"/v1/registrations/{made["id"]}/invite.ics")).ShouldBe(HttpStatusCode.Unauthorized, "not-authenticated");
        var stranger = host.Caller(await host.KeyAsync(Isa.Events.Api.Features.Partners.Role.Partner, "Invite stranger"));
        (await stranger.GetAsync($"/v1/registrations/{made["id"]}/invite.ics")).ShouldBe(HttpStatusCode.NotFound, "registration-not-found");
        var path = made.PathOf("invite");
        var forged = path.Replace(path.Split('/')[3], Given.Forged(path.Split('/')[3]));
        (await host.Anybody.GetAsync(forged)).ShouldBe(HttpStatusCode.NotFound, "registration-not-found");
    }

    private async Task<string> Agreed()
    {
        var evt = await host.EventAsync();
        var items = await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "samples", "plenary-agenda.json"), TestContext.Current.CancellationToken);
        (await host.Organizer.PutAsync($"/v1/events/{evt}/agenda", items, ("If-Match", "*"))).ShouldBe(HttpStatusCode.OK);
        return evt;
    }

    private async Task<Isa.Events.Api.Features.Events.Event> Read()
    {
        var id = await host.EventAsync();
        return await host.Database.ReadAsync(session => Isa.Events.Api.Features.Events.Event.Find(session, id)!, CancellationToken.None);
    }

    private static string Write(Isa.Events.Api.Features.Events.Event evt, Isa.Events.Api.Features.Registrations.Registration registration, Isa.Events.Api.Http.Language language) =>
        InviteCalendar.ForRegistration(new EventInvite(evt, new(), null, null, language), registration, new("https://a.example", "https://a.example/i", null, "https://a.example/r"), "https://a.example/join/x", null).ToString();

    private static string Unfolded(Answer answer) => answer.Text.Replace("\r\n ", "");

    // RFC 5545 s3.1
    private static void WellFormed(Answer answer)
    {
        answer.Text.ShouldEndWith("END:VCALENDAR\r\n");
        answer.Text.Replace("\r\n", "").ShouldNotContain("\n");
        answer.Text.ShouldNotContain("\ufffd");
        foreach (var line in answer.Text.Split("\r\n")) Encoding.UTF8.GetByteCount(line).ShouldBeLessThanOrEqualTo(75);
    }
}
