namespace Isa.Events.Api.Features.Agenda;

/// <summary>Shows what an event will be about, item by item, and its document.</summary>
public sealed class GetAgenda(CurrentEvents events, AgendaSender sender) : EndpointWithoutRequest<AgendaAnswer>
{
    public override void Configure()
    {
        Get("/events/{event}/agenda");
        AllowAnonymous();
    }

    public override async Task HandleAsync(CancellationToken ct)
    {
        var query = new Parameters(HttpContext);
        var language = query.Language("language");
        query.RefuseOthers();
        var caller = HttpContext.GetCaller();
        var current = await events.GetAsync(Route<string>("event")!, caller, ct);
        await sender.SendAsync(HttpContext, current.Event, language, caller is null ? "public, max-age=60" : "private, no-cache", ct);
    }
}
