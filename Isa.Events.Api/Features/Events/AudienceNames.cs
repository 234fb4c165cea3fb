namespace Isa.Events.Api.Features.Events;

/// <summary>Audiences as people read them.</summary>
public static class AudienceNames
{
    private static readonly Dictionary<Audience, Sentence> All = new()
    {
        [Audience.CityRepresentative] = new("Stadtvertretung", "City representative", "城市代表"),
        [Audience.BusinessDeveloper] = new("Wirtschaftsförderung", "Business developer", "经济促进机构"),
        [Audience.AdvisoryBoard] = new("Beirat", "Advisory board", "顾问委员会"),
        [Audience.Company] = new("Unternehmen", "Company", "企业"),
        [Audience.Guest] = new("Gast", "Guest", "嘉宾"),
    };

    public static Sentence Of(Audience audience) => All[audience];

    public static string In(this Audience audience, Language language) => All[audience].In(language);
}
