using System.Text;
using Isa.Events.Api.Features.Agenda;

namespace Isa.Events.Api.Features.Invites;

/// <summary>The calendar entry of one registration, with the agenda attached; once it is cancelled, the cancellation.</summary>
public sealed class GetInvite(EventsDatabase database, RegistrationAccess access, RegistrationTokens tokens) : EndpointWithoutRequest
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
        var (registration, evt, _) = await access.FindAsync(HttpContext, ct);
        var (agenda, document) = await database.ReadAsync(session =>
        {
            var row = AgendaRow.Find(session, evt.Id);
            return (row, row.DocumentSize <= InviteCalendar.MaxInlineBytes ? row.Document(session) : row.DocumentSha256 is null ? null : new byte[InviteCalendar.MaxInlineBytes + 1]);
        }, ct);
        var text = InviteCalendar.ForRegistration(evt, registration, agenda, document, tokens.Links(registration, evt), tokens.JoinUrl(registration), language ?? registration.Language);
        var body = Encoding.UTF8.GetBytes(text);
        Download.Describe(HttpContext, $"{evt.Slug}.ics");
        await Conditional.SendAsync(HttpContext, body, Conditional.Tag(evt.Version, body), InviteCalendar.MediaType, "private, no-cache");
    }
}
