using Isa.Events.Api.Features.Invitations;
using Isa.Events.Api.Telemetry;
using Microsoft.Extensions.Options;

namespace Isa.Events.Api.Features.Registrations;

/// <summary>Gives a person a seat at a site, or a place in its queue when the site is full.</summary>
public sealed class RegisterForEvent(EventsDatabase database, CurrentEvents events, RegistrationAccess access, RegistrationTokens tokens, CodeGuesses guesses, IOptions<ServerSettings> settings, TimeProvider time, Measures measures)
    : Endpoint<RegistrationRequest, Registration>
{
    /// <summary>How long a seat is held for an address that is not confirmed yet.</summary>
    public static readonly TimeSpan ConfirmationHold = TimeSpan.FromMinutes(30);

    public override void Configure()
    {
        Post("/events/{event}/registrations");
        Policies(Access.Partner);
        Options(route => route.WithMetadata(new Repeatable(nameof(RegisterForEvent), AnswerAgainAsync)));
    }

    public override async Task HandleAsync(RegistrationRequest request, CancellationToken ct)
    {
        var query = new Parameters(HttpContext);
        var dryRun = query.Flag("dryRun");
        query.RefuseOthers();
        var key = IdempotencyKey.Read(HttpContext, nameof(RegisterForEvent));
        var caller = HttpContext.GetCaller()!;
        var now = time.GetUtcNow();
        var current = await events.GetAsync(Route<string>("event")!, caller, ct, mayBeOld: true);
        var refusal = Refusal(request, current, caller, now);
        if (refusal is not null && await events.NewerAsync(current, ct) is { } newer) refusal = Refusal(request, current = newer, caller, now); // another node may have opened it, or freed a seat
        if (request.InvitationCode is null) await AnswerAsync(request, current, refusal, dryRun, key, caller, now, ct);
        else await guesses.WatchAsync(HttpContext, current.Event.Id, [request.InvitationCode], () => AnswerAsync(request, current, refusal, dryRun, key, caller, now, ct), ct);
    }

    private async Task AnswerAsync(RegistrationRequest request, CurrentEvent current, ProblemException? refusal, bool dryRun, IdempotencyKey key, Caller caller, DateTimeOffset now, CancellationToken ct)
    {
        var evt = current.Event;
        if (refusal is null && !dryRun)
        {
            Registration? made = null;
            var wanted = request.ToRegistration(evt, caller) with { Reference = NewRegistration.NewReference(settings.Value.ReferencePrefix) };
            var look = new SeatLook { IsNeeded = current.SeatsOf(wanted.SiteId) is { IsFull: true } or { Waiting: > 0 } };
            var rival = Rival.Of(wanted);
            var creation = await key.WriteAsync(database, evt.Id, request, session => (made = Register(session, evt.Id, request, wanted, rival, look, caller, tokens, settings.Value)).Id!, ct, rival);
            if (!creation.Replayed) measures.Registration("registered", evt.Site(made!.SiteId)!.Mode);
            await SendAsync(creation, creation.Replayed ? await database.AskAsync(session => Registration.Find(session, creation.ResourceId), ct) : made, evt, ct);
            return;
        }

        // What a read already shows is answered without the writer, and without the price of an exception: in a rush most answers are these.
        var (earlier, registration, taken) = await database.ReadAsync(session =>
        {
            if (!dryRun && key.Find(session, request, now) is { } found) return (found, Registration.Find(session, found.ResourceId), null);
            var seatsDecide = refusal is null || refusal.Problem == Problem.SiteFull;
            return (default(Creation), default(Registration), seatsDecide ? Taken(session, evt, request, caller) : null);
        }, ct);
        if (earlier is not null) await SendAsync(earlier, registration, evt, ct);
        else if ((taken ?? refusal) is { } no) await HttpContext.RefuseAsync(no);
        else await Send.OkAsync(Foreseen(request, current, caller, now), ct);
    }

    /// <summary>Why the registration is refused apart from time, content and seats, or null.</summary>
    private ProblemException? Taken(ReadSession session, Event evt, RegistrationRequest request, Caller caller)
    {
        var isTest = caller.IsTest || evt.IsTest;
        var invitee = Invitation.Of(session, evt.Id, request);
        return Rival.Find(session, evt, request, caller).Refusal(session, evt, caller, tokens) ?? Invitation.Refusal(session, invitee, isTest) ?? CityQuotas.Refusal(session, evt, request.City ?? invitee?.City, isTest);
    }

    // Runs in the group commit, perhaps more than once: short, synchronous, nothing outside the session. Throwing undoes this registration and no other.
    internal static Registration Register(WriteSession session, string eventId, RegistrationRequest request, NewRegistration wanted, Ahead<Rival> ahead, SeatLook look, Caller caller, RegistrationTokens tokens, ServerSettings settings, bool tell = true)
    {
        var evt = session.LockEvent(eventId); // every rule is checked after the lock
        if (request.RefusalBy(evt, caller, session.Now) is { } closed) throw closed;

        var rival = session.One(ahead)!;
        var invitee = Invitation.Of(session, evt.Id, request);
        if ((rival.Refusal(session, evt, caller, tokens) ?? Invitation.Refusal(session, invitee, wanted.IsTest) ?? CityQuotas.Refusal(session, evt, wanted.City ?? invitee?.City, wanted.IsTest)) is { } refusal) throw refusal;
        var registration = Place(session, evt, Begin(session, evt, wanted, rival, invitee, settings), look, caller);
        Store(session, evt, registration, invitee, caller);
        if (tell) OutboxRow.Add(session, KindOf(registration.Status), evt.Id, registration.Id);
        return registration;
    }

    /// <summary>What only the transaction knows of a new registration: its id, a reference nobody has, its time.</summary>
    internal static NewRegistration Begin(WriteSession session, Event evt, NewRegistration wanted, Rival rival, Invitee? invitee, ServerSettings settings)
    {
        while (rival.HoldsReference)
        {
            wanted = wanted with { Reference = NewRegistration.NewReference(settings.ReferencePrefix) };
            rival = session.One(Rival.Of(wanted))!;
        }

        if (wanted.City is null && invitee?.City is { } city) wanted = wanted.From(city); // the quota is theirs whether they say so or not
        return wanted with
        {
            Id = $"{Registration.IdPrefix}{OrderedId.New(session.Now)}",
            CreatedAt = session.Now,
            UpdatedAt = session.Now,
            Late = session.Now >= evt.RegistrationClosesAt,
            InviteeId = invitee?.Id,
            QuotaCity = CityQuotas.Of(evt, wanted.City),
        };
    }

    internal static void Store(WriteSession session, Event evt, NewRegistration registration, Invitee? invitee, Caller caller)
    {
        registration.Insert(session);
        if (invitee is { State: InviteeState.Declined } && evt.Counts(registration.IsTest)) (invitee with { State = InviteeState.Invited }).Save(session);
        HistoryRow.Add(session, registration.Id!, "registered", caller.Actor, caller.ActorId);
    }

    /// <summary>Gives a new registration its status, and its seat or its place in a queue.</summary>
    private static NewRegistration Place(WriteSession session, Event evt, NewRegistration wanted, SeatLook look, Caller caller)
    {
        var wish = new Wish(wanted.SiteId, wanted.WhenFull, wanted.FallbackSiteId);
        var counts = evt.Counts(wanted.IsTest);
        var status = StatusFor(evt, caller);
        if (status != RegistrationStatus.Confirmed)
        {
            // What waits for somebody's word has at most a seat that is held for it; queues are for those who are sure to come.
            var mayHold = status == RegistrationStatus.PendingConfirmation || evt.EffectiveRules.PendingHoldsSeat == true;
            var holds = mayHold && Placement.TryTake(session, evt, evt.Site(wish.SiteId)!, 1, counts);
            if (!holds && wish.AtFullSite == WhenFull.Reject && (mayHold || !Placement.TryTake(session, evt, evt.Site(wish.SiteId)!, 1, counts: false))) throw new ProblemException(Problem.SiteFull);
            return wanted with { Status = status, HoldsSeat = holds && counts, HoldEndsAt = status == RegistrationStatus.PendingConfirmation ? session.Now + ConfirmationHold : null };
        }

        // Without a look first where a seat is likely: that is one statement fewer in a rush.
        if (!look.IsNeeded && counts)
        {
            Seats.TakeUnlooked(session, evt.Id, wish.SiteId, look.Overtaken);
            return wanted with { WhenFull = null, FallbackSiteId = null, HoldsSeat = true, ConfirmedAt = session.Now };
        }

        return Placement.Find(session, evt, wish, counts: counts).For(wanted, evt, session.Now);
    }

    /// <summary>What a registration begins as. Organisers vouch for whom they register.</summary>
    internal static RegistrationStatus StatusFor(Event evt, Caller caller, bool isConfirmed = false) =>
        caller.IsOrganizer ? RegistrationStatus.Confirmed
        : !isConfirmed && (evt.Rules is { ConfirmsAddresses: true } || caller.ConfirmsAddresses) ? RegistrationStatus.PendingConfirmation
        : evt.Rules is { RequiresApproval: true } ? RegistrationStatus.PendingApproval
        : RegistrationStatus.Confirmed;

    internal static OutboxKind KindOf(RegistrationStatus status) => status switch
    {
        RegistrationStatus.Confirmed => OutboxKind.RegistrationConfirmed,
        RegistrationStatus.Waitlisted => OutboxKind.RegistrationWaitlisted,
        RegistrationStatus.PendingConfirmation => OutboxKind.AddressToConfirm,
        _ => OutboxKind.RegistrationPending,
    };

    /// <summary>What registering would come to now, where nothing stands in its way.</summary>
    private static NewRegistration Foreseen(RegistrationRequest request, CurrentEvent current, Caller caller, DateTimeOffset now)
    {
        var evt = current.Event;
        var wanted = request.ToRegistration(evt, caller) with { Status = StatusFor(evt, caller), Late = now >= evt.RegistrationClosesAt };
        if (wanted.Status == RegistrationStatus.Confirmed && !Seats.AreFor(evt, evt.Site(wanted.SiteId)!, current.SeatsOf(wanted.SiteId), 1, now))
            wanted = request.WhenFull == WhenFull.AttendSite ? wanted with { SiteId = request.FallbackSiteId! } : wanted with { Status = RegistrationStatus.Waitlisted };
        return wanted;
    }

    private static ProblemException? Refusal(RegistrationRequest request, CurrentEvent current, Caller caller, DateTimeOffset now) =>
        request.RefusalBy(current.Event, caller, now) ?? (Placement.IsHopeless(current, request.ToWish(), now) ? new ProblemException(Problem.SiteFull) : null);

    // Of one request this comes before all the rest, and the endpoint is not even made.
    private static async Task<bool> AnswerAgainAsync(HttpContext context, Creation creation)
    {
        var (services, ct) = (context.RequestServices, context.RequestAborted);
        if (await services.GetRequiredService<EventsDatabase>().AskAsync(session => Registration.Find(session, creation.ResourceId), ct) is not { } registration) return false;
        if (await services.GetRequiredService<CurrentEvents>().FindAsync(registration.EventId, context.GetCaller(), ct, mayBeOld: true) is not { } current) return false;
        creation.Mark(context);
        await services.GetRequiredService<RegistrationAccess>().SendAsync(context, registration, current.Event, ct, StatusCodes.Status201Created);
        return true;
    }

    private Task SendAsync(Creation creation, Registration? registration, Event evt, CancellationToken ct)
    {
        creation.Mark(HttpContext);
        return access.SendAsync(HttpContext, registration ?? throw new ProblemException(Problem.RegistrationNotFound), evt, ct, StatusCodes.Status201Created);
    }
}

/// <summary>Whether a work looks at the seats before it takes one. A hint that lives as long as the request: what was taken unlooked, and was not there, is looked for when the work runs again.</summary>
public sealed class SeatLook
{
    public bool IsNeeded { get; set; }

    internal Exception Overtaken()
    {
        IsNeeded = true;
        return new OvertakenException();
    }
}
