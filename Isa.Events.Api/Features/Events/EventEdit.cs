using Microsoft.Extensions.Options;

namespace Isa.Events.Api.Features.Events;

/// <summary>What every organiser's write on an event has in common: precondition, lock, one more version, the new state as answer.</summary>
public sealed class EventEdit(EventsDatabase database, CurrentEvents events, IOptions<ServerSettings> settings, TimeProvider time)
{
    /// <summary>Runs an edit under the event's lock and stores what it returns with the next version.</summary>
    /// <param name="context">The request: who, which event, which precondition.</param>
    /// <param name="match">What the organiser expects to find, or null where the operation works on any version.</param>
    /// <param name="edit">Gets the event as it is and returns it as it shall be; it may write more. The revision rises by itself when calendar entries show something else.</param>
    /// <param name="ct">Gives up.</param>
    public async Task<CurrentEvent> RunAsync(HttpContext context, IfMatch? match, Func<WriteSession, Event, Event> edit, CancellationToken ct)
    {
        var caller = context.GetCaller();
        var known = await events.GetAsync((string)context.Request.RouteValues["event"]!, caller, ct);
        await database.WriteAsync(known.Event.Id, session =>
        {
            var before = session.LockEvent(known.Event.Id);
            match?.Check(before.Version);
            if (before.Status == EventStatus.Cancelled) throw new ProblemException(Problem.EventCancelled); // what was called off stays as it was told
            var after = edit(session, before);
            var shown = after.ShowsOtherThan(before);
            after = after with { Version = before.Version + 1, Revision = after.Revision + (shown ? 1 : 0), UpdatedAt = session.Now };
            after.Update(session);
            // One row, whatever the number of registrations: the dispatcher expands it.
            var siteShown = after.Sites.Any(site => before.Site(site.Id) is { } was && was.Revision != site.Revision);
            if ((shown || siteShown) && before.Status == EventStatus.Published)
                OutboxRow.Add(session, after.Status == EventStatus.Cancelled ? OutboxKind.EventCancelled : OutboxKind.EventChanged, after.Id, null);
            return true;
        }, ct);
        return await events.GetAsync(known.Event.Id, caller, ct);
    }

    /// <summary>Answers with the event as it is now.</summary>
    public Task SendAsync(HttpContext context, CurrentEvent current, int status, CancellationToken ct)
    {
        var rendered = EventAnswer.Render(current, context.GetCaller(), null, time.GetUtcNow(), settings.Value);
        context.Response.StatusCode = status;
        context.Response.Headers.ETag = rendered.Tag;
        context.Response.Headers.CacheControl = "no-store";
        context.Response.ContentType = "application/json; charset=utf-8";
        context.Response.ContentLength = rendered.Body.Length;
        return context.Response.Body.WriteAsync(rendered.Body, ct).AsTask();
    }
}
