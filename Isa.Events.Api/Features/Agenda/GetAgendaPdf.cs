namespace Isa.Events.Api.Features.Agenda;

/// <summary>The agenda as PDF: the uploaded document, else one made from the items.</summary>
public sealed class GetAgendaPdf(AgendaSender sender, AgendaPdfs pdfs) : EndpointWithoutRequest
{
    public override void Configure()
    {
        Get("/events/{event}/agenda.pdf");
        AllowAnonymous();
    }

    public override Task HandleAsync(CancellationToken ct) => sender.SendFileAsync(HttpContext, "application/pdf", (evt, agenda, language) =>
    {
        Download.Describe(HttpContext, AgendaPdf.FileName(language), $"agenda-{evt.Slug}.pdf");
        return pdfs.Get(evt, agenda, language);
    }, ct);
}
