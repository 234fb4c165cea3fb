using Isa.Events.Api.Email;

namespace Isa.Events.Api.Features.Messages;

/// <summary>What the messages of an event say: the product's words, the organiser's own, and the names that these may use.</summary>
public sealed class ListMessageTexts(EventsDatabase database, CurrentEvents events) : EndpointWithoutRequest<MessageTextList>
{
    private static readonly IReadOnlyList<TemplateNameAnswer> Names = [.. OrganizerTemplate.Names.Select(n => new TemplateNameAnswer(n.Name, new Texts { De = n.Meaning.De, En = n.Meaning.En, Zh = n.Meaning.Zh }))];

    public override void Configure()
    {
        Get("/events/{event}/message-texts");
        Policies(Access.Organizer);
    }

    public override async Task HandleAsync(CancellationToken ct)
    {
        Parameters.None(HttpContext);
        var evt = (await events.GetAsync(Route<string>("event")!, HttpContext.GetCaller(), ct)).Event;
        var own = (await database.ReadAsync(session => MessageTextRow.Of(session, evt.Id), ct)).ToDictionary(row => row.Kind);
        HttpContext.Response.Headers.CacheControl = "no-store";
        await Send.OkAsync(new MessageTextList([.. Enum.GetValues<MessageKind>().Where(k => k != MessageKind.OrganizerMessage).Select(kind => MessageTextAnswer.Of(kind, own.GetValueOrDefault(kind)))], Names), ct);
    }
}

/// <param name="Items">Every kind of message.</param>
/// <param name="Names">What templates may use.</param>
public sealed record MessageTextList(IReadOnlyList<MessageTextAnswer> Items, IReadOnlyList<TemplateNameAnswer> Names);
