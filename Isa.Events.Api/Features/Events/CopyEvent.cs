using Isa.Events.Api.Features.Agenda;
using Isa.Events.Api.Features.Messages;
using Microsoft.Extensions.Options;
using NodaTime;

namespace Isa.Events.Api.Features.Events;

/// <summary>Makes a draft from an event, with everything that is set up and nobody in it: next year's meeting. All times move with the start.</summary>
public sealed class CopyEvent(EventsDatabase database, CurrentEvents events, EventEdit edits, IOptions<ServerSettings> settings) : Endpoint<CopyEventRequest, EventAnswer>
{
    public override void Configure()
    {
        Post("/events/{event}/copy");
        Policies(Access.Organizer);
    }

    public override async Task HandleAsync(CopyEventRequest request, CancellationToken ct)
    {
        Parameters.None(HttpContext);
        var caller = HttpContext.GetCaller()!;
        if (caller.EventIds is not null) throw new ProblemException(Problem.NotAllowed); // it could not see what it made
        var key = IdempotencyKey.Read(HttpContext, nameof(CopyEvent));
        var source = (await events.GetAsync(Route<string>("event")!, caller, ct)).Event;
        var id = CreateEvent.NewId();
        var created = await key.WriteAsync(database, source.Id, request, session => Copy(session, source.Id, id, request), ct);

        created.Mark(HttpContext);
        var current = await events.GetAsync(created.ResourceId, caller, ct);
        HttpContext.Response.Headers.Location = settings.Value.Url($"/v1/events/{current.Event.Id}");
        await edits.SendAsync(HttpContext, new EditedEvent(current, null), StatusCodes.Status201Created, ct);
    }

    private static string Copy(WriteSession session, string sourceId, string id, CopyEventRequest request)
    {
        var source = session.LockEvent(sourceId);
        var wanted = Moved(source, request);
        var copy = wanted.ApplyTo(source with
        {
            Id = id,
            Slug = CreateEvent.FreeSlug(session, wanted),
            Status = EventStatus.Draft,
            Version = 1,
            Revision = 0,
            CancelledAt = null,
            CancellationReason = null,
            CreatedAt = session.Now,
            UpdatedAt = session.Now,
            Questions = StillAsked(source),
            Sites = [.. source.Sites.Select(site => site with { EventId = id, Revision = 0 })],
        });
        var items = Items(source, copy, AgendaRow.Find(session, source.Id).Items);
        copy.Insert(session);
        MessageTextRow.Copy(session, source.Id, id);
        if (items.Count > 0) new AgendaRow { Items = items }.Store(session, id);
        return id;
    }

    // What is kept for the answers that people gave has none in the copy.
    private static List<Question>? StillAsked(Event source)
    {
        var asked = (source.Questions ?? []).Where(q => q.Retired != true).Select(q => q.HasOptions ? q with { Options = [.. q.AskedOptions] } : q).ToList();
        return asked.Count > 0 ? asked : null;
    }

    // Deadlines keep their hour, as they keep it when they are read out; the end keeps its distance from the start on the clock.
    private static EventRequest Moved(Event source, CopyEventRequest request)
    {
        EventTimes.Resolve(request.StartsAt!, source.Zone, "startsAt");
        var (before, start) = (EventTimes.Wall(source.Starts), EventTimes.Wall(request.StartsAt!));
        var days = Period.DaysBetween(before.Date, start.Date);
        return EventRequest.From(source) with
        {
            Slug = request.Slug,
            Title = request.Title ?? source.Title,
            StartsAt = request.StartsAt,
            EndsAt = request.EndsAt ?? EventTimes.Write(start + Period.Between(before, EventTimes.Wall(source.Ends)), source.Zone),
            RegistrationOpens = EventTimes.Later(source.RegistrationOpens, days, source.Zone),
            RegistrationCloses = EventTimes.Later(source.RegistrationCloses, days, source.Zone),
            Rules = source.Rules is not { } rules ? null : rules with
            {
                GroupHoldEnds = EventTimes.Later(rules.GroupHoldEnds, days, source.Zone),
                PromotionEnds = EventTimes.Later(rules.PromotionEnds, days, source.Zone),
                RegistrationUrl = null, // a page of a website names the event it is for
            },
        };
    }

    /// <exception cref="ProblemException"><see cref="Problem.ValidationFailed"/> naming an item that has no place on the new days.</exception>
    private static List<AgendaItem> Items(Event source, Event copy, IReadOnlyList<AgendaItem> items)
    {
        var minutes = AgendaMove.MinutesBetween(source, copy);
        return [.. items.Select((item, i) =>
        {
            var moved = item.Later(minutes);
            return moved.WrongIn(copy, FieldCode.AmbiguousTime, FieldCode.WrongOffset) is { } wrong ? throw new ProblemException(Problem.ValidationFailed, [wrong with { Field = $"agenda.items[{i}].{wrong.Field}" }]) : moved;
        })];
    }
}

/// <summary>What a copy has of its own.</summary>
public sealed record CopyEventRequest
{
    /// <summary>Wall time in the event's zone.</summary>
    public string? StartsAt { get; init; }

    /// <summary>Without it the copy lasts as long on the clock as the event does.</summary>
    public string? EndsAt { get; init; }

    /// <summary>Without it one is made from the title.</summary>
    public string? Slug { get; init; }

    public Texts? Title { get; init; }
}

public sealed class CopyEventRequestValidator : Validator<CopyEventRequest>
{
    public CopyEventRequestValidator()
    {
        RuleFor(r => r.StartsAt).Present().Line(40);
        RuleFor(r => r.EndsAt).Line(40);
        RuleFor(r => r.Slug).Slug(3, 80);
        RuleFor(r => r.Title).Texts(200, multiLine: false);
    }
}
