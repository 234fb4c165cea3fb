using System.Globalization;

namespace Isa.Events.Api.Features.Invitations;

/// <summary>
/// Limits how many wrong codes a caller may send for an event, counted in the database so that all nodes know. Once there were too many, right ones are not looked at
/// either until the hour is over.
/// </summary>
public sealed class CodeGuesses(EventsDatabase database, TimeProvider time)
{
    /// <summary>Within an hour from the first.</summary>
    public const int Allowed = 20;

    private const string Scope = "codes";
    private static readonly TimeSpan Window = TimeSpan.FromHours(1);

    /// <summary>Runs what looks at a code, and counts it where the code stands for nothing. Who has guessed too often is answered without a look.</summary>
    public async Task WatchAsync(HttpContext context, string eventId, Func<Task> look, CancellationToken ct)
    {
        // The event is part of it: who guesses at one is not kept from another. Pages have no holder.
        var subject = Attempts.Subject(eventId, context.GetCaller()?.HolderId, context.Connection.RemoteIpAddress?.ToString());
        if (await IsRefusedAsync(context, subject, ct)) return;
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

    private async Task<bool> IsRefusedAsync(HttpContext context, string subject, CancellationToken ct)
    {
        var now = time.GetUtcNow();
        var began = await database.ReadAsync(session => session.One<DateTimeOffset?>(TooMany, new { Scope, Subject = subject, Past = now - Window, Allowed }), ct);
        if (began is null) return false;
        context.Response.Headers.RetryAfter = Math.Max(1, Math.Ceiling((began.Value + Window - now).TotalSeconds)).ToString(CultureInfo.InvariantCulture);
        await context.RefuseAsync(Problem.TooManyRequests);
        return true;
    }

    private const string TooMany = "SELECT window_began_at FROM attempts WHERE scope = @Scope AND subject = @Subject AND window_began_at > @Past AND count >= @Allowed";
}
