using System.Security.Claims;
using Microsoft.AspNetCore.Authorization;

namespace Isa.Events.Api.Features.Partners;

/// <summary>What a key may do.</summary>
public enum Role
{
    /// <summary>Runs events: everything.</summary>
    Organizer,

    /// <summary>A website: its events, and the registrations it made.</summary>
    Partner,

    /// <summary>At the door: who is expected.</summary>
    CheckIn,

    /// <summary>A mail server: hands over what comes back.</summary>
    MailIntake,
}

/// <summary>Who calls: a key and its holder. Keys of one holder share what they made.</summary>
public sealed record Caller
{
    public required string KeyId { get; init; }

    public required string HolderId { get; init; }

    public required Role Role { get; init; }

    public required string Name { get; init; }

    /// <summary>Registrations made with a test key take no seat.</summary>
    public required bool IsTest { get; init; }

    /// <summary>Whether the addresses of those it registers must be confirmed first.</summary>
    public bool ConfirmsAddresses { get; init; }

    /// <summary>The events it is limited to, or null.</summary>
    public IReadOnlySet<string>? EventIds { get; init; }

    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>Somebody who registers themselves anew, by the link of a registration that has ended: with what its maker might do. An address that never came to count must be confirmed.</summary>
    public static Caller Again(Registration ended) => new()
    {
        KeyId = "", HolderId = ended.MadeBy, Role = Role.Partner, Name = "", IsTest = ended.IsTest, ConfirmsAddresses = ended.ConfirmedAt is null,
    };

    /// <summary>The contact of a delegation, by its link: with what its maker might do.</summary>
    public static Caller OfContact(Delegation delegation) => new() { KeyId = "", HolderId = delegation.MadeBy, Role = Role.Partner, Name = "", IsTest = delegation.IsTest };

    /// <summary>Who that is in a history.</summary>
    public Actor Actor => IsOrganizer ? Actor.Organizer : KeyId.Length > 0 ? Actor.Partner : Actor.Attendee;

    /// <summary>Their key in a history.</summary>
    public string? ActorId => KeyId.Length > 0 ? KeyId : null;

    public bool IsOrganizer => Role == Role.Organizer;

    /// <summary>Whether what somebody made at an event is theirs to see: organisers see everything, keys that are limited to events what belongs to those.</summary>
    public bool MaySee(string madeBy, string eventId) => (IsOrganizer || madeBy == HolderId) && (EventIds is not { } own || own.Contains(eventId));

    /// <summary>The principal for the framework's policies, made once per key.</summary>
    public ClaimsPrincipal Principal => _principal ??= new ClaimsPrincipal(new ClaimsIdentity([new Claim(ClaimTypes.Role, Role.ToString())], ApiKeyHandler.Scheme));

    private ClaimsPrincipal? _principal;
}

/// <summary>Who may call an operation. One without a policy answers everybody 401.</summary>
public static class Access
{
    public const string Organizer = "organizer";
    public const string Partner = "partner";
    public const string CheckIn = "checkIn";
    public const string MailIntake = "mailIntake";
    public const string AnyKey = "anyKey";

    /// <summary>Who calls, or null without a key.</summary>
    public static Caller? GetCaller(this HttpContext context) => context.Features.Get<Caller>();

    /// <summary>Who calls with a key that may look at registrations by their ids.</summary>
    /// <exception cref="ProblemException"><see cref="Problem.NotAuthenticated"/>, <see cref="Problem.NotAllowed"/></exception>
    public static Caller RequireCaller(this HttpContext context) => context.GetCaller() switch
    {
        null => throw new ProblemException(Problem.NotAuthenticated),
        { Role: Role.CheckIn or Role.MailIntake } => throw new ProblemException(Problem.NotAllowed),
        var caller => caller,
    };

    public static void AddPolicies(AuthorizationOptions options)
    {
        options.DefaultPolicy = new AuthorizationPolicyBuilder(ApiKeyHandler.Scheme).RequireAssertion(_ => false).Build();
        options.FallbackPolicy = null; // pages, the contract and health say AllowAnonymous themselves or are no endpoints
        Add(Organizer, Role.Organizer);
        Add(Partner, Role.Organizer, Role.Partner);
        Add(CheckIn, Role.Organizer, Role.CheckIn);
        Add(AnyKey, Role.Organizer, Role.Partner, Role.CheckIn, Role.MailIntake);
        Add(MailIntake, Role.MailIntake);

        void Add(string policy, params Role[] roles) => options.AddPolicy(policy, p => p.AddAuthenticationSchemes(ApiKeyHandler.Scheme).RequireRole([.. roles.Select(r => r.ToString())]));
    }
}
