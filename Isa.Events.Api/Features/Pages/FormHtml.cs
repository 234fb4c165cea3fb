using System.Text;

namespace Isa.Events.Api.Features.Pages;

/// <summary>Writes one form: its fields with their labels, what was typed into them, and what is wrong with it.</summary>
internal sealed class FormHtml
{
    private readonly StringBuilder _html;
    private readonly Language _language;
    private readonly PageForm _which;
    private readonly Sent? _sent;

    /// <param name="html">Of the page.</param>
    /// <param name="view">The page it stands on.</param>
    /// <param name="which">Its name begins the ids of its fields.</param>
    /// <param name="page">Knows its token.</param>
    public FormHtml(StringBuilder html, ShownPage view, PageForm which, PageWriter page)
    {
        (_html, _language, _which) = (html, view.Language, which);
        _sent = view.Sent?.Form.Which == which ? view.Sent : null;
        html.Append($"<form method=\"post\" action=\"{which.Path(view.Token)}\" novalidate><input type=\"hidden\" name=\"form\" value=\"{page.Token(which, view)}\">\n");
    }

    /// <summary>The id of a field's control, which the list of errors leads to.</summary>
    public static string Id(PageForm form, string name) => $"{form.Name()}-{name}";

    public void Text(Sentence sentence) => _html.Append($"<p>{sentence.In(_language)}</p>\n");

    public void Close(Sentence button, bool danger = false) => _html.Append($"<button{(danger ? " class=\"danger\"" : "")}>{button.In(_language)}</button></form>\n");

    /// <summary>A field of a registration's form, with what is stored in it unless something else was typed.</summary>
    public void Field(FormField field, IReadOnlyList<string> stored)
    {
        var values = _sent is null ? stored : field.Type == FormFieldType.Choices ? _sent.Form.Chosen(field.Name) : _sent.Form.Has(field.Name) || field.Type == FormFieldType.YesNo ? [_sent.Form.Typed(field.Name)] : stored;
        if (field.Type is FormFieldType.Choices or FormFieldType.YesNo) Options(field, values);
        else Control(field, values.Count > 0 ? values[0] : "");
    }

    /// <summary>One of several ways, each on a line of its own.</summary>
    public void Choose(string name, Sentence legend, IEnumerable<(string Value, string Label, bool Enabled)> options, string? stored = null)
    {
        var chosen = _sent is null ? stored : _sent.Form.Typed(name);
        Open(name, legend.In(_language), null, required: true);
        var first = true;
        foreach (var (value, label, enabled) in options)
        {
            var id = first ? $" id=\"{Id(_which, name)}\"" : "";
            _html.Append($"<label class=\"option{(enabled ? "" : " off")}\"><input type=\"radio\" name=\"{name}\" value=\"{Html.Encode(value)}\"{id}{(value == chosen ? " checked" : "")}{(enabled ? "" : " disabled")}> {Html.Encode(label)}</label>\n");
            first &= !enabled;
        }

        _html.Append("</fieldset>\n");
    }

    public void Tick(string name, string label, bool stored = false, string value = "1")
    {
        var ticked = _sent is null ? stored : _sent.Form.Ticked(name);
        _html.Append($"<div class=\"field\">{Error(name)}<label class=\"option\"><input type=\"checkbox\" name=\"{name}\" value=\"{Html.Encode(value)}\" id=\"{Id(_which, name)}\"{(ticked ? " checked" : "")}{Described(name, null)}> {Html.Encode(label)}</label></div>\n");
    }

    private void Control(FormField field, string value)
    {
        var id = Id(_which, field.Name);
        _html.Append($"<div class=\"field\"><label for=\"{id}\">{Label(field.Label, field.Required)}</label>{Help(field)}{Error(field.Name)}");
        var shared = $"id=\"{id}\" name=\"{field.Name}\"{(field.Required ? " required" : "")}{(field.Autocomplete is { } token ? $" autocomplete=\"{token}\"" : "")}{Described(field.Name, field.Help)}";
        if (field.Type == FormFieldType.Choice)
        {
            _html.Append($"<select {shared}>");
            if (!field.Required || value.Length == 0) _html.Append("<option value=\"\">–</option>");
            foreach (var option in field.Options!) _html.Append($"<option value=\"{Html.Encode(option.Value)}\"{(option.Value == value ? " selected" : "")}>{Html.Encode(option.Label)}</option>");
            _html.Append("</select>");
        }
        else if (field.Type == FormFieldType.LongText) _html.Append($"<textarea rows=\"4\" {shared}>\n{Html.Encode(value)}</textarea>"); // the first line feed is the parser's
        else _html.Append($"<input type=\"{TypeOf(field.Type)}\"{(field.Type == FormFieldType.Number ? " inputmode=\"decimal\"" : "")} {shared} value=\"{Html.Encode(value)}\">");
        _html.Append("</div>\n");
    }

    // Numbers are typed as text: a browser keeps a wrong one to itself otherwise.
    private static string TypeOf(FormFieldType type) => type switch { FormFieldType.Email => "email", FormFieldType.Tel => "tel", FormFieldType.Date => "date", _ => "text" };

    private void Options(FormField field, IReadOnlyList<string> values)
    {
        Open(field.Name, field.Label, Help(field), field.Required);
        var type = field.Type == FormFieldType.Choices ? "checkbox" : "radio";
        var id = $" id=\"{Id(_which, field.Name)}\"";
        foreach (var option in field.Options!)
        {
            _html.Append($"<label class=\"option\"><input type=\"{type}\" name=\"{field.Name}\" value=\"{Html.Encode(option.Value)}\"{id}{(values.Contains(option.Value) ? " checked" : "")}> {Html.Encode(option.Label)}</label>\n");
            id = "";
        }

        _html.Append("</fieldset>\n");
    }

    private void Open(string name, string legend, string? help, bool required) =>
        _html.Append($"<fieldset{Described(name, help)}><legend>{Label(legend, required)}</legend>{help}{Error(name)}\n");

    private string Label(string label, bool required) => Html.Encode(label) + (required ? "" : $"{(_language == Language.Zh ? "" : " ")}<small>{PageWording.Optional.In(_language)}</small>");

    private string Help(FormField field) => field.Help is null ? "" : $"<small class=\"help\" id=\"{Id(_which, field.Name)}-help\">{Html.Encode(field.Help)}</small>";

    private string Error(string name) => ErrorOf(name) is { } error ? $"<p class=\"error\" id=\"{Id(_which, name)}-error\">{Html.Encode(error)}</p>" : "";

    private string Described(string name, string? help)
    {
        var wrong = ErrorOf(name) is not null;
        if (!wrong && help is null) return "";
        var by = string.Join(' ', new[] { help is null ? null : $"{Id(_which, name)}-help", wrong ? $"{Id(_which, name)}-error" : null }.OfType<string>());
        return $" aria-describedby=\"{by}\"{(wrong ? " aria-invalid=\"true\"" : "")}";
    }

    private string? ErrorOf(string name) => _sent?.Errors.FirstOrDefault(e => e.Field == name).Text;
}
