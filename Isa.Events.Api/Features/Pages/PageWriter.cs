using System.Text;

namespace Isa.Events.Api.Features.Pages;

/// <summary>Writes what the pages with forms begin with, and knows their tokens.</summary>
public sealed class PageWriter(RegistrationTokens tokens)
{
    internal RegistrationTokens Tokens => tokens;

    internal string Token(PageForm form, ShownPage view) => view.FormToken(tokens, form);

    internal bool IsToken(SentForm form, ShownPage view) => RegistrationTokens.IsFormToken(form.Token, Token(form.Which, view));

    /// <summary>What was done or not done, the title, and what holds now.</summary>
    internal static void Head(StringBuilder body, ShownPage view, Sentence? heading = null)
    {
        if (heading is null) AttendeePage.Title(body, view.Event, view.Language);
        else body.Append($"<p class=\"event\" lang=\"{view.Event.Title.Resolve(view.Language, view.Event.DefaultLanguage).Tag()}\">{Html.Encode(view.Event.Title.In(view.Language, view.Event.DefaultLanguage))}</p><h1>{heading.In(view.Language)}</h1>\n");
        if (view.Alert is not null) Alert(body, view);
        if (view.Note is { } note) body.Append($"<p class=\"note\" role=\"status\">{note.In(view.Language)}</p>\n");
    }

    /// <summary>A whole page; where something is wrong its title says so, which a screen reader reads first.</summary>
    internal static string Page(ShownPage view, string title, StringBuilder body) =>
        Html.Page(view.Language, view.Alert is null ? title : PageWording.ErrorPrefix.Fill(view.Language, title), body.ToString());

    // Each error leads to its field.
    private static void Alert(StringBuilder body, ShownPage view)
    {
        body.Append($"<div class=\"alert\" role=\"alert\"><h2>{PageWording.ErrorsTitle.In(view.Language)}</h2><p>{Html.Encode(view.Alert)}</p>");
        if (view.Sent is { Errors.Count: > 0 } sent)
        {
            body.Append("<ul>");
            foreach (var (field, text, label) in sent.Errors)
            {
                var sentence = Html.Encode(label is null ? text : PageWording.FieldError.Fill(view.Language, label, text));
                body.Append(field.Length == 0 ? $"<li>{sentence}</li>" : $"<li><a href=\"#{FormHtml.Id(sent.Form.Which, field)}\">{sentence}</a></li>");
            }
            body.Append("</ul>");
        }

        body.Append("</div>\n");
    }
}
