namespace Isa.Events.Api.Settings;

/// <summary>Section <c>Server</c>: who the server is to the outside, and what it accepts.</summary>
public sealed class ServerSettings
{
    /// <summary>The address people and partners reach the server at, without a path. Every link in a text uses it, never the address of a request.</summary>
    public string PublicUrl { get; set; } = "http://localhost:5080";

    /// <summary>Addresses of reverse proxies whose X-Forwarded-For and X-Forwarded-Proto are believed; none by default.</summary>
    public IList<string> KnownProxies { get; } = [];

    /// <summary>The largest body of a request in bytes (1 kB to 10 MB); agenda documents have a limit of their own.</summary>
    public long MaxBodyBytes { get; set; } = 1_000_000;

    /// <summary>The largest agenda document in bytes (1 kB to 20 MB).</summary>
    public long MaxDocumentBytes { get; set; } = 5_000_000;

    /// <summary>The largest table that can be imported, in bytes (1 kB to 20 MB).</summary>
    public long MaxImportBytes { get; set; } = 5_000_000;

    /// <summary>Requests a minute for each API key (1 to 10,000,000), counted by each process.</summary>
    public int RequestsPerMinutePerKey { get; set; } = 6_000;

    /// <summary>Requests a minute for each address without a key (1 to 10,000,000), counted by each process.</summary>
    public int RequestsPerMinutePerAddress { get; set; } = 600;

    /// <summary>Stands before the code in a registration's reference: <c>ISA-7K3QX</c>. 1 to 8 capital letters and digits.</summary>
    public string ReferencePrefix { get; set; } = "ISA";

    /// <summary>An absolute address below the public one.</summary>
    /// <param name="path">Begins with a slash.</param>
    public string Url(string path) => PublicUrl.TrimEnd('/') + path;
}

public sealed class ServerSettingsValidator : AbstractValidator<ServerSettings>
{
    public ServerSettingsValidator()
    {
        RuleFor(s => s.PublicUrl)
            .Must(u => Uri.TryCreate(u, UriKind.Absolute, out var url) && url.Scheme is "http" or "https" && url.PathAndQuery == "/" && url.Fragment.Length == 0 && url.UserInfo.Length == 0)
            .WithMessage("'{PropertyValue}' is not an address such as https://events.example.org, without a path.");
        RuleForEach(s => s.KnownProxies).Must(p => System.Net.IPAddress.TryParse(p, out _)).WithMessage("'{PropertyValue}' is not an IP address.");
        RuleFor(s => s.MaxBodyBytes).InclusiveBetween(1_000, 10_000_000);
        RuleFor(s => s.MaxDocumentBytes).InclusiveBetween(1_000, 20_000_000);
        RuleFor(s => s.MaxImportBytes).InclusiveBetween(1_000, 20_000_000);
        RuleFor(s => s.RequestsPerMinutePerKey).InclusiveBetween(1, 10_000_000);
        RuleFor(s => s.RequestsPerMinutePerAddress).InclusiveBetween(1, 10_000_000);
        RuleFor(s => s.ReferencePrefix).Matches("^[A-Z0-9]{1,8}$").WithMessage("'{PropertyValue}' is not 1 to 8 capital letters and digits.");
    }
}
