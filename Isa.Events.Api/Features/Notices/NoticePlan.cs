namespace Isa.Events.Api.Features.Notices;

/// <summary>When an event has something to tell next. It stands beside the event, not in it: telling changes nothing that its organiser set up.</summary>
internal static class NoticePlan
{
    /// <summary>For an event that was just stored. What is due already stays due; whether it is still true is seen when it is told.</summary>
    public static void Note(WriteSession session, Event evt)
    {
        if (evt.Status == EventStatus.Cancelled) return; // nothing is told, and what was planned is still to come where that is undone
        if (Find(session, evt.Id) is { } planned && planned <= session.Now && evt.Status == EventStatus.Published) return;
        Advance(session, evt);
    }

    public static DateTimeOffset? Find(ReadSession session, string eventId) => session.One<DateTimeOffset?>(Planned, new { Id = eventId });

    /// <summary>To the next thing after now.</summary>
    public static void Advance(WriteSession session, Event evt) => session.Execute(Plan, new { evt.Id, Next = Notice.Next(evt, session.Now) });

    private const string Planned = "SELECT next_notice_at FROM events WHERE id = @Id AND next_notice_at IS NOT NULL";

    private const string Plan = "UPDATE events SET next_notice_at = @Next WHERE id = @Id";
}
