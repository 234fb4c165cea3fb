namespace Isa.Events.Tests.Features.Registrations;

public class CancelRegistrationTests(SharedHost host)
{
    [Fact]
    public async Task Frees_the_seat_for_the_next()
    {
        var evt = await host.EventWithSeatsAsync(1);
        var first = (await host.Partner.RegisterAsync(evt)).ShouldBe(HttpStatusCode.Created).Json;
        (await host.Partner.RegisterAsync(evt)).ShouldBe(HttpStatusCode.Conflict, "site-full");
        var cancelled = (await host.Partner.PostAsync($"/v1/registrations/{first["id"]}/cancel")).ShouldBe(HttpStatusCode.OK).Json;
        ((string)cancelled["status"]!).ShouldBe("cancelled");
        ((string)cancelled["reference"]!).ShouldBe((string)first["reference"]!);
        (await host.Partner.RegisterAsync(evt)).ShouldBe(HttpStatusCode.Created);
    }

    [Fact]
    public async Task Twice_at_once_frees_one_seat()
    {
        var evt = await host.EventWithSeatsAsync(2);
        var first = (await host.Partner.RegisterAsync(evt)).ShouldBe(HttpStatusCode.Created).Json;
        (await host.Partner.RegisterAsync(evt)).ShouldBe(HttpStatusCode.Created);
        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(i => (i % 2 == 0 ? host.Partner : host.Anybody)
            .PostAsync(i % 2 == 0 ? $"/v1/registrations/{first["id"]}/cancel" : first.PathOf("invite").Replace("/invite.ics", "/cancel"))));
        foreach (var answer in answers) answer.ShouldBe(HttpStatusCode.OK);
        ((int)(await host.Organizer.GetAsync($"/v1/events/{evt}/availability")).Json["sites"]![0]!["seatsTaken"]!).ShouldBe(1);
    }

    [Fact]
    public async Task Works_after_the_deadline_and_for_the_person_without_a_key()
    {
        await using var own = new EventsHost();
        await own.InitializeAsync();
        var evt = await own.EventAsync();
        var made = (await own.Partner.RegisterAsync(evt)).ShouldBe(HttpStatusCode.Created).Json;
        own.Time.SetUtcNow(new(2020, 10, 14, 0, 0, 0, TimeSpan.Zero));
        (await own.Partner.RegisterAsync(evt)).ShouldBe(HttpStatusCode.Conflict, "registration-closed");
        var path = made.PathOf("invite").Replace("/invite.ics", "");
        ((string)(await own.Anybody.GetAsync(path)).ShouldBe(HttpStatusCode.OK).Json["status"]!).ShouldBe("confirmed");
        ((string)(await own.Anybody.PostAsync($"{path}/cancel")).ShouldBe(HttpStatusCode.OK).Json["status"]!).ShouldBe("cancelled");
    }

    [Fact]
    public async Task The_calendar_entry_is_cancelled_and_the_person_may_come_back()
    {
        var evt = await host.EventAsync();
        var person = Given.Person();
        var made = (await host.Partner.RegisterAsync(evt, (JsonObject)person.DeepClone())).ShouldBe(HttpStatusCode.Created).Json;
        var before = Ical.Net.Calendar.Load((await host.Anybody.GetAsync(made.PathOf("invite"))).Text)!;
        (await host.Partner.PostAsync($"/v1/registrations/{made["id"]}/cancel")).ShouldBe(HttpStatusCode.OK);
        var after = Ical.Net.Calendar.Load((await host.Anybody.GetAsync(made.PathOf("invite"))).ShouldBe(HttpStatusCode.OK).Text)!;
        after.Method.ShouldBe("CANCEL");
        after.Events[0]!.Uid.ShouldBe(before.Events[0]!.Uid);
        after.Events[0]!.Sequence.ShouldBeGreaterThan(before.Events[0]!.Sequence);

        var again = (await host.Partner.RegisterAsync(evt, person)).ShouldBe(HttpStatusCode.Created).Json;
        ((string)again["id"]!).ShouldNotBe((string)made["id"]!);
        ((string)again["reference"]!).ShouldNotBe((string)made["reference"]!);
    }

    [Fact]
    public async Task Nothing_happens_on_GET()
    {
        var evt = await host.EventAsync();
        var made = (await host.Partner.RegisterAsync(evt)).ShouldBe(HttpStatusCode.Created).Json;
        (await host.Anybody.GetAsync(made.PathOf("invite").Replace("/invite.ics", "/cancel"))).ShouldBe(HttpStatusCode.MethodNotAllowed, "method-not-allowed").Header("Allow").ShouldBe("POST");
        ((string)(await host.Partner.GetAsync($"/v1/registrations/{made["id"]}")).Json["status"]!).ShouldBe("confirmed");
    }
}
