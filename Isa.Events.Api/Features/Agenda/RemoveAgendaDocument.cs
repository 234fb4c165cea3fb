namespace Isa.Events.Api.Features.Agenda;

/// <summary>Takes the uploaded document away; the items stay.</summary>
public sealed class RemoveAgendaDocument(EventEdit edits, AgendaSender sender) : EndpointWithoutRequest<AgendaAnswer>
{
    public override void Configure()
    {
        Delete("/events/{event}/agenda/document");
        Policies(Access.Organizer);
    }

    public override async Task HandleAsync(CancellationToken ct)
    {
        Parameters.None(HttpContext);
        var current = await edits.RunAsync(HttpContext, IfMatch.Require(HttpContext), (session, evt) =>
        {
            var agenda = AgendaRow.Find(session, evt.Id);
            if (agenda.DocumentSha256 is null) throw new ProblemException(Problem.AgendaNotFound);
            new AgendaRow { Items = agenda.Items }.Store(session, evt.Id);
            return evt with { Revision = evt.Revision + 1 };
        }, ct);
        await sender.SendAsync(HttpContext, current.Current.Event, null, "no-store", ct);
    }
}
