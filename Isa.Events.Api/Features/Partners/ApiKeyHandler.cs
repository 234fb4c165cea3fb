using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;

namespace Isa.Events.Api.Features.Partners;

/// <summary><c>Authorization: Bearer isa_…</c> (RFC 6750). A request without the header is anonymous; one with a key that does not count is refused everywhere.</summary>
public sealed class ApiKeyHandler(IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory loggers, UrlEncoder encoder, ApiKeys keys, TimeProvider time)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, loggers, encoder)
{
    public new const string Scheme = "apiKey";

    /// <summary>Refuses a key that does not count also where none is needed, so that a caller with a wrong key hears of it at once.</summary>
    public static Task RefuseWrongKey(HttpContext context, RequestDelegate next) =>
        context.Request.Headers.Authorization.Count > 0 && context.GetCaller() is null ? context.ChallengeAsync(Scheme) : next(context);

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        var header = Request.Headers.Authorization;
        if (header.Count == 0) return AuthenticateResult.NoResult();
        var caller = header.Count == 1 && header[0] is { } text && text.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase)
            ? await keys.FindAsync(text[7..].Trim(), time.GetUtcNow(), Context.RequestAborted)
            : null;
        if (caller is null) return AuthenticateResult.Fail("unknown key"); // the line of the request logs the 401

        Context.Features.Set(caller);
        return AuthenticateResult.Success(new AuthenticationTicket(caller.Principal, Scheme));
    }

    protected override Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        Response.StatusCode = StatusCodes.Status401Unauthorized; // the body and WWW-Authenticate come from ProblemAnswers
        return Task.CompletedTask;
    }
}
