using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Text;
using System.Text.RegularExpressions;
using Isa.Events.Api.Telemetry;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;

namespace Isa.Events.Tests.Telemetry;

/// <summary>What the server tells of itself, and that it tells nothing of people.</summary>
public partial class TelemetryTests
{
    [Fact]
    public async Task Sends_traces_and_metrics_and_no_person_or_secret_in_them()
    {
        await using var collector = await Collector.StartAsync();
        await using var host = new EventsHost { Settings = new() { ["Telemetry:OtlpEndpoint"] = collector.Address, ["Telemetry:Protocol"] = "http", ["Telemetry:MetricsSeconds"] = "1" } };
        await host.InitializeAsync();
        var evt = await host.EventAsync(e => e["slug"] = "watched");
        var person = Given.Person("geheim@example.org", "zoom", p => p["fullName"] = "Vertraulich Geheim");
        var made = (await host.Partner.RegisterAsync(evt, person, ("Idempotency-Key", "geheimer-schluessel"))).ShouldBe(HttpStatusCode.Created).Json;
        (await host.Anybody.GetAsync(made.PathOf("manage"))).ShouldBe(HttpStatusCode.OK);
        (await host.Partner.GetAsync($"/v1/events/{evt}/registrations?email=geheim@example.org")).ShouldBe(HttpStatusCode.OK);

        await collector.UntilAsync("/v1/metrics", "isa.events.writer.batch.size", "isa.events.writer.wait", "isa.events.writer.transaction", "isa.events.writer.queue", "isa.events.registrations",
            "isa.events.seats.taken", "http.server.request.duration", "watched");
        await collector.UntilAsync("/v1/traces", "write batch", "/v1/events/{event}/registrations", "/r/{manageToken}");
        foreach (var secret in new[] { "geheim", "Vertraulich", made.PathOf("manage")[3..], host.PartnerKey, (string)made["id"]! })
            collector.All.ShouldNotContain(secret, Case.Insensitive);
    }

    [Fact]
    public async Task Counts_the_failures_of_the_database()
    {
        await using var host = new EventsHost { Kind = DatabaseKind.Sqlite, Settings = new() { ["Database:LockTimeoutSeconds"] = "1" } };
        await host.InitializeAsync();
        var evt = await host.EventAsync();
        var kinds = new ConcurrentBag<string>();
        using var listener = new MeterListener { InstrumentPublished = (instrument, l) => { if (instrument.Name == "isa.events.database.errors") l.EnableMeasurementEvents(instrument); } };
        listener.SetMeasurementEventCallback<long>((_, _, tags, _) => kinds.Add((string)tags[0].Value!));
        listener.Start();
        await using (var other = new Microsoft.Data.Sqlite.SqliteConnection($"Data Source={host.Database.File};Pooling=False"))
        {
            other.Open();
            using var held = other.BeginTransaction(deferred: false);
            (await host.Partner.RegisterAsync(evt)).ShouldBe(HttpStatusCode.ServiceUnavailable, "busy");
        }

        kinds.ShouldContain("refused");
    }

    [Fact]
    public void Every_metric_stands_in_the_docs()
    {
        var root = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(root.FullName, "Isa.Events.sln"))) root = root.Parent!;
        var docs = File.ReadAllText(Path.Combine(root.FullName, "docs", "operations.md"));
        var names = new List<string>();
        using var measures = new Measures();
        measures.WatchQueue(() => 0);
        measures.WatchSeats(() => [], () => []);
        measures.WatchOutbox(() => []);
        using var listener = new MeterListener { InstrumentPublished = (instrument, _) => { if (instrument.Meter.Name == Measures.Name) names.Add(instrument.Name); } };
        listener.Start();
        names.Distinct().Order().ShouldBe(MetricNames().Matches(docs).Select(m => m.Groups[1].Value).Distinct().Order());
    }

    [GeneratedRegex(@"^\| `(isa\.[a-z.]+)`", RegexOptions.Multiline)]
    private static partial Regex MetricNames();

    /// <summary>Takes what is sent by OTLP over HTTP, and keeps the bytes: names and texts stand in them as they are.</summary>
    private sealed class Collector(WebApplication app, ConcurrentQueue<(string Path, string Body)> received) : IAsyncDisposable
    {
        public string Address => app.Urls.First();

        public string All => string.Join('\n', received.Select(r => r.Body));

        public static async Task<Collector> StartAsync()
        {
            var builder = WebApplication.CreateSlimBuilder();
            builder.Logging.ClearProviders();
            builder.WebHost.UseUrls("http://127.0.0.1:0");
            var app = builder.Build();
            var received = new ConcurrentQueue<(string, string)>();
            app.MapPost("/{**path}", async context =>
            {
                using var body = new MemoryStream();
                await context.Request.Body.CopyToAsync(body);
                received.Enqueue((context.Request.Path.Value!, Encoding.UTF8.GetString(body.ToArray())));
            });
            await app.StartAsync();
            return new Collector(app, received);
        }

        public async Task UntilAsync(string path, params string[] texts)
        {
            for (var waited = 0; ; waited++)
            {
                var all = string.Concat(received.Where(r => r.Path == path).Select(r => r.Body));
                var missing = texts.Where(text => !all.Contains(text, StringComparison.Ordinal)).ToList();
                if (missing.Count == 0) return;
                if (waited > 300) missing.ShouldBeEmpty(path);
                await Task.Delay(100, TestContext.Current.CancellationToken);
            }
        }

        public async ValueTask DisposeAsync() => await app.DisposeAsync();
    }
}
