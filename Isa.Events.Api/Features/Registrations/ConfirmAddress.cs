namespace Isa.Events.Api.Features.Registrations;

/// <summary>
/// Confirms the address of a registration, by the token that was sent there and that no answer of the API shows; an organiser may by its id. Sent again it answers
/// the same.
/// </summary>
public sealed class ConfirmAddress(RegistrationAccess access) : EndpointWithoutRequest<Registration>
{
    public override void Configure()
    {
        Post("/registrations/{registration}/confirm-address");
        AllowAnonymous(); // by the token from the mail; with an id it takes an organiser's key
    }

    public override async Task HandleAsync(CancellationToken ct)
    {
        Parameters.None(HttpContext);
        var found = await access.FindAsync(HttpContext, ct, LinkPurpose.Confirm);
        if (found.Actor == Actor.Partner) throw new ProblemException(Problem.NotAllowed); // it would vouch for what only the person can know
        await access.SendAsync(HttpContext, await ConfirmAsync(access, found, null, ct), found.Event, ct);
    }

    /// <summary>The same for whoever else has the token: the page that the mail links to.</summary>
    internal static Task<Registration> ConfirmAsync(RegistrationAccess access, FoundRegistration found, IfMatch? match, CancellationToken ct) => access.WriteAsync(found, match, (session, evt, registration) =>
    {
        if (!registration.IsActive) throw new ProblemException(Problem.RegistrationEnded);
        return registration.Status == RegistrationStatus.PendingConfirmation ? Confirm(session, evt, registration, found.Actor, found.ActorId) : registration;
    }, ct);

    /// <summary>Why it can no longer be confirmed, or null.</summary>
    internal static Problem? Refusal(Event evt, Registration registration, DateTimeOffset now) =>
        evt.EndedBy(now) ?? (registration.HoldEndsAt <= now ? Problem.RegistrationEnded : null); // its seat is the next one's from that instant on

    private static Registration Confirm(WriteSession session, Event evt, Registration registration, Actor actor, string? actorId)
    {
        if (Refusal(evt, registration, session.Now) is { } late) throw new ProblemException(late);
        var freed = new List<string>();
        var confirmed = Confirm(session, evt, registration, null, freed, actor, actorId);
        Promotion.Run(session, evt, freed);
        return confirmed;
    }

    /// <summary>Stores a registration as its confirmed address makes it. Sites where that frees a seat are those that Promotion must look at.</summary>
    /// <param name="session">The work's.</param>
    /// <param name="evt">The event, locked.</param>
    /// <param name="registration">As this work has seen it.</param>
    /// <param name="placement">What the wish of its party has come to; null where it is its own to settle.</param>
    /// <param name="freed">Gets the sites.</param>
    /// <param name="actor">Who confirms.</param>
    /// <param name="actorId">Their key.</param>
    /// <param name="tell">Whether it is told by itself.</param>
    internal static Registration Confirm(WriteSession session, Event evt, Registration registration, Placement? placement, List<string> freed, Actor actor, string? actorId, bool tell = true)
    {
        var rules = evt.EffectiveRules;
        var confirmed = (rules.RequiresApproval == true
            ? registration with { Status = RegistrationStatus.PendingApproval, HoldsSeat = registration.HoldsSeat && rules.PendingHoldsSeat == true, HoldEndsAt = registration.NameDueAt(session) }
            : placement is null ? registration.Seated(session, evt) : registration.Settled(session, evt, placement)).Save(session);
        HistoryRow.Add(session, confirmed.Id!, "addressConfirmed", actor, actorId);
        if (tell && !confirmed.NameFollows) OutboxRow.Add(session, RegisterForEvent.KindOf(confirmed.Status), evt.Id, confirmed.Id); // else there is nobody to tell yet
        if (registration.HoldsSeat && !confirmed.HoldsSeat)
        {
            Seats.GiveBack(session, evt.Id, registration.SiteId, 1);
            freed.Add(registration.SiteId);
        }

        return confirmed;
    }
}
