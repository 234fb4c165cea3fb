using System.Collections.Concurrent;
using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.WebUtilities;

namespace Isa.Events.Tests.Support;

/// <summary>Gives token-1, token-2 and so on (OAuth 2.0) on loopback, and tells mail servers which of them hold.</summary>
public sealed class TokenServer : IAsyncDisposable
{
    /// <summary>The refresh token that its owner allowed.</summary>
    public const string First = "1//immer wieder";

    private readonly HttpListener _listener = new();
    private readonly ConcurrentQueue<Dictionary<string, string>> _asked = new();
    private readonly ConcurrentDictionary<string, bool> _hold = new();
    private readonly Task _answering;
    private int _given;

    public TokenServer()
    {
        using (var free = new TcpListener(IPAddress.Loopback, 0))
        {
            free.Start();
            Url = $"http://localhost:{((IPEndPoint)free.LocalEndpoint).Port}/";
        }

        _listener.Prefixes.Add(Url);
        _listener.Start();
        _answering = AnswerAsync();
    }

    public string Url { get; }

    /// <summary>The forms it was asked for tokens by.</summary>
    public IReadOnlyList<Dictionary<string, string>> Asked => [.. _asked];

    /// <summary>What it answers instead of a token.</summary>
    public (int Status, string Body)? Instead { get; set; }

    /// <summary>What it waits for before it answers.</summary>
    public Task Before { get; set; } = Task.CompletedTask;

    /// <summary>Whether what it gives holds.</summary>
    public bool Holds { get; set; } = true;

    /// <summary>Whether each refresh token serves once: a new one comes with each answer, and no earlier one is taken again.</summary>
    public bool Rotates { get; init; }

    /// <summary>No token that it gave holds any more.</summary>
    public void Withdraw() => _hold.Clear();

    /// <summary>Settings that lead here, of <c>Email:Smtp</c> or <c>Email:Imap</c>.</summary>
    public (string Name, string Value)[] Settings(string section) =>
    [
        ($"{section}:OAuth:TokenUrl", $"{Url}token"), ($"{section}:OAuth:ClientId", "isa-events"), ($"{section}:OAuth:ClientSecret", "streng geheim&=%"), ($"{section}:OAuth:Scope", "https://outlook.office365.com/.default"),
    ];

    public async ValueTask DisposeAsync()
    {
        _listener.Close();
        await Task.WhenAny(_answering, Task.Delay(TimeSpan.FromSeconds(5))); // a listener that is closed at the wrong moment never ends its wait
    }

    private async Task AnswerAsync()
    {
        while (_listener.IsListening)
        {
            try
            {
                var context = await _listener.GetContextAsync();
                using var reader = new StreamReader(context.Request.InputStream, Encoding.UTF8);
                var form = QueryHelpers.ParseQuery(await reader.ReadToEndAsync()).ToDictionary(p => p.Key, p => p.Value.ToString());
                var (status, body) = context.Request.Url!.AbsolutePath == "/introspect" ? (200, Introspect(form)) : Instead ?? (Rotates && form.GetValueOrDefault("refresh_token") != (_given == 0 ? First : $"again-{_given}") ? (400, """{"error":"invalid_grant"}""") : (200, Give()));
                if (context.Request.Url.AbsolutePath != "/introspect") _asked.Enqueue(form);
                await Before;
                context.Response.StatusCode = status;
                context.Response.ContentType = "application/json";
                await context.Response.OutputStream.WriteAsync(Encoding.UTF8.GetBytes(body));
                context.Response.Close();
            }
            catch (Exception e) when (e is HttpListenerException or ObjectDisposedException)
            {
                // closed, by this side or the other
            }
        }
    }

    private string Give()
    {
        var token = $"token-{Interlocked.Increment(ref _given)}";
        if (Holds) _hold[token] = true;
        return $$"""{"token_type":"Bearer","expires_in":3600,"ext_expires_in":3600,"access_token":"{{token}}"{{(Rotates ? $",\"refresh_token\":\"again-{_given}\"" : "")}}}""";
    }

    private string Introspect(Dictionary<string, string> form) => _hold.ContainsKey(form.GetValueOrDefault("token", "")) ? """{"active":true,"username":"answers"}""" : """{"active":false}""";
}
