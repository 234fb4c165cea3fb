using Microsoft.Extensions.Options;

namespace Isa.Events.Api.Features.Replies;

/// <summary>Lists what came back by mail and belongs to no event, newest first: for organisers of all events.</summary>
public sealed class ListUnassignedReplies(EventsDatabase database, IOptions<ServerSettings> settings) : EndpointWithoutRequest<ReceivedMailList>
{
    public override void Configure()
    {
        Get("/replies");
        Policies(Access.Organizer);
    }

    public override async Task HandleAsync(CancellationToken ct)
    {
        var page = ReplyPage.Read(HttpContext, "");
        if (HttpContext.GetCaller()!.EventIds is not null) throw new ProblemException(Problem.NotAllowed);
        await Send.OkAsync(await page.FindAsync(database, settings.Value, OfNoEvent, null, ct), ct);
    }

    private const string OfNoEvent = $"SELECT {ReceivedMail.Columns} FROM received_mails WHERE event_id IS NULL AND @EventId IS NULL {ReplyPage.Filtered}";
}
