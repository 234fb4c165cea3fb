using System.Text.Json;
using System.Text.Json.Nodes;

namespace Isa.Events.Api.Features.Registrations;

/// <summary>Changes what a registration says of its person: a merge patch (RFC 7396) over what <see cref="RegisterForEvent"/> takes. A new address makes all links new.</summary>
public sealed class UpdateRegistration(RegistrationAccess access, RegistrationTokens tokens) : EndpointWithoutRequest<Registration>
{
    private static readonly RegistrationRequestValidator Shape = new();
    private static readonly string[] OfTheSite = ["siteId", "whenFull", "fallbackSiteId"];
    private static readonly string[] UntilTheDeadline = ["audience", "answers"];
    private static readonly string[] InTheCalendar = ["fullName", "email", "language", "timeZone"];

    public override void Configure()
    {
        Patch("/registrations/{registration}");
        AllowAnonymous(); // by the manage token; with an id RegistrationAccess demands a key
    }

    public override async Task HandleAsync(CancellationToken ct)
    {
        Parameters.None(HttpContext);
        var found = await access.FindAsync(HttpContext, ct);
        var match = found.Actor == Actor.Organizer ? IfMatch.Require(HttpContext) : IfMatch.Read(HttpContext);
        var request = await Body.PatchAsync(HttpContext.Request, RegistrationRequest.From(found.Registration), ct);
        await access.SendAsync(HttpContext, await UpdateAsync(access, tokens, found, request, match, ct), found.Event, ct);
    }

    /// <summary>The same for whoever else takes the changes: the person's own page.</summary>
    /// <param name="access">Runs the work.</param>
    /// <param name="tokens">For links of what stands in the way.</param>
    /// <param name="found">As it was read.</param>
    /// <param name="request">What was read, with the changes in it.</param>
    /// <param name="match">The version that the caller expects, or null for any.</param>
    /// <param name="ct">Gives up.</param>
    internal static Task<Registration> UpdateAsync(RegistrationAccess access, RegistrationTokens tokens, FoundRegistration found, RegistrationRequest request, IfMatch? match, CancellationToken ct)
    {
        var wanted = Tidy(request);
        RefuseReadOnly(Changed(RegistrationRequest.From(found.Registration), wanted), found.Actor);
        Shape.Check(wanted, needsAddress: found.Registration.Email is not null); // a member of a delegation who came without one may stay without
        return access.WriteAsync(found, match, (session, evt, registration) => Update(session, evt, registration, found, wanted, tokens), ct);
    }

    /// <summary>Why nothing of it can be changed now, or null.</summary>
    internal static Problem? Refusal(Event evt, Registration registration, DateTimeOffset now) => !registration.IsActive ? Problem.RegistrationEnded : evt.EndedBy(now);

    /// <summary>Whether people may still change what places were given by: who they are, and what they answered.</summary>
    internal static bool MayChangeAnswers(Event evt, DateTimeOffset now) => !(now >= evt.RegistrationClosesAt);

    /// <summary>Whether it says this already.</summary>
    internal static bool IsSame(Registration registration, RegistrationRequest request) => Changed(RegistrationRequest.From(registration), Tidy(request)).Count == 0;

    /// <summary>The sites whose questions somebody is asked: where they attend, and where they may come to.</summary>
    internal static string?[] SitesOf(Registration registration, string? waitsFor) => [registration.SiteId, registration.FallbackSiteId, waitsFor];

    private static Registration Update(WriteSession session, Event evt, Registration registration, FoundRegistration found, RegistrationRequest request, RegistrationTokens tokens)
    {
        // The patch was laid over what was read; what somebody else has changed of the person since would be undone by it. A seat given meanwhile is no reason.
        var before = RegistrationRequest.From(registration);
        if (Changed(RegistrationRequest.From(found.Registration), before).Except(OfTheSite).Any()) throw new ProblemException(Problem.VersionMismatch).With("currentVersion", registration.Version);
        if (Refusal(evt, registration, session.Now) is { } ended) throw new ProblemException(ended);

        var wanted = request with { SiteId = registration.SiteId, Answers = AnswerRules.ToStore(request.Answers, evt, registration.Answers) };
        var fields = Changed(before, wanted);
        if (fields.Count == 0) return registration;
        CheckRules(session, evt, registration, request, fields, found.Actor, tokens);
        return Save(session, evt, registration, wanted, fields, found);
    }

    private static void CheckRules(WriteSession session, Event evt, Registration registration, RegistrationRequest request, List<string> fields, Actor actor, RegistrationTokens tokens)
    {
        if (registration.NameFollows && request.Email is not null && !fields.Contains("fullName")) throw ProblemException.Invalid("fullName", FieldCode.Required); // an address is somebody's
        var byOrganizer = actor == Actor.Organizer;
        if (!byOrganizer && !MayChangeAnswers(evt, session.Now) && fields.Find(UntilTheDeadline.Contains) is { } late) throw new ProblemException(Problem.RegistrationClosed, late, FieldCode.ReadOnly);
        // A place of one city's quota is not made one of another's behind its back.
        if (CityQuotas.Of(evt, request.City) is { } quota && quota != registration.QuotaCity && CityQuotas.Refusal(session, evt, request.City, registration.IsTest) is { } full) throw full;

        if (fields.Exists(UntilTheDeadline.Contains))
        {
            var waitsFor = registration.WaitlistEntryId is { } entry ? WaitlistEntry.Find(session, entry)?.SiteId : null;
            var sites = SitesOf(registration, waitsFor);
            foreach (var site in sites.OfType<string>())
                if (fields.Contains("audience") && request.RefusalBySite(evt, site, "siteId") is { } refusal) throw refusal;
            if (AnswerRules.Refusal(evt, sites, request.Audience, request.Language!.Value, request.Answers, registration.Answers) is { } wrong) throw wrong;
        }

        if (fields.Contains("email")) RefuseOther(Other(WithAddress), new ProblemException(Problem.AlreadyRegistered, "email", FieldCode.DuplicateValue));
        if (fields.Contains("externalId")) RefuseOther(Other(WithExternalId), new ProblemException(Problem.ExternalIdTaken, "externalId", FieldCode.DuplicateId));
        if (request.Email is null && fields.Contains("fullName")) RefuseOther(Rival.Namesake(session, registration, request.FullName!), Rival.SameName(new FieldError("fullName", FieldCode.DuplicateValue)));

        // The unique indexes say the same. Which registration it is learns only who may see that one.
        void RefuseOther(Registration? other, ProblemException refusal)
        {
            if (other is null) return;
            throw byOrganizer || actor == Actor.Partner && other.MadeBy == registration.MadeBy ? refusal.With("registrationId", other.Id).With("links", tokens.Links(other, evt)) : refusal;
        }

        Registration? Other(string sql) => session.One<Registration>(sql, new
        {
            registration.Id, registration.EventId, registration.IsTest, registration.MadeBy, request.ExternalId, EmailNormalised = request.Email is null ? null : EmailAddress.Normalise(request.Email),
        });
    }

    private static Registration Save(WriteSession session, Event evt, Registration before, RegistrationRequest wanted, List<string> fields, FoundRegistration found)
    {
        var named = before.NameFollows && fields.Contains("fullName");
        var person = wanted.ToRegistration(evt, before.MadeBy, before.IsTest);
        var moved = fields.Contains("email") && (before.Email is null || EmailAddress.Normalise(before.Email) != person.EmailNormalised);
        var told = moved && Registration.Find(session, before.Id!)!.Told is { Cancelled: false } entry ? entry : null;
        var leaves = before is { Email: not null, MailState: null } ? told : null;
        var after = before with
        {
            ExternalId = wanted.ExternalId,
            FullName = wanted.FullName!,
            Email = wanted.Email,
            FamilyName = wanted.FamilyName,
            RomanizedName = wanted.RomanizedName,
            FormOfAddress = wanted.FormOfAddress,
            JobTitle = wanted.JobTitle,
            Organisation = wanted.Organisation,
            City = wanted.City,
            QuotaCity = CityQuotas.Of(evt, wanted.City),
            Audience = wanted.Audience,
            Language = wanted.Language!.Value,
            TimeZone = wanted.TimeZone,
            Phone = wanted.Phone,
            CopyTo = wanted.CopyTo,
            ListensIn = wanted.ListensIn,
            Needs = wanted.Needs,
            Consents = wanted.Consents,
            Answers = wanted.Answers,
            NameFollows = before.NameFollows && !named,
            HoldEndsAt = named && before.Status != RegistrationStatus.PendingConfirmation ? null : before.HoldEndsAt,
            Revision = before.Revision + (leaves is not null ? 2 : fields.Exists(InTheCalendar.Contains) ? 1 : 0), // between the two lies the end of the entry that stays behind
            TokenVersion = before.TokenVersion + (moved ? 1 : 0),
            Version = before.Version + 1,
            UpdatedAt = session.Now,
        };
        if (moved) after = Answering.ForNewAddress(after);
        session.Require(UpdatePerson, new
        {
            after.Id, after.ExternalId, after.FullName, after.Email, person.EmailNormalised, person.NameNormalised, after.FamilyName, after.RomanizedName,
            after.FormOfAddress, after.JobTitle, after.Organisation, after.City, after.QuotaCity, after.Audience, after.Language, after.TimeZone, after.Phone, after.CopyTo, after.ListensIn, after.Needs,
            after.Consents, after.Answers, person.SortFamily, person.SortRomanized, person.OrganisationFolded, person.SearchText,
            after.NameFollows, after.HoldEndsAt,
            after.Reply, after.RepliedAt, after.ReplyComment, after.ReplySequence, after.ReplyStamp, after.DeclineTakesEffectAt, after.MailState, after.MailBouncedAt, after.MailBounceCode,
            after.Revision, after.TokenVersion, after.Version, after.UpdatedAt,
        }, () => new OvertakenException());
        HistoryRow.Add(session, after.Id!, "updated", found.Actor, found.ActorId, new HistoryDetails { Fields = fields });
        // A new address is confirmed as the first one would have been.
        var pending = after.Status == RegistrationStatus.PendingConfirmation;
        if (leaves is not null) OutboxRow.AddForFormer(session, evt.Id, after.Id!, before.Email!, leaves, before.TimeZone);
        if (told is not null) session.Execute(NoEntry, new { after.Id, Told = told with { Cancelled = true, By = null, Before = null } });

        OutboxRow.Add(session, moved && pending ? OutboxKind.AddressToConfirm : (named || before.Email is null && after.Email is not null) && !pending ? RegisterForEvent.KindOf(after.Status) : OutboxKind.RegistrationChanged, evt.Id, after.Id);
        return after;
    }

    // As it is stored, so that what comes to the same is no change.
    private static RegistrationRequest Tidy(RegistrationRequest request) => request with
    {
        Email = request.Email is null ? null : EmailAddress.Repair(request.Email),
        CopyTo = request.CopyTo is null ? null : EmailAddress.Repair(request.CopyTo),
        Consents = request.Consents is { Count: > 0 } ? request.Consents : null,
        Answers = request.Answers is { Count: > 0 } ? request.Answers : null,
    };

    private static void RefuseReadOnly(List<string> fields, Actor actor)
    {
        if (fields.Find(OfTheSite.Contains) is { } field) throw ProblemException.Invalid(field, FieldCode.ReadOnly).With("operation", "ChangeSite");
        if (fields.Contains("invitationCode")) throw ProblemException.Invalid("invitationCode", FieldCode.ReadOnly); // it was used or it was not
        if (fields.Contains("noticeVersion")) throw ProblemException.Invalid("noticeVersion", FieldCode.ReadOnly); // what was accepted then
        if (actor == Actor.Attendee && fields.Contains("externalId")) throw ProblemException.Invalid("externalId", FieldCode.ReadOnly); // the partner's own
    }

    /// <summary>Names of the members that differ.</summary>
    private static List<string> Changed(RegistrationRequest before, RegistrationRequest after)
    {
        var (was, now) = (Members(before), Members(after));
        return [.. was.Select(m => m.Key).Union(now.Select(m => m.Key)).Where(name => !JsonNode.DeepEquals(was[name], now[name]))];

        static JsonObject Members(RegistrationRequest request) => JsonSerializer.SerializeToNode(request, Json.Wire)!.AsObject();
    }

    private const string WithAddress = $"""
        SELECT {Registration.Columns} FROM registrations
        WHERE event_id = @EventId AND email_normalised = @EmailNormalised AND is_test = @IsTest AND status NOT IN ('cancelled', 'declined') AND id <> @Id
        """;

    private const string WithExternalId = $"""
        SELECT {Registration.Columns} FROM registrations
        WHERE event_id = @EventId AND made_by = @MadeBy AND external_id = @ExternalId AND status NOT IN ('cancelled', 'declined') AND id <> @Id
        """;

    // Whoever reads at the new address has none yet.
    private const string NoEntry = "UPDATE registrations SET told = @Told WHERE id = @Id";

    private const string UpdatePerson = """
        UPDATE registrations SET external_id = @ExternalId, full_name = @FullName, email = @Email, email_normalised = @EmailNormalised, name_normalised = @NameNormalised,
            family_name = @FamilyName, romanized_name = @RomanizedName, form_of_address = @FormOfAddress, job_title = @JobTitle, organisation = @Organisation, city = @City, quota_city = @QuotaCity,
            audience = @Audience, language = @Language, time_zone = @TimeZone, phone = @Phone, copy_to = @CopyTo, listens_in = @ListensIn, needs = @Needs, consents = @Consents,
            answers = @Answers, sort_family = @SortFamily, sort_romanized = @SortRomanized, organisation_folded = @OrganisationFolded, search_text = @SearchText,
            reply = @Reply, replied_at = @RepliedAt, reply_comment = @ReplyComment, reply_sequence = @ReplySequence, reply_stamp = @ReplyStamp, decline_takes_effect_at = @DeclineTakesEffectAt,
            mail_state = @MailState, mail_bounced_at = @MailBouncedAt, mail_bounce_code = @MailBounceCode,
            name_follows = @NameFollows, hold_ends_at = @HoldEndsAt, revision = @Revision, token_version = @TokenVersion, version = @Version,
            updated_at = @UpdatedAt
        WHERE id = @Id AND version = @Version - 1
        """;
}
