using System.Text;
using Isa.Events.Api.Features.Attendees;

namespace Isa.Events.Api.Features.Imports;

/// <summary>A column that a table may have.</summary>
/// <param name="Member">What it fills, as requests call it.</param>
/// <param name="Names">What people write above it, besides that and what our own lists do.</param>
public sealed record ImportColumn(string Member, params string[] Names)
{
    /// <summary>A list of objects, as requests have it: JSON alone can hold one.</summary>
    public bool IsList { get; init; }

    /// <summary>What is known of an invitee.</summary>
    public static readonly IReadOnlyList<ImportColumn> OfInvitees =
    [
        new("fullName", "Vollständiger Name", "Vor- und Nachname", "Teilnehmer", "Full name", "Participant", "Attendee", "全名", "名字", "参会人"),
        new("email", "Mail", "E-Mail-Adresse", "Mailadresse", "E-mail address", "邮箱", "邮件", "电子邮件", "电邮", "邮箱地址"),
        new("familyName", "Familienname", "Last name", "Surname", "姓氏"),
        new("givenName", "Vorname", "Vornamen", "First name", "Given name", "名"),
        new("romanizedName", "Name (lateinisch)", "Romanised name", "Romanized name", "Pinyin", "Latin name", "拼音", "姓名拼音", "英文名", "英文姓名"),
        new("formOfAddress", "Titel", "Title", "Salutation", "Form of address", "称呼"),
        new("jobTitle", "Position", "Amt", "Job", "Role", "职位", "头衔"),
        new("organisation", "Organization", "Institution", "Firma", "Unternehmen", "Company", "Einrichtung", "Behörde", "机构", "公司", "组织", "工作单位"),
        new("city", "Ort", "Town", "Kommune", "市"),
        new("audience", "Zielgruppe", "Gruppe", "Group", "类别"),
        new("language", "Korrespondenzsprache", "语种"),
        new("phone", "Telefonnummer", "Tel", "Mobil", "Handy", "Phone number", "Telephone", "Mobile", "手机", "手机号", "联系电话"),
        new("externalId", "Kennung", "Externe ID", "Id", "Nr", "编号"),
    ];

    /// <summary>What a registration takes that is one value.</summary>
    public static readonly IReadOnlyList<ImportColumn> OfRegistrations =
    [
        .. OfInvitees,
        new("siteId", "Teilnahmeort", "Standort", "Site", "Site name", "Venue", "参会地点", "会场", "地点"),
        new("timeZone", "时区"),
        new("copyTo", "Kopie", "Cc"),
        new("listensIn", "Dolmetschen", "Interpretation"),
        new("needs", "Besondere Bedarfe", "Barrierefreiheit", "Dietary", "Special needs"),
        new("whenFull", "Wenn voll"),
        new("fallbackSiteId", "Ersatzort", "Fallback site"),
        new("noticeVersion"),
        new("invitationCode", "Einladungscode", "Invitation code", "邀请码"),
    ];

    private static readonly Dictionary<string, Sentence> Headings = AttendeeColumn.All.ToDictionary(c => c.Name, c => c.Heading, StringComparer.Ordinal);

    // Our own lists say where somebody attends twice: by the site's id, which is the surer, and by its name.
    private static readonly HashSet<string> SiteNames =
        [.. from column in AttendeeColumn.All where column.Name == "siteName" from language in Enum.GetValues<Language>() select Key(column.Heading.In(language))];

    /// <summary>The members by everything their columns may be called.</summary>
    public static Dictionary<string, string> NamesOf(IReadOnlyList<ImportColumn> columns)
    {
        var names = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var column in columns)
        {
            names.TryAdd(Key(column.Member), column.Member);
            if (Headings.TryGetValue(column.Member, out var heading)) foreach (var language in Enum.GetValues<Language>()) names.TryAdd(Key(heading.In(language)), column.Member);
            foreach (var name in column.Names) names.TryAdd(Key(name), column.Member);
        }

        return names;
    }

    /// <summary>A name as it is compared: letters and digits, whatever the case and accents.</summary>
    public static string Key(string name)
    {
        var key = new StringBuilder();
        foreach (var rune in Text.Fold(name).EnumerateRunes()) if (Rune.IsLetterOrDigit(rune)) key.Append(rune);
        return key.ToString();
    }

    /// <summary>Whether these are the headers of a table of people: there are columns for the name.</summary>
    /// <param name="headers">What stands above the columns.</param>
    /// <param name="columns">What may be filled.</param>
    /// <param name="said">As <see cref="Map"/> takes it.</param>
    public static bool Fit(IReadOnlyList<string> headers, IReadOnlyList<ImportColumn> columns, string[]? said)
    {
        var names = NamesOf(columns);
        foreach (var pair in said ?? []) if (pair.LastIndexOf(':') is >= 0 and var colon) names[Key(pair[..colon])] = pair[(colon + 1)..].Trim();
        return HasName([.. headers.Select(header => names.GetValueOrDefault(Key(header)))]);
    }

    /// <summary>Which member each column of a table fills, or null.</summary>
    /// <param name="headers">What stands above the columns.</param>
    /// <param name="columns">What may be filled.</param>
    /// <param name="said"><c>header:member</c> pairs of the caller, which come first; a header without a member fills nothing.</param>
    /// <exception cref="ProblemException">The table has no headers, none for the name, or two for one member.</exception>
    public static string?[] Map(IReadOnlyList<string> headers, IReadOnlyList<ImportColumn> columns, string[]? said)
    {
        if (headers.Count > ImportTable.MaxColumns) throw ImportTable.Wrong("columns", FieldCode.TooMany, ImportTable.MaxColumns);
        var names = NamesOf(columns);
        var (map, settled) = (new string?[headers.Count], new bool[headers.Count]);
        foreach (var pair in said ?? [])
        {
            var colon = pair.LastIndexOf(':');
            var key = Key(colon < 0 ? pair : pair[..colon]);
            var at = headers.Select(Key).ToList().IndexOf(key);
            var member = colon < 0 ? "" : pair[(colon + 1)..].Trim();
            if (colon < 0 || at < 0) throw new ProblemException(Problem.MalformedRequest, "columns", FieldCode.UnknownColumn, string.Join(", ", headers));
            if (member.Length > 0 && columns.All(c => c.Member != member)) throw new ProblemException(Problem.MalformedRequest, "columns", FieldCode.UnknownColumn, string.Join(", ", columns.Select(c => c.Member)));
            (map[at], settled[at]) = (member.Length > 0 ? member : null, true);
        }

        var taken = map.OfType<string>().ToHashSet(StringComparer.Ordinal);
        var hasSiteId = headers.Where((_, i) => !settled[i]).Select(Key).Any(key => names.GetValueOrDefault(key) == "siteId" && !SiteNames.Contains(key));
        for (var i = 0; i < headers.Count; i++)
        {
            if (settled[i] || hasSiteId && SiteNames.Contains(Key(headers[i]))) continue;
            if (names.GetValueOrDefault(Key(headers[i])) is { } member && !taken.Contains(member)) map[i] = member;
        }

        if (map.All(m => m is null)) throw ImportTable.Wrong("columns", FieldCode.NoHeader);
        if (map.OfType<string>().GroupBy(m => m, StringComparer.Ordinal).FirstOrDefault(g => g.Count() > 1) is { } twice)
            throw ImportTable.Wrong("columns", FieldCode.DuplicateColumn, twice.Key, string.Join(", ", headers.Where((_, i) => map[i] == twice.Key)));
        if (!HasName(map)) throw ImportTable.Wrong("columns", FieldCode.MissingColumn, "fullName");
        return map;
    }

    private static bool HasName(string?[] members) => members.Contains("fullName") || members.Contains("givenName") && members.Contains("familyName");
}
