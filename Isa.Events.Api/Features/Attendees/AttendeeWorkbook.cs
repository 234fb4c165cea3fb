using MiniExcelLibs;
using MiniExcelLibs.Attributes;
using MiniExcelLibs.OpenXml;

namespace Isa.Events.Api.Features.Attendees;

/// <summary>An attendee list as XLSX: a sheet with the totals, then one for each site; text as text, instants as dates on the event's clock.</summary>
internal static class AttendeeWorkbook
{
    private const int MaxSheetName = 31;

    /// <param name="file">Where to.</param>
    /// <param name="rowsOf">The lines of one site; asked for one after another.</param>
    /// <param name="counts">How many lines each site has in each status.</param>
    /// <param name="columns">In their order.</param>
    /// <param name="context">Language, sites, clock.</param>
    public static void Write(Stream file, Func<string, IEnumerable<AttendeeRow>> rowsOf, IReadOnlyList<SiteCount> counts, IReadOnlyList<AttendeeColumn> columns, ListContext context)
    {
        var names = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        var sheets = new Dictionary<string, object> { [SheetName(context.Totals, names)] = Totals(counts, context).ToList() };
        foreach (var site in context.Event.Sites) sheets.Add(SheetName(context.SiteNames[site.Id], names), Lines(rowsOf, site.Id, columns, context));
        var configuration = new OpenXmlConfiguration
        {
            FreezeRowCount = 1, AutoFilter = true, FastMode = false, EnableAutoWidth = false,
            DynamicColumns = [.. columns.Where(c => c.IsInstant).Select(c => new DynamicExcelColumn(c.Heading.In(context.Language)) { Format = "yyyy-mm-dd hh:mm", Width = 18 }),
                .. columns.Where(c => !c.IsInstant).Select(c => new DynamicExcelColumn(c.Heading.In(context.Language)) { Width = c.Name is "fullName" or "email" or "organisation" ? 32 : 18 })],
        };
        file.SaveAs(sheets, printHeader: true, excelType: ExcelType.XLSX, configuration: configuration);
    }

    private static IEnumerable<Dictionary<string, object?>> Lines(Func<string, IEnumerable<AttendeeRow>> rowsOf, string siteId, IReadOnlyList<AttendeeColumn> columns, ListContext context)
    {
        var headings = columns.Select(c => c.Heading.In(context.Language)).ToArray();
        var any = false;
        foreach (var row in rowsOf(siteId))
        {
            any = true;
            var line = new Dictionary<string, object?>(columns.Count);
            for (var i = 0; i < columns.Count; i++) line[headings[i]] = columns[i].Value(row, context) is DateTimeOffset instant ? instant.In(context.Zone).DateTime : columns[i].Value(row, context);
            yield return line;
        }

        // The writer takes its headings from the first line, so an empty sheet needs an empty one.
        if (!any) yield return headings.ToDictionary(h => h, _ => (object?)null);
    }

    private static IEnumerable<Dictionary<string, object?>> Totals(IReadOnlyList<SiteCount> counts, ListContext context)
    {
        var statuses = context.AllStatuses.Where(s => counts.Any(c => c.Status == s.Key)).ToList();
        var site = AttendeeColumn.All.First(c => c.Name == "siteName").Heading.In(context.Language);
        foreach (var one in context.Event.Sites)
            yield return Line(context.SiteNames[one.Id], one.Capacity, counts.Where(c => c.SiteId == one.Id));
        yield return Line(context.Total, null, counts);

        Dictionary<string, object?> Line(string name, long? capacity, IEnumerable<SiteCount> own)
        {
            var line = new Dictionary<string, object?> { [site] = name, [context.Capacity] = capacity };
            foreach (var (status, heading) in statuses) line[heading] = own.Where(c => c.Status == status).Sum(c => c.Count);
            line[context.Total] = own.Sum(c => c.Count);
            return line;
        }
    }

    // What Excel allows in the name of a sheet; two sites may have the same beginning.
    private static string SheetName(string text, HashSet<string> taken)
    {
        var clean = string.Concat(text.Select(c => char.IsControl(c) || "[]:*?/\\'".Contains(c) ? ' ' : c)).Trim();
        if (clean.Length == 0) clean = "-";
        for (var n = 1; ; n++)
        {
            var suffix = n == 1 ? "" : $" ({n})";
            var length = Math.Min(clean.Length, MaxSheetName - suffix.Length);
            if (length < clean.Length && char.IsHighSurrogate(clean[length - 1])) length--;
            var name = clean[..length] + suffix;
            if (taken.Add(name)) return name;
        }
    }
}

/// <summary>How many lines a site has in a status.</summary>
public sealed record SiteCount
{
    public string SiteId { get; init; } = "";

    public string Status { get; init; } = "";

    public long Count { get; init; }
}
