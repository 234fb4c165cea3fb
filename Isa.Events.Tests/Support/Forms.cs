using System.Text.RegularExpressions;

namespace Isa.Events.Tests.Support;

/// <summary>Fills in and sends the forms of a page as a browser without scripts does.</summary>
public static partial class Forms
{
    /// <summary>The page of a registration.</summary>
    public static async Task<Answer> PageAsync(this EventsHost host, JsonNode registration, string below = "") => (await host.Anybody.GetAsync(registration.PathOf("manage") + below)).ShouldBe(HttpStatusCode.OK);

    /// <summary>Whether the page has the form whose address ends so.</summary>
    public static bool HasForm(this Answer page, string action) => FormOf(page, action) is not null;

    /// <summary>What the form's fields hold, as the browser would send them.</summary>
    public static List<(string Name, string Value)> Fields(this Answer page, string action)
    {
        var form = FormOf(page, action) ?? throw new InvalidOperationException($"No form {action} in {page.Text}");
        var fields = new List<(string, string)>();
        foreach (Match control in Control().Matches(form.Groups["fields"].Value))
        {
            var attributes = control.Groups["attributes"].Value;
            if (attributes.Contains(" disabled", StringComparison.Ordinal)) continue;
            var name = Attribute(attributes, "name")!;
            var type = Attribute(attributes, "type");
            if (control.Groups["select"].Success) fields.Add((name, SelectedOption().Match(control.Groups["inner"].Value) is { Success: true } selected ? Decode(selected.Groups[1].Value) : ""));
            else if (control.Groups["area"].Success) fields.Add((name, Decode(control.Groups["inner"].Value[1..])));
            else if (type is not ("radio" or "checkbox") || attributes.Contains(" checked", StringComparison.Ordinal)) fields.Add((name, Decode(Attribute(attributes, "value") ?? "")));
        }

        return fields;
    }

    /// <summary>The choices of a field, those that can be chosen.</summary>
    public static string[] Choices(this Answer page, string action, string name) =>
        [.. Control().Matches(FormOf(page, action)!.Groups["fields"].Value).Select(c => c.Groups["attributes"].Value).Where(a => Attribute(a, "name") == name && !a.Contains(" disabled", StringComparison.Ordinal)).Select(a => Decode(Attribute(a, "value")!))];

    /// <summary>Sends the form with these fields changed; one that is given several times replaces all of its name.</summary>
    public static Task<Answer> SubmitAsync(this Api api, Answer page, string action, params (string Name, string Value)[] change) => api.SubmitAsync(page, action, change, []);

    public static Task<Answer> SubmitAsync(this Api api, Answer page, string action, (string Name, string Value)[] change, (string Name, string Value)[] headers)
    {
        var fields = page.Fields(action);
        fields.RemoveAll(f => change.Any(c => c.Name == f.Name));
        fields.AddRange(change);
        return api.SendFormAsync(Decode(FormOf(page, action)!.Groups["action"].Value), fields, headers);
    }

    public static Task<Answer> SendFormAsync(this Api api, string path, IEnumerable<(string Name, string Value)> fields, params (string Name, string Value)[] headers) =>
        api.SendAsync(HttpMethod.Post, path, new FormUrlEncodedContent(fields.Select(f => KeyValuePair.Create(f.Name, f.Value))), headers);

    /// <summary>Leads elsewhere, with this note; gives the page there.</summary>
    public static async Task<Answer> LeadsToAsync(this Task<Answer> answer, EventsHost host, string note)
    {
        var location = (await answer).ShouldBe(HttpStatusCode.SeeOther).Header("Location")!;
        location.ShouldStartWith("/");
        location.ShouldEndWith($"?done={note}");
        return (await host.Anybody.GetAsync(location)).ShouldBe(HttpStatusCode.OK);
    }

    /// <summary>The sentence that says what holds.</summary>
    public static string State(this Answer page) => Decode(Regex.Match(page.Text, "<p class=\"state[^>]*>(.*?)</p>", RegexOptions.Singleline).Groups[1].Value);

    private static Match? FormOf(Answer page, string action) => Form().Matches(page.Text).FirstOrDefault(f => f.Groups["action"].Value.EndsWith(action, StringComparison.Ordinal));

    private static string? Attribute(string attributes, string name) => Regex.Match(attributes, $" {name}=\"([^\"]*)\"") is { Success: true } found ? found.Groups[1].Value : null;

    private static string Decode(string html) => WebUtility.HtmlDecode(html);

    [GeneratedRegex("<form method=\"post\" action=\"(?<action>[^\"]*)\" novalidate>(?<fields>.*?)</form>", RegexOptions.Singleline)]
    private static partial Regex Form();

    [GeneratedRegex("<input(?<attributes>[^>]*)>|(?<select><select)(?<attributes>[^>]*)>(?<inner>.*?)</select>|(?<area><textarea)(?<attributes>[^>]*)>(?<inner>.*?)</textarea>", RegexOptions.Singleline)]
    private static partial Regex Control();

    [GeneratedRegex("<option value=\"([^\"]*)\" selected>")]
    private static partial Regex SelectedOption();
}
