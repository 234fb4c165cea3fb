using System.Globalization;
using NodaTime;
using NodaTime.Text;
using NodaTime.TimeZones;

namespace Isa.Events.Api.Features.Agenda;

/// <summary>One item of an agenda: clock times in the event's zone, on a day of the event, so that an agenda moves with its event.</summary>
public sealed record AgendaItem
{
    private const int MinutesOfDay = 24 * 60;
    private const int HourLength = 5; // 09:00

    /// <summary>Day of the event, 1 for the first.</summary>
    public int? Day { get; init; }

    /// <summary><c>09:00</c>, with an offset (<c>02:30+01:00</c>) where the clocks show it twice.</summary>
    public string? From { get; init; }

    /// <summary>The same, or null. <c>00:00</c> after another hour is the midnight that ends the day.</summary>
    public string? To { get; init; }

    public Texts? Title { get; init; }

    public string? Speaker { get; init; }

    public Texts? Description { get; init; }

    // A start and an end with different offsets tell how long it lasts, wherever it moves.
    private int Turned => To?.Length > HourLength && From!.Length > HourLength ? Offset(From) - Offset(To) : 0;

    private bool EndsAtMidnight => To is { } to && Minutes(to) == 0 && Minutes(From!) > 0;

    public DateTimeOffset StartsAt(Event evt) => At(evt, From!, DayOf(evt));

    /// <summary>When the clock shows <see cref="To"/>; where it came from or to a night in which the clocks change and that is not after the start, as long after it as it lasts.</summary>
    public DateTimeOffset? EndsAt(Event evt)
    {
        if (To is not { } to) return null;
        var (start, end) = (StartsAt(evt), At(evt, to, LastDayOf(evt)));
        return end > start && Turned == 0 ? end : start.AddMinutes(Minutes(to) + (EndsAtMidnight ? MinutesOfDay : 0) - Minutes(From!) + Turned);
    }

    /// <summary>Whether it lies between the event's start and its end.</summary>
    public bool IsWithin(Event evt) => StartsAt(evt) >= evt.StartsAt && (EndsAt(evt) ?? StartsAt(evt)) <= evt.EndsAt;

    /// <summary>What is wrong with it in this event, or null.</summary>
    /// <param name="evt">That it is of.</param>
    /// <param name="borne">Codes of a clock time that are no hindrance, for one that moves with its event.</param>
    public FieldError? WrongIn(Event evt, params ReadOnlySpan<FieldCode> borne)
    {
        if (Day < 1) return new FieldError("from", FieldCode.InvalidTime);
        var days = Period.DaysBetween(DateOf(evt.StartsAt, evt), DateOf(evt.EndsAt.AddTicks(-1), evt)) + 1;
        if (Day > days) return new FieldError("day", FieldCode.OutOfRange, 1, days);
        if (EventTimes.Read(Wall(From!, DayOf(evt)), evt.Zone, out _) is { } from && !borne.Contains(from)) return new FieldError("from", from);
        if (To is { } to && EventTimes.Read(Wall(to, LastDayOf(evt)), evt.Zone, out _) is { } wrong && !borne.Contains(wrong)) return new FieldError("to", wrong);
        return EndsAt(evt) < StartsAt(evt) || EndsAt(evt) > evt.Zone.AtStartOfDay(DayOf(evt).PlusDays(1)).ToDateTimeOffset() ? new FieldError("to", FieldCode.EndBeforeStart) : null;
    }

    /// <summary>The same some minutes later on the clock, perhaps on another day.</summary>
    public AgendaItem Later(long minutes)
    {
        var from = ((Day ?? 1) - 1) * MinutesOfDay + Minutes(From!) + minutes;
        return minutes == 0 ? this : this with { Day = (int)Math.Floor((double)from / MinutesOfDay) + 1, From = Clock(From!, minutes), To = To is { } to ? Clock(to, minutes) : null };
    }

    /// <summary>A clock time of it as it can be sent again: with the offset where the clocks show it twice.</summary>
    internal static string Written(DateTimeOffset at, Event evt) => at.In(evt.Zone).ToString(evt.Zone.ShowsTwice(at) ? "HH:mmzzz" : "HH:mm", CultureInfo.InvariantCulture);

    // An agenda moves with its event, perhaps to a day on which the clocks change: a time that is skipped then counts on from before, one that comes twice is the first
    // that is not before the event.
    private static DateTimeOffset At(Event evt, string clock, LocalDate day)
    {
        var text = Wall(clock, day);
        if (EventTimes.Read(text, evt.Zone, out var instant) is null) return instant;
        var mapping = evt.Zone.MapLocal(EventTimes.Wall(text));
        var first = mapping.Count == 0 ? Resolvers.LenientResolver(mapping) : mapping.First();
        return (mapping.Count == 2 && first.ToDateTimeOffset() < evt.StartsAt ? mapping.Last() : first).ToDateTimeOffset().ToUniversalTime();
    }

    private static string Wall(string clock, LocalDate day) => $"{LocalDatePattern.Iso.Format(day)}T{clock}";

    private LocalDate DayOf(Event evt) => DateOf(evt.StartsAt, evt).PlusDays((Day ?? 1) - 1);

    private LocalDate LastDayOf(Event evt) => DayOf(evt).PlusDays(EndsAtMidnight ? 1 : 0);

    private static LocalDate DateOf(DateTimeOffset instant, Event evt) => NodaTime.Instant.FromDateTimeOffset(instant).InZone(evt.Zone).Date;

    private static int Minutes(string clock) => int.Parse(clock.AsSpan(0, 2), CultureInfo.InvariantCulture) * 60 + int.Parse(clock.AsSpan(3, 2), CultureInfo.InvariantCulture);

    private static int Offset(string clock) => (clock[HourLength] == '-' ? -1 : 1) * Minutes(clock[(HourLength + 1)..]);

    // The offset stays: on a day that has no such hour it says nothing, and on the next that has one it says which.
    private static string Clock(string clock, long later) => TimeSpan.FromMinutes(((Minutes(clock) + later) % MinutesOfDay + MinutesOfDay) % MinutesOfDay).ToString(@"hh\:mm", CultureInfo.InvariantCulture) + clock[HourLength..];
}

/// <summary>The agenda of an event as it is stored: items, an uploaded document, or both.</summary>
public sealed record AgendaRow
{
    public IReadOnlyList<AgendaItem> Items { get; init; } = [];

    public string? DocumentSha256 { get; init; }

    public string? DocumentName { get; init; }

    public long? DocumentSize { get; init; }

    public DateTimeOffset? DocumentUploadedAt { get; init; }

    public bool IsEmpty => Items.Count == 0 && DocumentSha256 is null;

    /// <summary>Empty where the event has none.</summary>
    public static AgendaRow Find(ReadSession session, string eventId) => session.One<AgendaRow>(Select, new { EventId = eventId }) ?? new AgendaRow();

    public static (AgendaRow Agenda, byte[]? Document) FindWithDocument(ReadSession session, string eventId)
    {
        var agenda = Find(session, eventId);
        return (agenda, agenda.Document(session));
    }

    /// <summary>The uploaded document's bytes.</summary>
    public byte[]? Document(ReadSession session) => DocumentSha256 is { } sha256 ? session.One<byte[]>(Content, new { Sha256 = sha256 }) : null;

    public void Store(WriteSession session, string eventId) =>
        session.Execute(Upsert, new { EventId = eventId, Items, DocumentSha256, DocumentName, DocumentSize, DocumentUploadedAt });

    private const string Select = "SELECT items, document_sha256, document_name, document_size, document_uploaded_at FROM agendas WHERE event_id = @EventId";

    private const string Content = "SELECT content FROM documents WHERE sha256 = @Sha256";

    private const string Upsert = """
        INSERT INTO agendas (event_id, items, document_sha256, document_name, document_size, document_uploaded_at)
        VALUES (@EventId, @Items, @DocumentSha256, @DocumentName, @DocumentSize, @DocumentUploadedAt)
        ON CONFLICT (event_id) DO UPDATE SET items = excluded.items, document_sha256 = excluded.document_sha256, document_name = excluded.document_name,
            document_size = excluded.document_size, document_uploaded_at = excluded.document_uploaded_at
        """;
}

/// <summary>An agenda as a caller sees it.</summary>
public sealed record AgendaAnswer(IReadOnlyList<AgendaItemAnswer> Items, AgendaDocument? Document)
{
    public static AgendaAnswer From(Event evt, AgendaRow agenda, Language? language, ServerSettings settings) => new(
        [.. agenda.Items.Select(item => AgendaItemAnswer.Of(evt, item, language))],
        agenda.DocumentSha256 is null ? null : new AgendaDocument(agenda.DocumentName!, agenda.DocumentSize!.Value, agenda.DocumentSha256,
            EventTimes.Print(agenda.DocumentUploadedAt!.Value, evt.Zone), settings.Url($"/v1/events/{evt.Slug}/agenda/document")));
}

public sealed record AgendaItemAnswer
{
    public required int Day { get; init; }

    public required string From { get; init; }

    public string? To { get; init; }

    public required string StartsAt { get; init; }

    public string? EndsAt { get; init; }

    public required Texts Title { get; init; }

    public string? Speaker { get; init; }

    public Texts? Description { get; init; }

    public static AgendaItemAnswer Of(Event evt, AgendaItem item, Language? language) => new()
    {
        Day = item.Day ?? 1, From = AgendaItem.Written(item.StartsAt(evt), evt), To = item.EndsAt(evt) is { } until ? AgendaItem.Written(until, evt) : null,
        StartsAt = EventTimes.Print(item.StartsAt(evt), evt.Zone),
        EndsAt = item.EndsAt(evt) is { } end ? EventTimes.Print(end, evt.Zone) : null,
        Title = item.Title!.Only(language, evt.DefaultLanguage), Speaker = item.Speaker, Description = item.Description?.Only(language, evt.DefaultLanguage),
    };
}

public sealed record AgendaDocument(string FileName, long Size, string Sha256, string UploadedAt, string Url);
