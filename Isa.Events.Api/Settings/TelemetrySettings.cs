namespace Isa.Events.Api.Settings;

/// <summary>Section <c>Telemetry</c>: where traces and metrics go.</summary>
public sealed class TelemetrySettings
{
    /// <summary>Address of an OpenTelemetry collector, such as <c>http://localhost:4317</c>. Without it nothing is sent.</summary>
    public string? OtlpEndpoint { get; set; }

    /// <summary>How it is spoken to: <c>grpc</c> (usually port 4317) or <c>http</c> (protobuf, usually port 4318).</summary>
    public string Protocol { get; set; } = "grpc";

    /// <summary>Seconds between two reports of metrics (1 to 3600).</summary>
    public int MetricsSeconds { get; set; } = 60;
}

public sealed class TelemetrySettingsValidator : AbstractValidator<TelemetrySettings>
{
    public TelemetrySettingsValidator()
    {
        RuleFor(s => s.OtlpEndpoint).Must(text => text is null || IsAddress(text)).WithMessage("'{PropertyValue}' is not an address such as http://localhost:4317.");
        RuleFor(s => s.Protocol).Must(text => text is "grpc" or "http").WithMessage("'{PropertyValue}' is neither grpc nor http.");
        RuleFor(s => s.MetricsSeconds).InclusiveBetween(1, 3600);
    }

    public static bool IsAddress(string text) => Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme is "http" or "https";
}
