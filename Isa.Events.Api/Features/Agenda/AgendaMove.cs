namespace Isa.Events.Api.Features.Agenda;

/// <summary>What becomes of an agenda's items when its event's time changes.</summary>
/// <param name="Minutes">By how much they move on the clock with it; 0 where they keep their hour.</param>
/// <param name="Outside">Which of them, from 0, lay within the event and no longer do.</param>
public sealed record AgendaMove(long Minutes, IReadOnlyList<int> Outside)
{
    /// <summary>What it would be, or null where the event has no items or keeps its time.</summary>
    public static AgendaMove? Of(ReadSession session, Event before, Event after) => Of(before, after, AgendaRow.Find(session, before.Id).Items)?.Move;

    /// <summary>Moves the items that are stored.</summary>
    public static (AgendaMove Move, MovedItems Items)? Run(WriteSession session, Event before, Event after)
    {
        var agenda = AgendaRow.Find(session, before.Id);
        if (Of(before, after, agenda.Items) is not { } moved) return null;
        if (moved.Move.Minutes != 0) (agenda with { Items = moved.Items }).Store(session, before.Id);
        return (moved.Move, new MovedItems(ItemTime.Of(agenda.Items), ItemTime.Of(moved.Items)));
    }

    /// <summary>How much later the start is on the clock, whatever the day: an agenda has days of the event.</summary>
    public static long MinutesBetween(Event before, Event after) => (EventTimes.Wall(after.Starts).NanosecondOfDay - EventTimes.Wall(before.Starts).NanosecondOfDay) / NodaTime.NodaConstants.NanosecondsPerMinute;

    private static (AgendaMove Move, IReadOnlyList<AgendaItem> Items)? Of(Event before, Event after, IReadOnlyList<AgendaItem> items)
    {
        if (items.Count == 0 || (before.StartsAt, before.EndsAt, before.TimeZone) == (after.StartsAt, after.EndsAt, after.TimeZone)) return null;
        var minutes = MovesWhole(before, after) ? MinutesBetween(before, after) : 0;
        List<AgendaItem> later = [.. items.Select(item => item.Later(minutes))];
        // All or none: one that kept its hour would come between the others.
        if (!later.TrueForAll(HasPlace)) (minutes, later) = (0, [.. items]);
        return (new AgendaMove(minutes, [.. Enumerable.Range(0, items.Count).Where(i => items[i].IsWithin(before) && !(later[i].IsWithin(after) && HasPlace(later[i])))]), later);

        bool HasPlace(AgendaItem item) => item.WrongIn(after, FieldCode.AmbiguousTime, FieldCode.TimeInGap, FieldCode.WrongOffset) is null;
    }

    // One that begins later and ends when it did has lost an hour, and only its organiser knows which.
    private static bool MovesWhole(Event before, Event after) =>
        EventTimes.Wall(after.Starts).ToDateTimeUnspecified() - EventTimes.Wall(before.Starts).ToDateTimeUnspecified() == EventTimes.Wall(after.Ends).ToDateTimeUnspecified() - EventTimes.Wall(before.Ends).ToDateTimeUnspecified();
}

/// <summary>The times of an agenda's items before and after they moved with their event.</summary>
public sealed record MovedItems(IReadOnlyList<ItemTime> Before, IReadOnlyList<ItemTime> After)
{
    /// <summary>Puts them back, unless they have been set anew since.</summary>
    public void PutBack(WriteSession session, string eventId)
    {
        var agenda = AgendaRow.Find(session, eventId);
        if (ItemTime.Of(agenda.Items).SequenceEqual(After)) (agenda with { Items = [.. agenda.Items.Zip(Before, (item, time) => item with { Day = time.Day, From = time.From, To = time.To })] }).Store(session, eventId);
    }
}

/// <summary>When an item is.</summary>
public sealed record ItemTime(int Day, string From, string? To)
{
    public static List<ItemTime> Of(IEnumerable<AgendaItem> items) => [.. items.Select(item => new ItemTime(item.Day ?? 1, item.From!, item.To))];
}
