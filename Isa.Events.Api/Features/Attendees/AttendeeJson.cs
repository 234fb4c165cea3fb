using System.Text.Json;

namespace Isa.Events.Api.Features.Attendees;

/// <summary>An attendee list as JSON: one object with the event and its lines; absent values are left out.</summary>
internal static class AttendeeJson
{
    public static void Write(Stream file, IEnumerable<AttendeeRow> rows, IReadOnlyList<AttendeeColumn> columns, ListContext context)
    {
        var evt = context.Event;
        using var json = new Utf8JsonWriter(file, new JsonWriterOptions { Encoder = Json.Wire.Encoder });
        json.WriteStartObject();
        json.WriteStartObject("event");
        json.WriteString("id", evt.Id);
        json.WriteString("slug", evt.Slug);
        json.WriteString("title", evt.Title.In(context.Language, evt.DefaultLanguage));
        json.WriteString("startsAt", EventTimes.Print(evt.StartsAt, context.Zone));
        json.WriteEndObject();
        json.WriteStartArray("items");
        foreach (var row in rows)
        {
            json.WriteStartObject();
            foreach (var column in columns)
            {
                // Machines read this form: names of the contract instead of words for people.
                switch (column.Name)
                {
                    case "status": json.WriteString("status", row.Status); break;
                    case "audience" when row.Audience is not null: json.WriteString("audience", row.Audience); break;
                    case "audience": break;
                    case "mode": json.WriteString("mode", RowTypes.Name(evt.Site(row.SiteId)!.Mode)); break;
                    case "late": json.WriteBoolean("late", row.Late); break;
                    case "waitingFor" when row.WaitingFor is not null: json.WriteString("waitingFor", row.WaitingFor); break;
                    case "waitingFor": break;
                    case "waitlistPosition" when row.WaitlistPosition is { } position: json.WriteNumber("waitlistPosition", position); break;
                    case "waitlistPosition": break;
                    case "reply" or "answerAfterChange" or "mailState":
                        if ((column.Name switch { "reply" => row.Reply, "mailState" => row.MailState, _ => row.AnswerAfterChange }) is { } said) json.WriteString(column.Name, said);
                        break;
                    case "consents" when row.Consents is not null:
                        json.WritePropertyName("consents");
                        JsonSerializer.Serialize(json, row.Consents, Json.Wire);
                        break;
                    case "consents": break;
                    case var name when column.Question is { } question:
                        if (row.AnswerTo(question) is not { } answer) break;
                        json.WritePropertyName(name);
                        if (question.Type == QuestionType.Choices) JsonSerializer.Serialize(json, answer.Said, Json.Wire);
                        else json.WriteStringValue(answer.Value);
                        break;
                    default:
                        if (column.Value(row, context) is { } value)
                            json.WriteString(column.Name, value is DateTimeOffset instant ? EventTimes.Print(instant, context.Zone) : (string)value);
                        break;
                }
            }

            json.WriteEndObject();
            if (json.BytesPending > 64 * 1024) json.Flush();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }
}
