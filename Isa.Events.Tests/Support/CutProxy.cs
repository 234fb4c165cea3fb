using System.Collections.Concurrent;
using System.Globalization;
using System.Net.Sockets;
using System.Text;
using Npgsql;

namespace Isa.Events.Tests.Support;

/// <summary>Where a connection to the database breaks.</summary>
public enum Cut
{
    /// <summary>The COMMIT does not reach the server.</summary>
    BeforeCommit,

    /// <summary>The COMMIT is carried out, and its answer does not come back.</summary>
    AfterCommit,
}

/// <summary>Stands between the server under test and PostgreSQL, and cuts a connection at a COMMIT when it is told to.</summary>
public sealed class CutProxy : IAsyncDisposable
{
    private static readonly byte[] Commit = Encoding.ASCII.GetBytes("COMMIT\0");
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly IPEndPoint _server;
    private readonly Task _accepting;
    private readonly ConcurrentBag<TcpClient> _standing = [];
    private int _cuts;
    private volatile bool _isAway;
    private Cut _where;

    /// <param name="server">Connection string of the database; the first of its hosts counts.</param>
    public CutProxy(string server)
    {
        var target = new NpgsqlConnectionStringBuilder(server);
        var first = target.Host!.Split(',')[0].Split(':');
        _server = new IPEndPoint(Dns.GetHostAddresses(first[0], AddressFamily.InterNetwork)[0], first.Length > 1 ? int.Parse(first[1], CultureInfo.InvariantCulture) : target.Port);
        _listener.Start();
        _accepting = AcceptAsync();
    }

    /// <summary>Leads through here instead of to the server.</summary>
    public string Through(string connectionString)
    {
        var through = new NpgsqlConnectionStringBuilder(connectionString) { Host = "127.0.0.1", Port = Port, SslMode = SslMode.Disable };
        through.Remove("Target Session Attributes");
        return through.ConnectionString;
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>How many connections were cut.</summary>
    public int Done { get; private set; }

    /// <summary>From the cut on, lets nobody through; connections that stand end with it.</summary>
    public bool Unreachable { get; set; }

    /// <summary>Ends every connection, and lets nobody through for this long.</summary>
    public async Task GoAwayAsync(TimeSpan time)
    {
        _isAway = true;
        foreach (var connection in _standing) connection.Close();
        await Task.Delay(time);
        _isAway = false;
    }

    public void CutNext(int cuts, Cut where) => (_where, _cuts) = (where, cuts);

    public async ValueTask DisposeAsync()
    {
        _listener.Stop();
        await _accepting;
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true) _ = ServeAsync(await _listener.AcceptTcpClientAsync());
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException or InvalidOperationException)
        {
            // stopped
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using var near = client;
        if (_isAway || (Unreachable && Done > 0)) return;
        _standing.Add(near);
        using var far = new TcpClient();
        await far.ConnectAsync(_server);
        (near.NoDelay, far.NoDelay) = (true, true);
        var dropAnswer = false;
        await Task.WhenAny(UpAsync(), DownAsync());

        async Task UpAsync()
        {
            var buffer = new byte[64 * 1024];
            while (await ReadAsync(near, buffer) is > 0 and var read)
            {
                if (_cuts > 0 && buffer.AsSpan(0, read).IndexOf(Commit) >= 0)
                {
                    _cuts--;
                    Done++;
                    if (Unreachable) foreach (var other in _standing.Where(c => c != near)) other.Close();
                    if (_where == Cut.BeforeCommit) return;
                    dropAnswer = true;
                }

                await far.GetStream().WriteAsync(buffer.AsMemory(0, read));
            }
        }

        async Task DownAsync()
        {
            var buffer = new byte[64 * 1024];
            while (await ReadAsync(far, buffer) is > 0 and var read)
            {
                if (dropAnswer) return;
                await near.GetStream().WriteAsync(buffer.AsMemory(0, read));
            }
        }
    }

    private static async Task<int> ReadAsync(TcpClient from, byte[] buffer)
    {
        try
        {
            return await from.GetStream().ReadAsync(buffer);
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or InvalidOperationException)
        {
            return 0;
        }
    }
}
