using System.Globalization;

namespace Isa.Events.Api.Features.Invitations;

/// <summary>
/// Limits how many wrong codes a caller may send for an event, counted in the database so that all nodes know. A right one counts at any time: visitors of one website
/// are one caller, and some who mistype must not keep out the others.
/// </summary>
/// <remarks>
/// The count makes guessing plain to see; what makes it hopeless is the codes. They have 60 bits of an HMAC: at the 6,000 requests a minute that a key may make of a process,
/// and with 10,000 people invited, the first hit is 36,000 years away on average. They are found by their SHA-256, so the time of a look tells nothing of a code.
/// </remarks>
public sealed class CodeGuesses(EventsDatabase database, TimeProvider time)
{
    /// <summary>Within an hour from the first.</summary>
    public const int Allowed = 20;

    private const string Scope = "codes";
    private static readonly TimeSpan Window = TimeSpan.FromHours(1);

    /// <summary>Runs what takes codes, and counts it where one stands for nothing. Who has guessed too often goes on with right ones alone.</summary>
    public async Task WatchAsync(HttpContext context, string eventId, IEnumerable<string> codes, Func<Task> look, CancellationToken ct)
    {
        // The event is part of it: who guesses at one is not kept from another. Pages have no holder.
        var subject = Attempts.Subject(eventId, context.GetCaller()?.HolderId, context.Connection.RemoteIpAddress?.ToString());
        if (await IsRefusedAsync(context, subject, eventId, codes, ct)) return;
        try
        {
            await look();
        }
        catch (ProblemException e) when (e.Problem == Problem.InvitationNotFound || e.Problem == Problem.InvitationUnknown)
        {
            await database.WriteAsync(eventId, session => Attempts.Count(session, Scope, subject, Window), ct); // a write of its own: that of the request was undone
            throw;
        }
    }

    private async Task<bool> IsRefusedAsync(HttpContext context, string subject, string eventId, IEnumerable<string> codes, CancellationToken ct)
    {
        var now = time.GetUtcNow();
        var began = await database.ReadAsync(session => session.One<DateTimeOffset?>(TooMany, new { Scope, Subject = subject, Past = now - Window, Allowed }) is { } first
            && codes.Any(code => Invitee.WithCode(session, eventId, code) is null) ? first : (DateTimeOffset?)null, ct);
        if (began is null) return false;
        context.Response.Headers.RetryAfter = Math.Max(1, Math.Ceiling((began.Value + Window - now).TotalSeconds)).ToString(CultureInfo.InvariantCulture);
        await context.RefuseAsync(Problem.TooManyRequests);
        return true;
    }

    private const string TooMany = "SELECT window_began_at FROM attempts WHERE scope = @Scope AND subject = @Subject AND window_began_at > @Past AND count >= @Allowed";
}
