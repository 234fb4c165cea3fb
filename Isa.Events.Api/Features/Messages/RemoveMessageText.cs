namespace Isa.Events.Api.Features.Messages;

/// <summary>Has a kind of message say the product's words again.</summary>
public sealed class RemoveMessageText(EventsDatabase database, CurrentEvents events) : EndpointWithoutRequest
{
    public override void Configure()
    {
        Delete("/events/{event}/message-texts/{kind}");
        Policies(Access.Organizer);
    }

    public override async Task HandleAsync(CancellationToken ct)
    {
        Parameters.None(HttpContext);
        var match = IfMatch.Require(HttpContext);
        var evt = (await events.GetAsync(Route<string>("event")!, HttpContext.GetCaller(), ct)).Event;
        var kind = MessageTextRow.KindOf(Route<string>("kind")!);
        await database.WriteAsync(evt.Id, session =>
        {
            session.LockEvent(evt.Id);
            match.Check(MessageTextRow.MarkOf(MessageTextRow.Find(session, evt.Id, kind)));
            MessageTextRow.Remove(session, evt.Id, kind);
            return true;
        }, ct);
        await Send.NoContentAsync(ct);
    }
}
