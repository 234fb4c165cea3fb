using Isa.Events.Api.Email;

namespace Isa.Events.Api.Features.Invites;

/// <summary>The calendar entry of one registration, with the agenda attached; once it is cancelled, the cancellation.</summary>
public sealed class GetInvite(EventsDatabase database, RegistrationAccess access, RegistrationTokens tokens, EventInvites invites) : EndpointWithoutRequest
{
    public override void Configure()
    {
        Get("/registrations/{registration}/invite.ics");
        AllowAnonymous(); // by the manage token; with an id RegistrationAccess demands a key
    }

    public override async Task HandleAsync(CancellationToken ct)
    {
        var query = new Parameters(HttpContext);
        var language = query.Language("language");
        query.RefuseOthers();
        var (registration, evt, _, _) = await access.FindAsync(HttpContext, ct);
        if (registration.IsActive && registration.Status != RegistrationStatus.Confirmed) throw new ProblemException(Problem.NotConfirmed);
        var shared = await database.ReadAsync(session => invites.Get(session, evt, language ?? registration.Language), ct);
        var body = InviteCalendar.ForRegistration(shared, registration, tokens.Links(registration, evt), tokens.JoinUrl(registration), tokens.ReplyAddress(registration)).ToBytes();
        if (registration is { Told: not { Cancelled: false }, IsActive: true } && evt.Status != EventStatus.Cancelled) await NoteAsync(registration, evt, ct);
        Download.Describe(HttpContext, $"{evt.Slug}.ics");
        await Conditional.SendAsync(HttpContext, body, Conditional.Tag(evt.Version, body), InviteCalendar.MediaType, "private, no-cache");
    }

    // Who may have the entry in a calendar is told when it changes or ends. Nothing else follows from it, so that it does no harm when a scanner was it.
    private async Task NoteAsync(Registration registration, Event evt, CancellationToken ct)
    {
        try
        {
            await database.WriteAsync(evt.Id, session =>
            {
                session.LockEvent(evt.Id);
                return Registration.Find(session, registration.Id!) is { Told: not { Cancelled: false } } ? session.Change(Note, new { registration.Id, Told = ToldInvite.Now(evt, registration) }) : 0;
            }, ct);
        }
        catch (ProblemException)
        {
            // The entry is worth more than the note.
        }
    }

    private const string Note = "UPDATE registrations SET told = @Told WHERE id = @Id";
}
