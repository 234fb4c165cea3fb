using Microsoft.Extensions.Options;

namespace Isa.Events.Api.Features.Events;

/// <summary>Shows an event: what it is, and whether one can register.</summary>
public sealed class GetEvent(CurrentEvents events, IOptions<ServerSettings> settings, TimeProvider time) : EndpointWithoutRequest<EventAnswer>
{
    public override void Configure()
    {
        Get("/events/{event}");
        AllowAnonymous();
    }

    public override async Task HandleAsync(CancellationToken ct)
    {
        var query = new Parameters(HttpContext);
        var language = query.Language("language");
        query.RefuseOthers();
        var caller = HttpContext.GetCaller();
        var current = await events.GetAsync(Route<string>("event")!, caller, ct);
        var rendered = EventAnswer.Render(current, caller, language, time.GetUtcNow(), settings.Value);
        await Conditional.SendAsync(HttpContext, rendered.Body, rendered.Tag, "application/json; charset=utf-8", caller is null ? "public, max-age=30" : "private, no-cache");
    }
}
