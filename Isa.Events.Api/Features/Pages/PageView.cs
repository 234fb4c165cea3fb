namespace Isa.Events.Api.Features.Pages;

/// <summary>A registration as its pages show it.</summary>
/// <param name="Found">It, for its person.</param>
/// <param name="Current">Its event, with what is taken of the seats.</param>
/// <param name="Wait">What it waits for.</param>
/// <param name="Again">The registration that its person made anew from its page.</param>
/// <param name="Token">Of the link that was opened.</param>
/// <param name="Now">Deadlines pass.</param>
internal sealed record PageView(FoundRegistration Found, CurrentEvent Current, RegistrationWait? Wait, Registration? Again, string Token, DateTimeOffset Now)
{
    public Registration Registration => Found.Registration;

    public Event Event => Current.Event;

    public Site Site => Event.Site(Registration.SiteId)!;

    public Language Language => Registration.Language;

    /// <summary>The code that a registration which has ended was made with, where it registers its owner still: nobody types it twice.</summary>
    public string? InvitationCode { get; init; }

    /// <summary>The form that was sent and not taken.</summary>
    public Sent? Sent { get; init; }

    /// <summary>What was done just now.</summary>
    public Sentence? Note { get; init; }

    /// <summary>What was not done, and why.</summary>
    public string? Alert { get; init; }

    public string Name(string siteId) => AttendeeState.NameOf(Event, siteId, Language);

    public string Moment(DateTimeOffset at) => AttendeeState.MomentOf(Event, Registration, at);
}

/// <summary>A form that was not taken.</summary>
/// <param name="Form">What was typed.</param>
/// <param name="Errors">What is wrong, by field, with its label where it has one; an empty name for what is no field's.</param>
internal sealed record Sent(SentForm Form, IReadOnlyList<(string Field, string Text, string? Label)> Errors);
