using System.Buffers.Binary;
using System.IO.Compression;
using PdfSharp.Drawing;
using PdfSharp.Fonts;
using PdfSharp.Pdf;

namespace Isa.Events.Api.Features.Agenda;

/// <summary>A font of the agenda's PDF: which characters it draws, and how wide. They come with the program, so that every machine makes the same file.</summary>
internal sealed class PdfFace
{
    private static readonly PdfFace Regular = new("Noto Sans", "NotoSans-Regular"); // Latin, Greek and Cyrillic
    private static readonly PdfFace Bold = new("Noto Sans", "NotoSans-Bold");

    // Of these there is one weight, drawn thicker where it shall be bold. What is drawn with a large font makes a large file, so what names seldom hold is apart, and read once somebody writes it.
    private static readonly Lazy<PdfFace> Chinese = Load("Noto Sans SC", "NotoSansSC-Regular");
    private static readonly Lazy<PdfFace>[] Rare = [Load("Noto Sans SC Rare", "NotoSansSC-Rare"), Load("Noto Sans HK Rare", "NotoSansHK-Rare"), Load("Noto Sans JP Rare", "NotoSansJP-Rare")];
    private static readonly Lazy<PdfFace> Korean = Load("Noto Sans KR", "NotoSansKR-Regular");

    private const double Thickening = 0.02; // what PDFsharp adds to each character that it draws thicker

    private readonly string _family;
    private readonly byte[] _font;
    private readonly ushort[] _glyphs;
    private readonly int _advances;
    private readonly int _widths;
    private readonly double _em;

    private PdfFace(string family, string file)
    {
        using var packed = typeof(PdfFace).Assembly.GetManifestResourceStream($"Fonts/{file}.ttf.gz")!;
        using var unpacked = new GZipStream(packed, CompressionMode.Decompress);
        using var font = new MemoryStream();
        unpacked.CopyTo(font);
        (_family, _font) = (family, font.ToArray());
        _em = UInt16(Table("head") + 18);
        _widths = UInt16(Table("hhea") + 34);
        _advances = Table("hmtx");
        _glyphs = ReadGlyphs();
    }

    /// <summary>The font that draws a character, or null.</summary>
    public static PdfFace? Of(int codePoint, bool bold)
    {
        var latin = bold ? Bold : Regular;
        if (latin.Has(codePoint)) return latin;
        if (Chinese.Value.Has(codePoint)) return Chinese.Value;
        return IsHangul(codePoint) ? Korean.Value.Has(codePoint) ? Korean.Value : null : IsIdeograph(codePoint) ? Rare.FirstOrDefault(face => face.Value.Has(codePoint))?.Value : null;
    }

    public static bool IsIdeograph(int codePoint) => codePoint is >= 0x3400 and <= 0x9FFF or >= 0xF900 and <= 0xFAFF or >= 0x20000 and <= 0x3FFFF;

    /// <summary>Of a character, at one point.</summary>
    public double Width(int codePoint, bool bold) => UInt16(_advances + 4 * Math.Min(_glyphs[codePoint], _widths - 1)) / _em + (bold && this != Bold ? Thickening : 0);

    public XFont At(double size, bool bold) => new(_family, size, bold ? XFontStyleEx.Bold : XFontStyleEx.Regular, new XPdfFontOptions(PdfFontEncoding.Unicode, PdfFontEmbedding.TryComputeSubset));

    /// <summary>The fonts by the names that PDFsharp asks for.</summary>
    internal sealed class Resolver : IFontResolver
    {
        public FontResolverInfo ResolveTypeface(string familyName, bool bold, bool italic) => familyName == Regular._family
            ? new FontResolverInfo(bold ? "Bold" : "Regular") : new FontResolverInfo(familyName, bold, mustSimulateItalic: false);

        public byte[] GetFont(string faceName) => (faceName switch { "Bold" => Bold, "Regular" => Regular, _ => new[] { Chinese, Korean }.Concat(Rare).First(face => face.IsValueCreated && face.Value._family == faceName).Value })._font;
    }

    private static bool IsHangul(int codePoint) => codePoint is >= 0x3131 and <= 0x318F or >= 0xAC00 and <= 0xD7A3;

    private static Lazy<PdfFace> Load(string family, string file) => new(() => new PdfFace(family, file));

    private bool Has(int codePoint) => codePoint < _glyphs.Length && _glyphs[codePoint] != 0;

    // A cmap of format 4 has the basic plane alone, so the fonts have one of format 12 too (OpenType 1.9, cmap).
    private ushort[] ReadGlyphs()
    {
        var cmap = Table("cmap");
        for (var i = 0; i < UInt16(cmap + 2); i++)
        {
            var map = cmap + UInt32(cmap + 8 + 8 * i);
            if (UInt16(map) != 12) continue;
            var groups = Enumerable.Range(0, UInt32(map + 12)).Select(group => map + 16 + 12 * group).ToList();
            var glyphs = new ushort[UInt32(groups[^1] + 4) + 1];
            foreach (var group in groups)
                for (var code = UInt32(group); code <= UInt32(group + 4); code++) glyphs[code] = (ushort)(UInt32(group + 8) + code - UInt32(group));
            return glyphs;
        }

        throw new InvalidDataException("The font has no character map of format 12.");
    }

    private int Table(string tag)
    {
        for (var i = 0; i < UInt16(4); i++)
            if (System.Text.Encoding.ASCII.GetString(_font, 12 + 16 * i, 4) == tag) return UInt32(12 + 16 * i + 8);
        throw new InvalidDataException($"The font has no table {tag}.");
    }

    private ushort UInt16(int offset) => BinaryPrimitives.ReadUInt16BigEndian(_font.AsSpan(offset));

    private int UInt32(int offset) => (int)BinaryPrimitives.ReadUInt32BigEndian(_font.AsSpan(offset));
}
