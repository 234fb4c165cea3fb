namespace Isa.Events.Api.Features.Pages;

/// <summary>What pages with forms have in common.</summary>
/// <param name="Current">The event, with what is taken of its seats.</param>
/// <param name="Token">Of the link that was opened.</param>
/// <param name="Now">Deadlines pass.</param>
internal abstract record ShownPage(CurrentEvent Current, string Token, DateTimeOffset Now)
{
    public Event Event => Current.Event;

    /// <summary>The reader's.</summary>
    public abstract Language Language { get; }

    /// <summary>The form that was sent and not taken.</summary>
    public Sent? Sent { get; init; }

    /// <summary>What was done just now.</summary>
    public Sentence? Note { get; init; }

    /// <summary>What was not done, and why.</summary>
    public string? Alert { get; init; }

    public string Name(string siteId) => AttendeeState.NameOf(Event, siteId, Language);

    /// <summary>Stands for a form of what the page shows as it is now.</summary>
    public abstract string FormToken(RegistrationTokens tokens, PageForm form);

    /// <summary>The same page with a form that was not taken.</summary>
    public ShownPage Refused(SentForm sent, ProblemException refusal)
    {
        if (refusal.Problem == Problem.VersionMismatch) return this with { Alert = PageWording.Stale.In(Language) };
        var errors = refusal.Errors.Select(e => (Field: sent.FieldOf(e), Text: e.Text(Language))).DistinctBy(e => e.Field).ToList();
        return this with { Alert = refusal.Detail.In(Language), Sent = new Sent(sent, [.. errors.Select(e => (e.Field, e.Text, PersonFields.LabelOf(this, e.Field)))]) };
    }
}

/// <summary>A registration as its pages show it.</summary>
/// <param name="Found">It, for its person.</param>
/// <param name="Current">Its event, with what is taken of the seats.</param>
/// <param name="Wait">What it waits for.</param>
/// <param name="Again">The registration that its person made anew from its page.</param>
/// <param name="Token">Of the link that was opened.</param>
/// <param name="Now">Deadlines pass.</param>
internal sealed record PageView(FoundRegistration Found, CurrentEvent Current, RegistrationWait? Wait, Registration? Again, string Token, DateTimeOffset Now) : ShownPage(Current, Token, Now)
{
    public Registration Registration => Found.Registration;

    public Site Site => Event.Site(Registration.SiteId)!;

    public override Language Language => Registration.Language;

    /// <summary>The code that a registration which has ended was made with, where it registers its owner still: nobody types it twice.</summary>
    public string? InvitationCode { get; init; }

    public override string FormToken(RegistrationTokens tokens, PageForm form) => tokens.FormToken(form.Name(), Registration);

    public string Moment(DateTimeOffset at) => AttendeeState.MomentOf(Event, Registration, at);
}

/// <summary>A delegation as the page of its contact shows it.</summary>
/// <param name="Delegation">It, with its members.</param>
/// <param name="Current">Its event, with what is taken of the seats.</param>
/// <param name="MayConfirm">Whether it was opened by the link that confirms the contact's address; that one changes nothing else.</param>
/// <param name="Token">Of the link that was opened.</param>
/// <param name="Now">Deadlines pass.</param>
internal sealed record DelegationView(Delegation Delegation, CurrentEvent Current, bool MayConfirm, string Token, DateTimeOffset Now) : ShownPage(Current, Token, Now)
{
    public override Language Language => Delegation.Language;

    public FoundDelegation Found => new(Delegation, Event, Actor.Attendee, null);

    public List<Registration> Active => [.. Delegation.Members!.Where(m => m.IsActive)];

    public override string FormToken(RegistrationTokens tokens, PageForm form) => tokens.FormToken(form.Name(), Delegation);
}

/// <summary>A form that was not taken.</summary>
/// <param name="Form">What was typed.</param>
/// <param name="Errors">What is wrong, by field, with its label where it has one; an empty name for what is no field's.</param>
internal sealed record Sent(SentForm Form, IReadOnlyList<(string Field, string Text, string? Label)> Errors);
