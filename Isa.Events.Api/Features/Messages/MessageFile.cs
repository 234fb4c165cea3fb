using Isa.Events.Api.Email;
using MimeKit;

namespace Isa.Events.Api.Features.Messages;

/// <summary>Shows a message as a file that mail programs open (RFC 5322), without sending it.</summary>
public sealed class MessageFile(EventsDatabase database, CurrentEvents events, Letters letters, Mailer mailer)
{
    /// <param name="context">Names event, registration and kind, and perhaps the recipient.</param>
    /// <param name="words">A draft, or null for what is stored.</param>
    /// <param name="ct">Gives up.</param>
    public async Task SendAsync(HttpContext context, OrganizerWords? words, CancellationToken ct)
    {
        var query = new Parameters(context);
        var recipient = query.Name<Recipient>("recipient");
        query.RefuseOthers();
        var name = Route("kind");
        var kind = Enum.GetValues<MessageKind>().Cast<MessageKind?>().FirstOrDefault(k => RowTypes.Name(k!.Value) == name) ?? throw new ProblemException(Problem.NotFound);
        var evt = (await events.GetAsync(Route("event"), context.GetCaller(), ct)).Event;
        var registration = await database.ReadAsync(session => Registration.Find(session, Route("registration")), ct);
        if (registration is null || registration.EventId != evt.Id) throw new ProblemException(Problem.RegistrationNotFound);
        var rendered = await letters.PreviewAsync(registration, kind, words, ct);
        var letter = rendered.FirstOrDefault(l => recipient is null || l.Recipient == recipient) ?? throw new ProblemException(Problem.NotFound);
        await WriteAsync(context, letter.Message, kind, ct);

        string Route(string value) => (string)context.Request.RouteValues[value]!;
    }

    private async Task WriteAsync(HttpContext context, MimeMessage message, MessageKind kind, CancellationToken ct)
    {
        mailer.Complete(message, "preview");
        Download.Describe(context, $"{RowTypes.Name(kind)}.eml");
        context.Response.Headers.CacheControl = "no-store";
        context.Response.ContentType = "message/rfc822";
        using var body = new MemoryStream();
        await message.WriteToAsync(Mailer.Format, body, ct);
        context.Response.ContentLength = body.Length;
        body.Position = 0;
        await body.CopyToAsync(context.Response.Body, ct);
    }
}
