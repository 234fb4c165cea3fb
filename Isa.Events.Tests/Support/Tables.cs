using System.Text;

namespace Isa.Events.Tests.Support;

/// <summary>Sends tables to be imported, and invites people by them.</summary>
public static class Tables
{
    public const string Excel = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

    public static Task<Answer> SendTableAsync(this Api api, string path, string text, string mediaType = "text/csv", params (string Name, string Value)[] headers) =>
        api.SendTableAsync(path, Encoding.UTF8.GetBytes(text), mediaType, headers);

    public static Task<Answer> SendTableAsync(this Api api, string path, byte[] bytes, string mediaType = "text/csv", params (string Name, string Value)[] headers)
    {
        var content = new ByteArrayContent(bytes);
        content.Headers.TryAddWithoutValidation("Content-Type", mediaType);
        return api.SendAsync(HttpMethod.Post, path, content, headers);
    }

    public static Task<Answer> ImportInviteesAsync(this EventsHost host, string eventId, string csv, string query = "") => host.Organizer.SendTableAsync($"/v1/events/{eventId}/invitees/import{query}", csv);

    public static Task<Answer> ImportRegistrationsAsync(this EventsHost host, string eventId, string csv, string query = "") => host.Organizer.SendTableAsync($"/v1/events/{eventId}/registrations/import{query}", csv);

    /// <summary>Invites people by name; gives them as they are listed.</summary>
    public static async Task<JsonArray> InviteAsync(this EventsHost host, string eventId, params string[] names)
    {
        (await host.ImportInviteesAsync(eventId, "fullName\r\n" + string.Join("\r\n", names))).ShouldBe(HttpStatusCode.OK);
        return (await host.Organizer.GetAsync($"/v1/events/{eventId}/invitees?limit=200")).ShouldBe(HttpStatusCode.OK).Json["items"]!.AsArray();
    }

    public static string Code(this JsonArray invitees, int index = 0) => (string)invitees[index]!["code"]!;

    /// <summary>Created, updated, unchanged, mails, errors.</summary>
    public static (int Created, int Updated, int Unchanged, int Mails, int Errors) Counts(this Answer answer) =>
        ((int)answer.Json["created"]!, (int)answer.Json["updated"]!, (int)answer.Json["unchanged"]!, (int)answer.Json["mails"]!, (int)answer.Json["errorCount"]!);

    /// <summary>The errors of an import that was answered, as <c>row line field code</c>.</summary>
    public static string[] RowErrors(this Answer answer) => [.. answer.Json["errors"]!.AsArray().Select(e => $"{e!["row"]} {e["line"]} {e["field"]} {e["code"]}")];

    public static Task<long> CountAsync(this EventsHost host, string sql, string eventId) => host.Database.ReadAsync(session => session.One<long>(sql, new { Id = eventId }), CancellationToken.None);
}
