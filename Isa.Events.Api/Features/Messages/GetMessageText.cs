namespace Isa.Events.Api.Features.Messages;

/// <summary>What one kind of message says at an event.</summary>
public sealed class GetMessageText(EventsDatabase database, CurrentEvents events) : EndpointWithoutRequest<MessageTextAnswer>
{
    public override void Configure()
    {
        Get("/events/{event}/message-texts/{kind}");
        Policies(Access.Organizer);
    }

    public override async Task HandleAsync(CancellationToken ct)
    {
        Parameters.None(HttpContext);
        var evt = (await events.GetAsync(Route<string>("event")!, HttpContext.GetCaller(), ct)).Event;
        var kind = MessageTextRow.KindOf(Route<string>("kind")!);
        var row = await database.ReadAsync(session => MessageTextRow.Find(session, evt.Id, kind), ct);
        await MessageTextAnswer.SendAsync(HttpContext, kind, row, "private, no-cache");
    }
}
