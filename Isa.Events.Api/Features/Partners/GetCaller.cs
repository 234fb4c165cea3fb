using Microsoft.Extensions.Options;

namespace Isa.Events.Api.Features.Partners;

/// <summary>Tells a key what it is and what it may do.</summary>
public sealed class GetCaller(IOptions<ServerSettings> settings) : EndpointWithoutRequest<CallerAnswer>
{
    public override void Configure()
    {
        Get("/me");
        Policies(Access.AnyKey);
    }

    public override Task HandleAsync(CancellationToken ct)
    {
        Parameters.None(HttpContext);
        var caller = HttpContext.GetCaller()!;
        HttpContext.Response.Headers.CacheControl = "no-store";
        return Send.OkAsync(new CallerAnswer
        {
            Role = caller.Role, Name = caller.Name, KeyId = caller.KeyId, Test = caller.IsTest, Events = caller.EventIds is { } ids ? [.. ids.Order(StringComparer.Ordinal)] : null,
            ExpiresAt = caller.ExpiresAt,
            Limits = new CallerLimits(settings.Value.RequestsPerMinutePerKey, settings.Value.MaxBodyBytes, settings.Value.MaxDocumentBytes, Parameters.MaxLimit),
        }, ct);
    }
}

public sealed record CallerAnswer
{
    public required Role Role { get; init; }

    public required string Name { get; init; }

    public required string KeyId { get; init; }

    public required bool Test { get; init; }

    public IReadOnlyList<string>? Events { get; init; }

    public DateTimeOffset? ExpiresAt { get; init; }

    public required CallerLimits Limits { get; init; }
}

public sealed record CallerLimits(int RequestsPerMinute, long BodyBytes, long DocumentBytes, int PageSize);
