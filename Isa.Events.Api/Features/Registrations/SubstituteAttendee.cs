namespace Isa.Events.Api.Features.Registrations;

/// <summary>
/// Hands a registration to a deputy: seat, place in the queue and reference stay. It is a registration of its own, with links and a calendar entry of its own; the
/// one it replaces ends.
/// </summary>
public sealed class SubstituteAttendee(EventsDatabase database, RegistrationAccess access) : Endpoint<SubstituteRequest, Registration>
{
    private static readonly RegistrationRequestValidator Shape = new();

    public override void Configure()
    {
        Post("/registrations/{registration}/substitute");
        AllowAnonymous(); // by the manage token; with an id RegistrationAccess demands a key
    }

    public override async Task HandleAsync(SubstituteRequest request, CancellationToken ct)
    {
        Parameters.None(HttpContext);
        var match = IfMatch.Read(HttpContext);
        var found = await access.FindAsync(HttpContext, ct);
        var creation = await SubstituteAsync(database, found, request, IdempotencyKey.Read(HttpContext, nameof(SubstituteAttendee), found.Registration.Id), match, ct);
        creation.Mark(HttpContext);
        // Whoever has only a link has handed the place over with it: the deputy's own links, and what they say of themselves, are the deputy's.
        var shown = found.Actor == Actor.Attendee ? found.Registration.Id! : creation.ResourceId;
        var made = await database.ReadAsync(session => Registration.Find(session, shown), ct) ?? throw new ProblemException(Problem.RegistrationNotFound);
        await access.SendAsync(HttpContext, made, found.Event, ct, StatusCodes.Status201Created);
    }

    /// <summary>The same for whoever else names the deputy: the person's own page.</summary>
    internal static Task<Creation> SubstituteAsync(EventsDatabase database, FoundRegistration found, SubstituteRequest request, IdempotencyKey key, IfMatch? match, CancellationToken ct)
    {
        var deputy = request.ToRegistration(found.Registration);
        Shape.Check(deputy, needsAddress: found.Registration.DelegationId is null);
        var (ahead, rival) = (Registration.Of(found.Registration.Id!), Rival.Of(Wanted(deputy, found.Event, found.Registration)));
        return key.WriteAsync(database, found.Event.Id, request, session => Substitute(session, found, ahead, rival, deputy, match), ct, ahead, rival);
    }

    /// <summary>Why nobody can come instead now, or null.</summary>
    internal static Problem? Refusal(Event evt, Registration registration, DateTimeOffset now) =>
        !registration.IsActive ? Problem.RegistrationEnded : evt.EndedBy(now) ?? (now >= evt.StartsAt ? Problem.EventStarted : null);

    private static string Substitute(WriteSession session, FoundRegistration found, Ahead<Registration> ahead, Ahead<Rival> rivals, RegistrationRequest deputy, IfMatch? match)
    {
        var evt = session.LockEvent(found.Event.Id);
        var old = found.Again(session.One(ahead));
        var rival = session.One(rivals)!;
        match?.Check(old.Version);
        if (Refusal(evt, old, session.Now) is { } late) throw new ProblemException(late);
        // Whoever takes over a place in a queue is asked what its site asks, as whoever joins it is.
        var waits = old.WaitlistEntryId is { } entry ? WaitlistEntry.Find(session, entry) : null;
        if ((deputy with { FallbackSiteId = waits?.SiteId ?? old.FallbackSiteId }).RefusalOfContent(evt) is { } refusal) throw refusal;
        // The place stays; it counts for the city of whoever has it. Somebody of the same city takes nothing from anybody.
        if (CityQuotas.Of(evt, deputy.City) is { } quota && quota != old.QuotaCity && CityQuotas.Refusal(session, evt, deputy.City, old.IsTest) is { } full) throw full;
        if (deputy.Email is null && Rival.Namesake(session, old, deputy.FullName!) is not null) throw Rival.SameName(new FieldError("fullName", FieldCode.DuplicateValue));
        if (rival.WithAddress is not null) throw new ProblemException(Problem.AlreadyRegistered, "email", FieldCode.DuplicateValue); // that one is not the caller's to see

        var next = Wanted(deputy, evt, old) with { Id = $"{Registration.IdPrefix}{OrderedId.New(session.Now)}", CreatedAt = session.Now, UpdatedAt = session.Now };
        var ended = (Ending.Ended(old, RegistrationStatus.Cancelled, EndReason.Replaced, found.Actor, session.Now) with { ReplacedBy = next.Id }).Save(session);
        next.Insert(session);
        HistoryRow.Add(session, old.Id!, "replaced", found.Actor, found.ActorId, new HistoryDetails { RegistrationId = next.Id });
        HistoryRow.Add(session, next.Id, "substituted", found.Actor, found.ActorId, new HistoryDetails { RegistrationId = old.Id });
        if (!old.NameFollows) Ending.Tell(session, old, ended); // else there was nobody to lose it
        OutboxRow.Add(session, RegisterForEvent.KindOf(next.Status), evt.Id, next.Id);
        if (waits is { State: EntryState.Offered }) OutboxRow.Add(session, OutboxKind.OfferMade, evt.Id, next.Id);
        Promotion.LookAgain(session, evt, old, next); // a no from the calendar was the other one's
        return next.Id;
    }

    // What the place is stays; who has it changes.
    private static NewRegistration Wanted(RegistrationRequest deputy, Event evt, Registration old) => deputy.ToRegistration(evt, old.MadeBy, old.IsTest) with
    {
        Status = old.Status,
        HoldsSeat = old.HoldsSeat,
        ConfirmedAt = old.ConfirmedAt,
        // Till the name was due; who has not confirmed an address is still waited for no longer than before.
        HoldEndsAt = old.NameFollows && old.Status != RegistrationStatus.PendingConfirmation ? null : old.HoldEndsAt,
        WaitlistEntryId = old.WaitlistEntryId,
        WhenFull = old.WhenFull,
        FallbackSiteId = old.FallbackSiteId,
        WhatFits = old.WhatFits,
        Reference = old.Reference!,
        Late = old.Late,
        DelegationId = old.DelegationId,
        InviteeId = old.InviteeId,
        QuotaCity = CityQuotas.Of(evt, deputy.City),
        Replaces = old.Id,
    };
}

/// <summary>The person who comes instead.</summary>
public sealed record SubstituteRequest : PersonRequest
{
    /// <summary>The deputy as if registered at the same site. What is said of the office rather than the person holds on where nothing else is said.</summary>
    public RegistrationRequest ToRegistration(Registration old) => new()
    {
        SiteId = old.SiteId, FullName = FullName, Email = Email, Language = Language, FamilyName = FamilyName, RomanizedName = RomanizedName, FormOfAddress = FormOfAddress, JobTitle = JobTitle,
        Organisation = Organisation ?? old.Organisation, City = City ?? old.City, Audience = Audience ?? old.Audience, TimeZone = TimeZone, Phone = Phone, CopyTo = CopyTo, ListensIn = ListensIn,
        Needs = Needs, NoticeVersion = NoticeVersion, Consents = Consents, Answers = Answers, ExternalId = old.ExternalId,
    };
}
