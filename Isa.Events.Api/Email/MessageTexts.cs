namespace Isa.Events.Api.Email;

/// <summary>What a message says, as templates (Liquid) of plain text; an empty line begins a paragraph.</summary>
/// <param name="Subject">One line.</param>
/// <param name="Body">After the greeting, before the particulars of the event, which every message has below.</param>
internal sealed record MessageText(Sentence Subject, Sentence Body)
{
    /// <summary>The same as an organiser would send it.</summary>
    public OrganizerWords ToWords() => new(ToTexts(Subject), ToTexts(Body));

    private static Texts ToTexts(Sentence sentence) => new() { De = sentence.De, En = sentence.En, Zh = sentence.Zh };
}

/// <summary>
/// The messages in their three languages. They may use: <c>name</c>, <c>event</c>, <c>organizer</c>, <c>reference</c>, <c>site</c> (theirs, by name), <c>way</c> (a sentence on how
/// they attend there), <c>fromSite</c> (before), <c>waitingFor</c>, <c>position</c>, <c>endsAt</c> (of an offer, or of whatever is held for them), <c>note</c> (the organiser's own words),
/// <c>dayChanged</c>, <c>tentative</c> (whether an entry says that they wait), <c>replaced</c> (whom a deputy stands in for), <c>code</c>, <c>deadline</c>, <c>starts</c> (the start, on their clock), of a delegation <c>count</c>, <c>waiting</c>,
/// <c>pending</c> (not decided on), <c>leftOut</c> (whom there was no place for), <c>passOn</c> (whether there is something to pass on), of links that were asked for, and of a place without a name, <c>state</c> (what holds), and in the organiser's summary <c>registered</c>, <c>ended</c>, <c>pending</c>.
/// Absent ones are false.
/// </summary>
internal static class MessageTexts
{
    // German goes on after the comma of the greeting, so a sentence that begins with none of its nouns begins small.
    private static readonly Dictionary<MessageKind, MessageText> All = new()
    {
        [MessageKind.Confirmed] = new(
            new("Anmeldung bestätigt: {{ event }}", "Registration confirmed: {{ event }}", "报名已确认：{{ event }}"),
            new("Ihre Anmeldung ist bestätigt. {{ way }}", "Your registration is confirmed. {{ way }}", "您的报名已确认。{{ way }}")),

        [MessageKind.ConfirmedWaiting] = new(
            new("Anmeldung bestätigt, auch auf der Warteliste: {{ event }}", "Registration confirmed, and on the waiting list: {{ event }}", "报名已确认（另有候补）：{{ event }}"),
            new("""
                Ihre Anmeldung ist bestätigt. {{ way }}

                Außerdem stehen Sie {% if position %}an {{ position }}. Stelle der{% else %}auf der{% endif %} Warteliste ({{ waitingFor }}). Sobald dort ein Platz für Sie frei wird, hören Sie von uns. Bis dahin bleibt es bei Ihrer jetzigen Teilnahme.
                """, """
                Your registration is confirmed. {{ way }}

                You are also {% if position %}number {{ position }} {% endif %}on the waiting list ({{ waitingFor }}). We will let you know as soon as there is a place for you there. Until then nothing changes.
                """, """
                您的报名已确认。{{ way }}

                您同时已进入“{{ waitingFor }}”的候补名单{% if position %}，目前排在第{{ position }}位{% endif %}。一有席位我们会立即通知您；在此之前，您的参会方式保持不变。
                """)),

        [MessageKind.ConfirmedDeputy] = new(
            new("Sie nehmen in Vertretung teil: {{ event }}", "You are attending as a deputy: {{ event }}", "您将代为参会：{{ event }}"),
            new("""
                Sie sind als Vertretung{% if replaced %} für {{ replaced }}{% endif %} angemeldet. {{ way }}
                """, """
                You are registered{% if replaced %} in place of {{ replaced }}{% else %} as a deputy{% endif %}. {{ way }}
                """, """
                您的报名已登记，您将{% if replaced %}代替{{ replaced }}{% else %}代他人{% endif %}参会。{{ way }}
                """)),

        [MessageKind.Waitlisted] = new(
            new("Auf der Warteliste: {{ event }}", "On the waiting list: {{ event }}", "已列入候补名单：{{ event }}"),
            new("""
                vielen Dank für Ihre Anmeldung. Zurzeit sind alle Plätze vergeben ({{ waitingFor }}). Sie stehen {% if position %}an {{ position }}. Stelle der{% else %}auf der{% endif %} Warteliste.{% if note %}

                {{ note }}{% endif %}

                Sobald ein Platz für Sie frei wird, hören Sie von uns.{% if tentative %}{% else %} Einen Kalendereintrag bekommen Sie erst dann.{% endif %}
                """, """
                Thank you for registering. At the moment all places are taken ({{ waitingFor }}). You are {% if position %}number {{ position }} {% endif %}on the waiting list.{% if note %}

                {{ note }}{% endif %}

                We will let you know as soon as there is a place for you.{% if tentative %}{% else %} The calendar entry will come with it.{% endif %}
                """, """
                感谢您的报名。目前席位已满（{{ waitingFor }}），{% if position %}您在候补名单中排在第{{ position }}位。{% else %}您已进入候补名单。{% endif %}{% if note %}

                {{ note }}{% endif %}

                一有席位我们会立即通知您{% if tentative %}{% else %}，并同时发送日历邀请{% endif %}。
                """)),

        [MessageKind.Promoted] = new(
            new("Sie haben einen Platz: {{ event }}", "You have a place: {{ event }}", "您已获得席位：{{ event }}"),
            new("""
                Sie sind von der Warteliste nachgerückt. {{ way }}{% if fromSite %} Ihr bisheriger Platz ({{ fromSite }}) ist damit frei.{% endif %}

                Wenn Sie den Platz doch nicht brauchen, sagen Sie bitte ab, damit ihn jemand anderes bekommt.
                """, """
                You have moved up from the waiting list. {{ way }}{% if fromSite %} Your earlier place ({{ fromSite }}) has been released.{% endif %}

                If you do not need the place after all, please cancel, so that somebody else can have it.
                """, """
                您已从候补名单递补成功。{{ way }}{% if fromSite %}您原先的参会方式（{{ fromSite }}）随之取消。{% endif %}

                如您不再需要该席位，请及时取消，以便让给他人。
                """)),

        [MessageKind.OfferMade] = new(
            new("Ein Platz für Sie – bitte antworten: {{ event }}", "A place for you – please answer: {{ event }}", "有席位空出，请您确认：{{ event }}"),
            new("""
                ein Platz ist frei geworden: {{ waitingFor }}. Er ist bis {{ endsAt }} für Sie reserviert.

                Bitte nehmen Sie ihn bis dahin an oder lehnen Sie ihn ab. Ohne Antwort geht er an die nächste Person auf der Warteliste. {% if site %}Ihre jetzige Teilnahme ({{ site }}) bleibt bestehen, solange Sie nicht annehmen.{% else %}Wenn Sie ablehnen oder nicht antworten, endet Ihre Anmeldung.{% endif %}
                """, """
                A place has become free: {{ waitingFor }}. It is held for you until {{ endsAt }}.

                Please accept or decline it by then. Without an answer it goes to the next person on the waiting list. {% if site %}You keep your present place ({{ site }}) unless you accept.{% else %}If you decline or do not answer, your registration ends.{% endif %}
                """, """
                “{{ waitingFor }}”有席位空出，已为您保留至{{ endsAt }}。

                请在此之前选择接受或放弃；逾期未答复，席位将让给下一位候补人员。{% if site %}在您接受之前，您目前的参会方式（{{ site }}）保持不变。{% else %}如您放弃或逾期未答复，您的报名将随之结束。{% endif %}
                """)),

        [MessageKind.OfferExpired] = new(
            new("Angebot abgelaufen: {{ event }}", "Offer expired: {{ event }}", "席位保留已到期：{{ event }}"),
            new("""
                der Platz{% if waitingFor %} ({{ waitingFor }}){% endif %}, der für Sie reserviert war, ist weitergegeben worden, weil bis zum Ende der Frist keine Antwort kam.

                Auf der Warteliste stehen Sie damit nicht mehr; es bleibt bei Ihrer bisherigen Teilnahme. {{ way }}
                """, """
                The place{% if waitingFor %} ({{ waitingFor }}){% endif %} that was held for you has been passed on, because there was no answer in time.

                You are no longer on the waiting list for it; your attendance stays as it was. {{ way }}
                """, """
                为您保留的席位{% if waitingFor %}（{{ waitingFor }}）{% endif %}因逾期未答复，已让给其他人员。

                您已不在该候补名单中，原先的参会方式不变。{{ way }}
                """)),

        [MessageKind.Moved] = new(
            new("Teilnahme geändert: {{ event }}", "Attendance changed: {{ event }}", "参会方式已变更：{{ event }}"),
            new("""
                Ihre Teilnahme ist geändert: {% if fromSite %}bisher {{ fromSite }}, jetzt {{ site }}{% else %}{{ site }}{% endif %}. {{ way }}{% if position %}

                Sie stehen jetzt an {{ position }}. Stelle der Warteliste ({{ waitingFor }}).{% endif %}
                """, """
                Your attendance has been changed{% if fromSite %} from “{{ fromSite }}” to “{{ site }}”{% else %}: {{ site }}{% endif %}. {{ way }}{% if position %}

                You are now number {{ position }} on the waiting list ({{ waitingFor }}).{% endif %}
                """, """
                您的参会方式已变更：{% if fromSite %}由“{{ fromSite }}”改为“{{ site }}”{% else %}{{ site }}{% endif %}。{{ way }}{% if position %}

                您在“{{ waitingFor }}”的候补名单中，目前排在第{{ position }}位。{% endif %}
                """)),

        [MessageKind.MovedByOrganizer] = new(
            new("Teilnahme geändert: {{ event }}", "Attendance changed: {{ event }}", "参会方式已变更：{{ event }}"),
            new("""
                der Veranstalter hat Ihre Teilnahme geändert: {% if fromSite %}bisher {{ fromSite }}, jetzt {{ site }}{% else %}{{ site }}{% endif %}. {{ way }}{% if waitingFor %}

                Sie stehen {% if position %}an {{ position }}. Stelle der{% else %}auf der{% endif %} Warteliste ({{ waitingFor }}).{% endif %}

                Wenn Ihnen das nicht passt, können Sie Ihre Teilnahme selbst ändern oder absagen.
                """, """
                The organiser has changed your attendance{% if fromSite %} from “{{ fromSite }}” to “{{ site }}”{% else %}: {{ site }}{% endif %}. {{ way }}{% if waitingFor %}

                You are {% if position %}number {{ position }} {% endif %}on the waiting list ({{ waitingFor }}).{% endif %}

                If this does not suit you, you can change your attendance yourself, or cancel.
                """, """
                主办方调整了您的参会方式：{% if fromSite %}由“{{ fromSite }}”改为“{{ site }}”{% else %}{{ site }}{% endif %}。{{ way }}{% if waitingFor %}

                您已进入“{{ waitingFor }}”的候补名单{% if position %}，目前排在第{{ position }}位{% endif %}。{% endif %}

                如此安排不便，您可自行更改参会方式或取消报名。
                """)),

        [MessageKind.Pending] = new(
            new("Anmeldung eingegangen: {{ event }}", "Registration received: {{ event }}", "已收到您的报名：{{ event }}"),
            new("""
                Ihre Anmeldung ist eingegangen. Der Veranstalter entscheidet noch darüber; sobald er das getan hat, hören Sie von uns. Bis dahin brauchen Sie nichts zu tun.
                """, """
                We have received your registration. The organiser still has to decide on it; you will hear from us then. There is nothing you need to do until then.
                """, """
                我们已收到您的报名，主办方正在审核。审核结果会第一时间通知您，在此之前您无需进行任何操作。
                """)),

        // Goes to an address that anybody may have typed, so it repeats nothing that was typed beside it.
        [MessageKind.AddressToConfirm] = new(
            new("Bitte bestätigen Sie Ihre E-Mail-Adresse: {{ event }}", "Please confirm your e-mail address: {{ event }}", "请确认您的电子邮箱：{{ event }}"),
            new("""
                mit dieser E-Mail-Adresse hat sich jemand für „{{ event }}“ angemeldet. Bitte bestätigen Sie, dass Sie es waren{% if endsAt %}; der Link gilt bis {{ endsAt }}{% endif %}.

                Waren Sie es nicht, brauchen Sie nichts zu tun: Was niemand bestätigt, verfällt von selbst.
                """, """
                Somebody has registered for “{{ event }}” with this e-mail address. Please confirm that it was you{% if endsAt %}; the link is valid until {{ endsAt }}{% endif %}.

                If it was not you, there is nothing you need to do: what nobody confirms expires by itself.
                """, """
                有人使用此邮箱报名参加“{{ event }}”。如系您本人，请点击下方链接确认{% if endsAt %}，链接有效期至{{ endsAt }}{% endif %}。

                如非您本人操作，请忽略此邮件，未经确认的报名将自动失效。
                """)),

        [MessageKind.Approved] = new(
            new("Anmeldung angenommen: {{ event }}", "Registration accepted: {{ event }}", "报名已通过审核：{{ event }}"),
            new("""
                der Veranstalter hat Ihre Anmeldung angenommen. {{ way }}{% if note %}

                {{ note }}{% endif %}
                """, """
                The organiser has accepted your registration. {{ way }}{% if note %}

                {{ note }}{% endif %}
                """, """
                主办方已通过您的报名。{{ way }}{% if note %}

                {{ note }}{% endif %}
                """)),

        [MessageKind.Declined] = new(
            new("Anmeldung nicht angenommen: {{ event }}", "Registration not accepted: {{ event }}", "报名未通过审核：{{ event }}"),
            new("""
                leider konnte der Veranstalter Ihre Anmeldung nicht annehmen.{% if note %}

                {{ note }}{% endif %}
                """, """
                Unfortunately, the organiser could not accept your registration.{% if note %}

                {{ note }}{% endif %}
                """, """
                很抱歉，您的报名未能通过审核。{% if note %}

                {{ note }}{% endif %}
                """)),

        [MessageKind.EventChanged] = new(
            new("{% if dayChanged %}Neuer Termin{% else %}Geändert{% endif %}: {{ event }}", "{% if dayChanged %}Rescheduled{% else %}Changed{% endif %}: {{ event }}", "{% if dayChanged %}活动改期{% else %}活动安排有变{% endif %}：{{ event }}"),
            new("""
                {% if dayChanged %}die Veranstaltung ist verlegt{% else %}an der Veranstaltung hat sich etwas geändert{% endif %}; unten steht, was jetzt gilt. {% if state %}{{ state }}{% else %}Ihre Anmeldung bleibt bestehen.{% if way %} {{ way }}{% endif %}{% if position %} Sie stehen jetzt an {{ position }}. Stelle der Warteliste ({{ waitingFor }}).{% endif %}{% endif %}{% if dayChanged %}

                Wenn Sie zum neuen Termin nicht können, sagen Sie bitte ab.{% endif %}
                """, """
                {% if dayChanged %}The event has been rescheduled{% else %}Something about the event has changed{% endif %}; the current details are below. {% if state %}{{ state }}{% else %}Your registration remains valid.{% if way %} {{ way }}{% endif %}{% if position %} You are now number {{ position }} on the waiting list ({{ waitingFor }}).{% endif %}{% endif %}{% if dayChanged %}

                If you cannot come at the new time, please cancel.{% endif %}
                """, """
                {% if dayChanged %}活动已改期{% else %}活动安排有所变更{% endif %}，最新安排见下方。{% if state %}{{ state }}{% else %}您的报名仍然有效。{{ way }}{% if position %}您在“{{ waitingFor }}”的候补名单中，目前排在第{{ position }}位。{% endif %}{% endif %}{% if dayChanged %}

                如改期后无法参会，请取消报名。{% endif %}
                """)),

        [MessageKind.DetailsChanged] = new(
            new("Ihre Angaben sind geändert: {{ event }}", "Your details have been changed: {{ event }}", "您的报名信息已更新：{{ event }}"),
            new("""
                die Angaben zu Ihrer Anmeldung sind geändert. Unten steht, was jetzt gilt; ältere Links gelten womöglich nicht mehr.{% if state %} {{ state }}{% endif %}
                """, """
                The details of your registration have been changed. The current ones are below; older links may no longer work.{% if state %} {{ state }}{% endif %}
                """, """
                您的报名信息已更新，最新内容见下方；旧邮件中的链接可能已失效。{{ state }}
                """)),

        [MessageKind.AddressReplaced] = new(
            new("Ihre E-Mail-Adresse wurde ersetzt: {{ event }}", "Your e-mail address has been replaced: {{ event }}", "电子邮箱已更换：{{ event }}"),
            new("""
                zu Ihrer Anmeldung gehört jetzt eine andere E-Mail-Adresse. Alles Weitere geht dorthin, auch der Kalendereintrag.

                Haben Sie das nicht veranlasst, wenden Sie sich bitte an den Veranstalter.
                """, """
                Your registration now has another e-mail address. Everything further goes there, and so does the calendar entry.

                If you did not ask for this, please contact the organiser.
                """, """
                您的报名已改用其他电子邮箱，后续通知及日历邀请均将发送至新邮箱。

                如非您本人操作，请联系主办方。
                """)),

        [MessageKind.Cancelled] = new(
            new("Anmeldung storniert: {{ event }}", "Registration cancelled: {{ event }}", "报名已取消：{{ event }}"),
            new("""
                Ihre Anmeldung ist storniert. Schade, dass Sie nicht dabei sind.

                War das ein Versehen? Dann melden Sie sich bitte neu an oder wenden Sie sich an den Veranstalter.
                """, """
                Your registration has been cancelled. We are sorry that you cannot be there.

                Was this a mistake? Then please register again, or contact the organiser.
                """, """
                您的报名已取消，很遗憾您无法参会。

                如系误操作，请重新报名或联系主办方。
                """)),

        [MessageKind.CancelledByOrganizer] = new(
            new("Anmeldung storniert: {{ event }}", "Registration cancelled: {{ event }}", "报名已取消：{{ event }}"),
            new("""
                der Veranstalter hat Ihre Anmeldung storniert. Wenn Sie Fragen dazu haben, wenden Sie sich bitte an ihn.
                """, """
                The organiser has cancelled your registration. If you have any questions, please contact the organiser.
                """, """
                主办方已取消您的报名。如有疑问，请与主办方联系。
                """)),

        [MessageKind.CancelledOfferDeclined] = new(
            new("Sie stehen nicht mehr auf der Warteliste: {{ event }}", "You are no longer on the waiting list: {{ event }}", "您已退出候补名单：{{ event }}"),
            new("""
                Sie haben den Platz abgelehnt, der für Sie frei geworden war. Ihre Anmeldung ist damit beendet.
                """, """
                You have declined the place that had become free for you. This ends your registration.
                """, """
                您已放弃为您保留的席位，报名随之结束。
                """)),

        [MessageKind.CancelledOfferExpired] = new(
            new("Angebot abgelaufen: {{ event }}", "Offer expired: {{ event }}", "席位保留已到期：{{ event }}"),
            new("""
                der Platz, der für Sie reserviert war, ist weitergegeben worden, weil bis zum Ende der Frist keine Antwort kam. Ihre Anmeldung ist damit beendet.

                Wenn Sie noch teilnehmen möchten, melden Sie sich bitte neu an.
                """, """
                The place that was held for you has been passed on, because there was no answer in time. This ends your registration.

                If you still wish to attend, please register again.
                """, """
                为您保留的席位因逾期未答复，已让给其他人员，您的报名随之结束。

                如仍希望参会，请重新报名。
                """)),

        [MessageKind.CancelledAddressNotConfirmed] = new(
            new("Anmeldung verfallen: {{ event }}", "Registration expired: {{ event }}", "报名已失效：{{ event }}"),
            new("""
                die Anmeldung mit dieser E-Mail-Adresse ist verfallen, weil die Adresse nicht rechtzeitig bestätigt wurde. Wenn Sie teilnehmen möchten, melden Sie sich bitte neu an.
                """, """
                The registration with this e-mail address has expired, because the address was not confirmed in time. If you wish to attend, please register again.
                """, """
                由于未在规定时间内确认邮箱，使用此邮箱的报名已失效。如希望参会，请重新报名。
                """)),

        [MessageKind.CancelledNameMissing] = new(
            new("Platz verfallen: {{ event }}", "Place released: {{ event }}", "预留席位已释放：{{ event }}"),
            new("""
                der Platz {{ reference }} war für eine Person reserviert, deren Name noch fehlte. Da kein Name nachgetragen wurde, ist der Platz wieder frei.
                """, """
                The place {{ reference }} was held for a person whose name was still to come. As no name was given in time, the place has been released.
                """, """
                席位{{ reference }}原为待定人员预留，因未按时补充姓名，现已释放。
                """)),

        [MessageKind.CancelledInvitationRevoked] = new(
            new("Anmeldung storniert: {{ event }}", "Registration cancelled: {{ event }}", "报名已取消：{{ event }}"),
            new("""
                der Veranstalter hat die Einladung zurückgezogen, mit der Sie angemeldet waren. Ihre Anmeldung ist damit beendet. Wenn Sie Fragen dazu haben, wenden Sie sich bitte an ihn.
                """, """
                The organiser has withdrawn the invitation you had registered with. This ends your registration. If you have any questions, please contact the organiser.
                """, """
                主办方已撤回您报名所用的邀请，您的报名随之结束。如有疑问，请与主办方联系。
                """)),

        [MessageKind.Replaced] = new(
            new("Ihr Platz ist übergeben: {{ event }}", "Your place has been handed over: {{ event }}", "您的席位已转交：{{ event }}"),
            new("""
                Ihr Platz ist an eine Vertretung übergeben worden. Sie selbst sind nicht mehr angemeldet.

                Haben Sie das nicht veranlasst, wenden Sie sich bitte an den Veranstalter.
                """, """
                Your place has been handed over to a deputy. You are no longer registered yourself.

                If you did not arrange this, please contact the organiser.
                """, """
                您的席位已转交他人代为参会，您本人的报名已结束。

                如非您本人安排，请与主办方联系。
                """)),

        [MessageKind.EventCancelled] = new(
            new("Abgesagt: {{ event }}", "Cancelled: {{ event }}", "活动取消通知：{{ event }}"),
            new("""
                die Veranstaltung ist abgesagt.{% if note %}

                {{ note }}{% endif %}

                Sie brauchen nichts weiter zu tun.
                """, """
                The event has been cancelled.{% if note %}

                {{ note }}{% endif %}

                There is nothing you need to do.
                """, """
                本次活动已取消。{% if note %}

                {{ note }}{% endif %}

                您无需进行任何操作。
                """)),

        [MessageKind.DeclineReceived] = new(
            new("Ihre Absage aus dem Kalender: {{ event }}", "You declined in your calendar: {{ event }}", "您已在日历中谢绝参会：{{ event }}"),
            new("""
                Ihr Kalender hat uns mitgeteilt, dass Sie nicht kommen. Bis {{ endsAt }} ist Ihr Platz{% if site %}{% else %} auf der Warteliste{% endif %} noch für Sie reserviert; danach endet Ihre Anmeldung.

                War das ein Versehen? Bis dahin können Sie {% if site %}Ihren Platz{% else %}Ihren Platz auf der Warteliste{% endif %} behalten. Sonst brauchen Sie nichts zu tun.
                """, """
                Your calendar has told us that you will not come. Your place{% if site %}{% else %} on the waiting list{% endif %} is held for you until {{ endsAt }}; after that your registration ends.

                Was this a mistake? Until then you can keep your place{% unless site %} on the waiting list{% endunless %}. Otherwise there is nothing you need to do.
                """, """
                您的日历已告知我们您将不参会。您的{% if site %}席位{% else %}候补顺位{% endif %}将保留至{{ endsAt }}，之后您的报名将随之结束。

                如系误操作，您可在此之前点击下方链接继续保留；否则无需任何操作。
                """)),

        [MessageKind.Invitation] = new(
            new("Einladung: {{ event }}", "Invitation: {{ event }}", "邀请函：{{ event }}"),
            new("""
                {% if organizer %}{{ organizer }} lädt{% else %}wir laden{% endif %} Sie herzlich ein: {{ event }}.

                Ihr persönlicher Einladungscode: {{ code }}

                Bitte geben Sie ihn bei der Anmeldung an. Er gilt nur für Sie.{% if deadline %} Anmeldeschluss ist {{ deadline }}.{% endif %}
                """, """
                {% if organizer %}{{ organizer }} cordially invites{% else %}We cordially invite{% endif %} you to attend: {{ event }}.

                Your personal invitation code: {{ code }}

                Please enter it when you register. It is for you alone.{% if deadline %} Please register by {{ deadline }}.{% endif %}
                """, """
                {% if organizer %}{{ organizer }}{% else %}我们{% endif %}诚挚邀请您参加：{{ event }}。

                您的专属邀请码：{{ code }}

                报名时请填写此邀请码，仅限您本人使用。{% if deadline %}报名截止日期：{{ deadline }}。{% endif %}
                """)),

        [MessageKind.Links] = new(
            new("Ihre Anmeldung: {{ event }}", "Your registration: {{ event }}", "您的报名信息：{{ event }}"),
            new("""
                hier sind noch einmal die Angaben und Links zu Ihrer Anmeldung. {{ state }}

                Haben Sie diese E-Mail nicht angefordert, brauchen Sie nichts zu tun.
                """, """
                Here are the details and links of your registration once more. {{ state }}

                If you did not ask for this e-mail, there is nothing you need to do.
                """, """
                应您的要求，再次发送您的报名信息和链接。{{ state }}

                如非您本人要求，请忽略此邮件。
                """)),

        [MessageKind.NameDue] = new(
            new("Name fehlt noch: {{ event }}", "A name is still missing: {{ event }}", "请补充参会人姓名：{{ event }}"),
            new("""
                für {% if count == "1" %}einen{% else %}{{ count }}{% endif %} Ihrer Plätze fehlt noch der Name.{% if endsAt %} {% if count == "1" %}Der Platz ist{% else %}Die Plätze sind{% endif %} bis {{ endsAt }} reserviert.{% endif %}

                Bitte tragen Sie ein, wer kommt. Sonst {% if count == "1" %}geht der Platz{% else %}gehen die Plätze{% endif %} an andere.
                """, """
                {% if count == "1" %}The name for one{% else %}The names for {{ count }}{% endif %} of your places {% if count == "1" %}is{% else %}are{% endif %} still missing.{% if endsAt %} {% if count == "1" %}The place is{% else %}The places are{% endif %} held until {{ endsAt }}.{% endif %}

                Please tell us who is coming. Otherwise {% if count == "1" %}it goes{% else %}they go{% endif %} to others.
                """, """
                您预留的席位中还有{{ count }}个未填写参会人姓名{% if endsAt %}，席位保留至{{ endsAt }}{% endif %}。

                请尽快补充，逾期席位将让给他人。
                """)),

        [MessageKind.DelegationRegistered] = new(
            new(
                "Anmeldung Ihrer Delegation eingegangen{% if leftOut %}, nicht für alle{% endif %}: {{ event }}",
                "Registration of your delegation received{% if leftOut %}, not for everybody{% endif %}: {{ event }}",
                "代表团报名已收到{% if leftOut %}（部分成员未能报名）{% endif %}：{{ event }}"),
            new("""
                vielen Dank, die Anmeldung Ihrer Delegation ist eingegangen. Personen: {{ count }}. Unten steht, was für jede gilt.{% if leftOut %}

                Nicht angemeldet werden konnten: {{ leftOut }}. Wer das ist und warum, steht unten.{% endif %}

                Wer eine eigene E-Mail-Adresse angegeben hat, bekommt auch selbst Post. Alles Weitere geht an Sie; bitte geben Sie es weiter.{% if endsAt %}

                Bitte tragen Sie die noch fehlenden Namen bis {{ endsAt }} ein; danach gehen diese Plätze an andere.{% endif %}
                """, """
                Thank you, we have received the registration of your delegation. People: {{ count }}. How each of them stands is shown below.{% if leftOut %}

                Could not be registered: {{ leftOut }}. Names and reasons are below.{% endif %}

                Whoever has an e-mail address of their own will also hear from us directly. Everything else goes to you; please pass it on.{% if endsAt %}

                Please give the missing names by {{ endsAt }}; after that these places go to others.{% endif %}
                """, """
                感谢您的报名，我们已收到贵代表团的报名信息，共{{ count }}人，详情见下方。{% if leftOut %}

                另有{{ leftOut }}人未能报名，名单及原因见下方。{% endif %}

                已填写本人邮箱的成员将单独收到通知；其余通知将发送给您，请代为转达。{% if endsAt %}

                请在{{ endsAt }}前补充尚缺的参会人姓名，逾期席位将让给他人。{% endif %}
                """)),

        [MessageKind.DelegationToConfirm] = new(
            new("Bitte bestätigen Sie die Anmeldung Ihrer Delegation: {{ event }}", "Please confirm the registration of your delegation: {{ event }}", "请确认代表团报名：{{ event }}"),
            new("""
                mit dieser E-Mail-Adresse hat sich jemand als Kontakt einer Delegation für „{{ event }}“ gemeldet; angemeldete Personen: {{ count }}. Bitte bestätigen Sie, dass Sie es waren{% if endsAt %}; der Link gilt bis {{ endsAt }}{% endif %}.

                Waren Sie es nicht, brauchen Sie nichts zu tun: Was niemand bestätigt, verfällt von selbst.
                """, """
                Somebody has given this e-mail address as the contact of a delegation to “{{ event }}”; people registered: {{ count }}. Please confirm that it was you{% if endsAt %}; the link is valid until {{ endsAt }}{% endif %}.

                If it was not you, there is nothing you need to do: what nobody confirms expires by itself.
                """, """
                有人使用此邮箱作为联系人，为代表团报名参加“{{ event }}”，共{{ count }}人。如系您本人，请点击下方链接确认{% if endsAt %}，链接有效期至{{ endsAt }}{% endif %}。

                如非您本人操作，请忽略此邮件，未经确认的报名将自动失效。
                """)),

        [MessageKind.DelegationLinks] = new(
            new("Ihre Delegation: {{ event }}", "Your delegation: {{ event }}", "贵代表团的报名信息：{{ event }}"),
            new("""
                hier sind noch einmal die Links zu Ihrer Delegation. Personen: {{ count }}. Unten steht, was für jede gilt.

                Haben Sie diese E-Mail nicht angefordert, brauchen Sie nichts zu tun.
                """, """
                Here are the links to your delegation once more. People: {{ count }}. How each of them stands is shown below.

                If you did not ask for this e-mail, there is nothing you need to do.
                """, """
                应您的要求，再次发送贵代表团的报名链接。代表团共{{ count }}人，详情见下方。

                如非您本人要求，请忽略此邮件。
                """)),

        [MessageKind.DelegationApproved] = new(
            new("Delegation angenommen: {{ event }}", "Delegation accepted: {{ event }}", "代表团报名已通过审核：{{ event }}"),
            new("""
                der Veranstalter hat die Anmeldung Ihrer Delegation angenommen. Personen: {{ count }}{% if waiting %} (davon {{ waiting }} auf der Warteliste){% endif %}. Unten steht, was für jede gilt.{% if passOn %}

                Bitte geben Sie das an die Mitglieder weiter, von denen wir keine eigene E-Mail-Adresse haben; ihre Links stehen unten.{% endif %}{% if pending %}

                Noch nicht entschieden: {{ pending }}. Sobald der Veranstalter auch darüber entschieden hat, hören Sie von uns.{% endif %}{% if note %}

                {{ note }}{% endif %}
                """, """
                The organiser has accepted the registration of your delegation. People: {{ count }}{% if waiting %} ({{ waiting }} of them on the waiting list){% endif %}. How each of them stands is shown below.{% if passOn %}

                Please pass this on to the members for whom we have no e-mail address; their links are below.{% endif %}{% if pending %}

                Not decided yet: {{ pending }}. You will hear from us once the organiser has decided on them as well.{% endif %}{% if note %}

                {{ note }}{% endif %}
                """, """
                主办方已通过贵代表团的报名，共{{ count }}人{% if waiting %}（其中候补{{ waiting }}人）{% endif %}，详情见下方。{% if passOn %}

                请转达未登记本人邮箱的成员，其链接见下方。{% endif %}{% if pending %}

                另有{{ pending }}人仍待审核，结果会及时通知您。{% endif %}{% if note %}

                {{ note }}{% endif %}
                """)),

        [MessageKind.DelegationDeclined] = new(
            new("Mitglieder Ihrer Delegation nicht angenommen: {{ event }}", "Members of your delegation not accepted: {{ event }}", "代表团成员未通过审核：{{ event }}"),
            new("""
                leider konnte der Veranstalter die unten genannten Mitglieder Ihrer Delegation nicht annehmen. Personen: {{ count }}. Wer eine eigene E-Mail-Adresse angegeben hat, erfährt es auch selbst.{% if note %}

                {{ note }}{% endif %}
                """, """
                Unfortunately, the organiser could not accept the members of your delegation named below. People: {{ count }}. Whoever has an e-mail address of their own will also hear from us directly.{% if note %}

                {{ note }}{% endif %}
                """, """
                很抱歉，贵代表团的下列成员未能通过审核，共{{ count }}人。已填写本人邮箱的成员将另行收到通知。{% if note %}

                {{ note }}{% endif %}
                """)),

        [MessageKind.DelegationChanged] = new(
            new("Sie sind Kontakt einer Delegation: {{ event }}", "You are the contact of a delegation: {{ event }}", "您是代表团联系人：{{ event }}"),
            new("""
                was diese Delegation betrifft, bekommen von jetzt an Sie an diese Adresse. Personen: {{ count }}. Unten steht, was für jede gilt.

                Der Link zum Verwalten ist neu; der frühere gilt nicht mehr.{% if passOn %} Auch die Mitglieder ohne eigene E-Mail-Adresse haben neue Links (zum Verwalten und zum Teilnehmen); bitte geben Sie jedem die eigenen weiter.{% endif %}{% if endsAt %}

                Bitte tragen Sie die noch fehlenden Namen bis {{ endsAt }} ein; danach gehen diese Plätze an andere.{% endif %}
                """, """
                From now on, whatever concerns this delegation comes to you at this address. People: {{ count }}. How each of them stands is shown below.

                The link for managing it is new; the earlier one no longer works.{% if passOn %} Members without an e-mail address of their own have new links, too (to manage and to join); please pass each of them theirs.{% endif %}{% if endsAt %}

                Please give the missing names by {{ endsAt }}; after that these places go to others.{% endif %}
                """, """
                今后与该代表团有关的通知将发送至您的此邮箱。代表团共{{ count }}人，详情见下方。

                管理链接已更新，旧链接不再有效。{% if passOn %}未登记本人邮箱的成员，其管理链接和入会链接也已更新，请分别转交本人。{% endif %}{% if endsAt %}

                请在{{ endsAt }}前补充尚缺的参会人姓名，逾期席位将让给他人。{% endif %}
                """)),

        [MessageKind.Reminder] = new(
            new("Erinnerung: {{ event }}, {{ starts }}", "Reminder: {{ event }}, {{ starts }}", "活动提醒：{{ event }}，{{ starts }}"),
            new("""
                wir freuen uns auf Sie. Beginn ist {{ starts }}. {{ way }}

                Sollten Sie verhindert sein, sagen Sie bitte kurz ab oder nennen Sie uns eine Vertretung; der Link dazu steht unten.
                """, """
                We look forward to seeing you. The event begins on {{ starts }}. {{ way }}

                If you cannot come after all, please cancel or name a deputy; the link is below.
                """, """
                期待您的参与。活动开始时间：{{ starts }}。{{ way }}

                如您无法参会，请点击下方链接取消报名，或由他人代为参会。
                """)),

        [MessageKind.ThankYou] = new(
            new("Vielen Dank für Ihre Teilnahme: {{ event }}", "Thank you for taking part: {{ event }}", "感谢您的参与：{{ event }}"),
            new("""
                vielen Dank, dass Sie dabei waren. Wenn Sie Fragen oder Anregungen haben, antworten Sie einfach auf diese E-Mail.
                """, """
                Thank you for being with us. If you have any questions or suggestions, simply reply to this e-mail.
                """, """
                感谢您的参与。如有任何问题或建议，请直接回复此邮件。
                """)),

        [MessageKind.DailySummary] = new(
            new("Stand der Anmeldungen: {{ event }}", "Registrations so far: {{ event }}", "报名情况汇总：{{ event }}"),
            new("""
                seit der letzten Übersicht: {% if registered %}{{ registered }} neu angemeldet{% else %}niemand neu angemeldet{% endif %}, {% if ended %}{{ ended }} abgesagt oder abgelehnt{% else %}niemand abgesagt{% endif %}.{% if pending %}

                Auf Ihre Entscheidung warten: {{ pending }}.{% endif %}
                """, """
                Since the last summary: {% if registered %}{{ registered }} newly registered{% else %}nobody newly registered{% endif %}, {% if ended %}{{ ended }} cancelled or declined{% else %}nobody cancelled{% endif %}.{% if pending %}

                Waiting for your decision: {{ pending }}.{% endif %}
                """, """
                自上次汇总以来：{% if registered %}新增报名{{ registered }}人{% else %}无新增报名{% endif %}，{% if ended %}取消或未通过{{ ended }}人{% else %}无人取消{% endif %}。{% if pending %}

                待您审批：{{ pending }}人。{% endif %}
                """)),
        // Shown where nobody has written anything yet.
        [MessageKind.OrganizerMessage] = new(
            new("Nachricht zu {{ event }}", "A message about {{ event }}", "关于“{{ event }}”的通知"),
            new("hier stehen die Worte des Veranstalters.", "The organiser's words stand here.", "此处为主办方的正文。")),
    };

    private static readonly Sentence Place = new("""
            diese Nachricht betrifft einen Platz Ihrer Delegation, für den der Name noch folgt ({{ reference }}). Für diesen Platz gilt jetzt:

            {{ state }}{% if fromSite %} Bisher: {{ fromSite }}.{% endif %}{% if note %}

            {{ note }}{% endif %}{% if endsAt %}

            Bitte tragen Sie bis {{ endsAt }} ein, wer kommt; danach geht der Platz an andere.{% endif %}
            """, """
            This is about a place of your delegation for which the name is still to follow ({{ reference }}). How this place stands now:

            {{ state }}{% if fromSite %} Before: {{ fromSite }}.{% endif %}{% if note %}

            {{ note }}{% endif %}{% if endsAt %}

            Please tell us by {{ endsAt }} who is coming; after that the place goes to others.{% endif %}
            """, """
            此邮件涉及贵代表团的一个姓名待定席位（{{ reference }}），目前情况如下：

            {{ state }}{% if fromSite %}原为：{{ fromSite }}。{% endif %}{% if note %}

            {{ note }}{% endif %}{% if endsAt %}

            请在{{ endsAt }}前填写参会人姓名，逾期席位将让给他人。{% endif %}
            """);

    private static readonly Sentence ChangedForMembers = new(
        """
        an der Veranstaltung hat sich etwas geändert; unten steht, was jetzt gilt. Die Anmeldungen bleiben bestehen.{% if passOn %}

        Bitte geben Sie das an die Mitglieder Ihrer Delegation weiter, von denen wir keine eigene E-Mail-Adresse haben; unten steht, was für jedes gilt.{% else %}

        Es geht um Plätze Ihrer Delegation, für die der Name noch folgt; unten steht, was für jeden gilt.{% endif %}{% if dayChanged %}

        Wer zum neuen Termin nicht kann, sollte absagen; der Link dazu steht bei jedem Namen.{% endif %}{% if endsAt %}

        Bitte tragen Sie die noch fehlenden Namen bis {{ endsAt }} ein; danach gehen diese Plätze an andere.{% endif %}
        """, """
        Something about the event has changed; what holds now is below. The registrations stand.{% if passOn %}

        Please pass this on to the members of your delegation for whom we have no e-mail address; what holds for each of them is below.{% else %}

        This is about places of your delegation for which the names are still to follow; what holds for each of them is below.{% endif %}{% if dayChanged %}

        Whoever cannot come at the new time should cancel; the link is with each name.{% endif %}{% if endsAt %}

        Please give the missing names by {{ endsAt }}; after that these places go to others.{% endif %}
        """, """
        活动安排有所变更，最新安排见下方，原有报名仍然有效。{% if passOn %}

        请转达贵代表团中未登记本人邮箱的成员，各人情况见下方。{% else %}

        此邮件涉及贵代表团姓名待定的席位，具体情况见下方。{% endif %}{% if dayChanged %}

        新的时间无法参会的成员，请通过其姓名下方的链接取消报名。{% endif %}{% if endsAt %}

        请在{{ endsAt }}前补充尚缺的参会人姓名，逾期席位将让给他人。{% endif %}
        """);

    private static readonly Sentence CancelledForMembers = new(
        """
        die Veranstaltung ist abgesagt.{% if note %}

        {{ note }}{% endif %}{% if passOn %}

        Bitte sagen Sie das den unten genannten Mitgliedern Ihrer Delegation, von denen wir keine eigene E-Mail-Adresse haben. Weiter brauchen Sie nichts zu tun.{% else %}

        Sie brauchen nichts weiter zu tun.{% endif %}
        """, """
        The event has been cancelled.{% if note %}

        {{ note }}{% endif %}{% if passOn %}

        Please tell the members of your delegation named below, for whom we have no e-mail address. There is nothing else you need to do.{% else %}

        There is nothing you need to do.{% endif %}
        """, """
        本次活动已取消。{% if note %}

        {{ note }}{% endif %}{% if passOn %}

        请转告下列未登记本人邮箱的代表团成员。除此之外，您无需进行任何操作。{% else %}

        您无需进行任何操作。{% endif %}
        """);

    // Who ended together.
    private static readonly Sentence MembersCancelledSubject = new("Stornierung für Ihre Delegation: {{ event }}", "Cancellation for your delegation: {{ event }}", "代表团成员报名已取消：{{ event }}");

    private static readonly Sentence MembersCancelled = new(
        """
        {% if count == "1" %}die unten genannte Anmeldung Ihrer Delegation ist{% else %}die unten genannten {{ count }} Anmeldungen Ihrer Delegation sind{% endif %} storniert. Wer eine eigene E-Mail-Adresse angegeben hat, erfährt es selbst.{% if passOn %}

        Bitte sagen Sie es den unten genannten Mitgliedern, von denen wir keine haben.{% endif %}

        War das ein Versehen? Dann melden Sie Ihre Delegation bitte neu an oder wenden Sie sich an den Veranstalter.
        """, """
        {% if count == "1" %}The registration of your delegation named below has{% else %}The {{ count }} registrations of your delegation named below have{% endif %} been cancelled. Whoever has an e-mail address of their own will hear from us directly.{% if passOn %}

        Please tell the members named below, for whom we have none.{% endif %}

        Was this a mistake? Then please register your delegation again, or contact the organiser.
        """, """
        贵代表团的下列报名已取消，共{{ count }}人。已填写本人邮箱的成员将另行收到通知。{% if passOn %}

        请转告下列未登记本人邮箱的成员。{% endif %}

        如系误操作，请重新为代表团报名或联系主办方。
        """);

    private static readonly Sentence MembersCancelledByOrganizer = new(
        """
        der Veranstalter hat {% if count == "1" %}die unten genannte Anmeldung{% else %}die unten genannten {{ count }} Anmeldungen{% endif %} Ihrer Delegation storniert. Wer eine eigene E-Mail-Adresse angegeben hat, erfährt es selbst.{% if passOn %}

        Bitte sagen Sie es den unten genannten Mitgliedern, von denen wir keine haben.{% endif %}

        Wenn Sie Fragen dazu haben, wenden Sie sich bitte an den Veranstalter.
        """, """
        The organiser has cancelled the {% if count == "1" %}registration{% else %}{{ count }} registrations{% endif %} of your delegation named below. Whoever has an e-mail address of their own will hear from us directly.{% if passOn %}

        Please tell the members named below, for whom we have none.{% endif %}

        If you have any questions, please contact the organiser.
        """, """
        主办方已取消贵代表团的下列报名，共{{ count }}人。已填写本人邮箱的成员将另行收到通知。{% if passOn %}

        请转告下列未登记本人邮箱的成员。{% endif %}

        如有疑问，请与主办方联系。
        """);

    private static readonly MessageText NamesMissing = new(
        new("{% if count == \"1\" %}Platz{% else %}Plätze{% endif %} verfallen: {{ event }}", "Place{% if count != \"1\" %}s{% endif %} released: {{ event }}", "预留席位已释放：{{ event }}"),
        new("""
            {% if count == "1" %}für einen Platz Ihrer Delegation (siehe unten) fehlte noch der Name. Da er nicht nachgetragen wurde, ist der Platz{% else %}für {{ count }} Plätze Ihrer Delegation (siehe unten) fehlten noch die Namen. Da sie nicht nachgetragen wurden, sind die Plätze{% endif %} wieder frei.
            """, """
            {% if count == "1" %}The name for a place of your delegation (see below) was not given in time, so the place has{% else %}The names for {{ count }} places of your delegation (see below) were not given in time, so the places have{% endif %} been released.
            """, """
            贵代表团有{{ count }}个席位原为待定人员预留，因未按时补充姓名，现已释放，详情见下方。
            """));

    // Goes to an address that anybody may have typed.
    private static readonly Sentence MembersNotConfirmed = new(
        """
        die Anmeldung einer Delegation, als deren Kontakt diese E-Mail-Adresse angegeben war, ist verfallen, weil die Adresse nicht rechtzeitig bestätigt wurde. Personen: {{ count }}. Wenn Sie teilnehmen möchten, melden Sie Ihre Delegation bitte neu an.
        """, """
        The registration of a delegation that named this e-mail address as its contact has expired, because the address was not confirmed in time. People: {{ count }}. If you wish to attend, please register your delegation again.
        """, """
        由于未在规定时间内确认邮箱，以此邮箱为联系人的代表团报名已失效，共{{ count }}人。如希望参会，请重新为代表团报名。
        """);

    private static readonly Sentence ReminderForMembers = new(
        """
        wir freuen uns auf Ihre Delegation. Beginn ist {{ starts }}.{% if passOn %}

        Bitte erinnern Sie die unten genannten Mitglieder, von denen wir keine eigene E-Mail-Adresse haben. Wer verhindert ist, sollte bitte kurz absagen oder eine Vertretung melden; der Link dazu steht bei jedem Namen.{% endif %}{% if endsAt %}

        Bitte tragen Sie die noch fehlenden Namen bis {{ endsAt }} ein; danach gehen diese Plätze an andere.{% endif %}
        """, """
        We look forward to seeing your delegation. The event begins {{ starts }}.{% if passOn %}

        Please remind the members named below, for whom we have no e-mail address. Whoever cannot come after all should cancel or name a deputy; the link is with each name.{% endif %}{% if endsAt %}

        Please give the missing names by {{ endsAt }}; after that these places go to others.{% endif %}
        """, """
        期待贵代表团的参与。活动开始时间：{{ starts }}。{% if passOn %}

        请提醒下列未登记本人邮箱的成员。如有成员无法参会，请通过其姓名下方的链接取消报名，或由他人代为参会。{% endif %}{% if endsAt %}

        请在{{ endsAt }}前补充尚缺的参会人姓名，逾期席位将让给他人。{% endif %}
        """);

    private static readonly Dictionary<AttendanceMode, Sentence> Ways = new()
    {
        [AttendanceMode.InPerson] = new("Sie nehmen vor Ort teil ({{ site }}); Ihr Platz ist reserviert.", "You will attend in person ({{ site }}); your place is reserved.", "您将现场参会（{{ site }}），席位已为您保留。"),
        [AttendanceMode.LinkedRoom] = new(
            "Sie nehmen in diesem Raum teil: {{ site }}. Er ist per Video zugeschaltet, einen eigenen Link brauchen Sie nicht. Ihr Platz ist reserviert.",
            "You will attend in this room: {{ site }}. It is linked by video, so you need no link of your own. Your place is reserved.",
            "您将在以下会场参会：{{ site }}。该会场通过视频连线参会，您无需单独的会议链接，席位已为您保留。"),
        [AttendanceMode.Online] = new(
            "Sie nehmen per Video teil ({{ site }}); Ihr Link steht unten. Er ist nur für Sie bestimmt.",
            "You will take part by video ({{ site }}); your link is below. It is for you alone.",
            "您将通过视频参会（{{ site }}），专属链接见下方，仅限您本人使用。"),
    };

    // Of one or several, to their contact.
    private static readonly Dictionary<AttendanceMode, Sentence> WaysOfMembers = new()
    {
        [AttendanceMode.InPerson] = new("Teilnahme vor Ort ({{ site }}).", "Attending in person ({{ site }}).", "现场参会（{{ site }}）。"),
        [AttendanceMode.LinkedRoom] = new("Teilnahme in einem per Video zugeschalteten Raum ({{ site }}).", "Attending in a room linked by video ({{ site }}).", "在视频连线会场参会（{{ site }}）。"),
        [AttendanceMode.Online] = new("Teilnahme per Video ({{ site }}).", "Attending by video ({{ site }}).", "通过视频参会（{{ site }}）。"),
    };

    public static MessageText Of(MessageKind kind) => All[kind];

    /// <summary>The same about the place of somebody who is not named yet, for the contact. It may use <c>state</c> as well.</summary>
    public static MessageText OfPlace(MessageKind kind) => new(All[kind].Subject, Place);

    /// <summary>The same about all members of a delegation who have no address, for the contact.</summary>
    public static MessageText OfMembers(MessageKind kind) => kind switch
    {
        MessageKind.EventChanged => All[kind] with { Body = ChangedForMembers },
        MessageKind.EventCancelled => All[kind] with { Body = CancelledForMembers },
        MessageKind.Reminder => All[kind] with { Body = ReminderForMembers },
        MessageKind.Cancelled => new(MembersCancelledSubject, MembersCancelled),
        MessageKind.CancelledByOrganizer => new(MembersCancelledSubject, MembersCancelledByOrganizer),
        MessageKind.CancelledNameMissing => NamesMissing,
        MessageKind.CancelledAddressNotConfirmed => All[kind] with { Body = MembersNotConfirmed },
        _ => All[kind],
    };

    /// <summary>A sentence on how people attend at a site; it may use <c>site</c>.</summary>
    public static Sentence Way(AttendanceMode mode) => Ways[mode];

    /// <summary>The same about members of a delegation, for the contact.</summary>
    public static Sentence WayOfMembers(AttendanceMode mode) => WaysOfMembers[mode];

    public static readonly Sentence Greeting = new("Guten Tag {{ name }},", "Dear {{ name }},", "{{ name }}，您好：");
    public static readonly Sentence GreetingToAnybody = new("Guten Tag,", "Hello,", "您好：");
    public static readonly Sentence Copy = new("Kopie zur Kenntnis. Das Original ging an {{ name }}.", "A copy for your information. The original went to {{ name }}.", "抄送副本，供您参考。原邮件已发送给{{ name }}。");
    /// <summary>Above the first mail to a member of a delegation.</summary>
    public static readonly Sentence RegisteredBy = new("{{ registeredBy }} hat Sie angemeldet.", "{{ registeredBy }} has registered you.", "{{ registeredBy }}已为您报名。");

    public static readonly Sentence PassOn = new("Bitte geben Sie diese Nachricht an {{ name }} weiter; eine eigene E-Mail-Adresse haben wir nicht.", "Please pass this message on to {{ name }}, for whom we have no e-mail address.", "请将此通知转达给{{ name }}（未登记其本人邮箱）。");
    /// <summary>The same for several, by name.</summary>
    public static readonly Sentence PassOnToAll = new("Bitte geben Sie diese Nachricht weiter an: {{ name }}.", "Please pass this message on to: {{ name }}.", "请将此通知转达给：{{ name }}。");

    /// <summary>The same where none of them is named yet, by their references.</summary>
    public static readonly Sentence OfPlaces = new("Diese Nachricht betrifft Plätze Ihrer Delegation, für die der Name noch folgt: {{ reference }}.", "This message is about places of your delegation for which the names are still to follow: {{ reference }}.", "此通知涉及贵代表团姓名待定的席位：{{ reference }}。");

    public static readonly Sentence TestMessage = new("Dies ist ein Probeversand an Sie allein.", "This was sent to you alone, as a test.", "此邮件仅为测试，只发送给您本人。");
    public static readonly Sentence Test = new("Dies ist ein Test; es ist kein Platz vergeben.", "This is a test; no place has been taken.", "这是测试邮件，不占用席位。");
    public static readonly Sentence InviteAttached = new("Der Termin liegt als Kalendereintrag bei.", "The calendar entry is attached.", "日历邀请已随邮件附上。");
    public static readonly Sentence InviteTentative = new("Ein vorläufiger Kalendereintrag liegt bei; er wird fest, sobald Sie einen Platz haben.", "A provisional calendar entry is attached; it becomes firm once you have a place.", "随信附上暂定的日历安排，您获得席位后将转为正式安排。");
    public static readonly Sentence InviteUpdated = new("Ihr Kalendereintrag wird mit dieser E-Mail aktualisiert; manche Programme fragen vorher nach.", "This e-mail updates the entry in your calendar; some programs ask you first.", "您的日历安排将随此邮件更新，部分程序会先请您确认。");
    public static readonly Sentence InviteRemoved = new("Mit dieser E-Mail wird der Termin aus Ihrem Kalender genommen; manche Programme fragen vorher nach.", "This e-mail removes the entry from your calendar; some programs ask you first.", "此邮件将从您的日历中移除该安排，部分程序会先请您确认。");
    public static readonly Sentence Standing = new(
        "{{ taken }} {% if capacity %}von {{ capacity }} Plätzen vergeben{% else %}angemeldet{% endif %}{% if waiting %}, Warteliste: {{ waiting }}{% endif %}",
        "{{ taken }} {% if capacity %}of {{ capacity }} places taken{% else %}registered{% endif %}{% if waiting %}, waiting: {{ waiting }}{% endif %}",
        "{% if capacity %}已占用{{ taken }}/{{ capacity }}席{% else %}已报名{{ taken }}人{% endif %}{% if waiting %}，候补{{ waiting }}人{% endif %}");

    public static readonly Sentence Unreached = new("Per E-Mail nicht erreichbar", "Not reached by e-mail", "邮件无法送达");
    public static readonly Sentence ForwardedSubject = new("Antwort von {{ name }} ({{ reference }})", "Answer from {{ name }} ({{ reference }})", "{{ name }}的回复（{{ reference }}）");

    /// <summary>To the office, above what somebody wrote.</summary>
    public static readonly Sentence Forwarded = new(
        "{{ name }} ({{ reference }}) hat auf eine Nachricht zu dieser Veranstaltung geantwortet: {{ event }}.{% if answer %}\n\nAntwort im Kalender: {{ answer }}{% endif %}{% if sender %}\n\nAbsender: {{ sender }} – nicht die Adresse der Anmeldung.{% endif %}\n\nDie Antwort liegt bei. Wenn Sie auf diese E-Mail antworten, geht das an die Adresse der Anmeldung.",
        "{{ name }} ({{ reference }}) has answered a message about this event: {{ event }}.{% if answer %}\n\nAnswer in calendar: {{ answer }}{% endif %}{% if sender %}\n\nSender: {{ sender }}, which is not the address of the registration.{% endif %}\n\nThe answer is attached. If you reply to this e-mail, that goes to the address of the registration.",
        "{{ name }}（{{ reference }}）回复了关于以下活动的邮件：{{ event }}。{% if answer %}\n\n日历答复：{{ answer }}{% endif %}{% if sender %}\n\n发件人：{{ sender }}（并非该报名所登记的邮箱）。{% endif %}\n\n回复内容见附件。如您直接答复本邮件，将发送至该报名所登记的邮箱。");

    public static readonly Sentence Regards = new("Mit freundlichen Grüßen", "Kind regards", "此致\n敬礼");
    public static readonly Sentence Manage = new("Anmeldung ansehen, ändern oder absagen", "View, change or cancel your registration", "查看、更改或取消报名");
    /// <summary>The same for somebody who passes it on.</summary>
    public static readonly Sentence ManageMember = new("Diese Anmeldung ansehen, ändern oder absagen", "View, change or cancel this registration", "查看、更改或取消该报名");

    public static readonly Sentence ManageDelegation = new("Ihre Delegation ansehen", "View your delegation", "查看代表团报名");
    /// <summary>For whoever has cancelled.</summary>
    public static readonly Sentence Again = new("Wieder anmelden", "Register again", "重新报名");
    public static readonly Sentence Confirm = new("E-Mail-Adresse bestätigen", "Confirm e-mail address", "确认邮箱");
    public static readonly Sentence Register = new("Zur Anmeldung", "Register now", "前往报名");
    public static readonly Sentence Answer = new("Annehmen oder ablehnen", "Accept or decline", "接受或放弃");
    public static readonly Sentence KeepPlace = new("Platz behalten", "Keep my place", "保留席位");
    public static readonly Sentence GiveName = new("Namen eintragen", "Give the name", "填写姓名");
    /// <summary>After what is held for them, where something else is told.</summary>
    public static readonly Sentence PleaseAnswer = new(" Bitte nehmen Sie ihn bis dahin an oder lehnen Sie ihn ab.", " Please accept or decline it by then.", "请在此之前选择接受或放弃。");

    /// <summary>The same as that their registration has come in, said later.</summary>
    public static readonly Sentence StillPending = new("Über Ihre Anmeldung entscheidet der Veranstalter noch.", "The organiser still has to decide on your registration.", "您的报名仍在等待主办方审核。");

    public static readonly Sentence Offered = new("Angeboten", "Offered", "为您保留");
    public static readonly Sentence Wanted = new("Gewünscht", "Requested", "意向参会方式");
    public static readonly Sentence Before = new("bisher", "before", "原为");
    public static readonly Sentence Now = new("jetzt", "now", "现为");
    public static readonly Sentence OnWaitlist = new("Warteliste", "waiting list", "候补");
    public static readonly Sentence SeatHeld = new("{0}: Platz frei gehalten bis {1}, bitte antworten", "{0}: place held until {1}, please answer", "“{0}”席位保留至{1}，请确认是否接受");
    public static readonly Sentence ToBeConfirmed = new("noch nicht bestätigt", "not confirmed yet", "待确认");
    public static readonly Sentence Undecided = new("Entscheidung steht noch aus", "not decided yet", "待审核");
    public static readonly Sentence JoinMember = new("Link zum Teilnehmen", "Link to join", "入会链接");
    public static readonly Sentence NameFollows = new("Name folgt", "Name to follow", "姓名待定");
    public static readonly Sentence WaysToAttend = new("Teilnahme", "Ways to attend", "参会方式");
}
