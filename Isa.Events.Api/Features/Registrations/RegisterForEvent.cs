using Isa.Events.Api.Telemetry;
using Microsoft.Extensions.Options;

namespace Isa.Events.Api.Features.Registrations;

/// <summary>Gives a person a seat at a site.</summary>
public sealed class RegisterForEvent(EventsDatabase database, CurrentEvents events, RegistrationTokens tokens, IOptions<ServerSettings> settings, TimeProvider time, Measures measures)
    : Endpoint<RegistrationRequest, Registration>
{
    public override void Configure()
    {
        Post("/events/{event}/registrations");
        Policies(Access.Partner);
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
        var refusal = Refusal(request, current, now);
        if (refusal is not null && await events.NewerAsync(current, ct) is { } newer) refusal = Refusal(request, current = newer, now); // another node may have opened it, or freed a seat
        var evt = current.Event;
        if (refusal is null && !dryRun)
        {
            Registration? made = null;
            var wanted = request.ToRegistration(evt, caller) with { Reference = NewRegistration.NewReference(settings.Value.ReferencePrefix) };
            var rival = Rival.Of(wanted);
            var creation = await database.WriteAsync(evt.Id, key.Once(request, session => (made = Register(session, evt.Id, request, wanted, rival, caller, tokens, settings.Value)).Id!), ct, [.. key.Ahead, rival]);
            if (!creation.Replayed) measures.Registration("registered", evt.Site(made!.SiteId)!.Mode);
            await SendAsync(creation, creation.Replayed ? await database.ReadAsync(session => Registration.Find(session, creation.ResourceId), ct) : made, evt, ct);
            return;
        }

        // What a read already shows is answered without the writer, and without the price of an exception: in a rush most answers are these.
        var (earlier, registration, taken) = await database.ReadAsync(session =>
        {
            if (!dryRun && key.Find(session, request, now) is { } found) return (found, Registration.Find(session, found.ResourceId), null);
            var seatsDecide = refusal is null || refusal.Problem == Problem.SiteFull;
            return (default(Creation), default(Registration), seatsDecide ? Rival.Find(session, evt, request, caller).Refusal(session, evt, caller, tokens) : null);
        }, ct);
        if (earlier is not null) await SendAsync(earlier, registration, evt, ct);
        else if ((taken ?? refusal) is { } no) await HttpContext.RefuseAsync(no);
        else await Send.OkAsync(request.ToRegistration(evt, caller).ToAnswer(), ct);
    }

    // Runs in the group commit, perhaps more than once: short, synchronous, nothing outside the session. Throwing undoes this registration and no other.
    internal static Registration Register(WriteSession session, string eventId, RegistrationRequest request, NewRegistration wanted, Ahead<Rival> ahead, Caller caller, RegistrationTokens tokens, ServerSettings settings)
    {
        var evt = session.LockEvent(eventId); // every rule is checked after the lock
        if (request.RefusalBy(evt, session.Now) is { } closed) throw closed;

        var rival = session.One(ahead)!;
        if (rival.Refusal(session, evt, caller, tokens) is { } refusal) throw refusal;
        while (rival.HoldsReference)
        {
            wanted = wanted with { Reference = NewRegistration.NewReference(settings.ReferencePrefix) };
            rival = session.One(Rival.Of(wanted))!;
        }

        var registration = wanted with { Id = $"{Registration.IdPrefix}{Guid.CreateVersion7(session.Now):N}", Now = session.Now };
        var answer = registration.ToAnswer();
        if (answer.TakesSeatOf(evt)) Seats.Take(session, evt.Id, wanted.SiteId);
        else if (!Seats.IsFree(session, evt.Id, wanted.SiteId)) throw new ProblemException(Problem.SiteFull);
        registration.Insert(session);
        HistoryRow.Add(session, registration.Id, "registered", caller.IsOrganizer ? Actor.Organizer : Actor.Partner, caller.KeyId);
        OutboxRow.Add(session, OutboxKind.RegistrationConfirmed, evt.Id, registration.Id);
        return answer;
    }

    private static ProblemException? Refusal(RegistrationRequest request, CurrentEvent current, DateTimeOffset now) =>
        request.RefusalBy(current.Event, now) ?? (current.SeatsOf(request.SiteId!).IsFull ? new ProblemException(Problem.SiteFull) : null);

    private Task<FastEndpoints.Void> SendAsync(Creation creation, Registration? registration, Event evt, CancellationToken ct)
    {
        creation.Mark(HttpContext);
        var answer = (registration ?? throw new ProblemException(Problem.RegistrationNotFound)) with { Links = tokens.Links(registration, evt) };
        HttpContext.Response.Headers.Location = answer.Links.Self;
        HttpContext.Response.Headers.CacheControl = "no-store";
        return Send.ResponseAsync(answer, StatusCodes.Status201Created, ct);
    }
}
