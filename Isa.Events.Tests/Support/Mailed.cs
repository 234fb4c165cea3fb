using System.Text;
using Ical.Net;
using Isa.Events.Api.Outbox;
using Microsoft.Extensions.DependencyInjection;
using MimeKit;

namespace Isa.Events.Tests.Support;

/// <summary>A mail as a program reads it.</summary>
public sealed class Mailed
{
    public Mailed(byte[] raw)
    {
        Raw = raw;
        Message = MimeMessage.Load(new MemoryStream(raw));
        var calendars = Message.BodyParts.OfType<TextPart>().Where(p => p.ContentType.IsMimeType("text", "calendar")).ToList();
        calendars.Count.ShouldBeLessThanOrEqualTo(1);
        CalendarPart = calendars.SingleOrDefault();
        if (CalendarPart is null) return;
        CalendarBytes = Content(CalendarPart);
        Calendar = Calendar.Load(Encoding.UTF8.GetString(CalendarBytes))!;
    }

    public byte[] Raw { get; }

    public MimeMessage Message { get; }

    public string To => Message.To.Mailboxes.Single().Address;

    public string Subject => Message.Subject!;

    public string Text => Message.TextBody!.ReplaceLineEndings("\n");

    public string Html => Message.HtmlBody!;

    public TextPart? CalendarPart { get; }

    public byte[] CalendarBytes { get; } = [];

    public Calendar? Calendar { get; }

    /// <summary><c>REQUEST 3</c>, or nothing.</summary>
    public string Invite => Calendar is null ? "" : $"{Calendar.Method} {Calendar.Events[0]!.Sequence}";

    public IEnumerable<string> Files => Message.Attachments.OfType<MimePart>().Select(p => p.FileName!);

    public static Mailed Of(MimeMessage message)
    {
        using var raw = new MemoryStream();
        message.WriteTo(raw, CancellationToken.None);
        return new Mailed(raw.ToArray());
    }

    /// <summary>What a part holds.</summary>
    public static byte[] Content(MimePart part)
    {
        using var bytes = new MemoryStream();
        part.Content!.DecodeTo(bytes, CancellationToken.None);
        return bytes.ToArray();
    }

    /// <summary>What holds for every mail (RFC 5321 s4.5.3.1.6, RFC 5322 s2.1.1, RFC 6047 s2.4).</summary>
    public Mailed ShouldBeWell()
    {
        Encoding.Latin1.GetString(Raw).Replace("\r\n", "").ShouldNotContain("\n");
        foreach (var line in Encoding.Latin1.GetString(Raw).Split("\r\n")) line.Length.ShouldBeLessThanOrEqualTo(998);
        if (To.All(char.IsAscii)) Raw.ShouldAllBe(octet => octet < 128); // else RFC 6532
        Message.Subject.ShouldNotBeNullOrWhiteSpace();
        Text.ShouldNotContain("\ufffd");
        Html.ShouldNotContain("\ufffd");
        Html.ShouldNotContain("<script", Case.Insensitive);
        Html.ShouldNotContain("<img", Case.Insensitive);
        Html.ShouldNotContain("src=", Case.Insensitive);
        if (CalendarPart is null) return this;

        CalendarPart.ContentType.Parameters["method"].ShouldBe(Calendar!.Method);
        CalendarPart.ContentType.Charset.ShouldBe("utf-8");
        CalendarPart.ContentDisposition.ShouldBeNull();
        var alternatives = Message.Body.ShouldBeOfType<Multipart>()[0].ShouldBeOfType<MultipartAlternative>(); // Outlook looks nowhere else
        alternatives.Select(p => p.ContentType.MimeType).ShouldBe(["text/plain", "text/html", "text/calendar"]);
        Calendar.Events.ShouldHaveSingleItem()!.Attendees.ShouldHaveSingleItem().Value!.ToString().ShouldStartWith("mailto:");
        foreach (var line in Encoding.UTF8.GetString(CalendarBytes).Split("\r\n")) Encoding.UTF8.GetByteCount(line).ShouldBeLessThanOrEqualTo(75);
        return this;
    }
}

/// <summary>A host whose mails leave when a test says so, without waiting for more changes.</summary>
public static class Mail
{
    public static async Task<EventsHost> HostAsync(bool start = true)
    {
        var host = new EventsHost { Settings = new() { ["Email:Send"] = "false", ["Email:ChangeWindowSeconds"] = "0", ["Email:MaxPerSecond"] = "10000", ["Email:MaxPerRecipientPerHour"] = "100000" } };
        if (start) await host.InitializeAsync();
        return host;
    }

    /// <summary>Lets everything leave that is to; gives it.</summary>
    public static async Task<List<Mailed>> SendAsync(this EventsHost host)
    {
        await host.Services.GetRequiredService<Dispatcher>().RunAsync(CancellationToken.None);
        var folder = Path.Combine(host.Folder, "mail");
        var mails = new List<Mailed>();
        foreach (var file in Directory.Exists(folder) ? Directory.GetFiles(folder, "*.eml").Order(StringComparer.Ordinal) : Enumerable.Empty<string>())
        {
            mails.Add(new Mailed(await File.ReadAllBytesAsync(file)).ShouldBeWell());
            File.Delete(file);
        }

        (await host.Database.ReadAsync(session => session.Query<string>("SELECT last_error FROM outbox WHERE last_error IS NOT NULL"), CancellationToken.None)).ShouldBeEmpty();
        return mails;
    }

    /// <summary>The only mail that leaves.</summary>
    public static async Task<Mailed> SendOneAsync(this EventsHost host) => (await host.SendAsync()).ShouldHaveSingleItem();
}

/// <summary>Tests of mails, each with a host of its own.</summary>
public abstract class MailTests : IAsyncLifetime
{
    protected EventsHost Host { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Host = await Mail.HostAsync();

    public async ValueTask DisposeAsync()
    {
        await Host.DisposeAsync();
        GC.SuppressFinalize(this);
    }
}
