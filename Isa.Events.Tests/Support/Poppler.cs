using System.Diagnostics;
using System.Text;

namespace Isa.Events.Tests.Support;

/// <summary>A foreign reader of PDF (Debian's <c>poppler-utils</c>): what it finds in a file that we wrote.</summary>
public static class Poppler
{
    private static readonly Lazy<bool> There = new(() => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Any(folder => File.Exists(Path.Combine(folder, "pdftotext"))));

    /// <summary>For a test's SkipUnless.</summary>
    public static bool IsThere => There.Value;

    public const string Missing = "Needs a reader of PDF: apt-get install poppler-utils.";

    /// <summary>The text as it lies on the pages.</summary>
    public static Task<string> TextAsync(byte[] pdf) => RunAsync("pdftotext", "-layout", pdf);

    /// <summary>The text in the order and with the elements that a screen reader follows.</summary>
    public static Task<string> StructureAsync(byte[] pdf) => RunAsync("pdfinfo", "-struct-text", pdf);

    public static Task<string> InfoAsync(byte[] pdf) => RunAsync("pdfinfo", "-isodates", pdf);

    public static Task<string> XmpAsync(byte[] pdf) => RunAsync("pdfinfo", "-meta", pdf);

    /// <summary>A line for each font.</summary>
    public static Task<string> FontsAsync(byte[] pdf) => RunAsync("pdffonts", "", pdf);

    /// <summary>The columns of the first page between two heights, from left to right: whether there is ink in them. In points; two columns to each.</summary>
    public static async Task<bool[]> InkAsync(byte[] pdf, int top, int bottom)
    {
        var image = await RunAsync("pdftoppm", "-gray -r 144 -f 1 -l 1", pdf);
        var head = image.Split('\n', 4); // P5, size, largest value
        var width = int.Parse(head[1].Split(' ')[0], System.Globalization.CultureInfo.InvariantCulture);
        return [.. Enumerable.Range(0, width).Select(x => Enumerable.Range(2 * top, 2 * (bottom - top)).Any(y => head[3][y * width + x] < 128))];
    }

    private static async Task<string> RunAsync(string program, string option, byte[] pdf)
    {
        var file = Path.Combine(Path.GetTempPath(), $"isa-{Guid.NewGuid():N}.pdf");
        await File.WriteAllBytesAsync(file, pdf);
        try
        {
            string[] arguments = [.. option.Split(' ', StringSplitOptions.RemoveEmptyEntries), file, .. program == "pdftotext" ? ["-"] : Array.Empty<string>()];
            using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, StandardOutputEncoding = program == "pdftoppm" ? Encoding.Latin1 : Encoding.UTF8 })!;
            var errors = process.StandardError.ReadToEndAsync();
            var text = await process.StandardOutput.ReadToEndAsync();
            await process.WaitForExitAsync();
            process.ExitCode.ShouldBe(0);
            (await errors).ShouldBe("", "poppler complains of the file");
            return text;
        }
        finally
        {
            File.Delete(file);
        }
    }
}
