using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Serialization;
using FluentValidation.Results;
using Isa.Events.Api.Features.Pages;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Options;

namespace Isa.Events.Api.Problems;

/// <summary>Problem details as they go out (RFC 9457).</summary>
public sealed record ProblemAnswer
{
    public required string Type { get; init; }

    public required string Title { get; init; }

    public required int Status { get; init; }

    public required string Detail { get; init; }

    public required string Instance { get; init; }

    public required string Code { get; init; }

    public required string TraceId { get; init; }

    public IReadOnlyList<FieldErrorAnswer>? Errors { get; init; }

    [JsonExtensionData]
    public Dictionary<string, object>? Extensions { get; init; }
}

public sealed record FieldErrorAnswer(string Field, string Code, string Detail);

/// <summary>Every error of the API takes this shape, whoever noticed it; on the pages it is told in words.</summary>
public static class ProblemAnswers
{
    public const string MediaType = "application/problem+json";

    /// <summary>Writes the answer. Use it instead of throwing where refusals are many: an exception costs more than the refusal itself.</summary>
    public static Task RefuseAsync(this HttpContext context, Problem problem) => context.RefuseAsync(new ProblemException(problem));

    /// <summary>As the other; for refusals that say more than their code.</summary>
    public static Task RefuseAsync(this HttpContext context, ProblemException refusal)
    {
        var problem = refusal.Problem;
        context.Response.StatusCode = problem.Status;
        SafeHeaders.Set(context.Response);
        context.Response.Headers.CacheControl = "no-store";
        if (problem.Status is 401) context.Response.Headers.WWWAuthenticate = "Bearer"; // RFC 9110 s11.6.1
        if (problem.Status is 405) Head.AllowWithGet(context.Response);
        if (problem.Status is 503) context.Response.Headers.RetryAfter = "2";
        return RefusalPage.IsFor(context, problem) ? RefusalPage.SendAsync(context, problem, TraceId(context))
            : context.Response.WriteAsJsonAsync(Build(context, refusal), Http.Json.Wire, MediaType, context.RequestAborted);
    }

    /// <summary>What FastEndpoints' validators found, as the same shape.</summary>
    public static ProblemAnswer Build(HttpContext context, IEnumerable<ValidationFailure> failures) =>
        Build(context, new ProblemException(Problem.ValidationFailed, [.. failures.Select(f => f.ToFieldError())]));

    public static FieldError ToFieldError(this ValidationFailure failure) =>
        new(failure.PropertyName, FieldCode.All.GetValueOrDefault(failure.ErrorCode) ?? FieldCode.InvalidText, failure.CustomState as object[] ?? []);

    internal static string TraceId(HttpContext context) => Activity.Current?.TraceId.ToHexString() ?? context.TraceIdentifier;

    // The sentence and the header tell the same time: a moment after a rush, most of an hour after many wrong codes.
    private static string WithWait(HttpContext context, Problem problem, Language language) =>
        !int.TryParse(context.Response.Headers.RetryAfter, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) ? problem.Detail.In(language)
            : problem.Detail.In(language) + (language == Language.Zh ? "" : " ") + (seconds <= 60 ? PageWording.RetryInAMinute.In(language) : PageWording.RetryInMinutes.Fill(language, (seconds + 59) / 60));

    private static ProblemAnswer Build(HttpContext context, ProblemException refusal)
    {
        var problem = refusal.Problem;
        var language = Languages.Accepted(context.Request) ?? Language.En;
        context.Response.Headers.ContentLanguage = language.Tag();
        return new ProblemAnswer
        {
            Type = context.RequestServices.GetRequiredService<IOptions<ServerSettings>>().Value.Url($"/problems/{problem.Code}"),
            Title = problem.Title,
            Status = problem.Status,
            Detail = problem == Problem.TooManyRequests ? WithWait(context, problem, language) : refusal.Detail.In(language),
            Instance = Redacted.Path(context),
            Code = problem.Code,
            TraceId = TraceId(context),
            Errors = refusal.Errors is { Count: > 0 } errors ? [.. errors.Select(e => new FieldErrorAnswer(e.Field, e.Code.Code, e.Text(language)))] : null,
            Extensions = refusal.Extensions is { Count: > 0 } extensions ? extensions : null,
        };
    }
}

/// <summary>Turns exceptions into problem details. What nobody foresaw is logged whole and answered without a word of it.</summary>
public sealed partial class ProblemHandler(ILogger<ProblemHandler> logger) : IExceptionHandler
{
    private const long LongestRest = 20_000_000;

    public async ValueTask<bool> TryHandleAsync(HttpContext httpContext, Exception exception, CancellationToken cancellationToken)
    {
        if (httpContext.RequestAborted.IsCancellationRequested && exception is OperationCanceledException or IOException) return true; // nobody is left to answer
        var refusal = exception as ProblemException ?? new ProblemException(exception switch
        {
            BadHttpRequestException { StatusCode: 413 } => Problem.PayloadTooLarge,
            BadHttpRequestException { StatusCode: 408 } => Problem.RequestTimeout,
            BadHttpRequestException => Problem.MalformedRequest,
            _ => Problem.InternalError,
        });
        if (refusal.Problem == Problem.InternalError) LogUnforeseen(logger, exception, Redacted.Route(httpContext), ProblemAnswers.TraceId(httpContext));
        await httpContext.RefuseAsync(refusal);
        if (refusal.Problem == Problem.PayloadTooLarge) await LetFinishAsync(httpContext);
        return true;
    }

    // Who still sends has not read the answer yet, and a connection that is closed under what they send takes it away from them.
    private static async Task LetFinishAsync(HttpContext context)
    {
        if (context.Request.ContentLength is not <= LongestRest || context.Features.Get<IHttpMaxRequestBodySizeFeature>() is not { IsReadOnly: false } size) return;
        size.MaxRequestBodySize = null;
        await context.Response.CompleteAsync();
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted);
        patience.CancelAfter(TimeSpan.FromSeconds(5));
        try
        {
            await context.Request.Body.CopyToAsync(Stream.Null, patience.Token);
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            // gone, or too slow
        }
    }

    /// <summary>Gives bare answers of the framework (no route, wrong method, no key, too many) a body.</summary>
    public static Task FillAsync(HttpContext context) => context.RefuseAsync(context.Response.StatusCode switch
    {
        401 => Problem.NotAuthenticated,
        403 => Problem.NotAllowed,
        404 => Problem.NotFound,
        405 => Problem.MethodNotAllowed,
        408 => Problem.RequestTimeout,
        413 => Problem.PayloadTooLarge,
        414 => Problem.UriTooLong,
        415 => Problem.UnsupportedMediaType,
        429 => Problem.TooManyRequests,
        503 => Problem.Busy,
        >= 400 and < 500 => Problem.MalformedRequest,
        _ => Problem.InternalError,
    });

    [LoggerMessage(Level = LogLevel.Error, Message = "Unforeseen failure in {Route} trace {TraceId}")]
    private static partial void LogUnforeseen(ILogger logger, Exception exception, string route, string traceId);
}
