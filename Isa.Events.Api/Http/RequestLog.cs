using System.Diagnostics;

namespace Isa.Events.Api.Http;

/// <summary>
/// One line for each request that changes something or fails; reads, and what only answers an earlier one again, at Debug. Routes instead of paths and ids of keys instead of names, so that a log
/// holds no secret and no person; the <c>traceId</c> is the one that problems carry.
/// </summary>
public sealed partial class RequestLog(RequestDelegate next, ILogger<RequestLog> logger)
{
    public async Task InvokeAsync(HttpContext context)
    {
        var start = Stopwatch.GetTimestamp();
        await next(context);
        var status = context.Response.StatusCode;
        var level = status >= 500 ? LogLevel.Error : status >= 400 || MayHaveChanged(context) ? LogLevel.Information : LogLevel.Debug;
        if (logger.IsEnabled(level))
            Log(logger, level, context.Request.Method, Redacted.Route(context), status,
                Math.Round(Stopwatch.GetElapsedTime(start).TotalMilliseconds, 1), context.GetCaller()?.KeyId ?? "-", Activity.Current?.TraceId.ToHexString() ?? context.TraceIdentifier);
    }

    private static bool MayHaveChanged(HttpContext context) =>
        !HttpMethods.IsGet(context.Request.Method) && !HttpMethods.IsHead(context.Request.Method) && !context.Response.Headers.ContainsKey(Creation.ReplayedHeader);

    [LoggerMessage(Message = "{Method} {Route} {Status} {Milliseconds} ms key {Key} trace {TraceId}")]
    private static partial void Log(ILogger logger, LogLevel level, string method, string route, int status, double milliseconds, string key, string traceId);
}
