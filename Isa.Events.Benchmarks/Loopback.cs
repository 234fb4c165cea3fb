using System.Net;
using System.Net.Sockets;

namespace Isa.Events.Benchmarks;

/// <summary>This machine as it is seen from itself.</summary>
public static class Loopback
{
    /// <summary>A port that nobody listens on now.</summary>
    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
