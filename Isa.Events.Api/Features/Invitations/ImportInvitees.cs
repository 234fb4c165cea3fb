using Isa.Events.Api.Email;
using Isa.Events.Api.Features.Imports;
using Microsoft.Extensions.Options;

namespace Isa.Events.Api.Features.Invitations;

/// <summary>Takes over a list of people who are invited, each with a code of their own. The same list again changes nothing; nobody is removed.</summary>
public sealed class ImportInvitees(EventsDatabase database, CurrentEvents events, InvitationCodes codes, IOptions<ServerSettings> settings, TimeProvider time) : EndpointWithoutRequest<ImportResult>
{
    private static readonly InviteeValidator Shape = new();
    private static readonly IReadOnlyDictionary<string, Audience> Audiences = ImportRow.Words<Audience>(AudienceNames.Of);

    public override void Configure()
    {
        Post("/events/{event}/invitees/import");
        Policies(Access.Organizer);
    }

    public override async Task HandleAsync(CancellationToken ct)
    {
        IdempotencyKey.Read(HttpContext, nameof(ImportInvitees)); // what comes twice changes nothing anyway
        var known = (await events.GetAsync(Route<string>("event")!, HttpContext.GetCaller(), ct)).Event;
        var file = await ImportFile.ReadAsync(HttpContext, new Parameters(HttpContext), ImportColumn.OfInvitees, settings.Value.MaxImportBytes, ImportFile.MaxRows, ct);
        var rows = file.Rows.Select(row => ToInvitee(row, known)).ToList();
        // All in one transaction: 10,000 take less than a second of it, and a refused import leaves nothing behind.
        var (counts, faults) = file.DryRun
            ? await database.ReadAsync(session => Import(session, null, known, file, rows, time.GetUtcNow()), ct)
            : await database.WriteAsync(known.Id, session => Import(session, session, session.LockEvent(known.Id), file, rows, session.Now), ct);
        await ImportResult.SendAsync(HttpContext, file, counts, faults, ct);
    }

    // Before the transaction, with an id, which the code is derived from; null where the row is wrong.
    private Incoming? ToInvitee(ImportRow row, Event evt)
    {
        var language = row.Language("language");
        var invitee = new Invitee
        {
            Id = Invitee.IdPrefix + OrderedId.New(time.GetUtcNow()), EventId = evt.Id, ExternalId = row["externalId"], FullName = row["fullName"] ?? "", Email = row["email"],
            FamilyName = row["familyName"], RomanizedName = row["romanizedName"], FormOfAddress = row["formOfAddress"], JobTitle = row["jobTitle"], Organisation = row["organisation"],
            City = row["city"], Audience = row.Name("audience", Audiences), Language = language ?? evt.DefaultLanguage, Phone = row["phone"],
        };
        row.Refuse(Shape.Validate(invitee).Errors.Select(e => e.ToFieldError()));
        if (!row.IsRight) return null;
        invitee = InviteeMatch.Normalised(invitee);
        return new Incoming(row, invitee, language is not null, InvitationCodes.Hash(codes.Create(invitee.Id, invitee.CodeVersion))!);
    }

    /// <param name="session">Where invitees are looked for.</param>
    /// <param name="write">The same, where they are stored.</param>
    /// <param name="evt">The event, locked where they are stored.</param>
    /// <param name="file">What was sent.</param>
    /// <param name="rows">Those of its rows that are right.</param>
    /// <param name="now">The clock.</param>
    private static (ImportResult, IReadOnlyList<ImportFault>) Import(ReadSession session, WriteSession? write, Event evt, ImportFile file, List<Incoming?> rows, DateTimeOffset now)
    {
        evt.RefuseOnceEnded(now);
        if (file.Send && evt.Status != EventStatus.Published) throw new ProblemException(Problem.EventNotPublished);

        var match = new InviteeMatch(session.Query<Invitee>(OfEvent, new { EventId = evt.Id }));
        var changes = match.Place(rows.OfType<Incoming>());
        List<ImportFault> faults = [.. file.Faults.Concat(match.Faults).OrderBy(f => f.Row)];
        if (faults.Count > 0 && !file.Partial) write = null;
        var mails = 0L;
        foreach (var (incoming, before, after) in changes)
        {
            var mail = file.Send && after is { InvitedAt: null, Email: not null, State: InviteeState.Invited };
            if (mail) mails++;
            if (write is null || before == after && !mail) continue;
            var stored = after with { InvitedAt = mail ? now : after.InvitedAt, Version = before is null ? 1 : after.Version + 1, CreatedAt = before?.CreatedAt ?? now, UpdatedAt = now };
            if (before is null) write.Execute(Insert, new NewInvitee(stored, incoming.CodeHash));
            else write.Require(Update, stored, () => new OvertakenException());
            if (mail) OutboxRow.Add(write, OutboxKind.Invitation, evt.Id, null, new OutboxDetails { InviteeId = stored.Id });
        }

        var counts = new ImportResult
        {
            Created = changes.Count(c => c.Before is null), Updated = changes.Count(c => c.Before is not null && c.Before != c.After), Unchanged = changes.Count(c => c.Before == c.After), Mails = mails,
            Revoked = changes.Count(c => c.After.State == InviteeState.Revoked) is > 0 and var revoked ? revoked : null,
        };
        return (counts, faults);
    }

    private const string OfEvent = $"SELECT {Invitee.Columns} FROM invitees WHERE event_id = @EventId ORDER BY id";

    private const string Insert = """
        INSERT INTO invitees (id, event_id, state, code_hash, code_version, external_id, full_name, email, email_normalised, name_normalised, family_name, romanized_name,
            form_of_address, job_title, organisation, city, audience, language, phone, search_text, version, invited_at, created_at, updated_at)
        VALUES (@Id, @EventId, 'invited', @CodeHash, @CodeVersion, @ExternalId, @FullName, @Email, @EmailNormalised, @NameNormalised, @FamilyName, @RomanizedName,
            @FormOfAddress, @JobTitle, @Organisation, @City, @Audience, @Language, @Phone, @SearchText, 1, @InvitedAt, @CreatedAt, @UpdatedAt)
        """;

    private const string Update = """
        UPDATE invitees SET external_id = @ExternalId, full_name = @FullName, email = @Email, email_normalised = @EmailNormalised, name_normalised = @NameNormalised,
            family_name = @FamilyName, romanized_name = @RomanizedName, form_of_address = @FormOfAddress, job_title = @JobTitle, organisation = @Organisation, city = @City,
            audience = @Audience, language = @Language, phone = @Phone, search_text = @SearchText, version = @Version, invited_at = @InvitedAt, updated_at = @UpdatedAt
        WHERE id = @Id AND version = @Version - 1
        """;

    private sealed record NewInvitee : Invitee
    {
        public NewInvitee(Invitee invitee, byte[] codeHash) : base(invitee) => CodeHash = codeHash;

        public byte[] CodeHash { get; }
    }
}

public sealed class InviteeValidator : Validator<Invitee>
{
    public InviteeValidator()
    {
        RuleFor(i => i.FullName).Must(name => name.Length > 0).Fails(FieldCode.Required);
        RuleFor(i => i.FullName).PersonName();
        RuleFor(i => i.Email).MailAddressOfPerson(Resolve<OwnAddresses>);
        this.Person();
        RuleFor(i => i.Phone).PhoneNumber();
        RuleFor(i => i.ExternalId).Line(100);
    }
}
