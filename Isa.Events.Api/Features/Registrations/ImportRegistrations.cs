using Isa.Events.Api.Features.Imports;
using Isa.Events.Api.Telemetry;
using Microsoft.Extensions.Options;

namespace Isa.Events.Api.Features.Registrations;

/// <summary>Registers those who wrote or phoned, from a list. The rules are those of an organiser who registers them one by one; the same list again changes nothing.</summary>
public sealed class ImportRegistrations(EventsDatabase database, CurrentEvents events, RegistrationTokens tokens, IOptions<ServerSettings> settings, TimeProvider time, Measures measures)
    : EndpointWithoutRequest<ImportResult>
{
    /// <summary>What is imported whole or not at all is one transaction, and others wait for it: on PostgreSQL some seconds.</summary>
    public const int MaxRows = 2000;

    private const int Portion = 100;
    private static readonly RegistrationRequestValidator Shape = new();
    private static readonly IReadOnlyDictionary<string, Audience> Audiences = ImportRow.Words<Audience>(AudienceNames.Of);
    private static readonly IReadOnlyDictionary<string, WhenFull> WhenFulls = ImportRow.Words<WhenFull>();

    public override void Configure()
    {
        Post("/events/{event}/registrations/import");
        Policies(Access.Organizer);
    }

    public override async Task HandleAsync(CancellationToken ct)
    {
        IdempotencyKey.Read(HttpContext, nameof(ImportRegistrations)); // what comes twice changes nothing anyway
        var caller = HttpContext.GetCaller()!;
        var evt = (await events.GetAsync(Route<string>("event")!, caller, ct)).Event;
        if (evt.RefusalAt(time.GetUtcNow(), byOrganizer: true) is { } closed) throw new ProblemException(closed == Problem.EventNotFound ? Problem.EventNotPublished : closed);
        var query = new Parameters(HttpContext);
        var notice = query.Line("noticeVersion", 50);
        var file = await ImportFile.ReadAsync(HttpContext, query, [.. ImportColumn.OfRegistrations, .. ImportedAnswers.Columns(evt), ImportedAnswers.List], settings.Value.MaxImportBytes, MaxRows, ct);
        var requests = file.Rows.Select(row => (Row: row, Request: ToRequest(row, evt, notice))).ToList();
        var wrong = file.Faults.ToList();
        var right = requests.Where(r => r.Row.IsRight).ToList();

        var done = new Outcome();
        if (file.Partial && !file.DryRun)
        {
            foreach (var portion in right.Chunk(Portion)) done.Add(await database.WriteAsync(evt.Id, session => Import(session, evt.Id, portion, file, caller), ct));
        }
        else
        {
            try
            {
                done = await database.WriteAsync(evt.Id, session =>
                {
                    var outcome = Import(session, evt.Id, right, file, caller);
                    return file.DryRun || wrong.Count + outcome.Faults.Count > 0 ? throw new Undone<Outcome>(outcome) : outcome;
                }, ct);
            }
            catch (Undone<Outcome> undone)
            {
                done = undone.Outcome;
            }
        }

        List<ImportFault> faults = [.. wrong.Concat(done.Faults).OrderBy(f => f.Row)];
        var stored = !file.DryRun && (file.Partial || faults.Count == 0);
        foreach (var siteId in stored ? done.Sites : []) measures.Registration("registered", evt.Site(siteId)!.Mode);
        await ImportResult.SendAsync(HttpContext, file, new ImportResult { Created = done.Sites.Count, Unchanged = done.Unchanged, Mails = file.Send ? done.Sites.Count : 0 }, faults, ct);
    }

    private static RegistrationRequest ToRequest(ImportRow row, Event evt, string? notice)
    {
        var request = new RegistrationRequest
        {
            SiteId = Site(row, "siteId", evt), FullName = row["fullName"], Email = row["email"], Language = row.Language("language") ?? evt.DefaultLanguage, FamilyName = row["familyName"],
            RomanizedName = row["romanizedName"], FormOfAddress = row["formOfAddress"], JobTitle = row["jobTitle"], Organisation = row["organisation"], City = row["city"],
            Audience = row.Name("audience", Audiences), TimeZone = row["timeZone"], Phone = row["phone"], CopyTo = row["copyTo"], ListensIn = row.Language("listensIn"),
            Needs = row["needs"], ExternalId = row["externalId"], WhenFull = row.Name("whenFull", WhenFulls), FallbackSiteId = Site(row, "fallbackSiteId", evt),
            NoticeVersion = row["noticeVersion"] ?? notice, InvitationCode = row["invitationCode"], Answers = ImportedAnswers.Read(row, evt),
        };
        // What only the event knows comes along, so that nobody corrects a list twice; under the event's lock it is asked again.
        var refusals = request.RefusalsOfContent(evt).ToLookup(r => r.Problem == Problem.ValidationFailed);
        row.Refuse(Shape.Validate(request).Errors.Select(e => e.ToFieldError()).Concat(refusals[true].SelectMany(r => r.Errors)).Select(e => e with { Field = ImportedAnswers.Field(e.Field, request.Answers) }));
        row.Refuse(refusals[false].Select(r => new FieldError("", new FieldCode(r.Problem.Code, r.Problem.Detail))));
        return request;
    }

    // By its id, or by its name in any language.
    private static string? Site(ImportRow row, string member, Event evt)
    {
        if (row[member] is not { } text) return null;
        if (evt.Site(text) is { } byId) return byId.Id;
        var folded = Text.Fold(text);
        var named = evt.Sites.Where(s => Enum.GetValues<Language>().Any(l => s.Name[l] is { } name && Text.Fold(name) == folded)).ToList();
        if (named.Count == 1) return named[0].Id;
        row.Refuse(member, FieldCode.UnknownSite);
        return null;
    }

    // Runs in the group commit, perhaps more than once. A row that is refused has written nothing: every rule is checked before the first write of its registration.
    private Outcome Import(WriteSession session, string eventId, IReadOnlyList<(ImportRow Row, RegistrationRequest Request)> rows, ImportFile file, Caller caller)
    {
        var outcome = new Outcome();
        var evt = session.LockEvent(eventId);
        foreach (var (row, request) in rows)
        {
            try
            {
                var wanted = request.ToRegistration(evt, caller) with { Reference = NewRegistration.NewReference(settings.Value.ReferencePrefix) };
                var made = RegisterForEvent.Register(session, eventId, request, wanted, Rival.Of(wanted), new SeatLook { IsNeeded = true }, caller, tokens, settings.Value, tell: file.Send);
                outcome.Sites.Add(made.SiteId);
            }
            catch (ProblemException e) when (e.Problem == Problem.AlreadyRegistered || e.Problem == Problem.ExternalIdTaken)
            {
                if (Registration.Find(session, (string)e.Extensions["registrationId"]) is { } earlier && Is(session, earlier, request)) outcome.Unchanged++;
                else outcome.Refuse(row, request, e);
            }
            catch (ProblemException e)
            {
                outcome.Refuse(row, request, e);
            }
        }

        return outcome;
    }

    /// <summary>Whether a registration is what a row asks for. What the row does not say may be anything.</summary>
    private static bool Is(ReadSession session, Registration registration, RegistrationRequest request)
    {
        var waitsFor = registration.WaitlistEntryId is { } entry ? WaitlistEntry.Find(session, entry)?.SiteId : null;
        return (registration.SiteId == request.SiteId || waitsFor == request.SiteId)
            && Text.Fold(registration.FullName) == Text.Fold(request.FullName!)
            && registration.Email is not null && EmailAddress.Normalise(registration.Email) == EmailAddress.Normalise(request.Email!)
            && Agrees(request.FamilyName, registration.FamilyName) && Agrees(request.RomanizedName, registration.RomanizedName) && Agrees(request.FormOfAddress, registration.FormOfAddress)
            && Agrees(request.JobTitle, registration.JobTitle) && Agrees(request.Organisation, registration.Organisation) && Agrees(request.City, registration.City)
            && Agrees(request.TimeZone, registration.TimeZone) && Agrees(request.Phone, registration.Phone) && Agrees(request.Needs, registration.Needs)
            && Agrees(request.CopyTo is null ? null : EmailAddress.Repair(request.CopyTo), registration.CopyTo) && Agrees(request.ExternalId, registration.ExternalId)
            && (request.Audience is null || request.Audience == registration.Audience) && (request.ListensIn is null || request.ListensIn == registration.ListensIn)
            && (request.Answers ?? []).All(said => said.IsEmpty || registration.Answers?.Contains(said) == true);

        static bool Agrees(string? said, string? stored) => said is null || said == stored;
    }

    private sealed class Outcome
    {
        /// <summary>Where those who were registered are.</summary>
        public List<string> Sites { get; } = [];

        public long Unchanged { get; set; }

        public List<ImportFault> Faults { get; } = [];

        public void Add(Outcome other)
        {
            Sites.AddRange(other.Sites);
            Unchanged += other.Unchanged;
            Faults.AddRange(other.Faults);
        }

        // A rule's refusal keeps its code; values that are wrong keep theirs.
        public void Refuse(ImportRow row, RegistrationRequest request, ProblemException refusal)
        {
            if (refusal.Problem == Problem.ValidationFailed) Faults.AddRange(refusal.Errors.Select(e => new ImportFault(row.Number, row.Line, ImportedAnswers.Field(e.Field, request.Answers), e.Code, e.Arguments)));
            else Faults.Add(new ImportFault(row.Number, row.Line, refusal.Errors.Count > 0 ? refusal.Errors[0].Field : "", new FieldCode(refusal.Problem.Code, refusal.Problem.Detail)));
        }
    }
}
