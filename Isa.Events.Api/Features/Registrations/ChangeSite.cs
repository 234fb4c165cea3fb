namespace Isa.Events.Api.Features.Registrations;

/// <summary>Moves a registration to another site: the new seat and the old one change hands together. Where the new site is full it keeps the old seat and waits.</summary>
public sealed class ChangeSite(RegistrationAccess access) : Endpoint<ChangeSiteRequest, Registration>
{
    public override void Configure()
    {
        Post("/registrations/{registration}/change-site");
        AllowAnonymous(); // by the manage token; with an id RegistrationAccess demands a key
    }

    public override async Task HandleAsync(ChangeSiteRequest request, CancellationToken ct)
    {
        Parameters.None(HttpContext);
        var match = IfMatch.Read(HttpContext);
        var found = await access.FindAsync(HttpContext, ct);
        await access.SendAsync(HttpContext, await ChangeAsync(access, found, request, match, ct), found.Event, ct);
    }

    /// <summary>The same for whoever else takes the wish: the person's own page.</summary>
    internal static Task<Registration> ChangeAsync(RegistrationAccess access, FoundRegistration found, ChangeSiteRequest request, IfMatch? match, CancellationToken ct)
    {
        var (queues, look) = (QueueLook.Of(found.Event.Id, request.SiteId), new SeatLook());
        return access.WriteAsync(found, match, (session, evt, registration) => Change(session, evt, registration, queues, look, request, found.Actor, found.ActorId), ct, queues);
    }

    private static Registration Change(WriteSession session, Event evt, Registration registration, Ahead<QueueLook> queues, SeatLook look, ChangeSiteRequest request, Actor actor, string? actorId)
    {
        var seen = session.One(queues)!;
        if (Refusal(evt, registration, request.SiteId, actor, session.Now) is { } refusal) throw refusal;
        var site = evt.Site(request.SiteId)!;
        var entry = registration.WaitlistEntryId is { } id ? WaitlistEntry.Find(session, id) : null;
        if (RefusalOfAnswers(evt, registration, site, request.Answers, actor, session.Now) is { } wrong) throw wrong;

        if (registration.AttendsAt(site))
            return entry is null || request.KeepWaiting == true ? Answered() : StayHere(session, evt, Answered(), actor, actorId);
        if (entry?.SiteId == site.Id && Offer.IsOpen(entry.State, entry.OfferEndsAt, session.Now)) return AcceptOffer.Accept(session, evt, Answered(), entry, actor, actorId);
        if (TryTake(session, evt, site, registration, seen, look)) return Move(session, evt, Answered(), site, request.KeepWaiting == true && entry?.SiteId != site.Id, !seen.SomebodyWaits, actor, actorId);
        if (entry?.SiteId == site.Id) return Answered(); // waits for it already
        if (request.WhenFull == WhenFull.Reject || !MayWaitFor(evt, registration, site, session.Now)) throw new ProblemException(Problem.SiteFull);
        return Wait(session, evt, Answered(), site, actor, actorId);

        Registration Answered() => Answer(session, evt, registration, request.Answers, actor, actorId);
    }

    /// <summary>
    /// What is wrong with the answers to what a site asks, or null. Whoever goes there, or begins to wait, answers what must be answered: nobody can be asked once a seat
    /// comes free. Organisers may see to it later.
    /// </summary>
    private static ProblemException? RefusalOfAnswers(Event evt, Registration registration, Site site, IReadOnlyList<AnsweredQuestion>? answers, Actor actor, DateTimeOffset now)
    {
        if (evt.Questions is null && answers is null) return null;
        var byOrganizer = actor == Actor.Organizer;
        var stays = registration.AttendsAt(site);
        if (AnswerRules.RefusalOfMore(evt, registration, site.Id, answers, mayLeaveOut: byOrganizer || stays) is { } wrong) return wrong;
        if (byOrganizer || UpdateRegistration.MayChangeAnswers(evt, now)) return null;
        // After the deadline only what was never said can be: another site may have to be gone to, and it asks.
        var late = (answers ?? []).Any(a => !a.IsEmpty && registration.Answers?.FirstOrDefault(e => e.Question == a.Question) is var was && (was is null ? stays : !was.Equals(a)));
        return late ? new ProblemException(Problem.RegistrationClosed, "answers", FieldCode.ReadOnly) : null;
    }

    /// <summary>A registration with the answers that its person gives as they take a seat at a site.</summary>
    internal static Registration Answered(WriteSession session, Event evt, Registration registration, Site site, IReadOnlyList<AnsweredQuestion>? more, Actor actor, string? actorId) =>
        RefusalOfAnswers(evt, registration, site, more, actor, session.Now) is { } wrong ? throw wrong
            : Answer(session, evt, registration, more, actor, actorId);

    private static Registration Answer(WriteSession session, Event evt, Registration registration, IReadOnlyList<AnsweredQuestion>? more, Actor actor, string? actorId)
    {
        var answers = AnswerRules.ToStore(AnswerRules.Add(more, registration.Answers), evt, registration.Answers);
        if ((answers ?? []).SequenceEqual(registration.Answers ?? [])) return registration;
        var answered = registration with { Answers = answers, Version = registration.Version + 1, UpdatedAt = session.Now };
        session.Require(StoreAnswers, answered, () => new OvertakenException());
        HistoryRow.Add(session, answered.Id!, "updated", actor, actorId, new HistoryDetails { Fields = ["answers"] });
        return answered;
    }

    /// <summary>Why somebody cannot go to a site now, or stay there, seats aside; null where they can.</summary>
    internal static ProblemException? Refusal(Event evt, Registration registration, string? siteId, Actor actor, DateTimeOffset now) =>
        evt.EndedBy(now) is { } ended ? new ProblemException(ended)
        : !registration.IsActive ? new ProblemException(Problem.RegistrationEnded)
        : evt.Site(siteId) is not { } site ? ProblemException.Invalid("siteId", FieldCode.UnknownSite)
        : !evt.Invites(site, registration.Audience) ? ProblemException.Invalid("siteId", FieldCode.AudienceNotInvited)
        : actor != Actor.Organizer && !registration.AttendsAt(site) && !MaySwitchTo(evt, site, now) ? new ProblemException(Problem.SwitchingClosed)
        : null;

    /// <summary>Whether somebody can begin to wait for a site that is full, with the seat they have or without one.</summary>
    internal static bool MayWaitFor(Event evt, Registration registration, Site site, DateTimeOffset now) =>
        registration.Status is RegistrationStatus.Confirmed or RegistrationStatus.Waitlisted && Placement.HasQueue(evt, site, now);

    /// <summary>Whether people may still move themselves there, whatever the deadline for registering says.</summary>
    public static bool MaySwitchTo(Event evt, Site site, DateTimeOffset now) => (site.JoinsByVideo ? evt.EffectiveRules.SwitchToOnline : evt.EffectiveRules.SwitchToRoom) switch
    {
        SwitchUntil.EventEnds => now < evt.EndsAt,
        SwitchUntil.PromotionEnds => now < evt.PromotionEndsAt,
        SwitchUntil.RegistrationCloses => now < (evt.RegistrationClosesAt ?? evt.EndsAt),
        _ => false,
    };

    // Where a seat has been seen it is taken without looking again.
    private static bool TryTake(WriteSession session, Event evt, Site site, Registration registration, QueueLook seen, SeatLook look)
    {
        var counts = TakesSeat(evt, registration);
        if (look.IsNeeded || !seen.HasSeat || !counts) return Placement.TryTake(session, evt, site, 1, counts);
        Seats.TakeUnlooked(session, evt.Id, site.Id, look.Overtaken);
        return true;
    }

    // Who is still to be approved has no seat where the event keeps none for them.
    private static bool TakesSeat(Event evt, Registration registration) => registration.CountsAt(evt) && registration is not { Status: RegistrationStatus.PendingApproval, HoldsSeat: false };

    // The seat there is taken already.
    private static Registration Move(WriteSession session, Event evt, Registration registration, Site site, bool keepWaiting, bool nobodyWaits, Actor actor, string? actorId)
    {
        registration = Answering.StillComes(session, evt, registration, actor, actorId);
        var freed = new List<string>();
        if (!keepWaiting) Ending.LeaveQueue(session, registration, freed);
        Ending.LeaveSeat(session, registration, freed, nobodyWaits);
        var settles = registration.Status == RegistrationStatus.Waitlisted;
        var moved = (registration with
        {
            SiteId = site.Id,
            Status = settles ? RegistrationStatus.Confirmed : registration.Status,
            HoldsSeat = TakesSeat(evt, registration),
            WaitlistEntryId = keepWaiting ? registration.WaitlistEntryId : null,
            ConfirmedAt = registration.Status is RegistrationStatus.Confirmed or RegistrationStatus.Waitlisted ? session.Now : null,
            Revision = registration.RevisionAt(evt, site.Id),
        }).Save(session);
        HistoryRow.Add(session, moved.Id!, "moved", actor, actorId, new HistoryDetails { FromSite = registration.SiteId, ToSite = site.Id });
        OutboxRow.Add(session, OutboxKind.RegistrationMoved, evt.Id, moved.Id, new OutboxDetails { FromSite = registration.SiteId });
        Promotion.RunAtEnd(session, evt, freed);
        return moved;
    }

    private static Registration Wait(WriteSession session, Event evt, Registration registration, Site site, Actor actor, string? actorId)
    {
        registration = Answering.StillComes(session, evt, registration, actor, actorId);
        var freed = new List<string>();
        Ending.LeaveQueue(session, registration, freed);
        var waits = (registration with
        {
            SiteId = registration.Status == RegistrationStatus.Waitlisted ? site.Id : registration.SiteId,
            WaitlistEntryId = registration.CountsAt(evt) ? WaitlistEntry.Join(session, evt.Id, site.Id, 1) : null,
            Revision = registration.Status == RegistrationStatus.Waitlisted ? registration.RevisionAt(evt, site.Id) : registration.Revision,
        }).Save(session);
        HistoryRow.Add(session, waits.Id!, "queued", actor, actorId, new HistoryDetails { FromSite = registration.SiteId, ToSite = site.Id });
        OutboxRow.Add(session, OutboxKind.RegistrationWaitlisted, evt.Id, waits.Id);
        Promotion.RunAtEnd(session, evt, freed);
        return waits;
    }

    // Whoever says again where they are wants to wait no longer for another site.
    private static Registration StayHere(WriteSession session, Event evt, Registration registration, Actor actor, string? actorId)
    {
        registration = Answering.StillComes(session, evt, registration, actor, actorId);
        var freed = new List<string>();
        Ending.LeaveQueue(session, registration, freed);
        var stays = (registration with { WaitlistEntryId = null }).Save(session);
        HistoryRow.Add(session, stays.Id!, "leftQueue", actor, actorId, new HistoryDetails { FromSite = freed[0] });
        Promotion.RunAtEnd(session, evt, freed);
        return stays;
    }

    private const string StoreAnswers = "UPDATE registrations SET answers = @Answers, version = @Version, updated_at = @UpdatedAt WHERE id = @Id AND version = @Version - 1";
}

/// <summary>Where somebody wants to attend instead.</summary>
public sealed record ChangeSiteRequest
{
    public string? SiteId { get; init; }

    /// <summary>Reject or waitlist; without a word, whoever can wait does, and keeps the seat they have.</summary>
    public WhenFull? WhenFull { get; init; }

    /// <summary>Whether to go on waiting for the site they waited for.</summary>
    public bool? KeepWaiting { get; init; }

    /// <summary>To what the event asks there. What was answered before and is not named here stays.</summary>
    public IReadOnlyList<AnsweredQuestion>? Answers { get; init; }
}

public sealed class ChangeSiteRequestValidator : Validator<ChangeSiteRequest>
{
    public ChangeSiteRequestValidator()
    {
        RuleFor(r => r.SiteId).Present().Line(40);
        RuleFor(r => r.WhenFull).Must(wish => wish != WhenFull.AttendSite).Fails(FieldCode.UnknownValue, "reject, waitlist"); // they attend where they are
        RuleFor(r => r.Answers).Answers();
    }
}
