using System.Collections.Frozen;
using System.Globalization;
using System.Reflection;

namespace Isa.Events.Api.Problems;

/// <summary>What can be wrong with one field. A code is contract, as those of <see cref="Problem"/> are.</summary>
/// <param name="Code">What programs compare.</param>
/// <param name="Detail">What a website shows beside the field; <c>{0}</c>, <c>{1}</c> are filled with the limits in force.</param>
public sealed record FieldCode(string Code, Sentence Detail)
{
    public static readonly FieldCode Required = new("required", new("Bitte ausfüllen.", "Please fill this in.", "此项为必填项。"));
    public static readonly FieldCode Missing = new("missing", new("Diese Angabe fehlt noch.", "This is still missing.", "此项尚未填写。"));
    public static readonly FieldCode TooLong = new("too-long", new("Höchstens {0} Zeichen.", "At most {0} characters.", "最多{0}个字符。"));
    public static readonly FieldCode TooShort = new("too-short", new("Mindestens {0} Zeichen.", "At least {0} characters.", "至少{0}个字符。"));
    public static readonly FieldCode TooMany = new("too-many", new("Höchstens {0} Einträge.", "At most {0} entries.", "最多{0}项。"));
    public static readonly FieldCode OutOfRange = new("out-of-range", new("Erlaubt ist {0} bis {1}.", "Allowed is {0} to {1}.", "允许范围为{0}至{1}。"));
    public static readonly FieldCode TooSmall = new("too-small", new("Mindestens {0}.", "At least {0}.", "不得小于{0}。"));
    public static readonly FieldCode TooLarge = new("too-large", new("Höchstens {0}.", "At most {0}.", "不得大于{0}。"));
    public static readonly FieldCode InvalidNumber = new("invalid-number", new("Das ist keine gültige Zahl. Beispiel: 12 oder 3.5.", "This is not a valid number. Example: 12 or 3.5.", "这不是有效的数字。示例：12 或 3.5。"));
    public static readonly FieldCode InvalidDate = new("invalid-date", new("Das ist kein gültiges Datum. Beispiel: 2020-10-16.", "This is not a valid date. Example: 2020-10-16.", "这不是有效的日期。示例：2020-10-16。"));
    public static readonly FieldCode InvalidEmail = new("invalid-email", new("Das ist keine gültige E-Mail-Adresse.", "This is not a valid e-mail address.", "这不是有效的电子邮箱地址。"));
    public static readonly FieldCode ServerAddress = new("server-address", new("Über diese Adresse läuft das Anmeldesystem selbst. Bitte eine andere angeben.", "The registration system itself uses this address. Please give another one.", "该邮箱由报名系统自身使用，请填写其他邮箱地址。"));
    public static readonly FieldCode InvalidPhone = new("invalid-phone", new("Das ist keine gültige Telefonnummer. Beispiel: +49 511 1680.", "This is not a valid phone number. Example: +49 511 1680.", "这不是有效的电话号码。示例：+86 757 1234。"));
    public static readonly FieldCode InvalidUrl = new("invalid-url", new("Das ist keine gültige Adresse; sie beginnt mit https://.", "This is not a valid address; it begins with https://.", "这不是有效的网址，网址应以 https:// 开头。"));
    public static readonly FieldCode InvalidSlug = new("invalid-slug", new("Kleinbuchstaben, Ziffern und Bindestriche, {0} bis {1} Zeichen.", "Lower-case letters, digits and hyphens, {0} to {1} characters.", "仅限小写字母、数字和连字符，{0}至{1}个字符。"));
    public static readonly FieldCode InvalidId = new("invalid-id", new("Das ist keine gültige Kennung.", "This is not a valid id.", "这不是有效的标识。"));
    public static readonly FieldCode UnknownMember = new("unknown-member", new("Diese Angabe ist hier nicht vorgesehen.", "This member does not exist here.", "此处没有该成员。"));
    public static readonly FieldCode DuplicateMember = new("duplicate-member", new("Diese Angabe steht mehrfach da.", "This member occurs more than once.", "该成员重复出现。"));
    public static readonly FieldCode WrongType = new("wrong-type", new("Diese Angabe hat die falsche Form.", "This value has the wrong type.", "该值的类型不正确。"));
    public static readonly FieldCode UnknownValue = new("unknown-value", new("Erlaubt ist: {0}.", "Allowed: {0}.", "允许的值：{0}。"));
    public static readonly FieldCode UnknownLanguage = new("unknown-language", new("Erlaubt ist Deutsch (de), Englisch (en) oder Chinesisch (zh).", "Allowed is German (de), English (en) or Chinese (zh).", "仅支持德语 (de)、英语 (en) 或中文 (zh)。"));
    public static readonly FieldCode UnknownZone = new("unknown-zone", new("Diese Zeitzone ist nicht bekannt. Beispiel: Europe/Berlin.", "This time zone is not known. Example: Europe/Berlin.", "无法识别该时区。示例：Asia/Shanghai。"));
    public static readonly FieldCode UnknownSite = new("unknown-site", new("Diesen Teilnahmeort gibt es bei der Veranstaltung nicht.", "The event has no such site.", "该活动没有这个参会地点。"));
    public static readonly FieldCode SameSite = new("same-site", new("Hier ist ein anderer Teilnahmeort anzugeben.", "This must be another site.", "此处须填写另一个参会地点。"));
    public static readonly FieldCode SiteFull = new("site-full", new("Auch hier sind alle Plätze vergeben.", "All places here are taken as well.", "此处名额也已满。"));
    public static readonly FieldCode UnknownQuestion = new("unknown-question", new("Diese Frage stellt die Veranstaltung nicht.", "The event does not ask this question.", "该活动没有这个问题。"));
    public static readonly FieldCode NotAsked = new("not-asked", new("Diese Frage gilt nicht für den gewählten Teilnahmeort, den Teilnehmerkreis oder die Sprache.", "This question is not asked for the chosen site, audience or language.", "所选参会地点、人员类别或语言无需回答此问题。"));
    public static readonly FieldCode UnknownColumn = new("unknown-column", new("Diese Spalte gibt es nicht. Erlaubt ist: {0}.", "There is no such column. Allowed: {0}.", "没有该列。允许的列：{0}。"));
    public static readonly FieldCode UnknownParameter = new("unknown-parameter", new("Diesen Parameter gibt es hier nicht.", "There is no such parameter here.", "此处没有该参数。"));
    public static readonly FieldCode InvalidTime = new("invalid-time", new("Das ist keine gültige Zeitangabe.", "This is not a valid time.", "这不是有效的时间。"));
    public static readonly FieldCode InvalidPeriod = new("invalid-period", new("Das ist keine gültige Zeitspanne. Beispiel: P7D für sieben Tage, PT1H für eine Stunde.", "This is not a valid length of time. Example: P7D for seven days, PT1H for an hour.", "时长格式不正确。示例：P7D 表示 7 天，PT1H 表示 1 小时。"));
    public static readonly FieldCode TimeInGap = new("time-in-gap", new("Diese Uhrzeit gibt es an dem Tag nicht: Die Uhren werden vorgestellt.", "This time does not exist on that day: the clocks go forward.", "当天不存在该时刻：时钟向前调整。"));
    public static readonly FieldCode AmbiguousTime = new("ambiguous-time", new("Diese Uhrzeit gibt es an dem Tag zweimal. Bitte die Abweichung von UTC angeben, etwa +02:00.", "This time occurs twice on that day. Please give the offset from UTC, such as +02:00.", "该时刻当天出现两次，请注明与 UTC 的偏移，例如 +02:00。"));
    public static readonly FieldCode WrongOffset = new("wrong-offset", new("Diese Abweichung von UTC gilt in der Zeitzone zu dieser Zeit nicht.", "The time zone does not have this offset from UTC at that time.", "该时区在此时刻不使用该 UTC 偏移。"));
    public static readonly FieldCode EndBeforeStart = new("end-before-start", new("Das Ende liegt nicht nach dem Anfang.", "The end is not after the start.", "结束时间须晚于开始时间。"));
    public static readonly FieldCode AfterEnd = new("after-end", new("Das liegt nach dem Ende der Veranstaltung.", "This is after the end of the event.", "该时间晚于活动结束时间。"));
    public static readonly FieldCode AfterStart = new("after-start", new("Das liegt nach dem Beginn der Veranstaltung.", "This is after the start of the event.", "该时间晚于活动开始时间。"));
    public static readonly FieldCode InThePast = new("in-the-past", new("Das liegt in der Vergangenheit.", "This is in the past.", "该时间已过。"));
    public static readonly FieldCode OpensAfterCloses = new("opens-after-closes", new("Die Anmeldung würde öffnen, nachdem sie schließt.", "Registration would open after it closes.", "报名开始时间晚于截止时间。"));
    public static readonly FieldCode ControlCharacter = new("control-character", new("Steuerzeichen sind nicht erlaubt, Zeilenumbrüche und Tabulatoren nur in mehrzeiligen Feldern.", "Control characters are not allowed, line breaks and tabs only in fields of several lines.", "不允许使用控制字符；换行符和制表符仅可用于多行字段。"));
    public static readonly FieldCode BidiCharacter = new("bidi-character", new("Unsichtbare Zeichen, die die Schreibrichtung ändern, sind nicht erlaubt.", "Invisible characters that change the writing direction are not allowed.", "不允许使用改变书写方向的不可见字符。"));
    public static readonly FieldCode InvalidText = new("invalid-text", new("Dieser Text enthält ungültige Zeichen.", "This text has invalid characters.", "该文本包含无效字符。"));
    public static readonly FieldCode NotAPdf = new("not-a-pdf", new("Die Datei ist kein PDF-Dokument.", "The file is not a PDF document.", "该文件不是 PDF 文档。"));
    public static readonly FieldCode InvalidFileName = new("invalid-file-name", new("Das ist kein gültiger Dateiname; er endet auf .pdf und enthält keinen Pfad.", "This is not a valid file name; it ends in .pdf and has no path.", "文件名无效：须以 .pdf 结尾且不含路径。"));
    public static readonly FieldCode AudienceNotInvited = new("audience-not-invited", new("Dieser Teilnahmeort steht diesem Teilnehmerkreis nicht offen.", "This site is not open to this audience.", "该参会地点不面向此类人员开放。"));
    public static readonly FieldCode InvalidCursor = new("invalid-cursor", new("Diese Fortsetzung gehört nicht zu dieser Liste.", "This cursor does not belong to this list.", "该游标不属于此列表。"));
    public static readonly FieldCode InvalidIdempotencyKey = new("invalid-idempotency-key", new("Erlaubt sind 1 bis 255 sichtbare ASCII-Zeichen, einmal gesendet.", "Allowed are 1 to 255 visible ASCII characters, sent once.", "仅允许 1 至 255 个可见 ASCII 字符，且只能发送一次。"));
    public static readonly FieldCode DuplicateValue = new("duplicate-value", new("Dieser Wert kommt schon vor.", "This value occurs already.", "该值已存在。"));
    public static readonly FieldCode DuplicateId = new("duplicate-id", new("Diese Kennung ist schon vergeben.", "This id is taken already.", "该标识已被使用。"));
    public static readonly FieldCode ExpectedNothing = new("expected-nothing", new("Diese Angabe passt nicht zu den übrigen.", "This does not go together with the other values.", "该内容与其他填写项不符。"));
    public static readonly FieldCode ReadOnly = new("read-only", new("Das lässt sich hier nicht ändern.", "This cannot be changed here.", "此项无法在此修改。"));
    public static readonly FieldCode InvalidJson = new("invalid-json", new("Das ist kein gültiges JSON.", "This is not valid JSON.", "这不是有效的 JSON。"));
    public static readonly FieldCode UnknownInvitation = new("unknown-invitation", new("Diesen Einladungscode gibt es nicht.", "There is no such invitation code.", "没有这个邀请码。"));
    public static readonly FieldCode CityFull = new("city-full", new("Die Plätze für diese Stadt sind vergeben.", "The places for this city are taken.", "该城市的名额已满。"));
    public static readonly FieldCode DuplicateRow = new("duplicate-row", new("Das steht schon bei jemand anderem, in dieser Tabelle oder unter den Eingeladenen.", "Somebody else has this already, in this table or among those invited.", "此内容已属于另一人（在本表格或受邀人员中）。"));
    public static readonly FieldCode UnreadableFile = new("unreadable-file", new("Die Datei ist beschädigt oder keine Excel-Arbeitsmappe (.xlsx).", "The file is damaged or not an Excel workbook (.xlsx).", "文件已损坏，或不是 Excel 工作簿 (.xlsx)。"));
    public static readonly FieldCode UnknownEncoding = new("unknown-encoding", new("Der Zeichensatz der Datei ist nicht zu erkennen. Bitte als „CSV UTF-8“ speichern oder den Zeichensatz angeben.", "The encoding of the file cannot be told. Please save it as “CSV UTF-8”, or name the encoding.", "无法识别文件的编码。请另存为“CSV UTF-8”，或指明编码。"));
    public static readonly FieldCode InvalidEncoding = new("invalid-encoding", new("Die Datei ist nicht in {0} gespeichert.", "The file is not in {0}.", "文件的编码不是 {0}。"));
    public static readonly FieldCode MixedEncodings = new("mixed-encodings", new("Diese Zeile hat einen anderen Zeichensatz als die übrige Datei.", "This line is in another encoding than the rest of the file.", "此行的编码与文件其余部分不同。"));
    public static readonly FieldCode BrokenQuotes = new("broken-quotes", new("Die Anführungszeichen in dieser Zeile passen nicht zueinander.", "The quotation marks in this line do not match.", "此行的引号不匹配。"));
    public static readonly FieldCode NoHeader = new("no-header", new("Die erste Zeile muss die Namen der Spalten enthalten; keiner davon ist bekannt.", "The first row must hold the names of the columns; none of them is known.", "第一行须为列名，但其中没有可识别的列名。"));
    public static readonly FieldCode MissingColumn = new("missing-column", new("Es fehlt eine Spalte für {0}.", "A column for {0} is missing.", "缺少 {0} 列。"));
    public static readonly FieldCode DuplicateColumn = new("duplicate-column", new("Mehrere Spalten stehen für {0}: {1}.", "Several columns stand for {0}: {1}.", "有多列对应 {0}：{1}。"));
    public static readonly FieldCode RaggedRow = new("ragged-row", new("Diese Zeile hat {0} Felder statt {1}.", "This row has {0} fields instead of {1}.", "此行有{0}个字段，应为{1}个。"));
    public static readonly FieldCode SheetNeeded = new("sheet-needed", new("Welches Blatt der Arbeitsmappe gemeint ist, muss genannt werden: {0}.", "Please name the sheet of the workbook that is meant: {0}.", "请指明要导入的工作表：{0}。"));
    public static readonly FieldCode Formula = new("formula", new("Hier steht eine Formel. Bitte den Wert selbst eintragen.", "This is a formula. Please enter the value itself.", "此处是公式，请直接填写数值或文字。"));
    public static readonly FieldCode InvalidTemplate = new("invalid-template", new("Zeile {0}, Spalte {1}: Hier ist die Vorlage nicht zu verstehen.", "Line {0}, column {1}: the template cannot be understood here.", "第{0}行第{1}列：模板无法识别。"));
    public static readonly FieldCode UnknownName = new("unknown-name", new("Zeile {0}, Spalte {1}: „{2}“ gibt es hier nicht. Erlaubt ist: {3}.", "Line {0}, column {1}: there is no “{2}” here. Allowed: {3}.", "第{0}行第{1}列：此处没有“{2}”。允许：{3}。"));
    public static readonly FieldCode TooManyTags = new("too-many-tags", new("Zeile {0}, Spalte {1}: Eine Vorlage hat höchstens {2} Stellen in geschweiften Klammern.", "Line {0}, column {1}: a template has at most {2} places in braces.", "第{0}行第{1}列：模板中最多有{2}处大括号标记。"));
    public static readonly FieldCode EmptyTemplate = new("empty-template", new("Aus dieser Vorlage wird kein Text.", "No text comes of this template.", "此模板不会产生任何文字。"));
    public static readonly FieldCode TooDeep = new("too-deep", new("Die Daten sind zu tief verschachtelt.", "The data is nested too deep.", "数据嵌套过深。"));

    /// <summary>All of them by code.</summary>
    public static readonly FrozenDictionary<string, FieldCode> All = typeof(FieldCode).GetFields(BindingFlags.Public | BindingFlags.Static)
        .Where(f => f.FieldType == typeof(FieldCode)).Select(f => (FieldCode)f.GetValue(null)!).ToFrozenDictionary(c => c.Code, StringComparer.Ordinal);

    public string Text(Language language, params object[] arguments) => string.Format(CultureInfo.InvariantCulture, Detail.In(language), arguments);
}
