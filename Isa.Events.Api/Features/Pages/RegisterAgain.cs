using Isa.Events.Api.Features.Invitations;
using Isa.Events.Api.Telemetry;
using Microsoft.Extensions.Options;

namespace Isa.Events.Api.Features.Pages;

/// <summary>Registers somebody who has cancelled anew, from the page of the registration that ended, as <see cref="RegisterForEvent"/> does. The new one has links of its own.</summary>
public sealed class RegisterAgain(AttendeePages pages, EventsDatabase database, RegistrationTokens tokens, CodeGuesses guesses, IOptions<ServerSettings> settings, Measures measures) : EndpointWithoutRequest
{
    private const string Action = "registeredAgain";
    private static readonly RegistrationRequestValidator Shape = new();

    public override void Configure()
    {
        Post("/r/{manageToken}/register");
        RoutePrefixOverride("");
        AllowAnonymous();
    }

    public override Task HandleAsync(CancellationToken ct) => pages.AnswerAsync(HttpContext, PageForm.Register, ManageBody.Render, async (view, form, match) =>
    {
        if (view.Again is { } before) return new FormResult(before, PageNote.Registered);
        if (!IsOffered(view)) throw new ProblemException(view.Registration.IsActive ? Problem.AlreadyRegistered : Problem.RegistrationEnded);
        var request = AgainForm.Read(view, form);
        form.Check();
        Shape.Check(request);
        Registration? made = null;
        if (request.InvitationCode is null) made = await MakeAsync(view, request, match, ct);
        else await guesses.WatchAsync(HttpContext, view.Event.Id, [request.InvitationCode], async () => made = await MakeAsync(view, request, match, ct), ct);
        return made is null ? null : new FormResult(made, PageNote.Registered);
    }, (view, _) => Task.FromResult(view.Again is { } again ? new FormResult(again, PageNote.Registered) : null), ct);

    /// <summary>Whether the page speaks of it: the place of somebody who was replaced is another's, and whoever was declined has an answer.</summary>
    internal static bool IsOffered(PageView view) => view.Again is null && view.Registration is { Status: RegistrationStatus.Cancelled, EndReason: not EndReason.Replaced, Email: not null } && view.Event.EndedBy(view.Now) is null;

    /// <summary>Why nobody can register now, or null.</summary>
    internal static Problem? Refusal(PageView view) => view.Event.RefusalAt(view.Now);

    /// <summary>The registration that was made from the page of one that has ended, while it stands; null where there is none.</summary>
    internal static Registration? Find(ReadSession session, Registration ended) =>
        session.One<Made>(LastMade, new { ended.Id, Action })?.Details?.RegistrationId is { } id && Registration.Find(session, id) is { IsActive: true } again ? again : null;

    private async Task<Registration> MakeAsync(PageView view, RegistrationRequest request, IfMatch match, CancellationToken ct)
    {
        var (evt, ended) = (view.Event, view.Registration);
        if (request.RefusalBy(evt, Caller.Again(ended), view.Now) is { } refusal) throw refusal; // what the rest of it is read from
        var wanted = request.ToRegistration(evt, Caller.Again(ended)) with { Reference = NewRegistration.NewReference(settings.Value.ReferencePrefix) };
        var (ahead, rival, look) = (Registration.Of(ended.Id!), Rival.Of(wanted), new SeatLook { IsNeeded = true });
        var made = await database.WriteAsync(evt.Id, session =>
        {
            session.LockEvent(evt.Id);
            var old = session.One(ahead)!;
            if (Find(session, old) is { } before) return before; // a second click
            match.Check(old.Version);
            var again = RegisterForEvent.Register(session, evt.Id, request, wanted, rival, look, Caller.Again(ended), tokens, settings.Value);
            HistoryRow.Add(session, ended.Id!, Action, Actor.Attendee, null, new HistoryDetails { RegistrationId = again.Id });
            return again;
        }, ct, ahead, rival);
        measures.Registration("registered", evt.Site(made.SiteId)!.Mode);
        return made;
    }

    private sealed record Made
    {
        public HistoryDetails? Details { get; init; }
    }

    private const string LastMade = "SELECT details FROM history WHERE registration_id = @Id AND action = @Action ORDER BY id DESC LIMIT 1";
}
