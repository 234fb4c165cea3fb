namespace Isa.Events.Api.Features.Registrations;

/// <summary>What stands in the way of a new registration of an event, asked in one statement. The unique indexes say the same.</summary>
public sealed record Rival
{
    /// <summary>The active registration with the same address.</summary>
    public string? WithAddress { get; init; }

    /// <summary>The active registration of the same partner with the same id of theirs.</summary>
    public string? WithExternalId { get; init; }

    public bool HoldsReference { get; init; }

    /// <summary>What a read sees before there is a new registration.</summary>
    public static Rival Find(ReadSession session, Event evt, RegistrationRequest request, Caller caller) => session.One<Rival>(Taken, new
    {
        EventId = evt.Id, EmailNormalised = EmailAddress.Normalise(request.Email!), IsTest = caller.IsTest || evt.IsTest, MadeBy = caller.HolderId, request.ExternalId,
    })!;

    /// <summary>What stands in the way of this registration, its reference among it. Asked under the event's lock; the insert relies on the unique indexes.</summary>
    public static Ahead<Rival> Of(NewRegistration wanted) => new(TakenOrReference, new
    {
        wanted.EventId, wanted.EmailNormalised, wanted.IsTest, wanted.MadeBy, wanted.ExternalId, wanted.Reference,
    });

    /// <summary>The refusal it means, or null. Which registration it is learns only who may see that one.</summary>
    public ProblemException? Refusal(ReadSession session, Event evt, Caller caller, RegistrationTokens tokens)
    {
        if ((WithAddress ?? WithExternalId) is not { } id) return null;
        var refusal = WithAddress is not null ? new ProblemException(Problem.AlreadyRegistered, "email", FieldCode.DuplicateValue) : new ProblemException(Problem.ExternalIdTaken, "externalId", FieldCode.DuplicateId);
        var registration = Registration.Find(session, id)!;
        return caller.IsOrganizer || caller.ActorId is not null && registration.MadeBy == caller.HolderId ? refusal.With("registrationId", id).With("links", tokens.Links(registration, evt)) : refusal;
    }

    /// <summary>Another member of its delegation who has the name and no address either: members without one are told apart by their names.</summary>
    public static Registration? Namesake(ReadSession session, Registration member, string fullName) =>
        session.One<Registration>(WithName, new { member.Id, member.DelegationId, NameNormalised = Text.Fold(fullName) });

    /// <summary>What a namesake means.</summary>
    public static ProblemException SameName(params IReadOnlyList<FieldError> errors) => new(Problem.AlreadyRegistered, errors) { Detail = NameTaken };

    private static readonly Sentence NameTaken = new("In dieser Delegation ist schon jemand mit diesem Namen angemeldet.", "Somebody with this name is already registered in this delegation.", "该代表团中已有同名人员报名。");

    private const string WithName = $"""
        SELECT {Registration.Columns} FROM registrations
        WHERE delegation_id = @DelegationId AND name_normalised = @NameNormalised AND email_normalised IS NULL AND status NOT IN ('cancelled', 'declined') AND id <> @Id
        """;

    private const string Taken = """
        SELECT
            (SELECT id FROM registrations
                WHERE event_id = @EventId AND email_normalised = @EmailNormalised AND is_test = @IsTest AND status NOT IN ('cancelled', 'declined')) AS with_address,
            (SELECT id FROM registrations
                WHERE event_id = @EventId AND made_by = @MadeBy AND external_id = @ExternalId AND status NOT IN ('cancelled', 'declined')) AS with_external_id
        """;

    private const string TakenOrReference = $"{Taken}, EXISTS (SELECT 1 FROM registrations WHERE event_id = @EventId AND reference = @Reference AND replaced_by IS NULL) AS holds_reference";
}
