namespace Isa.Events.Api.Features.Messages;

/// <summary>Whom of an event's registrations a message of its organiser is for: as in their list, except that those who are out, or have not confirmed their address, must be asked for.</summary>
public sealed record MessageFilter : RegistrationFilter
{
    private static readonly RegistrationStatus[] Unless = [RegistrationStatus.Confirmed, RegistrationStatus.Waitlisted, RegistrationStatus.PendingApproval];

    protected override IReadOnlyList<RegistrationStatus> Statuses => Status ?? Unless;

    /// <summary>Those it finds at an event.</summary>
    /// <param name="evt">Whose.</param>
    /// <param name="until">Only those made by then.</param>
    /// <param name="after">Only those after this id.</param>
    /// <param name="limit">At most so many.</param>
    public RegistrationMatch Of(Event evt, DateTimeOffset until, string after = "", int limit = 1) => ToMatch() with { EventId = evt.Id, IsTest = evt.IsTest, Until = until, AfterId = after, Limit = limit };
}
