using System.Net.Http.Json;
using Isa.Events.Benchmarks.Load;

namespace Isa.Events.Benchmarks.Figures;

/// <summary>Mails before they are sent.</summary>
internal sealed class RenderFigures : IFigure
{
    public string Name => "render";

    public async Task MeasureAsync(Run run, Report report, CancellationToken ct)
    {
        await using var server = await ServerProcess.StartAsync(ct, "--Email:Send=false");
        var count = 2_000 / run.Scale;
        var eventId = await server.EventAsync("rendered", null, ct);
        await server.UploadAgendaAsync(eventId, 100_000, ct);
        await Requests.Register(server, eventId).RunAsync(1, TimeSpan.Zero, ct);
        using (var tables = FilledTables.Of(server)) tables.AddRegistrations(eventId, "zoom", 0, count - 1);
        var rates = new List<double>();
        for (var round = 0; round <= run.Rounds; round++)
        {
            var rendered = (await server.Client.PostAsync($"/v1/baseline/events/{eventId}/mails", null, ct)).EnsureSuccessStatusCode();
            var mails = (await rendered.Content.ReadFromJsonAsync<RenderedMails>(ct))!;
            if (mails.Count != count || mails.Bytes < count * 250_000L) throw new InvalidOperationException($"{mails} were rendered.");
            if (round > 0) rates.Add(mails.Count / mails.CpuSeconds);
        }

        report.Add($"invite mails with an agenda of 100 kB, rendered to their bytes", $"{rates.Median():0} per second of a core", null, null, "≥ 1,000");
    }
}
