using System.Security.Cryptography;
using System.Text;

namespace Isa.Events.Api.Features.Invites;

/// <summary>What attendees see differently of the same version of an event.</summary>
/// <param name="SiteId">Where they go.</param>
/// <param name="Zone">Whose clock comes first.</param>
/// <param name="Status">Of the entry.</param>
/// <param name="ParticipationStatus">Of the attendee; null where there is no address to name.</param>
/// <param name="IsAnswered">Whether somebody reads what they answer.</param>
/// <param name="HasLeft">Whether it ends in this calendar alone, since the person is told at another address.</param>
internal sealed record EntryKind(string SiteId, string Zone, string Status, string? ParticipationStatus, bool IsAnswered, bool HasLeft)
{
    public bool HasEnded => Status == Ical.Net.EventStatus.Cancelled;

    /// <summary>Whether they have a place: only then is there anything to join.</summary>
    public bool IsSure => Status == Ical.Net.EventStatus.Confirmed;
}

/// <summary>What is one attendee's own.</summary>
internal enum OwnValue
{
    Uid,
    Sequence,
    Stamp,
    Name,
    Address,
    ReplyAddress,
    Reference,
    ManageUrl,
    JoinUrl,

    /// <summary>The same as a part of a text.</summary>
    JoinUrlInText,
}

/// <summary>
/// An entry with gaps for what is one attendee's own. The library writes it once for all who see the same, and it is looked through once: that takes ten times as long as filling the gaps.
/// </summary>
internal sealed class EntryPattern
{
    private const string Scheme = "own:";

    // Nobody outside this process knows it: nothing that somebody typed is a gap.
    private static readonly string Mark = $"gap{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8))}";

    private readonly IReadOnlyList<Piece>[] _lines;

    /// <param name="lines">As they are before they are folded.</param>
    public EntryPattern(IEnumerable<string> lines) => _lines = [.. lines.Select(line => Split(line).ToList())];

    /// <summary>What stands for a value in a text.</summary>
    public static string Gap(OwnValue value) => $"{Mark}{(char)('a' + value)}";

    /// <summary>What stands for a value that is an address.</summary>
    public static Uri GapAddress(OwnValue value) => new($"{Scheme}{Gap(value)}");

    /// <summary>The entry of one attendee, folded.</summary>
    /// <param name="valueOf">Each value as it is written: what has a meaning in its place is escaped.</param>
    /// <exception cref="InvalidOperationException">A value has control characters, and would begin a line of its own.</exception>
    public string Fill(Func<OwnValue, string> valueOf)
    {
        var entry = new StringBuilder(4096);
        foreach (var line in _lines)
        {
            if (line is [{ Gap: null } whole]) entry.Append(whole.Text);
            else InviteCalendar.Fold(string.Concat(line.Select(piece => piece.Gap is { } own ? OneLine(own, valueOf(own)) : piece.Text)), entry);
        }

        return entry.ToString();
    }

    private static string OneLine(OwnValue own, string value) =>
        value.AsSpan().IndexOfAnyInRange('\0', '\x1F') < 0 ? value : throw new InvalidOperationException($"The {own} of a calendar entry is not one line.");

    // What is the same for all is folded here.
    private static IEnumerable<Piece> Split(string line)
    {
        var parts = line.Replace(Scheme + Mark, Mark, StringComparison.Ordinal).Split(Mark);
        if (parts is [{ } only])
        {
            var folded = new StringBuilder();
            InviteCalendar.Fold(only, folded);
            yield return new Piece(folded.ToString(), null);
            yield break;
        }

        yield return new Piece(parts[0], null);
        foreach (var part in parts[1..])
        {
            yield return new Piece("", (OwnValue)(part[0] - 'a'));
            yield return new Piece(part[1..], null);
        }
    }

    private readonly record struct Piece(string Text, OwnValue? Gap);
}
