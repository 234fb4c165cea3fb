using System.Text.Json;
using Microsoft.Extensions.Options;

namespace Isa.Events.Api.Features.Agenda;

/// <summary>Answers with an agenda, under the tag of its event.</summary>
public sealed class AgendaSender(EventsDatabase database, IOptions<ServerSettings> settings)
{
    public async Task SendAsync(HttpContext context, Event evt, Language? language, string cacheControl, CancellationToken ct)
    {
        var agenda = await database.ReadAsync(session => AgendaRow.Find(session, evt.Id), ct);
        var body = JsonSerializer.SerializeToUtf8Bytes(AgendaAnswer.From(evt, agenda, language, settings.Value), Json.Wire);
        await Conditional.SendAsync(context, body, Conditional.Tag(evt.Version, body), "application/json; charset=utf-8", cacheControl);
    }
}
