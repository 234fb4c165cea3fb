using System.Text;
using Isa.Events.Api.Features.Agenda;
using Isa.Events.Api.Features.Invites;

namespace Isa.Events.Api.Email;

/// <summary>One of the particulars below a message.</summary>
/// <param name="Label">Plain text.</param>
/// <param name="Lines">One below the other.</param>
/// <param name="Url">What the last line leads to, or null.</param>
internal sealed record Particular(string Label, IReadOnlyList<Phrase> Lines, string? Url = null);

/// <summary>What was, and what is now.</summary>
internal sealed record Change(string Label, Phrase Before, Phrase Now);

/// <summary>A button.</summary>
internal sealed record MessageAction(string Label, string Url);

/// <summary>All that a message shows, from top to bottom, before it is text or HTML.</summary>
internal sealed record MessageContent
{
    public required Language Language { get; init; }

    public required string Subject { get; init; }

    /// <summary>To whoever reads it instead of the person.</summary>
    public Phrase? Preface { get; init; }

    public IReadOnlyList<Change> Changes { get; init; } = [];

    public required Phrase Greeting { get; init; }

    /// <summary>Paragraphs, with empty lines between them.</summary>
    public required Phrase Body { get; init; }

    /// <summary>What the person is asked to do.</summary>
    public MessageAction? Action { get; init; }

    public required Phrase Title { get; init; }

    public IReadOnlyList<Particular> Particulars { get; init; } = [];

    public IReadOnlyList<AgendaLine> Agenda { get; init; } = [];

    public MessageAction? AgendaFile { get; init; }

    /// <summary>What becomes of the calendar.</summary>
    public string? Calendar { get; init; }

    public MessageAction? Manage { get; init; }

    public string? OrganizerName { get; init; }

    public string? OrganizerEmail { get; init; }

    public string? Footnote { get; init; }
}

/// <summary>
/// How all messages look. Plain on purpose: no images, nothing that is fetched, styles on the elements alone, and no colours of text, so that a dark screen keeps its own.
/// What Outlook takes for the text of the calendar entry is this page, so when, where and the link to join come early.
/// </summary>
internal static class MessagePage
{
    private const string Frame = "max-width:600px;margin:0 auto;padding:16px;font-family:-apple-system,'Segoe UI',Roboto,Helvetica,Arial,'PingFang SC','Microsoft YaHei','Noto Sans CJK SC',sans-serif;font-size:16px;line-height:1.5;word-break:break-word;overflow-wrap:anywhere"; // long words and addresses on a phone
    private const string Block = "margin:0 0 16px";
    private const string Heading = "font-size:18px;line-height:1.3;margin:24px 0 12px";
    private const string Button = "display:inline-block;padding:12px 20px;border-radius:6px;background-color:#0b57a4;color:#ffffff;font-weight:bold;text-decoration:none";
    private const string Box = "margin:0 0 16px;padding:12px 16px;border:1px solid #888888;border-left:6px solid #b36b00";

    public static string Text(MessageContent message)
    {
        var language = message.Language;
        var text = new StringBuilder();
        if (message.Preface is { } preface) text.Append(preface.Text).Append("\n\n");
        foreach (var change in message.Changes) text.Append(Label(change.Label, language)).Append(change.Before.Text).Append(" → ").Append(change.Now.Text).Append('\n');
        if (message.Changes.Count > 0) text.Append('\n');
        text.Append(message.Greeting.Text).Append("\n\n").Append(message.Body.Text).Append("\n\n");
        if (message.Action is { } action) text.Append(Label(action.Label, language)).Append(action.Url).Append("\n\n");
        text.Append(message.Title.Text).Append("\n\n");
        foreach (var particular in message.Particulars)
        {
            text.Append(Label(particular.Label, language)).AppendJoin("\n  ", particular.Lines.Select(line => line.Text.Replace("\n", "\n  ", StringComparison.Ordinal)));
            if (particular.Url is { } url && particular.Lines[^1].Text != url) text.Append("\n  ").Append(url);
            text.Append('\n');
        }

        if (message.Agenda.Count > 0) text.Append('\n').Append(Wording.Agenda.In(language)).Append("\n\n").AppendJoin('\n', message.Agenda.Select(line => line.Text)).Append('\n');
        if (message.AgendaFile is { } file) text.Append('\n').Append(Label(file.Label, language)).Append(file.Url).Append('\n');
        if (message.Calendar is { } calendar) text.Append('\n').Append(calendar).Append('\n');
        if (message.Manage is { } manage) text.Append('\n').Append(Label(manage.Label, language)).Append(manage.Url).Append('\n');
        if (message.OrganizerName is { } name) text.Append('\n').Append(MessageTexts.Regards.In(language)).Append('\n').Append(name).Append('\n').Append(message.OrganizerEmail).Append('\n');
        if (message.Footnote is { } note) text.Append('\n').Append(note).Append('\n');
        return text.ToString();
    }

    public static string Page(MessageContent message)
    {
        var language = message.Language;
        var html = new StringBuilder($"""
            <!DOCTYPE html>
            <html lang="{language.Tag()}">
            <head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark"><meta name="supported-color-schemes" content="light dark"><title>{Html.Encode(message.Subject)}</title></head>
            <body style="margin:0">
            <div lang="{language.Tag()}" style="{Frame}">

            """);
        if (message.Preface is { } preface) Paragraph($"<em>{preface.ToHtml(language)}</em>");
        if (message.Changes.Count > 0)
            html.Append("<div style=\"").Append(Box).Append("\">\n").AppendJoin("<br>\n", message.Changes.Select(change =>
                $"<strong>{Html.Encode(change.Label)}</strong><br>\n{Label(MessageTexts.Before.In(language), language)}<s>{change.Before.ToHtml(language)}</s><br>\n{Label(MessageTexts.Now.In(language), language)}<strong>{change.Now.ToHtml(language)}</strong>")).Append("\n</div>\n");
        Paragraph(message.Greeting.ToHtml(language));
        foreach (var paragraph in message.Body.ToHtml(language).Split("\n\n", StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)) Paragraph(paragraph.Replace("\n", "<br>\n", StringComparison.Ordinal));
        if (message.Action is { } action) Paragraph($"<a href=\"{Html.Encode(action.Url)}\" style=\"{Button}\">{Html.Encode(action.Label)}</a>");
        html.Append("<h1 style=\"").Append(Heading).Append("\">").Append(message.Title.ToHtml(language)).Append("</h1>\n");
        foreach (var particular in message.Particulars) Paragraph($"<strong>{Html.Encode(particular.Label)}</strong><br>\n{string.Join("<br>\n", particular.Lines.Select((line, i) => Line(particular, line, i)))}");
        if (message.Agenda.Count > 0)
        {
            html.Append("<h2 style=\"").Append(Heading).Append("\">").Append(Wording.Agenda.In(language)).Append("</h2>\n");
            Paragraph(string.Join("<br>\n", message.Agenda.Select(line => new Phrase(line.Text, line.Language).ToHtml(language))));
        }

        if (message.AgendaFile is { } file) Paragraph($"<a href=\"{Html.Encode(file.Url)}\">{Html.Encode(file.Label)}</a>");
        if (message.Calendar is { } calendar) Paragraph(Html.Encode(calendar));
        if (message.Manage is { } manage) Paragraph($"<a href=\"{Html.Encode(manage.Url)}\">{Html.Encode(manage.Label)}</a>");
        if (message.OrganizerName is { } name)
            Paragraph($"{Html.Encode(MessageTexts.Regards.In(language)).Replace("\n", "<br>\n", StringComparison.Ordinal)}<br>\n{new Phrase(name).ToHtml(language)}<br>\n<a href=\"{Html.Encode(EmailAddress.ToUri(message.OrganizerEmail!))}\">{Html.Encode(message.OrganizerEmail)}</a>");
        if (message.Footnote is { } note) Paragraph($"<small>{Html.Encode(note)}</small>");
        return html.Append("</div>\n</body>\n</html>\n").ToString();

        void Paragraph(string inner) => html.Append("<p style=\"").Append(Block).Append("\">").Append(inner).Append("</p>\n");

        string Line(Particular particular, Phrase line, int i) =>
            particular.Url is { } url && i == particular.Lines.Count - 1 ? $"<a href=\"{Html.Encode(url)}\">{line.ToHtml(language)}</a>" : line.ToHtml(language);
    }

    // Opens with a colon as the language writes it.
    private static string Label(string label, Language language) => label + language.Colon();
}
