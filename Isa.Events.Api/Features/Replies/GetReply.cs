namespace Isa.Events.Api.Features.Replies;

/// <summary>A mail that came back, as it came, while it is kept; of a large one its text.</summary>
public sealed class GetReply(EventsDatabase database) : EndpointWithoutRequest
{
    public override void Configure()
    {
        Get("/replies/{reply}.eml");
        Policies(Access.Organizer);
    }

    public override async Task HandleAsync(CancellationToken ct)
    {
        Parameters.None(HttpContext);
        var own = HttpContext.GetCaller()!.EventIds;
        var found = await database.ReadAsync(session => session.One<Kept>(ById, new { Id = Route<string>("reply") }), ct);
        if (found?.Original is not { } original || own is not null && (found.EventId is null || !own.Contains(found.EventId))) throw new ProblemException(Problem.MessageNotFound);
        Download.Describe(HttpContext, $"{Route<string>("reply")}.eml");
        HttpContext.Response.Headers.CacheControl = "no-store";
        HttpContext.Response.ContentType = "message/rfc822";
        HttpContext.Response.ContentLength = original.Length;
        await HttpContext.Response.Body.WriteAsync(original, ct);
    }

    private sealed record Kept
    {
        public string? EventId { get; init; }

        public byte[]? Original { get; init; }
    }

    private const string ById = "SELECT event_id, original FROM received_mails WHERE id = @Id";
}
