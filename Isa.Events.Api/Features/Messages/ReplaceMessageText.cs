namespace Isa.Events.Api.Features.Messages;

/// <summary>Puts an organiser's own words in the place of the product's, for one kind of message of an event, in the languages that are sent.</summary>
public sealed class ReplaceMessageText(EventsDatabase database, CurrentEvents events) : Endpoint<MessageTextWords, MessageTextAnswer>
{
    public override void Configure()
    {
        Put("/events/{event}/message-texts/{kind}");
        Policies(Access.Organizer);
    }

    public override async Task HandleAsync(MessageTextWords request, CancellationToken ct)
    {
        Parameters.None(HttpContext);
        var match = IfMatch.Require(HttpContext);
        var evt = (await events.GetAsync(Route<string>("event")!, HttpContext.GetCaller(), ct)).Event;
        var kind = MessageTextRow.KindOf(Route<string>("kind")!);
        if (request.IsEmpty) throw ProblemException.Invalid(request switch { { De: not null } => "de.body", { En: not null } => "en.body", { Zh: not null } => "zh.body", _ => "" }, FieldCode.Required);
        var stored = await database.WriteAsync(evt.Id, session =>
        {
            session.LockEvent(evt.Id);
            match.Check(MessageTextRow.MarkOf(MessageTextRow.Find(session, evt.Id, kind)));
            var row = new MessageTextRow { Kind = kind, Texts = request.Words, UpdatedAt = session.Now };
            row.Store(session, evt.Id);
            return row;
        }, ct);
        await MessageTextAnswer.SendAsync(HttpContext, kind, stored, "no-store");
    }
}
