namespace Isa.Events.Api.Features.Events;

/// <summary>The fields of a registration's form: what every event asks, and what this one does.</summary>
internal static class FormFields
{
    public static readonly Sentence NoticeRead = new("Ich habe den Datenschutzhinweis gelesen.", "I have read the privacy notice.", "我已阅读隐私声明。");

    private static readonly Sentence Yes = new("Ja", "Yes", "是");
    private static readonly Sentence No = new("Nein", "No", "否");

    // Everybody finds their own language by its own name.
    private static readonly FormOption[] LanguageOptions = [new("de", "Deutsch"), new("en", "English"), new("zh", "中文")];

    /// <summary>What a person says of themselves, in the order of the form. Lengths are those that registering allows.</summary>
    public static IEnumerable<FormField> OfPerson(Event evt, Language language, string? siteId)
    {
        var sites = evt.Sites.Where(s => siteId is null || s.Id == siteId).ToList();
        yield return Field("siteId", new("Wie möchten Sie teilnehmen?", "How would you like to attend?", "您希望以何种方式参会？"), FormFieldType.Choice, required: true) with
        {
            Options = [.. sites.Select(s => new FormOption(s.Id, s.Name.In(language, evt.DefaultLanguage)))],
        };
        foreach (var field in WhenFull(evt, sites, language)) yield return field;
        yield return Field("formOfAddress", new("Anrede, Titel", "Form of address, title", "称谓"), maxLength: 50, autocomplete: "honorific-prefix", help: new("Zum Beispiel Frau, Herr, Dr.", "Such as Ms, Mr, Dr.", "例如：先生、女士、博士"));
        yield return Field("fullName", new("Name", "Name", "姓名"), required: true, maxLength: 200, autocomplete: "name");
        yield return Field("familyName", new("Nachname", "Family name", "姓"), maxLength: 100, autocomplete: "family-name", help: new("Danach werden Listen sortiert.", "Lists are sorted by it.", "用于名单排序。"));
        yield return Field("romanizedName", new("Name in lateinischer Schrift", "Name in Latin script", "姓名（拼音或拉丁字母）"), maxLength: 200);
        yield return Field("email", new("E-Mail-Adresse", "E-mail address", "电子邮箱"), FormFieldType.Email, required: true, maxLength: 254, autocomplete: "email", help: new("Dorthin schicken wir die Einladung.", "This is where we send the invitation.", "邀请函将发送至此邮箱。"));
        yield return Audience(evt, sites, language);
        if (evt.Rules is { InviteOnly: true }) yield return Field("invitationCode", new("Einladungscode", "Invitation code", "邀请码"), required: true, maxLength: 60, help: new("Er steht in Ihrer Einladung.", "It is in your invitation.", "见您的邀请函。"));
        yield return Field("organisation", new("Organisation", "Organisation", "单位"), maxLength: 200, autocomplete: "organization");
        yield return Field("jobTitle", new("Funktion", "Job title", "职务"), maxLength: 150, autocomplete: "organization-title");
        yield return Field("city", new("Stadt", "City", "城市"), maxLength: 100, autocomplete: "address-level2");
        yield return Field("phone", new("Telefon", "Phone", "电话"), FormFieldType.Tel, maxLength: 60, autocomplete: "tel");
        yield return Field("language", new("In welcher Sprache dürfen wir Ihnen schreiben?", "Which language shall we write to you in?", "您希望用哪种语言接收通知？"), FormFieldType.Choice, required: true, autocomplete: "language") with { Options = LanguageOptions };
        yield return Field("timeZone", new("Zeitzone", "Time zone", "时区"), help: new("Zum Beispiel Europe/Berlin. Uhrzeiten nennen wir Ihnen dann auch nach Ihrer Uhr.", "Such as Europe/Berlin. We then give you times by your own clock as well.", "例如 Asia/Shanghai。我们会同时按您的当地时间告知活动时间。"));
        yield return Field("listensIn", new("In welcher Sprache möchten Sie zuhören?", "Which language would you like to listen in?", "您希望收听哪种语言？"), FormFieldType.Choice, help: new("Für die Verdolmetschung.", "For the interpretation.", "用于安排同声传译。")) with { Options = LanguageOptions };
        yield return Field("copyTo", new("Kopie an", "Copy to", "抄送"), FormFieldType.Email, maxLength: 254, help: new("Zum Beispiel Ihr Sekretariat.", "Such as your assistant.", "例如您的助理。"));
        yield return Field("needs", new("Worauf sollen wir achten?", "Is there anything we should know?", "您有哪些特殊需求？"), FormFieldType.LongText, maxLength: 1000, help: new("Zum Beispiel barrierefreier Zugang oder Ernährung.", "Such as step-free access or diet.", "例如无障碍通道或饮食要求。"));

        FormField Field(string name, Sentence label, FormFieldType type = FormFieldType.Text, bool required = false, long? maxLength = null, string? autocomplete = null, Sentence? help = null) =>
            Make(language, name, label, type, required, maxLength, autocomplete, help);
    }

    /// <summary>What the event asks, in the same shape.</summary>
    public static IEnumerable<FormField> OfQuestions(Event evt, Language language, string? siteId, Audience? audience) =>
        from question in evt.Questions ?? []
        where question.Retired != true && (siteId is null || question.SiteIds?.Contains(siteId) != false) && (audience is not { } known || question.Audiences?.Contains(known) != false)
        select new FormField
        {
            Name = $"answers.{question.Id}", Label = question.Label.In(language, evt.DefaultLanguage), Help = question.Help?.In(language, evt.DefaultLanguage), Required = question.Required == true,
            Type = question.Type switch
            {
                QuestionType.Choice => FormFieldType.Choice,
                QuestionType.Choices => FormFieldType.Choices,
                QuestionType.YesNo => FormFieldType.YesNo,
                QuestionType.Number => FormFieldType.Number,
                QuestionType.Date => FormFieldType.Date,
                _ => question.IsLong ? FormFieldType.LongText : FormFieldType.Text,
            },
            MaxLength = question.Type == QuestionType.Text ? question.TextLimit : null, Min = question.Min, Max = question.Max,
            Options = question.Type == QuestionType.YesNo ? [new FormOption("true", Yes.In(language)), new FormOption("false", No.In(language))]
                : question.HasOptions ? [.. question.AskedOptions.Select(o => new FormOption(o.Id, o.Label.In(language, evt.DefaultLanguage)))] : null,
            SiteIds = question.SiteIds, Audiences = question.Audiences, Languages = question.Languages,
        };

    private static FormField Make(Language language, string name, Sentence label, FormFieldType type, bool required, long? maxLength = null, string? autocomplete = null, Sentence? help = null) => new()
    {
        Name = name, Label = label.In(language), Help = help?.In(language), Type = type, Required = required, MaxLength = maxLength, Autocomplete = autocomplete,
    };

    // Needed as soon as one of the sites asks who somebody is; each option says where it is invited.
    private static FormField Audience(Event evt, List<Site> sites, Language language) =>
        Make(language, "audience", new("Ich nehme teil als", "I take part as", "参会身份"), FormFieldType.Choice, sites.Exists(s => evt.InvitedTo(s) is not null)) with
        {
            Options =
            [
                .. from audience in Enum.GetValues<Audience>()
                   let at = sites.Where(s => evt.InvitedTo(s)?.Contains(audience) != false).Select(s => s.Id).ToList()
                   where at.Count > 0
                   select new FormOption(RowTypes.Name(audience), audience.In(language), at.Count == sites.Count ? null : at),
            ],
        };

    // Where a site can fill: whether to wait, and where to attend meanwhile.
    private static IEnumerable<FormField> WhenFull(Event evt, List<Site> sites, Language language)
    {
        var limited = sites.Where(s => s.Capacity is not null).Select(s => s.Id).ToList();
        if (limited.Count == 0) yield break;
        var at = limited.Count == sites.Count ? null : limited;
        var waiting = sites.Where(s => s.Capacity is not null && s.Waitlist is not null).Select(s => s.Id).ToList();
        var options = new List<FormOption>();
        if (waiting.Count > 0) options.Add(Option(Registrations.WhenFull.Waitlist, new("Ich warte auf einen Platz", "I will wait for a place", "我愿意候补"), waiting.Count == limited.Count ? null : waiting));
        if (evt.Sites.Count > 1) options.Add(Option(Registrations.WhenFull.AttendSite, new("Ich nehme auf andere Weise teil", "I will attend in another way", "我改用其他方式参会"), null));
        options.Add(Option(Registrations.WhenFull.Reject, new("Dann melde ich mich nicht an", "Then I will not register", "不报名"), null));
        yield return Make(language, "whenFull", new("Falls dort alle Plätze vergeben sind", "If all places there are taken", "如该处名额已满"), FormFieldType.Choice, false) with { Options = options, SiteIds = at };
        if (evt.Sites.Count < 2) yield break;
        yield return Make(language, "fallbackSiteId", new("Auf welche andere Weise?", "In which other way?", "改用哪种方式？"), FormFieldType.Choice, false,
            help: new("Nur wenn Sie dann auf andere Weise teilnehmen möchten.", "Only if you would then attend in another way.", "仅在您选择改用其他方式参会时填写。")) with
        {
            Options = [.. evt.Sites.Select(s => new FormOption(s.Id, s.Name.In(language, evt.DefaultLanguage)))],
            SiteIds = at,
        };

        FormOption Option(WhenFull value, Sentence label, List<string>? siteIds) => new(RowTypes.Name(value), label.In(language), siteIds);
    }
}
