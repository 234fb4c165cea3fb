using System.Collections.Concurrent;
using Isa.Events.Api.Features.Agenda;

namespace Isa.Events.Api.Features.Invites;

/// <summary>Keeps what the invites of events have in common, as long as the event stays as it is and there is room.</summary>
public sealed class EventInvites(RegistrationTokens tokens, AgendaPdfs pdfs)
{
    private const long MaxBytes = 64_000_000;
    private const int MaxKept = 200;
    private readonly Lock _gate = new();
    private readonly Dictionary<(string Id, long Version, Language Language), LinkedListNode<EventInvite>> _kept = [];
    private readonly LinkedList<EventInvite> _byUse = [];
    private readonly ConcurrentDictionary<string, Event> _events = new(StringComparer.Ordinal);
    private long _bytes;

    /// <summary>An event as a snapshot shows it, read anew only where it has changed, and whether its organiser has words of their own for any message. Null where there is none.</summary>
    public (Event Event, bool HasWords)? FindEvent(ReadSession session, string id)
    {
        if (session.One<EventMark>(MarkOf, new { Id = id }) is not { } mark) return null;
        if (_events.TryGetValue(id, out var known) && known.Version == mark.Version) return (known, mark.HasWords);
        var evt = Event.Find(session, id)!;
        if (_events.Count >= MaxKept) _events.Clear();
        return (_events[id] = evt, mark.HasWords);
    }

    /// <param name="session">The snapshot that the event was read from.</param>
    /// <param name="evt">The event as that shows it.</param>
    /// <param name="language">Of the texts.</param>
    public EventInvite Get(ReadSession session, Event evt, Language language)
    {
        var key = (evt.Id, evt.Version, language);
        lock (_gate)
        {
            if (_kept.TryGetValue(key, out var node))
            {
                _byUse.Remove(node);
                _byUse.AddFirst(node);
                return node.Value;
            }
        }

        var agenda = AgendaRow.Find(session, evt.Id);
        var document = agenda.DocumentSha256 is null ? agenda.IsEmpty ? null : pdfs.Get(evt, agenda, language) : agenda.DocumentSize <= InviteCalendar.MaxInlineBytes ? agenda.Document(session) : null;
        if (document?.Length > InviteCalendar.MaxInlineBytes) document = null;
        var made = new EventInvite(evt, agenda, document, agenda.IsEmpty ? null : tokens.AgendaUrl(evt, language), language);
        Keep(key, made);
        return made;
    }

    private void Keep((string Id, long Version, Language Language) key, EventInvite made)
    {
        lock (_gate)
        {
            if (!_kept.TryAdd(key, _byUse.AddFirst(made)))
            {
                _byUse.RemoveFirst(); // somebody else was quicker
                return;
            }

            _bytes += made.Size;
            while (_byUse.Last is { } oldest && oldest != _byUse.First && (_bytes > MaxBytes || _byUse.Count > MaxKept))
            {
                _byUse.RemoveLast();
                _kept.Remove((oldest.Value.Event.Id, oldest.Value.Event.Version, oldest.Value.Language));
                _bytes -= oldest.Value.Size;
            }
        }
    }

    private sealed record EventMark
    {
        public long Version { get; init; }

        public bool HasWords { get; init; }
    }

    // In one look, for it is taken for each mail.
    private const string MarkOf = "SELECT version, EXISTS (SELECT 1 FROM message_texts t WHERE t.event_id = events.id) AS has_words FROM events WHERE id = @Id";
}
