using System.Text.Json;
using Microsoft.Extensions.Options;

namespace Isa.Events.Api.Features.Agenda;

/// <summary>Answers with an agenda, under the tag of its event.</summary>
public sealed class AgendaSender(EventsDatabase database, CurrentEvents events, IOptions<ServerSettings> settings)
{
    public async Task SendAsync(HttpContext context, Event evt, Language? language, string cacheControl, CancellationToken ct)
    {
        var agenda = await database.ReadAsync(session => AgendaRow.Find(session, evt.Id), ct);
        var body = JsonSerializer.SerializeToUtf8Bytes(AgendaAnswer.From(evt, agenda, language, settings.Value), Json.Wire);
        await Conditional.SendAsync(context, body, Conditional.Tag(evt.Version, body), "application/json; charset=utf-8", cacheControl);
    }

    /// <summary>Answers with the uploaded document, to be saved, or where there is none with what is made of the items.</summary>
    /// <param name="context">The request, which may name a language.</param>
    /// <param name="mediaType">Of what is made.</param>
    /// <param name="make">Makes it, and sets the headers that it alone has.</param>
    /// <param name="ct">Gives up.</param>
    public async Task SendFileAsync(HttpContext context, string mediaType, Func<Event, AgendaRow, Language, byte[]> make, CancellationToken ct)
    {
        var query = new Parameters(context);
        var language = query.Language("language");
        query.RefuseOthers();
        var caller = context.GetCaller();
        var evt = (await events.GetAsync((string)context.Request.RouteValues["event"]!, caller, ct)).Event;
        var (agenda, document) = await database.ReadAsync(session => AgendaRow.FindWithDocument(session, evt.Id), ct);
        if (agenda.IsEmpty) throw new ProblemException(Problem.AgendaNotFound);

        var cache = caller is null ? "public, max-age=60" : "private, no-cache";
        if (document is not null)
        {
            Download.Describe(context, agenda.DocumentName!, $"agenda-{evt.Slug}.pdf");
            await Conditional.SendAsync(context, document, $"\"{agenda.DocumentSha256![..16]}\"", "application/pdf", cache);
            return;
        }

        var made = make(evt, agenda, language ?? evt.DefaultLanguage);
        await Conditional.SendAsync(context, made, Conditional.Tag(evt.Version, made), mediaType, cache);
    }
}
