using System.Text;
using Isa.Events.Api.Features.Agenda;
using Microsoft.Extensions.Options;

namespace Isa.Events.Api.Features.Invites;

/// <summary>The event for anybody's calendar, without a registration.</summary>
public sealed class GetEventCalendar(EventsDatabase database, CurrentEvents events, IOptions<ServerSettings> settings) : EndpointWithoutRequest
{
    public override void Configure()
    {
        Get("/events/{event}/calendar.ics");
        AllowAnonymous();
    }

    public override async Task HandleAsync(CancellationToken ct)
    {
        var query = new Parameters(HttpContext);
        var wanted = query.Language("language");
        query.RefuseOthers();
        var caller = HttpContext.GetCaller();
        var evt = (await events.GetAsync(Route<string>("event")!, caller, ct)).Event;
        var language = wanted ?? evt.DefaultLanguage;
        var agenda = await database.ReadAsync(session => AgendaRow.Find(session, evt.Id), ct);
        var agendaUrl = agenda.IsEmpty ? null : settings.Value.Url($"/v1/events/{evt.Slug}/agenda.pdf?language={language.Code()}");
        var body = Encoding.UTF8.GetBytes(InviteCalendar.ForEvent(evt, agenda, agendaUrl, language));
        Download.Describe(HttpContext, $"{evt.Slug}.ics");
        await Conditional.SendAsync(HttpContext, body, Conditional.Tag(evt.Version, body), InviteCalendar.MediaType, caller is null ? "public, max-age=60" : "private, no-cache");
    }
}
