namespace Isa.Events.Api.Features.Registrations;

/// <summary>Which of an event's registrations a list shows, a file holds and a message is for: one wording, so that whoever can be listed can be written to. Absent members leave nobody out.</summary>
public record RegistrationFilter
{
    public string? SiteId { get; init; }

    public AttendanceMode? Mode { get; init; }

    public IReadOnlyList<RegistrationStatus>? Status { get; init; }

    public Audience? Audience { get; init; }

    public Language? Language { get; init; }

    /// <summary>As it stands in registrations.</summary>
    public string? City { get; init; }

    /// <summary>Part of the name of their organisation.</summary>
    public string? Organisation { get; init; }

    public string? DelegationId { get; init; }

    public string? ExternalId { get; init; }

    public string? Email { get; init; }

    /// <summary>Part of a name, an organisation or an address, or a whole reference.</summary>
    public string? Q { get; init; }

    public CalendarReply? Reply { get; init; }

    public AnswerAfterChange? AnswerAfterChange { get; init; }

    public MailState? MailState { get; init; }

    /// <summary>Null for all.</summary>
    protected virtual IReadOnlyList<RegistrationStatus>? Statuses => Status;

    /// <summary>What lists and files ask for alike: all but the status, which each takes in its own way, and the language, which files are written in.</summary>
    public static RegistrationFilter Read(Parameters query) => new()
    {
        SiteId = query.Line("siteId"), Mode = query.Name<AttendanceMode>("mode"), Audience = query.Name<Audience>("audience"), City = query.Line("city"), Organisation = query.Line("organisation"),
        DelegationId = query.Line("delegationId"), ExternalId = query.Line("externalId"), Q = query.Line("q"),
        Email = query.Line("email", 254) is not { } email ? null : EmailAddress.TryNormalise(email, out _, out _) ? email : throw new ProblemException(Problem.MalformedRequest, "email", FieldCode.InvalidEmail),
        Reply = query.Name<CalendarReply>("reply"), AnswerAfterChange = query.Name<AnswerAfterChange>("answerAfterChange"), MailState = query.Name<MailState>("mailState"),
    };

    /// <summary>Whether somebody is still among them, going by what they may have done since: come, gone, answered.</summary>
    public bool Takes(Registration registration) => Takes(registration.Status)
        && (Reply is null || Reply == (registration.Reply ?? CalendarReply.NeedsAction)) && (AnswerAfterChange is null || AnswerAfterChange == registration.AnswerAfterChange);

    /// <summary>What <see cref="Matches"/> asks for, of no event yet.</summary>
    public RegistrationMatch ToMatch() => new(this)
    {
        Organisation = Text.Pattern(Organisation), Email = Email is null ? null : EmailAddress.Normalise(Email), Q = Text.Pattern(Q), Reference = Q?.ToUpperInvariant(),
        PendingConfirmation = Takes(RegistrationStatus.PendingConfirmation), PendingApproval = Takes(RegistrationStatus.PendingApproval), Confirmed = Takes(RegistrationStatus.Confirmed),
        Waitlisted = Takes(RegistrationStatus.Waitlisted), Cancelled = Takes(RegistrationStatus.Cancelled), Declined = Takes(RegistrationStatus.Declined),
    };

    private bool Takes(RegistrationStatus status) => Statuses is not { } statuses || statuses.Contains(status);

    /// <summary>Registrations <c>r</c> as SQL.</summary>
    internal const string Matches = """
        r.event_id = @EventId AND r.is_test = @IsTest AND (@SiteId IS NULL OR r.site_id = @SiteId)
        AND (r.status = 'confirmed' AND @Confirmed OR r.status = 'waitlisted' AND @Waitlisted OR r.status = 'pendingApproval' AND @PendingApproval
            OR r.status = 'pendingConfirmation' AND @PendingConfirmation OR r.status = 'cancelled' AND @Cancelled OR r.status = 'declined' AND @Declined)
        AND (@Mode IS NULL OR EXISTS (SELECT 1 FROM sites s WHERE s.event_id = r.event_id AND s.id = r.site_id AND s.mode = @Mode))
        AND (@Audience IS NULL OR r.audience = @Audience) AND (@Language IS NULL OR r.language = @Language) AND (@City IS NULL OR r.city = @City)
        AND (@DelegationId IS NULL OR r.delegation_id = @DelegationId) AND (@ExternalId IS NULL OR r.external_id = @ExternalId) AND (@Email IS NULL OR r.email_normalised = @Email)
        AND (@Reply IS NULL OR COALESCE(r.reply, 'needsAction') = @Reply) AND (@AnswerAfterChange IS NULL OR r.answer_after_change = @AnswerAfterChange) AND (@MailState IS NULL OR r.mail_state = @MailState)
        AND (@Organisation IS NULL OR r.organisation_folded LIKE @Organisation ESCAPE '\') AND (@Q IS NULL OR r.search_text LIKE @Q ESCAPE '\' OR r.reference = @Reference)
        AND (@MadeBy IS NULL OR r.made_by = @MadeBy) AND (@Until IS NULL OR r.created_at <= @Until) AND (@UpdatedSince IS NULL OR r.updated_at >= @UpdatedSince)
        """;
}

/// <summary>A filter as SQL takes it: its texts are patterns, its address is normalised, and each status is asked for by itself.</summary>
public sealed record RegistrationMatch : RegistrationFilter
{
    internal RegistrationMatch(RegistrationFilter filter) : base(filter)
    {
    }

    public string EventId { get; init; } = "";

    public bool IsTest { get; init; }

    public bool PendingConfirmation { get; init; }

    public bool PendingApproval { get; init; }

    public bool Confirmed { get; init; }

    public bool Waitlisted { get; init; }

    public bool Cancelled { get; init; }

    public bool Declined { get; init; }

    public string? Reference { get; init; }

    /// <summary>Only those that this holder of keys made.</summary>
    public string? MadeBy { get; init; }

    /// <summary>Only those made by then.</summary>
    public DateTimeOffset? Until { get; init; }

    /// <summary>Only those changed since.</summary>
    public DateTimeOffset? UpdatedSince { get; init; }

    /// <summary>Where a page begins: after this value of what it is sorted by, then after this id.</summary>
    public DateTimeOffset? AfterInstant { get; init; }

    public string? AfterText { get; init; }

    public string? AfterId { get; init; }

    public int Limit { get; init; }
}
