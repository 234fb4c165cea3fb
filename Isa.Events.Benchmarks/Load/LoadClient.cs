using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Isa.Events.Benchmarks.Load;

/// <summary>
/// Sends one kind of request over keep-alive connections, each waiting for its answer before it sends the next. Plain sockets: on two cores the client must take
/// little of what is measured.
/// </summary>
/// <param name="targets">Of which server what is asked; the connections take turns.</param>
/// <param name="expected">The status that every answer must have; another one ends the run.</param>
public sealed class LoadClient(IReadOnlyList<(Uri Address, RequestTemplate Request)> targets, int expected)
{
    public LoadClient(Uri address, RequestTemplate request, int expected) : this([(address, request)], expected)
    {
    }

    /// <summary>All that these ask, at once.</summary>
    public static LoadClient Together(IEnumerable<LoadClient> loads, int expected) => new([.. loads.SelectMany(l => l.Targets)], expected);

    private IReadOnlyList<(Uri Address, RequestTemplate Request)> Targets => targets;

    /// <param name="connections">At a time.</param>
    /// <param name="duration">How long requests are begun.</param>
    /// <param name="ct">Gives up.</param>
    /// <param name="perSecond">Requests a second of all connections together, at most; without it each sends as soon as it can.</param>
    public async Task<Sample> RunAsync(int connections, TimeSpan duration, CancellationToken ct, double perSecond = double.PositiveInfinity)
    {
        var start = Stopwatch.GetTimestamp();
        var end = start + (long)(duration.TotalSeconds * Stopwatch.Frequency);
        var pause = TimeSpan.FromSeconds(connections / perSecond);
        var times = await Task.WhenAll(Enumerable.Range(0, connections).Select(n => Task.Run(() => ConnectionAsync(targets[n % targets.Count], pause * n / connections, pause, end, ct), ct)));
        var seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        var all = times.SelectMany(t => t).ToArray();
        Array.Sort(all);
        return new Sample(all.Length / seconds, Milliseconds(all[all.Length / 2]), Milliseconds(all[all.Length * 99 / 100]));
    }

    private static double Milliseconds(long ticks) => ticks * 1000.0 / Stopwatch.Frequency;

    private async Task<List<long>> ConnectionAsync((Uri Address, RequestTemplate Request) target, TimeSpan delay, TimeSpan pause, long end, CancellationToken ct)
    {
        var (address, request) = target;
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, address.Port), ct);
        var copy = request.Copy();
        var answer = new byte[256 * 1024];
        var times = new List<long>(1 << 16);
        if (delay > TimeSpan.Zero) await Task.Delay(delay, ct);
        var now = Stopwatch.GetTimestamp();
        var turn = now;
        do
        {
            request.Fill(copy);
            await socket.SendAsync(copy, ct);
            var read = 0;
            int length;
            do
            {
                var more = await socket.ReceiveAsync(answer.AsMemory(read), ct);
                if (more == 0) throw new InvalidOperationException("The server closed the connection.");
                read += more;
                length = LengthOf(answer.AsSpan(0, read));
            }
            while (read < length);

            Check(answer.AsSpan(0, read));
            var after = Stopwatch.GetTimestamp();
            times.Add(after - now);
            now = after;
            if (pause == TimeSpan.Zero) continue;
            // The turns come at their times, however long an answer took.
            turn += (long)(pause.TotalSeconds * Stopwatch.Frequency);
            if (Stopwatch.GetElapsedTime(now, turn) is var rest && rest > TimeSpan.Zero) await Task.Delay(rest, ct);
            now = Stopwatch.GetTimestamp();
        }
        while (now < end);

        return times;
    }

    private void Check(ReadOnlySpan<byte> answer)
    {
        var status = (answer[9] - '0') * 100 + (answer[10] - '0') * 10 + answer[11] - '0';
        if (status != expected) throw new InvalidOperationException($"Expected {expected}, got: {Encoding.UTF8.GetString(answer)}");
    }

    // How long the whole answer is; more than what came where that is not known yet (RFC 9112 s6).
    private static int LengthOf(ReadOnlySpan<byte> answer)
    {
        var head = answer.IndexOf("\r\n\r\n"u8);
        if (head < 0) return int.MaxValue;
        var body = head + 4;
        var headers = answer[..body];
        var at = headers.IndexOf("Content-Length: "u8);
        if (at >= 0) return System.Buffers.Text.Utf8Parser.TryParse(headers[(at + 16)..], out int length, out _) ? body + length : int.MaxValue;
        if (headers.IndexOf("chunked"u8) < 0) return body; // 204 and 304
        return answer.EndsWith("\r\n0\r\n\r\n"u8) ? answer.Length : int.MaxValue;
    }
}
