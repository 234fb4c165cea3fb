namespace Isa.Events.Api.Features.Waitlist;

/// <summary>
/// Gives back the seat that is held for a registration; the next in the queue has it. Who attends another site meanwhile goes on doing so; who has none ends
/// here. Sent again it answers the same.
/// </summary>
public sealed class DeclineOffer(RegistrationAccess access) : EndpointWithoutRequest<Registration>
{
    public override void Configure()
    {
        Post("/registrations/{registration}/offer/decline");
        AllowAnonymous(); // by the manage token; with an id RegistrationAccess demands a key
    }

    public override async Task HandleAsync(CancellationToken ct)
    {
        Parameters.None(HttpContext);
        var found = await access.FindAsync(HttpContext, ct);
        await access.SendAsync(HttpContext, await DeclineAsync(access, found, null, ct), found.Event, ct);
    }

    /// <summary>The same for whoever else takes the answer: the person's own page.</summary>
    internal static Task<Registration> DeclineAsync(RegistrationAccess access, FoundRegistration found, IfMatch? match, CancellationToken ct) => access.WriteAsync(found, match, (session, evt, registration) =>
        Offer.Running(session, evt, registration, Offer.Declined) is { } entry ? Decline(session, evt, registration, entry, found.Actor, found.ActorId) : registration, ct);

    private static Registration Decline(WriteSession session, Event evt, Registration registration, WaitlistEntry entry, Actor actor, string? actorId)
    {
        HistoryRow.Add(session, registration.Id!, Offer.Declined, actor, actorId, new HistoryDetails { ToSite = entry.SiteId });
        if (registration.Status == RegistrationStatus.Waitlisted) return Ending.End(session, evt, registration, RegistrationStatus.Cancelled, EndReason.OfferDeclined, actor, actorId);
        WaitlistEntry.Leave(session, registration);
        var stays = (registration with { WaitlistEntryId = null }).Save(session);
        Promotion.Run(session, evt, entry.SiteId);
        return stays;
    }
}
