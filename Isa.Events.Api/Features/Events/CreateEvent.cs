using System.Text;
using Microsoft.Extensions.Options;

namespace Isa.Events.Api.Features.Events;

/// <summary>Makes a draft, with its sites.</summary>
public sealed class CreateEvent(EventsDatabase database, CurrentEvents events, EventEdit edits, IOptions<ServerSettings> settings) : Endpoint<EventRequest, EventAnswer>
{
    public override void Configure()
    {
        Post("/events");
        Policies(Access.Organizer);
    }

    public override async Task HandleAsync(EventRequest request, CancellationToken ct)
    {
        Parameters.None(HttpContext);
        if (HttpContext.GetCaller()!.EventIds is not null) throw new ProblemException(Problem.NotAllowed); // it could not see what it made
        var key = IdempotencyKey.Read(HttpContext, nameof(CreateEvent));
        var id = NewId();
        var created = await key.WriteAsync(database, id, request, session => Create(session, id, request).Id, ct);

        var current = await events.GetAsync(created.ResourceId, HttpContext.GetCaller(), ct);
        created.Mark(HttpContext);
        HttpContext.Response.Headers.Location = settings.Value.Url($"/v1/events/{current.Event.Id}");
        await edits.SendAsync(HttpContext, new EditedEvent(current, null), StatusCodes.Status201Created, ct);
    }

    public static string NewId() => $"{Event.IdPrefix}{Guid.CreateVersion7():N}";

    internal static Event Create(WriteSession session, string id, EventRequest request)
    {
        var evt = request.ApplyTo(new Event
        {
            Id = id, Slug = FreeSlug(session, request), Status = EventStatus.Draft, IsTest = request.IsTest ?? false, Version = 1, CreatedAt = session.Now, UpdatedAt = session.Now,
            Sites = [.. (request.Sites ?? []).Select((site, i) => site.ToSite(id, i))],
        });
        evt = evt with { Questions = QuestionEdit.Apply(session, evt, request.Questions) };
        evt.Insert(session);
        return evt;
    }

    /// <exception cref="ProblemException"><see cref="Problem.SlugTaken"/></exception>
    internal static string FreeSlug(WriteSession session, EventRequest request)
    {
        if (request.Slug is { } wanted) return IsFree(wanted) ? wanted : throw new ProblemException(Problem.SlugTaken, "slug", FieldCode.DuplicateValue);

        var made = Slugify(request.Title!.In(Language.En, request.DefaultLanguage ?? Language.De));
        for (var n = 1; ; n++)
        {
            var slug = n == 1 ? made : $"{made}-{n}";
            if (IsFree(slug)) return slug;
        }

        bool IsFree(string slug) => session.One<string>(BySlug, new { Slug = slug }) is null;
    }

    /// <summary>Words of a title in ASCII; <c>event</c> where nothing is left of it, as of a Chinese one.</summary>
    internal static string Slugify(string title)
    {
        var slug = new StringBuilder();
        foreach (var c in Text.Fold(title))
        {
            if (char.IsAsciiLetterOrDigit(c)) slug.Append(c);
            else if (slug.Length > 0 && slug[^1] != '-') slug.Append('-');
            if (slug.Length >= 60) break;
        }

        var text = slug.ToString().Trim('-');
        return text.Length >= 3 ? text : "event";
    }

    private const string BySlug = "SELECT id FROM events WHERE slug = @Slug";
}
