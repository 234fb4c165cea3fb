using System.Text;
using Isa.Events.Api.Features.Invites;

namespace Isa.Events.Api.Features.Agenda;

/// <summary>The agenda as a page made from its items, for those events that have no document. It is complete in itself: it also travels in calendar entries.</summary>
public static class AgendaPage
{
    public static string Render(Event evt, AgendaRow agenda, Language language)
    {
        var otherwise = evt.DefaultLanguage;
        var title = evt.Title.In(language, otherwise);
        var body = new StringBuilder();
        body.Append($"<h1 lang=\"{evt.Title.Resolve(language, otherwise).Tag()}\">{Html.Encode(title)}</h1>\n");
        body.Append($"<p>{Html.Encode(Clock.Span(evt.StartsAt, evt.EndsAt, evt.TimeZone, language))}</p>\n<h2>{Wording.Agenda.In(language)}</h2>\n");
        foreach (var day in agenda.Items.GroupBy(i => i.Day ?? 1).OrderBy(g => g.Key))
        {
            if (day.Key > 1 || agenda.Items.Any(i => i.Day > 1)) body.Append($"<h2>{Html.Encode(Clock.Day(day.First().StartsAt(evt).In(evt.Zone), language))}</h2>\n");
            body.Append($"<table><thead><tr><th scope=\"col\">{Wording.Time.In(language)}</th><th scope=\"col\">{Wording.Topic.In(language)}</th></tr></thead><tbody>\n");
            foreach (var item in day)
            {
                body.Append($"<tr><td class=\"number\">{Span(evt, item, language, "–")}</td><td lang=\"{item.Title!.Resolve(language, otherwise).Tag()}\"><strong>{Html.Encode(item.Title.In(language, otherwise))}</strong>");
                if (item.Speaker is not null) body.Append($"<br>{Html.Encode(item.Speaker)}");
                if (item.Description is { } more) body.Append($"<br>{Html.Encode(more.In(language, otherwise)).Replace("\n", "<br>")}");
                body.Append("</td></tr>\n");
            }

            body.Append("</tbody></table>\n");
        }

        if (evt.OrganizerName is not null) body.Append($"<footer>{Html.Encode(evt.OrganizerName)}</footer>");
        return Html.Page(language, $"{Wording.Agenda.Label(language)}{title}", body.ToString());
    }

    /// <summary>From when till when, on the event's clock.</summary>
    public static string Span(Event evt, AgendaItem item, Language language, string dash) =>
        Clock.Hour(item.StartsAt(evt), evt.TimeZone, language) + (item.EndsAt(evt) is { } end ? dash + Clock.Hour(end, evt.TimeZone, language) : "");

    /// <summary>One line for each item, on the reader's clock.</summary>
    public static IEnumerable<AgendaLine> Lines(Event evt, AgendaRow agenda, Language language, string zone)
    {
        var several = agenda.Items.Any(i => i.Day > 1);
        foreach (var item in agenda.Items)
        {
            var start = item.StartsAt(evt).In(Zones.Get(zone));
            var day = several ? start.ToString(language switch { Language.De => "d.M. ", Language.Zh => "M月d日 ", _ => "d MMM " }, language.Culture()) : "";
            yield return new AgendaLine($"{day}{Clock.Hour(start, zone, language)} {item.Title!.In(language, evt.DefaultLanguage)}{(item.Speaker is { } speaker ? language == Language.Zh ? $"（{speaker}）" : $" ({speaker})" : "")}", item.Title.Resolve(language, evt.DefaultLanguage));
        }
    }
}

/// <summary>One item of an agenda in a text.</summary>
/// <param name="Text">When, what and by whom.</param>
/// <param name="Language">What it is written in.</param>
public sealed record AgendaLine(string Text, Language Language);
