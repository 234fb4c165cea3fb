using Microsoft.Extensions.Options;

namespace Isa.Events.Api.Features.Events;

/// <summary>Adds a way to attend.</summary>
public sealed class AddSite(EventsDatabase database, CurrentEvents events, EventEdit edits, IOptions<ServerSettings> settings) : Endpoint<SiteRequest, EventAnswer>
{
    public override void Configure()
    {
        Post("/events/{event}/sites");
        Policies(Access.Organizer);
    }

    public override async Task HandleAsync(SiteRequest request, CancellationToken ct)
    {
        Parameters.None(HttpContext);
        var match = IfMatch.Read(HttpContext);
        var key = IdempotencyKey.Read(HttpContext, nameof(AddSite));
        var known = (await events.GetAsync(Route<string>("event")!, HttpContext.GetCaller(), ct)).Event;
        var added = await key.WriteAsync(database, known.Id, request, session =>
        {
            var evt = session.LockEvent(known.Id);
            match?.Check(evt.Version);
            if (evt.StatusAt(session.Now) is EventStatus.Cancelled) throw new ProblemException(Problem.EventCancelled);
            if (evt.Site(request.Id) is not null) throw new ProblemException(Problem.SiteIdTaken, "id", FieldCode.DuplicateId);
            if (evt.Sites.Count >= 50) throw ProblemException.Invalid("id", FieldCode.TooMany, 50);
            request.ToSite(evt.Id, evt.Sites.Count == 0 ? 0 : (int)evt.Sites[^1].Position + 1).Insert(session);
            (evt with { Version = evt.Version + 1, UpdatedAt = session.Now }).Update(session);
            return evt.Id;
        }, ct);

        added.Mark(HttpContext);
        var current = await events.GetAsync(known.Id, HttpContext.GetCaller(), ct);
        HttpContext.Response.Headers.Location = settings.Value.Url($"/v1/events/{known.Id}");
        await edits.SendAsync(HttpContext, new EditedEvent(current, null), StatusCodes.Status201Created, ct);
    }
}
