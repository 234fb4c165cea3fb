using System.Globalization;
using System.Threading.RateLimiting;
using Microsoft.AspNetCore.RateLimiting;

namespace Isa.Events.Api.Http;

/// <summary>How many requests a minute a key, or an address without one, may make of this process.</summary>
internal static class RequestLimits
{
    public static void Apply(RateLimiterOptions limiter, ServerSettings settings)
    {
        limiter.RejectionStatusCode = StatusCodes.Status429TooManyRequests;
        limiter.OnRejected = (rejected, _) =>
        {
            var wait = rejected.Lease.TryGetMetadata(MetadataName.RetryAfter, out var time) ? time : TimeSpan.FromMinutes(1);
            rejected.HttpContext.Response.Headers.RetryAfter = Math.Max(1, Math.Ceiling(wait.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
            return ValueTask.CompletedTask;
        };
        limiter.GlobalLimiter = PartitionedRateLimiter.Create<HttpContext, string>(context =>
            context.Request.Path.StartsWithSegments("/health") ? RateLimitPartition.GetNoLimiter("health")
            : context.GetCaller() is { } caller ? RateLimitPartition.GetFixedWindowLimiter(caller.KeyId, _ => PerMinute(settings.RequestsPerMinutePerKey))
            : RateLimitPartition.GetFixedWindowLimiter(context.Connection.RemoteIpAddress?.ToString() ?? "local", _ => PerMinute(settings.RequestsPerMinutePerAddress)));
    }

    private static FixedWindowRateLimiterOptions PerMinute(int requests) => new() { PermitLimit = requests, Window = TimeSpan.FromMinutes(1), QueueLimit = 0 };
}
