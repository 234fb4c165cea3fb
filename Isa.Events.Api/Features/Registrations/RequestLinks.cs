namespace Isa.Events.Api.Features.Registrations;

/// <summary>
/// Has the links of a registration sent again to whoever lost the mail. Says nothing about who is registered: known and unknown addresses are answered alike, by
/// the same way through the database.
/// </summary>
public sealed class RequestLinks(EventsDatabase database, CurrentEvents events) : Endpoint<LinksRequest>
{
    private static readonly TimeSpan Pause = TimeSpan.FromHours(1);

    public override void Configure()
    {
        Post("/events/{event}/links");
        AllowAnonymous();
    }

    public override async Task HandleAsync(LinksRequest request, CancellationToken ct)
    {
        Parameters.None(HttpContext);
        var evt = (await events.GetAsync(Route<string>("event")!, HttpContext.GetCaller(), ct)).Event;
        var address = EmailAddress.Normalise(request.Email!);
        var subject = Attempts.Subject(evt.Id, address);
        await database.WriteAsync(evt.Id, session => Ask(session, evt.Id, address, subject), ct);
        HttpContext.Response.Headers.CacheControl = "no-store";
        HttpContext.Response.StatusCode = StatusCodes.Status202Accepted;
        await HttpContext.Response.StartAsync(ct); // an answer that has not begun would be taken for one that was forgotten
    }

    private static bool Ask(WriteSession session, string eventId, string address, string subject)
    {
        session.LockEvent(eventId);
        var first = Attempts.Count(session, "links", subject, Pause) == 1;
        foreach (var id in session.Query<string>(Registered, new { EventId = eventId, Address = address }))
            if (first) OutboxRow.Add(session, OutboxKind.LinksRequested, eventId, id);
        foreach (var id in session.Query<string>(Contacts, new { EventId = eventId, Address = address }))
            if (first) OutboxRow.AddForContact(session, OutboxKind.LinksRequested, eventId, id);
        return first;
    }

    private const string Registered = """
        SELECT id FROM registrations
        WHERE event_id = @EventId AND email_normalised = @Address AND status NOT IN ('cancelled', 'declined')
        ORDER BY id
        """;

    private const string Contacts = """
        SELECT id FROM delegations
        WHERE event_id = @EventId AND contact_email_normalised = @Address
            AND EXISTS (SELECT 1 FROM registrations r WHERE r.delegation_id = delegations.id AND r.status NOT IN ('cancelled', 'declined'))
        ORDER BY id
        """;
}

/// <summary>Who lost the mail.</summary>
/// <param name="Email">The address they registered with.</param>
public sealed record LinksRequest(string? Email);

public sealed class LinksRequestValidator : Validator<LinksRequest>
{
    public LinksRequestValidator() => RuleFor(r => r.Email).Present().MailAddress();
}
