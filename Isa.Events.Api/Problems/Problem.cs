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

    public static readonly Problem AgendaNotFound = new("agenda-not-found", 404, "The event has no agenda yet",
        new("Für diese Veranstaltung gibt es noch keine Tagesordnung.", "There is no agenda for this event yet.", "该活动尚未发布议程。"),
        "The organiser has given neither items nor a document.");

    public static readonly Problem MethodNotAllowed = new("method-not-allowed", 405, "The address does not take this method",
        new("Diese Adresse unterstützt die verwendete Methode nicht.", "This address does not support the method used.", "此地址不支持所使用的请求方法。"),
        "The path exists, with other methods; the Allow header lists them.");

    public static readonly Problem RequestTimeout = new("request-timeout", 408, "The request took too long to arrive",
        new("Die Anfrage kam nicht rechtzeitig vollständig an. Bitte versuchen Sie es noch einmal.", "The request did not arrive in time. Please try again.", "请求未能及时送达，请重试。"),
        "The body came too slowly. Nothing was stored; send it again.");

    public static readonly Problem PayloadTooLarge = new("payload-too-large", 413, "The body is too large",
        new("Die gesendeten Daten sind zu groß.", "The data sent is too large.", "发送的数据过大。"),
        "A JSON body may have 1 MB, an agenda document 5 MB (both are settings of the server).");

    public static readonly Problem UriTooLong = new("uri-too-long", 414, "The address is too long",
        new("Die aufgerufene Adresse ist zu lang.", "The address called is too long.", "请求的地址过长。"),
        "The path and query together exceed what the server reads.");

    public static readonly Problem UnsupportedMediaType = new("unsupported-media-type", 415, "The body has another media type",
        new("Das Format der gesendeten Daten wird nicht unterstützt.", "The format of the data sent is not supported.", "不支持所发送数据的格式。"),
        "Send application/json in UTF-8 (application/merge-patch+json is taken for PATCH as well, application/pdf for the agenda document).");

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
        "seatsTaken tells how many are taken. The capacity can be lowered to that number at most.");

    public static readonly Problem EventNotDraft = new("event-not-draft", 409, "The event is not in the right state",
        new("Das ist im jetzigen Zustand der Veranstaltung nicht möglich.", "This is not possible in the event's present state.", "活动的当前状态不允许此操作。"),
        "Publishing and deleting need a draft, unpublishing a published event. GetEvent tells the status.");

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

    public static readonly Problem NoticeOutdated = new("notice-outdated", 409, "The privacy notice has changed",
        new("Der Datenschutzhinweis wurde inzwischen geändert. Bitte lesen Sie die neue Fassung und bestätigen Sie sie.", "The privacy notice has changed since. Please read the new version and confirm it.", "隐私声明已更新，请阅读新版本并确认。"),
        "currentVersion is the version in force. Show it (GetEvent carries it) and send its version.");

    // 412 to 429
    public static readonly Problem VersionMismatch = new("version-mismatch", 412, "The event has changed since you read it",
        new("Die Veranstaltung wurde inzwischen geändert. Bitte laden Sie sie neu.", "The event has been changed in the meantime. Please load it again.", "该活动已被他人修改，请重新加载。"),
        "If-Match names a version that is no longer the current one. Read the event again, look at the changes, and send yours with its new ETag.");

    public static readonly Problem PreconditionRequired = new("precondition-required", 428, "If-Match is needed",
        new("Bitte laden Sie die Veranstaltung neu, bevor Sie sie ändern.", "Please load the event again before changing it.", "修改前请先重新加载该活动。"),
        "Send If-Match with the ETag of the event as you read it, so that nobody's edit is overwritten unseen. If-Match: * writes over any version.");

    public static readonly Problem ValidationFailed = new("validation-failed", 422, "Values are wrong",
        new("Bitte prüfen Sie Ihre Angaben.", "Please check what you entered.", "请检查您填写的内容。"),
        "The request was read, but values in it are wrong. errors lists every field with a code and a sentence for the visitor.");

    public static readonly Problem EventIncomplete = new("event-incomplete", 422, "The event is not ready to be public",
        new("Für die Veröffentlichung fehlen noch Angaben.", "Some details are still missing before this can be published.", "发布前仍缺少部分信息。"),
        "errors lists what is missing: a title in the default language, a site, the organizer, the privacy notice.");

    public static readonly Problem IdempotencyKeyReused = new("idempotency-key-reused", 422, "The Idempotency-Key was used for another request",
        new("Diese Anfrage wurde schon mit anderem Inhalt gesendet.", "This request was sent before with other content.", "此请求此前已以不同内容发送过。"),
        "Within 24 hours an Idempotency-Key stands for one path and one content. Use a new key for a new request.");

    public static readonly Problem TooManyRequests = new("too-many-requests", 429, "Too many requests",
        new("Es kamen zu viele Anfragen auf einmal. Bitte warten Sie einen Augenblick.", "Too many requests at once. Please wait a moment.", "请求过于频繁，请稍候再试。"),
        "The limit of this key or address is used up. Retry-After tells the seconds to wait; GetCaller tells a key's limit.");

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
