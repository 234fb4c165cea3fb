using System.Collections.Frozen;
using System.Reflection;

namespace Isa.Events.Api.Problems;

/// <summary>Every error the API answers with. A code is contract: it is never renamed, and never used for anything else.</summary>
/// <param name="Code">What programs compare.</param>
/// <param name="Status">The HTTP status it goes out with.</param>
/// <param name="Title">A name for developers; English, the same for every occurrence (RFC 9457 s3.1.3).</param>
/// <param name="Detail">A sentence that a website may show its visitor.</param>
/// <param name="Explanation">What a developer does about it; stands on the problem's page.</param>
public sealed record Problem(string Code, int Status, string Title, Sentence Detail, string Explanation)
{
    // 400 to 415: the request itself
    public static readonly Problem MalformedRequest = new("malformed-request", 400, "The request cannot be read",
        new("Die Anfrage konnte nicht gelesen werden.", "The request could not be read.", "无法读取该请求。"),
        "The body is not the JSON that the operation takes (syntax, unknown or duplicate members, wrong types, nested too deep), or a parameter or header is not as described. The errors list names the place. Correct the calling program; sending it again unchanged gives the same answer.");

    public static readonly Problem NotAuthenticated = new("not-authenticated", 401, "A valid API key is needed",
        new("Für diese Anfrage wird ein gültiger Zugangsschlüssel benötigt.", "This request needs a valid API key.", "此请求需要有效的访问密钥。"),
        "Send Authorization: Bearer followed by your key. The key is missing, mistyped, expired or revoked; which of these is not told.");

    public static readonly Problem NotAllowed = new("not-allowed", 403, "The key may not do this",
        new("Mit diesem Zugangsschlüssel ist das nicht erlaubt.", "This API key may not do that.", "此访问密钥无权执行该操作。"),
        "The key is valid, but its role does not include the operation. GetCaller (/v1/me) tells the role of a key.");

    public static readonly Problem NotFound = new("not-found", 404, "There is nothing at this address",
        new("Unter dieser Adresse gibt es nichts.", "There is nothing at this address.", "此地址没有任何内容。"),
        "No operation of the API has this path. Compare it with the contract at /openapi.yaml.");

    public static readonly Problem EventNotFound = new("event-not-found", 404, "There is no such event",
        new("Diese Veranstaltung gibt es nicht.", "There is no such event.", "没有这个活动。"),
        "No event has this id or slug, or it is a draft or outside the key's events: all are answered alike.");

    public static readonly Problem SiteNotFound = new("site-not-found", 404, "The event has no such site",
        new("Diesen Teilnahmeort gibt es bei der Veranstaltung nicht.", "The event has no such site.", "该活动没有这个参会地点。"),
        "The event exists but has no site with this id. GetEvent lists its sites.");

    public static readonly Problem RegistrationNotFound = new("registration-not-found", 404, "There is no such registration",
        new("Diese Anmeldung gibt es nicht.", "There is no such registration.", "没有这个报名记录。"),
        "No registration has this id or link, or another partner made it: both are answered alike.");

    public static readonly Problem DelegationNotFound = new("delegation-not-found", 404, "There is no such delegation",
        new("Diese Delegation gibt es nicht.", "There is no such delegation.", "没有这个代表团。"),
        "No delegation has this id or link, or another partner made it: both are answered alike.");

    public static readonly Problem InviteeNotFound = new("invitee-not-found", 404, "There is no such invitee",
        new("Diese Einladung gibt es nicht.", "There is no such invitation.", "没有这份邀请。"),
        "No invitee of the event has this id. ListInvitees tells their ids.");

    public static readonly Problem InvitationNotFound = new("invitation-not-found", 404, "There is no invitation with this code",
        new("Dieser Einladungscode ist nicht gültig. Bitte vergleichen Sie ihn mit Ihrer Einladung.", "This invitation code is not valid. Please compare it with your invitation.", "邀请码无效，请与您的邀请函核对。"),
        "No invitation of the event has this code, or it was taken back: both are answered alike. Wrong codes are counted; after 20 within an hour further wrong ones are answered 429, right ones as ever.");

    public static readonly Problem MessageNotFound = new("message-not-found", 404, "There is no such message",
        new("Diese Nachricht gibt es nicht.", "There is no such message.", "没有这条消息。"),
        "No message of the event has this id. ListMessages tells their ids.");

    public static readonly Problem ActionNotFound = new("action-not-found", 404, "There is no such action",
        new("Diese Aktion gibt es nicht.", "There is no such action.", "没有这个操作。"),
        "No action of the event has this id. ListActions tells their ids.");

    public static readonly Problem AgendaNotFound = new("agenda-not-found", 404, "The event has no agenda yet",
        new("Für diese Veranstaltung gibt es noch keine Tagesordnung.", "There is no agenda for this event yet.", "该活动尚未发布议程。"),
        "The organiser has given neither items nor a document.");

    public static readonly Problem CalendarFeedNotFound = new("calendar-feed-not-found", 404, "There is no calendar at this address",
        new("Diesen Kalender gibt es nicht (mehr).", "This calendar does not exist (any more).", "此日历不存在或已停用。"),
        "The address was replaced by a newer one or taken back, or the key it belongs to no longer counts. An organiser's key makes a new one with CreateCalendarFeed.");

    public static readonly Problem MethodNotAllowed = new("method-not-allowed", 405, "The address does not take this method",
        new("Diese Adresse unterstützt die verwendete Methode nicht.", "This address does not support the method used.", "此地址不支持所使用的请求方法。"),
        "The path exists, with other methods; the Allow header lists them.");

    public static readonly Problem RequestTimeout = new("request-timeout", 408, "The request took too long to arrive",
        new("Die Anfrage kam nicht rechtzeitig vollständig an. Bitte versuchen Sie es noch einmal.", "The request did not arrive in time. Please try again.", "请求未能及时送达，请重试。"),
        "The body came too slowly. Nothing was stored; send it again.");

    public static readonly Problem PayloadTooLarge = new("payload-too-large", 413, "The body is too large",
        new("Die gesendeten Daten sind zu groß.", "The data sent is too large.", "发送的数据过大。"),
        "A JSON body may have 1 MB, an agenda document and a table to import 5 MB each (all are settings of the server). An Excel workbook is also refused where it unpacks to more than 64 MB.");

    public static readonly Problem UriTooLong = new("uri-too-long", 414, "The address is too long",
        new("Die aufgerufene Adresse ist zu lang.", "The address called is too long.", "请求的地址过长。"),
        "The path and query together exceed what the server reads.");

    public static readonly Problem UnsupportedMediaType = new("unsupported-media-type", 415, "The body has another media type",
        new("Das Format der gesendeten Daten wird nicht unterstützt.", "The format of the data sent is not supported.", "不支持所发送数据的格式。"),
        "Send application/json in UTF-8 (application/merge-patch+json is taken for PATCH as well, application/pdf for the agenda document; tables to import are text/csv, application/vnd.openxmlformats-officedocument.spreadsheetml.sheet or application/json).");

    // 409: a rule of the product says no
    public static readonly Problem SlugTaken = new("slug-taken", 409, "Another event has this slug",
        new("Dieser Kurzname ist schon an eine andere Veranstaltung vergeben.", "Another event already has this short name.", "该短名称已被其他活动使用。"),
        "Slugs are unique. Choose another one, or leave it out and one is made from the title.");

    public static readonly Problem SiteIdTaken = new("site-id-taken", 409, "The event has a site with this id",
        new("Die Veranstaltung hat schon einen Teilnahmeort mit dieser Kennung.", "The event already has a site with this id.", "该活动已存在使用此标识的参会地点。"),
        "Ids of sites are unique in their event.");

    public static readonly Problem SiteInUse = new("site-in-use", 409, "People have registered for the site",
        new("Für diesen Teilnahmeort gibt es Anmeldungen; er kann nicht entfernt werden.", "People have registered for this site, so it cannot be removed.", "该参会地点已有人报名，无法删除。"),
        "A site that anybody was ever registered at stays, so that the record stays true. Set its capacity to what is taken to close it.");

    public static readonly Problem CapacityBelowTaken = new("capacity-below-taken", 409, "More seats are taken than the new capacity",
        new("Es sind bereits mehr Plätze vergeben, als die neue Zahl zulässt.", "More seats are taken already than the new number allows.", "已占用的席位数超过新的容量。"),
        "seatsTaken tells how many are taken, those held by offers and by pending registrations among them. Lower the capacity to that number at most, or say with move where the last confirmed are to go; only they can be moved.");

    public static readonly Problem QueueNotEmpty = new("queue-not-empty", 409, "People wait for the site",
        new("Für diesen Teilnahmeort stehen noch Personen auf der Warteliste; sie lässt sich nicht abschaffen.", "People are still waiting for this site, so its waiting list cannot be removed.", "仍有人在候补该参会地点，无法取消候补名单。"),
        "waiting tells how many people wait or have an offer. Give them seats or take them from the list first; with promotion set to manual nobody moves up by themselves.");

    public static readonly Problem QuestionInUse = new("question-in-use", 409, "The question was answered already",
        new("Auf diese Frage gibt es schon Antworten; ihre Art lässt sich nicht mehr ändern.", "This question has been answered already, so its type can no longer be changed.", "该问题已有人回答，其类型不能再更改。"),
        "question names it. Give the new question an id of its own and leave the old one out: it is retired, and its answers stay in lists.");

    public static readonly Problem EventNotDraft = new("event-not-draft", 409, "The event is not in the right state",
        new("Das ist im jetzigen Zustand der Veranstaltung nicht möglich.", "This is not possible in the event's present state.", "活动的当前状态不允许此操作。"),
        "Publishing and deleting need a draft, unpublishing a published event. GetEvent tells the status.");

    public static readonly Problem EventNotPublished = new("event-not-published", 409, "The event is not published",
        new("Die Veranstaltung ist noch nicht veröffentlicht.", "The event has not been published yet.", "该活动尚未发布。"),
        "This takes a published event. GetEvent tells the status.");

    public static readonly Problem EventHasRegistrations = new("event-has-registrations", 409, "People have registered for the event",
        new("Für diese Veranstaltung gibt es schon Anmeldungen.", "People have already registered for this event.", "该活动已有人报名。"),
        "An event with registrations is neither taken back into draft nor deleted. Cancel it: everybody's calendar entry then says so.");

    public static readonly Problem EventCancelled = new("event-cancelled", 409, "The event was cancelled",
        new("Die Veranstaltung wurde abgesagt.", "The event has been cancelled.", "该活动已取消。"),
        "A cancelled event takes no registrations and no changes.");

    public static readonly Problem EventOver = new("event-over", 409, "The event is over",
        new("Die Veranstaltung ist schon vorbei.", "The event is already over.", "该活动已经结束。"),
        "Nothing can be registered or cancelled once the event has ended.");

    public static readonly Problem SiteFull = new("site-full", 409, "The site is full",
        new("Hier sind leider alle Plätze vergeben.", "Unfortunately, all places here are taken.", "很抱歉，此处名额已满。"),
        "All seats of the site are taken. Offer the visitor the event's other sites; GetAvailability tells which have room.");

    public static readonly Problem RegistrationClosed = new("registration-closed", 409, "Registration has closed",
        new("Die Anmeldefrist ist abgelaufen.", "Registration has closed.", "报名已截止。"),
        "The deadline has passed. registration.lastDay of GetEvent tells the last day on which one could register.");

    public static readonly Problem RegistrationNotOpen = new("registration-not-open", 409, "Registration has not opened yet",
        new("Die Anmeldung ist noch nicht geöffnet.", "Registration is not open yet.", "报名尚未开始。"),
        "registration.opensAt of GetEvent tells when it opens.");

    public static readonly Problem AlreadyRegistered = new("already-registered", 409, "This person is registered already",
        new("Mit dieser E-Mail-Adresse gibt es für die Veranstaltung schon eine Anmeldung.", "This e-mail address is already registered for the event.", "此电子邮箱已报名参加该活动。"),
        "One active registration per address and event. The partner that made the first one gets its registrationId and links here, and can show them again.");

    public static readonly Problem ExternalIdTaken = new("external-id-taken", 409, "Another registration has this externalId",
        new("Diese Anmeldung wurde bereits übermittelt.", "This registration was submitted before.", "该报名已提交过。"),
        "externalId is unique for each partner and event among active registrations. registrationId and links name the one that has it.");

    public static readonly Problem InvitationNeeded = new("invitation-needed", 409, "The event takes an invitation",
        new("Für diese Veranstaltung brauchen Sie eine Einladung. Bitte geben Sie Ihren Einladungscode ein.", "This event is by invitation. Please enter your invitation code.", "本活动仅限受邀人员参加，请输入您的邀请码。"),
        "rules.inviteOnly of the event is set. Ask the visitor for the code of their invitation and send it as invitationCode.");

    public static readonly Problem InvitationUnknown = new("invitation-unknown", 409, "There is no invitation with this code",
        new("Dieser Einladungscode ist nicht gültig. Bitte vergleichen Sie ihn mit Ihrer Einladung.", "This invitation code is not valid. Please compare it with your invitation.", "邀请码无效，请与您的邀请函核对。"),
        "The code is mistyped, of another event, or was taken back: all are answered alike. Wrong codes are counted; after 20 within an hour further wrong ones are answered 429 until Retry-After, right ones as ever.");

    public static readonly Problem InvitationUsed = new("invitation-used", 409, "Somebody has registered with this invitation",
        new("Mit dieser Einladung gibt es schon eine Anmeldung.", "There is already a registration with this invitation.", "此邀请码已用于报名。"),
        "One active registration for each invitation. Once that one is cancelled the code can be used again.");

    public static readonly Problem CityQuotaFull = new("city-quota-full", 409, "The city's places are taken",
        new("Die Plätze für diese Stadt sind schon vergeben.", "The places for this city are already taken.", "该城市的名额已满。"),
        "rules.cityQuotas of the event limits how many people of a city may register; city and seats tell which and how many. Who waits or is not decided on counts as well.");

    public static readonly Problem NoticeOutdated = new("notice-outdated", 409, "The privacy notice has changed",
        new("Der Datenschutzhinweis wurde inzwischen geändert. Bitte lesen Sie die neue Fassung und bestätigen Sie sie.", "The privacy notice has changed since. Please read the new version and confirm it.", "隐私声明已更新，请阅读新版本并确认。"),
        "currentVersion is the version in force. Show it (GetEvent carries it) and send its version.");

    public static readonly Problem RegistrationEnded = new("registration-ended", 409, "The registration has ended",
        new("Diese Anmeldung gilt nicht mehr. Sie können sich neu anmelden, solange die Anmeldung geöffnet ist.", "This registration is no longer valid. You can register again while registration is open.", "此报名已失效。在报名开放期间，您可以重新报名。"),
        "It was cancelled or declined, or its place was not confirmed in time; status and endReason tell. Register anew.");

    public static readonly Problem NotConfirmed = new("not-confirmed", 409, "The registration is not confirmed",
        new("Einen Kalendereintrag gibt es, sobald Ihre Anmeldung bestätigt ist.", "There will be a calendar entry once your registration is confirmed.", "报名确认后即可获取日历邀请。"),
        "Who waits for a seat or for a decision has no calendar entry yet; it would say what is not so. GetRegistration tells the status.");

    public static readonly Problem SwitchingClosed = new("switching-closed", 409, "It is too late to move to this site",
        new("Dorthin können Sie jetzt nicht mehr wechseln. Bitte wenden Sie sich an den Veranstalter.", "You can no longer move there. Please contact the organiser.", "现在已无法更改到该参会地点，请联系主办方。"),
        "rules.switchToOnline and rules.switchToRoom of the event tell until when people may move themselves. Organisers may move them until the event ends.");

    public static readonly Problem NoOffer = new("no-offer", 409, "No seat is offered",
        new("Für diese Anmeldung wird gerade kein Platz angeboten.", "No place is being offered for this registration at the moment.", "目前没有向此报名提供席位。"),
        "The registration does not wait, or its turn has not come. GetRegistration tells what it waits for.");

    public static readonly Problem OfferExpired = new("offer-expired", 409, "The offer has expired",
        new("Die Frist für diesen Platz ist abgelaufen; er wurde weitergegeben.", "The time for this place has run out; it was passed on.", "该席位的确认期限已过，已转给下一位。"),
        "The seat was held until waitlist.offerEndsAt and then passed on to the next in the queue.");

    public static readonly Problem EntryNotFound = new("entry-not-found", 404, "There is no such entry",
        new("Diesen Eintrag gibt es auf der Warteliste nicht.", "There is no such entry on the waiting list.", "候补名单中没有该条目。"),
        "No entry of this event's waiting lists has this id. GetWaitlist lists them.");

    public static readonly Problem EntryEnded = new("entry-ended", 409, "The entry no longer waits",
        new("Dieser Eintrag wartet nicht mehr.", "This entry no longer waits.", "该条目已不在候补状态。"),
        "It was promoted, offered, withdrawn or has expired since. GetWaitlist tells who waits now.");

    public static readonly Problem RegistrationNotPending = new("registration-not-pending", 409, "The registration does not wait for a decision",
        new("Über diese Anmeldung ist nichts (mehr) zu entscheiden.", "There is nothing (more) to decide about this registration.", "此报名没有待处理的事项。"),
        "Only a registration that is pendingApproval can be approved or declined, and only one that is pendingConfirmation confirmed. GetRegistration tells its status.");

    public static readonly Problem EventStarted = new("event-started", 409, "The event has begun",
        new("Die Veranstaltung hat schon begonnen.", "The event has already begun.", "活动已经开始。"),
        "This is possible until the event begins.");

    public static readonly Problem ActionDone = new("action-done", 409, "It can no longer be undone",
        new("Das lässt sich nicht mehr rückgängig machen; die Nachrichten gehen schon hinaus.", "This can no longer be undone; people are being told.", "已无法撤销，通知正在发送。"),
        "The time in which it could be undone is over, or the first mail is on its way. Nobody's mail was held back. Undo it by a change of its own, which people are told of.");

    public static readonly Problem ActionOvertaken = new("action-overtaken", 409, "It has been changed again since",
        new("Das wurde inzwischen noch einmal geändert. Machen Sie bitte zuerst die spätere Änderung rückgängig.", "This has been changed again since. Please undo the later change first.", "此内容之后又有更改，请先撤销较晚的更改。"),
        "What the action set has another value by now (member names it), or its site is gone. ListActions shows the later action; undo that first, or set the value you want.");

    public static readonly Problem RecipientsChanged = new("recipients-changed", 409, "Other people would get it than you expect",
        new("Inzwischen würden andere Personen diese Nachricht bekommen. Bitte prüfen Sie die Vorschau noch einmal.", "Other people would get this message by now. Please look at the preview again.", "收件人已有变化，请重新查看预览。"),
        "expectedCount is not the number of registrations that the filter finds now, which is in count. Nothing was sent. Show the preview again (dryRun=true) and send its count.");

    public static readonly Problem NoRecipients = new("no-recipients", 409, "Nobody would get it",
        new("Diese Nachricht würde niemand bekommen: Zu Ihrer Auswahl gibt es keine Anmeldung.", "Nobody would get this message: no registration matches your choice.", "没有收件人：没有符合所选条件的报名。"),
        "The filter finds no registration, so nothing was sent, and there is nobody whom a test could be about. Choose others (dryRun=true shows how many they are).");

    public static readonly Problem MessageNeedless = new("message-needless", 409, "The message has nothing to say any more",
        new("Diese Nachricht trifft nicht mehr zu; niemand würde sie bekommen.", "This message no longer applies, so nobody would get it.", "此消息已不适用，不会发送给任何人。"),
        "What it tells is no longer so: the registration has ended, say, the offer is over, or the event was called off. Nothing is sent. GetRegistration tells how things stand.");

    // 412 to 429
    public static readonly Problem VersionMismatch = new("version-mismatch", 412, "It has changed since you read it",
        new("Das wurde inzwischen geändert. Bitte laden Sie es neu.", "This has been changed in the meantime. Please load it again.", "内容已被他人修改，请重新加载。"),
        "If-Match names a version of the event, the registration or the text that is no longer the current one. Read it again, look at the changes, and send yours with its new ETag.");

    public static readonly Problem PreconditionRequired = new("precondition-required", 428, "If-Match is needed",
        new("Bitte laden Sie die Daten neu, bevor Sie sie ändern.", "Please load the data again before changing it.", "修改前请先重新加载数据。"),
        "Send If-Match with the ETag of the event, the registration or the text as you read it, so that nobody's edit is overwritten unseen. If-Match: * writes over any version.");

    public static readonly Problem ValidationFailed = new("validation-failed", 422, "Values are wrong",
        new("Bitte prüfen Sie Ihre Angaben.", "Please check what you entered.", "请检查您填写的内容。"),
        "The request was read, but values in it are wrong. errors lists every field with a code and a sentence for the visitor.");

    public static readonly Problem ImportRefused = new("import-refused", 422, "Rows of the table are wrong, so nothing was imported",
        new("In der Tabelle stimmt noch nicht alles; es wurde nichts übernommen.", "Not everything in the table is right yet, so nothing was imported.", "表格中仍有错误，未导入任何内容。"),
        "errors names the first 200 by row and field (rows[17].email), with the line of the file in the detail; import tells their number and how encoding, separator and columns were understood. Correct them, or import what is right with partial=true. dryRun=true shows the same without storing anything.");

    public static readonly Problem EventIncomplete = new("event-incomplete", 422, "The event is not ready to be public",
        new("Für die Veröffentlichung fehlen noch Angaben.", "Some details are still missing before this can be published.", "发布前仍缺少部分信息。"),
        "errors lists what is missing: a title in the default language, a site, the organizer, the privacy notice.");

    public static readonly Problem IdempotencyKeyReused = new("idempotency-key-reused", 422, "The Idempotency-Key was used for another request",
        new("Diese Anfrage wurde schon mit anderem Inhalt gesendet.", "This request was sent before with other content.", "此请求此前已以不同内容发送过。"),
        "Within 24 hours an Idempotency-Key stands for one path and one content. Use a new key for a new request.");

    public static readonly Problem TooManyRequests = new("too-many-requests", 429, "Too many requests",
        new("Es kamen in kurzer Zeit zu viele Anfragen.", "Too many requests in a short time.", "请求过于频繁。"),
        "The limit of this key or address is used up, or that of wrong invitation codes. Retry-After tells the seconds to wait, and the detail the same in minutes; GetCaller tells a key's limit.");

    // 5xx: the server
    public static readonly Problem InternalError = new("internal-error", 500, "The server failed",
        new("Das hat wegen eines Fehlers auf unserer Seite nicht geklappt.", "That did not work because of an error on our side.", "由于我方出现错误，操作未能完成。"),
        "An error nobody foresaw; it is in the server's log under the traceId. Creating requests can be sent again with the same Idempotency-Key.");

    public static readonly Problem Busy = new("busy", 503, "The server is busy",
        new("Der Server ist gerade stark ausgelastet. Bitte versuchen Sie es gleich noch einmal.", "The server is very busy right now. Please try again in a moment.", "服务器繁忙，请稍后重试。"),
        "Nothing was stored. Send the request again after Retry-After seconds.");

    public static readonly Problem StorageUnavailable = new("storage-unavailable", 503, "Nothing can be stored at the moment",
        new("Im Augenblick kann nichts gespeichert werden. Bitte versuchen Sie es später noch einmal.", "Nothing can be saved at the moment. Please try again later.", "目前无法保存数据，请稍后重试。"),
        "The disk or the database refuses writes. Nothing was stored. Send the request again after Retry-After seconds, with the same Idempotency-Key.");

    public static readonly Problem OutcomeUnknown = new("outcome-unknown", 503, "Whether it is stored is not known",
        new("Die Verbindung zur Datenbank ging beim Speichern verloren. Bitte senden Sie dieselbe Anfrage noch einmal; nichts wird doppelt angelegt.", "The connection to the database was lost while saving. Please send the same request again; nothing is made twice.", "保存过程中与数据库的连接中断。请重新发送同一请求，不会重复登记。"),
        "The database went away after the change was sent to it and before it answered, and did not come back in time to be asked. Send the same request again after Retry-After seconds, with the same Idempotency-Key: it answers what was made, or makes it.");

    /// <summary>All of them by code.</summary>
    public static readonly FrozenDictionary<string, Problem> All = typeof(Problem).GetFields(BindingFlags.Public | BindingFlags.Static)
        .Where(f => f.FieldType == typeof(Problem)).Select(f => (Problem)f.GetValue(null)!).ToFrozenDictionary(p => p.Code, StringComparer.Ordinal);
}
