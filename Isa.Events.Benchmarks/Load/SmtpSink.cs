using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Isa.Events.Benchmarks.Load;

/// <summary>A mail server that takes everything and keeps nothing but the newest message: the least that sending can cost (RFC 5321).</summary>
public sealed class SmtpSink : IDisposable
{
    private static readonly byte[] End = "\r\n.\r\n"u8.ToArray();

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private int _count;

    public SmtpSink()
    {
        _listener.Start();
        _ = Task.Run(ListenAsync);
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>How many messages it has taken.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>Gets each message as it stood on the line, before the sender hears that it was taken.</summary>
    public Action<byte[]>? Taking { get; init; }

    /// <summary>As it stood on the line, with its dots doubled.</summary>
    public byte[] Newest { get; private set; } = [];

    /// <summary>Settings by which a server sends here, as fast as it can.</summary>
    public string[] Settings => ["--Email:Smtp:Host=localhost", $"--Email:Smtp:Port={Port}", "--Email:Smtp:Security=none", "--Email:FromAddress=events@example.org", "--Email:MaxPerSecond=10000", "--Email:ChangeWindowSeconds=0", "--Email:UndoWindowMinutes=0"];

    /// <summary>Waits until so many have come.</summary>
    public async Task UntilAsync(int count, CancellationToken ct)
    {
        while (Count < count) await Task.Delay(5, ct);
    }

    public void Dispose()
    {
        _stop.Cancel();
        _listener.Dispose();
        _stop.Dispose();
    }

    private async Task ListenAsync()
    {
        try
        {
            while (true)
            {
                var client = await _listener.AcceptTcpClientAsync(_stop.Token);
                _ = Task.Run(() => ServeAsync(client));
            }
        }
        catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException or SocketException)
        {
            // over
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using var _ = client;
        client.NoDelay = true;
        var stream = client.GetStream();
        var (buffer, length) = (new byte[1 << 16], 0);
        try
        {
            await SayAsync("220 localhost");
            while (await LineAsync() is { } line)
            {
                switch (line.Length < 4 ? "" : line[..4].ToUpperInvariant())
                {
                    case "EHLO":
                        await SayAsync("250-localhost\r\n250-PIPELINING\r\n250 8BITMIME");
                        break;
                    case "DATA":
                        await SayAsync("354 go on");
                        await MessageAsync();
                        await SayAsync("250 taken");
                        break;
                    case "QUIT":
                        await SayAsync("221 bye");
                        return;
                    default:
                        await SayAsync("250 ok");
                        break;
                }
            }
        }
        catch (Exception e) when (e is IOException or SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // gone
        }

        ValueTask SayAsync(string words) => stream.WriteAsync(Encoding.ASCII.GetBytes(words + "\r\n"), _stop.Token);

        async Task<bool> MoreAsync()
        {
            if (length == buffer.Length) Array.Resize(ref buffer, length * 2);
            var more = await stream.ReadAsync(buffer.AsMemory(length), _stop.Token);
            if (OperatingSystem.IsLinux()) client.Client.SetRawSocketOption(6, 12, [1, 0, 0, 0]); // TCP_QUICKACK: whoever sends in small pieces need not wait 40 ms for each
            length += more;
            return more > 0;
        }

        async Task<string?> LineAsync()
        {
            int at;
            while ((at = buffer.AsSpan(0, length).IndexOf("\r\n"u8)) < 0) if (!await MoreAsync()) return null;
            var line = Encoding.ASCII.GetString(buffer, 0, at);
            Drop(at + 2);
            return line;
        }

        async Task MessageAsync()
        {
            var (from, at) = (0, -1);
            while ((at = buffer.AsSpan(from, length - from).IndexOf(End)) < 0)
            {
                from = Math.Max(0, length - End.Length);
                if (!await MoreAsync()) throw new IOException();
            }

            Taking?.Invoke(buffer[..(from + at + 2)]);
            if (Interlocked.Increment(ref _count) % 100 == 1) Newest = buffer[..(from + at + 2)];
            Drop(from + at + End.Length);
        }

        void Drop(int count)
        {
            buffer.AsSpan(count, length - count).CopyTo(buffer);
            length -= count;
        }
    }
}
