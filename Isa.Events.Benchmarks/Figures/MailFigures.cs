using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using Isa.Events.Benchmarks.Load;
using MailKit.Net.Smtp;
using MailKit.Security;
using MimeKit;

namespace Isa.Events.Benchmarks.Figures;

/// <summary>Mails: what sending them takes, and what those who register notice of it.</summary>
internal sealed class MailFigures : IFigure
{
    private const int Connections = 4; // as the server has by default
    private const int Rounds = 2; // thousands of mails each

    public string Name => "mail";

    public async Task MeasureAsync(Run run, Report report, CancellationToken ct)
    {
        await DispatchAsync(run, report, ct);
        await MoveAsync(run, report, ct);
        await BesideAsync(run, report, ct);
        await MemoryAsync(run, report, ct);
    }

    private static async Task DispatchAsync(Run run, Report report, CancellationToken ct)
    {
        using var sink = new SmtpSink();
        await using var server = await ServerProcess.StartAsync(ct, sink.Settings);
        var count = 5_000 / run.Scale;
        var eventId = await CrowdAsync(server, sink, "sent", count, 0, ct);
        var (ours, made, bare) = (new List<double>(), new List<double>(), new List<double>());
        for (var round = 0; round <= Math.Min(run.Rounds, Rounds); round++)
        {
            var before = sink.Count;
            await PatchAsync(server, eventId, round, ct);
            await sink.UntilAsync(before + 1, ct); // from the first mail on: what a move takes before it is another figure
            var start = Stopwatch.GetTimestamp();
            await sink.UntilAsync(before + count, ct);
            var sent = (count - 1) / Stopwatch.GetElapsedTime(start).TotalSeconds;
            var (mine, same) = (await BareAsync(sink, count, anew: true, ct), await BareAsync(sink, count, anew: false, ct));
            if (round == 0) continue;
            ours.Add(sent);
            made.Add(mine);
            bare.Add(same);
        }

        report.Add($"{count:N0} updated invites to a mail server on loopback, {Connections} connections", $"{ours.Median():0}/s", $"a loop that makes each message of ready texts by MailKit, and sends it: {made.Median():0}/s", ours.Zip(made, (o, m) => o / m).Median(), "≥ 0.5");
        report.Add($"the same", $"{ours.Median():0}/s", $"a loop that sends one ready message again and again: {bare.Median():0}/s", ours.Zip(bare, (o, b) => o / b).Median(), "");
    }

    private static async Task MoveAsync(Run run, Report report, CancellationToken ct)
    {
        using var sink = new SmtpSink();
        await using var server = await ServerProcess.StartAsync(ct, sink.Settings);
        var count = 10_000 / run.Scale;
        var eventId = await CrowdAsync(server, sink, "moved", count, 0, ct);
        await HeldAsync(server, ct);
        var (medians, longest) = (new List<double>(), new List<double>());
        for (var round = 0; round <= Math.Min(run.Rounds, Rounds); round++)
        {
            var before = sink.Count;
            await PatchAsync(server, eventId, round, ct);
            await sink.UntilAsync(before + count, ct);
            var held = await HeldAsync(server, ct);
            if (round == 0) continue;
            held.Sort();
            medians.Add(held[held.Count * 99 / 100]);
            longest.Add(held[^1]);
        }

        report.Add($"an event with {count:N0} registrations moves: its writer is held at a time, p99 / the longest", $"{medians.Median():0.0} / {longest.Median():0.0} ms", null, null, "≤ 20 ms");
    }

    // Every registration has a mail of its own, too: without a dispatcher they wait.
    private static async Task BesideAsync(Run run, Report report, CancellationToken ct)
    {
        var count = 10_000 / run.Scale;
        await using var silent = await ServerProcess.StartAsync(ct, "--Email:Send=false");
        using var sink = new SmtpSink();
        await using var sending = await ServerProcess.StartAsync(ct, sink.Settings);
        var crowd = await CrowdAsync(sending, sink, "crowd", count, 0, ct);
        var (alone, beside) = (Requests.Register(silent, await silent.EventAsync("measured", null, ct)), Requests.Register(sending, await sending.EventAsync("measured", null, ct)));
        await alone.RunAsync(Run.Connections, run.Duration, ct);
        var half = (await alone.RunAsync(Run.Connections, run.Duration, ct)).PerSecond / 2;
        var (without, with) = (new List<Sample>(), new List<Sample>());
        for (var round = 0; round <= Math.Min(run.Rounds, Rounds); round++)
        {
            await PatchAsync(sending, crowd, round, ct);
            var (left, right) = (await alone.RunAsync(Run.Connections, run.Duration, ct, half), await beside.RunAsync(Run.Connections, run.Duration, ct, half));
            if (round == 0) continue;
            without.Add(left);
            with.Add(right);
        }

        report.Add($"registrations at half load while {count:N0} mails to others and their own go out", $"{with.Median().PerSecond:0}/s", $"while none goes out: {without.Median().PerSecond:0}/s", with.Ratio(without, s => s.PerSecond), "≥ 0.95");
        report.Add($"the same, p99", $"{with.Median().P99:0.0} ms", $"{without.Median().P99:0.0} ms", with.Ratio(without, s => s.P99), "≤ 2");
    }

    private static async Task MemoryAsync(Run run, Report report, CancellationToken ct)
    {
        using var sink = new SmtpSink();
        await using var server = await ServerProcess.StartAsync(ct, sink.Settings);
        var count = 10_000 / run.Scale; // each is of 4 MB, so this is 40 GB
        var eventId = await CrowdAsync(server, sink, "large", count, 1_000_000, ct);
        var before = server.Memory()?.Now ?? double.NaN;
        if (OperatingSystem.IsLinux()) server.ResetPeak();
        var from = sink.Count;
        await PatchAsync(server, eventId, 0, ct);
        await sink.UntilAsync(from + count, ct);
        report.Add($"memory that {count:N0} mails with an agenda of 1 MB add", $"{(server.Memory()?.Peak ?? double.NaN) - before:0} MB", null, null, "≤ 100 MB");
    }

    // All have had their confirmation: a change of the event is then news to each.
    private static async Task<string> CrowdAsync(ServerProcess server, SmtpSink sink, string slug, int count, int agendaBytes, CancellationToken ct)
    {
        var eventId = await server.EventAsync(slug, null, ct);
        if (agendaBytes > 0) await server.UploadAgendaAsync(eventId, agendaBytes, ct);
        var before = sink.Count;
        await Requests.Register(server, eventId).RunAsync(1, TimeSpan.Zero, ct);
        await sink.UntilAsync(before + 1, ct);
        using var tables = FilledTables.Of(server);
        tables.AddRegistrations(eventId, "zoom", 0, count - 1);
        return eventId;
    }

    private static async Task PatchAsync(ServerProcess server, string eventId, int round, CancellationToken ct)
    {
        var start = DateTime.UtcNow.Date.AddDays(61 + round);
        using var request = new HttpRequestMessage(HttpMethod.Patch, $"/v1/events/{eventId}")
        {
            Content = new StringContent(new JsonObject
            {
                ["startsAt"] = start.AddHours(9).ToString("s", CultureInfo.InvariantCulture), ["endsAt"] = start.AddHours(11).ToString("s", CultureInfo.InvariantCulture),
            }.ToJsonString(), Encoding.UTF8, "application/json"),
        };
        request.Headers.TryAddWithoutValidation("If-Match", "*");
        using var answer = await server.Client.SendAsync(request, ct);
        if (!answer.IsSuccessStatusCode) throw new InvalidOperationException(await answer.Content.ReadAsStringAsync(ct));
    }

    private static async Task<List<double>> HeldAsync(ServerProcess server, CancellationToken ct)
    {
        using var answer = (await server.Client.PostAsync("/v1/baseline/transactions", null, ct)).EnsureSuccessStatusCode();
        return (await answer.Content.ReadFromJsonAsync<List<double>>(ct))!;
    }

    // What a program does that has the texts and sends them by MailKit, and keeps no book: a message for each, made of them and handed over.
    private static async Task<double> BareAsync(SmtpSink sink, int count, bool anew, CancellationToken ct)
    {
        var raw = sink.Newest;
        var start = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, Connections).Select(_ => Task.Run(SendAsync, ct)));
        return count / Stopwatch.GetElapsedTime(start).TotalSeconds;

        async Task SendAsync()
        {
            using var client = new SmtpClient();
            await client.ConnectAsync("localhost", sink.Port, SecureSocketOptions.None, ct);
            var sample = await MimeMessage.LoadAsync(new MemoryStream(raw), ct);
            var parts = sample.BodyParts.OfType<MimePart>().Select(part => (part.ContentType.MediaSubtype, Text: Decoded(part))).ToList();
            for (var n = 0; n < count / Connections; n++)
            {
                var message = anew ? Make(sample, parts) : sample;
                await client.SendAsync(message, message.From.Mailboxes.First(), [message.To.Mailboxes.First()], ct);
                if (anew) message.Dispose(); // as our server does: what stays until it is finalised is dear
            }

            await client.DisconnectAsync(true, ct);
        }
    }

    private static string Decoded(MimePart part)
    {
        using var content = new MemoryStream();
        part.Content!.DecodeTo(content);
        return Encoding.UTF8.GetString(content.ToArray());
    }

    private static MimeMessage Make(MimeMessage sample, List<(string Subtype, string Text)> parts)
    {
        var message = new MimeMessage { Subject = sample.Subject! };
        message.From.AddRange(sample.From);
        message.To.AddRange(sample.To);
        message.ReplyTo.AddRange(sample.ReplyTo);
        var alternatives = new MultipartAlternative();
        var mixed = new Multipart("mixed") { alternatives };
        foreach (var (subtype, text) in parts)
        {
            var part = new TextPart(subtype == "ics" ? "calendar" : subtype) { Text = text, ContentTransferEncoding = subtype is "calendar" or "ics" ? ContentEncoding.Base64 : ContentEncoding.QuotedPrintable };
            if (subtype == "ics")
            {
                part.ContentDisposition = new ContentDisposition(ContentDisposition.Attachment) { FileName = "invite.ics" };
                mixed.Add(part);
                continue;
            }

            if (subtype == "calendar") part.ContentType.Parameters["method"] = "REQUEST";
            alternatives.Add(part);
        }

        message.Body = mixed;
        return message;
    }
}
