using Isa.Events.Api.Email;

namespace Isa.Events.Api.Features.Notices;

/// <summary>How an event stands, and what has happened since the last summary. Of people only those whom somebody must reach in another way.</summary>
public sealed record EventSummary
{
    private const int MaxShown = 50;

    public required IReadOnlyList<SiteSeats> Sites { get; init; }

    /// <summary>Registrations made since, whatever became of them.</summary>
    public long Registered { get; init; }

    /// <summary>Cancelled or declined since.</summary>
    public long Ended { get; init; }

    /// <summary>Those that wait for the organiser's decision now.</summary>
    public long Pending { get; init; }

    /// <summary>Those of the active ones whose mails were given up or reported as not delivered since, at most fifty.</summary>
    public required IReadOnlyList<UnreachedPerson> Unreached { get; init; }

    /// <summary>Whether it is worth a mail.</summary>
    public bool HasNews => Registered + Ended + Pending + Unreached.Count > 0;

    /// <param name="session">Reads.</param>
    /// <param name="evt">The event.</param>
    /// <param name="since">What was before was in the last one.</param>
    /// <param name="until">When this one was due: what comes later is in the next.</param>
    public static EventSummary Read(ReadSession session, Event evt, DateTimeOffset since, DateTimeOffset until)
    {
        var arguments = new { EventId = evt.Id, evt.IsTest, Since = since, Until = until, Limit = MaxShown };
        var counts = session.One<Counts>(Count, arguments)!;
        return new EventSummary
        {
            Sites = session.Query<SiteSeats>(SiteSeats.OfEvent, new { EventId = evt.Id }), Registered = counts.Registered, Ended = counts.Ended, Pending = counts.Pending, Unreached = session.Query<UnreachedPerson>(GivenUp, arguments),
        };
    }

    private sealed record Counts
    {
        public long Registered { get; init; }

        public long Ended { get; init; }

        public long Pending { get; init; }
    }

    private const string Count = """
        SELECT COUNT(CASE WHEN created_at >= @Since AND created_at < @Until THEN 1 END) AS registered,
            COUNT(CASE WHEN cancelled_at >= @Since AND cancelled_at < @Until THEN 1 END) AS ended,
            COUNT(CASE WHEN status = 'pendingApproval' THEN 1 END) AS pending
        FROM registrations WHERE event_id = @EventId AND is_test = @IsTest
        """;

    // Given up by the mail server, or reported as not delivered later.
    private const string GivenUp = $"""
        SELECT r.reference, r.full_name FROM registrations r
        WHERE r.event_id = @EventId AND r.status NOT IN ('cancelled', 'declined') AND (r.mail_bounced_at >= @Since AND r.mail_bounced_at < @Until
            OR EXISTS (SELECT 1 FROM outbox o WHERE o.event_id = r.event_id AND o.registration_id = r.id AND o.state = 'failed' AND COALESCE(o.last_error, '') <> '{Mailer.NothingToSay}' AND o.recipient = 'attendee' AND o.done_at >= @Since AND o.done_at < @Until))
        ORDER BY r.full_name, r.reference LIMIT @Limit
        """;
}

/// <summary>Somebody whom mails do not reach.</summary>
public sealed record UnreachedPerson
{
    public string Reference { get; init; } = "";

    public string FullName { get; init; } = "";
}
