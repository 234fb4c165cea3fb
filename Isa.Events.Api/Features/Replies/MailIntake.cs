using Isa.Events.Api.Features.Actions;
using Microsoft.Extensions.Options;

namespace Isa.Events.Api.Features.Replies;

/// <summary>
/// Takes what comes back by mail: answers from calendars, reports of mails that did not arrive, what people write. The address it was sent to tells whose it is; no
/// other part of a mail proves anything. The same mail again does nothing.
/// </summary>
public sealed partial class MailIntake(EventsDatabase database, RegistrationTokens tokens, IOptions<EmailSettings> settings, IOptions<ServerSettings> server, ILogger<MailIntake> logger) : IDisposable
{
    /// <summary>The largest mail that is taken.</summary>
    public const int MaxBytes = 25_000_000;

    private const string WithoutEvent = "received-mails"; // such share a place in the queue
    private const int MaxComment = 1000;
    private const int MaxForwards = 5;
    private const long MaxKept = 100_000_000; // of all originals of parked mails, as CountKept counts them
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);
    private readonly SemaphoreSlim _reading = new(2); // each takes a multiple of the mail's size
    private readonly string _host = new Uri(server.Value.PublicUrl).IdnHost;

    /// <param name="raw">A whole mail (RFC 5322).</param>
    /// <param name="ct">Gives up.</param>
    /// <returns>What became of it, now or when it came before.</returns>
    public async Task<ReceivedMail> ReceiveAsync(byte[] raw, CancellationToken ct)
    {
        var mail = await ReadAsync(raw, ct);
        var addressed = mail.Token is null ? null : await database.ReadAsync(session => tokens.ReadReply(mail.Token, id => Registration.Find(session, id)), ct);
        var eventId = addressed?.Registration.EventId;
        return await database.WriteAsync(eventId ?? WithoutEvent, session =>
        {
            var evt = eventId is null ? null : session.LockEvent(eventId);
            if (session.One<ReceivedMail>(Known, new { mail.Fingerprint }) is { } before) return before;
            // Again, as it is under the lock.
            var (registration, isPresent) = evt is not null && tokens.ReadReply(mail.Token!, id => Registration.Find(session, id)) is { } found ? found : (null, false);
            var (outcome, reason) = Judge(session, mail, evt, registration, isPresent, out var forwards);
            var received = new ReceivedMail
            {
                Id = $"{ReceivedMail.IdPrefix}{OrderedId.New(session.Now)}", EventId = registration?.EventId, RegistrationId = registration?.Id, Outcome = outcome, Reason = reason, Subject = mail.Subject,
                Size = raw.Length, ReceivedAt = session.Now, HasOriginal = forwards || outcome == MailOutcome.Parked && MayKeep(session, registration),
            };
            if (forwards) OutboxRow.Add(session, OutboxKind.ReplyForwarded, evt!.Id, null, new OutboxDetails { ReceivedMailId = received.Id });
            var added = session.Change(Insert, new
            {
                received.Id, mail.Fingerprint, received.EventId, received.RegistrationId, received.Outcome, received.Reason, received.Subject, received.Size, received.ReceivedAt,
                Original = received.HasOriginal ? mail.Kept : null,
            });
            return added == 1 ? received : throw new OvertakenException(); // by another process: its answer is found next time
        }, ct);
    }

    public void Dispose() => _reading.Dispose();

    private async Task<IncomingMail> ReadAsync(byte[] raw, CancellationToken ct)
    {
        await _reading.WaitAsync(ct);
        try
        {
            using var patience = CancellationTokenSource.CreateLinkedTokenSource(ct);
            patience.CancelAfter(Patience);
            return await Task.Run(() => IncomingMail.Read(raw, settings.Value.ReplyAddress, _host, patience.Token), CancellationToken.None).WaitAsync(Patience, ct);
        }
        catch (Exception e) when (!ct.IsCancellationRequested) // of this mail, whatever it is: the sender chose it
        {
            LogUnreadable(logger, e.GetType().Name, raw.Length);
            return IncomingMail.Unreadable(raw);
        }
        finally
        {
            _reading.Release();
        }
    }

    private (MailOutcome, MailReason?) Judge(WriteSession session, IncomingMail mail, Event? evt, Registration? registration, bool isPresent, out bool forwards)
    {
        forwards = false;
        if (mail.IsUnreadable) return (MailOutcome.Parked, MailReason.Unreadable);
        if (mail.IsLoop) return (MailOutcome.Ignored, MailReason.Loop);
        if (mail.Bounce is { } bounce) return OfBounce(session, registration, isPresent, bounce);
        // A calendar's answer is one also where a program gave it.
        if (mail.IsAutomatic && mail.Calendar?.Method != "REPLY") return (MailOutcome.AutoReply, null);
        if (evt is null || registration is null) return (MailOutcome.Parked, MailReason.NoToken);
        // Beside what somebody wrote, a calendar object that is no answer is what they write about: their program has sent it back.
        var isWritten = mail is { HasText: true, Calendar.Method: not "REPLY" } or { HasText: true, Calendar: null };
        if (mail.HasBrokenCalendar && !isWritten) return (MailOutcome.Parked, MailReason.Unreadable);
        if (mail.Calendar is { Method: not "COUNTER" } calendar && !isWritten)
        {
            var (outcome, reason, comment) = OfCalendar(session, calendar, evt, registration);
            if (comment is not null) forwards = MayForward(session, evt, registration) is null;
            return (outcome, reason);
        }

        // Somebody wrote it, or proposes another time, which only somebody can answer.
        if (MayForward(session, evt, registration) is { } refusal) return (MailOutcome.Parked, refusal);
        forwards = true;
        return (MailOutcome.Forwarded, null);
    }

    private static (MailOutcome, MailReason?) OfBounce(WriteSession session, Registration? registration, bool isPresent, BounceReport bounce)
    {
        if (registration is null) return (MailOutcome.Bounce, MailReason.NoToken);
        if (!bounce.IsFinal || !isPresent) return (MailOutcome.Bounce, MailReason.NotFinal);
        Answering.NoteBounce(session, registration, bounce.Code);
        return (MailOutcome.Bounce, null);
    }

    private static (MailOutcome, MailReason?, string? Comment) OfCalendar(WriteSession session, CalendarAnswer calendar, Event evt, Registration registration)
    {
        if (calendar.Method != "REPLY") return (MailOutcome.Parked, MailReason.NotAReply, null);
        if (calendar.Events != 1) return (MailOutcome.Parked, calendar.Events == 0 ? MailReason.NoAnswer : MailReason.SeveralEvents, null);
        if (string.IsNullOrEmpty(calendar.Uid)) return (MailOutcome.Parked, MailReason.NoUid, null);
        if (calendar.Uid != registration.Id) return (MailOutcome.Parked, MailReason.OtherRegistration, null);
        var own = registration.Email is { } email ? EmailAddress.Normalise(email) : null;
        if (calendar.Attendees.Find(a => a.Address == own) is not { Address: not null } attendee) return (MailOutcome.Parked, MailReason.OtherAttendee, null);
        CalendarReply? answer = attendee.Status switch { "ACCEPTED" => CalendarReply.Accepted, "TENTATIVE" => CalendarReply.Tentative, "DECLINED" => CalendarReply.Declined, _ => null };
        if (answer is null) return (MailOutcome.Parked, MailReason.NoAnswer, null);
        var comment = CommentOf(calendar, registration);
        var undoableUntil = evt.Status == EventStatus.Cancelled ? ActionRow.CancellationUndoableUntil(session, evt.Id) : null;
        if (evt.Status == EventStatus.Cancelled && undoableUntil is null) return (MailOutcome.Ignored, MailReason.EventCancelled, comment);
        if (!registration.IsActive) return (MailOutcome.Ignored, MailReason.RegistrationEnded, comment);
        if (session.Now >= evt.EndsAt) return (MailOutcome.Ignored, MailReason.EventOver, comment);
        if (IsOutdated(calendar, evt, registration)) return (MailOutcome.Ignored, MailReason.StaleInvite, comment);
        // A clock that is ahead, or a number that nobody was sent, must not hold off what comes after.
        var stamp = calendar.Stamp is { } given && given < session.Now ? given : session.Now;
        var sequence = Math.Min(calendar.Sequence, registration.Told?.Sequence ?? calendar.Sequence);
        if (registration.ReplySequence is { } last && (sequence < last || sequence == last && stamp < registration.ReplyStamp)) return (MailOutcome.Ignored, MailReason.OlderAnswer, comment);
        Answering.Apply(session, evt, registration, answer.Value, comment, sequence, stamp, undoableUntil ?? session.Now);
        return (MailOutcome.Applied, null, comment);
    }

    // Some programs (Thunderbird) leave the entry as it was until somebody presses a button, so an older one is answered long after; of the same day it says the same as the newer one would.
    private static bool IsOutdated(CalendarAnswer calendar, Event evt, Registration registration) => calendar.Sequence < registration.Told?.Sequence && calendar.DayIn(evt.Zone) != evt.StartsAt.In(evt.Zone).Date;

    // Outlook puts what was written into DESCRIPTION, where others repeat the invite's; that one names the registration.
    private static string? CommentOf(CalendarAnswer calendar, Registration registration) =>
        IncomingMail.Clean(calendar.Comment ?? "", MaxComment) is { } comment ? comment
        : calendar.Description is { } description && !description.Contains(registration.Reference!, StringComparison.Ordinal) ? IncomingMail.Clean(description, MaxComment) : null;

    /// <summary>Why it is not passed on, or null; then it is counted.</summary>
    private MailReason? MayForward(WriteSession session, Event evt, Registration registration) =>
        registration.IsTest && !evt.IsTest ? MailReason.TestRegistration
        : (evt.OrganizerEmail ?? settings.Value.ReplyTo) is null ? MailReason.NoOrganizer
        : Attempts.Count(session, "mail-forward", Attempts.Subject(registration.Id), Hour) > MaxForwards ? MailReason.TooMany : null;

    // Whoever likes can send what belongs to nobody: it never takes the room of what was sent to somebody's address.
    private static bool MayKeep(WriteSession session, Registration? registration) => session.One<long>(CountKept) < (registration is null ? MaxKept / 2 : MaxKept);

    [LoggerMessage(Level = LogLevel.Warning, Message = "A mail of {Bytes} bytes that came in cannot be read ({Kind}); it is parked for organisers to look at")]
    private static partial void LogUnreadable(ILogger logger, string kind, int bytes);

    private const string Known = $"SELECT {ReceivedMail.Columns} FROM received_mails WHERE fingerprint = @Fingerprint";

    // At least 16 KB each, so that there are never more than some thousand to sum up.
    private const string CountKept = """
        SELECT CAST(COALESCE(SUM(CASE WHEN size > 2000000 THEN 2000000 WHEN size < 16000 THEN 16000 ELSE size END), 0) AS BIGINT)
        FROM received_mails WHERE original IS NOT NULL AND outcome = 'parked'
        """;

    private const string Insert = """
        INSERT INTO received_mails (id, fingerprint, event_id, registration_id, outcome, reason, subject, size, original, received_at)
        VALUES (@Id, @Fingerprint, @EventId, @RegistrationId, @Outcome, @Reason, @Subject, @Size, @Original, @ReceivedAt) ON CONFLICT DO NOTHING
        """;
}
