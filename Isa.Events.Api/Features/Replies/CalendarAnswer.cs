using System.Globalization;
using System.Text;
using NodaTime;

namespace Isa.Events.Api.Features.Replies;

/// <summary>
/// A calendar object as it came by mail, as far as an answer needs it (RFC 5546 s3.2.3). Read line by line and no more than asked for: what comes from outside may be
/// anything, and a library that understands all of it would have to be trusted with it.
/// </summary>
internal sealed record CalendarAnswer
{
    private const int MaxProperty = 64 * 1024; // longer ones are attachments, which nobody asks for
    private const int MaxDepth = 8;
    private const int MaxAttendees = 50;
    private const int MaxComment = 64 * 1024;
    private const string Begins = "BEGIN:";
    private const string Ends = "END:";
    private string? _start;

    public string? Method { get; private set; }

    /// <summary>How many events it holds.</summary>
    public int Events { get; private set; }

    public string? Uid { get; private set; }

    public long Sequence { get; private set; }

    /// <summary>Null where it is absent or says no instant.</summary>
    public DateTimeOffset? Stamp { get; private set; }

    /// <summary>Addresses, normalised, with what each says.</summary>
    public List<(string Address, string Status)> Attendees { get; } = [];

    public string? Comment { get; private set; }

    public string? Description { get; private set; }

    /// <summary>The day of the event that was answered, on a clock; null where it is not said.</summary>
    /// <param name="zone">The clock, for an instant. What was written in a zone is taken to be in this one, as invites are.</param>
    public DateTime? DayIn(DateTimeZone zone) => _start is null ? null : Instant(_start)?.In(zone).Date
        ?? (DateTime.TryParseExact(_start.Split('T')[0], "yyyyMMdd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) ? day : null);

    /// <summary>Null where it is no calendar object.</summary>
    public static CalendarAnswer? Read(string text)
    {
        var answer = new CalendarAnswer();
        var within = new Stack<string>();
        var begun = false;
        foreach (var line in Unfold(text))
        {
            if (line.Split() is not var (name, parameters, value)) continue;
            if ($"{name}:" == Begins)
            {
                if (within.Count >= MaxDepth) return null;
                within.Push(value.ToUpperInvariant());
                begun |= within.Count == 1 && within.Peek() == "VCALENDAR";
                if (within is { Count: 2 } && within.Peek() == "VEVENT") answer.Events++;
            }
            else if ($"{name}:" == Ends) within.TryPop(out _);
            else if (within.Count == 1 && name == "METHOD") answer.Method = value.Trim().ToUpperInvariant();
            else if (within.Count == 2 && within.Peek() == "VEVENT" && answer.Events == 1) answer.Take(name, parameters, value);
        }

        return begun ? answer : null;
    }

    private void Take(string name, string parameters, string value)
    {
        switch (name)
        {
            case "UID": Uid = value.Trim(); break;
            case "SEQUENCE": Sequence = long.TryParse(value, NumberStyles.AllowLeadingWhite | NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture, out var sequence) ? sequence : 0; break;
            case "DTSTAMP": Stamp = Instant(value); break;
            case "DTSTART": _start = value.Trim(); break;
            case "COMMENT" when Comment is not { Length: > MaxComment }: Comment = Comment is null ? Plain(value) : $"{Comment}\n{Plain(value)}"; break;
            case "DESCRIPTION": Description ??= Plain(value); break;
            case "ATTENDEE" when Attendees.Count < MaxAttendees:
                if ((AddressOf(value) ?? AddressOf(Parameter(parameters, "EMAIL") ?? "")) is { } address) Attendees.Add((address, (Parameter(parameters, "PARTSTAT") ?? "NEEDS-ACTION").ToUpperInvariant()));
                break;
        }
    }

    private static DateTimeOffset? Instant(string value) =>
        DateTimeOffset.TryParseExact(value.Trim(), "yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var instant) ? instant : null;

    private static string? AddressOf(string value)
    {
        var text = value.Trim();
        if (text.StartsWith("mailto:", StringComparison.OrdinalIgnoreCase)) text = text[7..];
        return EmailAddress.TryNormalise(Uri.UnescapeDataString(text), out _, out var normalised) ? normalised : null;
    }

    private static string? Parameter(string parameters, string name)
    {
        foreach (var parameter in Cut(parameters, ';'))
            if (parameter.Length > name.Length && parameter[name.Length] == '=' && parameter.StartsWith(name, StringComparison.OrdinalIgnoreCase)) return parameter[(name.Length + 1)..].Trim('"');
        return null;
    }

    private static IEnumerable<string> Cut(string text, char at)
    {
        var (from, quoted) = (0, false);
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '"') quoted = !quoted;
            if (text[i] != at || quoted) continue;
            yield return text[from..i];
            from = i + 1;
        }

        yield return text[from..];
    }

    // RFC 5545 s3.3.11.
    private static string Plain(string value)
    {
        var text = new StringBuilder(value.Length);
        for (var i = 0; i < value.Length; i++)
        {
            if (value[i] != '\\' || i + 1 == value.Length) text.Append(value[i]);
            else text.Append(value[++i] is 'n' or 'N' ? '\n' : value[i]);
        }

        return text.ToString();
    }

    private static IEnumerable<ContentLine> Unfold(string text)
    {
        var property = new StringBuilder();
        var from = 0;
        while (from <= text.Length)
        {
            var end = text.IndexOf('\n', from) is >= 0 and var found ? found : text.Length;
            var (start, length) = (from, end > from && text[end - 1] == '\r' ? end - from - 1 : end - from);
            from = end + 1;
            if (length > 0 && text[start] is ' ' or '\t')
            {
                if (property.Length < MaxProperty) property.Append(text, start + 1, length - 1);
                continue;
            }

            if (property.Length is > 0 and < MaxProperty) yield return new ContentLine(property.ToString());
            property.Clear().Append(text, start, Math.Min(length, MaxProperty));
        }

        if (property.Length is > 0 and < MaxProperty) yield return new ContentLine(property.ToString());
    }

    /// <summary>A property (RFC 5545 s3.1).</summary>
    private readonly record struct ContentLine(string Text)
    {
        /// <summary>Name in capitals, parameters, value; null where it is none.</summary>
        public (string Name, string Parameters, string Value)? Split()
        {
            var quoted = false;
            for (var i = 0; i < Text.Length; i++)
            {
                if (Text[i] == '"') quoted = !quoted;
                if (Text[i] != ':' || quoted) continue;
                var head = Text.AsSpan(0, i);
                var name = head.IndexOf(';') is >= 0 and var end ? head[..end] : head;
                return (name.Trim().ToString().ToUpperInvariant(), head.Length > name.Length ? head[(name.Length + 1)..].ToString() : "", Text[(i + 1)..]);
            }

            return null;
        }
    }
}
