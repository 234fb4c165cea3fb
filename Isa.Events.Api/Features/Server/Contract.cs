using System.Reflection;

namespace Isa.Events.Api.Features.Server;

/// <summary>The API's contract, carried in the program.</summary>
public static class Contract
{
    public static byte[] Bytes { get; } = Read("openapi.yaml");

    /// <summary>A file that was embedded when the program was built.</summary>
    public static byte[] Read(string name)
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(name) ?? throw new InvalidOperationException($"{name} is not embedded.");
        using var buffer = new MemoryStream();
        stream.CopyTo(buffer);
        return buffer.ToArray();
    }
}
