using Isa.Events.Api.Outbox;
using Microsoft.Extensions.DependencyInjection;

namespace Isa.Events.Tests.Support;

/// <summary>A host with plain letters, whose outbox is worked on when the test says so.</summary>
public sealed class MailHost : EventsHost
{
    public MailHost() => Render = Letters.RenderAsync;

    private MailServer? _server;

    public PlainLetters Letters { get; } = new();

    public Dispatcher Dispatcher => Services.GetRequiredService<Dispatcher>();

    /// <param name="server">Takes the mails; without one they become files.</param>
    /// <param name="settings">Beside the server's.</param>
    public static Task<MailHost> StartAsync(MailServer? server = null, params (string Name, string Value)[] settings) => StartAsync(server, null, settings);

    /// <summary>Another process on the tables of a host, or the first of several. PostgreSQL only.</summary>
    public static Task<MailHost> StartAsync(MailServer? server, MailHost? beside, params (string Name, string Value)[] settings) => StartAsync(server, beside, beside?.Kind ?? TestPostgres.Default, settings);

    public static async Task<MailHost> StartAsync(MailServer? server, MailHost? beside, DatabaseKind kind, params (string Name, string Value)[] settings)
    {
        var host = new MailHost { Settings = server?.Settings ?? [], _server = server, Beside = beside, Kind = kind };
        foreach (var (name, value) in settings) host.Settings[name] = value;
        await host.InitializeAsync();
        host.Letters.Database = host.Database;
        return host;
    }

    /// <summary>Sends what can be sent now.</summary>
    public async Task<int> SendAsync()
    {
        var rows = await Dispatcher.RunAsync(CancellationToken.None);
        if (_server is not null) await _server.FlushAsync();
        return rows;
    }

    /// <summary>Lets time pass, then sends what can be sent.</summary>
    public Task<int> SendAfterAsync(TimeSpan time)
    {
        Time.Advance(time);
        return SendAsync();
    }

    /// <summary>Rows of an event: <c>kind recipient state attempts</c>, oldest first.</summary>
    public Task<List<string>> RowsAsync(string eventId) => Database.ReadAsync(session => session.Query<string>("""
        SELECT kind || ' ' || COALESCE(recipient, '-') || ' ' || state || ' ' || attempts FROM outbox WHERE event_id = @Id ORDER BY id
        """, new { Id = eventId }), CancellationToken.None);

    /// <summary>Mails that were laid down, in the order of their rows.</summary>
    public IReadOnlyList<MimeKit.MimeMessage> LaidDown() =>
        [.. (Directory.Exists(Path.Combine(Folder, "mail")) ? Directory.GetFiles(Path.Combine(Folder, "mail"), "*.eml") : []).Order(StringComparer.Ordinal).Select(f => MimeKit.MimeMessage.Load(f))];
}
