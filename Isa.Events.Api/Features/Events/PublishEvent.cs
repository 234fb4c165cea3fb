namespace Isa.Events.Api.Features.Events;

/// <summary>Makes a draft public, or says what is still missing.</summary>
public sealed class PublishEvent(EventEdit edits) : EndpointWithoutRequest<EventAnswer>
{
    public override void Configure()
    {
        Post("/events/{event}/publish");
        Policies(Access.Organizer);
    }

    public override async Task HandleAsync(CancellationToken ct)
    {
        Parameters.None(HttpContext);
        var current = await edits.RunAsync(HttpContext, IfMatch.Require(HttpContext), (_, evt) => Publish(evt), ct);
        await edits.SendAsync(HttpContext, current, StatusCodes.Status200OK, ct);
    }

    internal static Event Publish(Event evt)
    {
        if (evt.Status != EventStatus.Draft) throw new ProblemException(Problem.EventNotDraft);
        return Missing(evt) is { Count: > 0 } missing ? throw new ProblemException(Problem.EventIncomplete, missing) : evt with { Status = EventStatus.Published };
    }

    /// <summary>What people need before they can register: a title they can read, a place to go, whom to ask, and what happens to their data (GDPR art. 13).</summary>
    internal static List<FieldError> Missing(Event evt)
    {
        var missing = new List<FieldError>();
        if (evt.Title[evt.DefaultLanguage] is null) Add($"title.{evt.DefaultLanguage.Code()}");
        if (evt.Sites.Count == 0) Add("sites");
        if (evt.OrganizerName is null) Add("organizer");
        if (evt.PrivacyNotice is null) Add("privacyNotice");
        return missing;

        void Add(string field) => missing.Add(new FieldError(field, FieldCode.Missing));
    }
}
