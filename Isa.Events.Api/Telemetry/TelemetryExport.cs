using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Isa.Events.Api.Telemetry;

/// <summary>Sends traces and metrics to a collector by OTLP, where one is set. Without it nothing is collected.</summary>
public static class TelemetryExport
{
    public static void AddTelemetry(this WebApplicationBuilder builder)
    {
        builder.Services.AddSettings<TelemetrySettings, TelemetrySettingsValidator>("Telemetry");
        builder.Services.AddSingleton<Measures>().AddSingleton<SeatsWatch>();
        var section = builder.Configuration.GetSection("Telemetry");
        if (section[nameof(TelemetrySettings.OtlpEndpoint)] is not { Length: > 0 } endpoint || !TelemetrySettingsValidator.IsAddress(endpoint)) return; // a wrong one stops the start when it is checked

        var http = "http".Equals(section[nameof(TelemetrySettings.Protocol)], StringComparison.OrdinalIgnoreCase);
        builder.Services.AddOpenTelemetry()
            .ConfigureResource(resource => resource.AddService("isa-events", serviceVersion: typeof(TelemetryExport).Assembly.GetName().Version?.ToString(3)))
            .WithTracing(traces => traces
                .AddSource(Measures.Name, "Npgsql")
                .AddAspNetCoreInstrumentation(web =>
                {
                    web.Filter = context => !context.Request.Path.StartsWithSegments("/health");
                    // Paths and queries carry secrets and people; the route says what is needed.
                    web.EnrichWithHttpResponse = (span, response) => span.SetTag("url.path", Redacted.Route(response.HttpContext)).SetTag("url.query", null);
                    web.RecordException = false;
                })
                .AddOtlpExporter(to => Aim(to, endpoint, http, "v1/traces")))
            .WithMetrics(metrics => metrics
                .AddMeter(Measures.Name, "Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel", "Microsoft.AspNetCore.RateLimiting", "System.Runtime", "Npgsql")
                .AddOtlpExporter((to, reader) =>
                {
                    Aim(to, endpoint, http, "v1/metrics");
                    reader.PeriodicExportingMetricReaderOptions.ExportIntervalMilliseconds = 1000 * (int.TryParse(section[nameof(TelemetrySettings.MetricsSeconds)], out var seconds) ? seconds : new TelemetrySettings().MetricsSeconds);
                }));
    }

    private static void Aim(OtlpExporterOptions to, string endpoint, bool http, string signal)
    {
        to.Protocol = http ? OtlpExportProtocol.HttpProtobuf : OtlpExportProtocol.Grpc;
        to.Endpoint = http ? new Uri($"{endpoint.TrimEnd('/')}/{signal}") : new Uri(endpoint);
    }
}
