namespace Isa.Events.Api.Features.Invites;

/// <summary>What attendees read in invites and on pages, in their language.</summary>
public static class Wording
{
    public static readonly Sentence When = new("Wann", "When", "时间");
    public static readonly Sentence EventTime = new("Zeit der Veranstaltung", "Time of the event", "活动当地时间");
    public static readonly Sentence Where = new("Wo", "Where", "地点");
    public static readonly Sentence Directions = new("Anreise und Hinweise", "Getting there", "交通与须知");
    public static readonly Sentence Join = new("Teilnehmen", "Join", "加入会议");
    public static readonly Sentence LinkedRoom = new("Der Raum ist per Video zugeschaltet.", "The room is linked by video.", "该会场通过视频连线参会。");
    public static readonly Sentence Online = new("Teilnahme per Video", "By video", "线上参会");
    public static readonly Sentence Agenda = new("Tagesordnung", "Agenda", "议程");
    public static readonly Sentence AgendaFile = new("Tagesordnung als Datei", "Agenda as a file", "议程文件");
    public static readonly Sentence InviteFile = new("In den Kalender eintragen (.ics)", "Add to calendar (.ics)", "添加到日历 (.ics)");
    public static readonly Sentence CancellationFile = new("Aus dem Kalender nehmen (.ics)", "Remove from calendar (.ics)", "从日历中移除 (.ics)");
    public static readonly Sentence Reference = new("Anmeldenummer", "Reference", "报名编号");
    public static readonly Sentence Manage = new("Ihre Anmeldung", "Your registration", "您的报名");
    public static readonly Sentence Person = new("Name", "Name", "参会人");
    public static readonly Sentence Organizer = new("Veranstalter", "Organiser", "主办方");
    public static readonly Sentence Reason = new("Grund", "Reason", "原因");
    public static readonly Sentence Cancelled = new("Abgesagt", "Cancelled", "已取消");
    public static readonly Sentence Time = new("Zeit", "Time", "时间");
    public static readonly Sentence Topic = new("Thema", "Topic", "内容");

    // Calendars that one subscribes to.
    public static readonly Sentence FeedName = new("Veranstaltungen", "Events", "活动日历");
    public static readonly Sentence Draft = new("Entwurf", "Draft", "草稿");
    public static readonly Sentence TestEvent = new("Test", "Test", "测试");
    public static readonly Sentence SeatsTaken = new("{0} von {1} Plätzen belegt", "{0} of {1} places taken", "已占用{0}/{1}席");
    public static readonly Sentence PeopleRegistered = new("{0} angemeldet", "{0} registered", "已报名{0}人");
    public static readonly Sentence PeopleWaiting = new("{0} auf der Warteliste", "{0} waiting", "候补{0}人");

    /// <summary>Above an entry of somebody who has no place yet: calendars show that in their own ways, some not at all.</summary>
    public static readonly Sentence Tentative = new("Vorläufig: Ein Platz ist Ihnen noch nicht sicher.", "Provisional: you do not have a confirmed place yet.", "暂定：您的席位尚未确认。");

    // One sentence says what holds now.
    public static readonly Sentence StateCancelled = new("Diese Anmeldung ist storniert.", "This registration has been cancelled.", "此报名已取消。");
    public static readonly Sentence StateEventCancelled = new("Die Veranstaltung wurde abgesagt.", "The event has been cancelled.", "本次活动已取消。");
    public static readonly Sentence StateOver = new("Die Veranstaltung ist vorbei.", "The event is over.", "本次活动已结束。");
    public static readonly Sentence StateAddress = new("Ihre Anmeldung ist eingegangen. Bitte bestätigen Sie noch Ihre E-Mail-Adresse.", "We have received your registration. Please confirm your e-mail address.", "我们已收到您的报名，请确认您的电子邮箱地址。");
    public static readonly Sentence StateDeclined = new("Diese Anmeldung wurde leider abgelehnt.", "Unfortunately, this registration has been declined.", "很抱歉，此报名未获批准。");
    public static readonly Sentence StateTest = new("Dies ist eine Testanmeldung; sie belegt keinen Platz.", "This is a test registration; it takes no place.", "这是测试报名，不占用席位。");

    public static readonly Sentence LinkUnknownTitle = new("Dieser Link gilt nicht", "This link is not valid", "此链接无效");
    public static readonly Sentence LinkUnknown = new(
        "Unter diesem Link gibt es keine Anmeldung (mehr). Bitte prüfen Sie, ob er vollständig ist, oder wenden Sie sich an den Veranstalter.",
        "There is no registration (any more) at this link. Please check that it is complete, or contact the organiser.",
        "此链接下没有报名记录（或已失效）。请检查链接是否完整，或联系主办方。");

    public static readonly Sentence JoinButton = new("Zugang anzeigen", "Show how to join", "显示入会方式");
    public static readonly Sentence JoinOpen = new("Zur Videokonferenz", "Open the video conference", "进入视频会议");
    public static readonly Sentence JoinAddress = new("Adresse der Videokonferenz", "Address of the video conference", "视频会议地址");
    public static readonly Sentence JoinNotYours = new("Sie nehmen jetzt vor Ort teil: {0}. Einen Link brauchen Sie dafür nicht.", "You now attend on site: {0}. You need no link for that.", "您现为现场参会：{0}，无需会议链接。");
    public static readonly Sentence JoinNoMeeting = new("Der Zugang zur Videokonferenz steht noch nicht fest. Bitte öffnen Sie diese Seite kurz vor Beginn noch einmal.",
        "The video conference has not been set up yet. Please open this page again shortly before the start.", "视频会议尚未设置完成，请在活动开始前再次打开本页面。");
    public static readonly Sentence JoinEarly = new("Zum Teilnehmen ist es noch zu früh: Die Videokonferenz öffnet kurz vor Beginn.", "It is too early to join: the video conference opens shortly before the start.", "现在入会还太早，视频会议将在活动开始前不久开放。");
    public static readonly Sentence MeetingNumber = new("Meeting-ID", "Meeting ID", "会议号");
    public static readonly Sentence Passcode = new("Kenncode", "Passcode", "入会密码");
    public static readonly Sentence DialIn = new("Telefoneinwahl", "Dial in by phone", "电话拨入");

    /// <summary>Opens with a colon as the language writes it.</summary>
    public static string Label(this Sentence label, Language language) => label.In(language) + language.Colon();
}
