using Ical.Net;
using Isa.Events.Api.Features.Invites;

namespace Isa.Events.Api.Features.Replies;

/// <summary>What an answer from a calendar does to a registration. A no takes effect after a while, for calendars make it easy to say by mistake.</summary>
public static class Answering
{
    /// <summary>How long somebody who said no in their calendar keeps the place.</summary>
    public static readonly TimeSpan UndoTime = TimeSpan.FromMinutes(30);

    /// <summary>Stores an answer, under the event's lock.</summary>
    /// <param name="session">The work's.</param>
    /// <param name="evt">The event, locked.</param>
    /// <param name="registration">Active, as this work has seen it.</param>
    /// <param name="answer">What they said.</param>
    /// <param name="comment">What they wrote beside it.</param>
    /// <param name="sequence">Of the invite they answered.</param>
    /// <param name="stamp">When they answered, by their calendar.</param>
    /// <param name="from">From when they can take a no back: now, or where the event is off, once that can no longer be undone, since nobody can do anything before.</param>
    public static Registration Apply(WriteSession session, Event evt, Registration registration, CalendarReply answer, string? comment, long sequence, DateTimeOffset stamp, DateTimeOffset from)
    {
        var declines = answer == CalendarReply.Declined;
        // A no that is repeated does not begin the time anew.
        var effect = declines ? registration.DeclineTakesEffectAt ?? from + UndoTime : (DateTimeOffset?)null;
        var answered = Save(session, registration with
        {
            Reply = answer,
            RepliedAt = session.Now,
            ReplyComment = comment,
            ReplySequence = sequence,
            ReplyStamp = stamp,
            DeclineTakesEffectAt = effect,
            AnswerAfterChange = AfterChange(evt, registration, answer),
        });
        HistoryRow.Add(session, registration.Id!, $"replied{answer}", Actor.Attendee, null);
        if (declines && registration.DeclineTakesEffectAt is null) OutboxRow.Add(session, OutboxKind.DeclineReceived, evt.Id, registration.Id);
        return Promotion.LookAgain(session, evt, registration, answered);
    }

    /// <summary>Takes a no back: they come. Their calendar has thrown the entry away by now, or strikes it out, so it is sent anew.</summary>
    public static Registration Keep(WriteSession session, Event evt, Registration registration, Actor actor, string? actorId)
    {
        var kept = Save(session, registration with
        {
            Reply = CalendarReply.Accepted,
            RepliedAt = session.Now,
            ReplyComment = null,
            ReplyStamp = session.Now, // what their calendar said before is older
            DeclineTakesEffectAt = null,
            AnswerAfterChange = AfterChange(evt, registration, CalendarReply.Accepted),
            Revision = registration.Revision + 1,
        });
        HistoryRow.Add(session, registration.Id!, "kept", actor, actorId);
        OutboxRow.Add(session, RegisterForEvent.KindOf(kept.Status), evt.Id, kept.Id);
        return kept;
    }

    /// <summary>Whoever does something with their place means to come, whatever their calendar said.</summary>
    internal static Registration StillComes(WriteSession session, Event evt, Registration registration, Actor actor, string? actorId) =>
        actor == Actor.Attendee && registration.DeclineTakesEffectAt is not null ? Keep(session, evt, registration, actor, actorId) : registration;

    /// <summary>As it is for whoever has another address: what the earlier one answered, and what became of mails to it, says nothing of them.</summary>
    public static Registration ForNewAddress(Registration registration) => registration with
    {
        Reply = null,
        RepliedAt = null,
        ReplyComment = null,
        ReplySequence = null,
        ReplyStamp = null,
        DeclineTakesEffectAt = null,
        MailState = null,
        MailBouncedAt = null,
        MailBounceCode = null,
    };

    /// <summary>Notes, under the event's lock, that a mail to somebody's address came back for good.</summary>
    /// <param name="session">The work's.</param>
    /// <param name="registration">As this work has seen it.</param>
    /// <param name="code">RFC 3463, such as 5.1.1.</param>
    public static void NoteBounce(WriteSession session, Registration registration, string code)
    {
        Save(session, registration with { MailState = MailState.Bounced, MailBouncedAt = session.Now, MailBounceCode = code });
        if (registration.MailState is null) HistoryRow.Add(session, registration.Id!, "mailBounced", Actor.System, null);
    }

    /// <summary>What their entry shows of their answer. One that was given for another day does not count for this one.</summary>
    internal static string ParticipationStatus(Event evt, Registration registration) =>
        registration.AnswerAfterChange == AnswerAfterChange.Awaited || IsOtherDay(evt, registration) ? EventParticipationStatus.NeedsAction : registration.Reply switch
        {
            CalendarReply.Accepted => EventParticipationStatus.Accepted,
            CalendarReply.Tentative => EventParticipationStatus.Tentative,
            CalendarReply.Declined => EventParticipationStatus.Declined,
            _ => EventParticipationStatus.NeedsAction,
        };

    /// <summary>Whether they know of another day than the event's, by its clock or by theirs.</summary>
    internal static bool IsOtherDay(Event evt, Registration registration) =>
        registration.Told is { } told && (IsOtherDay(told.StartsAt, evt.StartsAt, evt.Zone) || IsOtherDay(told.StartsAt, evt.StartsAt, Zones.Get(Clock.ZoneOf(evt, evt.Site(registration.SiteId)!, registration))));

    private static bool IsOtherDay(DateTimeOffset one, DateTimeOffset other, NodaTime.DateTimeZone zone) => one.In(zone).Date != other.In(zone).Date;

    // Asked by this day's invite, or by a later one that is still to come.
    private static AnswerAfterChange? AfterChange(Event evt, Registration registration, CalendarReply answer) => registration.AnswerAfterChange is null || IsOtherDay(evt, registration) ? registration.AnswerAfterChange : answer switch
    {
        CalendarReply.Accepted => AnswerAfterChange.Accepted,
        CalendarReply.Tentative => AnswerAfterChange.Tentative,
        _ => AnswerAfterChange.Declined,
    };

    private static Registration Save(WriteSession session, Registration registration)
    {
        var saved = registration with { Version = registration.Version + 1, UpdatedAt = session.Now };
        session.Require(Store, saved, () => new OvertakenException());
        return saved;
    }

    private const string Store = """
        UPDATE registrations SET reply = @Reply, replied_at = @RepliedAt, reply_comment = @ReplyComment, reply_sequence = @ReplySequence, reply_stamp = @ReplyStamp,
            answer_after_change = @AnswerAfterChange, decline_takes_effect_at = @DeclineTakesEffectAt, mail_state = @MailState, mail_bounced_at = @MailBouncedAt,
            mail_bounce_code = @MailBounceCode, revision = @Revision, version = @Version, updated_at = @UpdatedAt
        WHERE id = @Id AND version = @Version - 1
        """;
}
