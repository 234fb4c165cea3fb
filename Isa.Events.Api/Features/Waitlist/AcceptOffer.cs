namespace Isa.Events.Api.Features.Waitlist;

/// <summary>Takes the seat that is held for a registration, with answers to what its site has come to ask since. Sent again it answers the same.</summary>
public sealed class AcceptOffer(RegistrationAccess access) : EndpointWithoutRequest<Registration>
{
    private static readonly AcceptOfferRequestValidator Shape = new();

    public override void Configure()
    {
        Post("/registrations/{registration}/offer/accept");
        AllowAnonymous(); // by the manage token; with an id RegistrationAccess demands a key
    }

    public override async Task HandleAsync(CancellationToken ct)
    {
        Parameters.None(HttpContext);
        var request = await Body.ReadOptionalAsync<AcceptOfferRequest>(HttpContext.Request, ct);
        var found = await access.FindAsync(HttpContext, ct);
        await access.SendAsync(HttpContext, await AcceptAsync(access, found, request, null, ct), found.Event, ct);
    }

    /// <summary>The same for whoever else takes the answer: the person's own page.</summary>
    internal static Task<Registration> AcceptAsync(RegistrationAccess access, FoundRegistration found, AcceptOfferRequest request, IfMatch? match, CancellationToken ct)
    {
        Shape.Check(request);
        return access.WriteAsync(found, match, (session, evt, registration) =>
        {
            if (Offer.Running(session, evt, registration, Offer.Accepted) is not { } entry) return registration;
            var answered = ChangeSite.Answered(session, evt, registration, evt.Site(entry.SiteId)!, request.Answers, found.Actor, found.ActorId);
            return Accept(session, evt, answered, entry, found.Actor, found.ActorId);
        }, ct);
    }

    // The seat is held already: it only changes its holder.
    internal static Registration Accept(WriteSession session, Event evt, Registration registration, WaitlistEntry entry, Actor actor, string? actorId)
    {
        registration = Answering.StillComes(session, evt, registration, actor, actorId);
        entry.Shrink(session, EntryState.Promoted);
        var (accepted, left) = Promotion.Confirm(session, evt, registration, entry.SiteId, Offer.Accepted, actor, actorId);
        if (left is not null) Promotion.Run(session, evt, left);
        return accepted;
    }
}

/// <summary>What somebody says with their yes.</summary>
public sealed record AcceptOfferRequest
{
    /// <summary>To what the event asks at the site. What was answered before and is not named here stays.</summary>
    public IReadOnlyList<AnsweredQuestion>? Answers { get; init; }
}

public sealed class AcceptOfferRequestValidator : Validator<AcceptOfferRequest>
{
    public AcceptOfferRequestValidator()
    {
        RuleFor(r => r.Answers).Answers();
    }
}

/// <summary>What an answer to an offer finds.</summary>
internal static class Offer
{
    public const string Accepted = "offerAccepted";

    public const string Declined = "offerDeclined";

    /// <summary>Whether there is something to say yes or no to. At the very instant it ends it is the next one's.</summary>
    public static bool IsOpen(EntryState state, DateTimeOffset? endsAt, DateTimeOffset now) => state == EntryState.Offered && now < endsAt;

    /// <summary>What became of the last one: made, accepted, declined, expired; null where there was none.</summary>
    public static string? Last(ReadSession session, Registration registration) => session.One<string>(LastAnswer, new { registration.Id });

    /// <summary>The entry whose seat is held for a registration; null where the same answer was given before.</summary>
    /// <exception cref="ProblemException"><see cref="Problem.OfferExpired"/>, <see cref="Problem.NoOffer"/>, or what ended the event.</exception>
    public static WaitlistEntry? Running(WriteSession session, Event evt, Registration registration, string answer)
    {
        if (evt.Status == EventStatus.Cancelled) throw new ProblemException(Problem.EventCancelled);
        if (registration.WaitlistEntryId is { } id && WaitlistEntry.Find(session, id) is { State: EntryState.Offered } entry)
            return IsOpen(entry.State, entry.OfferEndsAt, session.Now) ? entry : throw new ProblemException(Problem.OfferExpired);
        return Last(session, registration) switch
        {
            { } last when last == answer => null,
            "offerExpired" => throw new ProblemException(Problem.OfferExpired),
            _ when registration.EndReason == EndReason.OfferExpired => throw new ProblemException(Problem.OfferExpired),
            _ => throw new ProblemException(registration.IsActive ? Problem.NoOffer : Problem.RegistrationEnded),
        };
    }

    private const string LastAnswer = """
        SELECT action FROM history WHERE registration_id = @Id AND action IN ('offered', 'offerAccepted', 'offerDeclined', 'offerExpired') ORDER BY id DESC LIMIT 1
        """;
}
