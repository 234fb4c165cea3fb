using System.Globalization;

namespace Isa.Events.Api.Features.Pages;

/// <summary>What attendees read on the pages with forms, in their language.</summary>
internal static class PageWording
{
    public static readonly Sentence Optional = new("(freiwillig)", "(optional)", "（选填）");

    // Change site
    public static readonly Sentence ChangeSite = new("Art der Teilnahme ändern", "Change how you attend", "更改参会方式");
    public static readonly Sentence ChangeSiteLegend = new("Wie möchten Sie teilnehmen?", "How would you like to attend?", "您希望以何种方式参会？");
    public static readonly Sentence ChangeSiteButton = new("Ändern", "Change", "更改");
    public static readonly Sentence SiteAsks = new("Für diese Art der Teilnahme brauchen wir noch folgende Angaben.", "For this way of attending we still need to know the following.", "以此方式参会还需补充以下信息。");
    public static readonly Sentence StayHere = new("Hier bleiben und nicht länger warten: {0}", "Stay here and wait no longer: {0}", "维持现状，不再候补：{0}");
    public static readonly Sentence KeepWaiting = new("Danach weiter auf einen Platz warten: {0}", "Go on waiting for a place afterwards: {0}", "更改后继续候补：{0}");
    public static readonly Sentence FreeSeats = new("{0} (noch {1} Plätze frei)", "{0} ({1} places free)", "{0}（余{1}席）");
    public static readonly Sentence OneFreeSeat = new("{0} (noch 1 Platz frei)", "{0} (1 place free)", "{0}（余1席）");
    public static readonly Sentence FewSeats = new("{0} (nur noch wenige Plätze)", "{0} (few places left)", "{0}（名额不多）");
    public static readonly Sentence SomeSeats = new("{0} (Plätze frei)", "{0} (places free)", "{0}（有名额）");
    public static readonly Sentence FullSite = new("{0} (alle Plätze vergeben)", "{0} (all places are taken)", "{0}（名额已满）");
    public static readonly Sentence KeepAndWait = new("{0}: alle Plätze vergeben. Meinen Platz behalten und hier warten", "{0}: all places are taken. Keep my place and wait for one here", "{0}：名额已满。保留我现有的席位，同时在此候补");
    public static readonly Sentence WaitThere = new("{0}: alle Plätze vergeben. Stattdessen hier warten", "{0}: all places are taken. Wait here instead", "{0}：名额已满。改为在此候补");
    public static readonly Sentence AlreadyWaiting = new("{0} ({1} warten schon)", "{0} ({1} waiting already)", "{0}（已有{1}人候补）");
    public static readonly Sentence OneWaiting = new("{0} (1 Person wartet schon)", "{0} (1 waiting already)", "{0}（已有1人候补）");

    // A delegation
    public static readonly Sentence DelegationOf = new("Sie haben {0} Personen angemeldet.", "You have registered {0} people.", "您已为{0}人报名。");
    public static readonly Sentence DelegationOfOne = new("Sie haben eine Person angemeldet.", "You have registered one person.", "您已为1人报名。");
    public static readonly Sentence DelegationEnded = new("Diese Delegation ist abgemeldet.", "This delegation is no longer registered.", "该代表团的报名已取消。");
    public static readonly Sentence DelegationDeclined = new("Die Anmeldung Ihrer Delegation wurde leider abgelehnt.", "Unfortunately, the registration of your delegation was declined.", "很抱歉，贵代表团的报名未获通过。");
    public static readonly Sentence DelegationPending = new("Ihre Delegation ist angemeldet, sobald Sie Ihre E-Mail-Adresse bestätigt haben.", "Your delegation is registered once you have confirmed your e-mail address.", "请确认您的电子邮箱，确认后代表团即报名成功。");
    public static readonly Sentence NamesDue = new("Bitte nennen Sie die noch fehlenden Namen bis {0}; danach verfallen diese Plätze.", "Please give the missing names by {0}; after that these places lapse.", "请在{0}前补充尚缺的姓名，逾期相应席位将失效。");
    public static readonly Sentence NameDue = new("Bitte nennen Sie bis {0}, wer teilnimmt; danach verfällt dieser Platz.", "Please say by {0} who will attend; after that this place lapses.", "请在{0}前填写参会人姓名，逾期该席位将失效。");
    public static readonly Sentence GiveName = new("Name und Angaben eintragen", "Give the name and details", "填写姓名和信息");
    public static readonly Sentence NameFollows = new("Name folgt", "Name to follow", "姓名待定");
    public static readonly Sentence Contact = new("Kontaktperson ändern", "Change the contact person", "更改联系人");
    public static readonly Sentence ContactText = new("An diese Person schreiben wir für die Delegation. Wenn Sie die E-Mail-Adresse ändern, bekommt die neue Adresse einen neuen Link zu dieser Seite; der bisherige gilt nicht mehr.",
        "This is the person we write to on behalf of the delegation. If you change the e-mail address, the new address gets a new link to this page, and the old one stops working.", "与代表团有关的通知将发送给此联系人。如更改电子邮箱，新邮箱将收到本页面的新链接，旧链接随即失效。");
    public static readonly Sentence ContactButton = new("Speichern", "Save", "保存");
    public static readonly Sentence ContactChanged = new("Ihre Angaben sind gespeichert. Der neue Link steht in der E-Mail an {0}; der bisherige gilt nicht mehr. Ist die Adresse falsch, wenden Sie sich bitte an den Veranstalter.",
        "Your details are saved. The new link is in the e-mail to {0}; the old one no longer works. If that address is wrong, please contact the organiser.", "您的信息已保存。新链接已发送至{0}，原链接已失效。如该邮箱有误，请联系主办方。");
    public static readonly Sentence Member = new("Weitere Person anmelden", "Register another person", "再为一人报名");
    public static readonly Sentence MemberEmail = new("Ohne eigene Adresse schreiben wir der Person über Sie.", "Without an address of their own we write to them through you.", "如未填写，通知将由您转达。");
    public static readonly Sentence MemberLanguage = new("In welcher Sprache dürfen wir der Person schreiben?", "Which language shall we write to them in?", "此人希望用哪种语言接收通知？");
    public static readonly Sentence MemberAudience = new("Nimmt teil als", "Takes part as", "参会身份");
    public static readonly Sentence MemberSite = new("Wie möchte die Person teilnehmen?", "How would they like to attend?", "此人希望以何种方式参会？");
    public static readonly Sentence MemberNotice = new("Die Person hat den Datenschutzhinweis gelesen.", "They have read the privacy notice.", "此人已阅读隐私声明。");
    public static readonly Sentence MemberButton = new("Anmelden", "Register", "报名");
    public static readonly Sentence ToMember = new("Ansehen und ändern", "View and change", "查看和修改");

    // Offer
    public static readonly Sentence Offer = new("Ein Platz für Sie", "A place for you", "为您保留的席位");
    public static readonly Sentence OfferText = new("Ein Platz ist für Sie reserviert: {0}. Bitte antworten Sie bis {1}; danach bekommt ihn die nächste Person.", "The place is held for you: {0}. Please answer by {1}; after that it goes to the next person.", "席位已为您保留：{0}。请在{1}前答复，逾期将转给下一位。");
    public static readonly Sentence Accept = new("Platz annehmen", "Accept the place", "接受席位");
    public static readonly Sentence Decline = new("Platz ablehnen", "Decline the place", "放弃席位");
    public static readonly Sentence DeclineEnds = new("Wenn Sie den Platz ablehnen, endet Ihre Anmeldung.", "If you decline the place, your registration ends.", "如放弃该席位，您的报名将随之结束。");
    public static readonly Sentence DeclineStays = new("Wenn Sie den Platz ablehnen, bleibt alles, wie es ist: {0}.", "If you decline the place, everything stays as it is: {0}.", "如放弃该席位，您现有的参会方式不变：{0}。");

    // A no from the calendar
    public static readonly Sentence KeepTitle = new("Ihre Absage aus dem Kalender", "Declined in your calendar", "日历中的谢绝答复");
    public static readonly Sentence KeepText = new("Wenn Sie doch teilnehmen, behalten Sie hier Ihren Platz. Möglich bis: {0}.", "If you will attend after all, keep your place here. Possible until: {0}.", "如您仍将参会，请在此保留席位，截止时间：{0}。");
    public static readonly Sentence KeepButton = new("Platz behalten", "Keep my place", "保留席位");

    // Details
    public static readonly Sentence Details = new("Ihre Angaben ändern", "Change your details", "修改您的信息");
    public static readonly Sentence DetailsButton = new("Speichern", "Save", "保存");
    public static readonly Sentence NewAddress = new("Wenn Sie die E-Mail-Adresse ändern, gelten alle bisherigen Links nicht mehr.", "If you change the e-mail address, all earlier links stop working.", "如更改电子邮箱，以前的链接将全部失效。");
    public static readonly Sentence AnswersClosed = new("Die Anmeldefrist ist vorbei; Teilnehmerkreis und Antworten kann nur noch der Veranstalter ändern.", "The deadline has passed; only the organiser can still change the audience and the answers.", "报名已截止，参会身份和问题答复只能由主办方更改。");

    // Deputy
    public static readonly Sentence Deputy = new("Jemand anderes nimmt teil", "Somebody else will attend", "由他人代为参会");
    public static readonly Sentence DeputyText = new("Ihre Vertretung übernimmt Ihren Platz, bekommt eine eigene Einladung und eigene Links. Ihre Anmeldung endet damit.", "Your deputy takes over your place and gets an invitation and links of their own. Your registration ends with that.", "代您参会的人将接替您的席位，并收到自己的邀请和链接。您的报名随即结束。");
    public static readonly Sentence DeputyName = new("Name der Vertretung", "Deputy’s name", "代为参会者姓名");
    public static readonly Sentence DeputyEmail = new("E-Mail-Adresse der Vertretung", "Deputy’s e-mail address", "代为参会者电子邮箱");
    public static readonly Sentence DeputyLanguage = new("Sprache der Vertretung", "Deputy’s language", "代为参会者的语言");
    public static readonly Sentence DeputyNotice = new("Die Vertretung hat den Datenschutzhinweis gelesen.", "My deputy has read the privacy notice.", "代为参会者已阅读隐私声明。");
    public static readonly Sentence DeputyButton = new("Platz übergeben", "Hand over the place", "转交席位");
    public static readonly Sentence Notice = new("Datenschutzhinweis", "Privacy notice", "隐私声明");

    // Cancel
    public static readonly Sentence Cancel = new("Teilnahme absagen", "Cancel your registration", "取消报名");
    public static readonly Sentence CancelHeading = new("Möchten Sie wirklich absagen?", "Do you really want to cancel?", "确定要取消报名吗？");
    public static readonly Sentence CancelSeat = new("Ihr Platz wird sofort frei und kann an andere gehen: {0}.", "Your place becomes free at once and may go to others: {0}.", "您的席位将立即释放，可由他人使用：{0}。");
    public static readonly Sentence CancelQueue = new("Sie verlieren Ihren Platz auf der Warteliste: {0}.", "You lose your place on the waiting list: {0}.", "您将失去候补名单中的位置：{0}。");
    public static readonly Sentence CancelPending = new("Ihre Anmeldung wird zurückgezogen: {0}.", "Your registration is withdrawn: {0}.", "您的报名将被撤回：{0}。");
    public static readonly Sentence CancelAgain = new("Solange die Anmeldung geöffnet ist, können Sie sich neu anmelden, aber nur, wenn dann noch etwas frei ist.", "While registration is open you can register again, but only if there is still room then.", "报名开放期间您可以重新报名，但须届时仍有名额。");
    public static readonly Sentence CancelForGood = new("Die Anmeldung ist geschlossen: Sie können sich danach nicht wieder anmelden.", "Registration is closed: you cannot register again afterwards.", "报名已截止：取消后将无法重新报名。");
    public static readonly Sentence CancelButton = new("Ja, absagen", "Yes, cancel", "确定取消");
    public static readonly Sentence Keep = new("Nein, zurück", "No, go back", "不取消，返回");
    public static readonly Sentence CancelLink = new("Teilnahme absagen …", "Cancel your registration …", "取消报名……");

    // Register again
    public static readonly Sentence Again = new("Wieder anmelden", "Register again", "重新报名");
    public static readonly Sentence AgainText = new("Sie werden mit denselben Angaben neu angemeldet: {0}, {1}.", "You will be registered anew with the same details: {0}, {1}.", "将以相同信息为您重新报名：{0}，{1}。");
    public static readonly Sentence AgainButton = new("Anmelden", "Register", "报名");
    public static readonly Sentence AgainDone = new("Sie haben sich neu angemeldet.", "You have registered again.", "您已重新报名。");
    public static readonly Sentence AgainLink = new("Zur neuen Anmeldung", "To the new registration", "查看新的报名");
    public static readonly Sentence AgainNot = new("Neu anmelden können Sie sich hier nicht: {0}", "You cannot register again here: {0}", "您无法在此重新报名：{0}");
    public static readonly Sentence OrWait = new("{0}: alle Plätze vergeben. Auf einen Platz warten", "{0}: all places are taken. Wait for a place", "{0}：名额已满。候补");

    // Confirm
    public static readonly Sentence ConfirmTitle = new("E-Mail-Adresse bestätigen", "Confirm your e-mail address", "确认电子邮箱地址");
    public static readonly Sentence ConfirmText = new("Bitte bestätigen Sie, dass die Anmeldung von Ihnen ist.", "Please confirm that this registration is yours.", "请确认此报名由您本人提交。");
    public static readonly Sentence ConfirmUntil = new("Der Platz ist bis {0} für Sie reserviert.", "We hold the place for you until {0}.", "席位将为您保留至{0}。");
    public static readonly Sentence ConfirmButton = new("Adresse bestätigen", "Confirm address", "确认地址");
    public static readonly Sentence ConfirmBefore = new("Ihre E-Mail-Adresse ist bestätigt. Es ist nichts mehr zu tun.", "Your e-mail address is confirmed. There is nothing more to do.", "您的电子邮箱已确认，无需再做任何操作。");
    public static readonly Sentence ConfirmLate = new("Die Frist zum Bestätigen ist abgelaufen; der Platz wurde freigegeben. Bitte melden Sie sich neu an, solange die Anmeldung geöffnet ist.",
        "The time to confirm has run out, and the place was released. Please register again while registration is open.", "确认期限已过，席位已释放。请在报名开放期间重新报名。");
    public static readonly Sentence ConfirmUnknown = new("Dieser Bestätigungslink gilt nicht (mehr). Wenn Sie Ihre E-Mail-Adresse geändert haben, nehmen Sie bitte den Link aus der neuesten E-Mail.",
        "This confirmation link is not valid (any more). If you have changed your e-mail address, please use the link in the latest e-mail.", "此确认链接无效（或已失效）。如您已更改电子邮箱，请使用最新邮件中的链接。");
    public static readonly Sentence ToManage = new("Zu Ihrer Anmeldung", "To your registration", "查看您的报名");

    // What is wrong with a form as a whole
    public static readonly Sentence ErrorsTitle = new("Das hat noch nicht geklappt", "That did not work yet", "操作未成功");
    public static readonly Sentence ErrorPrefix = new("Fehler: {0}", "Error: {0}", "错误：{0}");
    public static readonly Sentence FieldError = new("{0}: {1}", "{0}: {1}", "{0}：{1}");
    public static readonly Sentence Stale = new("Diese Anmeldung wurde inzwischen geändert; es wurde nichts übernommen. Hier sehen Sie den jetzigen Stand.",
        "This registration has been changed in the meantime, so nothing was done. Here is how it stands now.", "此报名在此期间已有变更，本次操作未执行。以下为当前状态。");
    public static readonly Sentence Foreign = new("Das Formular kam nicht von dieser Seite; es wurde nichts geändert. Bitte öffnen Sie die Seite und senden Sie es von dort.",
        "The form did not come from this page, so nothing was changed. Please open the page and send it from there.", "该表单并非来自本页面，未作任何更改。请打开本页面后重新提交。");
    public static readonly Sentence RetryInAMinute = new("In etwa einer Minute können Sie es noch einmal versuchen.", "You can try again in about a minute.", "大约1分钟后可以重试。");
    public static readonly Sentence RetryInMinutes = new("In etwa {0} Minuten können Sie es noch einmal versuchen.", "You can try again in about {0} minutes.", "大约{0}分钟后可以重试。");
    public static readonly Sentence RetryLater = new("Bitte versuchen Sie es später noch einmal.", "Please try again later.", "请稍后重试。");
    public static readonly Sentence Trace = new("Kennung für Rückfragen:", "Reference for enquiries:", "如需咨询，请提供此编号：");
    public static readonly Sentence Back = new("Zurück zur Seite", "Back to the page", "返回页面");
    public static readonly Sentence LinkRenewed = new("Dieser Link wurde durch einen neuen ersetzt, weil die E-Mail-Adresse geändert wurde. Der neue Link steht in der E-Mail an die neue Adresse.",
        "This link has been replaced by a new one, because the e-mail address was changed. The new link is in the e-mail to the new address.", "因电子邮箱已更改，此链接已被新链接取代。新链接见发送至新邮箱的邮件。");

    private static readonly Dictionary<PageNote, Sentence> Notes = new()
    {
        [PageNote.Moved] = new("Die Änderung ist gespeichert.", "Your change is saved.", "更改已保存。"),
        [PageNote.Waiting] = new("Sie stehen jetzt auf der Warteliste.", "You are on the waiting list now.", "您已进入候补名单。"),
        [PageNote.Stays] = new("Sie warten nicht länger auf einen anderen Platz.", "You no longer wait for another place.", "您已不再候补其他席位。"),
        [PageNote.Accepted] = new("Der Platz gehört Ihnen.", "The place is yours.", "席位已归您所有。"),
        [PageNote.Declined] = new("Sie haben den Platz abgelehnt.", "You have declined the place.", "您已放弃该席位。"),
        [PageNote.Updated] = new("Ihre Angaben sind gespeichert.", "Your details are saved.", "您的信息已保存。"),
        [PageNote.Renewed] = new("Ihre Angaben sind gespeichert. Dies ist Ihr neuer Link; der alte gilt nicht mehr.", "Your details are saved. This is your new link; the old one no longer works.", "您的信息已保存。这是您的新链接，旧链接已失效。"),
        [PageNote.Replaced] = new("Ihr Platz ist übergeben. Ihre Vertretung bekommt eine eigene Nachricht.", "Your place has been handed over. Your deputy gets a message of their own.", "您的席位已转交，代为参会者将另行收到通知。"),
        [PageNote.Cancelled] = new("Ihre Absage ist gespeichert.", "Your cancellation is saved.", "您的报名已取消。"),
        [PageNote.Registered] = new("Sie haben sich neu angemeldet. Dies ist die Seite Ihrer neuen Anmeldung.", "You have registered again. This is the page of your new registration.", "您已重新报名。这是您新报名的页面。"),
        [PageNote.Kept] = new("Ihr Platz bleibt reserviert.", "Your place is still yours.", "您的席位已保留。"),
        [PageNote.Added] = new("Die Person gehört jetzt zu Ihrer Delegation; was für sie gilt, steht hier.", "They are part of your delegation now; how they stand is shown here.", "此人已加入您的代表团，具体情况如下。"),
        [PageNote.Confirmed] = new("Danke, Ihre E-Mail-Adresse ist bestätigt.", "Thank you, your e-mail address is confirmed.", "谢谢，您的电子邮箱已确认。"),
    };

    public static Sentence Of(PageNote note) => Notes[note];

    public static string Fill(this Sentence sentence, Language language, params object?[] values) => string.Format(CultureInfo.InvariantCulture, sentence.In(language), values);
}
