using NodaTime;

namespace Isa.Events.Api.Features.Attendees;

/// <summary>One line of an attendee list, as it comes from the database. Instants stay text until they are printed.</summary>
public sealed record AttendeeRow
{
    public string Reference { get; init; } = "";

    public string Status { get; init; } = "";

    public string SiteId { get; init; } = "";

    public string FullName { get; init; } = "";

    public string? FamilyName { get; init; }

    public string? RomanizedName { get; init; }

    public string? FormOfAddress { get; init; }

    public string? JobTitle { get; init; }

    public string? Organisation { get; init; }

    public string? City { get; init; }

    public string? Audience { get; init; }

    public string? Email { get; init; }

    public string? Phone { get; init; }

    public string? CopyTo { get; init; }

    public string Language { get; init; } = "";

    public string? ListensIn { get; init; }

    public string? TimeZone { get; init; }

    public string? Needs { get; init; }

    public string? ExternalId { get; init; }

    public string? NoticeVersion { get; init; }

    public IReadOnlyList<Consent>? Consents { get; init; }

    public IReadOnlyList<AnsweredQuestion>? Answers { get; init; }

    public DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset UpdatedAt { get; init; }

    public DateTimeOffset? CancelledAt { get; init; }

    public bool Late { get; init; }

    public string? Reply { get; init; }

    public DateTimeOffset? RepliedAt { get; init; }

    public string? AnswerAfterChange { get; init; }

    public string? MailState { get; init; }

    /// <summary>The site where a seat is wanted.</summary>
    public string? WaitingFor { get; init; }

    /// <summary>1 for the next; null without a wish, and once a seat is offered.</summary>
    public long? WaitlistPosition { get; init; }

    public DateTimeOffset? WaitingSince { get; init; }

    public AnsweredQuestion? AnswerTo(Question question) => Answers?.FirstOrDefault(a => a.Question == question.Id);
}

/// <summary>A column that a list can have.</summary>
/// <param name="Name">In <c>columns=</c> and in JSON.</param>
/// <param name="Heading">Above the column.</param>
/// <param name="Value">Text, number, instant, or null; instants are shown on the event's clock.</param>
/// <param name="ByDefault">Whether a list has it unless others are asked for.</param>
public sealed record AttendeeColumn(string Name, Sentence Heading, Func<AttendeeRow, ListContext, object?> Value, bool ByDefault = true)
{
    public bool IsInstant { get; private init; }

    /// <summary>The question whose answers it shows, or null.</summary>
    public Question? Question { get; private init; }

    /// <summary>Those of every event, in the order of a list.</summary>
    public static readonly IReadOnlyList<AttendeeColumn> All =
    [
        new("reference", new("Anmeldenummer", "Reference", "报名编号"), (r, _) => r.Reference),
        new("status", new("Status", "Status", "状态"), (r, c) => c.StatusName(r.Status)),
        new("siteId", new("Ort-Kennung", "Site id", "会场标识"), (r, _) => r.SiteId),
        new("siteName", new("Teilnahmeort", "Site", "参会地点"), (r, c) => c.SiteNames[r.SiteId]),
        new("mode", new("Teilnahme", "Attends", "参会方式"), (r, c) => c.ModeNames[r.SiteId]),
        new("fullName", new("Name", "Name", "姓名"), (r, _) => r.FullName),
        new("familyName", new("Nachname", "Family name", "姓"), (r, _) => r.FamilyName),
        new("romanizedName", new("Name in lateinischer Schrift", "Name in Latin script", "姓名（拉丁字母）"), (r, _) => r.RomanizedName),
        new("formOfAddress", new("Anrede", "Form of address", "称谓"), (r, _) => r.FormOfAddress),
        new("jobTitle", new("Funktion", "Job title", "职务"), (r, _) => r.JobTitle),
        new("organisation", new("Organisation", "Organisation", "单位"), (r, _) => r.Organisation),
        new("city", new("Stadt", "City", "城市"), (r, _) => r.City),
        new("audience", new("Teilnehmerkreis", "Audience", "参会人员类别"), (r, c) => c.AudienceName(r.Audience)),
        new("email", new("E-Mail", "E-mail", "电子邮箱"), (r, _) => r.Email),
        new("phone", new("Telefon", "Phone", "电话"), (r, _) => r.Phone),
        new("copyTo", new("Kopie an", "Copy to", "抄送"), (r, _) => r.CopyTo),
        new("language", new("Sprache", "Language", "语言"), (r, _) => r.Language),
        new("listensIn", new("Verdolmetschung", "Listens in", "同传语言"), (r, _) => r.ListensIn),
        new("timeZone", new("Zeitzone", "Time zone", "时区"), (r, _) => r.TimeZone),
        new("needs", new("Bedarf", "Needs", "特殊需求"), (r, _) => r.Needs, ByDefault: false),
        new("externalId", new("Externe Kennung", "External id", "外部编号"), (r, _) => r.ExternalId),
        new("noticeVersion", new("Datenschutzhinweis", "Privacy notice", "隐私声明版本"), (r, _) => r.NoticeVersion, ByDefault: false),
        new("consents", new("Einwilligungen", "Consents", "同意事项"), (r, _) => r.Consents is { } consents ? string.Join("; ", consents.Select(c => c.Purpose)) : null, ByDefault: false),
        new("registeredAt", new("Angemeldet am", "Registered", "报名时间"), (r, _) => r.CreatedAt) { IsInstant = true },
        new("updatedAt", new("Geändert am", "Changed", "更新时间"), (r, _) => r.UpdatedAt) { IsInstant = true },
        new("cancelledAt", new("Storniert am", "Cancelled", "取消时间"), (r, _) => r.CancelledAt) { IsInstant = true },
        new("late", new("Nachgemeldet", "Late", "补报"), (r, c) => r.Late ? c.Yes : null),
        new("waitingFor", new("Wartet auf", "Waits for", "候补会场"), (r, c) => r.WaitingFor is { } siteId ? c.SiteNames[siteId] : null, ByDefault: false),
        new("waitlistPosition", new("Platz auf der Warteliste", "Place in the queue", "候补序号"), (r, _) => r.WaitlistPosition, ByDefault: false),
        new("waitingSince", new("Wartet seit", "Waits since", "候补开始时间"), (r, _) => r.WaitingSince, ByDefault: false) { IsInstant = true },
        new("reply", new("Antwort im Kalender", "Answer in calendar", "日历答复"), (r, c) => c.ReplyName(r.Reply), ByDefault: false),
        new("repliedAt", new("Antwort vom", "Answered", "答复时间"), (r, _) => r.RepliedAt, ByDefault: false) { IsInstant = true },
        new("answerAfterChange", new("Antwort zum neuen Tag", "Answer on the new day", "改期后的答复"), (r, c) => c.ReplyName(r.AnswerAfterChange), ByDefault: false),
        new("mailState", new("E-Mail unzustellbar", "E-mail undeliverable", "邮件无法送达"), (r, c) => r.MailState is null ? null : c.Yes, ByDefault: false),
    ];

    /// <summary>The columns asked for, in that order; without any, the default ones.</summary>
    /// <exception cref="ProblemException"><see cref="Problem.MalformedRequest"/> naming <c>columns</c>.</exception>
    public static IReadOnlyList<AttendeeColumn> Choose(string[]? names, Event evt)
    {
        var all = Of(evt);
        if (names is null) return [.. all.Where(c => c.ByDefault)];
        if (names.Distinct(StringComparer.Ordinal).Count() != names.Length) throw new ProblemException(Problem.MalformedRequest, "columns", FieldCode.DuplicateValue);
        return [.. names.Select(name => all.FirstOrDefault(c => c.Name == name)
            ?? throw new ProblemException(Problem.MalformedRequest, "columns", FieldCode.UnknownColumn, string.Join(", ", all.Select(c => c.Name))))];
    }

    /// <summary>Those that a list of an event can have: one for each question, also for those that are no longer asked.</summary>
    private static List<AttendeeColumn> Of(Event evt)
    {
        var all = new List<AttendeeColumn>(All);
        foreach (var question in evt.Questions ?? [])
        {
            var heading = new Sentence(Label(Language.De), Label(Language.En), Label(Language.Zh));
            // A sheet tells its columns apart by their headings.
            while (all.Exists(c => c.Heading.De == heading.De || c.Heading.En == heading.En || c.Heading.Zh == heading.Zh))
                heading = new Sentence($"{heading.De} ({question.Id})", $"{heading.En} ({question.Id})", $"{heading.Zh} ({question.Id})");
            all.Add(new AttendeeColumn($"answer.{question.Id}", heading, (row, context) => Print(question, row.AnswerTo(question), context)) { Question = question });

            string Label(Language language) => question.Label.In(language, evt.DefaultLanguage);
        }

        return all;
    }

    private static string? Print(Question question, AnsweredQuestion? answer, ListContext context) => answer is null ? null
        : question.Type == QuestionType.YesNo ? answer.Value == "true" ? context.Yes : context.No
        : question.HasOptions ? string.Join("; ", answer.Said.Select(id => question.Options?.FirstOrDefault(o => o.Id == id)?.Label.In(context.Language, context.Event.DefaultLanguage) ?? id))
        : answer.Value;
}

/// <summary>What every line of a list needs to be printed: the words of its language, the event's sites and clock.</summary>
public sealed class ListContext
{
    private static readonly Dictionary<RegistrationStatus, Sentence> Statuses = new()
    {
        [RegistrationStatus.PendingConfirmation] = new("Adresse unbestätigt", "Address not confirmed", "邮箱待确认"),
        [RegistrationStatus.PendingApproval] = new("wartet auf Zusage", "Waiting for approval", "待审核"),
        [RegistrationStatus.Confirmed] = new("bestätigt", "Confirmed", "已确认"),
        [RegistrationStatus.Waitlisted] = new("Warteliste", "Waiting list", "候补"),
        [RegistrationStatus.Cancelled] = new("storniert", "Cancelled", "已取消"),
        [RegistrationStatus.Declined] = new("abgelehnt", "Declined", "已拒绝"),
    };

    private static readonly Dictionary<AttendanceMode, Sentence> Modes = new()
    {
        [AttendanceMode.InPerson] = new("vor Ort", "In person", "现场"),
        [AttendanceMode.Online] = new("online", "Online", "线上"),
        [AttendanceMode.LinkedRoom] = new("zugeschalteter Raum", "Linked room", "连线会场"),
    };

    private static readonly Dictionary<string, Sentence> Replies = new()
    {
        ["accepted"] = new("zugesagt", "Accepted", "接受"),
        ["tentative"] = new("mit Vorbehalt", "Tentative", "暂定"),
        ["declined"] = new("abgesagt", "Declined", "谢绝"),
        ["awaited"] = new("steht aus", "Awaited", "待答复"),
    };

    private readonly Dictionary<string, string> _statuses;
    private readonly Dictionary<string, string> _audiences;

    public ListContext(Event evt, Language language)
    {
        (Event, Language, Zone) = (evt, language, evt.Zone);
        SiteNames = evt.Sites.ToDictionary(s => s.Id, s => s.Name.In(language, evt.DefaultLanguage));
        ModeNames = evt.Sites.ToDictionary(s => s.Id, s => Modes[s.Mode].In(language));
        _statuses = Statuses.ToDictionary(s => RowTypes.Name(s.Key), s => s.Value.In(language));
        _audiences = Enum.GetValues<Audience>().ToDictionary(a => RowTypes.Name(a), a => a.In(language));
        Yes = new Sentence("ja", "yes", "是").In(language);
        No = new Sentence("nein", "no", "否").In(language);
        Totals = new Sentence("Summen", "Totals", "汇总").In(language);
        Total = new Sentence("Gesamt", "Total", "合计").In(language);
        Capacity = new Sentence("Plätze", "Seats", "席位数").In(language);
    }

    public Event Event { get; }

    public Language Language { get; }

    public DateTimeZone Zone { get; }

    public IReadOnlyDictionary<string, string> SiteNames { get; }

    public IReadOnlyDictionary<string, string> ModeNames { get; }

    public string Yes { get; }

    public string No { get; }

    public string Totals { get; }

    public string Total { get; }

    public string Capacity { get; }

    public string StatusName(string status) => _statuses[status];

    /// <summary>What they said; null where they have said nothing, and were not asked again.</summary>
    public string? ReplyName(string? reply) => reply is null ? null : Replies[reply].In(Language);

    public string? AudienceName(string? audience) => audience is null ? null : _audiences[audience];

    /// <summary>Statuses by their name in columns, in the order of their life.</summary>
    public IReadOnlyDictionary<string, string> AllStatuses => _statuses;
}
