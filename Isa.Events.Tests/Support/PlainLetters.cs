using Isa.Events.Api.Database;
using Isa.Events.Api.Email;
using Isa.Events.Api.Features.Events;
using Isa.Events.Api.Features.Registrations;
using Isa.Events.Api.Outbox;
using MimeKit;

namespace Isa.Events.Tests.Support;

/// <summary>
/// Letters that are short and say what the outbox is about: kind, state of the registration, site, begin. They know whether anything was told, as the real ones do; what is
/// news, and how it is said, is nobody's matter here.
/// </summary>
public sealed class PlainLetters
{
    /// <summary>Whose letters it makes; set once the host is there.</summary>
    public EventsDatabase Database { get; set; } = null!;

    /// <summary>What happens before a letter is made.</summary>
    public Action<OutboxEntry>? Before { get; set; }

    /// <summary>What happens once it is made, before it is noted that it leaves.</summary>
    public Func<OutboxEntry, Task>? Made { get; set; }

    /// <summary>What happens while one is laid down.</summary>
    public Action? Sending { get; set; }

    /// <summary>Stands in each text.</summary>
    public string Text { get; set; } = "";

    public async Task<IReadOnlyList<Letter>> RenderAsync(OutboxEntry entry, CancellationToken ct)
    {
        Before?.Invoke(entry);
        if (entry is { Kind: OutboxKind.AddressReplaced, Payload.Address: { } former }) return [Make(entry, Recipient.Former, former, "CANCEL", null)];
        if (entry.RegistrationId is null) return [Make(entry, Recipient.Organizer, "office@example.org", "", null)];
        var (registration, evt, told) = await Database.ReadAsync(session =>
            (Registration.Find(session, entry.RegistrationId)!, Event.Find(session, entry.EventId)!, session.One<Told>("SELECT told AS value FROM registrations WHERE id = @Id", new { Id = entry.RegistrationId })?.Value), ct);
        var inside = registration.IsActive && evt.Status != EventStatus.Cancelled;
        var ends = entry.Kind is OutboxKind.RegistrationCancelled or OutboxKind.RegistrationDeclined or OutboxKind.EventCancelled;
        if (ends == inside) return []; // untrue by now
        var now = new ToldInvite { Sequence = evt.Revision + registration.Revision, StartsAt = evt.StartsAt, EndsAt = evt.EndsAt, TimeZone = evt.TimeZone, SiteId = registration.SiteId, Cancelled = !inside };
        var calendar = ends ? told is null ? null : now : now;
        var says = $"{(calendar is null ? "no object" : calendar.Cancelled ? "CANCEL" : "REQUEST")} {registration.Status} {registration.SiteId} {evt.StartsAt:MM-dd HH:mm} {Text}";
        var letters = new List<Letter>();
        if (registration.Email is { } email) letters.Add(Make(entry, Recipient.Attendee, email, says, calendar) with { Links = registration.TokenVersion });
        if (registration.CopyTo is { } copy) letters.Add(Make(entry, Recipient.Copy, copy, says, null));
        if (Made is not null) await Made(entry);
        return letters;
    }

    private Letter Make(OutboxEntry entry, Recipient recipient, string address, string says, ToldInvite? told)
    {
        var message = new MimeMessage { Subject = $"{entry.Kind} für {recipient}", Body = new Noticed(this) { Text = says } };
        message.To.Add(new MailboxAddress("Jürgen", address));
        return new Letter { Recipient = recipient, Message = message, Told = told };
    }

    private sealed class Noticed(PlainLetters letters) : TextPart("plain")
    {
        public override void WriteTo(FormatOptions options, Stream stream, bool contentOnly, CancellationToken cancellationToken = default)
        {
            letters.Sending?.Invoke();
            base.WriteTo(options, stream, contentOnly, cancellationToken);
        }
    }

    private sealed record Told
    {
        public ToldInvite? Value { get; init; }
    }
}
