using System.Security.Cryptography;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;

namespace Isa.Events.Api.Features.Agenda;

/// <summary>Takes a PDF as the event's agenda; it travels with every invite.</summary>
public sealed class UploadAgendaDocument(EventEdit edits, AgendaSender sender, IOptions<ServerSettings> settings) : EndpointWithoutRequest<AgendaAnswer>
{
    public override void Configure()
    {
        Put("/events/{event}/agenda/document");
        Policies(Access.Organizer);
    }

    public override async Task HandleAsync(CancellationToken ct)
    {
        var query = new Parameters(HttpContext);
        var name = query.Line("fileName", 100);
        query.RefuseOthers();
        var match = IfMatch.Require(HttpContext);
        if (!MediaTypeHeaderValue.TryParse(HttpContext.Request.ContentType, out var type) || !type.MediaType.Equals("application/pdf", StringComparison.OrdinalIgnoreCase))
            throw new ProblemException(Problem.UnsupportedMediaType);
        if (name is not null && !IsFileName(name)) throw ProblemException.Invalid("fileName", FieldCode.InvalidFileName);

        var content = await Body.ReadBytesAsync(HttpContext, settings.Value.MaxDocumentBytes, ct);
        if (!IsPdf(content)) throw ProblemException.Invalid("", FieldCode.NotAPdf);
        var sha256 = Convert.ToHexStringLower(SHA256.HashData(content));

        var current = await edits.RunAsync(HttpContext, match, (session, evt) =>
        {
            session.Execute(Keep, new { Sha256 = sha256, Content = content, Size = content.LongLength });
            (AgendaRow.Find(session, evt.Id) with
            {
                DocumentSha256 = sha256,
                DocumentName = name ?? "agenda.pdf",
                DocumentSize = content.LongLength,
                DocumentUploadedAt = session.Now,
            }).Store(session, evt.Id);
            return evt with { Revision = evt.Revision + 1 };
        }, ct);
        await sender.SendAsync(HttpContext, current.Current.Event, null, "no-store", ct);
    }

    /// <summary>By content (ISO 32000-1 s7.5.2, s7.5.5): the header at the very beginning, the end mark near the end.</summary>
    private static bool IsPdf(ReadOnlySpan<byte> content) =>
        content.StartsWith("%PDF-"u8) && content[Math.Max(0, content.Length - 1024)..].IndexOf("%%EOF"u8) >= 0;

    private static bool IsFileName(string name) =>
        name.EndsWith(".pdf", StringComparison.OrdinalIgnoreCase) && name.Length > 4 && name[0] != '.' && name.IndexOfAny(['/', '\\', ':', '*', '?', '"', '<', '>', '|']) < 0;

    private const string Keep = "INSERT INTO documents (sha256, content, size) VALUES (@Sha256, @Content, @Size) ON CONFLICT DO NOTHING";
}
