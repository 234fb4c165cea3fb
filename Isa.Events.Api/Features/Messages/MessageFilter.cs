namespace Isa.Events.Api.Features.Messages;

/// <summary>Whom of an event's registrations a message of its organiser is for. Absent members leave nobody out, except that those who are out, or have not confirmed their address, must be asked for.</summary>
public sealed record MessageFilter
{
    public string? SiteId { get; init; }

    public AttendanceMode? Mode { get; init; }

    /// <summary>Null for those who have a place, wait for one or for the organiser's word.</summary>
    public IReadOnlyList<RegistrationStatus>? Status { get; init; }

    public Audience? Audience { get; init; }

    public Language? Language { get; init; }

    /// <summary>As it stands in registrations.</summary>
    public string? City { get; init; }

    /// <summary>Part of the name of their organisation.</summary>
    public string? Organisation { get; init; }

    public string? DelegationId { get; init; }

    /// <summary>Part of a name, an organisation or an address, or a whole reference.</summary>
    public string? Q { get; init; }

    private static readonly RegistrationStatus[] Unless = [RegistrationStatus.Confirmed, RegistrationStatus.Waitlisted, RegistrationStatus.PendingApproval];

    /// <summary>Whether somebody in this state is among them.</summary>
    public bool Takes(RegistrationStatus status) => (Status ?? Unless).Contains(status);

    /// <summary>What <see cref="Matches"/> asks for.</summary>
    /// <param name="evt">Whose.</param>
    /// <param name="until">Only those made by then.</param>
    /// <param name="after">Only those after this id.</param>
    /// <param name="limit">At most so many.</param>
    public MessageTarget Of(Event evt, DateTimeOffset until, string after = "", int limit = 1) => new()
    {
        EventId = evt.Id, IsTest = evt.IsTest, Until = until, After = after, Limit = limit, SiteId = SiteId, Mode = Mode, Audience = Audience, Language = Language, DelegationId = DelegationId,
        City = City, Organisation = Text.Pattern(Organisation), Q = Text.Pattern(Q), Reference = Q?.ToUpperInvariant(),
        Confirmed = Takes(RegistrationStatus.Confirmed), Waitlisted = Takes(RegistrationStatus.Waitlisted), PendingApproval = Takes(RegistrationStatus.PendingApproval),
        Cancelled = Takes(RegistrationStatus.Cancelled), Declined = Takes(RegistrationStatus.Declined),
    };

    /// <summary>Registrations <c>r</c> as SQL.</summary>
    internal const string Matches = """
        r.event_id = @EventId AND r.is_test = @IsTest AND r.created_at <= @Until AND (@SiteId IS NULL OR r.site_id = @SiteId)
        AND (@Mode IS NULL OR EXISTS (SELECT 1 FROM sites s WHERE s.event_id = r.event_id AND s.id = r.site_id AND s.mode = @Mode))
        AND (r.status = 'confirmed' AND @Confirmed OR r.status = 'waitlisted' AND @Waitlisted OR r.status = 'pendingApproval' AND @PendingApproval
            OR r.status = 'cancelled' AND @Cancelled OR r.status = 'declined' AND @Declined)
        AND (@Audience IS NULL OR r.audience = @Audience) AND (@Language IS NULL OR r.language = @Language) AND (@DelegationId IS NULL OR r.delegation_id = @DelegationId)
        AND (@City IS NULL OR r.city = @City) AND (@Organisation IS NULL OR r.organisation_folded LIKE @Organisation ESCAPE '\') AND (@Q IS NULL OR r.search_text LIKE @Q ESCAPE '\' OR r.reference = @Reference)
        """;
}

/// <summary>A filter as SQL takes it.</summary>
public sealed record MessageTarget
{
    public string EventId { get; init; } = "";

    public bool IsTest { get; init; }

    public DateTimeOffset Until { get; init; }

    public string After { get; init; } = "";

    public int Limit { get; init; }

    public string? SiteId { get; init; }

    public AttendanceMode? Mode { get; init; }

    public Audience? Audience { get; init; }

    public Language? Language { get; init; }

    public string? DelegationId { get; init; }

    public string? City { get; init; }

    public string? Organisation { get; init; }

    public string? Q { get; init; }

    public string? Reference { get; init; }

    public bool Confirmed { get; init; }

    public bool Waitlisted { get; init; }

    public bool PendingApproval { get; init; }

    public bool Cancelled { get; init; }

    public bool Declined { get; init; }
}
