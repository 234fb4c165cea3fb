using System.Globalization;
using Isa.Events.Api.Features.Invites;

namespace Isa.Events.Api.Features.Pages;

/// <summary>Says in one sentence what holds now.</summary>
internal static class AttendeeState
{
    private static readonly Sentence Confirmed = new("Sie sind angemeldet, Ihr Platz ist reserviert: {0}.", "You are registered, and your place is reserved: {0}.", "您已报名成功，席位已保留：{0}。");
    private static readonly Sentence Online = new("Sie sind angemeldet und nehmen per Video teil: {0}.", "You are registered and will take part by video: {0}.", "您已报名成功，将通过视频参会：{0}。");
    private static readonly Sentence AndQueued = new("Sie haben einen Platz ({0}) und stehen an {2} Stelle der Warteliste: {1}.", "You have a place ({0}), and are {2} on the waiting list: {1}.", "您已有席位（{0}），并在候补名单中排第{2}位：{1}。");
    private static readonly Sentence AndOffered = new("Sie haben einen Platz ({0}); ein anderer ist für Sie frei gehalten bis {2}: {1}.", "You have a place ({0}), and another is held for you until {2}: {1}.", "您已有席位（{0}），另有一席为您保留至{2}：{1}。");
    private static readonly Sentence Queued = new("Sie stehen an {1} Stelle der Warteliste: {0}.", "You are {1} on the waiting list: {0}.", "您在候补名单中排第{1}位：{0}。");
    private static readonly Sentence Offered = new("Ein Platz ist für Sie frei gehalten bis {1}: {0}.", "A place is held for you until {1}: {0}.", "已为您保留席位至{1}：{0}。");
    private static readonly Sentence Waitlisted = new("Sie stehen auf der Warteliste: {0}.", "You are on the waiting list: {0}.", "您在候补名单中：{0}。");
    private static readonly Sentence Approval = new("Ihre Anmeldung ist eingegangen; der Veranstalter entscheidet darüber: {0}.", "We have received your registration; the organiser will decide on it: {0}.", "我们已收到您的报名，正在等待主办方审核：{0}。");
    private static readonly Sentence Address = new("Bitte bestätigen Sie Ihre E-Mail-Adresse bis {1}, sonst verfällt Ihre Anmeldung: {0}.", "Please confirm your e-mail address by {1}, or your registration will lapse: {0}.", "请在{1}前确认您的电子邮箱，否则报名将失效：{0}。");

    private static readonly Sentence Declining = new("Ihr Kalender hat uns abgesagt; der Platz wird frei: {0}.", "Your calendar has declined for you; the place becomes free: {0}.", "您的日历已代您谢绝参会，席位释放时间：{0}。");

    private static readonly Sentence DecliningQueue = new("Ihr Kalender hat uns abgesagt; Sie verlassen die Warteliste: {0}.", "Your calendar has declined for you; you leave the waiting list: {0}.", "您的日历已代您谢绝参会，退出候补名单的时间：{0}。");

    private static readonly Dictionary<EndReason, Sentence> Endings = new()
    {
        [EndReason.AddressNotConfirmed] = new("Diese Anmeldung ist verfallen, weil die E-Mail-Adresse nicht rechtzeitig bestätigt wurde.", "This registration has lapsed, because the e-mail address was not confirmed in time.", "因电子邮箱未及时确认，此报名已失效。"),
        [EndReason.NameMissing] = new("Diese Anmeldung ist verfallen, weil der Name nicht rechtzeitig genannt wurde.", "This registration has lapsed, because the name was not given in time.", "因未及时提供姓名，此报名已失效。"),
        [EndReason.OfferDeclined] = new("Sie haben den angebotenen Platz nicht angenommen; diese Anmeldung ist beendet.", "You turned down the place you were offered, and this registration has ended.", "您已放弃所提供的席位，此报名已结束。"),
        [EndReason.OfferExpired] = new("Die Frist für den angebotenen Platz ist abgelaufen; diese Anmeldung ist beendet.", "The time for the place you were offered has run out, and this registration has ended.", "所提供席位的确认期限已过，此报名已结束。"),
        [EndReason.Replaced] = new("Ihre Vertretung nimmt an Ihrer Stelle teil; diese Anmeldung ist beendet.", "Your deputy takes part in your place, and this registration has ended.", "已由他人代您参会，此报名已结束。"),
        [EndReason.DeclinedInCalendar] = new("Sie haben in Ihrem Kalender abgesagt; diese Anmeldung ist beendet.", "You declined in your calendar, and this registration has ended.", "您已在日历中谢绝参会，此报名已结束。"),
        [EndReason.SiteFull] = new("Als die Anmeldung bestätigt wurde, war kein Platz mehr frei; sie ist beendet.", "There was no place left when the registration was confirmed, and it has ended.", "确认报名时名额已满，此报名已结束。"),
        [EndReason.InvitationRevoked] = new("Die Einladung wurde zurückgezogen; diese Anmeldung ist beendet.", "The invitation was withdrawn, and this registration has ended.", "邀请已撤回，此报名已结束。"),
    };

    // The same where it is read by who speaks for them.
    private static readonly Dictionary<Sentence, Sentence> OfMember = new()
    {
        [Confirmed] = new("Angemeldet, der Platz ist reserviert: {0}.", "Registered, and a place is reserved: {0}.", "已报名成功，席位已保留：{0}。"),
        [Online] = new("Angemeldet, nimmt per Video teil: {0}.", "Registered, and will take part by video: {0}.", "已报名成功，将通过视频参会：{0}。"),
        [AndQueued] = new("Hat einen Platz ({0}) und steht an {2} Stelle der Warteliste: {1}.", "Has a place ({0}), and is {2} on the waiting list: {1}.", "已有席位（{0}），并在候补名单中排第{2}位：{1}。"),
        [AndOffered] = new("Hat einen Platz ({0}); ein anderer ist frei gehalten bis {2}: {1}.", "Has a place ({0}), and another is held until {2}: {1}.", "已有席位（{0}），另有一席保留至{2}：{1}。"),
        [Queued] = new("Steht an {1} Stelle der Warteliste: {0}.", "Is {1} on the waiting list: {0}.", "在候补名单中排第{1}位：{0}。"),
        [Offered] = new("Ein Platz ist frei gehalten bis {1}: {0}.", "A place is held until {1}: {0}.", "已保留席位至{1}：{0}。"),
        [Waitlisted] = new("Steht auf der Warteliste: {0}.", "Is on the waiting list: {0}.", "在候补名单中：{0}。"),
        [Approval] = new("Die Anmeldung ist eingegangen; der Veranstalter entscheidet darüber: {0}.", "The registration has been received; the organiser will decide on it: {0}.", "报名已收到，正在等待主办方审核：{0}。"),
        [Address] = new("Die E-Mail-Adresse ist bis {1} zu bestätigen, sonst verfällt die Anmeldung: {0}.", "The e-mail address must be confirmed by {1}, or the registration will lapse: {0}.", "须在{1}前确认电子邮箱，否则报名将失效：{0}。"),
        [Declining] = new("Im Kalender abgesagt; der Platz wird frei: {0}.", "Declined in the calendar; the place becomes free: {0}.", "已在日历中谢绝参会，席位释放时间：{0}。"),
        [DecliningQueue] = new("Im Kalender abgesagt; verlässt die Warteliste: {0}.", "Declined in the calendar; leaves the waiting list: {0}.", "已在日历中谢绝参会，退出候补名单的时间：{0}。"),
        [Wording.StateAddress] = new("Die Anmeldung ist eingegangen; die E-Mail-Adresse ist noch zu bestätigen.", "The registration has been received; the e-mail address is still to be confirmed.", "报名已收到，电子邮箱尚待确认。"),
        [Endings[EndReason.OfferDeclined]] = new("Der angebotene Platz wurde nicht angenommen; diese Anmeldung ist beendet.", "The place that was offered was turned down, and this registration has ended.", "所提供的席位已被放弃，此报名已结束。"),
        [Endings[EndReason.OfferExpired]] = new("Die Frist für den angebotenen Platz ist abgelaufen; diese Anmeldung ist beendet.", "The time for the place that was offered has run out, and this registration has ended.", "所提供席位的确认期限已过，此报名已结束。"),
        [Endings[EndReason.Replaced]] = new("Eine Vertretung nimmt teil; diese Anmeldung ist beendet.", "A deputy takes part instead, and this registration has ended.", "已由他人代为参会，此报名已结束。"),
        [Endings[EndReason.DeclinedInCalendar]] = new("Im Kalender abgesagt; diese Anmeldung ist beendet.", "Declined in the calendar, and this registration has ended.", "已在日历中谢绝参会，此报名已结束。"),
    };

    private static readonly Dictionary<WaitReason, Sentence> Reasons = new()
    {
        [WaitReason.SiteFull] = new("Dort sind zurzeit alle Plätze vergeben. Sobald einer für Sie frei wird, hören Sie von uns.", "All places there are taken at the moment. We will let you know as soon as there is one for you.", "该处名额目前已满，一有空位我们会立即通知您。"),
        [WaitReason.OthersFirst] = new("Andere haben sich vor Ihnen eingetragen. Sobald Sie an der Reihe sind, hören Sie von uns.", "Others came before you. We will let you know as soon as it is your turn.", "有人排在您之前，轮到您时我们会立即通知您。"),
        [WaitReason.TooFewSeats] = new("Für Ihre Gruppe sind noch nicht genug Plätze frei.", "There are not enough free places for your group yet.", "空余席位尚不足以安排您的团队。"),
        [WaitReason.OrganizerDecides] = new("Über frei gewordene Plätze entscheidet der Veranstalter.", "The organiser decides who gets places that become free.", "空出的席位由主办方安排。"),
        [WaitReason.QueueClosed] = new("Die Warteliste ist geschlossen; was jetzt frei wird, bekommt, wer zuerst danach fragt.", "The waiting list has closed; places that become free now go to whoever asks first.", "候补名单已关闭，之后空出的席位先到先得。"),
    };

    /// <summary>Plain text.</summary>
    /// <param name="evt">The event.</param>
    /// <param name="registration">As it is now.</param>
    /// <param name="wait">What it waits for, where that was read.</param>
    /// <param name="now">Offers and the event end.</param>
    /// <param name="isForContact">Whether the contact of a delegation reads it, in place of the person.</param>
    public static string Of(Event evt, Registration registration, RegistrationWait? wait, DateTimeOffset now, bool isForContact = false)
    {
        var language = registration.Language;
        var site = evt.Site(registration.SiteId)!;
        var place = NameOf(evt, site.Id, language);
        if (evt.Status == EventStatus.Cancelled) return Say(Wording.StateEventCancelled);
        if (registration.Status == RegistrationStatus.Declined) return Say(Wording.StateDeclined);
        if (!registration.IsActive) return Say(registration.EndReason is { } reason ? Endings[reason] : Wording.StateCancelled);
        if (evt.StatusAt(now) == EventStatus.Over) return Say(Wording.StateOver);
        if (registration.IsTest && !evt.IsTest) return Say(Wording.StateTest);
        if (registration.DeclineTakesEffectAt is { } effect) return Say(registration.Status == RegistrationStatus.Waitlisted ? DecliningQueue : Declining, MomentOf(evt, registration, effect));
        if (registration.Status == RegistrationStatus.PendingApproval) return Say(Approval, place);
        if (registration.Status == RegistrationStatus.PendingConfirmation)
            return registration.HoldEndsAt is { } holds ? Say(Address, place, MomentOf(evt, registration, holds)) : Say(Wording.StateAddress);

        var seated = registration.Status == RegistrationStatus.Confirmed;
        if (wait is { } offer && Offer.IsOpen(offer.State, offer.OfferEndsAt, now))
        {
            var ends = MomentOf(evt, registration, offer.OfferEndsAt!.Value);
            return seated ? Say(AndOffered, place, NameOf(evt, offer.SiteId, language), ends) : Say(Offered, NameOf(evt, offer.SiteId, language), ends);
        }

        if (wait is { State: EntryState.Queued, Position: { } position })
            return seated ? Say(AndQueued, place, NameOf(evt, wait.SiteId, language), Ordinal(position, language)) : Say(Queued, NameOf(evt, wait.SiteId, language), Ordinal(position, language));
        return Say(!seated ? Waitlisted : site.JoinsByVideo ? Online : Confirmed, place);

        string Say(Sentence sentence, params object[] with) => (isForContact ? OfMember.GetValueOrDefault(sentence, sentence) : sentence).Fill(language, with);
    }

    /// <summary>Why somebody still waits, or null.</summary>
    public static Sentence? WhyOf(RegistrationWait? wait) => wait is null ? null : Reasons.GetValueOrDefault(wait.Reason);

    public static string NameOf(Event evt, string siteId, Language language) => evt.Site(siteId)!.Name.In(language, evt.DefaultLanguage);

    /// <summary>By the clock that the person lives by.</summary>
    public static string MomentOf(Event evt, Registration registration, DateTimeOffset at) => Clock.Moment(at, Clock.ZoneOf(evt, evt.Site(registration.SiteId)!, registration), registration.Language);

    internal static string Ordinal(long number, Language language) => language switch
    {
        Language.De => $"{number}.",
        Language.Zh => number.ToString(CultureInfo.InvariantCulture),
        _ => number + ((number % 100) is >= 11 and <= 13 ? "th" : (number % 10) switch { 1 => "st", 2 => "nd", 3 => "rd", _ => "th" }),
    };
}
