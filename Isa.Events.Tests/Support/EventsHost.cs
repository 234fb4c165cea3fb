using Isa.Events.Api.Database;
using Isa.Events.Api.Features.Partners;
using Isa.Events.Api.Settings;
using Isa.Events.Api.Telemetry;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

[assembly: AssemblyFixture(typeof(SharedHost))]

namespace Isa.Events.Tests.Support;

/// <summary>The real server on a temporary database, with a clock that stands still until it is moved. A test that moves it owns its host.</summary>
public class EventsHost : WebApplicationFactory<Isa.Events.Api.Program>, IAsyncLifetime
{
    /// <summary>The day the plenary's invitation went out: registration is open.</summary>
    public static readonly DateTimeOffset Start = new(2020, 9, 21, 8, 0, 0, TimeSpan.Zero);

    internal static readonly SemaphoreSlim OneStartsAtATime = new(1);
    private TestPostgres? _postgres;
    private TestPostgres? _shared;

    public FakeTimeProvider Time { get; } = new(Start);

    public string Folder { get; } = Directory.CreateTempSubdirectory("isa-events-").FullName;

    /// <summary>Settings of this host, such as <c>Database:MaxBatch</c>. Fill before it starts.</summary>
    public Dictionary<string, string> Settings { get; init; } = [];

    /// <summary>Which database; the one of the test run unless the test is about one of them.</summary>
    public DatabaseKind Kind { get; init; } = TestPostgres.Default;

    /// <summary>Another host whose tables this one shares, as a second process would. PostgreSQL only.</summary>
    public EventsHost? Beside { get; init; }

    /// <summary>Changes what the connection string of PostgreSQL says.</summary>
    public Func<string, string>? Through { get; init; }

    /// <summary>Makes the letters instead of the product.</summary>
    public Isa.Events.Api.Email.RenderLetters? Render { get; init; }

    public LogLines Log { get; } = new();

    public string OrganizerKey { get; private set; } = "";

    public string PartnerKey { get; private set; } = "";

    public EventsDatabase Database => Services.GetRequiredService<EventsDatabase>();

    /// <summary>Calls with an organiser's key.</summary>
    public Api Organizer => field ??= Caller(OrganizerKey);

    /// <summary>Calls with a partner's key.</summary>
    public Api Partner => field ??= Caller(PartnerKey);

    /// <summary>Calls without a key.</summary>
    public Api Anybody => field ??= Caller(null);

    /// <summary>Calls with this key, or without one. Redirects are answers like others, for tests to follow.</summary>
    public Api Caller(string? key)
    {
        var client = new HttpClient(new RecordedAnswers { InnerHandler = new SocketsHttpHandler { AllowAutoRedirect = false } }) { BaseAddress = ClientOptions.BaseAddress };
        ConfigureClient(client);
        return new Api(client, key);
    }

    public async Task<string> KeyAsync(Role role, string name, bool isTest = false, string[]? events = null, DateTimeOffset? expires = null) =>
        (await Services.GetRequiredService<ApiKeys>().CreateAsync(role, name, isTest, events ?? [], expires, CancellationToken.None)).Text;

    /// <summary>The same tables as another process has them.</summary>
    public EventsDatabase OpenBeside() => new(Services.GetRequiredService<IOptions<DatabaseSettings>>(), Services.GetRequiredService<IHostEnvironment>(), Time, Services.GetRequiredService<Measures>(), NullLogger<EventsDatabase>.Instance);

    public async ValueTask InitializeAsync()
    {
        if (Beside is not null) _shared = Beside._postgres;
        else if (Kind == DatabaseKind.Postgres) _shared = _postgres = await TestPostgres.CreateAsync();
        // The framework's configuration is static: hosts start one after another.
        await OneStartsAtATime.WaitAsync();
        try
        {
            UseKestrel(0);
            StartServer();
        }
        finally
        {
            OneStartsAtATime.Release();
        }

        OrganizerKey = await KeyAsync(Role.Organizer, "Office");
        PartnerKey = await KeyAsync(Role.Partner, "Website");
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        await DeleteAsync(Folder);
        if (_postgres is not null) await _postgres.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    // SQLite takes its -wal and -shm away when the last connection is closed, which may be while the folder is emptied.
    private static async Task DeleteAsync(string folder)
    {
        for (var tries = 1; ; tries++)
        {
            try
            {
                Directory.Delete(folder, recursive: true);
                return;
            }
            catch (IOException) when (tries < 20)
            {
                await Task.Delay(50);
            }
        }
    }

    protected override void ConfigureWebHost(IWebHostBuilder builder)
    {
        builder.UseEnvironment("Production");
        builder.UseSetting("Database:DataFolder", Folder);
        if (_shared is not null) builder.UseSetting("Database:Postgres", Through?.Invoke(_shared.ConnectionString) ?? _shared.ConnectionString);
        builder.UseSetting("Server:RequestsPerMinutePerKey", "1000000");
        builder.UseSetting("Server:RequestsPerMinutePerAddress", "1000000");
        builder.UseSetting("Server:PublicUrl", "https://events.example.org");
        builder.UseSetting("Email:Send", "false"); // tests about mails send when they say so
        builder.UseSetting("Email:UndoWindowMinutes", "0"); // tests about undoing hold mails back when they say so
        foreach (var (name, value) in Settings) builder.UseSetting(name, value);
        builder.ConfigureTestServices(services =>
        {
            services.AddSingleton<TimeProvider>(Time);
            services.AddSingleton<ILoggerProvider>(Log);
            if (Render is not null) services.AddSingleton(Render);
        });
    }
}

/// <summary>One host for all tests that leave the clock alone; each makes events of its own.</summary>
public sealed class SharedHost : EventsHost;
