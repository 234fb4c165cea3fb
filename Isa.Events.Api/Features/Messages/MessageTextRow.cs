using System.Text.Json;
using Isa.Events.Api.Email;

namespace Isa.Events.Api.Features.Messages;

/// <summary>An organiser's own words for one kind of message of an event, as they are stored.</summary>
public sealed record MessageTextRow
{
    public MessageKind Kind { get; init; }

    public OrganizerWords Texts { get; init; } = new(null, null);

    public DateTimeOffset UpdatedAt { get; init; }

    /// <summary>The kind that an address names.</summary>
    /// <exception cref="ProblemException"><see cref="Problem.NotFound"/>, also for messages that have no words of the product.</exception>
    public static MessageKind KindOf(string name) =>
        Enum.GetValues<MessageKind>().Cast<MessageKind?>().FirstOrDefault(k => k != MessageKind.OrganizerMessage && RowTypes.Name(k!.Value) == name) ?? throw new ProblemException(Problem.NotFound);

    public static MessageTextRow? Find(ReadSession session, string eventId, MessageKind kind) => session.One<MessageTextRow>(ByKind, new { EventId = eventId, Kind = kind });

    public static List<MessageTextRow> Of(ReadSession session, string eventId) => session.Query<MessageTextRow>(All, new { EventId = eventId });

    /// <summary>What <c>If-Match</c> compares. Edits are not counted here; whoever brings words back to what they were has lost nobody's.</summary>
    /// <param name="row">Null where the product's words are in force.</param>
    public static string MarkOf(MessageTextRow? row) => row is null ? "0" : Conditional.Mark(JsonSerializer.SerializeToUtf8Bytes(row.Texts, Json.Stored));

    public void Store(WriteSession session, string eventId) => session.Execute(Put, new { EventId = eventId, Kind, Texts, session.Now });

    public static void Remove(WriteSession session, string eventId, MessageKind kind) => session.Execute(Delete, new { EventId = eventId, Kind = kind });

    /// <summary>Gives an event the words of another.</summary>
    public static void Copy(WriteSession session, string fromEvent, string toEvent) => session.Execute(CopyAll, new { EventId = fromEvent, NewId = toEvent, session.Now });

    private const string Select = "SELECT kind, texts, updated_at FROM message_texts WHERE event_id = @EventId";

    private const string ByKind = $"{Select} AND kind = @Kind";

    private const string All = Select;

    private const string Put = """
        INSERT INTO message_texts (event_id, kind, texts, updated_at) VALUES (@EventId, @Kind, @Texts, @Now)
        ON CONFLICT (event_id, kind) DO UPDATE SET texts = excluded.texts, updated_at = excluded.updated_at
        """;

    private const string Delete = "DELETE FROM message_texts WHERE event_id = @EventId AND kind = @Kind";

    private const string CopyAll = "INSERT INTO message_texts (event_id, kind, texts, updated_at) SELECT @NewId, kind, texts, @Now FROM message_texts WHERE event_id = @EventId";
}

/// <summary>Subject and body of a message, as templates. Either may be absent: then the product's own stays.</summary>
public sealed record MessageWords
{
    public string? Subject { get; init; }

    public string? Body { get; init; }
}

/// <summary>The words of a message in the languages they were written in.</summary>
public sealed record MessageTextWords
{
    public MessageWords? De { get; init; }

    public MessageWords? En { get; init; }

    public MessageWords? Zh { get; init; }

    internal OrganizerWords Words => new(OrNull(w => w.Subject), OrNull(w => w.Body));

    internal bool IsEmpty => Words is { Subject: null, Body: null };

    internal static MessageTextWords Of(OrganizerWords words) => new() { De = In(words, Language.De), En = In(words, Language.En), Zh = In(words, Language.Zh) };

    private static MessageWords? In(OrganizerWords words, Language language) =>
        (words.Subject?[language], words.Body?[language]) is (null, null) ? null : new MessageWords { Subject = words.Subject?[language], Body = words.Body?[language] };

    private Texts? OrNull(Func<MessageWords, string?> member)
    {
        var texts = new Texts { De = De is null ? null : member(De), En = En is null ? null : member(En), Zh = Zh is null ? null : member(Zh) };
        return texts.IsEmpty() ? null : texts;
    }
}

public sealed class MessageTextWordsValidator : Validator<MessageTextWords>
{
    public MessageTextWordsValidator()
    {
        RuleFor(r => r.De!.Subject).Line(OrganizerTemplate.MaxSubject).When(r => r.De is not null);
        RuleFor(r => r.De!.Body).Paragraphs(OrganizerTemplate.MaxBody).When(r => r.De is not null);
        RuleFor(r => r.En!.Subject).Line(OrganizerTemplate.MaxSubject).When(r => r.En is not null);
        RuleFor(r => r.En!.Body).Paragraphs(OrganizerTemplate.MaxBody).When(r => r.En is not null);
        RuleFor(r => r.Zh!.Subject).Line(OrganizerTemplate.MaxSubject).When(r => r.Zh is not null);
        RuleFor(r => r.Zh!.Body).Paragraphs(OrganizerTemplate.MaxBody).When(r => r.Zh is not null);
        RuleFor(r => r.De!.Subject).Template().When(r => r.De is not null);
        RuleFor(r => r.De!.Body).Template().When(r => r.De is not null);
        RuleFor(r => r.En!.Subject).Template().When(r => r.En is not null);
        RuleFor(r => r.En!.Body).Template().When(r => r.En is not null);
        RuleFor(r => r.Zh!.Subject).Template().When(r => r.Zh is not null);
        RuleFor(r => r.Zh!.Body).Template().When(r => r.Zh is not null);
    }
}

/// <summary>What a kind of message says at an event.</summary>
/// <param name="Kind">Which message.</param>
/// <param name="BuiltIn">The product's own words.</param>
/// <param name="Own">What the event's organiser has put in their place, or null.</param>
/// <param name="UpdatedAt">When that was.</param>
/// <param name="ContactGets">What the contact of a delegation gets in its place for members without an address, in one mail about all; null where they get this one.</param>
public sealed record MessageTextAnswer(MessageKind Kind, MessageTextWords BuiltIn, MessageTextWords? Own, DateTimeOffset? UpdatedAt, IReadOnlyList<MessageKind>? ContactGets)
{
    internal static Task SendAsync(HttpContext context, MessageKind kind, MessageTextRow? row, string cacheControl)
    {
        var body = JsonSerializer.SerializeToUtf8Bytes(Of(kind, row), Json.Wire);
        return Conditional.SendAsync(context, body, Conditional.Tag(MessageTextRow.MarkOf(row), body), "application/json; charset=utf-8", cacheControl);
    }

    internal static MessageTextAnswer Of(MessageKind kind, MessageTextRow? row) => new(kind, MessageTextWords.Of(MessageTexts.Of(kind).ToWords()), row is null ? null : MessageTextWords.Of(row.Texts), row?.UpdatedAt, ForContact(kind));

    private static MessageKind[]? ForContact(MessageKind kind) => kind switch
    {
        MessageKind.Confirmed or MessageKind.ConfirmedWaiting or MessageKind.Pending => [MessageKind.DelegationRegistered],
        MessageKind.Waitlisted => [MessageKind.DelegationRegistered, MessageKind.DelegationApproved],
        MessageKind.Approved => [MessageKind.DelegationApproved],
        MessageKind.Declined => [MessageKind.DelegationDeclined],
        MessageKind.AddressToConfirm => [MessageKind.DelegationToConfirm],
        MessageKind.Links => [MessageKind.DelegationLinks],
        _ => null,
    };
}

/// <summary>A name that templates may use.</summary>
/// <param name="Name">In <c>{{ }}</c>.</param>
/// <param name="Meaning">What stands in its place.</param>
public sealed record TemplateNameAnswer(string Name, Texts Meaning);
