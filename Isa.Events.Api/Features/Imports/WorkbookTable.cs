using System.Globalization;
using System.IO.Compression;
using System.Text;
using System.Xml;

namespace Isa.Events.Api.Features.Imports;

/// <summary>
/// Reads a sheet of an Excel workbook (ECMA-376): the one that is named, else the only visible one, or the only one whose headers fit. By hand: a reader for all workbooks hides that a cell is a formula, and fills in every cell of the
/// area that a sheet claims to have, which a file of some hundred bytes can make a billion.
/// </summary>
internal static class WorkbookTable
{
    private const long MaxUnpacked = 64_000_000; // bytes of all parts that are read; 20,000 rows of people have 30 MB
    private const int MaxShared = 1_000_000;
    private const int MaxSheets = 100; // that are looked into
    private const int MaxElements = 2_500_000; // rows and cells, empty ones too; 20,000 rows of 100 columns have 2,020,000

    /// <param name="bytes">The file.</param>
    /// <param name="maxRows">More are refused.</param>
    /// <param name="fits">Whether headers are those of a table that can be imported.</param>
    /// <param name="sheet">Its name, or null.</param>
    public static ImportTable Read(byte[] bytes, int maxRows, Func<IReadOnlyList<string>, bool> fits, string? sheet = null)
    {
        try
        {
            using var zip = new ZipArchive(new MemoryStream(bytes), ZipArchiveMode.Read);
            return new Reader(zip, maxRows).Read(fits, sheet);
        }
        catch (Exception e) when (e is InvalidDataException or XmlException or IOException or NotSupportedException or FormatException or OverflowException)
        {
            throw ImportTable.Unreadable(FieldCode.UnreadableFile);
        }
    }

    private sealed class Reader(ZipArchive zip, int maxRows)
    {
        private long _left = MaxUnpacked;
        private int _elements;
        private List<string> _shared = [];

        public ImportTable Read(Func<IReadOnlyList<string>, bool> fits, string? named)
        {
            if (zip.Entries.Count > 10_000) throw new InvalidDataException();
            var book = Relations("").FirstOrDefault(r => r.Type.EndsWith("/officeDocument", StringComparison.Ordinal))?.Target ?? throw new InvalidDataException();
            var relations = Relations(book);
            if (relations.FirstOrDefault(r => r.Type.EndsWith("/sharedStrings", StringComparison.Ordinal)) is { } strings) _shared = Shared(strings.Target);
            var sheets = Sheets(book);
            var names = string.Join(", ", sheets.Take(100).Select(s => s.Name));
            var chosen = sheets.Where(s => named is null || string.Equals(named, s.Name, StringComparison.OrdinalIgnoreCase)).Take(named is null ? MaxSheets : 1).ToList();
            if (chosen.Count == 0) throw named is null ? new InvalidDataException() : new ProblemException(Problem.MalformedRequest, "sheet", FieldCode.UnknownValue, names);
            if (chosen.Count > 1) chosen = [.. chosen.Where(s => fits(Headers(PartOf(s))))];
            return chosen.Count == 1 ? Table(PartOf(chosen[0])) : throw ImportTable.Wrong("sheet", FieldCode.SheetNeeded, names);

            string PartOf((string Name, string Id) sheet) => relations.FirstOrDefault(r => r.Id == sheet.Id)?.Target ?? throw new InvalidDataException();
        }

        // Those that are visible, with the ids of their relations.
        private List<(string Name, string Id)> Sheets(string book)
        {
            var sheets = new List<(string, string)>();
            using var xml = Open(book) ?? throw new InvalidDataException();
            while (xml.Read())
            {
                if (xml.NodeType != XmlNodeType.Element || xml.LocalName != "sheet" || xml.GetAttribute("state") is "hidden" or "veryHidden") continue;
                var name = xml.GetAttribute("name") ?? "";
                while (xml.MoveToNextAttribute()) if (xml.LocalName == "id" && xml.NamespaceURI.Length > 0) sheets.Add((name, xml.Value));
            }

            return sheets;
        }

        /// <summary>What a part refers to; with an empty name, what the package does.</summary>
        private List<Relation> Relations(string part)
        {
            var slash = part.LastIndexOf('/') + 1;
            var found = new List<Relation>();
            using var xml = Open($"{part[..slash]}_rels/{part[slash..]}.rels");
            while (xml is not null && xml.Read())
            {
                if (xml.NodeType != XmlNodeType.Element || xml.LocalName != "Relationship" || xml.GetAttribute("TargetMode") == "External") continue;
                var target = xml.GetAttribute("Target") ?? "";
                found.Add(new Relation(xml.GetAttribute("Id") ?? "", xml.GetAttribute("Type") ?? "", target.StartsWith('/') ? target[1..] : part[..slash] + target));
            }

            return found;
        }

        private List<string> Shared(string part)
        {
            var texts = new List<string>();
            using var xml = Open(part) ?? throw new InvalidDataException();
            while (xml.Read())
            {
                if (xml.NodeType != XmlNodeType.Element || xml.LocalName != "si") continue;
                if (texts.Count == MaxShared) throw new InvalidDataException();
                texts.Add(Runs(xml));
            }

            return texts;
        }

        private ImportTable Table(string part)
        {
            List<string>? headers = null;
            var rows = new List<TableRow>();
            foreach (var (number, cells, refused) in Rows(part))
            {
                if (headers is null)
                {
                    if (refused.Count > 0) throw ImportTable.Wrong("columns", refused.Values.First());
                    headers = cells;
                    continue;
                }

                if (rows.Count == maxRows) throw TooMany();
                while (cells.Count < headers.Count) cells.Add(""); // what is empty at the end of a row is not written
                while (cells.Count > headers.Count && cells[^1].Length == 0 && !refused.ContainsKey(cells.Count - 1)) cells.RemoveAt(cells.Count - 1);
                rows.Add(new TableRow(number, cells) { Refused = refused.Count > 0 ? refused : null });
            }

            return new ImportTable(headers ?? [], rows);
        }

        // Another sheet may be anything: a chart, or far wider than a table of people.
        private List<string> Headers(string part)
        {
            try
            {
                return Rows(part).Select(row => row.Cells).FirstOrDefault() ?? [];
            }
            catch (ProblemException e) when (e.Problem == Problem.ValidationFailed)
            {
                return [];
            }
        }

        private IEnumerable<(long Number, List<string> Cells, Dictionary<int, FieldCode> Refused)> Rows(string part)
        {
            var number = 0L;
            using var xml = Open(part) ?? throw new InvalidDataException();
            while (xml.Read())
            {
                if (xml.NodeType != XmlNodeType.Element || xml.LocalName != "row") continue;
                Count();
                number = xml.GetAttribute("r") is { } r ? long.Parse(r, NumberStyles.None, CultureInfo.InvariantCulture) : number + 1;
                if (xml.IsEmptyElement) continue;
                var (cells, refused) = Cells(xml);
                if (refused.Count > 0 || !cells.All(string.IsNullOrWhiteSpace)) yield return (number, cells, refused);
            }
        }

        private void Count()
        {
            if (++_elements > MaxElements) throw TooMany();
        }

        private ProblemException TooMany() => ImportTable.Wrong("rows", FieldCode.TooMany, maxRows);

        private (List<string> Cells, Dictionary<int, FieldCode> Refused) Cells(XmlReader xml)
        {
            var cells = new List<string>();
            var refused = new Dictionary<int, FieldCode>();
            var depth = xml.Depth;
            while (xml.Read() && xml.Depth > depth)
            {
                if (xml.NodeType != XmlNodeType.Element || xml.LocalName != "c") continue;
                Count();
                var column = xml.GetAttribute("r") is { } reference ? Column(reference) : cells.Count;
                var (text, wrong) = Cell(xml);
                if (text.Length == 0 && wrong is null) continue;
                if (column >= ImportTable.MaxColumns) throw ImportTable.Wrong("columns", FieldCode.TooMany, ImportTable.MaxColumns);
                while (cells.Count <= column) cells.Add("");
                cells[column] = text;
                if (wrong is not null) refused[column] = wrong;
            }

            return (cells, refused);
        }

        // The letters of B12 as a number, 0 for A.
        private static int Column(string reference)
        {
            var column = 0;
            foreach (var c in reference)
            {
                if (!char.IsAsciiLetterUpper(c)) break;
                column = Math.Min(100_000, column * 26 + (c - 'A' + 1));
            }

            return column > 0 ? column - 1 : throw new InvalidDataException();
        }

        private (string Text, FieldCode? Wrong) Cell(XmlReader xml)
        {
            var type = xml.GetAttribute("t");
            if (xml.IsEmptyElement) return ("", null);
            var (value, depth, formula) = ("", xml.Depth, false);
            while (xml.Read() && xml.Depth > depth)
            {
                if (xml.NodeType != XmlNodeType.Element) continue;
                if (xml.LocalName == "f") formula = true;
                else if (xml.LocalName == "is") value = Runs(xml);
                else if (xml.LocalName == "v" && !xml.IsEmptyElement) value = Inner(xml);
            }

            // What is stored beside a formula is what some program once made of it, or nothing: whoever wrote the file may have seen another value.
            if (formula) return ("", FieldCode.Formula);
            return type switch
            {
                "s" => int.Parse(value, NumberStyles.None, CultureInfo.InvariantCulture) is var index && index < _shared.Count ? (_shared[index], null) : throw new InvalidDataException(),
                "b" => (value == "1" ? "true" : "false", null),
                "e" => ("", FieldCode.InvalidText),
                "str" or "inlineStr" or "d" => (value, null),
                // Digits as people see them: a telephone number is stored as 4.951116845E10.
                _ => (decimal.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out var exact) ? exact.ToString("0.###############", CultureInfo.InvariantCulture) : value, null),
            };
        }

        // The runs of a text, without the reading aids that East Asian versions keep beside them.
        private static string Runs(XmlReader xml)
        {
            if (xml.IsEmptyElement) return "";
            var text = new StringBuilder();
            var depth = xml.Depth;
            while (xml.Read() && xml.Depth > depth)
            {
                if (xml.NodeType != XmlNodeType.Element) continue;
                if (xml.LocalName == "rPh")
                {
                    var inner = xml.Depth;
                    while (!xml.IsEmptyElement && xml.Read() && xml.Depth > inner) { }
                }
                else if (xml.LocalName == "t" && !xml.IsEmptyElement) text.Append(Inner(xml));
            }

            return Unescape(text.ToString());
        }

        // Leaves the reader at the end of its element.
        private static string Inner(XmlReader xml)
        {
            var text = new StringBuilder();
            var depth = xml.Depth;
            while (xml.Read() && xml.Depth > depth)
                if (xml.NodeType is XmlNodeType.Text or XmlNodeType.CDATA or XmlNodeType.SignificantWhitespace or XmlNodeType.Whitespace) text.Append(xml.Value);
            return text.ToString();
        }

        // ST_Xstring: what XML cannot hold stands as _x000D_.
        private static string Unescape(string text)
        {
            if (!text.Contains("_x", StringComparison.Ordinal)) return text;
            return System.Text.RegularExpressions.Regex.Replace(text, "_x([0-9A-Fa-f]{4})_", m => ((char)Convert.ToInt32(m.Groups[1].Value, 16)).ToString());
        }

        private XmlReader? Open(string part)
        {
            var entry = zip.GetEntry(part);
            return entry is null ? null : XmlReader.Create(new Counted(entry.Open(), this), new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null, CloseInput = true });
        }

        private sealed record Relation(string Id, string Type, string Target);

        /// <summary>What comes out of the package, whatever it says of its sizes, up to a limit for all of it.</summary>
        private sealed class Counted(Stream inner, Reader reader) : Stream
        {
            public override bool CanRead => true;

            public override bool CanSeek => false;

            public override bool CanWrite => false;

            public override long Length => throw new NotSupportedException();

            public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

            public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

            public override int Read(Span<byte> buffer)
            {
                var read = inner.Read(buffer);
                return (reader._left -= read) >= 0 ? read : throw new ProblemException(Problem.PayloadTooLarge);
            }

            public override void Flush() => throw new NotSupportedException();

            public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

            public override void SetLength(long value) => throw new NotSupportedException();

            public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

            protected override void Dispose(bool disposing)
            {
                if (disposing) inner.Dispose();
                base.Dispose(disposing);
            }
        }
    }
}
