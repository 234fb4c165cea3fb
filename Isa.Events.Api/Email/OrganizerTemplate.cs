using System.Collections.Concurrent;
using System.Globalization;
using System.Text.RegularExpressions;
using Fluid;
using Fluid.Ast;
using Fluid.Values;

namespace Isa.Events.Api.Email;

/// <summary>What an organiser has written for a message, as templates by language.</summary>
/// <param name="Subject">One line, or null for the product's own.</param>
/// <param name="Body">Paragraphs, or null for the product's own.</param>
public sealed record OrganizerWords(Texts? Subject, Texts? Body);

/// <summary>A name that organisers may use.</summary>
/// <param name="Name">As <c>{{ name }}</c>.</param>
/// <param name="Meaning">What stands in its place. Where there is nothing of the kind, nothing does, and <c>{% if name %}</c> is false.</param>
internal sealed record TemplateName(string Name, Sentence Meaning);

/// <summary>
/// Templates (Liquid) that organisers write. They choose and put in, and nothing else: without loops, variables and filters that multiply there is nothing that does not end or grows, whatever somebody writes.
/// What comes out is text; it is never read as a template again.
/// </summary>
internal static partial class OrganizerTemplate
{
    public const int MaxSubject = 200;
    public const int MaxBody = 10_000;

    // Each may stand for a text of a thousand characters, and what is nested is read by recursion.
    private const int MaxTags = 100;

    private static readonly HashSet<string> Tags = ["if", "unless", "case", "comment", "raw", "#"];
    private static readonly string[] Filters = ["default", "upcase", "downcase", "capitalize", "strip"];
    private static readonly FluidParser Parser = MakeParser();
    private static readonly TemplateOptions Options = new() { StrictFilters = true, MaxSteps = 10_000, MaxRecursion = 100 };
    private static readonly ConcurrentDictionary<string, IFluidTemplate> Read = new(StringComparer.Ordinal);

    public static readonly IReadOnlyList<TemplateName> Names =
    [
        new("name", new("Name der Person oder des Kontakts", "name of the person, or of the contact", "收件人姓名")),
        new("event", new("Titel der Veranstaltung", "title of the event", "活动名称")),
        new("organizer", new("Veranstalter", "organiser", "主办方")),
        new("when", new("Tag und Uhrzeit, nach der Uhr der Person", "day and time, by the person's own clock", "日期和时间（按收件人时区）")),
        new("where", new("Ort oder „per Video“, wo die Person teilnimmt", "place where the person attends, or by video", "参会地点或视频方式")),
        new("site", new("Teilnahmeort, beim Namen", "site where the person attends, by its name", "参会会场名称")),
        new("way", new("ein Satz dazu, wie die Person teilnimmt", "a sentence on how the person attends", "关于参会方式的一句话")),
        new("reference", new("Referenz der Anmeldung", "reference of the registration", "报名编号")),
        new("manageLink", new("Link, um die Anmeldung anzusehen, zu ändern oder abzusagen", "link to view, change or cancel the registration", "查看、更改或取消报名的链接")),
        new("joinLink", new("persönlicher Link zur Videokonferenz", "personal link to the video conference", "专属视频会议链接")),
        new("agendaLink", new("Link zur Tagesordnung", "link to the agenda", "议程链接")),
        new("fromSite", new("bisheriger Teilnahmeort", "site where they attended before", "原参会会场")),
        new("waitingFor", new("Teilnahmeort, auf dessen Warteliste sie stehen", "site whose waiting list they are on", "所候补的会场")),
        new("position", new("Platz auf der Warteliste", "place on the waiting list", "候补顺位")),
        new("endsAt", new("Ende einer Frist: eines Angebots oder einer Bestätigung", "end of a time limit: of an offer or a confirmation", "席位保留或确认的截止时间")),
        new("note", new("Begründung des Veranstalters", "the organiser's reason", "主办方说明")),
        new("dayChanged", new("ob sich der Tag geändert hat", "whether the day has changed", "日期是否已更改")),
        new("tentative", new("ob ein vorläufiger Kalendereintrag beiliegt, solange jemand wartet", "whether a provisional calendar entry is attached while somebody waits", "候补期间是否附有暂定日历安排")),
        new("replaced", new("wen die Person vertritt", "whom the person stands in for", "被代替的人员")),
        new("registeredBy", new("wer die Person angemeldet hat", "who registered the person", "代为报名者")),
        new("code", new("Einladungscode", "invitation code", "邀请码")),
        new("deadline", new("letzter Tag der Anmeldung", "last day of registration", "报名截止日期")),
        new("state", new("was jetzt gilt, wenn jemand seine Links noch einmal anfordert", "what holds now, where somebody asks for their links again", "当前报名状态（仅用于重新发送链接的邮件）")),
        new("count", new("Zahl der Personen, um die es geht", "how many people it is about", "涉及人数")),
        new("starts", new("Beginn, auf der Uhr der Person, in Erinnerungen", "the start, on the person's clock, in reminders", "活动开始时间（收件人当地时间，仅用于活动提醒）")),
        new("registered", new("neue Anmeldungen, in der Übersicht für den Veranstalter", "new registrations, in the organiser's summary", "新增报名人数（仅用于主办方汇总）")),
        new("ended", new("Absagen und Ablehnungen, in der Übersicht für den Veranstalter", "cancelled or declined, in the organiser's summary", "取消或未通过人数（仅用于主办方汇总）")),
        new("pending", new("wartet auf Entscheidung, in der Übersicht für den Veranstalter und für den Kontakt einer Delegation", "waiting for a decision, in the organiser's summary and for the contact of a delegation", "待审批人数（仅用于主办方汇总和致代表团联系人的邮件）")),
        new("waiting", new("Zahl der Personen auf der Warteliste, für den Kontakt einer Delegation", "how many are on the waiting list, for the contact of a delegation", "候补人数（仅用于致代表团联系人的邮件）")),
        new("leftOut", new("Zahl der Personen, für die kein Platz war, für den Kontakt einer Delegation", "how many there was no place for, for the contact of a delegation", "未能报名人数（仅用于致代表团联系人的邮件）")),
        new("passOn", new("ob etwas an Mitglieder weiterzugeben ist, für den Kontakt einer Delegation", "whether there is something to pass on to members, for the contact of a delegation", "是否有内容需转达成员（仅用于致代表团联系人的邮件）")),
    ];

    private static readonly Dictionary<string, Phrase?> Nothing = [];
    private static readonly Dictionary<string, Phrase?> Anything = Names.ToDictionary(n => n.Name, n => (Phrase?)new Phrase(n.Name));
    private static readonly HashSet<string> Known = [.. Names.Select(n => n.Name)];
    private static readonly HashSet<string> ByAnybody = ["name", "replaced", "registeredBy"];

    /// <summary>What is wrong with templates, by field and language, with line and column.</summary>
    public static IEnumerable<FieldError> Check(string field, Texts? texts) => texts is null ? []
        : from language in Enum.GetValues<Language>()
          let source = texts[language]
          where source is not null
          let wrong = Wrong(source, $"{field}.{language.Code()}")
          where wrong is not null
          select wrong;

    /// <summary>The template filled in; what anybody may have typed is marked in it (<see cref="PlainHtml"/>).</summary>
    /// <param name="source">As it was checked.</param>
    /// <param name="values">By name; what is absent is null.</param>
    /// <param name="lacking">Takes the names that it asks for and that are absent.</param>
    public static string Render(string source, IReadOnlyDictionary<string, Phrase?> values, ICollection<string>? lacking = null)
    {
        if (Read.Count > 500) Read.Clear();
        var context = new TemplateContext(Options)
        {
            Undefined = name =>
            {
                if (!values.ContainsKey(name)) throw new InvalidOperationException($"No message has anything called '{name}'.");
                lacking?.Add(name);
                return ValueTask.FromResult<FluidValue>(NilValue.Instance);
            },
        };
        foreach (var (name, phrase) in values)
            if (phrase is not null) context.SetValue(name, new StringValue(phrase.Text, encode: false));
        return Gaps().Replace(Read.GetOrAdd(source, s => new Marking().VisitTemplate(Parser.Parse(s))).Render(context), "\n\n").Trim();
    }

    internal static FieldError? Wrong(string source, string field)
    {
        var reader = new TemplateReader(source, Known, Filters);
        if (reader.After(MaxTags) is { } tooMany) return new FieldError(field, FieldCode.TooManyTags, LineOf(source, tooMany), ColumnOf(source, tooMany), MaxTags);
        if (reader.Read() is { } mistake)
        {
            var (line, column) = (LineOf(source, mistake.At), ColumnOf(source, mistake.At));
            return mistake.Name is null ? new FieldError(field, FieldCode.InvalidTemplate, line, column)
                : new FieldError(field, FieldCode.UnknownName, line, column, MessageParts.Shorten(mistake.Name, 60), string.Join(", ", mistake.Allowed!));
        }

        if (!Parser.TryParse(source, out _, out var error))
        {
            var place = Place().Match(error);
            return new FieldError(field, FieldCode.InvalidTemplate, NumberAt(1), NumberAt(2));

            long NumberAt(int group) => place.Success ? long.Parse(place.Groups[group].Value, CultureInfo.InvariantCulture) : 1;
        }

        return !reader.AsksForNames && Render(source, Nothing).Length == 0 || Render(reader.Spoken, Anything).Length == 0 ? new FieldError(field, FieldCode.EmptyTemplate) : null;
    }

    private static long LineOf(string source, int at) => source.AsSpan(0, at).Count('\n') + 1;

    private static long ColumnOf(string source, int at) => at - source.AsSpan(0, at).LastIndexOf('\n');

    private static FluidParser MakeParser()
    {
        var parser = new FluidParser(new FluidParserOptions { AllowFunctions = false, AllowParentheses = false, AllowLiquidTag = false });
        foreach (var tag in parser.RegisteredTags.Keys.ToList())
            if (!Tags.Contains(tag)) parser.RegisteredTags.Remove(tag);
        return parser;
    }

    /// <summary>Marks what comes of values that anybody may have typed, whatever filters have made of it.</summary>
    private sealed class Marking : AstRewriter
    {
        private bool _isByAnybody;

        protected override Statement VisitOutputStatement(OutputStatement outputStatement)
        {
            _isByAnybody = false;
            Visit(outputStatement.Expression);
            return _isByAnybody ? new OutputStatement(new Marked(outputStatement.Expression)) : outputStatement;
        }

        protected override Expression VisitMemberExpression(MemberExpression memberExpression)
        {
            _isByAnybody |= memberExpression.Segments is [IdentifierSegment { Identifier: { } name }] && ByAnybody.Contains(name);
            return base.VisitMemberExpression(memberExpression);
        }
    }

    private sealed class Marked(Expression inner) : Expression
    {
        public override async ValueTask<FluidValue> EvaluateAsync(TemplateContext context) => new StringValue(PlainHtml.Mark((await inner.EvaluateAsync(context)).ToStringValue()), encode: false);
    }

    [GeneratedRegex(@"\((\d+):(\d+)\)", RegexOptions.CultureInvariant)]
    private static partial Regex Place();

    [GeneratedRegex(@"\n[ \t]*(?:\n[ \t]*)+", RegexOptions.CultureInvariant)]
    private static partial Regex Gaps();
}
