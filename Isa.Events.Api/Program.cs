using Isa.Events.Api.Commands;
using Isa.Events.Api.Email;
using Isa.Events.Api.Features.Agenda;
using Isa.Events.Api.Features.Invitations;
using Isa.Events.Api.Features.Invites;
using Isa.Events.Api.Features.Messages;
using Isa.Events.Api.Features.Pages;
using Isa.Events.Api.Features.Server;
using Isa.Events.Api.Telemetry;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.AspNetCore.RateLimiting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Options;
using Scalar.AspNetCore;

namespace Isa.Events.Api;

/// <summary>The wiring on one page: settings, services, pipeline. The command line decides what is done with it.</summary>
public sealed class Program
{
    public static Task<int> Main(string[] args) => CommandLine.RunAsync(args, adapt: null);

    /// <summary>The server, wired but not started.</summary>
    /// <param name="args">What ASP.NET's host takes: <c>--urls</c>, <c>--environment</c>, <c>--contentRoot</c>.</param>
    /// <param name="adapt">Changes to the builder, for programs that embed the server.</param>
    public static WebApplication Build(string[] args, Action<WebApplicationBuilder>? adapt)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { Args = args, ContentRootPath = Home(args) });
        AddLogs(builder);
        AddSettings(builder);
        builder.Services.AddWindowsService(service => service.ServiceName = "Isa.Events"); // nothing elsewhere
        builder.AddTelemetry();
        AddServices(builder.Services);
        adapt?.Invoke(builder);
        var app = builder.Build();
        UsePipeline(app);
        return app;
    }

    // Settings and data are those of the folder it is started in where that has settings, else those beside the program: an installed one finds its own from anywhere.
    private static string? Home(string[] args) =>
        args.Any(a => a.StartsWith("--contentRoot", StringComparison.OrdinalIgnoreCase)) || Environment.GetEnvironmentVariable("ASPNETCORE_CONTENTROOT") is not null
        || Environment.GetEnvironmentVariable("DOTNET_CONTENTROOT") is not null || File.Exists("appsettings.json") ? null : AppContext.BaseDirectory;

    private static void AddLogs(WebApplicationBuilder builder)
    {
        builder.Logging.ClearProviders();
        if (builder.Environment.IsDevelopment()) builder.Logging.AddSimpleConsole(console => (console.SingleLine, console.TimestampFormat) = (true, "HH:mm:ss.fff "));
        else builder.Logging.AddJsonConsole(console => (console.IncludeScopes, console.UseUtcTimestamp, console.TimestampFormat) = (false, true, "yyyy-MM-ddTHH:mm:ss.fffZ"));
    }

    private static void AddSettings(WebApplicationBuilder builder)
    {
        builder.Services.AddSettings<ServerSettings, ServerSettingsValidator>("Server");
        builder.Services.AddSettings<DatabaseSettings, DatabaseSettingsValidator>("Database");
        builder.Services.AddSettings<BackupSettings, BackupSettingsValidator>("Backup");
        builder.Services.AddSettings<EmailSettings, EmailSettingsValidator>("Email");
        var hosting = builder.Configuration;
        if (hosting["urls"] is null && hosting["http_ports"] is null && hosting["https_ports"] is null && !hosting.GetSection("Kestrel:Endpoints").Exists())
            builder.WebHost.UseUrls("http://localhost:5080");
        foreach (var url in hosting["urls"]?.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) ?? [])
            if (!IsAddress(url)) throw new SettingsException($"urls names '{url}'; allowed are addresses such as http://localhost:5080, separated by semicolons.");
        builder.Services.AddOptions<KestrelServerOptions>().Configure<IOptions<ServerSettings>>((kestrel, settings) =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = settings.Value.MaxBodyBytes;
        });
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(25));
        builder.Services.AddOptions<ForwardedHeadersOptions>().Configure<IOptions<ServerSettings>>((forwarded, settings) =>
        {
            // Where no proxy is known the framework would believe everybody.
            forwarded.ForwardedHeaders = settings.Value.KnownProxies.Count > 0 ? ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto : ForwardedHeaders.None;
            forwarded.KnownIPNetworks.Clear();
            forwarded.KnownProxies.Clear();
            foreach (var proxy in settings.Value.KnownProxies) forwarded.KnownProxies.Add(System.Net.IPAddress.Parse(proxy));
        });
    }

    private static bool IsAddress(string url)
    {
        try
        {
            return BindingAddress.Parse(url) is { Scheme: "http" or "https", Port: >= 0 and <= 65535 };
        }
        catch (FormatException)
        {
            return false;
        }
    }

    private static void AddServices(IServiceCollection services)
    {
        services.AddSingleton(TimeProvider.System);
        services.AddSingleton<EventsDatabase>().AddSingleton<Lease>().AddSingleton<ApiKeys>().AddSingleton<RecentKeys>().AddSingleton<CurrentEvents>();
        services.AddSingleton<EventEdit>().AddSingleton<AgendaSender>().AddSingleton<AgendaPdfs>();
        services.AddSingleton<RegistrationTokens>().AddSingleton<RegistrationAccess>().AddSingleton<DelegationAccess>().AddSingleton<InviteeAccess>().AddSingleton<InvitationCodes>().AddSingleton<CodeGuesses>().AddSingleton<WaitlistReader>().AddSingleton<JoinPage>().AddSingleton<PageWriter>().AddSingleton<AttendeePages>().AddSingleton<DelegationPage>();
        services.AddSingleton<EventInvites>().AddSingleton<CalendarFeeds>().AddSingleton<MessageWriter>().AddSingleton<ForwardedReplies>().AddSingleton<OwnAddresses>().AddSingleton<Letters>().AddSingleton<MessageFile>().AddSingleton<MailIntake>();
        services.AddHostedService<Housekeeping>();
        services.AddSingleton<Timekeeper>().AddHostedService(provider => provider.GetRequiredService<Timekeeper>());
        services.AddSingleton<NoticeTeller>().AddHostedService(provider => provider.GetRequiredService<NoticeTeller>());
        services.AddSingleton<DailyBackup>().AddHostedService(provider => provider.GetRequiredService<DailyBackup>());
        services.AddSingleton<RefreshTokens>().AddSingleton<MailLogins>().AddSingleton<SmtpTransport>().AddSingleton<PickupFolder>().AddSingleton<Mailer>().AddSingleton<Portions>().AddSingleton<Expansion>().AddSingleton<OutboxWatch>();
        services.AddSingleton<RenderLetters>(provider => provider.GetRequiredService<Letters>().RenderAsync);
        services.AddSingleton<Dispatcher>().AddHostedService(provider => provider.GetRequiredService<Dispatcher>());
        services.AddSingleton<MailboxReader>().AddHostedService(provider => provider.GetRequiredService<MailboxReader>());
        services.AddExceptionHandler<ProblemHandler>();
        // The core alone: keys need no cookies, and without them no key ring is written to the home folder.
        services.AddAuthenticationCore(auth =>
        {
            auth.DefaultScheme = ApiKeyHandler.Scheme;
            auth.AddScheme<ApiKeyHandler>(ApiKeyHandler.Scheme, null);
        });
        services.AddWebEncoders().AddTransient<ApiKeyHandler>();
        services.AddAuthorization(Access.AddPolicies);
        services.AddRateLimiter(_ => { });
        services.AddOptions<RateLimiterOptions>().Configure<IOptions<ServerSettings>>((limiter, settings) => RequestLimits.Apply(limiter, settings.Value));
        services.AddSingleton(typeof(IRequestBinder<>), typeof(BodyBinder<>));
        services.AddFastEndpoints();
    }

    private static void UsePipeline(WebApplication app)
    {
        app.UseForwardedHeaders();
        app.UseMiddleware<RequestLog>();
        app.Use(static next => context => Head.AnswerAsGet(context, next));
        app.UseExceptionHandler(new ExceptionHandlerOptions { ExceptionHandler = context => ProblemHandler.FillAsync(context), SuppressDiagnosticsCallback = _ => true });
        app.UseStatusCodePages(bare => ProblemHandler.FillAsync(bare.HttpContext));
        app.Use(static (context, next) =>
        {
            SafeHeaders.Set(context.Response);
            return next(context);
        });
        app.UseWhen(static context => context.Request.Path.StartsWithSegments("/docs"), static docs => docs.Use(static (context, next) =>
        {
            context.Response.Headers.ContentSecurityPolicy = "default-src 'self' 'unsafe-inline' data:; frame-ancestors 'none'"; // no foreign host, whatever the page would like
            return next(context);
        }));
        app.UseRouting();
        app.UseAuthentication();
        app.UseRateLimiter();
        app.Use(static next => context => ApiKeyHandler.RefuseWrongKey(context, next));
        app.UseAuthorization();
        app.Use(static next => context => Body.RefuseUntyped(context, next));
        app.Use(static next => context => Repeats.AnswerAsync(context, next));
        ValidatorOptions.Global.PropertyNameResolver = static (_, _, expression) => Rules.PathOf(expression);
        // Static in FastEndpoints, and the first host of a process wins: everything that differs between hosts comes from the request's services.
        app.UseFastEndpoints(c =>
        {
            c.Endpoints.RoutePrefix = "v1";
            if (!c.Serializer.Options.IsReadOnly) Json.Configure(c.Serializer.Options);
            c.Errors.StatusCode = Problem.ValidationFailed.Status;
            c.Errors.ContentType = ProblemAnswers.MediaType;
            c.Errors.ResponseBuilder = (failures, context, _) => ProblemAnswers.Build(context, failures);
            c.Errors.ProducesMetadataType = null;
            c.Validation.UsePropertyNamingPolicy = false; // it knows the first name of a path alone
        });
        app.MapScalarApiReference("/docs", docs =>
        {
            docs.WithTitle("Isa.Events").WithOpenApiRoutePattern("/openapi.yaml").DisableDefaultFonts().DisableTelemetry().DisableAgent().DisableMcp().HideClientButton(); // that button leads to a foreign host
            docs.ShowDeveloperTools = DeveloperToolsVisibility.Never;
        });
    }
}
