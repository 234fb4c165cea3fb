using Isa.Events.Api.Email;
using Isa.Events.Api.Features.Actions;
using Isa.Events.Api.Features.Invites;
using Microsoft.Extensions.Options;

namespace Isa.Events.Api.Features.Messages;

/// <summary>An organiser's own words to those of an event's registrations whom they choose. Shown before it is sent, and sent to as many as were shown.</summary>
public sealed class SendMessage(EventsDatabase database, CurrentEvents events, Letters letters, EventInvites invites, MessageWriter writer, IOptions<EmailSettings> settings, TimeProvider time) : Endpoint<MessageRequest, SentMessage>
{
    public override void Configure()
    {
        Post("/events/{event}/messages");
        Policies(Access.Organizer);
    }

    public override async Task HandleAsync(MessageRequest request, CancellationToken ct)
    {
        var query = new Parameters(HttpContext);
        var dryRun = query.Flag("dryRun");
        query.RefuseOthers();
        var caller = HttpContext.GetCaller()!;
        var evt = (await events.GetAsync(Route<string>("event")!, caller, ct)).Event;
        var filter = request.Filter ?? new MessageFilter();
        if (filter.SiteId is { } site && evt.Site(site) is null) throw ProblemException.Invalid("filter.siteId", FieldCode.UnknownSite);
        HttpContext.Response.Headers.CacheControl = "no-store";
        if (dryRun)
        {
            await Send.ResultAsync(TypedResults.Json(await PreviewAsync(evt, request, filter, ct), Json.Wire));
            return;
        }

        if (request.TestTo is null && request.ExpectedCount is null) throw ProblemException.Invalid("expectedCount", FieldCode.Required);
        var key = IdempotencyKey.Read(HttpContext, nameof(SendMessage));
        var created = await key.WriteAsync(database, evt.Id, request, session => request.TestTo is null ? Write(session, evt.Id, request, filter, caller.KeyId) : WriteTest(session, evt.Id, request, filter, caller.KeyId), ct);
        created.Mark(HttpContext);
        var action = await database.ReadAsync(session => ActionRow.Find(session, evt.Id, created.ResourceId), ct) ?? throw new ProblemException(Problem.ActionNotFound);
        await Send.ResponseAsync(new SentMessage(new HeldAction(action.Id, action.UndoableUntil, action.Affected)), StatusCodes.Status202Accepted, ct);
    }

    private async Task<MessagePreview> PreviewAsync(Event evt, MessageRequest request, MessageFilter filter, CancellationToken ct)
    {
        var now = time.GetUtcNow();
        var (groups, example, empty) = await database.ReadAsync(session => (session.Query<Group>(Groups, filter.Of(evt, now)), Example(session, evt, filter, now), Empty(session, evt, request, filter, now)), ct);
        var shown = example is null ? null : await letters.ContentAsync(evt.Id, (session, current) => About(session, current, request.Words, now, example, filter.Of(current, now)), ct);
        return new MessagePreview
        {
            Count = groups.Sum(g => g.People),
            WithoutAddress = groups.Sum(g => g.WithoutAddress),
            Bounced = groups.Sum(g => g.Bounced),
            Empty = empty.Sum(letter => letter.People),
            EmptyWithout = [.. empty.SelectMany(letter => letter.Lacking.Select(name => (Name: name, letter.People))).GroupBy(one => one.Name).Select(g => new MissingName(g.Key, g.Sum(one => one.People))).OrderByDescending(missing => missing.Count).ThenBy(missing => missing.Name, StringComparer.Ordinal)],
            ByLanguage = [.. groups.GroupBy(g => g.Language).Select(g => new LanguageCount(g.Key, g.Sum(x => x.People)))],
            BySite = [.. groups.GroupBy(g => g.SiteId).Select(g => new SiteCount(g.Key, g.Sum(x => x.People)))],
            Example = shown is null ? null : new MessageExample(example!.Id!, shown.Language, MessageParts.Line(shown.Subject), MessagePage.Text(shown), MessagePage.Page(shown)),
        };
    }

    private string Write(WriteSession session, string eventId, MessageRequest request, MessageFilter filter, string? keyId)
    {
        var evt = session.LockEvent(eventId);
        var count = session.Query<Group>(Groups, filter.Of(evt, session.Now)).Sum(g => g.People);
        if (count == 0) throw new ProblemException(Problem.NoRecipients);
        if (count != request.ExpectedCount) throw new ProblemException(Problem.RecipientsChanged).With("count", count);
        var hold = ActionHold.Of(session, settings.Value);
        var action = Action(session, evt, request, filter, keyId) with { Kind = ActionKind.MessageSent, Affected = count };
        action = hold is null ? action : action with { Id = hold.ActionId, UndoableUntil = hold.Until };
        action.Insert(session);
        OutboxRow.AddMessage(session, evt.Id, action.Id, null, null, action.UndoableUntil);
        return action.Id;
    }

    private static string WriteTest(WriteSession session, string eventId, MessageRequest request, MessageFilter filter, string? keyId)
    {
        var evt = session.LockEvent(eventId);
        var example = Example(session, evt, filter, session.Now) ?? throw new ProblemException(Problem.NoRecipients);
        var action = Action(session, evt, request, filter, keyId) with { Kind = ActionKind.MessageTested, Affected = 1 };
        action.Insert(session);
        var forContact = example is { Email: null, DelegationId: not null };
        OutboxRow.AddMessage(session, evt.Id, action.Id, forContact ? null : example.Id, forContact ? example.DelegationId : null, session.Now);
        return action.Id;
    }

    private static ActionRow Action(WriteSession session, Event evt, MessageRequest request, MessageFilter filter, string? keyId) => new()
    {
        Id = ActionRow.NewId(session), EventId = evt.Id, KeyId = keyId, CreatedAt = session.Now, UndoableUntil = session.Now,
        Details = new ActionDetails { Subject = request.Subject, Body = request.Body, Filter = filter, TestTo = request.TestTo },
    };

    // One with an address where there is any.
    private static Registration? Example(ReadSession session, Event evt, MessageFilter filter, DateTimeOffset now) => session.One<Registration>(First, filter.Of(evt, now));

    // A text without conditions and names is the same for everybody, and was refused where it was empty.
    private List<(IReadOnlyCollection<string> Lacking, long People)> Empty(ReadSession session, Event evt, MessageRequest request, MessageFilter filter, DateTimeOffset now)
    {
        if (!Enum.GetValues<Language>().Any(language => request.Body![language]?.Contains('{', StringComparison.Ordinal) == true)) return [];
        var match = filter.Of(evt, now);
        return
        [
            .. from person in session.Query<Registration>(All, match)
               group person by person is { Email: null, DelegationId: { } delegation } ? delegation : person.Id! into people
               let matter = About(session, evt, request.Words, now, people.First(), match)
               let lacking = writer.WhyEmpty(matter, invites.Get(session, evt, matter.Language))
               where lacking is not null
               select (lacking, people.LongCount()),
        ];
    }

    private static Matter About(ReadSession session, Event evt, OrganizerWords words, DateTimeOffset now, Registration example, RegistrationMatch match) => example is { Email: null, DelegationId: { } delegation } && Delegation.Find(session, delegation) is { } contact
        ? Matter.OfMessage(session, evt, words, now, null, contact, Delegation.MembersOf(session, delegation, match))
        : Matter.OfMessage(session, evt, words, now, example);

    private sealed record Group
    {
        public Language Language { get; init; }

        public string SiteId { get; init; } = "";

        public long People { get; init; }

        public long WithoutAddress { get; init; }

        public long Bounced { get; init; }
    }

    private const string Groups = $"""
        SELECT (CASE WHEN r.email IS NULL THEN COALESCE(d.language, r.language) ELSE r.language END) AS language, r.site_id, COUNT(*) AS people, COUNT(*) - COUNT(r.email) AS without_address, COUNT(r.mail_state) AS bounced
        FROM registrations r LEFT JOIN delegations d ON d.id = r.delegation_id
        WHERE {RegistrationFilter.Matches}
        GROUP BY (CASE WHEN r.email IS NULL THEN COALESCE(d.language, r.language) ELSE r.language END), r.site_id
        ORDER BY 1, r.site_id
        """;

    private const string All = $"SELECT {Registration.Columns} FROM registrations WHERE id IN (SELECT r.id FROM registrations r WHERE {RegistrationFilter.Matches}) ORDER BY id";

    private const string First = $"""
        SELECT {Registration.Columns} FROM registrations
        WHERE id = (SELECT r.id FROM registrations r WHERE {RegistrationFilter.Matches} ORDER BY (CASE WHEN r.email IS NULL THEN 1 ELSE 0 END), r.id LIMIT 1)
        """;
}

/// <summary>A message of an organiser.</summary>
public sealed record MessageRequest
{
    /// <summary>A template of one line.</summary>
    public Texts? Subject { get; init; }

    /// <summary>A template of paragraphs, after the greeting.</summary>
    public Texts? Body { get; init; }

    /// <summary>Whom it is for.</summary>
    public MessageFilter? Filter { get; init; }

    /// <summary>The address that alone gets it, to look at it.</summary>
    public string? TestTo { get; init; }

    /// <summary>How many the preview said it is for.</summary>
    public long? ExpectedCount { get; init; }

    internal OrganizerWords Words => new(Subject, Body);
}

public sealed class MessageRequestValidator : Validator<MessageRequest>
{
    public MessageRequestValidator()
    {
        RuleFor(r => r.Subject).Present().Texts(OrganizerTemplate.MaxSubject, multiLine: false);
        RuleFor(r => r.Subject).Templates();
        RuleFor(r => r.Body).Present().Texts(OrganizerTemplate.MaxBody, multiLine: true);
        RuleFor(r => r.Body).Templates();
        RuleFor(r => r.TestTo).MailAddressOfOffice(Resolve<OwnAddresses>);
        RuleFor(r => r.ExpectedCount).Between(0, 1_000_000);
        RuleFor(r => r.Filter!.SiteId).Line(40).When(r => r.Filter is not null);
        // Whose address nobody has confirmed gets the question whether it is theirs, and nothing else.
        RuleFor(r => r.Filter!.Status).Must(list => list is null || !list.Contains(RegistrationStatus.PendingConfirmation))
            .Fails(FieldCode.UnknownValue, "confirmed, waitlisted, pendingApproval, cancelled, declined").When(r => r.Filter is not null);
        RuleFor(r => r.Filter!.City).Line(100).When(r => r.Filter is not null);
        RuleFor(r => r.Filter!.Organisation).Line(200).When(r => r.Filter is not null);
        RuleFor(r => r.Filter!.DelegationId).Line(100).When(r => r.Filter is not null);
        RuleFor(r => r.Filter!.ExternalId).Line(100).When(r => r.Filter is not null);
        RuleFor(r => r.Filter!.Email).MailAddress().When(r => r.Filter is not null);
        RuleFor(r => r.Filter!.Q).Line(200).When(r => r.Filter is not null);
    }
}

/// <summary>A message that will be sent.</summary>
/// <param name="Action">Undo it, and nobody gets it.</param>
public sealed record SentMessage(HeldAction Action);

/// <summary>Whom a message would go to, and how it would look.</summary>
public sealed record MessagePreview
{
    /// <summary>How many registrations it is for.</summary>
    public required long Count { get; init; }

    /// <summary>How many of them are told through the contact of their delegation.</summary>
    public required long WithoutAddress { get; init; }

    /// <summary>To how many of them an earlier mail came back.</summary>
    public required long Bounced { get; init; }

    /// <summary>How many of them would get nothing, because nothing comes out of the text for them.</summary>
    public required long Empty { get; init; }

    /// <summary>What the text asks for and those have not, with how many of them.</summary>
    public required IReadOnlyList<MissingName> EmptyWithout { get; init; }

    public required IReadOnlyList<LanguageCount> ByLanguage { get; init; }

    public required IReadOnlyList<SiteCount> BySite { get; init; }

    /// <summary>Absent where it is for nobody.</summary>
    public MessageExample? Example { get; init; }
}

public sealed record LanguageCount(Language Language, long Count);

public sealed record SiteCount(string SiteId, long Count);

/// <summary>A name of a template that says nothing of some people.</summary>
public sealed record MissingName(string Name, long Count);

/// <summary>A message as one of them would get it.</summary>
public sealed record MessageExample(string RegistrationId, Language Language, string Subject, string Text, string Html);
