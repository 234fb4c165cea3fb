using System.Buffers.Text;
using System.Runtime.CompilerServices;
using System.Text;

namespace Isa.Events.Benchmarks.Load;

/// <summary>A request as bytes, ready but for the number that makes each one different. The number stands wherever <see cref="Number"/> is written.</summary>
public sealed class RequestTemplate
{
    /// <summary>Ten digits take its place.</summary>
    public const string Number = "##########";

    private static readonly System.Buffers.StandardFormat TenDigits = new('D', 10);
    private static readonly StrongBox<long> All = new();
    private readonly byte[] _bytes;
    private readonly int[] _places;
    private StrongBox<long> _numbers = All;

    public RequestTemplate(string method, string path, string? key, string? body, params string[] headers)
    {
        var lines = new List<string> { $"{method} {path} HTTP/1.1", "Host: localhost" };
        if (key is not null) lines.Add($"Authorization: Bearer {key}");
        lines.AddRange(headers);
        if (body is not null) lines.AddRange(["Content-Type: application/json", $"Content-Length: {Encoding.UTF8.GetByteCount(body)}"]);
        var text = string.Join("\r\n", lines) + "\r\n\r\n" + body;
        _bytes = Encoding.UTF8.GetBytes(text);
        var places = new List<int>();
        var number = Encoding.ASCII.GetBytes(Number);
        for (var from = 0; _bytes.AsSpan(from).IndexOf(number) is >= 0 and var found; from += found + number.Length) places.Add(from + found);
        _places = [.. places];
    }

    /// <summary>A copy that one connection fills again and again.</summary>
    public byte[] Copy() => [.. _bytes];

    /// <summary>Lets it have numbers of its own, from this one on, for what is asked of rows that are there already. Without it no two requests of a run have the same.</summary>
    public RequestTemplate CountedFrom(long first)
    {
        _numbers = new StrongBox<long>(first - 1);
        return this;
    }

    /// <summary>Gives a copy the next number.</summary>
    public void Fill(byte[] copy)
    {
        var number = Interlocked.Increment(ref _numbers.Value);
        foreach (var place in _places) Utf8Formatter.TryFormat(number, copy.AsSpan(place), out _, TenDigits);
    }
}
