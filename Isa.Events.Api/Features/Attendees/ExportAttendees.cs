using System.Globalization;

namespace Isa.Events.Api.Features.Attendees;

/// <summary>The attendee list as a file: CSV for programs and Excel, XLSX for people, JSON.</summary>
public sealed class ExportAttendees(EventsDatabase database, CurrentEvents events) : EndpointWithoutRequest
{
    public override void Configure()
    {
        Get("/events/{event}/attendees.{format}");
        Policies(Access.Organizer);
    }

    public override async Task HandleAsync(CancellationToken ct)
    {
        var format = Route<string>("format");
        if (format is not ("csv" or "xlsx" or "json")) throw new ProblemException(Problem.NotFound);
        var query = new Parameters(HttpContext);
        var status = query.Name<ListedStatus>("status") ?? ListedStatus.Confirmed;
        var filter = RegistrationFilter.Read(query) with { Status = status == ListedStatus.All ? null : [(RegistrationStatus)status] };
        var test = query.Flag("test");
        var names = query.List("columns");
        var dialect = query.Name<CsvDialect>("dialect", "excel-de", "excel", "rfc4180") ?? CsvDialect.ExcelDe;
        var wanted = query.Language("language");
        query.RefuseOthers();

        var evt = (await events.GetAsync(Route<string>("event")!, HttpContext.GetCaller(), ct)).Event;
        var columns = AttendeeColumn.Choose(names, evt);
        if (filter.SiteId is { } siteId && evt.Site(siteId) is null) throw new ProblemException(Problem.MalformedRequest, "siteId", FieldCode.UnknownSite);
        var context = new ListContext(evt, wanted ?? evt.DefaultLanguage);
        var match = filter.ToMatch() with { EventId = evt.Id, IsTest = evt.IsTest || test };

        // Written to a file first: the snapshot is held for as long as the database needs, not for as long as the caller's line does, and a failure is an answer, not half a list.
        await using var file = Spool();
        await database.ReadAsync(session =>
        {
            var rows = session.Stream<AttendeeRow>(Lines, match);
            if (format == "csv") AttendeeCsv.Write(file, rows, columns, context, dialect);
            else if (format == "json") AttendeeJson.Write(file, rows, columns, context);
            else AttendeeWorkbook.Write(file, site => filter.SiteId is null || filter.SiteId == site ? session.Stream<AttendeeRow>(Lines, match with { SiteId = site }) : [],
                session.Query<SiteCount>(Counts, match), columns, context);
            return true;
        }, ct);

        var words = context.Language switch { Language.De => "Teilnehmende", Language.Zh => "参会名单", _ => "Attendees" };
        var day = evt.StartsAt.In(evt.Zone).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        Download.Describe(HttpContext, $"{words} {evt.Title.In(context.Language, evt.DefaultLanguage)} {day}.{format}", $"attendees-{evt.Slug}-{day}.{format}");
        HttpContext.Response.Headers.CacheControl = "no-store";
        HttpContext.Response.ContentType = format switch
        {
            "csv" => "text/csv; charset=utf-8; header=present",
            "json" => "application/json; charset=utf-8",
            _ => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        };
        HttpContext.Response.ContentLength = file.Length;
        file.Position = 0;
        await file.CopyToAsync(HttpContext.Response.Body, 128 * 1024, ct);
    }

    // In the data folder, whose rights are those of the registrations themselves; gone when it is closed.
    private FileStream Spool()
    {
        var folder = Directory.CreateDirectory(Path.Combine(database.DataFolder, "spool"));
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.ReadWrite, BufferSize = 128 * 1024, Options = FileOptions.DeleteOnClose };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        return new FileStream(Path.Combine(folder.FullName, $"{Guid.NewGuid():N}.tmp"), options);
    }

    /// <summary>A <see cref="RegistrationStatus"/>, or all of them.</summary>
    public enum ListedStatus
    {
        PendingConfirmation = RegistrationStatus.PendingConfirmation,
        PendingApproval = RegistrationStatus.PendingApproval,
        Confirmed = RegistrationStatus.Confirmed,
        Waitlisted = RegistrationStatus.Waitlisted,
        Cancelled = RegistrationStatus.Cancelled,
        Declined = RegistrationStatus.Declined,
        All,
    }

    // Places are counted once for the whole list; where nobody waits there is nothing to count.
    private const string Lines = $"""
        SELECT r.reference, r.status, r.site_id, r.full_name, r.family_name, r.romanized_name, r.form_of_address, r.job_title, r.organisation, r.city, r.audience, r.email, r.phone,
            r.copy_to, r.language, r.listens_in, r.time_zone, r.needs, r.external_id, r.notice_version, r.consents, r.answers, r.created_at, r.updated_at, r.cancelled_at, r.late,
            r.reply, r.replied_at, r.answer_after_change, r.mail_state,
            w.site_id AS waiting_for, w.created_at AS waiting_since, q.position AS waitlist_position
        FROM registrations r
        LEFT JOIN waitlist_entries w ON w.id = r.waitlist_entry_id AND w.state IN ('queued', 'offered')
        LEFT JOIN (
            SELECT id, ROW_NUMBER() OVER (PARTITION BY site_id ORDER BY number) AS position FROM waitlist_entries WHERE event_id = @EventId AND state = 'queued'
        ) q ON q.id = r.waitlist_entry_id
        WHERE {RegistrationFilter.Matches} ORDER BY r.sort_family, r.id
        """;

    private const string Counts = $"SELECT r.site_id, r.status, COUNT(*) AS count FROM registrations r WHERE {RegistrationFilter.Matches} GROUP BY r.site_id, r.status";
}
