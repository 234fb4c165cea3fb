using System.Text;

namespace Isa.Events.Api.Features.Agenda;

/// <summary>The agenda as a file: the uploaded PDF, else a page made from the items.</summary>
public sealed class GetAgendaDocument(EventsDatabase database, CurrentEvents events) : EndpointWithoutRequest
{
    public override void Configure()
    {
        Get("/events/{event}/agenda/document");
        AllowAnonymous();
    }

    public override async Task HandleAsync(CancellationToken ct)
    {
        var query = new Parameters(HttpContext);
        var language = query.Language("language");
        query.RefuseOthers();
        var caller = HttpContext.GetCaller();
        var evt = (await events.GetAsync(Route<string>("event")!, caller, ct)).Event;
        var (agenda, pdf) = await database.ReadAsync(session =>
        {
            var row = AgendaRow.Find(session, evt.Id);
            return (row, row.Document(session));
        }, ct);
        if (agenda.IsEmpty) throw new ProblemException(Problem.AgendaNotFound);

        var cache = caller is null ? "public, max-age=60" : "private, no-cache";
        if (pdf is not null)
        {
            Download.Describe(HttpContext, agenda.DocumentName!, $"agenda-{evt.Slug}.pdf");
            await Conditional.SendAsync(HttpContext, pdf, $"\"{agenda.DocumentSha256![..16]}\"", "application/pdf", cache);
            return;
        }

        var page = Encoding.UTF8.GetBytes(AgendaPage.Render(evt, agenda, language ?? evt.DefaultLanguage));
        HttpContext.Response.Headers.ContentSecurityPolicy = Html.Policy;
        await Conditional.SendAsync(HttpContext, page, Conditional.Tag(evt.Version, page), "text/html; charset=utf-8", cache);
    }
}
