using System.Globalization;
using System.Text;
using Microsoft.Net.Http.Headers;

namespace Isa.Events.Api.Http;

/// <summary>The fields of a form as a browser sends them: <c>application/x-www-form-urlencoded</c> in UTF-8, and nothing else.</summary>
public sealed class FormBody
{
    /// <summary>The largest form; every field at its limit in Chinese would not fill it.</summary>
    public const long MaxBytes = 500_000;

    private const int MaxFields = 2_000;
    private static readonly UTF8Encoding Strict = new(false, throwOnInvalidBytes: true);
    private readonly Dictionary<string, List<string>> _values = new(StringComparer.Ordinal);

    private FormBody()
    {
    }

    /// <exception cref="ProblemException"><see cref="Problem.UnsupportedMediaType"/>, <see cref="Problem.PayloadTooLarge"/> or <see cref="Problem.MalformedRequest"/>.</exception>
    public static async Task<FormBody> ReadAsync(HttpContext context, long limit, CancellationToken ct)
    {
        if (!MediaTypeHeaderValue.TryParse(context.Request.ContentType, out var type) || !type.MediaType.Equals("application/x-www-form-urlencoded", StringComparison.OrdinalIgnoreCase)
            || type.Charset.HasValue && !type.Charset.Value.Trim('"').Equals("utf-8", StringComparison.OrdinalIgnoreCase))
            throw new ProblemException(Problem.UnsupportedMediaType);
        return Parse(await Body.ReadBytesAsync(context, Math.Min(limit, MaxBytes), ct));
    }

    public bool Has(string name) => _values.ContainsKey(name);

    /// <summary>Every value of a field that may come several times; empty ones are none.</summary>
    public IReadOnlyList<string> All(string name) => _values.TryGetValue(name, out var values) ? [.. values.Where(v => v.Length > 0)] : [];

    /// <summary>As it was typed; null where the form has no such field.</summary>
    /// <exception cref="ProblemException"><see cref="Problem.MalformedRequest"/> where it comes twice.</exception>
    public string? Typed(string name) => !_values.TryGetValue(name, out var values) ? null : values.Count == 1 ? values[0] : throw new ProblemException(Problem.MalformedRequest, name, FieldCode.DuplicateMember);

    private static FormBody Parse(byte[] bytes)
    {
        var form = new FormBody();
        var count = 0;
        foreach (var range in bytes.AsSpan().Split((byte)'&'))
        {
            var pair = bytes.AsSpan()[range];
            if (pair.IsEmpty) continue;
            if (++count > MaxFields) throw new ProblemException(Problem.MalformedRequest, "", FieldCode.TooMany, MaxFields);
            var equals = pair.IndexOf((byte)'=');
            var name = Decode(equals < 0 ? pair : pair[..equals]);
            if (!form._values.TryGetValue(name, out var values)) form._values[name] = values = [];
            values.Add(equals < 0 ? "" : Decode(pair[(equals + 1)..]));
        }

        return form;
    }

    private static string Decode(ReadOnlySpan<byte> text)
    {
        var bytes = new byte[text.Length];
        var length = 0;
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] != '%') bytes[length++] = text[i] == '+' ? (byte)' ' : text[i];
            else if (i + 2 < text.Length && byte.TryParse(text.Slice(i + 1, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out bytes[length])) (length, i) = (length + 1, i + 2);
            else throw new ProblemException(Problem.MalformedRequest, "", FieldCode.InvalidText);
        }

        try
        {
            return Strict.GetString(bytes, 0, length);
        }
        catch (DecoderFallbackException)
        {
            throw new ProblemException(Problem.MalformedRequest, "", FieldCode.InvalidText);
        }
    }
}
