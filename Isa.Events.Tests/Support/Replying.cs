using System.Net.Http.Headers;
using System.Text;
using Isa.Events.Api.Features.Partners;

namespace Isa.Events.Tests.Support;

/// <summary>A host that reads what comes back, and mails as calendars, mail servers and people send them.</summary>
public sealed class Replying : IAsyncDisposable
{
    public const string Address = "reply@meetings.example.org";

    private Replying(EventsHost host, string key) => (Host, Intake) = (host, host.Caller(key));

    public EventsHost Host { get; }

    /// <summary>Calls with the key of a mail server.</summary>
    public Api Intake { get; }

    public static async Task<Replying> StartAsync(params (string Name, string Value)[] settings)
    {
        var host = await Mail.HostAsync(start: false);
        host.Settings["Email:ReplyAddress"] = Address;
        foreach (var (name, value) in settings) host.Settings[name] = value;
        await host.InitializeAsync();
        return new Replying(host, await host.KeyAsync(Role.MailIntake, "Mail server"));
    }

    public ValueTask DisposeAsync() => Host.DisposeAsync();

    /// <summary>Somebody who is registered and has had their mail.</summary>
    public async Task<Invited> InvitedAsync(string eventId, string siteId = "hannover", Action<JsonObject>? change = null)
    {
        var registration = (await Host.Partner.RegisterAsync(eventId, Given.Person(siteId: siteId, change: change))).ShouldBe(HttpStatusCode.Created).Json;
        var mail = (await Host.SendAsync()).Single(m => m.To == (string)registration["email"]!);
        return new Invited(registration, mail);
    }

    public Task<Answer> TakeAsync(string raw) => TakeAsync(Encoding.UTF8.GetBytes(raw.ReplaceLineEndings("\r\n")));

    public Task<Answer> TakeAsync(byte[] raw) => Intake.SendAsync(HttpMethod.Post, "/v1/replies", Content(raw));

    /// <summary>Hands it over; gives <c>outcome reason</c>.</summary>
    public async Task<string> OutcomeAsync(string raw) => Outcome((await TakeAsync(raw)).ShouldBe(HttpStatusCode.OK).Json);

    public static string Outcome(JsonNode received) => $"{received["outcome"]} {received["reason"]}".TrimEnd();

    public static HttpContent Content(byte[] raw, string type = "message/rfc822")
    {
        var content = new ByteArrayContent(raw);
        content.Headers.ContentType = MediaTypeHeaderValue.Parse(type);
        return content;
    }

    /// <summary>A mail as its parts come: headers, an empty line, the body.</summary>
    public static string Written(string to, string from, string subject, string rest) => $"""
        Received: from mx.example.net (mx.example.net [192.0.2.7]) by mail.example.org; Mon, 21 Sep 2020 08:05:00 +0000
        From: {from}
        To: <{to}>
        Subject: {subject}
        Message-ID: <{Guid.NewGuid():N}@mx.example.net>
        Date: Mon, 21 Sep 2020 08:05:00 +0000
        MIME-Version: 1.0
        {rest}
        """;
}

/// <summary>Somebody who has had their invite.</summary>
public sealed class Invited(JsonNode registration, Mailed mail)
{
    public JsonNode Registration => registration;

    public string Id => (string)registration["id"]!;

    public string Email => (string)registration["email"]!;

    public string Address { get; } = mail.Message.ReplyTo.Mailboxes.Single().Address;

    public long Sequence { get; init; } = mail.Calendar?.Events[0]!.Sequence ?? 0;

    public string Page => registration.PathOf("manage");

    /// <summary>The calendar object of an answer, as RFC 5546 s3.2.3 wants it.</summary>
    public string Entry(string status, string? comment = null, string? uid = null, string? attendee = null, long? sequence = null, string stamp = "20200921T080000Z", string method = "REPLY", string more = "") =>
        $"""
        BEGIN:VCALENDAR
        PRODID:-//Example//Calendar//EN
        VERSION:2.0
        METHOD:{method}
        BEGIN:VEVENT
        UID:{uid ?? Id}
        DTSTAMP:{stamp}
        ORGANIZER;CN="ISA: Büro":mailto:{Address}
        ATTENDEE;CUTYPE=INDIVIDUAL;CN="Erika: Beispiel; a, b";PARTSTAT={status}:mailto:{attendee ?? Email}
        SEQUENCE:{sequence ?? Sequence}
        {(comment is null ? "" : $"COMMENT:{comment}\n")}{more}END:VEVENT
        END:VCALENDAR
        """;

    /// <summary>A mail with nothing but the object.</summary>
    public string Reply(string status, string? comment = null, string? uid = null, string? attendee = null, long? sequence = null, string stamp = "20200921T080000Z", string method = "REPLY", string? from = null, string? to = null, string more = "") =>
        Replying.Written(to ?? Address, from ?? Email, $"{status}: Jahresversammlung", $"""
        Content-Type: text/calendar; charset=utf-8; method={method}
        Content-Transfer-Encoding: 8bit

        {Entry(status, comment, uid, attendee, sequence, stamp, method, more)}
        """);
}
