using System.Globalization;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using Isa.Events.Api.Features.Invites;
using PdfSharp;
using PdfSharp.Drawing;
using PdfSharp.Fonts;
using PdfSharp.Pdf;
using PdfSharp.UniversalAccessibility;

namespace Isa.Events.Api.Features.Agenda;

/// <summary>The agenda on paper, made from its items: PDF with a structure that screen readers follow (ISO 14289-1). The same agenda gives the same bytes.</summary>
public static class AgendaPdf
{
    private static readonly Lock OneAtATime = new(); // PDFsharp shares its fonts between documents and is not made for threads

    static AgendaPdf() => GlobalFontSettings.FontResolver = new PdfFace.Resolver();

    public static string FileName(Language language) => language switch { Language.De => "Tagesordnung.pdf", Language.Zh => "议程.pdf", _ => "agenda.pdf" };

    public static byte[] Render(Event evt, AgendaRow agenda, Language language)
    {
        lock (OneAtATime)
        {
            var pages = new Sheet(null, 0, language).Write(evt, agenda); // on no paper, to know how many pages there are
            using var document = new PdfDocument();
            var title = $"{Wording.Agenda.Label(language)}{evt.Title.In(language, evt.DefaultLanguage)}";
            document.Info.Title = title;
            document.Info.Author = evt.OrganizerName ?? "";
            document.Info.CreationDate = evt.UpdatedAt.UtcDateTime;
            document.PageLayout = PdfPageLayout.OneColumn;
            UAManager.ForDocument(document).SetDocumentLanguage(language.Tag());
            new Sheet(document, pages, language).Write(evt, agenda);
            using var stream = new MemoryStream();
            document.Save(stream, closeStream: false);
            return Settle(stream.ToArray(), title, evt.UpdatedAt);
        }
    }

    // PDFsharp draws lots for the names of the fonts' subsets and for the file's id, and writes XMP that does not escape. Each is replaced by as many bytes, so that the table of offsets stays right.
    private static byte[] Settle(byte[] file, string title, DateTimeOffset changedAt)
    {
        var text = Encoding.Latin1.GetString(file);
        foreach (Match subset in Regex.Matches(text, @"/([A-Z]{6})\+Noto", RegexOptions.CultureInvariant)) "ISAISA"u8.CopyTo(file.AsSpan(subset.Groups[1].Index));
        var begin = text.IndexOf("<?xpacket begin", StringComparison.Ordinal);
        var room = text.IndexOf("<?xpacket end=\"w\"?>", begin, StringComparison.Ordinal) + 19 - begin;
        var xmp = Encoding.UTF8.GetBytes(Xmp(Html.Encode(title), changedAt));
        if (xmp.Length > room) xmp = Encoding.UTF8.GetBytes(Xmp(string.Concat(title.Where(c => c is not ('&' or '<' or '>' or '"' or '\''))), changedAt));
        MendMaps(file, text);
        file.AsSpan(begin, room).Fill((byte)' ');
        xmp.CopyTo(file.AsSpan(begin));
        if (Regex.Match(text, @"/ID\s*\[\s*<([0-9A-F]{32})>\s*<([0-9A-F]{32})>", RegexOptions.CultureInvariant) is not { Success: true } id) return file;
        file.AsSpan(id.Groups[1].Index, 32).Fill((byte)'0');
        file.AsSpan(id.Groups[2].Index, 32).Fill((byte)'0');
        var mark = Encoding.ASCII.GetBytes(Convert.ToHexString(SHA256.HashData(file))[..32]);
        mark.CopyTo(file.AsSpan(id.Groups[1].Index));
        mark.CopyTo(file.AsSpan(id.Groups[2].Index));
        return file;
    }

    // Of a character beyond the basic plane PDFsharp writes the number into its maps from glyphs back to text, where UTF-16 is asked for (ISO 32000-1 s9.10.3). Put right one by one instead of
    // in ranges, under a short name, a map is no longer than it was; what is left of its room a reader passes over.
    private static void MendMaps(byte[] file, string text)
    {
        foreach (Match used in Regex.Matches(text, @"/ToUnicode (\d+) 0 R", RegexOptions.CultureInvariant))
        {
            if (Regex.Match(text, $@"\n{used.Groups[1].Value} 0 obj\s+<<[^>]*/Length (\d+)[^>]*>>\s*stream\r?\n", RegexOptions.CultureInvariant) is not { Success: true } head) continue;
            var room = file.AsSpan(head.Index + head.Length, int.Parse(head.Groups[1].Value, CultureInfo.InvariantCulture));
            using var unpacked = new StreamReader(new ZLibStream(new MemoryStream(room.ToArray()), CompressionMode.Decompress), Encoding.Latin1);
            var map = unpacked.ReadToEnd();
            if (!Regex.IsMatch(map, "<[0-9A-F]{5}>", RegexOptions.CultureInvariant)) continue;
            var mended = Regex.Replace(map.Replace("bfrange", "bfchar", StringComparison.Ordinal).Replace("/Adobe-Identity-UCS", "/U", StringComparison.Ordinal), "(<[0-9A-F]{4}>)<[0-9A-F]{4}><([0-9A-F]{4,5})>",
                m => $"{m.Groups[1].Value}<{Convert.ToHexString(Encoding.BigEndianUnicode.GetBytes(char.ConvertFromUtf32(Convert.ToInt32(m.Groups[2].Value, 16))))}>", RegexOptions.CultureInvariant);
            using var packed = new MemoryStream();
            using (var packing = new ZLibStream(packed, CompressionLevel.SmallestSize, leaveOpen: true)) packing.Write(Encoding.Latin1.GetBytes(mended));
            if (packed.Length > room.Length) continue;
            room.Clear();
            packed.ToArray().CopyTo(room);
        }
    }

    private static string Xmp(string title, DateTimeOffset changedAt) => $"""
        <?xpacket begin="" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
        <rdf:Description rdf:about="" xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/" pdfuaid:part="1"/>
        <rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title><rdf:Alt><rdf:li xml:lang="x-default">{title}</rdf:li></rdf:Alt></dc:title></rdf:Description>
        <rdf:Description rdf:about="" xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmp:CreateDate="{changedAt.UtcDateTime.ToString("s", CultureInfo.InvariantCulture)}Z"/>
        </rdf:RDF></x:xmpmeta><?xpacket end="r"?>
        """;

    /// <summary>Writes from top to bottom, page after page; without a document it counts them.</summary>
    private sealed class Sheet(PdfDocument? document, int pages, Language language)
    {
        private const double Left = 57;
        private const double Top = 57;
        private const double Right = 538; // A4 is 595 by 842 points
        private const double Bottom = 770;
        private const double Times = 92;
        private static readonly PdfStyle Title = new(20, Bold: true);
        private static readonly PdfStyle Heading = new(13, Bold: true);
        private static readonly PdfStyle Text = new(10.5);
        private static readonly PdfStyle Strong = new(10.5, Bold: true);
        private static readonly PdfStyle Small = new(9.5, Grey: 0.3);
        private static readonly PdfStyle Foot = new(8.5, Grey: 0.4);
        private readonly StructureBuilder? _structure = document is null ? null : UAManager.ForDocument(document).StructureBuilder;
        private readonly Dictionary<(PdfFace, PdfStyle), XFont> _fonts = [];
        private XGraphics? _paper;
        private string _footer = "";
        private double _y = double.MaxValue;
        private int _page;
        private string? _day;
        private bool _inTable;

        public int Write(Event evt, AgendaRow agenda)
        {
            var otherwise = evt.DefaultLanguage;
            _footer = evt.OrganizerName ?? "";
            Paragraph(PdfBlockLevelElementTag.Heading1, evt.Title.In(language, otherwise), Title, evt.Title.Resolve(language, otherwise));
            _y += 4;
            Paragraph(PdfBlockLevelElementTag.Paragraph, Clock.Span(evt.StartsAt, evt.EndsAt, evt.TimeZone, language), Strong);
            _y += 4;
            foreach (var site in evt.Sites)
            {
                Paragraph(PdfBlockLevelElementTag.Paragraph, InviteCalendar.Place(evt, site, language), Text);
                if (Clock.Differs(evt, evt.ZoneOf(site))) Paragraph(PdfBlockLevelElementTag.Paragraph, Clock.Span(evt.StartsAt, evt.EndsAt, evt.ZoneOf(site), language), Small);
            }

            if (evt.OrganizerName is { } organizer)
            {
                _y += 4;
                Paragraph(PdfBlockLevelElementTag.Paragraph, $"{Wording.Organizer.Label(language)}{organizer}{(evt.OrganizerEmail is { } address ? $", {address}" : "")}", Small);
            }

            _y += 14;
            Paragraph(PdfBlockLevelElementTag.Heading2, Wording.Agenda.In(language), Heading);
            var several = agenda.Items.Any(i => i.Day > 1);
            foreach (var day in agenda.Items.GroupBy(i => i.Day ?? 1).OrderBy(g => g.Key))
            {
                if (several)
                {
                    _y += 8;
                    Keep(80);
                    _day = Clock.Day(day.First().StartsAt(evt).In(evt.Zone), language);
                    Paragraph(PdfBlockLevelElementTag.Heading3, _day, Strong);
                }

                Table(evt, day);
            }

            return _page;
        }

        private void Table(Event evt, IEnumerable<AgendaItem> items)
        {
            Keep(60); // a head is not alone at the foot of a page
            Begin(PdfBlockLevelElementTag.Table);
            Begin(PdfBlockLevelElementTag.TableRow);
            var y = _y;
            Paragraph(PdfBlockLevelElementTag.TableHeaderCell, Wording.Time.In(language), Small);
            _y = y;
            Paragraph(PdfBlockLevelElementTag.TableHeaderCell, Wording.Topic.In(language), Small, x: Left + Times);
            End();
            Rule();
            _inTable = true;
            foreach (var item in items) Row(evt, item);
            _inTable = false;
            End();
        }

        // On each further page of a table its head again: seen, but not heard a second time.
        private void Resume()
        {
            if (_day is not null) Again(_day + language switch { Language.De => " (Fortsetzung)", Language.Zh => "（续）", _ => " (continued)" }, Strong, Left);
            _y += _day is null ? 0 : Strong.LineHeight;
            Again(Wording.Time.In(language), Small, Left);
            Again(Wording.Topic.In(language), Small, Left + Times);
            _y += Small.LineHeight;
            Rule();

            void Again(string text, PdfStyle style, double x) => Artifact(() => Draw(PdfText.Lines(text, style, Right - x)[0], style, x, _y + style.Size));
        }

        private void Row(Event evt, AgendaItem item)
        {
            var (lines, whole) = (new List<(List<PdfRun> Runs, PdfStyle Style)>(), new List<string>());
            Add(item.Title!.In(language, evt.DefaultLanguage), Strong);
            if (item.Speaker is { } speaker) Add(speaker, Text);
            if (item.Description is { } description) Add(description.In(language, evt.DefaultLanguage), Small);
            var when = AgendaPage.Span(evt, item, language, "–");
            if (PdfText.Width(when, Text) > Times) when = AgendaPage.Span(evt, item, language, "–\n");
            Keep(Math.Clamp(lines.Sum(l => l.Style.LineHeight), when.Split('\n').Length * Text.LineHeight, (Bottom - Top) / 2) + 10);
            Begin(PdfBlockLevelElementTag.TableRow);
            var (y, page) = (_y, _page);
            Paragraph(PdfBlockLevelElementTag.TableDataCell, when, Text);
            var under = _y;
            _y = y;
            Begin(PdfBlockLevelElementTag.TableDataCell, item.Title!.Resolve(language, evt.DefaultLanguage), string.Join('\n', whole));
            foreach (var (runs, style) in lines) Line(runs, style, Left + Times);
            End();
            End();
            _y = (_page == page ? Math.Max(_y, under) : _y) + 5;
            Rule();

            void Add(string text, PdfStyle style)
            {
                whole.Add(text);
                lines.AddRange(PdfText.Lines(text, style, Right - Left - Times).Select(runs => (runs, style)));
            }
        }

        private void Paragraph(PdfBlockLevelElementTag tag, string text, PdfStyle style, Language? written = null, double x = Left)
        {
            Keep(style.LineHeight); // the page comes before what stands on it
            Begin(tag, written, text);
            foreach (var line in PdfText.Lines(text, style, Right - x)) Line(line, style, x);
            End();
        }

        private void Line(List<PdfRun> runs, PdfStyle style, double x)
        {
            Keep(style.LineHeight);
            Draw(runs, style, x, _y + style.Size);
            _y += style.LineHeight;
        }

        private void Draw(List<PdfRun> runs, PdfStyle style, double x, double y)
        {
            foreach (var run in runs)
            {
                _paper?.DrawString(run.Text, Font(run.Face, style), new XSolidBrush(XColor.FromGrayScale(style.Grey)), x, y);
                x += run.Width;
            }
        }

        // A line between rows, which screen readers pass over.
        private void Rule()
        {
            Artifact(() => _paper!.DrawLine(new XPen(XColor.FromGrayScale(0.75), 0.5), Left, _y, Right, _y));
            _y += 5;
        }

        private void Keep(double height)
        {
            if (_y + height <= Bottom) return;
            (_page, _y) = (_page + 1, Top);
            if (document is not null) TurnPage(document);
            if (_inTable) Resume();
        }

        private void TurnPage(PdfDocument paper)
        {
            _structure!.EndMarkedContentsWithId(); // while the page is still there
            _paper?.Dispose();
            var page = paper.AddPage();
            page.Size = PageSize.A4;
            _paper = XGraphics.FromPdfPage(page);
            var number = language switch { Language.De => $"Seite {_page} von {pages}", Language.Zh => $"第 {_page} 页，共 {pages} 页", _ => $"Page {_page} of {pages}" };
            Artifact(() =>
            {
                Draw(PdfText.Lines(_footer, Foot, Right - Left - 120)[0], Foot, Left, Bottom + 28);
                Draw(PdfText.Lines(number, Foot, 120)[0], Foot, Right - PdfText.Width(number, Foot), Bottom + 28);
            });
        }

        private void Artifact(Action draw)
        {
            if (_structure is null) return;
            _structure.BeginArtifact();
            draw();
            _structure.End();
        }

        private void Begin(PdfBlockLevelElementTag tag, Language? written = null, string text = "")
        {
            if (_structure is null) return;
            _structure.BeginElement(tag);
            if (written is { } other && other != language) _structure.SetLanguage(other.Tag());
            if (!PdfText.IsWhole(text)) _structure.CurrentStructureElement.Elements.SetString("/ActualText", text); // words that paper lacks are read aloud
            if (tag == PdfBlockLevelElementTag.TableHeaderCell) _structure.CurrentStructureElement.TableAttributes.Elements.SetName("/Scope", "/Column");
        }

        private void End() => _structure?.End();

        private XFont Font(PdfFace face, PdfStyle style)
        {
            if (!_fonts.TryGetValue((face, style), out var font)) _fonts[(face, style)] = font = face.At(style.Size, style.Bold);
            return font;
        }
    }
}
