using System.Text;

namespace Isa.Events.Api.Features.Agenda;

/// <summary>The agenda as a file: the uploaded PDF, else a page made from the items.</summary>
public sealed class GetAgendaDocument(AgendaSender sender) : EndpointWithoutRequest
{
    public override void Configure()
    {
        Get("/events/{event}/agenda/document");
        AllowAnonymous();
    }

    public override Task HandleAsync(CancellationToken ct) => sender.SendFileAsync(HttpContext, "text/html; charset=utf-8", (evt, agenda, language) =>
    {
        HttpContext.Response.Headers.ContentSecurityPolicy = Html.Policy;
        return Encoding.UTF8.GetBytes(AgendaPage.Render(evt, agenda, language));
    }, ct);
}
