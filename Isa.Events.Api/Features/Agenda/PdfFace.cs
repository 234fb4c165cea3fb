using System.Buffers.Binary;
using PdfSharp.Drawing;
using PdfSharp.Fonts;
using PdfSharp.Pdf;

namespace Isa.Events.Api.Features.Agenda;

/// <summary>A font of the agenda's PDF: which characters it draws, and how wide. Three come with the program, so that every machine makes the same file.</summary>
internal sealed class PdfFace
{
    /// <summary>Latin, Greek and Cyrillic.</summary>
    public static readonly PdfFace Regular = new("NotoSans-Regular", "Noto Sans", bold: false);

    public static readonly PdfFace Bold = new("NotoSans-Bold", "Noto Sans", bold: true);

    /// <summary>Chinese, and what stands in Chinese text. There is one weight; bold is drawn thicker.</summary>
    public static readonly PdfFace Chinese = new("NotoSansSC-Regular", "Noto Sans SC", bold: false);

    private const double Thickening = 0.02; // what PDFsharp adds to each character that it draws thicker

    private readonly ushort[] _glyphs = new ushort[char.MaxValue + 1];
    private readonly byte[] _font;
    private readonly int _advances;
    private readonly int _widths;
    private readonly double _em;
    private readonly string _family;

    private PdfFace(string file, string family, bool bold)
    {
        using var stream = typeof(PdfFace).Assembly.GetManifestResourceStream($"Fonts/{file}.ttf")!;
        _font = new byte[stream.Length];
        stream.ReadExactly(_font);
        (_family, IsBold) = (family, bold);
        _em = UInt16(Table("head") + 18);
        _widths = UInt16(Table("hhea") + 34);
        _advances = Table("hmtx");
        ReadGlyphs();
    }

    public bool IsBold { get; }

    public bool Has(int codePoint) => codePoint <= char.MaxValue && _glyphs[codePoint] != 0;

    /// <summary>Of a character, at one point.</summary>
    public double Width(int codePoint, bool bold) => UInt16(_advances + 4 * Math.Min(_glyphs[codePoint], _widths - 1)) / _em + (bold && !IsBold ? Thickening : 0);

    public XFont At(double size, bool bold) => new(_family, size, bold ? XFontStyleEx.Bold : XFontStyleEx.Regular, new XPdfFontOptions(PdfFontEncoding.Unicode, PdfFontEmbedding.TryComputeSubset));

    /// <summary>The fonts by the names that PDFsharp asks for.</summary>
    internal sealed class Resolver : IFontResolver
    {
        public FontResolverInfo ResolveTypeface(string familyName, bool bold, bool italic) => familyName == Chinese._family
            ? new FontResolverInfo("Chinese", bold, mustSimulateItalic: false) : new FontResolverInfo(bold ? "Bold" : "Regular");

        public byte[] GetFont(string faceName) => (faceName switch { "Chinese" => Chinese, "Bold" => Bold, _ => Regular })._font;
    }

    // The characters of the basic plane: a cmap of format 4 (OpenType 1.9, cmap).
    private void ReadGlyphs()
    {
        var cmap = Table("cmap");
        for (var i = 0; i < UInt16(cmap + 2); i++)
        {
            var map = cmap + (int)BinaryPrimitives.ReadUInt32BigEndian(_font.AsSpan(cmap + 8 + 8 * i));
            if (UInt16(map) != 4) continue;
            var doubled = UInt16(map + 6);
            for (var segment = 0; segment < doubled; segment += 2)
            {
                var (end, start) = (UInt16(map + 14 + segment), UInt16(map + 16 + doubled + segment));
                var (delta, at) = (UInt16(map + 16 + 2 * doubled + segment), map + 16 + 3 * doubled + segment);
                for (int code = start; code <= end && code < char.MaxValue; code++)
                {
                    var glyph = UInt16(at) == 0 ? code : UInt16(at + UInt16(at) + 2 * (code - start));
                    if (glyph != 0) _glyphs[code] = (ushort)(glyph + delta);
                }
            }

            return;
        }

        throw new InvalidDataException("The font has no character map of format 4.");
    }

    private int Table(string tag)
    {
        for (var i = 0; i < UInt16(4); i++)
            if (System.Text.Encoding.ASCII.GetString(_font, 12 + 16 * i, 4) == tag) return (int)BinaryPrimitives.ReadUInt32BigEndian(_font.AsSpan(12 + 16 * i + 8));
        throw new InvalidDataException($"The font has no table {tag}.");
    }

    private ushort UInt16(int offset) => BinaryPrimitives.ReadUInt16BigEndian(_font.AsSpan(offset));
}
