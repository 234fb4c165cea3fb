using System.Text.Json;
using Isa.Events.Api.Features.Agenda;
using Isa.Events.Api.Features.Server;
using NodaTime;
using NodaTime.Text;

namespace Isa.Events.Api.Commands;

/// <summary>The ISA plenary of the samples, its days moved by whole weeks so that the deadline lies ahead.</summary>
internal static class Demo
{
    public const string Slug = "isa-plenary";
    private const int DaysAhead = 28;

    /// <returns>False where it is there already.</returns>
    public static async Task<bool> LoadAsync(IServiceProvider services, CancellationToken ct)
    {
        var database = services.GetRequiredService<EventsDatabase>();
        if (await database.ReadAsync(session => Event.Find(session, Slug), ct) is not null) return false;
        var request = Moved(JsonSerializer.Deserialize<EventRequest>(Contract.Read("plenary.json"), Json.Wire)!, services.GetRequiredService<TimeProvider>().GetUtcNow());
        var agenda = JsonSerializer.Deserialize<ReplaceAgendaRequest>(Contract.Read("plenary-agenda.json"), Json.Wire)!;
        var id = CreateEvent.NewId();
        await database.WriteAsync(id, session =>
        {
            var evt = CreateEvent.Create(session, id, request);
            new AgendaRow { Items = agenda.Items! }.Store(session, id);
            PublishEvent.Publish(evt).Update(session);
            return true;
        }, ct);
        return true;
    }

    /// <summary>The demo event, and a key of each role that trying it out needs.</summary>
    public static async Task<(string Organizer, string Partner)> FirstStartAsync(IServiceProvider services, CancellationToken ct)
    {
        await LoadAsync(services, ct);
        var keys = services.GetRequiredService<ApiKeys>();
        return ((await keys.CreateAsync(Role.Organizer, "First organizer", isTest: false, [], null, ct)).Text, (await keys.CreateAsync(Role.Partner, "First partner", isTest: false, [], null, ct)).Text);
    }

    private static EventRequest Moved(EventRequest request, DateTimeOffset now)
    {
        var deadline = LocalDatePattern.Iso.Parse(request.RegistrationCloses!).Value;
        var today = NodaTime.Instant.FromDateTimeOffset(now).InZone(Zones.Get(request.TimeZone!)).Date;
        var days = Period.DaysBetween(deadline, today.PlusDays(DaysAhead));
        var weeks = (days + 6) / 7;
        return request with { StartsAt = Later(request.StartsAt!), EndsAt = Later(request.EndsAt!), RegistrationCloses = LocalDatePattern.Iso.Format(deadline.PlusWeeks(weeks)), Slug = Slug };

        string Later(string wall) => LocalDatePattern.Iso.Format(LocalDatePattern.Iso.Parse(wall[..10]).Value.PlusWeeks(weeks)) + wall[10..];
    }
}
